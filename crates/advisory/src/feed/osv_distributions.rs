//! OSV's exports of distributions, and distributions' own documents in that form
//! (<https://google.github.io/osv.dev/data/>).
//!
//! They say the same as the distributions' own feeds, which win wherever both speak.

use super::gather::{Gather, Segment};
use super::json::Text;
use super::osv_document::DocumentError;
use super::osv_statements::{Document, each_document, status};
use super::{Feed, FeedError, FeedFile, Gap, debian};
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;

/// What a folder of samples lacks: more than any other file of a distribution does.
pub(super) const SAMPLES: Gap =
    Gap { weight: 9, lacking: "samples of the OSV database, not the whole of it" };

/// One of OSV's ecosystems: its name, and the segment of what follows it after a colon.
type Distribution = (&'static str, fn(release: &str) -> Option<Segment>);

const ALPINE_LINUX: Distribution = ("Alpine", alpine);
const CHAINGUARD_OS: Distribution = ("Chainguard", |release| rolling("chainguard", APK, release));
const DEBIAN_GNU: Distribution = ("Debian", debian);
const ECHO_OS: Distribution = ("Echo", |release| rolling("echo", DEB, release));
const MINIM_OS: Distribution = ("MinimOS", |release| rolling("minimos", APK, release));
const WOLFI_OS: Distribution = ("Wolfi", |release| rolling("wolfi", APK, release));

const APK: (Scheme, Ecosystem) = (Scheme::Apk, Ecosystem::Apk);
const DEB: (Scheme, Ecosystem) = (Scheme::Deb, Ecosystem::Deb);

/// The feed of one distribution: OSV's name of it, other files with documents of it, and its
/// ecosystems.
macro_rules! export {
    ($id:literal, $name:literal, [$($path:literal),*], [$($distribution:expr),*]) => {
        Feed {
            id: $id,
            title: concat!("OSV, ", $name),
            url: concat!("https://osv-vulnerabilities.storage.googleapis.com/", $name, "/all.zip"),
            license: "none stated",
            redistributable: false,
            unit: "documents",
            paths: &[
                concat!("osv/", $name, "/all.zip"),
                concat!("osv-samples/", $name, "/all.zip"),
                concat!("osv-vulnerabilities.storage.googleapis.com/", $name, "/all.zip"),
                concat!($name, "/all.zip"),
                $($path),*
            ],
            left_out: &[],
            gaps: &[("osv-samples/*/*", SAMPLES)],
            parse: |file, gather| read(file, gather, &[$($distribution),*]),
        }
    };
}

/// Alpine.
pub(super) static ALPINE: Feed = export!("osv-alpine", "Alpine", [], [ALPINE_LINUX]);

/// Chainguard, whose documents speak of Wolfi too.
pub(super) static CHAINGUARD: Feed = export!(
    "osv-chainguard",
    "Chainguard",
    [
        "packages.cgr.dev/chainguard/osv/CGA-*.json",
        "packages.cgr.dev/chainguard/v2/osv/CGA-*.json",
        "chainguard/osv/CGA-*.json"
    ],
    [CHAINGUARD_OS, WOLFI_OS]
);

/// Debian.
pub(super) static DEBIAN: Feed = export!("osv-debian", "Debian", [], [DEBIAN_GNU]);

/// Echo.
pub(super) static ECHO: Feed =
    export!("osv-echo", "Echo", ["advisory.echohq.com/osv/all.zip"], [ECHO_OS]);

/// MinimOS.
pub(super) static MINIMOS: Feed =
    export!("osv-minimos", "MinimOS", ["packages.mini.dev/advisories/osv/MINI-*.json"], [MINIM_OS]);

/// Wolfi.
pub(super) static WOLFI: Feed = export!("osv-wolfi", "Wolfi", [], [WOLFI_OS]);

fn alpine(release: &str) -> Option<Segment> {
    let number = release.strip_prefix('v').unwrap_or(release);
    let is_branch = number.split('.').count() == 2
        && number.len() <= 8
        && number.split('.').all(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()));
    let (scheme, ecosystem) = APK;
    (is_branch || release == "edge").then(|| Segment {
        name: format!("alpine-{number}"),
        scheme,
        ecosystem,
    })
}

/// OSV writes some of the oldest releases with a zero that Debian does not have: `6.0`.
fn debian(release: &str) -> Option<Segment> {
    let number = release.strip_suffix(".0").unwrap_or(release);
    let of = |number| debian::RELEASES.iter().find(|(_, version)| *version == number);
    of(release).or_else(|| of(number)).and_then(|(codename, _)| debian::segment(codename))
}

fn rolling(name: &str, (scheme, ecosystem): (Scheme, Ecosystem), release: &str) -> Option<Segment> {
    release.is_empty().then(|| Segment { name: name.to_owned(), scheme, ecosystem })
}

fn read(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    distributions: &[Distribution],
) -> Result<(), FeedError> {
    each_document(file, gather, &|_| true, &mut |bytes, gather| {
        document(bytes, file, distributions, gather)
    })
}

/// A range without versions: fixed in the one before every other.
fn never() -> Range {
    Range { introduced: None, end: RangeEnd::Fixed("0".to_owned()) }
}

/// What a document says of one package of one release.
struct Said {
    segment: Segment,
    about: Vec<Advisory>,
    ranges: Vec<Range>,
    severity: Option<Severity>,
    /// Set where the release is no longer supported.
    end_of_life: bool,
}

fn document(
    bytes: &[u8],
    file: &FeedFile<'_>,
    distributions: &[Distribution],
    gather: &mut Gather,
) -> Result<(), DocumentError> {
    let Some(document) = Document::parse(bytes, file, gather)? else { return Ok(()) };
    let subject = document.subject(gather);
    let mut packages: BTreeMap<(String, String), Said> = BTreeMap::new();
    for entry in document.affected.iter().flatten() {
        let Some(package) = &entry.package else { continue };
        let name = package.name.as_str().trim();
        let ecosystem = package.ecosystem.as_str();
        let (ecosystem, release) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
        let found = distributions.iter().find(|(known, _)| *known == ecosystem);
        let Some((_, segment)) = found.filter(|_| !name.is_empty()) else {
            gather.note("other ecosystem");
            continue;
        };
        let Some(segment) = segment(release) else {
            gather.note("unknown release");
            continue;
        };
        let ranges = entry.ranges(segment.scheme, gather);
        let urgency = entry.ecosystem_specific.as_ref().and_then(|own| own.urgency.as_ref());
        let urgency = urgency.map(Text::as_str);
        let key = (segment.name.clone(), name.to_owned());
        let said = packages.entry(key).or_insert_with(|| Said {
            segment,
            about: subject.about(entry),
            ranges: Vec::new(),
            severity: urgency.and_then(debian::severity),
            end_of_life: urgency.is_some_and(debian::is_end_of_life),
        });
        for range in ranges {
            if range == never() {
                gather.note("never affected");
            } else {
                said.ranges.push(range);
            }
        }
    }
    let mut useful = false;
    for ((_, package), said) in packages {
        let mut ranges = said.ranges;
        ranges.sort();
        ranges.dedup();
        if ranges.is_empty() {
            continue;
        }
        useful = true;
        let status = match status(&ranges) {
            Status::Affected if said.end_of_life => Status::EndOfLife,
            status => status,
        };
        for about in said.about {
            let affected = Affected {
                package: package.clone(),
                status,
                ranges: ranges.clone(),
                severity: said.severity,
                ..Affected::default()
            };
            gather.state_about(&said.segment, about, subject.rank, affected);
        }
    }
    if !useful {
        gather.skip("no package of the distribution");
    }
    Ok(())
}
