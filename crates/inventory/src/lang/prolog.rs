//! `pack.pl`, the metadata of a package of SWI-Prolog: a fact on each line.

use super::declared::{Packages, declared, need, needs};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Installed packages of SWI-Prolog.
pub(crate) static PACK: Extractor = Extractor {
    id: "prolog/pack",
    version: 1,
    title: "SWI-Prolog packs",
    spec: "https://www.swi-prolog.org/howto/Pack.html",
    selects: &[Select::Name("pack.pl")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (mut name, mut version, mut required) = (None, None, Vec::new());
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        let text = text.trim();
        let Some((key, rest)) = text.split_once('(') else { continue };
        let Some(value) = rest.strip_suffix(").") else { continue };
        let value = value.trim().trim_matches(['\'', '"']);
        match key.trim() {
            "name" => name = Some(value.to_owned()),
            "version" => version = Some((value.to_owned(), line.number)),
            // `name`, or `name >= version`; `prolog` is the language.
            "requires" => {
                let other = value.split([' ', '>', '<', '=', '@']).next().unwrap_or_default();
                if other != "prolog" {
                    required.push(need(other, None));
                }
            }
            _ => {}
        }
    }
    // A file of this name may be any program.
    let (name, (version, line)) = match (name, version) {
        (Some(name), Some(version)) => (name, version),
        (Some(_), None) => return Err(ParseError::new("no version of a pack")),
        (None, _) => return Ok(()),
    };
    let (presence, line) = (Presence::Installed, Some(line));
    let mut package = declared(Ecosystem::Swipl, &name, &version, presence, line);
    package.needs = needs(required);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
