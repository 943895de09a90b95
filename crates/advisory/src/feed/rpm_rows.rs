//! What one document says of rpm packages, gathered until it is said in as few rows as it takes.
//!
//! Sources of rpm packages repeat themselves: once a repository, a minor release, an architecture.
//! Here that becomes a row a package, where it is the same for all.

use super::gather::Gather;
use lazaret_core::advisory::{Affected, Conditions, Range, RangeEnd, Status};
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

const SCHEME: Scheme = Scheme::Rpm;

/// Before the name of a source package.
const SOURCE: &str = "src:";

/// In the names of packages that hold no program: what debuggers need to know of others.
const DEBUG: [&str; 2] = ["-debuginfo", "-debugsource"];

/// Architectures of which every ordinary package of a release has a build. The 32-bit builds beside
/// them are of libraries only.
const USUAL: [(&str, &[&str]); 3] = [
    ("rhel-6", &["i686", "x86_64"]),
    ("rhel-7", &["ppc64le", "s390x", "x86_64"]),
    ("", &["aarch64", "ppc64le", "s390x", "x86_64"]),
];

/// A package in a release, in its module or in none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The segment.
    pub(super) segment: String,
    /// The module and stream.
    pub(super) module: Option<String>,
    /// The name the package is filed under.
    pub(super) package: String,
}

/// Which line of updates a fix belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stream {
    /// The channel it comes through; absent for ordinary updates.
    pub(super) channel: Option<String>,
    /// The minor release it was made for, such as `9.4`.
    pub(super) minor: Option<String>,
    /// Whether the channel goes on where ordinary updates have ended, so that what is fixed there
    /// is open everywhere else.
    pub(super) goes_on: bool,
}

/// What a document says of packages.
#[derive(Default)]
pub(super) struct Rows {
    packages: BTreeMap<Key, Said>,
    /// Whether names may be those of source packages as well as of binary ones, so that neither
    /// covers the other.
    either: bool,
}

#[derive(Default)]
struct Said {
    /// Fixed versions by line of updates and architecture.
    fixes: BTreeMap<Stream, BTreeMap<String, String>>,
    /// What is said where there is no fix.
    unfixed: Option<Status>,
    severity: Option<Severity>,
}

/// How rows are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// The severity of the whole record, which rows need not repeat.
    pub(super) severity: Option<Severity>,
    /// Whether all that is known of the vulnerability is here. Otherwise other documents may say
    /// more, and each minor release's fix is told by itself.
    pub(super) whole: bool,
}

/// A row, and whether it only follows from what is said of a channel.
pub(super) struct Row {
    pub(super) affected: Affected,
    pub(super) implied: bool,
}

impl Rows {
    pub(super) fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Adds a fix. An empty architecture stands for all.
    pub(super) fn fix(
        &mut self,
        key: Key,
        stream: Stream,
        arch: &str,
        version: String,
        severity: Option<Severity>,
        gather: &mut Gather,
    ) {
        if DEBUG.iter().any(|part| key.package.contains(part)) {
            return gather.note("package for debuggers");
        }
        if !SCHEME.is_valid(&version) {
            gather.note("invalid version");
        }
        let said = self.packages.entry(key).or_default();
        said.severity = said.severity.max(severity);
        let versions = said.fixes.entry(stream).or_default();
        raise(versions, arch, version);
    }

    /// Says that there is no fix, and why.
    pub(super) fn unfixed(&mut self, key: Key, status: Status, severity: Option<Severity>) {
        let said = self.packages.entry(key).or_default();
        said.severity = said.severity.max(severity);
        said.unfixed = said.unfixed.max(Some(status));
    }

    /// Files what is unfixed under the source package too, where a name may be either: SUSE lists
    /// source packages as it lists binary ones. A name of which others are made, or that is made of
    /// another (`samba` and `samba-client`), is one of a list of binary packages, and stands for
    /// itself.
    pub(super) fn add_sources(&mut self) {
        let listed: BTreeSet<Key> = self
            .packages
            .iter()
            .filter(|(_, said)| said.unfixed.is_some())
            .map(|(key, _)| key.clone())
            .collect();
        for key in &listed {
            let of_this = Key { package: format!("{}-", key.package), ..key.clone() };
            let next = listed.range(&of_this..).next();
            let is_stem = next.is_some_and(|other| {
                (&other.segment, &other.module) == (&key.segment, &key.module)
                    && other.package.starts_with(&of_this.package)
            });
            let is_made_of = stems(key).any(|stem| listed.contains(&stem));
            let Some(said) = self.packages.get(key) else { continue };
            if let (Some(status), false) = (said.unfixed, is_stem || is_made_of) {
                let package = format!("{SOURCE}{}", key.package);
                let severity = said.severity;
                self.unfixed(Key { package, ..key.clone() }, status, severity);
            }
        }
        self.either = true;
    }

    /// The rows of each segment.
    pub(super) fn finish(self, wanted: Wanted, gather: &mut Gather) -> BTreeMap<String, Vec<Row>> {
        let sources: BTreeSet<Key> = self
            .packages
            .iter()
            .filter(|(_, said)| said.unfixed.is_some() && !self.either)
            .filter_map(|(key, _)| {
                let package = key.package.strip_prefix(SOURCE)?.to_owned();
                Some(Key { package, ..key.clone() })
            })
            .collect();
        let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for (key, said) in self.packages {
            if said.unfixed.is_some() && said.fixes.is_empty() && is_covered(&key, &sources) {
                gather.note("covered by its source package");
                continue;
            }
            let severity = said.severity.filter(|severity| Some(*severity) != wanted.severity);
            let here = rows.entry(key.segment.clone()).or_default();
            said.rows(&key, severity, wanted.whole, here);
        }
        rows
    }
}

/// Whether a binary package's source package is unfixed too, as the names tell: then the one
/// statement is enough for `kernel`, `kernel-core` and the forty others.
fn is_covered(key: &Key, sources: &BTreeSet<Key>) -> bool {
    sources.contains(key) || stems(key).any(|stem| sources.contains(&stem))
}

/// The names a package's name is made of: `perl` and `perl-Net` of `perl-Net-SSLeay`.
fn stems(key: &Key) -> impl Iterator<Item = Key> + '_ {
    key.package.match_indices('-').filter_map(|(end, _)| {
        let package = key.package.get(..end)?.to_owned();
        Some(Key { package, ..key.clone() })
    })
}

impl Said {
    fn rows(self, key: &Key, severity: Option<Severity>, whole: bool, rows: &mut Vec<Row>) {
        let row = |status, end, conditions| Affected {
            package: key.package.clone(),
            status,
            ranges: vec![Range { introduced: None, end }],
            severity,
            conditions,
            ..Affected::default()
        };
        let fixed = |version: &str, arches, channel| {
            let conditions = Conditions { arches, module: key.module.clone(), channel };
            row(Status::Fixed, RangeEnd::Fixed(version.to_owned()), conditions)
        };
        let mut ordinary: BTreeMap<String, String> = BTreeMap::new();
        let mut channels: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let mut goes_on = false;
        for (stream, versions) in &self.fixes {
            let known = match &stream.channel {
                None => &mut ordinary,
                Some(channel) => {
                    goes_on |= stream.goes_on;
                    channels.entry(channel.clone()).or_default()
                }
            };
            for (arch, version) in versions {
                raise(known, arch, version.clone());
            }
        }
        for (version, arches) in by_version(&ordinary) {
            let arches = limited(&key.segment, arches, by_version(&ordinary).len() > 1);
            rows.push(Row { affected: fixed(version, arches, None), implied: false });
        }
        if ordinary.is_empty() {
            let status = self.unfixed.or(goes_on.then_some(Status::Affected));
            if let Some(status) = status {
                let conditions = Conditions { module: key.module.clone(), ..Conditions::default() };
                let implied = self.unfixed.is_none();
                rows.push(Row { affected: row(status, RangeEnd::Open, conditions), implied });
            }
        }
        let top = highest(ordinary.values());
        for (stream, versions) in &self.fixes {
            // A later minor release took up the package again, with a fix of its own: what an
            // earlier one was given is a fix there and nowhere else.
            let (None, Some(minor)) = (&stream.channel, &stream.minor) else { continue };
            let Some(version) = highest(versions.values()) else { continue };
            if !whole || top.is_some_and(|top| compare(version, top).is_lt()) {
                let affected = fixed(version, Vec::new(), Some(format!("z-{minor}")));
                rows.push(Row { affected, implied: false });
            }
        }
        for (channel, versions) in &channels {
            let versions = by_version(versions);
            let differ = versions.len() > 1;
            for (version, arches) in versions {
                // The ordinary fix is for all.
                if Some(version) != top {
                    let arches = if differ { named(arches) } else { Vec::new() };
                    let affected = fixed(version, arches, Some(channel.clone()));
                    rows.push(Row { affected, implied: false });
                }
            }
        }
    }
}

/// Keeps the higher version of an architecture.
fn raise(versions: &mut BTreeMap<String, String>, arch: &str, version: String) {
    match versions.get_mut(arch) {
        Some(known) if compare(&version, known).is_gt() => *known = version,
        Some(_) => {}
        None => {
            versions.insert(arch.to_owned(), version);
        }
    }
}

fn highest<'v>(versions: impl Iterator<Item = &'v String>) -> Option<&'v str> {
    versions.max_by(|a, b| compare(a, b)).map(String::as_str)
}

/// The order of two versions; a text that is no version is below every one.
fn compare(a: &str, b: &str) -> Ordering {
    SCHEME
        .compare(a, b)
        .unwrap_or_else(|_| SCHEME.is_valid(a).cmp(&SCHEME.is_valid(b)).then_with(|| a.cmp(b)))
}

/// The architectures of each version.
fn by_version(versions: &BTreeMap<String, String>) -> BTreeMap<&str, Vec<&str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (arch, version) in versions {
        found.entry(version).or_default().push(arch);
    }
    found
}

/// The architectures a fix is limited to; none when it is for all the usual ones.
fn limited(segment: &str, arches: Vec<&str>, differ: bool) -> Vec<String> {
    let usual = USUAL.iter().find(|(release, _)| segment.starts_with(release));
    let all = usual.is_some_and(|(_, usual)| usual.iter().all(|arch| arches.contains(arch)));
    let any = arches.iter().any(|arch| matches!(*arch, "" | "noarch"));
    if (all && !differ) || any { Vec::new() } else { named(arches) }
}

fn named(arches: Vec<&str>) -> Vec<String> {
    if arches.contains(&"") { Vec::new() } else { arches.into_iter().map(str::to_owned).collect() }
}
