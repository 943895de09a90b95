//! Real images and package databases kept beside the checkout, with facts that no scanner made.

use crate::support::{packages, report, run, shared, text};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn edge(name: &str) -> Option<Value> {
    shared(&format!("corpus/images/edge/{name}")).map(|path| report(&path))
}

#[test]
fn edge_cases_give_what_their_facts_say() {
    for (name, count) in [
        ("apk-removed-later", 1),
        ("apk-db-whiteout", 0),
        ("gzip-multi-member", 2),
        ("uncompressed-layer", 2),
        ("empty-layers", 2),
    ] {
        let Some(report) = edge(name) else { return };
        assert_eq!(packages(&report, "apk").len(), count, "{name}");
        assert_eq!(report["inventory"]["os"]["id"], "alpine", "{name}");
        assert_eq!(
            report["inventory"]["problems"].as_array().map_or(0, |problems| {
                problems.iter().filter(|problem| problem["kind"] != "coverage").count()
            }),
            0,
            "{name}"
        );
    }
    let report = edge("apk-removed-later").unwrap();
    assert_eq!(packages(&report, "apk")[0].split(' ').next(), Some("musl"));
    assert_eq!(edge("apk-db-whiteout").unwrap()["inventory"]["os"]["version"], "3.16.0");
    let release = edge("osrelease-symlink-upper").unwrap();
    assert_eq!(release["inventory"]["os"]["version"], "3.18.0");
}

#[test]
fn debian_edge_cases_give_what_their_facts_say() {
    let Some(distroless) = edge("distroless-status-d") else { return };
    assert_eq!(packages(&distroless, "deb").len(), 3);
    let states = edge("dpkg-states").unwrap();
    let names: Vec<String> = packages(&states, "deb");
    let names: Vec<&str> = names.iter().map(|name| name.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["a-installed", "e-hold"]);
    let installed = &states["inventory"]["packages"][0];
    assert_eq!(installed["source"]["name"], "a-src");
    assert_eq!(installed["source"]["version"], "1:2.0-3");
}

#[test]
fn damaged_images_are_errors_that_name_the_blob() {
    let Some(path) = shared("corpus/images/edge/missing-blob") else { return };
    let ran = run(&["image", "--input", path.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    let index = std::fs::read_to_string(path.join("index.json")).unwrap();
    let missing = missing_layer(&path, &index);
    assert!(ran.stderr.contains(&missing), "{missing} is not named in {}", ran.stderr);
    let path = shared("corpus/images/edge/diffid-mismatch").unwrap();
    let ran = run(&["image", "--input", path.to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("sha256:"), "{}", ran.stderr);
}

/// The digest that the manifest names and the layout lacks.
fn missing_layer(path: &Path, index: &str) -> String {
    let blob = |digest: &str| path.join("blobs").join(digest.replace(':', "/"));
    let index: Value = serde_json::from_str(index).unwrap();
    let manifest = blob(text(&index["manifests"][0]["digest"]));
    let manifest: Value = serde_json::from_slice(&std::fs::read(manifest).unwrap()).unwrap();
    manifest["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| text(&layer["digest"]).to_owned())
        .find(|digest| !blob(digest).exists())
        .unwrap()
}

#[test]
fn platforms_of_a_nested_index_are_told_apart() {
    let Some(path) = shared("corpus/images/edge/multi-arch") else { return };
    let scan = |platform: &str| {
        run(&["image", "--input", path.to_str().unwrap(), "-f", "json", "--platform", platform])
    };
    assert_eq!(packages(&scan("linux/amd64").json(), "apk").len(), 2);
    assert_eq!(packages(&scan("linux/arm64/v8").json(), "apk").len(), 1);
    let all = scan("all").json();
    let counts: Vec<usize> =
        all["reports"].as_array().unwrap().iter().map(|r| packages(r, "apk").len()).collect();
    assert_eq!(counts, [2, 1]);
    let missing = scan("linux/s390x");
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("linux/arm64/v8"), "{}", missing.stderr);
}

#[test]
fn archives_give_what_the_layout_they_were_made_from_gives() {
    let Some(images) = shared("corpus/images") else { return };
    let expected = packages(&report(&images.join("edge/apk-removed-later")), "apk");
    for file in [
        "docker/apk-removed-later.tar",
        "ocitar/apk-removed-later.oci.tar",
        "ocitar/apk-removed-later.oci.tar.gz",
    ] {
        assert_eq!(packages(&report(&images.join(file)), "apk"), expected, "{file}");
    }
    let plain = packages(&report(&images.join("edge/uncompressed-layer")), "apk");
    assert_eq!(packages(&report(&images.join("docker/uncompressed-layer.tar")), "apk"), plain);
}

#[test]
fn langmix_gives_what_its_readme_says() {
    let Some(path) = shared("corpus/images/oci/langmix-mini") else { return };
    for name in ["langmix-mini", "langmix-mini-zstd"] {
        let report = report(&path.with_file_name(name));
        assert_eq!(packages(&report, "deb").len(), 96, "{name}");
        let python = packages(&report, "pypi");
        assert_eq!(python.len(), 18, "{name}: {python:?}");
        assert!(python.contains(&"Django 2.2.28".to_owned()));
        assert!(!python.iter().any(|package| package == "Django 2.2"));
        check_npm(&report, name);
    }
}

fn check_npm(report: &Value, name: &str) {
    let installed: Vec<&Value> = report["inventory"]["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| package["ecosystem"] == "npm" && package["presence"] == "installed")
        .collect();
    let below = |package: &&&Value| {
        package["locations"].as_array().unwrap().iter().any(|location| {
            let path = text(&location["path"]);
            path.starts_with("app/node_modules/") && path.ends_with("/package.json")
        })
    };
    assert_eq!(installed.iter().filter(below).count(), 270, "{name}");
    assert_eq!(installed.len(), 271, "{name}");
    let versions = |wanted: &str| {
        let mut found: Vec<&str> = installed
            .iter()
            .filter(|package| package["name"] == wanted)
            .map(|package| text(&package["version"]))
            .collect();
        found.sort_unstable();
        found
    };
    assert_eq!(versions("lodash"), ["4.17.21"]);
    assert_eq!(versions("minimist"), ["0.0.10", "0.0.8"]);
}

#[test]
fn package_databases_give_what_their_native_tools_list() {
    let Some(corpus) = shared("corpus") else { return };
    let mut tables = 0;
    for family in ["apk", "dpkg"] {
        for entry in std::fs::read_dir(corpus.join(family)).unwrap() {
            let folder = entry.unwrap().path();
            let table = std::fs::read_to_string(folder.join("expected.tsv")).unwrap();
            let run = run(&["rootfs", folder.to_str().unwrap(), "-f", "json"]);
            let mut found = rows(&run.json(), family);
            found.sort();
            let mut expected: Vec<Vec<String>> = table
                .lines()
                .filter(|line| !line.starts_with("package\t") && !line.starts_with("name\t"))
                .map(|line| line.split('\t').take(5).map(str::to_owned).collect())
                .collect();
            expected.sort();
            assert_eq!(found, expected, "{}", folder.display());
            tables += 1;
        }
    }
    assert_eq!(tables, 18, "all tables were compared");
}

/// The first five columns of `expected.tsv`.
fn rows(report: &Value, family: &str) -> Vec<Vec<String>> {
    let ecosystem = if family == "apk" { "apk" } else { "deb" };
    report["inventory"]["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| package["ecosystem"] == ecosystem)
        .map(|package| {
            let source = &package["source"];
            let licenses: Vec<&str> =
                package["licenses"].as_array().into_iter().flatten().map(text).collect();
            let rest = if family == "apk" {
                [text(&source["name"]).to_owned(), licenses.join(" ")]
            } else {
                [text(&source["name"]).to_owned(), text(&source["version"]).to_owned()]
            };
            let first = ["name", "version", "arch"].map(|key| text(&package[key]).to_owned());
            first.into_iter().chain(rest).collect()
        })
        .collect()
}

#[test]
fn every_corpus_image_can_be_scanned() {
    let Some(images) = shared("corpus/images") else { return };
    let mut scanned = BTreeMap::new();
    for group in ["oci", "docker", "ocitar"] {
        for entry in std::fs::read_dir(images.join(group)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                continue;
            }
            let report = report(&path);
            scanned.insert(path.clone(), report["image"]["layers"].as_array().unwrap().len());
        }
    }
    assert_eq!(scanned.len(), 7);
    assert!(scanned.values().all(|layers| *layers > 0));
}
