//! Which layers came with the base image, and who says so.

use crate::kit::*;
use lazaret_core::image::{BaseSource, Confidence, Image};
use serde_json::{Value, json};

/// An image of three layers on one of two, with this configuration.
struct Built {
    files: Files,
    descriptor: Value,
    tars: Vec<Vec<u8>>,
}

fn built(config_of: impl FnOnce(&mut Value, &[Vec<u8>])) -> Built {
    let mut files = Files::default();
    let tars: Vec<Vec<u8>> =
        ["a", "b", "c", "d", "e"].iter().map(|name| layer(name, name).tar()).collect();
    let mut config = config("linux/amd64", &tars);
    config_of(&mut config, &tars);
    let descriptor = files.image_of(&config, &tars);
    Built { files, descriptor, tars }
}

/// A history that says nothing.
fn silent(config: &mut Value, _: &[Vec<u8>]) {
    config["history"] = json!(vec![json!({"created_by": "COPY x /srv"}); 5]);
}

/// A history that shows a base of two layers.
fn told(config: &mut Value, _: &[Vec<u8>]) {
    config["history"] = json!([
        {"created_by": "# debian.sh"},
        {"created_by": "RUN apt-get update"},
        {"created_by": "CMD [\"bash\"]", "empty_layer": true},
        {"created_by": "COPY c /"},
        {"created_by": "COPY d /"},
        {"created_by": "COPY e /"},
        {"created_by": "CMD [\"app\"]", "empty_layer": true},
    ]);
}

impl Built {
    /// Gives the manifest annotations.
    fn annotated(mut self, annotations: &Value) -> Self {
        let path = blob_path(self.descriptor["digest"].as_str().unwrap());
        let mut manifest: Value = serde_json::from_slice(&self.files.0[&path]).unwrap();
        manifest["annotations"] = annotations.clone();
        self.descriptor = self.files.blob(MANIFEST, manifest.to_string());
        self
    }

    /// Puts a statement about the image beside it, in an index as BuildKit makes it.
    fn attested(mut self, predicate_type: &str, predicate: &Value) -> Self {
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v0.1", "predicateType": predicate_type,
            "subject": [], "predicate": predicate,
        });
        let mut layer = self.files.blob("application/vnd.in-toto+json", statement.to_string());
        layer["annotations"] = json!({"in-toto.io/predicate-type": predicate_type});
        let config = self.files.blob("application/vnd.oci.image.config.v1+json", "{}");
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
        });
        let mut attestation = self.files.blob(MANIFEST, manifest.to_string());
        attestation["annotations"] = json!({
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": self.descriptor["digest"],
        });
        let image = on(self.descriptor.clone(), "linux/amd64");
        self.descriptor = self.files.nested(&[image, on(attestation, "unknown/unknown")]);
        self
    }

    fn open(mut self) -> Image {
        self.files.index(&[tagged(self.descriptor.clone(), "app:1")]);
        let place = Place::new();
        let source = open_all(&place.layout(&self.files), "").unwrap();
        source.images()[0].clone()
    }
}

/// The name, the digest's first digits, what tells the name, and the extent.
type Told<'a> = (Option<&'a str>, Option<BaseSource>, Option<(u32, BaseSource, Confidence)>);

#[track_caller]
fn check(image: &Image, expected: Told<'_>) {
    let base = image.base_image.clone().unwrap_or_default();
    let extent = base.extent.map(|extent| (extent.layers, extent.source, extent.confidence));
    assert_eq!((base.name.as_deref(), base.source, extent), expected);
    for (position, layer) in image.layers.iter().enumerate() {
        assert_eq!(layer.base, extent.map(|(layers, ..)| position < layers as usize));
    }
}

const NAMED: &str = "org.opencontainers.image.base.name";
const LIKELY: Option<(u32, BaseSource, Confidence)> =
    Some((2, BaseSource::History, Confidence::Likely));

#[test]
fn an_annotation_names_the_base_and_the_history_ends_it() {
    let debian = json!({NAMED: "debian:12"});
    check(
        &built(told).annotated(&debian).open(),
        (Some("debian:12"), Some(BaseSource::Annotation), LIKELY),
    );
    check(
        &built(silent).annotated(&debian).open(),
        (Some("debian:12"), Some(BaseSource::Annotation), None),
    );
    check(&built(told).open(), (None, None, LIKELY));
    check(&built(silent).open(), (None, None, None));
    assert_eq!(built(silent).open().base_image, None);
}

#[test]
fn an_annotation_is_believed_before_a_label() {
    let label = |config: &mut Value, tars: &[Vec<u8>]| {
        told(config, tars);
        config["config"] = json!({"Labels": {NAMED: "scratch"}});
    };
    check(&built(label).open(), (Some("scratch"), Some(BaseSource::Label), LIKELY));
    check(
        &built(label).annotated(&json!({NAMED: "debian:12"})).open(),
        (Some("debian:12"), Some(BaseSource::Annotation), LIKELY),
    );
}

#[test]
fn buildpacks_tell_the_last_layer_of_their_run_image() {
    let label = |config: &mut Value, tars: &[Vec<u8>]| {
        let metadata = json!({"runImage": {"topLayer": digest(&tars[2]), "image": "run:jammy"}});
        let labels = json!({"io.buildpacks.lifecycle.metadata": metadata.to_string()});
        config["config"] = json!({"Labels": labels});
    };
    check(
        &built(label).open(),
        (
            Some("run:jammy"),
            Some(BaseSource::Label),
            Some((3, BaseSource::Label, Confidence::Certain)),
        ),
    );
}

/// What BuildKit attests in the mode `max`, of a build that read two images.
fn steps(tars: &[Vec<u8>]) -> (Value, Value) {
    let blobs = |tars: &[Vec<u8>]| {
        let blob = |tar: &Vec<u8>| json!({"digest": digest(tar), "size": tar.len()});
        json!([tars.iter().map(blob).collect::<Vec<_>>()])
    };
    let source = |id: &str, image: &str| {
        let identifier = format!("docker-image://{image}@sha256:{}", "c".repeat(64));
        json!({"id": id, "op": {"Op": {"source": {"identifier": identifier}}}})
    };
    let definition = json!([
        source("step0", "docker.io/library/golang:1.24"),
        source("step1", "docker.io/library/debian:12"),
        {"id": "step2", "op": {"Op": {"exec": {}}}, "inputs": ["step1:0"]},
        {"id": "step3", "op": {}},
    ]);
    let other = layer("go", "go").tar();
    let layers = json!({"step0:0": blobs(&[other]), "step1:0": blobs(&tars[..2])});
    (definition, layers)
}

const PINNED: Option<(u32, BaseSource, Confidence)> =
    Some((2, BaseSource::Provenance, Confidence::Certain));

#[test]
fn layers_of_provenance_end_the_base_for_certain() {
    let tars = built(silent).tars;
    let (definition, layers) = steps(&tars);
    let old = json!({
        "buildConfig": {"llbDefinition": definition},
        "metadata": {"https://mobyproject.org/buildkit@v1#metadata": {"layers": layers}},
    });
    let new = json!({
        "buildDefinition": {"internalParameters": {"buildConfig": {"llbDefinition": definition}}},
        "runDetails": {"metadata": {"buildkit_metadata": {"layers": layers}}},
    });
    for (version, predicate) in [("v0.2", &old), ("v1", &new)] {
        let kind = format!("https://slsa.dev/provenance/{version}");
        let image = built(silent).attested(&kind, predicate).open();
        check(&image, (Some("debian:12"), Some(BaseSource::Provenance), PINNED));
        let digest = image.base_image.unwrap().digest.unwrap();
        assert_eq!(digest.to_string(), format!("sha256:{}", "c".repeat(64)));
    }
    // An annotation keeps its name, and the surer boundary wins.
    let named = built(told).annotated(&json!({NAMED: "our/debian:12"}));
    let image = named.attested("https://slsa.dev/provenance/v0.2", &old).open();
    check(&image, (Some("our/debian:12"), Some(BaseSource::Annotation), PINNED));
}

#[test]
fn the_only_image_of_a_build_is_its_base_where_there_is_a_base() {
    let debian = json!({"uri": "pkg:docker/debian@12?platform=linux%2Famd64"});
    let golang = json!({"uri": "pkg:docker/golang@1.24"});
    let frontend = json!({"uri": "pkg:docker/docker/dockerfile@1"});
    let slsa = "https://slsa.dev/provenance/v0.2";
    let materials = |list: &[&Value]| json!({"materials": list});
    let one = materials(&[&frontend, &debian]);
    check(
        &built(told).attested(slsa, &one).open(),
        (Some("debian:12"), Some(BaseSource::Provenance), LIKELY),
    );
    let dependencies = json!({"buildDefinition": {"resolvedDependencies": [debian]}});
    check(
        &built(told).attested("https://slsa.dev/provenance/v1", &dependencies).open(),
        (Some("debian:12"), Some(BaseSource::Provenance), LIKELY),
    );
    // Which of two it is nobody says, and an image built from scratch may have read one as well.
    let two = materials(&[&debian, &golang]);
    check(&built(told).attested(slsa, &two).open(), (None, None, LIKELY));
    let builder = materials(&[&golang]);
    check(&built(silent).attested(slsa, &builder).open(), (None, None, None));
    // Another statement is not about the build.
    let image = built(told).attested("https://spdx.dev/Document", &one).open();
    check(&image, (None, None, LIKELY));
}

#[test]
fn an_image_without_its_attestations_is_whole() {
    let one = json!({"materials": [{"uri": "pkg:docker/debian@12"}]});
    let slsa = "https://slsa.dev/provenance/v0.2";
    let whole = built(told).attested(slsa, &one);
    let statements: Vec<String> = whole
        .files
        .0
        .iter()
        .filter(|(_, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            text.contains("materials") || text.contains("vnd.in-toto")
        })
        .map(|(path, _)| path.clone())
        .collect();
    assert_eq!(statements.len(), 2);
    for path in &statements {
        let mut copied = built(told).attested(slsa, &one);
        copied.files.0.remove(path);
        check(&copied.open(), (None, None, LIKELY));
        let mut changed = built(told).attested(slsa, &one);
        changed.files.put(path, "{}");
        check(&changed.open(), (None, None, LIKELY));
    }
}

#[test]
fn an_image_is_compared_with_those_it_may_be_built_on() {
    let built = built(told);
    let base = |name: &str, tars: &[Vec<u8>]| {
        let mut files = Files::default();
        let descriptor = files.image_of(&config("linux/amd64", tars), tars);
        files.index(&[tagged(descriptor, name)]);
        let place = Place::new();
        let source = open_all(&place.layout(&files), "").unwrap();
        source.images()[0].clone()
    };
    let debian = base("example/debian:12", &built.tars[..1]);
    let python = base("example/python:3.12", &built.tars[..3]);
    let other = base("example/alpine:3", &[built.tars[1].clone()]);
    let newer = base("example/app:2", &[&built.tars[..], &[layer("f", "f").tar()]].concat());
    let Built { mut files, descriptor, .. } = built;
    files.index(&[tagged(descriptor, "app:1")]);
    let place = Place::new();
    let mut source = open_all(&place.layout(&files), "").unwrap();
    assert_eq!(source.compare_bases(&[other.clone(), newer]), [false]);
    check(&source.images()[0], (None, None, LIKELY));
    assert_eq!(source.compare_bases(&[debian, python, other]), [true]);
    check(
        &source.images()[0],
        (
            Some("example/python:3.12"),
            Some(BaseSource::Comparison),
            Some((3, BaseSource::Comparison, Confidence::Certain)),
        ),
    );
}
