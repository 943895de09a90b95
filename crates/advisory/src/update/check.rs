//! Whether a new file can be what it claims to be.

use crate::feed::Feed;
use crate::mirror::read_file;

/// Below this many bytes a file may grow as it likes: the advisories of a new release begin with a
/// handful.
const SIZE_BYTES_FLOOR: u64 = 64 << 10;

/// How much larger than before a file may be.
const GROWTH_MAX: u64 = 10;

/// How much there is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Its length.
    pub size_bytes: u64,
    /// Its records, as its feed counts.
    pub records: u64,
}

/// Why a file is not believed, though it can be read.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Implausible {
    /// Half of it is missing.
    #[error("it holds {now} records, and held {before} before")]
    Shrunk {
        /// Records before.
        before: u64,
        /// Records now.
        now: u64,
    },
    /// It is many times as large.
    #[error("it has {now} bytes, and had {before} before")]
    Grown {
        /// Bytes before.
        before: u64,
        /// Bytes now.
        now: u64,
    },
}

/// Reads a file as its feed does and says how much is in it, or why the feed refuses it.
pub fn weigh(feed: &'static Feed, path: &str, bytes: &[u8]) -> Result<Weight, String> {
    let records = read_file(feed, path, &|_| Ok(bytes.to_vec()), None).finish();
    if let Some(refused) = records.refused.into_iter().find(|refused| refused.record == path) {
        return Err(refused.reason);
    }
    let counts = records.counts.get(feed.id);
    Ok(Weight {
        size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        records: counts.map_or(0, |counts| counts.records),
    })
}

/// Compares a file with the one it is to replace.
pub fn plausible(before: Weight, now: Weight) -> Result<(), Implausible> {
    if has_shrunk(before.records, now.records) {
        return Err(Implausible::Shrunk { before: before.records, now: now.records });
    }
    let before_bytes = before.size_bytes.max(SIZE_BYTES_FLOOR);
    if now.size_bytes > before_bytes.saturating_mul(GROWTH_MAX) {
        return Err(Implausible::Grown { before: before.size_bytes, now: now.size_bytes });
    }
    Ok(())
}

/// Whether half of what was there is missing. Of one record nobody can tell.
pub(super) const fn has_shrunk(before: u64, now: u64) -> bool {
    before > 1 && now.saturating_mul(2) <= before
}

/// Whether there is much more than there was.
pub(super) const fn has_grown(before: u64, now: u64, floor: u64) -> bool {
    before >= floor && now > before.saturating_mul(GROWTH_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(records: u64, size_bytes: u64) -> Weight {
        Weight { size_bytes, records }
    }

    #[test]
    fn half_of_the_records_may_not_be_missing() {
        let before = weight(100, 1 << 20);
        assert_eq!(plausible(before, weight(51, 1 << 20)), Ok(()));
        let shrunk = Implausible::Shrunk { before: 100, now: 50 };
        assert_eq!(plausible(before, weight(50, 1 << 20)), Err(shrunk));
        assert!(plausible(before, weight(0, 1 << 20)).is_err());
        assert_eq!(plausible(weight(1, 10), weight(1, 10)), Ok(()));
        assert_eq!(plausible(weight(0, 10), weight(0, 10)), Ok(()));
    }

    #[test]
    fn ten_times_the_size_is_too_much_but_for_small_files() {
        let before = weight(100, 1 << 20);
        assert_eq!(plausible(before, weight(100, 10 << 20)), Ok(()));
        let size = (10 << 20) + 1;
        let grown = Implausible::Grown { before: 1 << 20, now: size };
        assert_eq!(plausible(before, weight(100, size)), Err(grown));
        assert_eq!(plausible(weight(1, 100), weight(90, 600 << 10)), Ok(()));
        assert!(plausible(weight(1, 100), weight(90, 700 << 10)).is_err());
    }

    #[test]
    fn a_file_is_weighed_as_its_feed_reads_it() {
        let feed = crate::feed::FEEDS.iter().find(|feed| feed.id == "alpine-secdb").unwrap();
        let json = br#"{"distroversion": "v3.20", "reponame": "main", "packages": [
            {"pkg": {"name": "lantern", "secfixes": {"1-r0": ["CVE-2024-1", "CVE-2024-2"]}}}]}"#;
        let path = "secdb.alpinelinux.org/v3.20/main.json";
        let size_bytes = u64::try_from(json.len()).unwrap();
        assert_eq!(weigh(feed, path, json), Ok(Weight { size_bytes, records: 2 }));
        for bad in [&b""[..], b"<html>", &json[..40], b"{}"] {
            assert!(weigh(feed, path, bad).is_err());
        }
    }
}
