//! `lazaret db build`: a database from a folder of feeds.

use super::super::outcome::{print, source_date};
use super::open;
use crate::args::DbBuildArgs;
use crate::database_folder::{check_free, previous, replace};
use crate::fail::{CommandError, Kind, Result};
use crate::settings::{Day, moment};
use lazaret_advisory::feed::FEEDS;
use lazaret_advisory::mirror::{MirrorOptions, read_mirror};
use lazaret_advisory::records::{Records, Refused};
use lazaret_advisory::{BuildError, BuildOptions, Db, Manifest, write_database_with};
use std::fmt::Write as _;
use std::path::Path;

/// Files in a feeds folder; the largest mirrors have one file a record.
const FEED_FILES_MAX: usize = 2_000_000;
/// Folders in folders of a feeds folder.
const FEED_DEPTH_MAX: usize = 16;
/// Broken files named in the failure of a build.
const BROKEN_SHOWN_MAX: usize = 10;

pub(super) fn build(args: &DbBuildArgs) -> Result<u8> {
    let read_error = |error: std::io::Error, path: &Path| {
        let context = format!("failed to read {}", path.display());
        CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
    };
    check_free(&args.out)?;
    let mut paths = Vec::new();
    list_files(&args.feeds, &mut paths).map_err(|error| read_error(error, &args.feeds))?;
    let options = MirrorOptions { redistributable_only: args.redistributable };
    let records = read_mirror(&paths, &|path| std::fs::read(args.feeds.join(path)), &options)
        .map_err(|error| {
            let context = format!("failed to read feeds from {}", args.feeds.display());
            let error = CommandError::new(Kind::Input, anyhow::Error::new(error).context(context));
            let paths: Vec<&str> =
                FEEDS.iter().filter_map(|feed| feed.paths.first()).copied().collect();
            error.hint(format!("a folder of feeds has files such as {}", paths.join(", ")))
        })?;
    if records.segments.is_empty() {
        let nothing = || CommandError::new(Kind::Input, anyhow::anyhow!("no feed has any record"));
        return Err(broken_files(&paths, &records, "nothing was built").unwrap_or_else(nothing));
    }
    let manifest = replace_database(args, &records)?;
    print(&built(&records, &manifest, args.verbose))?;
    broken_files(&paths, &records, "the database was built without them").map_or(Ok(0), Err)
}

/// Writes the database, with the first-seen times of the one it follows.
fn replace_database(args: &DbBuildArgs, records: &Records) -> Result<Manifest> {
    let asked = args.at.as_deref().map(|at| moment(at, Day::Begins)).transpose()?;
    let previous = match &args.previous {
        Some(folder) => Some(open(Some(folder))?),
        None => previous(&args.out),
    };
    let before = previous.as_ref().and_then(Db::time);
    if let (Some(asked), Some(before)) = (asked, before)
        && asked < before
    {
        let of = previous.as_ref().and_then(Db::built).unwrap_or("a later day");
        let message = format!("--at is earlier than the database before, which is of {of}");
        return Err(CommandError::usage(message));
    }
    let at = asked.or_else(source_date);
    replace(&args.out, |write| {
        let options = BuildOptions { at, previous: previous.as_ref() };
        let manifest = match write_database_with(records, &options, write) {
            // A database is built again where the one before is damaged: then it begins anew.
            Err(BuildError::Previous(error)) if args.previous.is_none() => {
                tracing::warn!("first-seen times begin anew: {error}");
                let options = BuildOptions { at, previous: None };
                write_database_with(records, &options, write)?
            }
            written => written?,
        };
        Ok(manifest)
    })
}

/// The failure that broken files of a feed are: a database that lacks what is in them looks better
/// than it is, so whoever publishes it must not go on unasked.
fn broken_files(paths: &[String], records: &Records, what: &str) -> Option<CommandError> {
    let is_file = |refused: &&Refused| paths.binary_search(&refused.record).is_ok();
    let broken: Vec<&Refused> = records.refused.iter().filter(is_file).collect();
    if broken.is_empty() {
        return None;
    }
    let mut message = format!("files of the feeds are broken, and {what}:");
    for file in broken.iter().take(BROKEN_SHOWN_MAX) {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(message, "\n  {}: {}", file.record, file.reason);
    }
    if broken.len() > BROKEN_SHOWN_MAX {
        message.push_str("\n  and others; --verbose names each");
    }
    Some(CommandError::new(Kind::Input, anyhow::anyhow!(message)))
}

/// Every file below a folder, relative, with `/` between the parts, sorted.
fn list_files(root: &Path, files: &mut Vec<String>) -> std::io::Result<()> {
    let mut folders = vec![(root.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() && depth < FEED_DEPTH_MAX {
                folders.push((entry.path(), format!("{path}/"), depth + 1));
            } else if kind.is_file() && files.len() < FEED_FILES_MAX {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(())
}

/// What a build says: a line a feed, what was refused, and the sum.
pub(super) fn built(records: &Records, manifest: &Manifest, verbose: bool) -> String {
    let mut text = String::new();
    let mut line = |args: std::fmt::Arguments<'_>| {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = text.write_fmt(args);
        text.push('\n');
    };
    line(format_args!(
        "{:<18} {:>6} {:>9} {:>9} {:>8}",
        "Feed", "files", "records", "skipped", "refused"
    ));
    for (feed, counts) in &records.counts {
        let skipped: u64 = counts.skipped.values().sum();
        let refused = records.refused.iter().filter(|refused| refused.feed == *feed).count();
        line(format_args!(
            "{feed:<18} {:>6} {:>9} {skipped:>9} {refused:>8}",
            counts.files, counts.records
        ));
        for (what, reasons) in [("skipped", &counts.skipped), ("note", &counts.notes)] {
            for (reason, n) in reasons.iter().filter(|_| verbose) {
                line(format_args!("    {what}: {n} × {reason}"));
            }
        }
        for (file, reason) in counts.left_out.iter().filter(|_| verbose) {
            line(format_args!("    left out: {file}: {reason}"));
        }
    }
    if !records.refused.is_empty() && !verbose {
        line(format_args!("\n{} refused; --verbose names each.", records.refused.len()));
    }
    for refused in records.refused.iter().filter(|_| verbose) {
        line(format_args!("    refused: {} {}: {}", refused.feed, refused.record, refused.reason));
    }
    let count: u64 = manifest.segments.iter().map(|segment| u64::from(segment.records)).sum();
    let bytes: u64 = manifest.segments.iter().map(|segment| segment.size_bytes).sum();
    line(format_args!(
        "\n{} segments, {count} records, {:.1} MiB",
        manifest.segments.len(),
        mebibytes(bytes)
    ));
    text
}

#[expect(clippy::cast_precision_loss, reason = "a size for people, with one decimal")]
pub(super) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
