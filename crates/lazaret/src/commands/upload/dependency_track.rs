//! Dependency-Track: SBOMs for its projects (`POST /api/v1/bom`).
//!
//! It matches the packages itself; findings of the document are not looked at.

use super::connection::Connection;
use super::document::{Document, Kind, without_tag};
use super::refusal::refusal;
use super::secret::{Secret, variable};
use crate::args::DependencyTrackArgs;
use crate::commands::outcome::print;
use crate::fail::{CommandError, Kind as Failure, Result};
use crate::settings::duration;
use lazaret_image::send::{Content, Field, FieldValue, Repeat, Request};
use lazaret_report::Format;
use serde::Deserialize;
use std::time::Duration;

/// Where the API key is.
const KEY: &str = "DEPENDENCY_TRACK_API_KEY";

/// Where to ask whether an SBOM has been read: the second is for versions before 4.11.
const TOKEN_PATHS: [&str; 2] = ["event/token", "bom/token"];

pub(super) fn run(args: &DependencyTrackArgs) -> Result<u8> {
    let connection = Connection::new(&args.connection, KEY)?;
    let wait = duration(&args.wait)?;
    let base = args.url.clone().or_else(|| variable("DEPENDENCY_TRACK_URL")).ok_or_else(|| {
        CommandError::usage("where is Dependency-Track? Give --url, or DEPENDENCY_TRACK_URL")
    })?;
    let base = base.trim_end_matches('/');
    let base = base.strip_suffix("/api").unwrap_or(base);
    let key = Secret::required(KEY)?;
    let document = Document::read(&args.report)?;
    let mut form = fields(args, &document)?;
    let payload = match document.kind() {
        Kind::Lazaret => document.written_as(Format::Cyclonedx)?,
        Kind::CycloneDx | Kind::CycloneDxXml => document.payload(None)?,
        other => {
            let message = format!(
                "Dependency-Track takes CycloneDX or a report of Lazaret, and this is {}",
                other.words()
            );
            return Err(CommandError::usage(message));
        }
    };
    form.push(Field {
        name: "bom".to_owned(),
        value: FieldValue::File {
            name: payload.kind.file_name().to_owned(),
            media_type: payload.kind.media_type().to_owned(),
            bytes: payload.bytes.into(),
        },
    });
    let request = |method: &str, path: &str, content: Content| Request {
        method: method.to_owned(),
        url: format!("{base}/api/v1/{path}"),
        headers: vec![("Accept".to_owned(), "application/json".to_owned())],
        secrets: vec![("X-Api-Key".to_owned(), key.alone())],
        content,
        // An SBOM takes the place of the one before.
        repeat: Repeat::Always,
        redirects: true,
    };
    let act = "send the SBOM to Dependency-Track";
    let Some(reply) = connection.send(&request("POST", "bom", Content::Form(form)), act)? else {
        return Ok(0);
    };
    let uploaded: Uploaded = serde_json::from_slice(&reply.body).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("failed to {act}"));
        CommandError::new(Failure::Input, error)
            .hint("is this the address of the API server, not of the pages?")
    })?;
    let token = super::encoded(&uploaded.token);
    let ask = |path: &str| request("GET", &format!("{path}/{token}"), Content::Empty);
    let done = is_done(&connection, wait, ask)?;
    let state = match done {
        Some(()) => "read",
        None if wait == Duration::ZERO => "accepted",
        None => "accepted, and still being read",
    };
    print(&format!("sent to Dependency-Track as {}: {state}\n", uploaded.token))?;
    Ok(0)
}

/// Waits until an SBOM has been read.
fn is_done(
    connection: &Connection,
    wait: Duration,
    request: impl Fn(&str) -> Request,
) -> Result<Option<()>> {
    let act = "ask Dependency-Track whether it has read the SBOM";
    let mut paths = TOKEN_PATHS.into_iter().peekable();
    connection.poll(wait, || {
        loop {
            let Some(path) = paths.peek() else { return Ok(None) };
            let Some(reply) = connection.ask(&request(path), act)? else { return Ok(None) };
            if reply.status == 404 {
                paths.next();
                continue;
            }
            if !reply.is_success() {
                return Err(refusal(&reply, act));
            }
            let state: Processing = serde_json::from_slice(&reply.body).unwrap_or_default();
            return Ok((!state.processing).then_some(()));
        }
    })
}

/// Every field but the document.
fn fields(args: &DependencyTrackArgs, document: &Document) -> Result<Vec<Field>> {
    let mut form = Vec::new();
    let mut put = |name: &str, value: Option<String>| {
        form.extend(
            value.map(|value| Field { name: name.to_owned(), value: FieldValue::Text(value) }),
        );
    };
    if let Some(project) = &args.project {
        put("project", Some(project.clone()));
    } else {
        let image = document.image();
        let named = image.map(|image| without_tag(&image.name));
        let name = named.map(|(name, _)| name.to_owned()).filter(|name| !name.is_empty());
        let name = args.project_name.clone().or(name).ok_or_else(|| {
            CommandError::usage("which project is it? Give --project-name or --project")
        })?;
        let tag = named.and_then(|(_, tag)| tag.map(str::to_owned));
        let digest = || Some(image?.digest.as_ref()?.to_string());
        let version =
            args.project_version.clone().or(tag).or_else(digest).ok_or_else(|| {
                CommandError::usage("which version is it? Give --project-version")
            })?;
        put("projectName", Some(name));
        put("projectVersion", Some(version));
        put("autoCreate", Some((!args.no_create).to_string()));
    }
    put("parentUUID", args.parent.clone());
    put("parentName", args.parent_name.clone());
    put("parentVersion", args.parent_version.clone());
    put("projectTags", (!args.tags.is_empty()).then(|| args.tags.join(",")));
    put("isLatest", args.latest.then(|| "true".to_owned()));
    Ok(form)
}

#[derive(Deserialize)]
struct Uploaded {
    token: String,
}

#[derive(Deserialize)]
struct Processing {
    processing: bool,
}

impl Default for Processing {
    fn default() -> Self {
        Self { processing: true }
    }
}
