//! AWS Security Finding Format: its limits, and what an account's own findings look like. That
//! Security Hub's own model takes it is shown by `readers.rs`.

use crate::arbitrary::reports;
use crate::recipe::{everything, shop, suppress};
use crate::standards::{document, text};
use lazaret_core::report::Report;
use lazaret_report::{AwsOptions, Format, Reports, WriteOptions, write};
use proptest::prelude::*;
use serde_json::{Value, json};

fn findings(report: Report) -> Vec<Value> {
    document(Format::Asff, report)["Findings"].as_array().unwrap().clone()
}

#[test]
fn a_vulnerability_has_its_package_and_what_to_do() {
    let findings = findings(shop().build());
    let django = findings.iter().find(|f| f["Title"] == "CVE-2022-28346 in Django").unwrap();
    assert_eq!(django["SchemaVersion"], "2018-10-08");
    assert_eq!(django["Severity"], json!({"Label": "CRITICAL", "Original": "CRITICAL"}));
    assert_eq!(django["CreatedAt"], "2024-02-13T08:00:00Z");
    assert_eq!(django["RecordState"], "ACTIVE");
    assert_eq!(
        django["Remediation"]["Recommendation"],
        json!({
            "Text": "Upgrade Django to 2.2.28, 3.2.13, 4.0.4",
            "Url": "https://nvd.nist.gov/vuln/detail/CVE-2022-28346",
        })
    );
    let vulnerability = &django["Vulnerabilities"][0];
    assert_eq!(vulnerability["Id"], "CVE-2022-28346");
    assert_eq!(vulnerability["FixAvailable"], "YES");
    assert_eq!(vulnerability["Cvss"][0]["Version"], "3.1");
    let package = &vulnerability["VulnerablePackages"][0];
    assert_eq!(package["PackageManager"], "pypi");
    assert_eq!(package["FixedInVersion"], "2.2.28, 3.2.13, 4.0.4");
    let id = django["Id"].as_str().unwrap();
    assert!(id.starts_with("lazaret/registry.example/shop/web/"), "{id}");
}

#[test]
fn every_kind_has_a_type_of_the_taxonomy() {
    let findings = findings(everything().build());
    assert_eq!(findings.len(), 32);
    for (kind, kinds, n) in [
        ("vulnerability", "Software and Configuration Checks/Vulnerabilities/CVE", 21),
        ("secret", "Sensitive Data Identifications/Passwords/Container image", 5),
        (
            "misconfiguration",
            "Software and Configuration Checks/Misconfiguration/Container image",
            3,
        ),
        ("license", "Software and Configuration Checks/License/Container image", 3),
    ] {
        let of_kind: Vec<&Value> =
            findings.iter().filter(|f| f["ProductFields"]["lazaret/Kind"] == kind).collect();
        assert_eq!(of_kind.len(), n, "{kind}");
        assert!(of_kind.iter().all(|finding| finding["Types"] == json!([kinds])));
    }
    let dockerfile = findings.iter().find(|f| f["Title"] == "The title of DF001").unwrap();
    assert_eq!(dockerfile["ProductFields"]["lazaret/Place"], "app/Dockerfile:7");
    assert_eq!(dockerfile["Description"], "This breaks [DF001]. It *matters*.");
}

#[test]
fn what_does_not_count_is_archived_with_its_reason() {
    let mut report = shop().build();
    suppress(&mut report.findings[0], "policy", "no clients", Some("2027-01-31"));
    let findings = findings(report);
    assert_eq!(findings[0]["RecordState"], "ARCHIVED");
    assert_eq!(
        findings[0]["ProductFields"]["lazaret/Suppressed"],
        "policy: no clients (until 2027-01-31)"
    );
}

#[test]
fn the_account_and_its_partition_are_in_every_name() {
    for (region, partition) in
        [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
    {
        let aws = AwsOptions { account: "123456789012".into(), region: region.into() };
        let options = WriteOptions { aws, ..WriteOptions::default() };
        let mut out = Vec::new();
        write(Format::Asff, &Reports(vec![shop().build()]), &options, &mut out).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        let finding = &document["Findings"][0];
        assert_eq!(
            finding["ProductArn"],
            format!(
                "arn:{partition}:securityhub:{region}:123456789012:product/123456789012/default"
            )
        );
        assert_eq!(finding["AwsAccountId"], "123456789012");
        assert_eq!(finding["Resources"][0]["Partition"], partition);
        assert_eq!(finding["Resources"][0]["Region"], region);
    }
}

/// The strings of a document that are longer than allowed, by the last part of their place.
fn too_long(value: &Value, key: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let max = match key {
                "Title" => 256,
                "Description" => 1024,
                "lazaret" => 2048,
                _ => 512,
            };
            if text.chars().count() > max || text.trim().is_empty() {
                found.push(format!("{key}: {} characters", text.chars().count()));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| too_long(item, key, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                too_long(value, key.split('/').next().unwrap(), found);
            }
        }
        _ => {}
    }
}

#[test]
fn texts_are_cut_to_what_the_format_takes() {
    let mut recipe = everything();
    let long = "é\u{202e}".repeat(200_000);
    for package in &mut recipe.report.inventory.packages {
        package.name.clone_from(&long);
        package.version.clone_from(&long);
    }
    recipe.report.image.name.clone_from(&long);
    for finding in &mut recipe.report.findings {
        finding.id.clone_from(&long);
        suppress(finding, &long, &long, None);
    }
    recipe.report.rules.insert(long.clone(), recipe.report.rules["DF001"].clone());
    recipe.report.rules.get_mut(&long).unwrap().fix.clone_from(&long);
    for finding in findings(recipe.report) {
        let mut found = Vec::new();
        too_long(&finding, "", &mut found);
        assert_eq!(found, Vec::<String>::new());
        assert!(serde_json::to_vec(&finding).unwrap().len() < 240_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_field_is_blank_or_too_long(reports in reports()) {
        let document: Value = serde_json::from_str(&text(Format::Asff, reports.0)).unwrap();
        let mut found = Vec::new();
        too_long(&document, "", &mut found);
        prop_assert_eq!(found, Vec::<String>::new());
    }
}
