//! `lazaret db update` against a server that says what it was asked: only what changed is fetched.

use crate::support::{Ran, lazaret, ran, run};
use lazaret_testkit::web::{Page, Request, Web};
use lazaret_testkit::{Image, Layer};
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Folders of the sources below, as their feeds know them.
pub(crate) const ALPINE: &str = "secdb.alpinelinux.org";
pub(crate) const NPM: &str = "osv-vulnerabilities.storage.googleapis.com/npm";
pub(crate) const WOLFI: &str = "packages.wolfi.dev/os";

/// A feed of Alpine with so many flaws of one package, each fixed in its own version.
pub(crate) fn secdb(branch: &str, flaws: usize) -> String {
    let fixes: Vec<String> =
        (1..=flaws).map(|n| format!(r#""1.{n}-r0": ["CVE-2024-{n:05}"]"#)).collect();
    format!(
        r#"{{"distroversion": "{branch}", "reponame": "main",
        "urlprefix": "https://dl-cdn.alpinelinux.org/alpine", "archs": ["x86_64"],
        "packages": [{{"pkg": {{"name": "lantern", "secfixes": {{{}}}}}}}]}}"#,
        fixes.join(", ")
    )
}

/// A record of OSV.
pub(crate) fn record(id: &str, package: &str, fixed: &str, modified: &str) -> String {
    format!(
        r#"{{"schema_version": "1.6.0", "id": "{id}", "modified": "{modified}",
        "published": "2024-02-01T00:00:00Z",
        "affected": [{{"package": {{"ecosystem": "npm", "name": "{package}"}},
        "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
    )
}

/// The records of an ecosystem, as the server has them.
pub(crate) struct Export(pub(crate) Vec<(String, String, String)>);

impl Export {
    /// So many records about one package each.
    pub(crate) fn of(records: usize) -> Self {
        let records = (1..=records).map(|n| {
            let id = format!("GHSA-aaaa-bbbb-{n:04}");
            let modified = "2024-03-01T00:00:00Z".to_owned();
            let text = record(&id, &format!("lantern-{n}"), "1.0.0", &modified);
            (id, modified, text)
        });
        Self(records.collect())
    }

    pub(crate) fn zip(&self) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (id, _, text) in &self.0 {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(format!("{id}.json"), options).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Serves archive, list and single records.
    pub(crate) fn serve(&self, web: &Web, at: &str) {
        web.put(&format!("{at}/all.zip"), self.zip());
        let list: Vec<String> =
            self.0.iter().map(|(id, modified, _)| format!("{modified},{id}")).collect();
        web.put(&format!("{at}/modified_id.csv"), list.join("\n"));
        for (id, _, text) in &self.0 {
            web.put(&format!("{at}/{id}.json"), text.as_bytes());
        }
    }
}

/// A server with the feeds of some sources, and a folder for what is made of them.
pub(crate) struct Place {
    pub(crate) web: Web,
    folder: TempDir,
}

impl Place {
    /// Alpine's two releases, npm with ten records, and Wolfi.
    pub(crate) fn new() -> Self {
        let place = Self { web: Web::start(), folder: tempfile::tempdir().unwrap() };
        let web = &place.web;
        let page = r#"<html><body><a href="../">..</a><a href="v3.19/">v3.19/</a>
            <a href="v3.20/">v3.20/</a><a href="last-update">last-update</a></body></html>"#;
        web.put(&format!("{ALPINE}/"), page);
        web.put(&format!("{ALPINE}/v3.19/main.json"), secdb("v3.19", 4));
        web.put(&format!("{ALPINE}/v3.20/main.json"), secdb("v3.20", 5));
        Export::of(10).serve(web, NPM);
        web.put(&format!("{WOLFI}/security.json"), secdb("", 6));
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn db(&self) -> PathBuf {
        self.path("db")
    }

    /// The program, told to ask the server alone.
    pub(crate) fn command(&self) -> Command {
        let mut command = lazaret();
        command.env("LAZARET_RETRIES", "1");
        command.args(["db", "update", "--mirror-only", "--db"]).arg(self.db());
        for (source, at) in [("alpine-secdb", ALPINE), ("osv-npm", NPM), ("wolfi-secdb", WOLFI)] {
            command.arg("--source-url").arg(format!("{source}={}", self.web.url(at)));
        }
        command
    }

    /// An update of the three sources.
    pub(crate) fn update(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command();
        ran(command.args(["--only", "alpine-secdb,osv-npm,wolfi-secdb"]).args(arguments))
    }

    /// An update of the three sources that goes well.
    #[track_caller]
    pub(crate) fn updated(&self) -> Ran {
        let ran = self.update(&[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran
    }

    pub(crate) fn manifest(&self) -> Value {
        serde_json::from_slice(&fs::read(self.db().join("manifest.json")).unwrap()).unwrap()
    }

    pub(crate) fn segment(&self, name: &str) -> Value {
        let manifest = self.manifest();
        let segments = manifest["segments"].as_array().unwrap();
        segments.iter().find(|segment| segment["name"] == name).cloned().unwrap_or_default()
    }

    /// `name records` of every segment.
    pub(crate) fn segments(&self) -> Vec<String> {
        let manifest = self.manifest();
        let segments = manifest["segments"].as_array().unwrap().iter();
        segments.map(|s| format!("{} {}", s["name"].as_str().unwrap(), s["records"])).collect()
    }
}

/// `status path` of requests, in the order of their paths.
pub(crate) fn summary(requests: &[Request]) -> Vec<String> {
    let mut lines: Vec<String> =
        requests.iter().map(|r| format!("{} {}", r.status, r.path.replace("%20", " "))).collect();
    lines.sort_by(|a, b| a[4..].cmp(&b[4..]).then(a.cmp(b)));
    lines
}

fn alpine_image(place: &Place, packages: &[(&str, &str)]) -> PathBuf {
    let mut database = String::new();
    for (name, version) in packages {
        let entry = format!("P:{name}\nV:{version}\nA:x86_64\nL:MIT\no:{name}\n\n");
        database.push_str(&entry);
    }
    let layer = Layer::new("ADD rootfs.tar /")
        .file("etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n")
        .file("lib/apk/db/installed", database)
        .file("srv/node_modules/x/package.json", r#"{"name":"x","version":"1.0.0"}"#);
    let image = place.path("image.tar");
    fs::write(&image, Image::new("app:1").layer(layer).oci_archive()).unwrap();
    image
}

fn scan(image: &Path, db: &Path) -> Value {
    let mut command = lazaret();
    command.args(["image", "-f", "json", "--platform", "linux/amd64", "--input"]).arg(image);
    let ran = ran(command.arg("--db").arg(db));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.json()
}

#[test]
fn a_database_is_made_of_what_is_fetched() {
    let place = Place::new();
    let ran = place.updated();
    assert_eq!(place.segments(), ["alpine-3.19 4", "alpine-3.20 5", "npm 10", "wolfi 6"]);
    assert!(ran.stdout.contains("alpine-secdb"), "{}", ran.stdout);
    // The mirror has the layout of the sources, so it can be built from and served.
    for file in [
        "secdb.alpinelinux.org/v3.20/main.json",
        "osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
        "packages.wolfi.dev/os/security.json",
    ] {
        assert!(place.db().join("feeds").join(file).is_file(), "{file}");
    }
    let image = alpine_image(&place, &[("lantern", "1.4-r0")]);
    let report = scan(&image, &place.db());
    let ids: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().map(|finding| &finding["id"]).collect();
    assert_eq!(ids, ["CVE-2024-00005"]);
}

#[test]
fn nothing_is_sent_again_that_did_not_change() {
    let place = Place::new();
    place.updated();
    let before = fs::read(place.db().join("manifest.json")).unwrap();
    let first = place.web.take();
    assert!(first.iter().all(|request| request.header("if-none-match").is_none()));
    let ran = place.updated();
    let requests = place.web.take();
    // What was never there is asked for again; everything else is known.
    for request in &requests {
        assert!(matches!(request.status, 304 | 404), "{request:?}");
        let is_asked = request.header("if-none-match").is_some();
        assert_eq!(is_asked, request.status == 304, "{request:?}");
        assert!(request.status == 404 || request.sent == 0);
    }
    assert_eq!(
        summary(&requests),
        [
            "304 /osv-vulnerabilities.storage.googleapis.com/npm/modified_id.csv",
            "304 /packages.wolfi.dev/os/security.json",
            "304 /secdb.alpinelinux.org/",
            "404 /secdb.alpinelinux.org/v3.19/community.json",
            "304 /secdb.alpinelinux.org/v3.19/main.json",
            "404 /secdb.alpinelinux.org/v3.20/community.json",
            "304 /secdb.alpinelinux.org/v3.20/main.json",
        ]
    );
    assert!(ran.stdout.contains("Nothing changed"), "{}", ran.stdout);
    assert_eq!(fs::read(place.db().join("manifest.json")).unwrap(), before);
}

#[test]
fn the_one_file_that_changed_is_fetched() {
    let place = Place::new();
    place.updated();
    place.web.take();
    place.web.put(&format!("{ALPINE}/v3.20/main.json"), secdb("v3.20", 7));
    place.updated();
    let sent: Vec<Request> =
        place.web.take().into_iter().filter(|request| request.status == 200).collect();
    assert_eq!(summary(&sent), ["200 /secdb.alpinelinux.org/v3.20/main.json"]);
    assert_eq!(place.segments(), ["alpine-3.19 4", "alpine-3.20 7", "npm 10", "wolfi 6"]);
}

#[test]
fn a_date_tells_a_change_as_well_as_a_tag() {
    let place = Place::new();
    let page = Page {
        body: secdb("", 6).into_bytes(),
        last_modified: Some("Fri, 01 Mar 2024 10:00:00 GMT".to_owned()),
        ..Page::default()
    };
    let path = format!("{WOLFI}/security.json");
    place.web.put_page(&path, page);
    place.updated();
    place.web.take();
    place.updated();
    let requests = place.web.take();
    let asked = requests.iter().find(|request| request.path.contains("wolfi")).unwrap();
    assert_eq!(asked.status, 304);
    assert_eq!(asked.header("if-modified-since"), Some("Fri, 01 Mar 2024 10:00:00 GMT"));
}

#[test]
fn a_server_that_cannot_tell_causes_no_new_database() {
    let place = Place::new();
    let page = Page { body: secdb("", 6).into_bytes(), ..Page::default() };
    place.web.put_page(&format!("{WOLFI}/security.json"), page);
    place.updated();
    let ran = place.updated();
    assert!(ran.stdout.contains("Nothing changed"), "{}", ran.stdout);
}

#[test]
fn a_file_that_was_touched_is_fetched_again() {
    let place = Place::new();
    place.updated();
    let file = place.db().join("feeds").join(WOLFI).join("security.json");
    fs::write(&file, "{").unwrap();
    place.updated();
    assert_eq!(fs::read_to_string(file).unwrap(), secdb("", 6));
}

#[test]
fn the_few_records_that_changed_are_fetched_one_by_one() {
    let place = Place::new();
    place.updated();
    place.web.take();
    let mut export = Export::of(11);
    // One changed, one new, one gone.
    let modified = "2024-04-01T00:00:00Z";
    export.0[1].1 = modified.to_owned();
    export.0[1].2 = record(&export.0[1].0, "lantern-2", "2.5.0", modified);
    export.0.remove(4);
    export.serve(&place.web, NPM);
    let ran = place.updated();
    let sent: Vec<Request> =
        place.web.take().into_iter().filter(|request| request.status == 200).collect();
    assert_eq!(
        summary(&sent),
        [
            "200 /osv-vulnerabilities.storage.googleapis.com/npm/GHSA-aaaa-bbbb-0002.json",
            "200 /osv-vulnerabilities.storage.googleapis.com/npm/GHSA-aaaa-bbbb-0011.json",
            "200 /osv-vulnerabilities.storage.googleapis.com/npm/modified_id.csv",
        ]
    );
    assert!(ran.stdout.contains("2 changed records"), "{}", ran.stdout);
    assert_eq!(place.segment("npm")["records"], 10);
    let found = |package: &str| {
        let mut command = lazaret();
        command.args(["db", "search", "--package", package, "--db"]).arg(place.db());
        self::ran(&mut command).stdout
    };
    assert!(found("lantern-2").contains("2.5.0"), "{}", found("lantern-2"));
    assert!(found("lantern-11").contains("GHSA-aaaa-bbbb-0011"));
    assert!(!found("lantern-5").contains("GHSA-aaaa-bbbb-0005"));
    place.updated();
    assert!(place.web.take().iter().all(|request| request.status != 200));
}

#[test]
fn many_changed_records_are_fetched_at_once() {
    let place = Place::new();
    place.updated();
    place.web.take();
    let mut export = Export::of(10);
    for (id, modified, text) in export.0.iter_mut().take(6) {
        *modified = "2024-04-01T00:00:00Z".to_owned();
        *text = record(id, "lantern-x", "3.0.0", modified);
    }
    export.serve(&place.web, NPM);
    place.updated();
    let sent: Vec<Request> =
        place.web.take().into_iter().filter(|request| request.status == 200).collect();
    assert_eq!(
        summary(&sent),
        [
            "200 /osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
            "200 /osv-vulnerabilities.storage.googleapis.com/npm/modified_id.csv",
        ]
    );
}

#[test]
fn a_mirror_without_lists_will_do() {
    let place = Place::new();
    place.web.remove(&format!("{NPM}/modified_id.csv"));
    place.web.remove(&format!("{ALPINE}/"));
    place.updated();
    assert_eq!(place.segments(), ["alpine-3.19 4", "alpine-3.20 5", "npm 10", "wolfi 6"]);
    place.web.take();
    place.updated();
    assert!(place.web.take().iter().all(|request| matches!(request.status, 304 | 404)));
}

#[test]
fn mirrors_of_everything_are_asked_in_order() {
    let place = Place::new();
    let other = Web::start();
    other.put(&format!("feeds/{WOLFI}/security.json"), secdb("", 9));
    let mut command = lazaret();
    command.args(["db", "update", "wolfi-secdb", "--retries", "0", "--db"]).arg(place.db());
    // The first has nothing, and the third is not asked.
    command.args(["--mirror", &place.web.url("nothing")]);
    command.args(["--mirror", &other.url("feeds"), "--mirror", &place.web.url("")]);
    let ran = ran(&mut command);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.segments(), ["wolfi 9"]);
    assert_eq!(summary(&place.web.take()), ["404 /nothing/packages.wolfi.dev/os/security.json"]);
    // What one server says of a file is not asked of another.
    other.fail_always(
        &format!("feeds/{WOLFI}/security.json"),
        Some(lazaret_testkit::web::Fault::Status(503)),
    );
    let ran = self::ran(&mut command);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let asked = place.web.take();
    assert_eq!(asked.last().map(|request| request.status), Some(200));
    assert!(asked.iter().all(|request| request.header("if-none-match").is_none()));
}

#[test]
fn addresses_come_from_the_environment_and_the_file_too() {
    let place = Place::new();
    let url = format!("wolfi-secdb={}", place.web.url(WOLFI));
    let mut command = lazaret();
    command.args(["db", "update", "wolfi-secdb", "--db"]).arg(place.path("one"));
    let first = ran(command.env("LAZARET_SOURCE_URL", &url));
    assert_eq!(first.code, 0, "{}", first.stderr);
    let config = place.path("lazaret.yaml");
    fs::write(&config, format!("source-url: [{url}]\nonly: [wolfi-secdb]\n")).unwrap();
    let mut command = lazaret();
    command.args(["db", "update", "--config"]).arg(&config);
    let second = ran(command.arg("--db").arg(place.path("two")));
    assert_eq!(second.code, 0, "{}", second.stderr);
    let read = |db: &str| fs::read(place.path(db).join("manifest.json")).unwrap();
    assert_eq!(read("one"), read("two"));
}

#[test]
fn a_segment_names_what_is_needed_of_a_source() {
    let place = Place::new();
    let ran = ran(place.command().arg("alpine-3.20"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let asked = place.web.take();
    assert!(asked.iter().all(|request| !request.path.contains("v3.19")), "{asked:?}");
    assert_eq!(place.segments(), ["alpine-3.20 5"]);
    assert!(ran.stderr.contains("osv-alpine is not up to date"), "{}", ran.stderr);
}

#[test]
fn what_an_image_needs_is_fetched() {
    let place = Place::new();
    let image = alpine_image(&place, &[("lantern", "1.4-r0")]);
    let ask = |target: &Path| {
        let ran = ran(place.command().args(["--platform", "linux/amd64", "--for"]).arg(target));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let asked = place.web.take();
        assert!(asked.iter().any(|request| request.path.contains("v3.20/main.json")));
        assert!(asked.iter().any(|request| request.path.contains("npm/")));
        for other in ["v3.19", "wolfi"] {
            assert!(asked.iter().all(|request| !request.path.contains(other)), "{other}");
        }
    };
    ask(&image);
    let report = place.path("report.json");
    fs::write(&report, scan(&image, &place.db()).to_string()).unwrap();
    ask(&report);
}

#[test]
fn segments_of_elsewhere_stay() {
    let place = Place::new();
    let feeds = place.path("elsewhere/data/DSA");
    fs::create_dir_all(&feeds).unwrap();
    let list = "[12 Feb 2024] DSA-5999-1 lantern - security update\n\
                \t{CVE-2024-10001}\n\t[bookworm] - lantern 2.0-1+deb12u2\n";
    fs::write(feeds.join("list"), list).unwrap();
    let mut command = lazaret();
    command.args(["db", "build", "--feeds"]).arg(place.path("elsewhere"));
    assert_eq!(ran(command.arg("--out").arg(place.db())).code, 0);
    place.updated();
    let expected = ["alpine-3.19 4", "alpine-3.20 5", "debian-12 1", "npm 10", "wolfi 6"];
    assert_eq!(place.segments(), expected);
    assert!(place.segment("debian-12")["old"].is_null());
    let mut command = lazaret();
    assert_eq!(ran(command.args(["db", "verify", "--db"]).arg(place.db())).code, 0);
}

#[test]
fn what_was_known_before_can_still_be_asked() {
    let place = Place::new();
    place.updated();
    let mut export = Export::of(11);
    export.0[10].2 = export.0[10].2.replace("2024-02-01", "2024-05-01");
    export.serve(&place.web, NPM);
    place.updated();
    let kept = fs::read_dir(place.db().join("history")).unwrap().count();
    assert_eq!(kept, 1);
    assert!(!place.db().join("unfinished").exists());
    let left = fs::read_dir(place.db()).unwrap().map(|e| e.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().ends_with("part")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_pull_and_a_build_leave_the_mirror_alone() {
    let place = Place::new();
    place.updated();
    let mut command = lazaret();
    command.args(["db", "build", "--feeds"]).arg(place.db().join("feeds"));
    let ran = ran(command.arg("--out").arg(place.db()));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(place.updated().stdout.contains("Nothing changed"));
}

#[test]
fn every_source_is_listed_with_its_address() {
    let ran = run(&["db", "update", "--list"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for line in [
        "https://secdb.alpinelinux.org/",
        "https://osv-vulnerabilities.storage.googleapis.com/npm/",
        "https://security-tracker.debian.org/tracker/data/json",
        "https://packages.wolfi.dev/os/security.json",
    ] {
        assert!(ran.stdout.contains(line), "{line} is missing from {}", ran.stdout);
    }
}

#[test]
fn what_makes_no_sense_is_said() {
    let place = Place::new();
    for (arguments, said) in [
        (&["osv-pipi"][..], "`osv-pipi` is neither a feed"),
        (&["--source-url", "osv-npm"], "--source-url takes SOURCE=URL"),
        (&["--source-url", "osv-pipi=http://x"], "there is no source `osv-pipi`"),
        (&["--mirror", "file:///tmp"], "`file:///tmp` is no address"),
        (&["--accept-shrunk", "osv-pipi"], "`osv-pipi` is neither a feed nor a segment"),
    ] {
        let mut command = lazaret();
        command.args(["db", "update", "--db"]).arg(place.db()).args(arguments);
        let ran = ran(&mut command);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(said), "`{said}` is missing from {}", ran.stderr);
    }
    assert!(!place.db().exists());
    let ran = run(&["db", "update"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--db"), "{}", ran.stderr);
}
