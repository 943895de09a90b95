//! From the manifest and the blobs of an artifact to a database in a folder.

use super::artifact::{ARTIFACT, ARTIFACT_FAMILY, SEGMENT_DIGEST};
use super::install::Install;
use super::send::summary;
use super::signature::{self, VerifyingKey};
use crate::fail::{CommandError, Kind, Result};
use anyhow::Context as _;
use lazaret_advisory::{Manifest, SegmentInfo};
use lazaret_core::digest::Digest;
use lazaret_image::artifact::{
    ArtifactManifest, Descriptor, Fetch, ManifestName, Verified, VerifyError,
};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

/// The most a `manifest.json` may have; a thousand segments need a tenth of it.
const DATABASE_MANIFEST_BYTES_MAX: u64 = 16 << 20;
/// The most a database may have on disk. Every feed there is comes to a hundredth of it.
const DATABASE_BYTES_MAX: u64 = 16 << 30;
/// A window of 128 MiB, the most that `zstd --long` uses unasked.
const WINDOW_LOG_MAX: u32 = 27;

/// Brings the database in a folder up to the artifact of this name. Whatever goes wrong, the one
/// that was there keeps answering. Returns what was moved, for people.
pub(super) fn receive(
    fetch: &dyn Fetch,
    name: &ManifestName,
    folder: &Path,
    keys: &[VerifyingKey],
) -> Result<String> {
    let failed = |error: anyhow::Error| {
        let context = format!("failed to get the advisory database {}{name}", fetch.place());
        CommandError::new(Kind::Input, error.context(context))
    };
    let (bytes, digest) =
        fetch.manifest(name).map_err(|error| failed(error.into()))?.ok_or_else(|| {
            failed(anyhow::anyhow!("there is none: check the repository and the tag"))
        })?;
    let artifact = parse(&bytes).map_err(failed)?;
    signature::verify(fetch, &digest, keys)?;
    let json = fetch
        .document(&artifact.config, DATABASE_MANIFEST_BYTES_MAX)
        .map_err(|error| failed(error.into()))?;
    let database = Manifest::parse(&json).map_err(|error| failed(error.into()))?;
    check(&database).map_err(failed)?;
    let layers: BTreeMap<&str, &Descriptor> = artifact
        .layers
        .iter()
        .filter_map(|layer| Some((layer.annotations.get(SEGMENT_DIGEST)?.as_str(), layer)))
        .collect();

    let install = Install::begin(folder)?;
    let mut moved = Vec::new();
    let mut there = 0;
    for segment in &database.segments {
        if install.has(segment) {
            there += 1;
            continue;
        }
        let layer = layers
            .get(&*segment.digest.to_string())
            .with_context(|| format!("it has no layer for the segment `{}`", segment.name))
            .map_err(failed)?;
        unpack(fetch, layer, segment, &install)
            .with_context(|| {
                format!("failed to get the segment `{}` from {}", segment.name, layer.digest)
            })
            .map_err(failed)?;
        moved.push((segment.name.clone(), layer.size));
    }
    install.finish(&json, &database).map_err(failed)?;
    Ok(received(&summary(&moved, there), &digest, &artifact, keys))
}

/// What a manifest is, if it is one of a database.
fn parse(bytes: &[u8]) -> anyhow::Result<ArtifactManifest> {
    let artifact = ArtifactManifest::parse(bytes).context("it is not an artifact's manifest")?;
    match artifact.kind() {
        ARTIFACT => Ok(artifact),
        newer if newer.starts_with(ARTIFACT_FAMILY) => {
            anyhow::bail!("it has the form `{newer}`, which needs a newer Lazaret")
        }
        other => anyhow::bail!("it is something else, of the type `{other}`"),
    }
}

/// Whether a manifest of a database is that of one, for [`super::import`].
pub(super) fn is_database(bytes: &[u8]) -> bool {
    ArtifactManifest::parse(bytes).is_ok_and(|found| found.kind().starts_with(ARTIFACT_FAMILY))
}

/// Refuses what could write over files of the database that is there, or fill the disk.
fn check(database: &Manifest) -> anyhow::Result<()> {
    let mut size_bytes = 0_u64;
    for segment in &database.segments {
        let digits = segment.digest.hex().get(..16).unwrap_or_default();
        anyhow::ensure!(
            segment.file == format!("{}.{digits}.segment", segment.name),
            "the file of the segment `{}` is not named by its content",
            segment.name
        );
        size_bytes = size_bytes.saturating_add(segment.size_bytes);
    }
    anyhow::ensure!(size_bytes <= DATABASE_BYTES_MAX, "its segments have {size_bytes} bytes");
    Ok(())
}

/// Downloads, decompresses and writes a segment as it comes in.
fn unpack(
    fetch: &dyn Fetch,
    layer: &Descriptor,
    segment: &SegmentInfo,
    install: &Install,
) -> anyhow::Result<()> {
    let stored = fetch.blob(&layer.digest, layer.size)?;
    let stored = Verified::new(stored, layer.digest.clone(), layer.size);
    let mut stored = Watched { inner: stored, failure: None };
    let written = unpacked(&mut stored)
        .map_err(Into::into)
        .and_then(|whole| install.write_segment(segment, whole));
    // What is wrong with the blob says more than what it did to the decompressor.
    let rest = if written.is_err() { stored.drain() } else { Ok(()) };
    rest.map_err(|error| VerifyError::of(error, &layer.digest))?;
    written
}

fn unpacked(stored: &mut dyn Read) -> io::Result<impl Read + use<'_>> {
    let mut decoder = zstd::stream::read::Decoder::new(stored)?;
    decoder.window_log_max(WINDOW_LOG_MAX)?;
    Ok(decoder)
}

/// Keeps the first failure of a reader, which whoever reads may wrap beyond recognition.
struct Watched<R> {
    inner: R,
    failure: Option<io::Error>,
}

impl<R: Read> Watched<R> {
    /// Reads what is left, for the verdict at its end.
    fn drain(&mut self) -> io::Result<()> {
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => io::copy(&mut self.inner, &mut io::sink()).map(|_| ()),
        }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            return Err(io::ErrorKind::Other.into());
        }
        self.inner.read(buffer).map_err(|error| {
            let kind = error.kind();
            self.failure = Some(error);
            kind.into()
        })
    }
}

fn received(
    summary: &str,
    digest: &Digest,
    artifact: &ArtifactManifest,
    keys: &[VerifyingKey],
) -> String {
    let signed = if keys.is_empty() { "" } else { "the signature is good\n" };
    format!("{summary}{signed}artifact {digest}\ndatabase {}\n", artifact.config.digest)
}
