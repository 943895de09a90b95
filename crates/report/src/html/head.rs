//! What was scanned, and whether it may pass.

use super::markup::text;
use super::{Subject, day, effect_class};
use crate::table::{self, thousands};
use crate::{end, markdown};
use lazaret_core::digest::Digest;
use lazaret_core::inventory::Os;
use lazaret_core::report::TargetKind;
use lazaret_core::verdict::{Effect, Verdict};
use std::fmt::{self, Write as _};

/// Decisions written out; a policy has a handful.
const DECISIONS_MAX: usize = 100;

/// The verdict in a word.
pub(super) const fn verdict_word(verdict: &Verdict) -> &'static str {
    if is_asked(verdict) { markdown::effect(verdict.effect) } else { "Not judged" }
}

/// Whether there was a rule to judge by.
const fn is_asked(verdict: &Verdict) -> bool {
    !verdict.decisions.is_empty() || !matches!(verdict.effect, Effect::Pass)
}

/// Writes the name, the verdict with its reasons, and the facts.
pub(super) fn write(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let Subject { report, n, .. } = *subject;
    writeln!(page, "<header class=\"head\">")?;
    let of = match report.target {
        TargetKind::Image => "Container image",
        TargetKind::Rootfs => "Root file system",
        TargetKind::Filesystem => "Source tree",
        TargetKind::Config => "Configuration",
        TargetKind::Sbom => "Bill of materials",
    };
    writeln!(page, "<p class=\"kind\">{of}</p>")?;
    writeln!(page, "<h1 id=\"name-{n}\"><bdi>{}</bdi></h1>", text(subject.name()))?;
    writeln!(page, "</header>")?;
    verdict(page, subject)?;
    facts(page, subject)
}

fn facts(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let report = subject.report;
    let image = &report.image;
    let digest = |digest: &Digest| format!("{}:{}", digest.algorithm().name(), digest.short());
    let os = report.inventory.os.as_ref().map(|found| name_of_os(&found.os));
    let packages = table::packages_of(report);
    writeln!(page, "<dl class=\"facts\">")?;
    let mut fact = |term: &str, value: Option<String>| {
        value.map_or(Ok(()), |value| {
            writeln!(page, "<div><dt>{term}</dt><dd><bdi>{}</bdi></dd></div>", text(&value))
        })
    };
    fact("Operating system", Some(os.unwrap_or_else(|| "none recognized".to_owned())))?;
    fact("Platform", image.platform.as_ref().map(ToString::to_string))?;
    fact("Packages", Some(packages))?;
    if report.target == TargetKind::Image {
        let bytes =
            image.layers.iter().fold(0, |sum: u64, layer| sum.saturating_add(layer.size_bytes));
        let layers = table::plural(image.layers.len(), "layer");
        fact("Layers", Some(format!("{layers}, {}", size(bytes))))?;
    }
    let created = image.config.created.as_ref();
    fact(
        "Built",
        created.map(|time| time.split_once('T').map_or(time.clone(), |(day, _)| day.to_owned())),
    )?;
    match &image.digest {
        Some(manifest) => fact("Digest", Some(digest(manifest)))?,
        None => fact("Image id", image.config_digest.as_ref().map(digest))?,
    }
    writeln!(page, "</dl>")
}

fn name_of_os(os: &Os) -> String {
    os.pretty_name.clone().unwrap_or_else(|| table::os_name(Some(os)))
}

/// A number of bytes as people read it.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(super) fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    let mut units = ["B", "kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        // What would be rounded to a thousand is one of the next unit.
        if size < 999.5 {
            break;
        }
        size /= 1000.0;
        unit = next;
    }
    let digits = usize::from(unit != "B" && size < 9.95);
    format!("{size:.digits$} {unit}")
}

fn verdict(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let Subject { report, n, .. } = *subject;
    let class =
        if is_asked(&report.verdict) { effect_class(report.verdict.effect) } else { "none" };
    writeln!(
        page,
        "<section class=\"verdict {class}\" id=\"verdict-{n}\" aria-labelledby=\"verdict-title-{n}\">"
    )?;
    writeln!(
        page,
        "<h2 id=\"verdict-title-{n}\"><span class=\"label\">Verdict</span> {}</h2>",
        verdict_word(&report.verdict)
    )?;
    decisions(page, subject)?;
    totals(page, subject)?;
    writeln!(page, "</section>")
}

/// Why the verdict is what it is: the rules that object first.
fn decisions(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let verdict = &subject.report.verdict;
    if !is_asked(verdict) {
        return writeln!(
            page,
            "<p>No rule was asked for. <code>--fail-on</code> or a policy decides whether an image \
             may pass.</p>"
        );
    }
    writeln!(page, "<ul class=\"why\">")?;
    let mut order: Vec<usize> = (0..verdict.decisions.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(verdict.decisions.get(at).map(|d| d.effect)));
    for &at in order.iter().take(DECISIONS_MAX) {
        let Some(decision) = verdict.decisions.get(at) else { continue };
        write!(
            page,
            "<li><span class=\"word {}\">{}</span> <span>{} <code>{}</code>",
            effect_class(decision.effect),
            markdown::effect(decision.effect),
            text(&decision.message),
            text(&decision.rule),
        )?;
        if !decision.findings.is_empty() {
            let n = subject.n;
            write!(
                page,
                " <a class=\"jump\" href=\"#findings-{n}\" data-decision=\"{at}\">Show them</a>"
            )?;
        }
        writeln!(page, "</span></li>")?;
    }
    writeln!(page, "</ul>")?;
    if order.len() > DECISIONS_MAX {
        let more = thousands(order.len() - DECISIONS_MAX);
        writeln!(page, "<p>And {more} more rules; the JSON report has all.</p>")?;
    }
    Ok(())
}

/// How many findings there are, and what a reader of the numbers should know besides.
fn totals(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let report = subject.report;
    write!(page, "<p class=\"totals\">")?;
    let total = subject.tally.total();
    write!(page, "<b>{}</b>", table::plural(total, "finding"))?;
    if total > 0 {
        write!(page, ": {}", subject.tally.words())?;
    }
    let mut part = |n: usize, words: &str| {
        if n > 0 { write!(page, " · {} {words}", thousands(n)) } else { Ok(()) }
    };
    part(subject.tally.fixable(), "with a known fix")?;
    part(subject.open.iter().filter(|f| f.is_exploited()).count(), "known to be exploited")?;
    part(subject.suppressed, "suppressed")?;
    part(subject.hidden, "left out by --severity or --ignore-unfixed")?;
    writeln!(page, "</p>")?;
    let problems = report.inventory.problems.len();
    if problems > 0 {
        writeln!(
            page,
            "<p class=\"note\"><a href=\"#problems-{}\">Incomplete: {}.</a> Findings may be missing.</p>",
            subject.n,
            table::plural(problems, "problem"),
        )?;
    }
    if let Some(words) = end::of_support(report, subject.options.table.today) {
        writeln!(page, "<p class=\"note\">{}</p>", text(&words))?;
    }
    if let Some(newest) = report.provenance.database.as_ref().and_then(|d| d.newest.as_deref()) {
        writeln!(page, "<p class=\"as-of\">Advisories known on {}.</p>", day(newest))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_people_use() {
        for (bytes, written) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (9_949, "9.9 kB"),
            (9_960, "10 kB"),
            (999_499, "999 kB"),
            (999_600, "1.0 MB"),
            (28_231_000, "28 MB"),
            (3_100_000_000, "3.1 GB"),
        ] {
            assert_eq!(size(bytes), written);
        }
    }
}
