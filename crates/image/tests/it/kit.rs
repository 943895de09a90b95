//! What the tests make images of, and how they look into them.

use lazaret_core::image::Image;
use lazaret_core::problem::Problem;
use lazaret_image::{
    EntryHeader, EntryType, LayerError, LayerSummary, OpenError, OpenOptions, PlatformChoice,
    Source, Target, Visit, Want, open,
};
use lazaret_testkit::Layer;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// `sha256:` and the digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// The files of a layout or archive, by path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files {
    pub(crate) fn put(&mut self, path: &str, bytes: impl AsRef<[u8]>) {
        self.0.insert(path.to_owned(), bytes.as_ref().to_vec());
    }

    pub(crate) fn put_json(&mut self, path: &str, value: &Value) {
        self.put(path, value.to_string());
    }

    /// Adds a blob; gives its descriptor.
    pub(crate) fn blob(&mut self, media_type: &str, bytes: impl AsRef<[u8]>) -> Value {
        let bytes = bytes.as_ref();
        let digest = digest(bytes);
        self.put(&blob_path(&digest), bytes);
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    }

    /// Adds an image with these layers; gives its manifest's descriptor, without a platform.
    pub(crate) fn image(&mut self, platform: &str, layers: &[Layer]) -> Value {
        let tars: Vec<Vec<u8>> = layers.iter().map(Layer::tar).collect();
        let history: Vec<Value> =
            layers.iter().map(|layer| json!({"created_by": layer.created_by})).collect();
        let mut config = config(platform, &tars);
        config["history"] = history.into();
        self.image_of(&config, &tars)
    }

    /// Adds an image with this configuration and these plain layers.
    pub(crate) fn image_of(&mut self, config: &Value, tars: &[Vec<u8>]) -> Value {
        let layers: Vec<Value> = tars
            .iter()
            .map(|tar| self.blob("application/vnd.oci.image.layer.v1.tar", tar))
            .collect();
        let config = self.blob("application/vnd.oci.image.config.v1+json", config.to_string());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers,
        });
        self.blob(MANIFEST, manifest.to_string())
    }

    /// Adds an index as a blob.
    pub(crate) fn nested(&mut self, entries: &[Value]) -> Value {
        self.blob(INDEX, json!({"schemaVersion": 2, "manifests": entries}).to_string())
    }

    /// Writes `index.json` and the marker of a layout.
    pub(crate) fn index(&mut self, entries: &[Value]) {
        self.put("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
        self.put_json("index.json", &json!({"schemaVersion": 2, "manifests": entries}));
    }

    pub(crate) fn write(&self, folder: &Path) {
        for (path, bytes) in &self.0 {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        }
    }

    /// The files in a tar archive, sorted by path.
    pub(crate) fn tar(&self) -> Vec<u8> {
        let mut layer = Layer::new("");
        for (path, bytes) in &self.0 {
            layer = layer.file(path, bytes);
        }
        layer.tar()
    }
}

/// The least that a configuration has.
pub(crate) fn config(platform: &str, tars: &[Vec<u8>]) -> Value {
    let (os, architecture) = platform.split_once('/').unwrap();
    let diff_ids: Vec<String> = tars.iter().map(|tar| digest(tar)).collect();
    json!({
        "os": os, "architecture": architecture,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    })
}

pub(crate) fn blob_path(digest: &str) -> String {
    format!("blobs/{}", digest.replace(':', "/"))
}

/// A descriptor as an entry of an index for a platform.
pub(crate) fn on(mut descriptor: Value, platform: &str) -> Value {
    let mut parts = platform.split('/');
    descriptor["platform"] = json!({"os": parts.next(), "architecture": parts.next()});
    if let Some(variant) = parts.next() {
        descriptor["platform"]["variant"] = variant.into();
    }
    descriptor
}

/// A descriptor with a tag.
pub(crate) fn tagged(mut descriptor: Value, tag: &str) -> Value {
    descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
    descriptor
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// A layer with one file.
pub(crate) fn layer(path: &str, content: &str) -> Layer {
    Layer::new(&format!("COPY {path} /")).file(path, content)
}

/// A folder for a test, gone at its end.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes files as a layout named `layout`.
    pub(crate) fn layout(&self, files: &Files) -> PathBuf {
        let folder = self.path("layout");
        files.write(&folder);
        folder
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

pub(crate) fn options(platform: PlatformChoice) -> OpenOptions {
    OpenOptions { platform, ..OpenOptions::default() }
}

pub(crate) fn one(platform: &str) -> PlatformChoice {
    PlatformChoice::One(platform.parse().unwrap())
}

/// Opens a path for every platform, with a selector such as `:tag` behind it.
pub(crate) fn open_all(path: &Path, selector: &str) -> Result<Source, OpenError> {
    open_for(PlatformChoice::All, path, selector)
}

pub(crate) fn open_for(
    platform: PlatformChoice,
    path: &Path,
    selector: &str,
) -> Result<Source, OpenError> {
    let input = format!("{}{selector}", path.display());
    open(&Target::Input(input.into()), &options(platform))
}

/// The message of an error and of those that caused it.
pub(crate) fn message(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Why a path cannot be opened.
pub(crate) fn refusal(opened: Result<Source, OpenError>) -> String {
    message(&opened.expect_err("should be refused"))
}

pub(crate) fn names(source: &Source) -> Vec<&str> {
    source.images().iter().map(|image| &*image.name).collect()
}

pub(crate) fn platforms(source: &Source) -> Vec<String> {
    source.images().iter().map(|image| image.platform.as_ref().unwrap().to_string()).collect()
}

/// The configuration digests of some images, which tell them apart.
pub(crate) fn ids(images: &[Image]) -> Vec<String> {
    images.iter().map(|image| image.config_digest.as_ref().unwrap().to_string()).collect()
}

/// A visitor that wants everything and keeps it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) entries: Vec<EntryHeader>,
    pub(crate) bodies: BTreeMap<String, Vec<u8>>,
    pub(crate) problems: Vec<Problem>,
}

impl Visit for Seen {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        self.entries.push(header.clone());
        if header.kind == EntryType::File { Want::Body } else { Want::Skip }
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        self.bodies.insert(header.path.to_string(), bytes.to_vec());
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

impl Seen {
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| entry.path.as_str()).collect()
    }
}

pub(crate) fn walk(
    source: &Source,
    image: usize,
    layer: usize,
) -> (Seen, Result<LayerSummary, LayerError>) {
    let mut seen = Seen::default();
    let result = source.walk(image, layer, &mut seen);
    (seen, result)
}

/// The bodies of all files of a layer, which must be readable.
pub(crate) fn files(source: &Source, image: usize, layer: usize) -> BTreeMap<String, Vec<u8>> {
    let (seen, result) = walk(source, image, layer);
    result.unwrap();
    assert_eq!(seen.problems, []);
    seen.bodies
}
