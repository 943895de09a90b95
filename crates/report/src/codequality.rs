//! GitLab's code quality report: the part of Code Climate's issues that GitLab reads
//! (<https://docs.gitlab.com/ci/testing/code_quality/>). Only what counts is written.

use crate::pretty::{self, Style};
use crate::{Reports, WriteOptions};
use lazaret_core::finding::Finding;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// Writes one list for all reports.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut seen = BTreeMap::new();
    let issues: Vec<Issue<'_>> = reports
        .0
        .iter()
        .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
        .filter(|(_, finding)| finding.state.is_open() && options.shows(finding))
        .filter_map(|(report, finding)| issue(report, finding, &mut seen))
        .collect();
    pretty::write(&issues, Style::Plain, out)
}

#[derive(Serialize)]
struct Issue<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'a str,
    categories: [&'static str; 1],
    description: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

fn issue<'a>(
    report: &'a Report,
    finding: &'a Finding,
    seen: &mut BTreeMap<&'a str, u32>,
) -> Option<Issue<'a>> {
    let vulnerability = finding.vulnerability()?;
    let package = report.inventory.package(vulnerability.package)?;
    let count = seen.entry(&finding.fingerprint).or_default();
    *count += 1;
    let fixed = match vulnerability.fixed_versions.as_slice() {
        [] => vulnerability.status.name().replace('_', " "),
        versions => format!("fixed in {}", versions.join(", ")),
    };
    let place = package.locations.first();
    Some(Issue {
        kind: "issue",
        check_name: &finding.id,
        categories: ["Security"],
        description: format!("{}: {} {}, {fixed}", finding.id, package.name, package.version),
        // GitLab takes equal fingerprints for one issue; two versions of a package in one file
        // have one fingerprint.
        fingerprint: match count {
            1 => finding.fingerprint.clone(),
            n => format!("{}-{n}", finding.fingerprint),
        },
        severity: match finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Unknown => "info",
        },
        location: Location {
            path: place.map_or(report.image.name.as_str(), |place| place.path.as_str()),
            lines: Lines {
                begin: place.and_then(|place| place.lines).map_or(1, |lines| lines.start.max(1)),
            },
        },
    })
}
