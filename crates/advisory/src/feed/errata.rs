//! Errata: advisories that say which packages fix which vulnerabilities.

use super::gather::{Gather, Segment};
use super::score;
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Score, Status};
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// What an erratum says of all of its vulnerabilities and packages.
#[derive(Debug)]
pub(super) struct Erratum {
    pub(super) id: String,
    pub(super) severity: Option<Severity>,
    pub(super) published: Option<i64>,
    pub(super) modified: Option<i64>,
}

impl Erratum {
    /// Files it under one of its vulnerabilities.
    pub(super) fn file(
        &self,
        segment: &Segment,
        id: &str,
        scores: Vec<Score>,
        affected: Vec<Affected>,
        gather: &mut Gather,
    ) {
        let aliases = if self.id == id { Vec::new() } else { vec![self.id.clone()] };
        gather.erratum(
            segment,
            Advisory {
                id: id.to_owned(),
                aliases,
                severity: self.severity,
                scores,
                cwes: Vec::new(),
                published: self.published,
                modified: self.modified,
                affected,
            },
        );
    }
}

/// The statement that a version of a package fixes what came before it.
pub(super) fn fixed_in(package: String, version: String) -> Affected {
    let ranges = vec![Range { introduced: None, end: RangeEnd::Fixed(version) }];
    Affected { package, status: Status::Fixed, ranges, ..Affected::default() }
}

/// Red Hat's words, which others pass on: *Important* is between *Moderate* and *Critical*.
pub(super) fn severity(word: &str) -> Option<Severity> {
    if word.trim().eq_ignore_ascii_case("important") {
        Some(Severity::High)
    } else {
        score::word(word)
    }
}

/// A version without an epoch of nought, which is the same as none.
pub(super) fn evr(text: &str) -> &str {
    text.strip_prefix("0:").unwrap_or(text)
}

/// The builds of one erratum for one release: by package and module, the fixed versions, each with
/// the processor architectures it was built for.
#[derive(Debug, Default)]
pub(super) struct Builds(BTreeMap<(String, Option<String>), BTreeMap<String, BTreeSet<String>>>);

impl Builds {
    /// Adds one build. An architecture is that of the system or of the package, and absent where
    /// the source does not say.
    pub(super) fn add(
        &mut self,
        package: &str,
        module: Option<&str>,
        version: &str,
        arch: Option<&str>,
    ) {
        let key = (package.to_owned(), module.map(str::to_owned));
        let arches = self.0.entry(key).or_default().entry(version.to_owned()).or_default();
        arches.insert(arch.unwrap_or_default().to_owned());
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the erratum says of each package. A fix is only limited to some architectures where
    /// others got another.
    pub(super) fn into_affected(self) -> Vec<Affected> {
        let mut rows = Vec::new();
        for ((package, module), versions) in self.0 {
            let all: BTreeSet<String> = versions.values().flatten().cloned().collect();
            for (version, arches) in versions {
                let limited = arches != all && !arches.contains("") && !arches.contains("noarch");
                let mut row = fixed_in(package.clone(), version);
                row.conditions.module.clone_from(&module);
                if limited {
                    row.conditions.arches = installable(&arches);
                }
                rows.push(row);
            }
        }
        rows
    }
}

/// The architectures of packages that systems of some architectures can have, sorted.
fn installable(arches: &BTreeSet<String>) -> Vec<String> {
    let mut all = arches.clone();
    if arches.contains("x86_64") || arches.contains("i386") {
        all.extend(["i386", "i586", "i686"].map(str::to_owned));
    }
    all.into_iter().collect()
}
