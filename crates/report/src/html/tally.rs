//! Findings, counted.

use crate::table::thousands;
use lazaret_core::finding::Finding;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

/// How many findings there are of each severity.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    by: BTreeMap<Severity, (usize, usize)>,
}

impl Tally {
    /// Counts one more.
    pub(super) fn add(&mut self, finding: &Finding) {
        let (all, fixable) = self.by.entry(finding.severity).or_default();
        *all += 1;
        *fixable += usize::from(finding.is_fixable());
    }

    /// How many of a severity.
    pub(super) fn of(&self, severity: Severity) -> usize {
        self.by.get(&severity).map_or(0, |(all, _)| *all)
    }

    /// How many of a severity have a known fix.
    pub(super) fn fixable_of(&self, severity: Severity) -> usize {
        self.by.get(&severity).map_or(0, |(_, fixable)| *fixable)
    }

    /// How many there are.
    pub(super) fn total(&self) -> usize {
        self.by.values().map(|(all, _)| all).sum()
    }

    /// How many have a known fix.
    pub(super) fn fixable(&self) -> usize {
        self.by.values().map(|(_, fixable)| fixable).sum()
    }

    /// The counts in words, the worst first, such as `2 critical, 5 high`.
    pub(super) fn words(&self) -> String {
        let counts: Vec<String> = self
            .by
            .iter()
            .rev()
            .map(|(severity, (n, _))| format!("{} {}", thousands(*n), class(*severity)))
            .collect();
        if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
    }
}

/// The name of a severity in classes, and in the middle of a sentence.
pub(super) const fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "unknown",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}
