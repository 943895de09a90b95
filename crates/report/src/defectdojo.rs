//! DefectDojo's generic findings, as its `Generic Findings Import` reads them.
//!
//! DefectDojo tells one finding from another by title, weakness, file, line and description, unless
//! it is set up to go by `unique_id_from_tool`. So none of these holds anything that changes from
//! scan to scan: not the tag of the image, not the severity, not the fix. All that stands in fields
//! that are not compared.
//!
//! A finding that does not count is written as mitigated and not active. Of DefectDojo's states that
//! is the one a later import takes back when the suppression has ended: a finding that it has as a
//! false positive, out of scope or accepted is never opened again by an import.

use crate::pretty::{self, Style};
use crate::stream::Stream;
use crate::{Reports, WriteOptions, link, markdown, text};
use lazaret_core::advisory::Score;
use lazaret_core::finding::{Finding, State, Vulnerability};
use lazaret_core::location::Location;
use lazaret_core::package::Package;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// Characters that the columns of DefectDojo's table of findings hold; more is an error there.
const TITLE_MAX: usize = 500;
const NAME_MAX: usize = 500;
const VERSION_MAX: usize = 100;
const PATH_MAX: usize = 4000;
const ID_MAX: usize = 500;

/// Writes all reports into one document.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let findings = Stream(|| {
        let mut seen = BTreeMap::new();
        reports
            .0
            .iter()
            .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
            .filter(|(_, finding)| options.shows(finding))
            .filter_map(move |(report, finding)| entry(report, finding, &mut seen))
    });
    pretty::write(&Document { findings }, Style::Plain, out)
}

#[derive(Serialize)]
struct Document<T> {
    findings: T,
}

/// A finding. The parser refuses fields it does not know, so those that came late to DefectDojo are
/// only written where there is something to say.
#[derive(Serialize)]
struct Entry<'a> {
    title: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    severity_justification: String,
    mitigation: String,
    impact: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    references: String,
    active: bool,
    is_mitigated: bool,
    static_finding: bool,
    dynamic_finding: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cwe: Option<u32>,
    vulnerability_ids: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvssv3: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvssv3_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvssv4: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvssv4_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epss_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epss_percentile: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_exploited: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ransomware_used: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kev_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publish_date: Option<&'a str>,
    component_name: String,
    component_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_version: Option<String>,
    unique_id_from_tool: String,
    vuln_id_from_tool: String,
    tags: Vec<&'static str>,
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
    let place = package.locations.first();
    let open = finding.state.is_open();
    let cvss3 = score(vulnerability, "CVSS:3.");
    let cvss4 = score(vulnerability, "CVSS:4.");
    let exploited = vulnerability.exploited.as_ref();
    let fix = vulnerability.fixed_versions.first();
    Some(Entry {
        title: limited(
            &format!("{} in {} {}", finding.id, package.name, package.version),
            TITLE_MAX,
        ),
        description: description(finding, package, place),
        severity: severity(finding.severity),
        severity_justification: justification(finding, vulnerability),
        mitigation: mitigation(finding, vulnerability, package),
        impact: impact(report, vulnerability, package),
        references: references(finding, vulnerability),
        active: open,
        is_mitigated: !open,
        static_finding: true,
        dynamic_finding: false,
        cwe: vulnerability.cwes.iter().find_map(|cwe| cwe.strip_prefix("CWE-")?.parse().ok()),
        vulnerability_ids: link::ids(finding, vulnerability)
            .into_iter()
            .filter(|id| !id.is_empty())
            .collect(),
        cvssv3: cvss3.map(|score| score.vector.as_str()),
        cvssv3_score: cvss3.map(|score| score.score),
        cvssv4: cvss4.map(|score| score.vector.as_str()),
        cvssv4_score: cvss4.map(|score| score.score),
        epss_score: vulnerability.epss.map(|epss| epss.score),
        epss_percentile: vulnerability.epss.map(|epss| epss.percentile),
        known_exploited: exploited.map(|_| true),
        ransomware_used: exploited.filter(|known| known.ransomware).map(|_| true),
        kev_date: exploited.and_then(|known| day(&known.added)),
        publish_date: vulnerability.published.as_deref().and_then(day),
        component_name: limited(&package.name, NAME_MAX),
        component_version: limited(&package.version, VERSION_MAX),
        file_path: place.map(|place| limited(place.path.as_str(), PATH_MAX)),
        line: place.and_then(|place| place.lines).map(|lines| lines.start),
        fix_available: fix.map(|_| true),
        fix_version: fix.map(|version| limited(version, VERSION_MAX)),
        // Two versions of a package in one file have one fingerprint.
        unique_id_from_tool: match count {
            1 => finding.fingerprint.clone(),
            n => format!("{}-{n}", finding.fingerprint),
        },
        vuln_id_from_tool: limited(&finding.id, ID_MAX),
        tags: tags(report, package),
    })
}

/// A text that fits into a column, without what a terminal or a page would act on.
fn limited(text: &str, chars_max: usize) -> String {
    text::plain(text, true).chars().take(chars_max).collect()
}

/// What is compared: the same whenever the same package is found in the same place.
fn description(finding: &Finding, package: &Package, place: Option<&Location>) -> String {
    let place = place
        .map(|place| format!(" in {}", markdown::code(place.path.as_str())))
        .unwrap_or_default();
    format!(
        "The {} package {} {}{place} is affected by {}.",
        package.ecosystem,
        markdown::code(&package.name),
        markdown::code(&package.version),
        markdown::id(&finding.id),
    )
}

fn justification(finding: &Finding, vulnerability: &Vulnerability) -> String {
    let mut lines = Vec::new();
    if let Some(source) = &finding.severity_source {
        lines.push(format!("Severity by {}.", markdown::escape(source)));
    }
    if !vulnerability.cwes.is_empty() {
        lines.push(format!("Weaknesses: {}.", markdown::escape(&vulnerability.cwes.join(", "))));
    }
    let reason = &vulnerability.reason;
    let range = reason.range.as_ref().map_or_else(
        || "lists the version".to_owned(),
        |range| format!("is about {}", markdown::code(&range.to_string())),
    );
    lines.push(format!(
        "Record {} of {} {range} of {}.",
        markdown::id(&reason.record),
        markdown::code(&reason.segment),
        markdown::code(&reason.package),
    ));
    lines.join("\n\n")
}

fn mitigation(finding: &Finding, vulnerability: &Vulnerability, package: &Package) -> String {
    let fix = if vulnerability.fixed_versions.is_empty() {
        format!("No fixed version is known: {}.", vulnerability.status.name().replace('_', " "))
    } else {
        let versions: Vec<String> =
            vulnerability.fixed_versions.iter().map(|version| markdown::code(version)).collect();
        format!("Update {} to {}.", markdown::code(&package.name), versions.join(", "))
    };
    match &finding.state {
        State::Open => fix,
        State::Suppressed { by, reason, until } => {
            let until = until.as_ref().map(|day| format!(" until {}", markdown::escape(day)));
            format!(
                "{fix}\n\nDoes not count{}, by {}: {}",
                until.unwrap_or_default(),
                markdown::escape(by),
                markdown::escape(reason),
            )
        }
    }
}

/// Where it is and how urgent: what changes from scan to scan.
fn impact(report: &Report, vulnerability: &Vulnerability, package: &Package) -> String {
    let mut lines = vec![format!("Image: {}", markdown::code(&report.image.name))];
    if let Some(digest) = &report.image.digest {
        lines.push(format!("Digest: {}", markdown::code(&digest.to_string())));
    }
    if let Some(platform) = &report.image.platform {
        lines.push(format!("Platform: {}", markdown::code(&platform.to_string())));
    }
    lines.push(format!("Package: {}", markdown::code(&package.purl)));
    let layer = report.image.layers.get(package.layer.index());
    if let Some(instruction) = layer.and_then(|layer| layer.created_by.as_deref()) {
        let base =
            if layer.and_then(|layer| layer.base) == Some(true) { " (base image)" } else { "" };
        lines.push(format!("Layer {}{base}: {}", package.layer.0, markdown::code(instruction)));
    }
    if let Some(known) = &vulnerability.exploited {
        let ransomware = if known.ransomware { ", by ransomware too" } else { "" };
        lines.push(format!("Known exploited since {}{ransomware}", markdown::escape(&known.added)));
    }
    lines.join("\n\n")
}

fn references(finding: &Finding, vulnerability: &Vulnerability) -> String {
    let urls: Vec<String> =
        link::ids(finding, vulnerability).into_iter().filter_map(link::of).collect();
    urls.join("\n")
}

fn score<'a>(vulnerability: &'a Vulnerability, version: &str) -> Option<&'a Score> {
    vulnerability.scores.iter().find(|score| score.vector.starts_with(version))
}

/// The day of an RFC 3339 date or time.
fn day(time: &str) -> Option<&str> {
    let day = time.get(..10)?;
    let is_digit = |(at, b): (usize, u8)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    };
    day.bytes().enumerate().all(is_digit).then_some(day)
}

/// DefectDojo has no unknown severity.
const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// Words to filter by, which never differ between two scans of one image.
fn tags(report: &Report, package: &Package) -> Vec<&'static str> {
    let kind = if package.ecosystem.is_os() { "os" } else { "library" };
    let layer = report.image.layers.get(package.layer.index());
    let base = layer.and_then(|layer| layer.base) == Some(true);
    let mut tags = vec![kind, package.ecosystem.purl_type()];
    tags.extend(base.then_some("base-image"));
    tags
}
