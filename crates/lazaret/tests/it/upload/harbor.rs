//! Reports attached to images: in a real registry that keeps no list of its own, and in one that
//! does, as Harbor.

use super::server::{Reply, Request, Server};
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use crate::support::{example, ran_with_input};
use lazaret_testkit::parse_recipe;
use lazaret_testkit::registry::{PASSWORD, Registry, Setup, USERNAME};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A document of a registry, by Skopeo.
fn raw(reference: &str) -> Value {
    let output = Command::new("skopeo")
        .args(["inspect", "--raw", "--tls-verify=false", "--creds"])
        .arg(format!("{USERNAME}:{PASSWORD}"))
        .arg(format!("docker://{reference}"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{reference}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_report_is_found_from_its_image() {
    let Some(registry) = Registry::start(Setup { password: true, tls: false }) else { return };
    let recipe = std::fs::read_to_string(example().with_extension("recipe")).unwrap();
    let layout = tempfile::tempdir().unwrap();
    parse_recipe(&recipe).unwrap().write_layout(layout.path()).unwrap();
    registry.push(layout.path(), None, "team/ferry:1.4", &[]);
    let image = format!("{}/team/ferry", registry.address);
    let user = [("HARBOR_USERNAME", USERNAME), ("HARBOR_PASSWORD", PASSWORD)];

    let mut saved = Saved::report();
    // The layout has a manifest of its own.
    saved.document["image"].as_object_mut().unwrap().remove("digest");
    let report = saved.write();
    let report = report.to_str().unwrap();
    let tagged = format!("{image}:1.4");
    for format in ["json", "sarif", "sarif"] {
        let words = ["harbor", "--insecure", "--image", &tagged, "--format", format];
        let annotation = ["--annotation", "org.example.build=77", report];
        let attached = upload(&[&words[..], &annotation].concat(), &user);
        assert_done(&attached, &[&format!("attached to {image}@sha256:"), "listed under the tag"]);
        assert!(!attached.stdout.contains(PASSWORD) && !attached.stderr.contains(PASSWORD));
    }
    let subject = ran_with_input(
        Command::new("skopeo")
            .args(["inspect", "--tls-verify=false", "--format", "{{.Digest}}", "--creds"])
            .arg(format!("{USERNAME}:{PASSWORD}"))
            .arg(format!("docker://{tagged}")),
        "",
    );
    let subject = subject.stdout.trim();
    // The list of the referrers tag schema: the same report is there once.
    let list = raw(&format!("{image}:{}", subject.replace(':', "-")));
    assert_eq!(list["mediaType"], "application/vnd.oci.image.index.v1+json");
    let kinds: Vec<&str> = list["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["artifactType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["application/vnd.lazaret.report.v1+json", "application/sarif+json"]);
    for entry in list["manifests"].as_array().unwrap() {
        assert_eq!(entry["annotations"]["org.example.build"], "77");
        let manifest = raw(&format!("{image}@{}", entry["digest"].as_str().unwrap()));
        assert_eq!(manifest["subject"]["digest"], subject);
        assert_eq!(manifest["subject"]["mediaType"], MANIFEST);
        assert_eq!(manifest["artifactType"], entry["artifactType"]);
        assert_eq!(manifest["config"]["mediaType"], "application/vnd.oci.empty.v1+json");
    }

    let other = format!("{image}:2.0");
    let words = ["harbor", "--insecure", "--image", &other, report];
    assert_refused(&upload(&words, &user), &["the repository has no such image"]);
    let wrong = [("HARBOR_USERNAME", USERNAME), ("HARBOR_PASSWORD", TOKEN)];
    let words = ["harbor", "--insecure", "--image", &tagged, report];
    assert_refused(&upload(&words, &wrong), &["refuses access"]);
}

type Kept = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A registry that lists what is about an image, as Harbor from 2.9 on.
fn harbor(image: &Value) -> (Server, Kept, String) {
    let kept: Kept = Arc::default();
    let bytes = image.to_string().into_bytes();
    let digest = sha256(&bytes);
    let path = format!("/v2/team/ferry/manifests/{digest}");
    kept.lock().unwrap().insert(path, bytes);
    let shared = Arc::clone(&kept);
    let server = Server::start(move |request: &Request, _| {
        let path = request.path.split('?').next().unwrap().to_owned();
        let mut kept = shared.lock().unwrap();
        Some(match request.method.as_str() {
            "GET" | "HEAD" if path == "/v2/" => Reply::new(200, ""),
            "GET" => match kept.get(&path) {
                Some(bytes) => Reply::new(200, bytes.clone())
                    .header("Content-Type", MANIFEST)
                    .header("Docker-Content-Digest", sha256(bytes)),
                None => Reply::new(404, ""),
            },
            "HEAD" => Reply::new(404, ""),
            "POST" => Reply::new(202, "").header("Location", format!("{path}1")),
            "PUT" => {
                kept.insert(request.path.clone(), request.body.clone());
                let reply = Reply::new(201, "");
                let manifest: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                match manifest["subject"]["digest"].as_str() {
                    Some(subject) => reply.header("OCI-Subject", subject),
                    None => reply,
                }
            }
            other => panic!("{other}"),
        })
    });
    (server, kept, digest)
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    format!("sha256:{}", hex::encode(sha2::Sha256::digest(bytes)))
}

#[test]
fn harbor_lists_it_itself() {
    let (server, kept, digest) =
        harbor(&json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": {}, "layers": []}));
    let mut saved = Saved::report();
    saved.document["image"]["name"] = json!(format!("{}/team/ferry:1.4", server.address));
    saved.document["image"]["digest"] = json!(digest);
    // The report knows its image.
    let report = saved.write();
    let words = ["harbor", "--insecure", "--format", "cyclonedx", report.to_str().unwrap()];
    let attached = upload(&words, &[]);
    assert_done(&attached, &[&format!("team/ferry@{digest}\n"), "artifact sha256:"]);
    let kept = kept.lock().unwrap();
    let manifests: Vec<Value> = kept
        .values()
        .filter_map(|bytes| serde_json::from_slice(bytes).ok())
        .filter(|document: &Value| document.get("subject").is_some())
        .collect();
    let [manifest] = manifests.as_slice() else { panic!("{manifests:?}") };
    assert_eq!(manifest["artifactType"], "application/vnd.cyclonedx+json");
    assert_eq!(manifest["subject"]["digest"], digest);
    let layer = &manifest["layers"][0];
    assert_eq!(layer["annotations"]["org.opencontainers.image.title"], "bom.cdx.json");
    let layer = layer["digest"].as_str().unwrap();
    let blob = kept.values().find(|bytes| sha256(bytes) == layer).unwrap();
    let bom: Value = serde_json::from_slice(blob).unwrap();
    assert_eq!(bom["bomFormat"], "CycloneDX");
    // No list of our own beside the registry's.
    assert!(!kept.keys().any(|path| path.ends_with(&digest.replace(':', "-"))));
}

#[test]
fn a_report_is_not_attached_to_another_image() {
    let saved = Saved::report();
    let report = saved.write();
    let other = format!("127.0.0.1:9/team/ferry@sha256:{}", "0".repeat(64));
    let words = ["harbor", "--image", &other, report.to_str().unwrap()];
    assert_refused(&upload(&words, &[]), &["the report is about sha256:"]);
    let alone = [("HARBOR_USERNAME", "ann")];
    let words = ["harbor", report.to_str().unwrap()];
    assert_refused(&upload(&words, &alone), &["belong together"]);
    let words = ["harbor", "--password", TOKEN, report.to_str().unwrap()];
    assert_refused(&upload(&words, &[]), &["--password is refused", "HARBOR_PASSWORD"]);
    let words = ["harbor", "--dry-run", report.to_str().unwrap()];
    let dry = upload(&words, &[]);
    assert_done(&dry, &["attach to example.test/ferry@sha256:", "lazaret.report.v1+json"]);
}
