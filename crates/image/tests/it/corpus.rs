//! Images that other programs made, where the corpus is at hand.

use crate::kit::*;
use lazaret_image::{LayerError, OpenError, PlatformChoice, Source};
use std::path::PathBuf;

/// A file or folder of the corpus, or nothing, with a word about it, if it is not there.
#[expect(clippy::print_stdout, reason = "a test that skips says so")]
fn corpus(path: &str) -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");
    let found = PathBuf::from(root).join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: the corpus has no {path} here");
    None
}

fn edge(name: &str) -> Option<Source> {
    Some(open_all(&corpus(&format!("images/edge/{name}"))?, "").unwrap())
}

/// How many packages the apk database of a layer lists.
fn apk_packages(source: &Source, image: usize, layer: usize) -> usize {
    let files = files(source, image, layer);
    let database = String::from_utf8(files["lib/apk/db/installed"].clone()).unwrap();
    database.lines().filter(|line| line.starts_with("P:")).count()
}

#[test]
fn plain_and_multi_member_layers_hold_two_packages() {
    for name in ["uncompressed-layer", "gzip-multi-member"] {
        let Some(source) = edge(name) else { return };
        assert_eq!(names(&source), [format!("{name}:latest")]);
        assert_eq!(apk_packages(&source, 0, 0), 2, "{name}");
    }
}

#[test]
fn packages_removed_in_a_later_layer_are_still_in_the_first() {
    let Some(source) = edge("apk-removed-later") else { return };
    assert_eq!(source.images()[0].layers.len(), 2);
    assert_eq!((apk_packages(&source, 0, 0), apk_packages(&source, 0, 1)), (2, 1));
}

#[test]
fn identical_empty_layers_are_listed_twice() {
    let Some(source) = edge("empty-layers") else { return };
    let layers = &source.images()[0].layers;
    assert_eq!(layers.len(), 3);
    assert_eq!(layers[1], layers[2]);
    assert_eq!(apk_packages(&source, 0, 0), 2);
    assert_eq!(walk(&source, 0, 1).1.unwrap().entries, 0);
    assert_eq!(walk(&source, 0, 2).1.unwrap().entries, 0);
}

#[test]
fn a_wrong_diff_id_is_an_error() {
    let Some(source) = edge("diffid-mismatch") else { return };
    let (_, result) = walk(&source, 0, 0);
    assert!(matches!(result, Err(LayerError::DiffId { .. })), "{result:?}");
}

#[test]
fn a_missing_blob_is_named() {
    let Some(source) = edge("missing-blob") else { return };
    let digest = source.images()[0].layers[0].blob_digest.clone().unwrap().to_string();
    let text = walk(&source, 0, 0).1.unwrap_err().to_string();
    assert!(text.contains(&digest) && text.contains("missing"), "{text}");
}

#[test]
fn platforms_of_a_nested_index_are_chosen() {
    let Some(path) = corpus("images/edge/multi-arch") else { return };
    for (platform, packages) in [("linux/amd64", 2), ("linux/arm64/v8", 1), ("linux/arm64", 1)] {
        let source = open_for(one(platform), &path, "").unwrap();
        assert_eq!(source.images().len(), 1);
        assert_eq!(apk_packages(&source, 0, 0), packages, "{platform}");
    }
    let all = open_all(&path, ":latest").unwrap();
    assert_eq!(platforms(&all), ["linux/amd64", "linux/arm64/v8"]);
    let text = refusal(open_for(one("linux/s390x"), &path, ""));
    assert!(text.contains("linux/amd64, linux/arm64/v8"), "{text}");
}

#[test]
fn one_image_is_the_same_in_every_form() {
    let Some(folder) = edge("apk-removed-later") else { return };
    for (path, name, has_blobs) in [
        ("images/docker/apk-removed-later.tar", "docker.io/edge/apk-removed-later:latest", false),
        ("images/ocitar/apk-removed-later.oci.tar", "apk-removed-later.oci.tar:latest", true),
        ("images/ocitar/apk-removed-later.oci.tar.gz", "apk-removed-later.oci.tar.gz:latest", true),
    ] {
        let Some(path) = corpus(path) else { return };
        let source = open_all(&path, ":latest").unwrap();
        assert_eq!(names(&source), [name]);
        let (image, same) = (&source.images()[0], &folder.images()[0]);
        assert_eq!(image.config_digest, same.config_digest);
        assert_eq!(image.config, same.config);
        assert_eq!(image.digest.is_some(), has_blobs);
        for layer in 0..2 {
            assert_eq!(image.layers[layer].diff_id, same.layers[layer].diff_id);
            assert_eq!(image.layers[layer].blob_digest.is_some(), has_blobs);
            assert_eq!(files(&source, 0, layer), files(&folder, 0, layer));
        }
    }
}

#[test]
fn history_is_given_to_the_layers_it_made() {
    let Some(path) = corpus("images/oci/langmix-mini") else { return };
    let source = open_all(&path, "").unwrap();
    let image = &source.images()[0];
    assert_eq!((image.layers.len(), image.config.history.len()), (9, 14));
    assert!(image.layers.iter().all(|layer| layer.created_by.is_some()));
    assert_eq!(image.config.user.as_deref(), Some("root"));
    assert_eq!(image.config.exposed_ports.len(), 2);
    for layer in 0..9 {
        let (seen, result) = walk(&source, 0, layer);
        let summary = result.unwrap();
        assert_eq!(summary.diff_id, image.layers[layer].diff_id);
        assert_eq!(summary.entries, seen.entries.len() as u64);
    }
}

#[test]
fn every_image_of_the_corpus_reads_to_its_end() {
    for (path, layers) in [
        ("images/edge/apk-db-whiteout", 2),
        ("images/edge/osrelease-symlink-upper", 2),
        ("images/edge/distroless-status-d", 1),
        ("images/edge/dpkg-states", 1),
        ("images/oci/langmix-mini-zstd", 7),
        ("images/oci/rpm-rocky9-reconstructed-sqlite", 1),
        ("images/docker/uncompressed-layer.tar", 1),
        ("tars/stereoscope-valid-oci.tar", 1),
        ("tars/gocr-test_image_1.tar", 1),
        ("tars/gocr-overwritten_file.tar", 3),
        ("tars/gocr-whiteout_image.tar", 3),
        ("tars/gocr-source_image_with_empty_layer_history.tar", 1),
    ] {
        let Some(path) = corpus(path) else { return };
        let source = open_all(&path, "").unwrap();
        assert_eq!(source.images().len(), 1, "{}", path.display());
        assert_eq!(source.images()[0].layers.len(), layers, "{}", path.display());
        for layer in 0..layers {
            walk(&source, 0, layer).1.unwrap();
        }
    }
}

#[test]
fn a_layer_that_is_a_link_is_the_layer_it_points_to() {
    let Some(path) = corpus("tars/gocr-test_link.tar") else { return };
    let source = open_all(&path, "").unwrap();
    assert_eq!(names(&source), ["bazel/v1/tarball:test_image_1", "bazel/v1/tarball:test_image_3"]);
    assert_eq!(files(&source, 1, 0), files(&source, 0, 0));
    assert_eq!(source.images()[1].layers[0].diff_id, source.images()[0].layers[0].diff_id);
    walk(&source, 1, 1).1.unwrap();
}

#[test]
fn a_bundle_has_two_images() {
    let Some(path) = corpus("tars/gocr-test_bundle.tar") else { return };
    assert_eq!(names(&open_all(&path, "").unwrap()), ["test_image_2", "test_image_1"]);
    let source = open_all(&path, ":test_image_1").unwrap();
    assert_eq!(names(&source), ["test_image_1"]);
    walk(&source, 0, 0).1.unwrap();
}

#[test]
fn a_configuration_that_was_edited_is_read_and_said() {
    let path = "tars/gocr-source_image_with_empty_layer_history.tar";
    let Some(path) = corpus(path) else { return };
    let source = open_all(&path, "").unwrap();
    let image = &source.images()[0];
    assert_eq!(image.config.history.len(), 2);
    assert_eq!(image.layers[0].created_by.as_deref(), Some("bazel build ..."));
    assert_eq!(source.problems().len(), 1);
}

#[test]
fn archives_without_images_say_so() {
    for (path, expected) in [
        ("tars/gocr-null_manifest.tar", "it lists no images"),
        ("tars/gocr-no_manifest.tar", "no manifest.json"),
        ("tars/fanal__extractor__docker__testdata__normal.tar", "holds a root file system"),
        ("tars/claircore__pkg__tarfs__testdata__bad_name.tar", "neither an index.json nor"),
    ] {
        let Some(path) = corpus(path) else { return };
        let text = refusal(open_all(&path, ""));
        assert!(text.contains(expected), "{text}");
    }
    let Some(path) = corpus("tars") else { return };
    let opened = open_for(PlatformChoice::Host, &path, "");
    assert!(matches!(opened, Err(OpenError::NotAnImage { .. })), "{opened:?}");
}
