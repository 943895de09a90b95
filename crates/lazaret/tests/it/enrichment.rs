//! From feeds of scores and dates to what a scan says and how it ends.

use crate::support::{Ran, lazaret, ran, run};
use lazaret_testkit::{Image, Layer};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const TRACKER: &str = r#"{"lantern": {"CVE-2024-10001": {"releases": {"buster": {
  "status": "open", "urgency": "low"}}}, "CVE-2024-10002": {"releases": {"buster": {
  "status": "open", "urgency": "not yet assigned"}}}}}"#;

const NVD: &str = r#"{"vulnerabilities": [{"cve": {"id": "CVE-2024-10001",
  "published": "2024-02-03T04:05:06.777", "metrics": {"cvssMetricV31": [{"type": "Primary",
  "cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]}}}]}"#;

const KEV: &str = r#"{"vulnerabilities": [
  {"cveID": "CVE-2024-10001", "dateAdded": "2024-04-01"}]}"#;

const EPSS: &str = "cve,epss,percentile\nCVE-2024-10001,0.5,0.9\n";

const EOL: &str = r#"{"releases": [
  {"releaseCycle": "10", "eol": "2022-09-10", "eoes": "2024-06-30"},
  {"releaseCycle": "99", "eol": "2140-01-01"}]}"#;

const STATUS: &str = "Package: lantern\nStatus: install ok installed\nVersion: 1.0-1\n\
                      Architecture: amd64\nMaintainer: x\n\n";

struct Place(TempDir);

impl Place {
    /// A database of all the feeds, and an image of Debian 10.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (path, text) in [
            ("feeds/debian-tracker/data/json", TRACKER),
            ("feeds/nvd/nvdcve-2.0-2024.json", NVD),
            ("feeds/kev/known_exploited_vulnerabilities.json", KEV),
            ("feeds/epss/epss_scores-current.csv", EPSS),
            ("feeds/eol/products/debian.json", EOL),
        ] {
            let file = place.0.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let built = run(&["db", "build", "--feeds", &place.at("feeds"), "--out", &place.at("db")]);
        assert_eq!(built.code, 0, "{}", built.stderr);
        place.image("image.tar", "10");
        place
    }

    fn image(&self, file: &str, release: &str) {
        let layer = Layer::new("ADD")
            .file("etc/os-release", format!("ID=debian\nVERSION_ID={release}\n"))
            .file("var/lib/dpkg/status", STATUS);
        let archive = Image::new("lantern:1").layer(layer).oci_archive();
        fs::write(self.0.path().join(file), archive).unwrap();
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn scan(&self, image: &str, arguments: &[&str]) -> Ran {
        let mut command = lazaret();
        command.args(["image", "--no-cache", "--input", &self.at(image), "--db", &self.at("db")]);
        ran(command.args(arguments))
    }

    fn finding(&self, arguments: &[&str]) -> Value {
        let scanned = self.scan("image.tar", &[&["--format", "json"], arguments].concat());
        let report: Value = serde_json::from_str(&scanned.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["id"] == "CVE-2024-10001").unwrap().clone()
    }
}

#[test]
fn a_finding_tells_all_that_is_known() {
    let place = Place::new();
    let finding = place.finding(&[]);
    assert_eq!(finding["severity"], "LOW");
    assert_eq!(finding["severity_source"], "debian");
    assert_eq!(finding["severities"], serde_json::json!({"debian": "LOW", "nvd": "CRITICAL"}));
    assert_eq!(finding["epss"], serde_json::json!({"score": 0.5, "percentile": 0.9}));
    assert_eq!(finding["exploited"]["added"], "2024-04-01");
    let nvd = place.finding(&["--vuln-severity-source", "nvd,auto"]);
    assert_eq!((&nvd["severity"], &nvd["severity_source"]), (&"CRITICAL".into(), &"nvd".into()));
}

#[test]
fn the_source_of_severities_decides_the_gate() {
    let place = Place::new();
    for (arguments, code) in [
        (&["--fail-on", "critical"][..], 0),
        (&["--fail-on", "critical", "--vuln-severity-source", "nvd"], 1),
        (&["--vuln-severity-source", "nist"], 2),
    ] {
        assert_eq!(place.scan("image.tar", arguments).code, code, "{arguments:?}");
    }
    let ran = place.scan("image.tar", &["--vuln-severity-source", "nist"]);
    assert!(ran.stderr.contains("`nist` is no source of severities"), "{}", ran.stderr);
}

#[test]
fn a_known_exploited_vulnerability_fails_the_gate_that_asks() {
    let place = Place::new();
    let scanned = place.scan("image.tar", &["--fail-on", "kev"]);
    assert_eq!(scanned.code, 1);
    assert!(scanned.stdout.contains("known exploited since 2024-04-01"), "{}", scanned.stdout);
    let fixable = place.scan("image.tar", &["--fail-on", "kev", "--ignore-unfixed"]);
    assert_eq!(fixable.code, 0);
}

#[test]
fn an_operating_system_past_its_end_gives_the_code_asked_for() {
    let place = Place::new();
    let scanned = place.scan("image.tar", &["--exit-on-eol", "9"]);
    assert_eq!(scanned.code, 9);
    assert!(
        scanned.stdout.contains("Debian 10: no longer supported since 2024-06-30"),
        "{}",
        scanned.stdout
    );
    // It weighs more than the gate's own code, as in Trivy.
    let both = ["--exit-on-eol", "9", "--fail-on", "kev", "--exit-code", "7"];
    assert_eq!(place.scan("image.tar", &both).code, 9);
    assert_eq!(place.scan("image.tar", &["--exit-on-eol", "0"]).code, 0);
    place.image("supported.tar", "99");
    assert_eq!(place.scan("supported.tar", &["--exit-on-eol", "9"]).code, 0);
}

#[test]
fn a_gate_the_database_cannot_answer_is_no_pass() {
    let place = Place::new();
    fs::remove_dir_all(place.0.path().join("feeds/kev")).unwrap();
    fs::remove_dir_all(place.0.path().join("feeds/eol")).unwrap();
    let built = run(&["db", "build", "--feeds", &place.at("feeds"), "--out", &place.at("db")]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    for (arguments, why) in [
        (["--fail-on", "kev"], "does not say what is known to be exploited"),
        (["--exit-on-eol", "9"], "does not say until when operating systems are supported"),
    ] {
        let scanned = place.scan("image.tar", &arguments);
        assert_eq!(scanned.code, 2);
        assert!(scanned.stderr.contains(why), "{}", scanned.stderr);
    }
}
