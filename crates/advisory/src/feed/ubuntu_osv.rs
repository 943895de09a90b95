//! Ubuntu's vulnerabilities and notices in the form of OSV, as Canonical publishes them and as
//! OSV's export has them (<https://documentation.ubuntu.com/security/security-updates/osv/>).

use super::gather::{Gather, Rank};
use super::osv_distributions::SAMPLES;
use super::osv_document::DocumentError;
use super::osv_statements::{Document, Package as Named, each_document};
use super::ubuntu::{self, Package, Place, State};
use super::{Feed, FeedError, FeedFile};
use lazaret_core::advisory::{Advisory, Range, RangeEnd, Status};
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "osv-ubuntu",
    title: "OSV, Ubuntu",
    url: "https://security-metadata.canonical.com/osv/osv-all.tar.xz",
    license: "CC-BY-SA-4.0",
    redistributable: false,
    unit: "documents",
    paths: &[
        "osv/Ubuntu/all.zip",
        "osv-samples/Ubuntu/all.zip",
        "osv-vulnerabilities.storage.googleapis.com/Ubuntu/all.zip",
        "Ubuntu/all.zip",
        "osv-all.tar.*",
        "osv/osv-all.tar.*",
        "security-metadata.canonical.com/osv/osv-all.tar.*",
        "osv/cve/*/UBUNTU-CVE-*.json",
        "osv/usn/USN-*.json",
        "ubuntu-security-notices/osv/cve/*/UBUNTU-CVE-*.json",
        "ubuntu-security-notices/osv/usn/USN-*.json",
    ],
    left_out: &[],
    gaps: &[("osv-samples/*/*", SAMPLES)],
    parse,
};

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let wanted = |path: &str| path.contains("cve/") || path.contains("usn/");
    each_document(file, gather, &wanted, &mut |bytes, gather| document(bytes, file, gather))
}

/// What a document says of one package of one release and of the release's channels.
#[derive(Default)]
struct Said {
    package: Package,
    about: Vec<Advisory>,
}

fn document(bytes: &[u8], file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), DocumentError> {
    let Some(document) = Document::parse(bytes, file, gather)? else { return Ok(()) };
    let subject = document.subject(gather);
    let mut packages: BTreeMap<(&'static str, &str), Said> = BTreeMap::new();
    for entry in document.affected.iter().flatten() {
        let Some(package) = &entry.package else { continue };
        let Some(place) = place(package) else {
            gather.note("unknown release");
            continue;
        };
        let ranges = entry.ranges(Scheme::Deb, gather);
        let Some(state) = state(&ranges) else { continue };
        let key = (place.release, package.name.as_str().trim());
        let said = packages.entry(key).or_default();
        for about in subject.about(entry) {
            if !said.about.iter().any(|known| known.id == about.id) {
                said.about.push(about);
            }
        }
        match place.channel {
            None => said.package.base = Some(state),
            Some(channel) => said.package.channels.push((channel, state)),
        }
    }
    let mut useful = false;
    for ((release, package), said) in packages {
        let outcome = said.package.outcome(package, None, gather);
        for affected in outcome.affected {
            let inferred = outcome.inferred && affected.conditions.is_none();
            // A notice that is about a channel only says nothing of the release: another notice
            // may have fixed that.
            if inferred && subject.rank == Rank::Announced {
                continue;
            }
            useful = true;
            let rank = if inferred { Rank::Announced } else { subject.rank };
            for about in &said.about {
                let segment = ubuntu::segment(release);
                gather.state_about(&segment, about.clone(), rank, affected.clone());
            }
        }
    }
    if !useful {
        gather.skip("no package of a release");
    }
    Ok(())
}

/// Where a package is: the `distro` of its purl says it more exactly than the ecosystem.
fn place(package: &Named<'_>) -> Option<Place> {
    let name = package.name.as_str().trim();
    let by_ecosystem = Place::of_ecosystem(package.ecosystem.as_str())?;
    let distro = package.purl.as_ref().and_then(|purl| ubuntu::distro(purl.as_str()));
    let place = distro.and_then(Place::of_distro);
    let place = place.filter(|place| place.release == by_ecosystem.release);
    (!name.is_empty()).then(|| place.unwrap_or(by_ecosystem))
}

/// What ranges say; Ubuntu's all begin with the first version.
fn state(ranges: &[Range]) -> Option<State> {
    let last = ranges.last()?;
    Some(match &last.end {
        RangeEnd::Fixed(version) => State::Fixed(version.clone()),
        RangeEnd::LastAffected(_) | RangeEnd::Open => {
            State::Open { status: Status::Affected, looked_at: true }
        }
    })
}
