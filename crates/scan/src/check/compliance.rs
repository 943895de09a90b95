//! What all that was looked at says of a catalog of controls.

use lazaret_check::compliance::{Evidence, Ran, Spec, evaluate};
use lazaret_check::rule::{Rule, RuleInfo};
use lazaret_check::{compose, dockerfile, iac, image};
use lazaret_core::compliance::Compliance;
use lazaret_core::finding::{Checked, Finding, Kind};
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, HashMap};

/// How many images and files were looked at by what.
#[derive(Clone, Debug, Default)]
pub(crate) struct LookedAt {
    kinds: BTreeMap<Checked, usize>,
    /// Of rules of the user's own: all their names, and how many files each looked at.
    custom: BTreeMap<Vec<String>, usize>,
    /// Whether a rule of the user's own did not come to an end.
    pub(crate) is_broken: bool,
}

impl LookedAt {
    /// An image or a file was looked at to its end.
    pub(super) fn count(&mut self, kind: Checked) {
        let count = self.kinds.entry(kind).or_default();
        *count = count.saturating_add(1);
    }

    /// A rule of the user's own looked at a file.
    pub(super) fn count_custom(&mut self, names: Vec<String>) {
        let count = self.custom.entry(names).or_default();
        *count = count.saturating_add(1);
    }
}

/// The rules that look at a kind of thing.
fn rules_of(kind: Checked) -> Vec<RuleInfo> {
    match kind {
        Checked::Image => image::RULES.iter().map(|rule| rule.info()).collect(),
        Checked::Dockerfile => dockerfile::RULES.iter().map(Rule::info).collect(),
        Checked::Kubernetes => iac::Kind::Kubernetes.rules(),
        Checked::Compose => compose::rules(),
        Checked::Terraform => iac::Kind::Terraform.rules(),
        Checked::Custom => Vec::new(),
    }
}

/// Holds findings against every control. `looked_for` is what the scan was asked for.
pub(crate) fn compliance(
    spec: &Spec,
    looked_for: &[Kind],
    looked_at: &LookedAt,
    findings: &[Finding],
) -> Compliance {
    let mut of_rule: HashMap<&str, Vec<Evidence>> = HashMap::new();
    let mut of_severity: BTreeMap<(&str, Severity), Vec<Evidence>> = BTreeMap::new();
    for (position, finding) in (0_u32..).zip(findings) {
        let evidence = Evidence { finding: position, is_open: finding.state.is_open() };
        match Kind::of(finding) {
            Kind::Misconfiguration => of_rule.entry(&finding.id).or_default().push(evidence),
            Kind::Vulnerability => {
                of_severity.entry(("VULN", finding.severity)).or_default().push(evidence);
            }
            Kind::Secret => {
                of_severity.entry(("SECRET", finding.severity)).or_default().push(evidence);
            }
            Kind::License => {}
        }
    }
    let mut counts: BTreeMap<&'static str, (RuleInfo, usize)> = BTreeMap::new();
    for kind in Checked::ALL {
        let count = looked_at.kinds.get(&kind).copied().unwrap_or(0);
        for rule in rules_of(kind) {
            let (_, total) = counts.entry(rule.id).or_insert((rule, 0));
            *total = total.saturating_add(count);
        }
    }
    let mut ran: Vec<Ran> = counts
        .into_values()
        .map(|(rule, count)| {
            Ran::of_rule(&rule, count, of_rule.get(rule.id).cloned().unwrap_or_default())
        })
        .collect();
    for (names, count) in &looked_at.custom {
        let found = names.first().and_then(|id| of_rule.get(id.as_str()));
        let found = found.cloned().unwrap_or_default();
        ran.push(Ran { names: names.clone(), looked_at: *count, found });
    }
    for (word, kind) in [("VULN", Kind::Vulnerability), ("SECRET", Kind::Secret)] {
        for severity in Severity::ALL {
            let found = of_severity.remove(&(word, severity)).unwrap_or_default();
            let looked_at = usize::from(looked_for.contains(&kind));
            ran.push(Ran { names: vec![format!("{word}-{}", severity.name())], looked_at, found });
        }
    }
    evaluate(spec, &ran)
}
