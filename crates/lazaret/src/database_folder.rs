//! A database's folder: replaced as a whole, with the history of what it held before.
//!
//! Whoever builds, updates or fetches a database writes it through [`replace`]. The manifest that
//! was there is kept in the folder's history, and the segment files it names stay with it, so that
//! `--db-at` can ask what was known then.

use crate::fail::{CommandError, Kind, Result};
use anyhow::Context as _;
use lazaret_advisory::{
    Db, HISTORY_FOLDER, MANIFEST_FILE, Manifest, ManifestError, kept_manifests, kept_name,
    named_files,
};
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The folder inside a database's folder in which `db update` keeps what it fetched.
pub(crate) const FEEDS_FOLDER: &str = "feeds";

/// Hands a finished file of a database over: its name in the folder, and its bytes.
pub(crate) type WriteFile<'a> = &'a mut dyn FnMut(&str, &[u8]) -> io::Result<()>;

/// Refuses to build over anything but a database: what is there is replaced as a whole.
pub(crate) fn check_free(out: &Path) -> Result<()> {
    let is_free = match std::fs::read_dir(out) {
        Ok(mut entries) => {
            let is_feeds = |entry: io::Result<std::fs::DirEntry>| {
                entry.is_ok_and(|entry| entry.file_name() == FEEDS_FOLDER)
            };
            entries.all(is_feeds) || holds_only_a_database(out)
        }
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if is_free {
        return Ok(());
    }
    let error = anyhow::anyhow!("{} is there and is no advisory database", out.display());
    let error = CommandError::new(Kind::Input, error);
    Err(error.hint("name a folder that is empty or not there"))
}

/// The database in a folder about to be replaced; nothing where there is none this program reads.
pub(crate) fn previous(out: &Path) -> Option<Db> {
    Db::open(out).ok()
}

/// Writes a database into a folder: new files beside the old ones, and the manifest last. Until
/// then the database that is there answers.
///
/// `write` gets the function that takes each file. Segment files that neither the new manifest nor
/// a kept one names are gone afterwards. Whatever fails, the folder's database stays as it was.
pub(crate) fn replace<T>(
    out: &Path,
    write: impl FnOnce(WriteFile<'_>) -> anyhow::Result<T>,
) -> Result<T> {
    let is_new = !out.exists();
    let mut added = Vec::new();
    let replace = || -> anyhow::Result<T> {
        std::fs::create_dir_all(out)?;
        let _lock = lock(out)?;
        check_history(out)?;
        let mut manifest = None;
        let written = write(&mut |file, bytes| {
            if file == MANIFEST_FILE {
                manifest = Some(bytes.to_vec());
                return Ok(());
            }
            let path = out.join(file);
            let there = std::fs::read(&path);
            if there.as_ref().is_ok_and(|there| there == bytes) {
                return Ok(());
            }
            if there.is_err() {
                added.push(path.clone());
            }
            put(&path, bytes)
        })?;
        let manifest = manifest.context("the database has no manifest")?;
        // The same database again is no history.
        if std::fs::read(out.join(MANIFEST_FILE)).ok().as_ref() != Some(&manifest) {
            keep(out)?;
            put(&out.join(MANIFEST_FILE), &manifest)?;
        }
        added.clear();
        remove_unnamed(out)?;
        Ok(written)
    };
    let replaced = replace();
    replaced.map_err(|error| {
        let mut removed = added.iter().map(std::fs::remove_file).all(|removed| removed.is_ok());
        if is_new && out.exists() {
            removed &= std::fs::remove_dir_all(out).is_ok();
        }
        if !removed {
            tracing::warn!("an unfinished database was left behind");
        }
        let context = format!("failed to write the database {}", out.display());
        CommandError::new(Kind::Input, error.context(context))
    })
}

/// Keeps others from writing to a folder, where its file system can.
pub(crate) fn lock(folder: &Path) -> anyhow::Result<Option<File>> {
    let file = File::open(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            anyhow::bail!("another program is writing a database there")
        }
        Err(TryLockError::Error(error)) => {
            tracing::debug!(%error, "the folder cannot be locked");
            Ok(None)
        }
    }
}

/// Forgets what a folder's database said before a time, in seconds since 1970 (UTC): kept manifests
/// that answer for earlier times only, and segment files nothing else names. Gives the number of
/// manifests and of other files that were removed.
pub(crate) fn prune(dir: &Path, before: i64) -> anyhow::Result<(usize, usize)> {
    let current = Db::open(dir)?.time();
    let kept = kept_manifests(dir)?;
    let is_current = current.is_some_and(|time| time <= before);
    // The one that answers for the time itself stays.
    let answers = kept.iter().rev().find(|kept| kept.time <= before).filter(|_| !is_current);
    let mut removed = 0;
    for old in kept.iter().filter(|kept| kept.time <= before && Some(*kept) != answers) {
        std::fs::remove_file(dir.join(HISTORY_FOLDER).join(&old.file))?;
        removed += 1;
    }
    Ok((removed, remove_unnamed(dir)?))
}

/// Whether a folder has a database's manifest, and nothing but files of a database.
pub(crate) fn holds_only_a_database(folder: &Path) -> bool {
    let manifest = std::fs::read(folder.join(MANIFEST_FILE)).unwrap_or_default();
    let is_manifest =
        matches!(Manifest::parse(&manifest), Ok(_) | Err(ManifestError::Newer { .. }));
    let all = |folder: &Path, is_ours: &dyn Fn(&Path) -> bool| {
        std::fs::read_dir(folder).is_ok_and(|mut entries| {
            entries.all(|entry| entry.is_ok_and(|entry| is_ours(Path::new(&entry.file_name()))))
        })
    };
    let ends = |path: &Path, ending: &str| path.extension() == Some(OsStr::new(ending));
    let history = folder.join(HISTORY_FOLDER);
    is_manifest
        && all(folder, &|path| {
            path == Path::new(MANIFEST_FILE)
                || ends(path, "segment")
                // What an interrupted download leaves behind.
                || ends(path, "part")
                || path == Path::new(FEEDS_FOLDER)
                || (path == Path::new(HISTORY_FOLDER) && all(&history, &|path| ends(path, "json")))
        })
}

/// Refuses a folder whose history cannot be read: what it names could not be kept.
fn check_history(out: &Path) -> anyhow::Result<()> {
    if previous(out).is_some() {
        let context = "failed to keep the history of the database; remove its folder `history` to \
                       begin a new one";
        named_files(out).context(context)?;
    }
    Ok(())
}

/// Puts the manifest of a folder's database into its history.
fn keep(out: &Path) -> anyhow::Result<()> {
    let Some(db) = previous(out) else { return Ok(()) };
    let manifest = std::fs::read(out.join(MANIFEST_FILE))?;
    let is_whole = db.segments().all(|info| db.segment(&info.name).is_ok());
    let Some(name) = kept_name(&manifest).filter(|_| is_whole) else {
        tracing::warn!("the database that was there is damaged or has no date: it is not kept");
        return Ok(());
    };
    let history = out.join(HISTORY_FOLDER);
    std::fs::create_dir_all(&history)?;
    Ok(put(&history.join(name), &manifest)?)
}

/// Writes a file beside the one it replaces, and swaps it in when it is complete.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let put = || {
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)
    };
    put().inspect_err(|_| {
        // The next one to write here removes it as well.
        std::fs::remove_file(&unfinished).ok();
    })
}

/// Removes segment files that no manifest of the folder names, what an interrupted download left
/// behind, and an empty history.
fn remove_unnamed(dir: &Path) -> anyhow::Result<usize> {
    let named = named_files(dir)?;
    let mut removed = 0;
    for entry in std::fs::read_dir(dir)? {
        let name = PathBuf::from(entry?.file_name());
        let is_segment = name.extension() == Some(OsStr::new("segment"));
        if name.extension() == Some(OsStr::new("part")) {
            std::fs::remove_file(dir.join(name))?;
        } else if is_segment && named.binary_search(&name).is_err() {
            std::fs::remove_file(dir.join(name))?;
            removed += 1;
        }
    }
    let history = dir.join(HISTORY_FOLDER);
    if std::fs::read_dir(&history).is_ok_and(|mut entries| entries.next().is_none()) {
        std::fs::remove_dir(&history)?;
    }
    Ok(removed)
}
