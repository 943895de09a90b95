//! Images made to need more than they may have.

use crate::support::{ONE, package_json, source};
use lazaret_core::limits::Limits;
use lazaret_core::problem::ProblemKind;
use lazaret_scan::cache::MemoryCache;
use lazaret_scan::{Engine, ScanError, extract_image};
use lazaret_testkit::Layer;

fn engine(memory_bytes: u64) -> Engine {
    let limits = Limits { memory_bytes, ..Limits::default() };
    Engine::with(limits, Box::new(MemoryCache::default()))
}

fn many(first: usize, n: usize) -> Layer {
    (first..first + n).fold(Layer::new("COPY"), |layer, n| {
        layer.file(&format!("a/node_modules/p{n}/package.json"), package_json("p", "1.0.0"))
    })
}

#[test]
fn a_layer_of_too_many_packages_is_cut_off_and_says_so() {
    let database = "P:musl\nV:1.2.4-r2\nA:x86_64\n\n";
    let (source, _folder) = source(&[many(0, 2_000).file("lib/apk/db/installed", database)]);
    let whole = extract_image(&engine(64 << 20), &source, 0, ONE).unwrap();
    assert_eq!((whole.packages.len(), whole.problems.len()), (2_001, 0));
    let cut = extract_image(&engine(2 << 20), &source, 0, ONE).unwrap();
    assert!(cut.packages.len() < 2_000 && cut.packages.len() > 100, "{}", cut.packages.len());
    // The package database came last, and is read all the same.
    assert!(cut.packages.iter().any(|package| package.name == "musl"));
    assert_eq!(cut.problems[0].kind, ProblemKind::Limit);
}

#[test]
fn links_and_deletions_count_as_packages_do() {
    let target = "x/".repeat(1_900);
    let links = (0..1_000)
        .fold(Layer::new("COPY"), |layer, n| layer.symlink(&format!("links/{n}"), &target));
    let deletions =
        (0..10_000).fold(Layer::new("RUN rm"), |layer, n| layer.whiteout(&format!("links/{n}")));
    for layer in [links, deletions] {
        let (source, _folder) = source(&[layer]);
        let found = extract_image(&engine(4 << 20), &source, 0, ONE).unwrap();
        assert_eq!(found.problems.len(), 1);
        assert_eq!(found.problems[0].kind, ProblemKind::Limit);
    }
}

#[test]
fn layers_that_need_too_much_together_are_an_error_in_any_order() {
    let layers: Vec<Layer> = (0..6).map(|n| many(n * 1_000, 900)).collect();
    let (source, _folder) = source(&layers);
    for workers in [1, 2, 6] {
        let workers = workers.try_into().unwrap();
        let error = extract_image(&engine(4 << 20), &source, 0, workers).unwrap_err();
        assert!(matches!(error, ScanError::Memory { .. }), "{error}");
    }
}

#[test]
fn a_path_that_comes_again_and_again_costs_no_more_than_once() {
    let mut layer = many(0, 500);
    for _ in 0..20_000 {
        layer = layer.file("etc/os-release", "ID=alpine\n");
    }
    let last = layer.file("etc/os-release", "ID=debian\n");
    let (source, _folder) = source(&[last]);
    let found = extract_image(&engine(256 << 20), &source, 0, ONE).unwrap();
    assert_eq!(found.packages.len(), 500);
    assert_eq!(found.os.unwrap().os.id, "debian");
}

#[test]
fn many_links_cost_no_more_each_than_few() {
    let count = 10_000;
    let store = (0..count).fold(Layer::new("COPY store"), |layer, n| {
        layer.file(&format!("store/{n}.json"), package_json("p", "1.0.0"))
    });
    let links = (0..count).fold(Layer::new("COPY links"), |layer, n| {
        let manifest = |folder: &str| format!("{folder}/{n}/package.json");
        layer
            .symlink(&manifest("each"), &format!("/store/{n}.json"))
            .symlink(&manifest("one"), "/store/1.json")
            .symlink(&manifest("none"), &format!("/nowhere/{n}.json"))
    });
    let (source, _folder) = source(&[store, links]);
    let found = extract_image(&engine(1 << 30), &source, 0, ONE).unwrap();
    assert_eq!(found.packages.len(), count);
}

#[test]
fn links_in_a_circle_cost_little_however_long_their_paths() {
    let count = 5_000;
    let rest = "x/".repeat(1_000);
    let layer = Layer::new("COPY").symlink("a", "b").symlink("b", "a");
    let layer = (0..count).fold(layer, |layer, n| {
        layer.symlink(&format!("d/{n}/package.json"), &format!("/a/{rest}{n}"))
    });
    let (source, _folder) = source(&[layer.file("package.json", package_json("p", "1.0.0"))]);
    let found = extract_image(&engine(1 << 30), &source, 0, ONE).unwrap();
    assert_eq!(found.packages.len(), 1);
}

#[test]
fn folders_as_deep_as_a_path_is_long_are_not_kept_each() {
    let count = 1_000;
    let deep = "x/".repeat(1_900);
    let wide = |layer: Layer| {
        (0..count).fold(layer, |layer, n| {
            layer.file(&format!("{n}/{deep}package.json"), package_json("p", "1.0.0"))
        })
    };
    // A file in the place of a folder takes what was in it along, at any depth.
    let replaced =
        (0..count / 2).fold(Layer::new("RUN"), |layer, n| layer.file(&n.to_string(), ""));
    let (source, _folder) = source(&[wide(Layer::new("COPY")), replaced]);
    let found = extract_image(&engine(1 << 30), &source, 0, ONE).unwrap();
    assert_eq!(found.packages.len(), count / 2);
}

#[test]
fn a_large_lock_file_beside_many_packages_is_read_soon() {
    let count = 20_000;
    let locked: Vec<String> =
        (0..count).map(|n| format!(r#""node_modules/q{n}": {{"version": "1.0.0"}}"#)).collect();
    let lock = format!(r#"{{"lockfileVersion": 3, "packages": {{{}}}}}"#, locked.join(","));
    let (source, _folder) = source(&[many(0, count).file("a/package-lock.json", lock)]);
    let found = extract_image(&engine(1 << 30), &source, 0, ONE).unwrap();
    // What is installed beside a lock file is the truth.
    assert_eq!(found.packages.len(), count);
    assert!(found.packages.iter().all(|package| package.name == "p"));
}
