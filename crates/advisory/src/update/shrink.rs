//! Which segments of a database stay as they are because what is to replace them is not to be
//! believed.

use super::check::{has_grown, has_shrunk};
use crate::manifest::{Manifest, Old, SegmentInfo};
use crate::records::Records;
use std::collections::{BTreeMap, BTreeSet};

/// A segment with fewer records than this may grow as it likes: samples are replaced by the whole.
const GROWTH_FLOOR: u64 = 1_000;

/// What part of a feed's records may be missing beside a file of it that could not be read.
const BROKEN_PART: u64 = 100;

/// What decides besides the records themselves.
#[derive(Clone, Copy, Debug)]
pub struct Keep<'a> {
    /// Feeds and segments whose change is wanted.
    pub accepted: &'a BTreeSet<String>,
    /// Whether segments stay that no feed was read for: an update is about some of them only.
    pub unread: bool,
}

/// A segment that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// As it is listed in the new manifest.
    pub info: SegmentInfo,
    /// The feed that is to blame, if one is.
    pub feed: Option<String>,
}

/// Compares what was read with the database it is to replace.
pub fn kept(previous: &Manifest, records: &Records, keep: Keep<'_>) -> Vec<Kept> {
    let broken: BTreeSet<&str> = records
        .refused
        .iter()
        .filter(|refused| !refused.record.contains('#'))
        .map(|refused| refused.feed.as_str())
        .collect();
    let sizes = records.sizes();
    let mut all = Vec::new();
    for info in &previous.segments {
        match trouble(info, records, &sizes, &broken, keep.accepted) {
            Some((feed, why)) => {
                let since = info.old.as_ref().map_or(&previous.built, |old| &old.since).clone();
                let info = SegmentInfo { old: Some(Old { since, why }), ..info.clone() };
                all.push(Kept { info, feed: Some(feed) });
            }
            None if keep.unread && !sizes.contains_key(info.name.as_str()) => {
                all.push(Kept { info: info.clone(), feed: None });
            }
            None => {}
        }
    }
    all
}

/// What is wrong with the new state of a segment: the feed, and how.
fn trouble(
    info: &SegmentInfo,
    records: &Records,
    sizes: &BTreeMap<&str, u64>,
    broken: &BTreeSet<&str>,
    accepted: &BTreeSet<String>,
) -> Option<(String, String)> {
    if accepted.contains(&info.name) {
        return None;
    }
    let whole = || sizes.get(info.name.as_str()).copied().unwrap_or(0);
    let none = BTreeMap::new();
    let (before, shares) = if info.feeds.is_empty() {
        // Built before it was counted by feed, or imported.
        let before = [(info.source.id.clone(), u64::from(info.records))].into();
        (before, [(info.source.id.clone(), whole())].into())
    } else {
        (info.feeds.clone(), records.shares.get(&info.name).unwrap_or(&none).clone())
    };
    for (feed, before) in before {
        // A feed without a single file was taken out of the mirror.
        if accepted.contains(&feed) || !records.counts.contains_key(&feed) {
            continue;
        }
        let now = shares.get(&feed).copied().unwrap_or(0);
        let lost = before.saturating_sub(now);
        if broken.contains(feed.as_str()) && lost > before / BROKEN_PART {
            let why = format!("a newer state of {feed} could not be read whole");
            return Some((feed, why));
        }
        if has_shrunk(before, now) || (before > 0 && now == 0) {
            let why = format!("a newer state of {feed} has {now} records of {before}");
            return Some((feed, why));
        }
        if has_grown(before, now, GROWTH_FLOOR) {
            let why = format!("a newer state of {feed} has {now} records instead of {before}");
            return Some((feed, why));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Counts, Refused, SegmentRecords, SourceInfo};
    use lazaret_core::advisory::Advisory;
    use lazaret_core::package::Ecosystem;
    use lazaret_core::version::Scheme;

    fn source(feed: &str) -> SourceInfo {
        SourceInfo { id: feed.into(), url: String::new(), license: String::new() }
    }

    fn info(name: &str, feeds: &[(&str, u64)]) -> SegmentInfo {
        let json = format!(
            r#"{{"name":"{name}","file":"{name}.segment","digest":"sha256:{}","size_bytes":0,
            "ecosystem":"npm","scheme":"semver","records":100,"packages":1,
            "source":{{"id":"a","url":"","license":""}}}}"#,
            "0".repeat(64)
        );
        let mut info: SegmentInfo = serde_json::from_str(&json).unwrap();
        info.feeds = feeds.iter().map(|(feed, count)| ((*feed).into(), *count)).collect();
        info
    }

    fn records(segment: &str, advisories: usize, shares: &[(&str, u64)]) -> Records {
        let mut records = Records::default();
        let advisories = vec![Advisory::default(); advisories];
        let made = SegmentRecords {
            scheme: Scheme::Semver,
            ecosystem: Ecosystem::Npm,
            source: source("a"),
            gap: None,
            advisories,
        };
        records.segments.insert(segment.into(), made);
        for (feed, count) in shares {
            records.shares.entry(segment.into()).or_default().insert((*feed).into(), *count);
            records.counts.insert((*feed).into(), Counts { files: 1, ..Counts::default() });
        }
        records
    }

    /// What stays of a database with one segment, and why.
    fn check(before: SegmentInfo, now: &Records, accepted: &[&str]) -> Option<String> {
        let accepted = accepted.iter().map(|word| (*word).to_owned()).collect();
        let previous = Manifest::new(vec![before], Some(1_709_251_200));
        let all = kept(&previous, now, Keep { accepted: &accepted, unread: false });
        let why = all.first().and_then(|kept| kept.info.old.as_ref()).map(|old| old.why.clone());
        assert_eq!(all.len(), usize::from(why.is_some()));
        why
    }

    #[test]
    fn a_feed_that_lost_half_keeps_the_segment() {
        let before = || info("npm", &[("a", 100), ("b", 10)]);
        let now = records("npm", 60, &[("a", 51), ("b", 10)]);
        assert_eq!(check(before(), &now, &[]), None);
        let now = records("npm", 60, &[("a", 50), ("b", 10)]);
        let why = "a newer state of a has 50 records of 100";
        assert_eq!(check(before(), &now, &[]).as_deref(), Some(why));
        for accepted in ["a", "npm"] {
            assert_eq!(check(before(), &now, &[accepted]), None);
        }
        // The other feed makes up for it in number only.
        let now = records("npm", 1_000, &[("a", 100), ("b", 0)]);
        assert!(check(before(), &now, &[]).is_some());
        assert!(check(before(), &now, &["a"]).is_some());
    }

    #[test]
    fn a_feed_taken_out_of_the_mirror_is_no_trouble() {
        let now = records("npm", 100, &[("a", 100)]);
        assert_eq!(check(info("npm", &[("a", 100), ("b", 10)]), &now, &[]), None);
    }

    #[test]
    fn a_segment_that_is_gone_stays_where_its_feed_was_read() {
        let now = records("pypi", 10, &[("a", 10)]);
        assert!(check(info("npm", &[("a", 100)]), &now, &[]).is_some());
        assert_eq!(check(info("npm", &[("b", 100)]), &now, &[]), None);
        let accepted = BTreeSet::new();
        let previous = Manifest::new(vec![info("npm", &[("b", 100)])], None);
        let all = kept(&previous, &now, Keep { accepted: &accepted, unread: true });
        assert_eq!(all.first().map(|kept| kept.info.old.clone()), Some(None));
    }

    #[test]
    fn a_broken_file_keeps_what_it_filled() {
        let mut now = records("npm", 90, &[("a", 90)]);
        assert_eq!(check(info("npm", &[("a", 100)]), &now, &[]), None);
        let refused =
            Refused { feed: "a".into(), record: "x/all.zip".into(), reason: String::new() };
        now.refused.push(refused);
        assert!(check(info("npm", &[("a", 100)]), &now, &[]).is_some());
        assert_eq!(check(info("npm", &[("a", 90)]), &now, &[]), None);
    }

    #[test]
    fn databases_without_counts_are_compared_by_their_records() {
        let mut now = records("npm", 50, &[]);
        now.counts.insert("a".into(), Counts::default());
        assert!(check(info("npm", &[]), &now, &[]).is_some());
        let mut now = records("npm", 51, &[]);
        now.counts.insert("a".into(), Counts::default());
        assert_eq!(check(info("npm", &[]), &now, &[]), None);
    }

    #[test]
    fn ten_times_as_much_is_not_believed() {
        let now = records("npm", 1, &[("a", 10_001)]);
        assert!(check(info("npm", &[("a", 1_000)]), &now, &[]).is_some());
        assert_eq!(check(info("npm", &[("a", 999)]), &now, &[]), None);
    }

    #[test]
    fn what_is_old_stays_as_old_as_it_was() {
        let mut before = info("npm", &[("a", 100)]);
        before.old = Some(Old { since: Some("2024-01-01T00:00:00Z".into()), why: "x".into() });
        let previous = Manifest::new(vec![before], Some(1_709_251_200));
        let accepted = BTreeSet::new();
        let now = records("npm", 1, &[("a", 1)]);
        let all = kept(&previous, &now, Keep { accepted: &accepted, unread: false });
        let old = all[0].info.old.clone().unwrap();
        assert_eq!(old.since.as_deref(), Some("2024-01-01T00:00:00Z"));
    }
}
