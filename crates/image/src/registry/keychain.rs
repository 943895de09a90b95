//! Credentials that `docker login` and `podman login` keep: in a file, or with a helper program
//! that a file names.
//!
//! `docker_credential` reads the files and runs the helpers. What it leaves open is done here:
//! which entry of a file is meant (Podman's entries may be for a part of a registry), and what to
//! do about a helper that never answers. The library's own search for the files reads the
//! environment, so it is not used.

use super::error::CredentialOrigin;
use super::options::Redacted;
use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};
use lazaret_core::reference::DEFAULT_REGISTRY;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A credential file; one with an entry for a hundred registries is below 100 kB.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// The names Docker Hub has in credential files. `docker login` writes the first.
const HUB_NAMES: [&str; 4] =
    ["https://index.docker.io/v1/", DEFAULT_REGISTRY, "docker.io", "registry-1.docker.io"];

/// How to log in.
#[derive(Clone, Debug)]
pub(super) enum Login {
    /// Not at all.
    Anonymous,
    /// With a user name and a password.
    Basic {
        /// Who.
        username: String,
        /// The password.
        password: Redacted,
    },
    /// With a token that the registry's token service takes in exchange for others.
    Identity(Redacted),
    /// With a token that the registry itself takes.
    Token(Redacted),
}

/// A way to log in, and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// How.
    pub(super) login: Login,
    /// Where from.
    pub(super) origin: CredentialOrigin,
}

/// The part of a credential file that says for which registries it has something.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Keys {
    #[serde(deserialize_with = "names")]
    auths: BTreeSet<String>,
    creds_store: Option<String>,
    cred_helpers: Option<BTreeMap<String, String>>,
}

/// The names in an object, without what they stand for.
#[expect(clippy::zero_sized_map_values, reason = "serde reads an object as a map only")]
fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let object = Option::<BTreeMap<String, IgnoredAny>>::deserialize(deserializer)?;
    Ok(object.unwrap_or_default().into_keys().collect())
}

/// Looks for credentials in files, the first that has some wins. This blocks, up to
/// `helper_timeout` for each file that names a helper.
///
/// A file that cannot be used does not end the search, and not having credentials is no error:
/// most images are public. Both are told should the registry refuse.
pub(super) fn find(
    files: &[PathBuf],
    registry: &str,
    repository: &str,
    helper_timeout: Duration,
) -> Candidate {
    let mut origin = CredentialOrigin::None;
    for path in files {
        match find_in(path, registry, repository, helper_timeout) {
            Ok(Some(login)) => {
                return Candidate { login, origin: CredentialOrigin::File(path.clone()) };
            }
            Ok(None) => {}
            Err(reason) => {
                tracing::warn!(registry, file = %path.display(), reason, "no credentials read");
                origin = CredentialOrigin::Failed { path: path.clone(), reason };
            }
        }
    }
    Candidate { login: Login::Anonymous, origin }
}

fn find_in(
    path: &Path,
    registry: &str,
    repository: &str,
    helper_timeout: Duration,
) -> Result<Option<Login>, String> {
    let mut json = Vec::new();
    match File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut json)) {
        Ok(_) => {}
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(format!("the file cannot be read: {error}")),
    }
    let keys: Keys =
        serde_json::from_slice(&json).map_err(|_| "the file is malformed".to_owned())?;
    let Some(server) = keys.server(registry, repository) else { return Ok(None) };
    // The library waits for a helper for as long as it takes, so it waits on a thread that can be
    // left behind.
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more when it took too long.
        sender.send(get_credential_from_reader(&*json, &server)).ok();
    });
    let found = answer.recv_timeout(helper_timeout).map_err(|_| {
        format!("the credential helper did not answer within {} s", helper_timeout.as_secs())
    })?;
    match found {
        Ok(DockerCredential::UsernamePassword(username, password)) => {
            let login = Login::Basic { username, password: Redacted::new(password) };
            Ok(Some(login))
        }
        Ok(DockerCredential::IdentityToken(token)) => {
            Ok(Some(Login::Identity(Redacted::new(token))))
        }
        Err(CredentialRetrievalError::NoCredentialConfigured) => Ok(None),
        // The words helpers use by agreement to say that they have nothing.
        Err(CredentialRetrievalError::HelperFailure { stdout, .. })
            if stdout.contains("credentials not found") =>
        {
            Ok(None)
        }
        // A helper's own words are left out: nobody knows what they hold.
        Err(CredentialRetrievalError::HelperFailure { helper, .. }) => {
            Err(format!("`{helper}` failed"))
        }
        Err(error) => Err(error.to_string()),
    }
}

impl Keys {
    /// The entry that serves a repository: one for the longest part of its path, else one for the
    /// registry, else the store that has everything.
    fn server(&self, registry: &str, repository: &str) -> Option<String> {
        let hub = registry == DEFAULT_REGISTRY;
        let names = if hub { &HUB_NAMES[..] } else { std::slice::from_ref(&registry) };
        let has = |key: &str| {
            self.auths.contains(key)
                || self.cred_helpers.as_ref().is_some_and(|helpers| helpers.contains_key(key))
        };
        let host = if hub { "docker.io" } else { registry };
        let mut path = repository;
        while !path.is_empty() {
            let key = format!("{host}/{path}");
            if has(&key) {
                return Some(key);
            }
            path = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        if let Some(name) = names.iter().find(|name| has(name)) {
            return Some((*name).to_owned());
        }
        let by_url = self.auths.iter().find(|key| {
            let rest = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
            let named = rest.and_then(|rest| rest.split('/').next());
            named.is_some_and(|named| names.contains(&named))
        });
        let store = self.creds_store.as_ref().filter(|store| !store.is_empty());
        by_url.cloned().or_else(|| store.and(names.first()).map(|name| (*name).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn server(json: &str, registry: &str, repository: &str) -> Option<String> {
        serde_json::from_str::<Keys>(json).unwrap().server(registry, repository)
    }

    #[test]
    fn the_most_specific_entry_wins() {
        // Precedence as containers-auth.json(5) describes it.
        let json = r#"{"auths": {"quay.io/a/b": {}, "quay.io/a": {}, "quay.io": {}}}"#;
        assert_eq!(server(json, "quay.io", "a/b").unwrap(), "quay.io/a/b");
        assert_eq!(server(json, "quay.io", "a/c").unwrap(), "quay.io/a");
        assert_eq!(server(json, "quay.io", "c").unwrap(), "quay.io");
        assert_eq!(server(json, "ghcr.io", "a/b"), None);
    }

    #[test]
    fn docker_hub_is_found_by_all_its_names() {
        for key in ["https://index.docker.io/v1/", "docker.io", "https://docker.io"] {
            let json = format!(r#"{{"auths": {{"{key}": {{}}}}}}"#);
            assert_eq!(server(&json, DEFAULT_REGISTRY, "library/alpine").unwrap(), key);
        }
        let store = r#"{"credsStore": "desktop"}"#;
        let hub = server(store, DEFAULT_REGISTRY, "library/alpine").unwrap();
        assert_eq!(hub, "https://index.docker.io/v1/");
        assert_eq!(server(store, "ghcr.io", "a").unwrap(), "ghcr.io");
    }

    #[test]
    fn entries_written_as_urls_are_found() {
        let json = r#"{"auths": {"https://ghcr.io/v2/": {}, "other.io/ghcr.io": {}}}"#;
        assert_eq!(server(json, "ghcr.io", "a").unwrap(), "https://ghcr.io/v2/");
        assert_eq!(server(json, "other.io", "a"), None);
    }

    #[test]
    fn unusable_files_are_passed_over_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
            path
        };
        let missing = folder.path().join("missing/config.json");
        let broken = file("broken.json", "{");
        // `echo -n ann:secret | base64`
        let good = file("good.json", r#"{"auths": {"h:1": {"auth": "YW5uOnNlY3JldA=="}}}"#);
        let token = file("token.json", r#"{"auths": {"h:1": {"identitytoken": "idt"}}}"#);
        let find = |files: &[PathBuf]| find(files, "h:1", "app", Duration::from_secs(5));

        let found = find(&[missing.clone(), broken.clone(), good.clone()]);
        assert_eq!(found.origin, CredentialOrigin::File(good));
        let Login::Basic { username, password } = found.login else { panic!("{found:?}") };
        assert_eq!((&*username, password.expose()), ("ann", "secret"));

        let Login::Identity(identity) = find(&[token]).login else { panic!() };
        assert_eq!(identity.expose(), "idt");

        assert_eq!(find(&[missing]).origin, CredentialOrigin::None);
        let found = find(std::slice::from_ref(&broken));
        assert!(matches!(found.login, Login::Anonymous));
        assert!(matches!(found.origin, CredentialOrigin::Failed { path, .. } if path == broken));
    }
}
