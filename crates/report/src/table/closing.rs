//! The end of a report: what could not be checked, what it was checked against, and the answer.

use super::columns::severities;
use super::style::Role;
use super::{Counts, Page, Report, count, plural, thousands};
use crate::base::BESIDE;
use lazaret_core::finding::{Finding, Kind, State};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::{DatabaseOrigin, DatabaseUse};
use lazaret_core::verdict::{Effect, Verdict};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Problems written out in full; JSON has them all.
const PROBLEMS_MAX: usize = 20;
/// A part of a line, in pieces that have a color each.
type Part = Vec<(Role, String)>;

/// Age in days from which on advisories are worth a look themselves.
const STALE_DAYS: i64 = 30;

/// What could not be read, and what no advisory source knows.
pub(super) fn problems(page: &mut Page<'_>, report: &Report) {
    let (uncovered, unread): (Vec<&Problem>, Vec<&Problem>) =
        report.inventory.problems.iter().partition(|problem| problem.kind == ProblemKind::Coverage);
    let incomplete =
        format!("Incomplete: {}, findings may be missing", plural(unread.len(), "problem"));
    list(page, report, &incomplete, &unread);
    list(page, report, "Not covered, or in part: more may be wrong", &uncovered);
}

fn list(page: &mut Page<'_>, report: &Report, heading: &str, problems: &[&Problem]) {
    if problems.is_empty() {
        return;
    }
    page.gap();
    let heading = page.pen.paint(Role::Warn, heading);
    page.line(heading);
    for problem in problems.iter().take(PROBLEMS_MAX) {
        let text = page.plain(&place_and_message(report, problem));
        let bullet = if page.options.unicode { "•" } else { "-" };
        page.prose(2, bullet, Role::Dim, &text);
    }
    if problems.len() > PROBLEMS_MAX {
        let more = format!("+ {} more", thousands(problems.len() - PROBLEMS_MAX));
        let more = page.pen.paint(Role::Dim, &more);
        page.line(format!("     {more}"));
    }
}

/// Where a problem is, what it is, and who says so.
fn place_and_message(report: &Report, problem: &Problem) -> String {
    let place = problem.location.as_ref().map_or_else(String::new, |location| {
        let lines = location.lines.map_or_else(String::new, |lines| match lines.end {
            end if end == lines.start => format!(":{end}"),
            end => format!(":{}-{end}", lines.start),
        });
        let layer = location.layer.0;
        if report.image.is_beside(location.layer) {
            format!("{}{lines} {BESIDE}: ", location.path)
        } else if location.path.is_root() {
            format!("layer {layer}: ")
        } else {
            format!("/{}{lines} in layer {layer}: ", location.path)
        }
    });
    let by = problem.extractor.as_ref().map_or_else(String::new, |by| format!(" ({by})"));
    format!("{place}{}{by}", problem.message)
}

/// What was read beside the image.
pub(super) fn attached(page: &mut Page<'_>, report: &Report) {
    let attached = &report.provenance.attached;
    let Some(first) = attached.first() else { return };
    page.gap();
    let count = match attached.len() {
        1 => "a bill of materials".to_owned(),
        count => format!("{} bills of materials", thousands(count)),
    };
    let joined = format!("Joined with {count} {BESIDE}: {}", first.signature.words());
    page.prose(0, "", Role::Text, &joined);
}

/// What packages were checked against, and how old that is.
pub(super) fn advisories(page: &mut Page<'_>, report: &Report) {
    let Some(database) = &report.provenance.database else {
        // Who looked for something else asked for none.
        if report.provenance.looked_for.iter().all(|kind| *kind == Kind::Vulnerability) {
            page.gap();
            page.line("Advisories: none asked");
        }
        return;
    };
    page.gap();
    let origin = match database.origin {
        DatabaseOrigin::Snapshot => "snapshot in the program",
        DatabaseOrigin::Directory => "database on disk",
    };
    let (newest, is_stale) = newest(page, database);
    let newest = page.plain(&newest);
    let role = if is_stale { Role::Warn } else { Role::Text };
    let origin = format!("Advisories: {origin}");
    page.spans(0, &[vec![(Role::Text, origin)], vec![(role, newest)]]);
    let segments: Vec<String> = database
        .segments
        .iter()
        .map(|segment| {
            let newest = segment.newest.as_deref().map_or("undated", day);
            page.plain(&format!("{} ({newest})", segment.name))
        })
        .collect();
    if segments.is_empty() {
        page.line("  no source covers this image");
    } else {
        page.list(2, "asked", Role::Dim, &segments);
    }
}

/// When the newest record of a database is from, and whether that is long ago.
fn newest(page: &Page<'_>, database: &DatabaseUse) -> (String, bool) {
    let Some(newest) = database.newest.as_deref().map(day) else {
        return ("newest record of unknown date".to_owned(), true);
    };
    let days =
        page.options.today.zip(date(newest)).map(|(today, newest)| (today - newest).whole_days());
    match days {
        Some(0) => (format!("newest record {newest} (today)"), false),
        Some(days @ 1..) => {
            let days_text = plural(usize::try_from(days).unwrap_or(usize::MAX), "day");
            (format!("newest record {newest} ({days_text} old)"), days > STALE_DAYS)
        }
        Some(_) => (format!("newest record {newest} (after today: check the clock)"), true),
        None => (format!("newest record {newest}"), false),
    }
}

/// The day of an RFC 3339 time.
fn day(time: &str) -> &str {
    time.split_once('T').map_or(time, |(day, _)| day)
}

fn date(day: &str) -> Option<time::Date> {
    time::Date::parse(day, time::macros::format_description!("[year]-[month]-[day]")).ok()
}

/// How many findings there are, what is not shown, and the verdict.
pub(super) fn answer(page: &mut Page<'_>, report: &Report) {
    page.gap();
    let open: Vec<&Finding> = report.findings.iter().filter(|f| f.state.is_open()).collect();
    let mut parts: Vec<Part> = Vec::new();
    if open.is_empty() {
        parts.push(nothing_found(report));
    } else {
        parts.extend(totals(&open));
    }
    let suppressed = suppressed(&report.findings);
    let suppressed = page.plain(&suppressed);
    parts.extend(remarks(suppressed, is_incomplete(report) && !open.is_empty()));
    page.spans(0, &parts);
    not_shown(page, &open);
    verdict(page, &report.verdict);
}

/// What it means that nothing was found.
fn nothing_found(report: &Report) -> Part {
    let packages = report.inventory.packages.len();
    let noun = plural(packages, "package");
    let asked = report.provenance.database.as_ref().map(|database| database.segments.len());
    let (role, incomplete) =
        if is_incomplete(report) { (Role::Warn, ", incomplete") } else { (Role::Text, "") };
    let others: Vec<String> = report
        .provenance
        .looked_for
        .iter()
        .filter(|kind| **kind != Kind::Vulnerability)
        .map(|kind| format!("no {}", kind.plural()))
        .collect();
    let meaning = match (packages, asked) {
        (_, None) if !others.is_empty() => "vulnerabilities were not looked for".to_owned(),
        (_, None) => "packages were only listed, vulnerabilities were not looked for".to_owned(),
        (0, Some(_)) => {
            "no packages were found, so there was nothing to check; software that no package \
             manager installed is not seen"
                .to_owned()
        }
        (_, Some(0)) => format!("no advisory source covers the {noun}, nothing is known of them"),
        (_, Some(_)) if is_incomplete(report) => {
            format!("no known vulnerabilities in what could be checked of {noun}")
        }
        (_, Some(_)) => format!("no known vulnerabilities in {noun}"),
    };
    let mut words = others;
    words.push(meaning);
    vec![(role, format!("0 findings{incomplete}: {}", words.join(", ")))]
}

fn is_incomplete(report: &Report) -> bool {
    !report.inventory.problems.is_empty()
}

/// How many findings there are of each severity, how many have a fix, and how many are known to be
/// exploited.
fn totals(open: &[&Finding]) -> Vec<Part> {
    let counts: Counts = count(open.iter().copied());
    let mut total = vec![(Role::Heading, plural(open.len(), "finding"))];
    for (n, (severity, of_it)) in counts.iter().rev().enumerate() {
        total.push((Role::Text, if n == 0 { ": " } else { ", " }.to_owned()));
        let word = format!("{} {}", thousands(*of_it), severity.name().to_ascii_lowercase());
        total.push((Role::Severity(*severity), word));
    }
    let mut parts = vec![total];
    let of = |kind: Kind| open.iter().filter(|finding| Kind::of(finding) == kind).count();
    for (kind, noun) in [
        (Kind::Secret, "secret"),
        (Kind::Misconfiguration, "misconfiguration"),
        (Kind::License, "license"),
    ] {
        if of(kind) > 0 {
            parts.push(vec![(Role::Text, plural(of(kind), noun))]);
        }
    }
    if of(Kind::Vulnerability) > 0 {
        let fixable = open.iter().filter(|finding| finding.is_fixable()).count();
        parts.push(vec![(Role::Text, format!("{} fixable", thousands(fixable)))]);
    }
    let exploited = open.iter().filter(|finding| finding.is_exploited()).count();
    if exploited > 0 {
        parts.push(vec![(Role::Bad, format!("{} known exploited", thousands(exploited)))]);
    }
    parts
}

/// What a reader of the totals should know besides.
fn remarks(suppressed: String, incomplete: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    if !suppressed.is_empty() {
        parts.push(vec![(Role::Text, suppressed)]);
    }
    if incomplete {
        parts.push(vec![(Role::Warn, "incomplete".to_owned())]);
    }
    parts
}

/// Reasons that are named in the summary; the rest is counted together.
const REASONS_SHOWN: usize = 4;

/// How many findings are suppressed, and by what, those that suppress most first; nothing if none is.
fn suppressed<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        if let State::Suppressed { by, .. } = &finding.state {
            *by_reason.entry(reason(by)).or_default() += 1;
        }
    }
    let total: usize = by_reason.values().sum();
    if total == 0 {
        return String::new();
    }
    let mut reasons: Vec<(&str, usize)> = by_reason.into_iter().collect();
    reasons.sort_by_key(|(_, n)| Reverse(*n));
    let mut parts: Vec<String> = reasons
        .iter()
        .take(REASONS_SHOWN)
        .map(|(by, n)| format!("{} {by}", thousands(*n)))
        .collect();
    let rest: usize = reasons.iter().skip(REASONS_SHOWN).map(|(_, n)| n).sum();
    if rest > 0 {
        parts.push(format!("{} others", thousands(rest)));
    }
    format!("{} suppressed ({})", thousands(total), parts.join(", "))
}

/// What suppresses, without the line of a file.
fn reason(by: &str) -> &str {
    match by.rsplit_once(':') {
        Some((file, line)) if !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()) => file,
        _ => by,
    }
}

/// What the options left out.
fn not_shown(page: &mut Page<'_>, open: &[&Finding]) {
    let options = page.options;
    let by_severity = open.iter().filter(|f| !options.severities.contains(&f.severity)).copied();
    let by_severity = count(by_severity);
    let unfixed = open
        .iter()
        .filter(|f| options.severities.contains(&f.severity))
        .filter(|f| options.ignore_unfixed && f.is_unfixed())
        .count();
    let mut parts = Vec::new();
    if !by_severity.is_empty() {
        parts.push(format!("{} (--severity)", severities(&by_severity)));
    }
    if unfixed > 0 {
        parts.push(format!("{} without a fix (--ignore-unfixed)", thousands(unfixed)));
    }
    if !parts.is_empty() {
        let text = format!("Not shown: {}", parts.join(", "));
        page.prose(0, "", Role::Text, &text);
    }
}

/// The word for an effect, and how it looks.
const fn effect(effect: Effect) -> (&'static str, Role) {
    match effect {
        Effect::Pass => ("pass", Role::Good),
        Effect::Warn => ("warn", Role::Warn),
        Effect::Fail => ("fail", Role::Bad),
        Effect::Incomplete => ("incomplete", Role::Bad),
    }
}

/// The verdict, and the rules it rests on.
fn verdict(page: &mut Page<'_>, verdict: &Verdict) {
    let (word, role) = effect(verdict.effect);
    let decisive: Vec<(&str, Role, String)> = verdict
        .decisions
        .iter()
        .filter(|decision| decision.effect != Effect::Pass || verdict.effect == Effect::Pass)
        .map(|decision| {
            let (word, role) = effect(decision.effect);
            let text = page.plain(&format!("{} ({})", decision.message, decision.rule));
            (word, role, text)
        })
        .collect();
    let label = format!("Verdict: {word}");
    match decisive.as_slice() {
        [] if verdict.decisions.is_empty() && verdict.effect == Effect::Pass => {
            page.line("Verdict: none asked for (--fail-on SEVERITY asks for one)");
        }
        [(_, _, text)] => page.prose(0, &label, role, text),
        decisive => {
            let label = page.pen.paint(role, &label);
            page.line(label);
            for (word, role, text) in decisive {
                page.prose(2, &format!("{word:<10}"), *role, text);
            }
        }
    }
}

/// The end of several reports.
pub(super) fn total(page: &mut Page<'_>, reports: &[Report]) {
    if reports.is_empty() {
        page.line("Nothing was scanned.");
        return;
    }
    let all = || reports.iter().flat_map(|report| &report.findings);
    let open: Vec<&Finding> = all().filter(|finding| finding.state.is_open()).collect();
    let suppressed = page.plain(&suppressed(all()));
    let images = plural(reports.len(), "image");
    let mut parts = vec![vec![(Role::Heading, format!("Total of {images}"))]];
    if open.is_empty() {
        parts.push(vec![(Role::Text, "0 findings".to_owned())]);
    } else {
        parts.extend(totals(&open));
    }
    parts.extend(remarks(suppressed, reports.iter().any(is_incomplete)));
    page.spans(0, &parts);
    let mut verdicts = Vec::new();
    for kind in [Effect::Fail, Effect::Incomplete, Effect::Warn, Effect::Pass] {
        let n = reports.iter().filter(|report| report.verdict.effect == kind).count();
        if n > 0 {
            let (word, role) = effect(kind);
            verdicts.push(page.pen.paint(role, &format!("{} {word}", thousands(n))));
        }
    }
    page.line(format!("Verdicts: {}", verdicts.join(", ")));
}
