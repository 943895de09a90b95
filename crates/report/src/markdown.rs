//! GitHub's Markdown: for the job summary of a pipeline and for comments.
//!
//! Whatever an image brings is escaped: a name cannot make a link, a heading or HTML.

use crate::about::About;
use crate::{Reports, WriteOptions, end, link, text};
use lazaret_core::finding::{Finding, Kind, State, Vulnerability};
use lazaret_core::problem::Problem;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Effect;
use std::io;

/// Rows of one table. A job summary of GitHub ends at one megabyte, and readers do sooner.
const ROWS_MAX: usize = 500;
/// Characters of one text of an image.
const TEXT_MAX: usize = 400;
/// Fixed versions named in one row.
const FIXED_MAX: usize = 5;

/// Writes a section for each report.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = String::new();
    for report in &reports.0 {
        if !page.is_empty() {
            page.push('\n');
        }
        section(&mut page, report, options);
    }
    out.write_all(page.as_bytes())
}

fn section(page: &mut String, report: &Report, options: &WriteOptions) {
    let image = &report.image;
    line(page, &format!("## {}", code(&image.name)));
    line(page, "");
    let digest = image.digest.as_ref().map(|digest| format!(" · `{}`", digest.short()));
    let platform = image.platform.as_ref().map(|p| format!(" · {}", escape(&p.to_string())));
    let os = report.inventory.os.as_ref().map(|found| {
        let os = &found.os;
        let name = os.pretty_name.clone().unwrap_or_else(|| os.id.clone());
        format!(" · {}", escape(&name))
    });
    line(
        page,
        &format!(
            "**{}** · {} packages{}{}{}",
            effect(report.verdict.effect),
            report.inventory.packages.len(),
            os.unwrap_or_default(),
            platform.unwrap_or_default(),
            digest.unwrap_or_default(),
        ),
    );
    line(page, "");
    if let Some(words) = end::of_support(report, options.table.today) {
        line(page, &format!("**{}**", escape(&words)));
        line(page, "");
    }
    for decision in &report.verdict.decisions {
        let (rule, word) = (code(&decision.rule), effect(decision.effect));
        line(page, &format!("- {rule}: {word}. {}", escape(&decision.message)));
    }
    if !report.verdict.decisions.is_empty() {
        line(page, "");
    }
    counts(page, report);
    findings(page, report, options);
    suppressed(page, report, options);
    problems(page, &report.inventory.problems);
}

/// The word for an effect.
pub(crate) const fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Pass => "Pass",
        Effect::Warn => "Warn",
        Effect::Incomplete => "Incomplete",
        Effect::Fail => "Fail",
    }
}

/// What counts, by severity; all of it, shown or not.
fn counts(page: &mut String, report: &Report) {
    let severities = || Severity::ALL.into_iter().rev();
    let count = |severity| {
        let open = report.findings.iter().filter(|finding| finding.state.is_open());
        open.filter(|finding| finding.severity == severity).count().to_string()
    };
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    line(page, &row(severities().map(|severity| word(severity).to_owned()).collect()));
    line(page, &row(severities().map(|_| "---:".to_owned()).collect()));
    line(page, &row(severities().map(count).collect()));
    line(page, "");
}

/// A severity as it stands in tables.
pub const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "Unknown",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

fn findings(page: &mut String, report: &Report, options: &WriteOptions) {
    let open: Vec<_> = report.findings.iter().filter(|finding| finding.state.is_open()).collect();
    if open.is_empty() {
        line(page, "No findings.");
        return;
    }
    let mut shown = 0_usize;
    for kind in Kind::ALL {
        let of_kind: Vec<About<'_>> = open
            .iter()
            .filter(|finding| options.shows(finding) && Kind::of(finding) == kind)
            .take(ROWS_MAX)
            .map(|finding| About::of(report, finding))
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        if shown > 0 {
            line(page, "");
        }
        shown += of_kind.len();
        match kind {
            Kind::Vulnerability => vulnerabilities(page, &of_kind),
            Kind::Secret => {
                let header = "| Severity | Secret | Rule | Place | Line | Looks like |";
                others(page, header, &of_kind, |about| {
                    let secret = about.finding.secret()?;
                    Some([escape(&secret.title), escape(&about.finding.id), code(&secret.stub)])
                });
            }
            Kind::Misconfiguration => {
                let header = "| Severity | Misconfiguration | Rule | Place | Line | Here |";
                others(page, header, &of_kind, |about| {
                    let title = escape(&about.title());
                    Some([title, escape(&about.finding.id), escape(&about.what())])
                });
            }
            Kind::License => {
                let header = "| Severity | License | Class | Of | Line | Place |";
                others(page, header, &of_kind, |about| {
                    let license = about.finding.license()?;
                    let path = about.location().map(|place| code(place.path.as_str()));
                    Some([id(&license.license), escape(&license.class), path.unwrap_or_default()])
                });
            }
        }
    }
    let hidden = open.len() - shown;
    if hidden > 0 {
        line(page, "");
        line(page, &format!("{hidden} more are not shown here; the JSON report has all."));
    }
}

fn vulnerabilities(page: &mut String, shown: &[About<'_>]) {
    line(page, "| Severity | Id | Package | Installed | Fixed | Place |");
    line(page, "| --- | --- | --- | --- | --- | --- |");
    for about in shown {
        let Some(vulnerability) = about.finding.vulnerability() else { continue };
        let Some(package) = about.package else { continue };
        let place = about.location().map(|l| code(l.path.as_str()));
        let cells = [
            word(about.finding.severity).to_owned(),
            id_with_mark(about.finding),
            code(&package.name),
            code(&package.version),
            fixed(vulnerability),
            place.unwrap_or_default(),
        ];
        line(page, &format!("| {} |", cells.join(" | ")));
    }
}

/// A table of findings that are no vulnerabilities: severity, two cells of the kind's own, the
/// subject, the line, and a last cell of the kind's own.
fn others(
    page: &mut String,
    header: &str,
    shown: &[About<'_>],
    cells: impl Fn(&About<'_>) -> Option<[String; 3]>,
) {
    line(page, header);
    line(page, "| --- | --- | --- | --- | ---: | --- |");
    for about in shown {
        let Some([what, rule, last]) = cells(about) else { continue };
        let number = about.package.is_none().then(|| about.line()).flatten();
        let cells = [
            word(about.finding.severity).to_owned(),
            what,
            rule,
            code(&about.subject()),
            number.map(|number| number.to_string()).unwrap_or_default(),
            last,
        ];
        line(page, &format!("| {} |", cells.join(" | ")));
    }
}

/// The id, and whether the vulnerability is known to be exploited.
fn id_with_mark(finding: &Finding) -> String {
    let mark = if finding.is_exploited() { " **known exploited**" } else { "" };
    format!("{}{mark}", id(&finding.id))
}

/// The fixed versions, or why there is none.
pub fn fixed(vulnerability: &Vulnerability) -> String {
    if vulnerability.fixed_versions.is_empty() {
        return vulnerability.status.name().replace('_', " ");
    }
    let versions = &vulnerability.fixed_versions;
    let mut words: Vec<String> = versions.iter().take(FIXED_MAX).map(|v| code(v)).collect();
    if versions.len() > FIXED_MAX {
        words.push("…".to_owned());
    }
    words.join(", ")
}

fn suppressed(page: &mut String, report: &Report, options: &WriteOptions) {
    let rows: Vec<(&Finding, &str, &str, Option<&str>)> = report
        .findings
        .iter()
        .filter(|finding| options.shows(finding))
        .filter_map(|finding| match &finding.state {
            State::Open => None,
            State::Suppressed { by, reason, until } => {
                Some((finding, by.as_str(), reason.as_str(), until.as_deref()))
            }
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    line(page, "");
    line(page, &format!("<details><summary>{} suppressed</summary>", rows.len()));
    line(page, "");
    line(page, "| Severity | Id | Of | By | Reason | Until |");
    line(page, "| --- | --- | --- | --- | --- | --- |");
    for (finding, by, reason, until) in rows.iter().take(ROWS_MAX) {
        let about = About::of(report, finding);
        let subject = about.package.map_or_else(|| about.subject(), |p| p.name.clone());
        let cells = [
            word(finding.severity).to_owned(),
            id(&finding.id),
            code(&subject),
            escape(by),
            escape(reason),
            until.map(escape).unwrap_or_default(),
        ];
        line(page, &format!("| {} |", cells.join(" | ")));
    }
    if rows.len() > ROWS_MAX {
        line(page, "");
        line(page, &format!("And {} more.", rows.len() - ROWS_MAX));
    }
    line(page, "");
    line(page, "</details>");
}

fn problems(page: &mut String, problems: &[Problem]) {
    if problems.is_empty() {
        return;
    }
    line(page, "");
    line(page, "Not everything could be read:");
    line(page, "");
    for problem in problems.iter().take(ROWS_MAX) {
        let place = problem.location.as_ref().filter(|location| !location.path.is_root());
        let place = place.map(|location| format!("{}: ", code(location.path.as_str())));
        line(page, &format!("- {}{}", place.unwrap_or_default(), escape(&problem.message)));
    }
    if problems.len() > ROWS_MAX {
        line(page, &format!("- and {} more", problems.len() - ROWS_MAX));
    }
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

/// Text of an image as it stands in running Markdown and in table cells.
pub fn escape(text: &str) -> String {
    let plain = text::cut(&text::plain(text, true), TEXT_MAX, "…");
    let mut escaped = String::with_capacity(plain.len() + 8);
    for c in plain.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A mention sends mail to people, and a bare address becomes a link.
            '@' => escaped.push_str("&#64;"),
            ':' => escaped.push_str("&#58;"),
            '#' => escaped.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Text of an image as code. Where code could be broken out of, it is escaped text instead.
pub fn code(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let plain = text::cut(&text::plain(text, true), TEXT_MAX, "…");
    if plain.contains(['`', '|', '\\']) { escape(text) } else { format!("`{plain}`") }
}

/// An id, with a link to its issuer where there is one.
pub fn id(id: &str) -> String {
    link::of(id).map_or_else(|| escape(id), |url| format!("[{id}]({url})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_an_image_stay_text() {
        for (text, shown) in [
            ("openssl", "openssl"),
            ("[x](http://y)", "\\[x\\]\\(http&#58;//y\\)"),
            ("<img src=x>", "&lt;img src=x&gt;"),
            ("a|b", "a\\|b"),
            ("a\n## b", "a\\\\n&#35;&#35; b"),
            ("@team", "&#64;team"),
            ("www\u{202e}x", "www\\\\u\\{202e\\}x"),
        ] {
            assert_eq!(escape(text), shown);
        }
        assert_eq!(code("libc6"), "`libc6`");
        assert_eq!(code("a`b"), "a\\`b");
        assert_eq!(code("a|b"), "a\\|b");
        assert_eq!(id("CVE-1-2"), "[CVE-1-2](https://nvd.nist.gov/vuln/detail/CVE-1-2)");
    }
}
