//! Real package databases and lock files, compared with what the native tools say of them.

use super::run::{Outcome, extractor, files_below, run};
use lazaret_core::package::Presence;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folder of real data, which lies outside of the repository.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn corpus(part: &str) -> Option<PathBuf> {
    let folder =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus")).join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the corpus folder `{part}` is not here");
    None
}

fn read(path: &Path) -> Vec<u8> {
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
fn run_clean(id: &str, root: &Path, path: &str) -> Outcome {
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
fn files_of_other_tools_tests_parse_unless_they_are_broken_on_purpose() {
    let Some(corpus) = corpus("lock/fetched") else { return };
    // Corrupt on purpose, or a line of text that stands for a file.
    let broken = ["/corrupt/", "/sad/", "/glob-paths/"];
    let mut seen = 0;
    for (path, file) in files_below(&corpus) {
        let name = path.rsplit('/').next().unwrap();
        let is_lock = name.starts_with("package-lock");
        let (id, path) = if is_lock || name == "npm-shrinkwrap.json" {
            // The name some of these have is not the one npm gives them, and one lies in
            // `node_modules`, where lock files are not read.
            ("npm/package-lock", path.replace("node_modules/", ""))
        } else if name == "package.json" {
            ("npm/package-json", path)
        } else if matches!(name, "METADATA" | "PKG-INFO") {
            ("python/dist-info", path)
        } else {
            continue;
        };
        seen += 1;
        let outcome = run(extractor(id), &path, &read(&file));
        if broken.iter().any(|part| path.contains(part)) {
            assert!(!outcome.problems.is_empty(), "{path} has no problem");
        } else {
            assert_eq!(outcome.problems, [], "{path}");
            assert!(id != "python/dist-info" || outcome.packages().count() == 1, "{path}");
        }
    }
    assert!(seen > 30, "only {seen} files");
}
