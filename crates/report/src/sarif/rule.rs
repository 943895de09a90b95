//! Rules: one for each vulnerability, kind of secret, setting and license, with what all its findings
//! have in common.

use super::model::{Configuration, Help, Rule, RuleNotes, Text};
use crate::about::{About, limited};
use crate::{link, markdown};
use lazaret_core::finding::{Kind, RuleText};
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Tags of one rule; GitHub refuses more than twenty and shows ten.
const TAGS_MAX: usize = 10;
/// Packages named in a rule's text; the results name them all.
const PACKAGES_MAX: usize = 20;
/// Characters of a description that GitHub takes.
const DESCRIPTION_MAX: usize = 1024;

/// The rules that some findings need, sorted by id.
pub(super) fn rules<'a>(shown: &[About<'a>]) -> Vec<Rule<'a>> {
    let mut by_id: BTreeMap<(&str, Kind), Vec<&About<'a>>> = BTreeMap::new();
    for about in shown {
        by_id.entry((&about.finding.id, about.kind())).or_default().push(about);
    }
    by_id.into_iter().map(|((id, kind), findings)| rule(id, kind, &findings)).collect()
}

fn rule<'a>(id: &'a str, kind: Kind, findings: &[&About<'a>]) -> Rule<'a> {
    let severity = findings.iter().map(|about| about.finding.severity).max().unwrap_or_default();
    let mut tags = vec!["security".to_owned(), kind.name().to_owned(), severity.to_string()];
    let (short, full, help) = match kind {
        Kind::Vulnerability => {
            tags.extend(cwes(findings).iter().filter_map(|cwe| cwe_tag(cwe)));
            vulnerability(id, severity, findings)
        }
        Kind::Secret | Kind::Misconfiguration | Kind::License => {
            other(id, kind, severity, findings)
        }
    };
    tags.truncate(TAGS_MAX);
    Rule {
        kind,
        id,
        name: match kind {
            Kind::Vulnerability => "VulnerablePackage",
            Kind::Secret => "Secret",
            Kind::Misconfiguration => "Misconfiguration",
            Kind::License => "License",
        },
        short_description: Text { text: limited(&short, DESCRIPTION_MAX) },
        full_description: Text { text: limited(&full, DESCRIPTION_MAX) },
        help_uri: match kind {
            Kind::License => findings.first().and_then(|about| about.links().into_iter().next()),
            Kind::Vulnerability | Kind::Secret | Kind::Misconfiguration => link::of(id),
        },
        help,
        default_configuration: Configuration { level: super::level(severity) },
        properties: RuleNotes {
            precision: "very-high",
            security_severity: security_severity(severity, findings),
            tags,
        },
    }
}

fn cwes<'a>(findings: &[&About<'a>]) -> BTreeSet<&'a str> {
    let found = findings.iter().filter_map(|about| about.finding.vulnerability());
    found.flat_map(|found| &found.cwes).map(String::as_str).collect()
}

/// Title, description and help of a vulnerability.
fn vulnerability(id: &str, severity: Severity, findings: &[&About<'_>]) -> (String, String, Help) {
    let names: BTreeSet<&str> = findings
        .iter()
        .filter_map(|about| about.package)
        .map(|package| package.name.as_str())
        .collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    let more = names.len().saturating_sub(PACKAGES_MAX);
    names.truncate(PACKAGES_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names = format!("{}{more}", names.join(", "));
    let cwes = cwes(findings);
    let others: BTreeSet<&str> = findings
        .iter()
        .filter_map(|about| Some(link::ids(about.finding, about.finding.vulnerability()?)))
        .flatten()
        .filter(|other| *other != id)
        .collect();
    let help = Help {
        text: help_text(id, severity, &names, &others, &cwes),
        markdown: help_markdown(id, severity, findings, &others, &cwes),
    };
    (
        format!("{id} in {names}"),
        format!("{id} ({severity}) affects installed versions of {names}."),
        help,
    )
}

/// Title, description and help of what has a rule, whose text is Markdown of its author's.
fn other(
    id: &str,
    kind: Kind,
    severity: Severity,
    findings: &[&About<'_>],
) -> (String, String, Help) {
    let none = RuleText::default();
    let first = findings.first();
    let text = first.and_then(|about| about.rule()).unwrap_or(&none);
    let title = [text.title.trim(), &first.map(|about| about.title()).unwrap_or_default()]
        .into_iter()
        .find(|title| !title.trim().is_empty())
        .unwrap_or(id)
        .to_owned();
    let fix = first.map(|about| about.fix()).unwrap_or_default();
    let why = text.why.trim();
    let aliases: BTreeSet<&str> = findings
        .iter()
        .flat_map(|about| about.finding.aliases())
        .chain(&text.aliases)
        .map(String::as_str)
        .filter(|alias| *alias != id)
        .collect();
    let mut plain = vec![format!("{title} ({severity})")];
    let mut lines = vec![format!("**{}** · {severity}", markdown::escape(&title)), String::new()];
    if !why.is_empty() {
        plain.push(why.to_owned());
        lines.extend([why.to_owned(), String::new()]);
    }
    plain.push(format!("What to do: {fix}"));
    lines.extend(["### What to do".to_owned(), String::new(), fix.clone(), String::new()]);
    if !aliases.is_empty() {
        let names: Vec<&str> = aliases.iter().copied().collect();
        plain.push(format!("Also known as: {}", names.join(", ")));
        let names: Vec<String> = names.into_iter().map(markdown::code).collect();
        lines.extend([format!("Also known as {}.", names.join(", ")), String::new()]);
    }
    let full = match why {
        "" => format!("{title}. {fix}"),
        why => why.to_owned(),
    };
    let short = match kind {
        Kind::Secret => format!("Secret: {title}"),
        Kind::Vulnerability | Kind::Misconfiguration | Kind::License => title,
    };
    (short, full, Help { text: plain.join("\n"), markdown: lines.join("\n") })
}

/// The form GitHub recognizes: `external/cwe/cwe-079`.
fn cwe_tag(cwe: &str) -> Option<String> {
    let number: u32 = cwe.strip_prefix("CWE-")?.parse().ok()?;
    Some(format!("external/cwe/cwe-{number:03}"))
}

/// The number GitHub makes its severity of: the best score where it says the same as our severity,
/// else one from the middle of ours, so that both never disagree about an alert.
fn security_severity(severity: Severity, findings: &[&About<'_>]) -> Option<String> {
    let found = findings.iter().filter_map(|about| about.finding.vulnerability());
    let scores = found.flat_map(|found| &found.scores);
    let agreeing = scores
        .map(|score| score.score)
        .filter(|score| *score <= 10.0 && Severity::from_score(*score) == severity);
    match severity {
        Severity::Unknown => None,
        _ => agreeing.max_by(f64::total_cmp).or(match severity {
            Severity::Unknown => None,
            Severity::Low => Some(2.0),
            Severity::Medium => Some(5.5),
            Severity::High => Some(8.0),
            Severity::Critical => Some(9.5),
        }),
    }
    .map(|score| format!("{score:.1}"))
}

fn help_text(
    id: &str,
    severity: Severity,
    names: &str,
    others: &BTreeSet<&str>,
    cwes: &BTreeSet<&str>,
) -> String {
    let mut lines = vec![
        format!("Vulnerability {id}"),
        format!("Severity: {severity}"),
        format!("Packages: {names}"),
    ];
    for (label, words) in [("Also known as", others), ("Weaknesses", cwes)] {
        if !words.is_empty() {
            let words: Vec<&str> = words.iter().copied().collect();
            lines.push(format!("{label}: {}", words.join(", ")));
        }
    }
    lines.extend(link::of(id).map(|url| format!("Link: {url}")));
    lines.join("\n")
}

fn help_markdown(
    id: &str,
    severity: Severity,
    findings: &[&About<'_>],
    others: &BTreeSet<&str>,
    cwes: &BTreeSet<&str>,
) -> String {
    let mut lines = vec![
        format!("**{}** · {severity}", markdown::id(id)),
        String::new(),
        "| Package | Installed | Fixed | Source |".to_owned(),
        "| --- | --- | --- | --- |".to_owned(),
    ];
    let rows: BTreeSet<String> = findings
        .iter()
        .filter_map(|about| {
            let (package, vulnerability) = (about.package?, about.finding.vulnerability()?);
            Some(format!(
                "| {} | {} | {} | {} |",
                markdown::code(&package.name),
                markdown::code(&package.version),
                markdown::fixed(vulnerability),
                markdown::escape(&vulnerability.reason.segment),
            ))
        })
        .collect();
    lines.extend(rows.into_iter().take(PACKAGES_MAX));
    for (label, words) in [("Also known as", others), ("Weaknesses:", cwes)] {
        if !words.is_empty() {
            let words: Vec<String> = words.iter().map(|word| markdown::id(word)).collect();
            lines.push(String::new());
            lines.push(format!("{label} {}.", words.join(", ")));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}
