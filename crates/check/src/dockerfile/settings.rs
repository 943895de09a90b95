//! What the user asks of Dockerfiles beyond what is asked of all.

use crate::rule::RuleInfo;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What the user asks of Dockerfiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The day it is, for ignores that end; without it, none has ended.
    pub today: Option<Date>,
    /// Registries that base images may come from, `*` for any part of a name; any if empty.
    pub trusted_registries: Vec<String>,
    /// Labels every image must have, and what their values must look like.
    pub label_schema: BTreeMap<String, LabelFormat>,
    /// Whether other labels than those are refused.
    pub strict_labels: bool,
    /// Severities of rules, by whatever name of theirs.
    pub severities: BTreeMap<String, Severity>,
    /// Whether comments that ignore something are obeyed; they are unless this is set.
    pub refuses_ignores: bool,
}

impl Settings {
    /// How bad it is to break a rule.
    pub fn severity(&self, rule: &RuleInfo) -> Severity {
        let own = self.severities.iter().find(|(name, _)| rule.is_named(name));
        own.map_or(rule.severity, |(_, severity)| *severity)
    }
}

/// What a label's value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFormat {
    /// Anything.
    Text,
    /// A URL (RFC 3986, absolute).
    Url,
    /// A time (RFC 3339).
    Rfc3339,
    /// A version (Semantic Versioning 2.0.0).
    Semver,
    /// A Git commit, whole or the first seven digits.
    Hash,
    /// A license of the SPDX list, or an expression of such.
    Spdx,
    /// An address (RFC 5322, `addr-spec`).
    Email,
}

impl FromStr for LabelFormat {
    type Err = String;

    /// The words of Hadolint's `label-schema`.
    fn from_str(word: &str) -> Result<Self, String> {
        match word.to_ascii_lowercase().as_str() {
            "text" | "rawtext" | "" => Ok(Self::Text),
            "url" => Ok(Self::Url),
            "rfc3339" => Ok(Self::Rfc3339),
            "semver" => Ok(Self::Semver),
            "hash" | "githash" => Ok(Self::Hash),
            "spdx" => Ok(Self::Spdx),
            "email" => Ok(Self::Email),
            _ => Err(format!("`{word}` is no format of labels")),
        }
    }
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date: expected YYYY-MM-DD")]
pub struct DateError(pub String);

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let error = || DateError(text.to_owned());
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let (year, month, day) = (part(4), part(2), part(2));
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(error());
        };
        let is_leap =
            year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => return Err(error()),
        };
        if day == 0 || day > days {
            return Err(error());
        }
        let (month, day) = (u8::try_from(month), u8::try_from(day));
        match (month, day) {
            (Ok(month), Ok(day)) => Ok(Self { year, month, day }),
            _ => Err(error()),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_that_exist() {
        for text in ["2026-12-31", "2024-02-29", "2000-02-29"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in
            ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "", "2026-01-01-"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert!("2026-09-30".parse::<Date>().unwrap() < "2026-10-01".parse::<Date>().unwrap());
    }
}
