//! Access to one repository: anonymous, with a password, or with a token from the registry's token
//! service (distribution specification, "Token Authentication" and "OAuth2 Token Authentication").
//!
//! Nothing is sent before the registry asks for it, and credentials go to nobody but the registry
//! they are for and the token service it names. The one exception is a token that is given for the
//! registry: it is sent with the first request.

use super::challenge::Challenge;
use super::error::{CredentialOrigin, RegistryError};
use super::keychain::{self, Candidate, Login};
use super::options::{Redacted, RegistryOptions};
use super::transport::{Asked, Transport};
use crate::http::Body;
use http::{HeaderValue, StatusCode, header};
use oci_client::token_cache::RegistryToken;
use reqwest::RequestBuilder;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

/// A token service's answer; tokens with many claims are some kilobytes.
const TOKEN_BYTES_MAX: u64 = 1 << 20;

/// How the program calls itself to a token service.
const CLIENT_ID: &str = "lazaret";

/// What is shown to the registry with a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Grant {
    proof: Proof,
    /// Tells this grant from earlier ones.
    generation: u64,
}

#[derive(Clone, Debug, Default)]
enum Proof {
    #[default]
    Nothing,
    Password(String, Redacted),
    Token(Redacted),
}

impl Grant {
    /// Adds the `Authorization` header to a request, marked as sensitive so that nobody prints it.
    pub(super) fn show(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.proof {
            Proof::Nothing => request,
            Proof::Password(username, password) => {
                request.basic_auth(username, Some(password.expose()))
            }
            Proof::Token(token) => request.bearer_auth(token.expose()),
        }
    }
}

/// A refusal by the registry.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The grant that was refused.
    pub(super) grant: Grant,
    /// What it asks for.
    pub(super) challenges: Vec<Challenge>,
    /// What it says.
    pub(super) detail: String,
}

/// Access to one repository.
#[derive(Debug)]
pub(super) struct Access {
    registry: String,
    repository: String,
    /// Whether a token service without TLS will do: the registry has none either.
    plain: bool,
    /// Whether tokens have to be good for writing. A challenge to a request that only reads asks
    /// for less.
    writes: bool,
    candidates: OnceCell<Vec<Candidate>>,
    files: Vec<PathBuf>,
    helper_timeout: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    grant: Grant,
    /// The candidate the grant was made with.
    candidate: Option<usize>,
    /// Whether the grant was of use once. If so and it is refused, it has most likely expired.
    proven: bool,
    challenges: Vec<Challenge>,
}

impl Access {
    /// Access to a repository. Credentials in `options` are only used if `own`: they are for the
    /// registry of the reference, and a mirror is another one.
    pub(super) fn new(
        registry: &str,
        repository: &str,
        own: bool,
        plain: bool,
        options: &RegistryOptions,
    ) -> Self {
        let given = if own { given(options) } else { Vec::new() };
        let mut state = State::default();
        if let Some(Candidate { login: Login::Token(token), .. }) = given.first() {
            state.grant.proof = token_proof(token.expose()).unwrap_or_default();
            state.candidate = Some(0);
        }
        Self {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            plain,
            writes: false,
            candidates: OnceCell::new_with((!given.is_empty()).then_some(given)),
            files: options.credential_files.clone(),
            helper_timeout: options.helper_timeout,
            state: Mutex::new(state),
        }
    }

    /// Asks for tokens that are good for writing.
    pub(super) const fn for_writing(mut self) -> Self {
        self.writes = true;
        self
    }

    /// What to show with the next request.
    pub(super) async fn grant(&self) -> Grant {
        self.state.lock().await.grant.clone()
    }

    /// Remembers that a grant was of use.
    pub(super) async fn prove(&self, grant: &Grant) {
        let mut state = self.state.lock().await;
        if state.grant.generation == grant.generation {
            state.proven = true;
        }
    }

    /// Makes another grant after a refusal: a fresh one if the old one was good once, else one with
    /// the next credentials. Requests that are refused at the same time share one.
    pub(super) async fn renew(
        &self,
        transport: &Transport,
        asked: Asked<'_>,
        refusal: Refusal,
    ) -> Result<(), RegistryError> {
        let mut state = self.state.lock().await;
        if state.grant.generation != refusal.grant.generation {
            return Ok(());
        }
        if !refusal.challenges.is_empty() {
            state.challenges = refusal.challenges;
        }
        let candidates = self.candidates.get_or_init(|| self.look_up()).await;
        let first = match state.candidate {
            None => 0,
            Some(candidate) if state.proven => candidate,
            Some(candidate) => candidate.saturating_add(1),
        };
        let mut detail = refusal.detail;
        for (position, candidate) in candidates.iter().enumerate().skip(first) {
            let proof =
                match self.log_in(transport, asked, &candidate.login, &state.challenges).await? {
                    Ok(proof) => proof,
                    Err(refused) => {
                        if !refused.is_empty() {
                            detail = refused;
                        }
                        continue;
                    }
                };
            let generation = state.grant.generation.saturating_add(1);
            state.grant = Grant { proof, generation };
            state.candidate = Some(position);
            state.proven = false;
            return Ok(());
        }
        let shown = state.candidate.is_some() || !state.challenges.is_empty();
        let last = candidates.last().filter(|_| shown);
        let origin = last.map_or(CredentialOrigin::None, |last| last.origin.clone());
        Err(RegistryError::Unauthorized {
            reference: asked.reference.to_owned(),
            registry: self.registry.clone(),
            origin: Box::new(origin),
            detail,
        })
    }

    async fn look_up(&self) -> Vec<Candidate> {
        let (files, timeout) = (self.files.clone(), self.helper_timeout);
        let (registry, repository) = (self.registry.clone(), self.repository.clone());
        let found = tokio::task::spawn_blocking(move || {
            keychain::find(&files, &registry, &repository, timeout)
        });
        // The search fails only if it panics, and then there are no credentials.
        let anonymous = Candidate { login: Login::Anonymous, origin: CredentialOrigin::None };
        vec![found.await.unwrap_or(anonymous)]
    }

    /// Answers the first challenge that a login has an answer to. The inner error is what a token
    /// service says when it does not take the login.
    async fn log_in(
        &self,
        transport: &Transport,
        asked: Asked<'_>,
        login: &Login,
        challenges: &[Challenge],
    ) -> Result<Result<Proof, String>, RegistryError> {
        for challenge in challenges {
            match (challenge, login) {
                (_, Login::Token(token)) => {
                    return Ok(token_proof(token.expose()).ok_or_else(String::new));
                }
                (Challenge::Bearer { realm, service, scope }, login) => {
                    let realm = self.realm(realm).map_err(|what| asked.protocol(what))?;
                    let scope = match scope {
                        _ if self.writes => format!("repository:{}:pull,push", self.repository),
                        Some(scope) => scope.clone(),
                        None => format!("repository:{}:pull", self.repository),
                    };
                    return ask_token(transport, asked, realm, service.as_deref(), &scope, login)
                        .await;
                }
                (Challenge::Basic, Login::Basic { username, password }) => {
                    return Ok(Ok(Proof::Password(username.clone(), password.clone())));
                }
                (Challenge::Basic, Login::Anonymous | Login::Identity(_)) => {}
            }
        }
        Ok(Err(String::new()))
    }

    fn realm(&self, realm: &str) -> Result<Url, String> {
        let url = Url::parse(realm)
            .map_err(|_| "it names a token service that is not a URL".to_owned())?;
        match url.scheme() {
            "https" => Ok(url),
            "http" if self.plain => Ok(url),
            _ => Err("it names a token service that cannot be reached securely".to_owned()),
        }
    }
}

/// The ways to log in that the options give.
fn given(options: &RegistryOptions) -> Vec<Candidate> {
    let token = options.registry_token.iter().map(|token| Candidate {
        login: Login::Token(token.clone()),
        origin: CredentialOrigin::Token,
    });
    let passwords = options.credentials.iter().map(|credentials| Candidate {
        login: Login::Basic {
            username: credentials.username.clone(),
            password: credentials.password.clone(),
        },
        origin: CredentialOrigin::Options,
    });
    token.chain(passwords).collect()
}

async fn ask_token(
    transport: &Transport,
    asked: Asked<'_>,
    realm: Url,
    service: Option<&str>,
    scope: &str,
    login: &Login,
) -> Result<Result<Proof, String>, RegistryError> {
    let service_host = realm.host_str().unwrap_or_default().to_owned();
    let asked = Asked { registry: &service_host, ..asked };
    let form = token_form(service, scope, login);
    let mut url = realm;
    if !matches!(login, Login::Identity(_)) {
        let query = url.query().filter(|query| !query.is_empty());
        let query = query.map_or_else(|| form.clone(), |query| format!("{query}&{form}"));
        url.set_query(Some(&query));
    }
    let response = transport
        .send(asked, |client| match login {
            Login::Identity(_) => client
                .post(url.clone())
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.clone()),
            Login::Basic { username, password } => {
                client.get(url.clone()).basic_auth(username, Some(password.expose()))
            }
            Login::Anonymous | Login::Token(_) => client.get(url.clone()),
        })
        .await?;
    match response.status() {
        StatusCode::OK => {}
        // OAuth 2 answers 400 to a token it does not take (RFC 6749, section 5.2).
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Ok(Err(transport.detail(response).await));
        }
        status => return Err(asked.protocol(format!("its token service answered {status}"))),
    }
    let body = Body::new(response, transport.timeout)
        .read_all(TOKEN_BYTES_MAX)
        .await
        .map_err(|error| RegistryError::body(error, asked.reference, asked.registry))?;
    let token: Option<RegistryToken> = serde_json::from_slice(&body).ok();
    token
        .and_then(|token| token_proof(token.token()))
        .map(Ok)
        .ok_or_else(|| asked.protocol("its token service gave no token"))
}

fn token_form(service: Option<&str>, scope: &str, login: &Login) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(service.map(|service| ("service", service)));
    pairs.append_pair("scope", scope);
    if let Login::Identity(token) = login {
        pairs.append_pair("grant_type", "refresh_token");
        pairs.append_pair("client_id", CLIENT_ID);
        pairs.append_pair("refresh_token", token.expose());
    }
    pairs.finish()
}

/// The proof a token is; none if it is empty or holds what no header may.
fn token_proof(token: &str) -> Option<Proof> {
    let usable = !token.is_empty() && HeaderValue::from_str(token).is_ok();
    usable.then(|| Proof::Token(Redacted::new(token)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_sent_in_the_clear() {
        let realm = |plain, realm: &str| {
            let options = RegistryOptions::default();
            Access::new("h", "app", true, plain, &options).realm(realm).map(String::from)
        };
        assert_eq!(realm(false, "https://auth.h/token").unwrap(), "https://auth.h/token");
        assert_eq!(realm(true, "http://auth.h/token").unwrap(), "http://auth.h/token");
        for (plain, bad) in [(false, "http://auth.h/"), (true, "ftp://auth.h/"), (true, "/token")] {
            assert!(realm(plain, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tokens_that_are_no_header_are_refused() {
        for bad in ["", "a\nb", "a\0"] {
            assert!(token_proof(bad).is_none(), "{bad:?}");
        }
        let text = format!("{:?}", token_proof("t0ken").unwrap());
        assert!(!text.contains("t0ken"), "{text}");
    }
}
