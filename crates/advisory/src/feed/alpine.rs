//! Alpine's security database: per release and repository, which version of a source package
//! fixed which ids (<https://secdb.alpinelinux.org/>).

use super::gather::{Gather, Rank, Segment, Statement};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, Gap, id};
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::BTreeMap;

const RELEASE_DAY: Gap =
    Gap { weight: 1, lacking: "those of the release's first day, without every later fix" };

/// The feed.
pub(super) static FEED: Feed = Feed {
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
    parse,
};

/// A security database in Alpine's form, which other distributions with `apk` have too.
#[derive(Deserialize)]
pub(super) struct SecDb<'a> {
    #[serde(borrow, default)]
    distroversion: Option<Text<'a>>,
    #[serde(borrow, default)]
    packages: Option<Vec<Entry<'a>>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    pkg: Package<'a>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    secfixes: Option<BTreeMap<Text<'a>, Option<Vec<Text<'a>>>>>,
}

/// The key of ids the package was never affected by.
const NEVER: &str = "0";

pub(super) fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let release = release(file.path)?;
    let secdb: SecDb<'_> = json::parse(file.bytes)?;
    if let Some(said) = &secdb.distroversion
        && said.as_str() != release
    {
        let (said, expected) = (said.as_str().to_owned(), release.to_owned());
        return Err(FeedError::OtherRelease { said, expected });
    }
    let segment = Segment {
        name: format!("alpine-{}", release.trim_start_matches('v')),
        scheme: Scheme::Apk,
        ecosystem: Ecosystem::Apk,
    };
    secdb.file(&segment, true, gather);
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

impl SecDb<'_> {
    /// Files every fix, and where `never` is set also that a package was never affected.
    pub(super) fn file(self, segment: &Segment, never: bool, gather: &mut Gather) {
        for Entry { pkg } in self.packages.unwrap_or_default() {
            let name = pkg.name.as_str().trim();
            if name.is_empty() {
                gather.note("package without a name");
                continue;
            }
            for (version, ids) in pkg.secfixes.unwrap_or_default() {
                let version = fixed_version(version.as_str(), gather);
                for text in ids.unwrap_or_default() {
                    gather.count();
                    if never || version != NEVER {
                        fix(gather, segment, name, &version, text.as_str());
                    } else {
                        gather.skip("never affected");
                    }
                }
            }
        }
    }
}

/// The release a file is about, by its folder: `v3.20` or `edge`.
fn release(path: &str) -> Result<&str, FeedError> {
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    let is_branch = folder.strip_prefix('v').is_some_and(|numbers| {
        numbers.split('.').count() == 2
            && numbers
                .split('.')
                .all(|n| !n.is_empty() && n.len() <= 4 && n.bytes().all(|b| b.is_ascii_digit()))
    });
    if is_branch || folder == "edge" {
        Ok(folder)
    } else {
        Err(FeedError::Release(path.to_owned()))
    }
}

/// A fixed version as `apk` orders it. `10.0.11-0` lacks the `r` of the build number; what else is
/// no version is kept, for a person to see.
fn fixed_version(text: &str, gather: &mut Gather) -> String {
    let text = text.trim();
    if Scheme::Apk.is_valid(text) {
        return text.to_owned();
    }
    if let Some((version, build)) = text.rsplit_once('-')
        && !build.is_empty()
        && build.bytes().all(|byte| byte.is_ascii_digit())
    {
        let mended = format!("{version}-r{build}");
        if Scheme::Apk.is_valid(&mended) {
            gather.note("mended version");
            return mended;
        }
    }
    gather.note("invalid version");
    text.to_owned()
}

fn fix(gather: &mut Gather, segment: &Segment, package: &str, version: &str, text: &str) {
    let found = id::ids_in(text);
    let (ids, aliases) = match found.others.split_first() {
        _ if !found.cves.is_empty() => (found.cves, found.others),
        Some((first, rest)) => (vec![first.clone()], rest.to_vec()),
        None => {
            gather.skip("no id");
            return;
        }
    };
    for id in &ids {
        let (status, ranges) = if version == NEVER {
            (Status::NotAffected, Vec::new())
        } else {
            let end = RangeEnd::Fixed(version.to_owned());
            (Status::Fixed, vec![Range { introduced: None, end }])
        };
        let package = package.to_owned();
        let affected = Affected { package, status, ranges, ..Affected::default() };
        let rank = Rank::State;
        gather.state(segment, Statement { id, aliases: &aliases, date: None, rank, affected });
    }
}
