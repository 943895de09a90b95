//! OCI artifacts that are no images: manifests and blobs, moved as they are between a registry, an
//! OCI layout and whoever made them (OCI image specification 1.1, "Artifact Usage").
//!
//! [`Fetch`] is where they are read from: a [`Repository`] of a registry, or a [`Layout`] in a
//! folder or an archive. [`Store`] is where they are written to: a [`Repository`], or a
//! [`LayoutArchive`]. What an artifact means is for the caller.

mod blob;
mod layout;
mod layout_archive;
mod manifest;
mod referrer;
mod repository;
mod verified;

pub use crate::registry::ManifestName;
pub use blob::Blob;
pub use layout::Layout;
pub use layout_archive::LayoutArchive;
pub use manifest::{ArtifactManifest, Descriptor};
pub use referrer::{Attached, Listed};
pub use repository::Repository;
pub use verified::{Measured, Verified, VerifyError};

use crate::attestation;
use crate::error::OpenError;
use crate::registry::RegistryError;
use lazaret_core::digest::Digest;
use std::io::{self, Read};
use std::path::PathBuf;

/// Largest manifest that is read or written, in bytes: registries refuse larger ones.
pub const MANIFEST_BYTES_MAX: u64 = 4 << 20;

/// Why an artifact could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The registry did not do it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The layout is not readable.
    #[error(transparent)]
    Layout(#[from] OpenError),
    /// A blob that something refers to is not there.
    #[error("the blob {digest} is missing from {place}")]
    Missing {
        /// The blob.
        digest: Digest,
        /// Where it should be.
        place: String,
    },
    /// A manifest is larger than any honest one.
    #[error("the manifest {name} of {place} is larger than {MANIFEST_BYTES_MAX} bytes")]
    TooLarge {
        /// The manifest.
        name: String,
        /// Where it is.
        place: String,
    },
    /// The bytes are not those that were meant.
    #[error("failed to verify what {place} holds")]
    Verify {
        /// Where they are from.
        place: String,
        /// What is wrong.
        source: VerifyError,
    },
    /// A document is not what its place says.
    #[error("failed to understand the {document} of {place}")]
    Document {
        /// What it should be.
        document: &'static str,
        /// Where it is.
        place: String,
        /// Where it breaks the format.
        source: serde_json::Error,
    },
    /// A layout has more manifests than are looked at.
    #[error("{place} lists more than {max} manifests")]
    TooMany {
        /// The layout.
        place: String,
        /// How many are looked at.
        max: usize,
    },
    /// A file could not be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Where the parts of an artifact are read from.
pub trait Fetch {
    /// How the place is called in messages.
    fn place(&self) -> String;

    /// A manifest and the digest that pins it, or nothing if there is none of this name. A manifest
    /// that is asked for by its digest has it.
    fn manifest(&self, name: &ManifestName) -> Result<Option<(Vec<u8>, Digest)>, ArtifactError>;

    /// What refers to a manifest, as far as the place says.
    fn referrers(&self, digest: &Digest) -> Result<Vec<Descriptor>, ArtifactError> {
        let Some((bytes, _)) = self.manifest(&attestation::tag(digest))? else {
            return Ok(Vec::new());
        };
        attestation::listed(&[bytes]).map_err(|source| ArtifactError::Document {
            document: "list of referrers",
            place: self.place(),
            source,
        })
    }

    /// A blob's bytes, as many as said. They are not verified: see [`Verified`].
    fn blob<'a>(
        &'a self,
        digest: &Digest,
        size_bytes: u64,
    ) -> Result<Box<dyn Read + 'a>, ArtifactError>;

    /// A blob that is a document, whole and verified.
    fn document(&self, blob: &Descriptor, bytes_max: u64) -> Result<Vec<u8>, ArtifactError> {
        let Descriptor { digest, size, .. } = blob;
        if *size > bytes_max {
            return Err(ArtifactError::TooLarge { name: digest.to_string(), place: self.place() });
        }
        let mut bytes = Vec::new();
        Verified::new(self.blob(digest, *size)?, digest.clone(), *size)
            .read_to_end(&mut bytes)
            .map_err(|error| ArtifactError::Verify {
                place: self.place(),
                source: VerifyError::of(error, digest),
            })?;
        Ok(bytes)
    }
}

/// Where the parts of an artifact are written to. Blobs come before the manifest that names them.
pub trait Store {
    /// Whether a blob is there already.
    fn has_blob(&self, digest: &Digest) -> Result<bool, ArtifactError>;

    /// Writes a blob.
    fn put_blob(&mut self, blob: &Blob) -> Result<(), ArtifactError>;

    /// Writes a manifest under its tag or digest.
    fn put_manifest(
        &mut self,
        name: &ManifestName,
        manifest: &ArtifactManifest,
        bytes: &[u8],
    ) -> Result<(), ArtifactError>;
}
