//! A cache changes nothing but the time a scan takes.

use crate::support::{APK_BASE, APK_MORE, ONE, engine, package_json, source, without_layers};
use lazaret_core::limits::Limits;
use lazaret_scan::cache::{DirectoryCache, LayerCache, MemoryCache};
use lazaret_scan::{Engine, Options, extract_image, scan};
use lazaret_testkit::Layer;
use std::num::NonZeroUsize;

fn layers() -> Vec<Layer> {
    let mut layers = vec![
        Layer::new("ADD")
            .file("etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n")
            .file("lib/apk/db/installed", APK_BASE),
        Layer::new("RUN apk add").file("lib/apk/db/installed", format!("{APK_BASE}{APK_MORE}")),
        Layer::new("COPY broken").file("app/package-lock.json", "{not json"),
    ];
    for n in 0..12 {
        let path = format!("app/node_modules/p{n}/package.json");
        layers.push(Layer::new("COPY").file(&path, package_json(&format!("p{n}"), "1.0.0")));
    }
    // The same layer twice.
    layers.push(layers[3].clone());
    layers
}

fn hit_equals_miss(make: &dyn Fn() -> Box<dyn LayerCache>) {
    let (source, _folder) = source(&layers());
    let cold = Engine::with(Limits::default(), make());
    let miss = scan(&cold, &source, 0, &Options::default()).unwrap();
    let warm = Engine::with(Limits::default(), make());
    let hit = scan(&warm, &source, 0, &Options::default()).unwrap();
    let again = scan(&cold, &source, 0, &Options::default()).unwrap();
    assert_eq!(miss, hit);
    assert_eq!(miss, again);
    assert_eq!(miss.inventory.packages.len(), 14);
    assert_eq!(miss.inventory.problems.len(), 1);
}

#[test]
fn a_hit_equals_a_miss() {
    hit_equals_miss(&|| Box::new(MemoryCache::default()));
    let folder = tempfile::tempdir().unwrap();
    hit_equals_miss(&|| Box::new(DirectoryCache::new(folder.path())));
    assert!(folder.path().join("layers").is_dir());
}

#[test]
fn a_damaged_entry_is_a_miss() {
    let folder = tempfile::tempdir().unwrap();
    let (source, _image) = source(&layers());
    let scan_once = || {
        let cache = Box::new(DirectoryCache::new(folder.path()));
        scan(&Engine::with(Limits::default(), cache), &source, 0, &Options::default()).unwrap()
    };
    let clean = scan_once();
    let mut damaged = 0;
    for fingerprint in std::fs::read_dir(folder.path().join("layers")).unwrap() {
        for (n, entry) in std::fs::read_dir(fingerprint.unwrap().path()).unwrap().enumerate() {
            let path = entry.unwrap().path();
            let mut bytes = std::fs::read(&path).unwrap();
            match n % 3 {
                0 => bytes.truncate(bytes.len() / 2),
                1 => *bytes.last_mut().unwrap() ^= 1,
                _ => bytes.clear(),
            }
            std::fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged >= 14, "{damaged} entries");
    assert_eq!(scan_once(), clean);
}

#[test]
fn a_cached_layer_is_not_read_again() {
    let (source, folder) = source(&layers());
    let engine = engine();
    let first = extract_image(&engine, &source, 0, ONE).unwrap();
    // The archive's layers are gone; only the description is still in memory.
    std::fs::write(folder.path().join("image.tar"), b"").unwrap();
    let second = extract_image(&engine, &source, 0, ONE).unwrap();
    assert_eq!(first, second);
}

#[test]
fn parallel_equals_serial() {
    let (source, _folder) = source(&layers());
    let serial = extract_image(&engine(), &source, 0, ONE).unwrap();
    for workers in [2, 3, 8, 64] {
        let workers = NonZeroUsize::new(workers).unwrap();
        let parallel = extract_image(&engine(), &source, 0, workers).unwrap();
        assert_eq!(serial, parallel);
    }
    assert_eq!(without_layers(&serial).len(), 16);
}
