//! An OCI layout that is written as an archive: the same blobs in the same order give the same file.

use super::layout::{Index, REF_NAME, blob_path};
use super::manifest::MEDIA_TYPE;
use super::{ArtifactError, ArtifactManifest, Blob, Descriptor, Store};
use crate::layout::INDEX;
use crate::registry::ManifestName;
use lazaret_core::digest::Digest;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use tar::{Builder, EntryType, Header};

/// The file that says that a folder is a layout, and of which version.
const LAYOUT: (&str, &[u8]) = ("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);

/// An archive in the making. It has its name only once it is finished.
pub struct LayoutArchive {
    path: PathBuf,
    unfinished: PathBuf,
    /// Taken out when finished.
    archive: Option<Builder<File>>,
    written: BTreeSet<Digest>,
    manifests: Vec<Descriptor>,
}

impl LayoutArchive {
    /// Begins an archive. What is at the path stays until [`finish`](Self::finish).
    pub fn create(path: &Path) -> Result<Self, ArtifactError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let unfinished = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let failed = |source| ArtifactError::Write { path: path.to_owned(), source };
        let file = File::create(&unfinished).map_err(failed)?;
        let mut archive = Self {
            path: path.to_owned(),
            unfinished,
            archive: Some(Builder::new(file)),
            written: BTreeSet::new(),
            manifests: Vec::new(),
        };
        let (name, bytes) = LAYOUT;
        archive.append(name, bytes.len(), bytes)?;
        Ok(archive)
    }

    /// Writes the list of manifests and gives the archive its name.
    pub fn finish(mut self) -> Result<(), ArtifactError> {
        let index = Index {
            schema_version: 2,
            media_type: "application/vnd.oci.image.index.v1+json".to_owned(),
            manifests: std::mem::take(&mut self.manifests),
        };
        let index = serde_json::to_vec(&index).map_err(|source| ArtifactError::Document {
            document: INDEX,
            place: self.path.display().to_string(),
            source,
        })?;
        self.append(INDEX, index.len(), &*index)?;
        let archive = self.archive.take();
        let named = || -> io::Result<()> {
            if let Some(archive) = archive {
                archive.into_inner()?.sync_all()?;
            }
            fs::rename(&self.unfinished, &self.path)
        };
        named().map_err(|source| self.failed(source))
    }

    fn append(&mut self, name: &str, len: usize, bytes: impl Read) -> Result<(), ArtifactError> {
        self.append_sized(name, u64::try_from(len).unwrap_or(u64::MAX), bytes)
    }

    fn append_sized(
        &mut self,
        name: &str,
        size_bytes: u64,
        bytes: impl Read,
    ) -> Result<(), ArtifactError> {
        let Some(archive) = &mut self.archive else { return Ok(()) };
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(size_bytes);
        header.set_mode(0o644);
        header.set_mtime(0);
        let appended =
            archive.append_data(&mut header, name, bytes).and_then(|()| archive.get_mut().flush());
        appended.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> ArtifactError {
        ArtifactError::Write { path: self.path.clone(), source }
    }
}

impl Drop for LayoutArchive {
    fn drop(&mut self) {
        // Once it is finished there is no file of this name.
        fs::remove_file(&self.unfinished).ok();
    }
}

impl Store for LayoutArchive {
    fn has_blob(&self, digest: &Digest) -> Result<bool, ArtifactError> {
        Ok(self.written.contains(digest))
    }

    fn put_blob(&mut self, blob: &Blob) -> Result<(), ArtifactError> {
        if self.written.insert(blob.digest().clone()) {
            self.append_sized(&blob_path(blob.digest()), blob.size_bytes(), blob.reader())?;
        }
        Ok(())
    }

    fn put_manifest(
        &mut self,
        name: &ManifestName,
        manifest: &ArtifactManifest,
        bytes: &[u8],
    ) -> Result<(), ArtifactError> {
        let blob = Blob::from_bytes(bytes.to_vec());
        self.put_blob(&blob)?;
        // A manifest without a tag is found by whatever refers to it.
        if let ManifestName::Tag(tag) = name {
            let mut entry = blob.descriptor(MEDIA_TYPE);
            entry.artifact_type.clone_from(&manifest.artifact_type);
            entry.annotations.insert(REF_NAME.to_owned(), tag.clone());
            self.manifests.push(entry);
        }
        Ok(())
    }
}
