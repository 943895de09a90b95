//! What is typed wrong is answered with what to type instead, and exit code 2.

use crate::support::{example, lazaret, ran, run};
use std::fs;
use std::time::{Duration, Instant};

#[track_caller]
fn assert_says(arguments: &[&str], parts: &[&str]) {
    let ran = run(arguments);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert_eq!(ran.stdout, "", "talk belongs on standard error");
    for part in parts {
        assert!(ran.stderr.contains(part), "`{part}` is missing from {}", ran.stderr);
    }
}

#[test]
fn a_path_is_told_from_the_name_of_an_image() {
    let path = example();
    let example = path.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    // Without a word to any registry.
    let begin = Instant::now();
    assert_says(&["image", example], &["is a path", &format!("lazaret image --input {example}")]);
    assert_says(&["image", root], &["is a path", &format!("lazaret rootfs {root}")]);
    assert_says(&["image", "./gone.tar"], &["is a path", "lazaret image --input ./gone.tar"]);
    assert_says(&["image", "../gone"], &["is a path"]);
    assert_says(&["image", "~/gone"], &["is a path"]);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_says(&["image", "Upper/Case"], &["`Upper/Case`"]);
    assert_says(&["image", "oci:"], &["`oci:` needs"]);
    assert_says(&["image", "docker:alpine"], &["not available yet", "--input"]);
    // What may be either is tried as the name it is, and then taken for the other.
    fs::write(folder.path().join("image.tar"), "").unwrap();
    let mut command = lazaret();
    command.current_dir(folder.path()).env("HTTPS_PROXY", "http://127.0.0.1:1");
    let ran = ran(command.args(["image", "image.tar"]));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("lazaret image --input image.tar"), "{}", ran.stderr);
}

#[test]
fn a_missing_or_superfluous_argument_is_named() {
    assert_says(&["image"], &["--input PATH"]);
    assert_says(&["image", "--input", "x", "alpine"], &["--input", "REF"]);
    assert_says(&["rootfs"], &["<DIR>"]);
    assert_says(&["convert"], &["<REPORT>"]);
    assert_says(&["db", "build", "--feeds", "x"], &["--out"]);
    assert_says(&["image", "--platform", "amd64", "alpine"], &["`amd64`", "os/arch"]);
    assert_says(&["image", "--memory", "1M", "alpine"], &["`1M`", "16M"]);
    assert_says(&["image", "--timeout", "soon", "alpine"], &["`soon`", "5m"]);
    assert_says(&["image", "--parallel", "0", "alpine"], &["--parallel"]);
    assert_says(&["image", "--report", "json", "alpine"], &["FORMAT=FILE"]);
    assert_says(&["image", "--format", "jsno", "alpine"], &["`jsno`", "table, json"]);
    assert_says(&["image", "-f", "template", "alpine"], &["takes a template", "--template FILE"]);
    assert_says(&["image", "--template", "@x", "alpine"], &["--format template"]);
    assert_says(&["image", "--severity", "HIHG", "alpine"], &["`HIHG`", "HIGH"]);
    assert_says(&["image", "--fail-on", "never", "alpine"], &["`never`", "incomplete"]);
    assert_says(&["image", "--scanners", "vulns", "alpine"], &["`vulns`", "vuln"]);
}

#[test]
fn a_mistyped_command_is_answered_with_the_one_there_is() {
    assert_says(&["scan", "alpine"], &["no command `scan`", "lazaret image alpine"]);
    assert_says(&["imgae", "x"], &["`imgae`", "there is `lazaret image`"]);
    assert_says(&["rootf", "/"], &["there is `lazaret rootfs`"]);
    assert_says(&["db", "statsu"], &["`db statsu`", "there is `lazaret db status`"]);
    assert_says(&["nginx"], &["lazaret image nginx"]);
}

#[test]
fn an_image_layout_is_not_scanned_as_a_root_file_system() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(folder.path().join("index.json"), r#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
    let root = folder.path().to_str().unwrap();
    assert_says(
        &["rootfs", root],
        &["is an OCI image layout", &format!("lazaret image --input {root}")],
    );
}

#[test]
fn a_report_that_could_not_be_written_is_refused_before_the_scan() {
    let example = example();
    let example = example.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().to_str().unwrap();
    let gone = format!("{taken}/gone/report.json");
    assert_says(&["image", "--input", example, "-o", &gone], &[&gone, "its folder is not there"]);
    assert_says(&["image", "--input", example, "-o", taken], &[taken, "it is a folder"]);
}

#[test]
fn the_settings_that_debugging_lists_are_each_listed_once() {
    let example = example();
    let ran = run(&["image", "--input", example.to_str().unwrap(), "-d", "-o", "/dev/null"]);
    let debug = ran.stderr.lines().filter(|line| line.contains("debug = true")).count();
    assert_eq!(debug, 1, "{}", ran.stderr);
    assert!(!ran.stderr.contains("Args"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_written_or_read_is_named() {
    let path = example();
    let input = path.to_str().unwrap();
    assert_says(&["image", "--input", input, "--output", "/gone/report"], &["/gone/report"]);
    assert_says(&["image", "--input", input, "--db", "/gone/db"], &["/gone/db", "db build"]);
    assert_says(&["convert", "/gone/report.json"], &["/gone/report.json"]);
    assert_says(&["convert", input], &[input, "not JSON"]);
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    fs::write(&report, r#"{"schema": 99}"#).unwrap();
    assert_says(&["convert", report.to_str().unwrap()], &[report.to_str().unwrap()]);
}

#[test]
fn help_is_data_and_names_every_command() {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    for part in [
        "image",
        "rootfs",
        "gate",
        "convert",
        "diff",
        "policy",
        "db",
        "clean",
        "version",
        "completion",
        "man",
        "Examples:",
        "Exit codes",
    ] {
        assert!(help.stdout.contains(part), "{part} is missing from {}", help.stdout);
    }
    // Flags of later versions are not offered.
    let help = run(&["image", "--help"]).stdout;
    assert!(help.contains("--fail-on") && !help.contains("--image-src"), "{help}");
    assert_eq!(run(&[]).code, 2, "nothing was asked for, and nothing was done");
    assert_eq!(run(&["version"]).code, 0);
}

#[test]
fn findings_for_aws_need_an_account_and_a_region() {
    let path = example();
    let scan = ["image", "--input", path.to_str().unwrap(), "--format", "asff"];
    assert_says(&scan, &["AWS_ACCOUNT_ID", "AWS_REGION"]);
    let in_environment = |account: &str, region: &str| {
        let mut command = lazaret();
        command.env("AWS_ACCOUNT_ID", account).env(region, "eu-central-1");
        ran(command.args(scan))
    };
    assert_eq!(in_environment("12345", "AWS_REGION").code, 2);
    assert_eq!(in_environment("123456789012", "REGION").code, 2);
    for region in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let findings = in_environment("123456789012", region).json();
        assert_eq!(
            findings["Findings"][0]["ProductArn"],
            "arn:aws:securityhub:eu-central-1:123456789012:product/123456789012/default"
        );
    }
}
