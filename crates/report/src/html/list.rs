//! The findings: the first ones as a plain table, which the script replaces by all of them with
//! filters, an order to choose, and the details of each.

use super::markup::text;
use super::{Subject, place, section, severity};
use crate::link;
use crate::table::{fix, plural, thousands};
use lazaret_core::finding::{Detail, Finding};
use lazaret_core::severity::Severity;
use std::fmt::{self, Write as _};

/// Findings that are there without a script.
const ROWS_MAX: usize = 100;
/// Fixed versions named in one row.
const FIXED_MAX: usize = 3;

/// Writes the filters and the list.
pub(super) fn write(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let n = subject.n;
    section(page, subject, "findings", "Findings")?;
    if subject.open.is_empty() {
        writeln!(page, "<p class=\"empty\">{}</p>", nothing(subject))?;
    }
    if subject.open.is_empty() && subject.suppressed == 0 {
        return writeln!(page, "</section>");
    }
    filters(page, subject)?;
    writeln!(page, "<p class=\"shown\" role=\"status\" id=\"shown-{n}\"></p>")?;
    writeln!(
        page,
        "<table role=\"table\" aria-labelledby=\"findings-title-{n}\"><thead role=\"rowgroup\"><tr role=\"row\">"
    )?;
    for (sort, title) in [
        ("severity", "Severity"),
        ("id", "Finding"),
        ("package", "Package or place"),
        ("fix", "Fixed in"),
        ("layer", "Layer"),
    ] {
        writeln!(
            page,
            "<th role=\"columnheader\" scope=\"col\" data-sort=\"{sort}\">{title}</th>"
        )?;
    }
    writeln!(page, "</tr></thead><tbody role=\"rowgroup\">")?;
    for finding in subject.open.iter().take(ROWS_MAX) {
        row(page, subject, finding)?;
    }
    writeln!(page, "</tbody></table>")?;
    let more = subject.open.len().saturating_sub(ROWS_MAX);
    if more + subject.suppressed > 0 {
        writeln!(
            page,
            "<noscript><p>A script lists the rest: {} and {} suppressed.</p></noscript>",
            plural(more, "more finding"),
            thousands(subject.suppressed)
        )?;
    }
    writeln!(page, "<nav class=\"pages\" aria-label=\"Pages of findings\" hidden></nav></section>")
}

/// What it means that nothing was found.
fn nothing(subject: &Subject<'_>) -> String {
    let report = subject.report;
    let packages = plural(report.inventory.packages.len(), "package");
    let kept = if report.inventory.problems.is_empty() { "" } else { " in what could be read" };
    if subject.hidden > 0 {
        return "No findings but those left out.".to_owned();
    }
    if report.provenance.database.is_none() && report.provenance.looked_for.is_empty() {
        return format!("{packages} listed. Vulnerabilities were not looked for.");
    }
    format!("No findings{kept}: {packages} looked at.")
}

/// The controls, which only a script can make work: it also shows them.
fn filters(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let n = subject.n;
    writeln!(
        page,
        "<form class=\"filters\" id=\"filters-{n}\" role=\"search\" aria-label=\"Filter findings\" hidden>\
         <label class=\"find\">Search <input type=\"search\" name=\"text\" autocomplete=\"off\" \
         spellcheck=\"false\" placeholder=\"Id, package, path…\"></label>\
         <fieldset><legend>Severity</legend>"
    )?;
    for severity in Severity::ALL.into_iter().rev() {
        let (word, class) = (crate::markdown::word(severity), super::tally::class(severity));
        writeln!(
            page,
            "<label class=\"pill {class}\"><input type=\"checkbox\" name=\"severity\" \
             value=\"{class}\"> {word}</label>"
        )?;
    }
    writeln!(
        page,
        "</fieldset><details class=\"more\"><summary>More filters, and order</summary><div>\
         <label>Kind <select name=\"kind\"></select></label>\
         <label>Origin <select name=\"origin\"></select></label>\
         <label>Layer <select name=\"layer\"></select></label>\
         <label>Package <input name=\"package\" list=\"packages-{n}\" autocomplete=\"off\" \
         spellcheck=\"false\"></label><datalist id=\"packages-{n}\"></datalist>\
         <label>State <select name=\"state\"></select></label>\
         <label>Sort by <select name=\"sort\"></select></label>\
         <label class=\"check\"><input type=\"checkbox\" name=\"fixable\"> Only with a fix</label>\
         <label class=\"check\"><input type=\"checkbox\" name=\"exploited\"> Only known exploited</label>\
         <button type=\"reset\">Clear filters</button></div></details>\
         <p class=\"rule\" hidden></p></form>"
    )
}

fn row(page: &mut String, subject: &Subject<'_>, finding: &Finding) -> fmt::Result {
    let report = subject.report;
    let (word, class) = severity(finding);
    write!(
        page,
        "<tr role=\"row\" class=\"row\"><td role=\"cell\" class=\"in-severity\"><span class=\"severity {class}\">{word}</span></td>"
    )?;
    write!(page, "<td role=\"cell\" class=\"in-id\">")?;
    match link::of(&finding.id) {
        Some(url) => {
            write!(
                page,
                "<a href=\"{}\" rel=\"noreferrer\">{}</a>",
                text(&url),
                text(&finding.id)
            )?;
        }
        None => write!(page, "{}", text(&finding.id))?,
    }
    if finding.is_exploited() {
        write!(page, " <span class=\"mark bad\">known exploited</span>")?;
    }
    if let Some(title) = title(finding) {
        write!(page, "<small>{}</small>", text(title))?;
    }
    write!(page, "</td><td role=\"cell\" class=\"in-place\">")?;
    let package = finding.package().and_then(|id| report.inventory.package(id));
    if let Some(package) = package {
        write!(
            page,
            "<bdi>{}</bdi> <small>{}</small>",
            text(&package.name),
            text(&package.version)
        )?;
    } else if let Some(place) = finding.place() {
        write!(page, "<bdi>{}</bdi>", text(&place::words(place)))?;
    }
    if let Some(layer) = place::deleted_by(finding) {
        write!(page, " <span class=\"mark\">deleted in layer {}, still readable</span>", layer.0)?;
    }
    write!(
        page,
        "</td><td role=\"cell\" class=\"in-fix{}\">{}</td>",
        if finding.vulnerability().is_none() { " blank" } else { "" },
        fixed(finding)
    )?;
    let layer = place::layer(finding, &report.inventory, &report.image);
    let layer = layer.map_or_else(|| "–".to_owned(), |layer| layer.0.to_string());
    writeln!(page, "<td role=\"cell\" class=\"in-layer\">{layer}</td></tr>")
}

/// What a finding is about, where the id does not say.
pub(super) fn title(finding: &Finding) -> Option<&str> {
    match &finding.detail {
        Detail::Vulnerability(_) => None,
        Detail::Secret(secret) => Some(&secret.title),
        Detail::Misconfiguration(broken) => Some(&broken.title),
        Detail::License(license) => Some(&license.license),
    }
}

/// The fixed versions, or why there is none; already HTML.
fn fixed(finding: &Finding) -> String {
    let Some(vulnerability) = finding.vulnerability() else { return "–".to_owned() };
    let versions = &vulnerability.fixed_versions;
    if versions.is_empty() {
        return fix::no_fix(vulnerability.status).to_owned();
    }
    let mut words: Vec<String> =
        versions.iter().take(FIXED_MAX).map(|version| text(version).to_string()).collect();
    if versions.len() > FIXED_MAX {
        words.push("…".to_owned());
    }
    words.join(", ")
}
