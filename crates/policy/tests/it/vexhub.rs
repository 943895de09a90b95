//! Real VEX repositories, kept beside a checkout.

use crate::recipe::{Recipe, judge, today};
use flate2::read::GzDecoder;
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_policy::Policy;
use lazaret_policy::vex::{Statements, index, read};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

/// The files of an archive, where there is one.
#[expect(clippy::print_stdout, reason = "who reads the output should know what was skipped")]
fn files(name: &str) -> BTreeMap<String, Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds/vex").join(name);
    let Ok(archive) = std::fs::File::open(&path) else {
        println!("skipped: there is no ../shared/feeds/vex/{name} beside the checkout");
        return BTreeMap::new();
    };
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(GzDecoder::new(archive)).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().trim_start_matches("./").to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    files
}

#[test]
fn every_document_is_read() {
    for (archive, expected) in [
        // Counted with a JSON library of another language.
        ("aquasecurity-vexhub.tar.gz", (59, 15_304)),
        ("rancher-vexhub.tar.gz", (503, 107_483)),
    ] {
        let files = files(archive);
        let is_document = |name: &&String| {
            Path::new(name).extension().is_some_and(|extension| extension == "json")
                && !["manifest.json", "index.json", "vex-repository.json", "package.json"]
                    .iter()
                    .any(|other| name.ends_with(other))
        };
        let (mut documents, mut statements) = (0, 0);
        for name in files.keys().filter(is_document) {
            let bytes = &files[name];
            if !String::from_utf8_lossy(bytes).contains("openvex.dev/ns") {
                continue;
            }
            let document = read(name, bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            // Every statement of the JSON is one of ours.
            let json: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            assert_eq!(document.statements.len(), json["statements"].as_array().unwrap().len());
            documents += 1;
            statements += document.statements.len();
        }
        if !files.is_empty() {
            assert_eq!((documents, statements), expected, "{archive}");
        }
        for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with("index.json")) {
            let entries = index(bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert!(!entries.is_empty(), "{name}");
        }
    }
}

#[test]
fn a_statement_about_trivys_image_applies_to_it_and_to_no_other() {
    let files = files("aquasecurity-vexhub.tar.gz");
    let name = "pkg/oci/ghcr.io/aquasecurity/trivy/oci.openvex.json";
    let Some(bytes) = files.iter().find(|(path, _)| path.ends_with(name)).map(|(_, bytes)| bytes)
    else {
        assert!(files.is_empty(), "the repository has no {name}");
        return;
    };
    let mut document = read(name, bytes).unwrap();
    document.is_expected = false;
    let vex = Arc::new(Statements::new(vec![document]));
    let policy = Policy { vex, today: today(), ..Policy::default() };
    for (image, id, package, expected) in [
        // As the document states: busybox's awk is not used in Trivy's own image.
        ("ghcr.io/aquasecurity/trivy:0.53.0", "CVE-2023-42363", "busybox", true),
        ("aquasec/trivy:0.53.0", "CVE-2023-42363", "busybox", true),
        ("public.ecr.aws/aquasecurity/trivy", "CVE-2023-42363", "ssl_client", true),
        ("ghcr.io/aquasecurity/trivy:0.53.0", "CVE-2023-42363", "musl", false),
        ("ghcr.io/aquasecurity/trivy:0.53.0", "CVE-2020-0001", "busybox", false),
        ("ghcr.io/somebody/trivy:0.53.0", "CVE-2023-42363", "busybox", false),
    ] {
        let mut recipe = Recipe::new();
        image.clone_into(&mut recipe.report.image.name);
        let os = &mut recipe.report.inventory.os.as_mut().unwrap().os;
        os.id = "alpine".into();
        let place = (0, "lib/apk/db/installed");
        let package = recipe.package(Ecosystem::Apk, package, "1.36.1-r5", place);
        recipe.finding(id, Severity::High, package);
        let (findings, _) = judge(&policy, &recipe.report);
        assert_eq!(!findings[0].state.is_open(), expected, "{image} {id}");
    }
}
