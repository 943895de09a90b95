//! What a scan comes to: the only thing outputs see.

use crate::compliance::Compliance;
use crate::digest::Digest;
use crate::finding::{Finding, Kind, RuleText};
use crate::image::Image;
use crate::inventory::Inventory;
use crate::location::ImagePath;
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where an advisory database came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseOrigin {
    /// The facts compiled into the program.
    Snapshot,
    /// A database on disk.
    Directory,
}

/// One segment of the database: one source, one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentUse {
    /// Name, such as `debian-12`.
    pub name: String,
    /// Digest of the segment file.
    pub digest: Digest,
    /// The newest date of any of its records (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// How many records it holds.
    pub records: u32,
}

/// The advisory database a scan asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseUse {
    /// Where it came from.
    pub origin: DatabaseOrigin,
    /// Digest of its manifest, which pins every segment.
    pub digest: Digest,
    /// The newest date of any record in it (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// The segments that were asked for this image, sorted by name.
    pub segments: Vec<SegmentUse>,
}

/// Whether somebody vouches for a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// Nobody looked whether it is signed: whoever may push to the repository may have written it.
    #[default]
    NotChecked,
}

impl Signature {
    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotChecked => "signature not checked",
        }
    }
}

/// A bill of materials that lies beside an image in its registry, and was joined with what is in the
/// image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedSbom {
    /// Digest of the blob it is from.
    pub digest: Digest,
    /// What the registry says that it is: the type of a statement's predicate, or a media type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What packages that it knows of have as their location.
    pub path: ImagePath,
    /// Whether somebody vouches for it.
    pub signature: Signature,
}

/// What made the report, so that it can be made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Name of the tool.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// What was looked for, sorted; empty where a report does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_for: Vec<Kind>,
    /// The advisory database; absent when vulnerabilities were not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseUse>,
    /// Bills of materials beside the image that were read as well, sorted by their digests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<AttachedSbom>,
}

/// What kind of thing was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A container image.
    Image,
    /// A root file system, unpacked or running.
    Rootfs,
    /// A source tree.
    Filesystem,
    /// Configuration files alone.
    Config,
    /// A bill of materials, which says what somebody found in something.
    Sbom,
}

/// Until when the release of an operating system is looked after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndOfLife {
    /// The last day of the support everyone gets (RFC 3339 date).
    pub date: String,
    /// The last day of the support subscribers get, where that is later (RFC 3339 date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<String>,
}

impl EndOfLife {
    /// Whether the support everyone gets is over on a day (RFC 3339 date).
    pub fn is_over(&self, today: &str) -> bool {
        // Dates of RFC 3339 sort as their texts do.
        self.date.as_str() < today
    }
}

/// The result of one scan of one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What kind of thing was scanned.
    pub target: TargetKind,
    /// What was scanned.
    pub image: Image,
    /// What it holds.
    pub inventory: Inventory,
    /// Until when its operating system is looked after; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<EndOfLife>,
    /// What is wrong with it, most urgent first.
    pub findings: Vec<Finding>,
    /// What is said of the rules that found something, by the ids of the findings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, RuleText>,
    /// What was found of a catalog of controls; absent where none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compliance: Option<Compliance>,
    /// Whether it may pass.
    pub verdict: Verdict,
    /// What made this report.
    pub provenance: Provenance,
}
