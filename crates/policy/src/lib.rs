//! Judges findings: may this image pass?
//!
//! [`evaluate`] takes what a scan found and what it could not read, marks what the policy
//! suppresses, and gives a verdict with the decision of every rule. Nothing is dropped: a suppressed
//! finding comes back with who did it and why.
//!
//! This crate decides and never prints; it reads no file and asks no clock.
//!
//! ```
//! use lazaret_core::problem::{Problem, ProblemKind};
//! use lazaret_core::severity::Severity;
//! use lazaret_core::verdict::Effect;
//! use lazaret_policy::{FailOn, Policy, evaluate};
//!
//! let fail_on = vec![FailOn::Severity(Severity::High), FailOn::Incomplete];
//! let policy = Policy { fail_on, ..Policy::default() };
//! let unread = Problem::general(ProblemKind::Coverage, "3 npm packages were not checked");
//! let (findings, verdict) = evaluate(&policy, Vec::new(), &[unread]);
//! assert!(findings.is_empty());
//! assert_eq!(verdict.effect, Effect::Incomplete);
//! ```

#![warn(missing_docs)]

use lazaret_core::advisory::Status;
use lazaret_core::finding::{Finding, State};
use lazaret_core::problem::Problem;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::{Decision, Effect, Verdict};
use std::collections::BTreeSet;
use std::str::FromStr;

/// One thing `--fail-on` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailOn {
    /// An open finding of this severity or worse.
    Severity(Severity),
    /// An open finding of a vulnerability that is known to be exploited, by CISA's catalog.
    Exploited,
    /// Anything that could not be read or is covered by no advisory source.
    Incomplete,
}

/// A word `--fail-on` does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailOnError {
    /// A word of a later capability.
    #[error("--fail-on {0} is not available yet")]
    NotYet(String),
    /// No word of ours.
    #[error(
        "`{0}` is nothing to fail on: expected UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL, kev or incomplete"
    )]
    Unknown(String),
}

impl FromStr for FailOn {
    type Err = FailOnError;

    fn from_str(word: &str) -> Result<Self, FailOnError> {
        if let Ok(severity) = word.parse() {
            return Ok(Self::Severity(severity));
        }
        match word.to_ascii_lowercase().as_str() {
            "incomplete" => Ok(Self::Incomplete),
            "kev" => Ok(Self::Exploited),
            "secret" | "misconfig" | "license" | "eol" => Err(FailOnError::NotYet(word.to_owned())),
            _ => Err(FailOnError::Unknown(word.to_owned())),
        }
    }
}

/// What an image is judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
}

/// Judges the findings of one image. `problems` is what the scan could not read.
///
/// Findings come back as they were, but for those a rule suppressed. Every rule gives a decision,
/// passed ones included, so that the report says what was asked.
pub fn evaluate(
    policy: &Policy,
    mut findings: Vec<Finding>,
    problems: &[Problem],
) -> (Vec<Finding>, Verdict) {
    for finding in &mut findings {
        if finding.state.is_open()
            && let Some((by, reason)) = suppression(policy, finding)
        {
            finding.state = State::Suppressed { by: by.to_owned(), reason, until: None };
        }
    }
    let select = |wanted: &dyn Fn(&Finding) -> bool| -> Vec<u32> {
        findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| finding.state.is_open() && wanted(finding))
            .filter_map(|(position, _)| u32::try_from(position).ok())
            .collect()
    };
    let mut decisions = Vec::new();
    let mut rules = policy.fail_on.clone();
    rules.sort();
    rules.dedup();
    for rule in rules {
        decisions.push(match rule {
            FailOn::Severity(least) => {
                let hits = select(&|finding| finding.severity >= least);
                by_findings(format!("fail-on:{least}"), hits, &format!("{least} or worse"))
            }
            FailOn::Exploited => {
                let hits = select(&Finding::is_exploited);
                by_findings("fail-on:kev".to_owned(), hits, "a known exploited vulnerability")
            }
            FailOn::Incomplete => incomplete(problems),
        });
    }
    if let Some(shown) = &policy.fail_on_shown {
        let hits = select(&|finding| shown.contains(&finding.severity));
        decisions.push(by_findings("exit-code".to_owned(), hits, "a severity that is shown"));
    }
    let effect = decisions.iter().map(|decision| decision.effect).max().unwrap_or_default();
    (findings, Verdict { effect, decisions })
}

/// The flag that suppresses a finding, and why.
fn suppression(policy: &Policy, finding: &Finding) -> Option<(&'static str, String)> {
    let status = finding.vulnerability()?.status;
    if policy.ignore_statuses.contains(&status) {
        return Some(("ignore-status", format!("its status is {status}")));
    }
    if policy.ignore_unfixed && !finding.is_fixable() {
        return Some(("ignore-unfixed", "no fixed version is known".to_owned()));
    }
    None
}

fn by_findings(rule: String, findings: Vec<u32>, what: &str) -> Decision {
    let (effect, message) = match findings.len() {
        0 => (Effect::Pass, format!("no finding of {what}")),
        1 => (Effect::Fail, format!("1 finding of {what}")),
        n => (Effect::Fail, format!("{n} findings of {what}")),
    };
    Decision { rule, effect, message, findings }
}

fn incomplete(problems: &[Problem]) -> Decision {
    let (effect, message) = match problems.len() {
        0 => (Effect::Pass, "everything could be read and checked".to_owned()),
        1 => (Effect::Incomplete, "1 thing could not be read or checked".to_owned()),
        n => (Effect::Incomplete, format!("{n} things could not be read or checked")),
    };
    Decision { rule: "fail-on:incomplete".to_owned(), effect, message, findings: Vec::new() }
}
