//! Whether a version lies in a range.

use lazaret_core::advisory::{Range, RangeEnd};
use lazaret_core::version::Scheme;

/// A [`Range`] borrowed from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeRef<'a> {
    /// The first affected version; absent when every version before the end is affected.
    pub introduced: Option<&'a str>,
    /// Where it ends.
    pub end: EndRef<'a>,
}

/// A [`RangeEnd`] borrowed from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRef<'a> {
    /// The first version that is not affected any more.
    Fixed(&'a str),
    /// The last version that is affected.
    LastAffected(&'a str),
    /// No end is known.
    Open,
}

impl<'a> RangeRef<'a> {
    /// The range of its own.
    pub fn to_range(self) -> Range {
        let end = match self.end {
            EndRef::Fixed(version) => RangeEnd::Fixed(version.to_owned()),
            EndRef::LastAffected(version) => RangeEnd::LastAffected(version.to_owned()),
            EndRef::Open => RangeEnd::Open,
        };
        Range { introduced: self.introduced.map(str::to_owned), end }
    }

    /// The version with the fix, where the range ends with one.
    pub fn fixed(self) -> Option<&'a str> {
        match self.end {
            EndRef::Fixed(version) => Some(version),
            EndRef::LastAffected(_) | EndRef::Open => None,
        }
    }

    /// Whether a version lies in the range; `None` when it or a bound is no version of the scheme.
    pub fn contains(self, scheme: Scheme, version: &str) -> Option<bool> {
        let from = match self.introduced {
            Some(introduced) => scheme.compare(introduced, version).ok()?.is_le(),
            None => true,
        };
        let until = match self.end {
            EndRef::Fixed(fixed) => scheme.compare(version, fixed).ok()?.is_lt(),
            EndRef::LastAffected(last) => scheme.compare(version, last).ok()?.is_le(),
            EndRef::Open => true,
        };
        Some(from && until)
    }
}

impl<'a> From<&'a Range> for RangeRef<'a> {
    fn from(range: &'a Range) -> Self {
        let end = match &range.end {
            RangeEnd::Fixed(version) => EndRef::Fixed(version),
            RangeEnd::LastAffected(version) => EndRef::LastAffected(version),
            RangeEnd::Open => EndRef::Open,
        };
        Self { introduced: range.introduced.as_deref(), end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_half_open_or_closed_as_they_say() {
        let fixed = RangeRef { introduced: Some("1.0"), end: EndRef::Fixed("2.0") };
        let last = RangeRef { introduced: None, end: EndRef::LastAffected("2.0") };
        let open = RangeRef { introduced: Some("1.0"), end: EndRef::Open };
        for (version, in_fixed, in_last, in_open) in [
            ("0.9", false, true, false),
            ("1.0", true, true, true),
            ("1.9.9", true, true, true),
            ("2.0rc1", true, true, true),
            ("2.0", false, true, true),
            ("2.0.post1", false, false, true),
        ] {
            assert_eq!(fixed.contains(Scheme::Pep440, version), Some(in_fixed), "{version}");
            assert_eq!(last.contains(Scheme::Pep440, version), Some(in_last), "{version}");
            assert_eq!(open.contains(Scheme::Pep440, version), Some(in_open), "{version}");
        }
    }

    #[test]
    fn what_is_no_version_is_in_no_range() {
        let broken = RangeRef { introduced: None, end: EndRef::Fixed("not a version") };
        assert_eq!(broken.contains(Scheme::Pep440, "1.0"), None);
        let range = RangeRef { introduced: None, end: EndRef::Fixed("2.0") };
        assert_eq!(range.contains(Scheme::Pep440, "not a version"), None);
    }
}
