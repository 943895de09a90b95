//! Packages in folders that no program runs from: tests and documentation.
//!
//! Libraries come with their own tests, and those with lock files and packages that are only there
//! to be read by them. What an application keeps in a folder of that name may well run, so that only
//! what lies inside of another package counts as such, or what a file merely declares.

use lazaret_core::finding::State;
use lazaret_core::location::ImagePath;
use lazaret_core::package::{Ecosystem, Package, Presence};

/// Folders of tests and what they read. The Go toolchain ignores `testdata`, and others follow it.
const TESTS: [&str; 7] =
    ["test", "tests", "__tests__", "testdata", "test-data", "test_data", "test-fixtures"];

/// Folders of documentation.
const DOCUMENTATION: [&str; 4] = ["doc", "docs", "example", "examples"];

/// Where distributions put documentation (Filesystem Hierarchy Standard 3.0, 4.11).
const SHARED_DOCUMENTATION: &str = "usr/share/doc";

/// Folders of installed packages, in which each package has a folder of its own.
const INSTALL_FOLDERS: [&str; 4] = ["node_modules", "site-packages", "dist-packages", "gems"];

/// What nothing runs from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tests,
    Documentation,
}

/// The state of findings about a package that is nowhere but in tests or documentation.
pub(super) fn place_state(package: &Package) -> Option<State> {
    if package.ecosystem.is_os() {
        return None;
    }
    let is_declared = matches!(package.presence, Presence::Declared | Presence::DeclaredDev);
    let mut found = package
        .locations
        .iter()
        .map(|location| kind(&location.path, package.ecosystem, is_declared));
    let (kind, folder) = found.next()??;
    if !found.all(|other| other.is_some()) {
        return None;
    }
    let (by, what) = match kind {
        Kind::Tests => ("tests", "tests"),
        Kind::Documentation => ("documentation", "documentation and examples"),
    };
    let how = if is_declared { "declared by a file in" } else { "nowhere but in" };
    Some(State::Suppressed {
        by: by.to_owned(),
        reason: format!("{how} /{folder}, a folder of {what}, which no program runs from"),
        until: None,
    })
}

/// What a file is part of, and the folder that says so.
fn kind(path: &ImagePath, ecosystem: Ecosystem, is_declared: bool) -> Option<(Kind, String)> {
    let path = path.as_str();
    if let Some(rest) = path.strip_prefix(SHARED_DOCUMENTATION)
        && rest.starts_with('/')
    {
        return Some((Kind::Documentation, SHARED_DOCUMENTATION.to_owned()));
    }
    let (folder, _) = path.rsplit_once('/')?;
    let mut inside = false;
    // The folder of a package bears its name, which may be any.
    let mut names_package = false;
    let mut end = 0_usize;
    for (position, part) in folder.split('/').enumerate() {
        end = end.saturating_add(part.len()).saturating_add(usize::from(position > 0));
        if std::mem::take(&mut names_package) {
            names_package = part.starts_with('@');
            continue;
        }
        if INSTALL_FOLDERS.contains(&part) {
            inside = true;
            names_package = true;
            continue;
        }
        let found = if TESTS.contains(&part) || (part == "spec" && ecosystem == Ecosystem::Gem) {
            Kind::Tests
        } else if DOCUMENTATION.contains(&part) {
            Kind::Documentation
        } else {
            continue;
        };
        // An image may have its application in `/test`.
        if inside || (is_declared && position > 0) {
            return Some((found, path.get(..end)?.to_owned()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::location::{LayerIndex, Location};

    fn state(ecosystem: Ecosystem, presence: Presence, paths: &[&str]) -> Option<(String, String)> {
        let location = |path: &&str| Location {
            layer: LayerIndex(0),
            path: ImagePath::parse(path.as_bytes()).unwrap(),
            lines: None,
        };
        let locations = paths.iter().map(location).collect();
        let package =
            Package { presence, locations, ..Package::installed(ecosystem, "package", "1") };
        match place_state(&package)? {
            State::Suppressed { by, reason, .. } => Some((by, reason)),
            State::Open => None,
        }
    }

    #[track_caller]
    fn check(ecosystem: Ecosystem, presence: Presence, path: &str, expected: Option<&str>) {
        let found = state(ecosystem, presence, &[path]);
        assert_eq!(found.as_ref().map(|(by, _)| by.as_str()), expected, "{path}");
    }

    #[test]
    fn tests_of_installed_packages_are_told_from_applications() {
        let npm = |path, expected| check(Ecosystem::Npm, Presence::Installed, path, expected);
        npm("app/node_modules/resolve/test/fixture/package.json", Some("tests"));
        npm("app/node_modules/@a/b/test/package.json", Some("tests"));
        npm("app/node_modules/a/test/node_modules/b/package.json", Some("tests"));
        npm("app/node_modules/a/examples/x/package.json", Some("documentation"));
        npm("app/node_modules/test/package.json", None);
        npm("app/node_modules/@test/docs/package.json", None);
        npm("app/node_modules/a/node_modules/docs/package.json", None);
        npm("app/test/node_modules/a/package.json", None);
        npm("app/node_modules/a/package.json", None);
        npm("test/package.json", None);
        let pypi = |path, expected| check(Ecosystem::Pypi, Presence::Installed, path, expected);
        pypi("usr/site-packages/pip/tests/data/x-1.dist-info/METADATA", Some("tests"));
        pypi("usr/site-packages/tests/x-1.dist-info/METADATA", None);
        let gem = "usr/lib/ruby/gems/a-1.0/spec/fixtures/Gemfile.lock";
        check(Ecosystem::Gem, Presence::Declared, gem, Some("tests"));
        check(Ecosystem::Npm, Presence::Declared, gem, None);
    }

    #[test]
    fn what_is_only_declared_needs_less() {
        let declared = |path, expected| {
            check(Ecosystem::Npm, Presence::Declared, path, expected);
            check(Ecosystem::Npm, Presence::DeclaredDev, path, expected);
            check(Ecosystem::Npm, Presence::Installed, path, None);
        };
        declared("app/tests/e2e/package-lock.json", Some("tests"));
        declared("go/src/x/testdata/package-lock.json", Some("tests"));
        declared("app/docs/package-lock.json", Some("documentation"));
        // The application itself may be called so.
        declared("tests/package-lock.json", None);
        declared("app/package-lock.json", None);
        declared("app/latest/package-lock.json", None);
    }

    #[test]
    fn shared_documentation_never_runs() {
        for presence in [Presence::Installed, Presence::Declared] {
            let check = |path, expected| check(Ecosystem::Npm, presence, path, expected);
            check("usr/share/doc/x/package.json", Some("documentation"));
            check("usr/share/docx/package.json", None);
        }
        check(Ecosystem::Deb, Presence::Installed, "usr/share/doc/x/status", None);
    }

    #[test]
    fn one_other_place_is_enough_to_count() {
        let tests = "app/node_modules/a/test/package.json";
        let both = [tests, "app/node_modules/b/package.json"];
        assert_eq!(state(Ecosystem::Npm, Presence::Installed, &both), None);
        assert_eq!(state(Ecosystem::Npm, Presence::Installed, &[]), None);
        assert_eq!(
            state(Ecosystem::Npm, Presence::Installed, &[tests, tests]).unwrap().1,
            "nowhere but in /app/node_modules/a/test, a folder of tests, which no program runs from"
        );
    }
}
