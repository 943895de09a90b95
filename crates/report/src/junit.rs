//! JUnit XML in the form that Jenkins, GitLab and others read: a suite for each image, a failed test
//! for each finding that counts, a skipped one for each suppressed finding, an error for each
//! problem. A suite without any of these has one test that passed: readers take an empty one for a
//! mistake.

use crate::about::About;
use crate::xml::escape;
use crate::{Reports, WriteOptions};
use lazaret_core::finding::Detail;
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
    // The schema of Jenkins knows no number of skipped tests here, only of a suite.
    writeln!(
        out,
        r#"<testsuites name="lazaret" tests="{}" failures="{}" errors="{}">"#,
        suites.iter().map(Suite::tests).sum::<usize>(),
        suites.iter().map(|suite| suite.failures).sum::<usize>(),
        suites.iter().map(Suite::errors).sum::<usize>(),
    )?;
    for suite in &suites {
        suite.write(options, &mut out)?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}

/// A report, and how many tests it makes.
struct Suite<'a> {
    report: &'a Report,
    failures: usize,
    skipped: usize,
}

impl<'a> Suite<'a> {
    fn of(report: &'a Report, options: &WriteOptions) -> Self {
        let shown = report.findings.iter().filter(|finding| options.shows(finding));
        let (open, suppressed): (Vec<_>, Vec<_>) =
            shown.partition(|finding| finding.state.is_open());
        Self { report, failures: open.len(), skipped: suppressed.len() }
    }

    fn errors(&self) -> usize {
        self.report.inventory.problems.len()
    }

    fn tests(&self) -> usize {
        (self.failures + self.skipped + self.errors()).max(1)
    }

    fn write(&self, options: &WriteOptions, out: &mut dyn io::Write) -> io::Result<()> {
        let report = self.report;
        writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}">"#,
            escape(&report.image.name),
            self.tests(),
            self.failures,
            self.errors(),
            self.skipped
        )?;
        let shown = || report.findings.iter().filter(|finding| options.shows(finding));
        for finding in shown().filter(|finding| finding.state.is_open()) {
            failure(out, &About::of(report, finding))?;
        }
        for finding in shown().filter(|finding| !finding.state.is_open()) {
            let about = About::of(report, finding);
            open_case(out, &about)?;
            let why = about.suppression().unwrap_or_default();
            writeln!(out, r#"      <skipped message="{}"/>"#, escape(&why))?;
            writeln!(out, "    </testcase>")?;
        }
        for (n, problem) in report.inventory.problems.iter().enumerate() {
            let place = problem.location.as_ref().filter(|location| !location.path.is_root());
            let place = place.map_or("image", |location| location.path.as_str());
            let (place, n) = (escape(place), n + 1);
            writeln!(out, r#"    <testcase classname="scan" name="problem {n}: {place}">"#)?;
            let message = escape(&problem.message);
            writeln!(out, r#"      <error message="{message}" type="incomplete"/>"#)?;
            writeln!(out, "    </testcase>")?;
        }
        if self.failures + self.skipped + self.errors() == 0 {
            writeln!(out, r#"    <testcase classname="scan" name="no findings"/>"#)?;
        }
        writeln!(out, "  </testsuite>")
    }
}

fn failure(out: &mut dyn io::Write, about: &About<'_>) -> io::Result<()> {
    open_case(out, about)?;
    let message = match &about.finding.detail {
        Detail::Vulnerability(_) => format!("{}: {}", about.subject(), about.remedy()),
        Detail::Secret(_) | Detail::Misconfiguration(_) | Detail::License(_) => about.what(),
    };
    writeln!(
        out,
        r#"      <failure message="{}" type="{}">{}</failure>"#,
        escape(&message),
        about.finding.severity,
        escape(&body(about)),
    )?;
    writeln!(out, "    </testcase>")
}

/// Class and name are what readers tell tests apart by, from one run to the next.
fn open_case(out: &mut dyn io::Write, about: &About<'_>) -> io::Result<()> {
    let class = about
        .package
        .map_or_else(|| about.subject(), |package| format!("{}-{}", package.name, package.version));
    let line = about.package.is_none().then(|| about.line()).flatten();
    let line = line.map(|line| format!(" line {line}")).unwrap_or_default();
    writeln!(
        out,
        r#"    <testcase classname="{}" name="[{}] {}{line}">"#,
        escape(&class),
        about.finding.severity,
        escape(&about.finding.id)
    )
}

fn body(about: &About<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(about.package.map(|package| package.purl.clone()));
    let places = about.finding.locations(&about.report.inventory);
    lines.extend(places.iter().map(|location| location.path.to_string()));
    if let Detail::Vulnerability(found) = &about.finding.detail {
        let reason = &found.reason;
        let range = reason.range.as_ref().map(|range| format!(": {} {range}", reason.package));
        lines.push(format!("{} {}{}", reason.segment, reason.record, range.unwrap_or_default()));
    } else {
        lines.push(about.title());
        lines.push(about.fix());
    }
    lines.join("\n")
}
