//! Exit codes: 0 nothing to object to, 1 the gate says fail, 2 the job could not be done.

use crate::support::{example, run};
use lazaret_testkit::{Image, Layer};

fn example_with(arguments: &[&str]) -> i32 {
    let path = example();
    let base = ["image", "--input", path.to_str().unwrap()];
    let all: Vec<&str> = base.iter().chain(arguments).copied().collect();
    run(&all).code
}

#[test]
fn each_flag_gives_its_exit_code() {
    for (arguments, code) in [
        (&[][..], 0),
        (&["--fail-on", "high"], 1),
        (&["--fail-on", "critical"], 1),
        (&["--fail-on", "HIGH,incomplete"], 1),
        (&["--exit-code", "1"], 1),
        (&["--exit-code", "7"], 7),
        (&["--exit-code", "0"], 0),
        (&["--exit-code", "7", "--fail-on", "high"], 7),
        // What is shown decides for --exit-code, and not for --fail-on.
        (&["--severity", "CRITICAL", "--exit-code", "3"], 3),
        // Nothing in the example is known to be as harmless as that.
        (&["--severity", "LOW", "--exit-code", "3"], 0),
        (&["--severity", "LOW", "--fail-on", "high"], 1),
        (&["--fail-on", "low", "--ignore-status", "fixed,affected,unknown"], 0),
        (&["--fail-on", "severe"], 2),
        // Nothing in it is in CISA's catalog, and Debian 12 is supported until 2028.
        (&["--fail-on", "kev"], 0),
        (&["--fail-on", "eol"], 0),
        (&["--severity", "bad"], 2),
        (&["--format", "template"], 2),
        (&["--scanners", "secret", "--fail-on", "secret"], 0),
        (&["--scanners", "malware"], 2),
        (&["--vex", "x.json"], 2),
        (&["--no-such-flag"], 2),
    ] {
        assert_eq!(example_with(arguments), code, "{arguments:?}");
    }
}

#[test]
fn an_incomplete_scan_is_no_pass_where_completeness_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.tar");
    let layer = Layer::new("COPY")
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file("app/package-lock.json", "{ not json");
    std::fs::write(&file, Image::new("broken:1").layer(layer).oci_archive()).unwrap();
    let input = file.to_str().unwrap();
    assert_eq!(run(&["image", "--input", input]).code, 0);
    let ran = run(&["image", "--input", input, "--fail-on", "incomplete"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("app/package-lock.json"), "{}", ran.stdout);
    assert_eq!(run(&["image", "--input", input, "--fail-on", "high,incomplete"]).code, 2);
}

#[test]
fn unfixed_findings_do_not_count_when_ignored_and_are_still_reported() {
    let path = example();
    let input = path.to_str().unwrap();
    let all = run(&["image", "--input", input, "-f", "json"]).json();
    let fixable = run(&["image", "--input", input, "-f", "json", "--ignore-unfixed"]).json();
    let count = |report: &serde_json::Value| report["findings"].as_array().unwrap().len();
    assert_eq!(count(&all), count(&fixable));
    for finding in fixable["findings"].as_array().unwrap() {
        let fixed = finding["fixed_versions"].as_array().is_some_and(|v| !v.is_empty());
        assert!(fixed || finding["state"] == "suppressed", "{finding}");
    }
}

#[test]
fn commands_of_later_versions_say_so() {
    for arguments in [&["serve", "x"], &["sign", "x"]] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("not available yet"), "{}", ran.stderr);
    }
    let ran = run(&["alpine"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("lazaret image alpine"), "{}", ran.stderr);
}
