//! One file from the network to the disk: whichever address has it, as often as it breaks off.

use super::mirror::Mirror;
use crate::fail::causes;
use crate::ui::Transfers;
use aws_lc_rs::digest::{SHA256, digest};
use lazaret_advisory::update::FileState;
use lazaret_image::fetch::{Answer, Client, FetchError, Found, Validators, Wanted, shown};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How many bytes between two breaks count as progress.
const PROGRESS_BYTES: u64 = 64 << 10;

/// How often one transfer may break in all, however much progress it makes.
const BREAKS_MAX: u32 = 100;

/// A part of a range that cannot be had (RFC 9110, section 15.5.17).
const RANGE_NOT_SATISFIABLE: u16 = 416;

/// Fetches files into the mirror folder, and counts what comes in.
pub(super) struct Transfer<'a> {
    pub(super) client: &'a Client,
    pub(super) mirror: &'a Mirror,
    pub(super) shown: &'a Transfers,
}

/// What came of asking for a file.
#[derive(Debug)]
pub(super) enum Got {
    /// It is the one that is there.
    Same,
    /// Nobody has it.
    Missing,
    /// Another one.
    New(Fetched),
}

/// A file that came in whole and is not where it belongs yet. One that is dropped is gone.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) part: PathBuf,
    /// What is known of it; its place and its records are not.
    pub(super) state: FileState,
    /// Bytes that came in just now.
    pub(super) received: u64,
}

/// What is kept beside an unfinished file: of which state it is a part.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Begun {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Transfer<'_> {
    /// Asks one address after the other. `known` is the file that is there.
    pub(super) fn get(
        &self,
        name: &str,
        addresses: &[String],
        known: Option<&FileState>,
        bytes_max: u64,
    ) -> anyhow::Result<Got> {
        let mut failure: Option<anyhow::Error> = None;
        let known = known.filter(|known| self.mirror.is_intact(known));
        for url in addresses {
            let known = known.filter(|known| known.url == shown(url));
            match self.get_from(name, url, known, bytes_max) {
                Ok(Got::Missing) => {}
                Ok(got) => return Ok(got),
                Err(error) => {
                    let error = error.context(format!("failed to fetch {}", shown(url)));
                    if let Some(passed) = failure.replace(error) {
                        tracing::warn!("{}", causes(&passed));
                    }
                }
            }
        }
        failure.map_or(Ok(Got::Missing), Err)
    }

    fn get_from(
        &self,
        name: &str,
        url: &str,
        known: Option<&FileState>,
        bytes_max: u64,
    ) -> anyhow::Result<Got> {
        let part = self.part(url);
        let note = part.with_extension("json");
        let known = known.map(|known| Validators {
            etag: known.etag.clone(),
            last_modified: known.last_modified.clone(),
        });
        let known = known.filter(|known| !known.is_empty());
        let (mut breaks, mut barren, mut received) = (0_u32, 0_u32, 0_u64);
        loop {
            let begun = begun(&part, &note, url);
            let wanted = Wanted {
                url,
                known: known.as_ref(),
                begun: begun.as_ref().map(|(len, validators)| (*len, validators)),
                authorization: None,
                bytes_max,
            };
            let mut found = match self.client.ask(&wanted) {
                Ok(Answer::NotModified) => return Ok(Got::Same),
                Ok(Answer::Missing) => return Ok(Got::Missing),
                Ok(Answer::Found(found)) => found,
                Err(FetchError::Status { status: RANGE_NOT_SATISFIABLE, .. })
                    if begun.is_some() && breaks < BREAKS_MAX =>
                {
                    breaks = breaks.saturating_add(1);
                    fs::remove_file(&part)?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let before = received;
            let error = match self.receive(name, &mut found, &part, &note, url, &mut received) {
                Ok(()) => return fetched(part, &found, url, received).map(Got::New),
                Err(error) => error,
            };
            let passing = error.downcast_ref::<FetchError>().is_some_and(FetchError::is_passing);
            breaks = breaks.saturating_add(1);
            let progress = received.saturating_sub(before) >= PROGRESS_BYTES;
            barren = if progress { 1 } else { barren.saturating_add(1) };
            if !passing || breaks > BREAKS_MAX || !self.client.pause(barren) {
                return Err(error);
            }
            tracing::debug!(url = shown(url), received, "transfer taken up again");
        }
    }

    /// Where the unfinished file of an address is.
    fn part(&self, url: &str) -> PathBuf {
        let digest = digest(&SHA256, shown(url).as_bytes());
        let start = digest.as_ref().first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
        self.mirror.unfinished(&format!("{start:016x}.part"))
    }

    /// Writes what comes in behind what is there, or anew.
    fn receive(
        &self,
        name: &str,
        found: &mut Found,
        part: &Path,
        note: &Path,
        url: &str,
        received: &mut u64,
    ) -> anyhow::Result<()> {
        let mut file = if found.begin == 0 {
            let validators = found.validators.clone();
            let begun = Begun {
                url: shown(url),
                etag: validators.etag,
                last_modified: validators.last_modified,
            };
            // The old part is gone before it could be taken for one of the new state.
            let file = File::create(part)?;
            fs::write(note, serde_json::to_vec(&begun)?)?;
            file
        } else {
            File::options().append(true).open(part)?
        };
        let bar = self.shown.begin(name, found.total, found.begin);
        let mut here = 0_u64;
        while let Some(piece) = self.client.read(found)? {
            file.write_all(&piece)?;
            let len = u64::try_from(piece.len())?;
            here = here.saturating_add(len);
            *received = received.saturating_add(len);
            bar.advance(len);
        }
        file.sync_all()?;
        let len = found.begin.saturating_add(here);
        match found.total {
            Some(total) if total != len => {
                // Nothing more of it is wanted.
                fs::remove_file(part)?;
                anyhow::bail!("{len} bytes came in, and {total} were promised")
            }
            _ => Ok(()),
        }
    }
}

/// What there is of an unfinished file, and of which state.
fn begun(part: &Path, note: &Path, url: &str) -> Option<(u64, Validators)> {
    let len = fs::metadata(part).ok()?.len();
    let begun: Begun = serde_json::from_slice(&fs::read(note).ok()?).ok()?;
    let validators = Validators { etag: begun.etag, last_modified: begun.last_modified };
    (len > 0 && begun.url == shown(url)).then_some((len, validators))
}

fn fetched(part: PathBuf, found: &Found, url: &str, received: u64) -> anyhow::Result<Fetched> {
    let state = FileState {
        url: shown(url),
        etag: found.validators.etag.clone(),
        last_modified: found.validators.last_modified.clone(),
        size_bytes: fs::metadata(&part)?.len(),
        ..FileState::default()
    };
    Ok(Fetched { part, state, received })
}

impl Fetched {
    /// Its bytes, after which it is gone.
    pub(super) fn into_bytes(self) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(&self.part)?)
    }

    /// Puts it where it belongs.
    pub(super) fn place(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::rename(&self.part, path)?)
    }
}

impl Drop for Fetched {
    fn drop(&mut self) {
        // Whatever is not in its place is not wanted. What cannot be removed is written over.
        fs::remove_file(&self.part).ok();
        fs::remove_file(self.part.with_extension("json")).ok();
    }
}
