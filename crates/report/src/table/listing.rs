//! What is only listed when asked for: findings that do not count, and every package.

use super::group::ecosystem_name;
use super::style::Role;
use super::{Page, Report, plural, text};
use crate::base::BESIDE;
use lazaret_core::finding::{Finding, State};
use lazaret_core::package::{Ecosystem, Package};

/// Findings that do not count, under what suppressed them.
pub(super) fn suppressed(page: &mut Page<'_>, report: &Report) {
    let mut groups: Vec<(&State, Vec<&Finding>)> = Vec::new();
    for finding in report.findings.iter().filter(|finding| !finding.state.is_open()) {
        match groups.iter_mut().find(|(state, _)| **state == finding.state) {
            Some((_, findings)) => findings.push(finding),
            None => groups.push((&finding.state, vec![finding])),
        }
    }
    if groups.is_empty() {
        return;
    }
    page.gap();
    let total = groups.iter().map(|(_, findings)| findings.len()).sum();
    let heading = format!("Suppressed: {}", plural(total, "finding"));
    let heading = page.pen.paint(Role::Heading, &heading);
    page.line(heading);
    for (state, findings) in groups {
        if let State::Suppressed { by, reason, until } = state {
            let until = until.as_ref().map_or_else(String::new, |day| format!(", until {day}"));
            let by = page.plain(&format!("{by}{until}:"));
            let reason = page.plain(reason);
            page.prose(2, "", Role::Text, &format!("{by} {reason}"));
        }
        let ids = findings.iter().map(|finding| text::width(&page.plain(&finding.id))).max();
        let id_width = ids.unwrap_or(0).min(24);
        for finding in findings {
            let severity = finding.severity;
            let painted = page.pen.paint(Role::Severity(severity), severity.name());
            let pad = " ".repeat(8_usize.saturating_sub(severity.name().len()));
            let left = page.width.saturating_sub(4 + 8 + 2);
            let id = text::cut(&page.plain(&finding.id), left, page.pen.ellipsis());
            let gap = " ".repeat(id_width.saturating_sub(text::width(&id)));
            let package = finding.package().and_then(|id| report.inventory.package(id));
            let package = package.map_or_else(String::new, |package| {
                page.plain(&format!("{} {}", package.name, package.version))
            });
            let room = left.saturating_sub(text::width(&id).max(id_width) + 2);
            let package = text::cut(&package, room, page.pen.ellipsis());
            page.line(format!("    {painted}{pad}  {id}{gap}  {package}"));
        }
    }
}

/// Every package of the inventory, with where it was read.
pub(super) fn packages(page: &mut Page<'_>, report: &Report) {
    let os = report.inventory.os.as_ref().map(|found| &found.os);
    for ecosystem in Ecosystem::ALL {
        let packages: Vec<&Package> = report
            .inventory
            .packages
            .iter()
            .filter(|package| package.ecosystem == ecosystem)
            .collect();
        if packages.is_empty() {
            continue;
        }
        page.gap();
        let name = page.plain(&ecosystem_name(ecosystem, os));
        let heading = format!("All {}", plural(packages.len(), &format!("{name} package")));
        page.spans(0, &[vec![(Role::Heading, heading)]]);
        let widest = |part: fn(&Package) -> &str| {
            let widths = packages.iter().map(|package| text::width(&page.plain(part(package))));
            widths.max().unwrap_or(0).min(page.width / 3)
        };
        let name_width = widest(|package| &package.name);
        let version_width = widest(|package| &package.version);
        for package in packages {
            let is_beside = report.image.is_beside(package.layer);
            package_line(page, package, is_beside, (name_width, version_width));
        }
    }
}

fn package_line(
    page: &mut Page<'_>,
    package: &Package,
    is_beside: bool,
    (name_width, version_width): (usize, usize),
) {
    let pad = |text: &str, columns: usize| " ".repeat(columns.saturating_sub(text::width(text)));
    let ellipsis = page.pen.ellipsis();
    let room = page.width.saturating_sub(2);
    let name = text::cut(&page.plain(&package.name), room, ellipsis);
    let version = text::cut(&page.plain(&package.version), room, ellipsis);
    let mut line =
        format!("{name}{}  {version}{}", pad(&name, name_width), pad(&version, version_width));
    if text::width(&line) > room {
        page.line(format!("  {name}"));
        let version = text::cut(&version, room.saturating_sub(name_width + 2), ellipsis);
        line = format!("{:name_width$}  {version}", "");
    }
    let path = package.locations.first().map_or("", |location| location.path.as_str());
    let path = if is_beside {
        page.plain(&format!("{BESIDE}  {path}"))
    } else {
        page.plain(&format!("layer {}  /{path}", package.layer.0))
    };
    let left = room.saturating_sub(text::width(&line) + 2);
    // A path that is cut to a few letters says nothing.
    let path = if left < 20 { String::new() } else { text::cut(&path, left, ellipsis) };
    let path = page.pen.paint(Role::Dim, &path);
    page.line(format!("  {line}  {path}"));
}
