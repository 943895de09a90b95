//! A database that is replaced in place: new files beside the old ones, the manifest last.
//!
//! Until then the old database answers. Its files stay for one generation more, for programs that
//! opened its manifest before and read a segment only now.

use crate::database_folder::{FEEDS_FOLDER, holds_only_a_database, lock};
use crate::fail::{CommandError, Kind, Result};
use anyhow::Context as _;
use lazaret_advisory::{MANIFEST_FILE, Manifest, SegmentInfo, named_files};
use lazaret_image::artifact::{Verified, VerifyError};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

/// The ending of files that are not finished.
const PART: &str = "part";
/// The ending of segment files.
const SEGMENT: &str = "segment";
/// Files of one folder that are looked at; a database has one for each segment.
const FILES_MAX: usize = 100_000;

/// The folder of a database, and nobody else writing to it.
pub(super) struct Install {
    folder: PathBuf,
    /// Held until dropped.
    _lock: Option<File>,
    /// Segment files of the database that is there.
    old: BTreeSet<String>,
}

impl Install {
    /// Begins to write to a folder: an empty one, a new one, or that of a database, finished or
    /// not.
    pub(super) fn begin(folder: &Path) -> Result<Self> {
        let begin = || -> anyhow::Result<Option<Self>> {
            let files = list(folder)?;
            let has_manifest = files.iter().any(|file| file == MANIFEST_FILE);
            // What an interrupted first pull left has no manifest.
            let is_free = if has_manifest {
                holds_only_a_database(folder)
            } else {
                files.iter().all(|file| is_ours(file))
            };
            if !is_free {
                return Ok(None);
            }
            fs::create_dir_all(folder)?;
            let lock = lock(folder)?;
            for file in list(folder)?.iter().filter(|file| has_ending(file, PART)) {
                fs::remove_file(folder.join(file))?;
            }
            let old = fs::read(folder.join(MANIFEST_FILE)).unwrap_or_default();
            // One of a newer format is replaced as a whole.
            let old = Manifest::parse(&old).map(|manifest| manifest.segments).unwrap_or_default();
            let old = old.into_iter().map(|segment| segment.file).collect();
            Ok(Some(Self { folder: folder.to_owned(), _lock: lock, old }))
        };
        let begun = begin().map_err(|error| {
            let context = format!("failed to prepare {}", folder.display());
            CommandError::new(Kind::Input, error.context(context))
        })?;
        begun.ok_or_else(|| {
            let error =
                anyhow::anyhow!("{} is there and is no advisory database", folder.display());
            CommandError::new(Kind::Input, error).hint("name a folder that is empty or not there")
        })
    }

    /// Whether a segment is there, whole.
    pub(super) fn has(&self, segment: &SegmentInfo) -> bool {
        let Ok(file) = File::open(self.folder.join(&segment.file)) else { return false };
        let has_size = file.metadata().is_ok_and(|metadata| metadata.len() == segment.size_bytes);
        let mut whole = Verified::new(file, segment.digest.clone(), segment.size_bytes);
        has_size && io::copy(&mut whole, &mut io::sink()).is_ok()
    }

    /// Writes a segment. It has its name only when its bytes are those that its digest pins.
    pub(super) fn write_segment(
        &self,
        segment: &SegmentInfo,
        bytes: impl Read,
    ) -> anyhow::Result<()> {
        let mut whole = Verified::new(bytes, segment.digest.clone(), segment.size_bytes);
        self.replace(&segment.file, |file| io::copy(&mut whole, file).map(|_| ()))
    }

    /// Makes the new database the one that answers, and removes files that neither it nor the one
    /// before needs.
    pub(super) fn finish(self, json: &[u8], manifest: &Manifest) -> anyhow::Result<()> {
        self.replace(MANIFEST_FILE, |file| file.write_all(json))?;
        let new: BTreeSet<&String> =
            manifest.segments.iter().map(|segment| &segment.file).collect();
        let kept = named_files(&self.folder)?;
        for file in list(&self.folder)? {
            let is_needed = new.contains(&file)
                || self.old.contains(&file)
                || kept.contains(&PathBuf::from(&file));
            if has_ending(&file, SEGMENT) && !is_needed {
                fs::remove_file(self.folder.join(&file))?;
            }
        }
        Ok(())
    }

    /// Writes a file beside the one it replaces, and swaps it in when it is complete.
    fn replace(
        &self,
        name: &str,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let unfinished = self.folder.join(format!(".{name}.{}.{PART}", std::process::id()));
        let replace = || -> io::Result<()> {
            let mut file = File::create(&unfinished)?;
            write(&mut file)?;
            file.sync_all()?;
            fs::rename(&unfinished, self.folder.join(name))
        };
        replace().map_err(|error| {
            // The next one to write here removes it as well.
            fs::remove_file(&unfinished).ok();
            match error.downcast::<VerifyError>() {
                Ok(error) => error.into(),
                Err(error) => error.into(),
            }
        })
    }
}

/// The names in a folder, sorted; none if it is not there.
fn list(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut names = Vec::new();
    for entry in entries {
        anyhow::ensure!(names.len() < FILES_MAX, "it has more than {FILES_MAX} files");
        names.push(entry.context("failed to list it")?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Whether a file of this name belongs to a database, finished or not.
pub(super) fn is_ours(name: &str) -> bool {
    matches!(name, MANIFEST_FILE | FEEDS_FOLDER)
        || has_ending(name, SEGMENT)
        || has_ending(name, PART)
}

/// Whether a file has an ending, and, if it is not finished, the dot in front.
fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == ending)
        && (ending == SEGMENT || name.starts_with('.'))
}
