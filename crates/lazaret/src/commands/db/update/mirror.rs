//! The folder that keeps what was fetched: the files of the feeds in the layout of a mirror, and
//! what is known of them.

use crate::fail::{CommandError, Kind, Result};
use anyhow::Context as _;
use lazaret_advisory::update::{FileState, SourceState, State};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is about the folder itself; no feed has files there.
const OWN_FOLDER: &str = ".update";
const STATE_FILE: &str = "state.json";
const LOCK_FILE: &str = "lock";

/// A mirror folder that nobody else is updating.
pub(super) struct Mirror {
    root: PathBuf,
    state: Mutex<State>,
    /// Held while a file is read as its feed does: several of the largest at once need too much
    /// memory.
    pub(super) weighing: Mutex<()>,
    /// Held until dropped.
    _lock: File,
}

impl Mirror {
    /// Opens a folder, or makes it.
    pub(super) fn open(root: &Path) -> Result<Self> {
        Self::begin(root).map_err(|error| {
            let context = format!("failed to prepare {}", root.display());
            CommandError::new(Kind::Input, error.context(context))
        })
    }

    fn begin(root: &Path) -> anyhow::Result<Self> {
        let own = root.join(OWN_FOLDER);
        fs::create_dir_all(&own)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(own.join(LOCK_FILE))
            .context("failed to open its lock")?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("another program is updating it");
            }
            Err(TryLockError::Error(error)) => {
                tracing::debug!(%error, "the folder cannot be locked");
            }
        }
        let state = match fs::read(own.join(STATE_FILE)) {
            Ok(bytes) => State::parse(&bytes).unwrap_or_else(|error| {
                tracing::warn!("what is known of the feeds is begun anew: {error}");
                State::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => State::default(),
            Err(error) => return Err(error.into()),
        };
        let weighing = Mutex::default();
        Ok(Self { root: root.to_owned(), state: Mutex::new(state), weighing, _lock: lock })
    }

    /// Where a file lies.
    pub(super) fn path(&self, local: &str) -> PathBuf {
        self.root.join(local)
    }

    /// A file that is not finished.
    pub(super) fn unfinished(&self, name: &str) -> PathBuf {
        self.root.join(OWN_FOLDER).join(name)
    }

    /// What is known of a source.
    pub(super) fn source(&self, name: &str) -> SourceState {
        self.state().sources.get(name).cloned().unwrap_or_default()
    }

    /// Keeps what is known of a source now.
    pub(super) fn keep_source(&self, name: &str, source: &SourceState) -> anyhow::Result<()> {
        let mut state = self.state();
        state.sources.insert(name.to_owned(), source.clone());
        self.save(&state)
    }

    /// Whether a file is there as it was kept, so that it may be asked whether it changed.
    pub(super) fn is_intact(&self, file: &FileState) -> bool {
        fs::metadata(self.path(&file.path))
            .is_ok_and(|metadata| metadata.is_file() && metadata.len() == file.size_bytes)
    }

    /// Remembers that the database is not of these files any more, before one of them changes.
    pub(super) fn begin_change(&self) -> anyhow::Result<()> {
        let mut state = self.state();
        if state.built_by.take().is_some() {
            self.save(&state)?;
        }
        Ok(())
    }

    /// Whether this program made the database of just these files.
    pub(super) fn is_built_by(&self, program: &str) -> bool {
        self.state().built_by.as_deref() == Some(program)
    }

    /// Remembers that it did.
    pub(super) fn keep_built_by(&self, program: &str) -> anyhow::Result<()> {
        let mut state = self.state();
        state.built_by = Some(program.to_owned());
        self.save(&state)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, state: &State) -> anyhow::Result<()> {
        let unfinished = self.unfinished(&format!("{STATE_FILE}.part"));
        let save = || -> anyhow::Result<()> {
            fs::write(&unfinished, state.to_json()?)?;
            Ok(fs::rename(&unfinished, self.unfinished(STATE_FILE))?)
        };
        save().context("failed to keep what is known of the feeds")
    }
}
