//! The segment of programs that no package manager knows of, such as language runtimes.

use super::Gap;
use super::gather::{Gather, Segment};
use lazaret_core::advisory::{Range, RangeEnd};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// Whatever program is asked for, most have no advisories here.
const FEW: Gap = Gap {
    weight: 5,
    lacking: "about Node.js, Ruby, Kubernetes and the Haskell compiler, and no other program",
};

/// The segment, which holds what the NVD says of programs as well: its versions are in the order of
/// those.
pub(super) fn segment() -> Segment {
    Segment { name: "programs".to_owned(), scheme: Scheme::Letters, ecosystem: Ecosystem::Generic }
}

/// Whether a segment is that of programs.
pub(super) fn is_segment(segment: &Segment) -> bool {
    segment.name == "programs"
}

/// Rewrites bounds that stand before every pre-release of a version: npm writes `2.0.0-0` there and
/// RubyGems `2.0.a`, where the segment's order has `-dev` for the first of all.
pub(super) fn fit(ranges: &mut [Range]) {
    for range in ranges {
        if let Some(introduced) = &mut range.introduced {
            fit_bound(introduced);
        }
        if let RangeEnd::Fixed(version) | RangeEnd::LastAffected(version) = &mut range.end {
            fit_bound(version);
        }
    }
}

fn fit_bound(version: &mut String) {
    for first in ["-0", ".a"] {
        if let Some(release) = version.strip_suffix(first) {
            *version = format!("{release}-dev");
            return;
        }
    }
}

/// Says which programs the segment is about, once a file has filled it.
pub(super) fn say_which(gather: &mut Gather) {
    gather.partial(&segment(), FEW);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_before_pre_releases_is_before_them_in_the_order_of_programs() {
        let order = |a: &str, b: &str| Scheme::Letters.compare(a, b).unwrap();
        for (bound, below, above) in [
            ("3.2.a", "3.1.9", "3.2.0-preview1"),
            ("3.2.a", "3.1.9", "3.2.0"),
            ("20.0.0-0", "19.9.9", "20.0.0-rc.1"),
            ("20.0.0-0", "19.9.9", "20.0.0"),
        ] {
            let end = RangeEnd::Fixed(bound.to_owned());
            let mut ranges = [Range { introduced: Some(bound.to_owned()), end }];
            fit(&mut ranges);
            let [Range { introduced: Some(fitted), end: RangeEnd::Fixed(end) }] = &ranges else {
                panic!("{ranges:?}")
            };
            assert_eq!(fitted, end);
            assert!(order(below, fitted).is_lt(), "{below} {fitted}");
            assert!(order(fitted, above).is_le(), "{fitted} {above}");
        }
    }
}
