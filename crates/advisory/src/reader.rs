//! A database on disk or in the program: mapped, checked when first asked, looked up in place.

mod history;

pub use self::history::{
    HISTORY_FOLDER, Kept, Verified, kept_manifests, kept_name, named_files, verify_folder,
};

use crate::build::{blake3, sha256};
use crate::enrich::{self, Kind};
use crate::format::MANIFEST_FILE;
use crate::manifest::{MANIFEST_BYTES_MAX, Manifest, ManifestError, SegmentInfo};
use crate::segment::{Damage, Rows, SegmentError, SegmentRef};
use lazaret_core::digest::{Digest, DigestError};
use lazaret_core::inventory::Os;
use lazaret_core::report::{DatabaseOrigin, DatabaseUse, EndOfLife, SegmentUse};
use lazaret_core::version::{Scheme, SchemeError};
use memmap2::Mmap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Why a database could not answer.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// There is no database, or it may not be read.
    #[error("failed to read the advisory database manifest `{}`", path.display())]
    ReadManifest {
        /// The manifest.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The manifest is broken, or of a newer format.
    #[error("failed to open the advisory database `{}`", path.display())]
    ParseManifest {
        /// The database.
        path: PathBuf,
        /// Why.
        #[source]
        source: ManifestError,
    },
    /// A segment's file is missing or may not be read.
    #[error("failed to read the advisory segment `{}`", path.display())]
    ReadSegment {
        /// The segment's file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A segment's bytes are not those the manifest pins.
    #[error(
        "the advisory segment `{segment}` is damaged: expected {expected}, found {found}; \
         build or fetch the database again"
    )]
    Checksum {
        /// The segment.
        segment: String,
        /// What the manifest says of it.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A segment's bytes are pinned, and yet not what a reader of this format expects.
    #[error("failed to read the advisory segment `{segment}`")]
    ParseSegment {
        /// The segment.
        segment: String,
        /// Why.
        #[source]
        source: SegmentError,
    },
    /// A segment is ordered in a way this program does not know.
    #[error(
        "the advisory segment `{segment}` needs a newer Lazaret: this one does not know its \
         version scheme"
    )]
    Scheme {
        /// The segment.
        segment: String,
        /// The scheme.
        #[source]
        source: SchemeError,
    },
    /// A digest could not be written as text.
    #[error("failed to compute a digest of the advisory database")]
    Digest(#[source] DigestError),
}

/// An advisory database, ready to be asked. Cheap to open; share it between threads.
#[derive(Debug)]
pub struct Db {
    origin: DatabaseOrigin,
    manifest: Manifest,
    digest: Digest,
    /// What was first seen after this time is not told.
    limit: Option<i64>,
    /// The bytes of each segment of the manifest, in its order.
    sources: Vec<Source>,
}

/// Where a segment's bytes are.
#[derive(Debug)]
enum Source {
    /// Compiled into the program, and as trustworthy as it is.
    Static(&'static [u8]),
    /// In a file, mapped and checked when first asked.
    File(PathBuf, OnceLock<Mapped>),
}

impl Db {
    /// Opens the database in a folder. Only its manifest is read.
    pub fn open(dir: &Path) -> Result<Self, DbError> {
        let path = dir.join(MANIFEST_FILE);
        let bytes = read_manifest(&path)
            .map_err(|source| DbError::ReadManifest { path: path.clone(), source })?;
        Self::of_manifest(dir, dir, &bytes)
    }

    /// The database in a folder that a manifest read from `path` describes.
    fn of_manifest(dir: &Path, path: &Path, bytes: &[u8]) -> Result<Self, DbError> {
        let manifest = Manifest::parse(bytes)
            .map_err(|source| DbError::ParseManifest { path: path.to_owned(), source })?;
        let sources = manifest
            .segments
            .iter()
            .map(|segment| Source::File(dir.join(&segment.file), OnceLock::new()))
            .collect();
        let digest = sha256(bytes).map_err(DbError::Digest)?;
        Ok(Self { origin: DatabaseOrigin::Directory, manifest, digest, limit: None, sources })
    }

    /// Opens a database compiled into the program: the text of its manifest, and each segment's
    /// name and bytes.
    pub fn from_static(
        manifest_json: &'static str,
        segments: &[(&str, &'static [u8])],
    ) -> Result<Self, DbError> {
        let manifest = Manifest::parse(manifest_json.as_bytes())
            .map_err(|source| DbError::ParseManifest { path: "snapshot".into(), source })?;
        let mut sources = Vec::new();
        for info in &manifest.segments {
            let bytes = segments.iter().find(|(name, _)| *name == info.name);
            let (_, bytes) = bytes.ok_or_else(|| DbError::ReadSegment {
                path: info.file.clone().into(),
                source: io::ErrorKind::NotFound.into(),
            })?;
            sources.push(Source::Static(bytes));
        }
        let digest = sha256(manifest_json.as_bytes()).map_err(DbError::Digest)?;
        Ok(Self { origin: DatabaseOrigin::Snapshot, manifest, digest, limit: None, sources })
    }

    /// Where the database came from.
    pub const fn origin(&self) -> DatabaseOrigin {
        self.origin
    }

    /// The digest of its manifest, which pins every segment.
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The newest date of any record (RFC 3339, UTC).
    pub fn newest(&self) -> Option<&str> {
        self.manifest.newest()
    }

    /// The time the database stands for (RFC 3339, UTC), where it says so.
    pub fn built(&self) -> Option<&str> {
        self.manifest.built.as_deref()
    }

    /// The time the database stands for, in seconds since 1970 (UTC); for one that does not say,
    /// the newest date of its records.
    pub fn time(&self) -> Option<i64> {
        self.manifest.time()
    }

    /// What the manifest says of each segment, by name.
    pub fn segments(&self) -> impl Iterator<Item = &SegmentInfo> {
        self.manifest.segments.iter()
    }

    /// What the manifest says of one segment.
    pub fn info(&self, segment: &str) -> Option<&SegmentInfo> {
        self.manifest.segments.get(self.manifest.position(segment)?)
    }

    /// What a report says of the database when it was asked for these segments.
    pub fn describe(&self, segments: Vec<SegmentUse>) -> DatabaseUse {
        DatabaseUse {
            origin: self.origin,
            digest: self.digest.clone(),
            newest: self.newest().map(str::to_owned),
            segments,
        }
    }

    /// Whether the database has a segment of a kind.
    pub fn holds(&self, kind: Kind) -> bool {
        self.segments().any(|info| Kind::of(info) == Some(kind))
    }

    /// The end of the support for an operating system, where the database knows it.
    pub fn end_of_life(&self, os: &Os) -> Result<Option<EndOfLife>, DbError> {
        enrich::end_of_life(self, os)
    }

    /// What the manifest says of a segment, and where its bytes are.
    fn parts(&self, name: &str) -> Option<(&SegmentInfo, &Source)> {
        let position = self.manifest.position(name)?;
        self.manifest.segments.get(position).zip(self.sources.get(position))
    }

    /// The bytes of a segment, whatever its kind; checked when first asked.
    pub(crate) fn bytes(&self, name: &str) -> Result<Option<&[u8]>, DbError> {
        self.parts(name).map(|(info, source)| source.bytes(info)).transpose()
    }

    /// One segment of records, or nothing when the database has none of that name. The first call checks the
    /// file's digest; later ones cost next to nothing.
    pub fn segment(&self, name: &str) -> Result<Option<SegmentRef<'_>>, DbError> {
        let Some((info, source)) = self.parts(name) else { return Ok(None) };
        if !holds_records(info) {
            return Ok(None);
        }
        let segment =
            SegmentRef::parse(source.bytes(info)?).map_err(|source| broken(name, source))?;
        let same = |found: Result<&str, Damage>, expected: &str| {
            if found? == expected { Ok(()) } else { Err(Damage("header fields")) }
        };
        same(segment.name(), &info.name)
            .and_then(|()| same(segment.ecosystem(), &info.ecosystem))
            .and_then(|()| same(segment.scheme(), &info.scheme))
            .map_err(|damage| broken(name, damage.into()))?;
        Ok(Some(segment))
    }

    /// What a segment says about a package; nothing when the database has no such segment.
    pub fn lookup(&self, segment: &str, package: &str) -> Result<Option<Rows<'_>>, DbError> {
        let Some(found) = self.segment(segment)? else { return Ok(None) };
        found.lookup(package).map(Some).map_err(|damage| broken(segment, damage.into()))
    }

    /// Reads every byte of every segment: digests, and each row to its last reference.
    pub fn verify(&self) -> Result<(), DbError> {
        self.verify_unless(&mut Vec::new())
    }

    /// Verifies the segments that are not listed yet, and lists them.
    fn verify_unless(&self, seen: &mut Vec<SegmentInfo>) -> Result<(), DbError> {
        for (info, source) in self.manifest.segments.iter().zip(&self.sources) {
            if seen.contains(info) {
                continue;
            }
            let bytes = source.bytes(info)?;
            check(info, bytes)?;
            check_digest(info, bytes)?;
            let fail = |damage: Damage| broken(&info.name, damage.into());
            if let Some(kind) = Kind::of(info).filter(|kind| *kind != Kind::Scores) {
                let (name, rows) = enrich::check(kind, source.bytes(info)?)
                    .map_err(|error| broken(&info.name, error))?;
                if name != info.name {
                    return Err(fail(Damage("header fields")));
                }
                if u32::try_from(rows) != Ok(info.records) {
                    return Err(fail(Damage("record counts")));
                }
            }
            let Some(segment) = self.segment(&info.name)? else { continue };
            segment.check().map_err(fail)?;
            let counted =
                (u32::try_from(segment.record_count()), u32::try_from(segment.package_count()));
            if counted != (Ok(info.records), Ok(info.packages)) {
                return Err(fail(Damage("record counts")));
            }
            seen.push(info.clone());
        }
        Ok(())
    }
}

impl Source {
    fn bytes(&self, info: &SegmentInfo) -> Result<&[u8], DbError> {
        match self {
            Self::Static(bytes) => Ok(bytes),
            Self::File(path, mapped) => {
                if let Some(mapped) = mapped.get() {
                    return Ok(mapped.bytes());
                }
                let loaded = Mapped::open(path, info)?;
                // Another thread may have been faster; its bytes are the same.
                Ok(mapped.get_or_init(|| loaded).bytes())
            }
        }
    }
}

/// Whether a segment holds records, with packages or without.
fn holds_records(info: &SegmentInfo) -> bool {
    info.kind.is_none() || Kind::of(info) == Some(Kind::Scores)
}

/// The order a segment's versions are compared by.
pub(crate) fn scheme_of(info: &SegmentInfo) -> Result<Scheme, DbError> {
    info.scheme.parse().map_err(|source| DbError::Scheme { segment: info.name.clone(), source })
}

/// The error for bytes that are pinned and still make no sense.
pub(crate) fn broken(segment: &str, source: SegmentError) -> DbError {
    DbError::ParseSegment { segment: segment.to_owned(), source }
}

/// A segment's bytes against what the manifest says of them, by the faster checksum if it is there.
fn check(info: &SegmentInfo, bytes: &[u8]) -> Result<(), DbError> {
    let Some(expected) = &info.blake3 else { return check_digest(info, bytes) };
    let found = blake3(bytes);
    if found == *expected {
        return Ok(());
    }
    Err(DbError::Checksum {
        segment: info.name.clone(),
        expected: format!("blake3:{expected}"),
        found: format!("blake3:{found}"),
    })
}

/// A segment's bytes against the digest that names them everywhere.
fn check_digest(info: &SegmentInfo, bytes: &[u8]) -> Result<(), DbError> {
    let found = sha256(bytes).map_err(DbError::Digest)?;
    if found == info.digest {
        return Ok(());
    }
    Err(DbError::Checksum {
        segment: info.name.clone(),
        expected: info.digest.to_string(),
        found: found.to_string(),
    })
}

fn read_manifest(path: &Path) -> io::Result<Vec<u8>> {
    let file = open_file(path)?;
    let mut bytes = Vec::new();
    file.take(MANIFEST_BYTES_MAX.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= MANIFEST_BYTES_MAX) {
        Ok(bytes)
    } else {
        Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 16 MiB"))
    }
}

/// Opens a regular file; opening a pipe would wait for someone to write to it.
fn open_file(path: &Path) -> io::Result<File> {
    if path.metadata()?.is_file() {
        File::open(path)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"))
    }
}

/// The bytes of a segment file that has the digest its manifest gives.
#[derive(Debug)]
struct Mapped(Mmap);

impl Mapped {
    fn open(path: &Path, info: &SegmentInfo) -> Result<Self, DbError> {
        let fail = |source| DbError::ReadSegment { path: path.to_owned(), source };
        let file = open_file(path).map_err(fail)?;
        let length = file.metadata().map_err(fail)?.len();
        if length != info.size_bytes {
            return Err(DbError::Checksum {
                segment: info.name.clone(),
                expected: format!("{} bytes", info.size_bytes),
                found: format!("{length} bytes"),
            });
        }
        let mapped = Self(map(&file).map_err(fail)?);
        check(info, mapped.bytes())?;
        Ok(mapped)
    }

    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A database of another scanner, mapped: they are larger than what should be in memory at once.
#[derive(Debug)]
pub struct ForeignFile(Mmap);

impl ForeignFile {
    /// Maps a file. Whoever imports it should let nobody write to it meanwhile, as the scanner it is
    /// of would ask for as well.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(map(&open_file(path)?)?))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Maps a file for reading.
#[expect(unsafe_code, reason = "the one door to the advisory file: mapping saves reading it")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the mapping is sound as long as nobody changes or shortens the file while it lives.
    // Segment files are named by their content: the builder writes each under a new name and never
    // opens one again for writing, and an update unlinks old ones, which leaves their pages in
    // place. The map is read-only and private, so this program cannot change it either. Whoever
    // can write to the folder against these rules can replace the program's answers anyway; what
    // the bytes then say is still checked at every use. A database of another scanner is replaced
    // as a whole by those who make it, or was just unpacked into a file that nobody else knows.
    unsafe { Mmap::map(file) }
}
