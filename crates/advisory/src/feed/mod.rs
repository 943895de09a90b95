//! The feeds: from upstream bytes to records, one file each.
//!
//! A feed is a line in [`FEEDS`] and a function from one file's bytes to what it says. A parser
//! fills a fresh [`Gather`] per file, which only joins the others when the whole file was read, so
//! a broken file never leaves half of itself behind. What each feed is and how odd its data gets
//! is told in `docs/feeds.md`.

mod alma;
mod alpine;
mod date;
pub mod debian;
mod debian_digest;
mod debian_list;
mod debian_tracker;
mod events;
mod gather;
mod id;
mod json;
mod osv;
mod score;

pub use gather::Gather;

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

/// What Debian's announcements lack when the tracker's own state is not there.
const ANNOUNCED: Gap =
    Gap { weight: 1, lacking: "Debian's announcements, which name only what was fixed" };
const ANNOUNCED_SINCE_2025: Gap = Gap {
    weight: 2,
    lacking: "Debian's announcements since January 2025, which name only what was fixed",
};
const EXCERPTS: Gap = Gap { weight: 3, lacking: "excerpts of Debian's tracker" };
const RELEASE_DAY: Gap =
    Gap { weight: 1, lacking: "those of the release's first day, without every later fix" };
const SAMPLES: Gap = Gap { weight: 1, lacking: "samples of the OSV database, not the whole of it" };

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
    /// Bad archive.
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
pub static FEEDS: &[Feed] = &[
    Feed {
        id: "alpine-secdb",
        title: "Alpine security database",
        url: "https://secdb.alpinelinux.org/{branch}/{repository}.json",
        license: "none stated",
        redistributable: false,
        unit: "ids listed as fixed",
        paths: &[
            "alpine-secdb/*/main.json",
            "alpine-secdb/*/community.json",
            "alpine-secdb-release-day/*/main.json",
            "alpine-secdb-release-day/*/community.json",
            "secdb.alpinelinux.org/*/main.json",
            "secdb.alpinelinux.org/*/community.json",
            "v3.*/main.json",
            "v3.*/community.json",
            "edge/main.json",
            "edge/community.json",
        ],
        left_out: &[(
            "alpine-secdb-legacy-yaml/*",
            "YAML of branches without support since 2021; newer JSON is read",
        )],
        gaps: &[("alpine-secdb-release-day/*/*", RELEASE_DAY)],
        parse: alpine::parse,
    },
    Feed {
        id: "debian-tracker",
        title: "Debian security tracker",
        url: "https://security-tracker.debian.org/tracker/data/json",
        license: "none stated",
        redistributable: false,
        unit: "pairs of package and vulnerability",
        paths: &[
            "debian-tracker/json",
            "debian-tracker/data/json",
            "debian-tracker/json-excerpts/*.json",
            "security-tracker.debian.org/tracker/data/json",
            "tracker/data/json",
        ],
        left_out: &[("debian-tracker/json-excerpts/*mock*", "invented by its authors for a test")],
        gaps: &[("debian-tracker/json-excerpts/*", EXCERPTS)],
        parse: debian_tracker::parse,
    },
    Feed {
        id: "debian-list",
        title: "Debian advisory lists (DSA, DLA)",
        url: "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/{DSA,DLA}/list",
        license: "none stated",
        redistributable: false,
        unit: "advisories",
        paths: &[
            "debian-tracker/data/DSA/list",
            "debian-tracker/data/DLA/list",
            "data/DSA/list",
            "data/DLA/list",
        ],
        left_out: &[("debian-tracker/data-2023-04/*/list", "an older state of the same lists")],
        gaps: &[("*/*/*/list", ANNOUNCED), ("*/*/list", ANNOUNCED)],
        parse: debian_list::parse,
    },
    Feed {
        id: "debian-digest",
        title: "Debian advisory digest",
        url: "https://github.com/w4zu/Debian_security",
        license: "Apache-2.0",
        redistributable: true,
        unit: "advisories",
        paths: &["debian-tracker/digest-dsa-dla.jsonl"],
        left_out: &[],
        gaps: &[("*/digest-dsa-dla.jsonl", ANNOUNCED_SINCE_2025)],
        parse: debian_digest::parse,
    },
    Feed {
        id: "osv-almalinux",
        title: "AlmaLinux errata, as OSV",
        url: "https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip",
        license: "MIT",
        redistributable: true,
        unit: "advisories",
        paths: &[
            "osv/AlmaLinux/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip",
            "AlmaLinux/all.zip",
        ],
        left_out: &[],
        gaps: &[],
        parse: alma::parse,
    },
    Feed {
        id: "osv-crates",
        title: "OSV, crates.io",
        url: "https://osv-vulnerabilities.storage.googleapis.com/crates.io/all.zip",
        license: "CC0-1.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/crates.io/all.zip",
            "osv-samples/crates.io/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/crates.io/all.zip",
            "crates.io/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::crates_io,
    },
    Feed {
        id: "osv-go",
        title: "OSV, Go",
        url: "https://osv-vulnerabilities.storage.googleapis.com/Go/all.zip",
        license: "CC-BY-4.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/Go/all.zip",
            "osv-samples/Go/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/Go/all.zip",
            "Go/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::go,
    },
    Feed {
        id: "osv-maven",
        title: "OSV, Maven",
        url: "https://osv-vulnerabilities.storage.googleapis.com/Maven/all.zip",
        license: "CC-BY-4.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/Maven/all.zip",
            "osv-samples/Maven/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/Maven/all.zip",
            "Maven/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::maven,
    },
    Feed {
        id: "osv-npm",
        title: "OSV, npm",
        url: "https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
        license: "CC-BY-4.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/npm/all.zip",
            "osv-samples/npm/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
            "npm/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::npm,
    },
    Feed {
        id: "osv-nuget",
        title: "OSV, NuGet",
        url: "https://osv-vulnerabilities.storage.googleapis.com/NuGet/all.zip",
        license: "CC-BY-4.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/NuGet/all.zip",
            "osv-samples/NuGet/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/NuGet/all.zip",
            "NuGet/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::nuget,
    },
    Feed {
        id: "osv-packagist",
        title: "OSV, Packagist",
        url: "https://osv-vulnerabilities.storage.googleapis.com/Packagist/all.zip",
        license: "CC-BY-4.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/Packagist/all.zip",
            "osv-samples/Packagist/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/Packagist/all.zip",
            "Packagist/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::packagist,
    },
    Feed {
        id: "osv-pypi",
        title: "OSV, PyPI",
        url: "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip",
        license: "CC-BY-4.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/PyPI/all.zip",
            "osv-samples/PyPI/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip",
            "PyPI/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::pypi,
    },
    Feed {
        id: "osv-rubygems",
        title: "OSV, RubyGems",
        url: "https://osv-vulnerabilities.storage.googleapis.com/RubyGems/all.zip",
        license: "CC-BY-4.0",
        redistributable: true,
        unit: "records",
        paths: &[
            "osv/RubyGems/all.zip",
            "osv-samples/RubyGems/all.zip",
            "osv-vulnerabilities.storage.googleapis.com/RubyGems/all.zip",
            "RubyGems/all.zip",
        ],
        left_out: &[],
        gaps: &[("osv-samples/*/*", SAMPLES)],
        parse: osv::rubygems,
    },
];

impl Feed {
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
