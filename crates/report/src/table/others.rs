//! What is wrong beside packages: secrets, misconfiguration, licenses.

use super::instruction::short;
use super::style::Role;
use super::{Page, plural, text};
use lazaret_core::finding::{Finding, Kind, Place};
use lazaret_core::location::LineRange;
use lazaret_core::report::{Report, TargetKind};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

/// Findings of one rule that are written out; JSON has them all.
const PER_RULE_MAX: usize = 5;

/// Columns the name of a severity takes.
const SEVERITY_COLUMNS: usize = 8;

/// Columns the last one of a row has at least.
const PLACE_COLUMNS: usize = 20;

/// Columns the class of a license takes; the longest is `unencumbered`.
const CLASS_COLUMNS: usize = 12;

/// Everything that is no vulnerability, kind by kind.
pub(super) fn write(page: &mut Page<'_>, report: &Report, shown: &[&Finding]) {
    let of = |kind: Kind| -> Vec<&Finding> {
        shown.iter().copied().filter(|finding| Kind::of(finding) == kind).collect()
    };
    secrets(page, report, &of(Kind::Secret));
    misconfigurations(page, report, &of(Kind::Misconfiguration));
    licenses(page, report, &of(Kind::License));
}

fn heading(page: &mut Page<'_>, title: &str, counts: String) {
    page.gap();
    page.spans(0, &[vec![(Role::Heading, title.to_owned())], vec![(Role::Dim, counts)]]);
}

/// The name of a severity in its color, with blanks up to the next column.
fn severity(page: &Page<'_>, severity: Severity) -> String {
    let pad = SEVERITY_COLUMNS.saturating_sub(severity.name().len()) + 2;
    let name = page.pen.paint(Role::Severity(severity), severity.name());
    format!("  {name}{:pad$}", "")
}

/// Writes a row whose last column may go on below itself.
pub(super) fn row(page: &mut Page<'_>, start: &str, used: usize, last: &str) {
    let room = page.width.saturating_sub(used).max(PLACE_COLUMNS);
    for (n, line) in text::wrap(last, room).iter().enumerate() {
        if n == 0 {
            page.line(format!("{start}{line}"));
        } else {
            page.line(format!("{:used$}{line}", ""));
        }
    }
}

fn secrets(page: &mut Page<'_>, report: &Report, findings: &[&Finding]) {
    let found: Vec<_> = findings.iter().filter_map(|f| Some((*f, f.secret()?))).collect();
    if found.is_empty() {
        return;
    }
    heading(page, "Secrets", plural(found.len(), "finding"));
    let widest = |texts: &mut dyn Iterator<Item = String>, most: usize| {
        texts.map(|text| text::width(&text)).max().unwrap_or(0).min(most)
    };
    // On a narrow page both give way to the place.
    let room = page.width.saturating_sub(PLACE_COLUMNS + 16);
    let most = (page.width / 3).min(room * 3 / 5);
    let titles = widest(&mut found.iter().map(|(_, s)| page.plain(&s.title)), most);
    let most = (room * 2 / 5).min(20);
    let stubs = widest(&mut found.iter().map(|(_, s)| page.plain(&s.stub)), most);
    let header = format!("  {:10}{:titles$}  {:stubs$}  WHERE", "SEVERITY", "SECRET", "VALUE");
    let header = page.pen.paint(Role::Dim, &header);
    page.line(header);
    for (finding, secret) in &found {
        let title = text::cut(&page.plain(&secret.title), titles, page.pen.ellipsis());
        let stub = text::cut(&page.plain(&secret.stub), stubs, page.pen.ellipsis());
        let title_pad = titles.saturating_sub(text::width(&title));
        let stub_pad = stubs.saturating_sub(text::width(&stub));
        let start = format!(
            "{}{title}{:title_pad$}  {stub}{:stub_pad$}  ",
            severity(page, finding.severity),
            "",
            ""
        );
        let used = 2 + SEVERITY_COLUMNS + 2 + titles + 2 + stubs + 2;
        let place = page.plain(&place(report, &secret.at));
        row(page, &start, used, &place);
    }
    page.gap();
    let advice = "Revoke each and make a new one: it must be taken for known. Then build without \
                  it (RUN --mount=type=secret), since no later layer takes it out again.";
    page.prose(2, "Fix", Role::Heading, advice);
}

/// Where something is, in words.
pub(super) fn place(report: &Report, place: &Place) -> String {
    match place {
        Place::File { location, inside, deleted_by } => {
            let inside = inside.as_ref().map_or_else(String::new, |path| format!(" in it {path}"));
            let layer = location.layer.0;
            let state = deleted_by
                .map_or_else(String::new, |by| format!(", deleted in {}, still there", by.0));
            let lines = lines(location.lines);
            if !has_layers(report) {
                return format!("/{}{inside}{lines}", location.path);
            }
            format!("/{}{inside}{lines} (layer {layer}{state})", location.path)
        }
        Place::Env { name } => format!("variable {name}"),
        Place::Label { name } => format!("label {name}"),
        Place::History { entry } => {
            let history = &report.image.config.history;
            let line = usize::try_from(*entry).ok().and_then(|entry| history.get(entry));
            let words =
                line.map_or_else(String::new, |line| format!(": {}", short(&line.created_by)));
            format!("history line {entry}{words}")
        }
        Place::Image => "the image".to_owned(),
    }
}

fn lines(lines: Option<LineRange>) -> String {
    match lines {
        None => String::new(),
        Some(lines) if lines.start == lines.end => format!(":{}", lines.start),
        Some(lines) => format!(":{}-{}", lines.start, lines.end),
    }
}

fn misconfigurations(page: &mut Page<'_>, report: &Report, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    // A rule stands where its first finding does, and findings come most urgent first.
    let mut rules: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match rules.iter_mut().find(|(id, _)| *id == finding.id) {
            Some((_, of_rule)) => of_rule.push(finding),
            None => rules.push((&finding.id, vec![finding])),
        }
    }
    let counts =
        format!("{} of {}", plural(findings.len(), "finding"), plural(rules.len(), "rule"));
    heading(page, "Misconfiguration", counts);
    let ids = rules.iter().map(|(id, _)| text::width(&page.plain(id))).max();
    let ids = ids.unwrap_or(0).min(20);
    for (id, findings) in rules {
        let Some(first) = findings.first() else { continue };
        let title = first.misconfiguration().map_or("", |broken| broken.title.as_str());
        let id = text::cut(&page.plain(id), ids, page.pen.ellipsis());
        let pad = ids.saturating_sub(text::width(&id));
        let start = format!("{}{id}{:pad$}  ", severity(page, first.severity), "");
        let used = 2 + SEVERITY_COLUMNS + 2 + ids + 2;
        let title = page.plain(title);
        row(page, &start, used, &title);
        for finding in findings.iter().take(PER_RULE_MAX) {
            let Some(broken) = finding.misconfiguration() else { continue };
            let place = unsaid(report, &broken.at, &broken.message);
            let words = page.plain(&format!("{}{place}", broken.message));
            page.prose(used, dash(page), Role::Dim, &words);
        }
        if findings.len() > PER_RULE_MAX {
            let more = format!("{:used$}+ {} more", "", findings.len() - PER_RULE_MAX);
            let more = page.pen.paint(Role::Dim, &more);
            page.line(more);
        }
        let fix = report.rules.get(&first.id).map_or("", |rule| first_paragraph(&rule.fix));
        if !fix.is_empty() {
            let fix = page.plain(&fix.replace('\n', " "));
            page.prose(used, "Fix", Role::Heading, &fix);
        }
    }
}

/// Of the place of a finding what its message does not say.
fn unsaid(report: &Report, place: &Place, message: &str) -> String {
    let mut parts = Vec::new();
    match place {
        Place::File { location, .. } => {
            let path = format!("/{}", location.path);
            if !message.contains(&path) {
                parts.push(format!("{path}{}", lines(location.lines)));
            }
            if has_layers(report) {
                parts.push(format!("layer {}", location.layer.0));
            }
        }
        Place::History { entry } => parts.push(format!("history line {entry}")),
        Place::Env { .. } | Place::Label { .. } | Place::Image => {}
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// Whether it says anything that something is in a layer: a folder is one of its own.
fn has_layers(report: &Report) -> bool {
    report.target == TargetKind::Image
}

const fn dash(page: &Page<'_>) -> &'static str {
    if page.options.unicode { "–" } else { "-" }
}

/// The first paragraph of a text in Markdown, on one line, without its marks.
fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or_default()
}

/// How licenses are sorted: by severity, class and name.
type LicenseKey<'f> = (std::cmp::Reverse<Severity>, &'f str, &'f str);

fn licenses(page: &mut Page<'_>, report: &Report, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    // Under each license, who is under it: packages by name, files by path.
    let mut licenses: BTreeMap<LicenseKey<'_>, Vec<String>> = BTreeMap::new();
    for finding in findings {
        let Some(license) = finding.license() else { continue };
        let package = license.package.and_then(|id| report.inventory.package(id));
        let who = match (package, &license.at) {
            (Some(package), _) => package.name.clone(),
            (None, Some(at)) => place(report, at),
            (None, None) => continue,
        };
        let key =
            (std::cmp::Reverse(finding.severity), license.class.as_str(), license.license.as_str());
        licenses.entry(key).or_default().push(who);
    }
    let counts =
        format!("{} of {}", plural(findings.len(), "finding"), plural(licenses.len(), "license"));
    heading(page, "Licenses", counts);
    let most = (page.width / 3).min(page.width.saturating_sub(PLACE_COLUMNS + 28));
    let names = licenses.keys().map(|(_, _, name)| text::width(&page.plain(name)));
    let names = names.max().unwrap_or(0).clamp(7, most);
    let header = format!("  {:10}{:14}{:names$}  WHO", "SEVERITY", "CLASS", "LICENSE");
    let header = page.pen.paint(Role::Dim, &header);
    page.line(header);
    for ((std::cmp::Reverse(level), class, name), mut who) in licenses {
        who.sort();
        who.dedup();
        let total = who.len();
        who.truncate(PER_RULE_MAX);
        if total > PER_RULE_MAX {
            who.push(format!("+ {} more", total - PER_RULE_MAX));
        }
        let name = text::cut(&page.plain(name), names, page.pen.ellipsis());
        let pad = names.saturating_sub(text::width(&name));
        let class = text::cut(&page.plain(class), CLASS_COLUMNS, page.pen.ellipsis());
        let class_pad = CLASS_COLUMNS.saturating_sub(text::width(&class)) + 2;
        let start = format!("{}{class}{:class_pad$}{name}{:pad$}  ", severity(page, level), "", "");
        let used = 2 + SEVERITY_COLUMNS + 2 + CLASS_COLUMNS + 2 + names + 2;
        let who = page.plain(&who.join(", "));
        row(page, &start, used, &who);
    }
}
