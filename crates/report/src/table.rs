//! The report for people at a terminal.
//!
//! Packages with findings are grouped by where their fix is: the base image apart from the
//! application where the layers tell, the distribution's packages apart from each lock file. What
//! is most urgent comes first, and the answer (how many, verdict) last, where the eye is when the
//! program ends. Whatever is left out is counted.

mod closing;
mod columns;
mod compliance;
pub(crate) mod fix;
pub(crate) mod group;
pub(crate) mod instruction;
mod layers;
mod listing;
mod others;
mod style;
mod tree;

use crate::{Reports, base_image_words, end, text};
use group::Group;
use lazaret_core::finding::Finding;
use lazaret_core::inventory::Os;
use lazaret_core::report::{Report, TargetKind};
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use style::{Pen, Role};

/// How the table looks and what it leaves out.
#[derive(Clone, Debug)]
pub struct TableOptions {
    /// Columns of the terminal. What is below 60 is treated as 60, what is above 240 as 240.
    pub width: usize,
    /// Whether to write ANSI colors. Nothing is said by color alone.
    pub color: bool,
    /// Whether characters beyond ASCII may be written.
    pub unicode: bool,
    /// The day of the scan, to say how old the advisories are; nothing is said of it when absent.
    pub today: Option<time::Date>,
    /// The severities to show.
    pub severities: BTreeSet<Severity>,
    /// Whether to list the findings that do not count, with their reasons.
    pub show_suppressed: bool,
    /// Whether to list every package, with findings or without.
    pub list_all_packages: bool,
    /// Whether to sum up what each layer brought.
    pub layer_summary: bool,
    /// Whether to show what needs each affected package.
    pub dependency_tree: bool,
    /// Whether to leave out findings without a fixed version.
    pub ignore_unfixed: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            unicode: true,
            today: None,
            severities: Severity::ALL.into(),
            show_suppressed: false,
            list_all_packages: false,
            layer_summary: false,
            dependency_tree: false,
            ignore_unfixed: false,
        }
    }
}

/// Columns any one text of an image may take; messages and instructions worth reading are shorter.
const TEXT_MAX: usize = 400;

/// Findings counted by severity.
type Counts = BTreeMap<Severity, usize>;

/// Counts findings.
fn count<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Counts {
    let mut counts = Counts::new();
    for finding in findings {
        *counts.entry(finding.severity).or_default() += 1;
    }
    counts
}

/// The page being written: its lines, and everything that decides how they look.
struct Page<'o> {
    options: &'o TableOptions,
    pen: Pen,
    width: usize,
    lines: Vec<String>,
    /// Whether another report stands above.
    follows: bool,
}

impl Page<'_> {
    /// Text of an image, made harmless, and bounded: the page is for reading.
    fn plain(&self, text: &str) -> String {
        text::cut(&text::plain(text, self.options.unicode), TEXT_MAX, self.pen.ellipsis())
    }

    /// Writes a finished line.
    fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Writes an empty line, unless there is one or nothing is above it.
    fn gap(&mut self) {
        if self.lines.last().map_or(self.follows, |line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// Writes parts in a row with dots between them, on as many lines as they need. A part is made
    /// of pieces, each in its own color.
    fn spans(&mut self, indent: usize, parts: &[Vec<(Role, String)>]) {
        let dot = self.pen.dot();
        let mut line = String::new();
        let mut used = 0;
        for part in parts {
            let part_width: usize = part.iter().map(|(_, piece)| text::width(piece)).sum();
            if used > 0 && used + text::width(dot) + part_width > self.width {
                self.line(std::mem::take(&mut line));
                // What goes on is indented below what it goes on from.
                used = indent + 2;
                line = " ".repeat(used);
            } else if used > 0 {
                line.push_str(&self.pen.paint(Role::Dim, dot));
                used += text::width(dot);
            } else {
                used = indent;
                line = " ".repeat(used);
            }
            for (role, piece) in part {
                if used > indent + 2 && used + text::width(piece) > self.width {
                    self.line(std::mem::take(&mut line));
                    used = indent + 2;
                    line = " ".repeat(used);
                }
                let mut lines = text::fold(piece, self.width.saturating_sub(indent + 2));
                let last = lines.pop().unwrap_or_default();
                for full in lines {
                    line.push_str(&self.pen.paint(*role, &full));
                    self.line(std::mem::take(&mut line));
                    used = indent + 2;
                    line = " ".repeat(used);
                }
                line.push_str(&self.pen.paint(*role, &last));
                used += text::width(&last);
            }
        }
        self.line(line);
    }

    /// Writes plain parts in a row with dots between them.
    fn parts(&mut self, indent: usize, parts: Vec<String>) {
        let parts: Vec<_> = parts.into_iter().map(|part| vec![(Role::Dim, part)]).collect();
        self.spans(indent, &parts);
    }

    /// Writes a label, and prose beside it that keeps clear of the label's column.
    fn prose(&mut self, indent: usize, label: &str, role: Role, prose: &str) {
        self.beside(indent, label, role, |room| text::wrap(prose, room));
    }

    /// Writes a label, and a list beside it.
    fn list(&mut self, indent: usize, label: &str, role: Role, items: &[String]) {
        let items = || items.iter().map(String::as_str);
        self.beside(indent, label, role, |room| text::join(items(), ", ", room));
    }

    fn beside(
        &mut self,
        indent: usize,
        label: &str,
        role: Role,
        lines: impl Fn(usize) -> Vec<String>,
    ) {
        let hang = indent + text::width(label) + if label.is_empty() { 0 } else { 2 };
        let label = self.pen.paint(role, label);
        for (n, line) in lines(self.width.saturating_sub(hang)).iter().enumerate() {
            if n == 0 && hang > indent {
                self.line(format!("{:indent$}{label}  {line}", ""));
            } else {
                self.line(format!("{:hang$}{line}", ""));
            }
        }
    }
}

/// Writes reports, each under its own heading, and a total when there are several.
pub(crate) fn write(
    reports: &Reports,
    options: &TableOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = Page {
        options,
        pen: Pen { color: options.color, unicode: options.unicode },
        width: options.width.clamp(60, 240),
        lines: Vec::new(),
        follows: false,
    };
    let mut out = io::BufWriter::new(out);
    let total = reports.0.len();
    for (n, report) in reports.0.iter().enumerate() {
        page.gap();
        let number = if total > 1 { format!("{} of {total}", n + 1) } else { String::new() };
        one(&mut page, report, &number);
        write_lines(&mut page, &mut out)?;
    }
    if total != 1 {
        page.gap();
        closing::total(&mut page, &reports.0);
        write_lines(&mut page, &mut out)?;
    }
    io::Write::flush(&mut out)
}

/// Hands the lines over.
fn write_lines(page: &mut Page<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for line in page.lines.drain(..) {
        writeln!(out, "{}", line.trim_end())?;
    }
    page.follows = true;
    Ok(())
}

/// Writes one report.
fn one(page: &mut Page<'_>, report: &Report, number: &str) {
    heading(page, report, number);
    let shown: Vec<&Finding> =
        report.findings.iter().filter(|finding| is_shown(finding, page.options)).collect();
    let groups = group::groups(report, &shown);
    findings(page, report, &groups);
    if page.options.dependency_tree {
        tree::write(page, report, &groups, &shown);
    }
    others::write(page, report, &shown);
    if page.options.layer_summary {
        layers::write(page, report, &shown);
    }
    if let Some(compliance) = &report.compliance {
        compliance::write(page, report, compliance);
    }
    if page.options.show_suppressed {
        listing::suppressed(page, report);
    }
    if page.options.list_all_packages {
        listing::packages(page, report);
    }
    closing::problems(page, report);
    closing::attached(page, report);
    closing::advisories(page, report);
    closing::answer(page, report);
}

/// Whether a finding is a row of the table.
fn is_shown(finding: &Finding, options: &TableOptions) -> bool {
    finding.state.is_open()
        && options.severities.contains(&finding.severity)
        && !(options.ignore_unfixed && finding.is_unfixed())
}

/// What was scanned.
fn heading(page: &mut Page<'_>, report: &Report, number: &str) {
    let image = &report.image;
    let mut parts = Vec::new();
    parts.extend(image.platform.as_ref().map(|platform| page.plain(&platform.to_string())));
    let digest = image.digest.as_ref().or(image.config_digest.as_ref());
    parts.extend(digest.map(|digest| format!("{}:{}", digest.algorithm().name(), digest.short())));
    match report.target {
        TargetKind::Image => parts.push(plural(image.layers.len(), "layer")),
        TargetKind::Sbom => parts.push("by its bill of materials".to_owned()),
        TargetKind::Rootfs | TargetKind::Filesystem | TargetKind::Config => {}
    }
    let name = page.plain(&image.name);
    let name = if number.is_empty() { name } else { format!("[{number}] {name}") };
    page.spans(0, &[vec![(Role::Heading, name)]]);
    if !parts.is_empty() {
        page.parts(2, parts);
    }

    if report.target == TargetKind::Config {
        return;
    }
    let mut parts = Vec::new();
    parts.push(match &report.inventory.os {
        Some(found) => {
            let os = &found.os;
            let written = os.pretty_name.clone().unwrap_or_else(|| group::os_name(Some(os)));
            page.plain(&written)
        }
        None => "no operating system recognized".to_owned(),
    });
    parts.push(page.plain(&packages_of(report)));
    page.parts(2, parts);
    if report.target == TargetKind::Image
        && let Some(words) = base_image_words(image)
    {
        let words = page.plain(&words);
        page.parts(2, vec![words]);
    }
    if let Some(words) = end::of_support(report, page.options.today) {
        let words = page.plain(&words);
        page.spans(2, &[vec![(Role::Warn, words)]]);
    }
}

/// An operating system's name and release.
pub(crate) fn os_name(os: Option<&Os>) -> String {
    group::os_name(os)
}

/// How many packages of which kind there are.
pub(crate) fn packages_of(report: &Report) -> String {
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    for package in &report.inventory.packages {
        *kinds.entry(package.ecosystem).or_default() += 1;
    }
    let os = report.inventory.os.as_ref().map(|found| &found.os);
    let kinds: Vec<String> = kinds
        .into_iter()
        .map(|(ecosystem, n)| format!("{} {}", thousands(n), group::ecosystem_name(ecosystem, os)))
        .collect();
    let packages = report.inventory.packages.len();
    match kinds.as_slice() {
        [] => "no packages".to_owned(),
        [only] if packages == 1 => format!("{only} package"),
        [only] => format!("{only} packages"),
        kinds => format!("{}: {}", plural(packages, "package"), kinds.join(", ")),
    }
}

/// Every group under its heading.
fn findings(page: &mut Page<'_>, report: &Report, groups: &[Group<'_>]) {
    let shared = columns::shared(page, report, groups);
    for group in groups {
        page.gap();
        let findings = group.clusters.iter().map(group::Cluster::findings_total).sum();
        let packages = group.clusters.iter().map(|cluster| cluster.packages.len()).sum();
        let counts = format!("{} in {}", plural(findings, "finding"), plural(packages, "package"));
        let title = page.plain(&group.title());
        page.spans(0, &[vec![(Role::Heading, title)], vec![(Role::Dim, counts)]]);
        match &shared {
            Some(columns) => columns.group(page, report, group),
            None => columns::Columns::fit(page, report, std::slice::from_ref(group))
                .group(page, report, group),
        }
        fix::write(page, group);
    }
}

/// A number and its noun.
pub(crate) fn plural(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", thousands(n))
}

/// A number with commas between thousands.
pub(crate) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        for (n, written) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), written);
        }
        assert_eq!(plural(1, "finding"), "1 finding");
        assert_eq!(plural(2, "finding"), "2 findings");
    }
}
