//! DefectDojo's generic findings: what its parser takes, and what it tells findings apart by.

use crate::recipe::{Recipe, shop, suppress};
use crate::standards::{hostile, text};
use lazaret_core::finding::{Detail, Epss, Exploited};
use lazaret_core::location::LineRange;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_report::Format;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn findings(report: Report) -> Vec<Value> {
    let document: Value = serde_json::from_str(&text(Format::Defectdojo, vec![report])).unwrap();
    // Other keys would name a test type of its own, which is set up separately in DefectDojo.
    assert_eq!(document.as_object().unwrap().keys().collect::<Vec<_>>(), ["findings"]);
    document["findings"].as_array().unwrap().clone()
}

/// What DefectDojo compares where nothing else is set up (`compute_hash_code_legacy`).
fn identity(finding: &Value) -> Value {
    ["title", "cwe", "line", "file_path", "description"].map(|key| finding[key].clone()).into()
}

/// A report with one finding that has everything.
fn full() -> Report {
    let mut recipe = Recipe::debian();
    let lodash = recipe.npm(4, "lodash", "4.17.15");
    let finding = recipe.finding(lodash, "CVE-2021-23337", 7.2, &["4.17.21"]);
    let Detail::Vulnerability(vulnerability) = &mut finding.detail else { panic!("{finding:?}") };
    vulnerability.aliases = vec!["GHSA-35jh-r3h4-6jhm".into()];
    vulnerability.cwes = vec!["CWE-94".into(), "CWE-77".into()];
    vulnerability.epss = Some(Epss { score: 0.25, percentile: 0.5 });
    vulnerability.exploited =
        Some(Exploited { added: "2024-01-02".into(), due: None, ransomware: true });
    vulnerability.scores.push(lazaret_core::advisory::Score {
        vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N".into(),
        score: 8.6,
        source: Some("ghsa".into()),
    });
    recipe.report.inventory.packages[0].locations[0].lines = Some(LineRange { start: 7, end: 9 });
    recipe.build()
}

#[test]
fn a_finding_has_every_field_the_parser_knows() {
    let report = full();
    let fingerprint = report.findings[0].fingerprint.clone();
    let [finding] = findings(report).try_into().unwrap();
    for (key, expected) in [
        ("title", json!("CVE-2021-23337 in lodash 4.17.15")),
        ("severity", json!("High")),
        ("active", json!(true)),
        ("is_mitigated", json!(false)),
        ("cwe", json!(94)),
        ("vulnerability_ids", json!(["CVE-2021-23337", "GHSA-35jh-r3h4-6jhm"])),
        ("cvssv3", json!("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")),
        ("cvssv3_score", json!(7.2)),
        ("cvssv4_score", json!(8.6)),
        ("epss_score", json!(0.25)),
        ("epss_percentile", json!(0.5)),
        ("known_exploited", json!(true)),
        ("ransomware_used", json!(true)),
        ("kev_date", json!("2024-01-02")),
        ("publish_date", json!("2024-06-27")),
        ("component_name", json!("lodash")),
        ("component_version", json!("4.17.15")),
        ("file_path", json!("app/package-lock.json")),
        ("line", json!(7)),
        ("fix_available", json!(true)),
        ("fix_version", json!("4.17.21")),
        ("unique_id_from_tool", json!(fingerprint)),
        ("vuln_id_from_tool", json!("CVE-2021-23337")),
        ("tags", json!(["library", "npm"])),
        ("mitigation", json!("Update `lodash` to `4.17.21`.")),
    ] {
        assert_eq!(finding[key], expected, "{key}");
    }
    assert!(finding["severity_justification"].as_str().unwrap().contains("CWE-94, CWE-77"));
    let impact = finding["impact"].as_str().unwrap();
    for part in ["registry.example/shop/web:1.4", "linux/amd64", "COPY . /app", "2024-01-02"] {
        assert!(impact.contains(part), "{part}: {impact}");
    }
}

#[test]
fn what_changes_between_scans_is_not_compared() {
    let before = findings(shop().build());
    let mut later = shop().build();
    later.image.name = "registry.example/shop/web:1.5".into();
    later.image.digest = None;
    later.provenance.version = "9.9.9".into();
    for finding in &mut later.findings {
        finding.severity = Severity::Critical;
        finding.severity_source = Some("nvd".into());
        let Detail::Vulnerability(vulnerability) = &mut finding.detail else {
            panic!("{finding:?}")
        };
        vulnerability.epss = Some(Epss { score: 0.9, percentile: 0.9 });
        vulnerability.fixed_versions = vec!["99".into()];
        vulnerability.modified = Some("2026-01-01T00:00:00Z".into());
    }
    let after = findings(later);
    let identities = |findings: &[Value]| findings.iter().map(identity).collect::<Vec<_>>();
    assert_eq!(identities(&before), identities(&after));
    // Each is one of its own.
    let distinct: BTreeSet<String> = before.iter().map(|one| identity(one).to_string()).collect();
    assert_eq!(distinct.len(), before.len());
    let ids: BTreeSet<&str> =
        before.iter().map(|one| one["unique_id_from_tool"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), before.len());
}

#[test]
fn one_fingerprint_in_two_versions_is_two_ids() {
    let mut report = shop().build();
    let first = report.findings[0].fingerprint.clone();
    report.findings[1].fingerprint.clone_from(&first);
    let ids: Vec<Value> =
        findings(report)[..2].iter().map(|one| one["unique_id_from_tool"].clone()).collect();
    assert_eq!(ids, [json!(first), json!(format!("{first}-2"))]);
}

#[test]
fn what_does_not_count_can_be_opened_again() {
    let mut report = shop().build();
    let open = findings(report.clone());
    suppress(
        &mut report.findings[2],
        "vex:a.json",
        "not_affected: never called",
        Some("2027-01-31"),
    );
    let suppressed = findings(report);
    assert_eq!(suppressed.len(), open.len());
    let finding = &suppressed[2];
    assert_eq!((&finding["active"], &finding["is_mitigated"]), (&json!(false), &json!(true)));
    // An import never takes these back.
    for key in ["false_p", "out_of_scope", "risk_accepted"] {
        assert!(finding.get(key).is_none(), "{key}");
    }
    let mitigation = finding["mitigation"].as_str().unwrap();
    assert!(
        mitigation.contains("never called") && mitigation.contains("2027-01-31"),
        "{mitigation}"
    );
    assert_eq!(identity(finding), identity(&open[2]));
}

#[test]
fn names_of_an_image_fit_and_stay_text() {
    let mut recipe = Recipe::debian();
    let name = format!("a\0b`<script>{}", "x".repeat(5000));
    let package = recipe.npm(4, &name, &"9".repeat(5000));
    recipe.finding(package, "CVE-2024-0001", 6.1, &["1".repeat(500).as_str()]);
    let [finding] = findings(recipe.build()).try_into().unwrap();
    for (key, max) in [
        ("title", 511),
        ("component_name", 500),
        ("component_version", 100),
        ("fix_version", 100),
        ("file_path", 4000),
    ] {
        let text = finding[key].as_str().unwrap();
        assert!(text.chars().count() <= max, "{key}");
        // PostgreSQL takes no NUL.
        assert!(!text.contains('\0'), "{key}");
    }
    let description = finding["description"].as_str().unwrap();
    assert!(!description.contains("<script>") && !description.contains('\0'), "{description}");
    for finding in findings(hostile()) {
        let severity = finding["severity"].as_str().unwrap();
        assert!(["Info", "Low", "Medium", "High", "Critical"].contains(&severity));
    }
}
