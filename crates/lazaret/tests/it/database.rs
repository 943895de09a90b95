//! `lazaret db`: from a folder of feeds to a database to findings, and what a damaged one does.

use crate::support::{Ran, lazaret, ran, ran_with_input, run, shared, text};
use lazaret_testkit::{Image, Layer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SECDB: &str = r#"{
  "distroversion": "v3.18", "reponame": "main",
  "urlprefix": "https://dl-cdn.alpinelinux.org/alpine", "archs": ["x86_64"],
  "packages": [
    {"pkg": {"name": "lantern", "secfixes": {
      "2.1.0-r3": ["CVE-2024-10001"], "2.1.0-r5": ["CVE-2024-10002 XSA-901"]}}},
    {"pkg": {"name": "sandglass", "secfixes": {"0": ["CVE-2024-10003"]}}}
  ]}"#;

const DSA: &str = "\
[12 Feb 2024] DSA-5999-1 lantern - security update
\t{CVE-2024-10001 CVE-2024-10004}
\t[bookworm] - lantern 2.0-1+deb12u2
";

const PYPI: &str = r#"{
  "schema_version": "1.6.0", "id": "PYSEC-2024-9001", "aliases": ["CVE-2024-10005"],
  "modified": "2024-03-01T00:00:00Z", "published": "2024-02-01T00:00:00Z",
  "affected": [{"package": {"ecosystem": "PyPI", "name": "lantern-py"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0rc1"}]}]}],
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}"#;

const NPM: &str = r#"{
  "schema_version": "1.6.0", "id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2024-10006"],
  "modified": "2024-04-01T00:00:00Z", "published": "2024-02-01T00:00:00Z",
  "affected": [{"package": {"ecosystem": "npm", "name": "lantern-js"},
    "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}]}]}],
  "database_specific": {"severity": "MODERATE"}}"#;

fn zip_of(documents: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in documents {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Feeds, what was built of them, and images.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("feeds/alpine-secdb/v3.18/main.json", SECDB.as_bytes());
        place.write("feeds/data/DSA/list", DSA.as_bytes());
        let pypi = zip_of(&[("PYSEC-2024-9001.json", PYPI)]);
        place.write("feeds/osv/PyPI/all.zip", &pypi);
        place.write("feeds/osv/npm/all.zip", &zip_of(&[("GHSA-aaaa-bbbb-cccc.json", NPM)]));
        // Something that is no feed is no matter.
        place.write("feeds/README.md", b"feeds");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    fn build(&self, out: &str) -> Ran {
        let mut command = lazaret();
        command.args(["db", "build", "--feeds"]).arg(self.path("feeds"));
        ran(command.arg("--out").arg(self.path(out)))
    }

    /// A database that is there.
    #[track_caller]
    fn built(&self, out: &str) -> PathBuf {
        let ran = self.build(out);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        self.path(out)
    }

    /// The findings of one layer with a database: `id package installed fixed-in status`.
    fn findings(&self, layer: Layer, db: &Path, arguments: &[&str]) -> Vec<String> {
        let image = self.path("image.tar");
        fs::write(&image, Image::new("app:1").layer(layer).oci_archive()).unwrap();
        let mut command = lazaret();
        command.args(["image", "-f", "json", "--platform", "linux/amd64"]).args(arguments);
        let ran = ran(command.arg("--db").arg(db).arg("--input").arg(&image));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let report = ran.json();
        assert_eq!(report["provenance"]["database"]["origin"], "directory");
        let line = |finding: &Value| {
            let package = &finding["package"];
            let fixed = finding["fixed_versions"].as_array().into_iter().flatten();
            let fixed: Vec<&str> = fixed.map(text).collect();
            format!(
                "{} {} {} {} {}",
                text(&finding["id"]),
                text(&package["name"]),
                text(&package["version"]),
                fixed.join(","),
                text(&finding["state"])
            )
        };
        let mut lines: Vec<String> =
            report["findings"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    }
}

fn alpine(packages: &[(&str, &str)]) -> Layer {
    let mut database = String::new();
    for (name, version) in packages {
        let entry = format!("P:{name}\nV:{version}\nA:x86_64\nL:MIT\no:{name}\n\n");
        database.push_str(&entry);
    }
    Layer::new("ADD rootfs.tar /")
        .file("etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n")
        .file("lib/apk/db/installed", database)
}

fn debian(name: &str, version: &str) -> Layer {
    let status = format!(
        "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n"
    );
    Layer::new("ADD rootfs.tar /")
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n")
        .file("var/lib/dpkg/status", status)
}

/// The files of a folder and their bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn verify(db: &Path) -> Ran {
    ran(lazaret().args(["db", "verify", "--db"]).arg(db))
}

#[test]
fn what_the_feeds_say_is_found() {
    let place = Place::new();
    let db = place.built("db");
    assert_eq!(
        place.findings(alpine(&[("lantern", "2.1.0-r4"), ("sandglass", "1.0-r0")]), &db, &[]),
        ["CVE-2024-10002 lantern 2.1.0-r4 2.1.0-r5 open"]
    );
    assert_eq!(
        place.findings(debian("lantern", "2.0-1+deb12u1"), &db, &[]),
        [
            "CVE-2024-10001 lantern 2.0-1+deb12u1 2.0-1+deb12u2 open",
            "CVE-2024-10004 lantern 2.0-1+deb12u1 2.0-1+deb12u2 open",
        ]
    );
    assert!(place.findings(debian("lantern", "2.0-1+deb12u2"), &db, &[]).is_empty());
    let libraries = Layer::new("COPY . .")
        .file("app/Lantern_Py-1.0b2.dist-info/METADATA", "Name: Lantern_Py\nVersion: 1.0b2\n")
        .file(
            "srv/node_modules/lantern-js/package.json",
            r#"{"name":"lantern-js","version":"3.0.0"}"#,
        );
    assert_eq!(
        place.findings(libraries.clone(), &db, &[]),
        ["CVE-2024-10005 Lantern_Py 1.0b2 1.0rc1 open", "CVE-2024-10006 lantern-js 3.0.0  open"]
    );
    assert_eq!(
        place.findings(libraries, &db, &["--ignore-unfixed"]),
        [
            "CVE-2024-10005 Lantern_Py 1.0b2 1.0rc1 open",
            "CVE-2024-10006 lantern-js 3.0.0  suppressed",
        ]
    );
}

#[test]
fn equal_feeds_give_equal_bytes() {
    let place = Place::new();
    let first = files(&place.built("first"));
    // Over a database that is there, and with the feeds written anew.
    let again = files(&place.built("first"));
    place.write("feeds/data/DSA/list", DSA.as_bytes());
    let second = files(&place.built("second"));
    // Four segments, the severities they state, and the manifest.
    assert_eq!(first.len(), 6);
    assert_eq!(first, again);
    assert_eq!(first, second);
    let left = fs::read_dir(place.path("")).unwrap().map(|e| e.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_status_says_what_is_in_a_database() {
    let place = Place::new();
    let db = place.built("db");
    let status = |format: &str| {
        let ran = ran(lazaret().args(["db", "status", "-f", format, "--db"]).arg(&db));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran
    };
    let json = status("json").json();
    assert_eq!(json["origin"], "directory");
    // The day of the newest publication, which is that of the notice; changes are no news.
    assert_eq!(json["newest"], "2024-02-12T00:00:00Z");
    let segments: Vec<(&str, u64, &str)> = json["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| {
            let records = segment["records"].as_u64().unwrap();
            (text(&segment["name"]), records, text(&segment["source"]["id"]))
        })
        .collect();
    assert_eq!(
        segments,
        [
            ("alpine-3.18", 3, "alpine-secdb"),
            ("debian-12", 2, "debian-list"),
            ("npm", 1, "osv-npm"),
            ("pypi", 1, "osv-pypi"),
            // What the registries' records say of severities, by vulnerability.
            ("severities", 2, "segments"),
        ]
    );
    let table = status("table").stdout;
    for part in ["alpine-3.18", "debian-12", "2024-02-12", "osv-npm (CC-BY-4.0)", "on disk"] {
        assert!(table.contains(part), "{part} is missing from {table}");
    }
    assert!(table.contains(text(&json["digest"])), "{table}");
    let snapshot = run(&["db", "status", "--format", "json"]).json();
    assert_eq!(snapshot["origin"], "snapshot");
    assert_eq!(run(&["db", "status", "--format", "xml"]).code, 2);
    assert_eq!(run(&["db", "status", "--db", "gone"]).code, 2);
}

#[test]
fn a_whole_database_is_verified() {
    let place = Place::new();
    let ran = verify(&place.built("db"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("4 segments"), "{}", ran.stdout);
    assert_eq!(run(&["db", "verify"]).code, 0, "the snapshot");
}

#[test]
fn a_damaged_database_gives_no_answer() {
    let place = Place::new();
    let db = place.built("db");
    let image = place.path("image.tar");
    let layer = alpine(&[("lantern", "2.1.0-r4")]);
    fs::write(&image, Image::new("app:1").layer(layer).oci_archive()).unwrap();
    let scan = || {
        let mut command = lazaret();
        command.args(["image", "-f", "json", "--platform", "linux/amd64", "--db"]).arg(&db);
        ran(command.arg("--input").arg(&image))
    };
    assert_eq!(scan().code, 0);
    let refused = |ran: &Ran, segment: &str| {
        assert_eq!(ran.code, 2, "{segment}: {}", ran.stdout);
        assert_eq!(ran.stdout, "", "{segment}");
        assert!(ran.stderr.contains(segment), "{segment}: {}", ran.stderr);
    };
    for (file, whole) in files(&db) {
        let Some(segment) = file.strip_suffix(".segment") else { continue };
        let segment = segment.rsplit_once('.').unwrap().0;
        for at in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(db.join(&file), &damaged).unwrap();
            refused(&verify(&db), segment);
            // A scan reads the segments it needs.
            if segment == "alpine-3.18" {
                refused(&scan(), segment);
            }
        }
        fs::write(db.join(&file), &whole[..whole.len() - 4]).unwrap();
        refused(&verify(&db), segment);
        fs::remove_file(db.join(&file)).unwrap();
        refused(&verify(&db), segment);
        fs::write(db.join(&file), &whole).unwrap();
    }
    assert_eq!(verify(&db).code, 0);
    for manifest in ["", "{}", "[]", "{\"format\": 1, \"segments\": 3}"] {
        fs::write(db.join("manifest.json"), manifest).unwrap();
        refused(&verify(&db), "manifest");
        refused(&scan(), "manifest");
    }
}

#[test]
fn a_database_of_a_later_format_names_the_program_it_needs() {
    let place = Place::new();
    let db = place.built("db");
    let manifest = fs::read_to_string(db.join("manifest.json")).unwrap();
    let mut manifest: Value = serde_json::from_str(&manifest).unwrap();
    manifest["format"] = (manifest["format"].as_u64().unwrap() + 1).into();
    manifest["requires"] = "7.3.0".into();
    fs::write(db.join("manifest.json"), manifest.to_string()).unwrap();
    for command in ["status", "verify"] {
        let ran = ran(lazaret().args(["db", command, "--db"]).arg(&db));
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("Lazaret 7.3.0 or newer is needed"), "{}", ran.stderr);
    }
}

#[test]
fn versions_are_compared_as_their_own_tools_compare_them() {
    // The Debian policy manual (5.6.12), PEP 440 and semver.org (11) say so.
    for (scheme, a, order, b) in [
        ("deb", "1.0~rc1", "<", "1.0"),
        ("deb", "1:0.1", ">", "9.9"),
        ("deb", "1.0", "=", "1.0"),
        ("pep440", "1.0.dev1", "<", "1.0a1"),
        ("pep440", "1.0", "=", "1.0.0"),
        ("semver", "1.0.0-alpha.2", "<", "1.0.0-alpha.10"),
        ("apk", "1.2_rc1", "<", "1.2"),
        ("apk", "1.2-r10", ">", "1.2-r9"),
    ] {
        let ran = run(&["db", "compare", "--scheme", scheme, a, b]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, format!("{order}\n").as_str()), "{a} {b}");
    }
    let lines = |scheme: &str, input: &str| {
        let arguments = ["db", "compare", "--scheme", scheme, "--stdin"];
        ran_with_input(lazaret().args(arguments), input)
    };
    let ran = lines("deb", "1.0~rc1 1.0\n\n1.0 1.0\n  2 1\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "<\n=\n>\n"));
    let ran = lines("semver", "1.0.0 2.0.0\none 2.0.0\n2.0.0 1.0.0\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "<\n!\n>\n"));
    let ran = lines("deb", "1 2\n1 2 3\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "<\n"));
    assert!(ran.stderr.contains("line 2"), "{}", ran.stderr);
    assert_eq!(lines("deb", "").stdout, "");
}

#[test]
fn what_is_no_version_is_an_error() {
    for (arguments, said) in [
        (&["--scheme", "semver", "one", "2.0.0"][..], "`one`"),
        (&["--scheme", "pep440", "1.0", "1.0-what"], "`1.0-what`"),
        (&["--scheme", "apk", "1.0", "1.0-rc1"], "`1.0-rc1`"),
        (&["--scheme", "deb", "1.0", ""], "``"),
        (&["--scheme", "rpms", "1", "2"], "`rpms`"),
        (&["--scheme", "deb", "1"], "<B>"),
    ] {
        let all = [&["db", "compare"], arguments].concat();
        let ran = run(&all);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains(said), "{said} is missing from {}", ran.stderr);
    }
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let place = Place::new();
    place.write("home/diary.txt", b"dear diary");
    place.write("file", b"a file");
    // Many things have a manifest.json, and a database may have got company.
    place.write("extension/manifest.json", b"{\"manifest_version\": 3}");
    place.built("shared");
    place.write("shared/notes.txt", b"mine");
    for out in ["home", "file", "extension", "shared"] {
        let ran = place.build(out);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        assert!(ran.stderr.contains(out), "{}", ran.stderr);
    }
    assert_eq!(files(&place.path("home")), [("diary.txt".into(), b"dear diary".to_vec())].into());
    assert_eq!(fs::read(place.path("file")).unwrap(), b"a file");
    assert_eq!(files(&place.path("extension")).len(), 1);
    assert_eq!(files(&place.path("shared")).len(), 7);
    fs::create_dir(place.path("empty")).unwrap();
    assert_eq!(verify(&place.built("empty")).code, 0);
}

#[test]
fn a_broken_feed_is_named_and_the_rest_is_built() {
    let feeds = [
        ("alpine-secdb/v3.18/main.json", "alpine-3.18"),
        ("data/DSA/list", "debian-12"),
        ("osv/PyPI/all.zip", "pypi"),
        ("osv/npm/all.zip", "npm"),
    ];
    for (feed, lost) in feeds {
        let place = Place::new();
        let file = place.path("feeds").join(feed);
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..whole.len() * 2 / 3]).unwrap();
        let ran = place.build("db");
        // It is built, and whoever built it is told not to take it for the whole.
        assert_eq!(ran.code, 2, "{feed}: {}", ran.stdout);
        assert!(ran.stderr.contains(feed), "{}", ran.stderr);
        let status = ran_status(&place.path("db"));
        for (_, segment) in feeds {
            assert_eq!(status.contains(segment), segment != lost, "{feed}: {status}");
        }
    }
}

fn ran_status(db: &Path) -> String {
    let ran = ran(lazaret().args(["db", "status", "--db"]).arg(db));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout
}

#[test]
fn a_database_is_not_replaced_by_nothing() {
    let place = Place::new();
    let db = place.built("db");
    let before = files(&db);
    for feed in
        ["alpine-secdb/v3.18/main.json", "data/DSA/list", "osv/PyPI/all.zip", "osv/npm/all.zip"]
    {
        place.write(&format!("feeds/{feed}"), b"<html>moved</html>");
    }
    let ran = place.build("db");
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("osv/PyPI/all.zip"), "{}", ran.stderr);
    assert_eq!(files(&db), before);
}

#[test]
fn a_broken_record_is_named_and_the_rest_is_built() {
    let place = Place::new();
    let records = zip_of(&[("PYSEC-2024-9001.json", PYPI), ("PYSEC-2024-9002.json", "{")]);
    place.write("feeds/osv/PyPI/all.zip", &records);
    let mut command = lazaret();
    command.args(["db", "build", "--verbose", "--feeds"]).arg(place.path("feeds"));
    let ran = ran(command.arg("--out").arg(place.path("db")));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("PYSEC-2024-9002"), "{}", ran.stdout);
    assert!(ran_status(&place.path("db")).contains("pypi"));
}

#[test]
fn a_folder_without_feeds_is_an_error() {
    let place = Place::new();
    fs::remove_dir_all(place.path("feeds")).unwrap();
    let gone = place.build("db");
    assert_eq!(gone.code, 2);
    assert!(gone.stderr.contains("feeds"), "{}", gone.stderr);
    place.write("feeds/README.md", b"no feeds");
    let none = place.build("db");
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("data/DSA/list"), "{}", none.stderr);
    assert!(!place.path("db").exists());
}

#[test]
fn only_what_may_be_passed_on_is_taken_when_asked() {
    let place = Place::new();
    let mut command = lazaret();
    command.args(["db", "build", "--redistributable", "--feeds"]).arg(place.path("feeds"));
    let ran = ran(command.arg("--out").arg(place.path("db")));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let status = ran_status(&place.path("db"));
    assert!(status.contains("pypi") && status.contains("npm"), "{status}");
    assert!(!status.contains("alpine") && !status.contains("debian"), "{status}");
}

#[test]
fn real_feeds_are_read_to_the_last_record() {
    let Some(feeds) = shared("feeds") else { return };
    let place = Place::new();
    let mut command = lazaret();
    command.args(["db", "build", "--feeds"]).arg(&feeds);
    let built = ran(command.arg("--out").arg(place.path("db")));
    assert_eq!(built.code, 0, "{}", built.stderr);
    let counts: BTreeMap<&str, Vec<u64>> = built
        .stdout
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(feed, rest)| {
            (feed, rest.split_whitespace().filter_map(|word| word.parse().ok()).collect())
        })
        .collect();
    // What the mirror's own description says of each: records, and of the lists 5,909 and 4,224.
    for (feed, records) in [
        ("osv-pypi", 7_080),
        ("osv-npm", 175),
        ("debian-digest", 1_268),
        ("debian-list", 5_909 + 4_224),
    ] {
        assert_eq!(counts[feed][1], records, "{feed}: {}", built.stdout);
        assert_eq!(counts[feed][3], 0, "{feed}: {}", built.stdout);
    }
    // 6,399 ids of v3.17 and 9,804 of edge are only a part.
    assert!(counts["alpine-secdb"][1] > 6_399 + 9_804, "{}", built.stdout);
    assert_eq!(verify(&place.path("db")).code, 0);
    let status = ran_status(&place.path("db"));
    for segment in ["alpine-3.17", "alpine-edge", "debian-11", "debian-12", "npm", "pypi"] {
        assert!(status.contains(segment), "{segment}: {status}");
    }
}
