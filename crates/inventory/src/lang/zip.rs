//! Zip archives in memory: the directory at their end, and single entries of it.
//!
//! Follows APPNOTE.TXT of PKWARE, sections 4.3 and 4.5.3. Only what an entry's place in the
//! directory says counts, as for every program that runs archives: local headers are only skipped.

use lazaret_core::extract::ParseError;
use libdeflater::{DecompressionError, Decompressor};
use std::borrow::Cow;
use std::io::Read as _;

/// An archive whose directory was found.
pub(crate) struct Zip<'a> {
    bytes: &'a [u8],
    directory: &'a [u8],
    /// What stands in front of the archive, in bytes: a start script, or the mark of a module file.
    /// Offsets do not count it.
    prefix: usize,
}

/// One entry, as the directory has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// The path as stored.
    pub(crate) name: &'a [u8],
    flags: u16,
    method: u16,
    stored_bytes: u64,
    /// How long it says it is when decompressed.
    pub(crate) size_bytes: u64,
    offset: u64,
}

const END_MARK: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// Longest comment behind the end record, in bytes: its length is a 16-bit number.
const COMMENT_BYTES_MAX: usize = 65_535;
const LOCATOR_MARK: &[u8] = b"PK\x06\x07";
const LOCATOR_BYTES: usize = 20;
const END64_MARK: &[u8] = b"PK\x06\x06";
const ENTRY_MARK: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL_MARK: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The most that one byte of deflated data can become, in bytes (zlib's documentation): an entry
/// that says it is larger lies.
const DEFLATE_RATIO_MAX: u64 = 1_032;

impl<'a> Zip<'a> {
    /// Finds the directory of an archive.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let none = || ParseError::new("the archive has no directory: it is cut, or no archive");
        let tail_at = bytes.len().saturating_sub(END_BYTES.saturating_add(COMMENT_BYTES_MAX));
        let tail = bytes.get(tail_at..).unwrap_or_default();
        // The mark may stand in the comment too. That of the true end says how long the comment is;
        // of archives with something behind them, the last one that leads to a directory is taken.
        let ends =
            || memchr::memmem::rfind_iter(tail, END_MARK).map(|at| tail_at.saturating_add(at));
        let is_last = |at: &usize| {
            let comment = at.checked_add(20).and_then(|at| u16_at(bytes, at)).map(usize::from);
            let end = comment.and_then(|len| at.checked_add(END_BYTES)?.checked_add(len));
            end == Some(bytes.len())
        };
        ends().filter(is_last).chain(ends()).find_map(|at| Self::at(bytes, at)).ok_or_else(none)
    }

    fn at(bytes: &'a [u8], end_at: usize) -> Option<Self> {
        let end = bytes.get(end_at..end_at.checked_add(END_BYTES)?)?;
        let mut directory_bytes = u64::from(u32_at(end, 12)?);
        let mut offset = u64::from(u32_at(end, 16)?);
        let mut directory_end = end_at;
        if let Some(end64_at) = end64(bytes, end_at) {
            let end64 = bytes.get(end64_at..)?;
            directory_bytes = u64_at(end64, 40)?;
            offset = u64_at(end64, 48)?;
            directory_end = end64_at;
        }
        let directory_at = directory_end.checked_sub(usize::try_from(directory_bytes).ok()?)?;
        let prefix = directory_at.checked_sub(usize::try_from(offset).ok()?)?;
        let directory = bytes.get(directory_at..directory_end)?;
        let is_directory = directory.is_empty() || directory.starts_with(ENTRY_MARK);
        is_directory.then_some(Self { bytes, directory, prefix })
    }

    /// The entries in the order of the directory, up to where it is damaged.
    pub(crate) fn entries(&self) -> Entries<'a> {
        Entries { rest: self.directory }
    }

    /// The whole content of an entry; borrowed where it is stored as it is.
    pub(crate) fn content(&self, entry: &Entry<'a>) -> Result<Cow<'a, [u8]>, ParseError> {
        let stored = self.stored(entry)?;
        if entry.method == STORED {
            return Ok(Cow::Borrowed(stored));
        }
        let size = usize::try_from(entry.size_bytes).map_err(|_| damaged())?;
        let mut content = vec![0; size];
        match Decompressor::new().deflate_decompress(stored, &mut content) {
            Ok(len) if len == size => Ok(Cow::Owned(content)),
            Ok(_) | Err(DecompressionError::BadData | DecompressionError::InsufficientSpace) => {
                Err(damaged())
            }
        }
    }

    /// What the content takes in memory, in bytes: nothing where it is stored as it is.
    pub(crate) fn memory_bytes(entry: &Entry<'_>) -> u64 {
        if entry.method == STORED { 0 } else { entry.size_bytes }
    }

    /// The beginning of an entry: what is beyond is not even decompressed.
    pub(crate) fn beginning(&self, entry: &Entry<'a>, max: u64) -> Result<Vec<u8>, ParseError> {
        let stored = self.stored(entry)?;
        let mut beginning = Vec::new();
        if entry.method == STORED {
            let max = usize::try_from(max).unwrap_or(usize::MAX).min(stored.len());
            beginning.extend_from_slice(stored.get(..max).unwrap_or_default());
            return Ok(beginning);
        }
        let decoder = flate2::read::DeflateDecoder::new(stored);
        decoder.take(max).read_to_end(&mut beginning).map_err(|_| damaged())?;
        Ok(beginning)
    }

    /// The bytes of an entry as they are stored.
    fn stored(&self, entry: &Entry<'a>) -> Result<&'a [u8], ParseError> {
        if entry.flags & 1 != 0 {
            return Err(ParseError::new("an entry of the archive is encrypted"));
        }
        let is_possible = match entry.method {
            STORED => entry.size_bytes == entry.stored_bytes,
            DEFLATED => entry.size_bytes <= entry.stored_bytes.saturating_mul(DEFLATE_RATIO_MAX),
            _ => {
                let message = format!("an entry of the archive has the method {}", entry.method);
                return Err(ParseError::new(message));
            }
        };
        if !is_possible {
            return Err(ParseError::new("an entry of the archive has an impossible size"));
        }
        self.slice(entry).ok_or_else(damaged)
    }

    fn slice(&self, entry: &Entry<'a>) -> Option<&'a [u8]> {
        let at = self.prefix.checked_add(usize::try_from(entry.offset).ok()?)?;
        let local = self.bytes.get(at..)?;
        if !local.starts_with(LOCAL_MARK) {
            return None;
        }
        let names = usize::from(u16_at(local, 26)?).checked_add(usize::from(u16_at(local, 28)?))?;
        let data = local.get(LOCAL_BYTES.checked_add(names)?..)?;
        data.get(..usize::try_from(entry.stored_bytes).ok()?)
    }
}

fn damaged() -> ParseError {
    ParseError::new("an entry of the archive is damaged")
}

/// The position of the end record of large archives, if there is one.
fn end64(bytes: &[u8], end_at: usize) -> Option<usize> {
    let locator_at = end_at.checked_sub(LOCATOR_BYTES)?;
    let locator = bytes.get(locator_at..end_at)?;
    if !locator.starts_with(LOCATOR_MARK) {
        return None;
    }
    let stated = usize::try_from(u64_at(locator, 8)?).ok()?;
    let is_there = |at: &usize| bytes.get(*at..).is_some_and(|b| b.starts_with(END64_MARK));
    // Behind a prefix its offset is wrong; it is 56 bytes long unless it holds extensions.
    [Some(stated), locator_at.checked_sub(56)].into_iter().flatten().find(is_there)
}

/// The entries of a directory.
pub(crate) struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let header = self.rest;
        if !header.starts_with(ENTRY_MARK) {
            return None;
        }
        let name_bytes = usize::from(u16_at(header, 28)?);
        let extra_bytes = usize::from(u16_at(header, 30)?);
        let comment_bytes = usize::from(u16_at(header, 32)?);
        let name_end = ENTRY_BYTES.checked_add(name_bytes)?;
        let extra_end = name_end.checked_add(extra_bytes)?;
        let name = header.get(ENTRY_BYTES..name_end)?;
        let extra = header.get(name_end..extra_end)?;
        self.rest = header.get(extra_end.checked_add(comment_bytes)?..)?;
        let mut entry = Entry {
            name,
            flags: u16_at(header, 8)?,
            method: u16_at(header, 10)?,
            stored_bytes: u64::from(u32_at(header, 20)?),
            size_bytes: u64::from(u32_at(header, 24)?),
            offset: u64::from(u32_at(header, 42)?),
        };
        widen(&mut entry, extra);
        Some(entry)
    }
}

/// Takes the numbers that do not fit into 32 bits from the extra field 1, where they stand in this
/// order.
fn widen(entry: &mut Entry<'_>, extra: &[u8]) {
    let wide = u64::from(u32::MAX);
    let Some(mut field) = extra_field(extra, 1) else { return };
    for number in [&mut entry.size_bytes, &mut entry.stored_bytes, &mut entry.offset] {
        if *number == wide {
            let Some(value) = u64_at(field, 0) else { return };
            *number = value;
            field = field.get(8..).unwrap_or_default();
        }
    }
}

fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let id = u16_at(extra, 0)?;
        let end = 4_usize.checked_add(usize::from(u16_at(extra, 2)?))?;
        if id == wanted {
            return extra.get(4..end);
        }
        extra = extra.get(end..)?;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(bytes.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}
