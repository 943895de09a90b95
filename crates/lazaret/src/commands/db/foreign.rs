//! Databases of other scanners, wherever they are kept: as they are, in an archive, or as an
//! artifact of a registry or a layout.

use super::build::built;
use crate::args::DbImportArgs;
use crate::commands::outcome::source_date;
use crate::database_folder::{check_free, previous, replace};
use crate::fail::{CommandError, Kind, Result};
use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use lazaret_advisory::import::{ImportError, import_to, is_importable};
use lazaret_advisory::{BuildError, BuildOptions, ForeignFile};
use lazaret_image::artifact::{ArtifactManifest, Descriptor, Fetch, Verified, VerifyError};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use tempfile::NamedTempFile;

/// Where a database of another scanner is.
pub(super) enum Foreign<'f> {
    /// A file that is one.
    File,
    /// A file that holds one.
    Archive,
    /// A layer of an artifact.
    Layer(&'f dyn Fetch, Descriptor),
}

/// What Trivy's databases are published as.
const TRIVY_LAYER: &str = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip";
/// The names the databases have in archives.
const NAMES: [&str; 2] = ["trivy.db", "vulnerability.db"];
/// Bytes of one database; the largest have some 3 GiB.
const DATABASE_BYTES_MAX: u64 = 64 << 30;
/// Files of one archive: real ones have two or three.
const ARCHIVE_FILES_MAX: usize = 100;
/// Bytes that tell what a file is: up to the magic of a tar archive.
const MAGIC_BYTES: u64 = 512;
/// A window of 128 MiB, the most that `zstd --long` uses unasked.
const WINDOW_LOG_MAX: u32 = 27;

/// How a stream is compressed, or what it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Database,
    Gzip,
    Zstd,
    Tar,
    Other,
}

impl Content {
    fn of(first: &[u8]) -> Self {
        if is_importable(first) {
            Self::Database
        } else if first.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Self::Zstd
        } else if first.get(257..262) == Some(b"ustar") {
            Self::Tar
        } else {
            Self::Other
        }
    }
}

impl Foreign<'_> {
    /// What a file is, if it is or may hold such a database. Archives that are not compressed may
    /// also be layouts.
    pub(super) fn of_file(path: &Path) -> io::Result<Option<Self>> {
        if !path.metadata()?.is_file() {
            return Ok(None);
        }
        let mut first = Vec::new();
        File::open(path)?.take(MAGIC_BYTES).read_to_end(&mut first)?;
        Ok(match Content::of(&first) {
            Content::Database => Some(Self::File),
            Content::Gzip | Content::Zstd => Some(Self::Archive),
            Content::Tar | Content::Other => None,
        })
    }
}

/// The layer of an artifact that holds a database: the one of Trivy's type, else its only one.
pub(super) fn layer_of(artifact: &ArtifactManifest) -> Option<Descriptor> {
    let typed = artifact.layers.iter().find(|layer| layer.media_type == TRIVY_LAYER);
    let only = || match artifact.layers.as_slice() {
        [layer] => Some(layer),
        _ => None,
    };
    typed.or_else(only).cloned()
}

/// Builds our database of another scanner's. Returns what was read, for people.
pub(super) fn import(foreign: &Foreign<'_>, what: &str, args: &DbImportArgs) -> Result<String> {
    let failed = |error: anyhow::Error| {
        CommandError::new(Kind::Input, error.context(format!("failed to import {what}")))
    };
    check_free(&args.db)?;
    let unpacked = match foreign {
        Foreign::File => None,
        Foreign::Archive => {
            let file = File::open(&args.source).map_err(|error| failed(error.into()))?;
            Some(unpack(file, &args.db).map_err(failed)?)
        }
        Foreign::Layer(fetch, layer) => Some(fetched(*fetch, layer, &args.db).map_err(failed)?),
    };
    let path = unpacked.as_ref().map_or(Path::new(&args.source), NamedTempFile::path);
    let file = ForeignFile::open(path).map_err(|error| failed(error.into()))?;
    let previous = previous(&args.db);
    let at = source_date();
    let (manifest, records) = replace(&args.db, |write| {
        let options = BuildOptions { at, previous: previous.as_ref() };
        let read = match import_to(file.bytes(), &options, write) {
            // As `db build` has it: a database that cannot be read is no reason to build none.
            Err(ImportError::Build(BuildError::Previous(error))) => {
                tracing::warn!("first-seen times begin anew: {error}");
                import_to(file.bytes(), &BuildOptions { at, previous: None }, write)
            }
            read => read,
        };
        read.with_context(|| format!("failed to import {what}"))
    })?;
    Ok(built(&records, &manifest, args.verbose))
}

/// A layer's database, in a file. It is used only when the bytes are those the artifact pins.
fn fetched(fetch: &dyn Fetch, layer: &Descriptor, db: &Path) -> anyhow::Result<NamedTempFile> {
    let stored = fetch.blob(&layer.digest, layer.size)?;
    let mut stored = Verified::new(stored, layer.digest.clone(), layer.size);
    let unpacked = unpack(&mut stored, db);
    // What is wrong with the blob says more than what it did to the decompressor.
    io::copy(&mut stored, &mut io::sink())
        .map_err(|error| VerifyError::of(error, &layer.digest))?;
    unpacked
}

/// The database in a stream, in a file beside the folder it is for: there is room for what is built
/// of it, and a folder for temporary files may be kept in memory.
fn unpack(stored: impl Read, db: &Path) -> anyhow::Result<NamedTempFile> {
    let folder = db.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder).context("failed to unpack it")?;
    let (first, stored) = peek(stored)?;
    let content = match first {
        Content::Gzip => {
            let (content, stream) = peek(MultiGzDecoder::new(stored))?;
            copy_database(content, stream, &mut file)?
        }
        Content::Zstd => {
            let mut stream = zstd::stream::read::Decoder::new(stored)?;
            stream.window_log_max(WINDOW_LOG_MAX)?;
            let (content, stream) = peek(stream)?;
            copy_database(content, stream, &mut file)?
        }
        content => copy_database(content, stored, &mut file)?,
    };
    anyhow::ensure!(content, "it holds neither `trivy.db` nor `vulnerability.db`");
    Ok(file)
}

/// What a stream begins as, and all of it.
fn peek<R: Read>(mut stream: R) -> io::Result<(Content, impl Read)> {
    let mut first = Vec::new();
    stream.by_ref().take(MAGIC_BYTES).read_to_end(&mut first)?;
    Ok((Content::of(&first), io::Cursor::new(first).chain(stream)))
}

/// Copies the database that a stream is, or that is in the archive it is; says whether there is one.
fn copy_database(
    content: Content,
    stream: impl Read,
    file: &mut NamedTempFile,
) -> anyhow::Result<bool> {
    match content {
        Content::Database => copy(stream, file).map(|()| true),
        Content::Tar => {
            let mut archive = tar::Archive::new(stream);
            for entry in archive.entries()?.take(ARCHIVE_FILES_MAX) {
                let entry = entry?;
                let is_it = entry.header().entry_type().is_file()
                    && entry.path()?.file_name().is_some_and(|name| {
                        NAMES.iter().any(|known| name.as_encoded_bytes() == known.as_bytes())
                    });
                if is_it {
                    return copy(entry, file).map(|()| true);
                }
            }
            Ok(false)
        }
        Content::Gzip | Content::Zstd | Content::Other => Ok(false),
    }
}

fn copy(stream: impl Read, file: &mut NamedTempFile) -> anyhow::Result<()> {
    let mut stream = stream.take(DATABASE_BYTES_MAX.saturating_add(1));
    let size_bytes = io::copy(&mut stream, file)?;
    anyhow::ensure!(size_bytes <= DATABASE_BYTES_MAX, "it has more than 64 GiB");
    Ok(())
}
