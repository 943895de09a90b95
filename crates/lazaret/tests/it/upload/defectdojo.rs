//! DefectDojo: fields, and what one import after another comes to.

use super::defectdojo_model::{Dojo, Stored};
use super::multipart::{Part, parts};
use super::server::Server;
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use crate::support::Ran;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex};

struct Started {
    server: Server,
    dojo: Arc<Mutex<Dojo>>,
}

fn start() -> Started {
    let dojo: Arc<Mutex<Dojo>> = Arc::default();
    let shared = Arc::clone(&dojo);
    let server = Server::start(move |request, _| Some(shared.lock().unwrap().answer(request)));
    Started { server, dojo }
}

impl Started {
    #[track_caller]
    fn upload(&self, flags: &[&str], report: &Path) -> Ran {
        let url = self.server.url();
        let mut words = vec!["defectdojo", "--url", &url];
        words.extend(flags);
        words.push(report.to_str().unwrap());
        upload(&words, &[("DEFECTDOJO_TOKEN", TOKEN)])
    }

    /// The fields of the only request, without the file.
    #[track_caller]
    fn take_fields(&self) -> Vec<(String, String)> {
        let parts = parts(&self.server.take_request());
        let fields = parts.iter().filter(|part| part.name != "file");
        fields.map(|part| (part.name.clone(), part.text().to_owned())).collect()
    }

    fn open(&self) -> usize {
        let dojo = self.dojo.lock().unwrap();
        let findings = dojo.tests.iter().flat_map(|test| test.findings.values());
        findings.filter(|finding| !finding.is_mitigated).count()
    }
}

const TYPE: [&str; 2] = ["--product-type-name", "Web"];

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn what_is_not_there_is_made_and_named_after_the_image() {
    let (started, saved) = (start(), Saved::report());
    let imported = started.upload(&TYPE, &saved.write());
    assert_done(
        &imported,
        &[
            "findings: 87",
            "product 3, engagement 7, test 1",
            &format!("{}/test/1", started.server.url()),
        ],
    );
    assert_eq!(
        started.take_fields(),
        pairs(&[
            ("scan_type", "Generic Findings Import"),
            ("product_type_name", "Web"),
            ("product_name", "example.test/ferry"),
            ("engagement_name", "Lazaret"),
            ("test_title", "example.test/ferry (linux/amd64)"),
            ("auto_create_context", "true"),
            ("close_old_findings", "true"),
            ("version", "1.4"),
        ])
    );
    let dojo = started.dojo.lock().unwrap();
    assert_eq!(dojo.products.get("example.test/ferry").map(String::as_str), Some("Web"));
    assert_eq!(dojo.tests.len(), 1);
    // Every finding of the report is one of its own.
    assert_eq!(dojo.tests[0].findings.len(), saved.document["findings"].as_array().unwrap().len());
}

#[test]
fn a_later_import_closes_what_is_gone_and_never_duplicates() {
    let (started, mut saved) = (start(), Saved::report());
    let all = saved.document["findings"].as_array().unwrap().len();
    assert_done(&started.upload(&TYPE, &saved.write()), &[]);

    // The same again, under another tag and with a newer database.
    saved.document["image"]["name"] = json!("example.test/ferry:1.5");
    saved.document["findings"][3]["severity"] = json!("LOW");
    saved.document["findings"][3]["fixed_versions"] = json!(["99"]);
    saved.document["findings"][3]["epss"] = json!({"score": 0.5, "percentile": 0.9});
    let again = started.upload(&TYPE, &saved.write());
    assert_done(&again, &[&format!("findings: 0 new, 0 closed, 0 opened again, {all} unchanged")]);

    // Two are gone.
    let two: Vec<Value> = saved.document["findings"].as_array_mut().unwrap().drain(..2).collect();
    let fewer = started.upload(&[], &saved.write());
    let left = all - 2;
    assert_done(&fewer, &[&format!("0 new, 2 closed, 0 opened again, {left} unchanged")]);
    assert_eq!(started.open(), left);

    // One of them comes back.
    saved.document["findings"].as_array_mut().unwrap().insert(0, two[0].clone());
    let back = started.upload(&[], &saved.write());
    assert_done(&back, &[&format!("0 new, 0 closed, 1 opened again, {left} unchanged")]);
    assert_eq!(started.dojo.lock().unwrap().tests.len(), 1);
    assert_eq!(started.dojo.lock().unwrap().tests[0].findings.len(), all);
}

#[test]
fn a_suppression_closes_a_finding_and_its_end_opens_it_again() {
    let (started, mut saved) = (start(), Saved::report());
    assert_done(&started.upload(&TYPE, &saved.write()), &[]);
    let open = started.open();
    let finding = saved.document["findings"][0].clone();
    saved.document["findings"][0]["state"] = json!("suppressed");
    saved.document["findings"][0]["suppression"] =
        json!({"by": ".lazaretignore.yaml", "reason": "not used", "until": "2027-01-31"});
    assert_done(&started.upload(&[], &saved.write()), &["0 new, 1 closed, 0 opened again"]);
    let title = format!(
        "{} in {} {}",
        finding["id"].as_str().unwrap(),
        finding["package"]["name"].as_str().unwrap(),
        finding["package"]["version"].as_str().unwrap()
    );
    let closed = Stored { title, is_mitigated: true, active: false };
    assert!(started.dojo.lock().unwrap().tests[0].findings.values().any(|found| *found == closed));
    saved.document["findings"][0] = finding;
    assert_done(&started.upload(&[], &saved.write()), &["0 new, 0 closed, 1 opened again"]);
    assert_eq!(started.open(), open);
}

#[test]
fn images_of_one_product_leave_each_other_alone() {
    let (started, mut saved) = (start(), Saved::report());
    let flags = ["--product-type-name", "Web", "--product-name", "Shop"];
    assert_done(&started.upload(&flags, &saved.write()), &[]);
    let open = started.open();
    saved.document["image"]["name"] = json!("example.test/barge:2");
    saved.document["findings"].as_array_mut().unwrap().truncate(5);
    assert_done(&started.upload(&flags, &saved.write()), &["findings: 5\n", "test 2"]);
    assert_eq!(started.open(), open + 5);
}

#[test]
fn every_flag_is_a_field() {
    let (started, saved) = (start(), Saved::report());
    let report = saved.write();
    started.upload(&TYPE, &report);
    started.server.take_requests();
    let flags = [
        "--product-name=example.test/ferry",
        "--engagement-name=Releases",
        "--engagement-end-date=2027-01-31",
        "--source-code-management-uri=https://git.example/shop",
        "--test-title=ferry",
        "--environment=Production",
        "--lead=4",
        "--api-scan-configuration=5",
        "--close-old-findings=false",
        "--do-not-reactivate",
        "--minimum-severity=medium",
        "--active=true",
        "--verified=false",
        "--deduplication-on-engagement",
        "--deduplication-execution-mode=sync",
        "--group-by=component_name+component_version",
        "--create-finding-groups-for-all-findings=false",
        "--endpoint-to-add=6",
        "--push-to-jira",
        "--scan-date=2026-11-20",
        "--app-version=1.4.1",
        "--build-id=b-77",
        "--commit-hash=0123abcd",
        "--branch-tag=main",
        "--service=checkout",
        "--tags=web,nightly",
        "--apply-tags-to-findings",
        "--apply-tags-to-endpoints",
    ];
    assert_done(&started.upload(&flags, &report), &[]);
    assert_eq!(
        started.take_fields(),
        pairs(&[
            ("scan_type", "Generic Findings Import"),
            ("product_name", "example.test/ferry"),
            ("engagement_name", "Releases"),
            ("engagement_end_date", "2027-01-31"),
            ("source_code_management_uri", "https://git.example/shop"),
            ("test_title", "ferry"),
            ("auto_create_context", "true"),
            ("environment", "Production"),
            ("lead", "4"),
            ("api_scan_configuration", "5"),
            ("close_old_findings", "false"),
            ("do_not_reactivate", "true"),
            ("minimum_severity", "Medium"),
            ("active", "true"),
            ("verified", "false"),
            ("deduplication_on_engagement", "true"),
            ("deduplication_execution_mode", "sync"),
            ("group_by", "component_name+component_version"),
            ("create_finding_groups_for_all_findings", "false"),
            ("endpoint_to_add", "6"),
            ("push_to_jira", "true"),
            ("scan_date", "2026-11-20"),
            ("version", "1.4.1"),
            ("build_id", "b-77"),
            ("commit_hash", "0123abcd"),
            ("branch_tag", "main"),
            ("service", "checkout"),
            ("tags", "web"),
            ("tags", "nightly"),
            ("apply_tags_to_findings", "true"),
            ("apply_tags_to_endpoints", "true"),
        ])
    );
}

#[test]
fn numbers_stand_for_names() {
    let (started, saved) = (start(), Saved::report());
    let report = saved.write();
    started.upload(&TYPE, &report);
    started.server.take_requests();
    assert_done(&started.upload(&["--test-id", "1"], &report), &["0 new", "test 1"]);
    assert_eq!(
        started.take_fields(),
        pairs(&[
            ("scan_type", "Generic Findings Import"),
            ("test", "1"),
            ("close_old_findings", "true"),
            ("version", "1.4"),
        ])
    );
    let lost = started.upload(&["--test-id", "9"], &report);
    assert_refused(&lost, &["status 400", "test: Invalid pk \"9\" - object does not exist."]);
}

#[test]
fn an_import_makes_a_test_of_its_own_each_time() {
    let (started, saved) = (start(), Saved::report());
    let report = saved.write();
    for test in ["test 1", "test 2"] {
        let flags =
            ["--import", "--product-type-name", "Web", "--close-old-findings-product-scope"];
        assert_done(&started.upload(&flags, &report), &["findings: 87", test]);
        let request = started.server.take_request();
        assert_eq!(request.path, "/api/v2/import-scan/");
        let fields = parts(&request);
        let scope = |part: &&Part| part.name == "close_old_findings_product_scope";
        assert_eq!(fields.iter().find(scope).map(Part::text), Some("true"));
    }
}

#[test]
fn a_report_is_written_as_defectdojo_wants_it() {
    let (started, saved) = (start(), Saved::report());
    let report = saved.write();
    for (scan_type, format, file_name) in [
        ("Generic Findings Import", "defectdojo", "generic-findings.json"),
        ("Trivy Scan", "trivy-json", "trivy-report.json"),
        ("sarif", "sarif", "report.sarif"),
        ("CycloneDX Scan", "cyclonedx", "bom.cdx.json"),
        ("GitLab Container Scan", "gitlab", "gl-container-scanning-report.json"),
    ] {
        let flags = ["--product-type-name", "Web", "--scan-type", scan_type];
        assert_done(&started.upload(&flags, &report), &[]);
        let parts = parts(&started.server.take_request());
        let file = parts.last().unwrap();
        assert_eq!((file.name.as_str(), file.file_name.as_deref()), ("file", Some(file_name)));
        let sent: Value = serde_json::from_slice(&file.content).unwrap();
        let converted: Value = serde_json::from_str(&saved.converted(format)).unwrap();
        let key = match format {
            "trivy-json" => "Results",
            "sarif" => "runs",
            "cyclonedx" => "components",
            "gitlab" => "vulnerabilities",
            _ => "findings",
        };
        assert_eq!(sent[key], converted[key], "{format}");
        assert!(!sent[key].as_array().unwrap().is_empty());
    }
    let flags = ["--product-type-name", "Web", "--scan-type", "Snyk Scan"];
    let refused = started.upload(&flags, &report);
    assert_refused(&refused, &["is not written as `Snyk Scan`", "Trivy Scan"]);
}

#[test]
fn reports_of_others_go_as_they_are() {
    let (started, saved) = (start(), Saved::report());
    let flags = ["--product-type-name", "Web", "--product-name", "Shop", "--test-title", "shop"];
    for (text, scan_type) in [
        (r#"{"SchemaVersion":2,"Results":[]}"#, "Trivy Scan"),
        (r#"{"matches":[],"descriptor":{"name":"grype"}}"#, "Anchore Grype"),
        (r#"{"results":[]}"#, "OSV Scan"),
        (r#"{"version":"2.1.0","runs":[]}"#, "SARIF"),
        (r#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#, "CycloneDX Scan"),
        (r#"{"findings":[]}"#, "Generic Findings Import"),
    ] {
        let path = saved.write_as("other.json", text);
        assert_done(&started.upload(&flags, &path), &[]);
        let parts = parts(&started.server.take_request());
        assert_eq!((parts[0].name.as_str(), parts[0].text()), ("scan_type", scan_type));
        assert_eq!(parts.last().unwrap().text(), text);
    }
    let path = saved.write_as("other.json", "[]");
    assert_refused(&started.upload(&flags, &path), &["name the format with --scan-type"]);
    let named = [flags.as_slice(), &["--scan-type", "Hadolint Dockerfile check"]].concat();
    assert_done(&started.upload(&named, &path), &[]);

    // Without a title another image's findings would be closed.
    let path = saved.write_as("other.json", r#"{"runs":[]}"#);
    let untitled = started.upload(&flags[..4], &path);
    assert_refused(&untitled, &["Give --test-title", "closes what another image has"]);
    let unnamed = started.upload(&flags[..2], &path);
    assert_refused(&unnamed, &["which product is it?"]);
}

#[test]
fn what_cannot_be_made_is_explained() {
    let (started, saved) = (start(), Saved::report());
    let report = saved.write();
    let untyped = started.upload(&[], &report);
    assert_refused(&untyped, &["status 400", "does not exist", "--product-type-name"]);
    let flags = ["--product-type-name", "Web", "--no-create"];
    assert_refused(&started.upload(&flags, &report), &["unable to create non-existing product"]);
    started.upload(&TYPE, &report);
    let flags = ["--product-type-name", "Other", "--test-title", "new"];
    assert_refused(&started.upload(&flags, &report), &["status 400", "has a conflict"]);
    assert_eq!(started.dojo.lock().unwrap().products.len(), 1);
}

#[test]
fn what_makes_no_sense_is_not_sent() {
    let (started, saved) = (start(), Saved::report());
    let report = saved.write();
    for (flags, said) in [
        (["--scan-date", "31.1.2026"], "is not a day"),
        (["--minimum-severity", "urgent"], "is no severity of DefectDojo"),
        (["--active", "maybe"], "invalid value"),
    ] {
        assert_refused(&started.upload(&flags, &report), &[said]);
    }
    assert_eq!(started.server.take_requests().len(), 0);
}
