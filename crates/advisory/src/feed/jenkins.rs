//! Jenkins's warnings about itself and its plugins
//! (<https://www.jenkins.io/doc/developer/publishing/update-center/>), as its update center shows
//! them to administrators.

use super::gather::{Gather, Segment};
use super::jenkins_pattern::{Item, items};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, Gap, date};
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

const MAVEN: Scheme = Scheme::Maven;

/// What the warnings lack: every other package of Maven's.
const ONLY_JENKINS: Gap = Gap { weight: 3, lacking: "about Jenkins and its plugins only" };

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "jenkins",
    title: "Jenkins",
    url: "https://updates.jenkins.io/update-center.actual.json",
    license: "MIT",
    redistributable: true,
    unit: "warnings",
    paths: &[
        "maven/jenkins-warnings.json",
        "updates.jenkins.io/update-center.actual.json",
        "update-center.actual.json",
    ],
    left_out: &[],
    gaps: &[("*", ONLY_JENKINS), ("*/*", ONLY_JENKINS)],
    parse,
};

/// The core's packages.
const CORE: [&str; 2] = ["org.jenkins-ci.main:jenkins-core", "org.jenkins-ci.main:jenkins-war"];

/// The groups only Jenkins publishes plugins in, for plugins whose coordinates are not told.
const GROUPS: [&str; 2] = ["io.jenkins.plugins", "org.jenkins-ci.plugins"];

/// The update center's file, or its list of warnings alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum File<'a> {
    Warnings(#[serde(borrow)] Vec<Warning<'a>>),
    Center {
        #[serde(borrow)]
        warnings: Vec<Warning<'a>>,
        #[serde(borrow, default)]
        plugins: BTreeMap<Text<'a>, Plugin<'a>>,
    },
}

/// A plugin that can be had today.
#[derive(Deserialize)]
struct Plugin<'a> {
    /// `group:artifact:version`.
    #[serde(borrow, default)]
    gav: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Warning<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    url: Option<Text<'a>>,
    #[serde(borrow, default)]
    versions: Vec<Versions<'a>>,
}

#[derive(Deserialize)]
struct Versions<'a> {
    #[serde(borrow, rename = "firstVersion", default)]
    first: Option<Text<'a>>,
    #[serde(borrow, rename = "lastVersion", default)]
    last: Option<Text<'a>>,
    #[serde(borrow)]
    pattern: Text<'a>,
}

impl Versions<'_> {
    /// `LTS 2.541.1` is a version of a long-term line.
    fn last(&self) -> Option<&str> {
        let last = self.last.as_ref()?.as_str().trim();
        let last = last.strip_prefix("LTS").map_or(last, str::trim_start);
        (!last.is_empty()).then_some(last)
    }

    fn first(&self) -> Option<&str> {
        self.first.as_ref().map(|first| first.as_str().trim()).filter(|first| !first.is_empty())
    }
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let (warnings, plugins) = match json::parse(file.bytes)? {
        File::Warnings(warnings) => (warnings, BTreeMap::new()),
        File::Center { warnings, plugins } => (warnings, plugins),
    };
    let coordinates: BTreeMap<&str, &str> = plugins
        .iter()
        .filter_map(|(name, plugin)| {
            let (coordinates, _version) = plugin.gav.as_ref()?.as_str().rsplit_once(':')?;
            Some((name.as_str(), coordinates))
        })
        .collect();
    for warning in &warnings {
        gather.count();
        let name = warning.name.as_str().trim();
        let packages = match (warning.kind.as_str(), coordinates.get(name)) {
            ("core", _) => CORE.map(str::to_owned).to_vec(),
            ("plugin", Some(coordinates)) => vec![(*coordinates).to_owned()],
            ("plugin", None) => {
                gather.note("plugin without coordinates");
                GROUPS.iter().map(|group| format!("{group}:{name}")).collect()
            }
            _ => {
                gather.skip("neither core nor plugin");
                continue;
            }
        };
        record(warning, packages, gather);
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn record(warning: &Warning<'_>, packages: Vec<String>, gather: &mut Gather) {
    let id = warning.id.as_str().trim();
    let (ranges, versions) = affected_versions(&warning.versions, gather);
    if id.is_empty() || (ranges.is_empty() && versions.is_empty()) {
        gather.skip("no versions");
        return;
    }
    let affected = packages.into_iter().map(|package| Affected {
        package,
        // Which version has the fix is not told.
        status: Status::Affected,
        ranges: ranges.clone(),
        versions: versions.clone(),
        ..Affected::default()
    });
    let advisory = Advisory {
        id: id.to_owned(),
        published: warning.url.as_ref().and_then(|url| day_in(url.as_str())),
        affected: affected.collect(),
        ..Advisory::default()
    };
    let segment = Segment { name: "maven".to_owned(), scheme: MAVEN, ecosystem: Ecosystem::Maven };
    gather.document(&segment, advisory);
}

/// The day in `…/security/advisory/2026-03-18/`.
fn day_in(url: &str) -> Option<i64> {
    let (_, rest) = url.split_once("/advisory/")?;
    date::day(rest.get(..10)?)
}

/// What the patterns of a warning match, as ranges and single versions.
fn affected_versions(entries: &[Versions<'_>], gather: &mut Gather) -> (Vec<Range>, Vec<String>) {
    let mut all: Vec<Item> = Vec::new();
    let mut ranges = Vec::new();
    for entry in entries {
        let Some(found) = items(entry.pattern.as_str()) else {
            // A pattern that says too much to be taken apart: its ends have to do.
            gather.note("pattern read by its last version");
            let introduced = entry.first().map(str::to_owned);
            let end = entry.last().map(|last| RangeEnd::LastAffected(last.to_owned()));
            ranges.push(Range { introduced, end: end.unwrap_or(RangeEnd::Open) });
            continue;
        };
        all.extend(found);
    }
    // `.*`: every version, also those to come.
    if all.iter().any(|item| item.is_open && item.version.is_empty()) {
        return (vec![Range { introduced: None, end: RangeEnd::Open }], Vec::new());
    }
    let last: Vec<&str> = entries.iter().filter_map(Versions::last).collect();
    let mut versions = Vec::new();
    for run in runs(all, &last, gather) {
        let (Some(first), Some(end)) = (run.first(), run.last()) else { continue };
        if run.len() == 1 && !first.is_open {
            versions.push(first.version.clone());
            continue;
        }
        let end = end_of(end, &last);
        ranges.push(Range { introduced: Some(first.version.clone()), end });
    }
    (ranges, versions)
}

/// Where a run ends. An open item takes in what hangs below it; the last version the warning names
/// says how far that went. Where it does not, the line's end is written with nines, since which
/// version comes behind it, and whether that has a fix, is not told.
fn end_of(item: &Item, last: &[&str]) -> RangeEnd {
    RangeEnd::LastAffected(match last_in(item, last) {
        _ if !item.is_open => item.version.clone(),
        Some(last) => last.to_owned(),
        None => format!("{}.99999", item.version),
    })
}

/// The last affected version a warning names, if it is of an item's line.
fn last_in<'v>(item: &Item, last: &[&'v str]) -> Option<&'v str> {
    let line_end = item.next()?;
    let in_line = |version: &&&str| {
        MAVEN.compare(version, &item.version).is_ok_and(Ordering::is_ge)
            && MAVEN.compare(version, &line_end).is_ok_and(Ordering::is_lt)
    };
    last.iter().find(in_line).copied()
}

/// Items that follow each other, together.
///
/// Patterns name the versions there were, so that a number nothing was released under is no gap.
/// But a version that is named alone, without what hangs below it, may have fixes below it (`2.541`
/// beside `2.541.3`), so it ends what it stands in unless its direct successor is named as well;
/// behind `2.541.1` the rest of its line is not meant where `2.542` is named next; and what the
/// warning calls a last affected version is one.
fn runs(items: Vec<Item>, last: &[&str], gather: &mut Gather) -> Vec<Vec<Item>> {
    let mut sorted: Vec<Item> = Vec::with_capacity(items.len());
    for item in items {
        if !MAVEN.is_valid(&item.version) {
            gather.note("invalid version");
            continue;
        }
        let at = sorted.partition_point(|before| !is_after(before, &item));
        sorted.insert(at, item);
    }
    // Of the same version once with and once without what hangs below, the former stays.
    sorted.dedup_by(|item, before| item.version == before.version);
    let mut runs: Vec<Vec<Item>> = Vec::new();
    for item in sorted {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|before| follows(before, &item, last)) => {
                run.push(item);
            }
            _ => runs.push(vec![item]),
        }
    }
    runs
}

/// Whether an item stands behind another; of the same version, the open one comes first.
fn is_after(a: &Item, b: &Item) -> bool {
    let order = MAVEN.compare(&a.version, &b.version).unwrap_or(Ordering::Equal);
    order.then(b.is_open.cmp(&a.is_open)).is_gt()
}

fn follows(before: &Item, item: &Item, last: &[&str]) -> bool {
    if before.is_open && last_in(before, last).is_some() {
        return false;
    }
    let depth = |item: &Item| item.version.split('.').count();
    if before.is_open && depth(before) <= depth(item) {
        return true;
    }
    let equals = |version: Option<String>| {
        version.is_some_and(|version| MAVEN.compare(&version, &item.version) == Ok(Ordering::Equal))
    };
    equals(before.next()) || equals(Some(format!("{}.1", before.version)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::FEEDS;

    fn check(entries: &str, expected: &str) {
        let entries: Vec<Versions<'_>> = serde_json::from_str(entries).unwrap();
        let mut gather = Gather::new(FEEDS[0]);
        let (ranges, versions) = affected_versions(&entries, &mut gather);
        let mut texts: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        texts.extend(versions.iter().map(|version| format!("={version}")));
        assert_eq!(texts.join(" | "), expected);
    }

    // The patterns are Jenkins's own; which versions they match was read by eye.
    #[test]
    fn patterns_become_ranges() {
        check(r#"[{"pattern": ".*"}]"#, "every version");
        check(r#"[{"lastVersion": "1.5", "pattern": ".*"}]"#, "every version");
        check(r#"[{"lastVersion": "1.1", "pattern": "1[.][01](|[.-].*)"}]"#, ">= 1.0, <= 1.1");
        // Ten after nine.
        check(
            r#"[{"lastVersion": "1.16", "pattern": "1[.](\\d|1[0123456])(|[.-].*)"}]"#,
            ">= 1.0, <= 1.16",
        );
        // 2.188 was never released, which is no gap; 2.3.1 is what remains affected of its line.
        check(
            r#"[{"lastVersion": "2.3.1", "pattern": "(1|2[.][02]|2[.]3[.][01])(|[-.].*)"}]"#,
            ">= 1, <= 2.3.1",
        );
        // Single versions beside a line with backported fixes.
        check(
            r#"[{"lastVersion": "1.101", "pattern": "(1[.]9[0-9])(|[.-].+)|(1[.]100|1[.]101)"}]"#,
            ">= 1.90, <= 1.101",
        );
        check(
            r#"[{"lastVersion": "1.101", "pattern": "(1[.]9[0-7])(|[.-].+)|(1[.]98|1[.]101)"}]"#,
            ">= 1.90, <= 1.98 | =1.101",
        );
        // Without a last version, up to where the line ends.
        check(r#"[{"pattern": "(0[.][1-5]|0[.]6[.][01])(|[.-].+)"}]"#, ">= 0.1, <= 0.6.1.99999");
    }

    #[test]
    fn lines_with_long_term_support_are_judged_by_their_own_versions() {
        check(
            r#"[{"lastVersion": "2.56", "pattern": "(1[.].*|2[.]\\d|2[.][1234]\\d|2[.]5[0123456])(|[-].*)"},
                {"lastVersion": "2.46.1", "pattern": "(2[.]32[.].+|2[.]46[.]1)(|[-].*)"}]"#,
            ">= 1, <= 2.46.1 | >= 2.47, <= 2.56",
        );
        check(
            r#"[{"lastVersion": "2.543", "pattern": "(1|2[.]53[0-9]|2[.]540|2[.]542|2[.]543)(|[.-].+)|(2[.]541)"},
                {"lastVersion": "LTS 2.541.1", "pattern": "(2[.]528|2[.]541[.]1)(|[.-].+)"}]"#,
            ">= 1, <= 2.541.1 | >= 2.542, <= 2.543",
        );
    }

    #[test]
    fn a_last_affected_version_ends_its_line() {
        check(
            r#"[{"lastVersion": "0.6", "pattern": "0[.][123456](|[.-].*)"},
                {"lastVersion": "2.0-beta-5", "pattern": "2[.]0[-]beta[-][345](|[.-].*)"}]"#,
            ">= 0.1, <= 0.6 | >= 2.0-beta-3, <= 2.0-beta-5",
        );
        check(
            r#"[{"firstVersion": "2.72", "lastVersion": "2.73", "pattern": "(2[.]7[23])(|[.-].+)"}]"#,
            ">= 2.72, <= 2.73",
        );
    }

    #[test]
    fn a_pattern_that_cannot_be_taken_apart_is_read_by_its_ends() {
        check(
            r#"[{"lastVersion": "2.0.1.1", "pattern": "(?!2.0.1.2)(1|2[.]0)(|[.-].*)"}]"#,
            "<= 2.0.1.1",
        );
    }
}
