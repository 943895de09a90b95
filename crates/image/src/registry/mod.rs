//! Images in a registry (OCI distribution specification 1.1), streamed layer by layer.
//!
//! `oci-client` is the project's library for registries, and gives this module its wire types: media
//! types, error envelopes, token answers. Its client is not used to pull, because it
//!
//! - reads manifests, tokens and error answers whole, however large a hostile registry makes them;
//! - drops the status and the headers of error answers, so that neither `Retry-After` nor the
//!   difference between a token service that is down and a wrong password is left, and it repeats
//!   nothing;
//! - knows no identity tokens, and would send a password to a token service without TLS;
//! - builds an HTTP client of its own and takes none, while redirects, certificates and timeouts
//!   are decided in one place here (`http.rs`).
//!
//! What is left for this module is one exchange with authentication ([`session`]), a download that
//! takes up where it broke off ([`blob`]), and what writes an artifact ([`push`]). Everything a
//! registry says is bounded and verified.
//!
//! The network is waited for on two threads that a [`RegistrySource`] owns; its methods look
//! synchronous, and must not be called on a thread of an async runtime.

mod auth;
mod blob;
mod challenge;
mod connection;
mod error;
mod keychain;
mod mirror;
mod options;
mod push;
mod referrers;
pub(crate) mod retry;
mod session;
mod transport;

pub(crate) use connection::Connection;
pub use error::{CredentialOrigin, RegistryError};
pub use options::{Credentials, Redacted, RegistryOptions, credential_files};
pub use session::ManifestName;

use crate::http::{ClientOptions, client};
use crate::index::{self, BlobError, Request};
use crate::layer::LayerBlob;
use crate::manifest::{self, Descriptor, Document};
use crate::source::OpenOptions;
use crate::walk::LayerError;
use blob::{BlobReader, Download};
use lazaret_core::digest::Digest;
use lazaret_core::image::Image;
use lazaret_core::reference::Reference;
use retry::Retry;
use session::Session;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use transport::Transport;

/// Threads that wait for the network. Two keep a fast connection and TLS busy; decompression and
/// extraction have threads of their own.
const WORKERS: usize = 2;

/// The media type of statements about an image (<https://github.com/in-toto/attestation>).
const IN_TOTO: &str = "application/vnd.in-toto+json";

/// The images a reference means, and the way to their layers. Several layers may be read at once.
#[derive(Debug)]
pub(crate) struct RegistrySource {
    threads: Threads,
    /// Who is asked for layers, in order: a mirror, if it had the image, and the registry itself.
    sessions: Vec<Arc<Session>>,
    found: Found,
}

/// What a reference means.
#[derive(Debug, Default)]
struct Found {
    images: Vec<Image>,
    /// Layers that registries may not distribute.
    foreign: BTreeSet<Digest>,
}

/// Opens an image in a registry: fetches and verifies its manifests and configurations, from the
/// first of the registry's mirrors that has it, or from the registry itself.
pub(crate) fn open(
    reference: &Reference,
    registry: &RegistryOptions,
    options: &OpenOptions,
) -> Result<RegistrySource, RegistryError> {
    let transport = transport(registry, registry.timeout)?;
    let (mirrors, own) = mirror::endpoints(reference, registry)?;
    let threads = Threads::start()?;
    let begin =
        |endpoint| Arc::new(threads.wait(Session::begin(transport.clone(), endpoint, registry)));
    for endpoint in mirrors {
        let session = begin(endpoint);
        match pull(&threads, &session, reference, options) {
            Ok(found) => {
                let sessions = vec![session, begin(own)];
                return Ok(RegistrySource { threads, sessions, found });
            }
            Err(error) => {
                tracing::warn!(mirror = session.registry(), %error, "mirror passed over");
            }
        }
    }
    let session = begin(own);
    let found = pull(&threads, &session, reference, options)?;
    Ok(RegistrySource { threads, sessions: vec![session], found })
}

/// What sends requests, and waits so long for the next bytes of an answer.
fn transport(registry: &RegistryOptions, timeout: Duration) -> Result<Transport, RegistryError> {
    let client = client(ClientOptions {
        ca_certificates: &registry.ca_certificates,
        insecure: registry.insecure_skip_verify,
        redirects: true,
        timeout,
    })?;
    let retry = Retry { times: registry.retries, backoff: registry.backoff };
    Ok(Transport { client, retry, timeout })
}

/// Fetches every document of the images that a reference means in one registry.
fn pull(
    threads: &Threads,
    session: &Arc<Session>,
    reference: &Reference,
    options: &OpenOptions,
) -> Result<Found, RegistryError> {
    let limits = &options.limits;
    let bytes_max = limits.document_bytes_max;
    let name = ManifestName::of(reference);
    let (bytes, digest) = threads.wait(session.manifest(&name, bytes_max))?;
    // A reference is an index with one entry.
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{{"digest":"{digest}","size":{}}}]}}"#,
        bytes.len()
    );
    let mut first = Some((digest, bytes));
    // What is a blob and no manifest.
    let mut documents: BTreeMap<Digest, u64> = BTreeMap::new();
    let mut foreign = BTreeSet::new();
    let mut failure = None;
    let mut fetch = |digest: &Digest| -> Result<Vec<u8>, RegistryError> {
        if let Some(&size_bytes) = documents.get(digest) {
            return threads.wait(async {
                let session = Arc::clone(session);
                Download::begin(session, digest.clone(), size_bytes)
                    .await?
                    .read_all(bytes_max)
                    .await
            });
        }
        let bytes = if let Some((_, bytes)) = first.take_if(|(name, _)| name == digest) {
            bytes
        } else {
            let name = ManifestName::Digest(digest.clone());
            threads.wait(session.manifest(&name, bytes_max))?.0
        };
        // What is malformed is for the caller to refuse.
        if let Ok(Document::Manifest(document)) = manifest::parse_document(&bytes) {
            documents.insert(document.config.digest, document.config.size);
            let statements = document.layers.iter().filter(|layer| layer.media_type == IN_TOTO);
            documents.extend(statements.map(|layer| (layer.digest.clone(), layer.size)));
            let may_be_missing = document.layers.into_iter().filter(Descriptor::is_foreign);
            foreign.extend(may_be_missing.map(|layer| layer.digest));
        }
        Ok(bytes)
    };
    let request = Request {
        selector: None,
        platform: &options.platform,
        limits,
        fallback_name: &reference.to_string(),
    };
    let images = index::resolve(index.as_bytes(), &request, &mut |digest| {
        fetch(digest).map_err(|error| {
            failure = Some(error);
            BlobError::Missing
        })
    });
    match (images, failure) {
        (Ok(images), _) => Ok(Found { images, foreign }),
        (Err(_), Some(failure)) => Err(failure),
        (Err(error), None) => Err(RegistryError::Document {
            reference: reference.to_string(),
            source: Box::new(error),
        }),
    }
}

impl RegistrySource {
    /// The images, at least one: several if more than one platform is wanted.
    pub(crate) fn images(&self) -> &[Image] {
        &self.found.images
    }

    /// Begins to download a layer. The bytes are as many as the manifest says, but they are not
    /// verified. Dropping the reader ends the download.
    pub(crate) fn layer(&self, image: usize, layer: usize) -> Result<LayerBlob<'_>, LayerError> {
        let info = self.images().get(image).and_then(|image| image.layers.get(layer));
        let Some((info, digest)) =
            info.and_then(|info| info.blob_digest.as_ref().map(|d| (info, d)))
        else {
            return Err(LayerError::Missing { layer: layer.to_string() });
        };
        let mut failure = None;
        for session in &self.sessions {
            let begin = Download::begin(Arc::clone(session), digest.clone(), info.size_bytes);
            match self.threads.wait(begin) {
                Ok(download) => {
                    let reader = BlobReader::spawn(download, self.threads.handle());
                    return Ok(LayerBlob {
                        name: digest.to_string(),
                        reader: Box::new(reader),
                        size: Some(info.size_bytes),
                        digest: Some(digest.clone()),
                        diff_id: info.diff_id.clone(),
                    });
                }
                Err(error) => failure = Some(error),
            }
        }
        let layer = digest.to_string();
        let Some(error) = failure else { return Err(LayerError::Missing { layer }) };
        let missing = matches!(error, RegistryError::NotFound { .. });
        if missing && !self.found.foreign.contains(digest) {
            return Err(LayerError::Missing { layer });
        }
        let reference = layer.clone();
        let error = if missing { RegistryError::Foreign { reference } } else { error };
        Err(LayerError::Read { layer, source: io::Error::other(error) })
    }
}

impl Descriptor {
    /// Whether this is a layer that registries may not distribute, such as those of Windows.
    fn is_foreign(&self) -> bool {
        !self.urls.is_empty()
            || self.media_type.contains(".foreign.")
            || self.media_type.contains(".nondistributable.")
    }
}

/// The threads that wait for the network.
#[derive(Debug)]
struct Threads {
    /// Taken out when dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Threads {
    fn start() -> Result<Self, RegistryError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("registry")
            .enable_all()
            .build()
            .map_err(RegistryError::Runtime)?;
        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle })
    }

    const fn handle(&self) -> &Handle {
        &self.handle
    }

    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Nobody is left to wait for a download, nor for a credential helper that hangs.
            runtime.shutdown_background();
        }
    }
}

/// Reads the value of a `WWW-Authenticate` header, for fuzzing.
pub(crate) fn fuzz_challenge(value: &[u8]) {
    if let Ok(value) = http::HeaderValue::from_bytes(value) {
        let headers = http::HeaderMap::from_iter([(http::header::WWW_AUTHENTICATE, value)]);
        drop(challenge::parse(&headers));
    }
}
