//! The way to a service: flags in, answers or failures out.

use super::preview;
use super::refusal;
use crate::args::{ConnectionArgs, RefusedArgs};
use crate::commands::outcome::print;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::duration;
use lazaret_image::RegistryOptions;
use lazaret_image::send::{Reply, Request, SendError, SendOptions, Sender};
use std::net::IpAddr;
use std::time::Duration;

/// The first pause before a service is asked whether it is done, and the longest.
const POLL_FIRST: Duration = Duration::from_millis(500);
const POLL_MAX: Duration = Duration::from_secs(10);

/// The way to a service, or what stands in for it in a dry run.
pub(super) struct Connection {
    /// Nothing in a dry run.
    sender: Option<Sender>,
    insecure: bool,
}

impl Connection {
    /// Prepares to send. `secrets` says where they are read from.
    pub(super) fn new(args: &ConnectionArgs, secrets: &str) -> Result<Self> {
        refuse(&args.refused, secrets)?;
        let options = SendOptions {
            ca_certificates: args.cacert.clone(),
            insecure_skip_verify: args.insecure,
            retries: args.retries,
            backoff: Duration::from_millis(500),
            timeout: duration(&args.timeout)?,
        };
        let sender = if args.dry_run {
            None
        } else {
            Some(Sender::new(&options).map_err(|error| CommandError::new(Kind::Config, error))?)
        };
        Ok(Self { sender, insecure: args.insecure })
    }

    /// Sends a request and expects that it is done: an answer of another kind is an error. Nothing
    /// comes back in a dry run, which prints what would have been sent.
    pub(super) fn send(&self, request: &Request, act: &str) -> Result<Option<Reply>> {
        self.check_secrecy(request)?;
        match self.ask(request, act)? {
            Some(reply) if !reply.is_success() => Err(refusal::refusal(&reply, act)),
            reply => Ok(reply),
        }
    }

    /// Sends a request, whatever the answer is.
    pub(super) fn ask(&self, request: &Request, act: &str) -> Result<Option<Reply>> {
        let Some(sender) = &self.sender else {
            print(&preview::preview(request))?;
            return Ok(None);
        };
        sender.send(request).map(Some).map_err(|error| {
            let kind = match error {
                SendError::Address(_) | SendError::Userinfo(_) | SendError::Unsendable(_) => {
                    Kind::Usage
                }
                _ => Kind::Input,
            };
            CommandError::new(kind, anyhow::Error::new(error).context(format!("failed to {act}")))
        })
    }

    /// Asks again and again until there is an answer, for as long as said.
    pub(super) fn poll<T>(
        &self,
        time: Duration,
        mut ask: impl FnMut() -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let Some(sender) = &self.sender else { return Ok(None) };
        let (mut left, mut pause) = (time, POLL_FIRST);
        while !left.is_zero() {
            let now = pause.min(left);
            sender.pause(now);
            left = left.saturating_sub(now);
            pause = pause.saturating_mul(2).min(POLL_MAX);
            if let Some(answer) = ask()? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// Refuses to send a secret where others can read it on the way.
    fn check_secrecy(&self, request: &Request) -> Result<()> {
        let rest = request.url.split_once("://");
        let Some((scheme, rest)) = rest else { return Ok(()) };
        let is_plain = scheme.eq_ignore_ascii_case("http");
        if request.secrets.is_empty() || self.insecure || !is_plain || is_this_machine(rest) {
            return Ok(());
        }
        let error = CommandError::usage("a secret would be sent without TLS");
        Err(error.hint("use an address with https://, or --insecure where nobody listens"))
    }
}

/// Whether an address without its scheme is of this machine.
fn is_this_machine(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Refuses secrets on the command line, where every process of the machine can read them.
pub(super) fn refuse(args: &RefusedArgs, secrets: &str) -> Result<()> {
    let used = [
        ("--token", args.token.is_some()),
        ("--api-key", args.api_key.is_some()),
        ("--password", args.password.is_some()),
        ("--secret-access-key", args.secret_access_key.is_some()),
    ];
    match used.into_iter().find(|(_, used)| *used) {
        None => Ok(()),
        Some((flag, _)) => {
            let message = format!("{flag} is refused: others can read the command line");
            Err(CommandError::usage(message).hint(format!("secrets are read from {secrets}")))
        }
    }
}

/// How registries are reached.
pub(super) fn registry(args: &ConnectionArgs) -> Result<RegistryOptions> {
    Ok(RegistryOptions {
        insecure_skip_verify: args.insecure,
        ca_certificates: args.cacert.clone(),
        retries: args.retries,
        timeout: duration(&args.timeout)?.min(RegistryOptions::default().timeout),
        credential_files: lazaret_image::credential_files(crate::settings::environment),
        ..RegistryOptions::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_others() {
        for host in ["localhost:80/a", "127.0.0.1:8080", "127.1.2.3/x", "a@127.0.0.1", "[::1]:80/x"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "a.example",
            "localhost.example/x",
            "127.0.0.1.example",
            "127.0.0.1@a.example",
            "[::2]/",
            "",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
