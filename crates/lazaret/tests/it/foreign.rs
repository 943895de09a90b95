//! `lazaret db import` of other scanners' databases: wherever they are, to findings.

use crate::support::{Ran, lazaret, ran, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use lazaret_testkit::registry::{Registry, Setup};
use lazaret_testkit::{Image, Layer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) const TRIVY: &[u8] = include_bytes!("../../../advisory/fixtures/import/trivy.db");
const GRYPE: &[u8] = include_bytes!("../../../advisory/fixtures/import/grype.db");
/// What `oras` and Trivy itself publish databases as.
const TRIVY_LAYER: &str = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip";
const TRIVY_CONFIG: &str = "application/vnd.aquasec.trivy.config.v1+json";

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    /// `lazaret db import SOURCE --db db …`
    fn import(&self, source: &str, arguments: &[&str]) -> Ran {
        let mut command = lazaret();
        command.current_dir(self.0.path()).args(["db", "import", source, "--db", "db"]);
        ran(command.args(arguments))
    }

    /// The findings of a layer with the imported database: `id package fixed-in severity`.
    fn findings(&self, layer: Layer) -> Vec<String> {
        self.write("image.tar", &Image::new("app:1").layer(layer).oci_archive());
        let mut command = lazaret();
        command.args(["image", "-f", "json", "--platform", "linux/amd64", "--db"]);
        let ran = ran(command.arg(self.path("db")).arg("--input").arg(self.path("image.tar")));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let line = |finding: &Value| {
            let fixed = finding["fixed_versions"].as_array().into_iter().flatten();
            let fixed: Vec<&str> = fixed.map(text).collect();
            format!(
                "{} {} {} {}",
                text(&finding["id"]),
                text(&finding["package"]["name"]),
                fixed.join(","),
                text(&finding["severity"])
            )
        };
        let report = ran.json();
        let mut lines: Vec<String> =
            report["findings"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    }

    /// Nothing is left beside the database.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }

    /// An OCI layout with one artifact of one layer.
    fn layout(&self, folder: &str, layers: &[(&str, &[u8])]) -> PathBuf {
        let blob = |kind: &str, bytes: &[u8]| {
            let hex = hex::encode(Sha256::digest(bytes));
            self.write(&format!("{folder}/blobs/sha256/{hex}"), bytes);
            json!({"mediaType": kind, "digest": format!("sha256:{hex}"), "size": bytes.len()})
        };
        let layers: Vec<Value> = layers.iter().map(|(kind, bytes)| blob(kind, bytes)).collect();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": blob(TRIVY_CONFIG, b"{}"),
            "layers": layers,
        });
        let manifest =
            blob("application/vnd.oci.image.manifest.v1+json", manifest.to_string().as_bytes());
        let index = json!({"schemaVersion": 2, "manifests": [manifest]});
        self.write(&format!("{folder}/index.json"), index.to_string().as_bytes());
        self.write(&format!("{folder}/oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#);
        self.path(folder)
    }
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(bytes.len()).unwrap());
        header.set_mode(0o644);
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// As Trivy publishes it.
fn trivy_archive() -> Vec<u8> {
    gzip(&tar(&[("trivy.db", TRIVY), ("metadata.json", br#"{"Version":2}"#)]))
}

/// As Grype publishes it.
pub(crate) fn grype_archive() -> Vec<u8> {
    zstd::encode_all(&*tar(&[("./vulnerability.db", GRYPE)]), 1).unwrap()
}

/// Trivy's database as an artifact, in a layout named `trivy`.
pub(crate) fn trivy_layout() -> TempDir {
    let place = Place::new();
    place.layout("trivy", &[(TRIVY_LAYER, &trivy_archive())]);
    place.0
}

/// A Debian 12 with an openssl and a lodash that are old.
fn debian() -> Layer {
    Layer::new("ADD rootfs.tar /")
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file(
            "var/lib/dpkg/status",
            "Package: libssl3\nSource: openssl\nStatus: install ok installed\nArchitecture: amd64\n\
             Version: 3.0.11-1~deb12u2\n\n",
        )
        .file("app/node_modules/lodash/package.json", r#"{"name":"lodash","version":"4.17.20"}"#)
}

/// A Red Hat Enterprise Linux 9 with the packages of a fixture.
fn red_hat() -> Layer {
    let manifest = "lantern\t1.4-4.el9\t0\t0\tRed Hat, Inc.\t(none)\t0\tx86_64\t0\t\
                    lantern-1.4-4.el9.src.rpm\n";
    Layer::new("ADD rootfs.tar /")
        .file("etc/os-release", "ID=rhel\nVERSION_ID=9.4\n")
        .file("var/lib/rpmmanifest/container-manifest-2", manifest)
}

const BY_TRIVY: [&str; 3] = [
    "CVE-2007-6755 libssl3  LOW",
    "CVE-2021-23337 lodash 4.17.21 HIGH",
    "CVE-2024-6119 libssl3 3.0.11-1~deb12u3 MEDIUM",
];
const BY_GRYPE: [&str; 3] = [
    "CVE-2007-6755 libssl3  LOW",
    "CVE-2021-23337 lodash 4.17.21 HIGH",
    "CVE-2024-6119 libssl3 3.0.14-1~deb12u2 MEDIUM",
];

#[track_caller]
fn assert_refused(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert_eq!(ran.stdout, "");
    for part in said {
        assert!(ran.stderr.contains(part), "`{part}` is missing from {}", ran.stderr);
    }
}

#[test]
fn another_scanners_database_gives_findings() {
    for (name, bytes, expected) in
        [("trivy.db", TRIVY, BY_TRIVY), ("vulnerability.db", GRYPE, BY_GRYPE)]
    {
        let place = Place::new();
        place.write(name, bytes);
        let ran = place.import(name, &[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(place.findings(debian()), expected, "{name}");
    }
}

#[test]
fn packages_of_red_hat_are_judged_by_an_imported_database() {
    let place = Place::new();
    place.write("vulnerability.db", GRYPE);
    assert_eq!(place.import("vulnerability.db", &[]).code, 0);
    assert_eq!(place.findings(red_hat()), ["CVE-2024-10003 lantern 0:1.4-5.el9_4 HIGH"]);
}

#[test]
fn what_was_left_out_is_said() {
    let place = Place::new();
    place.write("vulnerability.db", GRYPE);
    let ran = place.import("vulnerability.db", &["--verbose"]);
    for part in [
        "grype-db",
        "skipped: 3 × product named by CPE, which no package is looked up by",
        "note: 1 × end taken from the fix",
        "left out: epss_handles: ",
        "refused: grype-db affected_package_handles#",
        "9 segments",
    ] {
        assert!(ran.stdout.contains(part), "`{part}` is missing from {}", ran.stdout);
    }
}

#[test]
fn an_archive_is_unpacked_and_leaves_nothing_behind() {
    for (name, archive, expected) in [
        ("db.tar.gz", trivy_archive(), BY_TRIVY),
        ("vulnerability-db_v6.tar.zst", grype_archive(), BY_GRYPE),
        ("vulnerability.db.gz", gzip(GRYPE), BY_GRYPE),
    ] {
        let place = Place::new();
        place.write(name, &archive);
        let ran = place.import(name, &[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(place.names(), ["db", name]);
        assert_eq!(place.findings(debian()), expected, "{name}");
    }
}

#[test]
fn an_artifact_is_imported_from_a_layout_and_a_registry() {
    let archive = trivy_archive();
    let place = Place::new();
    let layout = place.layout("layout", &[(TRIVY_LAYER, &archive)]);
    let ran = place.import("layout", &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.findings(debian()), BY_TRIVY);

    let Some(registry) = Registry::start(Setup::default()) else { return };
    registry.push(&layout, None, "mirror/trivy-db:2", &[]);
    let place = Place::new();
    let reference = format!("{}/mirror/trivy-db:2", registry.address);
    let ran = place.import(&reference, &["--insecure"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.findings(debian()), BY_TRIVY);
    let missing = format!("{}/mirror/trivy-db:3", registry.address);
    assert_refused(
        &place.import(&missing, &["--insecure"]),
        &["there is none: check the repository"],
    );
    assert_eq!(place.findings(debian()), BY_TRIVY);
}

#[test]
fn a_database_nobody_signed_is_refused_where_a_signature_is_asked_for() {
    const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";
    let place = Place::new();
    place.write("ann.pub", KEY.as_bytes());
    place.write("trivy.db", TRIVY);
    place.write("db.tar.gz", &trivy_archive());
    place.layout("layout", &[(TRIVY_LAYER, &trivy_archive())]);
    for source in ["trivy.db", "db.tar.gz", "layout"] {
        let ran = place.import(source, &["--verify-key", "ann.pub"]);
        assert_refused(&ran, &["carries no signature that --verify-key could check"]);
    }
    assert!(!place.path("db").exists());
}

#[test]
fn what_cannot_be_imported_changes_nothing() {
    let place = Place::new();
    place.write("trivy.db", TRIVY);
    assert_eq!(place.import("trivy.db", &[]).code, 0);
    let before = fs::read(place.path("db/manifest.json")).unwrap();

    let archive = trivy_archive();
    let mut other = archive.clone();
    let end = other.len() - 1;
    other[end] ^= 1;
    place.layout("wrong", &[(TRIVY_LAYER, &archive)]);
    let blobs = fs::read_dir(place.path("wrong/blobs/sha256")).unwrap();
    for blob in blobs.map(|blob| blob.unwrap().path()) {
        if fs::read(&blob).unwrap() == archive {
            fs::write(&blob, &other).unwrap();
        }
    }
    place.layout("parts", &[("text/a", b"a"), ("text/b", b"b")]);
    place.write("cut.db", &GRYPE[..GRYPE.len() / 2]);
    place.write("cut.tar.gz", &archive[..archive.len() / 2]);
    place.write("empty.tar.gz", &gzip(&tar(&[("metadata.json", b"{}")])));
    place.write("text.gz", &gzip(b"text"));
    place.write("text", b"text");
    for (source, said) in [
        ("wrong", "the bytes of sha256:"),
        ("parts", "none of its parts is known to be one"),
        ("cut.db", "the Grype database cannot be read"),
        ("cut.tar.gz", "failed to import cut.tar.gz"),
        ("empty.tar.gz", "it holds neither `trivy.db` nor `vulnerability.db`"),
        ("text.gz", "it holds neither `trivy.db` nor `vulnerability.db`"),
        ("text", "it is not an advisory database in one file"),
        ("missing.db", "failed to import missing.db"),
    ] {
        assert_refused(&place.import(source, &[]), &[said]);
        assert_eq!(fs::read(place.path("db/manifest.json")).unwrap(), before, "{source}");
    }
    let names = place.names();
    assert!(names.iter().all(|name| !name.starts_with('.')), "{names:?}");
}

#[test]
fn a_folder_of_something_else_is_not_replaced() {
    let place = Place::new();
    place.write("trivy.db", TRIVY);
    place.write("db/notes.txt", b"mine");
    assert_refused(&place.import("trivy.db", &[]), &["is there and is no advisory database"]);
    assert_eq!(fs::read(place.path("db/notes.txt")).unwrap(), b"mine");
}

#[test]
fn the_same_database_again_is_no_history() {
    let place = Place::new();
    place.write("vulnerability.db", GRYPE);
    assert_eq!(place.import("vulnerability.db", &[]).code, 0);
    let first = fs::read(place.path("db/manifest.json")).unwrap();
    assert_eq!(place.import("vulnerability.db", &[]).code, 0);
    assert_eq!(fs::read(place.path("db/manifest.json")).unwrap(), first);
    assert!(!place.path("db/history").exists());
}
