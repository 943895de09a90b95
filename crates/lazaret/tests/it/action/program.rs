//! Where the program comes from, and the database it asks.

use super::{Runner, has_bash};
use crate::loopback::Loopback;
use crate::support::{has, lazaret, ran};
use lazaret_testkit::registry::{Registry, Setup};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::Path;

#[test]
fn a_program_on_the_path_is_run_where_that_is_asked_for() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let step = runner.step(&[("skip-setup-trivy", "true"), ("input", "app.tar")]);
    assert_eq!(step.ran.code, 0, "{}{}", step.ran.stdout, step.ran.stderr);
    assert_eq!(step.calls[0][0], "image");
    let step = runner.step(&[("path-to-binary", "gone/lazaret"), ("input", "app.tar")]);
    assert_eq!((step.ran.code, step.calls.len()), (2, 0));
    assert!(step.ran.stdout.contains("gone/lazaret is not there"), "{}", step.ran.stdout);
}

#[test]
fn a_download_runs_only_if_it_is_what_the_checksum_says() {
    if !has_bash() || !has("curl") {
        return;
    }
    let runner = Runner::new();
    let program = fs::read(runner.folder.path().join("bin/lazaret")).unwrap();
    let digest = hex::encode(Sha256::digest(&program));
    let listed = format!("{digest}  lazaret-linux-amd64\n{digest} *lazaret-linux-arm64\n");
    let releases = Loopback::new(move |request| match request.path.rsplit('/').next() {
        Some("SHA256SUMS") if request.path.contains("/v1.2.3/") => (200, listed.clone().into()),
        Some("SHA256SUMS") => (200, listed.replace(&listed[..4], "0000").into()),
        Some(name) if name.starts_with("lazaret-linux-") => (200, program.clone()),
        _ => (404, Vec::new()),
    });
    let step = |folder: &str, with: &[(&str, &str)]| {
        let folder = format!("{}/{folder}", releases.url);
        let mut all = vec![("lazaret-version", "v1.2.3"), ("download-url", folder.as_str())];
        all.push(("input", "app.tar"));
        all.extend_from_slice(with);
        runner.step(&all)
    };
    let good = step("v1.2.3/", &[("checksum", &digest)]);
    assert_eq!(good.ran.code, 0, "{}{}", good.ran.stdout, good.ran.stderr);
    assert!(Path::new(good.path.trim()).join("lazaret").is_file(), "steps after it have it too");
    assert_eq!((good.calls.len(), releases.asked().len()), (2, 1), "the list was not asked for");
    let listed = step("v1.2.3", &[]);
    assert_eq!(listed.ran.code, 0, "{}", listed.ran.stdout);
    assert!(listed.has_warning("SHA256SUMS"), "{}", listed.ran.stdout);
    let wrong = "0".repeat(64);
    for (folder, with) in [
        ("v1.2.3", &[("checksum", wrong.as_str())][..]),
        ("v1.2.4", &[]),
        ("v1.2.3", &[("lazaret-version", "../../evil")]),
    ] {
        let refused = step(folder, with);
        assert_eq!((refused.ran.code, refused.calls.len()), (2, 0), "{}", refused.ran.stdout);
        assert_eq!(refused.outputs["verdict"], "error");
    }
}

#[test]
fn a_release_is_looked_for_where_the_action_is_from() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let curl = format!("{}exit 22", runner.noting("curl"));
    runner.program("curl", &curl);
    let step = runner.step(&[("lazaret-version", "1.2.3"), ("input", "app.tar")]);
    assert_eq!(step.ran.code, 2);
    let address = "https://github.com/example/lazaret/releases/download/v1.2.3/lazaret-linux-";
    let asked = runner.noted("curl").concat();
    assert!(asked.iter().any(|word| word.starts_with(address)), "{asked:?}");
}

#[test]
fn without_a_program_it_is_built_from_the_sources_of_the_action() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let script = format!(
        "{}mkdir -p \"$CARGO_TARGET_DIR/release\" && test -f crates/lazaret/Cargo.toml &&\n\
         cp '{}' \"$CARGO_TARGET_DIR/release/lazaret\"",
        runner.noting("cargo"),
        runner.folder.path().join("bin/lazaret").display()
    );
    runner.program("cargo", &script);
    let step = runner.step(&[("input", "app.tar")]);
    assert_eq!(step.ran.code, 0, "{}{}", step.ran.stdout, step.ran.stderr);
    assert_eq!(runner.noted("cargo"), [["build", "--release", "--locked", "--package", "lazaret"]]);
    runner.program("cargo", "exit 101");
    let step = runner.step(&[("input", "app.tar")]);
    assert_eq!((step.ran.code, step.calls.len()), (2, 0));
}

#[test]
fn a_database_is_pulled_and_asked() {
    if !has_bash() {
        return;
    }
    let mut runner = Runner::new();
    runner.set("TRIVY_INSECURE", "true");
    let step = runner.scan(&[("db-artifact", "localhost:1/db:latest")]);
    assert_eq!((step.ran.code, step.calls.len()), (2, 0), "{}", step.ran.stdout);
    assert!(step.ran.stdout.contains("db-artifact needs db"), "{}", step.ran.stdout);
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let dsa = "[12 Feb 2024] DSA-5999-1 openssl - security update\n\t{CVE-2024-10001}\n\
               \t[bookworm] - openssl 99-1\n";
    fs::create_dir_all(runner.work("feeds/data/DSA")).unwrap();
    runner.write("feeds/data/DSA/list", dsa);
    let reference = format!("{}/security/db:latest", registry.address);
    for arguments in [
        &["db", "build", "--feeds", "feeds", "--out", "built"][..],
        &["db", "push", &reference, "--db", "built"],
    ] {
        let mut command = lazaret();
        command.env("LAZARET_INSECURE", "true").current_dir(runner.work(""));
        let ran = ran(command.args(arguments));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    let step = runner.scan(&[("db", "pulled"), ("db-artifact", &reference), ("cache", "false")]);
    assert_eq!(step.ran.code, 0, "{}{}", step.ran.stdout, step.ran.stderr);
    step.assert_passed(&["--db", "pulled"]);
    assert!(step.ran.stdout.contains("CVE-2024-10001"), "{}", step.ran.stdout);
    assert!(!step.ran.stdout.contains("CVE-2020-8203"), "the snapshot was not asked");
}
