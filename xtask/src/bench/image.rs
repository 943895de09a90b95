//! Images as they are stored: where they are, and the files their layers are in.
//!
//! This reads layouts with code of its own, and none of the scanner's: it says what the floor has
//! to do.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Folders in folders that are looked through.
const DEPTH_MAX: usize = 3;
/// Indexes in indexes that are followed.
const INDEX_DEPTH_MAX: usize = 4;

/// Something that looks like an image.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// What it is called.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    size_bytes: u64,
}

/// An image, and the files its layers are in.
pub(super) struct StoredImage {
    pub(super) name: String,
    /// What a scanner is given.
    pub(super) input: PathBuf,
    /// The base first, each blob once.
    pub(super) layers: Vec<Layer>,
    /// Holds the layers of an archive.
    _unpacked: Option<TempDir>,
}

/// A layer as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) path: PathBuf,
    pub(super) size_bytes: u64,
    pub(super) form: Form,
}

/// How a layer is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Gzip,
    Zstd,
}

/// Looks for images: at these paths, and in the folders among them. The smallest comes first.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    for path in paths {
        let path =
            fs::canonicalize(path).with_context(|| format!("there is no {}", path.display()))?;
        let before = candidates.len();
        look(&path, DEPTH_MAX, &mut candidates)?;
        ensure!(candidates.len() > before, "there is no image at {}", path.display());
    }
    candidates.sort_by(|a, b| (a.size_bytes, &a.path).cmp(&(b.size_bytes, &b.path)));
    candidates.dedup();
    Ok(candidates)
}

fn look(path: &Path, depth: usize, candidates: &mut Vec<Candidate>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if path.is_file() {
        const ENDINGS: [&str; 5] = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".oci"];
        if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let size_bytes = path.metadata()?.len();
            candidates.push(Candidate { name, path: path.to_owned(), size_bytes });
        }
        return Ok(());
    }
    if path.join("index.json").is_file() {
        let size_bytes = folder_bytes(&path.join("blobs"))?;
        candidates.push(Candidate { name, path: path.to_owned(), size_bytes });
        return Ok(());
    }
    if let Some(depth) = depth.checked_sub(1) {
        for entry in fs::read_dir(path)? {
            look(&entry?.path(), depth, candidates)?;
        }
    }
    Ok(())
}

fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut total = 0;
    let Ok(entries) = fs::read_dir(folder) else { return Ok(0) };
    for entry in entries {
        let entry = entry?;
        let metadata = entry.metadata()?;
        total += if metadata.is_dir() { folder_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(total)
}

impl StoredImage {
    /// Finds the layers; an archive is unpacked, so that the floor can get at them.
    pub(super) fn open(candidate: &Candidate) -> Result<Self> {
        let unpacked = if candidate.path.is_file() { Some(unpack(&candidate.path)?) } else { None };
        let folder = unpacked.as_ref().map_or(candidate.path.as_path(), TempDir::path);
        let paths = if folder.join("index.json").is_file() {
            layout_layers(folder)?
        } else {
            docker_layers(folder)?
        };
        let mut seen = BTreeSet::new();
        let mut layers = Vec::new();
        for path in paths {
            if seen.insert(path.clone()) {
                layers.push(Layer::at(path)?);
            }
        }
        ensure!(!layers.is_empty(), "it has no layers");
        let (name, input) = (candidate.name.clone(), candidate.path.clone());
        Ok(Self { name, input, layers, _unpacked: unpacked })
    }
}

impl Layer {
    fn at(path: PathBuf) -> Result<Self> {
        let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = File::open(&path).with_context(|| format!("there is no layer {shown}"))?;
        let size_bytes = file.metadata()?.len();
        let mut magic = Vec::new();
        file.take(4).read_to_end(&mut magic)?;
        let form = match *magic.as_slice() {
            [0x1f, 0x8b, ..] => Form::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Form::Zstd,
            _ => Form::Plain,
        };
        Ok(Self { path, size_bytes, form })
    }
}

fn unpack(archive: &Path) -> Result<TempDir> {
    let folder = tempfile::tempdir_in(super::work_folder()?)?;
    let mut command = Command::new("tar");
    command.arg("-xf").arg(archive).arg("-C").arg(folder.path());
    let output = command.output().context("failed to start tar")?;
    ensure!(
        output.status.success(),
        "it cannot be unpacked: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(folder)
}

fn read_json(path: &Path) -> Result<Value> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = fs::read(path).with_context(|| format!("there is no {name}"))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{name} is not JSON"))
}

/// The layers of a `docker save` archive.
fn docker_layers(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = read_json(&folder.join("manifest.json"))?;
    let images = list.as_array().context("manifest.json is no list")?;
    let layers = images.iter().filter_map(|image| image["Layers"].as_array()).flatten();
    Ok(layers.filter_map(Value::as_str).map(|path| folder.join(path)).collect())
}

/// The layers of the images in a layout that a scan without `--platform` looks at.
fn layout_layers(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut layers = Vec::new();
    follow(folder, &read_json(&folder.join("index.json"))?, INDEX_DEPTH_MAX, &mut layers)?;
    Ok(layers)
}

fn follow(folder: &Path, document: &Value, depth: usize, layers: &mut Vec<PathBuf>) -> Result<()> {
    if let Some(own) = document["layers"].as_array() {
        for layer in own {
            layers.push(blob(folder, layer)?);
        }
        return Ok(());
    }
    let Some(depth) = depth.checked_sub(1) else { bail!("it nests indexes too deep") };
    let entries = document["manifests"].as_array().context("it lists no manifests")?;
    let images: Vec<&Value> =
        entries.iter().filter(|entry| entry["platform"]["os"] != "unknown").collect();
    let platforms: BTreeSet<String> =
        images.iter().map(|entry| entry["platform"].to_string()).collect();
    let is_one_image = images.len() > 1 && platforms.len() == images.len();
    let chosen: Vec<&Value> = if is_one_image {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let fits = |entry: &&&Value| entry["platform"]["architecture"] == architecture;
        images.iter().find(fits).or(images.first()).copied().into_iter().collect()
    } else {
        images
    };
    for entry in chosen {
        follow(folder, &read_json(&blob(folder, entry)?)?, depth, layers)?;
    }
    Ok(())
}

/// The file of a blob that something refers to.
fn blob(folder: &Path, descriptor: &Value) -> Result<PathBuf> {
    let digest = descriptor["digest"].as_str().context("a descriptor has no digest")?;
    let (algorithm, hex) = digest.split_once(':').context("a digest is malformed")?;
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    ensure!(is_plain(algorithm) && is_plain(hex), "a digest is malformed");
    Ok(folder.join("blobs").join(algorithm).join(hex))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_testkit::{Compression, Image, Layer as Recipe};

    fn image(compression: Compression) -> Image {
        Image::new("a:1")
            .layer(Recipe::new("ADD one").file("one", "1"))
            .layer(Recipe::new("ADD two").file("two", "2"))
            .compression(compression)
    }

    #[test]
    fn images_of_every_kind_are_found_and_their_layers_too() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        image(Compression::Zstd).write_layout(&at("layout")).unwrap();
        fs::create_dir(at("archives")).unwrap();
        fs::write(at("archives/oci.tar"), image(Compression::Gzip).oci_archive()).unwrap();
        fs::write(at("archives/docker.tar"), image(Compression::None).docker_archive()).unwrap();
        fs::write(at("archives/notes.txt"), "no image").unwrap();

        let candidates = find(&[folder.path().to_owned()]).unwrap();
        let mut found: Vec<(String, Vec<Form>)> = candidates
            .iter()
            .map(|candidate| {
                let image = StoredImage::open(candidate).unwrap();
                (image.name, image.layers.iter().map(|layer| layer.form).collect())
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            ("docker.tar".to_owned(), vec![Form::Plain; 2]),
            ("layout".to_owned(), vec![Form::Zstd; 2]),
            ("oci.tar".to_owned(), vec![Form::Gzip; 2]),
        ];
        assert_eq!(found, expected);
        assert!(find(&[at("archives/notes.txt")]).is_err());
    }
}
