//! Doors for fuzzing and for measuring: hostile bytes in, nothing but values out.

pub use crate::layer::fuzz::{layer, walk};

use crate::index::{self, BlobError, Request};
use crate::manifest::{self, Document};
use crate::platform::PlatformChoice;
use crate::registry;
use crate::target::Selector;
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::image::Platform;
use lazaret_core::limits::Limits;
use std::collections::BTreeMap;

/// Finds the images of a layout whose `index.json` is the first document and whose blobs are the
/// others, with every kind of choice there is.
pub fn layout(documents: &[Vec<u8>]) {
    let Some((first, others)) = documents.split_first() else { return };
    let blobs: BTreeMap<Digest, &Vec<u8>> = others
        .iter()
        .map(|document| (manifest::digest_of(Algorithm::Sha256, document), document))
        .collect();
    let limits = Limits { document_bytes_max: 64 << 10, layers_max: 50, ..Limits::default() };
    let selectors = [
        None,
        Some(Selector::Tag("1".to_owned())),
        blobs.keys().next().cloned().map(Selector::Digest),
    ];
    let platforms =
        [PlatformChoice::Host, PlatformChoice::One(Platform::linux("arm64")), PlatformChoice::All];
    for selector in &selectors {
        for platform in &platforms {
            let selector = selector.as_ref();
            let request = Request { selector, platform, limits: &limits, fallback_name: "image" };
            let mut read = |digest: &Digest| {
                blobs.get(digest).map(|bytes| (*bytes).clone()).ok_or(BlobError::Missing)
            };
            if let Ok(images) = index::resolve(first, &request, &mut read) {
                assert!(!images.is_empty(), "success means that there is an image");
            }
        }
    }
}

/// Reads a manifest or an index without what it points to, and an image's configuration.
pub fn manifest(document: &[u8], config: &[u8]) {
    let limits = Limits::default();
    match manifest::parse_document(document) {
        Ok(Document::Index(entries, _)) => {
            drop(manifest::select(&entries, &PlatformChoice::Host));
            drop(manifest::select(&entries, &PlatformChoice::All));
        }
        Ok(Document::Manifest(manifest)) => {
            drop(manifest::build_image("image", None, &manifest, config, &limits));
        }
        Err(_) => {}
    }
    drop(manifest::describe("image", config, Vec::new(), &limits));
}

/// Reads the value of a `WWW-Authenticate` header.
pub fn challenge(value: &[u8]) {
    registry::fuzz_challenge(value);
}
