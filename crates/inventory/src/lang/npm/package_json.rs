//! `package.json`, the manifest every npm package carries.

use super::fields::Fields;
use super::{MODULES, behind_debian_modules, is_name, is_version, license};
use crate::lang::json::{json_error, string};
use crate::lines::without_mark;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};

/// Packages installed below `node_modules`, and applications with a manifest of their own.
pub(crate) static PACKAGE_JSON: Extractor = Extractor {
    id: "npm/package-json",
    version: 3,
    title: "Installed npm packages",
    spec: "https://docs.npmjs.com/cli/v11/configuring-npm/package-json",
    selects: &[Select::Name("package.json")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if !is_package_root(input.path.as_str()) {
        return Ok(());
    }
    let manifest: Fields<'_> =
        serde_json::from_slice(without_mark(input.bytes)).map_err(|error| json_error(&error))?;
    // Extensions of Visual Studio Code have the same manifest, and names of their own.
    if manifest.engines.is_some_and(|engines| engines.get().contains("\"vscode\"")) {
        return Ok(());
    }
    let name = manifest.name.and_then(string).filter(|name| is_name(name));
    let version = manifest.version.and_then(string).filter(|version| is_version(version));
    // Without both it is a marker such as `{"type": "module"}`, and no package.
    let (Some(name), Some(version)) = (name, version) else { return Ok(()) };
    let mut package = PackageFact::installed(Ecosystem::Npm, name, version);
    package.licenses = license::licenses(manifest.license);
    if package.licenses.is_empty() {
        package.licenses = license::licenses(manifest.licenses);
    }
    sink.package(package);
    Ok(())
}

/// Whether a package can be installed where this manifest is: outside of `node_modules`, or at
/// `node_modules/NAME` or `node_modules/@SCOPE/NAME`, the only places where Node.js looks for one,
/// or the same in Debian's folder for all of them. Manifests deeper in a package are markers, parts
/// and test data, some broken on purpose.
fn is_package_root(path: &str) -> bool {
    if let Some(below) = behind_debian_modules(path) {
        let mut parts = below.split('/');
        let scope = parts.next().filter(|first| first.starts_with('@'));
        let behind_name = if scope.is_some() { parts.nth(1) } else { parts.next() };
        if behind_name == Some("package.json") && parts.next().is_none() {
            return true;
        }
        return below.contains("node_modules/") && is_in_modules(below);
    }
    is_in_modules(path)
}

fn is_in_modules(path: &str) -> bool {
    let mut parts = path.rsplit('/').skip(1);
    let inside = match (parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(MODULES), _) => return true,
        (Some(_), Some(scope), Some(MODULES)) if scope.starts_with('@') => return true,
        _ => path.split('/').rev().skip(1).any(|part| part == MODULES),
    };
    !inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_where_node_looks_for_them() {
        for (path, expected) in [
            ("package.json", true),
            ("app/package.json", true),
            ("usr/share/nodejs/semver/package.json", true),
            ("usr/share/nodejs/@s/semver/package.json", true),
            ("usr/share/nodejs/a/node_modules/b/package.json", true),
            ("usr/lib/x86_64-linux-gnu/nodejs/bcrypt/package.json", true),
            ("usr/share/nodejs/terser/bin/package.json", false),
            ("usr/share/nodejs/a/node_modules/b/esm/package.json", false),
            ("usr/lib/x86_64-linux-gnu/nodejs/bcrypt/build/package.json", false),
            ("usr/share/nodejs/package.json", false),
            ("app/node_modules/a/package.json", true),
            ("app/node_modules/@s/a/package.json", true),
            ("app/node_modules/a/node_modules/b/package.json", true),
            ("app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", true),
            ("app/node_modules/a/esm/package.json", false),
            ("app/node_modules/@s/a/esm/package.json", false),
            ("app/node_modules/a/test/fixture/app/package.json", false),
            ("app/node_modules/package.json", false),
        ] {
            assert_eq!(is_package_root(path), expected, "{path}");
        }
    }
}
