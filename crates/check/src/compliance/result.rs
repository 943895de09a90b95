//! What was found of each control.

use super::spec::Spec;
use crate::rule::RuleInfo;
use lazaret_core::compliance::{Compliance, Control, ControlStatus};

/// A rule that was run, over how much, and what it found.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its id and all its aliases.
    pub names: Vec<String>,
    /// How many inputs it looked at.
    pub looked_at: usize,
    /// What it found.
    pub found: Vec<Evidence>,
}

/// A finding that speaks against a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Its position in the report.
    pub finding: u32,
    /// Whether it counts: nobody has accepted it.
    pub is_open: bool,
}

impl Ran {
    /// A rule that looked at so many inputs and found this.
    pub fn of_rule(rule: &RuleInfo, looked_at: usize, found: Vec<Evidence>) -> Self {
        let names = std::iter::once(rule.id).chain(rule.aliases.iter().copied());
        Self { names: names.map(str::to_owned).collect(), looked_at, found }
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
pub fn evaluate(spec: &Spec, ran: &[Ran]) -> Compliance {
    let mut controls = Vec::new();
    for control in &spec.controls {
        let speaks = |ran: &&Ran| {
            (ran.looked_at > 0 || !ran.found.is_empty())
                && control.checks.iter().any(|check| ran.is_named(check))
        };
        let speaking: Vec<&Ran> = ran.iter().filter(speaks).collect();
        let mut found: Vec<Evidence> =
            speaking.iter().flat_map(|ran| ran.found.iter().copied()).collect();
        found.sort();
        found.dedup();
        let status = if control.checks.is_empty() {
            ControlStatus::Manual
        } else if found.iter().any(|evidence| evidence.is_open) {
            ControlStatus::Fail
        } else if speaking.iter().any(|ran| ran.looked_at > 0) {
            ControlStatus::Pass
        } else {
            ControlStatus::NotChecked
        };
        let looked_at = speaking.iter().map(|ran| ran.looked_at).max().unwrap_or(0);
        controls.push(Control {
            id: control.id.clone(),
            name: control.name.clone(),
            severity: control.severity,
            status,
            rules: speaking.iter().filter_map(|ran| ran.names.first().cloned()).collect(),
            looked_at: u32::try_from(looked_at).unwrap_or(u32::MAX),
            findings: found.iter().map(|evidence| evidence.finding).collect(),
        });
    }
    Compliance {
        id: spec.id.clone(),
        title: spec.title.clone(),
        version: spec.version.clone(),
        controls,
    }
}
