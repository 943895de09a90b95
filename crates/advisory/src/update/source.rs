//! Where a feed's files are published, and where they lie in a mirror folder.

use super::table::{ROWS, Row, SEGMENTS};
use crate::feed::{FEEDS, Feed};

/// Where OSV publishes a folder for each ecosystem.
pub(super) const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com/";

/// How the files of a source are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// These files: where each is, where it lies in the mirror, and the segment it fills, where it
    /// is one.
    Files(&'static [(&'static str, &'static str, &'static str)]),
    /// One file, with the same path on both sides.
    One,
    /// A folder for each release, listed on a page: the files in each, what comes before the
    /// release in a segment's name, and the first one to try where there is no such page.
    Branches {
        /// The files of a release.
        files: &'static [&'static str],
        /// The segment of release `v3.20` is this and `3.20`.
        segment: &'static str,
        /// Before the number, in the name of a folder.
        series: &'static str,
        /// The first number of the series.
        first: u32,
        /// Folders outside the series.
        others: &'static [&'static str],
    },
    /// OSV's: `all.zip`, `modified_id.csv` and each record as `ID.json`.
    Export,
    /// A directory of CSAF documents (CSAF 2.0, section 7.1): `changes.csv`, sometimes
    /// `deletions.csv`, and an archive of everything.
    Directory {
        /// The folder of the documents, with `/` behind it.
        folder: &'static str,
        /// The file that names the newest archive, in that folder, where names change.
        latest: Option<&'static str>,
        /// The archive, where its name stays.
        archive: &'static str,
    },
    /// A file a year, from the first on, until there is none.
    Years {
        /// Before the year.
        before: &'static str,
        /// After the year.
        after: &'static str,
        /// The first year.
        first: u16,
        /// The last year that is certainly there.
        last: u16,
    },
    /// A file a release, of those that a JSON document lists as `branches`.
    Releases {
        /// The document.
        list: &'static str,
        /// Before the release.
        before: &'static str,
        /// After the release.
        after: &'static str,
        /// Before the release in a segment's name.
        segment: &'static str,
    },
    /// Repositories of rpm packages, whose metadata names the file with the advisories.
    Repositories(Repositories),
}

/// Where repositories are, each with the segment it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repositories {
    /// Files with addresses of mirrors, of which the first counts.
    Listed(&'static [(&'static str, &'static str)]),
    /// The repositories themselves.
    At(&'static [(&'static str, &'static str)]),
}

/// One place that a feed, or a part of it, is fetched from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name in flags and messages: the feed's id, with something behind it where a feed has
    /// several.
    pub name: String,
    /// The feed that reads its files.
    pub feed: &'static Feed,
    /// The address that every file's path is put behind, with `/` at its end.
    pub base: String,
    /// Where its files lie in a mirror folder, with `/` at its end.
    pub folder: String,
    /// How its files are found.
    pub layout: Layout,
    /// The one file of [`Layout::One`].
    pub file: String,
    /// The segments it fills: names, or their beginning with `*` behind it. `*` alone is for what
    /// every image needs.
    pub segments: &'static [&'static str],
    /// Whether it is only fetched when it is asked for by name.
    pub extra: bool,
}

/// Where else a source is to be had.
#[derive(Clone, Copy, Debug, Default)]
pub struct Elsewhere<'a> {
    /// Addresses that stand in for its own.
    pub bases: &'a [String],
    /// Mirrors of all sources, in the layout of a mirror folder.
    pub mirrors: &'a [String],
    /// Whether the source itself is not asked.
    pub only: bool,
}

/// Every source of the feeds this program reads. A feed that is missing here has to be put into the
/// mirror folder by hand.
pub fn sources() -> Vec<Source> {
    let mut all = Vec::new();
    for feed in FEEDS {
        let before = all.len();
        all.extend(ROWS.iter().filter(|row| row.feed == feed.id).map(|row| of_row(feed, row)));
        if all.len() == before {
            all.extend(of_url(feed));
        }
    }
    all
}

fn of_row(feed: &'static Feed, row: &Row) -> Source {
    Source {
        name: if row.name.is_empty() { feed.id.to_owned() } else { row.name.to_owned() },
        feed,
        base: row.base.to_owned(),
        folder: row.folder.map_or_else(|| folder_of(row.base), str::to_owned),
        layout: row.layout,
        file: String::new(),
        segments: segments_of(feed.id),
        extra: row.extra,
    }
}

/// What the feed's own address says, where that is one file.
fn of_url(feed: &'static Feed) -> Option<Source> {
    let source = |base: &str, layout, file: &str| Source {
        name: feed.id.to_owned(),
        feed,
        base: base.replace(' ', "%20"),
        folder: folder_of(base),
        layout,
        file: file.to_owned(),
        segments: segments_of(feed.id),
        extra: false,
    };
    if let Some(name) = feed.url.strip_prefix(OSV).and_then(|rest| rest.strip_suffix("/all.zip")) {
        let found = source(&format!("{OSV}{name}/"), Layout::Export, "");
        return feed.reads(&found.local("all.zip")).then_some(found);
    }
    if feed.url.contains(['{', '?']) {
        return None;
    }
    let (base, file) = feed.url.rsplit_once('/')?;
    let found = source(&format!("{base}/"), Layout::One, file);
    feed.reads(&found.local(file)).then_some(found)
}

fn segments_of(feed: &str) -> &'static [&'static str] {
    let row = SEGMENTS.iter().find(|(id, _)| *id == feed);
    // Of one that is not listed, nobody knows that an image does not need it.
    row.map_or(&["*"], |(_, segments)| segments)
}

/// Host and path of an address: the folder in which a mirror keeps its files.
fn folder_of(base: &str) -> String {
    let path = base.split_once("://").map_or(base, |(_, rest)| rest);
    path.replace("%20", " ")
}

impl Source {
    /// Where a file lies in a mirror folder.
    pub fn local(&self, path: &str) -> String {
        format!("{}{path}", self.folder)
    }

    /// The addresses to ask for a file, one behind the other: those that stand in for the source,
    /// or else the mirrors of everything and then the source itself.
    pub fn addresses(&self, path: &str, elsewhere: Elsewhere<'_>) -> Vec<String> {
        let Elsewhere { bases, mirrors, only } = elsewhere;
        if !bases.is_empty() {
            return bases.iter().map(|base| join(base, path)).collect();
        }
        let folder = self.folder.replace(' ', "%20");
        let mut addresses: Vec<String> =
            mirrors.iter().map(|mirror| join(mirror, &format!("{folder}{path}"))).collect();
        if !only {
            addresses.push(join(&self.base, path));
        }
        addresses
    }

    /// Whether it fills a segment, by its name.
    pub fn fills(&self, segment: &str) -> bool {
        !self.is_for_all()
            && self.segments.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => segment.starts_with(start),
                None => *pattern == segment,
            })
    }

    /// Whether every image needs it, whatever is installed.
    pub fn is_for_all(&self) -> bool {
        self.segments.contains(&"*")
    }
}

fn join(base: &str, path: &str) -> String {
    let slash = if base.ends_with('/') { "" } else { "/" };
    format!("{base}{slash}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn source(name: &str) -> Source {
        sources().into_iter().find(|source| source.name == name).unwrap()
    }

    #[test]
    fn every_source_has_its_own_name_and_a_folder_its_feed_reads() {
        let mut names = BTreeSet::new();
        for source in sources() {
            assert!(names.insert(source.name.clone()), "{}", source.name);
            assert!(source.base.starts_with("https://") && source.base.ends_with('/'));
            assert!(source.folder.ends_with('/'), "{}", source.folder);
            let files: Vec<String> = match source.layout {
                Layout::Files(files) => files.iter().map(|(_, local, _)| (*local).into()).collect(),
                Layout::One => vec![source.file.clone()],
                Layout::Branches { files, series, first, others, .. } => {
                    let numbered = format!("{series}{first}");
                    let folders = others.iter().copied().chain([numbered.as_str()]);
                    folders
                        .flat_map(|f| files.iter().map(move |file| format!("{f}/{file}")))
                        .collect()
                }
                Layout::Export => vec!["all.zip".to_owned()],
                Layout::Directory { folder, latest, archive } => {
                    let named = latest.map(|_| format!("{folder}csaf_vex_2026-01-31.tar.zst"));
                    let named = named.filter(|_| source.feed.id == "redhat-vex");
                    let stays = (!archive.is_empty()).then(|| archive.to_owned());
                    named.into_iter().chain(stays).collect()
                }
                Layout::Years { before, after, first, .. } => {
                    vec![format!("{before}{first}{after}")]
                }
                Layout::Releases { before, after, .. } => vec![format!("{before}5.0{after}")],
                Layout::Repositories(Repositories::At(all)) => {
                    let file = "repodata/0a1b-updateinfo.xml.gz";
                    all.iter().map(|(at, _)| format!("{at}/{file}")).collect()
                }
                Layout::Repositories(Repositories::Listed(_)) => Vec::new(),
            };
            for file in files {
                assert!(source.feed.reads(&source.local(&file)), "{}", source.local(&file));
            }
        }
    }

    #[test]
    fn a_feed_without_a_row_is_fetched_from_its_own_address() {
        let tracker = source("debian-tracker");
        assert_eq!(tracker.local(&tracker.file), "security-tracker.debian.org/tracker/data/json");
        let npm = source("osv-npm");
        assert_eq!(npm.layout, Layout::Export);
        assert_eq!(npm.base, "https://osv-vulnerabilities.storage.googleapis.com/npm/");
        // A repository of git has no file to fetch.
        assert!(sources().iter().all(|source| source.feed.id != "ubuntu-tracker"));
    }

    #[test]
    fn mirrors_are_asked_in_order_and_what_stands_in_for_a_source_alone() {
        let npm = source("osv-npm");
        let mirrors = ["http://a/feeds".to_owned(), "http://b/".to_owned()];
        let elsewhere = Elsewhere { mirrors: &mirrors, ..Elsewhere::default() };
        assert_eq!(
            npm.addresses("all.zip", elsewhere),
            [
                "http://a/feeds/osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
                "http://b/osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
                "https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
            ]
        );
        let own = ["http://c/npm".to_owned()];
        let elsewhere = Elsewhere { bases: &own, ..elsewhere };
        assert_eq!(npm.addresses("all.zip", elsewhere), ["http://c/npm/all.zip"]);
        let elsewhere = Elsewhere { mirrors: &mirrors[..1], only: true, ..Elsewhere::default() };
        assert_eq!(npm.addresses("all.zip", elsewhere).len(), 1);
    }

    #[test]
    fn segments_tell_which_sources_are_needed() {
        let alpine = source("alpine-secdb");
        assert!(alpine.fills("alpine-3.20") && !alpine.fills("npm"));
        assert!(source("osv-npm").fills("npm") && !source("osv-npm").fills("npm-more"));
    }
}
