//! Layouts made blob by blob, with layers that need not be what they are called.

use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;

/// One layer as it is stored, and what the image says about it.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) diff_id: String,
}

impl Stored {
    pub(crate) fn digest(&self) -> String {
        digest(&self.bytes)
    }
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// An uncompressed layer, called whatever it is called.
pub(crate) fn layer(media_type: &str, tar: &[u8]) -> Stored {
    Stored { media_type: media_type.to_owned(), bytes: tar.to_vec(), diff_id: digest(tar) }
}

/// The files of a layout whose documents agree with each other, and with the layers as far as those
/// say what they are.
pub(crate) fn layout_files(layers: &[Stored]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec())];
    let mut blob = |media_type: &str, bytes: Vec<u8>| {
        let name = digest(&bytes);
        let descriptor = json!({"mediaType": media_type, "digest": name, "size": bytes.len()});
        files.push((format!("blobs/{}", name.replace(':', "/")), bytes));
        descriptor
    };
    let diff_ids: Vec<&str> = layers.iter().map(|layer| layer.diff_id.as_str()).collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    let config = blob("application/vnd.oci.image.config.v1+json", config.to_string().into_bytes());
    let layers: Vec<Value> =
        layers.iter().map(|layer| blob(&layer.media_type, layer.bytes.clone())).collect();
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": layers});
    let manifest =
        blob("application/vnd.oci.image.manifest.v1+json", manifest.to_string().into_bytes());
    let index = json!({"schemaVersion": 2, "manifests": [manifest]});
    files.push(("index.json".to_owned(), index.to_string().into_bytes()));
    files
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
