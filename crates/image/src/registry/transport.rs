//! Sends requests, repeats those that failed in passing, and tells what went wrong with the others.

use super::error::RegistryError;
use super::retry::{self, Retry};
use crate::http::{Body, Fault, fault};
use http::StatusCode;
use oci_client::errors::OciEnvelope;
use reqwest::{Client, RequestBuilder, Response};
use std::time::Duration;

/// An error answer; honest ones are a few hundred bytes.
const DETAIL_BYTES_MAX: u64 = 16 << 10;

/// What of a registry's own words is passed on.
const DETAIL_CHARS_MAX: usize = 200;

/// What is asked for and of whom, for error messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// What.
    pub(super) reference: &'a str,
    /// Host and port.
    pub(super) registry: &'a str,
}

impl Asked<'_> {
    /// The error for an answer that breaks the rules.
    pub(super) fn protocol(self, what: impl Into<String>) -> RegistryError {
        RegistryError::Protocol {
            reference: self.reference.to_owned(),
            registry: self.registry.to_owned(),
            what: what.into(),
        }
    }

    /// The error for a request that failed.
    fn failed(self, error: reqwest::Error) -> RegistryError {
        let (reference, registry) = (self.reference.to_owned(), self.registry.to_owned());
        // A URL may hold a signature that is as good as a password.
        let source = error.without_url();
        match fault(&source) {
            Fault::Tls { plain } => RegistryError::Tls { reference, registry, plain, source },
            Fault::Connection | Fault::Other => {
                RegistryError::Unreachable { reference, registry, source }
            }
        }
    }
}

/// How often a connection that is never made is tried again: a wrong name or port stays wrong, and
/// whoever typed it should not wait long to be told.
const CONNECT_RETRIES_MAX: u32 = 2;

/// The client, and how patient it is.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    /// Connections, kept open between requests.
    pub(super) client: Client,
    /// How often to repeat.
    pub(super) retry: Retry,
    /// How long to wait for the next bytes.
    pub(super) timeout: Duration,
}

impl Transport {
    /// The same without patience: for bodies after which there is no trying again.
    pub(super) fn once(mut self) -> Self {
        self.retry.times = 0;
        self
    }

    /// Sends a request, again if it fails in passing. The answer may be an error, but one that
    /// will be the same the next time.
    pub(super) async fn send(
        &self,
        asked: Asked<'_>,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Response, RegistryError> {
        let mut failures = 0_u32;
        loop {
            failures = failures.saturating_add(1);
            let (error, pause) = match request(&self.client).send().await {
                Ok(response) if !retry::is_passing(response.status()) => return Ok(response),
                Ok(response) => {
                    let (status, after) =
                        (response.status(), retry::retry_after(response.headers()));
                    let pause = self.retry.pause(failures, after);
                    (failure(asked, status, after, self.detail(response).await), pause)
                }
                Err(error) => {
                    let passing = fault(&error) == Fault::Connection
                        && (failures <= CONNECT_RETRIES_MAX || !error.is_connect());
                    let pause = self.retry.pause(failures, None).filter(|_| passing);
                    (asked.failed(error), pause)
                }
            };
            let Some(pause) = pause else { return Err(error) };
            tracing::debug!(registry = asked.registry, %error, failures, "request repeated");
            tokio::time::sleep(pause).await;
        }
    }

    /// What a registry says about its refusal (distribution specification, "Error Codes"), as one
    /// short line.
    pub(super) async fn detail(&self, response: Response) -> String {
        let body = Body::new(response, self.timeout).read_all(DETAIL_BYTES_MAX).await;
        let Ok(envelope) = serde_json::from_slice::<OciEnvelope>(&body.unwrap_or_default()) else {
            return String::new();
        };
        let message = envelope.errors.into_iter().next().map(|error| error.message);
        let message = message.unwrap_or_default();
        let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().filter(|c| !c.is_control()).take(DETAIL_CHARS_MAX).collect()
    }
}

fn failure(
    asked: Asked<'_>,
    status: StatusCode,
    retry_after: Option<Duration>,
    detail: String,
) -> RegistryError {
    let (reference, registry) = (asked.reference.to_owned(), asked.registry.to_owned());
    if status == StatusCode::TOO_MANY_REQUESTS {
        RegistryError::TooManyRequests { reference, registry, retry_after, detail }
    } else {
        RegistryError::Server { reference, registry, status: status.as_u16(), detail }
    }
}
