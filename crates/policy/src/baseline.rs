//! An earlier report: what it has need not be mended today.

use lazaret_core::finding::Finding;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

/// Who says that a finding does not count because it was there before.
pub(crate) const BASELINE: &str = "baseline";

/// The findings of an earlier report that counted, by fingerprint.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The report, as it was named.
    pub file: String,
    known: BTreeMap<String, Known>,
}

/// How bad something was.
#[derive(Clone, Copy, Debug)]
struct Known {
    severity: Severity,
    is_exploited: bool,
    is_fixable: bool,
}

impl Baseline {
    /// What the reports of a file have.
    pub fn new(file: &str, reports: &[Report]) -> Self {
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for finding in reports.iter().flat_map(|report| &report.findings) {
            // What was suppressed was not accepted for good: its suppression may end.
            if !finding.state.is_open() || finding.fingerprint.is_empty() {
                continue;
            }
            let entry = known.entry(finding.fingerprint.clone()).or_insert(Known {
                severity: Severity::Unknown,
                is_exploited: false,
                is_fixable: false,
            });
            entry.severity = entry.severity.max(finding.severity);
            entry.is_exploited |= finding.is_exploited();
            entry.is_fixable |= finding.is_fixable();
        }
        Self { file: file.to_owned(), known }
    }

    /// Whether a finding was there before, and no less bad: a higher severity, a first exploit and a
    /// first fix are news.
    pub fn has(&self, finding: &Finding) -> bool {
        self.known.get(&finding.fingerprint).is_some_and(|known| {
            finding.severity <= known.severity
                && (known.is_exploited || !finding.is_exploited())
                && (known.is_fixable || !finding.is_fixable())
        })
    }
}
