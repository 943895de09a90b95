//! GitLab's container scanning report, schema 15.0.7
//! (<https://gitlab.com/gitlab-org/security-products/security-report-schemas>).
//!
//! The schema has no place for suppressed findings, so only what counts is written. A problem of
//! the scan is a message.

use crate::pretty::{self, Style};
use crate::{Reports, WriteOptions, link, moment};
use lazaret_core::finding::{Finding, Vulnerability};
use lazaret_core::package::Package;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// Characters of a name and of a solution that GitLab takes.
const NAME_MAX: usize = 255;
const SOLUTION_MAX: usize = 7000;

/// Writes all reports into one document: a finding says which image it is about.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let version = reports.0.first().map_or("0.0.0", |report| &report.provenance.version);
    let time = reports.0.first().and_then(|report| moment::created(report, options));
    let time = time.as_deref().unwrap_or(moment::EPOCH).trim_end_matches('Z').to_owned();
    let mut seen = BTreeMap::new();
    let document = Document {
        version: "15.0.7",
        scan: Scan {
            analyzer: Tool::lazaret(version),
            scanner: Tool::lazaret(version),
            start_time: time.clone(),
            end_time: time,
            status: "success",
            kind: "container_scanning",
            messages: messages(reports),
        },
        vulnerabilities: reports
            .0
            .iter()
            .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
            .filter(|(_, finding)| finding.state.is_open() && options.shows(finding))
            .filter_map(|(report, finding)| entry(report, finding, &mut seen))
            .collect(),
        remediations: [],
    };
    pretty::write(&document, Style::Plain, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    scan: Scan<'a>,
    vulnerabilities: Vec<Entry<'a>>,
    remediations: [(); 0],
}

#[derive(Serialize)]
struct Scan<'a> {
    analyzer: Tool<'a>,
    scanner: Tool<'a>,
    start_time: String,
    end_time: String,
    status: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Tool<'a> {
    id: &'static str,
    name: &'static str,
    version: &'a str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

impl<'a> Tool<'a> {
    const fn lazaret(version: &'a str) -> Self {
        Self { id: "lazaret", name: "Lazaret", version, vendor: Vendor { name: "Lazaret" } }
    }
}

#[derive(Serialize)]
struct Entry<'a> {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    solution: String,
    location: Location<'a>,
    identifiers: Vec<Identifier<'a>>,
    links: Vec<Link>,
}

#[derive(Serialize)]
struct Location<'a> {
    dependency: Dependency<'a>,
    operating_system: String,
    image: &'a str,
}

#[derive(Serialize)]
struct Dependency<'a> {
    package: Name<'a>,
    version: &'a str,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Identifier<'a> {
    #[serde(rename = "type")]
    kind: String,
    name: &'a str,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Link {
    url: String,
}

fn messages(reports: &Reports) -> Vec<Message> {
    let problems = reports.0.iter().flat_map(|report| &report.inventory.problems);
    problems
        .map(|problem| {
            let place = problem.location.as_ref().filter(|location| !location.path.is_root());
            let value = place.map_or_else(
                || problem.message.clone(),
                |location| format!("{}: {}", location.path, problem.message),
            );
            Message { level: "warn", value }
        })
        .filter(|message| !message.value.is_empty())
        .collect()
}

fn entry<'a>(
    report: &'a Report,
    finding: &'a Finding,
    seen: &mut BTreeMap<&'a str, u32>,
) -> Option<Entry<'a>> {
    let vulnerability = finding.vulnerability()?;
    let package = report.inventory.package(vulnerability.package)?;
    let count = seen.entry(&finding.fingerprint).or_default();
    *count += 1;
    // GitLab wants ids unique; two versions of a package in one file have one fingerprint.
    let id = match count {
        1 => finding.fingerprint.clone(),
        n => format!("{}-{n}", finding.fingerprint),
    };
    let os = report.inventory.os.as_ref().map(|found| &found.os);
    let os = os.map(|os| format!("{} {}", os.id, os.version.as_deref().unwrap_or_default()));
    let os = os.map(|os| os.trim().to_owned()).filter(|os| !os.is_empty());
    let ids = link::ids(finding, vulnerability);
    Some(Entry {
        id,
        name: format!("{} in {}", finding.id, package.name).chars().take(NAME_MAX).collect(),
        description: description(finding, vulnerability, package),
        severity: severity(finding.severity),
        solution: solution(vulnerability, package).chars().take(SOLUTION_MAX).collect(),
        location: Location {
            dependency: Dependency {
                package: Name { name: &package.name },
                version: &package.version,
            },
            operating_system: os.unwrap_or_else(|| "Unknown".to_owned()),
            image: if report.image.name.is_empty() { "unknown" } else { &report.image.name },
        },
        identifiers: ids
            .iter()
            .filter(|id| !id.is_empty())
            .map(|id| Identifier { kind: kind(id), name: id, value: id, url: link::of(id) })
            .chain(vulnerability.cwes.iter().filter_map(|cwe| cwe_identifier(cwe)))
            .collect(),
        links: ids.into_iter().filter_map(link::of).map(|url| Link { url }).collect(),
    })
}

/// The type of an identifier: its issuer in lower case, as GitLab's own analyzers write it.
fn kind(id: &str) -> String {
    let issuer = id.split_once('-').map_or("", |(issuer, _)| issuer);
    let is_word = !issuer.is_empty() && issuer.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_word { issuer.to_ascii_lowercase() } else { "other".to_owned() }
}

fn cwe_identifier(cwe: &str) -> Option<Identifier<'_>> {
    let number = cwe.strip_prefix("CWE-")?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| Identifier {
        kind: "cwe".to_owned(),
        name: cwe,
        value: number,
        url: Some(format!("https://cwe.mitre.org/data/definitions/{number}.html")),
    })
}

fn description(finding: &Finding, vulnerability: &Vulnerability, package: &Package) -> String {
    format!(
        "{} {} is affected by {} ({}), as {} says.",
        package.name, package.version, finding.id, finding.severity, vulnerability.reason.segment
    )
}

fn solution(vulnerability: &Vulnerability, package: &Package) -> String {
    if vulnerability.fixed_versions.is_empty() {
        return format!("No fixed version is known: {}", vulnerability.status).replace('_', " ");
    }
    format!("Upgrade {} to {}", package.name, vulnerability.fixed_versions.join(", "))
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "Unknown",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}
