//! The feeds: from upstream bytes to records, one file each.
//!
//! A feed is a line in [`FEEDS`] and a function from one file's bytes to what it says. A parser
//! fills a fresh [`Gather`] per file, which only joins the others when the whole file was read, so
//! a broken file never leaves half of itself behind. What each feed is and how odd its data gets
//! is told in `docs/feeds.md`.

mod alpine;
mod arch;
mod bodhi;
mod bundle;
mod csaf;
mod csaf_statements;
mod date;
pub mod debian;
mod debian_digest;
mod debian_list;
mod debian_tracker;
mod echo;
mod endoflife;
mod epss;
mod errata;
mod events;
mod fixes;
mod gather;
mod gem_requirement;
mod github;
mod id;
mod jenkins;
mod jenkins_pattern;
mod json;
mod kev;
mod kubernetes;
mod node;
mod npm_range;
mod nvd;
mod osv;
mod osv_distributions;
mod osv_document;
mod osv_errata;
mod osv_exports;
mod osv_statements;
mod oval;
mod oval_azure;
mod oval_errata;
mod photon_cve;
mod php;
mod program;
mod project_kb;
mod purl;
mod redhat;
mod retire;
mod rocky_errata;
mod rpm_rows;
mod ruby;
mod said;
pub(crate) mod score;
mod secdb;
mod span;
mod suse;
mod suse_cvrf;
mod suse_osv;
mod suse_product;
pub mod ubuntu;
mod ubuntu_osv;
mod ubuntu_tracker;
mod ubuntu_vex;
mod updateinfo;
mod victims;
mod xml;
mod yaml;

pub use gather::Gather;
pub(crate) use gather::Segment;

use crate::records::SourceInfo;
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;

/// One published source of advisories.
#[derive(Debug)]
pub struct Feed {
    /// The name in reports, flags and counts.
    pub id: &'static str,
    /// What a person calls it.
    pub title: &'static str,
    /// Where it is published; `{}` stands for the part that varies.
    pub url: &'static str,
    /// Its license: an SPDX expression, or `none stated`.
    pub license: &'static str,
    /// Whether that license lets its facts be compiled into the program.
    pub redistributable: bool,
    /// What [`Counts::records`](crate::records::Counts::records) counts.
    pub unit: &'static str,
    /// Its files inside a mirror folder; `*` stands for anything within one path part.
    pub paths: &'static [&'static str],
    /// Files like them that are not read, with the reason.
    pub left_out: &'static [(&'static str, &'static str)],
    /// What some of its files lack, by pattern; the others are the whole of what is published.
    pub gaps: &'static [(&'static str, Gap)],
    /// The parser.
    pub(crate) parse: Parse,
}

/// What a file of a feed is known to lack.
///
/// Ordered by how much that is: where several files fill a segment, the least is what it lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// How much, compared with the other gaps of the same segment.
    pub weight: u8,
    /// What is lacking, as the end of a sentence that begins "the advisories are".
    pub lacking: &'static str,
}

/// From the bytes of one file to what it says.
type Parse = fn(&FeedFile<'_>, &mut Gather) -> Result<(), FeedError>;

/// One file of a feed.
#[derive(Clone, Copy, Debug)]
pub struct FeedFile<'a> {
    /// Its path inside the mirror, with `/` between the parts.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where given, only records with these ids are wanted.
    pub only: Option<&'a BTreeSet<String>>,
}

/// Why a whole file is refused.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// A proxy's or a portal's answer in place of the data.
    #[error("the file is a web page, not {0}")]
    WebPage(&'static str),
    /// It ends too early.
    #[error("the file is cut off")]
    CutOff,
    /// Well formed, and nothing in it.
    #[error("the file holds no records")]
    NoRecords,
    /// Bad JSON, or JSON of another shape.
    #[error("the file is not the JSON this feed has")]
    Json(#[source] serde_json::Error),
    /// Bad XML.
    #[error("the file is not XML that can be read")]
    Xml(#[source] quick_xml::Error),
    /// XML of another shape than this feed's.
    #[error("the file is not the XML this feed has")]
    XmlShape(#[source] quick_xml::DeError),
    /// XML of another kind.
    #[error("the file is XML, but not {0}")]
    OtherXml(&'static str),
    /// Bad tar archive or compressed stream.
    #[error("the file is not an archive that can be read")]
    Archive(#[source] std::io::Error),
    /// Bad zip archive.
    #[error("the file is not a zip archive that can be read")]
    Zip(#[source] zip::result::ZipError),
    /// More than any real feed holds.
    #[error("the file holds more than {limit} {what}")]
    TooMuch {
        /// What is counted.
        what: &'static str,
        /// How many are accepted.
        limit: u64,
    },
    /// The file's place does not say which release it is about.
    #[error("`{0}` names no release")]
    Release(String),
    /// The file says it is about another release than its place.
    #[error("the file is about `{said}`, not `{expected}`")]
    OtherRelease {
        /// What the file says.
        said: String,
        /// What its path says.
        expected: String,
    },
}

/// An error and what caused it, on one line.
pub(crate) fn reason(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// Every feed. Their order is the order of reports only: which source wins is decided record by
/// record.
pub static FEEDS: &[&Feed] = &[
    &alpine::FEED,
    &debian_tracker::FEED,
    &debian_list::FEED,
    &debian_digest::FEED,
    &ubuntu_tracker::FEED,
    &ubuntu_osv::FEED,
    &ubuntu_vex::FEED,
    &secdb::CHAINGUARD,
    &secdb::MINIMOS,
    &secdb::SECUREOS,
    &secdb::WOLFI,
    &echo::FEED,
    &osv_distributions::ALPINE,
    &osv_distributions::CHAINGUARD,
    &osv_distributions::DEBIAN,
    &osv_distributions::ECHO,
    &osv_distributions::MINIMOS,
    &osv_distributions::WOLFI,
    &osv_errata::ALMALINUX,
    &osv_errata::AZURE,
    &osv_errata::MAGEIA,
    &osv_errata::OPENEULER,
    &osv_errata::ROCKY,
    &oval_azure::FEED,
    &oval_errata::ORACLE,
    &oval_errata::PHOTON,
    &photon_cve::FEED,
    &arch::FEED,
    &updateinfo::AMAZON,
    &updateinfo::BOTTLEROCKET,
    &updateinfo::FEDORA,
    &bodhi::FEED,
    &updateinfo::ROCKY,
    &rocky_errata::FEED,
    &osv_exports::BIOCONDUCTOR,
    &osv_exports::BITNAMI,
    &osv_exports::CONAN,
    &osv_exports::CRAN,
    &osv_exports::CRATES_IO,
    &osv_exports::DRUPAL,
    &osv_exports::GHC,
    &osv_exports::GITHUB_ACTIONS,
    &osv_exports::GO,
    &osv_exports::HACKAGE,
    &osv_exports::HEX,
    &osv_exports::JULIA,
    &osv_exports::KUBERNETES,
    &osv_exports::MAVEN,
    &osv_exports::NPM,
    &osv_exports::NUGET,
    &osv_exports::OPAM,
    &osv_exports::PACKAGIST,
    &osv_exports::PSF,
    &osv_exports::PUB,
    &osv_exports::PYPI,
    &osv_exports::RUBYGEMS,
    &redhat::VEX,
    &redhat::ADVISORIES,
    &suse::VEX,
    &suse::CSAF,
    &suse_cvrf::FEED,
    &suse_osv::FEED,
    &osv_exports::SWIFT,
    &osv_exports::VSCODE,
    &github::FEED,
    &jenkins::FEED,
    &kubernetes::FEED,
    &node::FEED,
    &php::FEED,
    &project_kb::FEED,
    &retire::FEED,
    &ruby::FEED,
    &victims::FEED,
    &nvd::FEED,
    &kev::FEED,
    &epss::FEED,
    &endoflife::FEED,
];

impl Feed {
    /// The feed as reports and manifests name it.
    fn source(&self) -> SourceInfo {
        SourceInfo {
            id: self.id.to_owned(),
            url: self.url.to_owned(),
            license: self.license.to_owned(),
        }
    }

    /// Whether a file of a mirror belongs to the feed.
    pub fn reads(&self, path: &str) -> bool {
        self.paths.iter().any(|pattern| matches(pattern, path)) && self.leaves_out(path).is_none()
    }

    /// What a file of the feed lacks.
    pub fn gap(&self, path: &str) -> Option<Gap> {
        self.gaps.iter().find(|(pattern, _)| matches(pattern, path)).map(|(_, gap)| *gap)
    }

    /// Why a file that looks like one of the feed's is not read.
    pub fn leaves_out(&self, path: &str) -> Option<&'static str> {
        self.left_out.iter().find(|(pattern, _)| matches(pattern, path)).map(|(_, why)| *why)
    }
}

/// Whether a path fits a pattern whose `*` stand for anything within one path part.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let fits = pattern
        .split('/')
        .all(|pattern| parts.next().is_some_and(|part| part_matches(pattern, part)));
    fits && parts.next().is_none()
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == part };
    let Some(mut part) = part.strip_prefix(start) else { return false };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return part.ends_with(piece);
        }
        let Some(at) = part.find(piece) else { return false };
        part = part.get(at.saturating_add(piece.len())..).unwrap_or_default();
    }
    true
}

/// Doors for fuzzing: every parser on any bytes.
#[doc(hidden)]
pub mod fuzz {
    use super::{FEEDS, FeedFile, Gather};

    /// Runs the parser of one feed on any bytes, as if they were its file at `path`.
    pub fn parse(feed: &str, path: &str, bytes: &[u8]) {
        if let Some(feed) = FEEDS.iter().find(|candidate| candidate.id == feed) {
            let mut gather = Gather::new(feed);
            // The answer does not matter, only that there is one.
            if (feed.parse)(&FeedFile { path, bytes, only: None }, &mut gather).is_ok() {
                drop(gather.finish());
            }
        }
    }

    /// Alpine's JSON.
    pub fn alpine(bytes: &[u8]) {
        parse("alpine-secdb", "v3.20/main.json", bytes);
    }

    /// The Debian tracker's JSON.
    pub fn debian_tracker(bytes: &[u8]) {
        parse("debian-tracker", "tracker/data/json", bytes);
    }

    /// Debian's advisory lists.
    pub fn debian_list(bytes: &[u8]) {
        parse("debian-list", "data/DSA/list", bytes);
    }

    /// The digest of those lists.
    pub fn debian_digest(bytes: &[u8]) {
        parse("debian-digest", "debian-tracker/digest-dsa-dla.jsonl", bytes);
    }

    /// An archive of OSV records.
    pub fn osv_zip(bytes: &[u8]) {
        parse("osv-pypi", "PyPI/all.zip", bytes);
    }

    /// AlmaLinux's archive.
    pub fn almalinux(bytes: &[u8]) {
        parse("osv-almalinux", "AlmaLinux/all.zip", bytes);
    }

    /// One OSV record, without the archive around it.
    pub fn osv_record(bytes: &[u8]) {
        super::osv::fuzz_record(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_within_one_path_part() {
        for (pattern, path, expected) in [
            ("alpine-secdb/*/main.json", "alpine-secdb/v3.17/main.json", true),
            ("alpine-secdb/*/main.json", "alpine-secdb/a/b/main.json", false),
            ("alpine-secdb/*/main.json", "alpine-secdb/main.json", false),
            ("v3.*/main.json", "v3.20/main.json", true),
            ("v3.*/main.json", "v2.20/main.json", false),
            ("x/*mock*", "x/osvdev-mock.json", true),
            ("x/*mock*", "x/moc.json", false),
            ("npm/all.zip", "osv/npm/all.zip", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn every_feed_has_its_own_id_and_its_own_files() {
        for (position, feed) in FEEDS.iter().enumerate() {
            for other in FEEDS.iter().skip(position + 1) {
                assert_ne!(feed.id, other.id);
                for path in feed.paths {
                    assert!(!other.reads(&path.replace('*', "x")), "{path} is read twice");
                }
            }
            assert!(!feed.redistributable || feed.license != "none stated", "{}", feed.id);
        }
    }
}
