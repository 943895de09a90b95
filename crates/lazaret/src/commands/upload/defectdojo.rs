//! DefectDojo: reports imported through its API (`POST /api/v2/reimport-scan/` and
//! `/api/v2/import-scan/`).
//!
//! An import makes a test, the place findings are in. A re-import brings the last test of the same
//! title up to date: what is new is added, what is gone is closed, what came back is opened again,
//! and nothing is there twice. The title must name the image, since what another image has would be
//! closed otherwise.

use super::connection::Connection;
use super::document::{Document, Kind, Payload, without_tag};
use super::secret::{Secret, variable};
use crate::args::DefectdojoArgs;
use crate::commands::outcome::print;
use crate::fail::{CommandError, Kind as Failure, Result};
use lazaret_image::send::{Content, Field, FieldValue, Repeat, Request};
use lazaret_report::Format;
use serde::Deserialize;

/// Where the token is.
const TOKEN: &str = "DEFECTDOJO_TOKEN";

/// The engagement of those who name none.
const ENGAGEMENT: &str = "Lazaret";

/// DefectDojo's names of the formats a report of ours is written in.
const WRITTEN: [(&str, Format); 5] = [
    ("Generic Findings Import", Format::Defectdojo),
    ("Trivy Scan", Format::TrivyJson),
    ("SARIF", Format::Sarif),
    ("CycloneDX Scan", Format::Cyclonedx),
    ("GitLab Container Scan", Format::Gitlab),
];

const SEVERITIES: [&str; 5] = ["Info", "Low", "Medium", "High", "Critical"];

pub(super) fn run(args: &DefectdojoArgs) -> Result<u8> {
    let connection = Connection::new(&args.connection, TOKEN)?;
    let base = base(args)?;
    let token = Secret::required(TOKEN)?;
    let document = Document::read(&args.report)?;
    let context = fields(args, &document)?;
    let (scan_type, payload) = payload(args, document)?;
    let mut form = vec![text("scan_type", scan_type)];
    form.extend(context);
    form.push(Field {
        name: "file".to_owned(),
        value: FieldValue::File {
            // The parsers for lists of findings choose between JSON and CSV by the name.
            name: payload.kind.file_name().to_owned(),
            media_type: payload.kind.media_type().to_owned(),
            bytes: payload.bytes.into(),
        },
    });
    let (endpoint, repeat) = if args.import {
        // A second import makes a second test.
        ("import-scan", Repeat::Untouched)
    } else {
        ("reimport-scan", Repeat::Always)
    };
    let request = Request {
        method: "POST".to_owned(),
        url: format!("{base}/api/v2/{endpoint}/"),
        headers: vec![("Accept".to_owned(), "application/json".to_owned())],
        secrets: vec![("Authorization".to_owned(), token.behind("Token"))],
        content: Content::Form(form),
        repeat,
        redirects: true,
    };
    let act = "import the report into DefectDojo";
    let Some(reply) = connection.send(&request, act).map_err(explained)? else { return Ok(0) };
    let imported: Imported = serde_json::from_slice(&reply.body).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("failed to {act}"));
        CommandError::new(Failure::Input, error)
            .hint(format!("{} does not answer as DefectDojo does", reply.host))
    })?;
    print(&imported.summary(&base))?;
    Ok(0)
}

/// The address of DefectDojo, however much of the API's was given.
fn base(args: &DefectdojoArgs) -> Result<String> {
    let url =
        args.url.clone().or_else(|| variable("DEFECTDOJO_URL")).ok_or_else(|| {
            CommandError::usage("where is DefectDojo? Give --url, or DEFECTDOJO_URL")
        })?;
    let url = url.trim_end_matches('/');
    Ok(url.strip_suffix("/api/v2").unwrap_or(url).to_owned())
}

/// What DefectDojo calls the format, and the report in it.
fn payload(args: &DefectdojoArgs, document: Document) -> Result<(String, Payload)> {
    let kind = document.kind();
    if kind == Kind::Lazaret {
        let word = args.scan_type.as_deref().unwrap_or(WRITTEN[0].0);
        let found = WRITTEN.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        let Some((name, format)) = found else {
            let names = WRITTEN.map(|(name, _)| name).join(", ");
            let message = format!("a report of Lazaret is not written as `{word}`: use {names}");
            return Err(CommandError::usage(message));
        };
        return Ok(((*name).to_owned(), document.written_as(*format)?));
    }
    let by_kind = match kind {
        Kind::Trivy => Some("Trivy Scan"),
        Kind::Grype => Some("Anchore Grype"),
        Kind::OsvScanner => Some("OSV Scan"),
        Kind::Sarif => Some("SARIF"),
        Kind::CycloneDx | Kind::CycloneDxXml => Some("CycloneDX Scan"),
        Kind::Spdx => Some("SPDX Scan"),
        Kind::OpenVex => Some("OpenVEX Scan"),
        Kind::GitlabScan => Some("GitLab Container Scan"),
        Kind::GenericFindings => Some("Generic Findings Import"),
        Kind::Lazaret
        | Kind::DependencySnapshot
        | Kind::Json
        | Kind::Xml
        | Kind::Html
        | Kind::Text => None,
    };
    let name = args.scan_type.as_deref().or(by_kind).ok_or_else(|| {
        let what = kind.words();
        CommandError::usage(format!(
            "this is {what}: name the format with --scan-type, as DefectDojo does"
        ))
    })?;
    Ok((name.to_owned(), document.payload(None)?))
}

/// Every field but the format and the file.
fn fields(args: &DefectdojoArgs, document: &Document) -> Result<Vec<Field>> {
    let mut form = Vec::new();
    let by_number = args.test_id.is_some() || (args.import && args.engagement_id.is_some());
    let image = document.image_name().map(|name| without_tag(name).0);

    // Where: by numbers, or by names that are made when they are not there.
    put(&mut form, "test", args.test_id.filter(|_| !args.import));
    put(&mut form, "engagement", args.engagement_id);
    let product = args.product_name.as_deref().or(image.filter(|_| !by_number));
    let engagement = args.engagement_name.as_deref().or(Some(ENGAGEMENT).filter(|_| !by_number));
    if product.is_none() && !by_number {
        return Err(CommandError::usage(
            "which product is it? Give --product-name, or numbers with --test-id or, to import, \
             --engagement-id",
        ));
    }
    put(&mut form, "product_type_name", args.product_type_name.as_deref());
    put(&mut form, "product_name", product);
    put(&mut form, "engagement_name", engagement);
    put(&mut form, "engagement_end_date", date(args.engagement_end_date.as_deref())?);
    put(&mut form, "source_code_management_uri", args.source_code_management_uri.as_deref());
    let title = match args.test_title.clone().or_else(|| title(document)) {
        Some(title) => Some(title),
        None if args.import || args.test_id.is_some() => None,
        None => {
            let error = CommandError::usage(
                "which test is it? Give --test-title, a different one for each image",
            );
            return Err(error.hint(
                "without one, DefectDojo takes the last test of this format, and closes what \
                 another image has",
            ));
        }
    };
    put(&mut form, "test_title", title.filter(|_| args.test_id.is_none() || args.import));
    put(&mut form, "auto_create_context", (!by_number).then_some(!args.no_create));
    put(&mut form, "environment", args.environment.as_deref());
    put(&mut form, "lead", args.lead);
    put(&mut form, "api_scan_configuration", args.api_scan_configuration);

    // Findings.
    put(&mut form, "close_old_findings", Some(args.close_old_findings.unwrap_or(true)));
    put(
        &mut form,
        "close_old_findings_product_scope",
        args.close_old_findings_product_scope.then_some(true),
    );
    put(&mut form, "do_not_reactivate", args.do_not_reactivate.then_some(true));
    put(&mut form, "minimum_severity", severity(args.minimum_severity.as_deref())?);
    put(&mut form, "active", args.active);
    put(&mut form, "verified", args.verified);
    put(&mut form, "deduplication_on_engagement", args.deduplication_on_engagement.then_some(true));
    put(&mut form, "deduplication_execution_mode", args.deduplication_execution_mode.as_deref());
    put(&mut form, "group_by", args.group_by.as_deref());
    put(
        &mut form,
        "create_finding_groups_for_all_findings",
        args.create_finding_groups_for_all_findings,
    );
    put(&mut form, "endpoint_to_add", args.endpoint_to_add);
    put(&mut form, "push_to_jira", args.push_to_jira.then_some(true));

    // The scan.
    put(&mut form, "scan_date", date(args.scan_date.as_deref())?);
    let tag = document.image().and_then(|image| without_tag(&image.name).1);
    put(&mut form, "version", args.app_version.as_deref().or(tag));
    put(&mut form, "build_id", args.build_id.as_deref());
    put(&mut form, "commit_hash", args.commit_hash.as_deref());
    put(&mut form, "branch_tag", args.branch_tag.as_deref());
    put(&mut form, "service", args.service.as_deref());
    for tag in &args.tags {
        put(&mut form, "tags", Some(tag));
    }
    put(&mut form, "apply_tags_to_findings", args.apply_tags_to_findings.then_some(true));
    put(&mut form, "apply_tags_to_endpoints", args.apply_tags_to_endpoints.then_some(true));
    Ok(form)
}

/// The title of an image's test: the same for every tag, another one for every platform.
fn title(document: &Document) -> Option<String> {
    let name = without_tag(document.image_name()?).0;
    let platform = document.image().and_then(|image| image.platform.as_ref());
    Some(match platform {
        Some(platform) => format!("{name} ({platform})"),
        None => name.to_owned(),
    })
}

fn text(name: &str, value: impl Into<String>) -> Field {
    Field { name: name.to_owned(), value: FieldValue::Text(value.into()) }
}

fn put(form: &mut Vec<Field>, name: &str, value: Option<impl ToString>) {
    form.extend(value.map(|value| text(name, value.to_string())));
}

/// Checks a day as DefectDojo wants it.
fn date(word: Option<&str>) -> Result<Option<&str>> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    match word {
        Some(word) if time::Date::parse(word, &format).is_err() => {
            Err(CommandError::usage(format!("`{word}` is not a day such as 2026-01-31")))
        }
        word => Ok(word),
    }
}

fn severity(word: Option<&str>) -> Result<Option<&'static str>> {
    let Some(word) = word else { return Ok(None) };
    let found = SEVERITIES.into_iter().find(|severity| severity.eq_ignore_ascii_case(word));
    found.map(Some).ok_or_else(|| {
        let names = SEVERITIES.join(", ");
        CommandError::usage(format!("`{word}` is no severity of DefectDojo: use {names}"))
    })
}

/// Says what to do about a refusal.
fn explained(error: CommandError) -> CommandError {
    let said = format!("{:#}", error.error);
    if said.contains("product_type_name") {
        return error
            .hint("a product that is not there yet needs the type of it: --product-type-name");
    }
    if said.contains("status 500") {
        return error.hint(
            "DefectDojo answers so when a parser fails: its log says why. A version that does not \
             know a field of generic findings takes --scan-type 'Trivy Scan'",
        );
    }
    error
}

/// What DefectDojo says of an import.
#[derive(Deserialize)]
struct Imported {
    test_id: Option<u64>,
    engagement_id: Option<u64>,
    product_id: Option<u64>,
    #[serde(default)]
    statistics: Statistics,
}

#[derive(Default, Deserialize)]
struct Statistics {
    delta: Option<Delta>,
    after: Option<Counts>,
}

#[derive(Deserialize)]
struct Delta {
    created: Option<Counts>,
    closed: Option<Counts>,
    reactivated: Option<Counts>,
    #[serde(alias = "left untouched")]
    untouched: Option<Counts>,
}

#[derive(Deserialize)]
struct Counts {
    total: Option<Total>,
}

#[derive(Deserialize)]
struct Total {
    total: Option<u64>,
}

impl Imported {
    fn summary(&self, base: &str) -> String {
        let count = |counts: &Option<Counts>| {
            let total = counts.as_ref()?.total.as_ref()?.total?;
            Some(total)
        };
        let Self { statistics, .. } = self;
        let mut lines = Vec::new();
        if let Some(delta) = &statistics.delta {
            let words = [
                ("new", count(&delta.created)),
                ("closed", count(&delta.closed)),
                ("opened again", count(&delta.reactivated)),
                ("unchanged", count(&delta.untouched)),
            ];
            let words = words.into_iter().filter_map(|(word, count)| Some((word, count?)));
            let words: Vec<String> = words.map(|(word, count)| format!("{count} {word}")).collect();
            lines.push(format!("findings: {}", words.join(", ")));
        } else if let Some(total) = count(&statistics.after) {
            lines.push(format!("findings: {total}"));
        }
        let number = |number: Option<u64>| number.map_or("?".to_owned(), |n| n.to_string());
        lines.push(format!(
            "imported into product {}, engagement {}, test {}",
            number(self.product_id),
            number(self.engagement_id),
            number(self.test_id)
        ));
        lines.extend(self.test_id.map(|id| format!("{base}/test/{id}")));
        lines.join("\n") + "\n"
    }
}
