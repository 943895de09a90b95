//! What an image has that someone should know.

mod kind;

pub use kind::{Kind, KindError};

use crate::advisory::{Reason, Score, Status};
use crate::inventory::Inventory;
use crate::location::{LayerIndex, Location};
use crate::package::PackageId;
use crate::severity::{BySource, Severity};
use serde::{Deserialize, Serialize};

/// What a finding is, with what only that kind has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "kebab-case")]
pub enum Detail {
    /// A package version that an advisory names.
    Vulnerability(Box<Vulnerability>),
    /// A password or key that a stranger could use.
    Secret(Box<Secret>),
    /// A setting that makes an image, or what is made of it, less safe.
    Misconfiguration(Box<Misconfiguration>),
    /// A license that asks for attention.
    License(Box<License>),
}

/// Where a finding is that is not about a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "kebab-case")]
pub enum Place {
    /// In a file.
    File {
        /// Which one, and where in it.
        #[serde(flatten)]
        location: Location,
        /// The path inside the archive, where the file is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inside: Option<String>,
        /// The layer that deleted or replaced the file; what it held is in the image all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deleted_by: Option<LayerIndex>,
    },
    /// In a variable of the environment.
    Env {
        /// The variable's name.
        name: String,
    },
    /// In a label.
    Label {
        /// The label's name.
        name: String,
    },
    /// In a line of the image's history.
    History {
        /// The line's position in the history, counted from zero.
        entry: u32,
    },
    /// In the image's configuration, or in the image as a whole.
    Image,
}

impl Place {
    /// The file it is in, if it is in one.
    pub const fn location(&self) -> Option<&Location> {
        match self {
            Self::File { location, .. } => Some(location),
            Self::Env { .. } | Self::Label { .. } | Self::History { .. } | Self::Image => None,
        }
    }
}

/// A password or key that a stranger could use. Its value is nowhere in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What it is, for people, such as `GitHub personal access token`.
    pub title: String,
    /// Whose it is, such as `GitHub`.
    pub category: String,
    /// What other tools call the rule that found it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Enough to recognize it by, and no more: the kind's own prefix, then asterisks.
    pub stub: String,
    /// Where it is.
    pub at: Place,
}

/// What a rule of misconfiguration looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checked {
    /// An image: its configuration, history and file system.
    Image,
    /// A Dockerfile.
    Dockerfile,
    /// A manifest of Kubernetes, or what Helm makes one of.
    Kubernetes,
    /// A Compose file.
    Compose,
    /// Terraform or OpenTofu configuration.
    Terraform,
    /// Whatever a rule of the user's own, in Rego, looks at.
    Custom,
}

impl Checked {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Image,
        Self::Dockerfile,
        Self::Kubernetes,
        Self::Compose,
        Self::Terraform,
        Self::Custom,
    ];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Dockerfile => "dockerfile",
            Self::Kubernetes => "kubernetes",
            Self::Compose => "compose",
            Self::Terraform => "terraform",
            Self::Custom => "custom",
        }
    }
}

/// A setting that makes an image, or what is made of it, less safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misconfiguration {
    /// What is wrong, as the rule has it, for all that break it.
    pub title: String,
    /// What is wrong here.
    pub message: String,
    /// What the rule looked at.
    pub checked: Checked,
    /// What other tools call the rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Where it is.
    pub at: Place,
    /// The line of the image's history that brought it, counted from zero, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u32>,
}

/// A license that asks for attention: of a package, or of a file that belongs to none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct License {
    /// An SPDX expression, or what the package says of itself where that is none.
    pub license: String,
    /// What using it asks for, such as `restricted`.
    pub class: String,
    /// The package that is under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageId>,
    /// The file that has its text, where no package says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
    /// How sure that is, in percent; 100 where a package says so itself.
    pub confidence: u8,
}

/// What is said of a rule once, for all findings it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    /// What is wrong, as a title.
    pub title: String,
    /// Why that matters; Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What to do about it; Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
    /// What other tools call it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
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
    #[serde(default, skip_serializing_if = "BySource::is_empty")]
    pub severities: BySource,
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
            _ => None,
        }
    }

    /// The secret, if it is one.
    pub fn secret(&self) -> Option<&Secret> {
        match &self.detail {
            Detail::Secret(secret) => Some(secret),
            _ => None,
        }
    }

    /// The misconfiguration, if it is one.
    pub fn misconfiguration(&self) -> Option<&Misconfiguration> {
        match &self.detail {
            Detail::Misconfiguration(misconfiguration) => Some(misconfiguration),
            _ => None,
        }
    }

    /// The license, if it is one.
    pub fn license(&self) -> Option<&License> {
        match &self.detail {
            Detail::License(license) => Some(license),
            _ => None,
        }
    }

    /// The package it is about, if it is about one.
    pub fn package(&self) -> Option<PackageId> {
        match &self.detail {
            Detail::Vulnerability(vulnerability) => Some(vulnerability.package),
            Detail::License(license) => license.package,
            Detail::Secret(_) | Detail::Misconfiguration(_) => None,
        }
    }

    /// Where it is, if it is not about a package.
    pub fn place(&self) -> Option<&Place> {
        match &self.detail {
            Detail::Vulnerability(_) => None,
            Detail::Secret(secret) => Some(&secret.at),
            Detail::Misconfiguration(misconfiguration) => Some(&misconfiguration.at),
            Detail::License(license) => license.at.as_ref(),
        }
    }

    /// The files it is in: those of its package, or the one it was found in.
    pub fn locations<'a>(&'a self, inventory: &'a Inventory) -> &'a [Location] {
        let package = self.package().and_then(|id| inventory.package(id));
        match package {
            Some(package) => &package.locations,
            None => self.place().and_then(Place::location).map_or(&[], std::slice::from_ref),
        }
    }

    /// The layer that brought it, where one did.
    pub fn layer(&self, inventory: &Inventory) -> Option<LayerIndex> {
        let package = self.package().and_then(|id| inventory.package(id));
        package
            .map(|package| package.layer)
            .or_else(|| Some(self.place().and_then(Place::location)?.layer))
    }

    /// Other ids of the same thing.
    pub fn aliases(&self) -> &[String] {
        match &self.detail {
            Detail::Vulnerability(vulnerability) => &vulnerability.aliases,
            Detail::Secret(secret) => &secret.aliases,
            Detail::Misconfiguration(misconfiguration) => &misconfiguration.aliases,
            Detail::License(_) => &[],
        }
    }

    /// Whether it is known to be exploited.
    pub fn is_exploited(&self) -> bool {
        self.vulnerability().is_some_and(|v| v.exploited.is_some())
    }

    /// Whether it is a vulnerability no version is known to have the fix of.
    pub fn is_unfixed(&self) -> bool {
        self.vulnerability().is_some_and(|v| v.fixed_versions.is_empty())
    }

    /// Whether a version with the fix is known.
    pub fn is_fixable(&self) -> bool {
        self.vulnerability().is_some_and(|v| !v.fixed_versions.is_empty())
    }
}
