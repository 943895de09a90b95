//! The files of other scanners' tests: lock files, manifests and metadata of installed packages, of
//! some forty kinds.

use super::corpus::{corpus, read, run_clean};
use super::run::{extractor, files_below, run};
use lazaret_core::package::Presence;
use std::collections::BTreeMap;

/// The extractor a file of another tool's tests is for, and the path it is to be seen at: names of
/// test data are often not those the format has, and installed gems lie in one folder only.
fn reader_of(path: &str) -> Option<(&'static str, String)> {
    let name = path.rsplit('/').next()?;
    let is_lock = name.starts_with("package-lock");
    let id = match name {
        // The name some of these have is not the one npm gives them, and one lies in
        // `node_modules`, where lock files are not read.
        _ if is_lock || name == "npm-shrinkwrap.json" => {
            return Some(("npm/package-lock", path.replace("node_modules/", "")));
        }
        "METADATA" | "PKG-INFO" => "python/dist-info",
        "installed" => return Some(("apk/installed", "lib/apk/db/installed".to_owned())),
        _ if name.ends_with(".md5sums") => {
            return Some(("dpkg/md5sums", format!("var/lib/dpkg/status.d/{name}")));
        }
        _ if path.contains("/dpkg/status.d/") => {
            return Some(("dpkg/status.d", format!("var/lib/dpkg/status.d/{name}")));
        }
        "status" => return Some(("dpkg/status", "var/lib/dpkg/status".to_owned())),
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
        // A version that is code is only found in the source of a gem, where it is not read.
        _ if name.starts_with("version_") => "ruby/gemspec",
        _ if name.ends_with(".gemspec") => {
            return Some(("ruby/gemspec", format!("specifications/{path}")));
        }
        _ => return None,
    };
    Some((id, path.to_owned()))
}

/// Parts of paths of files that are corrupt on purpose, are a line of text that stands for a file, or
/// were written for another program to fill in.
const BROKEN: &[&str] = &[
    "/corrupt",
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
    // Some packages have no name or no version.
    "/status.d/doc-examples",
    "/status.d/empty",
    "/status.d/libpam-runtime",
    "/status.d/multiple",
];

#[test]
fn every_file_parses_unless_it_is_broken_on_purpose() {
    let Some(corpus) = corpus("lock/fetched") else { return };
    let (mut problems, mut readers) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for (path, file) in files_below(&corpus) {
        if path == "PROVENANCE.tsv" {
            continue;
        }
        let Some((id, seen_at)) = reader_of(&path) else { panic!("nobody reads {path}") };
        *readers.entry(id).or_default() += 1;
        let outcome = run(extractor(id), &seen_at, &read(&file));
        // A module file with another module's name is a good one.
        let is_broken =
            BROKEN.iter().any(|part| path.contains(part)) && !path.ends_with("src/go.mod");
        if is_broken && outcome.problems.is_empty() {
            problems.push(format!("{path} has no problem"));
        }
        if !is_broken && !outcome.problems.is_empty() {
            problems.push(format!("{path}: {:?}", outcome.problems));
        }
        if !is_broken && id == "python/dist-info" {
            assert_eq!(outcome.packages().count(), 1, "{path}");
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(readers.values().sum::<usize>(), 445, "{readers:?}");
    assert_eq!(readers.len(), 39, "{readers:?}");
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
fn the_lines_of_packages_hold_their_versions() {
    let Some(corpus) = corpus("lock/fetched") else { return };
    let mut checked = 0;
    for (path, file) in files_below(&corpus) {
        let Some((id, seen_at)) = reader_of(&path) else { continue };
        let bytes = read(&file);
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        for package in run(extractor(id), &seen_at, &bytes).packages() {
            let Some(range) = package.lines else { continue };
            let [start, end] = [range.start, range.end].map(|n| usize::try_from(n).unwrap());
            let text = lines[start - 1..end].join("\n");
            // A version that code puts together stands on no line.
            let is_joined = id == "lua/rockspec" && text.contains("..");
            let has_version = is_joined || text.contains(&package.version);
            assert!(has_version, "{path}:{start}: {text}");
            checked += 1;
        }
    }
    assert!(checked > 1_000, "{checked}");
}
