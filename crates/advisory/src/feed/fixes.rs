//! Fixes of one package by several errata, as one statement.

use crate::module::Build;
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::version::Scheme;
use std::cmp::Ordering;

/// Two statements about one package and vulnerability, as one.
///
/// Where both fix the same line of the package, the higher fix counts, because the lower one was
/// incomplete. A line is where a range begins and how the package was built: in a module or not.
pub(super) fn joined(scheme: Scheme, mut first: Affected, second: Affected) -> Affected {
    for range in second.ranges {
        let Some(known) = first.ranges.iter_mut().find(|known| same_line(scheme, known, &range))
        else {
            if !first.ranges.contains(&range) {
                first.ranges.push(range);
            }
            continue;
        };
        if let (Some(new), Some(old)) = (fix(&range), fix(known))
            && order(scheme, new, old).then_with(|| new.cmp(old)).is_gt()
        {
            *known = range;
        }
    }
    first.ranges.sort_by(|a, b| build(scheme, a).cmp(&build(scheme, b)).then_with(|| a.cmp(b)));
    first.versions.extend(second.versions);
    first.versions.sort_unstable();
    first.versions.dedup();
    // One fix is enough to say that there is one.
    if second.status == Status::Fixed {
        first.status = Status::Fixed;
    }
    first.severity = first.severity.max(second.severity);
    first
}

/// The order of two fixed versions. A text that is no version is lower than any version, and two
/// such texts are ordered as text, so that the outcome does not depend on which came first.
pub(super) fn order(scheme: Scheme, a: &str, b: &str) -> Ordering {
    let text = || scheme.is_valid(a).cmp(&scheme.is_valid(b)).then_with(|| a.cmp(b));
    scheme.compare(a, b).unwrap_or_else(|_| text())
}

fn same_line(scheme: Scheme, a: &Range, b: &Range) -> bool {
    fix(a).is_some()
        && fix(b).is_some()
        && a.introduced == b.introduced
        && build(scheme, a) == build(scheme, b)
}

fn fix(range: &Range) -> Option<&str> {
    match &range.end {
        RangeEnd::Fixed(version) => Some(version),
        RangeEnd::LastAffected(_) | RangeEnd::Open => None,
    }
}

/// The way the fixed package was built. Ranges without a fix come last.
fn build(scheme: Scheme, range: &Range) -> (bool, Build) {
    match fix(range) {
        Some(version) if scheme == Scheme::Rpm => (false, Build::of(version)),
        fix => (fix.is_none(), Build::Plain),
    }
}
