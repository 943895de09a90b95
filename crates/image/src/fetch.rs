//! Plain files over HTTP: asked for only if they changed, and taken up again where they broke off
//! (RFC 9110, sections 8.8, 13 and 14).
//!
//! What a file is and where it is kept is the caller's business. A [`Client`] waits for the network
//! on threads of its own and must not be used on a thread of an async runtime.

use crate::http::{Body, BodyError, ClientOptions, Fault, HttpError, client, fault};
use crate::registry::retry::{Retry, is_passing, retry_after};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use reqwest::{Response, Url};
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// Threads that wait for the network: as many as keep a few transfers busy.
const WORKERS: usize = 2;

/// How often a connection that is never made is tried again: a wrong name stays wrong.
const CONNECT_RETRIES_MAX: u32 = 2;

/// A date or an entity tag. Real ones have fewer than a hundred bytes.
const VALIDATOR_BYTES_MAX: usize = 1 << 10;

/// How servers are reached.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// PEM files with authorities to trust besides those of the system.
    pub ca_certificates: Vec<PathBuf>,
    /// Whether any certificate will do.
    pub insecure_skip_verify: bool,
    /// How often a request is repeated when the network or the server fails.
    pub retries: u32,
    /// The pause before the first repetition; each further one takes twice as long, up to 8 s.
    pub backoff: Duration,
    /// How long to wait for a connection, and for the next bytes on it.
    pub timeout: Duration,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            ca_certificates: Vec::new(),
            insecure_skip_verify: false,
            retries: 4,
            backoff: Duration::from_millis(500),
            timeout: Duration::from_secs(30),
        }
    }
}

/// What a server says by which one state of a file is told from another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, as it was sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as it was sent.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether a server can be asked for changes with them.
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    /// What proves that a part belongs to the same bytes: a strong entity tag, or the date where
    /// there is no tag at all (RFC 9110, section 13.1.5).
    fn strong(&self) -> Option<&str> {
        match &self.etag {
            Some(tag) if tag.starts_with("W/") => None,
            Some(tag) => Some(tag),
            None => self.last_modified.as_deref(),
        }
    }

    fn of(headers: &HeaderMap) -> Self {
        let text = |name| {
            let value = headers.get(name)?.to_str().ok()?;
            (value.len() <= VALIDATOR_BYTES_MAX).then(|| value.to_owned())
        };
        Self { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Where it is, `http` or `https`.
    pub url: &'a str,
    /// The state that is there already; the same is not sent again.
    pub known: Option<&'a Validators>,
    /// How many bytes of which state are there already, of a transfer that broke off.
    pub begun: Option<(u64, &'a Validators)>,
    /// What the server is shown as `Authorization`; no other host sees it.
    pub authorization: Option<&'a str>,
    /// The most bytes that are accepted, with those that are there already.
    pub bytes_max: u64,
}

/// What a server answers.
#[derive(Debug)]
pub enum Answer {
    /// The state that is known is still the present one.
    NotModified,
    /// There is no such file.
    Missing,
    /// The file, or the rest of it.
    Found(Box<Found>),
}

/// A file that is about to come in.
#[derive(Debug)]
pub struct Found {
    /// Where the bytes begin: where the transfer broke off, or at 0.
    pub begin: u64,
    /// The length of the whole, where it is said.
    pub total: Option<u64>,
    /// What tells this state from others.
    pub validators: Validators,
    body: Body,
    received: u64,
    bytes_max: u64,
}

/// Why a file did not come in.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No address that can be asked.
    #[error("`{0}` is not an address that begins with http:// or https://")]
    Address(String),
    /// No connection, or it broke before there was an answer.
    #[error("failed to reach {host}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The server refuses.
    #[error("{host} answers with status {status}")]
    Status {
        /// Host and port.
        host: String,
        /// The status code.
        status: u16,
    },
    /// The server breaks the rules.
    #[error("{host} {what}")]
    Protocol {
        /// Host and port.
        host: String,
        /// What it does.
        what: &'static str,
    },
    /// The transfer broke off.
    #[error("the transfer broke off after {received} bytes")]
    Interrupted {
        /// Bytes that came in.
        received: u64,
        /// Why.
        source: BrokenBody,
    },
    /// More than was agreed to.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
}

/// Why a body ended before its end.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BrokenBody(BodyError);

impl FetchError {
    /// Whether the same may go well the next time.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Interrupted { .. })
    }
}

/// Asks servers for files.
#[derive(Debug)]
pub struct Client {
    /// Taken out when dropped.
    runtime: Option<Runtime>,
    handle: Handle,
    http: reqwest::Client,
    retry: Retry,
    timeout: Duration,
}

impl Client {
    /// Sets up TLS and threads; nothing is sent yet.
    pub fn new(options: &FetchOptions) -> Result<Self, ClientError> {
        let http = client(ClientOptions {
            ca_certificates: &options.ca_certificates,
            insecure: options.insecure_skip_verify,
            redirects: true,
            timeout: options.timeout,
        })?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("fetch")
            .enable_all()
            .build()
            .map_err(ClientError::Runtime)?;
        let retry = Retry { times: options.retries, backoff: options.backoff };
        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle, http, retry, timeout: options.timeout })
    }

    /// Asks for a file, again where the failure may pass. Returns once the server has begun to
    /// answer; the bytes come with [`Client::read`].
    pub fn ask(&self, wanted: &Wanted<'_>) -> Result<Answer, FetchError> {
        self.wait(self.send(wanted))
    }

    /// The next bytes of an answer, or nothing at its end.
    pub fn read(&self, found: &mut Found) -> Result<Option<Bytes>, FetchError> {
        self.wait(found.next())
    }

    /// Waits before a transfer that broke off for the `failures`th time in a row is taken up again.
    /// Gives `false` when it is time to give up.
    pub fn pause(&self, failures: u32) -> bool {
        let Some(pause) = self.retry.pause(failures, None) else { return false };
        self.wait(async { tokio::time::sleep(pause).await });
        true
    }

    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }

    async fn send(&self, wanted: &Wanted<'_>) -> Result<Answer, FetchError> {
        let address = || FetchError::Address(shown(wanted.url));
        let url = Url::parse(wanted.url).map_err(|_| address())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(address());
        }
        let host = host(&url);
        let mut failures = 0_u32;
        loop {
            failures = failures.saturating_add(1);
            let (error, pause) = match self.request(&url, wanted).send().await {
                Ok(response) if !is_passing(response.status()) => {
                    return answer(response, wanted, &host, self.timeout);
                }
                Ok(response) => {
                    let asked = retry_after(response.headers());
                    let status = response.status().as_u16();
                    (
                        FetchError::Status { host: host.clone(), status },
                        self.retry.pause(failures, asked),
                    )
                }
                Err(error) => {
                    let passing = fault(&error) == Fault::Connection
                        && (failures <= CONNECT_RETRIES_MAX || !error.is_connect());
                    let pause = self.retry.pause(failures, None).filter(|_| passing);
                    let source = error.without_url();
                    (FetchError::Unreachable { host: host.clone(), source }, pause)
                }
            };
            let Some(pause) = pause else { return Err(error) };
            tracing::debug!(%host, %error, failures, "request repeated");
            tokio::time::sleep(pause).await;
        }
    }

    fn request(&self, url: &Url, wanted: &Wanted<'_>) -> reqwest::RequestBuilder {
        let mut request = self.http.get(url.clone());
        if let Some(authorization) = wanted.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if let Some((begin, validators)) = wanted.begun
            && begin > 0
            && let Some(validator) = validators.strong()
        {
            return request
                .header(header::RANGE, format!("bytes={begin}-"))
                .header(header::IF_RANGE, validator);
        }
        if let Some(known) = wanted.known {
            // With both, the tag decides (RFC 9110, section 13.2.2).
            if let Some(tag) = &known.etag {
                request = request.header(header::IF_NONE_MATCH, tag);
            }
            if let Some(date) = &known.last_modified {
                request = request.header(header::IF_MODIFIED_SINCE, date);
            }
        }
        request
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Nobody is left to wait for what is still under way.
            runtime.shutdown_background();
        }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No HTTP client.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// No threads to wait on.
    #[error("failed to start threads for the network")]
    Runtime(#[source] io::Error),
}

impl Found {
    async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        let piece = self.body.chunk().await.map_err(|error| FetchError::Interrupted {
            received: self.received,
            source: BrokenBody(error),
        })?;
        let Some(piece) = piece else { return Ok(None) };
        let len = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.received = self.received.saturating_add(len);
        if self.begin.saturating_add(self.received) > self.bytes_max {
            return Err(FetchError::TooLarge(self.bytes_max));
        }
        Ok(Some(piece))
    }
}

fn answer(
    response: Response,
    wanted: &Wanted<'_>,
    host: &str,
    idle: Duration,
) -> Result<Answer, FetchError> {
    let protocol = |what| FetchError::Protocol { host: host.to_owned(), what };
    let asked_from = wanted.begun.map_or(0, |(begin, _)| begin);
    let (begin, total) = match response.status() {
        StatusCode::OK => (0, response.content_length()),
        StatusCode::PARTIAL_CONTENT => match content_range(response.headers()) {
            Some((begin, total)) if begin == asked_from => (begin, total),
            _ => return Err(protocol("sends another part than the one asked for")),
        },
        StatusCode::NOT_MODIFIED if wanted.known.is_some() => return Ok(Answer::NotModified),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Answer::Missing),
        status => {
            let status = status.as_u16();
            return Err(FetchError::Status { host: host.to_owned(), status });
        }
    };
    if total.is_some_and(|total| total > wanted.bytes_max) {
        return Err(FetchError::TooLarge(wanted.bytes_max));
    }
    Ok(Answer::Found(Box::new(Found {
        begin,
        total,
        validators: Validators::of(response.headers()),
        body: Body::new(response, idle),
        received: 0,
        bytes_max: wanted.bytes_max,
    })))
}

/// First byte and total size of a part (RFC 9110, section 14.4): `bytes 5-9/10` or `bytes 5-9/*`.
pub(crate) fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = text.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
    let (first, _) = range.split_once('-')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((first.parse().ok()?, total))
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// An address without the name and password it may hold.
pub fn shown(url: &str) -> String {
    match url.split_once("://").map(|(scheme, rest)| (scheme, rest.split_at(end_of_host(rest)))) {
        Some((scheme, (authority, rest))) => {
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{rest}")
        }
        None => url.to_owned(),
    }
}

fn end_of_host(rest: &str) -> usize {
    rest.find(['/', '?', '#']).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        for (url, expected) in [
            ("https://ann:pass@mirror.example/a@b", "https://mirror.example/a@b"),
            ("https://mirror.example:8443/a", "https://mirror.example:8443/a"),
            ("http://ann@mirror.example", "http://mirror.example"),
            ("mirror.example/a", "mirror.example/a"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }

    #[test]
    fn only_what_pins_the_bytes_lets_a_transfer_go_on() {
        let of = |etag: Option<&str>, date: Option<&str>| Validators {
            etag: etag.map(str::to_owned),
            last_modified: date.map(str::to_owned),
        };
        assert_eq!(of(Some("\"a\""), Some("date")).strong(), Some("\"a\""));
        assert_eq!(of(Some("W/\"a\""), Some("date")).strong(), None);
        assert_eq!(of(None, Some("date")).strong(), Some("date"));
        assert!(Validators::default().is_empty());
    }

    #[test]
    fn other_schemes_are_no_addresses() {
        let client = Client::new(&FetchOptions::default()).unwrap();
        for url in ["file:///etc/passwd", "ftp://a/b", "x", ""] {
            let wanted =
                Wanted { url, known: None, begun: None, authorization: None, bytes_max: 1 };
            assert!(matches!(client.ask(&wanted), Err(FetchError::Address(_))), "{url}");
        }
    }
}
