//! What fuzz targets and their replay in the tests call: hostile bytes in, nothing but values out.

use crate::enrich::Kind;
use crate::format::IdRef;
use crate::manifest::Manifest;
use crate::segment::{Damage, SegmentRef};

/// Most rows read from one input. Hostile rows may all share one long list, which would make the
/// work quadratic; a real segment is pinned by its digest and cannot.
const ROWS_MAX: usize = 10_000;

/// Most packages looked up from one input, for the same reason: hostile slots may all be taken.
const PACKAGES_MAX: usize = 1_000;

/// Reads a segment to its last reference and looks up every package it names.
pub fn segment(bytes: &[u8]) {
    let Ok(segment) = SegmentRef::parse(bytes) else { return };
    let _: Result<(), Damage> = walk(segment);
    let _: Option<Result<_, Damage>> =
        segment.lookup("no such package").ok().and_then(|mut rows| rows.next());
}

fn walk(segment: SegmentRef<'_>) -> Result<(), Damage> {
    segment.name()?;
    segment.ecosystem()?;
    segment.scheme()?;
    let mut budget = ROWS_MAX;
    for package in segment.packages().take(PACKAGES_MAX) {
        let Ok((name, rows)) = package else { continue };
        segment.lookup(name)?;
        for row in rows {
            let Some(left) = budget.checked_sub(1) else { return Ok(()) };
            budget = left;
            let Ok(row) = row else { continue };
            let (_, _) = (row.first_seen(), row.fix_first_seen());
            let ranges = row.ranges().take(ROWS_MAX).filter_map(Result::ok);
            let versions = row.versions().take(ROWS_MAX).filter_map(Result::ok);
            budget = budget.saturating_sub(ranges.count().saturating_add(versions.count()));
            let Ok(advisory) = row.advisory() else { continue };
            let ids = advisory.aliases().filter_map(Result::ok).filter(IdRef::is_cve);
            let scores = advisory.scores().filter_map(Result::ok);
            let facts = ids.count().saturating_add(scores.count());
            budget = budget.saturating_sub(facts.saturating_add(advisory.cwes().count()));
        }
    }
    Ok(())
}

/// Reads bytes as each kind of table, to its last reference, and asks it.
pub fn tables(bytes: &[u8]) {
    for kind in Kind::ALL {
        let _: Option<usize> = crate::enrich::check(kind, bytes).ok().map(|(_, rows)| rows);
    }
    crate::enrich::ask(bytes);
}

/// Reads a manifest.
pub fn manifest(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::parse(bytes) {
        drop(manifest.to_json());
    }
}
