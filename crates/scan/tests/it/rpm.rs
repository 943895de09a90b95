//! An image with an rpm database, against rpm's own list of its packages.

use crate::support::{ONE, engine, inventory, source, without_layers};
use lazaret_core::package::Ecosystem;
use lazaret_image::{OpenOptions, Target, open};
use lazaret_scan::extract_image;
use lazaret_testkit::Layer;
use std::path::Path;

#[test]
fn an_image_has_the_packages_rpm_lists() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    let image = corpus.join("images/oci/rpm-rocky9-reconstructed-sqlite");
    if !image.is_dir() {
        println!("skipped: the corpus of images is not here");
        return;
    }
    let source = open(&Target::Input(image), &OpenOptions::default()).unwrap();
    let inventory = extract_image(&engine(), &source, 0, ONE).unwrap();
    let mut found: Vec<String> = inventory
        .packages
        .iter()
        .filter(|package| package.ecosystem == Ecosystem::Rpm)
        .map(|package| {
            let (epoch, version) =
                package.version.split_once(':').unwrap_or(("0", &package.version));
            let (version, release) = version.rsplit_once('-').unwrap();
            let none = || "(none)".to_owned();
            let source = package.source.as_ref();
            [
                package.name.as_str(),
                epoch,
                version,
                release,
                &package.arch.clone().unwrap_or_else(none),
                &source.map_or_else(none, |s| format!("{}-{}.src.rpm", s.name, s.version)),
                &package.licenses.join(" / "),
            ]
            .join("\t")
        })
        .collect();
    found.sort();
    let table = std::fs::read_to_string(corpus.join("rpm/rocky9-reconstructed.expected.tsv"));
    let table = table.unwrap();
    let mut expected: Vec<&str> = table.lines().collect();
    expected.sort_unstable();
    assert_eq!(expected.len(), 159);
    assert_eq!(found, expected);
    assert_eq!(inventory.problems, []);
}

/// A database and its write-ahead log, as SQLite left them. `sqlite3` reads one package from the
/// database alone, and two together with the log.
const DATABASE: &[u8] =
    include_bytes!("../../../inventory/fixtures/rpm/sqlite/broken-log/var/lib/rpm/rpmdb.sqlite");
const LOG: &[u8] = include_bytes!(
    "../../../inventory/fixtures/rpm/sqlite/broken-log/var/lib/rpm/rpmdb.sqlite-wal"
);
const FOLDER: &str = "usr/lib/sysimage/rpm";

/// `name` of every package with the layer that brought it, and the problems.
fn packages(layers: &[Layer]) -> (Vec<(String, u32)>, Vec<String>) {
    let inventory = inventory(layers);
    let packages = inventory.packages.iter();
    let packages = packages.map(|package| (package.name.clone(), package.layer.0)).collect();
    (packages, inventory.problems.into_iter().map(|problem| problem.message).collect())
}

fn database() -> Layer {
    Layer::new("ADD rootfs.tar /").file(&format!("{FOLDER}/rpmdb.sqlite"), DATABASE)
}

fn log(layer: Layer, bytes: &[u8]) -> Layer {
    layer.file(&format!("{FOLDER}/rpmdb.sqlite-wal"), bytes)
}

fn named(packages: &[(&str, u32)]) -> Vec<(String, u32)> {
    packages.iter().map(|(name, layer)| ((*name).to_owned(), *layer)).collect()
}

#[test]
fn a_database_is_read_with_its_write_ahead_log() {
    let (found, problems) = packages(&[log(database(), LOG)]);
    assert_eq!(found, named(&[("lantern", 0), ("lantern-libs", 0)]));
    assert_eq!(problems, [""; 0]);
}

#[test]
fn the_layer_of_the_log_brought_what_only_the_log_has() {
    let layers = [database(), log(Layer::new("RUN dnf install lantern"), LOG)];
    let (found, problems) = packages(&layers);
    assert_eq!(found, named(&[("lantern", 1), ("lantern-libs", 0)]));
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        without_layers(&inventory(&layers)),
        without_layers(&inventory(&[log(database(), LOG)]))
    );
    // The cache holds what each layer says alone, and the second scan says the same.
    let (source, _folder) = source(&layers);
    let engine = engine();
    let first = extract_image(&engine, &source, 0, ONE).unwrap();
    assert_eq!(extract_image(&engine, &source, 0, ONE).unwrap(), first);
}

#[test]
fn a_log_that_was_removed_or_is_old_is_not_applied() {
    let path = format!("{FOLDER}/rpmdb.sqlite-wal");
    let layers = [log(database(), LOG), Layer::new("RUN rm").whiteout(&path)];
    assert_eq!(packages(&layers), (named(&[("lantern-libs", 0)]), Vec::new()));
    // Another salt in its header: what follows is of an earlier use of the file.
    let mut old = LOG.to_vec();
    old[16] ^= 1;
    assert_eq!(packages(&[log(database(), &old)]), (named(&[("lantern-libs", 0)]), Vec::new()));
}

#[test]
fn a_log_without_its_database_stays_a_problem() {
    let (found, problems) = packages(&[log(Layer::new("COPY"), LOG)]);
    assert_eq!(found, []);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("8 pages of this write-ahead log were not applied"));
    // Nor is anything guessed where the two do not fit together.
    let mut other = DATABASE.to_vec();
    other[16..18].copy_from_slice(&[4, 0]);
    let layer = Layer::new("COPY").file(&format!("{FOLDER}/rpmdb.sqlite"), &other);
    let (_, problems) = packages(&[log(layer, LOG)]);
    assert!(problems.iter().any(|problem| problem.starts_with("8 pages")), "{problems:?}");
}
