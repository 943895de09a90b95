//! Documents sent over HTTP: to services that take reports. The answer is read whole.
//!
//! What is sent and what an answer means is the caller's business. A [`Sender`] waits for the
//! network on threads of its own and must not be used on a thread of an async runtime.
//!
//! Redirects are followed here and not by the HTTP library, which knows `Authorization` but none of
//! the headers of their own that services want tokens in: none of these goes to another host.

use crate::fetch::ClientError;
use crate::http::{Body, ClientOptions, Fault, client, fault};
use crate::registry::Redacted;
use crate::registry::retry::{Retry, is_passing, retry_after};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response, Url};
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// An answer; the longest honest ones are a few kilobytes of JSON.
const ANSWER_BYTES_MAX: u64 = 4 << 20;

/// Redirects followed for one request.
const REDIRECTS_MAX: u32 = 5;

/// How often a connection that is never made is tried again: a wrong name stays wrong.
const CONNECT_RETRIES_MAX: u32 = 2;

/// The longest time a server may keep us waiting. The limits of GitHub and GitLab are counted by
/// the minute.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(2);

/// Parts of a secret that are shorter are no secrets but words such as `Bearer`.
const SECRET_CHARS_MIN: usize = 8;

/// How servers are reached.
#[derive(Clone, Debug)]
pub struct SendOptions {
    /// PEM files with authorities to trust besides those of the system.
    pub ca_certificates: Vec<PathBuf>,
    /// Whether any certificate will do, and a redirect may leave HTTPS.
    pub insecure_skip_verify: bool,
    /// How often a request is repeated when the network or the server fails.
    pub retries: u32,
    /// The pause before the first repetition; each further one takes twice as long, up to 8 s.
    pub backoff: Duration,
    /// How long to wait for an answer. Some services answer when they have read all of a report.
    pub timeout: Duration,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method, such as `POST`.
    pub method: String,
    /// Where to, `http` or `https`.
    pub url: String,
    /// Headers anyone may see.
    pub headers: Vec<(String, String)>,
    /// Headers with secrets in them. They are never shown, and never go to another host.
    pub secrets: Vec<(String, Redacted)>,
    /// The body.
    pub content: Content,
    /// When it may be sent again.
    pub repeat: Repeat,
    /// Whether redirects are followed. A signed request is worth nothing at another address.
    pub redirects: bool,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub enum Content {
    /// None.
    Empty,
    /// A document.
    Document {
        /// What it is.
        media_type: String,
        /// Its bytes.
        bytes: Bytes,
    },
    /// A form with files in it (RFC 7578).
    Form(Vec<Field>),
}

/// A field of a form.
#[derive(Clone, Debug)]
pub struct Field {
    /// What it is called. Several may have one name.
    pub name: String,
    /// What it holds.
    pub value: FieldValue,
}

/// What a field of a form holds.
#[derive(Clone, Debug)]
pub enum FieldValue {
    /// Text.
    Text(String),
    /// A file.
    File {
        /// What it is called.
        name: String,
        /// What it is.
        media_type: String,
        /// Its bytes.
        bytes: Bytes,
    },
}

/// When a request may be sent again after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Whenever it may go well the next time: sending it twice does what sending it once does.
    Always,
    /// Only where the server cannot have acted on it: it was not reached, or says that it has too
    /// much to do.
    Untouched,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Host and port that gave it.
    pub host: String,
    /// The status code.
    pub status: u16,
    /// The body. What it repeats of the secrets that were sent is taken out.
    pub body: Vec<u8>,
    headers: HeaderMap,
}

impl Reply {
    /// Whether the server did what it was asked.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the server wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No address that something can be sent to.
    #[error("`{0}` is not an address that begins with http:// or https://")]
    Address(String),
    /// A name and password in the address.
    #[error("the address of {0} holds a user name or a password, which others can read there")]
    Userinfo(String),
    /// The method or a header cannot be sent.
    #[error("the {0} has characters that cannot be sent")]
    Unsendable(String),
    /// No connection, or it broke before there was an answer.
    #[error("failed to reach {host}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The connection broke while the answer came in.
    #[error("the answer of {host} broke off")]
    Interrupted {
        /// Host and port.
        host: String,
    },
    /// A redirect that is not followed.
    #[error("{host} redirects to {to}, {why}")]
    Redirect {
        /// Host and port.
        host: String,
        /// Where to, without a query.
        to: String,
        /// Why it is not followed.
        why: &'static str,
    },
}

/// Sends documents.
#[derive(Debug)]
pub struct Sender {
    /// Taken out when dropped.
    runtime: Option<Runtime>,
    handle: Handle,
    http: reqwest::Client,
    retry: Retry,
    timeout: Duration,
    insecure: bool,
}

impl Sender {
    /// Sets up TLS and threads; nothing is sent yet.
    pub fn new(options: &SendOptions) -> Result<Self, ClientError> {
        let http = client(ClientOptions {
            ca_certificates: &options.ca_certificates,
            insecure: options.insecure_skip_verify,
            redirects: false,
            timeout: options.timeout,
        })?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("send")
            .enable_all()
            .build()
            .map_err(ClientError::Runtime)?;
        let handle = runtime.handle().clone();
        Ok(Self {
            runtime: Some(runtime),
            handle,
            http,
            retry: Retry { times: options.retries, backoff: options.backoff },
            timeout: options.timeout,
            insecure: options.insecure_skip_verify,
        })
    }

    /// Sends a request, again where that may help, and gives the last answer, whatever it is.
    pub fn send(&self, request: &Request) -> Result<Reply, SendError> {
        self.handle.block_on(self.deliver(request))
    }

    /// Waits.
    pub fn pause(&self, time: Duration) {
        self.handle.block_on(async { tokio::time::sleep(time).await });
    }

    async fn deliver(&self, request: &Request) -> Result<Reply, SendError> {
        let url = address(&request.url)?;
        let mut failures = 0_u32;
        loop {
            failures = failures.saturating_add(1);
            let (outcome, pause) = match self.attempt(request, &url).await {
                Ok(reply) => {
                    let pause = self.pause_after(&reply, request.repeat, failures);
                    (Ok(reply), pause)
                }
                Err(error) => {
                    let pause = self.retry.pause(failures, None);
                    let again = may_pass(&error, request.repeat, failures);
                    (Err(error), pause.filter(|_| again))
                }
            };
            let Some(pause) = pause else { return outcome };
            tracing::debug!(host = host(&url), failures, "request repeated");
            tokio::time::sleep(pause).await;
        }
    }

    /// How long to wait before a request is sent again after an answer, if it is.
    fn pause_after(&self, reply: &Reply, repeat: Repeat, failures: u32) -> Option<Duration> {
        let asked = reply.retry_after();
        let status = StatusCode::from_u16(reply.status).ok()?;
        let busy = match status {
            StatusCode::TOO_MANY_REQUESTS => true,
            // GitHub says so when too much is asked in too short a time.
            StatusCode::FORBIDDEN | StatusCode::SERVICE_UNAVAILABLE => asked.is_some(),
            _ => false,
        };
        if !busy && (repeat == Repeat::Untouched || !is_passing(status)) {
            return None;
        }
        match asked {
            None => self.retry.pause(failures, None),
            Some(asked) => {
                (failures <= self.retry.times && asked <= RETRY_AFTER_MAX).then_some(asked)
            }
        }
    }

    /// Sends a request once, to where it is redirected.
    async fn attempt(&self, request: &Request, first: &Url) -> Result<Reply, SendError> {
        let mut url = first.clone();
        let mut trusted = true;
        let mut moves = 0_u32;
        loop {
            let host = host(&url);
            let response = self.build(request, &url, trusted)?.send().await.map_err(|error| {
                SendError::Unreachable { host: host.clone(), source: error.without_url() }
            })?;
            let Some(next) = self.next(request, &url, &response)? else {
                return self.read(request, host, response).await;
            };
            moves = moves.saturating_add(1);
            if moves > REDIRECTS_MAX {
                return Err(SendError::Redirect { host, to: place(&next), why: "once too often" });
            }
            trusted = trusted && same_origin(&url, &next);
            url = next;
        }
    }

    fn build(
        &self,
        request: &Request,
        url: &Url,
        trusted: bool,
    ) -> Result<RequestBuilder, SendError> {
        let unsendable = |what: &str| SendError::Unsendable(what.to_owned());
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| unsendable("method of the request"))?;
        let mut headers = HeaderMap::new();
        let mut insert = |name: &str, value: &str, secret: bool| {
            let wrong = || unsendable(&format!("header `{name}`"));
            let key: HeaderName = name.parse().map_err(|_| wrong())?;
            let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
            value.set_sensitive(secret);
            headers.append(key, value);
            Ok(())
        };
        for (name, value) in &request.headers {
            insert(name, value, false)?;
        }
        if trusted {
            for (name, value) in &request.secrets {
                insert(name, value.expose(), true)?;
            }
        }
        let builder = self.http.request(method, url.clone()).headers(headers);
        Ok(match &request.content {
            Content::Empty => builder,
            Content::Document { media_type, bytes } => {
                let builder = builder.body(bytes.clone());
                builder.header(header::CONTENT_TYPE, media_type)
            }
            Content::Form(fields) => builder.multipart(form(fields)?),
        })
    }

    /// Where a response redirects to, if it does and is to be followed.
    fn next(
        &self,
        request: &Request,
        url: &Url,
        response: &Response,
    ) -> Result<Option<Url>, SendError> {
        if !request.redirects {
            return Ok(None);
        }
        let keeps_method = match response.status() {
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
            _ => return Ok(None),
        };
        let location = response.headers().get(header::LOCATION);
        let next = location
            .and_then(|location| url.join(location.to_str().ok()?).ok())
            .filter(|next| matches!(next.scheme(), "http" | "https") && next.has_host());
        let Some(next) = next else { return Ok(None) };
        let refused = |why| Err(SendError::Redirect { host: host(url), to: place(&next), why });
        // Another method would be used there, and the body left behind: nothing would be uploaded.
        if !keeps_method && !matches!(request.method.as_str(), "GET" | "HEAD") {
            return refused("where it wants no upload: use that address");
        }
        if url.scheme() == "https" && next.scheme() != "https" && !self.insecure {
            return refused("which leaves HTTPS");
        }
        Ok(Some(next))
    }

    async fn read(
        &self,
        request: &Request,
        host: String,
        response: Response,
    ) -> Result<Reply, SendError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match Body::new(response, self.timeout).read_all(ANSWER_BYTES_MAX).await {
            Ok(body) => body,
            // The status says enough.
            Err(_) if !status.is_success() => Vec::new(),
            Err(_) => return Err(SendError::Interrupted { host }),
        };
        let body = without_secrets(body, &request.secrets);
        Ok(Reply { host, status: status.as_u16(), body, headers })
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Nobody is left to wait for what is still under way.
            runtime.shutdown_background();
        }
    }
}

/// Parses an address to send something to.
fn address(text: &str) -> Result<Url, SendError> {
    let shown = || crate::fetch::shown(text.split(['?', '#']).next().unwrap_or_default());
    let url = Url::parse(text).map_err(|_| SendError::Address(shown()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(SendError::Address(shown()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SendError::Userinfo(host(&url)));
    }
    Ok(url)
}

fn may_pass(error: &SendError, repeat: Repeat, failures: u32) -> bool {
    match error {
        SendError::Unreachable { source, .. } if source.is_connect() => {
            fault(source) == Fault::Connection && failures <= CONNECT_RETRIES_MAX
        }
        SendError::Unreachable { source, .. } => {
            // What took too long once takes as long again.
            repeat == Repeat::Always && fault(source) == Fault::Connection && !source.is_timeout()
        }
        SendError::Interrupted { .. } => repeat == Repeat::Always,
        _ => false,
    }
}

fn form(fields: &[Field]) -> Result<Form, SendError> {
    let mut form = Form::new();
    for Field { name, value } in fields {
        form = match value {
            FieldValue::Text(text) => form.text(name.clone(), text.clone()),
            FieldValue::File { name: file, media_type, bytes } => {
                let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let part = Part::stream_with_length(bytes.clone(), len)
                    .file_name(file.clone())
                    .mime_str(media_type)
                    .map_err(|_| SendError::Unsendable(format!("media type of `{file}`")))?;
                form.part(name.clone(), part)
            }
        };
    }
    Ok(form)
}

fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// An address without what may be a secret in it.
fn place(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), host(url), url.path())
}

/// Takes out of an answer what it repeats of the secrets.
fn without_secrets(body: Vec<u8>, secrets: &[(String, Redacted)]) -> Vec<u8> {
    let words: Vec<&str> = secrets
        .iter()
        .flat_map(|(_, secret)| {
            std::iter::once(secret.expose()).chain(secret.expose().split_whitespace())
        })
        .filter(|word| word.len() >= SECRET_CHARS_MIN)
        .collect();
    match std::str::from_utf8(&body) {
        Ok(text) if words.iter().any(|word| text.contains(word)) => {
            let text = words.iter().fold(text.to_owned(), |text, word| text.replace(word, "…"));
            text.into_bytes()
        }
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_does_not_repeat_a_secret() {
        let secrets = vec![("Authorization".to_owned(), Redacted::new("Token s3cr3t-token"))];
        let said = without_secrets(b"no such Token: s3cr3t-token!".to_vec(), &secrets);
        assert_eq!(String::from_utf8(said).unwrap(), "no such Token: …!");
        let binary = vec![0xff, 0xfe];
        assert_eq!(without_secrets(binary.clone(), &secrets), binary);
    }

    #[test]
    fn an_address_has_a_host_and_no_password() {
        for (text, expected) in [
            ("ftp://a/b?token=x", "`ftp://a/b` is not an address"),
            ("a/b", "`a/b` is not an address"),
            ("https://ann:hunter2@a.example/b", "the address of a.example holds a user name"),
            ("https://tok@a.example", "the address of a.example holds a user name"),
        ] {
            let error = address(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert!(address("https://a.example/b?c=d").is_ok());
    }

    #[test]
    fn another_port_is_another_place() {
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(same_origin(&url("https://a/x"), &url("https://a:443/y")));
        for other in ["http://a/x", "https://b/x", "https://a:444/x"] {
            assert!(!same_origin(&url("https://a/x"), &url(other)), "{other}");
        }
    }
}
