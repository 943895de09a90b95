//! The package database of this machine's GHC, against what `ghc-pkg` lists of it.

use super::run::{extractor, run};
use std::process::Command;

#[test]
fn libraries_are_those_that_ghc_pkg_lists() {
    let folder = "var/lib/ghc/package.conf.d";
    let listed = Command::new("ghc-pkg").args(["list", "--global", "--simple-output"]).output();
    let (Ok(listed), Ok(files)) = (listed, std::fs::read_dir(format!("/{folder}"))) else {
        println!("skipped: no GHC of Debian is on this machine");
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut listed: Vec<&str> = listed.split_whitespace().collect();
    let mut found = Vec::new();
    for file in files.map(|file| file.unwrap()) {
        let name = file.file_name().into_string().unwrap();
        if name.strip_suffix(".conf").is_none() {
            continue;
        }
        let bytes = std::fs::read(file.path()).unwrap();
        let outcome = run(extractor("haskell/ghc-package"), &format!("{folder}/{name}"), &bytes);
        assert_eq!(outcome.problems, [], "{name}");
        found.extend(outcome.packages().map(|p| format!("{}-{}", p.name, p.version)));
    }
    listed.sort_unstable();
    found.sort();
    assert_eq!(found, listed);
    assert!(!found.is_empty());
}
