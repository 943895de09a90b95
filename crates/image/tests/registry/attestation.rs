//! Statements that are attached to an image.

use crate::fake::{Fake, Reply};
use crate::options;
use crate::sample::digest;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lazaret_core::digest::Digest;
use lazaret_core::reference::Reference;
use lazaret_image::artifact::{
    ArtifactError, ArtifactManifest, Blob, Descriptor, Fetch, ManifestName, Repository, Store as _,
};
use lazaret_image::attestation::{Attestations, attestations};
use lazaret_testkit::registry::{Registry, Setup};
use std::collections::BTreeMap;
use std::io::Read;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
const IN_TOTO: &str = "application/vnd.in-toto+json";
const OPENVEX: &str = "https://openvex.dev/ns/v0.2.0";
const SPDX: &str = "https://spdx.dev/Document";

fn image() -> String {
    format!("sha256:{}", "a".repeat(64))
}

/// An in-toto statement about an image (in-toto attestation framework, version 1).
fn statement(image: &str, kind: &str, predicate: &str) -> String {
    let hex = image.trim_start_matches("sha256:");
    format!(
        r#"{{"_type": "https://in-toto.io/Statement/v1", "predicateType": "{kind}",
            "subject": [{{"name": "app", "digest": {{"sha256": "{hex}"}}}}],
            "predicate": {predicate}}}"#
    )
}

/// The envelope of a statement (DSSE, protocol.md).
fn envelope(statement: &str) -> String {
    let payload = BASE64_STANDARD.encode(statement);
    format!(
        r#"{{"payloadType": "{IN_TOTO}", "payload": "{payload}", "signatures": [{{"sig": ""}}]}}"#
    )
}

fn bundle(statement: &str) -> String {
    format!(r#"{{"mediaType": "{BUNDLE}", "dsseEnvelope": {}}}"#, envelope(statement))
}

/// What a registry serves, by path.
#[derive(Clone, Default)]
struct Pages(BTreeMap<String, (String, Option<String>)>);

impl Pages {
    fn put(&mut self, path: &str, body: &str) {
        self.0.insert(format!("/v2/app/{path}"), (body.to_owned(), None));
    }

    /// An artifact with these blobs; gives what points to it.
    fn artifact(&mut self, kind: &str, blobs: &[&str]) -> String {
        let mut layers = Vec::new();
        for blob in blobs {
            let name = digest(blob.as_bytes());
            self.put(&format!("blobs/{name}"), blob);
            layers.push(format!(
                r#"{{"mediaType": "{kind}", "digest": "{name}", "size": {}}}"#,
                blob.len()
            ));
        }
        let manifest = format!(
            r#"{{"schemaVersion": 2, "artifactType": "{kind}", "config": {{"mediaType":
                "application/vnd.oci.empty.v1+json", "digest": "{}", "size": 2}},
                "layers": [{}]}}"#,
            digest(b"{}"),
            layers.join(",")
        );
        let name = digest(manifest.as_bytes());
        self.put(&format!("manifests/{name}"), &manifest);
        let size = manifest.len();
        format!(r#"{{"artifactType": "{kind}", "digest": "{name}", "size": {size}}}"#)
    }

    fn index(list: &[String]) -> String {
        format!(r#"{{"schemaVersion": 2, "manifests": [{}]}}"#, list.join(","))
    }

    fn serve(self) -> Fake {
        Fake::serve(move |request, _| match self.0.get(&request.path) {
            Some((body, link)) => {
                let reply = Reply::new(200, body.as_bytes());
                match link {
                    Some(link) => reply.header("Link", link.clone()),
                    None => reply,
                }
            }
            None => Reply::new(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#),
        })
    }
}

fn found(fake: &Fake, index: Option<&str>) -> Result<Attestations, ArtifactError> {
    let reference = Reference::parse(&format!("{}/app:1", fake.address)).unwrap();
    let repository = Repository::reading(&reference, &options()).unwrap();
    let parse = |text: &str| text.parse::<Digest>().unwrap();
    attestations(&repository, &parse(&image()), index.map(parse).as_ref())
}

/// The types and texts of what was found.
fn said(found: &Attestations) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut said: Vec<_> = found
        .statements
        .iter()
        .map(|one| (one.predicate_type.clone(), text(&one.predicate)))
        .collect();
    said.sort();
    said
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(kind, text)| ((*kind).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn referrers_are_read_page_by_page_in_every_wrapping() {
    let mut pages = Pages::default();
    let image = image();
    let vex = pages.artifact(BUNDLE, &[&bundle(&statement(&image, OPENVEX, "{\"a\":1}"))]);
    let sbom = pages.artifact(DSSE, &[&envelope(&statement(&image, SPDX, "{\"b\":2}"))]);
    let bare =
        pages.artifact(IN_TOTO, &[&statement(&image, "https://slsa.dev/provenance/v1", "{}")]);
    let plain =
        pages.artifact("application/vnd.cyclonedx+json", &["{\"bomFormat\":\"CycloneDX\"}"]);
    let signature = pages.artifact("application/vnd.cncf.notary.signature", &["{}"]);
    let first = format!("/v2/app/referrers/{image}");
    let link = format!("<{first}?page=2>; rel=\"next\"");
    pages.0.insert(first.clone(), (Pages::index(&[vex, signature]), Some(link)));
    let rest = Pages::index(&[sbom, bare, plain]);
    pages.0.insert(format!("{first}?page=2"), (rest, None));
    let fake = pages.serve();
    let found = found(&fake, None).unwrap();
    assert_eq!(found.problems, [""; 0]);
    assert_eq!(
        said(&found),
        pairs(&[
            ("application/vnd.cyclonedx+json", "{\"bomFormat\":\"CycloneDX\"}"),
            (OPENVEX, "{\"a\":1}"),
            ("https://slsa.dev/provenance/v1", "{}"),
            (SPDX, "{\"b\":2}"),
        ])
    );
    assert_eq!(found.of_type(&["https://openvex.dev/ns"]).count(), 1);
    let list = &fake.requests_for("/referrers/")[0];
    assert_eq!(list.header("accept"), Some("application/vnd.oci.image.index.v1+json"));
}

#[test]
fn a_registry_without_a_list_has_tags() {
    let (image, hex) = (image(), "a".repeat(64));
    let mut pages = Pages::default();
    let vex = statement(&image, OPENVEX, "{\"a\":1}");
    let listed = pages.artifact(DSSE, &[&envelope(&vex)]);
    pages.put(&format!("manifests/sha256-{hex}"), &Pages::index(&[listed]));
    // Cosign's own tag has one layer for each time somebody attested, here one that is listed too.
    let wrapped = "{\"Data\":\"{\\\"c\\\":3}\",\"Timestamp\":\"2024-01-01T00:00:00Z\"}";
    let other = envelope(&statement(&image, "https://cosign.sigstore.dev/attestation/v1", wrapped));
    let mut tagged = Pages::default();
    tagged.artifact(DSSE, &[&envelope(&vex), &other]);
    for (path, page) in tagged.0 {
        if path.contains("/manifests/") {
            pages.put(&format!("manifests/sha256-{hex}.att"), &page.0);
        } else {
            pages.0.insert(path, page);
        }
    }
    let found = found(&pages.serve(), None).unwrap();
    assert_eq!(
        said(&found),
        pairs(&[
            ("https://cosign.sigstore.dev/attestation/v1", "{\"c\":3}"),
            (OPENVEX, "{\"a\":1}")
        ])
    );
}

#[test]
fn what_buildkit_puts_into_the_index_is_read() {
    let image = image();
    let mut pages = Pages::default();
    let made =
        pages.artifact(IN_TOTO, &[&statement(&image, SPDX, "{\"spdxVersion\":\"SPDX-2.3\"}")]);
    let made = made.replacen(
        '{',
        &format!(
            r#"{{"annotations": {{"vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": "{image}"}},"#
        ),
        1,
    );
    let index = Pages::index(&[format!(r#"{{"digest": "{image}", "size": 7}}"#), made]);
    let name = digest(index.as_bytes());
    pages.put(&format!("manifests/{name}"), &index);
    let found = found(&pages.serve(), Some(&name)).unwrap();
    assert_eq!(said(&found), pairs(&[(SPDX, "{\"spdxVersion\":\"SPDX-2.3\"}")]));
}

#[test]
fn what_says_nothing_of_the_image_is_passed_over_and_said() {
    let image = image();
    let other = format!("sha256:{}", "b".repeat(64));
    let mut pages = Pages::default();
    let list = [
        pages.artifact(DSSE, &["{"]),
        pages.artifact(DSSE, &["{\"payload\": \"%%%\"}"]),
        pages.artifact(DSSE, &["{\"hello\": 1}"]),
        pages.artifact(DSSE, &[&envelope("[]")]),
        pages.artifact(BUNDLE, &[&bundle(&statement(&other, OPENVEX, "{}"))]),
        pages.artifact(DSSE, &[&envelope(&statement(&image, OPENVEX, "{\"a\":1}"))]),
    ];
    pages.put(&format!("referrers/{image}"), &Pages::index(&list));
    let found = found(&pages.serve(), None).unwrap();
    assert_eq!(said(&found), pairs(&[(OPENVEX, "{\"a\":1}")]));
    assert_eq!(found.others.len(), 1, "{:?}", found.others);
    assert!(found.others[0].ends_with("is about something else"), "{:?}", found.others);
    assert_eq!(found.problems.len(), 4, "{:?}", found.problems);
    for what in ["no JSON", "no base64", "neither", "no in-toto"] {
        assert!(
            found.problems.iter().any(|one| one.contains(what)),
            "{what}: {:?}",
            found.problems
        );
    }
}

#[test]
fn a_hostile_registry_is_bounded() {
    let image = image();
    let mut pages = Pages::default();
    let blobs: Vec<String> = (0..150)
        .map(|n| envelope(&statement(&image, OPENVEX, &format!("{{\"n\":{n}}}"))))
        .collect();
    let blobs: Vec<&str> = blobs.iter().map(String::as_str).collect();
    let many = pages.artifact(DSSE, &blobs);
    // The list goes on for ever.
    let first = format!("/v2/app/referrers/{image}");
    for page in 0..40 {
        let path = if page == 0 { first.clone() } else { format!("{first}?page={page}") };
        let link = format!("<{first}?page={}>; rel=next", page + 1);
        pages.0.insert(path, (Pages::index(std::slice::from_ref(&many)), Some(link)));
    }
    let fake = pages.serve();
    let found = found(&fake, None).unwrap();
    assert_eq!(found.statements.len(), 100);
    assert_eq!(found.problems, ["more than 100 statements are attached"]);
    assert_eq!(fake.requests_for("/referrers/").len(), 8);
    // One blob that claims to be larger than any.
    let mut pages = Pages::default();
    let large = pages.artifact(DSSE, &["{}"]);
    let replaced: Vec<(String, String)> = pages
        .0
        .iter()
        .filter(|(path, _)| path.contains("/manifests/"))
        .map(|(_, (body, _))| {
            let body = body.replace("\"size\": 2}]", "\"size\": 99999999999}]");
            (format!("manifests/{}", digest(body.as_bytes())), body)
        })
        .collect();
    let (path, body) = &replaced[0];
    pages.put(path, body);
    let name = path.trim_start_matches("manifests/");
    let before = large.split('"').find(|part| part.starts_with("sha256:")).unwrap().to_owned();
    let list = large.replace(&before, name).replace("\"size\": ", "\"size\": 1");
    pages.put(&format!("referrers/{image}"), &Pages::index(&[list]));
    let fake = pages.serve();
    let found = crate::attestation::found(&fake, None).unwrap();
    assert_eq!(found.statements, []);
    assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
    assert!(found.problems[0].ends_with("has 99999999999 bytes: too many"), "{:?}", found.problems);
    assert!(fake.requests_for("/blobs/").is_empty());
}

// Media types as `cosign attach sbom` has them (cosign, pkg/types/media.go).
#[test]
fn documents_of_cosigns_older_tag_are_read_as_they_are() {
    let hex = "a".repeat(64);
    let xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>";
    for (kind, text) in [
        ("text/spdx", "SPDXVersion: SPDX-2.3\n"),
        ("text/spdx+json", "{\"spdxVersion\":\"SPDX-2.3\"}"),
        ("application/vnd.cyclonedx+xml", xml),
        ("application/vnd.cyclonedx+json", "{\"bomFormat\":\"CycloneDX\"}"),
        ("application/vnd.syft+json", "{\"artifacts\":[]}"),
    ] {
        let mut pages = Pages::default();
        let manifest = pages.artifact(kind, &[text]);
        let name = manifest.split('"').find(|part| part.starts_with("sha256:")).unwrap();
        let (body, _) = pages.0[&format!("/v2/app/manifests/{name}")].clone();
        pages.put(&format!("manifests/sha256-{hex}.sbom"), &body);
        let found = found(&pages.serve(), None).unwrap();
        assert_eq!((said(&found), found.problems.len()), (pairs(&[(kind, text)]), 0));
    }
    // Of other types, only JSON is a document.
    let mut pages = Pages::default();
    let vex = pages.artifact("application/vnd.openvex+json", &["SPDXVersion: SPDX-2.3\n"]);
    pages.put(&format!("referrers/{}", image()), &Pages::index(&[vex]));
    assert_eq!(found(&pages.serve(), None).unwrap().problems.len(), 1);
}

/// A place with statements of 60 MB each, as far as it says.
struct Large;

impl Fetch for Large {
    fn place(&self) -> String {
        "large".to_owned()
    }

    fn manifest(&self, name: &ManifestName) -> Result<Option<(Vec<u8>, Digest)>, ArtifactError> {
        if *name != ManifestName::Tag(format!("sha256-{}.att", "a".repeat(64))) {
            return Ok(None);
        }
        let layer = |n: u8| {
            let size = 60 << 20;
            format!(r#"{{"mediaType": "{DSSE}", "digest": "{}", "size": {size}}}"#, digest(&[n]))
        };
        let layers: Vec<String> = (0..6).map(layer).collect();
        let manifest = format!(
            r#"{{"schemaVersion": 2, "config": {{"mediaType": "", "digest": "{}", "size": 2}},
                "layers": [{}]}}"#,
            digest(b"{}"),
            layers.join(",")
        );
        Ok(Some((manifest.into_bytes(), image().parse().unwrap())))
    }

    fn blob<'a>(&'a self, _: &Digest, _: u64) -> Result<Box<dyn Read + 'a>, ArtifactError> {
        unreachable!("statements are read as documents")
    }

    fn document(&self, _: &Descriptor, _: u64) -> Result<Vec<u8>, ArtifactError> {
        Ok(statement(&image(), SPDX, "{}").into_bytes())
    }
}

#[test]
fn what_is_attached_fits_into_memory_together() {
    let found = attestations(&Large, &image().parse().unwrap(), None).unwrap();
    // 256 MiB hold four of them.
    assert_eq!((found.statements.len(), found.problems.len()), (4, 2));
}

#[test]
fn a_real_registry_gives_what_was_attached() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let reference = Reference::parse(&format!("{}/app:1", registry.address)).unwrap();
    let mut repository = Repository::writing(&reference, &options()).unwrap();
    let image = image();
    let text = envelope(&statement(&image, OPENVEX, "{\"a\":1}"));
    let (layer, config) = (Blob::from_bytes(text.into_bytes()), Blob::from_bytes(b"{}".to_vec()));
    for blob in [&layer, &config] {
        repository.put_blob(blob).unwrap();
    }
    let layers: Vec<Descriptor> = vec![layer.descriptor(DSSE)];
    let config = config.descriptor("application/vnd.oci.image.config.v1+json");
    let manifest = ArtifactManifest::new("", config, layers);
    let tag = ManifestName::Tag(format!("sha256-{}.att", "a".repeat(64)));
    repository.put_manifest(&tag, &manifest, &manifest.to_json().unwrap()).unwrap();
    let reading = Repository::reading(&reference, &options()).unwrap();
    let found = attestations(&reading, &image.parse().unwrap(), None).unwrap();
    assert_eq!(said(&found), pairs(&[(OPENVEX, "{\"a\":1}")]));
}
