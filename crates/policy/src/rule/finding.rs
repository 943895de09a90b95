//! What a rule asks of a finding. Everything that is given must hold.

use super::bound::Bound;
use super::{RuleEffect, Section};
use crate::Knows;
use crate::day::Day;
use crate::kind::{Kind, Subject};
use crate::pattern::{Names, Pattern, or};
use crate::purl::Purl;
use lazaret_core::advisory::Status;
use lazaret_core::severity::Severity;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Severities a rule is about.
#[derive(Clone, Debug)]
pub(crate) enum Severities {
    AtLeast(Severity),
    Only(BTreeSet<Severity>),
}

impl Severities {
    fn has(&self, severity: Severity) -> bool {
        match self {
            Self::AtLeast(least) => severity >= *least,
            Self::Only(only) => only.contains(&severity),
        }
    }
}

/// The conditions.
#[derive(Clone, Debug, Default)]
pub(crate) struct FindingWhen {
    /// Kinds; any where empty.
    pub(crate) kinds: BTreeSet<Kind>,
    pub(crate) severity: Option<Severities>,
    pub(crate) fixable: Option<bool>,
    pub(crate) statuses: BTreeSet<Status>,
    pub(crate) cvss: Option<Bound>,
    pub(crate) epss: Option<Bound>,
    pub(crate) epss_percentile: Option<Bound>,
    pub(crate) exploited: Option<bool>,
    pub(crate) ransomware: Option<bool>,
    pub(crate) since_disclosure: Option<Bound>,
    pub(crate) since_fix: Option<Bound>,
    pub(crate) ids: Option<Names>,
    pub(crate) cwes: Option<Names>,
    pub(crate) packages: Option<Names>,
    pub(crate) purls: Vec<Purl>,
    /// Types of package urls.
    pub(crate) types: BTreeSet<String>,
    /// Whether the package is one of an operating system.
    pub(crate) os_package: Option<bool>,
    pub(crate) licenses: Option<Names>,
    pub(crate) paths: Vec<Pattern>,
}

/// Whether a rule is about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    No,
    Yes,
    /// It depends on something nobody told.
    Unknown(&'static str),
}

/// What is needed besides the finding.
#[derive(Clone, Copy)]
pub(crate) struct Context {
    pub(crate) today: Option<Day>,
    pub(crate) knows: Knows,
    pub(crate) effect: RuleEffect,
}

/// Dates of one finding, read when the first rule asks.
#[derive(Default)]
pub(crate) struct Dates {
    disclosed: OnceCell<Option<Day>>,
    fixed: OnceCell<Option<Day>>,
}

impl FindingWhen {
    /// Whether findings of a kind and a severity need be looked at.
    pub(crate) fn admits(&self, kind: Kind, severity: Severity) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && self.severity.as_ref().is_none_or(|severities| severities.has(severity))
            && (kind == Kind::Vulnerability || !self.asks_of_vulnerability())
    }

    /// Whether it asks for something only vulnerabilities have.
    fn asks_of_vulnerability(&self) -> bool {
        self.fixable.is_some()
            || !self.statuses.is_empty()
            || self.cvss.is_some()
            || self.epss.is_some()
            || self.epss_percentile.is_some()
            || self.exploited.is_some()
            || self.ransomware.is_some()
            || self.since_disclosure.is_some()
            || self.since_fix.is_some()
            || self.cwes.is_some()
    }

    /// Whether it is about the package of a finding, or where that is.
    pub(crate) fn fits_package(&self, subject: Subject<'_>) -> bool {
        let asks_of_package = self.packages.is_some()
            || !self.purls.is_empty()
            || !self.types.is_empty()
            || self.os_package.is_some()
            || self.licenses.is_some();
        if asks_of_package {
            let Some(package) = subject.package else { return false };
            let source = package.source.as_ref().map(|source| source.name.as_str());
            let kind = package.ecosystem.purl_type();
            let is_named = |names: &Names| {
                names.is_match(&package.name) || source.is_some_and(|name| names.is_match(name))
            };
            let is_covered = || {
                let purl = Purl::parse(&package.purl).ok();
                purl.is_some_and(|purl| self.purls.iter().any(|asked| asked.covers(&purl)))
            };
            let holds = self.packages.as_ref().is_none_or(is_named)
                && (self.types.is_empty() || self.types.contains(kind))
                && self.os_package.is_none_or(|asked| asked == package.ecosystem.is_os())
                && self.licenses.as_ref().is_none_or(|names| {
                    names.first(package.licenses.iter().map(String::as_str)).is_some()
                })
                && (self.purls.is_empty() || is_covered());
            if !holds {
                return false;
            }
        }
        self.paths.is_empty()
            || subject.paths().any(|path| self.paths.iter().any(|pattern| pattern.is_match(path)))
    }

    /// Whether it is about a finding whose kind, severity and package fit.
    ///
    /// What is not known never speaks for an image: a date nobody knows is long ago to a rule that
    /// objects, and does not count for one that excuses.
    pub(crate) fn fits(&self, subject: Subject<'_>, context: &Context, dates: &Dates) -> Fit {
        if let Some(ids) = &self.ids
            && !subject.ids().any(|id| ids.is_match(id))
        {
            return Fit::No;
        }
        let Some(found) = subject.vulnerability else { return Fit::Yes };
        if self.fixable.is_some_and(|asked| asked == found.fixed_versions.is_empty())
            || (!self.statuses.is_empty() && !self.statuses.contains(&found.status))
            || self.cvss.is_some_and(|bound| !bound.holds(cvss(subject)))
            || self
                .cwes
                .as_ref()
                .is_some_and(|names| names.first(found.cwes.iter().map(String::as_str)).is_none())
        {
            return Fit::No;
        }
        let knows_exploited = context.knows.exploited || found.exploited.is_some();
        let mut unknown = None;
        if let Some(asked) = self.exploited {
            if !knows_exploited {
                unknown = Some("what is known to be exploited");
            } else if asked != found.exploited.is_some() {
                return Fit::No;
            }
        }
        if let Some(asked) = self.ransomware {
            if !knows_exploited {
                unknown = Some("what is known to be exploited");
            } else if asked != found.exploited.as_ref().is_some_and(|one| one.ransomware) {
                return Fit::No;
            }
        }
        if self.epss.is_some() || self.epss_percentile.is_some() {
            match found.epss {
                // Without an estimate of its own a vulnerability is not expected to be exploited.
                None if context.knows.epss => {
                    if self.epss.is_some_and(|bound| !bound.holds(0.0))
                        || self.epss_percentile.is_some_and(|bound| !bound.holds(0.0))
                    {
                        return Fit::No;
                    }
                }
                None => unknown = Some("how likely vulnerabilities are to be exploited"),
                Some(epss) => {
                    if self.epss.is_some_and(|bound| !bound.holds(epss.score))
                        || self.epss_percentile.is_some_and(|bound| !bound.holds(epss.percentile))
                    {
                        return Fit::No;
                    }
                }
            }
        }
        let disclosed = self
            .since_disclosure
            .map(|bound| (bound, *dates.disclosed.get_or_init(|| disclosed(subject))));
        let fixed =
            self.since_fix.map(|bound| (bound, *dates.fixed.get_or_init(|| fix_known(subject))));
        for (bound, since) in disclosed.into_iter().chain(fixed) {
            match (since, context.today) {
                (Some(since), Some(today)) => {
                    if !bound.holds(days(since, today)) {
                        return Fit::No;
                    }
                }
                (_, None) => unknown = Some("what day it is"),
                (None, Some(_)) if context.effect == RuleEffect::Allow => return Fit::No,
                (None, Some(_)) => {}
            }
        }
        unknown.map_or(Fit::Yes, Fit::Unknown)
    }

    /// What it asks for, in words.
    pub(crate) fn words(&self, section: Option<Section>) -> String {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.plural()).collect();
        let what = match kinds.as_slice() {
            [] if self.asks_of_vulnerability() => "vulnerabilities".to_owned(),
            [] => "findings".to_owned(),
            kinds => or(kinds),
        };
        let mut parts = vec![what];
        if let Some(section) = section {
            parts.push(section.words().to_owned());
        }
        match &self.severity {
            Some(Severities::AtLeast(least)) => parts.push(format!("of severity {least} or worse")),
            Some(Severities::Only(only)) => {
                parts.push(format!("of severity {}", or(&only.iter().rev().collect::<Vec<_>>())));
            }
            None => {}
        }
        match self.fixable {
            Some(true) => parts.push("with a fix".to_owned()),
            Some(false) => parts.push("without a fix".to_owned()),
            None => {}
        }
        if !self.statuses.is_empty() {
            parts.push(format!("of status {}", or(&self.statuses.iter().collect::<Vec<_>>())));
        }
        match self.exploited {
            Some(true) => parts.push("known to be exploited".to_owned()),
            Some(false) => parts.push("not known to be exploited".to_owned()),
            None => {}
        }
        match self.ransomware {
            Some(true) => parts.push("used by ransomware".to_owned()),
            Some(false) => parts.push("not known to be used by ransomware".to_owned()),
            None => {}
        }
        for (bound, what) in [
            (self.cvss, "with a CVSS score of"),
            (self.epss, "with an EPSS probability of"),
            (self.epss_percentile, "in the EPSS percentile of"),
        ] {
            parts.extend(bound.map(|bound| format!("{what} {bound}")));
        }
        for (bound, what) in [(self.since_disclosure, "disclosed"), (self.since_fix, "fixed")] {
            parts.extend(bound.map(|bound| format!("{what} {bound} days ago")));
        }
        for (names, what) in [
            (&self.ids, "with the id"),
            (&self.cwes, "with the weakness"),
            (&self.packages, "in the package"),
            (&self.licenses, "under the license"),
        ] {
            parts.extend(names.as_ref().map(|names| format!("{what} {names}")));
        }
        if !self.purls.is_empty() {
            parts.push(format!("in {}", or(&self.purls)));
        }
        if !self.types.is_empty() {
            parts.push(format!("in packages of {}", or(&self.types.iter().collect::<Vec<_>>())));
        }
        match self.os_package {
            Some(true) => parts.push("in packages of the operating system".to_owned()),
            Some(false) => parts.push("in packages of languages".to_owned()),
            None => {}
        }
        if !self.paths.is_empty() {
            let paths: Vec<&str> = self.paths.iter().map(Pattern::as_str).collect();
            parts.push(format!("at {}", or(&paths)));
        }
        match parts.as_slice() {
            [only] if only == "findings" => "any finding".to_owned(),
            parts => parts.join(" "),
        }
    }
}

/// The facts of a finding that rules ask for, in words.
pub(crate) fn facts(subject: Subject<'_>, today: Option<Day>) -> String {
    let mut parts = vec![subject.finding.severity.to_string()];
    if let Some(found) = subject.vulnerability {
        parts.push(match found.fixed_versions.as_slice() {
            [] => format!("no fix ({})", found.status),
            versions => format!("fixed in {}", versions.join(", ")),
        });
        let best = found.scores.iter().map(|score| score.score).fold(f64::NAN, f64::max);
        if best.is_finite() {
            parts.push(format!("CVSS {best:.1}"));
        }
        if let Some(epss) = found.epss {
            parts.push(format!("EPSS {:.3}", epss.score));
        }
        if let Some(exploited) = &found.exploited {
            parts.push(format!("exploited since {}", exploited.added));
        }
        for (since, what) in [(disclosed(subject), "disclosed"), (fix_known(subject), "fix known")]
        {
            if let Some((since, today)) = since.zip(today) {
                parts.push(format!("{what} {} days ago", since.days_until(today)));
            }
        }
    }
    parts.extend(subject.base.map(|base| {
        if base { Section::Base.words() } else { Section::Application.words() }.to_owned()
    }));
    parts.join(", ")
}

/// The highest score any source gives; without one, the lowest the severity allows.
fn cvss(subject: Subject<'_>) -> f64 {
    let scores = subject.vulnerability.map_or(&[][..], |found| &found.scores);
    let best = scores.iter().map(|score| score.score).fold(f64::NAN, f64::max);
    if best.is_finite() {
        return best;
    }
    match subject.finding.severity {
        Severity::Critical => 9.0,
        Severity::High => 7.0,
        Severity::Medium => 4.0,
        Severity::Low => 0.1,
        Severity::Unknown => 0.0,
    }
}

/// When it was first known: when its source published it, or else when the database first had it.
fn disclosed(subject: Subject<'_>) -> Option<Day> {
    let found = subject.vulnerability?;
    let dates = [&found.published, &found.first_seen];
    dates.into_iter().flatten().find_map(|date| Day::parse(date))
}

/// When its fix was first known.
fn fix_known(subject: Subject<'_>) -> Option<Day> {
    let found = subject.vulnerability?;
    found.fix_first_seen.as_deref().and_then(Day::parse)
}

fn days(since: Day, today: Day) -> f64 {
    // The calendar has fewer than 2^32 days.
    i32::try_from(since.days_until(today)).map_or(f64::NAN, f64::from)
}
