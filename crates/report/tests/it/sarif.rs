//! SARIF: what its schema and GitHub code scanning demand.

use crate::arbitrary::reports;
use crate::recipe::{Recipe, everything, shop};
use crate::standards::{document, hostile, text};
use lazaret_report::Format;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = include_str!("../../../../docs/schemas/sarif-schema-2.1.0.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
});

fn errors(sarif: &Value) -> Vec<String> {
    SCHEMA.iter_errors(sarif).map(|error| error.to_string()).collect()
}

#[test]
fn what_is_written_is_valid() {
    for report in [hostile(), everything().build(), Recipe::debian().build()] {
        assert_eq!(errors(&document(Format::Sarif, report)), Vec::<String>::new());
    }
    let mut broken = document(Format::Sarif, shop().build());
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    assert_eq!(errors(&broken).len(), 1);
}

fn results(sarif: &Value) -> impl Iterator<Item = &Value> {
    let runs = sarif["runs"].as_array().unwrap().iter();
    runs.flat_map(|run| run["results"].as_array().unwrap())
}

/// The results of findings of a kind.
fn of_kind<'v>(sarif: &'v Value, kind: &str) -> Vec<&'v Value> {
    results(sarif).filter(|result| result["properties"]["kind"] == kind).collect()
}

fn rule<'v>(sarif: &'v Value, id: &str) -> &'v Value {
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    rules.iter().find(|rule| rule["id"] == id).unwrap()
}

#[test]
fn each_kind_has_rules_and_places_of_its_own() {
    let sarif = document(Format::Sarif, everything().build());
    for (kind, n, id, name, severity) in [
        ("vulnerability", 21, "CVE-2024-5535", "VulnerablePackage", "9.1"),
        ("secret", 5, "SEC-github-token", "Secret", "9.5"),
        ("misconfiguration", 3, "DF001", "Misconfiguration", "5.5"),
        ("license", 3, "GPL-3.0-only", "License", "8.0"),
    ] {
        assert_eq!(of_kind(&sarif, kind).len(), n, "{kind}");
        let rule = rule(&sarif, id);
        assert_eq!(rule["name"], name);
        assert_eq!(rule["properties"]["security-severity"], severity, "{id}");
        assert_eq!(rule["properties"]["tags"][1], kind);
    }
    let token = rule(&sarif, "SEC-github-token");
    assert_eq!(
        token["help"]["markdown"],
        "**The title of SEC-github-token** · CRITICAL\n\nWhoever has it can do what its owner \
         can.\n\n### What to do\n\nRevoke it.\n\nAlso known as `github-pat`.\n"
    );
    assert_eq!(
        rule(&sarif, "GPL-3.0-only")["helpUri"],
        "https://spdx.org/licenses/GPL-3.0-only.html"
    );
}

#[test]
fn a_finding_is_where_its_line_is() {
    let sarif = document(Format::Sarif, everything().build());
    let [dockerfile, image, _] = of_kind(&sarif, "misconfiguration")[..] else { panic!() };
    let place = &dockerfile["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"],
        json!({"uri": "app/Dockerfile", "uriBaseId": "ROOTPATH"})
    );
    assert_eq!(place["region"], json!({"startLine": 7, "endLine": 9}));
    // Brackets would make a link of the message.
    let said = dockerfile["message"]["text"].as_str().unwrap();
    assert!(said.starts_with("This breaks \\[DF001\\].\n"), "{said}");
    // GitHub wants a file of every result, and the same one after the next build.
    let place = &image["locations"][0];
    assert_eq!(
        place["physicalLocation"]["artifactLocation"],
        json!({"uri": "registry.example/shop/web"})
    );
    let names: Vec<&str> = of_kind(&sarif, "secret")
        .iter()
        .map(|result| &result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "app/.env",
            "root/key.tar!home/id_rsa",
            "env.TOKEN",
            "label.org.example.token",
            "history.2"
        ]
    );
    let deleted = of_kind(&sarif, "secret")[1]["message"]["text"].as_str().unwrap();
    assert!(deleted.contains("layer 3 deleted the file"), "{deleted}");
}

#[test]
fn there_is_a_rule_a_vulnerability_and_a_result_a_finding() {
    let sarif = document(Format::Sarif, hostile());
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), hostile().findings.len());
    let mut fingerprints = Vec::new();
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], ids[rule]);
        assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1);
        fingerprints.push(result["partialFingerprints"]["lazaretFinding/v1"].as_str().unwrap());
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), results.len());
    let suppressed: Vec<&Value> = results
        .iter()
        .filter(|result| !result["suppressions"].as_array().unwrap().is_empty())
        .collect();
    assert_eq!(suppressed.len(), 1);
    let why = &suppressed[0]["suppressions"][0]["justification"];
    assert_eq!(why, "policy: does not apply (until 2027-01-31)");
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.len(), 2);
    assert_eq!(
        notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "app/a%20b%23c.json"
    );
    let openssl = &rules[ids.iter().position(|id| *id == "CVE-2024-5535").unwrap()];
    assert_eq!(openssl["properties"]["security-severity"], "9.1");
    assert_eq!(openssl["helpUri"], "https://nvd.nist.gov/vuln/detail/CVE-2024-5535");
    assert!(openssl["help"]["markdown"].as_str().unwrap().contains("`libssl3`"));
}

/// A Debian with a number of findings, ten of them critical.
fn many(findings: usize) -> lazaret_core::report::Report {
    let mut shop = Recipe::debian();
    let package = shop.python(3, "urllib3", "1.26.4");
    for n in 0..findings {
        let score = if n + 10 < findings { 5.0 } else { 9.8 };
        shop.finding(package, &format!("CVE-2020-{n}"), score, &[]);
    }
    shop.build()
}

fn notices(run: &Value) -> Vec<&str> {
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    notes.iter().map(|note| note["message"]["text"].as_str().unwrap()).collect()
}

#[test]
fn more_than_github_shows_is_split_into_runs() {
    let sarif = document(Format::Sarif, many(5_010));
    let [first, second] = sarif["runs"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(first["results"].as_array().unwrap().len(), 5_000);
    let urgent = first["results"].as_array().unwrap().iter();
    assert_eq!(urgent.filter(|result| result["level"] == "error").count(), 10);
    assert_eq!(second["results"].as_array().unwrap().len(), 10);
    assert_eq!(second["tool"]["driver"]["rules"].as_array().unwrap().len(), 10);
    let id = |run: &Value| run["automationDetails"]["id"].as_str().unwrap().to_owned();
    assert_eq!(id(second), format!("{}part-2/", id(first)));
    assert!(notices(first)[0].starts_with("This is run 1 of 2"), "{:?}", notices(first));
    assert_eq!(errors(&sarif), Vec::<String>::new());
}

#[test]
fn what_is_beyond_every_limit_is_counted() {
    let mut reports = vec![many(25_010)];
    reports.extend(std::iter::repeat_with(|| Recipe::debian().build()).take(19));
    let sarif: Value = serde_json::from_str(&text(Format::Sarif, reports)).unwrap();
    let runs = sarif["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 20);
    let results = runs[0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), 10);
    assert!(notices(&runs[0])[0].starts_with("10 further findings"), "{:?}", notices(&runs[0]));
}

#[test]
fn there_is_a_run_an_image() {
    let written = text(Format::Sarif, vec![shop().build(), hostile()]);
    let sarif: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(sarif["runs"].as_array().unwrap().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_report_is_valid(reports in reports()) {
        let sarif = serde_json::from_str(&text(Format::Sarif, reports.0)).unwrap();
        prop_assert_eq!(errors(&sarif), Vec::<String>::new());
    }
}
