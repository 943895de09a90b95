//! What a policy does, in words, and why each of its rules came to what it did.

use crate::kind::Subject;
use crate::rule::finding::facts;
use crate::rule::image::Selector;
use crate::rule::{Remark, Rule, RuleEffect};
use crate::vex::{Applies, Scene};
use crate::{Judged, Policy, PolicyFile};
use lazaret_core::finding::{Finding, State};
use lazaret_core::report::Report;
use lazaret_core::verdict::{Effect, Verdict};
use std::fmt::{self, Write as _};

/// Findings listed under one rule.
const LISTED_MAX: usize = 20;

/// What a policy does.
pub fn explain_policy(policy: &PolicyFile) -> String {
    let mut text = format!("Policy {}", policy.name);
    if let [_, extended @ ..] = policy.files.as_slice()
        && !extended.is_empty()
    {
        push(&mut text, format_args!(", which extends {}", extended.join(", ")));
    }
    text.push('\n');
    if policy.rules.is_empty() {
        text.push_str("\nNo rule: nothing fails by itself.\n");
    } else {
        text.push_str("\nFor every image:\n");
        push_rules(&mut text, &policy.rules);
    }
    for mapping in &policy.mappings {
        let images: Vec<String> = mapping.selectors.iter().map(Selector::words).collect();
        push(&mut text, format_args!("\nFor {} ({}):\n", mapping.name, images.join("; or ")));
        push_rules(&mut text, &mapping.rules);
    }
    if !policy.mappings.is_empty() {
        text.push_str("\nOf the groups of images the first that fits holds; its rules take the ");
        text.push_str("place of those with the same id.\n");
    }
    text.push_str("\nIgnore files and VEX:\n");
    for line in hygiene(policy) {
        push(&mut text, format_args!("  {line}\n"));
    }
    text
}

fn push(text: &mut String, arguments: fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _: fmt::Result = text.write_fmt(arguments);
}

fn push_rules(text: &mut String, rules: &[Rule]) {
    for rule in rules {
        if rule.is_off() {
            push(text, format_args!("  off    {}\n", rule.id));
            continue;
        }
        let fixed = if rule.is_final { ", and no file may change that" } else { "" };
        push(
            text,
            format_args!("  {:<6} {}: {}{fixed}\n", rule.effect.name(), rule.id, rule.words()),
        );
        if !rule.selectors.is_empty() {
            let images: Vec<String> = rule.selectors.iter().map(Selector::words).collect();
            push(text, format_args!("         for images of {}\n", images.join("; or of ")));
        }
        let mut notes: Vec<String> =
            rule.reason.iter().map(|why| format!("because {why}")).collect();
        notes.extend(rule.owner.iter().map(|owner| format!("owner {owner}")));
        notes.extend(rule.until.map(|until| format!("until {until}")));
        if !notes.is_empty() {
            push(text, format_args!("         {}\n", notes.join("; ")));
        }
    }
}

fn hygiene(policy: &PolicyFile) -> Vec<String> {
    let hygiene = &policy.hygiene;
    let mut lines = Vec::new();
    if hygiene.files {
        let mut needs = Vec::new();
        for (needed, what) in [
            (hygiene.needs_reason, "a reason"),
            (hygiene.needs_owner, "an owner"),
            (hygiene.needs_expiry, "an end"),
        ] {
            if needed {
                needs.push(what.to_owned());
            }
        }
        needs.extend(hygiene.days_max.map(|days| format!("an end within {days} days")));
        lines.push(match needs.as_slice() {
            [] => "entries of ignore files hold".to_owned(),
            needs => format!("entries of ignore files hold if they have {}", needs.join(" and ")),
        });
    } else {
        lines.push("entries of ignore files do not hold".to_owned());
    }
    let vex = if hygiene.vex { "hold" } else { "do not hold" };
    lines.push(format!("statements of VEX documents {vex}"));
    let expiring = format!("an entry that is over within {} days", hygiene.expiring_days);
    for (remark, what) in [
        (hygiene.unused, "an entry that is about nothing"),
        (hygiene.expired, "an entry that is over"),
        (hygiene.expiring, expiring.as_str()),
        (hygiene.unread, "a line that cannot be applied"),
        (hygiene.foreign_vex, "a VEX document about another image"),
    ] {
        let word = match remark {
            Remark::Pass => "pass",
            Remark::Warn => "warn",
            Remark::Deny => "deny",
        };
        lines.push(format!("{word:<6} {what}"));
    }
    lines
}

/// Why each rule came to what it did, for findings and a verdict of [`crate::evaluate`].
pub fn explain_report(
    policy: &Policy,
    report: &Report,
    findings: &[Finding],
    verdict: &Verdict,
) -> String {
    let word = |effect: Effect| match effect {
        Effect::Pass => "pass",
        Effect::Warn => "warn",
        Effect::Incomplete => "incomplete",
        Effect::Fail => "fail",
    };
    let judged = Judged::of(report);
    let mut text = format!("{}: {}\n", report.image.name, word(verdict.effect));
    for decision in &verdict.decisions {
        push(
            &mut text,
            format_args!("\n{} {}: {}\n", word(decision.effect), decision.rule, decision.message),
        );
        for position in decision.findings.iter().take(LISTED_MAX) {
            let at = usize::try_from(*position).ok();
            let Some(finding) = at.and_then(|at| findings.get(at)) else { continue };
            let subject = Subject::new(finding, judged.image, judged.inventory);
            let facts = facts(subject, policy.today);
            push(&mut text, format_args!("  {}: {facts}\n", subject.words()));
        }
        let more = decision.findings.len().saturating_sub(LISTED_MAX);
        if more > 0 {
            push(&mut text, format_args!("  and {more} more\n"));
        }
    }
    let allowed = policy.rules(&judged);
    for rule in allowed.iter().filter(|rule| rule.effect == RuleEffect::Allow) {
        let by = format!("policy:{}", rule.id);
        let excused = |finding: &&Finding| {
            matches!(&finding.state, State::Suppressed { by: found, .. }
                if *found == by || found.starts_with(&format!("{by} (")))
        };
        let n = findings.iter().filter(excused).count();
        push(&mut text, format_args!("\nallow {}: {n} findings do not count\n", rule.id));
    }
    text
}

/// What VEX says of a finding: a line for each statement about its vulnerability.
pub fn explain_vex(policy: &Policy, report: &Report, finding: &Finding) -> Vec<String> {
    let scene = Scene::new(&report.image, &report.inventory);
    let subject = Subject::new(finding, &report.image, &report.inventory);
    let considered = policy.vex.about(subject, &scene);
    let newest = considered.iter().rposition(|one| one.applies.is_yes());
    considered
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let place = format!("{}, statement {}", one.document.file, one.number);
            let status = one.statement.status.name();
            match &one.applies {
                Applies::No(why) => format!("{status} does not apply ({place}): {why}"),
                Applies::Yes(by) if Some(at) == newest => {
                    format!("{status} applies ({place}): {by}")
                }
                Applies::Yes(by) => {
                    format!("{status} applies, but a newer one decides ({place}): {by}")
                }
            }
        })
        .collect()
}
