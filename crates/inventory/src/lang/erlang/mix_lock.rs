//! `mix.lock` of Elixir: a map from the name of an application to a tuple of where it is from.
//!
//! `{:hex, :package, "version", "hash", [managers], [dependencies], "repository", "hash"}` and
//! `{:git, "address", "commit", [options]}`.

use super::term::{Language, Term, Terms};
use crate::lang::declared::{Packages, declared, need, needs};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages of Hex that a lock file of Mix declares. Those of repositories have no release.
pub(crate) static MIX_LOCK: Extractor = Extractor {
    id: "erlang/mix-lock",
    version: 1,
    title: "Elixir lock files",
    spec: "https://hexdocs.pm/mix/Mix.Tasks.Deps.html",
    selects: &[Select::Name("mix.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let terms = Terms::parse(input.bytes, Language::Elixir)?;
    let entries = match terms.terms.as_slice() {
        [] => &[],
        [Term::Group('%', entries)] => entries.as_slice(),
        _ => return Err(ParseError::new("the file is no map of Elixir")),
    };
    let mut packages = Packages::new(sink);
    for entry in entries {
        let [_, locked] = entry.tuple() else { continue };
        let [Term::Word("hex"), name, Term::Text(version), rest @ ..] = locked.tuple() else {
            continue;
        };
        let Some(name) = name.text() else { continue };
        let (presence, line) = (Presence::Declared, terms.line(version));
        let mut package = declared(Ecosystem::Hex, name, version, presence, line);
        let dependencies = rest.get(2).map(Term::items).unwrap_or_default();
        package.needs = needs(dependencies.iter().filter_map(|dependency| {
            let [application, _, options @ ..] = dependency.tuple() else { return None };
            let options = options.first().map(Term::items).unwrap_or_default();
            let renamed = options.iter().find_map(|option| match option.tuple() {
                [Term::Word("hex"), name] => name.text(),
                _ => None,
            });
            Some(need(renamed.or(application.text())?, None))
        }));
        packages.add(package);
    }
    packages.finish()
}
