//! From OSV's events to ranges of versions
//! (<https://ossf.github.io/osv-schema/#affectedrangesevents-fields>).

use super::gather::Gather;
use super::json::Text;
use lazaret_core::advisory::{Range, RangeEnd};
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::cmp::Ordering;

/// Events read of one range. The longest real ranges have some eighty.
const EVENTS_MAX: usize = 4_096;

/// One event; the schema allows one key each.
#[derive(Debug, Deserialize)]
pub(super) struct Event<'a> {
    #[serde(borrow, default)]
    pub(super) introduced: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) fixed: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) last_affected: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) limit: Option<Text<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Introduced,
    Fixed,
    LastAffected,
}

#[derive(Clone, Copy, Debug)]
struct Step<'a> {
    kind: Kind,
    version: &'a str,
}

impl Step<'_> {
    /// `introduced: "0"` is before every version, whatever the scheme; `0.0.0-0` says the same.
    fn is_start(&self) -> bool {
        self.kind == Kind::Introduced && matches!(self.version, "0" | "0.0.0-0")
    }
}

/// Turns the events of one range into ranges, in the order of versions.
///
/// Events are sorted first, as the specification asks. Where they contradict themselves, the
/// reading that affects more versions is taken, except that a fix ends what was introduced before
/// it: several `last_affected` in a row reach up to the highest; a second `introduced` in a row
/// and a second `fixed` in a row change nothing; ends without any beginning begin at the first
/// version. A range with a text that is no version keeps the order it was written in.
pub(super) fn ranges(events: &[Event<'_>], scheme: Scheme, gather: &mut Gather) -> Vec<Range> {
    if events.len() > EVENTS_MAX {
        gather.note("range with too many events");
    }
    let steps = sorted(steps(events, gather), scheme, gather);
    let begins = steps.iter().any(|step| step.kind == Kind::Introduced);
    if !begins && !steps.is_empty() {
        gather.note("range without a beginning");
    }
    let mut ranges = Vec::new();
    // The range being read: where it began, and the last version known to be affected.
    let mut open: Option<Option<&str>> = if begins { None } else { Some(None) };
    let mut last: Option<&str> = None;
    for step in &steps {
        match (step.kind, open) {
            (Kind::Introduced, None) => {
                open = Some((!step.is_start()).then_some(step.version));
            }
            (Kind::Introduced, Some(from)) => {
                if let Some(last_affected) = last.take() {
                    ranges.push(range(from, RangeEnd::LastAffected(last_affected.to_owned())));
                    open = Some(Some(step.version));
                } else {
                    gather.note("introduced twice");
                }
            }
            (Kind::Fixed, Some(from)) => {
                ranges.push(range(from, RangeEnd::Fixed(step.version.to_owned())));
                (open, last) = (None, None);
            }
            (Kind::LastAffected, Some(_)) => last = Some(step.version),
            (Kind::Fixed | Kind::LastAffected, None) => gather.note("ended twice"),
        }
    }
    // Without steps there is no range at all, not one of everything.
    if let Some(from) = open.filter(|_| !steps.is_empty())
        && (begins || last.is_some())
    {
        let end = last.map_or(RangeEnd::Open, |last| RangeEnd::LastAffected(last.to_owned()));
        ranges.push(range(from, end));
    }
    ranges
}

fn range(introduced: Option<&str>, end: RangeEnd) -> Range {
    Range { introduced: introduced.map(str::to_owned), end }
}

fn steps<'a>(events: &'a [Event<'_>], gather: &mut Gather) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    for event in events.iter().take(EVENTS_MAX) {
        let keys = [
            (Kind::Introduced, &event.introduced),
            (Kind::Fixed, &event.fixed),
            (Kind::LastAffected, &event.last_affected),
        ];
        for (kind, version) in keys {
            if let Some(version) = version {
                steps.push(Step { kind, version: version.as_str().trim() });
            }
        }
        // A limit only ends what is looked at, it mends nothing: leaving it out affects more.
        if event.limit.as_ref().is_some_and(|limit| limit.as_str() != "*") {
            gather.note("limit left out");
        }
    }
    steps
}

/// The steps in the order of versions. Equal versions keep their order.
fn sorted<'a>(steps: Vec<Step<'a>>, scheme: Scheme, gather: &mut Gather) -> Vec<Step<'a>> {
    let valid = |step: &Step<'_>| step.is_start() || scheme.is_valid(step.version);
    let mut steps = steps;
    if !steps.iter().all(valid) {
        gather.note("invalid version in a range");
        // One of several last affected versions can be spared; a fix or a beginning cannot.
        let spared = |step: &Step<'_>| step.kind == Kind::LastAffected && valid(step);
        if steps.iter().any(spared) {
            steps.retain(|step| step.kind != Kind::LastAffected || valid(step));
        }
        if !steps.iter().all(valid) {
            return steps;
        }
    }
    let mut sorted: Vec<Step<'_>> = Vec::with_capacity(steps.len());
    for step in steps {
        let at = sorted.partition_point(|before| order(scheme, before, &step).is_le());
        sorted.insert(at, step);
    }
    sorted
}

fn order(scheme: Scheme, a: &Step<'_>, b: &Step<'_>) -> Ordering {
    match (a.is_start(), b.is_start()) {
        (false, false) => scheme.compare(a.version, b.version).unwrap_or(Ordering::Equal),
        (a, b) => b.cmp(&a),
    }
}

/// Whether a version lies in a range; none where one of the texts is no version.
pub(super) fn contains(range: &Range, version: &str, scheme: Scheme) -> Option<bool> {
    if let Some(introduced) = &range.introduced
        && scheme.compare(version, introduced).ok()?.is_lt()
    {
        return Some(false);
    }
    match &range.end {
        RangeEnd::Fixed(end) => Some(scheme.compare(version, end).ok()?.is_lt()),
        RangeEnd::LastAffected(end) => Some(scheme.compare(version, end).ok()?.is_le()),
        RangeEnd::Open => Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::FEEDS;

    fn read(events: &str, scheme: Scheme) -> String {
        let events: Vec<Event<'_>> = serde_json::from_str(events).unwrap();
        let mut gather = Gather::new(FEEDS[0]);
        let texts: Vec<String> =
            ranges(&events, scheme, &mut gather).iter().map(ToString::to_string).collect();
        texts.join(" | ")
    }

    #[test]
    fn events_become_ranges() {
        for (events, expected) in [
            (r#"[{"introduced":"0"}]"#, "every version"),
            (r#"[{"introduced":"0"},{"fixed":"1.2"}]"#, "< 1.2"),
            (r#"[{"introduced":"1.0"},{"last_affected":"1.2"}]"#, ">= 1.0, <= 1.2"),
            (
                r#"[{"introduced":"0"},{"fixed":"2.0.6"},{"introduced":"2.1.0"}]"#,
                "< 2.0.6 | >= 2.1.0",
            ),
            (
                r#"[{"introduced":"2.0"},{"fixed":"2.5"},{"introduced":"0"},{"fixed":"1.9"}]"#,
                "< 1.9 | >= 2.0, < 2.5",
            ),
            (
                r#"[{"introduced":"1"},{"last_affected":"2"},{"introduced":"3"},{"last_affected":"4"}]"#,
                ">= 1, <= 2 | >= 3, <= 4",
            ),
            // 10 after 9, which a comparison of texts gets wrong.
            (
                r#"[{"introduced":"0"},{"last_affected":"0.10.9"},{"last_affected":"0.8.5"}]"#,
                "<= 0.10.9",
            ),
            (
                r#"[{"introduced":"1"},{"fixed":"2"},{"fixed":"3"},{"introduced":"4"},{"fixed":"5"}]"#,
                ">= 1, < 2 | >= 4, < 5",
            ),
            (r#"[{"introduced":"1"},{"introduced":"2"},{"fixed":"3"}]"#, ">= 1, < 3"),
            (r#"[{"fixed":"3"}]"#, "< 3"),
            (r#"[{"last_affected":"3"}]"#, "<= 3"),
            // A fix before the beginning mends nothing of what came later.
            (r#"[{"introduced":"2.0"},{"fixed":"1.0"}]"#, ">= 2.0"),
            (r#"[{"introduced":"0"},{"limit":"2"}]"#, "every version"),
            (r#"[{"introduced":"0","fixed":"1"}]"#, "< 1"),
            (r#"[{"introduced":"0.0.0-0"},{"fixed":"1.0"}]"#, "< 1.0"),
            (r#"[{"introduced":null},{"fixed":"1.0"}]"#, "< 1.0"),
            (r"[]", ""),
            (r"[{}]", ""),
        ] {
            assert_eq!(read(events, Scheme::Pep440), expected, "{events}");
        }
    }

    #[test]
    fn texts_that_are_no_version_spoil_as_little_as_can_be() {
        // `2.9.0-NA` is no version; the other last affected versions are.
        let events = r#"[{"introduced":"0"},{"last_affected":"2.9.0-NA"},{"last_affected":"2.9.0-rc3"},{"last_affected":"2.9.0-beta1"}]"#;
        assert_eq!(read(events, Scheme::Pep440), "<= 2.9.0-rc3");
        // Here nothing can be spared: the text stays, for whoever compares with it to say so.
        let events = r#"[{"introduced":"0"},{"fixed":"next week"}]"#;
        assert_eq!(read(events, Scheme::Pep440), "< next week");
    }

    #[test]
    fn bounds_are_inclusive_or_not_as_their_kind_says() {
        let range = |introduced: Option<&str>, end| Range {
            introduced: introduced.map(str::to_owned),
            end,
        };
        let fixed = range(Some("1.0"), RangeEnd::Fixed("2.0".into()));
        let last = range(None, RangeEnd::LastAffected("2.0".into()));
        for (range, version, expected) in [
            (&fixed, "0.9", Some(false)),
            (&fixed, "1.0", Some(true)),
            (&fixed, "2.0", Some(false)),
            (&last, "0.1", Some(true)),
            (&last, "2.0", Some(true)),
            (&last, "2.0.1", Some(false)),
            (&last, "no version", None),
        ] {
            assert_eq!(contains(range, version, Scheme::Pep440), expected, "{range} {version}");
        }
    }
}
