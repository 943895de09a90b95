//! Judges findings: may this image pass?
//!
//! [`evaluate`] takes what a scan found and what it could not read, marks what somebody decided
//! should not count (ignore files, VEX, rules that allow), and gives a verdict with the decision of
//! every rule. Nothing is dropped: a suppressed finding comes back with who did it, why and until
//! when.
//!
//! This crate decides and never prints; it reads no file and asks no clock. Files come as texts, and
//! the day as a [`Day`].
//!
//! ```
//! use lazaret_core::severity::Severity;
//! use lazaret_core::verdict::Effect;
//! use lazaret_core::{image::Image, inventory::Inventory, problem::{Problem, ProblemKind}};
//! use lazaret_policy::{FailOn, Judged, Policy, evaluate};
//!
//! let fail_on = vec![FailOn::Severity(Severity::High), FailOn::Incomplete];
//! let policy = Policy { fail_on, ..Policy::default() };
//! let unread = Problem::general(ProblemKind::Coverage, "3 npm packages were not checked");
//! let inventory = Inventory { problems: vec![unread], ..Inventory::default() };
//! let image = Image::default();
//! let (findings, verdict) = evaluate(&policy, &Judged::new(&image, &inventory), Vec::new());
//! assert!(findings.is_empty());
//! assert_eq!(verdict.effect, Effect::Incomplete);
//! ```

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]
#![warn(missing_docs)]

mod baseline;
pub mod change;
mod day;
mod explain;
mod fail_on;
mod hygiene;
mod judge;
mod kind;
mod pattern;
mod purl;
mod rego;
mod rule;
mod source;
pub mod suppress;
pub mod vex;

pub use baseline::Baseline;
pub use day::Day;
pub use explain::{explain_policy, explain_report, explain_vex};
pub use fail_on::{FailOn, FailOnError};
pub use judge::{evaluate, reopen};
pub use kind::{Kind, KindError};
pub use pattern::PatternError;
pub use purl::{Difference, Purl, PurlError};
pub use rego::{IgnorePolicy, View};
pub use rule::preset::{names as preset_names, text as preset_text};
pub use rule::read::{Load, Mapping, PolicyFile};
pub use rule::{Hygiene, Remark, Rule, RuleEffect};
pub use source::{FILE_BYTES_MAX, FileError};

use lazaret_core::advisory::Status;
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;
use lazaret_core::report::{DatabaseUse, EndOfLife, Report, TargetKind};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;
use std::sync::Arc;
use suppress::IgnoreFile;
use vex::Statements;

/// What an image is judged by.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The image fails on any of these.
    pub fail_on: Vec<FailOn>,
    /// Findings without a known fix are suppressed (`--ignore-unfixed`).
    pub ignore_unfixed: bool,
    /// Findings whose source gives one of these statuses are suppressed (`--ignore-status`).
    pub ignore_statuses: BTreeSet<Status>,
    /// The image fails when any finding of these severities remains: Trivy's way, where
    /// `--exit-code` goes with what `--severity` shows. Absent when not asked for.
    pub fail_on_shown: Option<BTreeSet<Severity>>,
    /// A policy file and what it extends.
    pub file: Option<Arc<PolicyFile>>,
    /// Ignore files, those that were named first.
    pub ignore_files: Vec<Arc<IgnoreFile>>,
    /// A file in Rego that says which findings do not count (`--ignore-policy`).
    pub ignore_policy: Option<Arc<IgnorePolicy>>,
    /// How rules in Rego see a finding: as it is in a report. Without it they cannot be asked.
    pub view: Option<View>,
    /// VEX documents.
    pub vex: Arc<Statements>,
    /// What was there before and does not count again (`--baseline`).
    pub baseline: Option<Arc<Baseline>>,
    /// The day the image is judged on. Without one, nothing that depends on it can be answered, and
    /// no suppression with an end holds.
    pub today: Option<Day>,
    /// Whether what would be a warning about files that say what does not count is an objection,
    /// and so is an incomplete scan of which no rule speaks: the way of a gate.
    pub fails_closed: bool,
}

impl Policy {
    /// What becomes of ignore files and VEX documents.
    pub(crate) fn hygiene(&self) -> Hygiene {
        let mut hygiene = self.file.as_ref().map(|file| file.hygiene.clone()).unwrap_or_default();
        if self.fails_closed {
            for remark in [&mut hygiene.unread, &mut hygiene.foreign_vex] {
                if *remark == Remark::Warn {
                    *remark = Remark::Deny;
                }
            }
        }
        hygiene
    }

    /// Whether an ignore policy holds, or why not: what a policy asks of entries, Rego cannot give.
    pub(crate) fn takes_ignore_policy(&self) -> Result<(), &'static str> {
        let Some(file) = &self.file else { return Ok(()) };
        let Hygiene { files, needs_reason, needs_owner, needs_expiry, days_max, .. } = file.hygiene;
        if !files {
            return Err("the policy lets no ignore file hold");
        }
        if needs_reason || needs_owner || needs_expiry || days_max.is_some() {
            return Err("the policy asks for reasons, owners or ends, which it does not give");
        }
        Ok(())
    }

    /// The rules for an image, in the order in which they decide.
    pub(crate) fn rules(&self, judged: &Judged<'_>) -> Vec<&Rule> {
        let Some(file) = &self.file else { return Vec::new() };
        let is_for =
            |mapping: &&Mapping| mapping.selectors.iter().any(|selector| selector.selects(judged));
        let mut rules: Vec<&Rule> = file.rules.iter().collect();
        for rule in file.mappings.iter().find(is_for).map_or(&[][..], |mapping| &mapping.rules) {
            match rules.iter_mut().find(|known| known.id == rule.id) {
                Some(known) => *known = rule,
                None => rules.push(rule),
            }
        }
        rules.retain(|rule| {
            let is_chosen = rule.selectors.is_empty()
                || rule.selectors.iter().any(|selector| selector.selects(judged));
            // A rule that was switched off for these images asks for nothing.
            is_chosen && !rule.is_off()
        });
        rules
    }
}

/// Which questions the scan can answer. What a report holds is an answer whatever this says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knows {
    /// Whether the database says what is known to be exploited.
    pub exploited: bool,
    /// Whether it says how likely vulnerabilities are to be exploited.
    pub epss: bool,
    /// Whether it says until when operating systems are supported.
    pub end_of_life: bool,
    /// Whether the configuration of the image is there.
    pub config: bool,
}

impl Knows {
    /// Every question.
    pub const EVERYTHING: Self =
        Self { exploited: true, epss: true, end_of_life: true, config: true };
    /// None of them.
    pub const NOTHING: Self =
        Self { exploited: false, epss: false, end_of_life: false, config: false };
}

/// What is judged besides the findings.
#[derive(Clone, Debug)]
pub struct Judged<'a> {
    /// The image.
    pub image: &'a Image,
    /// What it holds, and what could not be read.
    pub inventory: &'a Inventory,
    /// Until when its operating system is looked after.
    pub end_of_life: Option<&'a EndOfLife>,
    /// The advisory database that was asked.
    pub database: Option<&'a DatabaseUse>,
    /// Which questions the scan can answer.
    pub knows: Knows,
    /// The kinds of findings that were looked for.
    pub looked_for: BTreeSet<Kind>,
}

impl<'a> Judged<'a> {
    /// An image of which everything is known that the database could say.
    pub fn new(image: &'a Image, inventory: &'a Inventory) -> Self {
        Self {
            image,
            inventory,
            end_of_life: None,
            database: None,
            knows: Knows::EVERYTHING,
            looked_for: BTreeSet::from([Kind::Vulnerability]),
        }
    }

    /// A saved report. What its database could say is told by what it says.
    pub fn of(report: &'a Report) -> Self {
        let mut found = report.findings.iter().filter_map(|finding| finding.vulnerability());
        let is_image = report.target == TargetKind::Image;
        let has_config = !report.image.layers.is_empty() && is_image;
        let mut looked_for: BTreeSet<Kind> = report.findings.iter().map(Kind::of).collect();
        looked_for.extend(&report.provenance.looked_for);
        if report.provenance.looked_for.is_empty() {
            looked_for.insert(Kind::Vulnerability);
        }
        Self {
            image: &report.image,
            inventory: &report.inventory,
            end_of_life: report.end_of_life.as_ref(),
            database: report.provenance.database.as_ref(),
            knows: Knows {
                exploited: found.clone().any(|one| one.exploited.is_some()),
                epss: found.any(|one| one.epss.is_some()),
                end_of_life: report.end_of_life.is_some(),
                config: has_config,
            },
            looked_for,
        }
    }
}
