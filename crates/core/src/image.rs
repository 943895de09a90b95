//! What an image is: a description without handles, cheap to clone and to store.

use crate::digest::Digest;
use crate::location::LayerIndex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The operating system and processor an image is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Platform {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Architecture in Go's spelling, such as `amd64`.
    pub architecture: String,
    /// Variant, such as `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// A text that is not `os/arch[/variant]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a platform: expected os/arch or os/arch/variant, such as linux/arm64")]
pub struct PlatformError(pub String);

impl Platform {
    /// A Linux platform without a variant.
    pub fn linux(architecture: &str) -> Self {
        Self { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None }
    }

    /// Whether an image for `self` serves a request for `wanted`.
    ///
    /// A request without a variant takes any; `arm64` and `arm64/v8` are the same.
    pub fn serves(&self, wanted: &Self) -> bool {
        let variant = |platform: &Self| match (&*platform.architecture, &platform.variant) {
            ("arm64", Some(variant)) if variant == "v8" => None,
            (_, variant) => variant.clone(),
        };
        self.os == wanted.os
            && self.architecture == wanted.architecture
            && (wanted.variant.is_none() || variant(self) == variant(wanted))
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let error = || PlatformError(text.to_owned());
        let mut parts = text.split('/');
        let os = parts.next().filter(|part| !part.is_empty()).ok_or_else(error)?;
        let architecture = parts.next().filter(|part| !part.is_empty()).ok_or_else(error)?;
        let variant = parts.next().map(str::to_owned);
        if parts.next().is_some() || variant.as_deref() == Some("") {
            return Err(error());
        }
        let architecture = match architecture {
            "x86_64" | "x86-64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        Ok(Self { os: os.to_owned(), architecture: architecture.to_owned(), variant })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

/// One layer, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerInfo {
    /// Digest of the blob as stored, usually compressed; absent in old `docker save` files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob_digest: Option<Digest>,
    /// Digest of the uncompressed archive: the layer's identity for caching. Absent for a root file
    /// system, which has no archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff_id: Option<Digest>,
    /// Size of the blob as stored, in bytes.
    pub size_bytes: u64,
    /// The instruction that made the layer, from the image's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Whether the base image brought it; absent where nobody can tell. [`Image::base_image`] has
    /// how it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<bool>,
}

/// What tells something about the base image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaseSource {
    /// The layers of an image that whoever asked said it is.
    Comparison,
    /// An annotation of the manifest.
    Annotation,
    /// A label, which may be one of the base image itself.
    Label,
    /// What the builder attested of the build.
    Provenance,
    /// The order and the times of the instructions.
    History,
}

impl BaseSource {
    /// Every one there is.
    pub const ALL: [Self; 5] =
        [Self::Comparison, Self::Annotation, Self::Label, Self::Provenance, Self::History];

    /// The words for it, as in: known by ….
    pub const fn words(self) -> &'static str {
        match self {
            Self::Comparison => "its layers",
            Self::Annotation => "an annotation",
            Self::Label => "a label",
            Self::Provenance => "the build's provenance",
            Self::History => "the history",
        }
    }
}

/// How sure it is which layers are the base image's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Several things speak for it, and it may be mistaken.
    Likely,
    /// Digests of layers were compared.
    Certain,
}

impl Confidence {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Where the base image ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseExtent {
    /// How many of the first layers are its; at least one, at most all.
    pub layers: u32,
    /// What tells.
    pub source: BaseSource,
    /// How sure it is.
    pub confidence: Confidence,
}

/// The image another one was built on, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseImage {
    /// What it is called, such as `debian:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Digest of its manifest or index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What tells its name and digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<BaseSource>,
    /// Where it ends; absent where nobody can tell, so that the origin of every layer is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<BaseExtent>,
}

/// One line of an image's history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The instruction.
    #[serde(default)]
    pub created_by: String,
    /// Whether it made no layer.
    #[serde(default)]
    pub empty_layer: bool,
    /// When, as written in the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// The part of an image's configuration that scanning needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// User the image runs as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Environment, `NAME=value` each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Entry point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// Command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cmd: Vec<String>,
    /// Labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Ports, such as `8080/tcp`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposed_ports: Vec<String>,
    /// Folders and files that are volumes, such as `/data`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<String>,
    /// The command that tells whether a container is healthy, its kind first, such as `CMD-SHELL`;
    /// `NONE` alone turns off the one of the base image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub healthcheck: Vec<String>,
    /// When the image was made, as written in the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// The whole history, empty layers included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
}

/// An image: what it is called, what pins it, and what it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The name it was asked for by, or the tag in an archive; never a path of the machine that
    /// scanned it.
    pub name: String,
    /// Digest of the manifest, which pins everything; absent in old `docker save` files and for a
    /// root file system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Digest of the configuration, which Docker calls the image id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_digest: Option<Digest>,
    /// What it runs on, if the image says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Annotations of the manifest.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The image it was built on; absent where nothing is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_image: Option<BaseImage>,
    /// Configuration; empty for a root file system.
    pub config: ImageConfig,
    /// Layers, the base first.
    pub layers: Vec<LayerInfo>,
}

impl Image {
    /// Whether a position is none of a layer but what lies beside the image: what its registry has
    /// attached to it comes after the last layer.
    pub fn is_beside(&self, layer: LayerIndex) -> bool {
        !self.layers.is_empty() && layer.index() >= self.layers.len()
    }

    /// Keeps what is known of the base image, and marks each layer by it. An extent that the image
    /// cannot have is not believed.
    pub fn set_base(&mut self, mut base: BaseImage) {
        let layers = self.layers.len();
        let fits = |extent: &BaseExtent| (1..=layers).contains(&index(extent.layers));
        base.extent = base.extent.filter(fits);
        for (position, layer) in self.layers.iter_mut().enumerate() {
            layer.base = base.extent.map(|extent| position < index(extent.layers));
        }
        self.base_image = (base != BaseImage::default()).then_some(base);
    }
}

/// A number of layers as a position.
fn index(layers: u32) -> usize {
    usize::try_from(layers).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_image_marks_its_layers_and_no_more_than_there_are() {
        let layer = LayerInfo {
            blob_digest: None,
            diff_id: None,
            size_bytes: 0,
            created_by: None,
            base: None,
        };
        let mut image = Image { layers: vec![layer; 3], ..Image::default() };
        let based_on = |layers| BaseImage {
            extent: Some(BaseExtent {
                layers,
                source: BaseSource::History,
                confidence: Confidence::Likely,
            }),
            ..BaseImage::default()
        };
        let mut marks = |base: BaseImage| {
            image.set_base(base);
            let marks: Vec<_> = image.layers.iter().map(|layer| layer.base).collect();
            (marks, image.base_image.is_some())
        };
        assert_eq!(marks(based_on(2)), (vec![Some(true), Some(true), Some(false)], true));
        assert_eq!(marks(based_on(3)), (vec![Some(true); 3], true));
        for impossible in [0, 4, u32::MAX] {
            assert_eq!(marks(based_on(impossible)), (vec![None; 3], false));
        }
        let name = Some("debian:12".to_owned());
        assert_eq!(marks(BaseImage { name, ..BaseImage::default() }), (vec![None; 3], true));
    }

    fn platform(text: &str) -> Platform {
        text.parse().unwrap()
    }

    #[test]
    fn platforms_parse_and_match() {
        assert_eq!(platform("linux/aarch64").to_string(), "linux/arm64");
        assert!(platform("linux/arm64/v8").serves(&platform("linux/arm64")));
        assert!(platform("linux/arm64").serves(&platform("linux/arm64/v8")));
        assert!(platform("linux/arm/v7").serves(&platform("linux/arm")));
        assert!(!platform("linux/arm/v6").serves(&platform("linux/arm/v7")));
        assert!(!platform("windows/amd64").serves(&platform("linux/amd64")));
        for bad in ["", "linux", "linux/", "/amd64", "a/b/c/d", "a/b/"] {
            assert!(bad.parse::<Platform>().is_err(), "{bad}");
        }
    }
}
