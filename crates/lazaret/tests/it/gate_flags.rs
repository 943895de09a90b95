//! Every flag about severity, exit codes, ignoring and VEX: from the command line, the environment
//! and the file, alone and combined.

use crate::support::{Ran, example, lazaret, ran};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A finding of the example image, in its `ws`, with a fix.
const WS: &str = "CVE-2024-37890";

/// A folder to run in, with everything the flags name.
fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
    write("ignored.txt", &format!("{WS}\n"));
    write("ignore.rego", "package trivy\nignore { input.PkgName == \"ws\" }\n");
    write(
        "vex.json",
        &format!(
            r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1",
                "author": "a", "timestamp": "2024-01-01T00:00:00Z", "version": 1,
                "statements": [{{"vulnerability": {{"name": "{WS}"}}, "status": "not_affected",
                "justification": "component_not_present", "products": [{{"@id": "pkg:npm/ws"}}]}}]}}"#
        ),
    );
    write("deny.yaml", "version: 1\nrules: [{id: d, effect: deny, when: {severity: HIGH}}]\n");
    // What is incomplete is no question here.
    write("patient.yaml", "version: 1\nrules: [{id: i, effect: warn, when: {incomplete: true}}]\n");
    let report = on_example(place.path(), &["--format", "json"], &[]);
    write("earlier.json", &report.stdout);
    // Every finding of the example has a fix: in this report every third has none.
    let mut mixed = report.json();
    for finding in mixed["findings"].as_array_mut().unwrap().iter_mut().step_by(3) {
        let fields = finding.as_object_mut().unwrap();
        fields.remove("fixed_versions");
        fields.insert("status".to_owned(), "affected".into());
    }
    // And the support of its system is over.
    mixed["end_of_life"]["date"] = "2020-01-01".into();
    write("mixed.json", &mixed.to_string());
    place
}

/// Judges the report in which not everything has a fix.
fn on_mixed(place: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = lazaret();
    command.current_dir(place).envs(environment.iter().copied());
    let judge = ["gate", "--report", "mixed.json", "--policy", "patient.yaml"];
    ran(command.args(judge).args(arguments))
}

fn on_example(place: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let path = fs::canonicalize(example()).unwrap();
    let mut command = lazaret();
    command.current_dir(place).envs(environment.iter().copied());
    ran(command.args(["image", "--input"]).arg(&path).args(arguments))
}

#[test]
fn every_flag_is_one_of_the_environment_and_of_the_file() {
    let place = place();
    let path = place.path();
    // A flag, its value, and what it is asked with so that it shows.
    let fails = ["--exit-code", "3"];
    let shows = ["--show-suppressed"];
    let cases: [(&str, &str, &[&str]); 13] = [
        ("severity", "CRITICAL", &[]),
        ("fail-on", "high", &[]),
        ("exit-code", "7", &[]),
        ("exit-on-eol", "9", &[]),
        ("ignore-unfixed", "true", &shows),
        ("ignore-status", "fixed,affected", &shows),
        ("ignorefile", "ignored.txt", &shows),
        ("ignore-policy", "ignore.rego", &shows),
        ("vex", "vex.json", &shows),
        ("policy", "deny.yaml", &[]),
        ("baseline", "earlier.json", &fails),
        ("show-suppressed", "true", &["--ignorefile", "ignored.txt"]),
        ("skip-vex-repo-update", "true", &[]),
    ];
    for (flag, value, with) in cases {
        let on_report = matches!(flag, "ignore-unfixed" | "exit-on-eol");
        let run = if on_report { on_mixed } else { on_example };
        let without = run(path, with, &[]);
        let long = format!("--{flag}");
        let mut typed = vec![long.as_str()];
        if value != "true" {
            typed.push(value);
        }
        typed.extend(with);
        let by_flag = run(path, &typed, &[]);
        let variable = format!("LAZARET_{}", flag.to_uppercase().replace('-', "_"));
        let by_environment = run(path, with, &[(&variable, value)]);
        fs::write(path.join("lazaret.yaml"), format!("{flag}: {value}\n")).unwrap();
        let by_file = run(path, with, &[]);
        fs::remove_file(path.join("lazaret.yaml")).unwrap();
        let same = |ran: &Ran| (ran.code, ran.stdout.clone());
        assert_eq!(same(&by_environment), same(&by_flag), "{flag}: {}", by_environment.stderr);
        assert_eq!(same(&by_file), same(&by_flag), "{flag}: {}", by_file.stderr);
        if flag != "skip-vex-repo-update" {
            assert_ne!(same(&by_flag), same(&without), "{flag}");
        }
    }
    // The nearest says it.
    fs::write(path.join("lazaret.yaml"), "exit-code: 5\n").unwrap();
    assert_eq!(on_example(path, &[], &[]).code, 5);
    assert_eq!(on_example(path, &[], &[("LAZARET_EXIT_CODE", "4")]).code, 4);
    assert_eq!(on_example(path, &["--exit-code", "3"], &[("LAZARET_EXIT_CODE", "4")]).code, 3);
}

/// What a finding has that Trivy's flags ask for.
struct Facts {
    severity: String,
    status: String,
    is_fixable: bool,
}

fn facts(place: &Path) -> Vec<Facts> {
    let report = on_mixed(place, &["--format", "json"], &[]).json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let open = report["findings"].as_array().unwrap().iter();
    open.filter(|finding| finding["state"] == "open")
        .map(|finding| Facts {
            severity: text(&finding["severity"]),
            status: text(&finding["status"]),
            is_fixable: finding["fixed_versions"].as_array().is_some_and(|list| !list.is_empty()),
        })
        .collect()
}

#[test]
fn severity_status_and_fixes_decide_together_as_trivy_documents() {
    let place = place();
    let facts = facts(place.path());
    assert!(facts.len() > 8 && facts.iter().any(|one| !one.is_fixable));
    let mut codes = Vec::new();
    for severities in ["CRITICAL", "HIGH,CRITICAL", "LOW", "MEDIUM", "UNKNOWN"] {
        for statuses in ["", "fixed", "affected,fixed,will_not_fix,fix_deferred,end_of_life"] {
            for unfixed in [false, true] {
                let mut arguments = vec!["--exit-code", "6", "--severity", severities];
                if !statuses.is_empty() {
                    arguments.extend(["--ignore-status", statuses]);
                }
                if unfixed {
                    arguments.push("--ignore-unfixed");
                }
                let counts = facts.iter().any(|one| {
                    severities.split(',').any(|severity| severity == one.severity)
                        && !statuses.split(',').any(|status| status == one.status)
                        && (one.is_fixable || !unfixed)
                });
                let ran = on_mixed(place.path(), &arguments, &[]);
                assert_eq!(ran.code, if counts { 6 } else { 0 }, "{arguments:?}");
                codes.push(ran.code);
            }
        }
    }
    // The table has both answers.
    assert!(codes.contains(&0) && codes.contains(&6), "{codes:?}");
}

#[test]
fn what_fails_is_told_from_what_is_shown() {
    let place = place();
    for (arguments, expected) in [
        (&["--severity", "LOW", "--fail-on", "high"][..], 1),
        (&["--severity", "HIGH", "--fail-on", "critical"], i32::from(has_critical(&place))),
        (&["--fail-on", "high", "--exit-code", "8"], 8),
        (&["--exit-code", "0"], 0),
        (&["--exit-code", "0", "--fail-on", "high"], 1),
        // Everything that was there before is excused.
        (&["--fail-on", "low", "--baseline", "earlier.json"], 0),
        (&["--policy", "deny.yaml", "--baseline", "earlier.json"], 0),
        (&["--policy", "deny.yaml", "--exit-code", "5"], 5),
        (&["--policy", "gone.yaml"], 2),
        (&["--ignore-policy", "gone.rego"], 2),
        (&["--vex", "gone.json"], 2),
        (&["--ignorefile", "gone"], 2),
        (&["--baseline", "gone.json"], 2),
        (&["--vex", "sbom-ref"], 2),
        (&["--vex", "oci"], 2),
        (&["--severity", "WORST"], 2),
        (&["--ignore-status", "nothing"], 2),
        (&["--fail-on", "nothing"], 2),
        (&["--exit-code", "300"], 2),
    ] {
        let ran = on_example(place.path(), arguments, &[]);
        assert_eq!(ran.code, expected, "{arguments:?}: {}", ran.stderr);
    }
}

fn has_critical(place: &TempDir) -> bool {
    facts(place.path()).iter().any(|one| one.severity == "CRITICAL")
}

#[test]
fn several_ways_to_ignore_hold_beside_each_other_and_each_finding_says_whose() {
    let place = place();
    let by = |arguments: &[&str]| {
        let all: Vec<&str> = ["--format", "json"].iter().chain(arguments).copied().collect();
        let report = on_example(place.path(), &all, &[]).json();
        let findings = report["findings"].as_array().unwrap().clone();
        let ws = findings.iter().find(|finding| finding["id"] == WS).unwrap();
        ws["suppression"]["by"].as_str().unwrap_or_default().to_owned()
    };
    for (arguments, expected) in [
        (&[][..], ""),
        (&["--ignore-policy", "ignore.rego"], "rego:ignore.rego"),
        (&["--ignore-policy", "ignore.rego", "--ignore-status", "fixed"], "ignore-status"),
        (&["--ignore-policy", "ignore.rego", "--ignorefile", "ignored.txt"], "ignored.txt:1"),
        (&["--vex", "vex.json", "--ignorefile", "ignored.txt"], "vex:vex.json"),
        (&["--baseline", "earlier.json"], "baseline"),
    ] {
        assert_eq!(by(arguments), expected, "{arguments:?}");
    }
}

#[test]
fn a_rule_in_rego_that_fails_or_does_not_end_stops_the_gate_and_says_what_to_mend() {
    let place = place();
    let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
    write("number.rego", "package trivy\nignore := 7\n");
    write("broken.rego", "package trivy\nignore {\n");
    write("other.rego", "package mine\nignore { true }\n");
    for (file, said) in [
        ("number.rego", "neither true nor false"),
        ("broken.rego", "broken.rego:"),
        ("other.rego", "expected `package trivy`"),
    ] {
        let ran = on_example(place.path(), &["--ignore-policy", file], &[]);
        assert_eq!(ran.code, 2, "{file}: {}", ran.stdout);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(told.contains(said), "{file}: {told}");
    }
    write("own.rego", "package shop\ndeny contains f.id if some f in input.findings\n");
    write("p.yaml", "version: 1\nrules: [{id: own, effect: deny, rego-file: own.rego}]\n");
    let ran = on_example(place.path(), &["--policy", "p.yaml"], &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    write("own.rego", "package shop\ndeny if nothing.there(1)\n");
    let ran = on_example(place.path(), &["--policy", "p.yaml", "--fail-on", "high"], &[]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stdout.contains("own.rego:2"), "{}", ran.stdout);
}
