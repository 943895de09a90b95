//! From findings to a verdict.
//!
//! First everything that excuses a finding is asked, then every rule. To judge thousands of findings
//! by dozens of rules in no time, rules are sorted by the kinds and severities they are about, and
//! what a rule asks of a package is asked once for each package.

use crate::baseline::BASELINE;
use crate::hygiene::{Hygienist, refusal};
use crate::kind::{Kind, Subject};
use crate::rego::{IGNORE_POLICY, Reply, Session};
use crate::rule::finding::{Context, Dates, Fit};
use crate::rule::image::Answer;
use crate::rule::{Rule, RuleEffect, Unanswered};
use crate::suppress::Entry;
use crate::vex::{Scene, Statements};
use crate::{Day, FailOn, Judged, Policy};
use lazaret_core::finding::{Finding, State};
use lazaret_core::problem::Problem;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::{Decision, Effect, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Judges the findings of one image.
///
/// Findings come back as they were, but for those something suppressed. Every rule gives a decision,
/// passed ones included, so that the report says what was asked.
pub fn evaluate(
    policy: &Policy,
    judged: &Judged<'_>,
    mut findings: Vec<Finding>,
) -> (Vec<Finding>, Verdict) {
    let rules = policy.rules(judged);
    let mut hygienist = Hygienist::new(policy, judged);
    let mut session = Session::new(judged, policy.view, policy.today);
    let states = suppressions(policy, judged, &findings, &rules, &mut hygienist, &mut session);
    for (finding, state) in findings.iter_mut().zip(states) {
        if let Some(state) = state {
            finding.state = state;
        }
    }
    let mut decisions = decide(policy, judged, &findings, &rules, &mut session);
    decisions.extend(by_flags(policy, judged, &findings));
    decisions.extend(by_ignore_policy(policy, &findings, &session));
    decisions.extend(hygienist.decisions());
    let worst = decisions.iter().map(|decision| decision.effect).max().unwrap_or_default();
    // What Rego would have said, nobody knows: not even that the image fails.
    let effect = if session.has_failed() { Effect::Incomplete } else { worst };
    (findings, Verdict { effect, decisions })
}

/// Makes findings of a saved report count again that an earlier judgment suppressed, so that another
/// policy decides for itself. What the scan itself suppressed stays so.
pub fn reopen(findings: &mut [Finding]) {
    for finding in findings {
        if let State::Suppressed { by, .. } = &finding.state
            && is_of_judgment(by)
        {
            finding.state = State::Open;
        }
    }
}

/// Whether a suppression is one of this crate's.
fn is_of_judgment(by: &str) -> bool {
    // `file:line`, with or without an owner behind it.
    let place = by.split(" (").next().unwrap_or(by);
    let line = place.rsplit_once(':').map(|(_, line)| line);
    by.starts_with("policy:")
        || by.starts_with("vex:")
        || by.starts_with(REGO)
        || matches!(by, "ignore-status" | "ignore-unfixed" | BASELINE)
        || line.is_some_and(|line| !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()))
}

/// What a suppression by an ignore policy begins with.
const REGO: &str = "rego:";

/// What becomes of each finding that counts so far.
fn suppressions<'a>(
    policy: &'a Policy,
    judged: &'a Judged<'_>,
    findings: &[Finding],
    rules: &[&'a Rule],
    hygienist: &mut Hygienist<'_>,
    session: &mut Session<'a>,
) -> Vec<Option<State>> {
    let hygiene = policy.hygiene();
    let entries = Entries::new(policy);
    let scene =
        (!policy.vex.documents().is_empty()).then(|| Scene::new(judged.image, judged.inventory));
    if let Some(scene) = &scene {
        hygienist.look_at_vex(policy.vex.foreign(scene));
    }
    let allows: Vec<&Rule> =
        rules.iter().copied().filter(|rule| rule.effect == RuleEffect::Allow).collect();
    let mut allowing = Matcher::new(&allows, judged, policy.today);
    let mut states = Vec::with_capacity(findings.len());
    for finding in findings {
        let subject = Subject::new(finding, judged.image, judged.inventory);
        // Every entry that is about it is of use, though one of them is enough.
        let mut accepted: Option<&Entry> = None;
        for (position, entry) in entries.about(subject) {
            hygienist.is_used(position);
            let refused = !hygiene.files
                || entry.is_expired(policy.today)
                || refusal(&hygiene, entry, policy.today).is_some();
            if !refused && accepted.is_none() {
                accepted = Some(entry);
            }
        }
        if !finding.state.is_open() {
            states.push(None);
            continue;
        }
        let vex = || {
            let scene = scene.as_ref().filter(|_| hygiene.vex)?;
            by_vex(&policy.vex, subject, scene)
        };
        let by_entry = || {
            let entry = accepted?;
            Some(State::Suppressed {
                by: entry.by(),
                reason: entry.reason.clone().unwrap_or_else(|| "no reason is given".to_owned()),
                until: entry.until.map(|day| day.to_string()),
            })
        };
        let mut by_rule = || {
            for (at, fit) in allowing.hits(subject) {
                let Some(rule) = allows.get(at).filter(|_| fit == Fit::Yes) else { continue };
                let reply = match &rule.code {
                    Some(code) => session.ask_of(rule, code, subject),
                    None => Reply { fires: true, ..Reply::default() },
                };
                if !reply.fires {
                    continue;
                }
                let reason = rule.reason.clone().or_else(|| reply.words());
                return Some(State::Suppressed {
                    by: rule_by(rule),
                    reason: reason.unwrap_or_else(|| "a rule allows it".to_owned()),
                    until: rule.until.map(|day| day.to_string()),
                });
            }
            None
        };
        let state = vex()
            .or_else(by_entry)
            .or_else(&mut by_rule)
            .or_else(|| by_flag(policy, finding))
            .or_else(|| by_baseline(policy, finding));
        let state = state.or_else(|| by_rego(policy, session, finding));
        states.push(state);
    }
    states
}

fn rule_by(rule: &Rule) -> String {
    match &rule.owner {
        Some(owner) => format!("policy:{} ({owner})", rule.id),
        None => format!("policy:{}", rule.id),
    }
}

/// The newest statement that applies decides.
fn by_vex(statements: &Statements, subject: Subject<'_>, scene: &Scene<'_>) -> Option<State> {
    let considered = statements.about(subject, scene);
    let newest = considered.iter().rfind(|one| one.applies.is_yes())?;
    newest.statement.status.suppresses().then(|| State::Suppressed {
        by: format!("vex:{}", newest.document.file),
        reason: newest.statement.reason(),
        until: None,
    })
}

/// The flag that suppresses a finding, and why.
fn by_flag(policy: &Policy, finding: &Finding) -> Option<State> {
    let status = finding.vulnerability()?.status;
    let (by, reason) = if policy.ignore_statuses.contains(&status) {
        ("ignore-status", format!("its status is {status}"))
    } else if policy.ignore_unfixed && finding.is_unfixed() {
        ("ignore-unfixed", "no fixed version is known".to_owned())
    } else {
        return None;
    };
    Some(State::Suppressed { by: by.to_owned(), reason, until: None })
}

fn by_baseline(policy: &Policy, finding: &Finding) -> Option<State> {
    let baseline = policy.baseline.as_ref().filter(|baseline| baseline.has(finding))?;
    let reason = format!("it is in {} already", baseline.file);
    Some(State::Suppressed { by: BASELINE.to_owned(), reason, until: None })
}

/// What Trivy says of a finding its ignore policy ignores.
fn by_rego(policy: &Policy, session: &mut Session<'_>, finding: &Finding) -> Option<State> {
    let file = policy.ignore_policy.as_ref().filter(|_| policy.takes_ignore_policy().is_ok())?;
    session.ignores(file, finding).then(|| State::Suppressed {
        by: format!("{REGO}{}", file.file),
        reason: "Filtered by Rego".to_owned(),
        until: None,
    })
}

/// What the ignore policy came to.
fn by_ignore_policy(
    policy: &Policy,
    findings: &[Finding],
    session: &Session<'_>,
) -> Option<Decision> {
    let file = &policy.ignore_policy.as_ref()?.file;
    let made = |effect: Effect, message: String, findings: Vec<u32>| {
        let rule = IGNORE_POLICY.to_owned();
        Some(Decision { rule, effect, message, findings })
    };
    if let Some(failure) = session.failure(IGNORE_POLICY) {
        return made(Effect::Incomplete, failure.to_owned(), Vec::new());
    }
    if let Err(why) = policy.takes_ignore_policy() {
        return made(Effect::Warn, format!("{file} does not hold: {why}"), Vec::new());
    }
    let by = format!("{REGO}{file}");
    let is_its = |finding: &Finding| matches!(&finding.state, State::Suppressed { by: other, .. } if *other == by);
    let hits = (0_u32..).zip(findings).filter(|(_, finding)| is_its(finding));
    let hits: Vec<u32> = hits.map(|(position, _)| position).collect();
    made(Effect::Pass, format!("{} ignored by {file}", count(hits.len())), hits)
}

/// Entries of ignore files, found by id.
struct Entries<'a> {
    by_id: BTreeMap<&'a str, Vec<(usize, &'a Entry)>>,
    others: Vec<(usize, &'a Entry)>,
}

impl<'a> Entries<'a> {
    fn new(policy: &'a Policy) -> Self {
        let mut entries = Self { by_id: BTreeMap::new(), others: Vec::new() };
        let all = policy.ignore_files.iter().flat_map(|file| &file.entries);
        for (position, entry) in all.enumerate() {
            match &entry.id {
                Some(id) => entries.by_id.entry(id).or_default().push((position, entry)),
                None => entries.others.push((position, entry)),
            }
        }
        entries
    }

    /// Every entry about a finding, in the order of the files.
    fn about(&self, subject: Subject<'_>) -> Vec<(usize, &'a Entry)> {
        if self.by_id.is_empty() && self.others.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(usize, &Entry)> = Vec::new();
        for id in subject.ids() {
            let same = self.by_id.get(id.to_ascii_lowercase().as_str());
            found.extend(same.into_iter().flatten().copied());
        }
        found.extend(self.others.iter().copied());
        found.retain(|(_, entry)| entry.is_about(subject));
        found.sort_by_key(|(position, _)| *position);
        found.dedup_by_key(|(position, _)| *position);
        found
    }
}

/// Rules made ready for many findings.
pub(crate) struct Matcher<'a> {
    rules: Vec<&'a Rule>,
    /// Positions of the rules that look at findings of a kind and a severity.
    buckets: Vec<Vec<usize>>,
    /// Whether a rule is about a package, by rule and package.
    packages: Vec<Option<bool>>,
    package_count: usize,
    context: Context,
}

impl<'a> Matcher<'a> {
    pub(crate) fn new(rules: &[&'a Rule], judged: &Judged<'_>, today: Option<Day>) -> Self {
        let is_over =
            |rule: &Rule| rule.until.is_some_and(|until| today.is_none_or(|today| until < today));
        let holds = |rule: &Rule| match (&rule.image, rule.effect) {
            // An exception with an end, or for images this one may not be, is none.
            (_, RuleEffect::Allow) if is_over(rule) => false,
            (Some(when), RuleEffect::Allow) => matches!(when.answer(judged, today), Answer::Yes(_)),
            _ => true,
        };
        let holds: Vec<bool> = rules.iter().map(|rule| holds(rule)).collect();
        let mut buckets = Vec::new();
        for kind in Kind::ALL {
            for severity in Severity::ALL {
                let admits = |rule: &Rule| {
                    rule.finding.as_ref().is_some_and(|when| when.admits(kind, severity))
                };
                let of_bucket = rules.iter().zip(&holds).enumerate();
                let of_bucket = of_bucket.filter(|(_, (rule, holds))| **holds && admits(rule));
                buckets.push(of_bucket.map(|(at, _)| at).collect());
            }
        }
        let package_count = judged.inventory.packages.len();
        Self {
            rules: rules.to_vec(),
            buckets,
            packages: vec![None; rules.len().saturating_mul(package_count)],
            package_count,
            context: Context { today, knows: judged.knows, effect: RuleEffect::Deny },
        }
    }

    /// The rules that are about a finding, and those of which nobody can tell.
    pub(crate) fn hits(&mut self, subject: Subject<'_>) -> Vec<(usize, Fit)> {
        let severity = Severity::ALL.iter().position(|one| *one == subject.finding.severity);
        let bucket = subject.kind.index() * Severity::ALL.len() + severity.unwrap_or(0);
        let Some(candidates) = self.buckets.get(bucket) else { return Vec::new() };
        let mut hits = Vec::new();
        let dates = Dates::default();
        for at in candidates {
            let Some(rule) = self.rules.get(*at) else { continue };
            let Some(when) = &rule.finding else { continue };
            if rule.section.is_some_and(|section| !section.holds(subject.base, rule.effect)) {
                continue;
            }
            let slot = subject
                .finding
                .package()
                .and_then(|id| self.packages.get_mut(at * self.package_count + id.index()));
            let about_package = match slot {
                Some(slot) => *slot.get_or_insert_with(|| when.fits_package(subject)),
                None => when.fits_package(subject),
            };
            if !about_package {
                continue;
            }
            let context = Context { effect: rule.effect, ..self.context };
            match when.fits(subject, &context, &dates) {
                Fit::No => {}
                fit => hits.push((*at, fit)),
            }
        }
        hits
    }
}

/// The decision of every rule of the file that objects to something.
fn decide<'a>(
    policy: &'a Policy,
    judged: &'a Judged<'_>,
    findings: &[Finding],
    rules: &[&'a Rule],
    session: &mut Session<'a>,
) -> Vec<Decision> {
    let objecting: Vec<&Rule> =
        rules.iter().copied().filter(|rule| rule.effect != RuleEffect::Allow).collect();
    if objecting.is_empty() {
        return Vec::new();
    }
    let mut matcher = Matcher::new(&objecting, judged, policy.today);
    let mut hits: Vec<Vec<u32>> = vec![Vec::new(); objecting.len()];
    let mut unknown: Vec<(usize, &str)> = vec![(0, ""); objecting.len()];
    let mut replies: Vec<Reply> = vec![Reply::default(); objecting.len()];
    for (position, finding) in (0_u32..).zip(findings) {
        if !finding.state.is_open() {
            continue;
        }
        let subject = Subject::new(finding, judged.image, judged.inventory);
        for (at, fit) in matcher.hits(subject) {
            if let Some(rule) = objecting.get(at)
                && let Some(code) = rule.code.as_ref().filter(|_| fit == Fit::Yes)
            {
                let reply = session.ask_of(rule, code, subject);
                if !reply.fires {
                    continue;
                }
                if let Some(slot) = replies.get_mut(at) {
                    slot.join(reply);
                }
            }
            match (fit, hits.get_mut(at), unknown.get_mut(at)) {
                (Fit::Yes, Some(list), _) => list.push(position),
                (Fit::Unknown(what), _, Some(slot)) => *slot = (slot.0 + 1, what),
                _ => {}
            }
        }
    }
    let mut decisions = Vec::with_capacity(objecting.len());
    for ((rule, reply), (hits, unknown)) in
        objecting.iter().zip(replies).zip(hits.into_iter().zip(unknown))
    {
        let mut decision = decision(rule, judged, policy.today, hits, unknown);
        if let Some(code) = &rule.code {
            let is_met = matches!(decision.effect, Effect::Warn | Effect::Fail);
            let reply = match &rule.finding {
                None if is_met => by_reply(session.ask_of_all(rule, code, findings), findings),
                _ => (reply, None),
            };
            say(&mut decision, rule, reply, session);
        }
        decisions.push(decision);
    }
    decisions
}

/// A reply about everything, and the positions of the findings it rests on.
fn by_reply(reply: Reply, findings: &[Finding]) -> (Reply, Option<Vec<u32>>) {
    let wanted: BTreeSet<&str> = reply.fingerprints.iter().map(String::as_str).collect();
    let hits = (0_u32..).zip(findings);
    let hits = hits.filter(|(_, finding)| wanted.contains(finding.fingerprint.as_str()));
    let hits = hits.map(|(position, _)| position).collect();
    (reply, Some(hits))
}

/// Puts what a module said into the decision of its rule.
fn say(
    decision: &mut Decision,
    rule: &Rule,
    (reply, whole): (Reply, Option<Vec<u32>>),
    session: &Session<'_>,
) {
    if let Some(failure) = session.failure(&rule.id) {
        decision.effect = Effect::Incomplete;
        failure.clone_into(&mut decision.message);
        decision.findings.clear();
    } else if let Some(findings) = whole {
        let because = rule.reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        if reply.fires {
            let said = reply.words().unwrap_or_else(|| rule.words());
            decision.message = format!("{said}{because}");
            decision.findings = findings;
        } else {
            decision.effect = Effect::Pass;
            decision.message = format!("not so: {}", rule.words());
        }
    } else if let Some(said) = reply.words() {
        decision.message = format!("{}: {said}", decision.message);
    }
}

/// What one rule comes to.
fn decision(
    rule: &Rule,
    judged: &Judged<'_>,
    today: Option<Day>,
    hits: Vec<u32>,
    (unknown, what): (usize, &str),
) -> Decision {
    let made = |effect: Effect, message: String, findings: Vec<u32>| Decision {
        rule: rule.id.clone(),
        effect,
        message,
        findings,
    };
    let unanswered = |message: String| {
        let effect = match rule.unanswered {
            Unanswered::Incomplete if rule.effect == RuleEffect::Warn => Effect::Warn,
            Unanswered::Incomplete => Effect::Incomplete,
            Unanswered::Warn => Effect::Warn,
            Unanswered::Pass => Effect::Pass,
        };
        made(effect, message, Vec::new())
    };
    let objection = match rule.effect {
        RuleEffect::Warn => Effect::Warn,
        // What is asked is whether everything was scanned: the answer is that it was not.
        _ if rule.finding.is_none()
            && rule.image.as_ref().is_some_and(|when| !when.problems.is_empty()) =>
        {
            Effect::Incomplete
        }
        _ => Effect::Fail,
    };
    let because = rule.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let image = rule.image.as_ref().map(|when| when.answer(judged, today));
    let fact = match (image, &rule.finding) {
        (Some(Answer::No), None) => {
            return made(Effect::Pass, format!("not so: {}", rule.words()), Vec::new());
        }
        (Some(Answer::No), Some(_)) => {
            return made(Effect::Pass, "the rule is not for this image".to_owned(), Vec::new());
        }
        (Some(Answer::Unknown(what)), _) => {
            return unanswered(format!("nobody knows {what}: whether {}", rule.words()));
        }
        (Some(Answer::Yes(fact)), None) => {
            return made(objection, format!("{fact}{because}"), Vec::new());
        }
        (Some(Answer::Yes(fact)), Some(_)) => Some(fact),
        (None, _) => None,
    };
    // Nothing else is asked: what the module says, decides.
    let Some(when) = &rule.finding else { return made(objection, String::new(), Vec::new()) };
    let words = when.words(rule.section);
    if !hits.is_empty() {
        let fact = fact.map_or_else(String::new, |fact| format!(", and {fact}"));
        let message = format!("{} of {words}{fact}{because}", count(hits.len()));
        return made(objection, message, hits);
    }
    if unknown > 0 {
        let n = count(unknown);
        let verb = if unknown == 1 { "depends" } else { "depend" };
        return unanswered(format!("nobody knows {what}, and {n} {verb} on it"));
    }
    let kinds = rule.kinds();
    let missing: Vec<Kind> =
        kinds.iter().filter(|kind| !judged.looked_for.contains(kind)).copied().collect();
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|kind| kind.plural()).collect();
        return unanswered(format!("{} were not looked for", names.join(" and ")));
    }
    made(Effect::Pass, format!("no finding of {words}"), Vec::new())
}

fn count(n: usize) -> String {
    if n == 1 { "1 finding".to_owned() } else { format!("{n} findings") }
}

/// The decisions of `--fail-on` and `--exit-code`.
fn by_flags(policy: &Policy, judged: &Judged<'_>, findings: &[Finding]) -> Vec<Decision> {
    let select = |wanted: &dyn Fn(&Finding) -> bool| -> Vec<u32> {
        findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| finding.state.is_open() && wanted(finding))
            .filter_map(|(position, _)| u32::try_from(position).ok())
            .collect()
    };
    let mut decisions = Vec::new();
    let mut rules = policy.fail_on.clone();
    if policy.fails_closed && !speaks_of_problems(policy, judged) {
        rules.push(FailOn::Incomplete);
    }
    rules.sort();
    rules.dedup();
    for rule in rules {
        decisions.push(match rule {
            FailOn::Severity(least) => {
                let hits = select(&|finding| finding.severity >= least);
                by_findings(format!("fail-on:{least}"), hits, &format!("{least} or worse"))
            }
            FailOn::Exploited => {
                let hits = select(&Finding::is_exploited);
                by_findings("fail-on:kev".to_owned(), hits, "a known exploited vulnerability")
            }
            FailOn::Kind(kind) if !judged.looked_for.contains(&kind) => Decision {
                rule: format!("fail-on:{kind}"),
                effect: Effect::Incomplete,
                message: format!("nobody looked for {}", kind.plural()),
                findings: Vec::new(),
            },
            FailOn::Kind(kind) => {
                let hits = select(&|finding| Kind::of(finding) == kind);
                by_findings(format!("fail-on:{kind}"), hits, kind.plural())
            }
            FailOn::EndOfLife => end_of_life(policy, judged),
            FailOn::Incomplete => incomplete(&judged.inventory.problems),
        });
    }
    if let Some(shown) = &policy.fail_on_shown {
        let hits = select(&|finding| shown.contains(&finding.severity));
        decisions.push(by_findings("exit-code".to_owned(), hits, "a severity that is shown"));
    }
    decisions
}

/// Whether a rule of the file says what becomes of an incomplete scan.
fn speaks_of_problems(policy: &Policy, judged: &Judged<'_>) -> bool {
    let speaks = |rule: &Rule| rule.image.as_ref().is_some_and(|when| !when.problems.is_empty());
    policy.rules(judged).into_iter().any(speaks)
}

fn by_findings(rule: String, findings: Vec<u32>, what: &str) -> Decision {
    let (effect, message) = match findings.len() {
        0 => (Effect::Pass, format!("no finding of {what}")),
        n => (Effect::Fail, format!("{} of {what}", count(n))),
    };
    Decision { rule, effect, message, findings }
}

fn end_of_life(policy: &Policy, judged: &Judged<'_>) -> Decision {
    let end = judged.end_of_life.and_then(|end| Day::parse(&end.date));
    let (effect, message) = match (end, policy.today) {
        (Some(end), Some(today)) if end < today => {
            (Effect::Fail, format!("the support of its operating system ended on {end}"))
        }
        (Some(end), Some(_)) => {
            (Effect::Pass, format!("its operating system is supported until {end}"))
        }
        (None, _) if judged.inventory.os.is_none() => {
            (Effect::Pass, "it has no operating system".to_owned())
        }
        _ => {
            let what = "nobody knows until when its operating system is supported";
            (Effect::Incomplete, what.to_owned())
        }
    };
    Decision { rule: "fail-on:eol".to_owned(), effect, message, findings: Vec::new() }
}

fn incomplete(problems: &[Problem]) -> Decision {
    let (effect, message) = match problems.len() {
        0 => (Effect::Pass, "everything could be read and checked".to_owned()),
        1 => (Effect::Incomplete, "1 thing could not be read or checked".to_owned()),
        n => (Effect::Incomplete, format!("{n} things could not be read or checked")),
    };
    Decision { rule: "fail-on:incomplete".to_owned(), effect, message, findings: Vec::new() }
}
