//! What was found of each control.

use super::spec::Spec;
use crate::rule::RuleInfo;
use lazaret_core::check::RuleHit;
use lazaret_core::severity::Severity;

/// A rule that was run, over how much, and what it found.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its id and all its aliases.
    pub names: Vec<String>,
    /// How many inputs it looked at.
    pub looked_at: usize,
    /// What it found, each with the path of the input.
    pub hits: Vec<(String, RuleHit)>,
}

/// What is known of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Something that speaks for it was looked at, and nothing speaks against it.
    Pass,
    /// Something speaks against it.
    Fail,
    /// No rule can tell.
    Manual,
    /// Rules could tell, but there was nothing for them to look at.
    NotChecked,
}

/// What was found of one control.
#[derive(Clone, Debug)]
pub struct ControlResult {
    /// The control's number.
    pub id: String,
    /// What is asked for.
    pub name: String,
    /// How bad it is not to do it.
    pub severity: Severity,
    /// Whether it is done.
    pub status: Status,
    /// The rules that speak for it and were run, by id.
    pub rules: Vec<String>,
    /// How many inputs they looked at; of several rules the most.
    pub looked_at: usize,
    /// What speaks against it, each with the path of the input.
    pub hits: Vec<(String, RuleHit)>,
}

impl Status {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Manual => "MANUAL",
            Self::NotChecked => "NOT CHECKED",
        }
    }
}

impl Ran {
    /// A rule that looked at so many inputs and found this.
    pub fn of_rule(rule: &RuleInfo, looked_at: usize, hits: Vec<(String, RuleHit)>) -> Self {
        let names = std::iter::once(rule.id).chain(rule.aliases.iter().copied());
        Self { names: names.map(str::to_owned).collect(), looked_at, hits }
    }

    fn is_named(&self, word: &str) -> bool {
        self.names.iter().any(|name| is_same(name, word))
    }
}

/// Whether two ids are one: `AVD-DS-0002` is `DS-0002`.
fn is_same(a: &str, b: &str) -> bool {
    let bare = |id: &str| {
        let id = id.to_ascii_uppercase();
        id.strip_prefix("AVD-").map(str::to_owned).unwrap_or(id)
    };
    bare(a) == bare(b)
}

/// What the rules that were run say of each control, in the order of the specification.
pub fn evaluate(spec: &Spec, ran: &[Ran]) -> Vec<ControlResult> {
    let mut results = Vec::new();
    for control in &spec.controls {
        let speaks = |ran: &&Ran| {
            ran.looked_at > 0 && control.checks.iter().any(|check| ran.is_named(check))
        };
        let speaking: Vec<&Ran> = ran.iter().filter(speaks).collect();
        let mut hits: Vec<(String, RuleHit)> =
            speaking.iter().flat_map(|ran| ran.hits.iter().cloned()).collect();
        hits.sort();
        hits.dedup();
        let status = if control.checks.is_empty() {
            Status::Manual
        } else if speaking.is_empty() {
            Status::NotChecked
        } else if hits.is_empty() {
            Status::Pass
        } else {
            Status::Fail
        };
        results.push(ControlResult {
            id: control.id.clone(),
            name: control.name.clone(),
            severity: control.severity,
            status,
            rules: speaking.iter().filter_map(|ran| ran.names.first().cloned()).collect(),
            looked_at: speaking.iter().map(|ran| ran.looked_at).max().unwrap_or(0),
            hits,
        });
    }
    results
}
