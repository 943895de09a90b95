//! Version ranges of npm, such as `^8.1.4 || >=6.0.0 <6.2.0 || 4.x`
//! (<https://github.com/npm/node-semver#ranges>).
//!
//! Unlike npm, which keeps pre-releases out of ranges that name none, a pre-release here is in a
//! range when it lies between its ends.

use super::span::Span;
use lazaret_core::version::Scheme;

const SEMVER: Scheme = Scheme::Semver;

/// Conditions read of one range; real ones have a dozen.
const CONDITIONS_MAX: usize = 256;

/// A text that is no range.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a version range of npm")]
pub(super) struct RangeError(String);

/// The versions a range holds of.
pub(super) fn spans(range: &str) -> Result<Vec<Span>, RangeError> {
    let wrong = || RangeError(range.to_owned());
    let mut spans = Vec::new();
    let mut conditions = 0_usize;
    for alternative in range.split("||") {
        let mut span = Some(Span::ALL);
        for condition in conditions_of(alternative) {
            conditions = conditions.saturating_add(1);
            if conditions > CONDITIONS_MAX {
                return Err(wrong());
            }
            let one = one_condition(&condition).ok_or_else(wrong)?;
            span = span.and_then(|span| span.and(&one, SEMVER));
        }
        spans.extend(span);
    }
    Ok(spans)
}

/// The conditions that must all hold, with operator and version in one text each. `a - b` is
/// `>=a <=b`.
fn conditions_of(alternative: &str) -> Vec<String> {
    let mut conditions: Vec<String> = Vec::new();
    let mut operator = "";
    for word in alternative.split_whitespace() {
        if word == "-" {
            if let Some(last) = conditions.last_mut() {
                last.insert_str(0, ">=");
            }
            operator = "<=";
        } else if word.bytes().all(|byte| matches!(byte, b'<' | b'>' | b'=' | b'~' | b'^')) {
            operator = word;
        } else {
            conditions.push(format!("{operator}{word}"));
            operator = "";
        }
    }
    // An operator without a version is no condition, and is refused as such.
    if !operator.is_empty() {
        conditions.push(operator.to_owned());
    }
    conditions
}

fn one_condition(condition: &str) -> Option<Span> {
    let at = condition.find(|c: char| !matches!(c, '=' | '<' | '>' | '~' | '^'));
    let (operator, version) = condition.split_at_checked(at?)?;
    let given = Partial::parse(version)?;
    Some(match operator {
        "" | "=" => given.line(),
        // A span from a whole line's end, or up to its beginning.
        ">" if given.is_whole() => Span::above(&given.lowest()),
        ">" => given.end().map_or_else(|| Span::below("0.0.0-0"), |end| Span::at_least(&end)),
        ">=" => Span::at_least(&given.lowest()),
        "<" if is_endless(version) => Span::ALL,
        "<" => Span::below(&given.lowest()),
        "<=" if given.is_whole() => up_to(&given.lowest()),
        "<=" => given.end().map_or(Span::ALL, |end| Span::below(&end)),
        "~" | "~>" => given.within(if given.numbers.len() > 1 { 2 } else { 1 })?,
        "^" => {
            // Up to the first number that is not zero, which may be the last there is.
            let zeros = given.numbers.iter().take_while(|number| **number == 0).count();
            given.within(zeros.saturating_add(1).min(given.numbers.len()))?
        }
        _ => return None,
    })
}

/// `<=99.999.99999` is how some say that no version is known to be good.
fn up_to(version: &str) -> Span {
    if is_endless(version) { Span::ALL } else { Span::at_most(version) }
}

/// Whether a version is higher than any there will be, and so no version at all: nines in every
/// place, and enough of them.
pub(super) fn is_endless(version: &str) -> bool {
    let mut places = version.split('.');
    let nines = |place: &str| place.len() >= 2 && place.bytes().all(|byte| byte == b'9');
    places.next().is_some_and(nines) && is_end_of_line(version)
}

/// Whether a version stands for the end of its line, such as `2.999.999`.
pub(super) fn is_end_of_line(version: &str) -> bool {
    let mut places = version.split('.').skip(1).peekable();
    places.peek().is_some()
        && places.all(|place| place.len() >= 3 && place.bytes().all(|byte| byte == b'9'))
}

/// A version of which the last numbers may be left open.
struct Partial<'a> {
    text: &'a str,
    /// Up to three.
    numbers: Vec<u64>,
}

impl<'a> Partial<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_start_matches('v');
        let plain = text.split(['-', '+']).next().unwrap_or_default();
        let mut numbers = Vec::new();
        for place in plain.split('.').take(3) {
            if matches!(place, "x" | "X" | "*" | "") {
                break;
            }
            numbers.push(place.parse().ok()?);
        }
        let open = matches!(text, "x" | "X" | "*");
        let valid = numbers.len() < 3 && plain == text || SEMVER.is_valid(text);
        (open || (valid && !numbers.is_empty())).then_some(Self { text, numbers })
    }

    fn is_whole(&self) -> bool {
        self.numbers.len() == 3
    }

    /// The lowest version it stands for.
    fn lowest(&self) -> String {
        if self.is_whole() {
            return self.text.to_owned();
        }
        let number = |place: usize| self.numbers.get(place).copied().unwrap_or(0);
        format!("{}.{}.{}", number(0), number(1), number(2))
    }

    /// The first version behind all that have the same first numbers; none where there are none.
    fn end_of(&self, places: usize) -> Option<String> {
        let mut numbers = self.numbers.get(..places)?.to_vec();
        let last = numbers.last_mut()?;
        *last = last.checked_add(1)?;
        numbers.resize(3, 0);
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        Some(numbers.join("."))
    }

    fn end(&self) -> Option<String> {
        self.end_of(self.numbers.len())
    }

    /// What a version without an operator holds of.
    fn line(&self) -> Span {
        if self.is_whole() {
            return Span::exactly(self.text);
        }
        self.end().map_or(Span::ALL, |end| Span::between(&self.lowest(), &end))
    }

    /// From the version on, as long as the first numbers stay the same.
    fn within(&self, places: usize) -> Option<Span> {
        if self.numbers.is_empty() {
            return Some(Span::ALL);
        }
        Some(Span::between(&self.lowest(), &self.end_of(places)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::span::to_ranges;

    // By `new Range(…).range` of node-semver, without the `-0` it ends open lines with.
    #[test]
    fn ranges_hold_of_what_npm_says() {
        for (range, expected) in [
            ("*", "every version"),
            ("", "every version"),
            ("8.x", ">= 8.0.0, < 9.0.0"),
            (" 8.x || 6.x", ">= 8.0.0, < 9.0.0 | >= 6.0.0, < 7.0.0"),
            ("0.10.x", ">= 0.10.0, < 0.11.0"),
            ("^8.1.4", ">= 8.1.4, < 9.0.0"),
            ("^0.2.3", ">= 0.2.3, < 0.3.0"),
            ("^0.0.3", ">= 0.0.3, < 0.0.4"),
            ("^0.0", ">= 0.0.0, < 0.1.0"),
            ("^1.x", ">= 1.0.0, < 2.0.0"),
            ("~1.2.3", ">= 1.2.3, < 1.3.0"),
            ("~1.2", ">= 1.2.0, < 1.3.0"),
            ("~1", ">= 1.0.0, < 2.0.0"),
            ("~0.8.0-pre", ">= 0.8.0-pre, < 0.9.0"),
            ("<= 10", "< 11.0.0"),
            ("> 10", ">= 11.0.0"),
            ("<1.2", "< 1.2.0"),
            (">= 2.2.x", ">= 2.2.0"),
            ("<=1.0.0", "<= 1.0.0"),
            ("> 1.0.0", ">= 1.0.1-0"),
            ("<=v1.0.0-alpha4", "<= 1.0.0-alpha4"),
            ("2.1.0-M1", ">= 2.1.0-M1, <= 2.1.0-M1"),
            (">=6.0.0 <6.2.0 || 4.x", ">= 6.0.0, < 6.2.0 | >= 4.0.0, < 5.0.0"),
            (">= 6.0.0  < 6.2.0", ">= 6.0.0, < 6.2.0"),
            ("1.2.3 - 2.3.4", ">= 1.2.3, <= 2.3.4"),
            ("< 1.0.0 > 2.0.0", ""),
            ("<=99.999.99999", "every version"),
        ] {
            let spans = spans(range).unwrap_or_else(|error| panic!("{range}: {error}"));
            let ranges: Vec<String> =
                to_ranges(&spans, SEMVER).iter().map(ToString::to_string).collect();
            assert_eq!(ranges.join(" | "), expected, "{range}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["latest", ">=", "=>1.0", "1.2.3.4", ">= one", "^99999999999999999999.0.0"] {
            assert!(spans(text).is_err(), "{text}");
        }
    }
}
