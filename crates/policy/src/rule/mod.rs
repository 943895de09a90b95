//! Rules of a policy: when they fire, and what that comes to.

pub(crate) mod bound;
pub(crate) mod finding;
pub(crate) mod image;
pub(crate) mod preset;
pub(crate) mod read;
mod rego;

use crate::day::Day;
use crate::kind::Kind;
use crate::rego::Code;
use finding::FindingWhen;
use image::{ImageWhen, Selector};
use std::collections::BTreeSet;

/// What a rule comes to when it fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleEffect {
    /// The image may not pass.
    Deny,
    /// Somebody should look at it.
    Warn,
    /// What it is about does not count.
    Allow,
}

impl RuleEffect {
    /// The word of policy files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Allow => "allow",
        }
    }
}

/// What becomes of a rule whose question cannot be answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The verdict is incomplete, which no gate passes.
    #[default]
    Incomplete,
    Warn,
    Pass,
}

/// Which part of an image a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Base,
    Application,
}

impl Section {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Base => "from the base image",
            Self::Application => "added to the base image",
        }
    }

    /// Whether it is about a finding. Where nobody knows who brought it, whatever objects to it does
    /// and whatever would excuse it does not.
    pub(crate) const fn holds(self, base: Option<bool>, effect: RuleEffect) -> bool {
        match (base, self) {
            (Some(base), Self::Base) => base,
            (Some(base), Self::Application) => !base,
            (None, _) => !matches!(effect, RuleEffect::Allow),
        }
    }
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id, which its decisions bear.
    pub id: String,
    /// What it comes to.
    pub effect: RuleEffect,
    /// Why there is such a rule.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day it holds.
    pub until: Option<Day>,
    /// The file it is from, and the line.
    pub file: String,
    /// The line it begins in, from 1.
    pub line: u32,
    pub(crate) section: Option<Section>,
    pub(crate) finding: Option<FindingWhen>,
    pub(crate) image: Option<ImageWhen>,
    /// What it asks in Rego, where everything else holds.
    pub(crate) code: Option<Code>,
    pub(crate) selectors: Vec<Selector>,
    pub(crate) unanswered: Unanswered,
    pub(crate) is_final: bool,
}

impl Rule {
    /// Whether it was switched off.
    pub(crate) const fn is_off(&self) -> bool {
        self.finding.is_none() && self.image.is_none() && self.code.is_none()
    }

    /// The kinds of findings it asks for by name.
    pub(crate) fn kinds(&self) -> BTreeSet<Kind> {
        self.finding.as_ref().map_or_else(BTreeSet::new, |when| when.kinds.clone())
    }

    /// When it fires, in words.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        if let Some(when) = &self.finding {
            parts.push(when.words(self.section));
        }
        if let Some(when) = &self.image {
            parts.push(format!("the image {}", when.words().join(" and ")));
        }
        if let Some(code) = &self.code {
            parts.push(format!("{} of {} says so", self.effect.name(), code.file));
        }
        parts.join(", where ")
    }
}

/// What becomes of ignore files and VEX documents.
#[derive(Clone, Debug)]
pub struct Hygiene {
    /// Whether entries of ignore files hold at all.
    pub files: bool,
    /// Whether statements of VEX documents hold at all.
    pub vex: bool,
    /// Whether an entry needs a reason.
    pub needs_reason: bool,
    /// Whether an entry needs an owner.
    pub needs_owner: bool,
    /// Whether an entry needs an end.
    pub needs_expiry: bool,
    /// The most days an entry may still hold.
    pub days_max: Option<i64>,
    /// From how many days before its end on an entry is mentioned.
    pub expiring_days: i64,
    /// What an entry comes to that is about nothing.
    pub unused: Remark,
    /// What an entry comes to that does not hold any more.
    pub expired: Remark,
    /// What an entry comes to that will soon not hold any more.
    pub expiring: Remark,
    /// What a VEX document comes to that is about something else.
    pub foreign_vex: Remark,
    /// What a line comes to that could not be taken.
    pub unread: Remark,
}

impl Default for Hygiene {
    fn default() -> Self {
        Self {
            files: true,
            vex: true,
            needs_reason: false,
            needs_owner: false,
            needs_expiry: false,
            days_max: None,
            expiring_days: 14,
            unused: Remark::Warn,
            expired: Remark::Warn,
            expiring: Remark::Warn,
            foreign_vex: Remark::Warn,
            unread: Remark::Warn,
        }
    }
}

/// What something about an ignore file comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// It is not mentioned.
    Pass,
    /// It is mentioned.
    Warn,
    /// The image may not pass.
    Deny,
}
