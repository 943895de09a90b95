//! `Packages`: a hash table of Berkeley DB, which rpm used up to 4.15.
//!
//! Page 0 describes the table. Each bucket is a chain of pages that hold keys and values in turn;
//! a value too large for its page lies in a chain of overflow pages. The structures are those of
//! Berkeley DB's `dbinc/db_page.h`, and numbers are in the order of the machine that wrote them.

use super::int::{Endian, part};
use super::packages::{GIVES, Packages};
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};

/// Packages in a Berkeley DB.
pub(crate) static BDB: Extractor = Extractor {
    id: "rpm/bdb",
    version: 2,
    title: "RPM package database, Berkeley DB",
    spec: "https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h",
    selects: &[
        Select::Path("usr/lib/sysimage/rpm/Packages"),
        Select::Path("usr/share/rpm/Packages"),
        Select::Path("var/lib/rpm/Packages"),
    ],
    gives: GIVES,
    run,
};

const HASH_MAGIC: u32 = 0x0006_1561;
/// Bytes before the places of a page's items, or before the data of an overflow page.
const PAGE_HEADER_BYTES: usize = 26;
/// Where the table of the first page of each doubling stands, and how many there are.
const SPARES_AT: usize = 96;
const SPARES: usize = 32;
/// The flag of pages that carry a checksum, which makes their header longer. rpm does not set it.
const WITH_CHECKSUM: u8 = 1;

/// Types of pages.
mod page {
    pub(super) const UNUSED: u8 = 0;
    pub(super) const HASH_UNSORTED: u8 = 2;
    pub(super) const OVERFLOW: u8 = 7;
    pub(super) const HASH_META: u8 = 8;
    pub(super) const HASH: u8 = 13;
}

/// Types of items.
mod item {
    pub(super) const HERE: u8 = 1;
    pub(super) const ON_OTHER_PAGES: u8 = 3;
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let table = Table::open(input.bytes)?;
    let mut packages = Packages::new(input, sink);
    let mut seen = vec![false; table.pages];
    let mut assembled = Vec::new();
    for bucket in 0..=table.last_bucket {
        let mut number = table.page_of(bucket);
        // Every chain ends: a page that was seen before is not entered again.
        loop {
            let Some(page) = number.and_then(|number| table.page(number)) else {
                packages.broken("a bucket of the database lies outside of the file");
                break;
            };
            match number.and_then(|number| seen.get_mut(number)) {
                Some(seen) if !*seen => *seen = true,
                _ => {
                    packages.broken("two buckets of the database share a page");
                    break;
                }
            }
            match page.get(25).copied() {
                Some(page::HASH | page::HASH_UNSORTED) => {
                    table.read_page(page, &mut assembled, &mut packages)?;
                }
                // Made ready for a bucket that never got a package.
                Some(page::UNUSED) => break,
                _ => {
                    packages.broken("a page of the database is not of the hash table");
                    break;
                }
            }
            number = table.endian.size(page, 16);
            if number == Some(0) {
                break;
            }
        }
    }
    packages.finish()
}

struct Table<'a> {
    bytes: &'a [u8],
    endian: Endian,
    page_bytes: usize,
    /// Whole pages in the file.
    pages: usize,
    last_bucket: usize,
}

impl<'a> Table<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let is_hash = |endian: &Endian| endian.u32(bytes, 12) == Some(HASH_MAGIC);
        let endian = [Endian::Little, Endian::Big].into_iter().find(is_hash);
        let endian = endian.ok_or_else(|| {
            ParseError::new("the file is not a package database of rpm (Berkeley DB hash)")
        })?;
        let cut = || ParseError::new("the package database is cut off");
        let version = endian.u32(bytes, 16).ok_or_else(cut)?;
        if !matches!(version, 7..=10) {
            return Err(ParseError::new(format!("version {version} of the database is not known")));
        }
        let page_bytes = endian.size(bytes, 20).ok_or_else(cut)?;
        if !(512..=65_536).contains(&page_bytes) || !page_bytes.is_power_of_two() {
            return Err(ParseError::new(format!("the database has pages of {page_bytes} bytes")));
        }
        let [encryption, kind, flags] =
            *part(bytes, 24, 3).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
        if encryption != 0 || flags & WITH_CHECKSUM != 0 {
            return Err(ParseError::new("the database is encrypted or has checksums"));
        }
        if kind != page::HASH_META {
            return Err(ParseError::new("the first page of the database does not describe it"));
        }
        let pages = bytes.len() / page_bytes;
        let last_bucket = endian.size(bytes, 72).ok_or_else(cut)?;
        if last_bucket >= pages {
            return Err(cut());
        }
        Ok(Self { bytes, endian, page_bytes, pages, last_bucket })
    }

    /// The first page of a bucket. Each doubling of the table put its buckets in a row, and the
    /// table of spares says where.
    fn page_of(&self, bucket: usize) -> Option<usize> {
        let doubling = bucket.checked_add(1)?.checked_next_power_of_two()?.trailing_zeros();
        let doubling = usize::try_from(doubling).ok().filter(|doubling| *doubling < SPARES)?;
        let spare =
            self.endian.size(self.bytes, SPARES_AT.checked_add(doubling.checked_mul(4)?)?)?;
        bucket.checked_add(spare)
    }

    fn page(&self, number: usize) -> Option<&'a [u8]> {
        part(self.bytes, number.checked_mul(self.page_bytes)?, self.page_bytes)
    }

    /// Reads the packages of one page. Its items are filled in from its end, so that each reaches
    /// up to the one before it.
    fn read_page(
        &self,
        page: &'a [u8],
        assembled: &mut Vec<u8>,
        packages: &mut Packages<'_, '_>,
    ) -> Result<(), ParseError> {
        const DAMAGED: &str = "a page of the database is damaged";
        let items = self.endian.short(page, 20).unwrap_or_default();
        let mut end = page.len();
        let mut key: Option<&[u8]> = None;
        for position in 0..items {
            let place = position.saturating_mul(2).saturating_add(PAGE_HEADER_BYTES);
            let start = self.endian.short(page, place).filter(|start| *start > place);
            let Some((start, item)) = start.and_then(|at| Some((at, page.get(at..end)?))) else {
                packages.broken(DAMAGED);
                return Ok(());
            };
            end = start;
            let Some((kind, content)) = item.split_first() else {
                packages.broken(DAMAGED);
                return Ok(());
            };
            let Some(number) = key.take() else {
                key = Some(content);
                continue;
            };
            // Number 0 is not a package but the highest number in use.
            if number.iter().all(|byte| *byte == 0) {
                continue;
            }
            match *kind {
                item::HERE => {
                    packages.reserve(content.len())?;
                    packages.header(content);
                }
                item::ON_OTHER_PAGES => {
                    let chain = self.endian.size(item, 4).zip(self.endian.size(item, 8));
                    let Some((first, length)) = chain else {
                        packages.broken(DAMAGED);
                        continue;
                    };
                    packages.reserve(length)?;
                    match self.assemble(first, length, assembled) {
                        Some(()) => packages.header(assembled),
                        None => packages.broken("a package's pages do not hold all of it"),
                    }
                }
                _ => packages.broken("a package of the database is stored in an unknown way"),
            }
        }
        Ok(())
    }

    /// Puts a value together from its overflow pages. Each of them adds at least one byte, so that
    /// a chain that leads back into itself ends as well.
    fn assemble(&self, first: usize, length: usize, value: &mut Vec<u8>) -> Option<()> {
        value.clear();
        let mut number = first;
        while value.len() < length {
            let page = self.page(number).filter(|page| page.get(25) == Some(&page::OVERFLOW))?;
            let held = self.endian.short(page, 22)?.min(length.checked_sub(value.len())?);
            if held == 0 {
                return None;
            }
            value.extend_from_slice(part(page, PAGE_HEADER_BYTES, held)?);
            number = self.endian.size(page, 16)?;
        }
        Some(())
    }
}
