//! JUnit XML in the form that Jenkins, GitLab and others read: a suite for each image, a failed test
//! for each finding that counts, a skipped one for each suppressed finding, an error for each
//! problem. A suite without any of these has one test that passed: readers take an empty one for a
//! mistake.

use crate::xml::escape;
use crate::{Reports, WriteOptions};
use lazaret_core::finding::{Finding, State, Vulnerability};
use lazaret_core::package::Package;
use lazaret_core::problem::Problem;
use lazaret_core::report::Report;
use std::io::{self, Write as _};

/// Writes a suite for each report.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let suites: Vec<Suite<'_>> =
        reports.0.iter().map(|report| Suite::of(report, options)).collect();
    let mut out = io::BufWriter::new(out);
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="lazaret" tests="{}" failures="{}" errors="{}" skipped="{}">"#,
        suites.iter().map(Suite::tests).sum::<usize>(),
        suites.iter().map(|suite| suite.failures.len()).sum::<usize>(),
        suites.iter().map(|suite| suite.problems.len()).sum::<usize>(),
        suites.iter().map(|suite| suite.skipped.len()).sum::<usize>(),
    )?;
    for suite in &suites {
        suite.write(&mut out)?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}

/// A finding with its package.
type Case<'a> = (&'a Finding, &'a Vulnerability, &'a Package);

struct Suite<'a> {
    name: &'a str,
    failures: Vec<Case<'a>>,
    skipped: Vec<(Case<'a>, String)>,
    problems: &'a [Problem],
}

impl<'a> Suite<'a> {
    fn of(report: &'a Report, options: &WriteOptions) -> Self {
        let mut failures = Vec::new();
        let mut skipped = Vec::new();
        for finding in report.findings.iter().filter(|finding| options.shows(finding)) {
            let Some(vulnerability) = finding.vulnerability() else { continue };
            let Some(package) = report.inventory.package(vulnerability.package) else { continue };
            let case = (finding, vulnerability, package);
            match &finding.state {
                State::Open => failures.push(case),
                State::Suppressed { by, reason, until } => {
                    let until = until.as_ref().map(|until| format!(" (until {until})"));
                    let until = until.unwrap_or_default();
                    skipped.push((case, format!("{by}: {reason}{until}")));
                }
            }
        }
        Self { name: &report.image.name, failures, skipped, problems: &report.inventory.problems }
    }

    fn tests(&self) -> usize {
        (self.failures.len() + self.skipped.len() + self.problems.len()).max(1)
    }

    fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}">"#,
            escape(self.name),
            self.tests(),
            self.failures.len(),
            self.problems.len(),
            self.skipped.len()
        )?;
        for case in &self.failures {
            let (finding, vulnerability, package) = case;
            open_case(out, case)?;
            let message = format!("{} {}: {}", package.name, package.version, fix(vulnerability));
            writeln!(
                out,
                r#"      <failure message="{}" type="{}">{}</failure>"#,
                escape(&message),
                finding.severity,
                escape(&body(vulnerability, package)),
            )?;
            writeln!(out, "    </testcase>")?;
        }
        for (case, why) in &self.skipped {
            open_case(out, case)?;
            writeln!(out, r#"      <skipped message="{}"/>"#, escape(why))?;
            writeln!(out, "    </testcase>")?;
        }
        for (n, problem) in self.problems.iter().enumerate() {
            let place = problem.location.as_ref().filter(|location| !location.path.is_root());
            let place = place.map_or("image", |location| location.path.as_str());
            let (place, n) = (escape(place), n + 1);
            writeln!(out, r#"    <testcase classname="scan" name="problem {n}: {place}">"#)?;
            let message = escape(&problem.message);
            writeln!(out, r#"      <error message="{message}" type="incomplete"/>"#)?;
            writeln!(out, "    </testcase>")?;
        }
        if self.failures.is_empty() && self.skipped.is_empty() && self.problems.is_empty() {
            writeln!(out, r#"    <testcase classname="scan" name="no findings"/>"#)?;
        }
        writeln!(out, "  </testsuite>")
    }
}

/// Class and name are what readers tell tests apart by, from one run to the next.
fn open_case(out: &mut dyn io::Write, (finding, _, package): &Case<'_>) -> io::Result<()> {
    writeln!(
        out,
        r#"    <testcase classname="{}-{}" name="[{}] {}">"#,
        escape(&package.name),
        escape(&package.version),
        finding.severity,
        escape(&finding.id)
    )
}

fn fix(vulnerability: &Vulnerability) -> String {
    match vulnerability.fixed_versions.as_slice() {
        [] => vulnerability.status.name().replace('_', " "),
        versions => format!("fixed in {}", versions.join(", ")),
    }
}

fn body(vulnerability: &Vulnerability, package: &Package) -> String {
    let reason = &vulnerability.reason;
    let range = reason.range.as_ref().map(|range| format!(": {} {range}", reason.package));
    let record = format!("{} {}{}", reason.segment, reason.record, range.unwrap_or_default());
    let places = package.locations.iter().map(|location| location.path.as_str());
    let lines: Vec<&str> =
        std::iter::once(package.purl.as_str()).chain(places).chain([record.as_str()]).collect();
    lines.join("\n")
}
