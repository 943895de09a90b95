//! `rebar.lock` of Erlang: a version of the format, and tuples of a name, a source and a depth.

use super::term::{Language, Term, Terms};
use crate::lang::declared::{Packages, declared};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages of Hex that a lock file of rebar3 declares. Those of repositories have no release.
pub(crate) static REBAR_LOCK: Extractor = Extractor {
    id: "erlang/rebar-lock",
    version: 1,
    title: "Erlang lock files",
    spec: "https://rebar3.org/docs/workflow/#lock-files",
    selects: &[Select::Name("rebar.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let terms = Terms::parse(input.bytes, Language::Erlang)?;
    // The first form of the file was the list alone.
    let list = match terms.terms.first() {
        None => return Ok(()),
        Some(Term::Group('{', parts)) => parts.get(1),
        list => list,
    };
    let Some(Term::Group('[', entries)) = list else {
        return Err(ParseError::new("the file has no list of packages"));
    };
    let mut packages = Packages::new(sink);
    for entry in entries {
        let [_, locked, depth, ..] = entry.tuple() else { continue };
        let [Term::Word("pkg"), Term::Text(name), Term::Text(version), ..] = locked.tuple() else {
            continue;
        };
        let (presence, line) = (Presence::Declared, terms.line(version));
        let mut package = declared(Ecosystem::Hex, name, version, presence, line);
        package.direct = depth.text().map(|depth| depth == "0");
        packages.add(package);
    }
    packages.finish()
}
