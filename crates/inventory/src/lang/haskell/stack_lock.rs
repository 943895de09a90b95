//! `stack.yaml.lock`: the packages a project takes beside those of its snapshot.

use crate::lang::declared::{Packages, declared};
use crate::lang::yaml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use serde_saphyr::Spanned;

/// Packages a lock file of Stack declares. Those of the snapshot are listed elsewhere, on a server.
pub(crate) static STACK_LOCK: Extractor = Extractor {
    id: "haskell/stack-lock",
    version: 1,
    title: "Stack lock files",
    spec: "https://docs.haskellstack.org/en/stable/topics/lock_files/",
    selects: &[Select::Name("stack.yaml.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: Option<Vec<Locked>>,
}

#[derive(Deserialize)]
struct Locked {
    completed: Completed,
}

/// A package of Hackage, or of an archive or a repository.
#[derive(Deserialize)]
struct Completed {
    hackage: Option<Spanned<String>>,
    name: Option<String>,
    version: Option<Spanned<String>>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let lock: Lock = parse(input.bytes, "lock file of Stack")?;
    let mut packages = Packages::new(sink);
    for Locked { completed } in lock.packages.iter().flatten() {
        let found = match (&completed.hackage, &completed.name, &completed.version) {
            (Some(hackage), ..) => name_and_version(&hackage.value)
                .map(|(name, version)| (name, version, hackage.referenced.line())),
            (None, Some(name), Some(version)) => {
                Some((&**name, &*version.value, version.referenced.line()))
            }
            _ => None,
        };
        if let Some((name, version, line)) = found {
            let (presence, line) = (Presence::Declared, u32::try_from(line).ok());
            packages.add(declared(Ecosystem::Hackage, name, version, presence, line));
        }
    }
    packages.finish()
}

/// Splits `NAME-VERSION@sha256:…`.
fn name_and_version(hackage: &str) -> Option<(&str, &str)> {
    hackage.split('@').next()?.rsplit_once('-')
}
