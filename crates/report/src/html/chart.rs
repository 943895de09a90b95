//! Charts: how many findings, by severity, by where they come from and by kind.
//!
//! Every chart is a table of bars: the words and numbers beside each bar say all that it shows.

use super::markup::text;
use super::tally::{self, Tally};
use super::{Subject, place, section};
use crate::markdown;
use crate::table::thousands;
use lazaret_core::finding::Kind;
use lazaret_core::severity::Severity;
use std::fmt::{self, Write as _};

/// What the longest bar is drawn as.
const LENGTH: usize = 10_000;

/// Writes the charts, if there is anything to draw.
pub(super) fn write(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    if subject.open.is_empty() {
        return Ok(());
    }
    section(page, subject, "charts", "Findings at a glance")?;
    writeln!(page, "<div class=\"grid\">")?;
    by_severity(page, subject)?;
    by_origin(page, subject)?;
    by_kind(page, subject)?;
    writeln!(page, "</div>\n</section>")
}

fn by_severity(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let tally = &subject.tally;
    let most = Severity::ALL.into_iter().map(|severity| tally.of(severity)).max().unwrap_or(0);
    writeln!(page, "<div class=\"chart\"><h3>By severity</h3><ul class=\"bars\">")?;
    for severity in Severity::ALL.into_iter().rev() {
        let (all, fixable) = (tally.of(severity), tally.fixable_of(severity));
        let class = tally::class(severity);
        write!(
            page,
            "<li><a class=\"name\" href=\"#findings-{}\" data-severity=\"{class}\">{}</a> ",
            subject.n,
            markdown::word(severity),
        )?;
        let unfixed = format!("{class} light");
        bar(page, most, &[(class, fixable), (&unfixed, all - fixable)])?;
        writeln!(page, " <span class=\"count\">{}</span></li>", thousands(all))?;
    }
    writeln!(
        page,
        "</ul><p class=\"legend\">{} of {} have a known fix: the full part of a bar.</p></div>",
        thousands(tally.fixable()),
        thousands(tally.total()),
    )
}

fn by_origin(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let report = subject.report;
    let mut of: [Tally; 3] = Default::default();
    for finding in &subject.open {
        let layer = place::layer(finding, &report.inventory, &report.image)
            .and_then(|layer| report.image.layers.get(layer.index()));
        let [base, application, unknown] = &mut of;
        match layer.and_then(|layer| layer.base) {
            Some(true) => base.add(finding),
            Some(false) => application.add(finding),
            None => unknown.add(finding),
        }
    }
    let most = of.iter().map(Tally::total).max().unwrap_or(0);
    writeln!(page, "<div class=\"chart\"><h3>By origin</h3><ul class=\"bars\">")?;
    let names = [("Base image", "base"), ("Application", "application"), ("Unknown", "unknown")];
    for ((name, origin), tally) in names.into_iter().zip(&of) {
        let name = link(subject, "origin", origin, name);
        row(page, &name, most, tally)?;
    }
    writeln!(page, "</ul>")?;
    if report.image.layers.iter().all(|layer| layer.base.is_none()) {
        writeln!(
            page,
            "<p class=\"legend\">Nothing in the image says which layers its base brought.</p>"
        )?;
    }
    writeln!(page, "</div>")
}

fn by_kind(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let mut of: [Tally; 4] = Default::default();
    for finding in &subject.open {
        if let Some(tally) = of.get_mut(Kind::of(finding).index()) {
            tally.add(finding);
        }
    }
    let looked_for = &subject.report.provenance.looked_for;
    let most = of.iter().map(Tally::total).max().unwrap_or(0);
    writeln!(page, "<div class=\"chart\"><h3>By kind</h3><ul class=\"bars\">")?;
    for (kind, tally) in Kind::ALL.into_iter().zip(&of) {
        let name = link(subject, "kind", kind.name(), &capitalized(kind.plural()));
        if tally.total() == 0 && !looked_for.is_empty() && !looked_for.contains(&kind) {
            writeln!(page, "<li>{name} <span class=\"unasked\">not looked for</span></li>")?;
        } else {
            row(page, &name, most, tally)?;
        }
    }
    writeln!(page, "</ul></div>")
}

/// A name that shows its findings in the list.
fn link(subject: &Subject<'_>, filter: &str, value: &str, name: &str) -> String {
    format!(
        "<a class=\"name\" href=\"#findings-{}\" data-{filter}=\"{value}\">{}</a>",
        subject.n,
        text(name)
    )
}

pub(super) fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A name, a bar in the colors of severities, the number, and what it is made of.
fn row(page: &mut String, name: &str, most: usize, tally: &Tally) -> fmt::Result {
    write!(page, "<li>{name} ")?;
    severities(page, most, tally)?;
    write!(page, " <span class=\"count\">{}</span>", thousands(tally.total()))?;
    if tally.total() > 0 {
        write!(page, " <small>{}</small>", tally.words())?;
    }
    writeln!(page, "</li>")
}

/// A bar of a tally, each severity in its color.
pub(super) fn severities(page: &mut String, most: usize, tally: &Tally) -> fmt::Result {
    let parts: Vec<(&str, usize)> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (tally::class(severity), tally.of(severity)))
        .collect();
    bar(page, most, &parts)
}

/// A bar of several parts. It is drawn only: what it says is written beside it, once.
fn bar(page: &mut String, most: usize, parts: &[(&str, usize)]) -> fmt::Result {
    write!(
        page,
        "<svg class=\"stack\" viewBox=\"0 0 {LENGTH} 10\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\" focusable=\"false\">"
    )?;
    let mut start = 0;
    for (class, n) in parts.iter().filter(|(_, n)| *n > 0) {
        // What is there is seen, be it one of a thousand.
        let length = (n.saturating_mul(LENGTH) / most.max(1)).max(LENGTH / 100);
        let length = length.min(LENGTH.saturating_sub(start));
        write!(page, "<rect class=\"{class}\" x=\"{start}\" width=\"{length}\" height=\"10\"/>")?;
        start += length;
    }
    write!(page, "</svg>")
}
