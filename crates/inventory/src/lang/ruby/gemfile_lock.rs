//! `Gemfile.lock` of Bundler.
//!
//! Sections begin at the margin; in those of sources, `specs:` lists each gem at four spaces as
//! `name (version)`, and what it depends on at six.

use crate::broken::Broken;
use crate::lang::declared::{Packages, declared, need, needs};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact, Presence};
use std::collections::HashSet;

/// Gems a Bundler lock file declares. It does not say which are for development.
pub(crate) static GEMFILE_LOCK: Extractor = Extractor {
    id: "ruby/gemfile-lock",
    version: 2,
    title: "Bundler lock files",
    spec: "https://bundler.io/man/gemfile.5.html",
    selects: &[Select::Name("Gemfile.lock"), Select::Name("gems.locked")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// What a section is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// Gems from a server or a repository.
    Source,
    /// What the project names itself.
    Direct,
    /// Parts of the project, or anything that lists no gems.
    Other,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    let mut broken = Broken::default();
    let mut section = None;
    let mut gems: Vec<PackageFact> = Vec::new();
    let mut direct: HashSet<String> = HashSet::new();
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(packages.sink(), line.number, "the line is not UTF-8");
            continue;
        };
        let indent = text.len().saturating_sub(text.trim_start_matches(' ').len());
        match indent {
            _ if text.is_empty() => {}
            0 => {
                section = section_of(text);
                if section.is_none() {
                    broken.report(packages.sink(), line.number, "expected the name of a section");
                }
            }
            4 if section == Some(Section::Source) => match gem(text.trim_start()) {
                Some((name, version)) => {
                    let (presence, line) = (Presence::Declared, Some(line.number));
                    gems.push(declared(Ecosystem::Gem, name, version, presence, line));
                }
                None => {
                    broken.report(packages.sink(), line.number, "expected `NAME (VERSION)`");
                }
            },
            6 if section == Some(Section::Source) => {
                if let Some(gem) = gems.last_mut() {
                    gem.needs.push(need(name_of(text), None));
                }
            }
            2 if section == Some(Section::Direct) => {
                direct.insert(name_of(text).to_owned());
            }
            _ => {}
        }
    }
    for mut gem in gems {
        gem.direct = (!direct.is_empty()).then(|| direct.contains(&gem.name));
        gem.needs = needs(gem.needs);
        packages.add(gem);
    }
    broken.finish()?;
    packages.finish()
}

/// The kind of a section; nothing if this cannot be the name of one.
fn section_of(text: &str) -> Option<Section> {
    match text {
        "GEM" | "GIT" | "PLUGIN SOURCE" => Some(Section::Source),
        "DEPENDENCIES" => Some(Section::Direct),
        _ => text
            .chars()
            .all(|c| c.is_ascii_uppercase() || matches!(c, ' ' | '-'))
            .then_some(Section::Other),
    }
}

/// The name of `name (~> 1.0)` and of `name!`.
fn name_of(text: &str) -> &str {
    text.trim_start().split([' ', '!']).next().unwrap_or_default()
}

/// Splits `name (1.0.0)`. A platform follows a hyphen, which no version has.
fn gem(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(" (")?;
    let version = rest.trim_end_matches('!').strip_suffix(')')?;
    Some((name, version.split('-').next().unwrap_or(version)))
}
