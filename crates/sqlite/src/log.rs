//! The write-ahead log beside a database: pages that were written and not yet moved into it
//! (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).

use crate::int::{part, u32_at};
use std::collections::HashMap;

/// Why bytes are no log of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// They do not begin as a log does.
    #[error("it does not begin as a log does")]
    NotLog,
    /// Its pages have another size than those of the database.
    #[error("its pages have another size than those of the database")]
    OtherDatabase,
}

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The magic; its lowest bit says that the checksums are big-endian.
const MAGIC: u32 = 0x377f_0682;

/// The pages of complete transactions that a log holds.
#[derive(Clone, Debug, Default)]
pub struct Log<'a> {
    page_bytes: usize,
    size_bytes: usize,
    /// The last version of each page, by its number.
    latest: HashMap<u32, &'a [u8]>,
    frames: usize,
}

impl<'a> Log<'a> {
    /// Reads a log up to its last complete transaction. A frame that has not the salt of the header
    /// or the checksum of all before it is left over from an earlier use of the file, and ends the
    /// log, as it does for SQLite. An empty file, as programs leave it behind, is a log without
    /// pages.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, LogError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        Self::read(bytes).ok_or(LogError::NotLog)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let magic = u32_at(bytes, 0)?;
        let page_bytes = usize::try_from(u32_at(bytes, 8)?).ok()?;
        let is_log = magic & !1 == MAGIC
            && (512..=65_536).contains(&page_bytes)
            && page_bytes.is_power_of_two();
        is_log.then_some(())?;
        let mut log = Self { page_bytes, size_bytes: bytes.len(), ..Self::default() };
        let mut sum = Sum { big_endian: magic & 1 == 1, low: 0, high: 0 };
        sum.add(part(bytes, 0, 24)?);
        if !sum.is(part(bytes, 24, 8)?) {
            // SQLite does not look any further either.
            return Some(log);
        }
        let salt = part(bytes, 16, 8)?;
        // Pages of the transaction that is being read.
        let mut open: Vec<(u32, &[u8])> = Vec::new();
        let frames = bytes.get(HEADER_BYTES..)?;
        for frame in frames.chunks_exact(page_bytes.checked_add(FRAME_HEADER_BYTES)?) {
            let (header, page) = frame.split_at_checked(FRAME_HEADER_BYTES)?;
            sum.add(part(header, 0, 8)?);
            sum.add(page);
            let number = u32_at(header, 0)?;
            if number == 0 || part(header, 8, 8)? != salt || !sum.is(part(header, 16, 8)?) {
                break;
            }
            open.push((number, page));
            // The last frame of a transaction says how large the database is after it.
            if u32_at(header, 4)? != 0 {
                log.frames = log.frames.saturating_add(open.len());
                log.latest.extend(open.drain(..));
            }
        }
        Some(log)
    }

    /// How many pages of complete transactions there are, each version of a page counted.
    pub fn pages(&self) -> usize {
        self.frames
    }

    /// The newest version of a page that the log holds.
    pub(crate) fn page(&self, number: u32) -> Option<&'a [u8]> {
        self.latest.get(&number).copied()
    }

    pub(crate) fn page_bytes(&self) -> usize {
        self.page_bytes
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    pub(crate) fn page_max(&self) -> u32 {
        self.latest.keys().copied().max().unwrap_or_default()
    }
}

/// The checksum of the log, over all bytes so far.
struct Sum {
    big_endian: bool,
    low: u32,
    high: u32,
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let (pairs, _) = bytes.as_chunks::<8>();
        for [a, b, c, d, e, f, g, h] in pairs {
            let (first, second) = ([*a, *b, *c, *d], [*e, *f, *g, *h]);
            let number = if self.big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
            self.low = self.low.wrapping_add(number(first)).wrapping_add(self.high);
            self.high = self.high.wrapping_add(number(second)).wrapping_add(self.low);
        }
    }

    /// Whether this is the written checksum.
    fn is(&self, written: &[u8]) -> bool {
        u32_at(written, 0) == Some(self.low) && u32_at(written, 4) == Some(self.high)
    }
}
