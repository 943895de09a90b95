//! `.tool-versions` of asdf and mise, `mise.toml`, and the files of version managers with one
//! version in them: which programs a project is to be worked on with.

use super::declared::{Packages, declared};
use super::toml_file;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// Programs a project names with a whole version. Nothing says that they are in the image.
pub(crate) static TOOL_VERSIONS: Extractor = Extractor {
    id: "tool/versions",
    version: 1,
    title: "Versions of tools (asdf, mise, nvm and their like)",
    spec: "https://asdf-vm.com/manage/configuration.html",
    selects: &[
        Select::Name(".tool-versions"),
        Select::Name("mise.toml"),
        Select::Name(".mise.toml"),
        Select::Name(".nvmrc"),
        Select::Name(".node-version"),
        Select::Name(".python-version"),
        Select::Name(".ruby-version"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let only = match input.path.name() {
        "mise.toml" | ".mise.toml" => return mise(input.bytes, sink),
        ".nvmrc" | ".node-version" => Some("node"),
        ".python-version" => Some("python"),
        ".ruby-version" => Some("ruby"),
        _ => None,
    };
    let mut packages = Packages::new(sink);
    for line in Lines::new(input.bytes) {
        let text = std::str::from_utf8(line.text)
            .map_err(|_| ParseError::at(line.number, "the line is not UTF-8"))?;
        let mut words = text.split('#').next().unwrap_or(text).split_whitespace();
        let Some(name) = only.or_else(|| words.next()) else { continue };
        for version in words {
            add(name, version, Some(line.number), &mut packages);
        }
    }
    packages.finish()
}

#[derive(Deserialize)]
struct Mise {
    #[serde(default)]
    tools: BTreeMap<String, Spanned<Value>>,
}

fn mise(bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (mise, places) = toml_file::parse::<Mise>(bytes)?;
    let mut packages = Packages::new(sink);
    for (name, tool) in &mise.tools {
        let line = places.line(tool.span().start);
        let one = [tool.get_ref().clone()];
        let versions = tool.get_ref().as_array().map_or(one.as_slice(), Vec::as_slice);
        for version in versions {
            let version = version.get("version").unwrap_or(version);
            if let Some(version) = version.as_str() {
                add(name, version, line, &mut packages);
            }
        }
    }
    packages.finish()
}

/// A tool of the registry of asdf, by the name the program itself has. Names with a colon are of
/// other registries, and versions that are a branch, a prefix or a word are none.
fn add(name: &str, version: &str, line: Option<u32>, packages: &mut Packages<'_, '_>) {
    let version = version.strip_prefix('v').unwrap_or(version);
    let is_whole =
        version.starts_with(|c: char| c.is_ascii_digit()) && version.matches('.').count() >= 2;
    let name = match name {
        "nodejs" => "node",
        "golang" => "go",
        name => name,
    };
    if is_whole && !name.contains(':') {
        let presence = Presence::Described;
        packages.add(declared(Ecosystem::Generic, name, version, presence, line));
    }
}
