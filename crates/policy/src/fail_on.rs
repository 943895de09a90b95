//! The words of `--fail-on`.

use crate::kind::Kind;
use lazaret_core::severity::Severity;
use std::str::FromStr;

/// One thing `--fail-on` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailOn {
    /// An open finding of this severity or worse.
    Severity(Severity),
    /// An open finding of a vulnerability that is known to be exploited, by CISA's catalog.
    Exploited,
    /// Any open finding of a kind.
    Kind(Kind),
    /// An operating system that is no longer supported.
    EndOfLife,
    /// Anything that could not be read or is covered by no advisory source.
    Incomplete,
}

/// A word `--fail-on` does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailOnError {
    /// No word of ours.
    #[error(
        "`{0}` is nothing to fail on: expected UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL, kev, eol, \
         vulnerability, secret, misconfiguration, license or incomplete"
    )]
    Unknown(String),
}

impl FromStr for FailOn {
    type Err = FailOnError;

    fn from_str(word: &str) -> Result<Self, FailOnError> {
        if let Ok(severity) = word.parse() {
            return Ok(Self::Severity(severity));
        }
        match word.to_ascii_lowercase().as_str() {
            "incomplete" => Ok(Self::Incomplete),
            "kev" => Ok(Self::Exploited),
            "eol" => Ok(Self::EndOfLife),
            word => match word.parse::<Kind>() {
                Ok(kind) => Ok(Self::Kind(kind)),
                Err(_) => Err(FailOnError::Unknown(word.to_owned())),
            },
        }
    }
}
