//! Writes blobs and manifests (OCI distribution specification 1.1, "Push").
//!
//! A blob goes in one piece: every registry takes that, while chunks are where they differ. An
//! upload that breaks begins again, since what is left of it is the registry's secret.

use super::error::RegistryError;
use super::session::{ManifestName, Session, content_digest};
use super::transport::Transport;
use crate::artifact::Blob;
use crate::manifest::digest_of;
use http::{HeaderMap, StatusCode, header};
use lazaret_core::digest::{Algorithm, Digest};
use oci_client::manifest::OCI_IMAGE_MEDIA_TYPE;
use reqwest::{Body, Response};
use std::time::Duration;
use url::Url;

/// How long one upload may take, the answer included: the client only counts the time without a
/// byte of the answer, and none comes before the last byte is sent.
pub(super) const UPLOAD_TIMEOUT: Duration = Duration::from_mins(15);

/// Bytes of no particular kind.
const OCTETS: &str = "application/octet-stream";

/// What a registry answers that lists a manifest beside its subject.
const SUBJECT: &str = "oci-subject";

impl Session {
    /// Whether the repository has a blob.
    pub(super) async fn has_blob(&self, digest: &Digest) -> Result<bool, RegistryError> {
        let reference = self.reference(&ManifestName::Digest(digest.clone()));
        let url = self.url(&format!("blobs/{digest}"));
        let head = self.exchange(&self.transport, &reference, &url, |client| client.head(&url));
        match head.await {
            Ok(_) => Ok(true),
            // Storage that a registry redirects to may take no HEAD. Uploading again does no harm.
            Err(RegistryError::NotFound { .. } | RegistryError::Protocol { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes a blob, again if it fails in passing.
    pub(super) async fn upload(&self, blob: &Blob) -> Result<(), RegistryError> {
        let reference = self.reference(&ManifestName::Digest(blob.digest().clone()));
        let mut failures = 0_u32;
        loop {
            let Err(error) = self.upload_once(blob, &reference).await else { return Ok(()) };
            failures = failures.saturating_add(1);
            let after = match &error {
                RegistryError::TooManyRequests { retry_after, .. } => *retry_after,
                RegistryError::Unreachable { .. } | RegistryError::Server { .. } => None,
                _ => return Err(error),
            };
            let pause = self.transport.retry.pause(failures, after);
            let Some(pause) = pause else { return Err(error) };
            tracing::debug!(blob = %blob.digest(), %error, failures, "upload repeated");
            tokio::time::sleep(pause).await;
        }
    }

    async fn upload_once(&self, blob: &Blob, reference: &str) -> Result<(), RegistryError> {
        let url = self.url("blobs/uploads/");
        let begun = self
            .exchange(&self.transport, reference, &url, |client| {
                client.post(&url).header(header::CONTENT_LENGTH, 0)
            })
            .await?;
        if begun.status() != StatusCode::ACCEPTED {
            let what = format!("status {} to the beginning of an upload", begun.status());
            return Err(self.asked(reference).protocol(what));
        }
        let url = self.upload_url(&begun, blob.digest(), reference)?;
        let written = self
            .exchange(self.uploads(), reference, url.as_str(), |client| {
                client
                    .put(url.clone())
                    .header(header::CONTENT_TYPE, OCTETS)
                    .header(header::CONTENT_LENGTH, blob.size_bytes())
                    .body(Body::wrap_stream(futures_util::stream::iter(blob.pieces())))
            })
            .await?;
        self.check_written(written.headers(), blob.digest(), reference)
    }

    /// Where the bytes of an upload go.
    fn upload_url(
        &self,
        begun: &Response,
        digest: &Digest,
        reference: &str,
    ) -> Result<Url, RegistryError> {
        let location = begun.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let mut url = location
            .and_then(|location| begun.url().join(location).ok())
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| self.asked(reference).protocol("it does not say where to upload"))?;
        if url.scheme() == "http" && !self.may_be_plain() {
            return Err(self.asked(reference).protocol("it wants an upload without TLS"));
        }
        url.query_pairs_mut().append_pair("digest", &digest.to_string());
        Ok(url)
    }

    /// Writes a manifest.
    pub(super) async fn put_manifest(
        &self,
        name: &ManifestName,
        bytes: &[u8],
    ) -> Result<(), RegistryError> {
        self.put_document(name, OCI_IMAGE_MEDIA_TYPE, bytes).await.map(drop)
    }

    /// Writes a manifest or index. Says whether the registry knows of subjects and lists it beside
    /// its own.
    pub(super) async fn put_document(
        &self,
        name: &ManifestName,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<bool, RegistryError> {
        let reference = self.reference(name);
        let url = self.url(&name.path());
        let written = self
            .exchange(&self.transport, &reference, &url, |client| {
                client.put(&url).header(header::CONTENT_TYPE, media_type).body(bytes.to_vec())
            })
            .await?;
        let digest = digest_of(Algorithm::Sha256, bytes);
        self.check_written(written.headers(), &digest, &reference)?;
        Ok(written.headers().contains_key(SUBJECT))
    }

    /// Compares what a registry says it has written with what it was sent.
    fn check_written(
        &self,
        headers: &HeaderMap,
        sent: &Digest,
        reference: &str,
    ) -> Result<(), RegistryError> {
        match content_digest(headers) {
            Some(found) if found != *sent && found.algorithm() == sent.algorithm() => {
                let what = format!("it took {sent} for {found}");
                Err(self.asked(reference).protocol(what))
            }
            _ => Ok(()),
        }
    }

    /// How the bytes of blobs are sent.
    fn uploads(&self) -> &Transport {
        self.uploads.as_ref().unwrap_or(&self.transport)
    }
}
