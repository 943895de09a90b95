//! OpenVEX 0.2.0 (<https://github.com/openvex/spec>): every finding that does not count, as a
//! statement others can use.
//!
//! What a VEX document or the distribution says is `not_affected` or `fixed`. What somebody merely
//! accepted is `affected`, with that as the action taken: a decision to live with something is no
//! analysis of it. Findings that count are no statements, and nor are those that are no
//! vulnerabilities.
//!
//! The schema wants a statement at least. Where nothing is suppressed there is none to make, and the
//! list is empty, which OpenVEX's own library reads.

use crate::pretty::{self, Style};
use crate::stream::Stream;
use crate::{Format, WriteOptions, moment, serial};
use lazaret_core::finding::{Finding, State};
use lazaret_core::image::Image;
use lazaret_core::reference::Reference;
use lazaret_core::report::Report;
use serde::Serialize;
use std::collections::BTreeSet;
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
struct Document<'a, S> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: &'a str,
    timestamp: String,
    version: u32,
    tooling: String,
    statements: S,
}

#[derive(Serialize)]
struct Statement<'a> {
    vulnerability: Vulnerability<'a>,
    products: Vec<Product<'a>>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'a str>,
    #[serde(rename = "status_notes", skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(rename = "impact_statement", skip_serializing_if = "Option::is_none")]
    impact: Option<&'a str>,
    #[serde(rename = "action_statement", skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    aliases: BTreeSet<&'a str>,
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
    let document = Document {
        context: "https://openvex.dev/ns/v0.2.0",
        id: format!("urn:uuid:{uuid}"),
        author: &report.provenance.tool,
        timestamp: created.unwrap_or_else(|| moment::EPOCH.to_owned()),
        version: 1,
        tooling: format!("{} {}", report.provenance.tool, report.provenance.version),
        statements: Stream(|| {
            let product = &product;
            let mut said = BTreeSet::new();
            report
                .findings
                .iter()
                // A package that is there twice is one component, and nothing is said twice.
                .filter(move |finding| {
                    let package = finding.package().and_then(|id| report.inventory.package(id));
                    let reason = match &finding.state {
                        State::Open => None,
                        State::Suppressed { by, reason, until } => Some((by, reason, until)),
                    };
                    said.insert((&finding.id, package.map(|package| &package.purl), reason))
                })
                .filter_map(move |finding| statement(report, finding, product))
        }),
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
    let justification = match BY_SCAN.into_iter().find(|(known, _)| known == by) {
        Some((_, justification)) => justification,
        None => JUSTIFICATIONS.into_iter().find(|known| *known == first),
    };
    // A statement has a justification or an impact, not both: what else is said is a note.
    let is_by_scan = BY_SCAN.iter().any(|(known, _)| known == by);
    let notes = justification.is_some().then_some(if is_by_scan { rest } else { impact });
    let impact = if justification.is_some() { "" } else { rest };
    let is_not_affected = status == "not_affected";
    // Such a statement needs a justification or an impact.
    let impact = if is_not_affected && justification.is_none() && impact.is_empty() {
        reason
    } else {
        impact
    };
    let until = until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
    Some(Statement {
        vulnerability: Vulnerability {
            name: &finding.id,
            aliases: found.aliases.iter().map(String::as_str).collect(),
        },
        products: vec![Product {
            id: product.to_owned(),
            subcomponents: package.iter().map(|package| Component { id: &package.purl }).collect(),
        }],
        status,
        justification: justification.filter(|_| is_not_affected),
        notes: notes.filter(|notes| is_not_affected && !notes.is_empty()),
        impact: (is_not_affected && !impact.is_empty()).then_some(impact),
        action: (status == "affected").then(|| format!("Accepted by {by}{until}: {reason}")),
    })
}

/// The image as a product: a package url, of type `generic` where its name is a file's.
fn product(image: &Image) -> String {
    let Ok(reference) = Reference::parse(&image.name) else {
        return format!("pkg:generic/{}", percent_encoded(&image.name));
    };
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

/// A name as it stands in a package url, where no character means anything.
fn percent_encoded(name: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _: std::fmt::Result = write!(encoded, "%{byte:02X}");
        }
    }
    if encoded.is_empty() { "image".to_owned() } else { encoded }
}
