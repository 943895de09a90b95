//! Manifests of artifacts and what they point to, as they are written and read.

use crate::manifest::null_as_default;
use lazaret_core::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The media type of every manifest written here.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

/// What points to a blob (OCI image specification, "Content Descriptors").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the blob is, as claimed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub media_type: String,
    /// What pins its bytes.
    pub digest: Digest,
    /// How many there are.
    #[serde(default, deserialize_with = "null_as_default")]
    pub size: u64,
    /// What the artifact behind it is.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub artifact_type: String,
    /// What else is said of it.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub annotations: BTreeMap<String, String>,
}

/// The manifest of an artifact (OCI image specification, "Image Manifest").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactManifest {
    /// Always 2.
    schema_version: u32,
    /// What the document is.
    #[serde(default, deserialize_with = "null_as_default")]
    media_type: String,
    /// What the artifact is; empty where the configuration's media type says it.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub artifact_type: String,
    /// Its configuration.
    pub config: Descriptor,
    /// Its parts.
    #[serde(default, deserialize_with = "null_as_default")]
    pub layers: Vec<Descriptor>,
    /// The image it is about.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub subject: Option<Descriptor>,
    /// What else is said of it.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub annotations: BTreeMap<String, String>,
}

impl ArtifactManifest {
    /// A manifest with these parts.
    pub fn new(artifact_type: &str, config: Descriptor, layers: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: MEDIA_TYPE.to_owned(),
            artifact_type: artifact_type.to_owned(),
            config,
            layers,
            subject: None,
            annotations: BTreeMap::new(),
        }
    }

    /// What the artifact is.
    pub fn kind(&self) -> &str {
        if self.artifact_type.is_empty() { &self.config.media_type } else { &self.artifact_type }
    }

    /// Reads a manifest.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The manifest as it is written: the same bytes for the same parts.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}
