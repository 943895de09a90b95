//! An image with an rpm database, against rpm's own list of its packages.

use crate::support::{ONE, engine};
use lazaret_core::package::Ecosystem;
use lazaret_image::{OpenOptions, Target, open};
use lazaret_scan::extract_image;
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
