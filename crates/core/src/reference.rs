//! The name of an image in a registry: `registry/repository:tag@digest`.

use crate::digest::{Digest, DigestError};
use std::fmt;

/// A registry reference in its full form. `alpine` means `index.docker.io/library/alpine:latest`,
/// as `docker pull` reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Why a text is not a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Nothing was given.
    #[error("the image reference is empty")]
    Empty,
    /// The repository breaks the grammar of the OCI distribution specification.
    #[error(
        "`{0}` is not an image reference: the repository takes lower-case letters, digits and \
         single separators (`.`, `_`, `__`, `-`, `/`)"
    )]
    Repository(String),
    /// The tag breaks the grammar.
    #[error(
        "`{0}` is not a tag: up to 128 letters, digits, `_`, `.` and `-`, not beginning with `.` \
         or `-`"
    )]
    Tag(String),
    /// The registry is not a host with an optional port.
    #[error("`{0}` is not a registry host")]
    Registry(String),
    /// The digest is malformed.
    #[error("the reference's digest is malformed")]
    Digest(#[from] DigestError),
}

/// The registry meant when none is named.
pub const DEFAULT_REGISTRY: &str = "index.docker.io";

impl Reference {
    /// Parses a reference and fills in what is left out: Docker Hub, `library/`, `latest`.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.parse::<Digest>()?)),
            None => (text, None),
        };
        // A colon behind the last slash begins a tag; one before it, a port.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag.to_owned())),
            _ => (rest, None),
        };
        if let Some(tag) = &tag
            && !is_tag(tag)
        {
            return Err(ReferenceError::Tag(tag.clone()));
        }
        // A first part with a dot or a port, `localhost`, or upper-case letters is a registry.
        let (registry, repository) = match name.split_once('/') {
            Some((host, repository)) if is_host_like(host) => (host, repository.to_owned()),
            _ => (DEFAULT_REGISTRY, name.to_owned()),
        };
        let registry = if registry == "docker.io" { DEFAULT_REGISTRY } else { registry };
        if !is_host(registry) {
            return Err(ReferenceError::Registry(registry.to_owned()));
        }
        let repository = if registry == DEFAULT_REGISTRY && !repository.contains('/') {
            format!("library/{repository}")
        } else {
            repository
        };
        if repository.len() > 255 || !repository.split('/').all(is_component) {
            return Err(ReferenceError::Repository(text.to_owned()));
        }
        let tag = if tag.is_none() && digest.is_none() { Some("latest".to_owned()) } else { tag };
        Ok(Self { registry: registry.to_owned(), repository, tag, digest })
    }

    /// The registry's host, with its port if one was given.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository, without the registry.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag; absent only when a digest is given without one.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, which decides where both are given.
    pub const fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

fn is_host_like(host: &str) -> bool {
    host == "localhost"
        || host.contains(['.', ':'])
        || host.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let host_ok = if let Some(v6) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        v6.bytes().all(|b| b.is_ascii_hexdigit() || b == b':')
    } else {
        host.split('.').all(is_host_label)
    };
    host_ok && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// One part of a host name, as the distribution's grammar of references has it.
fn is_host_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_tag(tag: &str) -> bool {
    tag.len() <= 128
        && tag.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, the distribution specification's path component.
fn is_component(component: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = component.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    if !is_word(*first) || !is_word(*last) {
        return false;
    }
    component
        .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .filter(|separator| !separator.is_empty())
        .all(|separator| {
            matches!(separator, "." | "_" | "__") || separator.bytes().all(|b| b == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_completed() {
        for (text, full) in [
            ("alpine", "index.docker.io/library/alpine:latest"),
            ("docker.io/alpine:3", "index.docker.io/library/alpine:3"),
            ("user/app", "index.docker.io/user/app:latest"),
            ("localhost/app", "localhost/app:latest"),
            ("127.0.0.1:5000/a/b:1.0", "127.0.0.1:5000/a/b:1.0"),
            ("ghcr.io/o/r__x.y-z:v1", "ghcr.io/o/r__x.y-z:v1"),
            ("[::1]:5000/app", "[::1]:5000/app:latest"),
        ] {
            assert_eq!(Reference::parse(text).unwrap().to_string(), full, "{text}");
        }
    }

    #[test]
    fn digests_pin() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let reference = Reference::parse(&format!("alpine@{digest}")).unwrap();
        assert_eq!(reference.tag(), None);
        assert_eq!(reference.digest().unwrap().to_string(), digest);
        let both = Reference::parse(&format!("alpine:3@{digest}")).unwrap();
        assert_eq!(both.tag(), Some("3"));
    }

    #[test]
    fn malformed_references_are_refused() {
        for bad in [
            "",
            ":tag",
            "Alpine",
            "a//b",
            "a/",
            "-a",
            "a..b",
            "a:.x",
            "a@sha256:1",
            "h:99999/x",
            "a b",
            "./a",
            "../a",
            "a..b:1/x",
            "-a.b/x",
        ] {
            assert!(Reference::parse(bad).is_err(), "{bad}");
        }
    }
}
