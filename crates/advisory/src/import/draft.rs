//! What is collected while another scanner's database is read: records of one segment, and counts.

use crate::feed::Segment;
use crate::records::{Counts, Refused, SegmentRecords, SourceInfo};
use lazaret_core::advisory::Advisory;
use lazaret_core::package::Ecosystem;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Display;

/// Refusals that are listed; what is beyond is only counted.
const REFUSED_MAX: usize = 1_000;

/// How much of a database was read, and what was not.
#[derive(Debug, Default)]
pub(super) struct Tally {
    feed: &'static str,
    pub(super) counts: Counts,
    refused: Vec<Refused>,
}

impl Tally {
    pub(super) fn new(feed: &'static str) -> Self {
        Self { feed, counts: Counts { files: 1, ..Counts::default() }, refused: Vec::new() }
    }

    /// One more record, whatever becomes of it.
    pub(super) fn record(&mut self) {
        self.counts.records = self.counts.records.saturating_add(1);
    }

    /// A record that is left out on purpose.
    pub(super) fn skip(&mut self, why: &str) {
        add(&mut self.counts.skipped, why, 1);
    }

    /// So many records that are left out on purpose.
    pub(super) fn skip_many(&mut self, why: &str, count: u64) {
        if count > 0 {
            add(&mut self.counts.skipped, why, count);
        }
    }

    /// A part of a record that was left out or mended.
    pub(super) fn note(&mut self, what: &str) {
        add(&mut self.counts.notes, what, 1);
    }

    /// A record that cannot be read.
    pub(super) fn refuse(&mut self, record: String, why: &dyn Display) {
        if self.refused.len() >= REFUSED_MAX {
            return self.note("refused and not listed");
        }
        self.refused.push(Refused { feed: self.feed.to_owned(), record, reason: why.to_string() });
    }

    /// The feed it is of, the counts, and the refusals in one order.
    pub(super) fn finish(mut self) -> (&'static str, Counts, Vec<Refused>) {
        self.refused.sort();
        (self.feed, self.counts, self.refused)
    }
}

fn add(counts: &mut BTreeMap<String, u64>, what: &str, more: u64) {
    match counts.get_mut(what) {
        Some(count) => *count = count.saturating_add(more),
        None => {
            counts.insert(what.to_owned(), more);
        }
    }
}

/// The records of one segment so far.
#[derive(Debug)]
pub(super) struct Draft {
    segment: Segment,
    advisories: BTreeMap<String, Advisory>,
}

impl Draft {
    pub(super) fn new(segment: Segment) -> Self {
        Self { segment, advisories: BTreeMap::new() }
    }

    pub(super) fn name(&self) -> &str {
        &self.segment.name
    }

    pub(super) fn ecosystem(&self) -> Ecosystem {
        self.segment.ecosystem
    }

    pub(super) fn is_empty(&self) -> bool {
        self.advisories.is_empty()
    }

    /// The record of this id, made with the first statement that belongs to it.
    pub(super) fn advisory(
        &mut self,
        id: &str,
        describe: impl FnOnce() -> Advisory,
    ) -> &mut Advisory {
        match self.advisories.entry(id.to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(describe()),
        }
    }

    /// Whether there is a record of this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.advisories.contains_key(id)
    }

    /// The records as the database is built of them.
    pub(super) fn finish(self, source: SourceInfo) -> SegmentRecords {
        let advisories = self.advisories.into_values().map(|mut advisory| {
            advisory.aliases.retain(|alias| *alias != advisory.id);
            for texts in [&mut advisory.aliases, &mut advisory.cwes] {
                texts.sort_unstable();
                texts.dedup();
            }
            advisory
        });
        SegmentRecords {
            scheme: self.segment.scheme,
            ecosystem: self.segment.ecosystem,
            source,
            gap: None,
            advisories: advisories.collect(),
        }
    }
}
