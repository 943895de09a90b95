//! The part of Trivy's report that is written here. Fields are in Trivy's order, and those it
//! leaves out when empty are left out when empty.

use super::other::{MisconfSummary, TrivyLicense, TrivyMisconfiguration, TrivySecret};
use super::{Packages, Vulnerabilities};
use lazaret_core::digest::Digest;
use lazaret_core::severity::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Root<'a> {
    pub(super) schema_version: u8,
    #[serde(rename = "ReportID")]
    pub(super) report_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<String>,
    pub(super) artifact_name: &'a str,
    pub(super) artifact_type: &'static str,
    pub(super) metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) results: Vec<TrivyResult<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Metadata<'a> {
    #[serde(rename = "OS", skip_serializing_if = "Option::is_none")]
    pub(super) os: Option<Os<'a>>,
    #[serde(rename = "ImageID", skip_serializing_if = "Option::is_none")]
    pub(super) image_id: Option<&'a Digest>,
    #[serde(rename = "DiffIDs", skip_serializing_if = "Vec::is_empty")]
    pub(super) diff_ids: Vec<&'a Digest>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) repo_tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) repo_digests: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image_config: Option<ImageConfig<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) layers: Vec<Layer<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Os<'a> {
    pub(super) family: &'a str,
    pub(super) name: &'a str,
    #[serde(rename = "EOSL", skip_serializing_if = "std::ops::Not::not")]
    pub(super) end_of_life: bool,
}

/// The image's own configuration, in the spelling of Docker and OCI.
#[derive(Serialize)]
pub(super) struct ImageConfig<'a> {
    pub(super) architecture: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) history: Vec<History<'a>>,
    pub(super) os: &'a str,
    pub(super) rootfs: Rootfs<'a>,
    pub(super) config: Config<'a>,
}

#[derive(Serialize)]
pub(super) struct History<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) created_by: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) empty_layer: bool,
}

#[derive(Serialize)]
pub(super) struct Rootfs<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) diff_ids: Vec<&'a Digest>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Config<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) cmd: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) entrypoint: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) env: &'a [String],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[expect(clippy::zero_sized_map_values, reason = "a set is an object of empty objects in Go")]
    pub(super) exposed_ports: BTreeMap<&'a str, Nothing>,
}

/// An object without fields.
#[derive(Serialize)]
pub(super) struct Nothing {}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Layer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<&'a Digest>,
    #[serde(rename = "DiffID", skip_serializing_if = "Option::is_none")]
    pub(super) diff_id: Option<&'a Digest>,
    /// Written for secrets only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_by: Option<&'a str>,
}

impl Layer<'_> {
    pub(super) const fn is_empty(&self) -> bool {
        self.digest.is_none() && self.diff_id.is_none()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrivyResult<'a> {
    pub(super) target: String,
    pub(super) class: &'static str,
    #[serde(rename = "Type", skip_serializing_if = "str::is_empty")]
    pub(super) kind: &'a str,
    #[serde(skip_serializing_if = "Packages::is_empty")]
    pub(super) packages: Packages<'a>,
    #[serde(skip_serializing_if = "Vulnerabilities::is_empty")]
    pub(super) vulnerabilities: Vulnerabilities<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) misconf_summary: Option<MisconfSummary>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) misconfigurations: Vec<TrivyMisconfiguration<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) secrets: Vec<TrivySecret<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) licenses: Vec<TrivyLicense<'a>>,
    #[serde(rename = "ExperimentalModifiedFindings", skip_serializing_if = "Vec::is_empty")]
    pub(super) modified: Vec<Modified<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Modified<'a> {
    #[serde(rename = "Type")]
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) statement: &'a str,
    pub(super) source: &'a str,
    pub(super) finding: AnyFinding<'a>,
}

/// A finding of any kind.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum AnyFinding<'a> {
    Vulnerability(Box<TrivyVulnerability<'a>>),
    Misconfiguration(Box<TrivyMisconfiguration<'a>>),
    Secret(Box<TrivySecret<'a>>),
    License(Box<TrivyLicense<'a>>),
}

#[derive(Serialize)]
pub(super) struct Identifier<'a> {
    #[serde(rename = "PURL")]
    pub(super) purl: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Lines {
    #[serde(rename = "StartLine")]
    pub(super) start: u32,
    #[serde(rename = "EndLine")]
    pub(super) end: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrivyPackage<'a> {
    #[serde(rename = "ID")]
    pub(super) id: String,
    pub(super) name: &'a str,
    pub(super) identifier: Identifier<'a>,
    pub(super) version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) release: Option<&'a str>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) epoch: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arch: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) dev: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) src_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) src_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) src_release: Option<&'a str>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) src_epoch: u32,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) licenses: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layer: Option<Layer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Lines>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over as it is")]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrivyVulnerability<'a> {
    #[serde(rename = "VulnerabilityID")]
    pub(super) vulnerability_id: &'a str,
    #[serde(rename = "VendorIDs", skip_serializing_if = "Vec::is_empty")]
    pub(super) vendor_ids: Vec<&'a str>,
    #[serde(rename = "PkgID")]
    pub(super) pkg_id: String,
    pub(super) pkg_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pkg_path: Option<&'a str>,
    pub(super) pkg_identifier: Identifier<'a>,
    pub(super) installed_version: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) fixed_version: String,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layer: Option<Layer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity_source: Option<String>,
    #[serde(rename = "PrimaryURL", skip_serializing_if = "Option::is_none")]
    pub(super) primary_url: Option<String>,
    pub(super) data_source: DataSource,
    pub(super) fingerprint: &'a str,
    pub(super) severity: Severity,
    #[serde(rename = "CweIDs", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) cwe_ids: &'a [String],
    pub(super) vendor_severity: BTreeMap<String, u8>,
    #[serde(rename = "CVSS", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) cvss: BTreeMap<String, Cvss<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) published_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_modified_date: Option<String>,
}

#[derive(Serialize)]
pub(super) struct DataSource {
    #[serde(rename = "ID")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    pub(super) name: String,
    #[serde(rename = "URL", skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<&'static str>,
}

#[derive(Default, Serialize)]
pub(super) struct Cvss<'a> {
    #[serde(rename = "V2Vector", skip_serializing_if = "Option::is_none")]
    pub(super) v2_vector: Option<&'a str>,
    #[serde(rename = "V3Vector", skip_serializing_if = "Option::is_none")]
    pub(super) v3_vector: Option<&'a str>,
    #[serde(rename = "V40Vector", skip_serializing_if = "Option::is_none")]
    pub(super) v40_vector: Option<&'a str>,
    #[serde(rename = "V2Score", skip_serializing_if = "Option::is_none", serialize_with = "score")]
    pub(super) v2_score: Option<f64>,
    #[serde(rename = "V3Score", skip_serializing_if = "Option::is_none", serialize_with = "score")]
    pub(super) v3_score: Option<f64>,
    #[serde(
        rename = "V40Score",
        skip_serializing_if = "Option::is_none",
        serialize_with = "score"
    )]
    pub(super) v40_score: Option<f64>,
}

/// Go writes whole numbers without a fraction.
#[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
fn score<S: serde::Serializer>(score: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match score {
        Some(score) if score.fract() == 0.0 && (0.0..=10.0).contains(score) => {
            let whole = (0..=10_u8).find(|n| f64::from(*n) >= *score).unwrap_or_default();
            serializer.serialize_u8(whole)
        }
        Some(score) => serializer.serialize_f64(*score),
        None => serializer.serialize_none(),
    }
}
