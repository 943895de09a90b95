//! `cpanfile.snapshot` of Carton.
//!
//! Below `DISTRIBUTIONS` each distribution stands at two spaces as `NAME-VERSION`, its fields at
//! four, and the modules of `provides` and `requirements` at six.

use crate::broken::Broken;
use crate::lang::declared::{Packages, declared, need, needs};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use std::collections::HashMap;

/// Distributions a lock file of Carton declares.
pub(crate) static SNAPSHOT: Extractor = Extractor {
    id: "perl/snapshot",
    version: 1,
    title: "Carton lock files",
    spec: "https://metacpan.org/pod/Carton",
    selects: &[Select::Name("cpanfile.snapshot")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

struct Distribution {
    name: String,
    version: String,
    line: u32,
    requires: Vec<String>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut found: Vec<Distribution> = Vec::new();
    let mut provided: HashMap<String, usize> = HashMap::new();
    let mut field = String::new();
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        let inner = text.trim_start_matches(' ');
        let module = || inner.split(' ').next().unwrap_or_default().to_owned();
        match text.len().saturating_sub(inner.len()) {
            _ if inner.is_empty() || inner.starts_with('#') => {}
            0 if inner == "DISTRIBUTIONS" => {}
            2 => match split(inner) {
                Some((name, version)) => found.push(Distribution {
                    name: name.to_owned(),
                    version: version.to_owned(),
                    line: line.number,
                    requires: Vec::new(),
                }),
                None => broken.report(sink, line.number, "expected `NAME-VERSION`"),
            },
            4 => module().trim_end_matches(':').clone_into(&mut field),
            6 if field == "provides" => {
                provided.insert(module(), found.len().saturating_sub(1));
            }
            6 if field == "requirements" => {
                if let Some(last) = found.last_mut() {
                    last.requires.push(module());
                }
            }
            6 => {}
            _ => broken.report(sink, line.number, "expected `DISTRIBUTIONS`"),
        }
    }
    let mut packages = Packages::new(sink);
    for (at, one) in found.iter().enumerate() {
        let (presence, line) = (Presence::Declared, Some(one.line));
        let mut package = declared(Ecosystem::Cpan, &one.name, &one.version, presence, line);
        let needed = one.requires.iter().filter_map(|module| provided.get(module));
        package.needs = needs(needed.filter(|other| **other != at).filter_map(|other| {
            let other = found.get(*other)?;
            Some(need(&other.name, Some(&other.version)))
        }));
        packages.add(package);
    }
    broken.finish()?;
    packages.finish()
}

/// Splits `Try-Tiny-0.31` and `Foo-v1.2.3-TRIAL`.
fn split(text: &str) -> Option<(&str, &str)> {
    let is_version = |rest: &str| {
        rest.strip_prefix('v').unwrap_or(rest).starts_with(|c: char| c.is_ascii_digit())
    };
    let at = text
        .rmatch_indices('-')
        .map(|(at, _)| at)
        .find(|at| text.get(at.saturating_add(1)..).is_some_and(is_version))?;
    let (name, version) = text.split_at_checked(at)?;
    (!name.is_empty()).then_some((name, version.get(1..)?))
}
