//! `lazaret db search`: what a database says about an id or a package.

use super::super::outcome::print;
use super::{day, open, print_json, wants_json};
use crate::args::DbSearchArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_advisory::{Entry, SearchError, search_id, search_package, search_purl};
use std::fmt::Write as _;

pub(super) fn search(args: &DbSearchArgs) -> Result<u8> {
    let json = wants_json(&args.format)?;
    let db = open(args.db.as_deref())?;
    let only = args.segment.as_deref();
    if let Some(segment) = only.filter(|segment| db.info(segment).is_none()) {
        let error = anyhow::anyhow!("the database has no segment `{segment}`");
        return Err(CommandError::new(Kind::Input, error).hint("lazaret db status lists them"));
    }
    let failed = |error| CommandError::new(Kind::Config, error);
    let entries = match (args.query.as_deref(), args.package.as_deref()) {
        (Some(purl), _) if purl.starts_with("pkg:") => {
            search_purl(&db, purl, only).map_err(|error| match error {
                SearchError::Purl(_) => CommandError::usage(error),
                SearchError::Database(error) => failed(error),
            })?
        }
        (Some(id), _) => search_id(&db, id, only).map_err(failed)?,
        (None, Some(package)) => search_package(&db, package, only).map_err(failed)?,
        (None, None) => return Err(CommandError::usage("db search takes an id or --package")),
    };
    if json {
        print_json(&entries)?;
    } else {
        print(&table(&entries))?;
    }
    Ok(0)
}

fn table(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "Nothing was found\n".to_owned();
    }
    let mut text = String::new();
    for (position, entry) in entries.iter().enumerate() {
        if position > 0 {
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write_entry(entry, &mut text);
    }
    text
}

/// A line with the record, and one for each thing it says.
fn write_entry(entry: &Entry, text: &mut String) -> std::fmt::Result {
    writeln!(text, "{} in {}: {}", entry.record, entry.segment, entry.package)?;
    if let Some(judged) = &entry.judged {
        writeln!(text, "  {} is {}", judged.version, judged.outcome)?;
        for comparison in &judged.comparisons {
            writeln!(text, "    {comparison}")?;
        }
    }
    let severity = entry.severity.map_or_else(String::new, |s| format!(", severity {s}"));
    writeln!(text, "  status      {}{severity}", entry.status)?;
    let ranges = entry.ranges.iter().map(|range| range.to_range().to_string());
    let extent: Vec<String> = ranges.chain(entry.versions.iter().cloned()).collect();
    if !extent.is_empty() {
        writeln!(text, "  affected    {}", extent.join("; "))?;
    }
    if !entry.aliases.is_empty() {
        writeln!(text, "  aliases     {}", entry.aliases.join(", "))?;
    }
    let conditions = &entry.conditions;
    let arches = (!conditions.arches.is_empty()).then(|| conditions.arches.join(", "));
    for (what, value) in [
        ("only for", arches.as_deref()),
        ("module", conditions.module.as_deref()),
        ("channel", conditions.channel.as_deref()),
        ("published", entry.published.as_deref().map(day)),
        ("first seen", entry.first_seen.as_deref().map(day)),
        ("fix seen", entry.fix_first_seen.as_deref().map(day)),
    ] {
        if let Some(value) = value {
            writeln!(text, "  {what:<11} {value}")?;
        }
    }
    Ok(())
}
