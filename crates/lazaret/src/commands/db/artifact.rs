//! A database as an OCI artifact: what its parts are called (docs/formats/advisory-db.md).

/// What the artifact is.
pub(super) const ARTIFACT: &str = "application/vnd.lazaret.db.v1";
/// How every form of the artifact begins.
pub(super) const ARTIFACT_FAMILY: &str = "application/vnd.lazaret.db.";
/// Its configuration: `manifest.json` as it is.
pub(super) const MANIFEST: &str = "application/vnd.lazaret.db.manifest.v1+json";
/// A layer: one segment, compressed with Zstandard.
pub(super) const SEGMENT: &str = "application/vnd.lazaret.db.segment.v1+zstd";

/// The annotation with the name of a layer's segment.
pub(super) const SEGMENT_NAME: &str = "vnd.lazaret.db.segment.name";
/// The annotation with the digest of a layer's segment before compression.
pub(super) const SEGMENT_DIGEST: &str = "vnd.lazaret.db.segment.digest";
/// The annotation with the file name other tools give a layer.
pub(super) const TITLE: &str = "org.opencontainers.image.title";
