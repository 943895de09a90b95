//! What a source says about a vulnerability.

use crate::severity::Severity;
use crate::version::Scheme;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a source says about one package and one vulnerability.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The source does not say.
    #[default]
    Unknown,
    /// The package is not affected, whatever its version.
    NotAffected,
    /// Affected, and no fix is known.
    Affected,
    /// Affected until a known fixed version.
    Fixed,
    /// The source is still looking into it.
    UnderInvestigation,
    /// The source has decided not to fix it.
    WillNotFix,
    /// The fix is put off.
    FixDeferred,
    /// The release or package is no longer supported.
    EndOfLife,
}

impl Status {
    /// Every status, in the order of their codes in the database file.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::NotAffected,
        Self::Affected,
        Self::Fixed,
        Self::UnderInvestigation,
        Self::WillNotFix,
        Self::FixDeferred,
        Self::EndOfLife,
    ];

    /// The word used in reports and flags, in Trivy's spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
            Self::WillNotFix => "will_not_fix",
            Self::FixDeferred => "fix_deferred",
            Self::EndOfLife => "end_of_life",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A score a source gave, by its vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The CVSS vector, such as `CVSS:3.1/AV:N/…`.
    pub vector: String,
    /// The base score of the vector, 0.0 to 10.0.
    pub score: f64,
    /// Who gave it, in Trivy's spelling, such as `ghsa` or `nvd`; absent in a source's own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Where a range of affected versions ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeEnd {
    /// The first version that is not affected any more.
    Fixed(String),
    /// The last version that is affected.
    LastAffected(String),
    /// No end is known.
    Open,
}

/// Versions that are affected: from `introduced` on, up to the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Range {
    /// The first affected version; absent when every version before the end is affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced: Option<String>,
    /// Where it ends.
    pub end: RangeEnd,
}

impl fmt::Display for Range {
    /// Writes the range as a condition, such as `>= 1.2, < 1.4.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.introduced.as_deref();
        match (from, &self.end) {
            (None, RangeEnd::Open) => f.write_str("every version"),
            (Some(from), RangeEnd::Open) => write!(f, ">= {from}"),
            (None, RangeEnd::Fixed(end)) => write!(f, "< {end}"),
            (None, RangeEnd::LastAffected(end)) => write!(f, "<= {end}"),
            (Some(from), RangeEnd::Fixed(end)) => write!(f, ">= {from}, < {end}"),
            (Some(from), RangeEnd::LastAffected(end)) => write!(f, ">= {from}, <= {end}"),
        }
    }
}

/// What must hold besides the version for a statement to concern a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Conditions {
    /// Processor architectures it is limited to, sorted; empty when it holds for every one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arches: Vec<String>,
    /// The module and stream the package was built in, such as `nodejs:18`; absent when it is
    /// about packages of no module, or the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The channel its fix comes through, such as `esm-infra` or `eus-9.4`, which only
    /// subscribers get; absent for ordinary updates. A statement of a channel never makes a
    /// package vulnerable: it only says where a fix can be had, or that one is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

impl Conditions {
    /// Whether the version alone decides.
    pub const fn is_none(&self) -> bool {
        self.arches.is_empty() && self.module.is_none() && self.channel.is_none()
    }
}

/// One package an advisory names, with the versions it means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Package name as the source writes it, in its normal form; for distributions that file by
    /// source package, the source package's name. Sources of rpm packages file some statements
    /// under the binary package and some under the source package: the latter begin with `src:`.
    pub package: String,
    /// What the source says of it.
    pub status: Status,
    /// A version is affected when it lies in one of these …
    pub ranges: Vec<Range>,
    /// … or is one of these. Versions the ranges already cover need not be listed.
    pub versions: Vec<String>,
    /// The source's own severity for this package in this release, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What must hold besides the version.
    #[serde(default, skip_serializing_if = "Conditions::is_none")]
    pub conditions: Conditions,
    /// The parts of the package that it is about, by the paths they are imported by, sorted; empty
    /// where the source does not say, or means all of it. Go's vulnerability database tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<String>,
}

/// One record of one source: the facts that decide, without prose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// The source's own id, such as `PYSEC-2022-182`, `CVE-2018-25033` or `DSA-5865-1`.
    pub id: String,
    /// Other ids of the same vulnerability, sorted.
    pub aliases: Vec<String>,
    /// The severity the source states in words, if it does.
    pub severity: Option<Severity>,
    /// Scores, in the source's order.
    pub scores: Vec<Score>,
    /// Weakness ids, such as `CWE-79`, sorted.
    pub cwes: Vec<String>,
    /// When the source published it, in seconds since 1970 (UTC).
    pub published: Option<i64>,
    /// When the source last changed it, in seconds since 1970 (UTC).
    pub modified: Option<i64>,
    /// The packages it names.
    pub affected: Vec<Affected>,
}

/// How a version was judged: what a person needs to check the answer by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The database segment the record is in, such as `debian-12`.
    pub segment: String,
    /// The record's own id there.
    pub record: String,
    /// The package name that was looked up; for distributions, the source package.
    pub package: String,
    /// The version that was compared.
    pub version: String,
    /// The order versions were compared by.
    pub scheme: Scheme,
    /// What had to hold besides the version, where the record asks for something.
    #[serde(default, skip_serializing_if = "Conditions::is_none")]
    pub conditions: Conditions,
    /// The range the version lies in; absent when it is listed by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}
