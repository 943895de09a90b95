//! The part of Syft's schema 16 that is written here.

use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A document; its lists are written while they are made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a, A, R> {
    pub(super) artifacts: A,
    pub(super) artifact_relationships: R,
    pub(super) source: Source<'a>,
    pub(super) distro: Distro<'a>,
    pub(super) descriptor: Descriptor<'a>,
    pub(super) schema: Schema,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) found_by: &'a str,
    pub(super) locations: Vec<Place>,
    pub(super) licenses: Vec<Licensed<'a>>,
    pub(super) language: &'static str,
    pub(super) cpes: [(); 0],
    pub(super) purl: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metadata_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<Metadata<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) path: String,
    #[serde(rename = "layerID", skip_serializing_if = "Option::is_none")]
    pub(super) layer_id: Option<String>,
    pub(super) access_path: String,
    pub(super) annotations: BTreeMap<Cow<'static, str>, String>,
}

#[derive(Serialize)]
pub(super) struct Licensed<'a> {
    pub(super) value: &'a str,
    #[serde(rename = "spdxExpression")]
    pub(super) expression: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) urls: [(); 0],
    pub(super) locations: [(); 0],
}

/// What a package database says, by its kind.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Metadata<'a> {
    Apk(ApkEntry<'a>),
    Deb(DebEntry<'a>),
    Rpm(RpmEntry<'a>),
}

impl Metadata<'_> {
    /// Syft's name for the kind.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Apk(_) => "apk-db-entry",
            Self::Deb(_) => "dpkg-db-entry",
            Self::Rpm(_) => "rpm-db-entry",
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApkEntry<'a> {
    pub(super) package: &'a str,
    pub(super) origin_package: &'a str,
    pub(super) maintainer: &'a str,
    pub(super) version: &'a str,
    pub(super) architecture: &'a str,
    pub(super) url: &'static str,
    pub(super) description: &'static str,
    pub(super) size: u32,
    pub(super) installed_size: u32,
    pub(super) pull_dependencies: [(); 0],
    pub(super) provides: [(); 0],
    pub(super) pull_checksum: &'static str,
    #[serde(rename = "gitCommitOfApkPort")]
    pub(super) git_commit: &'static str,
    pub(super) files: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DebEntry<'a> {
    pub(super) package: &'a str,
    pub(super) source: &'a str,
    pub(super) version: &'a str,
    pub(super) source_version: &'a str,
    pub(super) architecture: &'a str,
    pub(super) maintainer: &'a str,
    pub(super) installed_size: u32,
    pub(super) files: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RpmEntry<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) epoch: Option<u32>,
    pub(super) architecture: &'a str,
    pub(super) release: &'a str,
    pub(super) source_rpm: String,
    pub(super) size: u32,
    pub(super) vendor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) modularity_label: Option<&'a str>,
    pub(super) files: [(); 0],
}

#[derive(Serialize)]
pub(super) struct Relationship<'a> {
    pub(super) parent: &'a str,
    pub(super) child: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct Source<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) version: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) metadata: SourceMetadata<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum SourceMetadata<'a> {
    Image(ImageMetadata<'a>),
    Directory(Directory<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageMetadata<'a> {
    pub(super) user_input: &'a str,
    #[serde(rename = "imageID")]
    pub(super) image_id: String,
    pub(super) manifest_digest: String,
    pub(super) media_type: &'static str,
    pub(super) tags: [(); 0],
    pub(super) image_size: u64,
    pub(super) layers: Vec<Layer>,
    pub(super) repo_digests: [(); 0],
    pub(super) architecture: &'a str,
    pub(super) os: &'a str,
    pub(super) labels: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Layer {
    pub(super) media_type: &'static str,
    pub(super) digest: String,
    pub(super) size: u64,
}

#[derive(Serialize)]
pub(super) struct Directory<'a> {
    pub(super) path: &'a str,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Distro<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pretty_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) id_like: &'a [String],
    #[serde(rename = "versionID", skip_serializing_if = "Option::is_none")]
    pub(super) version_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version_codename: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Descriptor<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) timestamp: String,
    pub(super) configuration: BTreeMap<Cow<'static, str>, String>,
}

#[derive(Serialize)]
pub(super) struct Schema {
    pub(super) version: &'static str,
    pub(super) url: &'static str,
}
