//! Artifacts in a repository of a registry.

use super::{ArtifactError, ArtifactManifest, Blob, Descriptor, Fetch, MANIFEST_BYTES_MAX, Store};
use crate::attestation;
use crate::registry::{Connection, ManifestName, RegistryError, RegistryOptions};
use lazaret_core::digest::Digest;
use lazaret_core::reference::Reference;
use std::io::Read;

/// A repository of a registry. Its methods look synchronous, and must not be called on a thread of
/// an async runtime.
pub struct Repository {
    name: String,
    connection: Connection,
}

impl Repository {
    /// Prepares to read a repository: from the mirrors of its registry, and from the registry.
    pub fn reading(
        reference: &Reference,
        options: &RegistryOptions,
    ) -> Result<Self, ArtifactError> {
        Ok(Self::new(reference, Connection::reading(reference, options)?))
    }

    /// Prepares to write to a repository, and to read what is there.
    pub fn writing(
        reference: &Reference,
        options: &RegistryOptions,
    ) -> Result<Self, ArtifactError> {
        Ok(Self::new(reference, Connection::writing(reference, options)?))
    }

    fn new(reference: &Reference, connection: Connection) -> Self {
        let name = format!("{}/{}", reference.registry(), reference.repository());
        Self { name, connection }
    }

    /// Writes a manifest or index. Says whether the registry lists it beside its subject.
    pub(super) fn put_document(
        &self,
        name: &ManifestName,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<bool, ArtifactError> {
        Ok(self.connection.put_document(name, media_type, bytes)?)
    }
}

impl Fetch for Repository {
    fn place(&self) -> String {
        self.name.clone()
    }

    fn manifest(&self, name: &ManifestName) -> Result<Option<(Vec<u8>, Digest)>, ArtifactError> {
        match self.connection.manifest(name, MANIFEST_BYTES_MAX) {
            Ok(found) => Ok(Some(found)),
            Err(RegistryError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn referrers(&self, digest: &Digest) -> Result<Vec<Descriptor>, ArtifactError> {
        let pages = match self.connection.referrers(digest, MANIFEST_BYTES_MAX)? {
            Some(pages) => pages,
            // A registry without a list has one under a tag, which clients keep.
            None => match self.manifest(&attestation::tag(digest))? {
                Some((bytes, _)) => vec![bytes],
                None => return Ok(Vec::new()),
            },
        };
        attestation::listed(&pages).map_err(|source| ArtifactError::Document {
            document: "list of referrers",
            place: self.place(),
            source,
        })
    }

    fn blob<'a>(
        &'a self,
        digest: &Digest,
        size_bytes: u64,
    ) -> Result<Box<dyn Read + 'a>, ArtifactError> {
        match self.connection.blob(digest, size_bytes) {
            Ok(reader) => Ok(Box::new(reader)),
            Err(RegistryError::NotFound { .. }) => {
                Err(ArtifactError::Missing { digest: digest.clone(), place: self.place() })
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Store for Repository {
    fn has_blob(&self, digest: &Digest) -> Result<bool, ArtifactError> {
        Ok(self.connection.has_blob(digest)?)
    }

    fn put_blob(&mut self, blob: &Blob) -> Result<(), ArtifactError> {
        Ok(self.connection.upload(blob)?)
    }

    fn put_manifest(
        &mut self,
        name: &ManifestName,
        _manifest: &ArtifactManifest,
        bytes: &[u8],
    ) -> Result<(), ArtifactError> {
        Ok(self.connection.put_manifest(name, bytes)?)
    }
}
