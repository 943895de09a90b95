//! What changed between two databases.

use crate::recipe::{about, affected, db, db_after};
use jsonschema::Validator;
use lazaret_advisory::{Db, diff};
use lazaret_core::advisory::{Advisory, Status};
use lazaret_core::severity::Severity;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SCHEMA: &str = include_str!("../../../../docs/schemas/db-diff-1.json");

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// What changed, as JSON that has the shape of the schema.
fn changed(old: &Db, new: &Db) -> Value {
    let value = serde_json::to_value(diff(old, new).unwrap()).unwrap();
    let errors: Vec<String> = validator().iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?} in {value:#}");
    value
}

#[test]
fn records_come_go_and_change_by_package() {
    let mut both = about("B", &[], "q", &["< 1"]);
    both.affected.push(affected("r", &["< 1"]));
    let old = db(vec![(
        "pypi",
        vec![about("A", &[], "p", &["< 1"]), both.clone(), about("C", &[], "p", &["*"])],
    )]);
    both.affected[0].ranges.clear();
    both.affected[0].status = Status::NotAffected;
    both.affected[1] = affected("s", &["< 1"]);
    let new = db(vec![(
        "pypi",
        vec![both, about("C", &["CVE-2024-0001"], "p", &["*"]), about("D", &[], "p", &["*"])],
    )]);
    let value = changed(&old, &new);
    assert_eq!(
        value["segments"],
        json!([{
            "name": "pypi", "change": "changed", "ecosystem": "pypi",
            "records": {"added": 1, "removed": 1, "changed": 2},
            "packages": {
                "p": [
                    {"record": "A", "change": "removed"},
                    {"record": "C", "change": "changed", "what": ["aliases"]},
                    {"record": "D", "change": "added"},
                ],
                "q": [
                    {"record": "B", "change": "changed", "what": ["fix", "status", "versions"]},
                ],
                "r": [{"record": "B", "change": "removed"}],
                "s": [{"record": "B", "change": "added"}],
            },
        }])
    );
}

#[test]
fn every_part_of_a_record_is_compared() {
    let old = about("A", &[], "p", &["< 1"]);
    let check = |change: &dyn Fn(&mut Advisory), expected: &[&str]| {
        let mut new = old.clone();
        change(&mut new);
        let value = changed(&db(vec![("pypi", vec![old.clone()])]), &db(vec![("pypi", vec![new])]));
        assert_eq!(value["segments"][0]["packages"]["p"][0]["what"], json!(expected), "{value}");
    };
    check(&|record| record.aliases.push("CVE-2024-0001".into()), &["aliases"]);
    check(&|record| record.cwes.push("CWE-79".into()), &["cwes"]);
    check(&|record| record.modified = Some(1), &["dates"]);
    check(&|record| record.severity = Some(Severity::Low), &["severity"]);
    check(&|record| record.affected[0].severity = Some(Severity::Low), &["severity"]);
    check(&|record| record.affected[0].status = Status::WillNotFix, &["status"]);
    check(&|record| record.affected[0].versions.push("7".into()), &["versions"]);
    check(&|record| record.affected[0].ranges.clear(), &["fix", "versions"]);
    check(&|record| record.affected[0].conditions.module = Some("m:1".into()), &["conditions"]);
    check(
        &|record| {
            record.scores.push(lazaret_core::advisory::Score {
                vector: "CVSS:3.1/x".into(),
                score: 1.0,
                source: None,
            });
        },
        &["scores"],
    );
}

#[test]
fn segments_come_and_go() {
    let record = |id: &str| vec![about(id, &[], "p", &["*"])];
    let old = db(vec![("npm", record("N")), ("pypi", record("P"))]);
    let new = db(vec![("crates.io", record("R")), ("pypi", record("P"))]);
    let value = changed(&old, &new);
    let told: Vec<(&str, &str)> = value["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["name"].as_str().unwrap(), s["change"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("crates.io", "added"), ("npm", "removed")]);
    assert_eq!(value["segments"][0]["packages"]["p"][0]["change"], "added");
    assert_eq!(value["segments"][1]["packages"]["p"][0]["change"], "removed");
}

#[test]
fn a_database_differs_from_itself_in_nothing() {
    let record = || vec![about("A", &[], "p", &["*"])];
    let one = db_after(None, Some(86_400), vec![("pypi", record())]);
    assert_eq!(changed(&one, &one)["segments"], json!([]));
    // The same records, first seen at another time, say the same.
    let empty = db_after(None, Some(86_400), vec![("pypi", vec![])]);
    let later = db_after(Some(&empty), Some(2 * 86_400), vec![("pypi", record())]);
    assert_ne!(one.info("pypi").unwrap().digest, later.info("pypi").unwrap().digest);
    assert_eq!(changed(&one, &later)["segments"], json!([]));
}

fn arbitrary() -> impl Strategy<Value = Vec<Advisory>> {
    let record = ("[A-E]", prop::collection::vec(("[p-r]", "[1-3]"), 1..4));
    prop::collection::vec(record, 0..6).prop_map(|records| {
        let mut seen = BTreeSet::new();
        records
            .into_iter()
            .filter(|(id, _)| seen.insert(id.clone()))
            .map(|(id, packages)| {
                let mut record = about(&id, &[], "x", &[]);
                record.affected = packages
                    .iter()
                    .map(|(package, fixed)| affected(package, &[&format!("< {fixed}")]))
                    .collect();
                record
            })
            .collect()
    })
}

proptest! {
    /// A package that is not told of has the same statements in both.
    #[test]
    fn what_is_not_told_is_the_same(old in arbitrary(), new in arbitrary()) {
        let (old, new) = (db(vec![("pypi", old)]), db(vec![("pypi", new)]));
        let told = diff(&old, &new).unwrap();
        let back = diff(&new, &old).unwrap();
        let packages = |diff: &lazaret_advisory::Diff| -> BTreeSet<String> {
            diff.segments.iter().flat_map(|s| s.packages.keys().cloned()).collect()
        };
        prop_assert_eq!(packages(&told), packages(&back));
        let statements = |db: &Db, package: &str| -> Vec<String> {
            let rows = db.lookup("pypi", package).unwrap().unwrap();
            rows.map(|row| {
                let row = row.unwrap();
                let id = row.advisory().unwrap().id().to_string();
                let ranges: Vec<String> =
                    row.ranges().map(|r| r.unwrap().to_range().to_string()).collect();
                format!("{id} {ranges:?}")
            })
            .collect()
        };
        for package in ["p", "q", "r"] {
            let same = statements(&old, package) == statements(&new, package);
            prop_assert_eq!(same, !packages(&told).contains(package), "{}", package);
        }
    }
}
