//! `go.sum`: hashes of every module that was looked at.
//!
//! A module that is only looked at has a line for its module file; one that may be built from has a
//! second for its code. Of several versions Go takes the highest.

use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;

/// Modules whose code a `go.sum` has the hash of. They are kept where no `go.mod` beside it lists
/// them all, as it does since Go 1.17.
pub(crate) static GO_SUM: Extractor = Extractor {
    id: "go/sum",
    version: 1,
    title: "Go checksum files",
    spec: "https://go.dev/ref/mod#go-sum-files",
    selects: &[Select::Name("go.sum")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut highest: BTreeMap<String, (String, u32)> = BTreeMap::new();
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let (path, version) = match words.as_slice() {
            [] => continue,
            [path, version, hash] if version.starts_with('v') && hash.contains(':') => {
                (*path, *version)
            }
            _ => {
                broken.report(sink, line.number, "expected `PATH VERSION HASH`");
                continue;
            }
        };
        if version.ends_with("/go.mod") {
            continue;
        }
        let known = highest.get(path);
        let is_higher = known.is_none_or(|(known, _)| {
            Scheme::Go.compare(version, known).is_ok_and(std::cmp::Ordering::is_gt)
        });
        if is_higher {
            highest.insert(path.to_owned(), (version.to_owned(), line.number));
        }
    }
    let mut packages = Packages::new(sink);
    for (path, (version, line)) in &highest {
        let presence = Presence::Declared;
        packages.add(declared(Ecosystem::Golang, path, version, presence, Some(*line)));
    }
    broken.finish()?;
    packages.finish()
}
