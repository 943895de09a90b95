//! `lazaret diff`: what is new, fixed and unchanged between two reports or images, and why.

use super::db::{print_json, wants_json};
use super::explain::{Asked, reports};
use super::outcome::print;
use crate::args::{DiffArgs, Global, ScanArgs};
use crate::fail::{CommandError, Result};
use crate::settings::{ScanSettings, severities};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_policy::change::{Cause, Change, Changes, changes};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The version of the JSON shape.
const SCHEMA_VERSION: &str = "1";

pub(super) fn run(args: &DiffArgs, global: &Global) -> Result<u8> {
    let wants_json = wants_json(&args.format)?;
    let shown = severities(&args.severity)?;
    let old = one(&args.old, args, global)?;
    let new = one(&args.new, args, global)?;
    let changes = changes(&old, &new);
    let changes = Changes {
        new: kept(changes.new, &shown),
        fixed: kept(changes.fixed, &shown),
        unchanged: kept(changes.unchanged, &shown),
    };
    if wants_json {
        print_json(&to_json(&old, &new, &changes))?;
    } else {
        print(&to_text(&old, &new, &changes))?;
    }
    let has_new = !changes.new.is_empty();
    Ok(args.exit_code.filter(|code| has_new && *code != 0).unwrap_or(0))
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
