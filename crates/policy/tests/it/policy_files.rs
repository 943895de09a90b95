//! Policy files: mistakes are shown where they are, files extend each other, and presets are files.

use crate::recipe::{Recipe, file, judge, today};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Effect;
use lazaret_policy::{
    Baseline, FileError, Policy, PolicyFile, Rule, explain_policy, explain_report, preset_names,
};
use std::collections::BTreeMap;
use std::sync::Arc;

fn read(text: &str, others: &[(&str, &str)]) -> Result<PolicyFile, FileError> {
    let others: BTreeMap<&str, &str> = others.iter().copied().collect();
    let mut load = |_: &str, name: &str| match others.get(name) {
        Some(text) => Ok((name.to_owned(), (*text).to_owned())),
        None => Err("there is no such file".to_owned()),
    };
    PolicyFile::read("policy.yaml", text, &mut load)
}

#[test]
fn mistakes_are_shown_in_their_line() {
    let rule = |text: &str| format!("version: 1\nrules:\n  - {text}\n");
    for (text, line, column, what) in [
        (String::new(), 1, 1, "the file is empty"),
        ("rules: []\n".into(), 1, 1, "`version: 1`"),
        ("version: 2\n".into(), 1, 10, "version 1"),
        ("version: 1\nrule: []\n".into(), 2, 1, "did you mean `rules`?"),
        (rule("{effect: deny, when: {kev: true}}"), 3, 5, "no `id`"),
        (rule("{id: A b, effect: deny, when: {kev: true}}"), 3, 10, "`A b` is no id"),
        (rule("{id: a, when: {kev: true}}"), 3, 5, "no `effect`"),
        (rule("{id: a, effect: forbid, when: {kev: true}}"), 3, 21, "`forbid` is no effect"),
        (rule("{id: a, effect: deny}"), 3, 5, "no `when`"),
        (rule("{id: a, effect: deny, when: {}}"), 3, 33, "names nothing"),
        (rule("{id: a, effect: deny, when: {severty: HIGH}}"), 3, 34, "did you mean `severity`?"),
        (rule("{id: a, effect: deny, when: {severity: HGIH}}"), 3, 44, "`HGIH` is not a severity"),
        (rule("{id: a, effect: deny, when: {severity: []}}"), 3, 34, "has no value"),
        (rule("{id: a, effect: deny, when: {fixable: yes please}}"), 3, 43, "true or false"),
        (rule("{id: a, effect: deny, when: {cvss: high}}"), 3, 40, "a number such as 7"),
        (rule("{id: a, effect: deny, when: {size: \"> 5 apples\"}}"), 3, 40, "a size such as"),
        (rule("{id: a, effect: deny, when: {ecosystem: nmp}}"), 3, 45, "no ecosystem"),
        (rule("{id: a, effect: deny, when: {path: \"a[\"}}"), 3, 40, "is not a pattern"),
        (
            rule("{id: a, effect: deny, when: {package: [x, \"pkg:npm/y\"]}}"),
            3,
            43,
            "either by name",
        ),
        (rule("{id: a, effect: deny, when: {incomplete: false}}"), 3, 46, "`incomplete: true`"),
        (rule("{id: a, effect: allow, when: {user: root}}"), 3, 21, "`allow` is for findings"),
        (rule("{id: a, effect: off}"), 3, 10, "no rule `a` to switch off"),
        (rule("{id: a, effect: deny, until: soon, when: {kev: true}}"), 3, 34, "is not a date"),
        (rule("{id: a, effect: deny, images: {}, when: {kev: true}}"), 3, 35, "every image"),
        (
            rule(
                "{id: a, effect: deny, when: {kev: true}}\n  - {id: a, effect: warn, when: {kev: true}}",
            ),
            4,
            10,
            "two rules `a`",
        ),
        ("version: 1\nextends: [nobody.yaml]\n".into(), 2, 11, "no such file"),
        ("version: 1\nimages: [{rules: []}]\n".into(), 2, 10, "needs a `match`"),
        (
            "version: 1\nsuppressions: {unused: never}\n".into(),
            2,
            24,
            "none of pass, warn and deny",
        ),
        ("version: 1\nsuppressions: {days-max: -1}\n".into(), 2, 26, "whole number of days"),
        (
            "version: 1\nbase-image: {rules: [{id: a, effect: deny, when: {user: root}}]}\n".into(),
            2,
            22,
            "only findings",
        ),
    ] {
        let error = read(&text, &[]).expect_err(&text);
        assert!(error.message.contains(what), "{error}\n{text}");
        assert_eq!((error.line, error.column), (line, column), "{error}");
        let shown = text.lines().nth(line as usize - 1).unwrap_or_default();
        assert!(error.to_string().contains(shown), "{error}");
    }
}

#[test]
fn a_file_extends_others_and_changes_their_rules() {
    let organization = "version: 1
rules:
  - {id: exploited, effect: deny, final: true, when: {kev: true}}
  - {id: high, effect: deny, when: {severity: HIGH}}
  - {id: root, effect: deny, when: {user: root}}
suppressions: {require: [owner]}
";
    let others = [("org.yaml", organization)];
    let team = "version: 1
extends: org.yaml
rules:
  - {id: high, effect: warn, when: {severity: HIGH}}
  - {id: root, effect: off}
  - {id: own, effect: deny, when: {tag: latest}}
suppressions: {days-max: 30}
";
    let policy = read(team, &others).unwrap();
    let rules: Vec<(&str, &str, &str)> = policy
        .rules
        .iter()
        .map(|rule| (rule.id.as_str(), rule.effect.name(), rule.file.as_str()))
        .collect();
    assert_eq!(
        rules,
        [
            ("exploited", "deny", "org.yaml"),
            ("high", "warn", "policy.yaml"),
            ("own", "deny", "policy.yaml"),
        ]
    );
    assert!(policy.hygiene.needs_owner);
    assert_eq!(policy.hygiene.days_max, Some(30));
    for text in [
        "version: 1\nextends: org.yaml\nrules: [{id: exploited, effect: off}]\n",
        "version: 1\nextends: org.yaml\nrules: [{id: exploited, effect: warn, when: {kev: true}}]\n",
        "version: 1\nextends: org.yaml\nimages: [{match: {tag: x}, rules: [{id: exploited, effect: off}]}]\n",
        "version: 1\nextends: org.yaml\nimages: [{match: {tag: x}, rules: [{id: exploited, effect: warn, when: {kev: true}}]}]\n",
    ] {
        let error = read(text, &others).unwrap_err();
        assert!(error.message.contains("the rule `exploited` of org.yaml:3 is final"), "{error}");
    }
}

#[test]
fn circles_and_long_chains_are_refused() {
    let own = "version: 1\nextends: a.yaml\n";
    let others = [("a.yaml", "version: 1\nextends: policy.yaml\n"), ("policy.yaml", own)];
    let error = read(own, &others);
    assert!(error.unwrap_err().message.contains("extends itself"));
    let names: Vec<String> = (0..20).map(|n| format!("{n}.yaml")).collect();
    let texts: Vec<String> = (1..21).map(|n| format!("version: 1\nextends: {n}.yaml\n")).collect();
    let others: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let error = read("version: 1\nextends: 0.yaml\n", &others).unwrap_err();
    assert!(error.message.contains("extend each other"), "{error}");
}

#[test]
fn rules_are_mapped_to_images_and_the_first_group_holds() {
    let text = "version: 1
rules: [{id: high, effect: warn, when: {severity: HIGH}}]
images:
  - name: production
    match: [{registry: ghcr.io, tag: \"1.*\"}, {label: {stage: prod}}]
    rules: [{id: high, effect: deny, when: {severity: HIGH}}]
  - name: shop
    match: {repository: shop/*}
    rules: [{id: high, effect: off}, {id: root, effect: deny, when: {user: root}}]
";
    for (name, label, expected) in [
        ("ghcr.io/shop/web:1.4", None, &[("high", Effect::Fail)][..]),
        ("ghcr.io/shop/web:2.0", None, &[("root", Effect::Pass)]),
        ("ghcr.io/shop/web:2.0", Some("prod"), &[("high", Effect::Fail)]),
        ("docker.io/shop/web:1.4", None, &[("root", Effect::Pass)]),
        ("docker.io/other/web:1.4", None, &[("high", Effect::Warn)]),
    ] {
        let mut recipe = Recipe::new();
        name.clone_into(&mut recipe.report.image.name);
        let labels = &mut recipe.report.image.config.labels;
        labels.extend(label.map(|stage| ("stage".to_owned(), stage.to_owned())));
        let ssl = recipe.package(Ecosystem::Deb, "libssl3", "3", (0, "var/lib/dpkg/status"));
        recipe.finding("CVE-2024-0001", Severity::High, ssl);
        let policy = Policy { file: Some(file(text)), today: today(), ..Policy::default() };
        let (_, verdict) = judge(&policy, &recipe.report);
        let found: Vec<(&str, Effect)> =
            verdict.decisions.iter().map(|one| (one.rule.as_str(), one.effect)).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn every_preset_is_a_policy_and_can_be_told_in_words() {
    let names: Vec<&str> = preset_names().collect();
    assert_eq!(names, ["cis", "default", "pci", "strict", "trivy"]);
    for name in names {
        let policy = PolicyFile::preset(name).expect(name);
        assert_eq!(policy.name, name);
        let text = explain_policy(&policy);
        for rule in &policy.rules {
            assert!(text.contains(&format!("{}: {}", rule.id, rule.words())), "{text}");
        }
    }
}

#[test]
fn rules_are_told_in_words() {
    let text = "version: 1
rules:
  - {id: a, effect: deny, when: {kind: vulnerability, severity: HIGH, fixable: true, days-since-fix: 14}}
  - {id: b, effect: warn, when: {severity: [LOW, MEDIUM], package: [openssl, curl*], path: usr/**}}
  - {id: c, effect: deny, when: {user: root, port: [22, \"< 1024\"]}}
  - {id: d, effect: deny, when: {kev: true, tag: latest}}
  - {id: e, effect: allow, until: 2027-01-31, owner: web, reason: not called, when: {id: CVE-2024-1}}
application: {rules: [{id: f, effect: deny, when: {epss: \"> 0.5\"}}]}
";
    let policy = file(text);
    let words: Vec<String> = policy.rules.iter().map(Rule::words).collect();
    assert_eq!(
        words,
        [
            "vulnerabilities of severity HIGH or worse with a fix fixed at least 14 days ago",
            "findings of severity MEDIUM or LOW in the package openssl or curl* at usr/**",
            "the image runs as root and exposes the port 22 or less than 1024",
            "vulnerabilities known to be exploited, where the image has the tag latest",
            "findings with the id CVE-2024-1",
            "vulnerabilities added to the base image with an EPSS probability of more than 0.5",
        ]
    );
    let told = explain_policy(&policy);
    assert!(told.contains("because not called; owner web; until 2027-01-31"), "{told}");
}

#[test]
fn why_a_rule_fired_is_told_with_its_findings() {
    let mut recipe = Recipe::new();
    let ssl = recipe.package(Ecosystem::Deb, "libssl3", "3.0.11-1", (0, "var/lib/dpkg/status"));
    crate::recipe::fixed(
        recipe.finding("CVE-2024-0001", Severity::High, ssl),
        Some("2024-06-01T00:00:00Z"),
    );
    let text =
        "version: 1\nrules: [{id: a, effect: deny, reason: mend it, when: {severity: HIGH}}]\n";
    let policy = Policy { file: Some(file(text)), today: today(), ..Policy::default() };
    let (findings, verdict) = judge(&policy, &recipe.report);
    assert_eq!(
        explain_report(&policy, &recipe.report, &findings, &verdict),
        "ghcr.io/shop/web:1.4: fail

fail a: 1 finding of findings of severity HIGH or worse: mend it
  CVE-2024-0001 in libssl3 3.0.11-1: HIGH, fixed in 9, fix known 14 days ago, from the base image
"
    );
}

#[test]
fn what_a_baseline_has_does_not_count_until_it_is_worse() {
    let report = |severity, is_exploited: bool| {
        let mut recipe = Recipe::new();
        let ssl = recipe.package(Ecosystem::Deb, "libssl3", "3", (0, "var/lib/dpkg/status"));
        let finding = recipe.finding("CVE-2024-0001", severity, ssl);
        if is_exploited {
            crate::recipe::exploited(finding, false);
        }
        recipe.report
    };
    let baseline = Baseline::new("old.json", &[report(Severity::Medium, false)]);
    let policy = Policy { baseline: Some(Arc::new(baseline)), ..Policy::default() };
    for (now, counts) in [
        (report(Severity::Medium, false), false),
        (report(Severity::Low, false), false),
        (report(Severity::High, false), true),
        (report(Severity::Medium, true), true),
    ] {
        assert_eq!(judge(&policy, &now).0[0].state.is_open(), counts);
    }
}
