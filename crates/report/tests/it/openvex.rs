//! OpenVEX: what does not count is a statement, and what was merely accepted is no analysis.

use crate::recipe::{everything, shop, suppress};
use crate::standards::{document, text};
use lazaret_core::finding::State;
use lazaret_report::Format;
use serde_json::{Value, json};

#[test]
fn a_suppression_becomes_the_statement_it_is() {
    let mut report = shop().build();
    let vex = "not_affected: vulnerable_code_not_present (awk is not built)";
    for (by, reason, until, expected) in [
        (
            "vex:a.json",
            vex,
            None,
            json!(["not_affected", "vulnerable_code_not_present", "awk is not built", null, null]),
        ),
        (
            "vex:a.json",
            "not_affected: we never call it",
            None,
            json!(["not_affected", null, null, "we never call it", null]),
        ),
        ("vex:a.json", "fixed", None, json!(["fixed", null, null, null, null])),
        (
            "distribution",
            "judged by it",
            None,
            json!(["not_affected", null, null, "judged by it", null]),
        ),
        (
            "not-linked",
            "no code of it is here",
            None,
            json!([
                "not_affected",
                "vulnerable_code_not_present",
                "no code of it is here",
                null,
                null
            ]),
        ),
        (
            ".trivyignore:3",
            "no clients",
            Some("2027-01-31"),
            json!([
                "affected",
                null,
                null,
                null,
                "Accepted by .trivyignore:3 until 2027-01-31: no clients"
            ]),
        ),
        // What an entry says is its author's words, whatever they look like.
        (
            ".snyk:3",
            "fixed: soon",
            None,
            json!(["affected", null, null, null, "Accepted by .snyk:3: fixed: soon"]),
        ),
    ] {
        for finding in &mut report.findings {
            finding.state = State::Open;
        }
        report.findings[0].state = State::Suppressed {
            by: by.to_owned(),
            reason: reason.to_owned(),
            until: until.map(str::to_owned),
        };
        let document: Value =
            serde_json::from_str(&text(Format::Openvex, vec![report.clone()])).unwrap();
        assert_eq!(document["@context"], "https://openvex.dev/ns/v0.2.0");
        let [statement] = document["statements"].as_array().unwrap().as_slice() else {
            panic!("one finding, one statement: {document}");
        };
        let keys =
            ["status", "justification", "status_notes", "impact_statement", "action_statement"];
        assert_eq!(Value::Array(keys.map(|key| statement[key].clone()).into()), expected);
        assert_eq!(statement["vulnerability"]["name"], report.findings[0].id.as_str());
        let product = statement["products"][0]["@id"].as_str().unwrap();
        assert!(
            product.starts_with("pkg:oci/web@sha256%3A3f3f")
                && product
                    .ends_with("?arch=amd64&repository_url=registry.example/shop/web&tag=1.4"),
            "{product}"
        );
        let package = report.findings[0].package().and_then(|id| report.inventory.package(id));
        let part = &statement["products"][0]["subcomponents"][0]["@id"];
        assert_eq!(part, package.unwrap().purl.as_str());
    }
}

/// What `docs/schemas/openvex-0.2.0.json` finds wrong.
fn errors(document: &Value) -> Vec<String> {
    let schema = include_str!("../../../../docs/schemas/openvex-0.2.0.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    schema.iter_errors(document).map(|error| error.to_string()).collect()
}

/// Every finding of the shop suppressed, in each way there is in turn.
pub(crate) fn suppressed() -> lazaret_core::report::Report {
    let mut report = everything().build();
    let reasons = [
        ("vex:a.json", "not_affected: vulnerable_code_not_present (awk is not built)"),
        ("vex:a.json", "not_affected: vulnerable_code_not_present"),
        ("vex:a.json", "not_affected: we never call it"),
        ("vex:a.json", "fixed"),
        ("distribution", "judged by it"),
        (".trivyignore:3", "no clients"),
    ];
    for (finding, (by, reason)) in report.findings.iter_mut().zip(reasons.into_iter().cycle()) {
        suppress(finding, by, reason, None);
    }
    report
}

#[test]
fn what_is_written_is_valid() {
    let document = document(Format::Openvex, suppressed());
    assert_eq!(errors(&document), Vec::<String>::new());
    assert_eq!(document["statements"].as_array().unwrap().len(), 21);
    for (at, wrong) in [
        ("/statements/0/status", json!("ignored")),
        ("/statements/0/justification", json!("because")),
        ("/statements/0/vulnerability", json!({})),
        ("/timestamp", json!("yesterday")),
        ("/@id", json!("no uri")),
    ] {
        let mut bad = document.clone();
        *bad.pointer_mut(at).unwrap() = wrong;
        assert!(!errors(&bad).is_empty(), "{at}");
    }
}

#[test]
fn nothing_is_said_twice() {
    let mut report = suppressed();
    let twice: Vec<_> = report.findings.clone();
    report.findings.extend(twice);
    let document = document(Format::Openvex, report);
    assert_eq!(errors(&document), Vec::<String>::new());
    assert_eq!(document["statements"].as_array().unwrap().len(), 21);
}

#[test]
fn an_image_without_a_reference_is_a_product_all_the_same() {
    let mut report = suppressed();
    report.image.name = "./my images/web é.tar".into();
    let document = document(Format::Openvex, report);
    assert_eq!(errors(&document), Vec::<String>::new());
    assert_eq!(
        document["statements"][0]["products"][0]["@id"],
        "pkg:generic/.%2Fmy%20images%2Fweb%20%C3%A9.tar"
    );
}
