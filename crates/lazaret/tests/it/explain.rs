//! `lazaret explain`: why a finding is there, and why one is not.

use crate::support::{Ran, lazaret, ran, text};
use lazaret_testkit::{Image, Layer};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const DSA: &str = "\
[10 Mar 2024] DSA-6001-1 lantern - security update
\t{CVE-2024-10004}
\t[bookworm] - lantern 2.0-1+deb12u3
\t[bullseye] - lantern 1.8-1+deb11u1
[09 Mar 2024] DSA-6000-1 candle - security update
\t{CVE-2024-10005}
\t[bullseye] - candle 1.1-1
[08 Mar 2024] DSA-5998-1 sandglass - security update
\t{CVE-2024-10006}
\t[bookworm] - sandglass 1.1-1
[07 Mar 2024] DSA-5997-1 linux - security update
\t{CVE-2024-10007}
\t[bookworm] - linux 6.1.90-1
";

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let feeds = place.path("feeds/data/DSA");
        fs::create_dir_all(&feeds).unwrap();
        fs::write(feeds.join("list"), DSA).unwrap();
        let mut command = lazaret();
        command.args(["db", "build", "--at", "2024-04-01", "--feeds"]).arg(place.path("feeds"));
        let built = ran(command.arg("--out").arg(place.path("db")));
        assert_eq!(built.code, 0, "{}", built.stderr);
        let base = Layer::new("ADD rootfs.tar /")
            .file("etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n")
            .file("var/lib/dpkg/status", status(&[("lantern-common", "lantern", "2.0-1+deb12u3")]));
        let installed = [
            ("lantern-common", "lantern", "2.0-1+deb12u3"),
            ("lantern-data", "lantern", "2.0-1+deb12u2"),
            ("linux-libc-dev", "linux", "6.1.76-1"),
        ];
        let added = Layer::new("RUN apt-get install -y lantern-data")
            .file("var/lib/dpkg/status", status(&installed))
            .file("app/node_modules/left/package.json", r#"{"name":"left","version":"1.0.0"}"#);
        let image = Image::new("app:1").layer(base).layer(added).oci_archive();
        fs::write(place.path("image.tar"), image).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn explain(&self, target: &str, arguments: &[&str]) -> Ran {
        let mut command = lazaret();
        command.arg("explain").arg(self.path(target)).args(arguments);
        ran(command.args(["--platform", "linux/amd64", "--db"]).arg(self.path("db")))
    }

    #[track_caller]
    fn says(&self, arguments: &[&str], parts: &[&str]) {
        let ran = self.explain("image.tar", arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for part in parts {
            assert!(ran.stdout.contains(part), "`{part}` is missing from {}", ran.stdout);
        }
    }
}

fn status(packages: &[(&str, &str, &str)]) -> String {
    let entry = |(name, source, version): &(&str, &str, &str)| {
        format!(
            "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n\
             Source: {source}\nVersion: {version}\n\n"
        )
    };
    packages.iter().map(entry).collect()
}

#[test]
fn a_finding_shows_what_it_rests_on() {
    let place = Place::new();
    place.says(
        &["CVE-2024-10004"],
        &[
            "CVE-2024-10004 in app:1: found\n",
            "lantern-data 2.0-1+deb12u2: affected: the version is in the range < 2.0-1+deb12u3\n",
            "record      CVE-2024-10004 of debian-12, filed under lantern\n",
            "because     2.0-1+deb12u2 < 2.0-1+deb12u3 (fixed) by deb order\n",
            "status      fixed, fixed in 2.0-1+deb12u3\n",
            "first seen  2024-03-10T00:00:00Z\n",
            "place       var/lib/dpkg/status\n",
            "layer       1 RUN apt-get install -y lantern-data\n",
            // The other package of the same source has the fix.
            "lantern-common 2.0-1+deb12u3: not affected: the version is in no affected range\n",
            "because     2.0-1+deb12u3 ≥ 2.0-1+deb12u3 (fixed) by deb order\n",
        ],
    );
    // The announcement is another name of it.
    place.says(&["dsa-6001-1"], &["dsa-6001-1 in app:1: found\n"]);
}

#[test]
fn what_is_not_there_has_a_reason() {
    let place = Place::new();
    for (arguments, parts) in [
        (
            &["CVE-2024-10004", "--package", "lantern-common"][..],
            &["not found", "2.0-1+deb12u3 ≥ 2.0-1+deb12u3 (fixed) by deb order"][..],
        ),
        (&["CVE-2024-10005"], &["not found", "No segment that judges this image", "debian-11"]),
        (
            &["CVE-2024-10006"],
            &["not found", "CVE-2024-10006 of debian-12 names sandglass, and none is installed."],
        ),
        (
            &["CVE-2024-10006", "--package", "lantern-data"],
            &["names sandglass, and lantern-data is not among them."],
        ),
        (&["CVE-2024-10004", "--package", "candle"], &["No package candle is installed."]),
        (&["CVE-1999-0001"], &["not found", "no record with the id CVE-1999-0001"]),
        (&["CVE-2024-10004"], &["Not covered: 1 npm package"]),
    ] {
        place.says(arguments, parts);
    }
}

#[test]
fn what_is_suppressed_says_by_what() {
    let place = Place::new();
    place.says(
        &["CVE-2024-10007"],
        &[
            "CVE-2024-10007 in app:1: found, and suppressed\n",
            "suppressed  kernel headers hold no code that runs (kernel-headers)\n",
        ],
    );
    place
        .says(&["CVE-2024-10007", "--match-kernel-headers"], &["CVE-2024-10007 in app:1: found\n"]);
}

#[test]
fn a_saved_report_is_explained_as_its_image() {
    let place = Place::new();
    let mut command = lazaret();
    command.args(["image", "-f", "json", "--platform", "linux/amd64", "--input"]);
    command.arg(place.path("image.tar")).arg("--db").arg(place.path("db"));
    let report = ran(&mut command);
    assert_eq!(report.code, 0, "{}", report.stderr);
    fs::write(place.path("report.json"), &report.stdout).unwrap();
    for id in ["CVE-2024-10004", "CVE-2024-10006", "CVE-2024-10007"] {
        let of_report = place.explain("report.json", &[id]);
        assert_eq!(of_report.code, 0, "{}", of_report.stderr);
        assert_eq!(of_report.stdout, place.explain("image.tar", &[id]).stdout);
    }
    // With another database both are told, and that they are two.
    let mut command = lazaret();
    command.arg("explain").arg(place.path("report.json")).arg("CVE-2024-10004");
    let other = ran(&mut command);
    assert!(other.stdout.contains("found"), "{}", other.stdout);
    assert!(other.stdout.contains("another advisory database"), "{}", other.stdout);
}

#[test]
fn a_root_file_system_is_explained() {
    let place = Place::new();
    let root = place.path("root");
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::create_dir_all(root.join("var/lib/dpkg")).unwrap();
    fs::write(root.join("etc/os-release"), "ID=debian\nVERSION_ID=12\n").unwrap();
    let installed = status(&[("lantern-data", "lantern", "2.0-1+deb12u2")]);
    fs::write(root.join("var/lib/dpkg/status"), installed).unwrap();
    let found = place.explain("root", &["CVE-2024-10004"]);
    assert!(found.stdout.contains(": found\n"), "{} {}", found.stdout, found.stderr);
}

#[test]
fn the_answer_is_data_as_well() {
    let place = Place::new();
    let value = place.explain("image.tar", &["CVE-2024-10004", "-f", "json"]).json();
    assert_eq!(value["schema_version"], "1");
    let image: &Value = &value["images"][0];
    assert_eq!((text(&image["image"]), text(&image["verdict"])), ("app:1", "open"));
    assert_eq!(image["same_database"], true);
    let finding = &image["findings"][0];
    assert_eq!(finding["package"]["name"], "lantern-data");
    assert_eq!(finding["reason"]["range"]["fixed"], "2.0-1+deb12u3");
    assert_eq!(finding["comparisons"][0]["sign"], "<");
    let outcomes: Vec<(&str, &str)> = image["explanation"]["judged"]
        .as_array()
        .unwrap()
        .iter()
        .map(|judged| (text(&judged["name"]), text(&judged["outcome"])))
        .collect();
    assert_eq!(outcomes, [("lantern-common", "not-in-range"), ("lantern-data", "in-range")]);
}

#[test]
fn what_cannot_be_explained_is_an_error() {
    let place = Place::new();
    fs::write(place.path("other.json"), "{\"bomFormat\": \"CycloneDX\"}").unwrap();
    for (target, said) in [("other.json", "other.json"), ("UPPER CASE", "no file or folder")] {
        let ran = place.explain(target, &["CVE-2024-10004"]);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let ran = ran(lazaret().args(["explain", "x"]));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("<ID>"), "{}", ran.stderr);
    let ran = place.explain("image.tar", &["CVE-2024-10004", "--detection-priority", "loud"]);
    assert!(ran.stderr.contains("`loud`"), "{}", ran.stderr);
}
