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

/// The extractor a file of another tool's tests is for, and the path it is to be seen at: names of
/// test data are often not those the format has, and installed gems lie in one folder only.
fn reader_of(path: &str) -> Option<(&'static str, String)> {
    let name = path.rsplit('/').next()?;
    let id = match name {
        "yarn.lock" => "npm/yarn-lock",
        "pnpm-lock.yaml" => "npm/pnpm-lock",
        "bun.lock" => "npm/bun-lock",
        "Cargo.lock" => "rust/cargo-lock",
        "go.mod" => "go/mod",
        "Gemfile.lock" => "ruby/gemfile-lock",
        "composer.lock" => "php/composer-lock",
        "installed.json" => "php/installed",
        "conan.lock" => "cpp/conan-lock",
        "gradle.lockfile" => "java/gradle-lock",
        "packages.config" => "dotnet/packages-config",
        "pom.xml" => "java/pom",
        "packages.lock.json" => "dotnet/packages-lock",
        "Pipfile.lock" => "python/pipfile-lock",
        "poetry.lock" => "python/poetry-lock",
        "uv.lock" => "python/uv-lock",
        "pdm.lock" => "python/pdm-lock",
        "pylock.toml" => "python/pylock",
        "environment.yaml" => "conda/environment",
        "pubspec.lock" => "dart/pubspec-lock",
        "mix.lock" => "erlang/mix-lock",
        "rebar.lock" => "erlang/rebar-lock",
        "go.sum" => "go/sum",
        "cabal.project.freeze" => "haskell/cabal-freeze",
        "stack.yaml.lock" => "haskell/stack-lock",
        "DESCRIPTION" => "r/description",
        "Package.resolved" => "swift/package-resolved",
        "Podfile.lock" => "swift/podfile-lock",
        _ if name.ends_with(".rockspec") => "lua/rockspec",
        _ if path.contains("/conda-meta/") => "conda/meta",
        _ if name.ends_with(".deps.json") => "dotnet/deps-json",
        _ if name.strip_prefix("requirements").is_some_and(|rest| rest.ends_with("txt")) => {
            "python/requirements"
        }
        // A version that is code is only found in the source of a gem.
        _ if name.ends_with(".gemspec") && !name.starts_with("version_") => {
            return Some(("ruby/gemspec", format!("specifications/{path}")));
        }
        _ => return None,
    };
    Some((id, path.to_owned()))
}

#[test]
fn lock_files_of_other_tools_tests_parse_unless_they_are_broken_on_purpose() {
    let Some(corpus) = corpus("lock/fetched") else { return };
    // Corrupt on purpose, a line of text that stands for a file, or written for another program to
    // fill in.
    let broken = [
        "/corrupt/",
        "/sad/",
        "/broken-lock/",
        "/pom/testdata/broken/",
        "/glob-paths/",
        "/unsupported_protocol/",
        "/conda-meta-bad-json/",
        "/dart/pub/testdata/broken/",
        "/malformed0",
        "/badspec.gemspec",
        "/invalid.",
        "/empty_name.gemspec",
        "requirements_with_templating_engine",
        // One of their lines is a version without a name.
        "requirements_no_version",
        "python/testdata/requires/",
    ];
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for (path, file) in files_below(&corpus) {
        let Some((id, seen_at)) = reader_of(&path) else { continue };
        *seen.entry(id).or_default() += 1;
        let outcome = run(extractor(id), &seen_at, &read(&file));
        // A module file with another module's name is a good one.
        let is_broken =
            broken.iter().any(|part| path.contains(part)) && !path.ends_with("src/go.mod");
        if is_broken {
            assert!(!outcome.problems.is_empty(), "{path} has no problem");
        } else {
            assert_eq!(outcome.problems, [], "{path}");
        }
    }
    assert_eq!(seen.len(), 33, "{seen:?}");
    assert!(seen.values().sum::<usize>() > 220, "{seen:?}");
}

#[test]
fn lock_files_give_as_many_packages_as_they_have_entries() {
    let Some(corpus) = corpus("lock/fetched") else { return };
    let mut checked = 0;
    for (path, file) in files_below(&corpus) {
        let Some((id, seen_at)) = reader_of(&path) else { continue };
        let text = String::from_utf8_lossy(&read(&file)).into_owned();
        let entries = match id {
            "erlang/mix-lock" => text.matches(": {:hex, ").count(),
            "erlang/rebar-lock" => text.matches(",{pkg,<<").count(),
            "haskell/cabal-freeze" => text.matches(" ==").count(),
            "swift/package-resolved" => text.matches("\"revision\"").count(),
            "dart/pubspec-lock" => {
                text.matches("source: hosted").count() + text.matches("source: git").count()
            }
            "python/uv-lock" => {
                let entries = text.split("[[package]]").skip(1);
                let local = ["{ virtual", "{ editable", "{ directory"];
                entries.filter(|entry| !local.iter().any(|local| entry.contains(local))).count()
            }
            _ => continue,
        };
        let outcome = run(extractor(id), &seen_at, text.as_bytes());
        if outcome.problems.is_empty() {
            assert_eq!(outcome.packages().count(), entries, "{path}");
            checked += usize::from(entries > 0);
        }
    }
    assert!(checked >= 20, "{checked}");
}

/// Names and versions of a file of another tool's tests, sorted, `-dev` behind those for
/// development.
fn packages_of(id: &str, path: &str) -> Option<Vec<String>> {
    let corpus = corpus("lock/fetched")?;
    let outcome = run_clean(id, &corpus, path);
    let mut packages: Vec<String> = outcome
        .packages()
        .map(|package| {
            let dev = if package.presence == Presence::DeclaredDev { "-dev" } else { "" };
            format!("{} {}{dev}", package.name, package.version)
        })
        .collect();
    packages.sort();
    Some(packages)
}

#[test]
fn replaced_modules_are_those_of_the_file() {
    let path = "anchore__syft/syft/pkg/cataloger/golang/testdata/go-source-replacements/go.mod";
    let Some(packages) = packages_of("go/mod", path) else { return };
    let expected = [
        "golang.org/x/text v0.0.0-20170915032832-14c0d48ead0c",
        "rsc.io/quote v1.5.2",
        "rsc.io/sampler v1.3.1",
    ];
    assert_eq!(packages, expected);
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

#[test]
fn the_lines_of_lock_files_hold_the_version() {
    let Some(corpus) = corpus("lock/fetched") else { return };
    let mut checked = 0;
    for (path, file) in files_below(&corpus) {
        let Some((id, seen_at)) = reader_of(&path) else { continue };
        let bytes = read(&file);
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        for package in run(extractor(id), &seen_at, &bytes).packages() {
            let Some(range) = package.lines else { continue };
            let line = lines[usize::try_from(range.start).unwrap() - 1];
            // A version that code puts together stands on no line.
            let is_joined = id == "lua/rockspec" && line.contains("..");
            let has_version = is_joined || line.contains(&package.version);
            assert!(has_version, "{path}:{}: {line}", range.start);
            checked += 1;
        }
    }
    assert!(checked > 1_000, "{checked}");
}
