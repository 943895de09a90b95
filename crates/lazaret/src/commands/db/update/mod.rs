//! `lazaret db update`: fetches what changed of the feeds and builds the database anew.
//!
//! What was fetched is kept in a folder with the layout of a mirror, together with what is known of
//! each file. A source that fails keeps its files, and so its part of the database; all others go
//! on.

mod archive;
mod directory;
mod export;
mod mirror;
mod source;
mod transfer;

#[cfg(test)]
mod tests;

use self::mirror::Mirror;
use self::source::{Done, Job};
use self::transfer::Transfer;
use super::super::explain::{Asked as Question, reports};
use super::super::outcome::print;
use super::build::{Rebuild, broken_files, mebibytes};
use crate::args::{DbUpdateArgs, Global, ScanArgs};
use crate::database_folder::{FEEDS_FOLDER, check_free};
use crate::fail::{CommandError, Kind, Result};
use crate::settings::ScanSettings;
use crate::ui::Transfers;
use lazaret_advisory::update::{Choice, Elsewhere, Layout, Source, sources};
use lazaret_advisory::{FORMAT, MANIFEST_FILE, Manifest};
use lazaret_image::fetch::{Client, FetchOptions, shown};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Sources that are fetched at once; the files of one are fetched one after the other.
const SOURCES_AT_ONCE: usize = 4;

/// What built a database: another one reads the same files differently.
fn program() -> String {
    format!("{} {FORMAT}", env!("CARGO_PKG_VERSION"))
}

pub(super) fn update(args: &DbUpdateArgs, global: &Global) -> Result<u8> {
    let sources = sources();
    let choice = choice(args, &sources, global)?;
    let wanted: Vec<&Source> = sources.iter().filter(|source| choice.wants(source)).collect();
    let bases = bases(&args.source_url, &sources)?;
    check_addresses(args.mirror.iter())?;
    let accepted = accepted(&args.accept_shrunk, &sources)?;
    if args.list {
        print(&listed(&wanted, &bases))?;
        return Ok(0);
    }
    let Some(db) = &args.db else {
        return Err(CommandError::usage("name the folder of the database with --db DIR"));
    };
    if wanted.is_empty() {
        let error = anyhow::anyhow!("no source covers what is there");
        return Err(CommandError::new(Kind::Input, error));
    }
    check_free(db)?;
    let feeds = args.feeds.clone().unwrap_or_else(|| db.join(FEEDS_FOLDER));
    let mirror = Mirror::open(&feeds)?;
    let client = Client::new(&FetchOptions {
        ca_certificates: args.registry.cacert.clone(),
        insecure_skip_verify: args.registry.insecure,
        retries: args.retries,
        ..FetchOptions::default()
    })
    .map_err(|error| CommandError::new(Kind::Config, error))?;
    let transfers = Transfers::new(global);
    let transfer = Transfer { client: &client, mirror: &mirror, shown: &transfers };
    let asked = Asked {
        bases: &bases,
        mirrors: &args.mirror,
        mirrors_only: args.mirror_only,
        choice: &choice,
        accepted: &accepted,
    };
    let done = fetch_all(&wanted, &asked, &transfer)?;
    if done.iter().all(|(_, done)| done.is_nothing() && !done.failures.is_empty())
        && (mirror.is_built_by(&program()) || !has_feeds(&feeds))
    {
        return Err(nothing_done(&done));
    }
    let has_stale = done.iter().any(|(_, done)| !done.stale.is_empty());
    let is_current = mirror.is_built_by(&program())
        && accepted.is_empty()
        && !has_stale
        && !has_old_segments(db, &feeds);
    let text = fetched(&done);
    if is_current {
        print(&format!("{text}\nNothing changed; the database is up to date.\n"))?;
        return Ok(0);
    }
    let rebuild = Rebuild {
        feeds: &feeds,
        out: db,
        previous: None,
        at: args.at.as_deref(),
        redistributable: false,
        accepted: &accepted,
        is_update: true,
        stale: &|segment, feeds| stale(&done, segment, feeds),
    };
    let built = rebuild.run()?;
    mirror.keep_built_by(&program()).map_err(|error| CommandError::new(Kind::Input, error))?;
    let what = "the database was built without them";
    let broken = broken_files(&built.paths, &built.records, what);
    for warning in [broken, built.distrusted()].into_iter().flatten() {
        tracing::warn!("{}", warning.error);
    }
    print(&format!("{text}\n{}", built.text(args.verbose)))?;
    Ok(0)
}

/// Which sources are wanted: by name, by segment, by what an image needs.
fn choice(args: &DbUpdateArgs, sources: &[Source], global: &Global) -> Result<Choice> {
    let words: Vec<String> = args.sources.iter().chain(&args.only).cloned().collect();
    let mut choice = Choice::of_words(&words, sources).map_err(|error| {
        CommandError::usage(error).hint("`lazaret db update --list` names every source")
    })?;
    for target in &args.targets {
        let settings = ScanSettings::new(&ScanArgs {
            scanners: vec!["none".to_owned()],
            cache_dir: args.cache_dir.clone(),
            no_cache: args.no_cache,
            ..ScanArgs::default()
        })?;
        let asked =
            Question { target, platform: args.platform.as_deref(), registry: &args.registry };
        for report in &reports(&asked, settings, global)?.0 {
            choice.add_inventory(&report.inventory);
        }
    }
    Ok(choice)
}

/// The addresses that stand in for those of sources, by source.
fn bases(pairs: &[String], sources: &[Source]) -> Result<BTreeMap<String, Vec<String>>> {
    let mut bases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in pairs {
        let (name, url) = pair.split_once('=').ok_or_else(|| {
            CommandError::usage(format!("--source-url takes SOURCE=URL, not `{pair}`"))
        })?;
        if !sources.iter().any(|source| source.name == name) {
            let error = CommandError::usage(format!("there is no source `{name}` to fetch"));
            return Err(error.hint("`lazaret db update --list` names every source"));
        }
        check_addresses(std::iter::once(&url.to_owned()))?;
        bases.entry(name.to_owned()).or_default().push(url.to_owned());
    }
    Ok(bases)
}

fn check_addresses<'a>(mut urls: impl Iterator<Item = &'a String>) -> Result<()> {
    let is_address = |url: &str| url.starts_with("http://") || url.starts_with("https://");
    match urls.find(|url| !is_address(url)) {
        Some(url) => {
            let message = format!("`{url}` is no address that begins with http:// or https://");
            Err(CommandError::usage(message))
        }
        None => Ok(()),
    }
}

fn accepted(words: &[String], sources: &[Source]) -> Result<BTreeSet<String>> {
    for word in words {
        let known = sources
            .iter()
            .any(|source| source.name == *word || source.feed.id == word || source.fills(word));
        if !known {
            let error = CommandError::usage(format!("`{word}` is neither a feed nor a segment"));
            return Err(error.hint("`lazaret db update --list` names every feed"));
        }
    }
    Ok(words.iter().cloned().collect())
}

/// What was asked for, beside the sources.
struct Asked<'a> {
    bases: &'a BTreeMap<String, Vec<String>>,
    mirrors: &'a [String],
    mirrors_only: bool,
    choice: &'a Choice,
    accepted: &'a BTreeSet<String>,
}

/// Brings all sources up to date, a few at once, and says how each went in their order.
fn fetch_all<'s>(
    wanted: &[&'s Source],
    asked: &Asked<'_>,
    transfer: &Transfer<'_>,
) -> Result<Vec<(&'s Source, Done)>> {
    let next = AtomicUsize::new(0);
    let finished = Mutex::new(BTreeMap::new());
    let work = || -> anyhow::Result<()> {
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(source) = wanted.get(position) else { return Ok(()) };
            let done = fetch_one(source, asked, transfer)?;
            let mut finished = finished.lock().unwrap_or_else(PoisonError::into_inner);
            finished.insert(position, (*source, done));
        }
    };
    let result = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..SOURCES_AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut result = Ok(());
        for thread in threads {
            let ran = thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a download panicked")));
            result = result.and(ran);
        }
        result
    });
    result.map_err(|error| CommandError::new(Kind::Input, error))?;
    let finished = finished.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(finished.into_values().collect())
}

fn fetch_one(source: &Source, asked: &Asked<'_>, transfer: &Transfer<'_>) -> anyhow::Result<Done> {
    let is_accepted = asked
        .accepted
        .iter()
        .any(|word| source.name == *word || source.feed.id == word || source.fills(word));
    let none = Vec::new();
    let mut job = Job {
        source,
        elsewhere: Elsewhere {
            bases: asked.bases.get(&source.name).unwrap_or(&none),
            mirrors: asked.mirrors,
            only: asked.mirrors_only,
        },
        choice: asked.choice,
        accepted: is_accepted,
        transfer,
        state: transfer.mirror.source(&source.name),
        done: Done::default(),
    };
    job.run();
    // Whatever came in is known, however the rest went.
    transfer.mirror.keep_source(&source.name, &job.state)?;
    for failure in &job.done.failures {
        tracing::warn!("{} is not up to date: {failure}", source.name);
    }
    transfer.shown.say(&line(source, &job.done));
    Ok(job.done)
}

/// What is said of one source: how it went, in one line.
fn line(source: &Source, done: &Done) -> String {
    let mut parts = Vec::new();
    let count =
        |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    if done.files > 0 {
        parts.push(count(done.files, "new file", "new files"));
    }
    if done.records > 0 {
        parts.push(count(done.records, "changed record", "changed records"));
    }
    if !done.failures.is_empty() {
        parts.push(count(done.failures.len(), "failure", "failures"));
    } else if parts.is_empty() {
        parts.push("unchanged".to_owned());
    }
    format!("{:<24} {:>9} {}", source.name, size(done.bytes), parts.join(", "))
}

fn size(bytes: u64) -> String {
    if bytes == 0 { "-".to_owned() } else { format!("{:.1} MiB", mebibytes(bytes)) }
}

/// What the command says of the sources, and why some stay as they were.
fn fetched(done: &[(&Source, Done)]) -> String {
    let mut text = format!("{:<24} {:>9} What came in\n", "Source", "fetched");
    for (source, done) in done {
        text.push_str(&line(source, done));
        text.push('\n');
        for failure in &done.failures {
            // Writing to a String cannot fail.
            let _: std::fmt::Result = writeln!(text, "    kept as it was: {failure}");
        }
    }
    text
}

/// The failure of an update that nobody answered.
fn nothing_done(done: &[(&Source, Done)]) -> CommandError {
    let mut message = "no source could be brought up to date, and nothing was changed:".to_owned();
    for (source, done) in done {
        for failure in &done.failures {
            // Writing to a String cannot fail.
            let _: std::fmt::Result = write!(message, "\n  {}: {failure}", source.name);
        }
    }
    CommandError::new(Kind::Input, anyhow::anyhow!(message))
}

/// Why a segment is not of today: a source of it failed.
fn stale(done: &[(&Source, Done)], segment: &str, feeds: &BTreeMap<String, u64>) -> Option<String> {
    let is_of = |(source, done): &&(&Source, Done)| {
        (source.fills(segment) || feeds.contains_key(source.feed.id))
            && (done.stale.contains("") || done.stale.contains(segment))
    };
    let (source, _) = done.iter().find(is_of)?;
    Some(format!("{} could not be brought up to date", source.name))
}

/// Whether a mirror folder has anything but what is about itself.
fn has_feeds(feeds: &Path) -> bool {
    std::fs::read_dir(feeds).is_ok_and(|entries| {
        entries.flatten().any(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
    })
}

/// Whether the database that is there is not all of what is in the mirror folder.
fn has_old_segments(db: &Path, feeds: &Path) -> bool {
    let manifest = std::fs::read(db.join(MANIFEST_FILE)).unwrap_or_default();
    let old = Manifest::parse(&manifest)
        .map_or(true, |manifest| manifest.segments.iter().any(|segment| segment.old.is_some()));
    old && has_feeds(feeds)
}

/// Every source, where it is, and what it is for.
fn listed(sources: &[&Source], bases: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::new();
    for source in sources {
        let own = vec![source.base.clone()];
        let at = bases.get(&source.name).unwrap_or(&own);
        let at: Vec<String> = at.iter().map(|url| shown(url)).collect();
        let file = if matches!(source.layout, Layout::One) { &*source.file } else { "" };
        let at = at.join(" ");
        let segments = source.segments.join(" ");
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(text, "{:<24} {segments:<28} {at}{file}", source.name);
    }
    text
}
