//! Layers and whole images, from their bytes to an inventory.

use super::{parts, tar as archives};
use lazaret_core::inventory::Inventory;
use lazaret_core::limits::Limits;
use lazaret_image::{OpenOptions, Source, Target, fuzz, open};
use lazaret_scan::cache::MemoryCache;
use lazaret_scan::{Engine, extract_image};
use lazaret_testkit::parse_recipe;
use std::io::Write as _;
use std::num::NonZeroUsize;

/// Images and layers looked at in one input: an archive may name the same layer many times.
const LAYERS_MAX: usize = 16;

/// A layer as it is stored, compressed or not.
pub(crate) fn layer(bytes: &[u8]) {
    fuzz::layer(bytes);
}

/// A layer whose headers have the right checksums.
pub(crate) fn tar(bytes: &[u8]) {
    let mut archive = bytes.to_vec();
    archives::mend(&mut archive);
    fuzz::layer(&archive);
}

/// An image in an archive: a tar file, or the files of one (see [`parts::files`]).
pub(crate) fn archive(bytes: &[u8]) {
    let is_tar = bytes.get(257..262) == Some(b"ustar");
    let archive = if is_tar {
        let mut archive = bytes.to_vec();
        archives::mend(&mut archive);
        archive
    } else {
        archives::of_files(&parts::files(bytes))
    };
    let mut layers = 0;
    with_source(&archive, |source| {
        for (index, image) in source.images().iter().enumerate() {
            layers += image.layers.len();
            if layers <= LAYERS_MAX {
                drop(inventory(source, index));
            }
        }
    });
}

/// An image from a recipe, as the example is: links, whiteouts and files that lead anywhere.
pub(crate) fn squash(bytes: &[u8]) {
    let Ok(image) = parse_recipe(&String::from_utf8_lossy(bytes)) else { return };
    if image.layers.len() <= LAYERS_MAX {
        with_source(&image.docker_archive(), |source| {
            drop(inventory(source, 0));
        });
    }
}

fn limits() -> Limits {
    Limits {
        memory_bytes: 16 << 20,
        file_bytes_max: 1 << 20,
        layer_bytes_max: 8 << 20,
        ratio_free_bytes: 1 << 20,
        entries_max: 10_000,
        ..Limits::default()
    }
}

/// Opens an archive, if it is one.
fn with_source(archive: &[u8], check: impl FnOnce(&Source)) {
    let mut file = tempfile::NamedTempFile::new().expect("there is a folder for temporary files");
    file.write_all(archive).expect("there is room for a temporary file");
    let options = OpenOptions { limits: limits(), ..OpenOptions::default() };
    if let Ok(source) = open(&Target::Input(file.path().to_owned()), &options) {
        assert!(!source.images().is_empty(), "success means that there is an image");
        check(&source);
    }
}

/// Extracts an image twice, the second time from the cache.
fn inventory(source: &Source, image: usize) -> Option<Inventory> {
    let engine = Engine::with(limits(), Box::new(MemoryCache::default()));
    let first = extract_image(&engine, source, image, NonZeroUsize::MIN).ok()?;
    let second = extract_image(&engine, source, image, NonZeroUsize::MIN);
    assert_eq!(second.as_ref().ok(), Some(&first), "a cache changes nothing");
    for package in &first.packages {
        assert!(!package.locations.is_empty(), "a package was read somewhere");
        assert!(package.owner.is_none_or(|owner| first.package(owner).is_some()));
    }
    Some(first)
}
