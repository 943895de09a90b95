//! What changed between two reports, and what changed it.

use crate::recipe::{Recipe, digest};
use lazaret_core::finding::State;
use lazaret_core::package::Ecosystem;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_policy::change::{Cause, changes};

fn report(packages: &[(&str, &str)], findings: &[(&str, usize)]) -> Report {
    let mut recipe = Recipe::new();
    let ids: Vec<_> = packages
        .iter()
        .map(|(name, version)| {
            recipe.package(Ecosystem::Deb, name, version, (0, "var/lib/dpkg/status"))
        })
        .collect();
    for (id, package) in findings {
        recipe.finding(id, Severity::High, ids[*package]);
    }
    recipe.report
}

#[test]
fn each_change_has_its_cause() {
    let old = report(
        &[("libssl3", "3.0.1"), ("zlib", "1.2"), ("curl", "8.0"), ("bash", "5")],
        &[("CVE-1", 0), ("CVE-2", 1), ("CVE-3", 2), ("CVE-5", 3)],
    );
    let mut new = report(
        &[("libssl3", "3.0.2"), ("curl", "8.0"), ("xz", "5.4"), ("bash", "5")],
        &[("CVE-3", 1), ("CVE-4", 1), ("CVE-6", 2), ("CVE-5", 3)],
    );
    new.provenance.database.as_mut().unwrap().digest = digest(77);
    new.findings[3].state =
        State::Suppressed { by: "policy:x".into(), reason: "accepted".into(), until: None };
    let found = changes(&old, &new);
    let told =
        |list: &[lazaret_policy::change::Change<'_>]| -> Vec<(String, Option<Cause>, String)> {
            list.iter().map(|one| (one.finding.id.clone(), one.cause, one.why.clone())).collect()
        };
    let line = |id: &str, cause, why: &str| (id.to_owned(), cause, why.to_owned());
    assert_eq!(
        told(&found.new),
        [
            line(
                "CVE-4",
                Some(Cause::Database),
                "the package is the same, and the database is newer"
            ),
            line("CVE-6", Some(Cause::Bytes), "the package is new"),
        ]
    );
    assert_eq!(
        told(&found.fixed),
        [
            line("CVE-1", Some(Cause::Bytes), "the version was 3.0.1 and is 3.0.2"),
            line("CVE-2", Some(Cause::Bytes), "the package is gone"),
            line("CVE-5", Some(Cause::Policy), "it is suppressed by policy:x: accepted"),
        ]
    );
    assert_eq!(told(&found.unchanged), [line("CVE-3", None, "")]);
    let back = changes(&new, &old);
    let ids = |list: &[lazaret_policy::change::Change<'_>]| -> Vec<String> {
        list.iter().map(|one| one.finding.id.clone()).collect()
    };
    assert_eq!(ids(&back.new), ids(&found.fixed));
    assert_eq!(ids(&back.fixed), ids(&found.new));
}

#[test]
fn a_report_is_the_same_as_itself() {
    let report = report(&[("libssl3", "3.0.1")], &[("CVE-1", 0)]);
    let found = changes(&report, &report);
    assert!(found.new.is_empty() && found.fixed.is_empty());
    assert_eq!(found.unchanged.len(), 1);
}

#[test]
fn what_a_baseline_excuses_is_neither_new_nor_fixed() {
    let old = report(&[("curl", "8.0")], &[("CVE-1", 0), ("CVE-2", 0)]);
    let mut new = report(&[("curl", "8.0")], &[("CVE-1", 0), ("CVE-3", 0)]);
    new.findings[0].state = State::Suppressed {
        by: "baseline".into(),
        reason: "it is in main.json already".into(),
        until: None,
    };
    let found = changes(&old, &new);
    let ids = |list: &[lazaret_policy::change::Change<'_>]| -> Vec<String> {
        list.iter().map(|change| change.finding.id.clone()).collect()
    };
    assert_eq!(ids(&found.new), ["CVE-3"]);
    assert_eq!(ids(&found.fixed), ["CVE-2"]);
    assert_eq!(ids(&found.unchanged), ["CVE-1"]);
}
