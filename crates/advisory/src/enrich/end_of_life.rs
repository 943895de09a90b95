//! Until when releases are looked after, sixteen bytes each.

use super::table::{Table, TableRef};
use super::{Cycle, Kind, day};
use crate::build::BuildError;
use crate::segment::{Damage, words_of};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const NAME: &str = "end-of-life";
/// Product, release, end of the support for everyone, end of the support for subscribers.
const ROW_BYTES: usize = 16;
/// The word for an end that is not known.
const UNKNOWN: u32 = u32::MAX;
/// The word for an end that is past, on a day that is not known.
const PAST: u32 = u32::MAX - 1;

/// When a kind of support ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ends {
    /// That is not known, or there is no such support.
    #[default]
    Unknown,
    /// It ended, on a day that is not known.
    Past,
    /// It lasts to the end of this day, counted from 1970.
    On(u16),
}

impl Ends {
    /// The end of a support that lasts until a day such as `2024-06-30`.
    pub fn on(day: &str) -> Option<Self> {
        day::number(day).map(Self::On)
    }

    /// The last day (RFC 3339 date), where it is known.
    pub fn day(self) -> Option<String> {
        match self {
            Self::On(number) => day::text(number),
            Self::Unknown | Self::Past => None,
        }
    }

    fn word(self) -> u32 {
        match self {
            Self::Unknown => UNKNOWN,
            Self::Past => PAST,
            Self::On(day) => u32::from(day),
        }
    }

    fn of(word: u32) -> Result<Self, Damage> {
        match word {
            UNKNOWN => Ok(Self::Unknown),
            PAST => Ok(Self::Past),
            day => u16::try_from(day).map(Self::On).map_err(|_| Damage("rows")),
        }
    }
}

/// How long a release is looked after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Support {
    /// Security support by its makers.
    pub ends: Ends,
    /// Security support after that, by them or others, often for subscribers only.
    pub extended: Ends,
}

/// The table of these rows.
pub(super) fn table(rows: &BTreeMap<Cycle, Support>) -> Result<Table<'_>, BuildError> {
    let texts = rows.keys().flat_map(|(product, cycle)| [product.as_str(), cycle.as_str()]);
    let mut table = Table::new(NAME, Kind::EndOfLife, texts.collect::<BTreeSet<&str>>())?;
    for ((product, cycle), support) in rows {
        let row = [
            table.strings.text(product),
            table.strings.text(cycle),
            support.ends.word(),
            support.extended.word(),
        ];
        table.push(row.into_iter().flat_map(u32::to_le_bytes));
    }
    Ok(table)
}

/// The release of a product that a version is of: the same, or the longest that goes on with a
/// dot in the version.
pub(super) fn find(
    table: TableRef<'_>,
    product: &str,
    version: &str,
) -> Result<Option<Support>, Damage> {
    let mut cycle = version;
    loop {
        if let Some(support) = find_cycle(table, product, cycle)? {
            return Ok(Some(support));
        }
        let Some((shorter, _)) = cycle.rsplit_once('.') else { return Ok(None) };
        cycle = shorter;
    }
}

fn find_cycle(table: TableRef<'_>, product: &str, cycle: &str) -> Result<Option<Support>, Damage> {
    let rows = table.rows::<ROW_BYTES>();
    let (mut low, mut high) = (0, rows.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let Some(row) = rows.get(middle) else { break };
        let [name, release, ends, extended] = words_of(row);
        let here = (table.text(name)?, table.text(release)?);
        match here.cmp(&(product, cycle)) {
            Ordering::Less => low = middle.saturating_add(1),
            Ordering::Greater => high = middle,
            Ordering::Equal => {
                let support = Support { ends: Ends::of(ends)?, extended: Ends::of(extended)? };
                return Ok(Some(support));
            }
        }
    }
    Ok(None)
}

/// Reads every row.
pub(super) fn check(table: TableRef<'_>) -> Result<usize, Damage> {
    const ROWS: Damage = Damage("rows");
    let mut before = None;
    for row in table.rows::<ROW_BYTES>() {
        let [name, release, ends, extended] = words_of(row);
        let here = (table.text(name)?, table.text(release)?);
        Ends::of(ends)?;
        Ends::of(extended)?;
        if before.is_some_and(|before| before >= here) {
            return Err(ROWS);
        }
        before = Some(here);
    }
    let (rows, rest) = table.rows.as_chunks::<ROW_BYTES>();
    if rest.is_empty() { Ok(rows.len()) } else { Err(ROWS) }
}
