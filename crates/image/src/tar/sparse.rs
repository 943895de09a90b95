//! Maps of sparse files: which parts of a file are in the archive; the rest are holes of zeros.
//!
//! GNU tar has written four forms (GNU tar manual, "Storing Sparse Files"): places in the header
//! itself, PAX records 0.0 and 0.1, and text in front of the body, 1.0.

use super::header::{Block, number};
use super::pax::decimal;

/// A part of the file that is in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    /// Where in the file it belongs.
    pub(super) offset: u64,
    /// How long it is, in bytes.
    pub(super) len: u64,
}

/// The parts in the order they have in the file; none overlaps another or the file's end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SparseMap {
    pub(super) fragments: Vec<Fragment>,
}

const MALFORMED: &str = "malformed map of a sparse file";

impl SparseMap {
    /// Checks places against the size of the file.
    pub(super) fn new(fragments: Vec<Fragment>, real_size: u64) -> Result<Self, &'static str> {
        let mut behind = 0;
        for fragment in &fragments {
            let end = fragment.offset.checked_add(fragment.len).ok_or(MALFORMED)?;
            if fragment.offset < behind || end > real_size {
                return Err(MALFORMED);
            }
            behind = end;
        }
        Ok(Self { fragments })
    }

    /// How many bytes the archive must hold for this file.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.fragments.iter().fold(0, |sum, fragment| sum.saturating_add(fragment.len))
    }
}

/// Reads the places in a GNU header; true if the next block continues them.
pub(super) fn places_of_header(
    block: &Block,
    fragments: &mut Vec<Fragment>,
) -> Result<bool, &'static str> {
    let (places, continued) = block.sparse_places();
    read_places(places, fragments)?;
    Ok(continued)
}

/// Reads the places in a block that continues a map; true if the next does so too.
pub(super) fn places_of_continuation(
    block: &Block,
    fragments: &mut Vec<Fragment>,
) -> Result<bool, &'static str> {
    let (places, continued) = block.more_sparse_places();
    read_places(places, fragments)?;
    Ok(continued)
}

fn read_places(places: &[u8], fragments: &mut Vec<Fragment>) -> Result<(), &'static str> {
    for place in places.chunks_exact(24) {
        // The first empty place ends the map, as in GNU and BSD tar.
        if place.first() == Some(&0) {
            break;
        }
        let (offset, len) = place.split_at_checked(12).ok_or(MALFORMED)?;
        fragments.push(fragment(number(offset), number(len))?);
    }
    Ok(())
}

fn fragment(offset: Option<i64>, len: Option<i64>) -> Result<Fragment, &'static str> {
    let unsigned = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    match (unsigned(offset), unsigned(len)) {
        (Some(offset), Some(len)) => Ok(Fragment { offset, len }),
        _ => Err(MALFORMED),
    }
}

/// Reads the map of versions 0.0 and 0.1: as many pairs as `count` says, with commas between.
pub(super) fn fragments_of_list(count: &[u8], list: &[u8]) -> Result<Vec<Fragment>, &'static str> {
    let numbers: Vec<&[u8]> =
        if list.is_empty() { Vec::new() } else { list.split(|byte| *byte == b',').collect() };
    let pairs = usize::try_from(decimal(count)?).map_err(|_| MALFORMED)?;
    if pairs.checked_mul(2) != Some(numbers.len()) {
        return Err(MALFORMED);
    }
    pairs_of(&numbers)
}

/// The map of version 1.0: a count, then an offset and a length in turn, a line each. It is in
/// front of the body, in blocks of its own.
#[derive(Default)]
pub(super) struct LineMap {
    text: Vec<u8>,
    lines: usize,
    /// How many lines there are, once the first is known.
    needed: Option<usize>,
}

impl LineMap {
    /// How many bytes of text there are by now.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Takes one more block; the parts of the file if it was the last.
    pub(super) fn push(&mut self, block: &Block) -> Result<Option<Vec<Fragment>>, &'static str> {
        self.text.extend_from_slice(&block.0);
        let lines = memchr::memchr_iter(b'\n', &block.0).count();
        self.lines = self.lines.saturating_add(lines);
        if self.needed.is_none() && self.lines > 0 {
            let first = self.text.split(|byte| *byte == b'\n').next().ok_or(MALFORMED)?;
            let pairs = usize::try_from(decimal(first)?).map_err(|_| MALFORMED)?;
            let needed = pairs.checked_mul(2).and_then(|lines| lines.checked_add(1));
            self.needed = Some(needed.ok_or(MALFORMED)?);
        }
        match self.needed {
            Some(needed) if self.lines >= needed => {
                let lines = self.text.split(|byte| *byte == b'\n').take(needed).skip(1);
                pairs_of(&lines.collect::<Vec<_>>()).map(Some)
            }
            _ => Ok(None),
        }
    }
}

fn pairs_of(numbers: &[&[u8]]) -> Result<Vec<Fragment>, &'static str> {
    let mut fragments = Vec::with_capacity(numbers.len().div_ceil(2));
    for pair in numbers.chunks_exact(2) {
        if let [offset, len] = pair {
            fragments.push(fragment(Some(decimal(offset)?), Some(decimal(len)?))?);
        }
    }
    Ok(fragments)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [Fragment; 2] = [Fragment { offset: 0, len: 5 }, Fragment { offset: 10, len: 7 }];

    #[test]
    fn text_maps_are_read() {
        assert_eq!(fragments_of_list(b"2", b"0,5,10,7").unwrap(), TWO);
        assert_eq!(fragments_of_list(b"0", b"").unwrap(), []);
        assert_eq!(lines(b"2\n0\n5\n10\n7\n").unwrap().unwrap(), TWO);
        assert_eq!(lines(b"0\n").unwrap().unwrap(), []);
        for short in [&b""[..], b"2", b"2\n0\n5\n10\n7"] {
            assert_eq!(lines(short).unwrap(), None);
        }
    }

    #[test]
    fn a_text_map_may_be_longer_than_a_block() {
        let mut text = b"200\n".to_vec();
        for place in 0..200 {
            text.extend_from_slice(format!("{}\n10\n", place * 4096).as_bytes());
        }
        let fragments = lines(&text).unwrap().unwrap();
        assert_eq!(fragments.len(), 200);
        assert_eq!(fragments.last(), Some(&Fragment { offset: 199 * 4096, len: 10 }));
    }

    /// Gives a text to a [`LineMap`], in blocks filled up with NULs.
    fn lines(text: &[u8]) -> Result<Option<Vec<Fragment>>, &'static str> {
        let mut map = LineMap::default();
        for part in text.chunks(512) {
            let mut block = Block::EMPTY;
            block.0[..part.len()].copy_from_slice(part);
            if let Some(fragments) = map.push(&block)? {
                return Ok(Some(fragments));
            }
        }
        Ok(None)
    }

    #[test]
    fn malformed_maps_are_refused() {
        for (count, list) in
            [("1", "0,5,10,7"), ("2", "0,5,10"), ("x", ""), ("-1", ""), ("1", "0,-5"), ("1", "a,b")]
        {
            assert!(fragments_of_list(count.as_bytes(), list.as_bytes()).is_err(), "{list}");
        }
        for first in ["99999999999999999999\n", "-1\n", "\n", "x\n"] {
            assert!(lines(first.as_bytes()).is_err(), "{first}");
        }
    }

    #[test]
    fn fragments_stay_in_order_and_inside_the_file() {
        assert!(SparseMap::new(TWO.to_vec(), 17).is_ok());
        assert!(SparseMap::new(TWO.to_vec(), 16).is_err());
        assert!(SparseMap::new(TWO.iter().rev().copied().collect(), 17).is_err());
        assert!(SparseMap::new(vec![Fragment { offset: u64::MAX, len: 1 }], u64::MAX).is_err());
        assert_eq!(SparseMap::new(TWO.to_vec(), 17).unwrap().stored_bytes(), 12);
    }
}
