//! Artifacts in an OCI layout: a folder, or an archive of one that is not compressed as a whole.

use super::{ArtifactError, Descriptor, Fetch, MANIFEST_BYTES_MAX};
use crate::archive::Archive;
use crate::error::OpenError;
use crate::index::BlobError;
use crate::layer::Budget;
use crate::layout::{INDEX, open_regular};
use crate::manifest::{digest_of, null_as_default};
use crate::outer::Compression;
use crate::registry::ManifestName;
use lazaret_core::digest::Digest;
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Manifests of one layout. A database has one, and one for its signatures.
const MANIFESTS_MAX: usize = 1_000;

/// The annotation with the tag of a manifest.
pub(super) const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The list a layout begins with.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    pub(super) schema_version: u32,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) media_type: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) manifests: Vec<Descriptor>,
}

/// An OCI layout.
pub struct Layout {
    path: PathBuf,
    files: Files,
    manifests: Vec<Descriptor>,
}

enum Files {
    Folder,
    Archive(Box<Archive>),
}

impl Layout {
    /// Opens a layout, or gives nothing if the file or folder is something else.
    pub fn open(path: &Path) -> Result<Option<Self>, ArtifactError> {
        let limits = Limits { document_bytes_max: MANIFEST_BYTES_MAX, ..Limits::default() };
        let files = if path.is_dir() {
            Files::Folder
        } else if is_compressed(path)? {
            return Ok(None);
        } else {
            let budget = Budget::new(limits.memory_bytes);
            match Archive::open(path, &limits, &budget) {
                Ok(archive) => Files::Archive(Box::new(archive)),
                Err(OpenError::NotAnImage { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        };
        let mut layout = Self { path: path.to_owned(), files, manifests: Vec::new() };
        let Some(index) = layout.read(INDEX)? else { return Ok(None) };
        let index: Index = serde_json::from_slice(&index).map_err(|source| {
            ArtifactError::Document { document: INDEX, place: layout.place(), source }
        })?;
        if index.manifests.len() > MANIFESTS_MAX {
            return Err(ArtifactError::TooMany { place: layout.place(), max: MANIFESTS_MAX });
        }
        layout.manifests = index.manifests;
        Ok(Some(layout))
    }

    /// The manifests that the layout lists.
    pub fn manifests(&self) -> &[Descriptor] {
        &self.manifests
    }

    /// A small file, if it is there.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ArtifactError> {
        let too_large = || ArtifactError::TooLarge { name: name.to_owned(), place: self.place() };
        match &self.files {
            Files::Folder => {
                let Some((file, size_bytes)) = self.open_file(name)? else { return Ok(None) };
                if size_bytes > MANIFEST_BYTES_MAX {
                    return Err(too_large());
                }
                let mut bytes = Vec::new();
                file.take(MANIFEST_BYTES_MAX)
                    .read_to_end(&mut bytes)
                    .map_err(|source| self.unreadable(name, source))?;
                Ok(Some(bytes))
            }
            Files::Archive(archive) => {
                let path = ImagePath::parse(name.as_bytes()).unwrap_or_default();
                match archive.read_document(&path) {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(BlobError::Missing) => Ok(None),
                    Err(BlobError::TooLarge) => Err(too_large()),
                    Err(BlobError::Read(error)) => Err(error.into()),
                }
            }
        }
    }

    fn open_file(&self, name: &str) -> Result<Option<(std::fs::File, u64)>, ArtifactError> {
        match open_regular(&self.path.join(name)) {
            Ok(opened) => Ok(Some(opened)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.unreadable(name, source)),
        }
    }

    fn unreadable(&self, name: &str, source: std::io::Error) -> ArtifactError {
        OpenError::Read { path: self.path.join(name), source }.into()
    }
}

/// Whether a file is compressed as a whole. It would have to be read from its beginning for every
/// blob.
fn is_compressed(path: &Path) -> Result<bool, OpenError> {
    let failed = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound => OpenError::NotFound { path: path.to_owned() },
        ErrorKind::InvalidInput => OpenError::NotRegular { path: path.to_owned() },
        _ => OpenError::Read { path: path.to_owned(), source },
    };
    let (file, _) = open_regular(path).map_err(failed)?;
    let mut magic = Vec::new();
    file.take(6).read_to_end(&mut magic).map_err(failed)?;
    Ok(Compression::of(&magic) != Ok(Compression::None))
}

/// Where a blob is in a layout. A digest is well formed, so this cannot leave it.
pub(super) fn blob_path(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().name(), digest.hex())
}

impl Fetch for Layout {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn manifest(&self, name: &ManifestName) -> Result<Option<(Vec<u8>, Digest)>, ArtifactError> {
        let digest = match name {
            ManifestName::Digest(digest) => digest,
            ManifestName::Tag(tag) => {
                let is_named = |entry: &&Descriptor| entry.annotations.get(REF_NAME) == Some(tag);
                let Some(entry) = self.manifests.iter().find(is_named) else { return Ok(None) };
                &entry.digest
            }
        };
        let Some(bytes) = self.read(&blob_path(digest))? else { return Ok(None) };
        let found = digest_of(digest.algorithm(), &bytes);
        if found != *digest {
            let source = super::VerifyError::Digest { expected: digest.clone(), found };
            return Err(ArtifactError::Verify { place: self.place(), source });
        }
        Ok(Some((bytes, found)))
    }

    fn blob<'a>(
        &'a self,
        digest: &Digest,
        _size_bytes: u64,
    ) -> Result<Box<dyn Read + 'a>, ArtifactError> {
        let missing = || ArtifactError::Missing { digest: digest.clone(), place: self.place() };
        let name = blob_path(digest);
        match &self.files {
            Files::Folder => {
                let (file, _) = self.open_file(&name)?.ok_or_else(missing)?;
                Ok(Box::new(file))
            }
            Files::Archive(archive) => {
                let path = ImagePath::parse(name.as_bytes()).ok();
                let place = path.and_then(|path| archive.place(&path)).ok_or_else(missing)?;
                Ok(Box::new(archive.range(place)))
            }
        }
    }
}
