//! OCI layouts in folders.

use crate::kit::*;
use lazaret_core::limits::Limits;
use lazaret_image::{LayerError, OpenError, OpenOptions, PlatformChoice, Target, open};
use lazaret_testkit::Layer;
use serde_json::json;

#[test]
fn an_image_is_described_in_full() {
    let place = Place::new();
    let mut files = Files::default();
    let tars = [layer("a", "1").tar(), layer("b", "2").tar()];
    let mut config = config("linux/arm64", &tars);
    config["variant"] = "v8".into();
    config["created"] = "2026-01-02T03:04:05Z".into();
    config["config"] = json!({
        "User": "app", "Env": ["PATH=/bin", "A=b"], "Entrypoint": ["/entry"], "Cmd": ["run"],
        "Labels": {"team": "blue"}, "ExposedPorts": {"8080/tcp": {}, "22": {}},
        "WorkingDir": "/", "Healthcheck": {"Test": ["NONE"]}, "Volumes": {"/data": {}},
    });
    config["history"] = json!([
        {"created_by": "ADD a /", "created": "2025-01-01T00:00:00Z"},
        {"created_by": "CMD [\"sh\"]", "empty_layer": true},
        {"created_by": "COPY b /"},
    ]);
    let descriptor = files.image_of(&config, &tars);
    files.index(&[tagged(descriptor.clone(), "example/app:1")]);
    let source = open_all(&place.layout(&files), "").unwrap();

    let [image] = source.images() else { panic!("one image") };
    assert_eq!(image.name, "example/app:1");
    assert_eq!(image.digest.as_ref().unwrap().to_string(), descriptor["digest"]);
    let config_digest = digest(config.to_string().as_bytes());
    assert_eq!(image.config_digest.as_ref().unwrap().to_string(), config_digest);
    assert_eq!(image.platform.as_ref().unwrap().to_string(), "linux/arm64/v8");
    assert_eq!(image.config.user.as_deref(), Some("app"));
    assert_eq!(image.config.env, ["PATH=/bin", "A=b"]);
    assert_eq!(image.config.entrypoint, ["/entry"]);
    assert_eq!(image.config.cmd, ["run"]);
    assert_eq!(image.config.labels["team"], "blue");
    assert_eq!(image.config.exposed_ports, ["22", "8080/tcp"]);
    assert_eq!(image.config.volumes, ["/data"]);
    assert_eq!(image.config.healthcheck, ["NONE"]);
    assert_eq!(image.config.created.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(image.config.history.len(), 3);
    let created: Vec<_> = image.layers.iter().map(|l| l.created_by.as_deref().unwrap()).collect();
    assert_eq!(created, ["ADD a /", "COPY b /"]);
    assert_eq!(image.layers.iter().map(|l| l.base).collect::<Vec<_>>(), [Some(true), Some(false)]);
    for (layer, tar) in image.layers.iter().zip(&tars) {
        assert_eq!(layer.blob_digest.as_ref().unwrap().to_string(), digest(tar));
        assert_eq!(layer.diff_id.as_ref().unwrap().to_string(), digest(tar));
        assert_eq!(layer.size_bytes, tar.len() as u64);
    }
    assert_eq!(crate::kit::files(&source, 0, 1), [("b".to_owned(), b"2".to_vec())].into());
}

#[test]
fn nulls_and_missing_fields_are_nothing() {
    let place = Place::new();
    let mut files = Files::default();
    let tars = [layer("a", "1").tar()];
    let mut config = config("linux/amd64", &tars);
    config["config"] = json!({
        "User": "", "Env": null, "Cmd": null, "Entrypoint": "old style", "Labels": null,
        "ExposedPorts": null, "Volumes": null, "Healthcheck": null,
    });
    config["history"] = json!(null);
    let descriptor = files.image_of(&config, &tars);
    files.index(&[descriptor]);
    let source = open_all(&place.layout(&files), "").unwrap();
    let image = &source.images()[0];
    assert_eq!(image.name, "layout", "the folder's name, without where it is");
    assert_eq!(image.config.user, None);
    assert_eq!(image.config.entrypoint, ["old style"]);
    assert_eq!(image.layers[0].created_by, None);
    assert_eq!(image.layers[0].base, None);
}

#[test]
fn a_history_of_the_wrong_length_is_not_given_to_layers() {
    let place = Place::new();
    let mut files = Files::default();
    let tars = [layer("a", "1").tar(), layer("b", "1").tar()];
    let mut config = config("linux/amd64", &tars);
    config["history"] = json!([{"created_by": "one for both"}]);
    let descriptor = files.image_of(&config, &tars);
    files.index(&[descriptor]);
    let source = open_all(&place.layout(&files), "").unwrap();
    let image = &source.images()[0];
    assert_eq!(image.config.history.len(), 1);
    assert!(image.layers.iter().all(|layer| layer.created_by.is_none()));
}

/// A layout with two tagged images and one without a name.
fn three_images() -> Files {
    let mut files = Files::default();
    let one = files.image("linux/amd64", &[layer("one", "1")]);
    let two = files.image("linux/amd64", &[layer("two", "2")]);
    let three = files.image("linux/amd64", &[layer("three", "3")]);
    let mut full = tagged(two, "2.0");
    full["annotations"]["io.containerd.image.name"] = "docker.io/library/two:2.0".into();
    files.index(&[tagged(one.clone(), "v1"), full, three, tagged(one, "again")]);
    files
}

#[test]
fn without_a_selector_no_image_is_lost_and_none_comes_twice() {
    let place = Place::new();
    let source = open_all(&place.layout(&three_images()), "").unwrap();
    assert_eq!(names(&source), ["layout:v1", "docker.io/library/two:2.0", "layout"]);
    let first: Vec<String> =
        (0..3).flat_map(|image| files(&source, image, 0).into_keys()).collect();
    assert_eq!(first, ["one", "two", "three"]);
}

#[test]
fn selectors_pick_by_tag_name_or_digest() {
    let place = Place::new();
    let files = three_images();
    let folder = place.layout(&files);
    let picked = |selector: &str| names(&open_all(&folder, selector).unwrap()).join(" ");
    assert_eq!(picked(":v1"), "layout:v1");
    assert_eq!(picked(":again"), "layout:again");
    for name in ["2.0", "two:2.0", "docker.io/library/two:2.0", "index.docker.io/library/two:2.0"] {
        assert_eq!(picked(&format!(":{name}")), "docker.io/library/two:2.0", "{name}");
    }
    let all = open_all(&folder, "").unwrap();
    let unnamed = all.images()[2].digest.as_ref().unwrap().to_string();
    assert_eq!(picked(&format!("@{unnamed}")), unnamed);
    let named = all.images()[0].digest.as_ref().unwrap().to_string();
    assert_eq!(picked(&format!("@{named}")), "layout:v1");

    let text = refusal(open_all(&folder, ":v2"));
    assert!(text.contains("`v2`") && text.contains("v1, docker.io/library/two:2.0"), "{text}");
    let absent = digest(b"absent");
    assert!(refusal(open_all(&folder, &format!("@{absent}"))).contains(&absent));
}

/// A layout with one image for three platforms behind a nested index, and an attestation.
fn multi_platform(files: &mut Files) -> serde_json::Value {
    let amd64 = files.image("linux/amd64", &[layer("amd64", "")]);
    let v6 = files.image("linux/arm", &[layer("v6", "")]);
    let v7 = files.image("linux/arm", &[layer("v7", "")]);
    let attested = amd64["digest"].clone();
    let attestation = files.blob(MANIFEST, r#"{"schemaVersion":2,"config":{},"layers":[]}"#);
    let mut attestation = on(attestation, "unknown/unknown");
    attestation["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": attested,
    });
    files.nested(&[
        on(amd64, "linux/amd64"),
        on(v6, "linux/arm/v6"),
        on(v7, "linux/arm/v7"),
        attestation,
    ])
}

#[test]
fn platforms_are_chosen_inside_an_index() {
    let place = Place::new();
    let mut files = Files::default();
    let nested = multi_platform(&mut files);
    files.index(&[tagged(nested, "multi")]);
    let folder = place.layout(&files);
    let chosen = |platform| platforms(&open_for(platform, &folder, "").unwrap()).join(" ");
    assert_eq!(chosen(one("linux/amd64")), "linux/amd64");
    assert_eq!(chosen(one("linux/arm/v6")), "linux/arm/v6");
    assert_eq!(chosen(one("linux/arm")), "linux/arm/v7", "what most machines have");
    assert_eq!(chosen(PlatformChoice::All), "linux/amd64 linux/arm/v6 linux/arm/v7");
    let all = open_all(&folder, "").unwrap();
    assert_eq!(names(&all), ["layout:multi"; 3]);
    let text = refusal(open_for(one("linux/s390x"), &folder, ""));
    assert!(
        text.contains("linux/s390x") && text.contains("linux/amd64, linux/arm/v6, linux/arm/v7"),
        "{text}"
    );
    // An image inside an index can be pinned.
    let v6 = all.images()[1].digest.as_ref().unwrap();
    let pinned = open_for(PlatformChoice::Host, &folder, &format!("@{v6}")).unwrap();
    assert_eq!(pinned.images()[0].digest.as_ref(), Some(v6));
}

#[test]
fn the_host_needs_a_fitting_entry_of_an_index_but_takes_a_single_image() {
    let place = Place::new();
    let mut files = Files::default();
    let alien = files.image("linux/mips", &[layer("a", "")]);
    let other = files.image("linux/alpha", &[layer("b", "")]);
    let nested = files.nested(&[on(alien.clone(), "linux/mips"), on(other, "linux/alpha")]);
    files.index(&[tagged(nested, "multi"), tagged(on(alien, "linux/mips"), "single")]);
    let folder = place.layout(&files);
    let text = refusal(open_for(PlatformChoice::Host, &folder, ":multi"));
    assert!(text.contains("it is for linux/alpha, linux/mips"), "{text}");
    let single = open_for(PlatformChoice::Host, &folder, ":single").unwrap();
    assert_eq!(platforms(&single), ["linux/mips"]);
    let text = refusal(open_for(one("linux/amd64"), &folder, ":single"));
    assert!(text.contains("linux/mips") && text.contains("linux/amd64"), "{text}");
}

#[test]
fn a_flat_index_of_distinct_platforms_is_one_image() {
    let place = Place::new();
    let mut files = Files::default();
    let amd64 = files.image("linux/amd64", &[layer("a", "")]);
    let arm64 = files.image("linux/arm64", &[layer("b", "")]);
    files.index(&[on(amd64, "linux/amd64"), on(arm64, "linux/arm64")]);
    let folder = place.layout(&files);
    let arm = open_for(one("linux/arm64"), &folder, "").unwrap();
    assert_eq!(platforms(&arm), ["linux/arm64"]);
    assert_eq!(platforms(&open_all(&folder, "").unwrap()), ["linux/amd64", "linux/arm64"]);
    assert!(
        refusal(open_for(one("linux/s390x"), &folder, "")).contains("linux/amd64, linux/arm64")
    );
}

#[test]
fn an_index_that_names_no_platforms_is_looked_into() {
    let place = Place::new();
    let mut files = Files::default();
    let amd64 = files.image("linux/amd64", &[layer("a", "")]);
    let arm64 = files.image("linux/arm64", &[layer("b", "")]);
    let nested = files.nested(&[amd64, arm64]);
    files.index(&[nested]);
    let folder = place.layout(&files);
    let arm = open_for(one("linux/arm64"), &folder, "").unwrap();
    assert_eq!(platforms(&arm), ["linux/arm64"]);
    assert!(
        refusal(open_for(one("linux/s390x"), &folder, "")).contains("linux/amd64, linux/arm64")
    );
}

#[test]
fn an_entry_with_a_platform_is_an_image_whatever_its_annotations_say() {
    let place = Place::new();
    let mut files = Files::default();
    let hidden = files.image("linux/amd64", &[layer("hidden", "")]);
    let decoy = files.image("linux/amd64", &[layer("decoy", "")]);
    let mut entry = on(hidden, "linux/amd64");
    entry["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest"});
    let nested = files.nested(&[entry, on(decoy, "linux/amd64")]);
    files.index(&[nested]);
    // A runtime takes the first entry for its platform.
    let source = open_for(one("linux/amd64"), &place.layout(&files), "").unwrap();
    assert!(crate::kit::files(&source, 0, 0).contains_key("hidden"));
}

#[test]
fn media_types_that_lie_do_not_matter() {
    let place = Place::new();
    let mut files = Files::default();
    let mut nested = multi_platform(&mut files);
    nested["mediaType"] = MANIFEST.into();
    files.index(&[nested]);
    let source = open_for(one("linux/amd64"), &place.layout(&files), "").unwrap();
    assert_eq!(platforms(&source), ["linux/amd64"]);
}

#[test]
fn documents_of_docker_are_the_same_under_other_names() {
    let place = Place::new();
    let mut files = Files::default();
    let tar = layer("a", "1").tar();
    let docker = |kind: &str| format!("application/vnd.docker.{kind}");
    let blob = files.blob(&docker("image.rootfs.diff.tar.gzip"), gzip(&tar));
    let config = config("linux/amd64", &[tar]).to_string();
    let config = files.blob(&docker("container.image.v1+json"), config);
    let manifest = docker("distribution.manifest.v2+json");
    let document = json!({
        "schemaVersion": 2, "mediaType": manifest, "config": config, "layers": [blob],
    });
    let entry = on(files.blob(&manifest, document.to_string()), "linux/amd64");
    let list = docker("distribution.manifest.list.v2+json");
    let document = json!({"schemaVersion": 2, "mediaType": list, "manifests": [entry]});
    let list = files.blob(&list, document.to_string());
    files.index(&[list]);
    let source = open_all(&place.layout(&files), "").unwrap();
    assert_eq!(crate::kit::files(&source, 0, 0)["a"], b"1");
}

#[test]
fn blobs_may_be_pinned_by_sha512() {
    use sha2::Digest as _;
    let place = Place::new();
    let mut files = Files::default();
    let mut long = |bytes: &[u8]| {
        let digest = format!("sha512:{}", hex::encode(sha2::Sha512::digest(bytes)));
        files.put(&blob_path(&digest), bytes);
        json!({"digest": digest, "size": bytes.len()})
    };
    let tar = layer("a", "1").tar();
    let blob = long(&tar);
    let config = long(config("linux/amd64", &[tar]).to_string().as_bytes());
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": [blob]});
    let manifest = long(manifest.to_string().as_bytes());
    files.index(std::slice::from_ref(&manifest));
    let folder = place.layout(&files);
    let source = open_all(&folder, "").unwrap();
    assert_eq!(crate::kit::files(&source, 0, 0)["a"], b"1");
    let path = folder.join(blob_path(manifest["digest"].as_str().unwrap()));
    std::fs::write(path, "{}").unwrap();
    assert!(matches!(open_all(&folder, ""), Err(OpenError::Digest { .. })));
}

#[test]
fn progress_is_told_of_every_layer() {
    use std::sync::{Arc, Mutex};
    #[derive(Default)]
    struct Told(Mutex<Vec<(usize, Option<u64>)>>, Mutex<u64>, Mutex<Vec<usize>>);
    impl lazaret_image::Progress for Told {
        fn begin(&self, layer: usize, size_bytes: Option<u64>) {
            self.0.lock().unwrap().push((layer, size_bytes));
        }
        fn advance(&self, _: usize, bytes: u64) {
            *self.1.lock().unwrap() += bytes;
        }
        fn end(&self, layer: usize) {
            self.2.lock().unwrap().push(layer);
        }
    }
    let place = Place::new();
    let mut files = Files::default();
    let layers = [layer("a", "1"), layer("b", "2")];
    let descriptor = files.image("linux/amd64", &layers);
    files.index(&[descriptor]);
    let told = Arc::new(Told::default());
    let sizes: Vec<u64> = layers.iter().map(|layer| layer.tar().len() as u64).collect();
    for path in [place.layout(&files), place.file("a.tgz", gzip(&files.tar()))] {
        *told.1.lock().unwrap() = 0;
        let options = OpenOptions { progress: Some(told.clone()), ..options(PlatformChoice::All) };
        let source = open(&Target::Input(path), &options).unwrap();
        for layer in [1, 0] {
            walk(&source, 0, layer).1.unwrap();
        }
        let begun = std::mem::take(&mut *told.0.lock().unwrap());
        assert_eq!(begun, [(1, Some(sizes[1])), (0, Some(sizes[0]))]);
        assert_eq!(*told.1.lock().unwrap(), sizes[0] + sizes[1]);
        assert_eq!(std::mem::take(&mut *told.2.lock().unwrap()), [1, 0]);
    }
}

#[test]
fn nesting_ends_at_the_limit() {
    let nest = |depth: usize| {
        let mut files = Files::default();
        let mut entry = files.image("linux/amd64", &[layer("a", "")]);
        for _ in 0..depth {
            entry = files.nested(&[entry]);
        }
        files.index(&[entry]);
        let place = Place::new();
        open_all(&place.layout(&files), "")
    };
    let max = Limits::default().index_depth_max as usize;
    assert_eq!(nest(max).unwrap().images().len(), 1);
    assert!(matches!(nest(max + 1), Err(OpenError::Nesting { .. })));
}

#[test]
fn identical_layers_are_all_listed() {
    let place = Place::new();
    let mut files = Files::default();
    let same = layer("same", "x");
    let descriptor = files.image("linux/amd64", &[same.clone(), layer("other", ""), same]);
    files.index(&[descriptor]);
    let source = open_all(&place.layout(&files), "").unwrap();
    let layers = &source.images()[0].layers;
    assert_eq!(layers.len(), 3);
    assert_eq!(layers[0].diff_id, layers[2].diff_id);
    assert_eq!(crate::kit::files(&source, 0, 0), crate::kit::files(&source, 0, 2));
}

#[test]
fn what_is_missing_is_named_with_what_refers_to_it() {
    let mut files = Files::default();
    let descriptor = files.image("linux/amd64", &[layer("a", "")]);
    files.index(std::slice::from_ref(&descriptor));
    let manifest = descriptor["digest"].as_str().unwrap().to_owned();
    let document: serde_json::Value =
        serde_json::from_slice(&files.0[&blob_path(&manifest)]).unwrap();
    let config = document["config"]["digest"].as_str().unwrap();
    let blob = document["layers"][0]["digest"].as_str().unwrap();
    let without = |digest: &str| {
        let mut files = files.clone();
        files.0.remove(&blob_path(digest)).unwrap();
        let place = Place::new();
        let opened = open_all(&place.layout(&files), "");
        opened.map(|source| walk(&source, 0, 0).1)
    };
    let text = message(&without(&manifest).unwrap_err());
    assert!(text.contains(&manifest) && text.contains("index.json"), "{text}");
    let text = message(&without(config).unwrap_err());
    assert!(text.contains(config) && text.contains(&manifest), "{text}");
    let error = without(blob).unwrap().unwrap_err();
    assert!(matches!(&error, LayerError::Missing { layer } if layer == blob), "{error}");
}

#[test]
fn changed_bytes_are_noticed() {
    let mut files = Files::default();
    let descriptor = files.image("linux/amd64", &[layer("a", "1")]);
    files.index(std::slice::from_ref(&descriptor));
    let manifest = descriptor["digest"].as_str().unwrap().to_owned();
    let document: serde_json::Value =
        serde_json::from_slice(&files.0[&blob_path(&manifest)]).unwrap();
    let config = document["config"]["digest"].as_str().unwrap();
    let blob = document["layers"][0]["digest"].as_str().unwrap();
    for digest in [&manifest, config] {
        let mut files = files.clone();
        files.0.get_mut(&blob_path(digest)).unwrap().push(b' ');
        let place = Place::new();
        let error = open_all(&place.layout(&files), "").unwrap_err();
        assert!(
            matches!(&error, OpenError::Digest { expected, .. } if expected.to_string() == *digest),
            "{error}"
        );
    }
    files.put(&blob_path(blob), layer("a", "2").tar());
    let place = Place::new();
    let (_, result) = walk(&open_all(&place.layout(&files), "").unwrap(), 0, 0);
    assert!(matches!(result, Err(LayerError::Digest { .. })), "{result:?}");
}

#[test]
fn a_wrong_diff_id_is_an_error_unless_that_check_is_off() {
    let place = Place::new();
    let mut files = Files::default();
    // Compressed, so that the blob's own digest does not tell.
    let tar = layer("a", "1").tar();
    let blob = files.blob("application/vnd.oci.image.layer.v1.tar+gzip", gzip(&tar));
    let config = config("linux/amd64", &[layer("a", "2").tar()]);
    let config = files.blob("application/vnd.oci.image.config.v1+json", config.to_string());
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": [blob]});
    let manifest = files.blob(MANIFEST, manifest.to_string());
    files.index(&[manifest]);
    let folder = place.layout(&files);
    let (_, result) = walk(&open_all(&folder, "").unwrap(), 0, 0);
    assert!(matches!(result, Err(LayerError::DiffId { .. })), "{result:?}");
    let trusting = OpenOptions { verify_diff_ids: false, ..options(PlatformChoice::All) };
    let source = open(&Target::Layout(folder), &trusting).unwrap();
    walk(&source, 0, 0).1.unwrap();
}

#[test]
fn documents_that_are_no_image_are_refused() {
    let check = |change: &dyn Fn(&mut serde_json::Value, &mut Files), expected: &str| {
        let mut files = Files::default();
        let tars = [layer("a", "").tar()];
        let image = files.image_of(&config("linux/amd64", &tars), &tars);
        let path = blob_path(image["digest"].as_str().unwrap());
        let mut manifest: serde_json::Value = serde_json::from_slice(&files.0[&path]).unwrap();
        change(&mut manifest, &mut files);
        let manifest = files.blob(MANIFEST, manifest.to_string());
        files.index(&[manifest]);
        let place = Place::new();
        let text = refusal(open_all(&place.layout(&files), ""));
        assert!(text.contains(expected), "{text}");
    };
    check(
        &|manifest, _| {
            manifest["config"]["mediaType"] = "application/vnd.cncf.helm.config.v1+json".into();
        },
        "artifact of type `application/vnd.cncf.helm.config.v1+json`",
    );
    check(
        &|manifest, _| manifest["artifactType"] = "application/spdx+json".into(),
        "artifact of type `application/spdx+json`",
    );
    check(
        &|manifest, _| {
            let signature = "application/vnd.dev.cosign.simplesigning.v1+json";
            manifest["layers"][0]["mediaType"] = signature.into();
        },
        "artifact of type `application/vnd.dev.cosign.simplesigning.v1+json`",
    );
    check(
        &|manifest, files| manifest["config"] = files.blob("", r#"{"name":"chart"}"#),
        "describes no root file system",
    );
    check(
        &|manifest, _| manifest["layers"] = json!([]),
        "the manifest has 0 layers, but the configuration has 1 diff ids",
    );
    check(&|manifest, _| manifest["schemaVersion"] = 1.into(), "schema 1");
    check(&|manifest, _| manifest["config"] = json!("x"), "malformed");
    check(&|manifest, _| manifest["config"]["digest"] = "sha256:../../x".into(), "malformed");
    check(&|manifest, _| *manifest = json!({"schemaVersion": 2}), "neither an image manifest nor");
    check(&|manifest, _| manifest["manifests"] = json!([]), "neither an image manifest nor");
    check(&|manifest, _| *manifest = json!([1]), "malformed");
}

#[test]
fn artifacts_beside_an_image_are_passed_over() {
    let place = Place::new();
    let mut files = Files::default();
    let image = files.image("linux/amd64", &[layer("a", "")]);
    let empty = files.blob("application/vnd.oci.empty.v1+json", "{}");
    let chart = json!({"schemaVersion": 2, "config": empty, "layers": [empty]});
    let chart = files.blob(MANIFEST, chart.to_string());
    files.index(&[tagged(chart, "signature"), tagged(image, "image")]);
    assert_eq!(names(&open_all(&place.layout(&files), "").unwrap()), ["layout:image"]);
}

#[test]
fn limits_on_documents_and_layers_are_kept() {
    let place = Place::new();
    let mut files = Files::default();
    let descriptor = files.image("linux/amd64", &[layer("a", ""), layer("b", "")]);
    files.index(&[descriptor]);
    let folder = place.layout(&files);
    let with = |limits: Limits| {
        let options = OpenOptions { limits, ..options(PlatformChoice::All) };
        refusal(open(&Target::Layout(folder.clone()), &options))
    };
    let text = with(Limits { layers_max: 1, ..Limits::default() });
    assert!(text.contains("2 layers; at most 1"), "{text}");
    let text = with(Limits { document_bytes_max: 250, ..Limits::default() });
    assert!(text.contains("is larger than 250 bytes"), "{text}");
}

#[test]
fn folders_and_files_that_are_no_layout_say_what_to_do() {
    let place = Place::new();
    let folder = place.path("root");
    std::fs::create_dir_all(folder.join("etc")).unwrap();
    let text = refusal(open_all(&folder, ""));
    assert!(text.contains("no index.json; use `lazaret rootfs DIR`"), "{text}");
    let text = refusal(open_all(&place.path("absent"), ":tag"));
    assert!(text.contains("there is no file or folder") && text.contains("absent:tag"), "{text}");
    let file = place.file("file", "x");
    let text = refusal(open(&Target::Layout(file), &OpenOptions::default()));
    assert!(text.contains("it is a file; use `oci-archive:FILE`"), "{text}");
    let target: Target = "docker:alpine:3".parse().unwrap();
    let text = refusal(open(&target, &OpenOptions::default()));
    assert!(text.contains("not available yet") && text.contains("registry:"), "{text}");
    let socket = std::os::unix::net::UnixListener::bind(place.path("socket")).unwrap();
    assert!(matches!(open_all(&place.path("socket"), ""), Err(OpenError::NotRegular { .. })));
    drop(socket);
}

#[test]
fn a_layer_without_entries_is_an_empty_layer() {
    let place = Place::new();
    let mut files = Files::default();
    let descriptor = files.image("linux/amd64", &[Layer::new("RUN true")]);
    files.index(&[descriptor]);
    let source = open_all(&place.layout(&files), "").unwrap();
    assert_eq!(walk(&source, 0, 0).1.unwrap().entries, 0);
}
