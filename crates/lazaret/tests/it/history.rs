//! Databases over time: what was known when, what changed, and how the past is forgotten.

use crate::support::{Ran, lazaret, ran, text};
use lazaret_testkit::{Image, Layer};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The security tracker's list, with one announcement more each time.
const FIRST: &str = "\
[12 Feb 2024] DSA-5999-1 lantern - security update
\t{CVE-2024-10001}
\t[bookworm] - lantern 2.0-1+deb12u2
";
const SECOND: &str = "\
[10 Mar 2024] DSA-6001-1 lantern - security update
\t{CVE-2024-10004}
\t[bookworm] - lantern 2.0-1+deb12u3
";
const THIRD: &str = "\
[09 Apr 2024] DSA-6002-1 sandglass - security update
\t{CVE-2024-10005}
\t[bookworm] - sandglass 1.1-1
";

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let status = "Package: lantern\nStatus: install ok installed\nArchitecture: amd64\n\
                      Version: 2.0-1+deb12u1\n\n";
        let layer = Layer::new("ADD rootfs.tar /")
            .file("etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n")
            .file("var/lib/dpkg/status", status);
        fs::write(place.path("image.tar"), Image::new("app:1").layer(layer).oci_archive()).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn feed(&self, lists: &[&str]) {
        let folder = self.path("feeds/data/DSA");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("list"), lists.concat()).unwrap();
    }

    fn build(&self, arguments: &[&str]) -> Ran {
        let mut command = lazaret();
        command.args(["db", "build", "--feeds"]).arg(self.path("feeds"));
        ran(command.arg("--out").arg(self.path("db")).args(arguments))
    }

    #[track_caller]
    fn built(&self, lists: &[&str], arguments: &[&str]) {
        self.feed(lists);
        let ran = self.build(arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }

    /// The JSON report with the database, as bytes.
    #[track_caller]
    fn scan(&self, arguments: &[&str]) -> String {
        let mut command = lazaret();
        command.args(["image", "-f", "json", "--platform", "linux/amd64", "--input"]);
        command.arg(self.path("image.tar")).arg("--db").arg(self.path("db")).args(arguments);
        let ran = ran(&mut command);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    }

    fn db(&self, arguments: &[&str]) -> Ran {
        let mut command = lazaret();
        command.arg("db").args(arguments).arg("--db").arg(self.path("db"));
        ran(&mut command)
    }

    /// Files of the database and of its history.
    fn counts(&self) -> (usize, usize) {
        let count = |path: &Path| fs::read_dir(path).map_or(0, Iterator::count);
        let history = self.path("db/history");
        let folder = usize::from(history.exists());
        (count(&self.path("db")) - folder, count(&history))
    }
}

fn ids(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| text(&finding["id"]).to_owned()).collect()
}

#[test]
fn an_earlier_report_is_reproduced_byte_for_byte() {
    let place = Place::new();
    place.built(&[FIRST], &["--at", "2024-02-20"]);
    let then = place.scan(&[]);
    assert_eq!(ids(&then), ["CVE-2024-10001"]);
    place.built(&[FIRST, SECOND], &["--at", "2024-03-20"]);
    let now = place.scan(&[]);
    assert_eq!(ids(&now), ["CVE-2024-10001", "CVE-2024-10004"]);
    for date in ["2024-02-20", "2024-03-01", "2024-03-19", "2024-03-19T23:59:59Z"] {
        assert_eq!(place.scan(&["--db-at", date]), then, "{date}");
    }
    for date in ["2024-03-20", "2024-03-20T00:00:00Z", "2030-01-01"] {
        assert_eq!(place.scan(&["--db-at", date]), now, "{date}");
    }
    // And after another one still.
    place.built(&[FIRST, SECOND, THIRD], &["--at", "2024-04-20"]);
    assert_eq!(place.scan(&["--db-at", "2024-03-01"]), then);
    assert_eq!(place.scan(&["--db-at", "2024-04-01"]), now);
    assert_eq!(place.db(&["verify"]).code, 0);
    assert!(place.db(&["verify"]).stdout.contains("and 2 before it"));
    let status = place.db(&["status", "-f", "json"]).json();
    assert_eq!(status["built"], "2024-04-20T00:00:00Z");
    assert_eq!(status["history"], json!(["2024-02-20T00:00:00Z", "2024-03-20T00:00:00Z"]));
}

#[test]
fn before_the_first_database_first_seen_times_decide_and_the_report_says_so() {
    let place = Place::new();
    place.built(&[FIRST, SECOND], &["--at", "2024-03-20"]);
    let report = place.scan(&["--db-at", "2024-03-01"]);
    assert_eq!(ids(&report), ["CVE-2024-10001"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let problems: Vec<&str> = report["inventory"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| text(&problem["message"]))
        .collect();
    assert!(
        problems.iter().any(|message| message.contains("is newer than 2024-03-01T23:59:59Z")),
        "{problems:?}"
    );
    // The snapshot in the program is asked the same way.
    let mut command = lazaret();
    command.args(["image", "--db-at", "2000-01-01", "-f", "json", "--input"]);
    let ran = ran(command.arg(place.path("image.tar")));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("is newer than 2000-01-01T23:59:59Z"), "{}", ran.stdout);
}

#[test]
fn findings_say_since_when_they_are_known() {
    let place = Place::new();
    place.built(&[FIRST], &["--at", "2024-02-20"]);
    place.built(&[FIRST, SECOND], &["--at", "2024-03-20"]);
    let report: Value = serde_json::from_str(&place.scan(&[])).unwrap();
    let times: Vec<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (text(&finding["first_seen"]), text(&finding["fix_first_seen"])))
        .collect();
    let (published, built) = ("2024-02-12T00:00:00Z", "2024-03-20T00:00:00Z");
    assert_eq!(times, [(published, published), (built, built)]);
    // The same from a database elsewhere.
    fs::rename(place.path("db"), place.path("kept")).unwrap();
    let kept = place.path("kept");
    let previous = kept.to_str().unwrap();
    place.built(&[FIRST, SECOND, THIRD], &["--at", "2024-04-20", "--previous", previous]);
    let report: Value = serde_json::from_str(&place.scan(&[])).unwrap();
    assert_eq!(report["findings"][1]["first_seen"], built);
    assert_eq!(place.counts(), (2, 0));
}

#[test]
fn the_same_feeds_are_no_news() {
    let place = Place::new();
    place.built(&[FIRST], &[]);
    let manifest = fs::read(place.path("db/manifest.json")).unwrap();
    place.built(&[FIRST], &[]);
    assert_eq!(fs::read(place.path("db/manifest.json")).unwrap(), manifest);
    assert_eq!(place.counts(), (2, 0));
    // The time of the newest announcement, and no clock's.
    let status = place.db(&["status", "-f", "json"]).json();
    assert_eq!(status["built"], "2024-02-12T00:00:00Z");
    place.built(&[FIRST, SECOND], &[]);
    assert_eq!(place.counts(), (3, 1));
    assert_eq!(place.db(&["status", "-f", "json"]).json()["built"], "2024-03-10T00:00:00Z");
}

#[test]
fn the_time_is_what_is_asked_for_or_what_reproducible_builds_say() {
    let place = Place::new();
    place.feed(&[FIRST]);
    let mut command = lazaret();
    // `date -u -d 2024-02-15 +%s`
    command.env("SOURCE_DATE_EPOCH", "1707955200").args(["db", "build", "--feeds"]);
    let ran = ran(command.arg(place.path("feeds")).arg("--out").arg(place.path("db")));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.db(&["status", "-f", "json"]).json()["built"], "2024-02-15T00:00:00Z");
    for (at, said) in [("2024-02-01", "2024-02-15"), ("soon", "`soon`"), ("2024-02-31", "date")] {
        let ran = place.build(&["--at", at]);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let mut command = lazaret();
    command.args(["image", "--db-at", "tomorrow", "--input"]);
    let ran = crate::support::ran(command.arg(place.path("image.tar")));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`tomorrow`"), "{}", ran.stderr);
}

#[test]
fn what_is_pruned_can_no_longer_be_asked() {
    let place = Place::new();
    place.built(&[FIRST], &["--at", "2024-02-20"]);
    place.built(&[FIRST, SECOND], &["--at", "2024-03-20"]);
    let second = place.scan(&[]);
    place.built(&[FIRST, SECOND, THIRD], &["--at", "2024-04-20"]);
    assert_eq!(place.counts(), (4, 2));
    // What answers for the date itself stays.
    let pruned = place.db(&["prune", "--before", "2024-04-01"]);
    assert_eq!(pruned.code, 0, "{}", pruned.stderr);
    assert_eq!(pruned.stdout, "Removed 1 older databases and 1 segment files\n");
    assert_eq!(place.counts(), (3, 1));
    assert_eq!(place.scan(&["--db-at", "2024-04-01"]), second);
    assert_eq!(place.db(&["verify"]).code, 0);
    assert!(place.scan(&["--db-at", "2024-03-01"]).contains("is newer than"));
    assert_eq!(place.db(&["prune", "--before", "2024-05-01"]).code, 0);
    assert_eq!(place.counts(), (2, 0));
    assert_eq!(place.db(&["verify"]).code, 0);
    assert_eq!(place.db(&["prune", "--before", "once"]).code, 2);
    assert_eq!(ran(lazaret().args(["db", "prune", "--before", "2024-01-01"])).code, 2);
}

#[test]
fn a_damaged_database_can_be_replaced_and_is_not_kept() {
    let place = Place::new();
    place.built(&[FIRST], &["--at", "2024-02-20"]);
    let then = place.scan(&[]);
    place.built(&[FIRST, SECOND], &["--at", "2024-03-20"]);
    let manifest: Value =
        serde_json::from_slice(&fs::read(place.path("db/manifest.json")).unwrap()).unwrap();
    let file = place.path("db").join(text(&manifest["segments"][0]["file"]));
    fs::write(&file, b"damaged").unwrap();
    assert_eq!(place.db(&["verify"]).code, 2);
    place.built(&[FIRST, SECOND, THIRD], &["--at", "2024-04-20"]);
    assert_eq!(place.db(&["verify"]).code, 0);
    assert_eq!(place.counts(), (3, 1));
    assert_eq!(place.scan(&["--db-at", "2024-03-01"]), then);
    // A missing file is no obstacle either.
    let manifest: Value =
        serde_json::from_slice(&fs::read(place.path("db/manifest.json")).unwrap()).unwrap();
    fs::remove_file(place.path("db").join(text(&manifest["segments"][0]["file"]))).unwrap();
    place.built(&[FIRST], &["--at", "2024-05-20"]);
    assert_eq!(place.db(&["verify"]).code, 0);
}

#[test]
fn damage_in_the_history_is_found() {
    let place = Place::new();
    place.built(&[FIRST], &["--at", "2024-02-20"]);
    place.built(&[FIRST, SECOND], &["--at", "2024-03-20"]);
    let history = place.path("db/history");
    let kept = fs::read_dir(&history).unwrap().next().unwrap().unwrap().path();
    assert!(
        kept.file_name().unwrap().to_str().unwrap().starts_with("20240220T000000Z-"),
        "{kept:?}"
    );
    let whole = fs::read_to_string(&kept).unwrap();
    fs::write(&kept, whole.replace("debian", "debiam")).unwrap();
    let verify = place.db(&["verify"]);
    assert_eq!(verify.code, 2);
    assert!(verify.stderr.contains("20240220T000000Z"), "{}", verify.stderr);
    // It is not lost without a word.
    place.feed(&[FIRST, SECOND, THIRD]);
    let build = place.build(&["--at", "2024-04-20"]);
    assert_eq!(build.code, 2);
    assert!(build.stderr.contains("history"), "{}", build.stderr);
    fs::write(&kept, whole).unwrap();
    assert_eq!(place.db(&["verify"]).code, 0);
}

#[test]
fn what_changed_between_two_databases_is_told_by_package() {
    let place = Place::new();
    place.built(&[FIRST], &["--at", "2024-02-20"]);
    fs::rename(place.path("db"), place.path("old")).unwrap();
    place.built(&[FIRST, SECOND, THIRD], &["--at", "2024-04-20"]);
    let diff = |old: &str, new: &str, format: &str| {
        let mut command = lazaret();
        command.args(["db", "diff", "--format", format]);
        ran(command.arg(place.path(old)).arg(place.path(new)))
    };
    let value = diff("old", "db", "json").json();
    assert_eq!(value["old"]["built"], "2024-02-20T00:00:00Z");
    assert_eq!(
        value["segments"],
        json!([{
            "name": "debian-12", "change": "changed", "ecosystem": "deb",
            "records": {"added": 2, "removed": 0, "changed": 0},
            "packages": {
                "lantern": [{"record": "CVE-2024-10004", "change": "added"}],
                "sandglass": [{"record": "CVE-2024-10005", "change": "added"}],
            },
        }])
    );
    let table = diff("db", "old", "table").stdout;
    assert_eq!(
        table,
        "debian-12: 0 records came, 2 went, 0 changed; 2 packages\n  lantern\n    \
         - CVE-2024-10004\n  sandglass\n    - CVE-2024-10005\n"
    );
    assert_eq!(diff("db", "db", "table").stdout, "The databases say the same\n");
    assert_eq!(diff("db", "gone", "table").code, 2);
    assert_eq!(diff("db", "old", "xml").code, 2);
}

#[test]
fn records_are_searched() {
    let place = Place::new();
    place.built(&[FIRST, SECOND], &["--at", "2024-03-20"]);
    let records = |arguments: &[&str]| -> Vec<String> {
        let found = place.db(&[&["search", "-f", "json"], arguments].concat()).json();
        let entries = found.as_array().unwrap().iter();
        entries
            .map(|entry| {
                let outcome = text(&entry["judged"]["outcome"]);
                format!("{} {} {outcome}", text(&entry["segment"]), text(&entry["record"]))
            })
            .collect()
    };
    assert_eq!(records(&["cve-2024-10001"]), ["debian-12 CVE-2024-10001 "]);
    assert_eq!(records(&["DSA-5999-1"]), ["debian-12 CVE-2024-10001 "]);
    assert_eq!(
        records(&["--package", "lantern", "--segment", "debian-12"]),
        ["debian-12 CVE-2024-10001 ", "debian-12 CVE-2024-10004 "]
    );
    assert_eq!(
        records(&["pkg:deb/debian/lantern@2.0-1%2Bdeb12u2?distro=debian-12"]),
        ["debian-12 CVE-2024-10001 not-in-range", "debian-12 CVE-2024-10004 in-range"]
    );
    let table = place.db(&["search", "pkg:deb/debian/lantern@2.0-1+deb12u2?distro=debian-12"]);
    for part in [
        "CVE-2024-10004 in debian-12: lantern",
        "2.0-1+deb12u2 is affected: the version is in the range < 2.0-1+deb12u3",
        "2.0-1+deb12u2 ≥ 2.0-1+deb12u2 (fixed) by deb order",
        "published   2024-03-10",
    ] {
        assert!(table.stdout.contains(part), "{part} is missing from {}", table.stdout);
    }
    assert_eq!(place.db(&["search", "CVE-1999-0001"]).stdout, "Nothing was found\n");
    for (arguments, said) in [
        (&["search"][..], "<ID"),
        (&["search", "pkg:what/x"], "`pkg:what/x`"),
        (&["search", "--package", "lantern", "--segment", "debian-99"], "debian-99"),
        (&["search", "CVE-2024-10001", "--format", "xml"], "`xml`"),
    ] {
        let ran = place.db(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.stderr.contains(said), "{said} is missing from {}", ran.stderr);
    }
}
