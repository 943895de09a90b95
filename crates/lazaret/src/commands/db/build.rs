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
use lazaret_advisory::update::{Keep, Kept, kept};
use lazaret_advisory::{
    BuildError, BuildOptions, Db, MANIFEST_FILE, Manifest, Old, Stay, write_database_keeping,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// Files in a feeds folder; the largest mirrors have one file a record.
const FEED_FILES_MAX: usize = 2_000_000;
/// Folders in folders of a feeds folder.
const FEED_DEPTH_MAX: usize = 16;
/// Broken files named in the failure of a build.
const BROKEN_SHOWN_MAX: usize = 10;

pub(super) fn build(args: &DbBuildArgs) -> Result<u8> {
    check_free(&args.out)?;
    let accepted = args.accept_shrunk.iter().cloned().collect();
    let rebuild = Rebuild {
        feeds: &args.feeds,
        out: &args.out,
        previous: args.previous.as_deref(),
        at: args.at.as_deref(),
        redistributable: args.redistributable,
        accepted: &accepted,
        is_update: false,
        stale: &|_, _| None,
    };
    let built = rebuild.run()?;
    print(&built.text(args.verbose))?;
    let broken = broken_files(&built.paths, &built.records, "the database was built without them");
    match (broken, built.distrusted()) {
        (None, None) => Ok(0),
        (Some(error), None) | (None, Some(error)) => Err(error),
        (Some(broken), Some(distrusted)) => {
            let message = format!("{}\n{}", broken.error, distrusted.error);
            let error = CommandError::new(Kind::Input, anyhow::anyhow!(message));
            Err(distrusted.hints.into_iter().fold(error, CommandError::hint))
        }
    }
}

/// Says of a segment's name and of the records each feed filed in it why it is not of today.
pub(super) type WhyStale<'a> = &'a dyn Fn(&str, &BTreeMap<String, u64>) -> Option<String>;

/// A database that is built from a folder of feeds, in place of the one that is there.
pub(super) struct Rebuild<'a> {
    pub(super) feeds: &'a Path,
    pub(super) out: &'a Path,
    /// The database that says when records were first seen, where it is another one.
    pub(super) previous: Option<&'a Path>,
    pub(super) at: Option<&'a str>,
    pub(super) redistributable: bool,
    /// Feeds and segments whose change is wanted.
    pub(super) accepted: &'a BTreeSet<String>,
    /// Whether segments stay that the folder has no feed for.
    pub(super) is_update: bool,
    /// Why a segment of this name that these feeds filled is not of today.
    pub(super) stale: WhyStale<'a>,
}

/// What a build came to.
pub(super) struct Built {
    pub(super) paths: Vec<String>,
    pub(super) records: Records,
    pub(super) manifest: Manifest,
    pub(super) kept: Vec<Kept>,
}

impl Rebuild<'_> {
    pub(super) fn run(&self) -> Result<Built> {
        let read_error = |error: std::io::Error, path: &Path| {
            let context = format!("failed to read {}", path.display());
            CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
        };
        let mut paths = Vec::new();
        list_files(self.feeds, &mut paths).map_err(|error| read_error(error, self.feeds))?;
        let options = MirrorOptions { redistributable_only: self.redistributable };
        let records = read_mirror(&paths, &|path| std::fs::read(self.feeds.join(path)), &options)
            .map_err(|error| {
            let context = format!("failed to read feeds from {}", self.feeds.display());
            let error = CommandError::new(Kind::Input, anyhow::Error::new(error).context(context));
            let paths: Vec<&str> =
                FEEDS.iter().filter_map(|feed| feed.paths.first()).copied().collect();
            error.hint(format!("a folder of feeds has files such as {}", paths.join(", ")))
        })?;
        if records.segments.is_empty() {
            let nothing =
                || CommandError::new(Kind::Input, anyhow::anyhow!("no feed has any record"));
            let broken = broken_files(&paths, &records, "nothing was built");
            return Err(broken.unwrap_or_else(nothing));
        }
        let there = previous(self.out).and_then(|there| Some((there, read_manifest(self.out)?)));
        let kept = there.as_ref().map_or_else(Vec::new, |there| self.kept(there, &records));
        let stay = Stay {
            kept: kept.iter().map(|kept| kept.info.clone()).collect(),
            old: self.old(there.as_ref().map(|(_, manifest)| manifest), &records),
        };
        let manifest = self.replace_database(&records, &stay)?;
        Ok(Built { paths, records, manifest, kept })
    }

    /// The segments of the database that is there that stay as they are.
    fn kept(&self, (there, manifest): &(Db, Manifest), records: &Records) -> Vec<Kept> {
        let mut kept =
            kept(manifest, records, Keep { accepted: self.accepted, unread: self.is_update });
        kept.retain(|kept| {
            let is_whole = there.segment(&kept.info.name).is_ok();
            if !is_whole {
                tracing::warn!("the segment `{}` is damaged and cannot stay", kept.info.name);
            }
            is_whole
        });
        kept
    }

    /// The segments that are not of today, though they are built anew.
    fn old(&self, there: Option<&Manifest>, records: &Records) -> BTreeMap<String, Old> {
        let none = BTreeMap::new();
        let old = |name: &String| {
            let why = (self.stale)(name, records.shares.get(name).unwrap_or(&none))?;
            let before =
                there.and_then(|there| there.segments.iter().find(|segment| segment.name == *name));
            let since = match before.map(|before| &before.old) {
                Some(Some(old)) => old.since.clone(),
                Some(None) => there.and_then(|there| there.built.clone()),
                None => None,
            };
            Some((name.clone(), Old { since, why }))
        };
        records.segments.keys().filter_map(old).collect()
    }

    /// Writes the database, with the first-seen times of the one it follows.
    fn replace_database(&self, records: &Records, stay: &Stay) -> Result<Manifest> {
        let asked = self.at.map(|at| moment(at, Day::Begins)).transpose()?;
        let previous = match self.previous {
            Some(folder) => Some(open(Some(folder))?),
            None => previous(self.out),
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
        replace(self.out, |write| {
            let options = BuildOptions { at, previous: previous.as_ref() };
            let manifest = match write_database_keeping(records, &options, stay.clone(), write) {
                // A database is built again where the one before is damaged: then it begins anew.
                Err(BuildError::Previous(error)) if self.previous.is_none() => {
                    tracing::warn!("first-seen times begin anew: {error}");
                    let options = BuildOptions { at, previous: None };
                    write_database_keeping(records, &options, stay.clone(), write)?
                }
                written => written?,
            };
            Ok(manifest)
        })
    }
}

impl Built {
    /// The failure that segments are which stay as they were though there is a newer state.
    pub(super) fn distrusted(&self) -> Option<CommandError> {
        let mut message = "segments stay as they were, because what is to replace them is not \
                           to be believed:"
            .to_owned();
        let mut feeds = BTreeSet::new();
        for kept in &self.kept {
            if let (Some(feed), Some(old)) = (&kept.feed, &kept.info.old) {
                feeds.insert(feed.as_str());
                // Writing to a String cannot fail.
                let _: std::fmt::Result = write!(message, "\n  {}: {}", kept.info.name, old.why);
            }
        }
        let first = feeds.first()?;
        let error = CommandError::new(Kind::Input, anyhow::anyhow!(message));
        Some(error.hint(format!("where that is wanted: --accept-shrunk {first}")))
    }

    /// What a build says: a line a feed, what was refused, and the sum.
    pub(super) fn text(&self, verbose: bool) -> String {
        built(&self.records, &self.manifest, verbose)
    }
}

/// The failure that broken files of a feed are: a database that lacks what is in them looks better
/// than it is, so whoever publishes it must not go on unasked.
pub(super) fn broken_files(
    paths: &[String],
    records: &Records,
    what: &str,
) -> Option<CommandError> {
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

fn read_manifest(folder: &Path) -> Option<Manifest> {
    Manifest::parse(&std::fs::read(folder.join(MANIFEST_FILE)).ok()?).ok()
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
