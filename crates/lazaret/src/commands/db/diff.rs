//! `lazaret db diff`: what changed between two databases.

use super::super::outcome::print;
use super::{open, print_json, wants_json};
use crate::args::DbDiffArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_advisory::{Change, Diff, diff as compare};
use std::fmt::Write as _;

pub(super) fn diff(args: &DbDiffArgs) -> Result<u8> {
    let json = wants_json(&args.format)?;
    let (old, new) = (open(Some(&args.old))?, open(Some(&args.new))?);
    let diff = compare(&old, &new).map_err(|error| CommandError::new(Kind::Config, error))?;
    if json {
        print_json(&diff)?;
    } else {
        print(&table(&diff))?;
    }
    Ok(0)
}

/// A paragraph a segment: the sums, then each package with its records.
fn table(diff: &Diff) -> String {
    if diff.segments.is_empty() {
        return "The databases say the same\n".to_owned();
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _: std::fmt::Result = write_table(diff, &mut text);
    text
}

fn write_table(diff: &Diff, text: &mut String) -> std::fmt::Result {
    for (position, segment) in diff.segments.iter().enumerate() {
        let whole = match segment.change {
            Change::Added => " (new segment)",
            Change::Removed => " (segment is gone)",
            Change::Changed => "",
        };
        let counted = segment.records;
        let space = if position == 0 { "" } else { "\n" };
        writeln!(
            text,
            "{space}{}{whole}: {} records came, {} went, {} changed; {} packages",
            segment.name,
            counted.added,
            counted.removed,
            counted.changed,
            segment.packages.len()
        )?;
        for (package, records) in &segment.packages {
            writeln!(text, "  {package}")?;
            for record in records {
                let sign = match record.change {
                    Change::Added => '+',
                    Change::Removed => '-',
                    Change::Changed => '~',
                };
                let what: Vec<&str> = record.what.iter().map(|part| part.name()).collect();
                let line = format!("    {sign} {} {}", record.record, what.join(", "));
                writeln!(text, "{}", line.trim_end())?;
            }
        }
    }
    Ok(())
}
