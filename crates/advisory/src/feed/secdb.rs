//! Distributions that publish what they fixed in the form of Alpine's security database: per source
//! package, which version fixed which ids.

use super::alpine::SecDb;
use super::gather::{Gather, Segment};
use super::{Feed, FeedError, FeedFile, bundle, json};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// The feed of one distribution: its id, name, segment, address and files.
macro_rules! secdb {
    ($id:literal, $title:literal, $segment:literal, $url:literal, [$($path:literal),*]) => {
        Feed {
            id: $id,
            title: $title,
            url: $url,
            license: "none stated",
            redistributable: false,
            unit: "ids listed as fixed",
            paths: &[$($path),*],
            left_out: &[],
            gaps: &[],
            parse: |file, gather| read(file, $segment, gather),
        }
    };
}

/// Chainguard, with the packages its customers get besides those of Wolfi.
pub(super) static CHAINGUARD: Feed = secdb!(
    "chainguard-secdb",
    "Chainguard security database",
    "chainguard",
    "https://packages.cgr.dev/chainguard/security.json",
    [
        "chainguard/security.json",
        "packages.cgr.dev/chainguard/security.json",
        "packages.cgr.dev/extras/security.json"
    ]
);

/// MinimOS.
pub(super) static MINIMOS: Feed = secdb!(
    "minimos-secdb",
    "MinimOS security database",
    "minimos",
    "https://packages.mini.dev/advisories/secdb/security.json",
    ["minimos/security.json", "packages.mini.dev/advisories/secdb/security.json"]
);

/// SecureOS.
pub(super) static SECUREOS: Feed = secdb!(
    "secureos-secdb",
    "SecureOS security database",
    "secureos",
    "https://security.secureos.io/v1/secdb.json.gz",
    ["secureos/secdb.json", "secureos/secdb.json.gz", "security.secureos.io/v1/secdb.json.gz"]
);

/// Wolfi.
pub(super) static WOLFI: Feed = secdb!(
    "wolfi-secdb",
    "Wolfi security database",
    "wolfi",
    "https://packages.wolfi.dev/os/security.json",
    ["wolfi/security.json", "packages.wolfi.dev/os/security.json"]
);

fn read(file: &FeedFile<'_>, segment: &str, gather: &mut Gather) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "JSON")?;
    let bytes = bundle::unpacked(file.bytes)?;
    let secdb: SecDb<'_> = json::parse(&bytes)?;
    let segment =
        Segment { name: segment.to_owned(), scheme: Scheme::Apk, ecosystem: Ecosystem::Apk };
    // That a package was never affected decides nothing: nobody else files that it was.
    secdb.file(&segment, false, gather);
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}
