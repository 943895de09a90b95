//! `lazaret db status`: what a database holds.

use super::super::outcome::print;
use super::{day, open, origin};
use crate::args::DbStatusArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_advisory::{Db, kept_manifests};
use serde_json::json;
use std::fmt::Write as _;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) fn status(args: &DbStatusArgs) -> Result<u8> {
    let db = open(args.db.as_deref())?;
    let text = match args.format.as_str() {
        "json" => {
            let status = json!({
                "origin": db.origin(),
                "digest": db.digest(),
                "built": db.built(),
                "newest": db.newest(),
                "history": history(args)?,
                "segments": db.segments().collect::<Vec<_>>(),
            });
            let mut text = serde_json::to_string_pretty(&status)
                .map_err(|error| CommandError::new(Kind::Internal, error))?;
            text.push('\n');
            text
        }
        "table" => status_table(&db, &history(args)?),
        other => {
            return Err(CommandError::usage(format!(
                "`{other}` is not a format: use table or json"
            )));
        }
    };
    print(&text)?;
    Ok(0)
}

/// The times of the databases a folder keeps, oldest first.
fn history(args: &DbStatusArgs) -> Result<Vec<String>> {
    let Some(folder) = &args.db else { return Ok(Vec::new()) };
    let kept = kept_manifests(folder).map_err(|error| CommandError::new(Kind::Config, error))?;
    let times = kept.into_iter().filter_map(|kept| {
        OffsetDateTime::from_unix_timestamp(kept.time).ok()?.format(&Rfc3339).ok()
    });
    Ok(times.collect())
}

fn status_table(db: &Db, history: &[String]) -> String {
    let mut text = format!("Advisories: {}\nDigest:     {}\n", origin(db), db.digest());
    // Writing to a String cannot fail.
    if let Some(built) = db.built() {
        let _: std::fmt::Result = writeln!(text, "Built:      {built}");
    }
    if let Some(first) = history.first() {
        let count = history.len();
        let _: std::fmt::Result = writeln!(text, "History:    {count} since {first}");
    }
    if let Some(newest) = db.newest() {
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
        if let Some(old) = &segment.old {
            let since = old
                .since
                .as_deref()
                .map_or_else(String::new, |since| format!(", since {}", day(since)));
            let _: std::fmt::Result = writeln!(text, "    old: {}{since}", old.why);
        }
    }
    text
}
