//! Images on disk, and inventories without what depends on how an image was cut into layers.

use lazaret_core::inventory::Inventory;
use lazaret_core::limits::Limits;
use lazaret_image::{OpenOptions, Source, Target, open};
use lazaret_scan::cache::MemoryCache;
use lazaret_scan::{Engine, extract_image};
use lazaret_testkit::{Compression, Image, Layer};
use std::num::NonZeroUsize;

pub(crate) const ONE: NonZeroUsize = NonZeroUsize::MIN;

/// A source for an image of these layers, and the folder it is in.
pub(crate) fn source(layers: &[Layer]) -> (Source, tempfile::TempDir) {
    let mut image = Image::new("test:1").compression(Compression::None);
    image.layers = layers.to_vec();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.tar");
    std::fs::write(&file, image.docker_archive()).unwrap();
    let source = open(&Target::Input(file), &OpenOptions::default()).unwrap();
    (source, folder)
}

pub(crate) fn engine() -> Engine {
    Engine::with(Limits::default(), Box::new(MemoryCache::default()))
}

pub(crate) fn inventory(layers: &[Layer]) -> Inventory {
    let (source, _folder) = source(layers);
    extract_image(&engine(), &source, 0, ONE).unwrap()
}

/// Everything an inventory says but for layers: lines that a person can compare.
pub(crate) fn without_layers(inventory: &Inventory) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(found) = &inventory.os {
        lines.push(format!(
            "os {:?} {:?} from {}",
            found.os.id, found.os.version, found.location.path
        ));
    }
    for package in &inventory.packages {
        let places: Vec<&str> = package.locations.iter().map(|l| l.path.as_str()).collect();
        let owner = package.owner.and_then(|id| inventory.package(id)).map(|owner| &owner.name);
        lines.push(format!(
            "{} {} {} {:?} {:?} {:?} at {places:?} by {:?} owner {owner:?}",
            package.ecosystem,
            package.name,
            package.version,
            package.source,
            package.licenses,
            package.presence,
            package.found_by,
        ));
    }
    for problem in &inventory.problems {
        let place = problem.location.as_ref().map(|location| location.path.as_str());
        lines.push(format!("problem {:?} {} at {place:?}", problem.kind, problem.message));
    }
    lines
}

pub(crate) const APK_BASE: &str =
    "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:ld-musl.so\n\n";
pub(crate) const APK_MORE: &str = "P:busybox\nV:1.36.1-r5\nA:x86_64\nL:GPL-2.0-only\no:busybox\n\n";

pub(crate) fn package_json(name: &str, version: &str) -> String {
    format!(r#"{{"name":"{name}","version":"{version}","license":"MIT"}}"#)
}
