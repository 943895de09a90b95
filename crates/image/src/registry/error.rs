//! Why an image could not be had from a registry.

use crate::error::OpenError;
use crate::http::{BodyError, HttpError};
use lazaret_core::digest::Digest;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Which credentials a registry was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialOrigin {
    /// None: there are none for it.
    None,
    /// Those given with `--username` and `--password`.
    Options,
    /// The token given with `--registry-token`.
    Token,
    /// Those that `docker login` or `podman login` left in this file, or behind it.
    File(PathBuf),
    /// None: there are some, but they could not be had.
    Failed {
        /// The file that leads to them.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

/// Why an image could not be had from a registry. No message holds a credential, nor the query of
/// a URL, which may be one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The registry does not have it.
    #[error("{reference} was not found: check the repository and the tag{}", said(.detail))]
    NotFound {
        /// What was asked for.
        reference: String,
        /// What the registry says about it.
        detail: String,
    },
    /// The registry does not give it to whoever asked. Registries that hide what they have say so
    /// of things that do not exist, too.
    #[error(
        "{registry} refuses access to {reference}: {}{}",
        access(.origin, .registry),
        said(.detail)
    )]
    Unauthorized {
        /// What was asked for.
        reference: String,
        /// Who refused: the registry or its token service.
        registry: String,
        /// Which credentials it was shown.
        origin: Box<CredentialOrigin>,
        /// What it says about it.
        detail: String,
    },
    /// No connection, or one that breaks every time.
    #[error("failed to reach {registry} for {reference}")]
    Unreachable {
        /// What was asked for.
        reference: String,
        /// Host and port.
        registry: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The connection cannot be trusted.
    #[error("failed to connect to {registry} securely for {reference}: {}", tls(*.plain))]
    Tls {
        /// What was asked for.
        reference: String,
        /// Host and port.
        registry: String,
        /// Whether it does not seem to speak TLS at all.
        plain: bool,
        /// Why.
        source: reqwest::Error,
    },
    /// The registry wants to be left alone for longer than we wait.
    #[error(
        "{registry} allows no more requests for {reference}: {}{}",
        later(*.retry_after),
        said(.detail)
    )]
    TooManyRequests {
        /// What was asked for.
        reference: String,
        /// Host and port.
        registry: String,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
        /// What it says about it.
        detail: String,
    },
    /// The registry failed, again and again.
    #[error("{registry} failed with status {status} for {reference}{}", said(.detail))]
    Server {
        /// What was asked for.
        reference: String,
        /// Host and port.
        registry: String,
        /// HTTP status.
        status: u16,
        /// What it says about it.
        detail: String,
    },
    /// The registry breaks the rules of the distribution specification.
    #[error("{registry} gave an unusable answer for {reference}: {what}")]
    Protocol {
        /// What was asked for.
        reference: String,
        /// Host and port.
        registry: String,
        /// What is wrong.
        what: String,
    },
    /// A download broke off, and could not be brought to its end.
    #[error("the download of {reference} broke off after {received} of {size_bytes} bytes")]
    Interrupted {
        /// What was asked for.
        reference: String,
        /// Bytes that came in.
        received: u64,
        /// Bytes there are.
        size_bytes: u64,
        /// How it broke off the last time, unless the server just stopped.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The bytes are not those that were meant.
    #[error("{reference} has the wrong digest: expected {expected}, found {found}")]
    Digest {
        /// What was asked for.
        reference: String,
        /// What the reference, the manifest or the registry says.
        expected: Digest,
        /// What the bytes have.
        found: Digest,
    },
    /// A document is larger than any honest one.
    #[error("{reference} is larger than {max_bytes} bytes")]
    TooLarge {
        /// What was asked for.
        reference: String,
        /// The bound.
        max_bytes: u64,
    },
    /// The layer may not be distributed, and the registry does not have it.
    #[error(
        "the layer {reference} may not be distributed by registries: it is to be had from its \
         vendor only"
    )]
    Foreign {
        /// The layer.
        reference: String,
    },
    /// The documents were had, but they are not usable as an image.
    #[error("{reference} cannot be scanned")]
    Document {
        /// What was asked for.
        reference: String,
        /// Why not.
        source: Box<OpenError>,
    },
    /// A mirror is not named as one.
    #[error("`{mirror}` is not a mirror: expected HOST[:PORT][/PREFIX]")]
    Mirror {
        /// What was given.
        mirror: String,
    },
    /// There is neither a registry nor a mirror to ask.
    #[error("there is no registry to ask")]
    Nobody,
    /// There is no HTTP client.
    #[error("failed to prepare the connection to the registry")]
    Client(#[from] HttpError),
    /// The threads that wait for the network could not be started.
    #[error("failed to start the registry's threads")]
    Runtime(#[source] std::io::Error),
}

impl RegistryError {
    /// The error for a body that did not come in.
    pub(super) fn body(error: BodyError, reference: &str, registry: &str) -> Self {
        let (reference, registry) = (reference.to_owned(), registry.to_owned());
        match error {
            BodyError::TooLarge(max_bytes) => Self::TooLarge { reference, max_bytes },
            BodyError::Transfer(source) => Self::Unreachable { reference, registry, source },
            BodyError::Stalled(_) => {
                Self::Protocol { reference, registry, what: error.to_string() }
            }
        }
    }
}

/// What a registry says, in parentheses.
fn said(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(" (it says: {detail})") }
}

fn tls(plain: bool) -> &'static str {
    if plain {
        "it does not seem to speak HTTPS; allow plain HTTP with --insecure"
    } else {
        "trust its certificate authority with --cacert, or skip verification with --insecure"
    }
}

fn later(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(
        || "try again later, or log in for a higher limit".to_owned(),
        |after| format!("try again in {} s, or log in for a higher limit", after.as_secs()),
    )
}

fn access(origin: &CredentialOrigin, registry: &str) -> impl fmt::Display {
    let host = if registry.ends_with("docker.io") { "" } else { registry };
    let login = format!("`docker login {host}`").replace(" `", "`");
    match origin {
        CredentialOrigin::None => format!(
            "no credentials were sent; log in with {login}, or give --username and --password"
        ),
        CredentialOrigin::Options => {
            "it does not accept the credentials given with --username and --password".to_owned()
        }
        CredentialOrigin::Token => {
            "it does not accept the token given with --registry-token".to_owned()
        }
        CredentialOrigin::File(path) => format!(
            "it does not accept the credentials from {}; log in again with {login}",
            path.display()
        ),
        CredentialOrigin::Failed { path, reason } => format!(
            "no credentials were sent, because those of {} could not be had: {reason}",
            path.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_to_do() {
        let message = |registry: &str, origin| {
            RegistryError::Unauthorized {
                reference: format!("{registry}/app:1"),
                registry: registry.to_owned(),
                origin: Box::new(origin),
                detail: String::new(),
            }
            .to_string()
        };
        assert_eq!(
            message("ghcr.io", CredentialOrigin::None),
            "ghcr.io refuses access to ghcr.io/app:1: no credentials were sent; log in with \
             `docker login ghcr.io`, or give --username and --password"
        );
        assert!(message("index.docker.io", CredentialOrigin::None).contains("`docker login`,"));
        assert!(message("h:1", CredentialOrigin::Options).contains("--username"));
    }
}
