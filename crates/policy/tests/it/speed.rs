//! Judging many findings by many rules takes next to no time.

use crate::recipe::{Recipe, file, fixed, likely, today};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_policy::suppress::read;
use lazaret_policy::{Judged, Policy, evaluate};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What ten thousand findings and fifty rules may take in a build without optimization; with it, a
/// twentieth is asked for.
const TIME_MAX: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(2) } else { Duration::from_millis(20) };

#[test]
fn ten_thousand_findings_and_fifty_rules_are_judged_at_once() {
    let mut recipe = Recipe::new();
    let packages: Vec<_> = (0..1_000)
        .map(|n| {
            let path = format!("app/node_modules/package-{n}/package.json");
            recipe.package(Ecosystem::Npm, &format!("package-{n}"), "1.0.0", (1, &path))
        })
        .collect();
    for n in 0..10_000 {
        let severity = Severity::ALL[n % 5];
        let finding =
            recipe.finding(&format!("CVE-2024-{n:05}"), severity, packages[n % packages.len()]);
        if n % 2 == 0 {
            fixed(finding, Some("2024-05-01T00:00:00Z"));
        }
        likely(finding, 0.01, 0.5);
    }
    let mut text = "version: 1\nrules:\n".to_owned();
    for n in 0..50 {
        let when = match n % 5 {
            0 => "{severity: HIGH, fixable: true, days-since-fix: 30}".to_owned(),
            1 => format!("{{package: [\"package-{n}*\", \"*-{n}\"], severity: LOW}}"),
            2 => format!("{{path: \"app/**/package-{n}/*\", kev: true}}"),
            3 => format!("{{epss: 0.{n:02}, package: \"pkg:npm/package-{n}\"}}"),
            _ => format!("{{id: [\"CVE-2024-000{n}\", \"CVE-2023-*\"], cvss: 7}}"),
        };
        let effect = if n % 7 == 0 { "allow" } else { "deny" };
        writeln!(text, "  - {{id: r{n}, effect: {effect}, when: {when}}}").unwrap();
    }
    let mut ignore = String::new();
    for n in 0..500 {
        writeln!(ignore, "CVE-2024-{:05}", n * 20).unwrap();
    }
    let policy = Policy {
        file: Some(file(&text)),
        ignore_files: vec![Arc::new(read(".trivyignore", &ignore).unwrap())],
        today: today(),
        ..Policy::default()
    };
    // The best of three: other tests run beside this one.
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let report = &recipe.report;
        let judged = Judged::new(&report.image, &report.inventory);
        let findings = report.findings.clone();
        let begin = Instant::now();
        let (findings, verdict) = evaluate(&policy, &judged, findings);
        best = best.min(begin.elapsed());
        assert_eq!(findings.len(), 10_000);
        assert!(verdict.decisions.len() > 40);
        assert!(findings.iter().filter(|finding| !finding.state.is_open()).count() >= 500);
    }
    assert!(best <= TIME_MAX, "{best:?}");
}
