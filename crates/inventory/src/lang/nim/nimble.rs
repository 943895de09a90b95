//! `*.nimble`, the manifest of a Nim package, where Nimble has installed it: `pkgs2/NAME-VERSION-HASH`,
//! or `pkgs/NAME-VERSION` before its version 0.14.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};

/// Installed Nim packages.
pub(crate) static NIMBLE: Extractor = Extractor {
    id: "nim/nimble",
    version: 1,
    title: "Installed Nim packages",
    spec: "https://nim-lang.github.io/nimble/nimble-reference.html",
    selects: &[Select::Tail("pkgs2/*/*.nimble"), Select::Tail("pkgs/*/*.nimble")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let name = input.path.name().strip_suffix(".nimble").unwrap_or_default();
    let folder = input.path.parent();
    let (mut version, mut license) = (None, None);
    let mut required: Vec<Need> = Vec::new();
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        let text = text.trim();
        if let Some(list) = text.strip_prefix("requires") {
            let specs = list.split('"').skip(1).step_by(2);
            let names = specs.filter_map(|spec| spec.split([' ', '<', '>', '=', '#', '@']).next());
            // The compiler is no package, and an address has no name.
            let names = names.filter(|name| *name != "nim" && !name.contains('/'));
            required.extend(names.map(|name| need(name, None)));
        } else if let Some((key, value)) = text.split_once(['=', ':']) {
            let value = value.split('"').nth(1).map(str::to_owned);
            match key.trim() {
                "version" => version = version.or(value),
                "license" => license = license.or(value),
                _ => {}
            }
        }
    }
    // A version that is code is in the name of the folder all the same.
    let of_folder = folder.name().strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
    let version = of_folder.and_then(|rest| rest.split('-').next()).map(str::to_owned).or(version);
    let version = version.filter(|version| !version.is_empty());
    let version = version.ok_or_else(|| ParseError::new("no version of a Nim package"))?;
    let mut package = declared(Ecosystem::Nim, name, &version, Presence::Installed, None);
    package.licenses.extend(license.filter(|license| !license.is_empty()));
    package.needs = needs(required);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
