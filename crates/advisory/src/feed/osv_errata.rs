//! Errata in the form of OSV: one document an advisory, which names its vulnerabilities as
//! `related` or `upstream` and the fixed version of each package, by release of a distribution.

use super::errata::{self, Erratum};
use super::events;
use super::gather::{Gather, Segment};
use super::json::Text;
use super::osv_document::{Document, DocumentError, Entry, documents, wanted};
use super::{Feed, FeedError, FeedFile, Gap, date, id};
use crate::module::is_modular;
use lazaret_core::advisory::{Affected, Conditions, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use std::collections::{BTreeMap, BTreeSet};

const SAMPLES: Gap = Gap { weight: 1, lacking: "samples of the OSV database, not the whole of it" };

/// The feed of one distribution: OSV's name of it, its license and what parses it.
macro_rules! errata {
    ($id:literal, $title:literal, $name:literal, $folder:literal, $license:expr, $parse:expr) => {
        Feed {
            id: $id,
            title: $title,
            url: concat!(
                "https://osv-vulnerabilities.storage.googleapis.com/",
                $folder,
                "/all.zip"
            ),
            license: $license.0,
            redistributable: $license.1,
            unit: "advisories",
            paths: &[
                concat!("osv/", $name, "/all.zip"),
                concat!("osv-samples/", $name, "/all.zip"),
                concat!("osv-vulnerabilities.storage.googleapis.com/", $name, "/all.zip"),
                concat!($name, "/all.zip"),
            ],
            left_out: &[],
            gaps: &[("osv-samples/*/*", SAMPLES)],
            parse: $parse,
        }
    };
}

/// AlmaLinux (<https://github.com/AlmaLinux/osv-database>).
pub(super) static ALMALINUX: Feed = errata!(
    "osv-almalinux",
    "AlmaLinux errata, as OSV",
    "AlmaLinux",
    "AlmaLinux",
    ("MIT", true),
    |file, gather| parse(
        file,
        gather,
        &Distribution {
            osv: "AlmaLinux",
            security: "ALSA-",
            sources: false,
            other: "",
            segment: |release| numbered("almalinux", release),
        }
    )
);

/// Azure Linux and, before its third release, CBL-Mariner.
pub(super) static AZURE: Feed = errata!(
    "osv-azurelinux",
    "Azure Linux advisories, as OSV",
    "Azure Linux",
    "Azure%20Linux",
    ("MIT", true),
    |file, gather| parse(
        file,
        gather,
        &Distribution {
            osv: "Azure Linux",
            security: "AZL-",
            sources: true,
            other: "",
            segment: |release| match release {
                "1" | "2" => Some(format!("mariner-{release}.0")),
                _ => numbered("azurelinux", release).map(|name| format!("{name}.0")),
            },
        }
    )
);

/// Mageia (<https://advisories.mageia.org/>).
pub(super) static MAGEIA: Feed = errata!(
    "osv-mageia",
    "Mageia advisories, as OSV",
    "Mageia",
    "Mageia",
    ("none stated", false),
    |file, gather| parse(
        file,
        gather,
        &Distribution {
            osv: "Mageia",
            security: "MGASA-",
            sources: true,
            other: "",
            segment: |release| numbered("mageia", release),
        }
    )
);

/// openEuler (<https://www.openeuler.org/en/security/>).
pub(super) static OPENEULER: Feed = errata!(
    "osv-openeuler",
    "openEuler advisories, as OSV",
    "openEuler",
    "openEuler",
    ("none stated", false),
    |file, gather| parse(
        file,
        gather,
        &Distribution {
            osv: "openEuler",
            security: "OESA-",
            sources: true,
            other: "",
            segment: |release| {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
                let fits = release.starts_with(|c: char| c.is_ascii_digit())
                    && release.len() <= RELEASE_BYTES_MAX
                    && release.bytes().all(plain);
                fits.then(|| format!("openeuler-{release}"))
            },
        }
    )
);

/// Rocky Linux (<https://errata.rockylinux.org/>).
pub(super) static ROCKY: Feed = errata!(
    "osv-rocky",
    "Rocky Linux errata, as OSV",
    "Rocky Linux",
    "Rocky%20Linux",
    ("BSD-3-Clause", true),
    |file, gather| parse(
        file,
        gather,
        &Distribution {
            osv: "Rocky Linux",
            security: "RLSA-",
            sources: true,
            other: "RXSA-",
            segment: |release| numbered("rocky", release),
        }
    )
);

/// Longest name of a release; `22.03-LTS-SP3` has 13 letters.
const RELEASE_BYTES_MAX: usize = 24;

const SCHEME: Scheme = Scheme::Rpm;

/// What one distribution's errata are like.
struct Distribution {
    /// OSV's name of it, to which a record adds the release after a colon.
    osv: &'static str,
    /// How the ids of those begin that are about security.
    security: &'static str,
    /// Whether packages are source packages.
    sources: bool,
    /// How the ids of errata begin whose packages are not the distribution's own; empty where
    /// there are none.
    other: &'static str,
    /// The segment of a release.
    segment: fn(&str) -> Option<String>,
}

/// The segment of a release that is named by a number.
fn numbered(segment: &str, release: &str) -> Option<String> {
    let is_release =
        (1..=3).contains(&release.len()) && release.bytes().all(|byte| byte.is_ascii_digit());
    is_release.then(|| format!("{segment}-{release}"))
}

fn parse(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    distribution: &Distribution,
) -> Result<(), FeedError> {
    documents(file, gather, &mut |bytes, gather| {
        if let Some(document) = wanted(bytes, file, gather)? {
            read(document, distribution, gather);
        }
        Ok::<(), DocumentError>(())
    })
}

fn read(document: Document<'_>, distribution: &Distribution, gather: &mut Gather) {
    let erratum = document.id.as_str().trim();
    if !distribution.other.is_empty() && erratum.starts_with(distribution.other) {
        gather.skip("not the distribution's own packages");
        return;
    }
    let named = document.related.iter().chain(&document.upstream).chain(&document.aliases);
    let mut ids: BTreeSet<String> =
        named.flatten().filter_map(|text| id::cve(text.as_str().trim())).collect();
    if ids.is_empty() {
        // Corrections of other kinds of bugs and new features are errata too.
        if !erratum.starts_with(distribution.security) {
            gather.skip("no vulnerability");
            return;
        }
        ids.insert(erratum.to_owned());
    }
    let summary = document.summary.as_ref().map(Text::as_str).unwrap_or_default();
    let mut releases: BTreeMap<String, Vec<Affected>> = BTreeMap::new();
    for entry in document.affected.iter().flatten() {
        let Some((segment, name)) = place(entry, distribution) else {
            gather.note("other ecosystem");
            continue;
        };
        let rows = releases.entry(segment).or_default();
        rows.extend(affected(entry, name, summary, distribution, gather));
    }
    if releases.values().all(Vec::is_empty) {
        gather.skip("no versions");
        return;
    }
    let erratum = Erratum {
        id: erratum.to_owned(),
        severity: summary.split_once(':').and_then(|(word, _)| errata::severity(word)),
        published: document.published.and_then(|text| date::moment(text.as_str())),
        modified: document.modified.and_then(|text| date::moment(text.as_str())),
    };
    for (name, rows) in releases {
        let segment = Segment { name, scheme: SCHEME, ecosystem: Ecosystem::Rpm };
        for id in &ids {
            erratum.file(&segment, id, Vec::new(), rows.clone(), gather);
        }
    }
}

/// The segment and the package's name, of `AlmaLinux:9`.
fn place<'a>(entry: &'a Entry<'_>, distribution: &Distribution) -> Option<(String, &'a str)> {
    let package = entry.package.as_ref()?;
    let (osv, release) = package.ecosystem.as_str().split_once(':')?;
    let name = package.name.as_str().trim();
    if osv != distribution.osv || name.is_empty() {
        return None;
    }
    Some(((distribution.segment)(release)?, name))
}

/// What one entry says, by whether it is about a module's packages.
fn affected(
    entry: &Entry<'_>,
    name: &str,
    summary: &str,
    distribution: &Distribution,
    gather: &mut Gather,
) -> Vec<Affected> {
    let package = if distribution.sources { format!("src:{name}") } else { name.to_owned() };
    let mut rows = Vec::new();
    for range in entry.ranges.iter().flatten() {
        let events = range.events.as_deref().unwrap_or_default();
        for mut range in events::ranges(events, SCHEME, gather) {
            let fixed = mend(&mut range, name, gather);
            let module = if fixed.is_some_and(is_modular) { stream(summary) } else { None };
            let status = if fixed.is_some() { Status::Fixed } else { Status::Affected };
            rows.push(Affected {
                package: package.clone(),
                status,
                ranges: vec![range],
                conditions: Conditions { module, ..Conditions::default() },
                ..Affected::default()
            });
        }
    }
    rows
}

/// The fixed version of a range. Some records have the package's name in front of it, as in
/// `gtk+2.0-2.24.33-5.1.mga9`.
fn mend<'r>(range: &'r mut Range, name: &str, gather: &mut Gather) -> Option<&'r str> {
    let RangeEnd::Fixed(version) = &mut range.end else { return None };
    let rest = version.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
    if let Some(rest) = rest.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        gather.note("mended version");
        *version = rest.to_owned();
    }
    if let Some(rest) = version.strip_prefix("0:") {
        *version = rest.to_owned();
    }
    Some(version)
}

/// The one module and stream a summary names, as in `Moderate: nodejs:18 security update`.
fn stream(summary: &str) -> Option<String> {
    let plain = |text: &str| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
        !text.is_empty() && text.bytes().all(sign)
    };
    let words = summary.split_ascii_whitespace().map(|word| word.trim_end_matches([',', ';']));
    let labels: BTreeSet<&str> = words
        .filter(|word| {
            word.split_once(':').is_some_and(|(name, stream)| plain(name) && plain(stream))
        })
        .collect();
    match (labels.first(), labels.len()) {
        (Some(label), 1) => Some((*label).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_the_stream_where_it_names_one() {
        for (summary, expected) in [
            ("Moderate: nodejs:18 security, bug fix, and enhancement update", Some("nodejs:18")),
            ("Important: container-tools:rhel8 security update", Some("container-tools:rhel8")),
            ("Important: virt:rhel and virt-devel:rhel security update", None),
            ("Important: python27:2.7, update", Some("python27:2.7")),
            ("Important: bcel security update", None),
            ("", None),
        ] {
            assert_eq!(stream(summary).as_deref(), expected, "{summary}");
        }
    }
}
