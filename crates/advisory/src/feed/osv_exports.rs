//! OSV's exports, one a registry (<https://google.github.io/osv.dev/data/>).

use super::gather::{Gather, Segment};
use super::osv::{Target, archive};
use super::{Feed, FeedError, FeedFile, Gap};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// What a folder of samples lacks.
const SAMPLES: Gap = Gap { weight: 1, lacking: "samples of the OSV database, not the whole of it" };

/// What an export without GitHub's records lacks.
const ONE_OF_TWO: Gap =
    Gap { weight: 1, lacking: "the Python Packaging Authority's, without those only GitHub has" };

/// The feed of one registry: OSV's name of it, the license of its records and what parses it.
macro_rules! export {
    ($id:literal, $name:literal, $license:literal, $parse:expr) => {
        Feed {
            id: $id,
            title: concat!("OSV, ", $name),
            url: concat!("https://osv-vulnerabilities.storage.googleapis.com/", $name, "/all.zip"),
            license: $license,
            redistributable: true,
            unit: "records",
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

/// Rust.
pub(super) static CRATES_IO: Feed =
    export!("osv-crates", "crates.io", "CC0-1.0", |file, gather| {
        archive(file, gather, &target("crates.io", Ecosystem::Cargo, Scheme::Semver))
    });

/// Go.
pub(super) static GO: Feed = export!("osv-go", "Go", "CC-BY-4.0", |file, gather| {
    archive(file, gather, &target("Go", Ecosystem::Golang, Scheme::Go))
});

/// Java.
pub(super) static MAVEN: Feed = export!("osv-maven", "Maven", "CC-BY-4.0", |file, gather| {
    archive(file, gather, &target("Maven", Ecosystem::Maven, Scheme::Maven))
});

/// JavaScript.
pub(super) static NPM: Feed = export!("osv-npm", "npm", "CC-BY-4.0", |file, gather| {
    archive(file, gather, &target("npm", Ecosystem::Npm, Scheme::Semver))
});

/// .NET.
pub(super) static NUGET: Feed = export!("osv-nuget", "NuGet", "CC-BY-4.0", |file, gather| {
    archive(file, gather, &target("NuGet", Ecosystem::Nuget, Scheme::Nuget))
});

/// PHP.
pub(super) static PACKAGIST: Feed =
    export!("osv-packagist", "Packagist", "CC-BY-4.0", |file, gather| {
        archive(file, gather, &target("Packagist", Ecosystem::Composer, Scheme::Composer))
    });

/// Python.
pub(super) static PYPI: Feed = export!("osv-pypi", "PyPI", "CC-BY-4.0", pypi);

/// Ruby.
pub(super) static RUBYGEMS: Feed =
    export!("osv-rubygems", "RubyGems", "CC-BY-4.0", |file, gather| {
        archive(file, gather, &target("RubyGems", Ecosystem::Gem, Scheme::Gem))
    });

fn pypi(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    archive(file, gather, &target("PyPI", Ecosystem::Pypi, Scheme::Pep440))?;
    // OSV's own export joins both databases; the packaging authority's has its records only.
    if !gather.has_id("GHSA-") {
        gather.notice(ONE_OF_TWO);
    }
    Ok(())
}

/// The segment of a registry is its name in OSV, in lower case.
fn target(osv: &'static str, ecosystem: Ecosystem, scheme: Scheme) -> Target {
    Target { osv, segment: Segment { name: osv.to_ascii_lowercase(), scheme, ecosystem } }
}
