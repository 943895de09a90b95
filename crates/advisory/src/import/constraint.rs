//! Version constraints as other scanners' databases write them: `>=1.0, <1.2.3 || =2.0`.

use lazaret_core::advisory::{Range, RangeEnd};

/// What a constraint says: ranges, and versions by themselves.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) ranges: Vec<Range>,
    pub(crate) versions: Vec<String>,
    /// Whether a bound was taken a little too wide: `>` is read as `>=`, since a range of ours
    /// begins with a version that is in it.
    pub(crate) widened: bool,
}

/// Longest constraint that is read, in bytes; the longest real ones list some hundred versions.
const BYTES_MAX: usize = 1 << 16;

impl Constraint {
    /// Reads a constraint; none where a part of it is not understood, so that nothing is guessed.
    ///
    /// Alternatives stand between `||`, comparisons that must all hold between commas or blanks.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > BYTES_MAX {
            return None;
        }
        let mut constraint = Self::default();
        for alternative in text.split("||") {
            constraint.add(alternative.trim())?;
        }
        Some(constraint)
    }

    fn add(&mut self, alternative: &str) -> Option<()> {
        let (mut introduced, mut end, mut exact) = (None, RangeEnd::Open, None);
        let mut words = alternative.split([',', ' ', '\t']).filter(|word| !word.is_empty());
        let mut any = false;
        while let Some(word) = words.next() {
            any = true;
            if matches!(word, "*" | "all") {
                continue;
            }
            let digits = word.find(|c: char| !matches!(c, '<' | '>' | '=' | '~' | '^' | '!'));
            let (operator, version) = word.split_at(digits.unwrap_or(word.len()));
            let version = match version {
                "" => words.next()?,
                version => version,
            };
            let version = version.trim_matches(['"', '\'']).to_owned();
            match operator {
                "" | "=" | "==" => exact = Some(version),
                ">=" => introduced = Some(version),
                ">" => {
                    introduced = Some(version);
                    self.widened = true;
                }
                "<" => end = RangeEnd::Fixed(version),
                "<=" => end = RangeEnd::LastAffected(version),
                _ => return None,
            }
        }
        match exact {
            Some(version) => self.versions.push(version),
            None if any => {
                // `>= 0` is from the start.
                let introduced = introduced.filter(|version| version != "0");
                self.ranges.push(Range { introduced, end });
            }
            None => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<(Vec<String>, Vec<String>)> {
        let constraint = Constraint::parse(text)?;
        Some((constraint.ranges.iter().map(ToString::to_string).collect(), constraint.versions))
    }

    #[test]
    fn comparisons_become_ranges_and_versions() {
        for (text, ranges, versions) in [
            ("<1.2.3", &["< 1.2.3"][..], &[][..]),
            (">= 1.0.0, < 1.2.3", &[">= 1.0.0, < 1.2.3"], &[]),
            (">=1.0 <1.2", &[">= 1.0, < 1.2"], &[]),
            ("<1 || >=2, <=2.5", &["< 1", ">= 2, <= 2.5"], &[]),
            ("= 1.5", &[], &["1.5"]),
            ("=1.0 || =1.1", &[], &["1.0", "1.1"]),
            (">=0, <4.17.21", &["< 4.17.21"], &[]),
            ("*", &["every version"], &[]),
            ("", &[], &[]),
        ] {
            let (found_ranges, found_versions) = words(text).unwrap();
            assert_eq!(found_ranges, ranges, "{text}");
            assert_eq!(found_versions, versions, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_constraint() {
        for text in ["~> 1.2", "^1.0", "!=1.2", "<"] {
            assert_eq!(words(text), None, "{text}");
        }
        assert!(Constraint::parse(">1.0").unwrap().widened);
    }
}
