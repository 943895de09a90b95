//! The databases a folder held before: their manifests are kept, and the segment files they name.

use super::{Db, DbError, read_manifest};
use crate::build::sha256;
use crate::format::MANIFEST_FILE;
use crate::manifest::{Manifest, SegmentInfo, seconds};
use std::io;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use time::macros::format_description;

/// The folder inside a database's folder that keeps older manifests.
pub const HISTORY_FOLDER: &str = "history";

/// Most kept manifests that are looked at: one an hour for ten years.
const KEPT_MAX: usize = 100_000;

/// A kept manifest, as its file name tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// The time the database stood for, in seconds since 1970 (UTC).
    pub time: i64,
    /// The name of the file in the history folder.
    pub file: String,
}

/// The name a manifest is kept under: its time, and the first sixteen digits of its digest. Nothing
/// for bytes that are no manifest this program reads, or one of no known time.
pub fn kept_name(manifest: &[u8]) -> Option<String> {
    let time = Manifest::parse(manifest).ok()?.time()?;
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let time = OffsetDateTime::from_unix_timestamp(time).ok()?.format(format).ok()?;
    let digest = sha256(manifest).ok()?;
    Some(format!("{time}-{}.json", digest.hex().get(..16)?))
}

/// The manifests a database's folder keeps, oldest first; none where it keeps none.
pub fn kept_manifests(dir: &Path) -> Result<Vec<Kept>, DbError> {
    let folder = dir.join(HISTORY_FOLDER);
    let fail = |source| DbError::ReadManifest { path: folder.clone(), source };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(error)),
    };
    let mut kept = Vec::new();
    for entry in entries.take(KEPT_MAX) {
        let name = entry.map_err(fail)?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(time) = time_in_name(name) {
            kept.push(Kept { time, file: name.to_owned() });
        }
    }
    kept.sort();
    Ok(kept)
}

/// The time in a name such as `20240301T000000Z-0123456789abcdef.json`.
fn time_in_name(name: &str) -> Option<i64> {
    let (time, digest) = name.strip_suffix(".json")?.split_once('-')?;
    let is_digest = digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_basic = time.len() == 16 && time.is_ascii() && time.ends_with('Z');
    if !is_digest || !is_basic {
        return None;
    }
    let part = |range: std::ops::Range<usize>| time.get(range);
    seconds(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(9..11)?,
        part(11..13)?,
        part(13..15)?
    ))
}

/// What [`verify_folder`] found whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Distinct segment files.
    pub segments: usize,
    /// Kept manifests, apart from the current one.
    pub kept: usize,
}

/// Checks the database in a folder and every one it keeps, as [`Db::verify`] does, each segment
/// file once.
pub fn verify_folder(dir: &Path) -> Result<Verified, DbError> {
    let current = Db::open(dir)?;
    let kept = kept_manifests(dir)?;
    let mut seen: Vec<SegmentInfo> = Vec::new();
    current.verify_unless(&mut seen)?;
    for one in &kept {
        Db::open_kept(dir, one)?.verify_unless(&mut seen)?;
    }
    Ok(Verified { segments: seen.len(), kept: kept.len() })
}

impl Db {
    /// Opens the database a folder held at a time, in seconds since 1970 (UTC): the newest that
    /// stands for that time or an earlier one.
    ///
    /// Where none is that old, the oldest is opened and answers as it would have: what it first had
    /// later is left out ([`Db::limit`]).
    pub fn open_at(dir: &Path, at: i64) -> Result<Self, DbError> {
        let current = Self::open(dir)?;
        if current.time().is_some_and(|time| time <= at) {
            return Ok(current);
        }
        let kept = kept_manifests(dir)?;
        if let Some(then) = kept.iter().rev().find(|kept| kept.time <= at) {
            return Self::open_kept(dir, then);
        }
        let oldest = kept.first().filter(|kept| current.time().is_none_or(|t| kept.time <= t));
        let oldest = oldest.map(|oldest| Self::open_kept(dir, oldest)).transpose()?;
        Ok(oldest.unwrap_or(current).limited_to(at))
    }

    /// The database as it was at a time, as far as it knows: what it first had later is left out.
    /// One that stands for that time or an earlier one stays as it is.
    #[must_use]
    pub fn limited_to(self, at: i64) -> Self {
        let is_newer = self.time().is_none_or(|time| time > at);
        Self { limit: is_newer.then_some(at).or(self.limit), ..self }
    }

    /// The time, in seconds since 1970 (UTC), after which nothing that was first seen is told.
    pub const fn limit(&self) -> Option<i64> {
        self.limit
    }

    fn open_kept(dir: &Path, kept: &Kept) -> Result<Self, DbError> {
        let path = dir.join(HISTORY_FOLDER).join(&kept.file);
        let bytes = read_manifest(&path)
            .map_err(|source| DbError::ReadManifest { path: path.clone(), source })?;
        if kept_name(&bytes).as_ref() != Some(&kept.file) {
            let message = "it is not the manifest it was kept as";
            let source = io::Error::new(io::ErrorKind::InvalidData, message);
            return Err(DbError::ReadManifest { path, source });
        }
        Self::of_manifest(dir, &path, &bytes)
    }
}

/// The files of a folder that the manifests in it name: segments and, behind them, the manifests.
/// What else lies there is nobody's.
pub fn named_files(dir: &Path) -> Result<Vec<PathBuf>, DbError> {
    let mut names: Vec<PathBuf> = vec![MANIFEST_FILE.into()];
    let mut add = |db: &Db| names.extend(db.segments().map(|segment| PathBuf::from(&segment.file)));
    add(&Db::open(dir)?);
    let kept = kept_manifests(dir)?;
    for one in &kept {
        add(&Db::open_kept(dir, one)?);
    }
    names.extend(kept.into_iter().map(|kept| Path::new(HISTORY_FOLDER).join(kept.file)));
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_in_the_names_of_kept_manifests() {
        // `date -u -d 2024-03-01T10:20:30Z +%s`
        assert_eq!(time_in_name("20240301T102030Z-0123456789abcdef.json"), Some(1_709_288_430));
        for name in [
            "20240301T102030Z-0123456789abcdef",
            "20240301T102030Z-0123456789abcde.json",
            "20240301T102030Z-0123456789abcdeg.json",
            "20241301T102030Z-0123456789abcdef.json",
            "20240301T102030-0123456789abcdef.json",
            "2024-03-01T10:20:30Z-0123456789abcdef.json",
            "ééééééééZ-0123456789abcdef.json",
            "manifest.json",
            "",
        ] {
            assert_eq!(time_in_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_manifest_is_kept_under_its_time_and_digest() {
        let manifest =
            br#"{"format":1,"requires":"0.1.0","built":"2024-03-01T10:20:30Z","segments":[]}"#;
        let name = kept_name(manifest).unwrap();
        assert_eq!(time_in_name(&name), Some(1_709_288_430));
        assert!(name.starts_with("20240301T102030Z-"), "{name}");
        assert_eq!(kept_name(br#"{"format":1,"requires":"0.1.0","segments":[]}"#), None);
        assert_eq!(kept_name(b"{}"), None);
    }
}
