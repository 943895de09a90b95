//! The part of the AWS Security Finding Format that is written here.

use lazaret_core::severity::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Document<F> {
    pub(super) findings: F,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry<'a> {
    pub(super) schema_version: &'static str,
    pub(super) id: String,
    pub(super) product_arn: String,
    pub(super) product_name: &'static str,
    pub(super) generator_id: String,
    pub(super) aws_account_id: &'a str,
    pub(super) types: [&'static str; 1],
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) severity: Severities,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) remediation: Remediation,
    pub(super) product_fields: BTreeMap<&'static str, String>,
    pub(super) resources: [Resource<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) vulnerabilities: Vec<VulnerabilityEntry>,
    pub(super) record_state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Severities {
    pub(super) label: &'static str,
    pub(super) original: Severity,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Remediation {
    pub(super) recommendation: Recommendation,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Recommendation {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Resource<'a> {
    #[serde(rename = "Type")]
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) partition: &'static str,
    pub(super) region: &'a str,
    pub(super) details: Details,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Details {
    pub(super) container: Container,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Container {
    pub(super) image_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VulnerabilityEntry {
    pub(super) id: String,
    pub(super) vulnerable_packages: [SoftwarePackage; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cvss: Vec<Cvss>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_vulnerabilities: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) vendor: Option<Vendor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reference_urls: Vec<String>,
    pub(super) fix_available: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) epss_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exploit_available: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SoftwarePackage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) architecture: Option<String>,
    pub(super) package_manager: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fixed_in_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remediation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_layer_hash: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Cvss {
    pub(super) version: String,
    pub(super) base_score: f64,
    pub(super) base_vector: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Vendor {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(rename = "VendorSeverity", skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<Severity>,
    #[serde(rename = "VendorCreatedAt", skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<String>,
    #[serde(rename = "VendorUpdatedAt", skip_serializing_if = "Option::is_none")]
    pub(super) updated_at: Option<String>,
}
