//! Bills of materials that the registry has beside an image.

use crate::support::{Ran, example, lazaret, ran, run};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lazaret_core::reference::Reference;
use lazaret_image::RegistryOptions;
use lazaret_image::artifact::{ArtifactManifest, Blob, ManifestName, Repository, Store as _};
use lazaret_testkit::parse_recipe;
use lazaret_testkit::registry::{Registry, Setup};
use serde_json::{Value, json};
use std::fs;

/// The example image in a registry.
struct Ferry {
    reference: String,
    _registry: Registry,
}

impl Ferry {
    fn start() -> Option<Self> {
        let registry = Registry::start(Setup::default())?;
        let recipe = fs::read_to_string(example().with_extension("recipe")).unwrap();
        let layout = tempfile::tempdir().unwrap();
        parse_recipe(&recipe).unwrap().write_layout(layout.path()).unwrap();
        registry.push(layout.path(), None, "team/ferry:1", &[]);
        let reference = format!("{}/team/ferry:1", registry.address);
        Some(Self { reference, _registry: registry })
    }

    fn scan(&self, arguments: &[&str]) -> Ran {
        let mut command = lazaret();
        command.args(["image", "--insecure", "--platform", "linux/amd64", &self.reference]);
        ran(command.args(arguments))
    }

    /// Puts a document of a media type under a tag.
    fn attach(&self, tag: &str, media_type: &str, text: &str) -> String {
        let options = RegistryOptions { plain_http: true, ..RegistryOptions::default() };
        let reference = Reference::parse(&self.reference).unwrap();
        let mut repository = Repository::writing(&reference, &options).unwrap();
        let layer = Blob::from_bytes(text.as_bytes().to_vec());
        let config = Blob::from_bytes(b"{}".to_vec());
        for blob in [&layer, &config] {
            repository.put_blob(blob).unwrap();
        }
        let manifest = ArtifactManifest::new(
            "",
            config.descriptor("application/vnd.oci.image.config.v1+json"),
            vec![layer.descriptor(media_type)],
        );
        let tag = ManifestName::Tag(tag.to_owned());
        repository.put_manifest(&tag, &manifest, &manifest.to_json().unwrap()).unwrap();
        layer.digest().to_string()
    }
}

/// The envelope of a statement about an image (DSSE, and in-toto's statement of version 1).
fn envelope(hex: &str, kind: &str, predicate: &Value) -> String {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": kind,
        "subject": [{"name": "ferry", "digest": {"sha256": hex}}],
        "predicate": predicate,
    });
    let payload = BASE64_STANDARD.encode(statement.to_string());
    json!({"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []})
        .to_string()
}

fn named<'r>(report: &'r Value, name: &str) -> Vec<&'r Value> {
    let packages = report["inventory"]["packages"].as_array().unwrap();
    packages.iter().filter(|package| package["name"] == name).collect()
}

#[test]
fn what_is_attached_is_joined_with_what_is_seen() {
    let Some(ferry) = Ferry::start() else { return };
    let before = ferry.scan(&["-f", "json", "--sbom-sources", "oci"]);
    assert_eq!(before.code, 0, "{}", before.stderr);
    let before = before.json();
    assert_eq!(before["provenance"]["attached"], Value::Null);
    let hex = before["image"]["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();

    // A version of ws that no scan of the image can see (CVE-2024-37890 is fixed in 8.17.1), and
    // packages that it sees as well.
    let bom = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        {"type": "library", "purl": "pkg:npm/ws@8.16.0"},
        {"type": "library", "purl": "pkg:pypi/django@3.2.12"},
        {"type": "library", "purl": "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64"}]});
    let attested = ferry.attach(
        &format!("sha256-{hex}.att"),
        "application/vnd.dsse.envelope.v1+json",
        &envelope(&hex, "https://cyclonedx.org/bom", &bom),
    );
    let tags = "SPDXVersion: SPDX-2.3\nPackageName: urllib3\nSPDXID: SPDXRef-urllib3\n\
                PackageVersion: 1.23\nExternalRef: PACKAGE-MANAGER purl pkg:pypi/urllib3@1.23\n";
    let attached = ferry.attach(&format!("sha256-{hex}.sbom"), "text/spdx", tags);

    let ran = ferry.scan(&["-f", "json", "--sbom-sources", "oci", "--vex", "oci"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let after = ran.json();
    let mut expected = [
        json!({"digest": attested, "type": "https://cyclonedx.org/bom",
            "path": format!("oci:{attested}.sbom.json"), "signature": "not-checked"}),
        json!({"digest": attached, "type": "text/spdx", "path": format!("oci:{attached}.spdx"),
            "signature": "not-checked"}),
    ];
    expected.sort_by_key(|one| one["digest"].to_string());
    assert_eq!(after["provenance"]["attached"], json!(expected));
    // Nothing but what the snapshot says of its own coverage.
    let problems = after["inventory"]["problems"].as_array().unwrap();
    assert!(problems.iter().all(|problem| problem["kind"] == "coverage"), "{problems:?}");

    let layers = after["image"]["layers"].as_array().unwrap().len();
    let mut told = named(&after, "ws");
    told.retain(|package| package["version"] == "8.16.0");
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["layer"], &told[0]["presence"]), (&json!(layers), &json!("described")));
    assert_eq!(
        told[0]["locations"],
        json!([{"layer": layers, "path": format!("oci:{attested}.sbom.json")}])
    );
    let findings = after["findings"].as_array().unwrap();
    let is_of_it = |finding: &&Value| finding["package"]["version"] == "8.16.0";
    let ids: Vec<&str> =
        findings.iter().filter(is_of_it).filter_map(|finding| finding["id"].as_str()).collect();
    assert!(ids.contains(&"CVE-2024-37890"), "{ids:?}");
    let known = before["inventory"]["packages"].as_array().unwrap().len();
    assert_eq!(after["inventory"]["packages"].as_array().unwrap().len(), known + 1);
    for (name, seen_by, told_by, file) in [
        ("Django", "python/dist-info", "sbom/json", format!("oci:{attested}.sbom.json")),
        ("libssl3", "dpkg/status", "sbom/json", format!("oci:{attested}.sbom.json")),
        ("urllib3", "python/dist-info", "sbom/spdx", format!("oci:{attached}.spdx")),
    ] {
        let found = named(&after, name);
        let was = named(&before, name);
        assert_eq!((found.len(), was.len()), (1, 1), "{name}");
        assert_eq!(found[0]["layer"], was[0]["layer"], "{name}");
        assert_eq!(was[0]["found_by"], json!([seen_by]));
        assert_eq!(found[0]["found_by"], json!([seen_by, told_by]), "{name}");
        let places = found[0]["locations"].as_array().unwrap();
        assert_eq!(places.last().unwrap()["path"], file.as_str(), "{name}");
    }

    let table = ferry.scan(&["--sbom-sources", "oci"]).stdout;
    let line = "Joined with 2 bills of materials in the registry: signature not checked";
    assert!(table.contains(line), "{table}");
    assert!(!ferry.scan(&[]).stdout.contains("in the registry"));
    // What a report says of it comes back from it.
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved.json");
    fs::write(&saved, &ran.stdout).unwrap();
    let html = run(&["convert", saved.to_str().unwrap(), "-f", "html"]);
    assert!(html.stdout.contains("Bill of materials in the registry, signature not checked"));
    let again = run(&["convert", saved.to_str().unwrap(), "-f", "json"]);
    assert_eq!(again.json()["provenance"], after["provenance"]);
}

#[test]
fn what_is_attached_and_cannot_be_read_makes_the_scan_incomplete() {
    let Some(ferry) = Ferry::start() else { return };
    // The snapshot covers less than everything, which is incomplete as well.
    let judge = |arguments: &[&str]| {
        let all = [&["-f", "json", "--scanners", "secret", "--fail-on", "incomplete"], arguments];
        ferry.scan(&all.concat())
    };
    let whole = judge(&[]).json();
    let hex = whole["image"]["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    let gate = ["--sbom-sources", "oci"];
    let tag = format!("sha256-{hex}.att");
    let dsse = "application/vnd.dsse.envelope.v1+json";
    assert_eq!(judge(&gate).code, 0);
    for (text, said) in [
        ("{".to_owned(), "is no JSON object"),
        (envelope(&hex, "https://spdx.dev/Document", &json!({"hello": 1})), "bill of materials"),
        (envelope(&hex, "https://spdx.dev/Document", &json!("hello")), ""),
    ] {
        ferry.attach(&tag, dsse, &text);
        let ran = judge(&gate);
        assert_eq!(ran.code, 2, "{text}: {}", ran.stderr);
        let problems = ran.json()["inventory"]["problems"].to_string();
        assert!(problems.contains(said), "{problems}");
        // Who did not ask is not bothered.
        assert_eq!(judge(&[]).code, 0);
    }
    // Neither is what others attached for other reasons.
    for text in [
        envelope(&hex, "https://slsa.dev/provenance/v1", &json!({})),
        envelope(&"0".repeat(64), "https://spdx.dev/Document", &json!({"hello": 1})),
    ] {
        ferry.attach(&tag, dsse, &text);
        assert_eq!(judge(&gate).code, 0, "{text}");
    }
}

#[test]
fn only_the_registry_of_an_image_is_asked() {
    let input = example();
    let input = input.to_str().unwrap();
    for (arguments, said) in [
        (&["image", "--input", input, "--sbom-sources", "oci"][..], "name one in a registry"),
        (&["image", "--sbom-sources", "oci,rekor", "x"], "--sbom-sources rekor is not available"),
        (&["image", "--sbom-sources", "oic", "x"], "`oic` is no source"),
        (&["rootfs", "/", "--sbom-sources", "oci"], "unexpected argument '--sbom-sources'"),
        (&["gate", "--sbom-sources", "oci", "--report", "x.json"], "has its packages"),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
}
