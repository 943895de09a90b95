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
use std::io;
use std::path::{Path, PathBuf};

/// Hands a finished file of a database over: its name in the folder, and its bytes.
pub(crate) type WriteFile<'a> = &'a mut dyn FnMut(&str, &[u8]) -> io::Result<()>;

/// Refuses to build over anything but a database: what is there is replaced as a whole.
pub(crate) fn check_free(out: &Path) -> Result<()> {
    let is_free = match std::fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none() || holds_only_a_database(out),
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

/// Writes a database beside a folder and swaps it in when it is complete.
///
/// `write` gets the function that takes each file. Segment files of the old database are in place
/// already, under their names; those that neither the new manifest nor a kept one names are gone
/// afterwards. Whatever fails, the folder stays as it was.
pub(crate) fn replace<T>(
    out: &Path,
    write: impl FnOnce(WriteFile<'_>) -> anyhow::Result<T>,
) -> Result<T> {
    let unfinished = beside(out, "new");
    let swap = || -> anyhow::Result<T> {
        std::fs::create_dir_all(&unfinished)?;
        let kept = keep(out, &unfinished)?;
        let written = write(&mut |file, bytes| write_new(&unfinished.join(file), bytes))?;
        if let Some(kept) = kept {
            // The same database again is no history.
            let same = std::fs::read(&kept)? == std::fs::read(unfinished.join(MANIFEST_FILE))?;
            if same {
                std::fs::remove_file(&kept)?;
            }
        }
        remove_unnamed(&unfinished)?;
        swap_in(out, &unfinished)?;
        Ok(written)
    };
    swap().map_err(|error| {
        if unfinished.exists() && std::fs::remove_dir_all(&unfinished).is_err() {
            tracing::warn!("an unfinished database was left behind");
        }
        let context = format!("failed to write the database {}", out.display());
        CommandError::new(Kind::Input, error.context(context))
    })
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
                || (path == Path::new(HISTORY_FOLDER) && all(&history, &|path| ends(path, "json")))
        })
}

/// Puts what a folder holds into the history of the one that will replace it, and gives the kept
/// manifest.
fn keep(out: &Path, unfinished: &Path) -> anyhow::Result<Option<PathBuf>> {
    let Some(db) = previous(out) else { return Ok(None) };
    let context = "failed to keep the history of the database; remove its folder `history` to \
                   begin a new one";
    let files = named_files(out).context(context)?;
    let history = unfinished.join(HISTORY_FOLDER);
    if kept_manifests(out).is_ok_and(|kept| !kept.is_empty()) {
        std::fs::create_dir_all(&history)?;
    }
    for file in files.iter().filter(|file| *file != Path::new(MANIFEST_FILE)) {
        let linked = link(&out.join(file), &unfinished.join(file));
        // A segment that is missing makes only those databases useless that name it.
        if let Err(error) = linked
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error.into());
        }
    }
    let manifest = std::fs::read(out.join(MANIFEST_FILE))?;
    let is_whole = db.segments().all(|info| db.segment(&info.name).is_ok());
    let Some(name) = kept_name(&manifest).filter(|_| is_whole) else {
        tracing::warn!("the database that was there is damaged or has no date: it is not kept");
        return Ok(None);
    };
    std::fs::create_dir_all(&history)?;
    let kept = history.join(name);
    write_new(&kept, &manifest)?;
    Ok(Some(kept))
}

/// The same file in another folder, without a second copy where the file system can.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
}

/// Writes a file that is not there yet, or is there with the same bytes. One with others is taken
/// out of the folder first: an older database may share it.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match std::fs::read(path) {
        Ok(there) if there == bytes => return Ok(()),
        Ok(_) => std::fs::remove_file(path)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    std::fs::write(path, bytes)
}

/// Removes segment files that no manifest of the folder names, and an empty history.
fn remove_unnamed(dir: &Path) -> anyhow::Result<usize> {
    let named = named_files(dir)?;
    let mut removed = 0;
    for entry in std::fs::read_dir(dir)? {
        let name = PathBuf::from(entry?.file_name());
        let is_segment = name.extension() == Some(OsStr::new("segment"));
        if is_segment && named.binary_search(&name).is_err() {
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

/// Puts a finished folder in the place of another.
fn swap_in(out: &Path, unfinished: &Path) -> anyhow::Result<()> {
    let previous = beside(out, "old");
    let replaces = out.exists();
    if replaces {
        std::fs::rename(out, &previous)?;
    }
    if let Err(error) = std::fs::rename(unfinished, out) {
        if replaces {
            std::fs::rename(&previous, out)?;
        }
        return Err(error.into());
    }
    if replaces {
        std::fs::remove_dir_all(&previous)?;
    }
    Ok(())
}

fn beside(out: &Path, ending: &str) -> PathBuf {
    let name = out.file_name().map_or_else(|| "database".into(), OsStr::to_os_string);
    let name = format!(".{}.{}.{ending}", name.to_string_lossy(), std::process::id());
    match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.join(name),
        _ => PathBuf::from(name),
    }
}
