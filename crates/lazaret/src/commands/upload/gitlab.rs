//! GitLab: reports stored in a project's generic package registry
//! (<https://docs.gitlab.com/user/packages/generic_packages/>).
//!
//! There is no API that takes a security report or an SBOM for GitLab's own pages: these read the
//! artifacts of the job that declares them, and nothing else.

use super::connection::Connection;
use super::document::{Document, Kind};
use super::encoded;
use super::secret::{Secret, variable};
use crate::args::GitlabArgs;
use crate::commands::outcome::print;
use crate::fail::{CommandError, Result};
use lazaret_image::Redacted;
use lazaret_image::send::{Content, Repeat, Request};

/// Where a token may be, and the header for it.
const TOKENS: [(&str, &str); 3] = [
    ("GITLAB_TOKEN", "PRIVATE-TOKEN"),
    ("GITLAB_DEPLOY_TOKEN", "Deploy-Token"),
    ("CI_JOB_TOKEN", "JOB-TOKEN"),
];

pub(super) fn run(args: &GitlabArgs) -> Result<u8> {
    let names = TOKENS.map(|(variable, _)| variable).join(", ");
    let connection = Connection::new(&args.connection, &names)?;
    let base = args.url.clone().or_else(|| variable("CI_SERVER_URL"));
    let base = base.unwrap_or_else(|| "https://gitlab.com".to_owned());
    let base = base.trim_end_matches('/');
    let project = args.project.clone().or_else(|| variable("CI_PROJECT_ID")).ok_or_else(|| {
        CommandError::usage("which project is it? Give --project, or CI_PROJECT_ID")
    })?;
    let token = token(&names)?;
    let document = Document::read(&args.report)?;
    let version = version(args, &document)?;
    let payload = document.payload(args.format.as_deref())?;
    let file = args.file_name.as_deref().unwrap_or(payload.kind.file_name());
    check("--package", &args.package)?;
    check("--package-version", &version)?;
    check("--file-name", file)?;
    let status = if args.hidden { "&status=hidden" } else { "" };
    let request = Request {
        method: "PUT".to_owned(),
        url: format!(
            "{base}/api/v4/projects/{}/packages/generic/{}/{version}/{file}?select=package_file{status}",
            encoded(&project),
            args.package
        ),
        headers: Vec::new(),
        secrets: vec![token],
        content: Content::Document {
            media_type: payload.kind.media_type().to_owned(),
            bytes: payload.bytes.into(),
        },
        // A file of the same name takes the place of the first.
        repeat: Repeat::Always,
        redirects: true,
    };
    if connection.send(&request, "store the report in GitLab's package registry")?.is_some() {
        let package = &args.package;
        print(&format!("stored {file} in package {package} {version} of project {project}\n"))?;
        if payload.kind == Kind::GitlabScan {
            print(
                "GitLab shows security reports of job artifacts only: declare the file under \
                 artifacts:reports:container_scanning as well\n",
            )?;
        }
    }
    Ok(0)
}

fn token(names: &str) -> Result<(String, Redacted)> {
    for (variable, header) in TOKENS {
        if let Some(token) = Secret::find(variable)? {
            return Ok((header.to_owned(), token.alone()));
        }
    }
    let missing = Secret::required(TOKENS[0].0);
    missing
        .map(|token| (TOKENS[0].1.to_owned(), token.alone()))
        .map_err(|error| error.hint(format!("any of {names} will do")))
}

/// The version of the package: the commit, else the image.
fn version(args: &GitlabArgs, document: &Document) -> Result<String> {
    let commit = || variable("CI_COMMIT_SHA");
    let image = || {
        let digest = document.image()?.digest.as_ref()?;
        Some(digest.hex())
    };
    args.package_version.clone().or_else(commit).or_else(|| image().map(Into::into)).ok_or_else(
        || CommandError::usage("which version is it? Give --package-version, or CI_COMMIT_SHA"),
    )
}

/// Checks a name as GitLab does, which answers with a page of HTML otherwise.
fn check(flag: &str, name: &str) -> Result<()> {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || "._-+~".contains(c);
    let has_word = name.chars().any(|c| c.is_ascii_alphanumeric());
    if has_word && name.chars().all(is_fine) && !name.contains("..") {
        return Ok(());
    }
    let message =
        format!("{flag} takes letters, digits and the signs . _ - + ~ without `..`, not `{name}`");
    Err(CommandError::usage(message))
}
