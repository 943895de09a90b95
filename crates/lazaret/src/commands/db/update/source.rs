//! One source: its files are found as its layout says, fetched, judged and put in place.

use super::transfer::{Fetched, Got, Transfer};
use super::{directory, export};
use crate::fail::causes;
use anyhow::Context as _;
use lazaret_advisory::update::list::{self, ListError};
use lazaret_advisory::update::{
    Choice, Elsewhere, FileState, Layout, Repositories, Source, SourceState, Weight, plausible,
    weigh,
};
use std::collections::BTreeSet;
use std::fs;
use std::sync::PoisonError;

/// The largest file: a tenth of this is the largest there is.
const FILE_BYTES_MAX: u64 = 8 << 30;

/// The largest list of what there is: npm's has some twenty megabytes.
const LIST_BYTES_MAX: u64 = 256 << 20;

/// The largest single record: that of a kernel's flaw has a few megabytes.
const RECORD_BYTES_MAX: u64 = 64 << 20;

/// Releases of a series, or years, that are tried one after the other.
const TRIED_MAX: u32 = 100;

/// Releases of one list. A server that lists more does not know what it says.
const RELEASES_MAX: usize = 200;

/// Years that fail one after the other before the source is given up.
const FAILURES_MAX: u32 = 3;

/// What is needed to bring one source up to date.
pub(super) struct Job<'a> {
    pub(super) source: &'a Source,
    pub(super) elsewhere: Elsewhere<'a>,
    pub(super) choice: &'a Choice,
    /// Whether a change is wanted that would not be believed.
    pub(super) accepted: bool,
    pub(super) transfer: &'a Transfer<'a>,
    pub(super) state: SourceState,
    pub(super) done: Done,
}

/// What was done for one source.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Files that were replaced.
    pub(super) files: usize,
    /// Records and documents that were fetched one by one.
    pub(super) records: usize,
    /// Files that are still the ones that are there.
    pub(super) same: usize,
    /// Bytes that came in.
    pub(super) bytes: u64,
    /// What went wrong, one file each.
    pub(super) failures: Vec<String>,
    /// The segments that failures are about; empty names stand for all that the source fills.
    pub(super) stale: BTreeSet<String>,
}

impl Done {
    /// Whether nothing at all could be done.
    pub(super) fn is_nothing(&self) -> bool {
        self.files == 0 && self.same == 0
    }
}

/// What came of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Same,
    New,
    Missing,
}

/// A list that was read, and maybe has to be put in place.
pub(super) struct Listed {
    pub(super) bytes: Vec<u8>,
    slot: String,
    local: String,
    /// Absent where it is the one that is there.
    fetched: Option<Fetched>,
}

impl Listed {
    /// Whether it is another one than the one that is there.
    pub(super) const fn is_new(&self) -> bool {
        self.fetched.is_some()
    }
}

impl Job<'_> {
    /// Brings the source up to date, as far as that goes; what does not is in [`Done::failures`].
    pub(super) fn run(&mut self) {
        let source = self.source;
        let ran = match source.layout {
            Layout::Files(files) => {
                for (remote, local, segment) in files {
                    if self.choice.wants_file(source, segment) {
                        self.try_file(local, remote, local, segment);
                    }
                }
                Ok(())
            }
            Layout::One => {
                self.try_file(&source.file, &source.file, &source.file, "");
                Ok(())
            }
            Layout::Branches { files, segment, series, first, others } => {
                let branches = Branches { files, segment, series, first, others };
                self.branches(&branches)
            }
            Layout::Export => export::run(self),
            Layout::Directory { folder, latest, archive } => {
                directory::run(self, folder, latest, archive)
            }
            Layout::Years { before, after, first, last } => {
                self.years(before, after, first, last);
                Ok(())
            }
            Layout::Releases { list, before, after, segment } => {
                self.releases(list, before, after, segment)
            }
            Layout::Repositories(Repositories::At(all)) => {
                for (at, segment) in all {
                    if self.choice.wants_file(source, segment) {
                        let ran = self.repository(at, at);
                        self.note(ran, segment);
                    }
                }
                Ok(())
            }
            Layout::Repositories(Repositories::Listed(all)) => {
                for (mirrors, segment) in all {
                    if self.choice.wants_file(source, segment) {
                        let ran = self.listed_repository(mirrors);
                        self.note(ran, segment);
                    }
                }
                Ok(())
            }
        };
        self.note(ran, "");
    }

    /// Keeps a failure, and which segment it is about.
    fn note(&mut self, ran: anyhow::Result<()>, segment: &str) {
        if let Err(error) = ran {
            self.done.stale.insert(segment.to_owned());
            self.done.failures.push(causes(&error));
        }
    }

    /// Fetches a file that has to be there.
    fn try_file(&mut self, slot: &str, remote: &str, local: &str, segment: &str) {
        let ran = match self.file(slot, remote, local) {
            Ok(Came::Missing) => Err(self.nobody_has(remote)),
            came => came.map(drop),
        };
        self.note(ran, segment);
    }

    /// The error for a file that nobody has.
    pub(super) fn nobody_has(&self, remote: &str) -> anyhow::Error {
        let addresses = self.addresses(remote);
        let last = addresses.last().map(|url| lazaret_image::fetch::shown(url));
        anyhow::anyhow!("there is no {}", last.unwrap_or_default())
    }

    fn addresses(&self, remote: &str) -> Vec<String> {
        self.source.addresses(remote, self.elsewhere)
    }

    /// Fetches a file, judges it and puts it in place. `slot` is what it is, whatever its name.
    pub(super) fn file(&mut self, slot: &str, remote: &str, local: &str) -> anyhow::Result<Came> {
        let local = self.source.local(local);
        let known = self.state.files.get(slot).filter(|known| known.path == local);
        let name = &self.source.name;
        let got = self.transfer.get(name, &self.addresses(remote), known, FILE_BYTES_MAX)?;
        match got {
            Got::Same => {
                self.done.same += 1;
                Ok(Came::Same)
            }
            Got::Missing if self.state.files.contains_key(slot) => {
                // What was there once is not dropped because a server does not have it.
                Err(self.nobody_has(remote)).context("it was there before")
            }
            Got::Missing => Ok(Came::Missing),
            Got::New(fetched) => {
                self.done.bytes = self.done.bytes.saturating_add(fetched.received);
                self.adopt(slot, &local, fetched)
            }
        }
    }

    /// Takes a file that came in for the one that is there, if it is to be believed.
    pub(super) fn adopt(
        &mut self,
        slot: &str,
        local: &str,
        mut fetched: Fetched,
    ) -> anyhow::Result<Came> {
        let before = self.state.files.get(slot).cloned();
        let weighed = {
            let one = self.transfer.mirror.weighing.lock();
            let _one = one.unwrap_or_else(PoisonError::into_inner);
            let bytes = fs::read(&fetched.part)?;
            let there = fs::read(self.transfer.mirror.path(local));
            if let Some(before) = before.as_ref().filter(|before| before.path == local)
                && there.is_ok_and(|there| there == bytes)
            {
                // A server that cannot tell sent it all again.
                fetched.state.path.clone_from(&before.path);
                fetched.state.records = before.records;
                let state = std::mem::take(&mut fetched.state);
                self.state.files.insert(slot.to_owned(), state);
                self.done.same += 1;
                return Ok(Came::Same);
            }
            weigh(self.source.feed, local, &bytes)
        };
        let weight = match weighed {
            Ok(weight) => weight,
            Err(reason) => {
                anyhow::bail!("{} is refused: {reason}", fetched.state.url);
            }
        };
        self.put(slot, local, fetched, weight)
    }

    /// The last part of [`Job::adopt`], for a file whose weight is known.
    pub(super) fn put(
        &mut self,
        slot: &str,
        local: &str,
        mut fetched: Fetched,
        weight: Weight,
    ) -> anyhow::Result<Came> {
        let mirror = self.transfer.mirror;
        let before = self.state.files.get(slot).cloned();
        if let Some(before) = &before
            && !self.accepted
        {
            let old = Weight { size_bytes: before.size_bytes, records: before.records };
            if let Err(implausible) = plausible(old, weight) {
                anyhow::bail!("{} is refused: {implausible}", fetched.state.url);
            }
        }
        mirror.begin_change()?;
        fetched.place(&mirror.path(local))?;
        if let Some(before) = before.filter(|before| before.path != local) {
            // The same under another name.
            fs::remove_file(mirror.path(&before.path)).ok();
        }
        local.clone_into(&mut fetched.state.path);
        fetched.state.size_bytes = weight.size_bytes;
        fetched.state.records = weight.records;
        let state = std::mem::take(&mut fetched.state);
        self.state.files.insert(slot.to_owned(), state);
        self.done.files += 1;
        Ok(Came::New)
    }

    /// Fetches a list, which is kept beside the data; none where nobody has one.
    pub(super) fn list(&mut self, remote: &str, local: &str) -> anyhow::Result<Option<Listed>> {
        let slot = format!("list:{local}");
        let local = self.source.local(local);
        let known = self.state.files.get(&slot);
        let name = &self.source.name;
        let got = self.transfer.get(name, &self.addresses(remote), known, LIST_BYTES_MAX)?;
        let path = self.transfer.mirror.path(&local);
        Ok(match got {
            Got::Missing => None,
            Got::Same => Some(Listed { bytes: fs::read(path)?, slot, local, fetched: None }),
            Got::New(fetched) => {
                self.done.bytes = self.done.bytes.saturating_add(fetched.received);
                let bytes = fs::read(&fetched.part)?;
                if fs::read(path).is_ok_and(|there| there == bytes) {
                    let state = FileState { path: local.clone(), ..fetched.state.clone() };
                    self.state.files.insert(slot.clone(), state);
                    return Ok(Some(Listed { bytes, slot, local, fetched: None }));
                }
                Some(Listed { bytes, slot, local, fetched: Some(fetched) })
            }
        })
    }

    /// The list that is there from before.
    pub(super) fn list_before(&self, local: &str) -> Option<Vec<u8>> {
        let known = self.state.files.get(&format!("list:{local}"))?;
        fs::read(self.transfer.mirror.path(&known.path)).ok()
    }

    /// Keeps a list, once everything is as it says.
    pub(super) fn keep(&mut self, list: Listed) -> anyhow::Result<()> {
        let Some(mut fetched) = list.fetched else { return Ok(()) };
        fetched.place(&self.transfer.mirror.path(&list.local))?;
        fetched.state.path = list.local;
        self.state.files.insert(list.slot, std::mem::take(&mut fetched.state));
        Ok(())
    }

    /// Fetches one record; none where nobody has it.
    pub(super) fn record(&mut self, remote: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let name = &self.source.name;
        match self.transfer.get(name, &self.addresses(remote), None, RECORD_BYTES_MAX)? {
            Got::Same | Got::Missing => Ok(None),
            Got::New(fetched) => {
                self.done.bytes = self.done.bytes.saturating_add(fetched.received);
                fetched.into_bytes().map(Some)
            }
        }
    }

    fn branches(&mut self, branches: &Branches) -> anyhow::Result<()> {
        let listed = self.list("", "index.html")?;
        let folders = listed.as_ref().map(|listed| list::folders(&listed.bytes));
        let Some(Ok(folders)) = folders else {
            // A mirror may have the files and no page.
            return self.try_branches(branches);
        };
        let mut seen = false;
        let known = folders.iter().filter(|folder| branches.has(folder));
        for folder in known.take(RELEASES_MAX) {
            seen = true;
            self.branch(branches, folder);
        }
        let Some(listed) = listed.filter(|_| seen) else {
            anyhow::bail!("{} lists no release", self.source.base);
        };
        self.keep(listed)
    }

    /// Tries every release there may be.
    fn try_branches(&mut self, branches: &Branches) -> anyhow::Result<()> {
        let mut found = false;
        for folder in branches.others {
            found |= self.branch(branches, folder);
        }
        let mut in_series = false;
        for number in branches.first..branches.first.saturating_add(TRIED_MAX) {
            let failures = self.done.failures.len();
            let is_there = self.branch(branches, &format!("{}{number}", branches.series));
            let has_failed = self.done.failures.len() > failures;
            if in_series && !is_there && !has_failed && self.choice.wants_file(self.source, "-") {
                // Behind the newest.
                break;
            }
            in_series |= is_there;
            found |= is_there || has_failed;
        }
        if found { Ok(()) } else { Err(self.nobody_has("")) }
    }

    /// Fetches the files of one release; whether there is any.
    fn branch(&mut self, branches: &Branches, folder: &str) -> bool {
        let segment = format!("{}{}", branches.segment, folder.trim_start_matches('v'));
        if !self.choice.wants_file(self.source, &segment) {
            return false;
        }
        let mut found = false;
        for file in branches.files {
            let path = format!("{folder}/{file}");
            match self.file(&path, &path, &path) {
                Ok(came) => found |= came != Came::Missing,
                Err(error) => self.note(Err(error), &segment),
            }
        }
        found
    }

    fn years(&mut self, before: &str, after: &str, first: u16, last: u16) {
        let end = u32::from(last).saturating_add(TRIED_MAX);
        let mut failures = 0;
        for year in u32::from(first)..end {
            let path = format!("{before}{year}{after}");
            let ran = match self.file(&path, &path, &path) {
                Ok(Came::Missing) if year > u32::from(last) => break,
                Ok(Came::Missing) => Err(self.nobody_has(&path)),
                came => came.map(drop),
            };
            failures = if ran.is_err() { failures + 1 } else { 0 };
            self.note(ran, "");
            // A server that fails at every year need not be asked for a hundred of them.
            if failures == FAILURES_MAX {
                break;
            }
        }
    }

    fn releases(
        &mut self,
        document: &str,
        before: &str,
        after: &str,
        segment: &str,
    ) -> anyhow::Result<()> {
        let listed = self.list(document, document)?.ok_or_else(|| self.nobody_has(document))?;
        let releases = match list::branches(&listed.bytes) {
            Ok(releases) => releases,
            Err(error) => {
                return Err(error).context(document.to_owned());
            }
        };
        for release in releases {
            let segment = format!("{segment}{release}");
            if self.choice.wants_file(self.source, &segment) {
                let path = format!("{before}{release}{after}");
                self.try_file(&path, &path, &path, &segment);
            }
        }
        self.keep(listed)
    }

    /// Fetches the advisories of a repository; one that is not there is passed over.
    fn repository(&mut self, slot: &str, at: &str) -> anyhow::Result<()> {
        let metadata = format!("{at}/repodata/repomd.xml");
        let Some(listed) = self.list(&metadata, &metadata)? else {
            if self.state.files.contains_key(slot) {
                return Err(self.nobody_has(&metadata)).context("it was there before");
            }
            return Ok(());
        };
        let href = match list::updateinfo(&listed.bytes) {
            Ok(Some(href)) => href,
            Ok(None) if !self.state.files.contains_key(slot) => return self.keep(listed),
            other => {
                let error = other.err().unwrap_or(ListError::Other);
                return Err(error).context(metadata);
            }
        };
        let path = format!("{at}/{href}");
        if self.file(slot, &path, &path)? == Came::Missing {
            return Err(self.nobody_has(&path));
        }
        self.keep(listed)
    }

    fn listed_repository(&mut self, mirrors: &str) -> anyhow::Result<()> {
        let listed = self.list(mirrors, mirrors)?.ok_or_else(|| self.nobody_has(mirrors))?;
        match list::first_mirror(&listed.bytes) {
            Ok(at) => {
                self.repository(mirrors, &at)?;
                self.keep(listed)
            }
            Err(error) => Err(error).context(mirrors.to_owned()),
        }
    }
}

/// [`Layout::Branches`], in one piece.
struct Branches {
    files: &'static [&'static str],
    segment: &'static str,
    series: &'static str,
    first: u32,
    others: &'static [&'static str],
}

impl Branches {
    fn has(&self, folder: &str) -> bool {
        let number = folder.strip_prefix(self.series).and_then(|number| number.parse().ok());
        self.others.contains(&folder) || number.is_some_and(|number: u32| number >= self.first)
    }
}
