//! The one place that configures the HTTP client: TLS, timeouts, redirects, and how a body is read
//! without trusting whoever sends it.
//!
//! TLS is rustls with the aws-lc-rs provider and no other, and trusts what the operating system
//! trusts. Proxies come from `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, which reqwest
//! reads from the environment itself.

use bytes::Bytes;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// What the servers see.
const USER_AGENT: &str = concat!("lazaret/", env!("CARGO_PKG_VERSION"));

/// Redirects followed for one request; storage behind registries takes one or two.
const REDIRECTS_MAX: usize = 10;

/// A server that is there answers a connection at once; one that is not should be said soon.
const CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(10);

/// A file of certificates; the list of every public authority is below 300 kB.
const CERTIFICATES_BYTES_MAX: u64 = 4 << 20;

/// What has to come in within one idle timeout for a transfer to count as alive. A server that
/// sends a byte now and then is as bad as one that sends nothing.
const PROGRESS_BYTES: u64 = 4 << 10;

/// How a client is to be set up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientOptions<'a> {
    /// PEM files with authorities to trust besides those of the system.
    pub(crate) ca_certificates: &'a [PathBuf],
    /// Whether any certificate will do, and a redirect may leave HTTPS.
    pub(crate) insecure: bool,
    /// Whether redirects are followed.
    pub(crate) redirects: bool,
    /// How long to wait for a connection, and for the next bytes on it.
    pub(crate) timeout: Duration,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// A certificate file cannot be read.
    #[error("failed to read the certificates in {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A certificate file holds no certificates in PEM form.
    #[error("{path} holds no certificate in PEM form")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, where it is known.
        source: Option<reqwest::Error>,
    },
    /// TLS could not be set up, most often for want of any trusted authority.
    #[error(
        "failed to set up TLS: install the system's CA certificates, or name a file with --cacert"
    )]
    Setup(#[source] reqwest::Error),
}

/// Builds a client. Authorization never follows a redirect to another host, port or scheme: that
/// is how reqwest treats its own redirects.
pub(crate) fn client(options: ClientOptions<'_>) -> Result<Client, HttpError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Losing the race to another thread is as good as winning it.
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    }
    let mut certificates = Vec::new();
    for path in options.ca_certificates {
        certificates.extend(read_certificates(path)?);
    }
    Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(options.timeout.min(CONNECT_TIMEOUT_MAX))
        .read_timeout(options.timeout)
        .redirect(if options.redirects { redirects(options.insecure) } else { Policy::none() })
        // The URL that redirects may hold a signature, which is not for the next host.
        .referer(false)
        .tls_certs_merge(certificates)
        .tls_danger_accept_invalid_certs(options.insecure)
        .build()
        .map_err(HttpError::Setup)
}

fn read_certificates(path: &Path) -> Result<Vec<Certificate>, HttpError> {
    let mut pem = Vec::new();
    File::open(path)
        .and_then(|file| file.take(CERTIFICATES_BYTES_MAX).read_to_end(&mut pem))
        .map_err(|source| HttpError::Read { path: path.to_owned(), source })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(HttpError::Certificate { path: path.to_owned(), source: None }),
        Err(error) => Err(HttpError::Certificate { path: path.to_owned(), source: Some(error) }),
    }
}

fn redirects(insecure: bool) -> Policy {
    Policy::custom(move |attempt| {
        let was_https = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
        if attempt.previous().len() > REDIRECTS_MAX {
            attempt.error("too many redirects")
        } else if was_https && attempt.url().scheme() != "https" && !insecure {
            attempt.error("a redirect leaves HTTPS")
        } else {
            attempt.follow()
        }
    })
}

/// Why a request or a transfer failed, as far as it decides what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The two sides do not agree on TLS; trying again will not help.
    Tls {
        /// Whether the other side does not seem to speak TLS at all.
        plain: bool,
    },
    /// The connection failed, broke or timed out; it may work the next time.
    Connection,
    /// Everything else, such as a redirect that is not followed.
    Other,
}

/// Finds out what kind of failure an error is.
pub(crate) fn fault(error: &reqwest::Error) -> Fault {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        let mut inner = current;
        // An io::Error hides what it wraps from `source`, so it is asked itself.
        while let Some(wrapped) = inner.downcast_ref().and_then(io::Error::get_ref) {
            inner = wrapped;
        }
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return Fault::Tls { plain: matches!(tls, rustls::Error::InvalidMessage(_)) };
        }
        cause = current.source();
    }
    if error.is_redirect() || error.is_builder() { Fault::Other } else { Fault::Connection }
}

/// Why a body did not come in to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// The connection broke or fell silent.
    #[error("the connection broke")]
    Transfer(#[source] reqwest::Error),
    /// It is alive, but next to nothing comes in.
    #[error("almost nothing came in for {} s", .0.as_secs())]
    Stalled(Duration),
    /// There is more than was agreed to.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
}

/// A response's body, read chunk by chunk as somebody has use for it.
#[derive(Debug)]
pub(crate) struct Body {
    response: Response,
    idle: Duration,
    /// What is left of the idle timeout, and how many bytes came in since it was last full.
    left: Duration,
    since: u64,
}

impl Body {
    /// Begins to read. Only time spent waiting counts toward `idle`, not time between two calls.
    pub(crate) const fn new(response: Response, idle: Duration) -> Self {
        Self { response, idle, left: idle, since: 0 }
    }

    /// The next bytes, or nothing at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        let begin = Instant::now();
        let chunk = tokio::time::timeout(self.left, self.response.chunk())
            .await
            .map_err(|_elapsed| BodyError::Stalled(self.idle))?
            .map_err(|error| BodyError::Transfer(error.without_url()))?;
        self.left = self.left.saturating_sub(begin.elapsed());
        let len = chunk.as_ref().map_or(0, Bytes::len);
        self.since = self.since.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        if self.since >= PROGRESS_BYTES {
            (self.left, self.since) = (self.idle, 0);
        }
        Ok(chunk)
    }

    /// Everything, if it is not more than `max` bytes.
    pub(crate) async fn read_all(mut self, max: u64) -> Result<Vec<u8>, BodyError> {
        if self.response.content_length().is_some_and(|len| len > max) {
            return Err(BodyError::TooLarge(max));
        }
        let limit = usize::try_from(max).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if bytes.len().saturating_add(chunk.len()) > limit {
                return Err(BodyError::TooLarge(max));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}
