//! GitLab's code quality report: the part of Code Climate's issues that GitLab reads
//! (<https://docs.gitlab.com/ci/testing/code_quality/>). Only what counts is written.

use crate::about::{About, Unique};
use crate::pretty::{self, Style};
use crate::stream::Stream;
use crate::{Reports, WriteOptions};
use lazaret_core::finding::Kind;
use lazaret_core::severity::Severity;
use serde::Serialize;
use std::io;

/// Writes one list for all reports.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let issues = Stream(|| {
        let mut unique = Unique::default();
        reports
            .0
            .iter()
            .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
            .filter(|(_, finding)| finding.state.is_open() && options.shows(finding))
            .map(move |(report, finding)| issue(&About::of(report, finding), unique.id(finding)))
    });
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

/// An issue. GitLab takes equal fingerprints for one issue.
fn issue<'a>(about: &About<'a>, fingerprint: String) -> Issue<'a> {
    let finding = about.finding;
    let description = match about.kind() {
        Kind::Vulnerability => {
            format!("{}: {}, {}", finding.id, about.subject(), about.remedy())
        }
        Kind::Secret | Kind::Misconfiguration | Kind::License => {
            format!("{}: {}", finding.id, about.what())
        }
    };
    Issue {
        kind: "issue",
        check_name: &finding.id,
        categories: ["Security"],
        description,
        fingerprint,
        severity: match finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Unknown => "info",
        },
        location: Location {
            path: about
                .location()
                .map_or(about.report.image.name.as_str(), |place| place.path.as_str()),
            lines: Lines { begin: about.line().unwrap_or(1) },
        },
    }
}
