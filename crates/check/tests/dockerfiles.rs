//! Lazaret's own Dockerfile and those of the samples pass every rule there is.

use lazaret_check::dockerfile::{Settings, check, is_dockerfile};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Dockerfile below a folder.
fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
        } else if is_dockerfile(path.to_str().unwrap()) {
            found.push(path);
        }
    }
}

fn dockerfiles() -> Vec<PathBuf> {
    let mut found = vec![root().join("Dockerfile")];
    below(&root().join("examples"), &mut found);
    found.sort();
    assert!(found.len() >= 7, "{found:?}");
    found
}

#[test]
fn our_dockerfiles_break_no_rule_and_ignore_none() {
    for file in dockerfiles() {
        let checked = check(&fs::read(&file).unwrap(), &Settings::default());
        assert!(checked.hits.is_empty(), "{}: {:#?}", file.display(), checked.hits);
        assert!(checked.problems.is_empty(), "{}: {:#?}", file.display(), checked.problems);
    }
}

#[test]
fn hadolint_has_nothing_to_say_of_them_either() {
    let found = Command::new("hadolint").arg("--version").output();
    if found.is_err() {
        println!("skipped: hadolint is not installed");
        return;
    }
    let output =
        Command::new("hadolint").args(["--failure-threshold", "none"]).args(dockerfiles()).output();
    let output = output.unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}
