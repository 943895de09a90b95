//! `build.sbt.lock` of sbt-dependency-lock: the modules of a Scala build.

use super::{is_version, name};
use crate::lang::declared::{Packages, declared, dev};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;

/// Packages an sbt lock file declares.
pub(crate) static SBT_LOCK: Extractor = Extractor {
    id: "java/sbt-lock",
    version: 1,
    title: "sbt lock files",
    spec: "https://stringbean.github.io/sbt-dependency-lock/file-formats/index.html",
    selects: &[Select::Suffix(".sbt.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    let mut malformed = 0_usize;
    json.entries(|key, modules| {
        if key != "modules" {
            return;
        }
        items(modules, |module| {
            let (mut group, mut artifact, mut version) = (None, None, None);
            let mut configurations: Vec<String> = Vec::new();
            entries(module, |key, value| match key {
                "org" => group = string(value),
                "name" => artifact = string(value),
                "version" => version = string(value).map(|text| (text, json.line(value))),
                "configurations" => items(value, |value| configurations.extend(string(value))),
                _ => {}
            });
            let name = group.zip(artifact).and_then(|(group, artifact)| name(&group, &artifact));
            let version = version.filter(|(version, _)| is_version(version));
            let Some((name, (version, line))) = name.zip(version) else {
                malformed = malformed.saturating_add(1);
                return;
            };
            let runs = |one: &String| matches!(one.as_str(), "compile" | "runtime" | "provided");
            let is_dev = !configurations.is_empty() && !configurations.iter().any(runs);
            packages.add(declared(Ecosystem::Maven, &name, &version, dev(is_dev), line));
        });
    })?;
    packages.finish()?;
    match malformed {
        0 => Ok(()),
        count => Err(ParseError::new(format!("{count} modules without a name or version"))),
    }
}
