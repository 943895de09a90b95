//! Rules in Rego: Trivy's ignore policies, and modules of policy files.

use crate::recipe::{Recipe, file, fixed, judge, today, vulnerability};
use lazaret_core::advisory::Score;
use lazaret_core::finding::{Finding, State};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::{Decision, Effect, Verdict};
use lazaret_policy::{IgnorePolicy, Policy, PolicyFile};
use lazaret_report::view;
use std::sync::Arc;

/// Two findings: one in openssl of the distribution, which takes a user's help, and a fixed one in a
/// library.
fn recipe() -> Recipe {
    let mut recipe = Recipe::new();
    let ssl = recipe.package(Ecosystem::Deb, "libssl3", "3.0.11-1", (0, "var/lib/dpkg/status"));
    let finding = recipe.finding("CVE-2024-0001", Severity::Medium, ssl);
    finding.severity_source = Some("nvd".to_owned());
    let found = vulnerability(finding);
    found.cwes = vec!["CWE-352".to_owned()];
    found.published = Some("2024-06-01T00:00:00Z".to_owned());
    for (source, vector) in [
        ("nvd", "CVSS:3.1/AV:L/AC:H/PR:N/UI:R/S:U/C:N/I:L/A:H"),
        ("redhat", "CVSS:3.0/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H"),
    ] {
        let (vector, source) = (vector.to_owned(), Some(source.to_owned()));
        found.scores.push(Score { vector, score: 5.5, source });
    }
    let path = "app/node_modules/left-pad/package.json";
    let left = recipe.package(Ecosystem::Npm, "left-pad", "1.3.0", (1, path));
    fixed(recipe.finding("CVE-2024-0002", Severity::High, left), None);
    recipe
}

fn policy() -> Policy {
    Policy { view: Some(view::own), today: today(), ..Policy::default() }
}

fn ignoring(text: &str) -> (Vec<Finding>, Verdict) {
    let ignore_policy = match IgnorePolicy::read("ignore.rego", text, view::trivy) {
        Ok(read) => Some(Arc::new(read)),
        Err(error) => panic!("{error}\n{text}"),
    };
    judge(&Policy { ignore_policy, ..policy() }, &recipe().report)
}

/// Which findings do not count.
fn ignored(findings: &[Finding]) -> Vec<&str> {
    let ignored = findings.iter().filter(|finding| !finding.state.is_open());
    ignored.map(|finding| finding.id.as_str()).collect()
}

fn decision<'v>(verdict: &'v Verdict, rule: &str) -> &'v Decision {
    verdict.decisions.iter().find(|decision| decision.rule == rule).unwrap()
}

#[test]
fn ignore_policies_see_what_trivy_shows_them() {
    // Conditions as Trivy's documentation and its users write them, in both syntaxes.
    let first = ["CVE-2024-0001"];
    let second = ["CVE-2024-0002"];
    let (one, two): (&[&str], &[&str]) = (&first, &second);
    for (condition, expected) in [
        ("input.VulnerabilityID == \"CVE-2024-0001\"", one),
        ("input.PkgName == {\"bash\", \"libssl3\"}[_]", one),
        ("input.Severity == {\"LOW\", \"MEDIUM\"}[_]", one),
        ("input.CweIDs[_] == \"CWE-352\"", one),
        ("input.InstalledVersion == \"1.3.0\"", two),
        ("input.FixedVersion == \"9\"", two),
        ("not input.FixedVersion", one),
        ("input.Status == \"fixed\"", two),
        ("input.PkgPath == \"app/node_modules/left-pad/package.json\"", two),
        ("startswith(input.PkgIdentifier.PURL, \"pkg:deb/debian/\")", one),
        ("input.PkgID == \"left-pad@1.3.0\"", two),
        ("input.PrimaryURL == \"https://nvd.nist.gov/vuln/detail/CVE-2024-0001\"", one),
        ("input.PublishedDate == \"2024-06-01T00:00:00Z\"", one),
        ("input.CVSS.nvd.V3Score == 5.5", one),
        ("input.Type == \"vulnerability\"", &["CVE-2024-0001", "CVE-2024-0002"]),
        ("input.Type == \"license\"", &[]),
        ("input.Layer.DiffID; input.DataSource.ID == \"debian\"", one),
        ("regex.match(\"^CVE-2024-\\\\d+2$\", input.VulnerabilityID)", two),
        (
            "trivy.parse_cvss_vector_v3(input.CVSS.nvd.V3Vector).UserInteraction == \"Required\"",
            one,
        ),
        ("trivy.parse_cvss_vector_v3(input.CVSS.redhat.V3Vector).Scope == \"Changed\"", one),
        ("trivy.parse_cvss_vector_v3(input.CVSS.redhat.V3Vector).AttackVector == \"Local\"", &[]),
        (
            "time.now_ns() < time.parse_ns(\"2006-Jan-02\", \"2024-Jun-16\")",
            &["CVE-2024-0001", "CVE-2024-0002"],
        ),
        ("time.now_ns() < time.parse_ns(\"2006-01-02\", \"2024-06-15\")", &[]),
        (
            "time.add_date(time.parse_rfc3339_ns(input.PublishedDate), 0, 0, 30) > time.now_ns()",
            one,
        ),
    ] {
        let old = format!(
            "package trivy\n\nimport data.lib.trivy\n\ndefault ignore = false\n\nignore {{\n\t\
             {condition}\n}}\n"
        );
        let new = format!(
            "package trivy\n\nimport rego.v1\nimport data.lib.trivy\n\nignore if {{\n\t\
             {condition}\n}}\n"
        );
        for text in [old, new] {
            let (findings, verdict) = ignoring(&text);
            assert_eq!(ignored(&findings), expected, "{text}\n{verdict:?}");
            assert_eq!(verdict.effect, Effect::Pass, "{text}\n{verdict:?}");
            let decision = decision(&verdict, "ignore-policy");
            assert_eq!(decision.findings.len(), expected.len(), "{text}");
        }
    }
}

#[test]
fn every_metric_of_a_vector_has_its_word() {
    // By the specification of CVSS 3.1, table 15, in the words Trivy's documentation gives.
    for (vector, metric, word) in [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "AttackVector", "Network"),
        ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "AttackVector", "Adjacent"),
        ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "AttackVector", "Physical"),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:L/A:N", "AttackComplexity", "High"),
        ("CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:N", "PrivilegesRequired", "Low"),
        ("CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:N", "UserInteraction", "None"),
        ("CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:N", "Scope", "Unchanged"),
        ("CVSS:3.0/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:N", "Confidentiality", "High"),
        ("CVSS:3.0/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:N", "Integrity", "Low"),
        ("CVSS:3.0/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:N", "Availability", "None"),
    ] {
        let text = format!(
            "package trivy\nimport data.lib.trivy\nignore {{ \
             trivy.parse_cvss_vector_v3(\"{vector}\").{metric} == \"{word}\" }}\n"
        );
        assert_eq!(ignored(&ignoring(&text).0).len(), 2, "{vector} {metric}");
    }
    for vector in ["", "CVSS:3.1/AV:N", "CVSS:3.1/AV:X/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:N"] {
        let text = format!(
            "package trivy\nimport data.lib.trivy\nignore {{ \
             trivy.parse_cvss_vector_v3(\"{vector}\") }}\n"
        );
        assert_eq!(ignored(&ignoring(&text).0).len(), 0, "{vector}");
    }
}

#[test]
fn what_an_ignore_policy_ignores_says_so() {
    let (findings, _) = ignoring("package trivy\nignore { input.PkgName == \"left-pad\" }\n");
    let expected = State::Suppressed {
        by: "rego:ignore.rego".to_owned(),
        reason: "Filtered by Rego".to_owned(),
        until: None,
    };
    assert_eq!(findings[1].state, expected);
}

#[test]
fn an_ignore_policy_that_cannot_be_read_is_refused() {
    for (text, said) in [
        ("package trivy\nignore { \n", "ignore.rego:"),
        ("package other\nignore { true }\n", "package trivy"),
        ("package trivy\nallow { true }\n", "`ignore`"),
        ("", "ignore.rego"),
    ] {
        let error = IgnorePolicy::read("ignore.rego", text, view::trivy).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_failing_ignore_policy_leaves_the_verdict_open_and_says_what_to_mend() {
    for (text, said) in [
        ("package trivy\nignore := 1\n", "neither true nor false"),
        ("package trivy\nignore { nothing.there(1) }\n", "ignore.rego:2"),
        ("package trivy\nignore := true { input.PkgName }\nignore := false { input.PkgID }\n", ""),
    ] {
        let (findings, verdict) = ignoring(text);
        assert_eq!(ignored(&findings).len(), 0, "{text}");
        assert_eq!(verdict.effect, Effect::Incomplete, "{text}\n{verdict:?}");
        let decision = decision(&verdict, "ignore-policy");
        assert_eq!(decision.effect, Effect::Incomplete);
        assert!(decision.message.contains(said), "{}", decision.message);
        assert!(decision.message.contains("mend it"), "{}", decision.message);
    }
    // Not even a rule that denies makes it a plain fail: the finding may have been ignored.
    let text = "package trivy\nignore := 1\n";
    let ignore_policy = IgnorePolicy::read("ignore.rego", text, view::trivy).unwrap();
    let deny = file("version: 1\nrules: [{id: a, effect: deny, when: {severity: HIGH}}]\n");
    let policy =
        Policy { ignore_policy: Some(Arc::new(ignore_policy)), file: Some(deny), ..policy() };
    assert_eq!(judge(&policy, &recipe().report).1.effect, Effect::Incomplete);
}

#[test]
fn a_policy_that_asks_for_reasons_takes_no_ignore_policy() {
    for suppressions in ["{files: false}", "{require: [reason]}", "{days-max: 30}"] {
        let text = "package trivy\nignore { true }\n";
        let ignore_policy = IgnorePolicy::read("ignore.rego", text, view::trivy).unwrap();
        let file = file(&format!("version: 1\nsuppressions: {suppressions}\n"));
        let policy =
            Policy { ignore_policy: Some(Arc::new(ignore_policy)), file: Some(file), ..policy() };
        let (findings, verdict) = judge(&policy, &recipe().report);
        assert_eq!(ignored(&findings).len(), 0, "{suppressions}");
        assert_eq!(decision(&verdict, "ignore-policy").effect, Effect::Warn);
    }
}

fn by_rules(rules: &str) -> (Vec<Finding>, Verdict) {
    let file = Some(file(&format!("version: 1\nrules:\n{rules}")));
    judge(&Policy { file, ..policy() }, &recipe().report)
}

#[test]
fn a_module_decides_about_each_finding_its_rule_is_about() {
    let (_, verdict) = by_rules(
        "
  - id: libraries
    effect: deny
    when: {kind: vulnerability}
    rego: |
      package shop
      deny contains msg if {
        input.finding.package.ecosystem == \"npm\"
        input.image.config.labels.team == \"shop\"
        input.today == \"2024-06-15\"
        msg := sprintf(\"%s is no library of ours\", [input.finding.package.name])
      }
",
    );
    let decision = decision(&verdict, "libraries");
    assert_eq!((decision.effect, decision.findings.as_slice()), (Effect::Fail, &[1][..]));
    assert!(decision.message.contains("left-pad is no library of ours"), "{}", decision.message);
    // It is asked of nothing else.
    let (_, verdict) = by_rules(
        "
  - id: libraries
    effect: deny
    when: {severity: CRITICAL}
    rego: \"package shop\\ndeny := true\"
",
    );
    assert_eq!(verdict.effect, Effect::Pass);
}

#[test]
fn a_module_allows_with_its_own_reason() {
    let (findings, verdict) = by_rules(
        "
  - id: local
    effect: allow
    owner: ann
    when: {package-type: os}
    rego: |
      package shop
      allow contains \"nobody logs in here\" if {
        some score in input.finding.scores
        contains(score.vector, \"/AV:L/\")
      }
",
    );
    let State::Suppressed { by, reason, .. } = &findings[0].state else { panic!("{verdict:?}") };
    assert_eq!((by.as_str(), reason.as_str()), ("policy:local (ann)", "nobody logs in here"));
    assert!(findings[1].state.is_open());
}

#[test]
fn a_module_is_asked_about_the_whole_report_where_nothing_else_is_said() {
    let rules = |body: &str, effect: &str, more: &str| {
        format!(
            "\n  - id: whole\n    effect: {effect}\n{more}    rego: |\n      package shop\n      \
             {body}\n"
        )
    };
    for (body, effect, more, expected, findings, message) in [
        (
            "deny contains \"too many\" if count(input.findings) > 1",
            "deny",
            "",
            Effect::Fail,
            &[][..],
            "too many",
        ),
        ("deny if count(input.findings) > 2", "deny", "", Effect::Pass, &[], "not so"),
        (
            "warn contains {\"msg\": f.id, \"fingerprint\": f.fingerprint} if { some f in \
             input.findings; f.severity == \"HIGH\" }",
            "warn",
            "",
            Effect::Warn,
            &[1],
            "CVE-2024-0002",
        ),
        (
            "deny if some p in input.inventory.packages",
            "deny",
            "    when: {user: app}\n",
            Effect::Fail,
            &[],
            "",
        ),
        ("deny := true", "deny", "    when: {user: root}\n", Effect::Pass, &[], "not so"),
        ("deny if input.end_of_life.date == \"2026-06-10\"", "deny", "", Effect::Fail, &[], ""),
    ] {
        let text = rules(body, effect, more);
        let (_, verdict) = by_rules(&text);
        let decision = decision(&verdict, "whole");
        assert_eq!((decision.effect, decision.findings.as_slice()), (expected, findings), "{text}");
        assert!(decision.message.contains(message), "{}", decision.message);
    }
}

#[test]
fn a_module_that_fails_leaves_the_verdict_open() {
    for (module, said) in [
        ("deny := 7", "a number"),
        ("deny contains x if x := nothing.there(1)", "rule bad):2"),
        ("deny := true\n      deny := false", "rule bad)"),
        ("deny contains {\"message\": \"a\"} if true", "`msg`"),
    ] {
        let text = format!(
            "\n  - id: bad\n    effect: deny\n    rego: |\n      package shop\n      {module}\n  - \
             {{id: high, effect: deny, when: {{severity: HIGH}}}}\n"
        );
        let (_, verdict) = by_rules(&text);
        let decision = decision(&verdict, "bad");
        assert_eq!(decision.effect, Effect::Incomplete, "{text}");
        assert!(decision.message.contains(said), "{}", decision.message);
        assert!(decision.message.contains("switch the rule `bad` off"), "{}", decision.message);
        assert_eq!(verdict.effect, Effect::Incomplete);
    }
}

#[test]
fn a_module_that_is_none_is_an_error_in_its_line() {
    for (rule, said) in [
        ("{id: a, effect: deny, rego: \"package a\\ndeny {\"}", "p.yaml:3:"),
        ("{id: a, effect: deny, rego: \"package a\\nwarn := true\"}", "asks its module for `deny`"),
        ("{id: a, effect: deny, rego-file: gone.rego}", "`gone.rego`: there is none"),
    ] {
        let text = format!("version: 1\nrules:\n  - {rule}\n");
        let mut load = |_: &str, _: &str| Err("there is none".to_owned());
        let error = PolicyFile::read("p.yaml", &text, &mut load).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let text = "version: 1\nrules:\n  - {id: a, effect: deny, rego-file: own.rego}\n";
    let mut load = |from: &str, name: &str| {
        assert_eq!((from, name), ("p.yaml", "own.rego"));
        Ok((name.to_owned(), "package a\ndeny := true\n".to_owned()))
    };
    let read = PolicyFile::read("p.yaml", text, &mut load).unwrap();
    assert_eq!(read.rules[0].words(), "deny of own.rego says so");
}
