//! A folder of feeds: which file is which, and what they say together.

use crate::feed::{FEEDS, Feed, FeedFile, Gather, reason};
use crate::records::Records;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// What to take from a mirror.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MirrorOptions {
    /// Only what may be passed on: feeds whose license allows it and, where a folder of samples
    /// says for each record where it was found, only records that are a database's own answers.
    pub redistributable_only: bool,
}

/// Why nothing was read at all.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// Not one file of the folder belongs to a feed.
    #[error("no file of the folder belongs to a known feed")]
    NoFeeds,
}

/// A folder with samples of OSV records, which says where each was found.
const SAMPLES: &str = "osv-samples/";
const PROVENANCE: &str = "osv-samples/PROVENANCE.json";

/// Where recorded answers of the OSV database come from; other places may have edited theirs.
const RECORDED: [&str; 2] = ["google/osv-scanner:", "google/osv-scalibr:"];

/// Reads every feed a mirror folder holds.
///
/// `paths` are the folder's files, relative and with `/` between the parts; `read` gives the
/// bytes of one. A file that is broken is refused by name, and the rest goes on.
pub fn read_mirror(
    paths: &[String],
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
    options: &MirrorOptions,
) -> Result<Records, MirrorError> {
    let paths: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let mut all: Option<Gather> = None;
    let recorded = (options.redistributable_only && paths.contains(PROVENANCE))
        .then(|| read(PROVENANCE).ok().and_then(|bytes| recorded_ids(&bytes)))
        .flatten()
        .unwrap_or_default();
    for feed in FEEDS {
        if options.redistributable_only && !feed.redistributable {
            continue;
        }
        for path in &paths {
            let mut gather = Gather::new(feed);
            if let Some(why) = feed.leaves_out(path) {
                gather.leave_out(path, why);
            } else if feed.reads(path) {
                let only = (options.redistributable_only && path.starts_with(SAMPLES))
                    .then_some(&recorded);
                gather = read_file(feed, path, read, only);
            } else {
                continue;
            }
            all.get_or_insert_with(|| Gather::new(feed)).absorb(gather);
        }
    }
    all.map(Gather::finish).ok_or(MirrorError::NoFeeds)
}

/// What one file says; of a broken file, only that it is broken.
pub(crate) fn read_file(
    feed: &'static Feed,
    path: &str,
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
    only: Option<&BTreeSet<String>>,
) -> Gather {
    let mut gather = Gather::new(feed);
    let why = match read(path) {
        Err(error) => format!("the file cannot be read: {error}"),
        Ok(bytes) => match (feed.parse)(&FeedFile { path, bytes: &bytes, only }, &mut gather) {
            Ok(()) => {
                gather.lacks(feed.gap(path));
                gather.count_file();
                return gather;
            }
            Err(error) => reason(&error),
        },
    };
    let mut refusal = Gather::new(feed);
    refusal.refuse(path, why);
    refusal
}

/// The ids whose file is a recorded answer of the OSV database.
fn recorded_ids(bytes: &[u8]) -> Option<BTreeSet<String>> {
    let places: BTreeMap<String, String> = serde_json::from_slice(bytes).ok()?;
    let recorded = places
        .into_iter()
        .filter(|(_, place)| RECORDED.iter().any(|prefix| place.starts_with(prefix)))
        .map(|(id, _)| id);
    Some(recorded.collect())
}
