//! Comments that say that a hit is meant.
//!
//! | Comment | What it is for |
//! |---|---|
//! | `# lazaret:ignore DF001 reason="…" until=2026-12-31` | the next instruction |
//! | `# lazaret:ignore-file DF001 reason="…"` | the file |
//! | `# hadolint ignore=DL3008,DF012 # why` | the next instruction |
//! | `# hadolint global ignore=DL3008` | the file |
//! | `# trivy:ignore:DS-0002:exp:2026-12-31` | the next instruction |
//! | `# check=skip=StageNameCasing` at the top | the file |
//!
//! A comment among the lines of an instruction is for that instruction. Rules may be called by any
//! of their names. An ignore that has ended is not obeyed, and one that names no rule is told of.

use super::settings::Date;
use super::syntax::Comment;
use super::{FileProblem, Hit, Input, ProblemKind, RULES};
use crate::rule::RuleInfo;
use lazaret_core::check::RuleHit;
use lazaret_core::location::LineRange;
use std::collections::BTreeMap;

/// Names in all ignores of a file together. Nobody writes more by hand.
const NAMES_MAX: usize = 1_000;

/// That a comment says a hit is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ignored {
    /// The reason given; the comments of other tools need none.
    pub reason: Option<String>,
    /// The last day it holds.
    pub until: Option<Date>,
    /// The line of the comment.
    pub line: u32,
}

/// A comment that ignores.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ignore {
    /// The names of rules as written; `*` at the end for any that begin so.
    names: Vec<String>,
    /// The lines it is for; none for the file.
    lines: Option<LineRange>,
    /// Only rules with a name of this kind are meant.
    only_buildkit: bool,
    ignored: Ignored,
}

/// Finds for each hit the comment that says it is meant.
pub(super) fn apply(
    input: &Input,
    hits: Vec<RuleHit>,
    problems: &mut Vec<FileProblem>,
) -> Vec<Hit> {
    let mut ignores = Vec::new();
    for comment in &input.file.comments {
        read(input, comment, &mut ignores, problems);
    }
    for directive in input.file.directives.iter().filter(|directive| directive.name == "check") {
        let names: Vec<String> = directive
            .value
            .split(';')
            .filter_map(|part| part.trim().strip_prefix("skip="))
            .flat_map(|names| names.split(','))
            .map(|name| if name.trim() == "all" { "*" } else { name.trim() }.to_owned())
            .collect();
        let ignored = Ignored { reason: None, until: None, line: directive.line };
        ignores.push(Ignore { names, lines: None, only_buildkit: true, ignored });
    }
    if input.settings.refuses_ignores {
        ignores.clear();
    }
    let mut names = 0_usize;
    let kept = ignores.iter().take_while(|ignore| {
        names = names.saturating_add(ignore.names.len());
        names <= NAMES_MAX
    });
    let kept = kept.count();
    if let Some(first) = ignores.get(kept) {
        let message = format!("no more than {NAMES_MAX} names of rules are ignored");
        problems.push(FileProblem::new(ProblemKind::Limit, first.ignored.line, message));
    }
    ignores.truncate(kept);
    for ignore in &ignores {
        unknown_names(ignore, problems);
    }
    ignores.retain(|ignore| !has_ended(ignore, input, problems));
    // For each rule the ignores that name it.
    let mut by_rule: BTreeMap<&str, Vec<&Ignore>> = BTreeMap::new();
    for rule in RULES {
        let info = rule.info();
        let named = |ignore: &&Ignore| ignore.names.iter().any(|n| is_named(ignore, &info, n));
        by_rule.insert(rule.id, ignores.iter().filter(named).collect());
    }
    hits.into_iter()
        .map(|hit| {
            let found = by_rule
                .get(hit.rule.as_str())
                .and_then(|ignores| ignores.iter().find(|ignore| is_there(ignore, hit.lines)));
            let ignored = found.map(|ignore| ignore.ignored.clone());
            Hit { hit, ignored }
        })
        .collect()
}

fn is_there(ignore: &Ignore, lines: Option<LineRange>) -> bool {
    match (ignore.lines, lines) {
        (None, _) => true,
        (Some(scope), Some(lines)) => scope.start <= lines.start && lines.start <= scope.end,
        (Some(_), None) => false,
    }
}

fn is_named(ignore: &Ignore, rule: &RuleInfo, name: &str) -> bool {
    if ignore.only_buildkit {
        let mut own = rule.aliases.iter().filter(|alias| is_buildkit(alias));
        return own.any(|alias| name == "*" || alias.eq_ignore_ascii_case(name));
    }
    match name.strip_suffix('*') {
        Some(prefix) => std::iter::once(&rule.id)
            .chain(rule.aliases)
            .any(|own| own.get(..prefix.len()).is_some_and(|o| o.eq_ignore_ascii_case(prefix))),
        None => rule.is_named(name),
    }
}

/// BuildKit's names are in camel case; those of others have digits or dashes.
fn is_buildkit(alias: &str) -> bool {
    alias.chars().all(|c| c.is_ascii_alphabetic()) && alias.chars().any(char::is_lowercase)
}

fn unknown_names(ignore: &Ignore, problems: &mut Vec<FileProblem>) {
    for name in &ignore.names {
        let is_own = name.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("DF"));
        if is_own && !RULES.iter().any(|rule| is_named(ignore, &rule.info(), name)) {
            let message = format!("there is no rule `{name}` to ignore");
            problems.push(FileProblem::new(ProblemKind::Ignore, ignore.ignored.line, message));
        }
    }
}

fn has_ended(ignore: &Ignore, input: &Input, problems: &mut Vec<FileProblem>) -> bool {
    let Some((until, today)) = ignore.ignored.until.zip(input.settings.today) else { return false };
    if until < today {
        let message = format!("this ignore ended on {until}");
        problems.push(FileProblem::new(ProblemKind::Ignore, ignore.ignored.line, message));
    }
    until < today
}

/// The lines of the instruction a comment is in or before.
fn scope(input: &Input, line: u32) -> Option<LineRange> {
    let instructions = &input.file.instructions;
    let next = instructions.partition_point(|instruction| instruction.lines.end < line);
    instructions.get(next).map(|instruction| instruction.lines)
}

fn read(
    input: &Input,
    comment: &Comment,
    ignores: &mut Vec<Ignore>,
    problems: &mut Vec<FileProblem>,
) {
    let line = comment.line;
    let mut push = |names: Vec<String>, is_file: bool, reason: Option<String>, until| {
        let lines = if is_file { None } else { scope(input, line) };
        // A comment after the last instruction is for nothing.
        if is_file || lines.is_some() {
            let ignored = Ignored { reason, until, line };
            ignores.push(Ignore { names, lines, only_buildkit: false, ignored });
        }
    };
    let text = comment.text.as_str();
    if let Some(rest) = text.strip_prefix("lazaret:ignore") {
        let (rest, is_file) = rest.strip_prefix("-file").map_or((rest, false), |r| (r, true));
        match own(rest) {
            Ok((names, reason, until)) => push(names, is_file, Some(reason), until),
            Err(message) => {
                problems.push(FileProblem::new(ProblemKind::Ignore, line, message));
            }
        }
    } else if let Some((names, is_file, reason)) = hadolint(text) {
        push(names, is_file, reason, None);
    } else if text.starts_with("trivy:ignore:") {
        for word in text
            .split_whitespace()
            .filter_map(|w| w.trim_start_matches('#').strip_prefix("trivy:ignore:"))
        {
            match trivy(word) {
                Ok((name, until)) => push(vec![name], false, None, until),
                Err(message) => {
                    problems.push(FileProblem::new(ProblemKind::Ignore, line, message));
                }
            }
        }
    }
}

type Own = (Vec<String>, String, Option<Date>);

/// ` DF001 DF002 reason="…" until=2026-12-31`.
fn own(text: &str) -> Result<Own, String> {
    let mut names = Vec::new();
    let mut reason = None;
    let mut until = None;
    for word in super::word::split(text, '\\') {
        if let Some(value) = word.strip_prefix("reason=") {
            reason = Some(super::word::unquote(value, '\\')).filter(|reason| !reason.is_empty());
        } else if let Some(value) = word.strip_prefix("until=") {
            let date = super::word::unquote(value, '\\');
            until =
                Some(date.parse().map_err(|error| format!("this ignore is not obeyed: {error}"))?);
        } else {
            names.extend(word.split(',').filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    if names.is_empty() {
        return Err("this ignore names no rule".to_owned());
    }
    let reason = reason.ok_or("this ignore is not obeyed: it gives no reason=\"…\"")?;
    Ok((names, reason, until))
}

/// `hadolint [global] ignore=DL3008,DL3009 [# why]`: the names, whether it is for the file, and why.
fn hadolint(text: &str) -> Option<(Vec<String>, bool, Option<String>)> {
    let rest = text.strip_prefix("hadolint")?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    let (rest, is_file) = match rest.strip_prefix("global") {
        Some(rest) => (rest.trim_start(), true),
        None => (rest, false),
    };
    let rest = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
    let (names, reason) = match rest.split_once('#') {
        Some((names, reason)) => (names, Some(reason.trim().to_owned())),
        None => (rest, None),
    };
    let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
    // A list with something in it that is no name is no list: so it is where it comes from.
    let is_name = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.ends_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    names.iter().all(is_name).then_some((names, is_file, reason.filter(|r| !r.is_empty())))
}

/// `DS-0002[:exp:2026-12-31][:ws:…]`.
fn trivy(word: &str) -> Result<(String, Option<Date>), String> {
    let mut parts = word.split(':');
    let name = parts.next().unwrap_or("").to_owned();
    let mut until = None;
    while let Some(part) = parts.next() {
        if part == "exp" {
            let date = parts.next().unwrap_or("");
            until =
                Some(date.parse().map_err(|error| format!("this ignore is not obeyed: {error}"))?);
        }
    }
    Ok((name, until))
}

/// Whether a comment ignores something, whoever's comment it is.
pub(super) fn is_ignore(comment: &Comment) -> bool {
    let text = comment.text.as_str();
    text.starts_with("lazaret:ignore")
        || text.starts_with("trivy:ignore:")
        || hadolint(text).is_some()
}

#[cfg(test)]
mod tests;
