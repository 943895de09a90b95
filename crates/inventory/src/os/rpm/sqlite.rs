//! `rpmdb.sqlite`: the table `Packages` of a SQLite database, whose rows are a number and a package
//! header (<https://sqlite.org/fileformat2.html>).

use super::int::{Endian, part};
use super::packages::{GIVES, Packages};
use super::wal;
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};
use std::borrow::Cow;

/// Packages in a SQLite database. Its write-ahead log is looked at as well, but a file is read by
/// itself: what is only in the log is reported, not applied.
pub(crate) static SQLITE: Extractor = Extractor {
    id: "rpm/sqlite",
    version: 1,
    title: "RPM package database, SQLite",
    spec: "https://sqlite.org/fileformat2.html",
    selects: &[
        Select::Path("usr/lib/sysimage/rpm/rpmdb.sqlite"),
        Select::Path("usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
        Select::Path("usr/share/rpm/rpmdb.sqlite"),
        Select::Path("usr/share/rpm/rpmdb.sqlite-wal"),
        Select::Path("var/lib/rpm/rpmdb.sqlite"),
        Select::Path("var/lib/rpm/rpmdb.sqlite-wal"),
    ],
    gives: GIVES,
    run: |input, sink| {
        if input.path.name().ends_with("-wal") { wal::check(input.bytes) } else { run(input, sink) }
    },
};

const BIG: Endian = Endian::Big;
/// The header of the file, in front of the first page's own.
const FILE_HEADER_BYTES: usize = 100;
/// Types of pages of a table.
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;
/// What is left of a page for use is never less, says the format.
const USABLE_BYTES_MIN: usize = 480;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        // As SQLite has it, a database without a table.
        return Ok(());
    }
    let database = Database::open(input.bytes)?;
    let mut packages = Packages::new(input, sink);
    let mut root = None;
    // The schema is as bounded as the packages: it has room of the file's own size.
    let mut room = input.bytes.len();
    let mut damaged = false;
    database.rows(1, &mut |row| {
        let Ok(row) = row else {
            damaged = true;
            return Ok(());
        };
        room = room.checked_sub(row.length).ok_or_else(too_large)?;
        let payload = row.payload();
        let found = payload.as_deref().and_then(|payload| database.root_of_packages(payload));
        root = found.or(root);
        Ok(())
    })?;
    let root = root.ok_or_else(|| {
        ParseError::new(if damaged {
            "the schema of the database is damaged"
        } else {
            "the database has no table `Packages`"
        })
    })?;
    database.rows(root, &mut |row| {
        let row = match row {
            Ok(row) => row,
            Err(why) => {
                packages.broken(why);
                return Ok(());
            }
        };
        packages.reserve(row.length)?;
        match row.payload().as_deref().map(blob) {
            Some(Some(header)) => packages.header(header),
            Some(None) => packages.broken("a row of `Packages` holds no package header"),
            None => packages.broken("a package's pages do not hold all of it"),
        }
        Ok(())
    })?;
    packages.finish()
}

fn too_large() -> ParseError {
    ParseError::new("the rows of the database are larger together than the file")
}

struct Database<'a> {
    bytes: &'a [u8],
    page_bytes: usize,
    /// Bytes of a page without the part reserved for extensions.
    usable: usize,
    encoding: u32,
}

/// A row that was found and not yet put together.
struct Row<'d, 'a> {
    database: &'d Database<'a>,
    /// Bytes of all of it.
    length: usize,
    /// Its part on the leaf page.
    here: &'a [u8],
    /// The first page of the rest.
    overflow: usize,
}

type EachRow<'f, 'd, 'a> =
    &'f mut dyn FnMut(Result<Row<'d, 'a>, &'static str>) -> Result<(), ParseError>;

impl<'a> Database<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, ParseError> {
        if !bytes.starts_with(b"SQLite format 3\0") {
            return Err(ParseError::new("the file is not a SQLite database"));
        }
        let cut = || ParseError::new("the package database is cut off");
        let page_bytes = match BIG.short(bytes, 16).ok_or_else(cut)? {
            1 => 65_536,
            size => size,
        };
        let reserved = bytes.get(20).copied().map(usize::from).ok_or_else(cut)?;
        let usable = page_bytes.saturating_sub(reserved);
        if page_bytes < 512 || !page_bytes.is_power_of_two() || usable < USABLE_BYTES_MIN {
            return Err(ParseError::new(format!("the database has pages of {page_bytes} bytes")));
        }
        let encoding = BIG.u32(bytes, 56).ok_or_else(cut)?;
        Ok(Self { bytes, page_bytes, usable, encoding })
    }

    /// A page by its number, which counts from one.
    fn page(&self, number: usize) -> Option<&'a [u8]> {
        let at = number.checked_sub(1)?.checked_mul(self.page_bytes)?;
        part(self.bytes, at, self.page_bytes)?.get(..self.usable)
    }

    /// Shows every row of the table with this root page, in the order of their numbers.
    fn rows<'d>(&'d self, root: usize, each: EachRow<'_, 'd, 'a>) -> Result<(), ParseError> {
        // Every page is entered once, however pages point at each other.
        let mut seen = vec![false; (self.bytes.len() / self.page_bytes).saturating_add(1)];
        let mut waiting = vec![root];
        while let Some(number) = waiting.pop() {
            match seen.get_mut(number) {
                Some(seen) if !*seen => *seen = true,
                Some(_) => {
                    each(Err("two parts of the database share a page"))?;
                    continue;
                }
                None => {
                    each(Err("a page of the database lies outside of the file"))?;
                    continue;
                }
            }
            let header_at = if number == 1 { FILE_HEADER_BYTES } else { 0 };
            let tree = self.page(number).and_then(|page| Some((page, page.get(header_at..)?)));
            let Some((page, header)) = tree else {
                each(Err("a page of the database lies outside of the file"))?;
                continue;
            };
            let cells = BIG.short(header, 3).unwrap_or_default();
            match header.first() {
                Some(&LEAF) => {
                    for cell in places(header, 8, cells) {
                        each(cell.and_then(|at| self.row(page, at)).ok_or("a row is damaged"))?;
                    }
                }
                Some(&INTERIOR) => {
                    let first = waiting.len();
                    let below = places(header, 12, cells).map(|at| BIG.size(page, at?));
                    for child in below.chain([BIG.size(header, 8)]) {
                        match child {
                            // More children than pages cannot all be new ones.
                            Some(child) if waiting.len() <= seen.len() => waiting.push(child),
                            _ => each(Err("a page of the database is damaged"))?,
                        }
                    }
                    if let Some(children) = waiting.get_mut(first..) {
                        children.reverse();
                    }
                }
                _ => each(Err("a page of the database is not of a table"))?,
            }
        }
        Ok(())
    }

    /// The row at a place of a leaf page.
    fn row<'d>(&'d self, page: &'a [u8], at: usize) -> Option<Row<'d, 'a>> {
        let (length, rest) = varint(page.get(at..)?)?;
        let (_number, rest) = varint(rest)?;
        let length = usize::try_from(length).ok()?;
        let largest = self.usable.checked_sub(35)?;
        if length <= largest {
            return Some(Row { database: self, length, here: part(rest, 0, length)?, overflow: 0 });
        }
        // How much of a large row stays on its leaf page is fixed by the format.
        let smallest = (self.usable.checked_sub(12)?.checked_mul(32)? / 255).checked_sub(23)?;
        let filled = smallest
            .checked_add(length.checked_sub(smallest)?.checked_rem(self.usable.checked_sub(4)?)?)?;
        let here_bytes = if filled <= largest { filled } else { smallest };
        let here = part(rest, 0, here_bytes)?;
        Some(Row { database: self, length, here, overflow: BIG.size(rest, here_bytes)? })
    }

    /// The root page of `Packages`, if this row of the schema describes it. The columns are type,
    /// name, table, root page and statement.
    fn root_of_packages(&self, payload: &[u8]) -> Option<usize> {
        let mut columns = Columns::new(payload)?;
        let (kind, name) = (columns.next()?, columns.next()?);
        let _table = columns.next()?;
        let root = columns.next()?;
        if !self.is_text(kind, "table") || !self.is_text(name, "Packages") {
            return None;
        }
        let root = root.bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        usize::try_from(root).ok()
    }

    /// Whether a column holds a text, whichever way the database encodes texts.
    fn is_text(&self, column: Column<'_>, expected: &str) -> bool {
        let endian = match self.encoding {
            2 => Endian::Little,
            3 => Endian::Big,
            _ => return column.bytes.eq_ignore_ascii_case(expected.as_bytes()),
        };
        let units = (0..column.bytes.len()).step_by(2).map(|at| endian.u16(column.bytes, at));
        let text: Option<Vec<u16>> = units.collect();
        text.and_then(|units| String::from_utf16(&units).ok())
            .is_some_and(|text| text.eq_ignore_ascii_case(expected))
    }
}

impl<'a> Row<'_, 'a> {
    /// All of the row, if its overflow pages hold all of it. Each of them adds bytes, so that a
    /// chain that leads back into itself ends as well.
    fn payload(&self) -> Option<Cow<'a, [u8]>> {
        if self.here.len() == self.length {
            return Some(Cow::Borrowed(self.here));
        }
        let mut payload = Vec::with_capacity(self.length);
        payload.extend_from_slice(self.here);
        let mut number = self.overflow;
        while payload.len() < self.length {
            let page = self.database.page(number)?;
            number = BIG.size(page, 0)?;
            let content = page.get(4..)?;
            let missing = self.length.checked_sub(payload.len())?;
            payload.extend_from_slice(content.get(..missing).unwrap_or(content));
        }
        Some(Cow::Owned(payload))
    }
}

/// The places of a page's cells.
fn places(header: &[u8], at: usize, cells: usize) -> impl Iterator<Item = Option<usize>> {
    (0..cells).map(move |cell| BIG.short(header, cell.checked_mul(2)?.checked_add(at)?))
}

/// A number of one to nine bytes, seven bits each and eight in the ninth; and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (position, byte) in bytes.iter().enumerate() {
        if position == 8 {
            return Some(((number << 8) | u64::from(*byte), bytes.get(9..)?));
        }
        number = (number << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(position.checked_add(1)?..)?));
        }
    }
    None
}

/// A column of a row.
#[derive(Clone, Copy)]
struct Column<'a> {
    kind: u64,
    bytes: &'a [u8],
}

/// The columns of a row: the types of all of them come first, then their bytes.
struct Columns<'a> {
    types: &'a [u8],
    content: &'a [u8],
}

impl<'a> Columns<'a> {
    fn new(payload: &'a [u8]) -> Option<Self> {
        let (header_bytes, rest) = varint(payload)?;
        let (header, content) = payload.split_at_checked(usize::try_from(header_bytes).ok()?)?;
        let types = header.get(payload.len().checked_sub(rest.len())?..)?;
        Some(Self { types, content })
    }
}

impl<'a> Iterator for Columns<'a> {
    type Item = Column<'a>;

    fn next(&mut self) -> Option<Column<'a>> {
        let (kind, types) = varint(self.types)?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            12.. => kind.checked_sub(12)? / 2,
        };
        let (bytes, content) = self.content.split_at_checked(usize::try_from(length).ok()?)?;
        (self.types, self.content) = (types, content);
        Some(Column { kind, bytes })
    }
}

/// The header in a row of `Packages`: its second column, the first being the row's number.
fn blob(payload: &[u8]) -> Option<&[u8]> {
    let column = Columns::new(payload)?.nth(1)?;
    // Even types from 12 on are blobs.
    (column.kind >= 12 && column.kind % 2 == 0).then_some(column.bytes)
}
