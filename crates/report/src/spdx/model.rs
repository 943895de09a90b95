//! The part of SPDX 2.3 that is written here.

use crate::sbom::NOASSERTION;
use serde::Serialize;

/// A document; its lists are written while they are made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the standard's names")]
pub(super) struct Document<'a, P, R> {
    #[serde(rename = "SPDXID")]
    pub(super) spdx_id: &'static str,
    pub(super) spdx_version: &'static str,
    pub(super) data_license: &'static str,
    pub(super) name: &'a str,
    pub(super) document_namespace: &'a str,
    pub(super) creation_info: CreationInfo<'a>,
    pub(super) document_describes: [&'static str; 1],
    pub(super) packages: P,
    pub(super) relationships: R,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) has_extracted_licensing_infos: Vec<ExtractedLicense<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<[Annotation<'a>; 1]>,
}

#[derive(Serialize)]
pub(super) struct CreationInfo<'a> {
    pub(super) created: &'a str,
    pub(super) creators: [&'a str; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SpdxPackage<'a> {
    #[serde(rename = "SPDXID")]
    pub(super) spdx_id: String,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version_info: Option<String>,
    pub(super) supplier: String,
    pub(super) download_location: &'static str,
    pub(super) files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) checksums: Vec<Checksum<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_info: Option<String>,
    pub(super) license_concluded: &'static str,
    pub(super) license_declared: &'a str,
    pub(super) copyright_text: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) external_refs: Vec<ExternalRef<'a>>,
    pub(super) primary_package_purpose: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<[Annotation<'a>; 1]>,
}

impl<'a> SpdxPackage<'a> {
    /// A package of which no more is known than what it is called.
    pub(super) fn new(spdx_id: String, name: &'a str) -> Self {
        Self {
            spdx_id,
            name,
            version_info: None,
            supplier: NOASSERTION.to_owned(),
            download_location: NOASSERTION,
            files_analyzed: false,
            checksums: Vec::new(),
            source_info: None,
            license_concluded: NOASSERTION,
            license_declared: NOASSERTION,
            copyright_text: NOASSERTION,
            external_refs: Vec::new(),
            primary_package_purpose: "OTHER",
            annotations: None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Checksum<'a> {
    pub(super) algorithm: &'static str,
    pub(super) checksum_value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the standard's names")]
pub(super) struct ExternalRef<'a> {
    pub(super) reference_category: &'static str,
    pub(super) reference_type: &'static str,
    pub(super) reference_locator: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the standard's names")]
pub(super) struct Annotation<'a> {
    pub(super) annotation_date: &'a str,
    pub(super) annotation_type: &'static str,
    pub(super) annotator: &'a str,
    pub(super) comment: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the standard's names")]
pub(super) struct Relationship {
    pub(super) spdx_element_id: String,
    pub(super) relationship_type: &'static str,
    pub(super) related_spdx_element: String,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtractedLicense<'a> {
    pub(crate) license_id: String,
    pub(crate) extracted_text: String,
    pub(crate) name: &'a str,
}
