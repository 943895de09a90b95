//! Indexes, manifests and configurations of the OCI image specification and of Docker's registry
//! API v2, schema 2: bytes in, an [`Image`] out.
//!
//! What a document is, is decided from its content. Media types are only hints: registries,
//! archives and converters are known to get them wrong.

use crate::base;
use crate::platform::PlatformChoice;
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::image::{HistoryEntry, Image, ImageConfig, LayerInfo, Platform};
use lazaret_core::limits::Limits;
use serde::{Deserialize, Deserializer};
use sha2::{Digest as _, Sha256, Sha512};
use std::collections::{BTreeMap, BTreeSet};

/// The annotation with which BuildKit marks manifests that only describe another one.
const DOCKER_REFERENCE_TYPE: &str = "vnd.docker.reference.type";
/// The annotation with which BuildKit says which manifest that is.
const DOCKER_REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";

/// Why a document is not usable as an image.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The bytes are not JSON, or a field has the wrong type.
    #[error("the {document} is malformed")]
    Json {
        /// What it should be: a manifest, an index, a configuration.
        document: &'static str,
        /// Where it breaks the format.
        source: serde_json::Error,
    },
    /// The first Docker image format, whose layers cannot be verified.
    #[error(
        "the manifest is of Docker's schema 1, which is no longer supported: push the image again \
         with a current tool to convert it"
    )]
    Schema1,
    /// JSON, but nothing of an image.
    #[error("the document is neither an image manifest nor an image index")]
    Unknown,
    /// A manifest of something else: a chart, a signature, an attestation.
    #[error("not a container image but an artifact of type `{0}`")]
    Artifact(String),
    /// A configuration of something else.
    #[error("the configuration describes no root file system, so this is not a container image")]
    NoRootFs,
    /// An index without images.
    #[error("it lists no images")]
    NoImages,
    /// No entry of an index is for the platform asked for.
    #[error(
        "the image is not available for {wanted}; it is for {available}: choose one with --platform"
    )]
    NoPlatform {
        /// The platform asked for.
        wanted: Platform,
        /// Those there are, separated by commas.
        available: String,
    },
    /// The only image there is is for another platform.
    #[error("the image is for {found}, not for {wanted}")]
    OtherPlatform {
        /// The platform asked for.
        wanted: Platform,
        /// What the image is for.
        found: String,
    },
    /// Manifest and configuration do not belong together.
    #[error("the manifest has {layers} layers, but the configuration has {diff_ids} diff ids")]
    LayerCount {
        /// Layers of the manifest.
        layers: usize,
        /// Diff ids of the configuration.
        diff_ids: usize,
    },
    /// More layers than any runtime mounts.
    #[error("the image has {layers} layers; at most {max} are read")]
    TooManyLayers {
        /// Layers of the manifest.
        layers: usize,
        /// [`Limits::layers_max`].
        max: usize,
    },
}

/// What points to a blob (OCI image specification, "Content Descriptors").
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    /// What pins the blob's bytes.
    pub(crate) digest: Digest,
    /// Its size in bytes, as claimed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) size: u64,
    /// What it is, as claimed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) media_type: String,
    /// What the artifact behind it is, where it is not an image.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) artifact_type: String,
    /// What the image behind it runs on.
    #[serde(default, deserialize_with = "platform")]
    pub(crate) platform: Option<Platform>,
    /// What else is said of it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) annotations: BTreeMap<String, String>,
    /// Other places that have it, for layers that may not be pushed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) urls: Vec<String>,
}

/// An image manifest, OCI or Docker schema 2.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManifestDoc {
    /// Where the configuration is.
    pub(crate) config: Descriptor,
    /// Where the layers are, the base first.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) layers: Vec<Descriptor>,
    /// What is said of the image.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) annotations: BTreeMap<String, String>,
    /// What it is, where it is not an image.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) artifact_type: String,
}

/// What a document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// An OCI index or Docker manifest list: its entries and annotations.
    Index(Vec<Descriptor>, BTreeMap<String, String>),
    /// The manifest of one image.
    Manifest(Box<ManifestDoc>),
}

/// Only the keys that tell documents apart.
#[derive(Deserialize)]
struct Shape {
    #[serde(rename = "schemaVersion")]
    schema_version: Option<serde_json::Value>,
    manifests: Option<serde::de::IgnoredAny>,
    config: Option<serde::de::IgnoredAny>,
    #[serde(rename = "fsLayers")]
    fs_layers: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct IndexDoc {
    #[serde(default, deserialize_with = "null_as_default")]
    manifests: Vec<Descriptor>,
    #[serde(default, deserialize_with = "null_as_default")]
    annotations: BTreeMap<String, String>,
}

/// Parses a manifest or an index, told apart by their content.
///
/// A document that is both is refused: two readers could understand it in two ways.
pub(crate) fn parse_document(bytes: &[u8]) -> Result<Document, ManifestError> {
    let json = |document| move |source| ManifestError::Json { document, source };
    let shape: Shape = serde_json::from_slice(bytes).map_err(json("manifest"))?;
    if shape.fs_layers.is_some() || shape.schema_version == Some(serde_json::Value::from(1)) {
        return Err(ManifestError::Schema1);
    }
    match (shape.manifests, shape.config) {
        (Some(_), None) => {
            let index: IndexDoc = serde_json::from_slice(bytes).map_err(json("index"))?;
            Ok(Document::Index(index.manifests, index.annotations))
        }
        (None, Some(_)) => {
            let manifest = serde_json::from_slice(bytes).map_err(json("manifest"))?;
            Ok(Document::Manifest(Box::new(manifest)))
        }
        _ => Err(ManifestError::Unknown),
    }
}

impl Descriptor {
    /// The manifest that this one attests something of, where that is what it does.
    pub(crate) fn attests(&self) -> Option<Digest> {
        let kind = self.annotations.get(DOCKER_REFERENCE_TYPE)?;
        let digest = self.annotations.get(DOCKER_REFERENCE_DIGEST)?;
        digest.parse().ok().filter(|_| kind == "attestation-manifest")
    }

    /// Whether this is known not to be an image: an attestation, a signature, another artifact.
    ///
    /// A runtime picks by platform and does not look further, so whatever has one is an image.
    pub(crate) fn is_no_image(&self) -> bool {
        match &self.platform {
            Some(platform) => platform.os == "unknown",
            None => {
                self.annotations.contains_key(DOCKER_REFERENCE_TYPE)
                    || !(self.artifact_type.is_empty() || is_image_config(&self.artifact_type))
            }
        }
    }
}

/// Picks the entries of one multi-platform image that a choice means: all of them, or the best one
/// for a platform. Entries that are not images are passed over.
///
/// An entry that does not say its platform is taken if none that does fits: what is behind it
/// tells.
pub(crate) fn select<'a>(
    entries: &'a [Descriptor],
    choice: &PlatformChoice,
) -> Result<Vec<&'a Descriptor>, ManifestError> {
    let mut seen = BTreeSet::new();
    let images: Vec<&Descriptor> =
        entries.iter().filter(|entry| !entry.is_no_image() && seen.insert(&entry.digest)).collect();
    if images.is_empty() {
        return Err(ManifestError::NoImages);
    }
    let Some(wanted) = choice.wanted() else { return Ok(images) };
    let fits = |entry: &&&Descriptor| entry.platform.as_ref().is_some_and(|p| p.serves(&wanted));
    // `min_by_key` takes the first of equals, so the order of the index decides last.
    if let Some(best) =
        images.iter().filter(fits).min_by_key(|entry| variant_rank(entry.platform.as_ref()))
    {
        return Ok(vec![best]);
    }
    let silent: Vec<&Descriptor> =
        images.iter().filter(|entry| entry.platform.is_none()).copied().collect();
    if silent.is_empty() {
        let platforms: BTreeSet<String> = images
            .iter()
            .filter_map(|entry| entry.platform.as_ref())
            .map(ToString::to_string)
            .collect();
        let available = platforms.into_iter().collect::<Vec<_>>().join(", ");
        return Err(ManifestError::NoPlatform { wanted, available });
    }
    Ok(silent)
}

/// How far a variant is from the one every machine of the architecture is expected to have.
fn variant_rank(platform: Option<&Platform>) -> u8 {
    let Some(platform) = platform else { return u8::MAX };
    match (&*platform.architecture, platform.variant.as_deref()) {
        (_, None) | ("arm", Some("v7")) | ("arm64", Some("v8")) | ("amd64", Some("v1")) => 0,
        ("arm", Some("v6")) => 1,
        ("arm", Some("v5")) => 2,
        _ => 3,
    }
}

/// Checks that an image that was not chosen from an index is for the platform asked for. Without
/// an explicit wish any will do: there is nothing else to choose.
pub(crate) fn check_platform(image: &Image, choice: &PlatformChoice) -> Result<(), ManifestError> {
    let PlatformChoice::One(wanted) = choice else { return Ok(()) };
    match &image.platform {
        Some(platform) if platform.serves(wanted) => Ok(()),
        // Index and configuration often differ in the variant alone, which is written in one only.
        Some(Platform { os, architecture, variant: None })
            if *os == wanted.os && *architecture == wanted.architecture =>
        {
            Ok(())
        }
        other => Err(ManifestError::OtherPlatform {
            wanted: wanted.clone(),
            found: other
                .as_ref()
                .map_or_else(|| "an unknown platform".to_owned(), ToString::to_string),
        }),
    }
}

/// The part of a configuration that is read (OCI image specification, "Image Configuration").
#[derive(Default, Deserialize)]
struct ConfigDoc {
    #[serde(default, deserialize_with = "null_as_default")]
    architecture: String,
    #[serde(default, deserialize_with = "null_as_default")]
    os: String,
    variant: Option<String>,
    created: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    config: RunDoc,
    rootfs: Option<RootFsDoc>,
    #[serde(default, deserialize_with = "null_as_default")]
    history: Vec<HistoryDoc>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(clippy::zero_sized_map_values, reason = "the format has a map for what is a set")]
struct RunDoc {
    user: Option<String>,
    env: Option<Vec<String>>,
    entrypoint: Option<Words>,
    cmd: Option<Words>,
    labels: Option<BTreeMap<String, Option<String>>>,
    exposed_ports: Option<BTreeMap<String, serde::de::IgnoredAny>>,
    volumes: Option<BTreeMap<String, serde::de::IgnoredAny>>,
    healthcheck: Option<HealthDoc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HealthDoc {
    test: Option<Words>,
}

/// A command line: Docker takes a list or, from old images, one text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    List(Vec<String>),
    Text(String),
}

impl Words {
    fn into_list(self) -> Vec<String> {
        match self {
            Self::List(list) => list,
            Self::Text(text) => vec![text],
        }
    }
}

#[derive(Deserialize)]
struct RootFsDoc {
    #[serde(default, deserialize_with = "null_as_default")]
    diff_ids: Vec<Digest>,
}

#[derive(Deserialize)]
struct HistoryDoc {
    #[serde(default, deserialize_with = "null_as_default")]
    created_by: String,
    #[serde(default, deserialize_with = "null_as_default")]
    empty_layer: bool,
    created: Option<String>,
}

/// Builds the description of an image from its manifest and configuration, whose bytes have been
/// verified by the caller.
pub(crate) fn build_image(
    name: &str,
    manifest_digest: Option<&Digest>,
    manifest: &ManifestDoc,
    config_bytes: &[u8],
    limits: &Limits,
) -> Result<Image, ManifestError> {
    if let Some(kind) = artifact_type(manifest) {
        return Err(ManifestError::Artifact(kind.to_owned()));
    }
    let layers = manifest
        .layers
        .iter()
        .map(|layer| LayerInfo {
            blob_digest: Some(layer.digest.clone()),
            diff_id: None,
            size_bytes: layer.size,
            created_by: None,
            base: None,
        })
        .collect();
    let mut image = describe(name, config_bytes, layers, limits)?;
    image.digest = manifest_digest.cloned();
    image.config_digest = Some(manifest.config.digest.clone());
    image.annotations = manifest.annotations.clone();
    base::find(&mut image);
    Ok(image)
}

/// Builds the description of an image from its configuration and as many layers as it has diff
/// ids. Digests of manifest and configuration are left to the caller, and so is the base image.
pub(crate) fn describe(
    name: &str,
    config_bytes: &[u8],
    layers: Vec<LayerInfo>,
    limits: &Limits,
) -> Result<Image, ManifestError> {
    let document: ConfigDoc = serde_json::from_slice(config_bytes)
        .map_err(|source| ManifestError::Json { document: "configuration", source })?;
    if layers.len() > limits.layers_max {
        return Err(ManifestError::TooManyLayers { layers: layers.len(), max: limits.layers_max });
    }
    let diff_ids = document.rootfs.ok_or(ManifestError::NoRootFs)?.diff_ids;
    if diff_ids.len() != layers.len() {
        return Err(ManifestError::LayerCount { layers: layers.len(), diff_ids: diff_ids.len() });
    }
    let history: Vec<HistoryEntry> = document
        .history
        .into_iter()
        .map(|entry| HistoryEntry {
            created_by: entry.created_by,
            empty_layer: entry.empty_layer,
            created: entry.created,
        })
        .collect();
    let mut layers: Vec<LayerInfo> = layers
        .into_iter()
        .zip(diff_ids)
        .map(|(layer, diff_id)| LayerInfo { diff_id: Some(diff_id), ..layer })
        .collect();
    // A history of the wrong length cannot be told which layer a line belongs to.
    if history.iter().filter(|entry| !entry.empty_layer).count() == layers.len() {
        let made = history.iter().filter(|entry| !entry.empty_layer);
        for (layer, entry) in layers.iter_mut().zip(made) {
            layer.created_by = (!entry.created_by.is_empty()).then(|| entry.created_by.clone());
        }
    }
    let run = document.config;
    let platform =
        (!document.os.is_empty() && !document.architecture.is_empty()).then(|| Platform {
            os: document.os,
            architecture: document.architecture,
            variant: document.variant.filter(|variant| !variant.is_empty()),
        });
    Ok(Image {
        name: name.to_owned(),
        digest: None,
        config_digest: None,
        platform,
        annotations: BTreeMap::new(),
        base_image: None,
        config: ImageConfig {
            user: run.user.filter(|user| !user.is_empty()),
            env: run.env.unwrap_or_default(),
            entrypoint: run.entrypoint.map(Words::into_list).unwrap_or_default(),
            cmd: run.cmd.map(Words::into_list).unwrap_or_default(),
            labels: run
                .labels
                .unwrap_or_default()
                .into_iter()
                .map(|(key, value)| (key, value.unwrap_or_default()))
                .collect(),
            exposed_ports: run.exposed_ports.unwrap_or_default().into_keys().collect(),
            volumes: run.volumes.unwrap_or_default().into_keys().collect(),
            healthcheck: run
                .healthcheck
                .and_then(|health| health.test)
                .map(Words::into_list)
                .unwrap_or_default(),
            created: document.created,
            history,
        },
        layers,
    })
}

/// Adds to an image's platform what only the index that led to it says, such as the variant.
pub(crate) fn complete_platform(image: &mut Image, entry: Option<&Platform>) {
    match (&mut image.platform, entry) {
        (Some(own), Some(entry)) => {
            if own.variant.is_none() && own.os == entry.os && own.architecture == entry.architecture
            {
                own.variant.clone_from(&entry.variant);
            }
        }
        (own @ None, Some(entry)) if entry.os != "unknown" => *own = Some(entry.clone()),
        (_, _) => {}
    }
}

/// The digest of a document.
pub(crate) fn digest_of(algorithm: Algorithm, bytes: &[u8]) -> Digest {
    match algorithm {
        Algorithm::Sha256 => Digest::sha256(Sha256::digest(bytes).into()),
        Algorithm::Sha512 => Digest::sha512(Sha512::digest(bytes).into()),
    }
}

/// The type of a manifest that is not an image's, or nothing if it may be one.
pub(crate) fn artifact_type(manifest: &ManifestDoc) -> Option<&str> {
    if !manifest.artifact_type.is_empty() && !is_image_config(&manifest.artifact_type) {
        return Some(&manifest.artifact_type);
    }
    let config = &*manifest.config.media_type;
    if !config.is_empty() && !is_image_config(config) && !is_generic(config) {
        return Some(config);
    }
    // Signatures carry an image configuration, but their layers are documents.
    let documents = manifest.layers.iter().all(|layer| layer.media_type.ends_with("json"));
    match manifest.layers.first() {
        Some(layer) if documents => Some(&layer.media_type),
        _ => None,
    }
}

fn is_image_config(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.oci.image.config.v1+json"
            | "application/vnd.docker.container.image.v1+json"
    )
}

/// Media types that say nothing, which some converters write for a configuration.
fn is_generic(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/json"
            | "application/octet-stream"
            | "text/plain"
            | "text/plain; charset=utf-8"
    )
}

/// Go writes empty lists, maps and texts as `null`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A descriptor's platform; one without operating system or architecture says nothing.
fn platform<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Platform>, D::Error> {
    #[derive(Deserialize)]
    struct PlatformDoc {
        #[serde(default, deserialize_with = "null_as_default")]
        os: String,
        #[serde(default, deserialize_with = "null_as_default")]
        architecture: String,
        variant: Option<String>,
    }
    let document = Option::<PlatformDoc>::deserialize(deserializer)?;
    Ok(document
        .filter(|document| !document.os.is_empty() && !document.architecture.is_empty())
        .map(|document| Platform {
            os: document.os,
            architecture: document.architecture,
            variant: document.variant.filter(|variant| !variant.is_empty()),
        }))
}
