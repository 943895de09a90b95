//! Where an image is to be had: the mirrors of its registry, then the registry itself.

use super::error::RegistryError;
use super::options::RegistryOptions;
use lazaret_core::reference::{DEFAULT_REGISTRY, Reference};

/// A registry, and the name a repository has in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// Host, with its port if one was given.
    pub(super) registry: String,
    /// The repository there.
    pub(super) repository: String,
    /// Whether it speaks HTTP.
    pub(super) plain_http: bool,
    /// Whether it stands in for the registry of the reference.
    pub(super) mirror: bool,
}

/// The mirrors of a reference's registry, in the order in which they are to be asked, and the
/// registry itself.
pub(super) fn endpoints(
    reference: &Reference,
    options: &RegistryOptions,
) -> Result<(Vec<Endpoint>, Endpoint), RegistryError> {
    let mut endpoints = Vec::new();
    for (registry, mirrors) in &options.mirrors {
        let hub = matches!(&**registry, "docker.io" | "registry-1.docker.io");
        if if hub { DEFAULT_REGISTRY } else { registry } != reference.registry() {
            continue;
        }
        for mirror in mirrors {
            endpoints.push(endpoint(mirror, reference.repository(), options.plain_http)?);
        }
    }
    let own = Endpoint {
        registry: reference.registry().to_owned(),
        repository: reference.repository().to_owned(),
        plain_http: options.plain_http,
        mirror: false,
    };
    Ok((endpoints, own))
}

fn endpoint(mirror: &str, repository: &str, plain_http: bool) -> Result<Endpoint, RegistryError> {
    let error = || RegistryError::Mirror { mirror: mirror.to_owned() };
    let (rest, plain_http) = match mirror.split_once("://") {
        Some(("http", rest)) => (rest, true),
        Some(("https", rest)) => (rest, false),
        Some(_) => return Err(error()),
        None => (mirror, plain_http),
    };
    let rest = rest.trim_end_matches('/');
    let (host, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let path =
        if prefix.is_empty() { repository.to_owned() } else { format!("{prefix}/{repository}") };
    // The grammar of references decides what a host is, and what a repository.
    let parsed = Reference::parse(&format!("{host}/{path}")).map_err(|_| error())?;
    let hub = parsed.registry() == DEFAULT_REGISTRY;
    let whole = parsed.repository() == path && parsed.tag() == Some("latest");
    if whole && (parsed.registry() == host || (hub && host == "docker.io")) {
        let registry = parsed.registry().to_owned();
        Ok(Endpoint { registry, repository: path, plain_http, mirror: true })
    } else {
        Err(error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(registry: &str, mirrors: &[&str], reference: &str) -> Result<Vec<String>, String> {
        let mirrors = mirrors.iter().map(|&mirror| mirror.to_owned()).collect();
        let options = RegistryOptions {
            mirrors: [(registry.to_owned(), mirrors)].into(),
            ..RegistryOptions::default()
        };
        let places = endpoints(&Reference::parse(reference).unwrap(), &options)
            .map(|(mirrors, own)| mirrors.into_iter().chain([own]));
        let url = |e: Endpoint| {
            let scheme = if e.plain_http { "http" } else { "https" };
            format!("{scheme}://{}/{}", e.registry, e.repository)
        };
        places.map(|places| places.map(url).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn mirrors_come_before_their_registry() {
        assert_eq!(
            places("docker.io", &["mirror.gcr.io", "http://h:5000/hub/"], "alpine").unwrap(),
            [
                "https://mirror.gcr.io/library/alpine",
                "http://h:5000/hub/library/alpine",
                "https://index.docker.io/library/alpine",
            ]
        );
        assert_eq!(
            places("docker.io", &["mirror.gcr.io"], "quay.io/a/b").unwrap(),
            ["https://quay.io/a/b"]
        );
        assert_eq!(
            places("quay.io", &["[::1]:5000"], "quay.io/a/b").unwrap(),
            ["https://[::1]:5000/a/b", "https://quay.io/a/b"]
        );
    }

    #[test]
    fn what_is_no_mirror_is_refused() {
        for bad in ["", "mirror", "ftp://h.io", "h.io/UPPER", "h.io/a:b", "user@h.io", "h.io?x"] {
            let error = places("docker.io", &[bad], "alpine").unwrap_err();
            assert!(error.contains(&format!("`{bad}`")), "{error}");
        }
    }
}
