//! VEX from repositories, from the registry of the image, and from where a bill of materials refers to.

use crate::support::{Ran, example, lazaret, ran};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use flate2::Compression;
use flate2::write::GzEncoder;
use lazaret_core::reference::Reference;
use lazaret_image::RegistryOptions;
use lazaret_image::artifact::{ArtifactManifest, Blob, ManifestName, Repository, Store as _};
use lazaret_testkit::parse_recipe;
use lazaret_testkit::registry::{Registry, Setup};
use lazaret_testkit::web::{Fault, Web};
use std::fs;
use std::io::Write as _;
use std::path::Path;

const WS: &str = "CVE-2024-37890";

fn openvex(product: &str) -> String {
    format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1",
            "author": "a", "timestamp": "2024-01-01T00:00:00Z", "version": 1,
            "statements": [{{"vulnerability": {{"name": "{WS}"}}, "status": "not_affected",
            "justification": "component_not_present", "products": [{{"@id": "{product}"}}]}}]}}"#
    )
}

/// The archive of a repository, in a folder as GitHub makes it, with something that climbs.
fn archive(product: &str) -> Vec<u8> {
    let index = r#"{"updated_at": "2024-01-01T00:00:00Z", "packages":
        [{"id": "pkg:npm/ws", "location": "pkg/npm/ws/vex.json"}]}"#;
    let mut tar = tar::Builder::new(Vec::new());
    for (path, text) in [
        ("repo-main/README.md", "hello"),
        ("repo-main/index.json", index),
        ("repo-main/pkg/npm/ws/vex.json", &openvex(product)),
        ("other/index.json", "{}"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(text.len()).unwrap());
        header.set_mode(0o644);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(&tar.into_inner().unwrap()).unwrap();
    gz.finish().unwrap()
}

fn manifest(web: &Web) -> String {
    let location = format!("{}//repo-main", web.url("main.tar.gz"));
    format!(
        r#"{{"name": "Test", "description": "d", "versions": [{{"spec_version": "0.1",
            "locations": [{{"url": "{location}"}}], "update_interval": "24h"}}]}}"#
    )
}

fn run(cache: &Path, arguments: &[&str]) -> Ran {
    let mut command = lazaret();
    ran(command.current_dir(cache).env("LAZARET_CACHE_DIR", cache).args(arguments))
}

/// Who suppresses the finding of `ws`.
fn by(cache: &Path, arguments: &[&str]) -> String {
    let input = fs::canonicalize(example()).unwrap();
    let all = ["image", "-f", "json", "--input", input.to_str().unwrap()];
    let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
    suppressed_by(&run(cache, &all))
}

fn suppressed_by(ran: &Ran) -> String {
    let report = ran.json();
    let findings = report["findings"].as_array().unwrap().clone();
    let ws = findings.iter().find(|finding| finding["id"] == WS).unwrap();
    ws["suppression"]["by"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_repository_is_fetched_kept_and_asked_for_changes() {
    let web = Web::start();
    web.put(".well-known/vex-repository.json", manifest(&web));
    web.put("main.tar.gz", archive("pkg:npm/ws"));
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path();
    let none = run(cache, &["image", "--input", "x", "--vex", "repo"]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("lazaret vex repo init"), "{}", none.stderr);
    assert_eq!(run(cache, &["vex", "repo", "download"]).code, 2);

    let made = run(cache, &["vex", "repo", "init"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let list = run(cache, &["vex", "repo", "list"]);
    assert_eq!(list.stdout, "default https://github.com/aquasecurity/vexhub\n");
    let text = format!(
        "repositories:\n  - {{name: own, url: \"{}\", enabled: true, token: secret}}\n  - {{name: \
         off, url: \"https://off.invalid\", enabled: false}}\n",
        web.url("").trim_end_matches('/')
    );
    fs::write(cache.join("vex/repository.yaml"), text).unwrap();

    // The first scan fetches, the next one of the day does not.
    assert!(by(cache, &["--vex", "repo"]).ends_with("own/pkg/npm/ws/vex.json"));
    let asked = web.take();
    let paths: Vec<&str> = asked.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/.well-known/vex-repository.json", "/main.tar.gz"]);
    assert!(asked.iter().all(|request| request.header("authorization") == Some("Bearer secret")));
    assert!(by(cache, &["--vex", "repo"]).starts_with("vex:"));
    assert_eq!(web.take(), []);
    assert!(!cache.join("vex/own/README.md").exists());

    // Asked for, what did not change is not sent again, and what did is.
    let same = run(cache, &["vex", "repo", "download"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, "own: as it was\n"), "{}", same.stderr);
    assert_eq!(web.take()[1].status, 304);
    web.put("main.tar.gz", archive("pkg:npm/something-else"));
    let new = run(cache, &["vex", "repo", "download", "own"]);
    assert_eq!(new.stdout, "own: fetched\n", "{}", new.stderr);
    assert_eq!(by(cache, &["--vex", "repo"]), "");

    // A server that fails leaves what is there; a scan without the network asks nobody.
    web.put("main.tar.gz", b"not an archive".to_vec());
    let broken = run(cache, &["vex", "repo", "download"]);
    assert_eq!(broken.code, 2);
    assert!(broken.stderr.contains("own"), "{}", broken.stderr);
    assert!(cache.join("vex/own/index.json").is_file());
    let state = cache.join("vex/own/.fetched.json");
    let old = fs::read_to_string(&state).unwrap();
    let (begin, _) = old.split_once("\"day\":").unwrap();
    fs::write(&state, format!("{begin}\"day\":\"2020-01-01\"}}")).unwrap();
    web.take();
    for quiet in ["--offline", "--skip-vex-repo-update"] {
        assert_eq!(by(cache, &["--vex", "repo", quiet]), "");
        assert_eq!(web.take(), [], "{quiet}");
    }
    assert_eq!(by(cache, &["--vex", "repo"]), "");
    assert_eq!(web.take().len(), 2);
}

#[test]
fn a_repository_that_is_none_is_an_error_that_says_which() {
    let web = Web::start();
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path();
    fs::create_dir(cache.join("vex")).unwrap();
    let list = format!("repositories: [{{name: own, url: \"{}\"}}]\n", web.url(""));
    fs::write(cache.join("vex/repository.yaml"), list).unwrap();
    let refused = |said: &str| {
        let ran = run(cache, &["image", "--input", "x", "--vex", "repo"]);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        assert!(ran.stderr.contains(said), "`{said}`: {}", ran.stderr);
    };
    refused("there is no http://");
    web.put(".well-known/vex-repository.json", "{}");
    refused("no manifest of a VEX repository");
    web.put(".well-known/vex-repository.json", manifest(&web).replace("0.1", "9.0"));
    refused("it has no version 0.1");
    web.put(".well-known/vex-repository.json", manifest(&web));
    refused("main.tar.gz");
    web.put("main.tar.gz", archive("pkg:npm/ws"));
    web.fail_always("main.tar.gz", Some(Fault::Status(403)));
    refused("403");
    for (list, said) in [
        ("repositories: [{name: ../up, url: \"http://x\"}]\n", "is no name"),
        ("repositories: [{name: a, url: b}, {name: a, url: c}]\n", "two repositories"),
        ("repositories: [{nam: a}]\n", "repository.yaml"),
    ] {
        fs::write(cache.join("vex/repository.yaml"), list).unwrap();
        refused(said);
    }
}

#[test]
fn what_is_attached_to_the_image_is_asked() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let recipe = fs::read_to_string(example().with_extension("recipe")).unwrap();
    let layout = tempfile::tempdir().unwrap();
    parse_recipe(&recipe).unwrap().write_layout(layout.path()).unwrap();
    registry.push(layout.path(), None, "team/ferry:1", &[]);
    let reference = format!("{}/team/ferry:1", registry.address);
    let cache = tempfile::tempdir().unwrap();
    let scan = |arguments: &[&str]| {
        let all = ["image", "-f", "json", "--insecure", "--platform", "linux/amd64", &reference];
        let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
        run(cache.path(), &all)
    };
    let before = scan(&["--vex", "oci"]);
    assert_eq!((before.code, suppressed_by(&before)), (0, String::new()), "{}", before.stderr);

    let digest = before.json()["image"]["digest"].as_str().unwrap().to_owned();
    let hex = digest.trim_start_matches("sha256:");
    let statement = format!(
        r#"{{"_type": "https://in-toto.io/Statement/v0.1", "predicateType":
            "https://openvex.dev/ns/v0.2.0", "subject": [{{"name": "ferry", "digest":
            {{"sha256": "{hex}"}}}}], "predicate": {}}}"#,
        openvex("pkg:oci/ferry")
    );
    let payload = BASE64_STANDARD.encode(statement);
    let envelope = format!(
        r#"{{"payloadType": "application/vnd.in-toto+json", "payload": "{payload}",
            "signatures": []}}"#
    );
    let options = RegistryOptions { plain_http: true, ..RegistryOptions::default() };
    let mut repository =
        Repository::writing(&Reference::parse(&reference).unwrap(), &options).unwrap();
    let layer = Blob::from_bytes(envelope.into_bytes());
    let config = Blob::from_bytes(b"{}".to_vec());
    for blob in [&layer, &config] {
        repository.put_blob(blob).unwrap();
    }
    let manifest = ArtifactManifest::new(
        "",
        config.descriptor("application/vnd.oci.image.config.v1+json"),
        vec![layer.descriptor("application/vnd.dsse.envelope.v1+json")],
    );
    let tag = ManifestName::Tag(format!("sha256-{hex}.att"));
    repository.put_manifest(&tag, &manifest, &manifest.to_json().unwrap()).unwrap();

    let after = scan(&["--vex", "oci"]);
    assert_eq!(suppressed_by(&after), format!("vex:oci:{}", layer.digest()), "{}", after.stderr);
    assert_eq!(suppressed_by(&scan(&[])), "");
    // A saved report is asked about by its name and digest, and so is an explanation.
    let saved = cache.path().join("saved.json");
    fs::write(&saved, &before.stdout).unwrap();
    let saved = saved.to_str().unwrap();
    let gate = ["gate", "-f", "json", "--insecure", "--vex", "oci", "--report", saved];
    assert!(suppressed_by(&run(cache.path(), &gate)).starts_with("vex:oci:"));
    let explain = ["explain", saved, WS, "--insecure", "--vex", "oci"];
    let told = run(cache.path(), &explain);
    assert!(told.stdout.contains("oci:sha256:"), "{}{}", told.stdout, told.stderr);
}

#[test]
fn what_a_bill_of_materials_refers_to_is_fetched_and_counts_as_if_named() {
    let web = Web::start();
    web.put("vex.json", openvex("pkg:npm/ws"));
    web.put("other.json", openvex("pkg:npm/something-else"));
    web.put("page.html", "<html></html>");
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let input = fs::canonicalize(example()).unwrap();
    let made = run(place, &["image", "-f", "cyclonedx", "--input", input.to_str().unwrap()]);
    let bill = made.json();
    let with = |references: &[(&str, &str)]| {
        let references: Vec<_> = references
            .iter()
            .map(|(kind, url)| serde_json::json!({"type": kind, "url": url}))
            .collect();
        let mut bill = bill.clone();
        bill["externalReferences"] = references.into();
        fs::write(place.join("bill.json"), bill.to_string()).unwrap();
    };
    let scanned = |arguments: &[&str]| {
        let all = ["sbom", "bill.json", "-f", "json"];
        let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
        run(place, &all)
    };
    let (vex, other) = (web.url("vex.json"), web.url("other.json"));
    let kind = "exploitability-statement";

    // Nothing is fetched unless asked for, and then each document once.
    with(&[("website", &web.url("page.html")), (kind, &other), (kind, &vex), (kind, &vex)]);
    assert_eq!(suppressed_by(&scanned(&[])), "");
    assert_eq!(web.take(), []);
    assert_eq!(suppressed_by(&scanned(&["--vex", "sbom-ref"])), format!("vex:{vex}"));
    let asked: Vec<String> = web.take().into_iter().map(|request| request.path).collect();
    assert_eq!(asked, ["/other.json", "/vex.json"]);

    // Without the network there is nothing to say, unless there is nothing to fetch.
    let offline = scanned(&["--vex", "sbom-ref", "--offline"]);
    assert_eq!(offline.code, 2);
    assert!(offline.stderr.contains("--offline"), "{}", offline.stderr);
    assert_eq!(web.take(), []);
    with(&[("website", &vex), (kind, "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1")]);
    assert_eq!(suppressed_by(&scanned(&["--vex", "sbom-ref", "--offline"])), "");

    // What cannot be fetched or read ends the run, whatever else there is.
    for (wrong, says) in [
        (web.url("gone.json"), "it is not there"),
        (web.url("page.html"), "page.html"),
        ("http://127.0.0.1:1/vex.json".to_owned(), "127.0.0.1:1"),
    ] {
        with(&[(kind, &vex), (kind, &wrong)]);
        let ran = scanned(&["--vex", "sbom-ref"]);
        assert_eq!(ran.code, 2, "{wrong}");
        assert!(ran.stderr.contains(says), "{wrong}: {}", ran.stderr);
    }
    let many: Vec<String> = (0..101).map(|number| web.url(&format!("{number}.json"))).collect();
    with(&many.iter().map(|url| (kind, url.as_str())).collect::<Vec<_>>());
    let ran = scanned(&["--vex", "sbom-ref"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("more than 100"), "{}", ran.stderr);
    web.fail_always("vex.json", Some(Fault::Status(403)));
    with(&[(kind, &vex)]);
    assert_eq!(scanned(&["--vex", "sbom-ref"]).code, 2);

    // Only CycloneDX can refer to documents, and only what is scanned as a bill of materials.
    let spdx = run(place, &["image", "-f", "spdx-json", "--input", input.to_str().unwrap()]);
    fs::write(place.join("bill.json"), spdx.stdout).unwrap();
    let ran = scanned(&["--vex", "sbom-ref"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("CycloneDX"), "{}", ran.stderr);
    let image = run(place, &["image", "--input", input.to_str().unwrap(), "--vex", "sbom-ref"]);
    assert_eq!(image.code, 2);
    assert!(image.stderr.contains("lazaret sbom"), "{}", image.stderr);
}
