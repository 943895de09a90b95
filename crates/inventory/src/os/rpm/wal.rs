//! `rpmdb.sqlite-wal`: pages of the database that were written and not yet moved into it
//! (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).

use super::int::{Endian, part};
use lazaret_core::extract::ParseError;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The magic; its lowest bit says that the checksums are big-endian.
const MAGIC: u32 = 0x377f_0682;

/// Says so if the log holds pages that a reader of the database would see in place of the
/// database's own. An empty log, as programs leave it behind, has none.
pub(super) fn check(bytes: &[u8]) -> Result<(), ParseError> {
    if bytes.is_empty() {
        return Ok(());
    }
    let pages = committed(bytes)
        .ok_or_else(|| ParseError::new("the write-ahead log of the database is damaged"))?;
    if pages == 0 {
        return Ok(());
    }
    let noun = if pages == 1 { "page" } else { "pages" };
    Err(ParseError::new(format!(
        "{pages} {noun} of this write-ahead log were not applied to the package database, so \
         packages installed, upgraded or removed last may be wrong"
    )))
}

/// How many pages of the log belong to complete transactions. A frame that does not have the salt
/// of the header or the checksum of all before it is left over from an earlier use of the file.
fn committed(bytes: &[u8]) -> Option<usize> {
    let magic = Endian::Big.u32(bytes, 0)?;
    if magic & !1 != MAGIC {
        return None;
    }
    let endian = if magic & 1 == 1 { Endian::Big } else { Endian::Little };
    let page_bytes = Endian::Big.size(bytes, 8)?;
    if !(512..=65_536).contains(&page_bytes) || !page_bytes.is_power_of_two() {
        return None;
    }
    let mut sum = Sum { endian, low: 0, high: 0 };
    sum.add(part(bytes, 0, 24)?);
    if !sum.is(part(bytes, 24, 8)?) {
        // SQLite does not look any further either.
        return Some(0);
    }
    let salt = part(bytes, 16, 8)?;
    let (mut complete, mut pages) = (0, 0_usize);
    let frames = bytes.get(HEADER_BYTES..)?;
    for frame in frames.chunks_exact(page_bytes.checked_add(FRAME_HEADER_BYTES)?) {
        let (header, page) = frame.split_at_checked(FRAME_HEADER_BYTES)?;
        sum.add(part(header, 0, 8)?);
        sum.add(page);
        if part(header, 8, 8)? != salt || !sum.is(part(header, 16, 8)?) {
            break;
        }
        pages = pages.saturating_add(1);
        // The last frame of a transaction says how large the database is after it.
        if Endian::Big.u32(header, 4)? != 0 {
            complete = pages;
        }
    }
    Some(complete)
}

/// The checksum of the log, over all bytes so far.
struct Sum {
    endian: Endian,
    low: u32,
    high: u32,
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for at in (0..bytes.len()).step_by(8) {
            let first = self.endian.u32(bytes, at).unwrap_or_default();
            let second = self.endian.u32(bytes, at.saturating_add(4)).unwrap_or_default();
            self.low = self.low.wrapping_add(first).wrapping_add(self.high);
            self.high = self.high.wrapping_add(second).wrapping_add(self.low);
        }
    }

    /// Whether this is the written checksum.
    fn is(&self, written: &[u8]) -> bool {
        Endian::Big.u32(written, 0) == Some(self.low)
            && Endian::Big.u32(written, 4) == Some(self.high)
    }
}
