//! Ignore files: what each tool's file means, and what is said of entries themselves.

use crate::recipe::{Recipe, fixed, judge, today, vulnerability};
use lazaret_core::finding::State;
use lazaret_core::package::Ecosystem;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Effect;
use lazaret_policy::suppress::{IgnoreFile, read};
use lazaret_policy::{FailOn, Policy};
use std::sync::Arc;

/// openssl of Debian with a fix, lodash of npm without one, and a Go program.
fn report() -> Report {
    let mut recipe = Recipe::new();
    let ssl = recipe.package(Ecosystem::Deb, "libssl3", "3.0.11-1", (0, "var/lib/dpkg/status"));
    let lodash = recipe.package(
        Ecosystem::Npm,
        "lodash",
        "4.17.20",
        (1, "app/node_modules/lodash/package.json"),
    );
    let tool = recipe.package(Ecosystem::Golang, "example.org/tool", "v1.0.0", (1, "usr/bin/tool"));
    fixed(recipe.finding("CVE-2024-0001", Severity::High, ssl), None);
    let finding = recipe.finding("CVE-2024-0002", Severity::High, lodash);
    let found = vulnerability(finding);
    found.aliases = vec!["GHSA-aaaa-bbbb-cccc".into(), "SNYK-JS-LODASH-567746".into()];
    found.reason.segment = "npm".into();
    let finding = recipe.finding("CVE-2024-0003", Severity::High, tool);
    vulnerability(finding).reason.segment = "go".into();
    recipe.report
}

fn parsed(name: &str, text: &str) -> IgnoreFile {
    read(name, text).unwrap_or_else(|error| panic!("{error}"))
}

fn policy(name: &str, text: &str) -> Policy {
    Policy {
        ignore_files: vec![Arc::new(parsed(name, text))],
        fail_on: vec![FailOn::Severity(Severity::High)],
        today: today(),
        ..Policy::default()
    }
}

/// The ids that do not count.
#[track_caller]
fn check(name: &str, text: &str, expected: &[&str]) {
    let (findings, _) = judge(&policy(name, text), &report());
    let suppressed: Vec<&str> = findings
        .iter()
        .filter(|finding| !finding.state.is_open())
        .map(|finding| finding.id.as_str())
        .collect();
    assert_eq!(suppressed, expected, "{name}: {text}");
}

#[test]
fn trivyignore_is_a_line_an_id() {
    check(
        ".trivyignore",
        "# all\n\nCVE-2024-0001\n  CVE-2024-0002   # why not\n",
        &["CVE-2024-0001", "CVE-2024-0002"],
    );
    // Trivy's names are exact; other names of the same thing are taken as well.
    check(".trivyignore", "GHSA-aaaa-bbbb-cccc\n", &["CVE-2024-0002"]);
    check(".trivyignore", "CVE-2024-*\n", &[]);
    // The day that is named is the first on which the entry does not hold.
    check(".trivyignore", "CVE-2024-0001 exp:2024-06-16\n", &["CVE-2024-0001"]);
    check(".trivyignore", "CVE-2024-0001 exp:2024-06-15\n", &[]);
    check("deploy/ignored.txt", "CVE-2024-0001", &["CVE-2024-0001"]);
}

#[test]
fn a_bad_date_skips_the_line_and_is_said() {
    let text = "CVE-2024-0001 exp:soon\nCVE-2024-0002\n";
    check(".trivyignore", text, &["CVE-2024-0002"]);
    let policy = policy(".trivyignore", text);
    let (_, verdict) = judge(&policy, &report());
    let said = verdict.decisions.iter().find(|one| one.rule == "ignore:unread").unwrap();
    assert_eq!(said.effect, Effect::Warn);
    assert!(said.message.contains(".trivyignore:1 `soon` is not a date"), "{}", said.message);
    // A gate does not guess what its author meant.
    let gate = Policy { fails_closed: true, fail_on: vec![], ..policy };
    assert_eq!(judge(&gate, &report()).1.effect, Effect::Incomplete);
}

#[test]
fn trivyignore_yaml_has_paths_packages_and_an_end() {
    for (text, expected) in [
        ("vulnerabilities: [{id: CVE-2024-0002}]", &["CVE-2024-0002"][..]),
        (
            "vulnerabilities: [{id: CVE-2024-0002, paths: [\"**/node_modules/**\"]}]",
            &["CVE-2024-0002"],
        ),
        ("vulnerabilities: [{id: CVE-2024-0002, paths: [\"usr/**\"]}]", &[]),
        (
            "vulnerabilities: [{id: CVE-2024-0002, purls: [\"pkg:npm/lodash@4.17.20\"]}]",
            &["CVE-2024-0002"],
        ),
        ("vulnerabilities: [{id: CVE-2024-0002, purls: [\"pkg:npm/lodash@4.17.21\"]}]", &[]),
        (
            "vulnerabilities: [{id: CVE-2024-0002, expired_at: 2024-06-16, statement: x}]",
            &["CVE-2024-0002"],
        ),
        ("vulnerabilities: [{id: CVE-2024-0002, expired_at: 2024-06-15}]", &[]),
        ("secrets: [{id: CVE-2024-0002}]", &[]),
        ("", &[]),
    ] {
        check(".trivyignore.yaml", text, expected);
    }
}

#[test]
fn ours_has_everything_and_keeps_who_why_and_until_when() {
    let text = "ignore:
  - id: CVE-2024-0002
    package: lodash
    path: app/**
    reason: the template function is not called
    owner: web@example.org
    expiry: 2024-06-15
";
    let (findings, _) = judge(&policy(".lazaretignore.yaml", text), &report());
    let expected = State::Suppressed {
        by: ".lazaretignore.yaml:2 (web@example.org)".to_owned(),
        reason: "the template function is not called".to_owned(),
        until: Some("2024-06-15".to_owned()),
    };
    assert_eq!(findings[1].state, expected);
    for (text, expected) in [
        ("ignore: [{id: [CVE-2024-0001, CVE-2024-0003]}]", &["CVE-2024-0001", "CVE-2024-0003"][..]),
        (
            "ignore: [{id: CVE-2024-*, package: \"pkg:golang/example.org/tool\"}]",
            &["CVE-2024-0003"],
        ),
        ("ignore: [{package: openssl}]", &["CVE-2024-0001"]),
        ("ignore: [{package: lodash, path: \"usr/**\"}]", &[]),
        ("ignore: [{id: CVE-2024-0001, kind: secret}]", &[]),
        ("ignore: [{id: CVE-2024-0001, expiry: 2024-06-14}]", &[]),
        ("# nothing yet\n", &[]),
    ] {
        check(".lazaretignore.yaml", text, expected);
    }
}

#[test]
fn mistakes_in_our_file_are_shown_in_their_line() {
    for (text, line, column, what) in [
        ("ignore:\n  - id: CVE-1\n    reson: x\n", 3, 5, "did you mean `reason`?"),
        ("ignore:\n  - id: CVE-1\n    expiry: soon\n", 3, 13, "`soon` is not a date"),
        ("ignore:\n  - id: CVE-1\n    expiry: 2027-02-30\n", 3, 13, "is not a date"),
        ("ignore:\n  - reason: x\n", 2, 5, "needs an `id` or a `package`"),
        ("ignore:\n  - id: [a\n", 2, 9, "unclosed bracket"),
        ("ignored: []\n", 1, 1, "did you mean `ignore`?"),
        ("ignore:\n  - id: CVE-1\n    package: pkg:x\n", 3, 14, "is not a package url"),
        ("ignore:\n  - id: CVE-1\n    path: \"a[\"\n", 3, 11, "is not a pattern"),
        ("ignore:\n  - id: CVE-1\n    kind: virus\n", 3, 11, "no kind of finding"),
    ] {
        let error = read(".lazaretignore.yaml", text).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{error}");
        assert!(error.message.contains(what), "{error}");
        let shown = text.lines().nth(line as usize - 1).unwrap_or_default();
        assert!(error.to_string().contains(shown), "{error}");
    }
}

#[test]
fn grype_rules_need_everything_they_name() {
    for (rule, expected) in [
        ("{vulnerability: CVE-2024-0001}", &["CVE-2024-0001"][..]),
        ("{vulnerability: GHSA-aaaa-bbbb-cccc, include-aliases: true}", &["CVE-2024-0002"]),
        ("{fix-state: not-fixed}", &["CVE-2024-0002", "CVE-2024-0003"]),
        ("{fix-state: fixed}", &["CVE-2024-0001"]),
        ("{package: {name: \"lib.*\"}}", &["CVE-2024-0001"]),
        // The expression is for the whole name.
        ("{package: {name: ssl}}", &[]),
        ("{package: {type: npm}}", &["CVE-2024-0002"]),
        ("{package: {type: go-module}}", &["CVE-2024-0003"]),
        ("{package: {language: javascript, version: 4.17.20}}", &["CVE-2024-0002"]),
        ("{package: {version: 4.17.2}}", &[]),
        ("{package: {upstream-name: openssl}}", &["CVE-2024-0001"]),
        ("{package: {location: \"/usr/bin/**\"}}", &["CVE-2024-0003"]),
        ("{namespace: \"debian:distro:debian:12\"}", &["CVE-2024-0001"]),
        ("{namespace: \"github:language:go\"}", &["CVE-2024-0003"]),
        ("{match-type: exact-indirect-match}", &["CVE-2024-0001"]),
        ("{vulnerability: CVE-2024-0001, package: {type: npm}}", &[]),
        ("{reason: nothing is named}", &[]),
        ("{vulnerability: CVE-2024-0001, vex-status: not_affected}", &[]),
        ("{vulnerability: CVE-2024-0001, new-key: x}", &[]),
        ("{vulnerability: CVE-2024-0001, package: {name: \"(\"}}", &[]),
    ] {
        check(
            ".grype.yaml",
            &format!("check-for-app-update: false\nignore:\n  - {rule}\n"),
            expected,
        );
    }
}

#[test]
fn osv_scanner_ignores_ids_and_packages_until_a_day() {
    for (text, expected) in [
        (
            "[[IgnoredVulns]]\nid = \"GHSA-aaaa-bbbb-cccc\"\nreason = \"x\"\n",
            &["CVE-2024-0002"][..],
        ),
        (
            "[[IgnoredVulns]]\nid = \"CVE-2024-0001\"\nignoreUntil = 2024-06-16\n",
            &["CVE-2024-0001"],
        ),
        ("[[IgnoredVulns]]\nid = \"CVE-2024-0001\"\nignoreUntil = 2024-06-15T00:00:00Z\n", &[]),
        (
            "[[PackageOverrides]]\nname = \"lodash\"\necosystem = \"npm\"\nignore = true\n",
            &["CVE-2024-0002"],
        ),
        ("[[PackageOverrides]]\nname = \"lodash\"\nversion = \"4.17.21\"\nignore = true\n", &[]),
        (
            "[[PackageOverrides]]\necosystem = \"Go\"\nvulnerability.ignore = true\n",
            &["CVE-2024-0003"],
        ),
        (
            "[[PackageOverrides]]\necosystem = \"Debian:12\"\nvulnerability.ignore = true\n",
            &["CVE-2024-0001"],
        ),
        ("[[PackageOverrides]]\nname = \"lodash\"\nlicense.override = [\"MIT\"]\n", &[]),
    ] {
        check("osv-scanner.toml", text, expected);
    }
    let error = read("osv-scanner.toml", "[[IgnoredVulns]]\nid = 1\n").unwrap_err();
    assert_eq!(error.line, 2, "{error}");
}

#[test]
fn snyk_ignores_an_issue_for_paths_that_can_be_checked() {
    let file = |path: &str, more: &str| {
        format!(
            "version: v1.25.0\nignore:\n  SNYK-JS-LODASH-567746:\n    - '{path}':\n        \
             reason: None given\n{more}patch: {{}}\n"
        )
    };
    check(".snyk", &file("*", ""), &["CVE-2024-0002"]);
    check(".snyk", &file("lodash", ""), &["CVE-2024-0002"]);
    check(".snyk", &file("lodash@4.17.20", ""), &["CVE-2024-0002"]);
    check(".snyk", &file("lodash@4.17.21", ""), &[]);
    check(".snyk", &file("express > lodash", ""), &[]);
    check(".snyk", &file("*", "        expires: 2024-06-16T20:36:54.553Z\n"), &["CVE-2024-0002"]);
    check(".snyk", &file("*", "        expires: 2024-06-15T20:36:54.553Z\n"), &[]);
    assert_eq!(parsed(".snyk", &file("express > lodash", "")).remarks.len(), 1);
}

#[test]
fn files_of_linters_are_about_misconfigurations_only() {
    for (name, text, entries) in [
        (".dockleignore", "# why\nCIS-DI-0001\n\nCVE-2024-0001 # no\n", 2),
        (
            ".hadolint.yaml",
            "failure-threshold: warning\nignored:\n  - DL3008\n  - CVE-2024-0001\n",
            2,
        ),
        (".hadolint.yaml", "ignored: DL3008\n", 1),
    ] {
        assert_eq!(parsed(name, text).entries.len(), entries, "{name}");
        check(name, text, &[]);
        // Nobody looked for misconfigurations: whether the entries are of use is not known.
        let (_, verdict) = judge(&Policy { fail_on: vec![], ..policy(name, text) }, &report());
        assert_eq!(verdict.decisions, [], "{name}");
    }
}

#[test]
fn entries_that_help_nobody_any_more_are_said() {
    let text = "ignore:
  - {id: CVE-2024-0001, expiry: 2024-06-20}
  - {id: CVE-2024-0002, expiry: 2024-06-14}
  - {id: CVE-2024-0003, expiry: 2024-12-31}
  - {id: CVE-2020-9999}
";
    let policy = Policy { fail_on: vec![], ..policy(".lazaretignore.yaml", text) };
    let (_, verdict) = judge(&policy, &report());
    let said: Vec<(&str, Effect, &str)> = verdict
        .decisions
        .iter()
        .map(|one| (one.rule.as_str(), one.effect, one.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (
                "ignore:expired",
                Effect::Warn,
                "1 entry is over, and not applied any more: .lazaretignore.yaml:3 CVE-2024-0002 \
                 (until 2024-06-14)"
            ),
            (
                "ignore:expiring",
                Effect::Warn,
                "1 entry is soon over: .lazaretignore.yaml:2 CVE-2024-0001 (until 2024-06-20)"
            ),
            (
                "ignore:unused",
                Effect::Warn,
                "1 entry is about nothing in this image: .lazaretignore.yaml:5 CVE-2020-9999"
            ),
        ]
    );
}

#[test]
fn a_policy_says_which_entries_it_accepts() {
    let entry = "ignore: [{id: CVE-2024-0001, reason: r, owner: o, expiry: 2024-07-15}]";
    for (suppressions, text, accepted) in [
        ("files: false", entry, false),
        ("require: [reason, owner, expiry]", entry, true),
        ("days-max: 30", entry, true),
        ("days-max: 29", entry, false),
        ("require: [reason]", "ignore: [{id: CVE-2024-0001, reason: \" \"}]", false),
        ("require: [owner]", "ignore: [{id: CVE-2024-0001, reason: r}]", false),
        ("require: [expiry]", "ignore: [{id: CVE-2024-0001, reason: r}]", false),
        ("days-max: 30", "ignore: [{id: CVE-2024-0001, reason: r}]", false),
    ] {
        let file = crate::recipe::file(&format!("version: 1\nsuppressions: {{{suppressions}}}\n"));
        let policy =
            Policy { file: Some(file), fail_on: vec![], ..policy(".lazaretignore.yaml", text) };
        let (findings, verdict) = judge(&policy, &report());
        assert_eq!(!findings[0].state.is_open(), accepted, "{suppressions} {text}");
        let refused = verdict.decisions.iter().any(|one| one.rule == "ignore:refused");
        assert_eq!(refused, !accepted, "{suppressions} {text}");
    }
}

#[test]
fn hostile_files_are_refused_and_do_not_hang() {
    let many = "CVE-2024-0001\n".repeat(60_000);
    assert!(read(".trivyignore", &many).is_err());
    let large = " ".repeat(5 << 20);
    assert!(read(".trivyignore", &large).is_err());
    let name = format!("ignore: [{{package: {{name: \"{}\"}}}}]", "(a{1000}){1000}");
    assert_eq!(parsed(".grype.yaml", &name).entries.len(), 0);
    for name in
        [".lazaretignore.yaml", ".trivyignore.yaml", ".grype.yaml", ".snyk", ".hadolint.yaml"]
    {
        for text in ["[", "x", "- 1", "ignore: x", "ignore: [x]", "ignored: {a: b}", "\u{0}"] {
            // Whatever they come to, it is no panic.
            drop(read(name, text));
        }
    }
}
