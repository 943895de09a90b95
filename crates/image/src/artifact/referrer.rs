//! Artifacts that are about an image: they name it as their subject, and the registry lists them
//! beside it (OCI distribution specification 1.1, "Listing Referrers").
//!
//! A registry that does not know of subjects does not say `OCI-Subject`. There the list is an index
//! under a tag made of the subject's digest, and whoever attaches something keeps it up to date
//! ("Referrers Tag Schema"). Two who attach at the same moment may then lose one of the two.

use super::{
    ArtifactError, ArtifactManifest, Blob, Descriptor, Fetch as _, MANIFEST_BYTES_MAX, Repository,
};
use crate::registry::ManifestName;
use lazaret_core::digest::Digest;
use serde_json::{Value, json};

/// The media type of the list.
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of a manifest that does not say its own.
const MANIFEST: &str = super::manifest::MEDIA_TYPE;

/// How an artifact came to be listed beside its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// By the registry.
    ByRegistry,
    /// In the index under this tag.
    UnderTag(String),
}

/// An artifact that was attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// What pins its manifest.
    pub digest: Digest,
    /// How it is found from the subject.
    pub listed: Listed,
}

impl Repository {
    /// What points to an image or index of the repository, or nothing if there is none.
    pub fn describe(&self, name: &ManifestName) -> Result<Option<Descriptor>, ArtifactError> {
        let Some((bytes, digest)) = self.manifest(name)? else { return Ok(None) };
        let document: Value = serde_json::from_slice(&bytes).map_err(|source| {
            ArtifactError::Document { document: "manifest", place: self.place(), source }
        })?;
        let media_type = match document.get("mediaType").and_then(Value::as_str) {
            Some(media_type) => media_type,
            None if document.get("manifests").is_some() => INDEX,
            None => MANIFEST,
        };
        Ok(Some(Descriptor {
            media_type: media_type.to_owned(),
            digest,
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            artifact_type: String::new(),
            annotations: std::collections::BTreeMap::new(),
        }))
    }

    /// Writes the manifest of an artifact whose blobs are there, and sees to it that it is listed
    /// beside the subject that it names.
    pub fn attach(&mut self, manifest: &ArtifactManifest) -> Result<Attached, ArtifactError> {
        let place = self.place();
        let wrong =
            |source| ArtifactError::Document { document: "manifest", place: place.clone(), source };
        let bytes = manifest.to_json().map_err(wrong)?;
        let blob = Blob::from_bytes(bytes.clone());
        let digest = blob.digest().clone();
        let name = ManifestName::Digest(digest.clone());
        let listed = self.put_document(&name, MANIFEST, &bytes)?;
        let tag = match &manifest.subject {
            Some(subject) if !listed => tag_of(&subject.digest),
            _ => return Ok(Attached { digest, listed: Listed::ByRegistry }),
        };
        let name = ManifestName::Tag(tag.clone());
        let mut manifests = self.listed(&name)?;
        let has_digest = |entry: &Value| {
            entry.get("digest").and_then(Value::as_str) == Some(digest.to_string().as_str())
        };
        if !manifests.iter().any(has_digest) {
            let mut entry = blob.descriptor(MANIFEST);
            manifest.kind().clone_into(&mut entry.artifact_type);
            entry.annotations.clone_from(&manifest.annotations);
            manifests.push(serde_json::to_value(entry).map_err(wrong)?);
            let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
            let bytes = serde_json::to_vec(&index).map_err(wrong)?;
            if u64::try_from(bytes.len()).is_ok_and(|len| len > MANIFEST_BYTES_MAX) {
                return Err(ArtifactError::TooLarge { name: name.to_string(), place });
            }
            self.put_document(&name, INDEX, &bytes)?;
        }
        Ok(Attached { digest, listed: Listed::UnderTag(tag) })
    }

    /// What is listed under a tag so far, as it stands there.
    fn listed(&self, name: &ManifestName) -> Result<Vec<Value>, ArtifactError> {
        let Some((bytes, _)) = self.manifest(name)? else { return Ok(Vec::new()) };
        let mut index: Value = serde_json::from_slice(&bytes).map_err(|source| {
            ArtifactError::Document { document: "list of referrers", place: self.place(), source }
        })?;
        match index.get_mut("manifests").map(Value::take) {
            Some(Value::Array(manifests)) => Ok(manifests),
            _ => Ok(Vec::new()),
        }
    }
}

/// The tag of the list: the subject's digest, with a dash.
fn tag_of(digest: &Digest) -> String {
    digest.to_string().replacen(':', "-", 1)
}
