//! `lazaret db status`: what a database holds.

use super::super::outcome::print;
use super::{day, open, origin};
use crate::args::DbStatusArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_advisory::Db;
use serde_json::json;
use std::fmt::Write as _;

pub(super) fn status(args: &DbStatusArgs) -> Result<u8> {
    let db = open(args.db.as_deref())?;
    let text = match args.format.as_str() {
        "json" => {
            let status = json!({
                "origin": db.origin(),
                "digest": db.digest(),
                "newest": db.newest(),
                "segments": db.segments().collect::<Vec<_>>(),
            });
            let mut text = serde_json::to_string_pretty(&status)
                .map_err(|error| CommandError::new(Kind::Internal, error))?;
            text.push('\n');
            text
        }
        "table" => status_table(&db),
        other => {
            return Err(CommandError::usage(format!(
                "`{other}` is not a format: use table or json"
            )));
        }
    };
    print(&text)?;
    Ok(0)
}

fn status_table(db: &Db) -> String {
    let mut text = format!("Advisories: {}\nDigest:     {}\n", origin(db), db.digest());
    if let Some(newest) = db.newest() {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(text, "Newest:     {}", day(newest));
    }
    let _: std::fmt::Result = writeln!(
        text,
        "\n{:<16} {:>8} {:>9}  {:<10}  Source",
        "Segment", "records", "packages", "newest"
    );
    for segment in db.segments() {
        let newest = segment.newest.as_deref().map_or("-", day);
        let source = format!("{} ({})", segment.source.id, segment.source.license);
        let _: std::fmt::Result = writeln!(
            text,
            "{:<16} {:>8} {:>9}  {newest:<10}  {source}",
            segment.name, segment.records, segment.packages
        );
    }
    text
}
