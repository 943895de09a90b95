//! How bad a finding is.

mod by_source;

pub use by_source::BySource;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The five steps every report speaks in, least first.
///
/// `negligible` and `unimportant` of some distributions are `Low`: a report that is a drop-in for
/// others has no lower word.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// No source gave a severity.
    #[default]
    Unknown,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

/// A word that names no severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a severity: expected UNKNOWN, LOW, MEDIUM, HIGH or CRITICAL")]
pub struct SeverityError(pub String);

impl Severity {
    /// Every severity, least first.
    pub const ALL: [Self; 5] = [Self::Unknown, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The upper-case word used in reports and flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }

    /// The severity of a CVSS base score (FIRST, "Qualitative Severity Rating Scale").
    pub fn from_score(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::Unknown,
        }
    }
}

impl FromStr for Severity {
    type Err = SeverityError;

    fn from_str(word: &str) -> Result<Self, SeverityError> {
        match word.trim().to_ascii_uppercase().as_str() {
            "UNKNOWN" => Ok(Self::Unknown),
            "LOW" => Ok(Self::Low),
            "MEDIUM" => Ok(Self::Medium),
            "HIGH" => Ok(Self::High),
            "CRITICAL" => Ok(Self::Critical),
            _ => Err(SeverityError(word.to_owned())),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
