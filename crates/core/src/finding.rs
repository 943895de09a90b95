//! What an image has that someone should know.

use crate::advisory::{Reason, Score, Status};
use crate::package::PackageId;
use crate::severity::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a finding is, with what only that kind has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "kebab-case")]
pub enum Detail {
    /// A package version that an advisory names.
    Vulnerability(Box<Vulnerability>),
}

/// How likely a vulnerability is to be exploited within thirty days
/// (<https://www.first.org/epss/>).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epss {
    /// The probability, 0.0 to 1.0.
    pub score: f64,
    /// The share of vulnerabilities with this probability or a smaller one, 0.0 to 1.0.
    pub percentile: f64,
}

/// What CISA's catalog of known exploited vulnerabilities says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exploited {
    /// The day it was added (RFC 3339 date).
    pub added: String,
    /// The day until which federal agencies must mend it (RFC 3339 date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether ransomware is known to use it.
    #[serde(default)]
    pub ransomware: bool,
}

/// A package version that an advisory names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// The vulnerable package.
    pub package: PackageId,
    /// Other ids of the same vulnerability, the record's own among them, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What the source says of a fix.
    pub status: Status,
    /// Versions that have the fix, nearest first; empty when none is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed_versions: Vec<String>,
    /// The channel the fix comes through, such as `esm-infra`, where ordinary updates have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix_channel: Option<String>,
    /// Scores: those of the sources that judged first, each in its source's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// What each source says of the severity, by the source's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severities: BTreeMap<String, Severity>,
    /// How likely it is to be exploited, by FIRST's EPSS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<Epss>,
    /// Present when it is known to be exploited, by CISA's catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exploited: Option<Exploited>,
    /// Weakness ids, such as `CWE-79`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwes: Vec<String>,
    /// When the source published the record (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// When the source last changed it (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// When the database first had the record (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
    /// When the database first had the fix (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix_first_seen: Option<String>,
    /// How the version was judged.
    pub reason: Reason,
}

/// Whether a finding counts. Nothing is ever dropped: suppression is a state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// It counts.
    #[default]
    Open,
    /// It does not count, and why.
    Suppressed {
        /// Which rule or file suppressed it.
        by: String,
        /// Why, for people.
        reason: String,
        /// Until when, where the suppression ends by itself (RFC 3339 date).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
}

impl State {
    /// Whether the finding counts.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

/// One thing an image has that someone should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The id people know it by: the CVE where there is one, else the source's own.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// The source whose word or score decided the severity, in Trivy's spelling, such as `debian`,
    /// `ghsa` or `nvd`; absent when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity_source: Option<String>,
    /// What it is.
    #[serde(flatten)]
    pub detail: Detail,
    /// Whether it counts.
    #[serde(flatten)]
    pub state: State,
    /// The same for the same finding in every scan of this or a rebuilt image: made of the id, the
    /// package's name and its place, not of its version. 32 hexadecimal digits.
    pub fingerprint: String,
}

impl Finding {
    /// The vulnerability, if it is one.
    pub fn vulnerability(&self) -> Option<&Vulnerability> {
        match &self.detail {
            Detail::Vulnerability(vulnerability) => Some(vulnerability),
        }
    }

    /// The package it is about, if it is about one.
    pub fn package(&self) -> Option<PackageId> {
        self.vulnerability().map(|vulnerability| vulnerability.package)
    }

    /// Whether it is known to be exploited.
    pub fn is_exploited(&self) -> bool {
        self.vulnerability().is_some_and(|v| v.exploited.is_some())
    }

    /// Whether a version with the fix is known.
    pub fn is_fixable(&self) -> bool {
        self.vulnerability().is_some_and(|v| !v.fixed_versions.is_empty())
    }
}
