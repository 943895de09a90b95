//! How registries are reached, and with which credentials.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// A secret. It is never printed, logged or compared.
#[derive(Clone)]
pub struct Redacted(String);

impl Redacted {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the wire only.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// A user name and a password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who.
    pub username: String,
    /// The password, or a token that is used as one.
    pub password: Redacted,
}

/// How registries are reached.
#[derive(Clone, Debug)]
pub struct RegistryOptions {
    /// Credentials for the registry of the reference, tried in order. They are never sent to a
    /// mirror.
    pub credentials: Vec<Credentials>,
    /// A bearer token for the registry of the reference, sent as it is. It is tried before
    /// `credentials`, and never sent to a mirror.
    pub registry_token: Option<Redacted>,
    /// Where `docker login` and `podman login` keep credentials; see [`credential_files`]. They are
    /// asked in order when neither `credentials` nor `registry_token` is given, and only after a
    /// registry wanted to know.
    pub credential_files: Vec<PathBuf>,
    /// How long a credential helper may take. A helper may ask its user for something, and hang
    /// where there is none.
    pub helper_timeout: Duration,
    /// Whether registries speak HTTP instead of HTTPS.
    pub plain_http: bool,
    /// Whether any certificate will do, and plain HTTP where there is no HTTPS.
    pub insecure_skip_verify: bool,
    /// PEM files with authorities to trust besides those of the system.
    pub ca_certificates: Vec<PathBuf>,
    /// For a registry, the mirrors asked before it: `HOST[:PORT][/PREFIX]`, with `http://` in front
    /// where a mirror has no HTTPS.
    pub mirrors: BTreeMap<String, Vec<String>>,
    /// How often a request is repeated when the network or the server fails, and how often a
    /// download may break without any progress.
    pub retries: u32,
    /// The pause before the first repetition; each further one takes twice as long, up to 8 s.
    pub backoff: Duration,
    /// How long to wait for a connection, and for the next bytes on it.
    pub timeout: Duration,
}

impl Default for RegistryOptions {
    fn default() -> Self {
        Self {
            credentials: Vec::new(),
            registry_token: None,
            credential_files: Vec::new(),
            helper_timeout: Duration::from_secs(10),
            plain_http: false,
            insecure_skip_verify: false,
            ca_certificates: Vec::new(),
            mirrors: BTreeMap::new(),
            retries: 4,
            backoff: Duration::from_millis(500),
            timeout: Duration::from_secs(30),
        }
    }
}

/// The files in which `docker login` and `podman login` keep credentials, in the order in which
/// they are asked, named by the environment that `variable` reads. Only the program reads the
/// environment, so it passes the way in.
///
/// Docker: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`. Podman, Buildah and Skopeo:
/// `$REGISTRY_AUTH_FILE` alone, else `$XDG_RUNTIME_DIR/containers/auth.json` and
/// `~/.config/containers/auth.json`.
pub fn credential_files(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = path("HOME").or_else(|| path("USERPROFILE"));
    let mut files = Vec::new();
    let auth_file = path("REGISTRY_AUTH_FILE");
    let podman = auth_file.is_none();
    files.extend(auth_file);
    let docker = path("DOCKER_CONFIG").or_else(|| home.as_ref().map(|home| home.join(".docker")));
    files.extend(docker.map(|folder| folder.join("config.json")));
    if podman {
        files.extend(path("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json")));
        files.extend(home.map(|home| home.join(".config/containers/auth.json")));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let options = RegistryOptions {
            credentials: vec![Credentials {
                username: "ann".to_owned(),
                password: Redacted::new("hunter2"),
            }],
            registry_token: Some(Redacted::new("tok3n")),
            ..RegistryOptions::default()
        };
        let text = format!("{options:?}");
        assert!(text.contains("ann"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("tok3n"), "{text}");
    }

    #[test]
    fn credential_files_follow_the_environment() {
        let files = |variables: &[(&str, &str)]| {
            credential_files(|name| {
                variables.iter().find(|(n, _)| *n == name).map(|(_, value)| OsString::from(value))
            })
        };
        assert_eq!(
            files(&[("HOME", "/home/ann"), ("XDG_RUNTIME_DIR", "/run/user/1")]),
            [
                PathBuf::from("/home/ann/.docker/config.json"),
                PathBuf::from("/run/user/1/containers/auth.json"),
                PathBuf::from("/home/ann/.config/containers/auth.json"),
            ]
        );
        assert_eq!(
            files(&[("HOME", "/h"), ("DOCKER_CONFIG", "/d"), ("REGISTRY_AUTH_FILE", "/a.json")]),
            [PathBuf::from("/a.json"), PathBuf::from("/d/config.json")]
        );
        assert!(files(&[("HOME", "")]).is_empty());
    }
}
