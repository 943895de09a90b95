//! Tables: trees of pages with the rows in their leaves, sorted by row number.

use crate::database::{Damage, Database};
use crate::int::{part, short_at, u32_at, varint};
use std::borrow::Cow;

/// Types of pages of a table.
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;
/// The header of the file, in front of the first page's own.
const FILE_HEADER_BYTES: usize = 100;
/// Where the places of cells begin, behind a page's header.
const LEAF_CELLS: usize = 8;
const INTERIOR_CELLS: usize = 12;
/// Levels of a tree. With two children a page, the least there can be, the largest file has 32.
const DEPTH_MAX: usize = 40;

const OUTSIDE: Damage = Damage("a page of the database lies outside of the file");
const NOT_A_TABLE: Damage = Damage("a page of the database is not of a table");
const ROW: Damage = Damage("a row is damaged");

/// A row that was found and not yet put together.
#[derive(Clone, Copy, Debug)]
pub struct Row<'d, 'a> {
    database: &'d Database<'a>,
    number: i64,
    length: usize,
    /// Its part on the leaf page.
    here: &'a [u8],
    /// The first page of the rest.
    overflow: u32,
}

/// What is done with each row of a table, and with what could not be read.
pub type EachRow<'f, 'd, 'a, E> = &'f mut dyn FnMut(Result<Row<'d, 'a>, Damage>) -> Result<(), E>;

impl<'a> Database<'a> {
    /// Shows every row of the table with this root page, in the order of their numbers. Stops at
    /// the first error of the caller.
    pub fn rows<'d, E>(&'d self, root: u32, each: EachRow<'_, 'd, 'a, E>) -> Result<(), E> {
        // Every page is entered once, however pages point at each other.
        let mut seen = vec![false; self.page_max().saturating_add(1)];
        let mut room = self.size_bytes();
        let mut waiting = vec![root];
        while let Some(number) = waiting.pop() {
            let entered = usize::try_from(number).ok().and_then(|number| seen.get_mut(number));
            match entered {
                Some(seen) if !*seen => *seen = true,
                Some(_) => {
                    each(Err(Damage("two parts of the database share a page")))?;
                    continue;
                }
                None => {
                    each(Err(OUTSIDE))?;
                    continue;
                }
            }
            let Some((page, header)) = self.tree_page(number) else {
                each(Err(OUTSIDE))?;
                continue;
            };
            let mut cells = short_at(header, 3).unwrap_or_default();
            // Every cell has a place of two bytes.
            if cells > header.len() / 2 {
                each(Err(Damage("a page of the database is damaged")))?;
                cells = header.len() / 2;
            }
            match header.first() {
                Some(&LEAF) => {
                    for position in 0..cells {
                        let at = place(header, LEAF_CELLS, position);
                        let row = at.and_then(|at| self.row_at(page, at)).ok_or(ROW);
                        if let Ok(row) = &row {
                            // Rows may all lead to the same bytes, again and again.
                            let Some(left) = room.checked_sub(row.length) else {
                                return each(Err(Damage(
                                    "the rows of a table are larger together than the file",
                                )));
                            };
                            room = left;
                        }
                        each(row)?;
                    }
                }
                Some(&INTERIOR) => {
                    let first = waiting.len();
                    let below = (0..cells)
                        .map(|position| u32_at(page, place(header, INTERIOR_CELLS, position)?));
                    for child in below.chain([u32_at(header, 8)]) {
                        match child {
                            // More children than pages cannot all be new ones.
                            Some(child) if waiting.len() <= seen.len() => waiting.push(child),
                            _ => each(Err(Damage("a page of the database is damaged")))?,
                        }
                    }
                    if let Some(children) = waiting.get_mut(first..) {
                        children.reverse();
                    }
                }
                _ => each(Err(NOT_A_TABLE))?,
            }
        }
        Ok(())
    }

    /// The row of this number in the table with this root page.
    pub fn row(&self, root: u32, number: i64) -> Result<Option<Row<'_, 'a>>, Damage> {
        let mut next = root;
        for _ in 0..DEPTH_MAX {
            let (page, header) = self.tree_page(next).ok_or(OUTSIDE)?;
            let cells = short_at(header, 3).unwrap_or_default();
            let (mut low, mut high) = (0, cells);
            match header.first() {
                Some(&LEAF) => {
                    while low < high {
                        let middle = low.midpoint(high);
                        let at = place(header, LEAF_CELLS, middle);
                        let row = at.and_then(|at| self.row_at(page, at)).ok_or(ROW)?;
                        match row.number.cmp(&number) {
                            std::cmp::Ordering::Equal => return Ok(Some(row)),
                            std::cmp::Ordering::Less => low = middle.saturating_add(1),
                            std::cmp::Ordering::Greater => high = middle,
                        }
                    }
                    return Ok(None);
                }
                Some(&INTERIOR) => {
                    // A child has the numbers up to that of its cell, the last one all above.
                    while low < high {
                        let middle = low.midpoint(high);
                        let last = place(header, INTERIOR_CELLS, middle)
                            .and_then(|at| varint(page.get(at.checked_add(4)?..)?))
                            .ok_or(Damage("a page of the database is damaged"))?;
                        if last.0.cast_signed() < number {
                            low = middle.saturating_add(1);
                        } else {
                            high = middle;
                        }
                    }
                    let child = if low == cells {
                        u32_at(header, 8)
                    } else {
                        place(header, INTERIOR_CELLS, low).and_then(|at| u32_at(page, at))
                    };
                    next = child.ok_or(Damage("a page of the database is damaged"))?;
                }
                _ => return Err(NOT_A_TABLE),
            }
        }
        Err(Damage("a table is too deep"))
    }

    /// A page of a tree, and the part of it that begins with its header.
    fn tree_page(&self, number: u32) -> Option<(&'a [u8], &'a [u8])> {
        let header_at = if number == 1 { FILE_HEADER_BYTES } else { 0 };
        let page = self.page(number)?;
        Some((page, page.get(header_at..)?))
    }

    /// The row at a place of a leaf page.
    fn row_at(&self, page: &'a [u8], at: usize) -> Option<Row<'_, 'a>> {
        let (length, rest) = varint(page.get(at..)?)?;
        let (number, rest) = varint(rest)?;
        let number = number.cast_signed();
        let length = usize::try_from(length).ok()?;
        let largest = self.usable.checked_sub(35)?;
        if length <= largest {
            let here = part(rest, 0, length)?;
            return Some(Row { database: self, number, length, here, overflow: 0 });
        }
        // How much of a large row stays on its leaf page is fixed by the format.
        let smallest = (self.usable.checked_sub(12)?.checked_mul(32)? / 255).checked_sub(23)?;
        let filled = smallest
            .checked_add(length.checked_sub(smallest)?.checked_rem(self.usable.checked_sub(4)?)?)?;
        let here_bytes = if filled <= largest { filled } else { smallest };
        let here = part(rest, 0, here_bytes)?;
        Some(Row { database: self, number, length, here, overflow: u32_at(rest, here_bytes)? })
    }
}

impl<'a> Row<'_, 'a> {
    /// Its number, which is also its integer primary key where the table has one.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Bytes of all of it.
    pub fn size_bytes(&self) -> usize {
        self.length
    }

    /// All of the row, if its overflow pages hold all of it. It may claim to be as large as the
    /// file, and no larger.
    pub fn payload(&self) -> Result<Cow<'a, [u8]>, Damage> {
        if self.here.len() == self.length {
            return Ok(Cow::Borrowed(self.here));
        }
        self.overflowing().map(Cow::Owned).ok_or(Damage("the pages of a row do not hold all of it"))
    }

    /// Each overflow page adds bytes, so that a chain that leads back into itself ends as well.
    fn overflowing(&self) -> Option<Vec<u8>> {
        if self.length > self.database.size_bytes() {
            return None;
        }
        let mut payload = Vec::with_capacity(self.length);
        payload.extend_from_slice(self.here);
        let mut number = self.overflow;
        while payload.len() < self.length {
            let page = self.database.page(number)?;
            number = u32_at(page, 0)?;
            let content = page.get(4..)?;
            let missing = self.length.checked_sub(payload.len())?;
            payload.extend_from_slice(content.get(..missing).unwrap_or(content));
        }
        Some(payload)
    }
}

/// The place of a page's cell.
fn place(header: &[u8], cells_at: usize, position: usize) -> Option<usize> {
    short_at(header, position.checked_mul(2)?.checked_add(cells_at)?)
}
