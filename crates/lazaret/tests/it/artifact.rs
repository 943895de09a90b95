//! `lazaret db push`, `pull`, `export` and `import`: a database on its way, and what may happen to
//! it there.

use crate::proxy::{Fault, Proxy};
use crate::support::{Ran, has, lazaret, ran, ran_with_input, text};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lazaret_testkit::registry::{PASSWORD, Registry, Setup, USERNAME};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const SECDB: &str = r#"{"distroversion": "v3.18", "reponame": "main",
  "packages": [{"pkg": {"name": "lantern", "secfixes": {"2.1.0-r3": ["CVE-2024-10001"]}}}]}"#;
const DSA: &str = "\
[12 Feb 2024] DSA-5999-1 lantern - security update
\t{CVE-2024-10001}
\t[bookworm] - lantern 2.0-1+deb12u2
";
const LATER_DSA: &str = "\
[13 Mar 2024] DSA-6001-1 lantern - security update
\t{CVE-2024-10009}
\t[bookworm] - lantern 2.0-1+deb12u3
";

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// Databases, keys and a root file system with a vulnerable package.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("feeds/alpine-secdb/v3.18/main.json", SECDB);
        place.write("feeds/data/DSA/list", DSA);
        place.write("rootfs/etc/os-release", "ID=debian\nVERSION_ID=12\n");
        place.write(
            "rootfs/var/lib/dpkg/status",
            "Package: lantern\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.0-1\n",
        );
        place.build("db");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    #[track_caller]
    fn build(&self, out: &str) {
        let mut command = lazaret();
        command.args(["db", "build", "--feeds"]).arg(self.path("feeds"));
        let built = ran(command.arg("--out").arg(self.path(out)));
        assert_eq!(built.code, 0, "{}", built.stderr);
    }

    /// The same with one segment changed, `debian-12`.
    fn build_later(&self, out: &str) {
        self.write("feeds/data/DSA/list", format!("{LATER_DSA}{DSA}"));
        self.build(out);
    }

    /// `lazaret db COMMAND WHAT --db DIR …`
    fn db(&self, command: &str, what: &str, db: &str, arguments: &[&str]) -> Ran {
        let mut program = lazaret();
        program.current_dir(self.0.path()).args(["db", command, what, "--db", db]);
        ran(program.args(arguments))
    }

    /// What the database in a folder finds in the root file system.
    #[track_caller]
    fn found(&self, db: &str) -> Vec<String> {
        let mut command = lazaret();
        command.args(["rootfs", "-f", "json", "--db"]).arg(self.path(db));
        let ran = ran(command.arg(self.path("rootfs")));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let report = ran.json();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| text(&finding["id"]).to_owned()).collect()
    }

    /// The files of a folder and their bytes.
    fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path(folder)).unwrap().map(|entry| entry.unwrap().path());
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        entries.map(|path| (name(&path), fs::read(&path).unwrap())).collect()
    }

    /// The segment of `debian-12` in the manifest of a database.
    fn debian(&self, db: &str) -> Value {
        let manifest = fs::read(self.path(db).join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        let segments = manifest["segments"].as_array().unwrap();
        segments.iter().find(|segment| segment["name"] == "debian-12").unwrap().clone()
    }

    fn openssl(&self, arguments: &[&str]) {
        let output =
            Command::new("openssl").args(arguments).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A key pair as `NAME.key` and `NAME.pub`.
    fn make_key(&self, name: &str, arguments: &[&str]) {
        let key = format!("{name}.key");
        self.openssl(&[&["genpkey", "-out", &key], arguments].concat());
        self.openssl(&["pkey", "-in", &key, "-pubout", "-out", &format!("{name}.pub")]);
    }

    fn make_keys(&self) {
        self.make_key("ann", &ED25519);
        self.make_key("eve", &ED25519);
        self.make_key("pat", &P256);
    }
}

const ED25519: [&str; 2] = ["-algorithm", "ed25519"];
const P256: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

#[track_caller]
fn assert_done(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for part in said {
        assert!(ran.stdout.contains(part), "`{part}` is missing from {}", ran.stdout);
    }
}

#[track_caller]
fn assert_refused(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert_eq!(ran.stdout, "");
    for part in said {
        assert!(ran.stderr.contains(part), "`{part}` is missing from {}", ran.stderr);
    }
}

/// An OCI layout made by hand.
struct Layout {
    folder: PathBuf,
    entries: Vec<Value>,
}

impl Layout {
    fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
        Self { folder, entries: Vec::new() }
    }

    /// Writes a blob and describes it.
    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = sha256(bytes);
        let name = digest.strip_prefix("sha256:").unwrap();
        fs::write(self.folder.join("blobs/sha256").join(name), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    }

    /// Writes a manifest under a tag, and tells its digest.
    fn manifest(&mut self, tag: &str, manifest: &Value) -> String {
        let bytes = manifest.to_string().into_bytes();
        let mut entry = self.blob("application/vnd.oci.image.manifest.v1+json", &bytes);
        entry["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        let digest = text(&entry["digest"]).to_owned();
        self.entries.push(entry);
        let index = json!({"schemaVersion": 2, "manifests": self.entries});
        fs::write(self.folder.join("index.json"), index.to_string()).unwrap();
        digest
    }

    /// A database as the format's page describes it: the manifest, and each segment with its bytes.
    fn database(&mut self, kind: &str, manifest: &Value, segments: &[(&str, &[u8])]) -> String {
        let config = manifest.to_string().into_bytes();
        let config = self.blob("application/vnd.lazaret.db.manifest.v1+json", &config);
        let layer = |(name, bytes): &(&str, &[u8])| {
            let compressed = zstd::encode_all(*bytes, 3).unwrap();
            let kind = "application/vnd.lazaret.db.segment.v1+zstd";
            let mut layer = self.blob(kind, &compressed);
            layer["annotations"] = json!({
                "vnd.lazaret.db.segment.name": name,
                "vnd.lazaret.db.segment.digest": sha256(bytes),
            });
            layer
        };
        let layers: Vec<Value> = segments.iter().map(layer).collect();
        let manifest = json!({
            "schemaVersion": 2, "artifactType": kind, "config": config, "layers": layers,
        });
        self.manifest("latest", &manifest)
    }
}

const KIND: &str = "application/vnd.lazaret.db.v1";

#[test]
fn a_closed_registry_with_a_certificate_takes_and_gives_a_database() {
    let place = Place::new();
    let Some(registry) = Registry::start(Setup { password: true, tls: true }) else { return };
    let reference = format!("{}/security/db:today", registry.address);
    let authority = registry.authority();
    let trusting = ["--cacert", authority.to_str().unwrap()];
    let login = ["--username", USERNAME, "--password", PASSWORD];
    let both = [&trusting[..], &login].concat();

    assert_refused(&place.db("push", &reference, "db", &login), &["securely", "--cacert"]);
    assert_refused(&place.db("push", &reference, "db", &trusting), &["refuses access"]);
    let pushed = place.db("push", &reference, "db", &both);
    assert_done(&pushed, &["moved alpine-3.18", "moved debian-12", "2 moved", "0 were there"]);
    let again = place.db("push", &reference, "db", &both);
    assert_done(&again, &["0 moved", "2 were there"]);

    assert_refused(&place.db("pull", &reference, "new", &trusting), &["refuses access"]);
    assert!(!place.path("new").exists());
    let mut command = lazaret();
    command.current_dir(place.0.path()).args(["db", "pull", &reference, "--db", "new"]);
    command.args(trusting).args(["--username", USERNAME, "--password-stdin"]);
    assert_done(&ran_with_input(&mut command, PASSWORD), &["2 moved", "0 were there"]);
    assert_eq!(place.files("new"), place.files("db"));
    assert_eq!(place.found("new"), ["CVE-2024-10001"]);
}

#[test]
fn only_a_segment_that_changed_moves() {
    let place = Place::new();
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let proxy = Proxy::before(&registry.address);
    let reference = format!("{}/security/db", proxy.address);
    assert_done(&place.db("push", &reference, "db", &["--insecure"]), &["2 moved"]);
    assert_done(&place.db("pull", &reference, "kept", &["--insecure"]), &["2 moved"]);
    // Two segments and manifest.json.
    assert_eq!(proxy.take_requests("GET", "/blobs/").len(), 3);

    place.build_later("later");
    let pushed = place.db("push", &reference, "later", &["--insecure"]);
    assert_done(&pushed, &["moved debian-12", "1 moved", "1 were there"]);
    assert_eq!(proxy.take_requests("PUT", "/blobs/uploads/").len(), 2);

    let pulled = place.db("pull", &reference, "kept", &["--insecure"]);
    assert_done(&pulled, &["moved debian-12", "1 moved", "1 were there"]);
    assert_eq!(proxy.take_requests("GET", "/blobs/").len(), 2);
    assert_eq!(place.found("kept"), ["CVE-2024-10001", "CVE-2024-10009"]);
    // What a program that opened the old manifest may still ask for stays, for one generation.
    let old = text(&place.debian("db")["file"]).to_owned();
    assert_eq!(place.files("kept").get(&old), place.files("db").get(&old));

    let again = place.db("pull", &reference, "kept", &["--insecure"]);
    assert_done(&again, &["0 moved", "2 were there"]);
    // manifest.json, which is pinned by the artifact's manifest.
    assert_eq!(proxy.take_requests("GET", "/blobs/").len(), 1);
    assert_eq!(place.files("kept"), place.files("later"));
}

#[test]
fn a_mirror_is_asked_first_and_a_broken_one_is_no_matter() {
    let place = Place::new();
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let proxy = Proxy::before(&registry.address);
    let reference = format!("{}/security/db", registry.address);
    assert_done(&place.db("push", &reference, "db", &["--insecure"]), &["2 moved"]);
    let mirror = format!("{}=http://{}", registry.address, proxy.address);
    let mirrored = ["--insecure", "--registry-mirror", &mirror];
    assert_done(&place.db("pull", &reference, "new", &mirrored), &["2 moved"]);
    assert_eq!(proxy.take_requests("GET", "/blobs/").len(), 3);
    // In the file it is as good, for pulling.
    let file = format!("registry:\n  mirrors:\n    {}: [\"127.0.0.1:9/none\"]\n", registry.address);
    place.write("lazaret.yaml", file);
    let pulled = place.db("pull", &reference, "newer", &["--insecure"]);
    assert_done(&pulled, &["2 moved"]);
    assert!(pulled.stderr.contains("mirror passed over"), "{}", pulled.stderr);
}

#[test]
fn whatever_breaks_on_the_way_the_old_database_answers() {
    let place = Place::new();
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let proxy = Proxy::before(&registry.address);
    let reference = format!("{}/security/db", proxy.address);
    assert_done(&place.db("push", &reference, "db", &["--insecure"]), &[]);
    assert_done(&place.db("pull", &reference, "kept", &["--insecure"]), &[]);
    place.build_later("later");
    assert_done(&place.db("push", &reference, "later", &["--insecure"]), &["1 moved"]);

    // The layer of the changed segment, by what the registry has.
    let mut exported = place.db("export", "later.tar", "later", &[]);
    assert_done(&exported, &["2 moved"]);
    let layer = layer_of(&place.path("later.tar"), "debian-12");
    let old = place.files("kept");

    proxy.set_fault(Some(Fault::Alter(layer.clone())));
    exported = place.db("pull", &reference, "kept", &["--insecure"]);
    assert_refused(&exported, &["debian-12", &layer, "their digest is"]);
    assert_eq!(place.files("kept"), old);

    proxy.set_fault(Some(Fault::Cut(layer.clone())));
    // A first pull keeps what it has for the next one, but is no database yet.
    let first = place.db("pull", &reference, "first", &["--insecure"]);
    assert_refused(&first, &["debian-12", &layer, "broke off"]);
    assert!(!place.path("first/manifest.json").exists());

    proxy.set_fault(None);
    registry.lose(&layer);
    let lost = place.db("pull", &reference, "kept", &["--insecure"]);
    assert_refused(&lost, &["debian-12", &layer, "missing"]);
    assert_eq!(place.files("kept"), old);
    assert_eq!(place.found("kept"), ["CVE-2024-10001"]);

    assert_done(&place.db("push", &reference, "later", &["--insecure"]), &["1 moved"]);
    let pulled = place.db("pull", &reference, "kept", &["--insecure"]);
    assert_done(&pulled, &["1 moved", "1 were there"]);
    assert_eq!(place.found("kept"), ["CVE-2024-10001", "CVE-2024-10009"]);
    let resumed = place.db("pull", &reference, "first", &["--insecure"]);
    assert_done(&resumed, &["1 moved", "1 were there"]);
    assert_eq!(place.files("first"), place.files("later"));
}

/// The digest of a segment's layer in an exported file.
fn layer_of(archive: &Path, segment: &str) -> String {
    let files = unpacked(archive);
    let layers = files.values().filter_map(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let layers = layers.flat_map(|value| value["layers"].as_array().cloned().unwrap_or_default());
    let mut named = layers.filter(|layer| {
        layer["annotations"]["vnd.lazaret.db.segment.name"].as_str() == Some(segment)
    });
    text(&named.next().unwrap()["digest"]).to_owned()
}

/// The files in an archive.
fn unpacked(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(fs::File::open(archive).unwrap());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), bytes)
    });
    entries.collect()
}

#[test]
fn one_file_carries_a_database_into_an_air_gap() {
    let place = Place::new();
    for file in ["a.tar", "b.tar"] {
        assert_done(&place.db("export", file, "db", &[]), &["2 moved", "artifact sha256:"]);
    }
    // The same database gives the same file.
    assert_eq!(fs::read(place.path("a.tar")).unwrap(), fs::read(place.path("b.tar")).unwrap());
    assert_done(&place.db("import", "a.tar", "new", &[]), &["2 moved"]);
    assert_eq!(place.files("new"), place.files("db"));
    assert_done(&place.db("import", "a.tar", "new", &[]), &["0 moved", "2 were there"]);

    // Each layer is the segment, compressed.
    let layer = layer_of(&place.path("a.tar"), "debian-12");
    let blob = format!("blobs/sha256/{}", layer.strip_prefix("sha256:").unwrap());
    let segment = zstd::decode_all(&*unpacked(&place.path("a.tar"))[&blob]).unwrap();
    assert_eq!(sha256(&segment), text(&place.debian("db")["digest"]));

    let bytes = fs::read(place.path("a.tar")).unwrap();
    place.write("cut.tar", &bytes[..bytes.len() / 2]);
    place.write("empty.tar", "");
    place.write("text.tar", "not an archive");
    place.write("zip.tar", zstd::encode_all(&*bytes, 1).unwrap());
    for file in ["cut.tar", "empty.tar", "text.tar", "zip.tar", "none.tar", "rootfs"] {
        assert_refused(&place.db("import", file, "new", &[]), &[file]);
    }
    assert_eq!(place.files("new"), place.files("db"));
}

#[test]
fn other_tools_copy_the_file_with_its_signature() {
    let place = Place::new();
    let Some(registry) = Registry::start(Setup::default()).filter(|_| has("openssl")) else {
        return;
    };
    place.make_keys();
    assert_done(&place.db("export", "a.tar", "db", &["--sign-key", "pat.key"]), &["signed with"]);
    let index: Value =
        serde_json::from_slice(&unpacked(&place.path("a.tar"))["index.json"]).unwrap();
    let tag =
        |entry: &Value| text(&entry["annotations"]["org.opencontainers.image.ref.name"]).to_owned();
    let tags: BTreeSet<String> = index["manifests"].as_array().unwrap().iter().map(tag).collect();
    assert_eq!(tags.len(), 2, "{tags:?}");
    for tag in &tags {
        let mut command = Command::new("skopeo");
        command.args(["--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false"]);
        command.arg(format!("oci-archive:{}:{tag}", place.path("a.tar").display()));
        command.arg(format!("docker://{}/carried/db:{tag}", registry.address));
        let copied = command.output().unwrap();
        assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
    }
    let reference = format!("{}/carried/db:latest", registry.address);
    let pulled = place.db("pull", &reference, "new", &["--insecure", "--verify-key", "pat.pub"]);
    assert_done(&pulled, &["2 moved", "the signature is good"]);
    assert_eq!(place.files("new"), place.files("db"));
}

#[test]
fn a_key_refuses_what_it_has_not_signed() {
    let place = Place::new();
    let Some(registry) = Registry::start(Setup::default()).filter(|_| has("openssl")) else {
        return;
    };
    place.make_keys();
    let reference = format!("{}/security/db", registry.address);
    let pull =
        |key: &str| place.db("pull", &reference, "new", &["--insecure", "--verify-key", key]);
    assert_done(&place.db("push", &reference, "db", &["--insecure"]), &[]);
    assert_refused(&pull("ann.pub"), &["it is not signed", "security/db:sha256-", ".sig"]);

    let push = |key: &str| place.db("push", &reference, "db", &["--insecure", "--sign-key", key]);
    assert_done(&push("eve.key"), &["signed with eve.key"]);
    assert_refused(&pull("ann.pub"), &["no signature of the key in ann.pub"]);
    assert!(!place.path("new").exists());
    for key in ["ann.key", "pat.key"] {
        assert_done(&push(key), &["signed with", key]);
        assert_done(&push(key), &["was signed with", key, "before"]);
    }
    // A signature that is added leaves those that are there.
    for key in ["ann.pub", "eve.pub", "pat.pub"] {
        assert_done(&pull(key), &["the signature is good"]);
    }
    // A key that is configured counts as one that is typed.
    place.write("lazaret.yaml", "verify-key: [ann.pub, eve.pub]\n");
    assert_done(&place.db("pull", &reference, "other", &["--insecure"]), &["signature is good"]);
    place.build_later("later");
    let old = place.files("new");
    assert_done(&place.db("push", &reference, "later", &["--insecure"]), &["1 moved"]);
    assert_refused(&place.db("pull", &reference, "new", &["--insecure"]), &["it is not signed"]);
    assert_eq!(place.files("new"), old);
}

#[test]
fn files_that_are_no_keys_are_named() {
    if !has("openssl") {
        return;
    }
    let place = Place::new();
    place.make_key("pat", &P256);
    place.make_key("big", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]);
    place.openssl(&["pkcs8", "-topk8", "-in", "pat.key", "-passout", "pass:x", "-out", "shut.key"]);
    // The older form, as `openssl ecparam -genkey` writes it.
    place.openssl(&["ec", "-in", "pat.key", "-out", "sec1.key"]);
    assert_done(&place.db("export", "a.tar", "db", &["--sign-key", "sec1.key"]), &["sec1.key"]);
    for key in ["big.key", "shut.key", "pat.pub", "none.key"] {
        assert_refused(&place.db("export", "b.tar", "db", &["--sign-key", key]), &[key]);
        assert!(!place.path("b.tar").exists());
    }
    assert_done(&place.db("import", "a.tar", "new", &["--verify-key", "pat.pub"]), &["good"]);
    for key in ["big.pub", "pat.key", "none.pub"] {
        assert_refused(&place.db("import", "a.tar", "new", &["--verify-key", key]), &[key]);
    }
}

#[test]
fn openssl_agrees_on_signatures() {
    if !has("openssl") {
        return;
    }
    let place = Place::new();
    place.make_keys();
    for (key, verify) in [
        ("ann", &["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "ann.pub"][..]),
        (
            "pat",
            &["pkeyutl", "-verify", "-rawin", "-digest", "sha256", "-pubin", "-inkey", "pat.pub"],
        ),
    ] {
        let file = format!("{key}.tar");
        let sign = ["--sign-key", &*format!("{key}.key")];
        assert_done(&place.db("export", &file, "db", &sign), &[]);
        let files = unpacked(&place.path(&file));
        let layers = files.values().filter_map(|bytes| serde_json::from_slice::<Value>(bytes).ok());
        let layer = layers
            .flat_map(|value| value["layers"].as_array().cloned().unwrap_or_default())
            .find(|layer| layer["mediaType"] == "application/vnd.dev.cosign.simplesigning.v1+json")
            .unwrap();
        let name = text(&layer["digest"]).strip_prefix("sha256:").unwrap();
        place.write("payload", &files[&format!("blobs/sha256/{name}")]);
        let signature = text(&layer["annotations"]["dev.cosignproject.cosign/signature"]);
        place.write("signature", BASE64_STANDARD.decode(signature).unwrap());
        place.openssl(&[verify, &["-in", "payload", "-sigfile", "signature"]].concat());
    }

    // The other way around: signed by openssl, over a document written by hand.
    let manifest: Value =
        serde_json::from_slice(&fs::read(place.path("db/manifest.json")).unwrap()).unwrap();
    let segments = place.files("db");
    let segments: Vec<(&str, &[u8])> = segments
        .iter()
        .filter(|(name, _)| name.ends_with(".segment"))
        .map(|(name, bytes)| (&**name, &**bytes))
        .collect();
    for (claimed, kind, good) in [
        (None, "cosign container image signature", true),
        (Some(sha256(b"another")), "cosign container image signature", false),
        (None, "atomic container signature", false),
    ] {
        fs::remove_dir_all(place.path("layout")).ok();
        let mut layout = Layout::new(place.path("layout"));
        let digest = layout.database(KIND, &manifest, &segments);
        let payload = json!({"optional": {"by": "hand"}, "critical": {
            "type": kind,
            "image": {"docker-manifest-digest": claimed.as_ref().unwrap_or(&digest)},
            "identity": {"docker-reference": "example.org/db"},
        }});
        place.write("payload", payload.to_string());
        place.openssl(&["dgst", "-sha256", "-sign", "pat.key", "-out", "signature", "payload"]);
        let signature = BASE64_STANDARD.encode(fs::read(place.path("signature")).unwrap());
        let mut layer = layout.blob(
            "application/vnd.dev.cosign.simplesigning.v1+json",
            payload.to_string().as_bytes(),
        );
        layer["annotations"] = json!({"dev.cosignproject.cosign/signature": signature});
        let config = layout.blob("application/vnd.oci.image.config.v1+json", b"{}");
        let signed = json!({"schemaVersion": 2, "config": config, "layers": [layer]});
        layout.manifest(&format!("{}.sig", digest.replace(':', "-")), &signed);
        let imported = place.db("import", "layout", "new", &["--verify-key", "pat.pub"]);
        if good {
            assert_done(&imported, &["2 moved", "the signature is good"]);
            assert_eq!(place.found("new"), ["CVE-2024-10001"]);
        } else {
            assert_refused(&imported, &["no signature of the key in pat.pub"]);
        }
    }
}

#[test]
fn what_a_newer_program_wrote_says_so() {
    let place = Place::new();
    let newer = json!({"format": 2, "requires": "9.1.0", "shards": []});
    let mut layout = Layout::new(place.path("format"));
    layout.database(KIND, &newer, &[]);
    let refused = place.db("import", "format", "db", &[]);
    assert_refused(&refused, &["format 2", "Lazaret 9.1.0 or newer is needed"]);

    let mut layout = Layout::new(place.path("form"));
    layout.database("application/vnd.lazaret.db.v2", &newer, &[]);
    assert_refused(&place.db("import", "form", "db", &[]), &["vnd.lazaret.db.v2", "newer Lazaret"]);

    let mut layout = Layout::new(place.path("other"));
    layout.database("application/vnd.example.chart.v1", &newer, &[]);
    assert_refused(&place.db("import", "other", "db", &[]), &["not an advisory database"]);
    assert_eq!(place.found("db"), ["CVE-2024-10001"]);
}

#[test]
fn hostile_artifacts_change_nothing() {
    let place = Place::new();
    let old = place.files("db");
    let segment = |name: &str, file: &str, digest: &str, size: u64| {
        json!({"format": 1, "requires": "0.1.0", "segments": [{
            "name": name, "file": file, "digest": digest, "size_bytes": size, "ecosystem": "deb",
            "scheme": "deb", "records": 0, "packages": 0,
            "source": {"id": "x", "url": "https://example.org", "license": "CC0-1.0"}}]})
    };
    let bytes = b"anything at all";
    let digest = sha256(bytes);
    let good = format!("debian-12.{}.segment", &digest[7..23]);
    let bomb = vec![0; 4 << 20];
    for (what, manifest, layers, said) in [
        // It would write over the manifest, over a file of the old database, or elsewhere.
        ("manifest.json", segment("a", "manifest.json", &digest, 15), &bytes[..], "by its content"),
        (
            "old",
            segment("debian-12", text(&place.debian("db")["file"]), &digest, 15),
            &bytes[..],
            "by its content",
        ),
        ("outside", segment("a", "../a.segment", &digest, 15), &bytes[..], "does not name a file"),
        ("more", segment("debian-12", &good, &digest, 14), &bytes[..], "more than the 14 bytes"),
        ("less", segment("debian-12", &good, &digest, 16), &bytes[..], "less than the 16 bytes"),
        ("missing", segment("debian-12", &good, &digest, 15), &b"other"[..], "no layer for"),
        ("huge", segment("debian-12", &good, &digest, u64::MAX), &bytes[..], "its segments have"),
    ] {
        let mut layout = Layout::new(place.path(what));
        layout.database(KIND, &manifest, &[("debian-12", layers)]);
        assert_refused(&place.db("import", what, "db", &[]), &[said]);
        assert_eq!(place.files("db"), old, "{what}");
    }

    // A layer that says it is a small segment, and is a large one.
    let mut layout = Layout::new(place.path("bomb"));
    let compressed = zstd::encode_all(&*bomb, 3).unwrap();
    let mut layer = layout.blob("application/vnd.lazaret.db.segment.v1+zstd", &compressed);
    layer["annotations"] = json!({"vnd.lazaret.db.segment.digest": digest});
    let manifest = segment("debian-12", &good, &digest, 15).to_string();
    let config = layout.blob("application/vnd.lazaret.db.manifest.v1+json", manifest.as_bytes());
    let artifact = json!({"schemaVersion": 2, "artifactType": KIND, "config": config,
        "layers": [layer]});
    layout.manifest("latest", &artifact);
    assert_refused(&place.db("import", "bomb", "db", &[]), &["more than the 15 bytes"]);
    assert_eq!(place.files("db"), old);

    // Damage in the database is found before it is published.
    let file = place.path("db").join(text(&place.debian("db")["file"]));
    let mut damaged = fs::read(&file).unwrap();
    damaged[40] ^= 1;
    fs::write(&file, damaged).unwrap();
    let refused = place.db("export", "a.tar", "db", &[]);
    assert_refused(&refused, &["debian-12", "their digest is"]);
    assert!(!place.path("a.tar").exists());
    let left = fs::read_dir(place.0.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().ends_with(".part")));
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let place = Place::new();
    assert_done(&place.db("export", "a.tar", "db", &[]), &[]);
    place.write("notes/todo.txt", "water the plants");
    assert_refused(&place.db("import", "a.tar", "notes", &[]), &["notes", "no advisory database"]);
    assert_eq!(place.files("notes").len(), 1);

    // What an interrupted pull left is taken up or cleared away, and `db build` replaces it.
    let segment = text(&place.debian("db")["file"]).to_owned();
    place.write(&format!("begun/{segment}"), &place.files("db")[&segment]);
    place.write("begun/old.0123456789abcdef.segment", "of a pull that was never finished");
    place.write("begun/.manifest.json.7.part", "{");
    assert_done(&place.db("import", "a.tar", "begun", &[]), &["1 moved", "1 were there"]);
    assert_eq!(place.files("begun"), place.files("db"));
    place.write("begun/.manifest.json.7.part", "{");
    place.build("begun");
    assert_eq!(place.files("begun"), place.files("db"));

    // A damaged segment is replaced.
    place.write(&format!("begun/{segment}"), "damaged");
    assert_done(&place.db("import", "a.tar", "begun", &[]), &["1 moved", "1 were there"]);
    assert_eq!(place.files("begun"), place.files("db"));
}

#[test]
fn two_writers_do_not_meet() {
    let place = Place::new();
    assert_done(&place.db("export", "a.tar", "db", &[]), &[]);
    let held = fs::File::open(place.path("db")).unwrap();
    held.lock().unwrap();
    assert_refused(&place.db("import", "a.tar", "db", &[]), &["another program is writing"]);
    drop(held);
    assert_done(&place.db("import", "a.tar", "db", &[]), &["2 were there"]);
}

#[test]
fn what_is_asked_wrongly_is_said() {
    let place = Place::new();
    let digest = format!("example.org/db@{}", sha256(b""));
    assert_refused(&place.db("push", &digest, "db", &[]), &["under a tag"]);
    assert_refused(&place.db("push", "UPPER/db", "db", &[]), &["UPPER/db"]);
    assert_refused(&place.db("push", "example.org/db", "none", &[]), &["none"]);
    assert_refused(&place.db("export", "none/a.tar", "db", &[]), &["none/a.tar"]);
}
