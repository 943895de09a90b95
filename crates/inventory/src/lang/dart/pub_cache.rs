//! `pubspec.yaml` of packages that pub downloaded.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::yaml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// Packages in the cache of pub, each in a folder `NAME-VERSION` below that of its registry.
pub(crate) static PUB_CACHE: Extractor = Extractor {
    id: "dart/pub-cache",
    version: 1,
    title: "Downloaded Dart packages",
    spec: "https://dart.dev/tools/pub/pubspec",
    selects: &[Select::Tail("hosted/*/*/pubspec.yaml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Deserialize)]
struct Pubspec {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    version: Option<Spanned<String>>,
    /// By name what would do: a range of versions, or where it is.
    #[serde(default)]
    dependencies: Option<BTreeMap<String, Value>>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let pubspec: Pubspec = parse(input.bytes, "description of a Dart package")?;
    let (Some(name), Some(version)) = (pubspec.name, pubspec.version) else {
        return Err(ParseError::new("the package has no name or no version"));
    };
    let line = u32::try_from(version.referenced.line()).ok();
    let mut package = declared(Ecosystem::Pub, &name, &version.value, Presence::Installed, line);
    let names = pubspec.dependencies.iter().flatten().map(|(name, _)| need(name, None));
    package.needs = needs(names);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
