//! A directory of CSAF documents: the archive of everything, and the documents that changed since.

use super::archive;
use super::source::{Came, Job};
use super::transfer::Fetched;
use anyhow::Context as _;
use lazaret_advisory::update::list::{self, Changed, List};
use lazaret_advisory::update::{FileState, Weight, weigh};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

const CHANGES: &str = "changes.csv";
const DELETIONS: &str = "deletions.csv";
/// What the archive is among the files of a source, whatever its name.
const ARCHIVE: &str = "archive";

/// Documents fetched one by one rather than with a new archive. Most days have some hundreds.
const FEW: usize = 2_000;

/// Documents fetched one by one where no archive is new enough.
const FEW_SINCE_ARCHIVE: usize = 20_000;

/// What a directory publishes beside its documents.
struct Published {
    changes: List,
    deletions: List,
}

pub(super) fn run(
    job: &mut Job<'_>,
    folder: &str,
    latest: Option<&str>,
    archive: &str,
) -> anyhow::Result<()> {
    let fetch = |job: &mut Job<'_>| whole(job, folder, latest, archive);
    let changes_path = format!("{folder}{CHANGES}");
    let deletions_path = format!("{folder}{DELETIONS}");
    let Some(changes) = job.list(&changes_path, &changes_path)? else {
        return fetch(job).map(drop);
    };
    let deletions = job.list(&deletions_path, &deletions_path)?;
    let deleted = deletions.as_ref().map(|listed| list::deletions(&listed.bytes)).transpose();
    let published = Published {
        changes: list::changes(&changes.bytes).with_context(|| changes_path.clone())?,
        deletions: deleted.with_context(|| deletions_path.clone())?.unwrap_or_default(),
    };
    let is_whole =
        job.state.files.get(ARCHIVE).is_some_and(|known| job.transfer.mirror.is_intact(known));
    let is_new = changes.is_new() || deletions.as_ref().is_some_and(super::source::Listed::is_new);
    if is_whole && !is_new {
        job.done.same += 1;
        return Ok(());
    }
    let before = job.list_before(&changes_path).filter(|_| is_whole);
    let before = before.and_then(|bytes| list::changes(&bytes).ok());
    let deleted_before = job.list_before(&deletions_path);
    let deleted_before = deleted_before.and_then(|bytes| list::deletions(&bytes).ok());
    let changed = match &before {
        Some(before) => {
            let known = deleted_before.unwrap_or_default();
            let deletions: List = published
                .deletions
                .iter()
                .filter(|(name, time)| known.get(*name) != Some(*time))
                .map(|(name, time)| (name.clone(), time.clone()))
                .collect();
            list::since(Some(before), &published.changes, &deletions, None, FEW)
        }
        None => Changed::Everything,
    };
    match changed {
        Changed::Nothing => job.done.same += 1,
        Changed::Some { changed, gone } => some(job, folder, &changed, &gone)?,
        Changed::Everything => {
            fetch(job)?;
            let day = day_of_archive(job);
            let Published { changes, deletions } = &published;
            match list::since(None, changes, deletions, day.as_deref(), FEW_SINCE_ARCHIVE) {
                Changed::Nothing => {}
                Changed::Some { changed, gone } => some(job, folder, &changed, &gone)?,
                Changed::Everything => {
                    anyhow::bail!(
                        "more than {FEW_SINCE_ARCHIVE} documents changed since the archive"
                    )
                }
            }
        }
    }
    job.keep(changes)?;
    deletions.map_or(Ok(()), |deletions| job.keep(deletions))
}

/// Fetches the archive of everything, if it is another one.
fn whole(
    job: &mut Job<'_>,
    folder: &str,
    latest: Option<&str>,
    archive: &str,
) -> anyhow::Result<Came> {
    let path = match latest {
        Some(latest) => {
            let latest = format!("{folder}{latest}");
            let bytes = job.record(&latest)?.ok_or_else(|| job.nobody_has(&latest))?;
            let name = list::archive_name(&bytes).with_context(|| latest.clone())?;
            format!("{folder}{name}")
        }
        None => archive.to_owned(),
    };
    match job.file(ARCHIVE, &path, &path)? {
        Came::Missing => Err(job.nobody_has(&path)),
        came => Ok(came),
    }
}

/// The day that the archive is certainly of: what changed from then on may not be in it.
fn day_of_archive(job: &Job<'_>) -> Option<String> {
    let known = job.state.files.get(ARCHIVE)?;
    let name = known.path.rsplit('/').next().unwrap_or_default();
    if let Some(day) = list::day_in_name(name) {
        return Some(day.to_owned());
    }
    let changed = OffsetDateTime::parse(known.last_modified.as_deref()?, &Rfc2822).ok()?;
    Some(changed.date().to_string())
}

/// Fetches documents and puts them into the archive that is there.
fn some(
    job: &mut Job<'_>,
    folder: &str,
    changed: &[String],
    gone: &[String],
) -> anyhow::Result<()> {
    let mut documents = BTreeMap::new();
    for name in changed {
        let path = format!("{folder}{name}");
        let bytes = job.record(&path)?.ok_or_else(|| job.nobody_has(&path))?;
        let local = job.source.local(&path);
        if let Err(reason) = weigh(job.source.feed, &local, &bytes) {
            anyhow::bail!("{path} is refused: {reason}");
        }
        documents.insert(name.clone(), bytes);
    }
    let gone: BTreeSet<String> = gone.iter().cloned().collect();
    let known = job.state.files.get(ARCHIVE).context("there is no archive")?.clone();
    let part = job.transfer.mirror.unfinished(&format!("{}.patched.part", job.source.name));
    let there = job.transfer.mirror.path(&known.path);
    let patched = archive::patch_tar(&there, &part, &documents, &gone)?;
    if patched.replaced == 0 && documents.is_empty() {
        // Nothing that was deleted is in the archive.
        std::fs::remove_file(&part)?;
        job.done.same += 1;
        return Ok(());
    }
    let records = patched.documents;
    let weight = Weight { size_bytes: std::fs::metadata(&part)?.len(), records };
    let state = FileState { path: String::new(), ..known.clone() };
    let files = job.done.files;
    job.put(ARCHIVE, &known.path, Fetched { part, state, received: 0 }, weight)?;
    job.done.files = files;
    job.done.same += 1;
    job.done.records = job.done.records.saturating_add(documents.len());
    Ok(())
}
