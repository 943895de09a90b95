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

/// Gems a Bundler lock file declares. It does not say which are for development. The lock file of an
/// installed gem is left out: its authors worked with it, and nothing reads it there.
pub(crate) static GEMFILE_LOCK: Extractor = Extractor {
    id: "ruby/gemfile-lock",
    version: 3,
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
    if in_gem(input.path.as_str()) {
        return Ok(());
    }
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

/// Whether a file lies in an installed gem: below `gems/NAME-VERSION`, perhaps with a platform.
fn in_gem(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts = folder.split('/').skip_while(|part| *part != "gems");
    let is_gem = |part: &str| {
        let mut words = part.split('-').skip(1);
        words.any(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
    };
    parts.any(is_gem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gem_is_below_its_name_and_version() {
        for (path, expected) in [
            ("usr/lib/ruby/gems/3.1.0/gems/rbs-2.1.0/steep/Gemfile.lock", true),
            ("usr/local/bundle/gems/nokogiri-1.13.10-x86_64-linux/Gemfile.lock", true),
            ("app/vendor/bundle/ruby/3.1.0/gems/rack-test-2.0.2/Gemfile.lock", true),
            ("usr/local/bundle/bundler/gems/rails-4b1ac4fd9f2b/Gemfile.lock", false),
            ("srv/gems/Gemfile.lock", false),
            ("srv/app-1.0/Gemfile.lock", false),
            ("app/Gemfile.lock", false),
            ("Gemfile.lock", false),
        ] {
            assert_eq!(in_gem(path), expected, "{path}");
        }
    }
}
