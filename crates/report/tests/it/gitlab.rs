//! GitLab's reports: what its schema demands, and what belongs into which of them.

use crate::arbitrary::reports;
use crate::recipe::{Recipe, everything};
use crate::standards::{document, hostile, text};
use lazaret_report::Format;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = include_str!("../../../../docs/schemas/gitlab-15.2.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
});

const FORMATS: [Format; 3] =
    [Format::Gitlab, Format::GitlabDependencyScanning, Format::GitlabSecretDetection];

fn errors(report: &Value) -> Vec<String> {
    SCHEMA.iter_errors(report).map(|error| error.to_string()).collect()
}

#[test]
fn what_is_written_is_valid() {
    for format in FORMATS {
        for report in [hostile(), everything().build(), Recipe::debian().build()] {
            assert_eq!(errors(&document(format, report)), Vec::<String>::new(), "{format}");
        }
    }
}

#[test]
fn the_schema_catches_what_gitlab_refuses() {
    for format in FORMATS {
        let good = document(format, everything().build());
        for (at, wrong) in [
            ("/version", json!("14.0.0")),
            ("/scan/type", json!("sast")),
            ("/scan/start_time", json!("2024-02-13T08:00:00Z")),
            ("/vulnerabilities/0/severity", json!("HIGH")),
            ("/vulnerabilities/0/identifiers", json!([])),
            ("/vulnerabilities/0/location", json!({})),
            ("/vulnerabilities/0/name", json!("x".repeat(256))),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(at).unwrap() = wrong;
            assert!(!errors(&bad).is_empty(), "{format} {at}");
        }
    }
}

fn messages(report: &Value) -> Vec<&str> {
    let messages = report["scan"]["messages"].as_array().unwrap().iter();
    messages.map(|message| message["value"].as_str().unwrap()).collect()
}

#[test]
fn each_report_takes_its_own_and_counts_the_others() {
    let everything = || everything().build();
    let container = document(Format::Gitlab, everything());
    assert_eq!(container["vulnerabilities"].as_array().unwrap().len(), 21);
    assert_eq!(
        messages(&container),
        [
            "Not in this report: 5 secrets, which --format gitlab-secret-detection takes",
            "Not in this report: 3 misconfigurations, which --format gitlab-codequality takes",
            "Not in this report: 3 licenses, which --format gitlab-codequality takes",
        ]
    );
    let dependencies = document(Format::GitlabDependencyScanning, everything());
    let files: Vec<&str> = dependencies["vulnerabilities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["location"]["file"].as_str().unwrap())
        .collect();
    // Three of Django, two of urllib3, three of lodash and one of minimist.
    assert_eq!(files.len(), 9);
    assert_eq!(files.iter().filter(|file| **file == "app/package-lock.json").count(), 4);
    assert_eq!(
        messages(&dependencies)[0],
        "Not in this report: 12 vulnerabilities, which --format gitlab takes"
    );
    let secrets = document(Format::GitlabSecretDetection, everything());
    assert_eq!(secrets["vulnerabilities"].as_array().unwrap().len(), 5);
    let secret = &secrets["vulnerabilities"][0];
    assert_eq!(
        secret["location"],
        json!({"file": "app/.env", "commit": {"sha": "0000000"}, "start_line": 3, "end_line": 3})
    );
    assert_eq!(secret["identifiers"][0]["value"], "SEC-github-token");
    assert_eq!(secret["raw_source_code_extract"], "ghp_****");
    assert_eq!(secret["solution"], "Revoke it.");
}

#[test]
fn a_vulnerability_names_its_image_and_its_package() {
    let gitlab = document(Format::Gitlab, hostile());
    for key in ["analyzer", "scanner", "start_time", "end_time", "status", "type"] {
        assert!(gitlab["scan"].get(key).is_some(), "{key}");
    }
    // The schema's pattern has no zone.
    assert_eq!(gitlab["scan"]["start_time"], "2024-02-13T08:00:00");
    assert_eq!(gitlab["scan"]["type"], "container_scanning");
    let all = gitlab["vulnerabilities"].as_array().unwrap();
    assert_eq!(all.len(), hostile().findings.len() - 1);
    let mut ids = Vec::new();
    for entry in all {
        ids.push(entry["id"].as_str().unwrap());
        assert_eq!(entry["location"]["image"], "registry.example/shop/web:1.4");
        assert_eq!(entry["location"]["operating_system"], "debian 12");
        assert!(entry["location"]["dependency"]["package"]["name"].is_string());
        assert!(entry["location"]["dependency"]["version"].is_string());
        let first = &entry["identifiers"][0];
        assert!(["cve", "ghsa"].contains(&first["type"].as_str().unwrap()), "{first}");
        assert!(
            ["Low", "Medium", "High", "Critical"].contains(&entry["severity"].as_str().unwrap())
        );
    }
    let n = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_report_is_valid(reports in reports()) {
        for format in FORMATS {
            let report = serde_json::from_str(&text(format, reports.0.clone())).unwrap();
            prop_assert_eq!(errors(&report), Vec::<String>::new());
        }
    }
}
