//! The JSON: what is written is read back, and what is something else is called by its name.

use crate::arbitrary::reports;
use crate::recipe::{Recipe, shop, suppress};
use lazaret_core::report::Report;
use lazaret_report::json::{ReadError, read};
use lazaret_report::{Format, Reports, TableOptions, WriteError, WriteOptions, write};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::error::Error as _;
use unicode_width::UnicodeWidthChar as _;

pub(crate) fn json(reports: &Reports) -> String {
    let mut out = Vec::new();
    write(Format::Json, reports, &WriteOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// One finding of every form: open and suppressed, with a fix and without.
pub(crate) fn small() -> Report {
    let mut image = Recipe::debian();
    let package = image.deb(0, "openssl", "libssl3", "3.0.11-1~deb12u2");
    image.finding(package, "CVE-2024-5535", 9.1, &["3.0.15-1~deb12u1"]);
    let suppressed = image.finding(package, "CVE-2023-5678", 5.3, &[]);
    suppress(suppressed, ".lazaretignore:7", "not reachable", Some("2027-01-31"));
    image.build()
}

#[test]
fn one_report_is_an_object_of_its_own() {
    insta::assert_snapshot!(json(&Reports(vec![small()])));
}

#[test]
fn several_reports_are_a_list() {
    let text = json(&Reports(vec![small(), shop().build()]));
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(text.starts_with("{\n  \"schema_version\": \"1\",\n  \"reports\": [\n    {\n"));
    assert!(text.ends_with("    }\n  ]\n}\n"));
    assert_eq!(value["reports"].as_array().unwrap().len(), 2);
    assert!(value["reports"][0].get("schema_version").is_none());
}

#[test]
fn a_finding_can_be_read_alone() {
    let value: Value = serde_json::from_str(&json(&Reports(vec![shop().build()]))).unwrap();
    for finding in value["findings"].as_array().unwrap() {
        let id = usize::try_from(finding["package_id"].as_u64().unwrap()).unwrap();
        let package = &value["inventory"]["packages"][id];
        for field in ["ecosystem", "name", "version", "purl"] {
            assert_eq!(finding["package"][field], package[field]);
        }
        assert_eq!(finding["locations"], package["locations"]);
        let layer = usize::try_from(package["layer"].as_u64().unwrap()).unwrap();
        assert_eq!(finding["layer"]["index"], package["layer"]);
        assert_eq!(finding["layer"]["created_by"], value["image"]["layers"][layer]["created_by"]);
        assert_eq!(finding["layer"]["diff_id"], value["image"]["layers"][layer]["diff_id"]);
    }
}

#[test]
fn display_options_change_nothing() {
    let reports = Reports(vec![shop().build()]);
    let table = TableOptions {
        severities: [].into(),
        ignore_unfixed: true,
        color: true,
        ..TableOptions::default()
    };
    let mut out = Vec::new();
    write(Format::Json, &reports, &WriteOptions { table, ..WriteOptions::default() }, &mut out)
        .unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), json(&reports));
}

#[test]
fn a_report_is_safe_to_show() {
    let mut image = Recipe::debian();
    image.report.image.name = "a\x1b[2J\u{9b}31m\u{202e}\u{7f}\u{e0001}é名".into();
    let report = image.build();
    let text = json(&Reports(vec![report.clone()]));
    assert!(text.contains(r#""a\u001b[2J\u009b31m\u202e\u007f\udb40\udc01é名""#), "{text}");
    assert_eq!(read(text.as_bytes()).unwrap(), Reports(vec![report]));
}

#[test]
fn a_finding_without_its_package_is_not_written() {
    let mut report = small();
    report.inventory.packages.clear();
    for format in Format::ALL.iter().copied() {
        let reports = Reports(vec![report.clone()]);
        let error = write(format, &reports, &WriteOptions::default(), &mut Vec::new()).unwrap_err();
        assert!(matches!(error, WriteError::Package { package: 0, .. }), "{error}");
    }
}

#[test]
fn a_full_disk_is_told() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for format in Format::ALL.iter().copied() {
        let reports = Reports(vec![small()]);
        let error = write(format, &reports, &WriteOptions::default(), &mut Full).unwrap_err();
        assert!(
            matches!(&error, WriteError::Io(e) if e.kind() == std::io::ErrorKind::StorageFull),
            "{error:?}"
        );
    }
}

fn message(bytes: &[u8]) -> String {
    let error = read(bytes).unwrap_err();
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

#[test]
fn what_is_no_report_of_ours_is_called_by_its_name() {
    for (document, expected) in [
        (json!({"SchemaVersion": 2, "Results": []}), "this is a Trivy report, not"),
        (json!({"$schema": "…", "version": "2.1.0", "runs": []}), "this is a SARIF log, not"),
        (json!({"bomFormat": "CycloneDX", "specVersion": "1.6"}), "this is a CycloneDX document"),
        (json!({"spdxVersion": "SPDX-2.3"}), "this is an SPDX document"),
        (json!({"@context": "https://openvex.dev/ns/v0.2.0"}), "this is a JSON-LD document"),
        (json!({"matches": [], "descriptor": {"name": "grype"}}), "this is a Grype report"),
        (json!({"artifacts": [], "descriptor": {}, "schema": {}}), "this is a Syft document"),
        (json!({"payloadType": "x", "payload": "e30="}), "this is a DSSE envelope"),
        (json!({"schemaVersion": 2, "layers": []}), "this is an image manifest"),
        (json!({"results": []}), "this is the output of another scanner"),
        (json!({"findings": []}), "this JSON has no `schema_version`"),
        (json!([1, 2]), "this JSON has no `schema_version`"),
        (json!("text"), "this JSON has no `schema_version`"),
        (json!({"schema_version": "2"}), "the report has schema version \"2\", and this program"),
        (json!({"schema_version": 1}), "the report has schema version 1, and this program"),
        (
            json!({"schema_version": "1"}),
            "the report does not have the shape of schema version 1: missing field `provenance`",
        ),
        (
            json!({"schema_version": "1", "reports": [{}]}),
            "the report does not have the shape of schema version 1: missing field `provenance`",
        ),
    ] {
        let message = message(document.to_string().as_bytes());
        assert!(message.starts_with(expected), "{document}: {message}");
    }
    assert!(matches!(read(b" \n"), Err(ReadError::Empty)));
    for bad in [&b"\x1f\x8b\x08\x00"[..], b"<xml/>", b"{\"schema_version\": \"1\"", b"{} {}"] {
        assert!(message(bad).starts_with("the report is not JSON: "), "{}", message(bad));
    }
}

#[test]
fn a_cut_report_is_not_read() {
    let text = json(&Reports(vec![small()]));
    for cut in (0..text.trim_end().len()).step_by(97) {
        assert!(read(&text.as_bytes()[..cut]).is_err(), "{cut}");
    }
}

/// Changes one place of a report and gives what reading it says.
fn tampered(at: &str, value: Value) -> String {
    let mut document: Value = serde_json::from_str(&json(&Reports(vec![small()]))).unwrap();
    let (parent, key) = at.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        object => object[key] = value,
    }
    message(document.to_string().as_bytes())
}

#[test]
fn a_report_that_contradicts_itself_is_refused() {
    for (at, value, expected) in [
        ("/findings/0/package_id", json!(7), "finding CVE-2024-5535 is about package 7, which the"),
        ("/findings/0/package/name", json!("zlib"), "finding CVE-2024-5535 is about `zlib` 3.0.11"),
        ("/findings/0/package/version", json!("1"), "finding CVE-2024-5535 is about `libssl3` 1, "),
        (
            "/findings/0/state",
            json!("suppressed"),
            "finding CVE-2024-5535 is suppressed by nothing",
        ),
        ("/findings/1/state", json!("open"), "finding CVE-2023-5678 is open and has a suppression"),
        ("/findings/0/reason/range/last_affected", json!("1"), "finding CVE-2024-5535 has a range"),
        ("/inventory/packages/0/owner", json!(1), "the inventory names package 1, which it lacks"),
        (
            "/inventory/relations",
            json!([{"from": 0, "to": 9, "kind": "owns"}]),
            "the inventory names package 9, which it lacks",
        ),
        (
            "/verdict/decisions",
            json!([{"rule": "r", "effect": "fail", "message": "", "findings": [2]}]),
            "rule `r` rests on finding 2, which is not there",
        ),
    ] {
        let message = tampered(at, value);
        let expected = format!("the report contradicts itself: {expected}");
        assert!(message.starts_with(&expected), "{at}: {message}");
    }
}

#[test]
fn wrong_values_are_named() {
    for (at, value, expected) in [
        ("/findings/0/severity", json!("SEVERE"), "unknown variant `SEVERE`"),
        ("/image/layers/0/diff_id", json!("sha256:1"), "`sha256:1` is not a digest"),
        ("/inventory/packages/0/locations/0/path", json!("../x"), "climbs out of the image"),
    ] {
        let message = tampered(at, value);
        assert!(message.contains(expected), "{at}: {message}");
    }
}

#[test]
fn new_fields_are_ignored() {
    let report = small();
    let mut document: Value = serde_json::from_str(&json(&Reports(vec![report.clone()]))).unwrap();
    document["later"] = json!({"a": 1});
    document["findings"][0]["later"] = json!([]);
    document["inventory"]["packages"][0]["later"] = json!(true);
    assert_eq!(read(document.to_string().as_bytes()).unwrap(), Reports(vec![report]));
}

#[test]
fn deep_nesting_ends_in_an_error() {
    let deep = format!("{{\"schema_version\": {}", "[".repeat(1_000_000));
    assert!(matches!(read(deep.as_bytes()), Err(ReadError::NotJson(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_report_is_read_back(reports in reports()) {
        let text = json(&reports);
        prop_assert_eq!(&read(text.as_bytes()).unwrap(), &reports);
        prop_assert_eq!(json(&reports), text);
    }

    #[test]
    fn every_report_has_a_table(reports in reports(), width in 0_usize..300, unicode: bool) {
        let table = TableOptions {
            width,
            unicode,
            show_suppressed: true,
            list_all_packages: true,
            ..TableOptions::default()
        };
        let mut out = Vec::new();
        write(Format::Table, &reports, &WriteOptions { table, ..WriteOptions::default() }, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        for line in text.lines() {
            let columns: usize = line.chars().map(|c| c.width().unwrap()).sum();
            prop_assert!(columns <= width.clamp(60, 240), "{} columns: {}", columns, line);
        }
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).is_err());
    }
}
