//! Trivy's JSON: what is not about packages, in Trivy's own fields, and what is read back of it.

use crate::recipe::{everything, suppress};
use crate::standards::{document, text};
use lazaret_core::finding::{Finding, Kind, Place};
use lazaret_core::report::Report;
use lazaret_report::{Format, foreign};
use serde_json::{Value, json};

fn results<'v>(trivy: &'v Value, class: &str) -> Vec<&'v Value> {
    let results = trivy["Results"].as_array().unwrap().iter();
    results.filter(|result| result["Class"] == class).collect()
}

#[test]
fn results_come_in_trivy_s_order() {
    let trivy = document(Format::TrivyJson, everything().build());
    let results: Vec<[&str; 3]> = trivy["Results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            ["Target", "Class", "Type"].map(|key| result[key].as_str().unwrap_or_default())
        })
        .collect();
    let image = "registry.example/shop/web:1.4";
    assert_eq!(
        results,
        [
            ["registry.example/shop/web:1.4 (debian 12)", "os-pkgs", "debian"],
            ["app/package-lock.json", "lang-pkgs", "npm"],
            ["Python", "lang-pkgs", "python-pkg"],
            ["app/Dockerfile", "config", "dockerfile"],
            [image, "config", "dockerfile"],
            ["k8s.yaml", "config", "kubernetes"],
            ["/app/.env", "secret", ""],
            ["/root/key.tar", "secret", ""],
            [image, "secret", ""],
            ["OS Packages", "license", ""],
            ["Python", "license", ""],
            ["Loose File License(s)", "license-file", ""],
        ]
    );
}

#[test]
fn a_misconfiguration_has_trivy_s_id_where_trivy_has_the_rule() {
    let trivy = document(Format::TrivyJson, everything().build());
    let [dockerfile, image, _] = results(&trivy, "config")[..] else { panic!() };
    assert_eq!(dockerfile["MisconfSummary"], json!({"Successes": 0, "Failures": 1}));
    assert_eq!(
        dockerfile["Misconfigurations"],
        json!([{
            "Type": "Dockerfile Security Check",
            "ID": "DS-0002",
            "AVDID": "AVD-DS-0002",
            "Title": "The title of DF001",
            "Description": "It *matters*.",
            "Message": "This breaks [DF001].",
            "Resolution": "Do `this`.",
            "Severity": "MEDIUM",
            "PrimaryURL": "https://avd.aquasec.com/misconfig/ds-0002",
            "References": ["https://avd.aquasec.com/misconfig/ds-0002"],
            "Status": "FAIL",
            "Layer": dockerfile["Misconfigurations"][0]["Layer"],
            "CauseMetadata": {
                "Provider": "Dockerfile", "Service": "general", "StartLine": 7, "EndLine": 9,
            },
        }])
    );
    assert!(dockerfile["Misconfigurations"][0]["Layer"]["DiffID"].is_string());
    assert_eq!(image["Misconfigurations"][0]["ID"], "IM001");
    assert_eq!(image["Misconfigurations"][0].get("AVDID"), None);
}

#[test]
fn a_secret_is_shown_by_what_may_be_shown_of_it() {
    let trivy = document(Format::TrivyJson, everything().build());
    let secret = &results(&trivy, "secret")[0]["Secrets"][0];
    assert_eq!(
        *secret,
        json!({
            "RuleID": "SEC-github-token",
            "Category": "GitHub",
            "Severity": "CRITICAL",
            "Title": "GitHub personal access token",
            "StartLine": 3,
            "EndLine": 3,
            "Code": {"Lines": [{
                "Number": 3, "Content": "ghp_****", "IsCause": true, "Annotation": "",
                "Truncated": false, "Highlighted": "ghp_****", "FirstCause": true,
                "LastCause": true,
            }]},
            "Match": "ghp_****",
            "Layer": secret["Layer"],
        })
    );
    assert_eq!(secret["Layer"]["CreatedBy"], "COPY . /app # buildkit");
    // Go writes the empty list of a struct as null.
    let archived = &results(&trivy, "secret")[1]["Secrets"][0];
    assert_eq!(archived["Code"], json!({"Lines": null}));
    assert_eq!(archived["StartLine"], 0);
}

#[test]
fn a_license_has_all_of_trivy_s_fields() {
    let written = text(Format::TrivyJson, vec![everything().build()]);
    let trivy: Value = serde_json::from_str(&written).unwrap();
    let [os, python] = results(&trivy, "license")[..] else { panic!() };
    assert_eq!(
        os["Licenses"],
        json!([{
            "Severity": "HIGH", "Category": "restricted", "PkgName": "libc6", "FilePath": "",
            "Name": "GPL-3.0-only", "Text": "", "Confidence": 1,
            "Link": "https://spdx.org/licenses/GPL-3.0-only.html",
        }])
    );
    assert_eq!(
        python["Licenses"][0]["FilePath"],
        "usr/local/lib/python3.11/dist-packages/Django-2.2.1.dist-info/METADATA"
    );
    let file = &results(&trivy, "license-file")[0]["Licenses"][0];
    assert_eq!((&file["FilePath"], &file["PkgName"]), (&json!("app/COPYING"), &json!("")));
    assert_eq!(file["Confidence"], 0.97);
    assert!(written.contains("\"Confidence\": 1,"), "as Go writes it");
}

/// What two reports must agree on: kind, id, severity, place or package, and whether it counts.
fn said(report: &Report) -> Vec<String> {
    let mut said: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let package = finding.package().and_then(|id| report.inventory.package(id));
            let place = finding.place().map(|place| match place {
                // Trivy does not say in which layer the text of a license is.
                Place::File { location, .. } if finding.license().is_some() => {
                    location.path.to_string()
                }
                Place::File { location, .. } => format!("{location:?}"),
                _ => "image".to_owned(),
            });
            let Finding { id, severity, state, .. } = finding;
            format!(
                "{} {id} {severity} {place:?} {:?} {}",
                Kind::of(finding).name(),
                package.map(|package| (&package.name, &package.version)),
                state.is_open(),
            )
        })
        .collect();
    said.sort();
    said
}

#[test]
fn what_is_written_is_read_back() {
    let mut ours = everything().build();
    for kind in Kind::ALL {
        let mut findings = ours.findings.iter_mut();
        let first = findings.find(|finding| Kind::of(finding) == kind).unwrap();
        suppress(first, "policy", "accepted", None);
    }
    let theirs = foreign::read(text(Format::TrivyJson, vec![ours.clone()]).as_bytes()).unwrap();
    // Trivy has the rule under an id of its own.
    for finding in &mut ours.findings {
        if finding.id == "DF001" {
            finding.id = "DS-0002".into();
        }
    }
    assert_eq!(said(&theirs.report), said(&ours));
    assert_eq!(theirs.report.inventory.problems, []);
    assert_eq!(theirs.report.rules["DS-0002"].fix, "Do `this`.");
    let secret = theirs.report.findings.iter().find_map(|finding| finding.secret()).unwrap();
    assert_eq!(secret.stub, "ghp_****");
}

#[test]
fn a_cosign_predicate_holds_trivy_s_report() {
    let predicate = document(Format::CosignVuln, everything().build());
    let trivy = document(Format::TrivyJson, everything().build());
    assert_eq!(predicate["scanner"]["result"], trivy);
    assert_eq!(predicate["scanner"]["uri"], "pkg:generic/lazaret@0.1.0");
    assert_eq!(predicate["scanner"]["db"]["version"], format!("sha256:{}", "77".repeat(32)));
    assert_eq!(predicate["metadata"]["scanStartedOn"], "2024-02-13T08:00:00Z");
    assert_eq!(
        predicate["invocation"],
        json!({"parameters": null, "uri": "", "event_id": "", "builder.id": ""})
    );
}
