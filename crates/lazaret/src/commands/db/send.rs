//! From a database in a folder to the blobs and the manifest of an artifact.

use super::artifact::{ARTIFACT, MANIFEST, SEGMENT, SEGMENT_DIGEST, SEGMENT_NAME, TITLE};
use super::build::mebibytes;
use anyhow::Context as _;
use lazaret_advisory::{MANIFEST_FILE, Manifest, SegmentInfo};
use lazaret_core::digest::Digest;
use lazaret_image::artifact::{
    ArtifactManifest, Blob, MANIFEST_BYTES_MAX, ManifestName, Measured, Store, Verified,
};
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::Path;

/// How hard segments are compressed: they are made once and moved often. Level 22 gains a
/// thousandth.
const LEVEL: i32 = 19;

/// An artifact whose parts are written, but which has no tag yet.
pub(super) struct Sent {
    pub(super) manifest: ArtifactManifest,
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
    /// Segments that were written, with their compressed size in bytes.
    pub(super) moved: Vec<(String, u64)>,
    /// How many were there.
    pub(super) there: usize,
}

/// Writes the parts of a database that are not there yet, and its manifest under its digest.
pub(super) fn send(db: &Path, store: &mut dyn Store) -> anyhow::Result<Sent> {
    let json = read_manifest(db)?;
    let database = Manifest::parse(&json)
        .with_context(|| format!("{} is not an advisory database", db.display()))?;
    let mut layers = Vec::new();
    let mut moved = Vec::new();
    let mut there = 0;
    for segment in &database.segments {
        let blob = compress(db, segment)
            .with_context(|| format!("failed to compress the segment `{}`", segment.name))?;
        if store.has_blob(blob.digest())? {
            there += 1;
        } else {
            store.put_blob(&blob)?;
            moved.push((segment.name.clone(), blob.size_bytes()));
        }
        let mut layer = blob.descriptor(SEGMENT);
        layer.annotations.extend([
            (SEGMENT_NAME.to_owned(), segment.name.clone()),
            (SEGMENT_DIGEST.to_owned(), segment.digest.to_string()),
            (TITLE.to_owned(), format!("{}.zst", segment.file)),
        ]);
        layers.push(layer);
    }
    let config = Blob::from_bytes(json);
    if !store.has_blob(config.digest())? {
        store.put_blob(&config)?;
    }
    let manifest = ArtifactManifest::new(ARTIFACT, config.descriptor(MANIFEST), layers);
    let bytes = manifest.to_json()?;
    let is_fine = u64::try_from(bytes.len()).is_ok_and(|len| len <= MANIFEST_BYTES_MAX);
    anyhow::ensure!(
        is_fine,
        "{} segments are more than one artifact can hold",
        there + moved.len()
    );
    let digest = Blob::from_bytes(bytes.clone()).digest().clone();
    store.put_manifest(&ManifestName::Digest(digest.clone()), &manifest, &bytes)?;
    Ok(Sent { manifest, bytes, digest, moved, there })
}

fn read_manifest(db: &Path) -> anyhow::Result<Vec<u8>> {
    let path = db.join(MANIFEST_FILE);
    // Opening checks its size and its form.
    lazaret_advisory::Db::open(db)?;
    std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))
}

/// Compresses a segment into a file without a name: the same segment gives the same bytes.
fn compress(db: &Path, segment: &SegmentInfo) -> anyhow::Result<Blob> {
    let path = db.join(&segment.file);
    let file = File::open(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let mut whole = Verified::new(file, segment.digest.clone(), segment.size_bytes);
    let compressed = Measured::new(tempfile::tempfile()?);
    let mut encoder = zstd::stream::write::Encoder::new(compressed, LEVEL)?;
    encoder.include_checksum(false)?;
    encoder.include_contentsize(true)?;
    encoder.set_pledged_src_size(Some(segment.size_bytes))?;
    io::copy(&mut whole, &mut encoder)?;
    let (file, digest, size_bytes) = encoder.finish()?.finish();
    Ok(Blob::from_file(file, digest, size_bytes))
}

impl Sent {
    /// What was moved, for people.
    pub(super) fn summary(&self) -> String {
        summary(&self.moved, self.there)
    }
}

/// A line for each segment that was moved, and the sum.
pub(super) fn summary(moved: &[(String, u64)], there: usize) -> String {
    let mut text = String::new();
    for (name, bytes) in moved {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(text, "moved {name} ({} KiB)", bytes.div_ceil(1 << 10));
    }
    let bytes: u64 = moved.iter().map(|(_, bytes)| bytes).sum();
    let _: std::fmt::Result = writeln!(
        text,
        "segments: {} moved ({:.2} MiB), {there} were there",
        moved.len(),
        mebibytes(bytes)
    );
    text
}
