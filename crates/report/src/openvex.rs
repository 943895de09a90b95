//! OpenVEX 0.2.0 (<https://github.com/openvex/spec>): every finding that does not count, as a
//! statement others can use.
//!
//! What a VEX document or the distribution says is `not_affected` or `fixed`. What somebody merely
//! accepted is `affected`, with that as the action taken: a decision to live with something is no
//! analysis of it. Findings that count are no statements.

use crate::pretty::{self, Style};
use crate::{Format, WriteOptions, moment, serial};
use lazaret_core::finding::{Finding, State};
use lazaret_core::image::Image;
use lazaret_core::reference::Reference;
use lazaret_core::report::Report;
use serde::Serialize;
use std::io;

/// What the scan itself suppresses by, and the justification that says the same.
const BY_SCAN: [(&str, Option<&str>); 5] = [
    ("distribution", None),
    ("documentation", Some("vulnerable_code_not_in_execute_path")),
    ("kernel-headers", None),
    ("not-linked", Some("vulnerable_code_not_present")),
    ("tests", Some("vulnerable_code_not_in_execute_path")),
];

/// Justifications OpenVEX defines.
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: &'a str,
    timestamp: String,
    version: u32,
    tooling: String,
    statements: Vec<Statement<'a>>,
}

#[derive(Serialize)]
struct Statement<'a> {
    vulnerability: Vulnerability<'a>,
    products: Vec<Product<'a>>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'a str>,
    #[serde(rename = "impact_statement", skip_serializing_if = "Option::is_none")]
    impact: Option<&'a str>,
    #[serde(rename = "action_statement", skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    aliases: &'a [String],
}

#[derive(Serialize)]
struct Product<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subcomponents: Vec<Component<'a>>,
}

#[derive(Serialize)]
struct Component<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
}

/// Writes what does not count of one image.
pub(crate) fn write(
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let created = moment::created(report, options);
    let uuid = serial::uuid(Format::Openvex.name(), report, created.as_deref())?;
    let product = product(&report.image);
    let statements =
        report.findings.iter().filter_map(|finding| statement(report, finding, &product));
    let document = Document {
        context: "https://openvex.dev/ns/v0.2.0",
        id: format!("urn:uuid:{uuid}"),
        author: &report.provenance.tool,
        timestamp: created.unwrap_or_else(|| moment::EPOCH.to_owned()),
        version: 1,
        tooling: format!("{} {}", report.provenance.tool, report.provenance.version),
        statements: statements.collect(),
    };
    pretty::write(&document, Style::Plain, out)
}

fn statement<'a>(report: &'a Report, finding: &'a Finding, product: &str) -> Option<Statement<'a>> {
    let State::Suppressed { by, reason, until } = &finding.state else { return None };
    let found = finding.vulnerability()?;
    let package = report.inventory.package(found.package);
    // `not_affected: component_not_present (nobody calls it)`
    let (word, rest) = reason.split_once(": ").unwrap_or((reason, ""));
    let (status, rest) = match (by.starts_with("vex:"), word) {
        (true, "fixed") => ("fixed", rest),
        (true, "not_affected") => ("not_affected", rest),
        _ if BY_SCAN.iter().any(|(known, _)| known == by) => ("not_affected", reason.as_str()),
        _ => ("affected", reason.as_str()),
    };
    let (first, impact) = match rest.split_once(" (") {
        Some((first, impact)) => (first, impact.strip_suffix(')').unwrap_or(impact)),
        None => (rest, ""),
    };
    let by_scan = BY_SCAN.into_iter().find(|(known, _)| known == by);
    let (justification, impact) = match by_scan {
        Some((_, justification)) => (justification, rest),
        None => match JUSTIFICATIONS.into_iter().find(|known| *known == first) {
            Some(known) => (Some(known), impact),
            None => (None, rest),
        },
    };
    let is_not_affected = status == "not_affected";
    // Such a statement needs a justification or an impact.
    let impact = if is_not_affected && justification.is_none() && impact.is_empty() {
        reason
    } else {
        impact
    };
    let until = until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
    Some(Statement {
        vulnerability: Vulnerability { name: &finding.id, aliases: &found.aliases },
        products: vec![Product {
            id: product.to_owned(),
            subcomponents: package.iter().map(|package| Component { id: &package.purl }).collect(),
        }],
        status,
        justification: justification.filter(|_| is_not_affected),
        impact: (is_not_affected && !impact.is_empty()).then_some(impact),
        action: (status == "affected").then(|| format!("Accepted by {by}{until}: {reason}")),
    })
}

/// The image as a product: a package url where it has a name and a digest or a tag, else its name.
fn product(image: &Image) -> String {
    let Ok(reference) = Reference::parse(&image.name) else { return image.name.clone() };
    let repository = reference.repository();
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let mut purl = format!("pkg:oci/{name}");
    if let Some(digest) = image.digest.as_ref().or_else(|| reference.digest()) {
        purl.push_str(&format!("@{digest}").replace(':', "%3A"));
    }
    let mut qualifiers = Vec::new();
    if let Some(platform) = &image.platform {
        qualifiers.push(format!("arch={}", platform.architecture));
    }
    qualifiers.push(format!("repository_url={}/{repository}", reference.registry()));
    qualifiers.extend(reference.tag().map(|tag| format!("tag={tag}")));
    format!("{purl}?{}", qualifiers.join("&"))
}
