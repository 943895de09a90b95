//! A conversation with one registry, or mirror, about one repository.

use super::auth::{Access, Refusal};
use super::challenge;
use super::error::RegistryError;
use super::mirror::Endpoint;
use super::options::RegistryOptions;
use super::transport::{Asked, Transport};
use crate::http::{Body, Fault, fault};
use crate::manifest::digest_of;
use http::{HeaderMap, StatusCode, header};
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::reference::Reference;
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE,
    OCI_IMAGE_MEDIA_TYPE,
};
use reqwest::{Client, RequestBuilder, Response};
use std::fmt;
use url::Url;

/// How often one request may be refused before it is given up: more than there are credentials.
const REFUSALS_MAX: usize = 16;

/// The manifests that are understood.
const ACCEPT: [&str; 4] = [
    OCI_IMAGE_INDEX_MEDIA_TYPE,
    OCI_IMAGE_MEDIA_TYPE,
    IMAGE_MANIFEST_LIST_MEDIA_TYPE,
    IMAGE_MANIFEST_MEDIA_TYPE,
];

/// The header with which a registry says what it sends.
const CONTENT_DIGEST: &str = "docker-content-digest";

/// What names a manifest in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestName {
    /// A tag, which may mean another manifest tomorrow.
    Tag(String),
    /// A digest, which pins the bytes.
    Digest(Digest),
}

impl ManifestName {
    /// What a reference means: its digest, else its tag, else `latest`.
    pub fn of(reference: &Reference) -> Self {
        match (reference.digest(), reference.tag()) {
            (Some(digest), _) => Self::Digest(digest.clone()),
            (None, tag) => Self::Tag(tag.unwrap_or("latest").to_owned()),
        }
    }

    /// Where it is in the repository.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Tag(tag) => format!("manifests/{tag}"),
            Self::Digest(digest) => format!("manifests/{digest}"),
        }
    }
}

impl fmt::Display for ManifestName {
    /// Writes the name as a reference ends, with its separator.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => write!(f, ":{tag}"),
            Self::Digest(digest) => write!(f, "@{digest}"),
        }
    }
}

/// A conversation with one registry about one repository.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) transport: Transport,
    /// How blobs are sent, where any are.
    pub(super) uploads: Option<Transport>,
    endpoint: Endpoint,
    /// Whether HTTP will do.
    plain: bool,
    access: Access,
}

impl Session {
    /// Begins a conversation. Nothing is sent, unless it has to be found out whether the registry
    /// speaks HTTPS.
    pub(super) async fn begin(
        transport: Transport,
        mut endpoint: Endpoint,
        options: &RegistryOptions,
    ) -> Self {
        if options.insecure_skip_verify && !endpoint.plain_http {
            endpoint.plain_http = speaks_http_only(&transport, &endpoint).await;
        }
        let plain = endpoint.plain_http || options.insecure_skip_verify;
        let (registry, repository) = (&endpoint.registry, &endpoint.repository);
        let access = Access::new(registry, repository, !endpoint.mirror, plain, options);
        Self { transport, uploads: None, endpoint, plain, access }
    }

    /// Lets the conversation write as well.
    pub(super) fn for_writing(mut self, uploads: Transport) -> Self {
        self.uploads = Some(uploads);
        self.access = self.access.for_writing();
        self
    }

    /// Whether HTTP will do.
    pub(super) const fn may_be_plain(&self) -> bool {
        self.plain
    }

    /// Where something of the repository is.
    pub(super) fn url(&self, path: &str) -> String {
        let scheme = if self.endpoint.plain_http { "http" } else { "https" };
        let Endpoint { registry, repository, .. } = &self.endpoint;
        format!("{scheme}://{registry}/v2/{repository}/{path}")
    }

    /// The host, for messages.
    pub(super) fn registry(&self) -> &str {
        &self.endpoint.registry
    }

    /// How something of the repository is called in messages.
    pub(super) fn reference(&self, name: &ManifestName) -> String {
        format!("{}/{}{name}", self.endpoint.registry, self.endpoint.repository)
    }

    /// Fetches a manifest or index and verifies it: against its digest if that is its name, and
    /// against the digest that the registry gives for it. Returns its bytes and the digest that
    /// pins them.
    pub(super) async fn manifest(
        &self,
        name: &ManifestName,
        bytes_max: u64,
    ) -> Result<(Vec<u8>, Digest), RegistryError> {
        let reference = self.reference(name);
        let path = name.path();
        let mut failures = 0_u32;
        let (headers, bytes) = loop {
            let response = self.get(&path, &reference, Some(&ACCEPT.join(", ")), 0).await?;
            if response.status() != StatusCode::OK {
                let status = response.status();
                return Err(self.asked(&reference).protocol(format!("status {status}")));
            }
            let headers = response.headers().clone();
            match Body::new(response, self.transport.timeout).read_all(bytes_max).await {
                Ok(bytes) => break (headers, bytes),
                Err(error) => {
                    failures = failures.saturating_add(1);
                    let error = RegistryError::body(error, &reference, self.registry());
                    let pause = self.transport.retry.pause(failures, None);
                    match pause {
                        Some(pause) if !matches!(error, RegistryError::TooLarge { .. }) => {
                            tokio::time::sleep(pause).await;
                        }
                        _ => return Err(error),
                    }
                }
            }
        };
        let given = match name {
            ManifestName::Digest(digest) => Some(digest.clone()),
            ManifestName::Tag(_) => content_digest(&headers),
        };
        let algorithm = given.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
        let found = digest_of(algorithm, &bytes);
        match given {
            Some(expected) if expected != found => {
                Err(RegistryError::Digest { reference, expected, found })
            }
            _ => Ok((bytes, found)),
        }
    }

    /// Asks for a blob, from the byte `offset` on. The answer may begin earlier.
    pub(super) async fn blob(
        &self,
        digest: &Digest,
        reference: &str,
        offset: u64,
    ) -> Result<Response, RegistryError> {
        self.get(&format!("blobs/{digest}"), reference, None, offset).await
    }

    /// What is asked for, for error messages.
    pub(super) fn asked<'a>(&'a self, reference: &'a str) -> Asked<'a> {
        Asked { reference, registry: &self.endpoint.registry }
    }

    /// Gets something of the repository; the answer has a status of success.
    async fn get(
        &self,
        path: &str,
        reference: &str,
        accept: Option<&str>,
        offset: u64,
    ) -> Result<Response, RegistryError> {
        let url = self.url(path);
        self.exchange(&self.transport, reference, &url, |client| {
            let mut request = client.get(&url);
            if let Some(accept) = accept {
                request = request.header(header::ACCEPT, accept);
            }
            if offset > 0 {
                request = request.header(header::RANGE, format!("bytes={offset}-"));
            }
            request
        })
        .await
    }

    /// Sends a request to `url`, with what the registry wants to see; the answer has a status of
    /// success. Another host than the registry is shown nothing.
    pub(super) async fn exchange(
        &self,
        transport: &Transport,
        reference: &str,
        url: &str,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Response, RegistryError> {
        let own = Url::parse(url).is_ok_and(|url| self.is_own(&url));
        let asked = self.asked(reference);
        let mut refused = String::new();
        for _ in 0..REFUSALS_MAX {
            let grant = self.access.grant().await;
            let response = transport
                .send(asked, |client| {
                    let request = request(client);
                    if own { grant.show(request) } else { request }
                })
                .await?;
            let status = response.status();
            if status.is_success() {
                self.access.prove(&grant).await;
                return Ok(response);
            }
            // Only the registry itself may ask for credentials, not the storage it redirects to.
            if let Some(host) = self.redirected(&response) {
                let what = format!("{host}, to which it redirects, answered {status}");
                return Err(asked.protocol(what));
            }
            let challenges = challenge::parse(response.headers());
            let detail = self.transport.detail(response).await;
            match status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    refused.clone_from(&detail);
                    let refusal = Refusal { grant, challenges, detail };
                    self.access.renew(&self.transport, asked, refusal).await?;
                }
                StatusCode::NOT_FOUND => {
                    let reference = reference.to_owned();
                    return Err(RegistryError::NotFound { reference, detail });
                }
                status if detail.is_empty() => {
                    return Err(asked.protocol(format!("status {status}")));
                }
                status => return Err(asked.protocol(format!("status {status}: {detail}"))),
            }
        }
        Err(asked.protocol(format!("it refuses again and again: {refused}")))
    }

    /// The host that answered, if it was another one than the registry.
    fn redirected(&self, response: &Response) -> Option<String> {
        let url = response.url();
        (!self.is_own(url)).then(|| answering(url))
    }

    /// Whether a URL is the registry's own, by its host and port.
    fn is_own(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let registry = self.endpoint.registry.to_ascii_lowercase();
        // URLs leave out the port that the scheme implies.
        answering(url) == registry
            || url.port_or_known_default().is_some_and(|port| registry == format!("{host}:{port}"))
    }
}

/// Host, and the port if the scheme does not imply it.
fn answering(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether a registry answers over HTTP, but not over HTTPS with whatever certificate.
async fn speaks_http_only(transport: &Transport, endpoint: &Endpoint) -> bool {
    let ping = async |scheme: &str| {
        let url = format!("{scheme}://{}/v2/", endpoint.registry);
        transport.client.get(url).send().await
    };
    match ping("https").await {
        Ok(_) => false,
        Err(error) if fault(&error) == Fault::Other => false,
        Err(_) => ping("http").await.is_ok(),
    }
}

/// The digest a registry gives for what it sends. One of an algorithm we do not know is none.
pub(super) fn content_digest(headers: &HeaderMap) -> Option<Digest> {
    headers.get(CONTENT_DIGEST)?.to_str().ok()?.parse().ok()
}
