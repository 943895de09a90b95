//! `docs/schemas/report-1.json` says exactly what is written.

use crate::arbitrary::reports;
use crate::json::{json, small};
use crate::recipe::shop;
use jsonschema::Validator;
use lazaret_core::problem::ProblemKind;
use lazaret_report::Reports;
use proptest::prelude::*;
use serde_json::{Value, json as value};

const SCHEMA: &str = include_str!("../../../../docs/schemas/report-1.json");

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn document(reports: &Reports) -> Value {
    serde_json::from_str(&json(reports)).unwrap()
}

/// A report in which every field has a value.
fn full() -> Value {
    let mut shop = shop();
    shop.problem(ProblemKind::Parse, Some((4, "app/x.json")), "not JSON");
    shop.report.inventory.problems[0].extractor = Some("npm/package-lock".into());
    let mut document = document(&Reports(vec![shop.build()]));
    document["image"]["platform"]["variant"] = value!("v8");
    document["image"]["config"]["user"] = value!("app");
    document["image"]["config"]["entrypoint"] = value!(["/app"]);
    document["image"]["config"]["history"][0]["created"] = value!("2024-02-13T08:00:00Z");
    document["inventory"]["os"]["id_like"] = value!(["debian"]);
    document["inventory"]["relations"] = value!([{"from": 0, "to": 1, "kind": "owns"}]);
    document["inventory"]["packages"][0]["owner"] = value!(1);
    document["inventory"]["packages"][0]["licenses"] = value!(["MIT"]);
    document["inventory"]["packages"][0]["locations"][0]["lines"] = value!({"start": 1, "end": 2});
    document["verdict"]["decisions"][0]["findings"] = value!([0]);
    let finding = &mut document["findings"][0];
    finding["state"] = value!("suppressed");
    finding["suppression"] = value!({"by": "x", "reason": "y", "until": "2027-01-31"});
    finding["aliases"] = value!(["GHSA-x5rq-j2xg-h7qm"]);
    finding["modified"] = value!("2024-02-13T08:00:00Z");
    finding["reason"]["range"] = value!({"introduced": "1", "fixed": "2"});
    document
}

#[test]
fn what_is_written_is_valid() {
    let validator = validator();
    for reports in [vec![], vec![small()], vec![shop().build()], vec![small(), shop().build()]] {
        let document = document(&Reports(reports));
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    assert!(validator.is_valid(&full()));
}

/// The places of all objects inside a document.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.to_owned());
            for (key, value) in fields {
                objects(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                objects(item, &format!("{at}/{n}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn an_unknown_field_is_caught_wherever_it_is() {
    let validator = validator();
    let document = full();
    let mut places = Vec::new();
    objects(&document, "", &mut places);
    assert!(places.len() > 100, "{}", places.len());
    for place in places {
        let mut changed = document.clone();
        changed.pointer_mut(&place).unwrap()["unexpected"] = value!(1);
        assert!(!validator.is_valid(&changed), "{place}");
    }
}

#[test]
fn a_missing_or_wrong_field_is_caught() {
    let validator = validator();
    for (at, wrong) in [
        ("/schema_version", value!("2")),
        ("/schema_version", value!(1)),
        ("/target", value!("vm")),
        ("/image/digest", value!("sha256:1")),
        ("/findings/0/severity", value!("high")),
        ("/findings/0/kind", value!("secret")),
        ("/findings/0/state", value!("open")),
        ("/findings/0/package_id", value!(-1)),
        ("/findings/0/reason/range/last_affected", value!("1")),
        ("/inventory/packages/0/presence", value!("maybe")),
    ] {
        let mut changed = full();
        let (parent, key) = at.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[key] = wrong;
        assert!(!validator.is_valid(&changed), "{at}");
    }
    for (at, key) in [
        ("", "schema_version"),
        ("", "verdict"),
        ("/findings/0", "suppression"),
        ("/findings/0", "package"),
        ("/inventory/packages/0", "purl"),
    ] {
        let mut changed = full();
        changed.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        assert!(!validator.is_valid(&changed), "{at}/{key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_report_is_valid(reports in reports()) {
        let document = document(&reports);
        let validator = validator();
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|error| error.to_string()).collect();
        prop_assert_eq!(errors, Vec::<String>::new());
    }
}
