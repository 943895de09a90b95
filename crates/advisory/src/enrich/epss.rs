//! EPSS in nine bytes a vulnerability.

use super::Kind;
use super::table::{Table, TableRef};
use crate::build::BuildError;
use crate::format::pack_cve;
use crate::segment::Damage;
use lazaret_core::finding::Epss;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const NAME: &str = "epss";
/// The CVE, then score and percentile.
const ROW_BYTES: usize = 9;
/// Both are published with five decimals.
const STEPS: u32 = 100_000;
/// Bits of one of them; 2¹⁷ is the first power of two above [`STEPS`].
const BITS: u32 = 17;

/// The table of these rows; a key that is no CVE id has no place in it.
pub(super) fn table(rows: &BTreeMap<String, Epss>) -> Result<Table<'_>, BuildError> {
    let mut table = Table::new(NAME, Kind::Epss, BTreeSet::new())?;
    let packed: BTreeMap<u32, &Epss> =
        rows.iter().filter_map(|(cve, epss)| Some((pack_cve(cve)?, epss))).collect();
    for (cve, epss) in packed {
        let both = (u64::from(steps(epss.percentile)) << BITS) | u64::from(steps(epss.score));
        let bytes = cve.to_le_bytes().into_iter().chain(both.to_le_bytes());
        table.push(bytes.take(ROW_BYTES));
    }
    Ok(table)
}

/// What is said of a CVE.
pub(super) fn find(table: TableRef<'_>, cve: u32) -> Result<Option<Epss>, Damage> {
    table.find::<ROW_BYTES>(cve).map(epss).transpose()
}

/// Reads every row.
pub(super) fn check(table: TableRef<'_>) -> Result<usize, Damage> {
    table.rows::<ROW_BYTES>().iter().try_for_each(|row| epss(row).map(drop))?;
    table.check_order::<ROW_BYTES>()
}

fn epss(row: &[u8; ROW_BYTES]) -> Result<Epss, Damage> {
    let both = row.iter().skip(4).rev().fold(0_u64, |both, byte| (both << 8) | u64::from(*byte));
    let part = |shift: u32| {
        let steps = u32::try_from((both >> shift) & ((1 << BITS) - 1)).unwrap_or(u32::MAX);
        if steps <= STEPS { Ok(f64::from(steps) / f64::from(STEPS)) } else { Err(Damage("rows")) }
    };
    Ok(Epss { score: part(0)?, percentile: part(BITS)? })
}

/// A share as a number of steps.
fn steps(share: f64) -> u32 {
    let wanted = (share * f64::from(STEPS)).round();
    // The number at or below `wanted`, by halving: there is no checked cast from a float.
    let (mut low, mut high) = (0, STEPS);
    while low < high {
        let middle = low.midpoint(high.saturating_add(1));
        if f64::from(middle) <= wanted {
            low = middle;
        } else {
            high = middle.saturating_sub(1);
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_steps() {
        for (share, expected) in [
            (0.0, 0),
            (0.000_01, 1),
            (0.943_58, 94_358),
            (0.999_99, 99_999),
            (1.0, 100_000),
            (7.0, 100_000),
            (-1.0, 0),
            (f64::NAN, 0),
        ] {
            assert_eq!(steps(share), expected, "{share}");
        }
    }
}
