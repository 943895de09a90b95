//! Images that are damaged, incomplete or no images at all: a message that names what and where,
//! and exit code 2.

use crate::handmade::{digest, gzip, layer, layout_files, zstd};
use crate::support::{Ran, lazaret, packages, ran, text};
use lazaret_testkit::{Compression, Image, Layer};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const EXPECTED: [&str; 2] = ["musl 1.2.4-r2", "zlib 1.2.13-r1"];

/// An image of two layers with two packages.
fn image(compression: Compression) -> Image {
    let base = Layer::new("ADD rootfs.tar /")
        .file("etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n")
        .file("lib/apk/db/installed", "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\n\n");
    let next = Layer::new("RUN apk add zlib").file(
        "lib/apk/db/installed",
        "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\n\nP:zlib\nV:1.2.13-r1\nA:x86_64\nL:Zlib\n\n",
    );
    Image::new("example.test/app:1").compression(compression).layer(base).layer(next)
}

/// The files of the image's layout: path and bytes.
fn layout(compression: Compression) -> Vec<(String, Vec<u8>)> {
    Image::layout_files(&[image(compression)])
}

fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    files.iter().fold(Layer::new(""), |tar, (path, bytes)| tar.file(path, bytes)).tar()
}

/// A folder for one test, and what is scanned in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Scans bytes as a file of this name.
    fn scan_file(&self, name: &str, bytes: &[u8]) -> Ran {
        fs::write(self.path(name), bytes).unwrap();
        scan(&self.path(name))
    }

    /// Scans files as a layout.
    fn scan_layout(&self, name: &str, files: &[(String, Vec<u8>)]) -> Ran {
        for (path, bytes) in files {
            let file = self.path(name).join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        scan(&self.path(name))
    }
}

fn scan(path: &Path) -> Ran {
    ran(lazaret().args(["image", "-f", "json", "--platform", "linux/amd64", "--input"]).arg(path))
}

/// An error, nothing else, that says all of this.
#[track_caller]
fn assert_refused(ran: &Ran, parts: &[&str]) {
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    for part in parts {
        assert!(ran.stderr.contains(part), "`{part}` is missing from {}", ran.stderr);
    }
}

#[track_caller]
fn assert_whole(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(packages(&ran.json(), "apk"), EXPECTED);
}

/// The archive in every form that holds it, with the names of the forms.
fn archives() -> Vec<(String, Vec<u8>)> {
    let mut archives = Vec::new();
    for (name, compression) in
        [("plain", Compression::None), ("gzip", Compression::Gzip), ("zstd", Compression::Zstd)]
    {
        archives.push((format!("oci-{name}.tar"), image(compression).oci_archive()));
    }
    let docker = image(Compression::None).docker_archive();
    let oci = image(Compression::Gzip).oci_archive();
    archives.push(("docker.tar.gz".to_owned(), gzip(&docker)));
    archives.push(("docker.tar".to_owned(), docker));
    archives.push(("oci.tar.gz".to_owned(), gzip(&oci)));
    archives.push(("oci.tar.zst".to_owned(), zstd(&oci)));
    archives
}

#[test]
fn whole_archives_of_every_kind_are_read() {
    let place = Place::new();
    for (name, bytes) in archives() {
        assert_whole(&place.scan_file(&name, &bytes));
    }
}

#[test]
fn an_archive_that_breaks_off_is_never_half_an_image() {
    let place = Place::new();
    for (name, bytes) in archives() {
        for part in 0..32 {
            let len = bytes.len() * part / 32 + 5;
            let cut = place.scan_file(&name, &bytes[..len]);
            // What is missing may be no more than the zeros that end an archive.
            if cut.code == 0 {
                assert_whole(&cut);
                assert!(bytes[len..].iter().all(|byte| *byte == 0), "{name} cut at {len}");
            } else {
                let says = cut.stderr.contains(&name) || cut.stderr.contains("sha256:");
                assert!(says, "{name} cut at {len}: {}", cut.stderr);
                assert_refused(&cut, &[]);
            }
        }
    }
}

#[test]
fn an_archive_with_a_wrong_byte_is_refused_or_means_the_same() {
    let place = Place::new();
    let mut refused = 0;
    for (name, bytes) in archives() {
        for part in 0..64 {
            let mut bytes = bytes.clone();
            let at = bytes.len() * part / 64 + 7;
            bytes[at] ^= 0x15;
            let damaged = place.scan_file(&name, &bytes);
            if damaged.code == 0 {
                assert_eq!(packages(&damaged.json(), "apk"), EXPECTED, "{name} at {at}");
            } else {
                assert_refused(&damaged, &[]);
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused} were refused");
}

#[test]
fn a_blob_that_is_missing_is_named() {
    let place = Place::new();
    let files = layout(Compression::Gzip);
    let blobs: Vec<&String> =
        files.iter().map(|(path, _)| path).filter(|path| path.starts_with("blobs/")).collect();
    // Two layers, the configuration and the manifest.
    assert_eq!(blobs.len(), 4);
    for (number, blob) in blobs.into_iter().enumerate() {
        let rest: Vec<_> = files.iter().filter(|(path, _)| path != blob).cloned().collect();
        let digest = blob.strip_prefix("blobs/").unwrap().replace('/', ":");
        assert_refused(&place.scan_layout(&format!("l{number}"), &rest), &[&digest, "missing"]);
        assert_refused(&place.scan_file("a.tar", &archive(&rest)), &[&digest, "missing"]);
        assert_refused(&place.scan_file("a.tgz", &gzip(&archive(&rest))), &[&digest, "missing"]);
    }
}

#[test]
fn a_blob_with_other_content_is_named() {
    let place = Place::new();
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let files = layout(compression);
        for number in 0..files.len() {
            let mut files = files.clone();
            let (path, bytes) = &mut files[number];
            let Some(digest) = path.strip_prefix("blobs/").map(|path| path.replace('/', ":"))
            else {
                continue;
            };
            *bytes.last_mut().unwrap() ^= 1;
            let name = format!("{compression:?}{number}");
            assert_refused(&place.scan_layout(&name, &files), &[&digest, "digest"]);
            assert_refused(&place.scan_file("a.tar", &archive(&files)), &[&digest, "digest"]);
        }
    }
}

#[test]
fn a_layer_that_is_another_once_uncompressed_is_named() {
    let place = Place::new();
    let other =
        vec![layer("application/vnd.oci.image.layer.v1.tar", &Layer::new("").file("a", "b").tar())];
    let mut wrong = other.clone();
    wrong[0].diff_id = format!("sha256:{}", "1".repeat(64));
    assert_eq!(place.scan_layout("right", &layout_files(&other)).code, 0);
    let refused = place.scan_layout("wrong", &layout_files(&wrong));
    assert_refused(&refused, &["layer", &wrong[0].digest(), &wrong[0].diff_id]);
}

#[test]
fn layers_are_what_their_bytes_say_not_what_their_media_type_says() {
    let place = Place::new();
    let tar = Layer::new("")
        .file("etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n")
        .file("lib/apk/db/installed", "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\n\n")
        .tar();
    let media_types = [
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ];
    for (name, stored) in [("plain", tar.clone()), ("gzip", gzip(&tar)), ("zstd", zstd(&tar))] {
        for (number, media_type) in media_types.iter().enumerate() {
            let mut layer = layer(media_type, &tar);
            layer.bytes.clone_from(&stored);
            let ran = place.scan_layout(&format!("{name}{number}"), &layout_files(&[layer]));
            assert_eq!(ran.code, 0, "{name} as {media_type}: {}", ran.stderr);
            assert_eq!(packages(&ran.json(), "apk"), ["musl 1.2.4-r2"], "{name} as {media_type}");
        }
    }
}

#[test]
fn a_layer_compressed_twice_is_no_archive() {
    let place = Place::new();
    let tar = Layer::new("").file("a", "b").tar();
    for (number, bytes) in
        [gzip(&gzip(&tar)), zstd(&gzip(&tar)), b"no tar".to_vec()].into_iter().enumerate()
    {
        let mut layer = layer("application/vnd.oci.image.layer.v1.tar+gzip", &tar);
        layer.bytes = bytes;
        let refused = place.scan_layout(&format!("l{number}"), &layout_files(&[layer.clone()]));
        assert_refused(&refused, &[&layer.digest()]);
    }
    let twice =
        place.scan_file("twice.tar.gz", &gzip(&gzip(&image(Compression::Gzip).oci_archive())));
    assert_refused(&twice, &["twice.tar.gz", "not a tar file"]);
}

#[test]
fn what_is_no_image_is_said_with_what_to_do_instead() {
    let place = Place::new();
    assert_refused(&scan(&place.path("gone.tar")), &["gone.tar", "no file or folder"]);
    assert_refused(&place.scan_file("empty.tar", b""), &["empty.tar", "empty"]);
    assert_refused(&place.scan_file("a.txt", b"hello, world\n"), &["a.txt", "not a tar file"]);
    assert_refused(&place.scan_file("a.zip", b"PK\x03\x04rest"), &["a.zip", "zip"]);
    let root = Layer::new("").file("etc/os-release", "ID=alpine\n").file("bin/sh", "x").tar();
    assert_refused(&place.scan_file("root.tar", &root), &["root.tar", "lazaret rootfs"]);
    assert_refused(&place.scan_file("root.tar.gz", &gzip(&root)), &["lazaret rootfs"]);
    fs::create_dir(place.path("folder")).unwrap();
    assert_refused(&scan(&place.path("folder")), &["folder", "index.json", "lazaret rootfs"]);
    fs::create_dir(place.path("folder/index.json")).unwrap();
    assert_refused(&scan(&place.path("folder")), &["index.json"]);
    // Neither is ever read to its end.
    for device in ["/dev/zero", "/dev/null"] {
        assert_refused(&scan(Path::new(device)), &[device, "not a regular file"]);
    }
}

#[test]
fn documents_that_are_broken_are_named() {
    let place = Place::new();
    for (number, (index, said)) in [
        ("", "index.json"),
        ("{", "index.json"),
        ("[]", "index.json"),
        ("{\"schemaVersion\": 2}", "index.json"),
        ("{\"schemaVersion\": 2, \"manifests\": []}", "index.json"),
        ("{\"schemaVersion\": 2, \"manifests\": [{\"digest\": \"sha256:1\"}]}", "index.json"),
        ("{\"schemaVersion\": 2, \"manifests\": [{\"mediaType\": \"x\", \"size\": 1, \"digest\": \"sha256:../../etc/passwd\"}]}", "index.json"),
    ]
    .into_iter()
    .enumerate()
    {
        let files = vec![("index.json".to_owned(), index.as_bytes().to_vec())];
        assert_refused(&place.scan_layout(&format!("l{number}"), &files), &[said]);
        assert_refused(&place.scan_file("a.tar", &archive(&files)), &[said]);
    }
    for manifest in
        ["", "{}", "[{}]", "[{\"Config\":\"../../x.json\",\"Layers\":[]}]", "[]", "null"]
    {
        let files = vec![("manifest.json".to_owned(), manifest.as_bytes().to_vec())];
        assert_refused(&place.scan_file("docker.tar", &archive(&files)), &["manifest.json"]);
    }
}

#[test]
fn an_index_that_refers_to_itself_has_an_end() {
    let place = Place::new();
    // Each index lists the next one; no digest can refer to itself.
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut inner = json!([]);
    for _ in 0..40 {
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": inner,
        });
        let bytes = index.to_string().into_bytes();
        inner = json!([{
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "digest": digest(&bytes), "size": bytes.len(),
        }]);
        files.push((format!("blobs/{}", digest(&bytes).replace(':', "/")), bytes));
    }
    let outermost = json!({"schemaVersion": 2, "manifests": inner});
    files.push(("index.json".to_owned(), outermost.to_string().into_bytes()));
    assert_refused(&place.scan_layout("deep", &files), &["nested"]);
}

#[test]
fn an_image_for_another_platform_is_said_to_be_one() {
    let place = Place::new();
    let file = place.path("arm.tar");
    fs::write(&file, image(Compression::Gzip).architecture("arm64").oci_archive()).unwrap();
    let other = scan(&file);
    assert_refused(&other, &["linux/arm64", "linux/amd64"]);
    let all =
        ran(lazaret().args(["image", "-f", "json", "--platform", "all", "--input"]).arg(&file));
    assert_eq!(all.code, 0, "{}", all.stderr);
    assert_eq!(text(&all.json()["image"]["platform"]["architecture"]), "arm64");
}

#[test]
fn a_tag_that_the_archive_does_not_have_is_said_beside_those_it_has() {
    let place = Place::new();
    let file = place.path("a.tar");
    fs::write(&file, image(Compression::Gzip).oci_archive()).unwrap();
    let mut named = file.clone().into_os_string();
    named.push(":2");
    assert_refused(&scan(Path::new(&named)), &["`2`", "example.test/app:1"]);
}
