//! GitLab's reports of container scanning, dependency scanning and secret detection, schema 15.2.4
//! (<https://gitlab.com/gitlab-org/security-products/security-report-schemas>).
//!
//! The schema has no place for suppressed findings, so only what counts is written, and each report
//! takes one kind of findings. What it does not take is counted in a message, and so is a problem
//! of the scan.

mod cvss;
mod model;

use crate::about::{About, Unique, limited};
use crate::pretty::{self, Style};
use crate::stream::Stream;
use crate::{Format, Reports, WriteOptions, link, moment};
use lazaret_core::finding::{Detail, Finding, Kind, Secret, Vulnerability};
use lazaret_core::package::Package;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use model::{
    Commit, Dependency, Document, Entry, Identifier, Link, Location, Message, Name, Run, Tool,
};
use std::io;

/// The version of the schemas.
const SCHEMA: &str = "15.2.4";
/// Characters of a name and of a solution that GitLab takes.
const NAME_MAX: usize = 255;
const SOLUTION_MAX: usize = 7000;
/// What GitLab's own analyzers call a commit where there is none.
const NO_COMMIT: &str = "0000000";

/// Which of GitLab's reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// Vulnerabilities of everything in an image.
    Container,
    /// Vulnerabilities of what applications depend on.
    Dependency,
    /// Secrets.
    Secret,
}

impl Scan {
    const fn kind(self) -> &'static str {
        match self {
            Self::Container => "container_scanning",
            Self::Dependency => "dependency_scanning",
            Self::Secret => "secret_detection",
        }
    }

    /// Whether a finding has a place in this report.
    fn takes(self, about: &About<'_>) -> bool {
        match self {
            Self::Container => about.kind() == Kind::Vulnerability,
            Self::Dependency => {
                about.kind() == Kind::Vulnerability
                    && about.package.is_some_and(|package| !package.ecosystem.is_os())
                    && about.location().is_some_and(|place| !place.path.is_root())
            }
            Self::Secret => about.kind() == Kind::Secret,
        }
    }

    fn schema(self) -> String {
        let name = self.kind().replace('_', "-");
        format!(
            "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v{SCHEMA}/dist/{name}-report-format.json"
        )
    }
}

/// Writes all reports into one document: a finding says which image it is about.
pub(crate) fn write(
    scan: Scan,
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let version = reports.0.first().map_or("", |report| &report.provenance.version);
    let version = if version.is_empty() { "0.0.0" } else { version };
    let time = reports.0.first().and_then(|report| moment::created(report, options));
    let time = time.as_deref().unwrap_or(moment::EPOCH).trim_end_matches('Z').to_owned();
    let document = Document {
        schema: scan.schema(),
        version: SCHEMA,
        scan: Run {
            analyzer: Tool::lazaret(version),
            scanner: Tool::lazaret(version),
            start_time: time.clone(),
            end_time: time,
            status: "success",
            kind: scan.kind(),
            messages: messages(scan, reports, options),
        },
        vulnerabilities: Stream(|| {
            let mut unique = Unique::default();
            open(reports, options)
                .filter(move |about| scan.takes(about))
                .filter_map(move |about| entry(scan, &about, unique.id(about.finding)))
        }),
        remediations: [],
    };
    pretty::write(&document, Style::Plain, out)
}

/// What counts and is shown.
fn open<'a>(reports: &'a Reports, options: &'a WriteOptions) -> impl Iterator<Item = About<'a>> {
    reports
        .0
        .iter()
        .flat_map(|report| report.findings.iter().map(move |finding| About::of(report, finding)))
        .filter(|about| about.finding.state.is_open() && options.shows(about.finding))
}

fn messages(scan: Scan, reports: &Reports, options: &WriteOptions) -> Vec<Message> {
    let problems = reports.0.iter().flat_map(|report| &report.inventory.problems);
    let problems = problems.map(|problem| {
        let place = problem.location.as_ref().filter(|location| !location.path.is_root());
        let value = place.map_or_else(
            || problem.message.clone(),
            |location| format!("{}: {}", location.path, problem.message),
        );
        Message { level: "warn", value }
    });
    let left_out = Kind::ALL.into_iter().filter_map(|kind| {
        let of_kind = open(reports, options).filter(|about| about.kind() == kind);
        let n = of_kind.filter(|about| !scan.takes(about)).count();
        let other = match kind {
            Kind::Vulnerability => Format::Gitlab,
            Kind::Secret => Format::GitlabSecretDetection,
            Kind::Misconfiguration | Kind::License => Format::GitlabCodequality,
        };
        let what = if n == 1 { kind.name() } else { kind.plural() };
        (n > 0).then(|| Message {
            level: "info",
            value: format!("Not in this report: {n} {what}, which --format {other} takes"),
        })
    });
    problems.chain(left_out).filter(|message| !message.value.is_empty()).collect()
}

fn entry<'a>(scan: Scan, about: &About<'a>, id: String) -> Option<Entry<'a>> {
    let finding = about.finding;
    let details = details(about);
    match &finding.detail {
        Detail::Vulnerability(found) => {
            let package = about.package?;
            let ids = link::ids(finding, found);
            Some(Entry {
                id,
                name: limited(&about.title(), NAME_MAX),
                description: description(finding, found, package),
                severity: severity(finding.severity),
                solution: limited(&about.fix(), SOLUTION_MAX),
                location: location(scan, about, package)?,
                identifiers: identifiers(finding, found, &ids),
                cvss_vectors: cvss::vectors(found),
                links: about.links().into_iter().map(|url| Link { url }).collect(),
                details,
                raw_source_code_extract: None,
            })
        }
        Detail::Secret(secret) => Some(Entry {
            id,
            name: limited(&about.title(), NAME_MAX),
            description: secret_description(about, secret),
            severity: severity(finding.severity),
            solution: limited(&about.fix(), SOLUTION_MAX),
            location: secret_location(about),
            identifiers: vec![Identifier {
                kind: "lazaret_rule_id".to_owned(),
                name: format!("Lazaret rule {}", named(&finding.id)),
                value: named(&finding.id),
                url: None,
            }],
            cvss_vectors: vec![],
            links: vec![],
            details,
            raw_source_code_extract: Some(&secret.stub),
        }),
        Detail::Misconfiguration(_) | Detail::License(_) => None,
    }
}

/// GitLab takes no empty name.
fn named(id: &str) -> &str {
    if id.is_empty() { "unknown" } else { id }
}

fn location<'a>(scan: Scan, about: &About<'a>, package: &'a Package) -> Option<Location<'a>> {
    let report: &'a Report = about.report;
    let dependency = Dependency {
        package: Name { name: &package.name },
        version: &package.version,
        direct: package.direct,
    };
    if scan == Scan::Dependency {
        return Some(Location::Dependency { file: about.location()?.path.as_str(), dependency });
    }
    let os = report.inventory.os.as_ref().map(|found| &found.os);
    let os = os.map(|os| format!("{} {}", os.id, os.version.as_deref().unwrap_or_default()));
    let os = os.map(|os| os.trim().to_owned()).filter(|os| !os.is_empty());
    Some(Location::Container {
        dependency,
        operating_system: os.unwrap_or_else(|| "Unknown".to_owned()),
        image: named(&report.image.name),
    })
}

fn secret_location<'a>(about: &About<'a>) -> Location<'a> {
    let place = about.location();
    Location::Secret {
        file: place.map(|place| place.path.as_str()),
        commit: Commit { sha: NO_COMMIT },
        start_line: place.and_then(|place| place.lines).map(|lines| lines.start),
        end_line: place.and_then(|place| place.lines).map(|lines| lines.end),
    }
}

fn identifiers<'a>(
    finding: &'a Finding,
    found: &'a Vulnerability,
    ids: &[&'a str],
) -> Vec<Identifier<'a>> {
    let mut identifiers: Vec<Identifier<'a>> = ids
        .iter()
        .filter(|id| !id.is_empty())
        .map(|id| Identifier {
            kind: kind(id),
            name: (*id).to_owned(),
            value: id,
            url: link::of(id),
        })
        .chain(found.cwes.iter().filter_map(|cwe| cwe_identifier(cwe)))
        .collect();
    if identifiers.is_empty() {
        identifiers.push(Identifier {
            kind: "other".to_owned(),
            name: named(&finding.id).to_owned(),
            value: named(&finding.id),
            url: None,
        });
    }
    identifiers
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
        name: cwe.to_owned(),
        value: number,
        url: Some(format!("https://cwe.mitre.org/data/definitions/{number}.html")),
    })
}

fn description(finding: &Finding, found: &Vulnerability, package: &Package) -> String {
    format!(
        "{} {} is affected by {} ({}), as {} says.",
        package.name, package.version, finding.id, finding.severity, found.reason.segment
    )
}

fn secret_description(about: &About<'_>, secret: &Secret) -> String {
    let why = about.rule().map(|rule| rule.why.trim()).filter(|why| !why.is_empty());
    let why = why.map(|why| format!("\n\n{why}")).unwrap_or_default();
    let whose = if secret.category.is_empty() {
        String::new()
    } else {
        format!(" It belongs to {}.", secret.category)
    };
    format!("{}.{whose}{why}", about.what())
}

/// What else is shown beside a finding.
fn details(about: &About<'_>) -> std::collections::BTreeMap<&'static str, model::Text> {
    let text = |name, value: String| model::Text { name, kind: "text", value };
    let mut details = std::collections::BTreeMap::new();
    if let Some(instruction) = about.instruction() {
        details.insert("layer", text("Layer", instruction.to_owned()));
    }
    let found = about.finding.vulnerability();
    if let Some(known) = found.and_then(|found| found.exploited.as_ref()) {
        details.insert("exploited", text("Known exploited since", known.added.clone()));
    }
    if let Some(epss) = found.and_then(|found| found.epss) {
        let score = format!("{:.2} % within thirty days", epss.score * 100.0);
        details.insert("epss", text("Likely to be exploited", score));
    }
    details
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
