//! Images made of layers, in every form an image is kept in.

use crate::layer::Layer;
use crate::tar;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::path::Path;

/// How layers are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Plain tar.
    None,
    /// Gzip, without a time stamp.
    #[default]
    Gzip,
    /// Zstandard.
    Zstd,
}

/// An image made of layers.
#[derive(Clone, Debug)]
pub struct Image {
    /// Repository and tag.
    pub tag: String,
    /// Layers, the base first; an empty one stands for an instruction that makes no layer.
    pub layers: Vec<Layer>,
    /// How layers are stored.
    pub compression: Compression,
    /// Processor architecture.
    pub architecture: String,
    /// The `config` object of the image configuration.
    pub config: Value,
    /// The `annotations` object of the manifest.
    pub annotations: Value,
    /// The predicate of a statement of provenance, which stands beside the image in an index.
    pub provenance: Option<Value>,
}

/// `sha256:` and the digits of a blob's digest.
fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// One blob of a layout, by its digest.
type Blobs = Vec<(String, Vec<u8>)>;

impl Image {
    /// An image without layers.
    pub fn new(tag: &str) -> Self {
        Self {
            tag: tag.to_owned(),
            layers: Vec::new(),
            compression: Compression::default(),
            architecture: "amd64".to_owned(),
            config: json!({}),
            annotations: json!({}),
            provenance: None,
        }
    }

    /// Has this annotation.
    pub fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations[key] = json!(value);
        self
    }

    /// Is attested with this predicate, as BuildKit does it.
    pub fn provenance(mut self, predicate: Value) -> Self {
        self.provenance = Some(predicate);
        self
    }

    /// The digests of the layers as stored.
    pub fn blob_digests(&self) -> Vec<String> {
        self.tars().iter().map(|tar| digest(&self.compress(tar))).collect()
    }

    /// Adds a layer on top.
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Stores layers this way.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Is for this processor architecture.
    pub fn architecture(mut self, architecture: &str) -> Self {
        architecture.clone_into(&mut self.architecture);
        self
    }

    fn compress(&self, tar: &[u8]) -> Vec<u8> {
        match self.compression {
            Compression::None => tar.to_vec(),
            Compression::Gzip => {
                let level = flate2::Compression::default();
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(tar).expect("writing to memory");
                encoder.finish().expect("writing to memory")
            }
            Compression::Zstd => zstd::encode_all(tar, 3).expect("writing to memory"),
        }
    }

    fn media_type(&self) -> &'static str {
        match self.compression {
            Compression::None => "application/vnd.oci.image.layer.v1.tar",
            Compression::Gzip => "application/vnd.oci.image.layer.v1.tar+gzip",
            Compression::Zstd => "application/vnd.oci.image.layer.v1.tar+zstd",
        }
    }

    /// The image configuration.
    fn config_json(&self, tars: &[Vec<u8>]) -> Vec<u8> {
        let history: Vec<Value> = self
            .layers
            .iter()
            .map(|layer| {
                let mut entry = json!({"created_by": layer.created_by});
                if let Some(created) = &layer.created {
                    entry["created"] = json!(created);
                }
                if layer.entries.is_empty() {
                    entry["empty_layer"] = json!(true);
                }
                entry
            })
            .collect();
        let config = json!({
            "architecture": self.architecture,
            "os": "linux",
            "config": self.config,
            "rootfs": {"type": "layers", "diff_ids": tars.iter().map(|t| digest(t)).collect::<Vec<_>>()},
            "history": history,
        });
        serde_json::to_vec(&config).expect("plain JSON")
    }

    fn tars(&self) -> Vec<Vec<u8>> {
        self.layers.iter().filter(|layer| !layer.entries.is_empty()).map(Layer::tar).collect()
    }

    /// The manifest's descriptor, and every blob of the image.
    fn blobs(&self) -> (Value, Blobs) {
        let tars = self.tars();
        let mut blobs = Blobs::new();
        let mut add = |bytes: Vec<u8>, media_type: &str| {
            let name = digest(&bytes);
            let descriptor = json!({"mediaType": media_type, "digest": name, "size": bytes.len()});
            if !blobs.iter().any(|(there, _)| *there == name) {
                blobs.push((name, bytes));
            }
            descriptor
        };
        let layers: Vec<Value> =
            tars.iter().map(|tar| add(self.compress(tar), self.media_type())).collect();
        let config = add(self.config_json(&tars), "application/vnd.oci.image.config.v1+json");
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        let mut manifest = json!({
            "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers,
        });
        if self.annotations != json!({}) {
            manifest["annotations"] = self.annotations.clone();
        }
        let bytes = serde_json::to_vec(&manifest).expect("plain JSON");
        let mut descriptor = add(bytes, media_type);
        descriptor["platform"] = json!({"os": "linux", "architecture": self.architecture});
        if let Some(predicate) = &self.provenance {
            let kind = "https://slsa.dev/provenance/v0.2";
            let statement = json!({
                "_type": "https://in-toto.io/Statement/v0.1",
                "predicateType": kind,
                "subject": [],
                "predicate": predicate,
            });
            let bytes = serde_json::to_vec(&statement).expect("plain JSON");
            let mut layer = add(bytes, "application/vnd.in-toto+json");
            layer["annotations"] = json!({"in-toto.io/predicate-type": kind});
            let config = add(b"{}".to_vec(), "application/vnd.oci.image.config.v1+json");
            let manifest = json!({
                "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": [layer],
            });
            let bytes = serde_json::to_vec(&manifest).expect("plain JSON");
            let mut attestation = add(bytes, media_type);
            attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
            attestation["annotations"] = json!({
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": descriptor["digest"],
            });
            let index_type = "application/vnd.oci.image.index.v1+json";
            let index = json!({
                "schemaVersion": 2, "mediaType": index_type, "manifests": [descriptor, attestation],
            });
            descriptor = add(serde_json::to_vec(&index).expect("plain JSON"), index_type);
        }
        (descriptor, blobs)
    }

    /// The files of an OCI layout: path and content.
    pub fn layout_files(images: &[Self]) -> Vec<(String, Vec<u8>)> {
        let mut files =
            vec![("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec())];
        let mut manifests = Vec::new();
        for image in images {
            let (mut descriptor, blobs) = image.blobs();
            descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": image.tag});
            manifests.push(descriptor);
            for (name, bytes) in blobs {
                let path = format!("blobs/{}", name.replace(':', "/"));
                if !files.iter().any(|(there, _)| *there == path) {
                    files.push((path, bytes));
                }
            }
        }
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": manifests,
        });
        files.push(("index.json".to_owned(), serde_json::to_vec(&index).expect("plain JSON")));
        files
    }

    /// Writes an OCI layout into a folder, which is made if it is not there.
    pub fn write_layout(&self, folder: &Path) -> std::io::Result<()> {
        for (path, bytes) in Self::layout_files(std::slice::from_ref(self)) {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
            std::fs::write(file, bytes)?;
        }
        Ok(())
    }

    /// An OCI layout in a plain tar.
    pub fn oci_archive(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (path, bytes) in Self::layout_files(std::slice::from_ref(self)) {
            tar::put_file(&mut out, &path, &bytes);
        }
        tar::end(&mut out);
        out
    }

    /// A `docker save` file of the old layout: plain layers in folders, `manifest.json` last.
    pub fn docker_archive(&self) -> Vec<u8> {
        let tars = self.tars();
        let mut out = Vec::new();
        let mut names = Vec::new();
        for tar in &tars {
            let name = format!("{}/layer.tar", hex::encode(Sha256::digest(tar)));
            if !names.contains(&name) {
                tar::put_file(&mut out, &name, tar);
            }
            names.push(name);
        }
        let config = self.config_json(&tars);
        let config_name = format!("{}.json", hex::encode(Sha256::digest(&config)));
        tar::put_file(&mut out, &config_name, &config);
        let manifest = json!([{"Config": config_name, "RepoTags": [self.tag], "Layers": names}]);
        tar::put_file(&mut out, "manifest.json", &serde_json::to_vec(&manifest).expect("JSON"));
        tar::end(&mut out);
        out
    }
}
