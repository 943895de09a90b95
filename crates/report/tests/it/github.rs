//! GitHub's dependency snapshot: what the schema of its API requires.

use crate::recipe::{Recipe, shop};
use lazaret_core::inventory::{Relation, RelationKind};
use lazaret_core::location::LayerIndex;
use lazaret_core::package::{PackageId, Presence};
use lazaret_core::report::Report;
use lazaret_report::{Format, GithubOptions, Reports, WriteOptions, write};
use serde_json::{Value, json};

fn snapshot(reports: Vec<Report>, options: &WriteOptions) -> Value {
    let mut out = Vec::new();
    write(Format::Github, &Reports(reports), options, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn what_is_required_is_there() {
    let options = WriteOptions {
        source_date: Some(1_700_000_000),
        github: GithubOptions {
            sha: "ddc951f4b1293222421f2c8df679786153acf689".into(),
            git_ref: "refs/heads/main".into(),
            correlator: "build_scan".into(),
            job_id: "77".into(),
            job_url: "https://github.example/a/b/actions/runs/77".into(),
        },
        ..WriteOptions::default()
    };
    let snapshot = snapshot(vec![shop().build()], &options);
    let expected = json!({
        "version": 0,
        "sha": "ddc951f4b1293222421f2c8df679786153acf689",
        "ref": "refs/heads/main",
        "job": {
            "correlator": "build_scan",
            "id": "77",
            "html_url": "https://github.example/a/b/actions/runs/77",
        },
        "scanned": "2023-11-14T22:13:20Z",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(snapshot[key], *value, "{key}");
    }
    assert_eq!(snapshot["detector"]["name"], "lazaret");
    assert_eq!(snapshot["detector"]["version"], "0.1.0");
    for (key, manifest) in snapshot["manifests"].as_object().unwrap() {
        assert!(manifest["name"].is_string(), "{key}");
        let source = manifest["file"]["source_location"].as_str().unwrap();
        assert!(source.starts_with("registry.example/shop/web:1.4@sha256:"), "{source}");
        // At most eight words of metadata.
        assert!(manifest["metadata"].as_object().unwrap().len() <= 8);
        for (key, package) in manifest["resolved"].as_object().unwrap() {
            assert_eq!(package["package_url"], key.as_str());
            assert!(key.starts_with("pkg:"), "{key}");
            assert!(matches!(package["relationship"].as_str(), Some("direct" | "indirect")));
            assert!(matches!(package["scope"].as_str(), Some("runtime" | "development")));
        }
    }
}

#[test]
fn without_a_workflow_nothing_is_made_up() {
    let snapshot = snapshot(vec![shop().build()], &WriteOptions::default());
    assert!(snapshot.get("sha").is_none() && snapshot.get("ref").is_none());
    assert_eq!(snapshot["job"], json!({"correlator": "lazaret", "id": "0"}));
    assert_eq!(snapshot["scanned"], "2024-02-13T08:00:00Z");
}

#[test]
fn packages_are_where_they_belong() {
    let mut recipe = Recipe::debian();
    recipe.deb(0, "openssl", "libssl3", "3.0.11-1~deb12u2");
    let django = recipe.python(3, "Django", "2.2.1");
    let sqlparse = recipe.python(3, "sqlparse", "0.4.4");
    let lodash = recipe.npm(4, "lodash", "4.17.15");
    let eslint = recipe.npm(4, "eslint", "8.0.0");
    recipe.python(3, "gone", "1.0");
    let mut report = recipe.build();
    let at = |id: PackageId| id.index();
    report.inventory.packages[at(sqlparse)].direct = Some(false);
    report.inventory.packages[at(eslint)].presence = Presence::DeclaredDev;
    report.inventory.packages.last_mut().unwrap().removed_in = Some(LayerIndex(4));
    report.inventory.relations =
        vec![Relation { from: django, to: sqlparse, kind: RelationKind::DependsOn }];
    let purl = |id: PackageId| report.inventory.packages[at(id)].purl.clone();
    let (django, sqlparse, lodash, eslint) =
        (purl(django), purl(sqlparse), purl(lodash), purl(eslint));

    let snapshot = snapshot(vec![report.clone()], &WriteOptions::default());
    let names: Vec<&str> = snapshot["manifests"]
        .as_object()
        .unwrap()
        .values()
        .map(|manifest| manifest["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["PyPI", "app/package-lock.json", "debian 12"]);
    let manifest = |name: &str| {
        snapshot["manifests"][format!("registry.example/shop/web:1.4: {name}")]["resolved"].clone()
    };
    let python = manifest("PyPI");
    assert_eq!(python.as_object().unwrap().len(), 2);
    assert_eq!(python[&django]["dependencies"], json!([sqlparse]));
    assert_eq!(python[&django]["relationship"], "direct");
    assert_eq!(python[&sqlparse]["relationship"], "indirect");
    let npm = manifest("app/package-lock.json");
    assert_eq!(npm[&lodash]["scope"], "runtime");
    assert_eq!(npm[&eslint]["scope"], "development");
    assert_eq!(npm[&eslint]["metadata"]["lazaret:path"], "app/package-lock.json");
}

#[test]
fn images_have_manifests_of_their_own() {
    let mut other = shop().build();
    other.image.name = "registry.example/shop/worker:1.4".into();
    let one = snapshot(vec![shop().build()], &WriteOptions::default());
    let both = snapshot(vec![shop().build(), other], &WriteOptions::default());
    let count = |snapshot: &Value| snapshot["manifests"].as_object().unwrap().len();
    assert_eq!(count(&both), 2 * count(&one));
}
