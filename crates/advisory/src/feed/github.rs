//! GitHub's advisory database as a repository: one OSV document an advisory, which may name
//! packages of several registries (<https://github.com/github/advisory-database>).

use super::bundle;
use super::gather::Gather;
use super::json::expect_data;
use super::osv::{Target, record};
use super::osv_exports::registries;
use super::{Feed, FeedError, FeedFile};
use std::cell::Cell;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "github",
    title: "GitHub Advisory Database",
    url: "https://codeload.github.com/github/advisory-database/tar.gz/refs/heads/main",
    license: "CC-BY-4.0",
    redistributable: true,
    unit: "reviewed advisories",
    paths: &[
        "advisory-database.tar.gz",
        "advisory-database*.zip",
        "github/advisory-database*.tar.gz",
        "github/advisory-database*.zip",
        "advisories/github-reviewed/*/*/*/*.json",
        "advisory-database/advisories/github-reviewed/*/*/*/*.json",
        "github/advisory-database/advisories/github-reviewed/*/*/*/*.json",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

/// The registries whose advisories GitHub reviews, by their names in OSV.
const REVIEWED: &[&str] = &[
    "crates.io",
    "GitHub Actions",
    "Go",
    "Hex",
    "Maven",
    "npm",
    "NuGet",
    "Packagist",
    "Pub",
    "PyPI",
    "RubyGems",
    "SwiftURL",
];

/// What nobody has looked at yet names no package.
const UNREVIEWED: &str = "advisories/unreviewed/";

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let targets = registries(REVIEWED);
    if is_document(file.path) {
        expect_data(file.bytes, "JSON")?;
        read(file.path, file.bytes, file, &targets, gather);
    } else {
        let unreviewed = Cell::new(0_u64);
        let wanted = |path: &str| {
            if is_document(path) && path.contains(UNREVIEWED) {
                unreviewed.set(unreviewed.get().saturating_add(1));
                return false;
            }
            is_document(path) && path.contains("advisories/github-reviewed/")
        };
        bundle::files(file.bytes, &wanted, &mut |path, bytes| {
            read(path, bytes, file, &targets, gather);
        })?;
        for _ in 0..unreviewed.get() {
            gather.note("unreviewed advisory");
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn is_document(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}

fn read(path: &str, bytes: &[u8], file: &FeedFile<'_>, targets: &[Target], gather: &mut Gather) {
    if let Err(error) = record(bytes, file, targets, gather) {
        gather.refuse_record(file.path, path, &error);
    }
}
