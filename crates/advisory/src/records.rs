//! What the feeds said, as plain values: the meeting point of the parsers and the database builder.

use crate::enrich::Enrichments;
use lazaret_core::advisory::Advisory;
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything the feeds said, merged and in one order: equal feeds give equal records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    /// The segments by name, such as `alpine-3.20`, `debian-12`, `npm` or `pypi`.
    pub segments: BTreeMap<String, SegmentRecords>,
    /// What is known of vulnerabilities and releases whatever package has them.
    pub enrichments: Enrichments,
    /// What was read, by feed id. A feed that had no file is absent.
    pub counts: BTreeMap<String, Counts>,
    /// What could not be read: whole files, or single records of files that otherwise could.
    pub refused: Vec<Refused>,
    /// How many records each feed filed in each segment, by segment and feed id.
    pub shares: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Records {
    /// The segments of the database these make, by name, and how many records each has.
    pub fn sizes(&self) -> BTreeMap<&str, u64> {
        let size = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
        let segments = self.segments.iter().chain(&self.enrichments.scores);
        let segments =
            segments.map(|(name, segment)| (name.as_str(), size(segment.advisories.len())));
        segments.chain(self.enrichments.sizes()).collect()
    }
}

/// The records of one source for one release or registry.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentRecords {
    /// The order its versions are compared by.
    pub scheme: Scheme,
    /// The kind of packages it names.
    pub ecosystem: Ecosystem,
    /// Where it comes from; of several feeds, the one that gave most of it.
    pub source: SourceInfo,
    /// What the sources are known to lack, for people; absent where they are whole.
    pub gap: Option<String>,
    /// The records, sorted by id. An id comes twice only where a source speaks of a vulnerability
    /// by the id another source gave it.
    pub advisories: Vec<Advisory>,
}

/// Where facts come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceInfo {
    /// The feed's id, such as `alpine-secdb`.
    pub id: String,
    /// Where the feed is published.
    pub url: String,
    /// Its license: an SPDX expression, or `none stated`.
    pub license: String,
}

/// How much of one feed was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files the parser accepted.
    pub files: u64,
    /// Records in them, in the feed's own unit (see the feed table).
    pub records: u64,
    /// Records left out on purpose, by reason, such as `withdrawn`.
    pub skipped: BTreeMap<String, u64>,
    /// Parts of records that had to be left out or mended, by reason, such as `invalid version`.
    pub notes: BTreeMap<String, u64>,
    /// Files of the mirror that belong to the feed and were left alone on purpose, with the reason.
    pub left_out: BTreeMap<String, String>,
}

/// A file or a record that could not be read; the rest went on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The feed's id.
    pub feed: String,
    /// The file inside the mirror, with the record after `#` where it is only one record.
    pub record: String,
    /// What is wrong with it.
    pub reason: String,
}
