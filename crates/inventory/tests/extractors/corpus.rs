//! Real package databases and lock files, compared with what the native tools say of them.

use super::run::{Outcome, extractor, run};
use lazaret_core::package::Presence;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folder of real data, which lies outside of the repository.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
pub(super) fn corpus(part: &str) -> Option<PathBuf> {
    let folder =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus")).join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the corpus folder `{part}` is not here");
    None
}

pub(super) fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a table, sorted, each as its columns.
fn table(path: &Path) -> Vec<Vec<String>> {
    let text = String::from_utf8(read(path)).unwrap();
    let mut rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    rows.sort();
    rows
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Runs an extractor over a file of the corpus, which must have no problem.
pub(super) fn run_clean(id: &str, root: &Path, path: &str) -> Outcome {
    let outcome = run(extractor(id), path, &read(&root.join(path)));
    assert_eq!(outcome.problems, [], "{}", root.display());
    outcome
}

#[test]
fn apk_databases_read_as_apk_reads_them() {
    let Some(corpus) = corpus("apk") else { return };
    let folders = subfolders(&corpus);
    assert_eq!(folders.len(), 9);
    for folder in folders {
        let outcome = run_clean("apk/installed", &folder, "lib/apk/db/installed");
        let mut found: Vec<Vec<String>> = outcome
            .packages()
            .map(|package| {
                let source = package.source.as_ref().unwrap();
                assert_eq!(source.version, package.version);
                vec![
                    package.name.clone(),
                    package.version.clone(),
                    package.arch.clone().unwrap(),
                    source.name.clone(),
                    package.licenses.join(" "),
                ]
            })
            .collect();
        found.sort();
        assert_eq!(found, table(&folder.join("expected.tsv")), "{}", folder.display());
    }
}

#[test]
fn dpkg_status_reads_as_dpkg_query_reads_it() {
    let Some(corpus) = corpus("dpkg") else { return };
    let folders = subfolders(&corpus);
    assert_eq!(folders.len(), 9);
    for folder in folders {
        let outcome = run_clean("dpkg/status", &folder, "var/lib/dpkg/status");
        let mut found: Vec<Vec<String>> = outcome
            .packages()
            .map(|package| {
                let source = package.source.clone().unwrap();
                vec![
                    package.name.clone(),
                    package.version.clone(),
                    package.arch.clone().unwrap(),
                    source.name,
                    source.version,
                    "installed".to_owned(),
                ]
            })
            .collect();
        found.sort();
        assert_eq!(found, table(&folder.join("expected.tsv")), "{}", folder.display());
    }
}

#[test]
fn npm_lock_files_read_as_npm_reads_them() {
    let Some(corpus) = corpus("lock/npm-ours") else { return };
    for (name, entries) in [("v3-app", 272), ("v3-big", 2_037)] {
        let folder = corpus.join(name);
        let rows = table(&folder.join("expected.tsv"));
        assert_eq!(rows.len(), entries, "{name}");
        let expected: BTreeSet<_> = rows.into_iter().collect();
        let outcome = run_clean("npm/package-lock", &folder, "package-lock.json");
        let found: Vec<Vec<String>> = outcome
            .packages()
            .map(|package| {
                let kind = match package.presence {
                    Presence::DeclaredDev => "dev",
                    Presence::Declared => "prod",
                    Presence::Installed => "installed",
                    Presence::Described => "described",
                };
                vec![package.name.clone(), package.version.clone(), kind.to_owned()]
            })
            .collect();
        let distinct: BTreeSet<_> = found.iter().cloned().collect();
        assert_eq!(found.len(), distinct.len(), "{name} names a package twice");
        assert_eq!(distinct, expected, "{name}");
    }
}

#[test]
fn the_lines_of_a_lock_file_hold_the_version() {
    let Some(corpus) = corpus("lock/npm-ours/v3-big") else { return };
    let text = String::from_utf8(read(&corpus.join("package-lock.json"))).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let outcome = run_clean("npm/package-lock", &corpus, "package-lock.json");
    for package in outcome.packages() {
        let line = lines[usize::try_from(package.lines.unwrap().start).unwrap() - 1];
        let expected = format!("\"version\": \"{}\"", package.version);
        assert!(line.contains(&expected), "{}: {line}", package.name);
    }
}

#[test]
fn every_entry_of_a_cargo_lock_with_a_source_is_a_package() {
    let Some(corpus) = corpus("lock/cargo-ours") else { return };
    let text = String::from_utf8(read(&corpus.join("Cargo.lock"))).unwrap();
    let entries = text.split("[[package]]").skip(1);
    let expected = entries.filter(|entry| entry.contains("\nsource = ")).count();
    let outcome = run_clean("rust/cargo-lock", &corpus, "Cargo.lock");
    assert!(expected > 0);
    assert_eq!(outcome.packages().count(), expected);
}
