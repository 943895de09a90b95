//! The kinds of findings, and the words for them.

use super::{Detail, Finding};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A package version that an advisory names.
    Vulnerability,
    /// A password or key that should not be in an image.
    Secret,
    /// A setting that makes an image less safe.
    Misconfiguration,
    /// A license that asks for attention.
    License,
}

/// A word that is no kind of finding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of finding: expected vulnerability, secret, misconfiguration or license")]
pub struct KindError(pub String);

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::Vulnerability, Self::Secret, Self::Misconfiguration, Self::License];

    /// The kind of a finding.
    pub fn of(finding: &Finding) -> Self {
        match &finding.detail {
            Detail::Vulnerability(_) => Self::Vulnerability,
            Detail::Secret(_) => Self::Secret,
            Detail::Misconfiguration(_) => Self::Misconfiguration,
            Detail::License(_) => Self::License,
        }
    }

    /// The word used in policy files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Secret => "secret",
            Self::Misconfiguration => "misconfiguration",
            Self::License => "license",
        }
    }

    /// Several of them, in words.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerabilities",
            Self::Secret => "secrets",
            Self::Misconfiguration => "misconfigurations",
            Self::License => "licenses",
        }
    }

    /// The word of `--scanners` that looks for it.
    pub const fn scanner(self) -> &'static str {
        match self {
            Self::Vulnerability => "vuln",
            Self::Secret => "secret",
            Self::Misconfiguration => "misconfig",
            Self::License => "license",
        }
    }

    /// Its position in [`Kind::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Self::Vulnerability => 0,
            Self::Secret => 1,
            Self::Misconfiguration => 2,
            Self::License => 3,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = KindError;

    fn from_str(word: &str) -> Result<Self, KindError> {
        let lower = word.to_ascii_lowercase();
        let found = Self::ALL
            .into_iter()
            .find(|kind| [kind.name(), kind.plural(), kind.scanner()].contains(&lower.as_str()));
        found.ok_or_else(|| KindError(word.to_owned()))
    }
}
