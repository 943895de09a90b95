//! Rules: one for each vulnerability, with what all its findings have in common.

use super::model::{Configuration, Help, Rule, RuleNotes, Text};
use crate::{link, markdown};
use lazaret_core::finding::{Finding, Vulnerability};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Tags of one rule; GitHub refuses more than twenty and shows ten.
const TAGS_MAX: usize = 10;
/// Packages named in a rule's text; the results name them all.
const PACKAGES_MAX: usize = 20;

/// The rules that some findings need, sorted by id.
pub(super) fn rules<'a>(
    report: &'a Report,
    shown: &[(&'a Finding, &'a Vulnerability)],
) -> Vec<Rule<'a>> {
    let mut by_id: BTreeMap<&str, Vec<(&Finding, &Vulnerability)>> = BTreeMap::new();
    for (finding, vulnerability) in shown {
        by_id.entry(&finding.id).or_default().push((finding, vulnerability));
    }
    by_id.into_iter().map(|(id, findings)| rule(report, id, &findings)).collect()
}

fn rule<'a>(report: &Report, id: &'a str, findings: &[(&Finding, &Vulnerability)]) -> Rule<'a> {
    let severity = findings.iter().map(|(finding, _)| finding.severity).max().unwrap_or_default();
    let packages: BTreeSet<(&str, &str)> = findings
        .iter()
        .filter_map(|(_, vulnerability)| report.inventory.package(vulnerability.package))
        .map(|package| (package.name.as_str(), package.version.as_str()))
        .collect();
    let names: BTreeSet<&str> = packages.iter().map(|(name, _)| *name).collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    let more = names.len().saturating_sub(PACKAGES_MAX);
    names.truncate(PACKAGES_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names = format!("{}{more}", names.join(", "));
    let cwes: BTreeSet<&str> =
        findings.iter().flat_map(|(_, v)| &v.cwes).map(String::as_str).collect();
    let others: BTreeSet<&str> =
        findings.iter().flat_map(|(f, v)| link::ids(f, v)).filter(|other| *other != id).collect();

    let mut tags = vec!["security".to_owned(), "vulnerability".to_owned(), severity.to_string()];
    tags.extend(cwes.iter().filter_map(|cwe| cwe_tag(cwe)));
    tags.truncate(TAGS_MAX);
    Rule {
        id,
        name: "VulnerablePackage",
        short_description: Text { text: format!("{id} in {names}") },
        full_description: Text {
            text: format!("{id} ({severity}) affects installed versions of {names}."),
        },
        help_uri: link::of(id),
        help: Help {
            text: help_text(id, severity, &names, &others, &cwes),
            markdown: help_markdown(report, id, severity, findings, &others, &cwes),
        },
        default_configuration: Configuration { level: super::level(severity) },
        properties: RuleNotes {
            precision: "very-high",
            security_severity: security_severity(severity, findings),
            tags,
        },
    }
}

/// The form GitHub recognizes: `external/cwe/cwe-079`.
fn cwe_tag(cwe: &str) -> Option<String> {
    let number: u32 = cwe.strip_prefix("CWE-")?.parse().ok()?;
    Some(format!("external/cwe/cwe-{number:03}"))
}

/// The number GitHub makes its severity of: the best score where it says the same as our severity,
/// else one from the middle of ours, so that both never disagree about an alert.
fn security_severity(
    severity: Severity,
    findings: &[(&Finding, &Vulnerability)],
) -> Option<String> {
    let scores = findings.iter().flat_map(|(_, vulnerability)| &vulnerability.scores);
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
    report: &Report,
    id: &str,
    severity: Severity,
    findings: &[(&Finding, &Vulnerability)],
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
        .filter_map(|(_, vulnerability)| {
            let package = report.inventory.package(vulnerability.package)?;
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
