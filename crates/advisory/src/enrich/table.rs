//! The file of a table: the header and directory of every segment, and sections of its own.

use super::Kind;
use crate::build::{BuildError, Strings, assemble};
use crate::format::{IdRef, Section, unpack_cve};
use crate::segment::{Damage, SegmentError, fill, read_sections, text_at, word};
use std::collections::BTreeSet;

/// The section with the rows.
const ROWS: u32 = 32;
/// The section with what rows of one kind have in common.
const SHARED: u32 = 33;

/// A table that is about to be written.
pub(super) struct Table<'a> {
    /// The name of its segment.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// How many rows there are.
    pub(super) rows: usize,
    pub(super) strings: Strings<'a>,
    pub(super) body: Vec<u8>,
    pub(super) shared: Vec<u8>,
}

impl<'a> Table<'a> {
    /// A table without rows, whose rows may speak of these texts.
    pub(super) fn new(
        name: &'static str,
        kind: Kind,
        mut texts: BTreeSet<&'a str>,
    ) -> Result<Self, BuildError> {
        texts.extend([name, ""]);
        let strings = Strings::of(name, texts)?;
        Ok(Self { name, kind, rows: 0, strings, body: Vec::new(), shared: Vec::new() })
    }

    /// Adds the bytes of a row.
    pub(super) fn push(&mut self, row: impl Iterator<Item = u8>) {
        self.body.extend(row);
        self.rows = self.rows.saturating_add(1);
    }

    /// The file.
    pub(super) fn encode(&self) -> Result<Vec<u8>, BuildError> {
        let text = |text| self.strings.text(text);
        let header = [text(self.name), text(""), text("")];
        let mut sections = vec![
            (Section::Strings.tag(), self.strings.bytes.as_slice()),
            (ROWS, self.body.as_slice()),
        ];
        if !self.shared.is_empty() {
            sections.push((SHARED, &self.shared));
        }
        assemble(self.name, header, &sections)
    }
}

/// A table, borrowed from the bytes of its file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableRef<'a> {
    name: u32,
    strings: &'a [u8],
    pub(super) rows: &'a [u8],
    pub(super) shared: &'a [u8],
}

impl<'a> TableRef<'a> {
    /// Reads the header and finds the sections.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, SegmentError> {
        let (mut strings, mut rows, mut shared) = (None, None, None);
        let header = read_sections(bytes, &mut |tag, found| match tag {
            ROWS => fill(&mut rows, found),
            SHARED => fill(&mut shared, found),
            tag if tag == Section::Strings.tag() => fill(&mut strings, found),
            _ => true,
        })?;
        let (Some(strings), Some(rows)) = (strings, rows) else {
            return Err(Damage("header fields").into());
        };
        let [name, ..] = header.names;
        Ok(Self { name, strings, rows, shared: shared.unwrap_or_default() })
    }

    /// The segment's name.
    pub(super) fn name(&self) -> Result<&'a str, Damage> {
        self.text(self.name)
    }

    /// The text of a reference.
    pub(super) fn text(&self, reference: u32) -> Result<&'a str, Damage> {
        text_at(self.strings, reference)
    }

    /// The rows as rows.
    pub(super) const fn rows<const BYTES: usize>(&self) -> &'a [[u8; BYTES]] {
        self.rows.as_chunks().0
    }

    /// The row of a CVE, in a table whose rows begin with one each and are sorted by it.
    pub(super) fn find<const BYTES: usize>(&self, cve: u32) -> Option<&'a [u8; BYTES]> {
        let rows = self.rows::<BYTES>();
        let found = rows.binary_search_by_key(&cve, key).ok()?;
        rows.get(found)
    }

    /// Checks that rows are whole and sorted, each CVE once, and counts them.
    pub(super) fn check_order<const BYTES: usize>(&self) -> Result<usize, Damage> {
        const ROWS: Damage = Damage("rows");
        let (rows, rest) = self.rows.as_chunks::<BYTES>();
        let is_cve = |row: &[u8; BYTES]| matches!(unpack_cve(key(row)), IdRef::Cve { .. });
        let sorted = rows.is_sorted_by(|a, b| key(a) < key(b));
        if rest.is_empty() && sorted && rows.iter().all(is_cve) {
            Ok(rows.len())
        } else {
            Err(ROWS)
        }
    }
}

/// The word a row begins with; a row of less than a word begins with nothing.
fn key<const BYTES: usize>(row: &[u8; BYTES]) -> u32 {
    word(row, 0).unwrap_or(0)
}
