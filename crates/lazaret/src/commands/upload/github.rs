//! GitHub: SARIF to code scanning, package lists to the dependency graph
//! (<https://docs.github.com/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data>,
//! <https://docs.github.com/rest/dependency-graph/dependency-submission>).

use super::connection::Connection;
use super::document::{Document, Kind};
use super::refusal::detail;
use super::secret::{Secret, variable};
use crate::args::GithubArgs;
use crate::commands::outcome::print;
use crate::fail::{CommandError, Kind as Failure, Result};
use crate::settings::{duration, github};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use flate2::Compression;
use flate2::write::GzEncoder;
use lazaret_image::send::{Content, Repeat, Request};
use lazaret_report::Format;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Write as _;

/// Where the token is.
const TOKENS: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];

/// The version of the API that is spoken.
const API_VERSION: &str = "2022-11-28";

/// The most bytes of a compressed SARIF log that GitHub takes ("SARIF support for code scanning").
const SARIF_BYTES_MAX: usize = 10 << 20;

/// What GitHub is to do with a report.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    CodeScanning,
    DependencyGraph,
}

impl Purpose {
    const ALL: [(&str, Self); 2] =
        [("code-scanning", Self::CodeScanning), ("dependency-graph", Self::DependencyGraph)];

    const fn format(self) -> Format {
        match self {
            Self::CodeScanning => Format::Sarif,
            Self::DependencyGraph => Format::Github,
        }
    }
}

/// A repository of GitHub at a commit.
struct Place {
    api: String,
    repository: String,
    sha: String,
    git_ref: String,
    token: Secret,
}

pub(super) fn run(args: &GithubArgs) -> Result<u8> {
    let connection = Connection::new(&args.connection, &TOKENS.join(" or "))?;
    let wait = duration(&args.wait)?;
    let place = place(args)?;
    let document = Document::read(&args.report)?;
    for purpose in purposes(args, &document)? {
        let bytes = match document.kind() {
            Kind::Lazaret => document.convert(purpose.format())?,
            _ => document.bytes().to_vec(),
        };
        match purpose {
            Purpose::CodeScanning => {
                let request = place.sarif(&bytes)?;
                let act = "upload the report to GitHub code scanning";
                let Some(reply) = connection.send(&request, act)? else { continue };
                let receipt: Receipt = understood(&reply.body, act)?;
                let analysis = place.analysis(&connection, &receipt.id, wait)?;
                print(&format!(
                    "uploaded to code scanning of {} as {}: {}\n",
                    place.repository,
                    receipt.id,
                    analysis.unwrap_or("accepted")
                ))?;
            }
            Purpose::DependencyGraph => {
                let request = place.snapshot(&bytes)?;
                let act = "submit the packages to GitHub's dependency graph";
                let Some(reply) = connection.send(&request, act)? else { continue };
                let result: Submitted = understood(&reply.body, act)?;
                if result.result.eq_ignore_ascii_case("INVALID") {
                    let said = detail(result.message.as_bytes());
                    let error = anyhow::anyhow!("GitHub finds it invalid: {said}");
                    let error = error.context(format!("failed to {act}"));
                    return Err(CommandError::new(Failure::Input, error));
                }
                let repository = &place.repository;
                print(&format!(
                    "submitted to the dependency graph of {repository}: {}\n",
                    result.result.to_ascii_lowercase()
                ))?;
            }
        }
    }
    Ok(0)
}

/// What to do with the report: what was asked for, else what it is made for.
fn purposes(args: &GithubArgs, document: &Document) -> Result<Vec<Purpose>> {
    let mut asked = Vec::new();
    for word in &args.to {
        let found = Purpose::ALL.into_iter().find(|(name, _)| name == word);
        let Some((_, purpose)) = found else {
            let names = Purpose::ALL.map(|(name, _)| name).join(" or ");
            return Err(CommandError::usage(format!("--to takes {names}, not `{word}`")));
        };
        if !asked.contains(&purpose) {
            asked.push(purpose);
        }
    }
    let made_for = match document.kind() {
        Kind::Sarif => Purpose::CodeScanning,
        Kind::DependencySnapshot => Purpose::DependencyGraph,
        Kind::Lazaret if asked.is_empty() => Purpose::CodeScanning,
        Kind::Lazaret => return Ok(asked),
        other => {
            let message = format!(
                "GitHub takes a SARIF log, a dependency snapshot or a report of Lazaret, and this \
                 is {}",
                other.words()
            );
            return Err(CommandError::usage(message));
        }
    };
    if asked.iter().any(|purpose| *purpose != made_for) {
        let message = format!("{} goes to one place only", document.kind().words());
        return Err(CommandError::usage(message)
            .hint("give a report written with --format json to send it to both"));
    }
    Ok(vec![made_for])
}

/// Where to, from flags and from what a workflow says of itself.
fn place(args: &GithubArgs) -> Result<Place> {
    let workflow = github();
    let given = |flag: &Option<String>, environment: String, what: &str| {
        let found = flag.clone().unwrap_or(environment);
        if found.is_empty() {
            let message = format!("which {what} is it? In no workflow, it has to be given");
            return Err(CommandError::usage(message));
        }
        Ok(found)
    };
    let repository = given(
        &args.repository,
        variable("GITHUB_REPOSITORY").unwrap_or_default(),
        "repository (--repository)",
    )?;
    let is_word = |word: &str| {
        !word.is_empty()
            && !word.chars().all(|c| c == '.')
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    if !repository.split_once('/').is_some_and(|(owner, name)| is_word(owner) && is_word(name)) {
        let message = format!("`{repository}` is not a repository: expected OWNER/NAME");
        return Err(CommandError::usage(message));
    }
    let sha = given(&args.sha, workflow.sha, "commit (--sha)")?;
    if !(sha.len() == 40 && sha.bytes().all(|b| b.is_ascii_hexdigit())) {
        let message = format!("`{sha}` is not a commit: expected all 40 hexadecimal digits");
        return Err(CommandError::usage(message));
    }
    let git_ref = given(&args.r#ref, workflow.git_ref, "branch (--ref)")?;
    if !git_ref.starts_with("refs/") {
        let message = format!("`{git_ref}` is not a whole ref, such as refs/heads/{git_ref}");
        return Err(CommandError::usage(message));
    }
    let api = args.url.clone().or_else(|| variable("GITHUB_API_URL"));
    let api = api.unwrap_or_else(|| "https://api.github.com".to_owned());
    let token = match Secret::find(TOKENS[0])? {
        Some(token) => token,
        None => Secret::find(TOKENS[1])?.map_or_else(|| Secret::required(TOKENS[0]), Ok)?,
    };
    Ok(Place { api: api.trim_end_matches('/').to_owned(), repository, sha, git_ref, token })
}

impl Place {
    fn request(&self, method: &str, path: &str, body: Option<&Value>, repeat: Repeat) -> Request {
        Request {
            method: method.to_owned(),
            url: format!("{}/repos/{}/{path}", self.api, self.repository),
            headers: vec![
                ("Accept".to_owned(), "application/vnd.github+json".to_owned()),
                ("X-GitHub-Api-Version".to_owned(), API_VERSION.to_owned()),
            ],
            secrets: vec![("Authorization".to_owned(), self.token.behind("Bearer"))],
            content: match body {
                None => Content::Empty,
                Some(body) => Content::Document {
                    media_type: "application/json".to_owned(),
                    bytes: body.to_string().into_bytes().into(),
                },
            },
            repeat,
            redirects: true,
        }
    }

    /// The request with a SARIF log in it. Sent twice, GitHub takes the later one for a rerun.
    fn sarif(&self, sarif: &[u8]) -> Result<Request> {
        let compress = || -> std::io::Result<Vec<u8>> {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(sarif)?;
            encoder.finish()
        };
        let compressed = compress().map_err(|error| CommandError::new(Failure::Internal, error))?;
        if compressed.len() > SARIF_BYTES_MAX {
            let error = anyhow::anyhow!(
                "the SARIF log has {} bytes compressed, and GitHub takes {SARIF_BYTES_MAX}",
                compressed.len()
            );
            return Err(CommandError::new(Failure::Input, error)
                .hint("write fewer findings into it, such as with --severity HIGH,CRITICAL"));
        }
        let mut body = json!({
            "commit_sha": self.sha,
            "ref": self.git_ref,
            "sarif": BASE64_STANDARD.encode(compressed),
        });
        if let Some(name) = tool_name(sarif) {
            body["tool_name"] = name.into();
        }
        Ok(self.request("POST", "code-scanning/sarifs", Some(&body), Repeat::Always))
    }

    /// Waits until GitHub has read a SARIF log. Nothing means that it was not waited for.
    fn analysis(
        &self,
        connection: &Connection,
        id: &str,
        wait: std::time::Duration,
    ) -> Result<Option<&'static str>> {
        let act = "ask GitHub about the upload";
        let path = format!("code-scanning/sarifs/{}", super::encoded(id));
        let request = self.request("GET", &path, None, Repeat::Always);
        let answer = connection.poll(wait, || {
            let Some(reply) = connection.ask(&request, act)? else { return Ok(None) };
            // It may take a moment until what was accepted can be asked about.
            if reply.status == 404 {
                return Ok(None);
            }
            if !reply.is_success() {
                return Err(super::refusal::refusal(&reply, act));
            }
            let upload: Upload = understood(&reply.body, act)?;
            Ok((upload.processing_status != "pending").then_some(upload))
        })?;
        match answer {
            Some(Upload { processing_status, .. }) if processing_status == "complete" => {
                Ok(Some("complete"))
            }
            Some(Upload { processing_status, errors }) => {
                let errors = detail(errors.unwrap_or_default().join("; ").as_bytes());
                let error = anyhow::anyhow!("processing {processing_status}: {errors}");
                let error = error.context("GitHub does not take the SARIF log");
                Err(CommandError::new(Failure::Input, error))
            }
            None if wait.is_zero() => Ok(None),
            None => Ok(Some("accepted, and still being read")),
        }
    }

    /// The request with a dependency snapshot in it, which is about this commit whatever else it
    /// said. Sent twice, the later one takes the place of the first.
    fn snapshot(&self, snapshot: &[u8]) -> Result<Request> {
        let mut body: Value = serde_json::from_slice(snapshot)
            .map_err(|error| CommandError::new(Failure::Input, error))?;
        body["sha"] = self.sha.as_str().into();
        body["ref"] = self.git_ref.as_str().into();
        Ok(self.request("POST", "dependency-graph/snapshots", Some(&body), Repeat::Always))
    }
}

/// The name of the tool that made a log; without it GitHub calls the tool `API`.
fn tool_name(sarif: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Log {
        runs: Vec<Run>,
    }
    #[derive(Deserialize)]
    struct Run {
        tool: Tool,
    }
    #[derive(Deserialize)]
    struct Tool {
        driver: Driver,
    }
    #[derive(Deserialize)]
    struct Driver {
        name: String,
    }
    let log: Log = serde_json::from_slice(sarif).ok()?;
    log.runs.into_iter().next().map(|run| run.tool.driver.name)
}

fn understood<'a, T: Deserialize<'a>>(body: &'a [u8], act: &str) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("failed to {act}"));
        CommandError::new(Failure::Input, error).hint("the server does not answer as GitHub does")
    })
}

#[derive(Deserialize)]
struct Receipt {
    id: String,
}

#[derive(Deserialize)]
struct Upload {
    #[serde(default)]
    processing_status: String,
    /// Null where there are none.
    errors: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Submitted {
    result: String,
    #[serde(default)]
    message: String,
}
