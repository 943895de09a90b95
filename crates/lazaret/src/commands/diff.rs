//! `lazaret diff`: what is new, fixed and unchanged between two reports or images, and why.

use super::db::print_json;
use super::explain::{Asked, reports};
use super::outcome::print;
use crate::args::{DiffArgs, Global, ScanArgs};
use crate::fail::{CommandError, Result};
use crate::settings::{ScanSettings, severities};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_policy::change::{Cause, Change, Changes, changes};
use lazaret_report::markdown;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The version of the JSON shape.
const SCHEMA_VERSION: &str = "1";
/// Rows of one Markdown table. A comment on GitHub ends at 65,536 characters.
const ROWS_MAX: usize = 100;

pub(super) fn run(args: &DiffArgs, global: &Global) -> Result<u8> {
    let format = Shape::of(&args.format)?;
    let shown = severities(&args.severity)?;
    let old = one(&args.old, args, global)?;
    let new = one(&args.new, args, global)?;
    let changes = changes(&old, &new);
    let changes = Changes {
        new: kept(changes.new, &shown),
        fixed: kept(changes.fixed, &shown),
        unchanged: kept(changes.unchanged, &shown),
    };
    match format {
        Shape::Json => print_json(&to_json(&old, &new, &changes))?,
        Shape::Markdown => print(&to_markdown(&old, &new, &changes))?,
        Shape::Table => print(&to_text(&old, &new, &changes))?,
    }
    let has_new = !changes.new.is_empty();
    Ok(args.exit_code.filter(|code| has_new && *code != 0).unwrap_or(0))
}

/// How the comparison is written.
#[derive(Clone, Copy)]
enum Shape {
    Table,
    Json,
    Markdown,
}

impl Shape {
    fn of(word: &str) -> Result<Self> {
        match word {
            "table" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            other => {
                let message = format!("`{other}` is not a format: use table, json or markdown");
                Err(CommandError::usage(message))
            }
        }
    }
}

/// The only report of a target.
fn one(target: &str, args: &DiffArgs, global: &Global) -> Result<Report> {
    let settings = ScanSettings::new(&ScanArgs { db: args.db.clone(), ..ScanArgs::default() })?;
    let asked = Asked { target, platform: args.platform.as_deref(), registry: &args.registry };
    let mut found = reports(&asked, settings, global)?.0;
    match (found.pop(), found.len()) {
        (Some(report), 0) => Ok(report),
        (last, more) => {
            let n = more + usize::from(last.is_some());
            let message = format!("{target} holds {n} reports, and one is compared with one");
            Err(CommandError::usage(message).hint("choose one with --platform"))
        }
    }
}

fn kept<'a>(changes: Vec<Change<'a>>, shown: &BTreeSet<Severity>) -> Vec<Change<'a>> {
    let mut kept: Vec<Change<'_>> =
        changes.into_iter().filter(|change| shown.contains(&change.finding.severity)).collect();
    // Most urgent first; of one severity, in the order of the report.
    kept.sort_by_key(|change| std::cmp::Reverse(change.finding.severity));
    kept
}

fn to_text(old: &Report, new: &Report, changes: &Changes<'_>) -> String {
    let mut text = format!("{} → {}\n", old.image.name, new.image.name);
    for (title, list) in [("New", &changes.new), ("Fixed", &changes.fixed)] {
        if list.is_empty() {
            continue;
        }
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(text, "\n{title}");
        for change in list {
            let package = change
                .package
                .map_or_else(String::new, |one| format!(" {} {}", one.name, one.version));
            let cause = change.cause.map_or("", Cause::name);
            let _: std::fmt::Result = writeln!(
                text,
                "  {:<8} {}{package}: {} ({cause})",
                change.finding.severity, change.finding.id, change.why
            );
        }
    }
    let (new, fixed, unchanged) = (changes.new.len(), changes.fixed.len(), changes.unchanged.len());
    let _: std::fmt::Result = writeln!(text, "\n{new} new, {fixed} fixed, {unchanged} unchanged");
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// For comments on a pull request: what is new stands open, what is fixed is folded away.
fn to_markdown(old: &Report, new: &Report, changes: &Changes<'_>) -> String {
    let counts = [
        (changes.new.len(), "new"),
        (changes.fixed.len(), "fixed"),
        (changes.unchanged.len(), "unchanged"),
    ]
    .map(|(count, word)| format!("{count} {word}"))
    .join(" · ");
    let (name, before) = (markdown::code(&new.image.name), markdown::code(&old.image.name));
    let mut text = format!("## {name}\n\n**{counts}**, compared with {before}\n");
    if !changes.new.is_empty() {
        text.push('\n');
        rows(&mut text, &changes.new);
    }
    if !changes.fixed.is_empty() {
        let count = changes.fixed.len();
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(text, "\n<details><summary>{count} fixed</summary>\n\n");
        rows(&mut text, &changes.fixed);
        text.push_str("\n</details>\n");
    }
    text
}

fn rows(text: &mut String, list: &[Change<'_>]) {
    text.push_str("| Severity | Id | Package | Installed | Fixed | Why |\n");
    text.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for change in list.iter().take(ROWS_MAX) {
        let finding = change.finding;
        let exploited = if finding.is_exploited() { " **known exploited**" } else { "" };
        let cells = [
            markdown::word(finding.severity).to_owned(),
            format!("{}{exploited}", markdown::id(&finding.id)),
            change.package.map(|one| markdown::code(&one.name)).unwrap_or_default(),
            change.package.map(|one| markdown::code(&one.version)).unwrap_or_default(),
            finding.vulnerability().map(markdown::fixed).unwrap_or_default(),
            markdown::escape(&change.why),
        ];
        let _: std::fmt::Result = writeln!(text, "| {} |", cells.join(" | "));
    }
    if list.len() > ROWS_MAX {
        let more = list.len().saturating_sub(ROWS_MAX);
        let _: std::fmt::Result = writeln!(text, "\n{more} more are not shown here.");
    }
}

fn to_json(old: &Report, new: &Report, changes: &Changes<'_>) -> Value {
    let side = |report: &Report| {
        json!({
            "image": report.image.name,
            "digest": report.image.digest,
            "database": report.provenance.database.as_ref().map(|used| &used.digest),
        })
    };
    let list = |list: &[Change<'_>]| -> Vec<Value> {
        list.iter()
            .map(|change| {
                json!({
                    "id": change.finding.id,
                    "severity": change.finding.severity,
                    "fingerprint": change.finding.fingerprint,
                    "package": change.package.map(|one| json!({
                        "name": one.name, "version": one.version, "purl": one.purl,
                    })),
                    "cause": change.cause.map(Cause::name),
                    "why": change.why,
                })
            })
            .collect()
    };
    json!({
        "schema_version": SCHEMA_VERSION,
        "old": side(old),
        "new_report": side(new),
        "new": list(&changes.new),
        "fixed": list(&changes.fixed),
        "unchanged": list(&changes.unchanged),
    })
}
