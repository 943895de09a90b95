//! Indexes, manifests, configurations and what registries say.

use super::parts;
use lazaret_image::fuzz;

/// `index.json` and the blobs behind it; the first two parts are also read as a manifest and a
/// configuration of their own.
pub(crate) fn manifest(bytes: &[u8]) {
    let documents = parts::split(bytes);
    fuzz::layout(&documents);
    let config = documents.get(1).map_or(&[][..], Vec::as_slice);
    fuzz::manifest(documents.first().map_or(&[][..], Vec::as_slice), config);
}

/// The `WWW-Authenticate` header of a registry.
pub(crate) fn challenge(bytes: &[u8]) {
    fuzz::challenge(bytes);
}
