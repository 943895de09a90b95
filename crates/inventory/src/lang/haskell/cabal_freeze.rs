//! `cabal.project.freeze`: one `constraints` field, a list of `any.NAME ==VERSION` and of flags.

use crate::lang::declared::{Packages, declared};
use crate::lines::{Lines, field, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages a freeze file of Cabal pins. Those marked `installed` come with the compiler, and name
/// no version.
pub(crate) static CABAL_FREEZE: Extractor = Extractor {
    id: "haskell/cabal-freeze",
    version: 1,
    title: "Cabal freeze files",
    spec: "https://cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze",
    selects: &[Select::Name("cabal.project.freeze")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    let (mut in_constraints, mut has_field, mut has_text) = (false, false, false);
    for line in Lines::new(input.bytes) {
        let plain = line.text.trim_ascii_start();
        if plain.is_empty() || plain.starts_with(b"--") {
            continue;
        }
        has_text = true;
        let mut list = plain;
        // A continued line is indented; a field begins at the margin.
        if plain.len() == line.text.len()
            && let Some((name, value)) = field(line.text)
        {
            has_field = true;
            in_constraints = name.eq_ignore_ascii_case(b"constraints");
            list = value;
        }
        if !in_constraints {
            continue;
        }
        for constraint in text(list).split(',') {
            let Some((name, version)) = constraint.split_once("==") else { continue };
            // `any.` and `setup.` say where the constraint holds.
            let name = name.trim().rsplit('.').next().unwrap_or_default();
            let version = version.trim();
            if !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit()) {
                let (presence, line) = (Presence::Declared, Some(line.number));
                packages.add(declared(Ecosystem::Hackage, name, version, presence, line));
            }
        }
    }
    if has_text && !has_field {
        return Err(ParseError::new("the file has no field, such as `constraints`"));
    }
    packages.finish()
}
