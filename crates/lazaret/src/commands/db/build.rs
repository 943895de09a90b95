//! `lazaret db build`: a database from a folder of feeds.

use super::super::outcome::print;
use super::install::is_ours;
use crate::args::DbBuildArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_advisory::feed::FEEDS;
use lazaret_advisory::mirror::{MirrorOptions, read_mirror};
use lazaret_advisory::records::{Records, Refused};
use lazaret_advisory::{MANIFEST_FILE, Manifest, ManifestError, write_database};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

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
    let manifest = replace_database(&args.out, &records)?;
    print(&built(&records, &manifest, args.verbose))?;
    broken_files(&paths, &records, "the database was built without them").map_or(Ok(0), Err)
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

/// Refuses to build over anything but a database: what is there is replaced as a whole.
pub(super) fn check_free(out: &Path) -> Result<()> {
    let is_free = match std::fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none() || holds_only_a_database(out),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if is_free {
        return Ok(());
    }
    let error = anyhow::anyhow!("{} is there and is no advisory database", out.display());
    let error = CommandError::new(Kind::Input, error);
    Err(error.hint("name a folder that is empty or not there"))
}

/// Whether a folder has a database's manifest, and nothing but files of a database.
pub(super) fn holds_only_a_database(folder: &Path) -> bool {
    let manifest = std::fs::read(folder.join(MANIFEST_FILE)).unwrap_or_default();
    let is_manifest =
        matches!(Manifest::parse(&manifest), Ok(_) | Err(ManifestError::Newer { .. }));
    let is_entry_ours = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(is_ours))
    };
    is_manifest && std::fs::read_dir(folder).is_ok_and(|mut entries| entries.all(is_entry_ours))
}

/// Writes a database beside the folder and swaps it in when it is complete.
fn replace_database(out: &Path, records: &Records) -> Result<Manifest> {
    let unfinished = beside(out, "new");
    let previous = beside(out, "old");
    let write = || -> anyhow::Result<Manifest> {
        std::fs::create_dir_all(&unfinished)?;
        let manifest = write_database(records, &mut |file, bytes| {
            std::fs::write(unfinished.join(file), bytes)
        })?;
        let replaces = out.exists();
        if replaces {
            std::fs::rename(out, &previous)?;
        }
        if let Err(error) = std::fs::rename(&unfinished, out) {
            if replaces {
                std::fs::rename(&previous, out)?;
            }
            return Err(error.into());
        }
        if replaces {
            std::fs::remove_dir_all(&previous)?;
        }
        Ok(manifest)
    };
    write().map_err(|error| {
        if unfinished.exists() && std::fs::remove_dir_all(&unfinished).is_err() {
            tracing::warn!("an unfinished database was left behind");
        }
        let context = format!("failed to write the database {}", out.display());
        CommandError::new(Kind::Input, error.context(context))
    })
}

fn beside(out: &Path, ending: &str) -> PathBuf {
    let name = out.file_name().map_or_else(|| "database".into(), std::ffi::OsStr::to_os_string);
    let name = format!(".{}.{}.{ending}", name.to_string_lossy(), std::process::id());
    match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.join(name),
        _ => PathBuf::from(name),
    }
}

/// What a build says: a line a feed, what was refused, and the sum.
fn built(records: &Records, manifest: &Manifest, verbose: bool) -> String {
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
