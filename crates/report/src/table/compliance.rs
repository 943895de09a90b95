//! Which controls of a catalog are met.

use super::others::{place, row};
use super::style::Role;
use super::{Page, plural, text};
use lazaret_core::compliance::{Compliance, Control, ControlStatus};
use lazaret_core::finding::{Detail, Finding};
use lazaret_core::report::Report;

/// Findings of one control that are written out; JSON has them all.
const PER_CONTROL_MAX: usize = 3;

/// Columns the word for a control's status takes.
const STATUS_COLUMNS: usize = 11;

/// Every control with what is known of it, and what speaks against those that fail.
pub(super) fn write(page: &mut Page<'_>, report: &Report, compliance: &Compliance) {
    page.gap();
    let version = match compliance.version.as_str() {
        "" => String::new(),
        version => format!(" {version}"),
    };
    let title = page.plain(&format!("{}{version}", compliance.title));
    page.spans(0, &[vec![(Role::Heading, title)], vec![(Role::Dim, counts(compliance))]]);
    let ids = compliance.controls.iter().map(|control| text::width(&page.plain(&control.id)));
    let ids = ids.max().unwrap_or(0).min(20);
    for control in &compliance.controls {
        one(page, report, control, ids);
    }
}

/// How many controls there are of each status.
fn counts(compliance: &Compliance) -> String {
    let of = |status: ControlStatus| {
        compliance.controls.iter().filter(|control| control.status == status).count()
    };
    let words = [
        (of(ControlStatus::Fail), "failed"),
        (of(ControlStatus::Pass), "passed"),
        (of(ControlStatus::NotChecked), "not checked"),
        (of(ControlStatus::Manual), "for people to say"),
    ];
    let words = words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
    let words: Vec<String> = words.collect();
    format!("{}: {}", plural(compliance.controls.len(), "control"), words.join(", "))
}

fn one(page: &mut Page<'_>, report: &Report, control: &Control, ids: usize) {
    let role = match control.status {
        ControlStatus::Pass => Role::Good,
        ControlStatus::Fail => Role::Bad,
        ControlStatus::Manual | ControlStatus::NotChecked => Role::Dim,
    };
    let id = text::cut(&page.plain(&control.id), ids, page.pen.ellipsis());
    let id_pad = ids.saturating_sub(text::width(&id));
    let word = control.status.name();
    let word_pad = STATUS_COLUMNS.saturating_sub(text::width(word));
    let start = format!("  {id}{:id_pad$}  {}{:word_pad$}  ", "", page.pen.paint(role, word), "");
    let used = 2 + ids + 2 + STATUS_COLUMNS + 2;
    let against: Vec<&Finding> = control
        .findings
        .iter()
        .filter_map(|position| report.findings.get(usize::try_from(*position).ok()?))
        .collect();
    let open: Vec<&Finding> = against.iter().copied().filter(|f| f.state.is_open()).collect();
    let mut name = control.name.clone();
    if !open.is_empty() {
        name = format!("{name} ({})", plural(open.len(), "finding"));
    } else if !against.is_empty() {
        name = format!("{name} ({} accepted)", against.len());
    }
    let name = page.plain(&name);
    row(page, &start, used, &name);
    let dash = if page.options.unicode { "–" } else { "-" };
    for finding in open.iter().take(PER_CONTROL_MAX) {
        let words = page.plain(&words(report, finding));
        page.prose(used, dash, Role::Dim, &words);
    }
    if open.len() > PER_CONTROL_MAX {
        let more = format!("{:used$}+ {} more", "", open.len() - PER_CONTROL_MAX);
        let more = page.pen.paint(Role::Dim, &more);
        page.line(more);
    }
}

/// What was found, and where.
fn words(report: &Report, finding: &Finding) -> String {
    let id = &finding.id;
    match &finding.detail {
        Detail::Misconfiguration(broken) => {
            format!("{id} {}: {}", place(report, &broken.at), broken.message)
        }
        Detail::Secret(secret) => format!("{id} {}", place(report, &secret.at)),
        Detail::Vulnerability(_) | Detail::License(_) => {
            let package = finding.package().and_then(|id| report.inventory.package(id));
            let package = package.map_or_else(String::new, |p| format!(" in {}", p.name));
            format!("{id}{package}")
        }
    }
}
