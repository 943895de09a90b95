//! OpenVEX: what does not count is a statement, and what was merely accepted is no analysis.

use crate::recipe::shop;
use crate::standards::text;
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
            json!(["not_affected", "vulnerable_code_not_present", "awk is not built", null]),
        ),
        (
            "vex:a.json",
            "not_affected: we never call it",
            None,
            json!(["not_affected", null, "we never call it", null]),
        ),
        ("vex:a.json", "fixed", None, json!(["fixed", null, null, null])),
        ("distribution", "judged by it", None, json!(["not_affected", null, "judged by it", null])),
        (
            "not-linked",
            "no code of it is here",
            None,
            json!(["not_affected", "vulnerable_code_not_present", "no code of it is here", null]),
        ),
        (
            ".trivyignore:3",
            "no clients",
            Some("2027-01-31"),
            json!([
                "affected",
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
            json!(["affected", null, null, "Accepted by .snyk:3: fixed: soon"]),
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
        let keys = ["status", "justification", "impact_statement", "action_statement"];
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
