//! bbolt, the key-value file that Trivy's database is: buckets of sorted keys in B+ trees of pages
//! (<https://github.com/etcd-io/bbolt>, as its sources lay pages out).
//!
//! Numbers are little-endian, as on every machine such files are made on. Nothing is trusted: a
//! page is entered once on the way through a bucket, and everything outside of the file is an
//! error.

use std::collections::BTreeSet;

/// Why bytes are no bbolt file, or not a whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BoltError {
    /// Neither of the two first pages describes a database.
    #[error("the file is not a bbolt database")]
    NotBolt,
    /// A page lies outside of the file, or is not what it should be.
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
}

const MAGIC: u32 = 0xed0c_daed;
const VERSION: u32 = 2;
/// Page number, flags, count and number of further pages.
const HEADER_BYTES: usize = 16;
/// Of a branch element: place, length of the key, page.
const BRANCH_BYTES: usize = 16;
/// Of a leaf element: flags, place, lengths of key and value.
const LEAF_BYTES: usize = 16;
/// Root page and sequence of a bucket.
const BUCKET_BYTES: usize = 16;
/// Bytes of a description before its checksum.
const META_BYTES: usize = 56;
const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
const META: u16 = 0x04;
/// The flag of an element that is a bucket.
const IS_BUCKET: u32 = 0x01;
/// Pages are between the least and the largest memory page of any system.
const PAGE_BYTES: std::ops::RangeInclusive<usize> = 512..=65_536;

/// A bbolt file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bolt<'a> {
    bytes: &'a [u8],
    page_bytes: usize,
    root: u64,
}

/// One bucket: keys with values, or with further buckets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket<'a> {
    bolt: Bolt<'a>,
    place: Place<'a>,
}

/// Where a bucket's first page is.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    /// A page of the file.
    Page(u64),
    /// Inside the element that names it: small buckets are kept so.
    Inline(&'a [u8]),
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// A bucket.
    Bucket(Bucket<'a>),
}

/// What is done with each key of a bucket, in the order of the keys.
pub(crate) type EachKey<'f, 'a, E> = &'f mut dyn FnMut(&'a [u8], Value<'a>) -> Result<(), E>;

impl<'a> Bolt<'a> {
    /// Whether bytes begin as a bbolt file does.
    pub(crate) fn is_bolt(bytes: &[u8]) -> bool {
        u32_at(bytes, HEADER_BYTES) == Some(MAGIC)
    }

    /// Reads the newer of the two descriptions that is whole.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, BoltError> {
        // The first description says how large pages are, and so where the second one is. Where
        // the first is damaged, the second is looked for at every size a page can have.
        let first = meta(bytes, 0);
        let sizes = (9..=16).map(|shift| 1_usize << shift);
        let second = match first {
            Some(found) => meta(bytes, found.page_bytes),
            None => sizes
                .clone()
                .find_map(|size| meta(bytes, size).filter(|found| found.page_bytes == size)),
        };
        let newest = [first, second].into_iter().flatten().max_by_key(|found| found.transaction);
        let Some(found) = newest else { return Err(BoltError::NotBolt) };
        Ok(Self { bytes, page_bytes: found.page_bytes, root: found.root })
    }

    /// The bucket of all buckets.
    pub(crate) const fn root(self) -> Bucket<'a> {
        Bucket { bolt: self, place: Place::Page(self.root) }
    }

    /// A page with the pages that continue it.
    fn page(&self, number: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(number).ok()?.checked_mul(self.page_bytes)?;
        let rest = self.bytes.get(start..)?;
        if u64_at(rest, 0)? != number {
            return None;
        }
        let further = usize::try_from(u32_at(rest, 12)?).ok()?;
        rest.get(..further.checked_add(1)?.checked_mul(self.page_bytes)?)
    }
}

impl<'a> Bucket<'a> {
    /// Shows every key, in order. Stops at the first error, of the file or of the caller.
    pub(crate) fn each<E: From<BoltError>>(self, each: EachKey<'_, 'a, E>) -> Result<(), E> {
        let mut entered = BTreeSet::new();
        let mut waiting = Vec::new();
        match self.place {
            Place::Inline(page) => return self.leaf(page, each),
            Place::Page(number) => waiting.push(number),
        }
        while let Some(number) = waiting.pop() {
            if !entered.insert(number) {
                return Err(BoltError::Damaged("two parts of a bucket share a page").into());
            }
            let page = self.bolt.page(number);
            let page = page.ok_or(BoltError::Damaged("a page lies outside of the file"))?;
            match u16_at(page, 8) {
                Some(LEAF) => self.leaf(page, each)?,
                Some(BRANCH) => {
                    let first = waiting.len();
                    for position in 0..count(page) {
                        let at = HEADER_BYTES.saturating_add(position.saturating_mul(BRANCH_BYTES));
                        let child = u64_at(page, at.saturating_add(8));
                        waiting.push(child.ok_or(BoltError::Damaged("a page is cut off"))?);
                    }
                    if let Some(children) = waiting.get_mut(first..) {
                        children.reverse();
                    }
                }
                _ => return Err(BoltError::Damaged("a page is not of a bucket").into()),
            }
        }
        Ok(())
    }

    /// What stands behind a key.
    pub(crate) fn get(self, key: &[u8]) -> Result<Option<Value<'a>>, BoltError> {
        let mut page = match self.place {
            Place::Inline(page) => page,
            Place::Page(number) => self.page(number)?,
        };
        // Every level halves what is left at least, and a page number has 64 bits.
        for _ in 0..64 {
            match u16_at(page, 8) {
                Some(LEAF) => return self.search(page, key),
                Some(BRANCH) => page = self.page(branch_to(page, key)?)?,
                // Pages inside an element need no type of their own.
                _ if matches!(self.place, Place::Inline(_)) => return self.search(page, key),
                _ => return Err(BoltError::Damaged("a page is not of a bucket")),
            }
        }
        Err(BoltError::Damaged("a bucket is too deep"))
    }

    fn page(&self, number: u64) -> Result<&'a [u8], BoltError> {
        self.bolt.page(number).ok_or(BoltError::Damaged("a page lies outside of the file"))
    }

    fn leaf<E: From<BoltError>>(&self, page: &'a [u8], each: EachKey<'_, 'a, E>) -> Result<(), E> {
        for position in 0..count(page) {
            let (key, value) = self.element(page, position)?;
            each(key, value)?;
        }
        Ok(())
    }

    /// A key of a leaf, found by halving.
    fn search(&self, page: &'a [u8], key: &[u8]) -> Result<Option<Value<'a>>, BoltError> {
        let (mut low, mut high) = (0, count(page));
        while low < high {
            let middle = low.midpoint(high);
            let (found, value) = self.element(page, middle)?;
            match found.cmp(key) {
                std::cmp::Ordering::Equal => return Ok(Some(value)),
                std::cmp::Ordering::Less => low = middle.saturating_add(1),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// An element of a leaf.
    fn element(&self, page: &'a [u8], position: usize) -> Result<(&'a [u8], Value<'a>), BoltError> {
        const CUT: BoltError = BoltError::Damaged("an element lies outside of its page");
        let at = HEADER_BYTES.saturating_add(position.saturating_mul(LEAF_BYTES));
        let field = |offset: usize| u32_at(page, at.saturating_add(offset)).ok_or(CUT);
        let size = |offset| usize::try_from(field(offset)?).map_err(|_| CUT);
        let flags = field(0)?;
        let start = at.checked_add(size(4)?).ok_or(CUT)?;
        let middle = start.checked_add(size(8)?).ok_or(CUT)?;
        let end = middle.checked_add(size(12)?).ok_or(CUT)?;
        let key = page.get(start..middle).ok_or(CUT)?;
        let value = page.get(middle..end).ok_or(CUT)?;
        if flags & IS_BUCKET == 0 {
            return Ok((key, Value::Bytes(value)));
        }
        let place = match u64_at(value, 0).ok_or(CUT)? {
            0 => Place::Inline(value.get(BUCKET_BYTES..).ok_or(CUT)?),
            number => Place::Page(number),
        };
        Ok((key, Value::Bucket(Bucket { bolt: self.bolt, place })))
    }
}

/// The child of a branch that holds a key: the last one that begins no later than it.
fn branch_to(page: &[u8], key: &[u8]) -> Result<u64, BoltError> {
    const CUT: BoltError = BoltError::Damaged("an element lies outside of its page");
    let (mut low, mut high) = (0, count(page));
    let at = |position: usize| HEADER_BYTES.saturating_add(position.saturating_mul(BRANCH_BYTES));
    let first_key = |position: usize| -> Option<&[u8]> {
        let at = at(position);
        let start = at.checked_add(usize::try_from(u32_at(page, at)?).ok()?)?;
        let length = usize::try_from(u32_at(page, at.checked_add(4)?)?).ok()?;
        page.get(start..start.checked_add(length)?)
    };
    while low < high {
        let middle = low.midpoint(high);
        if first_key(middle).ok_or(CUT)? <= key {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    u64_at(page, at(low.saturating_sub(1)).saturating_add(8)).ok_or(CUT)
}

/// What a description says.
#[derive(Clone, Copy)]
struct Meta {
    page_bytes: usize,
    root: u64,
    transaction: u64,
}

/// The description on the page that begins here, if it is one and its checksum holds.
fn meta(bytes: &[u8], start: usize) -> Option<Meta> {
    let page = bytes.get(start..)?;
    let described = page.get(HEADER_BYTES..HEADER_BYTES.checked_add(META_BYTES)?)?;
    let checksum = u64_at(page, HEADER_BYTES.checked_add(META_BYTES)?)?;
    let page_bytes = usize::try_from(u32_at(described, 8)?).ok()?;
    let is_meta = u16_at(page, 8)? & META != 0
        && u32_at(described, 0)? == MAGIC
        && u32_at(described, 4)? == VERSION
        && PAGE_BYTES.contains(&page_bytes)
        && page_bytes.is_power_of_two()
        && checksum == fnv1a(described);
    is_meta.then_some(())?;
    Some(Meta { page_bytes, root: u64_at(described, 16)?, transaction: u64_at(described, 48)? })
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn count(page: &[u8]) -> usize {
    u16_at(page, 10).map_or(0, usize::from)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|raw| u16::from_le_bytes(*raw))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|raw| u32::from_le_bytes(*raw))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|raw| u64::from_le_bytes(*raw))
}
