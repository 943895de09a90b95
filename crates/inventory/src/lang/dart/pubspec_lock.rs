//! `pubspec.lock` of Dart and Flutter.

use crate::lang::declared::{Packages, declared, dev};
use crate::lang::yaml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// Packages a lock file of pub declares. It does not say which need which.
pub(crate) static PUBSPEC_LOCK: Extractor = Extractor {
    id: "dart/pubspec-lock",
    version: 1,
    title: "Dart lock files",
    spec: "https://dart.dev/tools/pub/glossary#lockfile",
    selects: &[Select::Name("pubspec.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: Option<BTreeMap<String, Locked>>,
}

#[derive(Deserialize)]
struct Locked {
    /// `direct main`, `direct dev`, `direct overridden` or `transitive`.
    #[serde(default)]
    dependency: String,
    #[serde(default)]
    source: String,
    version: Spanned<String>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let lock: Lock = parse(input.bytes, "lock file of pub")?;
    let mut packages = Packages::new(sink);
    for (name, locked) in lock.packages.iter().flatten() {
        // A folder of the project, or a part of the SDK, whose version here is 0.0.0.
        if matches!(locked.source.as_str(), "path" | "sdk") {
            continue;
        }
        let line = u32::try_from(locked.version.referenced.line()).ok();
        // What only direct dev dependencies need is marked `transitive` like everything else.
        let presence = dev(locked.dependency == "direct dev");
        let mut package = declared(Ecosystem::Pub, name, &locked.version.value, presence, line);
        package.direct = Some(locked.dependency.starts_with("direct"));
        packages.add(package);
    }
    packages.finish()
}
