//! An ecosystem of OSV: everything at once, or the few records that changed.

use super::archive;
use super::source::{Came, Job};
use super::transfer::Fetched;
use anyhow::Context as _;
use lazaret_advisory::update::FileState;
use lazaret_advisory::update::list::{self, Changed, List};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const ALL: &str = "all.zip";
const LIST: &str = "modified_id.csv";

/// Records fetched one by one. More take longer than even npm's archive.
const FEW: usize = 500;

pub(super) fn run(job: &mut Job<'_>) -> anyhow::Result<()> {
    let Some(listed) = job.list(LIST, LIST)? else { return everything(job) };
    let now = match list::modified_ids(&listed.bytes) {
        Ok(now) => now,
        Err(error) => return Err(error).with_context(|| job.source.local(LIST)),
    };
    let is_whole =
        job.state.files.get(ALL).is_some_and(|known| job.transfer.mirror.is_intact(known));
    if is_whole && !listed.is_new() {
        job.done.same += 1;
        return Ok(());
    }
    let before = job.list_before(LIST).filter(|_| is_whole);
    let before = before.and_then(|bytes| list::modified_ids(&bytes).ok());
    let changed = before.map_or(Changed::Everything, |before| list::compare(&before, &now, FEW));
    let some = match changed {
        Changed::Nothing => {
            job.done.same += 1;
            return job.keep(listed);
        }
        Changed::Some { changed, gone } => match some(job, &changed, &gone, &now) {
            Ok(()) => return job.keep(listed),
            Err(error) => Some(error),
        },
        Changed::Everything => None,
    };
    if let Some(error) = some {
        tracing::warn!("{}: {error:#}; everything is fetched instead", job.source.name);
    }
    let same = job.done.same;
    everything(job)?;
    // An archive that is behind its list brings nothing of what the list promises: next time.
    if job.done.same > same { Ok(()) } else { job.keep(listed) }
}

fn everything(job: &mut Job<'_>) -> anyhow::Result<()> {
    match job.file(ALL, ALL, ALL)? {
        Came::Missing => Err(job.nobody_has(ALL)),
        Came::Same | Came::New => Ok(()),
    }
}

/// Fetches records and puts them into the archive that is there.
fn some(job: &mut Job<'_>, changed: &[String], gone: &[String], now: &List) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct Record {
        id: String,
    }
    let mut records = BTreeMap::new();
    for id in changed {
        let file = format!("{id}.json");
        let bytes = job.record(&file)?.ok_or_else(|| job.nobody_has(&file))?;
        let record: Record =
            serde_json::from_slice(&bytes).with_context(|| format!("{file} is not a record"))?;
        anyhow::ensure!(record.id == *id, "{file} is the record {}", record.id);
        records.insert(file, bytes);
    }
    let gone: BTreeSet<String> =
        gone.iter().filter(|id| !now.contains_key(*id)).map(|id| format!("{id}.json")).collect();
    let known = job.state.files.get(ALL).context("there is no archive")?.clone();
    let part = job.transfer.mirror.unfinished(&format!("{}.patched.part", job.source.name));
    archive::patch_zip(&job.transfer.mirror.path(&known.path), &part, &records, &gone)?;
    // The archive's own validators stay: they tell whether there is a newer archive.
    let state = FileState { path: String::new(), ..known.clone() };
    let came = job.adopt(ALL, &known.path, Fetched { part, state, received: 0 })?;
    if came == Came::New {
        job.done.files = job.done.files.saturating_sub(1);
        job.done.records = job.done.records.saturating_add(records.len());
        job.done.same += 1;
    }
    Ok(())
}
