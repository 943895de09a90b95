//! The orders versions are compared by, one file each.
//!
//! Every order works on the text itself and allocates nothing, so that a look-up can compare
//! hundreds of thousands of versions. Oracle files under `fixtures/version/`, made by each
//! ecosystem's own tool, hold the expected answers.

mod apk;
mod deb;
mod number;
mod pep440;
mod semver;

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A way to order versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Alpine's `apk version`.
    Apk,
    /// Debian policy 5.6.12, as `dpkg --compare-versions` does it.
    Deb,
    /// PEP 440, as Python's `packaging` does it.
    Pep440,
    /// Semantic Versioning 2.0.0, lenient the way npm's `semver` reads loose versions.
    Semver,
}

/// A text that is no version of its scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {scheme} version")]
pub struct VersionError {
    /// The order that was asked for.
    pub scheme: Scheme,
    /// The text.
    pub text: String,
}

/// A word that names no scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version scheme: expected one of apk, deb, pep440, semver")]
pub struct SchemeError(pub String);

impl Scheme {
    /// Every scheme, in the order of their codes in the database file.
    pub const ALL: [Self; 4] = [Self::Apk, Self::Deb, Self::Pep440, Self::Semver];

    /// The word used in flags, files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apk => "apk",
            Self::Deb => "deb",
            Self::Pep440 => "pep440",
            Self::Semver => "semver",
        }
    }

    /// Whether `a` comes before, equals or comes after `b`.
    pub fn compare(self, a: &str, b: &str) -> Result<Ordering, VersionError> {
        let order = match self {
            Self::Apk => apk::compare(a, b),
            Self::Deb => deb::compare(a, b),
            Self::Pep440 => pep440::compare(a, b),
            Self::Semver => semver::compare(a, b),
        };
        order.ok_or_else(|| {
            let text = if self.is_valid(a) { b } else { a };
            VersionError { scheme: self, text: text.to_owned() }
        })
    }

    /// Whether a text is a version of this scheme.
    pub fn is_valid(self, text: &str) -> bool {
        match self {
            Self::Apk => apk::is_valid(text),
            Self::Deb => deb::is_valid(text),
            Self::Pep440 => pep440::is_valid(text),
            Self::Semver => semver::is_valid(text),
        }
    }
}

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(word: &str) -> Result<Self, SchemeError> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == word)
            .ok_or_else(|| SchemeError(word.to_owned()))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
