//! Judging many findings by many rules takes next to no time.

use crate::many;
use crate::recipe::file;
use lazaret_policy::suppress::read;
use lazaret_policy::{IgnorePolicy, Judged, Policy, evaluate};
use lazaret_report::view;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What ten thousand findings and fifty rules may take.
const PLAIN_MAX: Duration = allowed(20);
/// And with rules in Rego.
const REGO_MAX: Duration = allowed(500);

/// In a build without optimization, a hundred times of what is asked for with it: other tests run
/// beside this one. `cargo xtask bench --policy` measures.
const fn allowed(ms: u64) -> Duration {
    Duration::from_millis(if cfg!(debug_assertions) { ms * 100 } else { ms })
}

/// The shortest of three runs.
fn taken(policy: &Policy) -> Duration {
    let report = many::report(10_000);
    let judged = Judged::new(&report.image, &report.inventory);
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let findings = report.findings.clone();
        let begin = Instant::now();
        let (findings, verdict) = evaluate(policy, &judged, findings);
        best = best.min(begin.elapsed());
        assert_eq!(findings.len(), 10_000);
        assert!(verdict.decisions.len() > 40);
        assert!(findings.iter().filter(|finding| !finding.state.is_open()).count() >= 500);
    }
    best
}

fn plain() -> Policy {
    Policy {
        file: Some(file(&many::rules(50))),
        ignore_files: vec![Arc::new(read(".trivyignore", &many::ignored(500)).unwrap())],
        view: Some(view::own),
        today: many::today(),
        ..Policy::default()
    }
}

#[test]
fn ten_thousand_findings_and_fifty_rules_are_judged_at_once() {
    let taken = taken(&plain());
    assert!(taken <= PLAIN_MAX, "{taken:?}");
}

#[test]
fn rules_in_rego_are_judged_nearly_at_once() {
    let text = format!("{}{}{}", many::rules(50), many::RULE_OF_EACH, many::RULE_OF_ALL);
    let ignore = IgnorePolicy::read("ignore.rego", many::IGNORE_POLICY, view::trivy).unwrap();
    let policy =
        Policy { file: Some(file(&text)), ignore_policy: Some(Arc::new(ignore)), ..plain() };
    let taken = taken(&policy);
    assert!(taken <= REGO_MAX, "{taken:?}");
}
