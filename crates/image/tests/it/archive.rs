//! OCI layouts in archives.

use crate::kit::*;
use lazaret_core::image::Image;
use lazaret_image::{OpenError, OpenOptions, PlatformChoice, Source, Target, open};
use lazaret_testkit::Layer;
use std::collections::BTreeMap;

fn sample() -> Files {
    let mut files = Files::default();
    let big = "0123456789abcdef".repeat(40_000);
    let image = files.image(
        "linux/amd64",
        &[layer("etc/a", "1"), layer("big", &big), layer("etc/b", "2"), layer("etc/a", "1")],
    );
    let other = files.image("linux/amd64", &[layer("other", "3")]);
    files.index(&[tagged(image, "one"), tagged(other, "two")]);
    files
}

/// Every file of every layer of every image.
fn everything(source: &Source) -> Vec<Vec<BTreeMap<String, Vec<u8>>>> {
    let layers = |image: usize| {
        (0..source.images()[image].layers.len()).map(|layer| files(source, image, layer)).collect()
    };
    (0..source.images().len()).map(layers).collect()
}

#[test]
fn an_archive_reads_like_the_folder_however_it_is_compressed() {
    let place = Place::new();
    let files = sample();
    let folder = open_all(&place.layout(&files), "").unwrap();
    let tar = files.tar();
    for (name, bytes, is_sequential) in
        [("a.tar", tar.clone(), false), ("a.tgz", gzip(&tar), true), ("a.zst", zstd(&tar), true)]
    {
        let path = place.file(name, bytes);
        let archive = open_all(&path, "").unwrap();
        // A bare tag is told apart by the file or folder it was found in; all else is the same.
        assert_eq!(names(&archive), [format!("{name}:one"), format!("{name}:two")]);
        assert_eq!(names(&folder), ["layout:one", "layout:two"]);
        let nameless = |source: &Source| {
            let images = source.images().iter().cloned();
            images.map(|image| Image { name: String::new(), ..image }).collect::<Vec<_>>()
        };
        assert_eq!(nameless(&archive), nameless(&folder), "{name}");
        assert_eq!(archive.is_sequential(), is_sequential, "{name}");
        assert_eq!(everything(&archive), everything(&folder), "{name}");
        assert_eq!(names(&open_all(&path, ":two").unwrap()), [format!("{name}:two")]);
        let target: Target = format!("oci-archive:{}:two", path.display()).parse().unwrap();
        let archive = open(&target, &options(PlatformChoice::All)).unwrap();
        assert_eq!(names(&archive), [format!("{name}:two")]);
    }
}

#[test]
fn many_layers_are_done_once_each_and_archives_in_their_order() {
    let place = Place::new();
    let files = sample();
    let paths: Vec<&String> = files.0.keys().collect();
    let tar = files.tar();
    for (name, bytes) in [("a.tar", tar.clone()), ("a.tgz", gzip(&tar)), ("a.zst", zstd(&tar))] {
        let source = open_all(&place.file(name, bytes), "").unwrap();
        let wanted = [3, 2, 1, 0, 9];
        let mut order = Vec::new();
        source.walk_many(
            0,
            &wanted,
            |layer| (layer, Seen::default()).1,
            |layer, seen: Seen, result| {
                assert_eq!(result.is_ok(), layer != 9, "{name} {layer}");
                let alone = walk(&source, 0, layer).0;
                assert_eq!(seen, alone, "{name} {layer}");
                order.push(layer);
            },
        );
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 9], "{name}");
        if !source.is_sequential() {
            assert_eq!(order, wanted, "{name}");
            continue;
        }
        // Layers 3 and 0 are one blob: the second of them is left for another pass.
        let place_of = |layer: usize| {
            let digest = source.images()[0].layers[layer].blob_digest.as_ref().unwrap();
            paths.iter().position(|path| **path == blob_path(&digest.to_string())).unwrap()
        };
        assert_eq!(order[0], 9, "{name}: what is not there is told at once");
        assert_eq!(order[4], 0, "{name}");
        assert!(order[1..4].is_sorted_by_key(|layer| place_of(*layer)), "{name} {order:?}");
    }
}

#[test]
fn layers_are_read_by_several_threads_at_once() {
    let place = Place::new();
    let tar = sample().tar();
    for (name, bytes) in [("a.tar", tar.clone()), ("a.tgz", gzip(&tar))] {
        let source = open_all(&place.file(name, bytes), "").unwrap();
        let expected: Vec<_> = (0..4).map(|layer| files(&source, 0, layer)).collect();
        let source = &source;
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|n| scope.spawn(move || files(source, 0, n % 4))).collect();
            for (n, thread) in threads.into_iter().enumerate() {
                assert_eq!(thread.join().unwrap(), expected[n % 4], "{name}");
            }
        });
    }
}

#[test]
fn the_last_of_two_entries_with_one_name_counts() {
    let place = Place::new();
    let mut old = Files::default();
    let image = old.image("linux/amd64", &[layer("old", "")]);
    old.index(&[tagged(image, "old")]);
    let mut new = Files::default();
    let image = new.image("linux/amd64", &[layer("new", "")]);
    new.index(&[tagged(image, "new")]);
    let mut tar = Layer::new("");
    for (path, bytes) in old.0.iter().chain(&new.0) {
        tar = tar.file(&format!("./{path}"), bytes);
    }
    let tar = tar.tar();
    for (name, bytes) in [("a.tar", tar.clone()), ("a.tgz", gzip(&tar))] {
        let source = open_all(&place.file(name, bytes), "").unwrap();
        assert_eq!(names(&source), [format!("{name}:new")]);
        assert!(files(&source, 0, 0).contains_key("new"));
    }
}

#[test]
fn blobs_may_be_links_to_each_other() {
    let place = Place::new();
    let mut files = Files::default();
    let descriptor = files.image("linux/amd64", &[layer("a", "1")]);
    files.index(&[descriptor]);
    let mut tar = Layer::new("");
    for (path, bytes) in &files.0 {
        tar = if path.starts_with("blobs/") {
            let content = path.replace("blobs/sha256", "content");
            let target = path.replace("blobs/sha256", "../../content");
            tar.file(&content, bytes).symlink(path, &target)
        } else {
            tar.file(path, bytes)
        };
    }
    let tar = tar.symlink("loop", "loop").tar();
    for (name, bytes) in [("a.tar", tar.clone()), ("a.zst", zstd(&tar))] {
        let source = open_all(&place.file(name, bytes), "").unwrap();
        assert_eq!(crate::kit::files(&source, 0, 0)["a"], b"1", "{name}");
    }
}

#[test]
fn an_archive_that_breaks_off_is_damaged() {
    let place = Place::new();
    let tar = sample().tar();
    let whole = [("tar", tar.clone()), ("tgz", gzip(&tar)), ("zst", zstd(&tar))];
    for (name, bytes) in whole {
        let cut = bytes.len() / 2;
        let path = place.file(name, &bytes[..cut]);
        let opened = open_all(&path, "");
        assert!(matches!(opened, Err(OpenError::Archive { .. })), "{name}: {opened:?}");
    }
    // Wherever a plain archive is cut: if it opens at all, nothing of the image was lost.
    let mut files = Files::default();
    let descriptor = files.image("linux/amd64", &[layer("a", "1")]);
    files.index(&[descriptor]);
    let bytes = files.tar();
    let whole = open_all(&place.file("cut.tar", &bytes), "").unwrap();
    let mut opened = 0;
    for cut in (1..bytes.len()).step_by(127) {
        match open_all(&place.file("cut.tar", &bytes[..cut]), "") {
            Ok(source) => {
                opened += 1;
                assert_eq!(source.images(), whole.images());
                assert!(crate::kit::files(&source, 0, 0).contains_key("a"));
            }
            Err(OpenError::Archive { .. } | OpenError::NotAnImage { .. }) => {}
            Err(error) => panic!("{cut}: {error}"),
        }
    }
    assert!(opened < bytes.len() / 127 / 2, "{opened}");
}

#[test]
fn files_that_are_no_image_archive_say_what_they_are() {
    let place = Place::new();
    let root = Layer::new("").file("etc/os-release", "ID=x\n").folder("usr/bin").tar();
    let stranger = Layer::new("").file("README", "hello").tar();
    let check = |bytes: &[u8], expected: &str| {
        let text = refusal(open_all(&place.file("file", bytes), ""));
        assert!(text.contains(expected), "{text}");
    };
    check(b"", "is empty");
    check(&[0; 1024], "is empty");
    check(&root, "holds a root file system; unpack it and use `lazaret rootfs DIR`");
    check(&gzip(&root), "holds a root file system");
    check(&stranger, "neither an index.json nor a manifest.json");
    check(b"#!/bin/sh\necho hello\n", "not a tar file");
    check(&[b'x'; 4096], "not a tar file");
    check(&gzip(&[b'x'; 4096]), "not a tar file");
    check(&gzip(b""), "is empty");
    check(b"BZh91AY&SY", "bzip2");
    check(b"\xfd7zXZ\0\0\x04", "xz");
    check(b"PK\x03\x04", "zip");
    check(b"\x1f\x8b\x08\x00garbage", "damaged");
    let docker = Layer::new("").file("manifest.json", "[]").tar();
    let path = place.file("docker.tar", docker);
    let text = refusal(open(&Target::OciArchive(path), &OpenOptions::default()));
    assert!(text.contains("use `docker-archive:FILE`"), "{text}");
}

#[test]
fn a_bomb_around_an_archive_is_not_unpacked() {
    let place = Place::new();
    let mut options = options(PlatformChoice::All);
    options.limits.ratio_free_bytes = 1 << 20;
    options.limits.ratio_max = 50;
    let zeros = "\0".repeat(16 << 20);
    let tar = Layer::new("").file("blobs/sha256/0", &zeros).file("index.json", "{}").tar();
    for (name, bytes) in [("a.tgz", gzip(&tar)), ("a.zst", zstd(&tar))] {
        let text = refusal(open(&Target::Input(place.file(name, bytes)), &options));
        assert!(text.contains("times its size"), "{name}: {text}");
    }
}

#[test]
fn documents_beyond_what_is_kept_are_refused() {
    let place = Place::new();
    let mut options = options(PlatformChoice::All);
    options.limits.document_bytes_max = 2_000;
    let mut files = sample();
    for n in 0..20 {
        files.put(&format!("a{n}.json"), format!("{{{}}}", " ".repeat(1_500)));
    }
    let path = place.file("a.tgz", gzip(&files.tar()));
    assert!(matches!(open(&Target::Input(path), &options), Err(OpenError::TooLarge { .. })));
}
