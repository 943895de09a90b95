//! Small images, made by hand: blobs, manifests, and the OCI layouts that Skopeo pushes.

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// An image of one layer for each file.
pub(crate) struct Sample {
    pub(crate) architecture: &'static str,
    pub(crate) files: Vec<(&'static str, Vec<u8>)>,
    pub(crate) layers: Vec<Vec<u8>>,
    pub(crate) config: Vec<u8>,
    pub(crate) manifest: Vec<u8>,
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// Bytes that do not compress, the same every time (Knuth's MMIX generator).
pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    std::iter::repeat_with(|| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(len)
    .collect()
}

fn tar(path: &str, body: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(body.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, path, body).unwrap();
    builder.into_inner().unwrap()
}

impl Sample {
    pub(crate) fn new(architecture: &'static str, files: Vec<(&'static str, Vec<u8>)>) -> Self {
        let mut layers = Vec::new();
        let mut diff_ids = Vec::new();
        for (path, body) in &files {
            let archive = tar(path, body);
            diff_ids.push(digest(&archive));
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(&archive).unwrap();
            layers.push(gzip.finish().unwrap());
        }
        let config = json!({
            "architecture": architecture,
            "os": "linux",
            "config": {"User": "nobody"},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let config = serde_json::to_vec(&config).unwrap();
        let descriptors: Vec<Value> = layers
            .iter()
            .map(|layer| {
                json!({
                    "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                    "digest": digest(layer),
                    "size": layer.len(),
                })
            })
            .collect();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": digest(&config),
                "size": config.len(),
            },
            "layers": descriptors,
        });
        let manifest = serde_json::to_vec(&manifest).unwrap();
        Self { architecture, files, layers, config, manifest }
    }

    /// One layer with a short text, one with `len` bytes of noise.
    pub(crate) fn with_noise(architecture: &'static str, len: usize) -> Self {
        let text = format!("built for {architecture}\n").into_bytes();
        Self::new(architecture, vec![("etc/motd", text), ("opt/noise", noise(len, 7))])
    }

    /// What an index says about the image.
    pub(crate) fn entry(&self) -> Value {
        json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest(&self.manifest),
            "size": self.manifest.len(),
            "platform": {"os": "linux", "architecture": self.architecture},
        })
    }

    fn blobs(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.layers.iter().chain([&self.config, &self.manifest])
    }
}

/// An index of images.
pub(crate) fn index(entries: &[Value]) -> Vec<u8> {
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": entries,
    });
    serde_json::to_vec(&index).unwrap()
}

/// Writes an OCI layout: one image, or several behind an index, under the name `sample`.
pub(crate) fn write_layout(folder: &Path, samples: &[&Sample]) {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let write = |bytes: &[u8]| {
        let name = digest(bytes);
        fs::write(blobs.join(name.strip_prefix("sha256:").unwrap()), bytes).unwrap();
        name
    };
    for sample in samples {
        sample.blobs().for_each(|blob| {
            write(blob);
        });
    }
    let entry = if let [only] = samples {
        only.entry()
    } else {
        let entries: Vec<Value> = samples.iter().map(|sample| sample.entry()).collect();
        let index = index(&entries);
        json!({
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "digest": write(&index),
            "size": index.len(),
        })
    };
    let mut entry = entry;
    entry["annotations"] = json!({"org.opencontainers.image.ref.name": "sample"});
    fs::write(folder.join("index.json"), index(&[entry])).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).unwrap();
}
