//! Sets of versions: what conditions such as `>= 1.2, < 1.4` hold of, and what they leave.

use lazaret_core::advisory::{Range, RangeEnd};
use lazaret_core::version::Scheme;
use std::cmp::Ordering;

/// A place between versions: just before one of them, or just behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cut {
    version: String,
    is_behind: bool,
}

impl Cut {
    fn before(version: &str) -> Self {
        Self { version: version.to_owned(), is_behind: false }
    }

    fn behind(version: &str) -> Self {
        Self { version: version.to_owned(), is_behind: true }
    }

    /// Texts that are no versions are refused where conditions are read, so there is an order.
    fn order(&self, other: &Self, scheme: Scheme) -> Ordering {
        let order = scheme.compare(&self.version, &other.version).unwrap_or(Ordering::Equal);
        order.then(self.is_behind.cmp(&other.is_behind))
    }
}

/// All versions between two places; without one, on that side there is no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    from: Option<Cut>,
    to: Option<Cut>,
}

impl Span {
    /// Every version.
    pub(super) const ALL: Self = Self { from: None, to: None };

    /// `>= version`.
    pub(super) fn at_least(version: &str) -> Self {
        Self { from: Some(Cut::before(version)), to: None }
    }

    /// `> version`.
    pub(super) fn above(version: &str) -> Self {
        Self { from: Some(Cut::behind(version)), to: None }
    }

    /// `< version`.
    pub(super) fn below(version: &str) -> Self {
        Self { from: None, to: Some(Cut::before(version)) }
    }

    /// `<= version`.
    pub(super) fn at_most(version: &str) -> Self {
        Self { from: None, to: Some(Cut::behind(version)) }
    }

    /// `= version`.
    pub(super) fn exactly(version: &str) -> Self {
        Self { from: Some(Cut::before(version)), to: Some(Cut::behind(version)) }
    }

    /// `>= from, < to`.
    pub(super) fn between(from: &str, to: &str) -> Self {
        Self { from: Some(Cut::before(from)), to: Some(Cut::before(to)) }
    }

    /// The versions that are in both, if there are any.
    pub(super) fn and(&self, other: &Self, scheme: Scheme) -> Option<Self> {
        let from = match (&self.from, &other.from) {
            (Some(a), Some(b)) => Some(if a.order(b, scheme).is_lt() { b } else { a }),
            (a, b) => a.as_ref().or(b.as_ref()),
        };
        let to = match (&self.to, &other.to) {
            (Some(a), Some(b)) => Some(if a.order(b, scheme).is_gt() { b } else { a }),
            (a, b) => a.as_ref().or(b.as_ref()),
        };
        let is_empty = from.zip(to).is_some_and(|(from, to)| from.order(to, scheme).is_ge());
        (!is_empty).then(|| Self { from: from.cloned(), to: to.cloned() })
    }

    /// The version it begins with, if it begins with one.
    pub(super) fn first(&self) -> Option<&str> {
        self.from.as_ref().filter(|cut| !cut.is_behind).map(|cut| cut.version.as_str())
    }

    /// As a range; nothing says what comes just behind some versions, and then the range begins
    /// with the version itself.
    fn to_range(&self, scheme: Scheme) -> Range {
        let introduced = self.from.as_ref().map(|cut| {
            let next = cut.is_behind.then(|| next_version(&cut.version, scheme)).flatten();
            next.unwrap_or_else(|| cut.version.clone())
        });
        let end = match &self.to {
            None => RangeEnd::Open,
            Some(cut) if cut.is_behind => RangeEnd::LastAffected(cut.version.clone()),
            Some(cut) => RangeEnd::Fixed(cut.version.clone()),
        };
        Range { introduced, end }
    }
}

/// The versions in any of them, as few spans in the order of versions.
pub(super) fn any_of(spans: Vec<Span>, scheme: Scheme) -> Vec<Span> {
    let begins = |a: &Span, b: &Span| match (&a.from, &b.from) {
        (Some(a), Some(b)) => a.order(b, scheme),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    let mut sorted: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        let at = sorted.partition_point(|before| begins(before, &span).is_le());
        sorted.insert(at, span);
    }
    let mut joined: Vec<Span> = Vec::with_capacity(sorted.len());
    for span in sorted {
        let Some(last) = joined.last_mut() else {
            joined.push(span);
            continue;
        };
        let touches = match (&last.to, &span.from) {
            (Some(end), Some(begin)) => begin.order(end, scheme).is_le(),
            _ => true,
        };
        if !touches {
            joined.push(span);
        } else if let Some(end) = &last.to
            && span.to.as_ref().is_none_or(|to| to.order(end, scheme).is_gt())
        {
            last.to = span.to;
        }
    }
    joined
}

/// The versions in none of them.
pub(super) fn none_of(spans: Vec<Span>, scheme: Scheme) -> Vec<Span> {
    let mut left = Vec::new();
    let mut from: Option<Cut> = None;
    for span in any_of(spans, scheme) {
        if span.from.is_some() {
            left.push(Span { from: from.take(), to: span.from });
        }
        match span.to {
            Some(to) => from = Some(to),
            None => return left,
        }
    }
    left.push(Span { from, to: None });
    left
}

/// The versions in any of the first and none of the second.
pub(super) fn without(spans: Vec<Span>, others: Vec<Span>, scheme: Scheme) -> Vec<Span> {
    let rest = none_of(others, scheme);
    let spans = any_of(spans, scheme);
    spans.iter().flat_map(|span| rest.iter().filter_map(|rest| span.and(rest, scheme))).collect()
}

/// Spans as ranges.
pub(super) fn to_ranges(spans: &[Span], scheme: Scheme) -> Vec<Range> {
    spans.iter().map(|span| span.to_range(scheme)).collect()
}

/// A range that only says where a fix is: it begins where it ends, so no version lies in it.
pub(super) fn fix_at(version: &str) -> Range {
    Range { introduced: Some(version.to_owned()), end: RangeEnd::Fixed(version.to_owned()) }
}

/// A version above the given one and not above any real one that follows it.
fn next_version(version: &str, scheme: Scheme) -> Option<String> {
    let next = match scheme {
        // Semantic versions have no room between a release and the next one's pre-releases.
        Scheme::Semver if version.contains('-') => format!("{version}.0"),
        Scheme::Semver => {
            let (line, patch) = version.rsplit_once('.')?;
            format!("{line}.{}-0", patch.parse::<u64>().ok()?.checked_add(1)?)
        }
        // More numbers are a later version, and nobody counts so deep.
        Scheme::Gem => format!("{version}.0.1"),
        Scheme::Composer if version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            let missing = 3_usize.checked_sub(version.split('.').count())?;
            format!("{version}{}.1", ".0".repeat(missing))
        }
        _ => return None,
    };
    let is_next = scheme.compare(&next, version) == Ok(Ordering::Greater);
    is_next.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GEM: Scheme = Scheme::Gem;

    fn text(spans: &[Span], scheme: Scheme) -> String {
        let ranges: Vec<String> =
            to_ranges(spans, scheme).iter().map(ToString::to_string).collect();
        ranges.join(" | ")
    }

    #[test]
    fn what_conditions_leave_is_the_rest() {
        for (spans, expected) in [
            (vec![], "every version"),
            (vec![Span::ALL], ""),
            (vec![Span::at_least("2.0")], "< 2.0"),
            (vec![Span::above("2.0")], "<= 2.0"),
            (vec![Span::below("1.0"), Span::at_least("1.5")], ">= 1.0, < 1.5"),
            (vec![Span::at_most("1.0"), Span::at_least("1.5")], ">= 1.0.0.1, < 1.5"),
            (vec![Span::between("1.2.3", "1.3"), Span::at_least("1.4")], "< 1.2.3 | >= 1.3, < 1.4"),
            (vec![Span::at_least("1.0"), Span::at_least("0.9")], "< 0.9"),
            (vec![Span::exactly("1.1")], "< 1.1 | >= 1.1.0.1"),
            // 10 after 9.
            (vec![Span::between("9", "10"), Span::between("10", "11")], "< 9 | >= 11"),
        ] {
            assert_eq!(text(&none_of(spans.clone(), GEM), GEM), expected, "{spans:?}");
        }
    }

    #[test]
    fn sets_are_joined_and_taken_from_each_other() {
        let vulnerable = vec![Span::between("8.0.0", "9.0.0"), Span::between("6.0.0", "7.0.0")];
        let patched = vec![Span::between("8.1.4", "9.0.0"), Span::between("6.11.1", "7.0.0")];
        assert_eq!(
            text(&without(vulnerable, patched, Scheme::Semver), Scheme::Semver),
            ">= 6.0.0, < 6.11.1 | >= 8.0.0, < 8.1.4"
        );
        let touching = vec![Span::at_least("3"), Span::between("1", "2"), Span::between("2", "3")];
        assert_eq!(text(&any_of(touching, GEM), GEM), ">= 1");
        let apart = vec![Span::at_most("2"), Span::above("2")];
        assert_eq!(text(&any_of(apart, GEM), GEM), "every version");
        assert_eq!(Span::below("1").and(&Span::at_least("1"), GEM), None);
        assert_eq!(Span::at_most("1").and(&Span::at_least("1"), GEM), Some(Span::exactly("1")));
    }

    #[test]
    fn what_begins_behind_a_version_begins_above_it() {
        for (scheme, version, expected) in [
            (Scheme::Semver, "1.2.9", Some("1.2.10-0")),
            (Scheme::Semver, "1.2.0-beta", Some("1.2.0-beta.0")),
            (Scheme::Gem, "1.2", Some("1.2.0.1")),
            (Scheme::Gem, "1.2.rc1", Some("1.2.rc1.0.1")),
            (Scheme::Composer, "0.7.1", Some("0.7.1.1")),
            (Scheme::Composer, "3.2", Some("3.2.0.1")),
            (Scheme::Composer, "1.0-beta1", None),
            (Scheme::Maven, "1.0", None),
        ] {
            assert_eq!(next_version(version, scheme).as_deref(), expected, "{version}");
        }
    }
}
