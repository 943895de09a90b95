//! Images of several sizes, made of what this machine has: its package database, the Python and
//! npm packages that are installed, and a sample of the other files below `/usr`.

use crate::process::exists;
use anyhow::{Context as _, Result, ensure};
use lazaret_core::extract::path_key;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An image to make.
struct Recipe {
    name: &'static str,
    /// Size of its layers before compression, in MB.
    megabytes: u64,
    layers: u64,
    zstd: bool,
}

const RECIPES: &[Recipe] = &[
    Recipe { name: "usr-20", megabytes: 20, layers: 2, zstd: false },
    Recipe { name: "usr-60", megabytes: 60, layers: 3, zstd: false },
    Recipe { name: "usr-150", megabytes: 150, layers: 5, zstd: false },
    Recipe { name: "usr-150-zstd", megabytes: 150, layers: 5, zstd: true },
    Recipe { name: "usr-300", megabytes: 300, layers: 8, zstd: false },
];

/// What every image has: who it is, and its packages.
const SYSTEM: &[&str] = &[
    "etc/os-release",
    "etc/alpine-release",
    "etc/debian_version",
    "usr/lib/os-release",
    "lib/apk/db",
    "var/lib/dpkg/status",
];

/// Where a package database keeps the lists of files.
const LISTS: &[&str] = &["var/lib/dpkg/info"];

/// Where packages of languages are.
const LANGUAGES: &[&str] =
    &["usr/lib/python3", "usr/lib/node_modules", "usr/local/lib/node_modules", "usr/share/nodejs"];

/// Larger files are left out: one of them would be a whole image.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// A file or link of this machine.
struct Entry {
    /// Without the leading `/`.
    path: PathBuf,
    size_bytes: u64,
}

/// Makes every image that is not there yet.
pub(super) fn images(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut files: Option<Files> = None;
    for recipe in RECIPES {
        let image = folder.join(recipe.name);
        if image.join("index.json").exists() {
            continue;
        }
        eprintln!("making {}", image.display());
        if files.is_none() {
            files = Some(Files::of_this_machine()?);
        }
        if let Some(files) = &files {
            write_image(recipe, &files.sample(recipe.megabytes * 1_000_000), &image)?;
        }
    }
    Ok(())
}

/// What there is to make images of.
struct Files {
    system: Vec<Entry>,
    lists: Vec<Entry>,
    languages: Vec<Entry>,
    others: Vec<Entry>,
}

impl Files {
    fn of_this_machine() -> Result<Self> {
        let mut seen = BTreeSet::new();
        let mut of = |places: &[&str]| -> Result<Vec<Entry>> {
            let mut entries = Vec::new();
            for place in places {
                collect(Path::new(place), &mut entries)?;
            }
            entries.retain(|entry| seen.insert(entry.path.clone()));
            Ok(entries)
        };
        let system = of(SYSTEM)?;
        let (mut lists, mut languages, mut others) = (of(LISTS)?, of(LANGUAGES)?, of(&["usr"])?);
        // An even sample, and the same in every run.
        for entries in [&mut lists, &mut languages, &mut others] {
            entries.sort_by_cached_key(|entry| path_key(&entry.path.to_string_lossy()));
        }
        Ok(Self { system, lists, languages, others })
    }

    /// Files of about this size together: up to a third of it packages of languages, and a
    /// twentieth lists of files, as in a small Debian.
    fn sample(&self, bytes: u64) -> Vec<&Entry> {
        let mut left = bytes;
        let mut base = take(&self.system, bytes, &mut left);
        base.extend(take(&self.lists, bytes / 20, &mut left));
        let mut rest = take(&self.languages, bytes / 3, &mut left);
        rest.extend(take(&self.others, bytes, &mut left));
        // A base image brings the package database, and comes first.
        base.sort_by(|a, b| a.path.cmp(&b.path));
        rest.sort_by(|a, b| a.path.cmp(&b.path));
        base.extend(rest);
        base
    }
}

/// The first entries, until they have used up their share or all that is left.
fn take<'e>(entries: &'e [Entry], share: u64, left: &mut u64) -> Vec<&'e Entry> {
    let end = left.saturating_sub(share);
    let mut taken = Vec::new();
    for entry in entries {
        if *left <= end {
            break;
        }
        *left = left.saturating_sub(tar_bytes(entry));
        taken.push(entry);
    }
    taken
}

/// What an entry takes in an archive, in bytes.
fn tar_bytes(entry: &Entry) -> u64 {
    512 + entry.size_bytes.next_multiple_of(512)
}

/// The readable files and links at a place and below it.
fn collect(place: &Path, entries: &mut Vec<Entry>) -> Result<()> {
    let real = Path::new("/").join(place);
    let Ok(metadata) = real.symlink_metadata() else { return Ok(()) };
    if metadata.is_dir() {
        let Ok(children) = fs::read_dir(&real) else { return Ok(()) };
        let mut names = children
            .map(|child| child.map(|child| child.file_name()))
            .collect::<Result<Vec<_>, _>>()?;
        names.sort();
        for name in names {
            collect(&place.join(name), entries)?;
        }
    } else if metadata.is_symlink() {
        entries.push(Entry { path: place.to_owned(), size_bytes: 0 });
    } else if metadata.is_file() && metadata.len() <= FILE_BYTES_MAX && File::open(&real).is_ok() {
        entries.push(Entry { path: place.to_owned(), size_bytes: metadata.len() });
    }
    Ok(())
}

/// Writes an OCI layout; its index last, so that one that is there is complete.
fn write_image(recipe: &Recipe, entries: &[&Entry], image: &Path) -> Result<()> {
    let blobs = image.join("blobs/sha256");
    fs::create_dir_all(&blobs)?;
    let total: u64 = entries.iter().map(|entry| tar_bytes(entry)).sum();
    let per_layer = total.div_ceil(recipe.layers).max(1);
    let (mut layers, mut diff_ids, mut history) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = entries;
    while !rest.is_empty() {
        let mut bytes = 0;
        let len = rest.iter().take_while(|entry| {
            let is_in = bytes < per_layer;
            bytes += tar_bytes(entry);
            is_in
        });
        let (layer, behind) = rest.split_at(len.count());
        rest = behind;
        let (descriptor, diff_id) = write_layer(recipe, layer, image)?;
        layers.push(descriptor);
        diff_ids.push(diff_id);
        history.push(json!({"created_by": format!("COPY part {} /", layers.len())}));
    }
    let architecture = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "amd64" };
    let config = put_json(
        &blobs,
        "application/vnd.oci.image.config.v1+json",
        &json!({
            "architecture": architecture, "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history,
        }),
    )?;
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = put_json(
        &blobs,
        media_type,
        &json!({
            "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers,
        }),
    )?;
    fs::write(image.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
    let index = json!({"schemaVersion": 2, "manifests": [manifest]});
    fs::write(image.join("index.json"), index.to_string())?;
    Ok(())
}

/// Writes one layer; gives its descriptor and diff id.
fn write_layer(recipe: &Recipe, entries: &[&Entry], image: &Path) -> Result<(Value, String)> {
    let (list, plain, packed) =
        (image.join("layer.list"), image.join("layer.tar"), image.join("layer.packed"));
    write_list(entries, &list)?;
    let mut tar = Command::new("tar");
    tar.args(["--create", "--format=gnu", "--directory=/", "--null", "--no-recursion"])
        .args(["--verbatim-files-from", "--ignore-failed-read", "--hard-dereference"])
        .args(["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"])
        .args(["--warning=no-failed-read", "--warning=no-file-changed"])
        .arg("--file")
        .arg(&plain)
        .arg("--files-from")
        .arg(&list);
    let status = tar.status().context("failed to start tar")?;
    // A file that changed while it was read is none that matters here.
    ensure!(matches!(status.code(), Some(0 | 1)), "tar failed ({status})");
    let (compress, media_type): (&[&str], _) = if recipe.zstd {
        (&["zstd", "-q", "-3", "-c"], "application/vnd.oci.image.layer.v1.tar+zstd")
    } else if exists("pigz") {
        (&["pigz", "-6", "-n", "-c"], "application/vnd.oci.image.layer.v1.tar+gzip")
    } else {
        (&["gzip", "-6", "-n", "-c"], "application/vnd.oci.image.layer.v1.tar+gzip")
    };
    let (program, options) = compress.split_first().context("a command has a program")?;
    let status = Command::new(program)
        .args(options)
        .stdin(File::open(&plain)?)
        .stdout(Stdio::from(File::create(&packed)?))
        .status()
        .with_context(|| format!("failed to start {program}"))?;
    ensure!(status.success(), "{program} failed ({status})");

    let diff_id = format!("sha256:{}", digest_of(&plain)?);
    let hex = digest_of(&packed)?;
    let size = packed.metadata()?.len();
    fs::rename(&packed, image.join("blobs/sha256").join(&hex))?;
    fs::remove_file(plain)?;
    fs::remove_file(list)?;
    let digest = format!("sha256:{hex}");
    Ok((json!({"mediaType": media_type, "digest": digest, "size": size}), diff_id))
}

/// Names of files for tar, each folder before what is in it.
fn write_list(entries: &[&Entry], list: &Path) -> Result<()> {
    let mut list = BufWriter::new(File::create(list)?);
    let mut seen = BTreeSet::new();
    for entry in entries {
        let mut folders: Vec<&Path> = entry.path.ancestors().skip(1).collect();
        folders.pop();
        for path in folders.into_iter().rev().chain([entry.path.as_path()]) {
            if seen.insert(path) {
                list.write_all(path.as_os_str().as_bytes())?;
                list.write_all(&[0])?;
            }
        }
    }
    list.flush()?;
    Ok(())
}

fn put_json(blobs: &Path, media_type: &str, document: &Value) -> Result<Value> {
    let bytes = serde_json::to_vec(document)?;
    let hex = hex::encode(Sha256::digest(&bytes));
    fs::write(blobs.join(&hex), &bytes)?;
    let digest = format!("sha256:{hex}");
    Ok(json!({"mediaType": media_type, "digest": digest, "size": bytes.len()}))
}

/// The digest of a file, in hex. Read in parts, since the memory of this program is the least that
/// a measured one seems to take.
fn digest_of(file: &Path) -> Result<String> {
    let mut file = File::open(file)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let len = file.read(&mut buffer)?;
        if len == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(buffer.get(..len).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::super::image::{Form, StoredImage, find};
    use super::*;

    #[test]
    fn a_sample_has_the_system_first_and_is_no_larger_than_asked() {
        let entry = |path: &str| Entry { path: path.into(), size_bytes: 1_000 };
        let files = Files {
            system: vec![entry("etc/os-release")],
            lists: vec![entry("var/lib/dpkg/info/b.list"), entry("var/lib/dpkg/info/a.list")],
            languages: (0..9).map(|n| entry(&format!("usr/lib/python3/{n}"))).collect(),
            others: (0..9).map(|n| entry(&format!("usr/bin/{n}"))).collect(),
        };
        let each = 512 + 1_024;
        let sample = files.sample(6 * each);
        let paths: Vec<&str> = sample.iter().filter_map(|entry| entry.path.to_str()).collect();
        assert_eq!(
            paths,
            [
                "etc/os-release",
                "var/lib/dpkg/info/b.list",
                "usr/bin/0",
                "usr/bin/1",
                "usr/lib/python3/0",
                "usr/lib/python3/1",
            ]
        );
    }

    #[test]
    fn a_made_image_is_one_with_its_layers() {
        let folder = tempfile::tempdir().unwrap();
        let mut entries = Vec::new();
        collect(Path::new("etc/os-release"), &mut entries).unwrap();
        collect(Path::new("usr/share/doc/base-files"), &mut entries).unwrap();
        collect(Path::new("etc/passwd"), &mut entries).unwrap();
        let entries: Vec<&Entry> = entries.iter().collect();
        let recipe = Recipe { name: "small", megabytes: 1, layers: 2, zstd: false };
        write_image(&recipe, &entries, &folder.path().join("small")).unwrap();

        let candidates = find(&[folder.path().to_owned()]).unwrap();
        let image = StoredImage::open(&candidates[0]).unwrap();
        assert_eq!(image.name, "small");
        assert!((1..=2).contains(&image.layers.len()));
        assert!(image.layers.iter().all(|layer| layer.form == Form::Gzip));
    }
}
