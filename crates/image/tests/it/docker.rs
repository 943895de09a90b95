//! Archives of `docker save`.

use crate::kit::*;
use lazaret_core::problem::ProblemKind;
use lazaret_image::{LayerError, OpenError, PlatformChoice, Source, Target, open};
use lazaret_testkit::Layer;
use serde_json::{Value, json};

fn open_docker(files: &Files, selector: &str) -> Result<Source, OpenError> {
    let place = Place::new();
    open_all(&place.file("saved.tar", files.tar()), selector)
}

/// Adds an image of the old layout; gives its entry in `manifest.json`.
fn add(files: &mut Files, tags: &[&str], platform: &str, layers: &[Layer]) -> Value {
    let tars: Vec<Vec<u8>> = layers.iter().map(Layer::tar).collect();
    let mut names = Vec::new();
    for tar in &tars {
        let name = format!("{}/layer.tar", &digest(tar)[7..]);
        files.put(&name, tar);
        names.push(name);
    }
    let config = config(platform, &tars).to_string();
    let name = format!("{}.json", &digest(config.as_bytes())[7..]);
    files.put(&name, config);
    json!({"Config": name, "RepoTags": tags, "Layers": names})
}

#[test]
fn the_old_layout_is_read_plain_or_compressed() {
    let image = lazaret_testkit::Image::new("example:1")
        .layer(layer("a", "1"))
        .layer(Layer::new("ENV A=b"))
        .layer(layer("b", "2"));
    let bytes = image.docker_archive();
    let place = Place::new();
    for (name, bytes) in
        [("a.tar", bytes.clone()), ("a.tgz", gzip(&bytes)), ("a.zst", zstd(&bytes))]
    {
        let path = place.file(name, bytes);
        let source = open_all(&path, "").unwrap();
        let [image] = source.images() else { panic!("one image") };
        assert_eq!(image.name, "example:1");
        assert_eq!(image.digest, None);
        assert_eq!(image.layers.len(), 2);
        assert_eq!(image.layers[1].created_by.as_deref(), Some("COPY b /"));
        assert_eq!(image.layers[1].blob_digest, None);
        assert_eq!(files(&source, 0, 0)["a"], b"1", "{name}");
        assert_eq!(files(&source, 0, 1)["b"], b"2", "{name}");
        assert_eq!(source.problems(), []);
        let target: Target = format!("docker-archive:{}:1", path.display()).parse().unwrap();
        assert_eq!(names(&open(&target, &options(PlatformChoice::All)).unwrap()), ["example:1"]);
    }
}

#[test]
fn several_images_are_all_there_and_can_be_picked() {
    let mut files = Files::default();
    let one = add(&mut files, &["a/one:1", "a/one:latest"], "linux/amd64", &[layer("one", "")]);
    let two = add(&mut files, &["two:2"], "linux/amd64", &[layer("two", "")]);
    let mut unnamed = add(&mut files, &[], "linux/amd64", &[layer("three", "")]);
    unnamed["RepoTags"] = json!(null);
    let id = unnamed["Config"].as_str().unwrap().replace(".json", "");
    files.put_json("manifest.json", &json!([one, two, unnamed, two]));
    let picked = |selector: &str| names(&open_docker(&files, selector).unwrap()).join(" ");
    assert_eq!(picked(""), "a/one:1 two:2 saved.tar");
    assert_eq!(picked(":two:2"), "two:2");
    assert_eq!(picked(":2"), "two:2");
    assert_eq!(picked(":docker.io/library/two:2"), "two:2");
    assert_eq!(picked(":a/one:latest"), "a/one:latest", "called as it was asked for");
    assert_eq!(picked(&format!("@sha256:{id}")), format!("sha256:{id}"));
    let text = refusal(open_docker(&files, ":3"));
    assert!(text.contains("a/one:1, two:2"), "{text}");
}

#[test]
fn layers_may_be_links_to_other_layers() {
    let tars = [layer("a", "1").tar(), layer("b", "2").tar()];
    let config = config("linux/amd64", &[tars[0].clone(), tars[1].clone(), tars[0].clone()]);
    let manifest = json!([{
        "Config": "config.json", "RepoTags": ["linked:1"],
        "Layers": ["1/layer.tar", "2/layer.tar", "3/layer.tar"],
    }]);
    let archive = Layer::new("")
        .symlink("3/layer.tar", "../1/layer.tar")
        .file("real/first.tar", &tars[0])
        .symlink("1/layer.tar", "../hard.tar")
        .hardlink("hard.tar", "real/first.tar")
        .file("2/layer.tar", &tars[1])
        .file("config.json", config.to_string())
        .file("manifest.json", manifest.to_string())
        .tar();
    let place = Place::new();
    for (name, bytes) in [("a.tar", archive.clone()), ("a.tgz", gzip(&archive))] {
        let source = open_all(&place.file(name, bytes), "").unwrap();
        assert_eq!(files(&source, 0, 0)["a"], b"1", "{name}");
        assert_eq!(files(&source, 0, 1)["b"], b"2", "{name}");
        assert_eq!(files(&source, 0, 2)["a"], b"1", "{name}");
        assert_eq!(source.images()[0].layers[2].size_bytes, tars[0].len() as u64);
    }
}

#[test]
fn links_in_a_circle_and_paths_that_climb_are_missing() {
    let check = |layers: &str, config_name: &str, expected: &str| {
        let config = config("linux/amd64", &[layer("a", "").tar()]);
        let manifest = json!([{"Config": config_name, "RepoTags": ["x:1"], "Layers": [layers]}]);
        let archive = Layer::new("")
            .symlink("1/layer.tar", "../2/layer.tar")
            .symlink("2/layer.tar", "../1/layer.tar")
            .file("config.json", config.to_string())
            .file("manifest.json", manifest.to_string())
            .tar();
        let place = Place::new();
        let opened = open_all(&place.file("a.tar", archive), "");
        let text = match opened {
            Ok(source) => message(&walk(&source, 0, 0).1.unwrap_err()),
            Err(error) => message(&error),
        };
        assert!(text.contains(expected), "{text}");
    };
    check("1/layer.tar", "config.json", "the layer blob 1/layer.tar is missing");
    check("3/layer.tar", "config.json", "the layer blob 3/layer.tar is missing");
    check("../../layer.tar", "config.json", "../../layer.tar, which manifest.json refers to");
    check("1/layer.tar", "absent.json", "absent.json, which manifest.json refers to, is missing");
}

#[test]
fn changed_layers_and_configurations_are_noticed() {
    let mut files = Files::default();
    let entry = add(&mut files, &["x:1"], "linux/amd64", &[layer("a", "1")]);
    files.put_json("manifest.json", &json!([entry]));
    let name = entry["Layers"][0].as_str().unwrap();
    let mut changed = files.clone();
    changed.put(name, layer("a", "2").tar());
    let place = Place::new();
    let source = open_all(&place.file("a.tar", changed.tar()), "").unwrap();
    let (_, result) = walk(&source, 0, 0);
    assert!(matches!(result, Err(LayerError::DiffId { .. })), "{result:?}");

    // Docker loads it, so it is scanned; but it is said.
    let config = entry["Config"].as_str().unwrap();
    let mut bytes = files.0[config].clone();
    bytes.push(b'\n');
    let found = digest(&bytes);
    let mut changed = files.clone();
    changed.put(config, bytes);
    let source = open_docker(&changed, "").unwrap();
    assert_eq!(ids(source.images()), [found]);
    let [problem] = source.problems() else { panic!("one problem") };
    assert_eq!(problem.kind, ProblemKind::Parse);
    assert!(problem.message.contains(&config[..64]), "{}", problem.message);
}

#[test]
fn a_platform_asked_for_must_be_the_images() {
    let mut files = Files::default();
    let arm = add(&mut files, &["x:arm"], "linux/arm64", &[layer("a", "")]);
    let amd = add(&mut files, &["x:amd"], "linux/amd64", &[layer("b", "")]);
    files.put_json("manifest.json", &json!([arm, amd]));
    let place = Place::new();
    let path = place.file("a.tar", files.tar());
    let chosen = |platform| names(&open_for(platform, &path, "").unwrap()).join(" ");
    assert_eq!(chosen(PlatformChoice::Host), "x:arm x:amd");
    assert_eq!(chosen(one("linux/arm64")), "x:arm");
    let text = refusal(open_for(one("linux/amd64"), &path, ":arm"));
    assert!(text.contains("is for linux/arm64, not for linux/amd64"), "{text}");
}

/// What Docker 25 and later save: an OCI layout with a `manifest.json` for older readers.
fn new_layout() -> Files {
    let mut files = Files::default();
    let image = files.image("linux/amd64", &[layer("a", "1")]);
    let digest = image["digest"].as_str().unwrap();
    let document: Value = serde_json::from_slice(&files.0[&blob_path(digest)]).unwrap();
    let path = |descriptor: &Value| blob_path(descriptor["digest"].as_str().unwrap());
    files.put_json(
        "manifest.json",
        &json!([{
            "Config": path(&document["config"]),
            "RepoTags": ["example/app:1", "example/app:2"],
            "Layers": [path(&document["layers"][0])],
        }]),
    );
    files.index(&[tagged(image, "1")]);
    files
}

#[test]
fn the_new_layout_is_read_by_its_index_and_named_by_its_tags() {
    let files = new_layout();
    let source = open_docker(&files, "").unwrap();
    assert_eq!(names(&source), ["example/app:1"]);
    assert!(source.images()[0].digest.is_some(), "the index has a manifest");
    assert_eq!(names(&open_docker(&files, ":1").unwrap()), ["example/app:1"]);
    assert_eq!(names(&open_docker(&files, ":example/app:1").unwrap()), ["example/app:1"]);
    // A name that only the list has.
    assert_eq!(names(&open_docker(&files, ":example/app:2").unwrap()), ["example/app:2"]);
    assert!(matches!(open_docker(&files, ":3"), Err(OpenError::NoMatch { .. })));

    // Without the index the list is enough, and its paths are digests.
    let mut listed = files.clone();
    listed.0.remove("index.json");
    let place = Place::new();
    let path = place.file("a.tar", listed.tar());
    let source = open_all(&path, "").unwrap();
    assert_eq!(source.images()[0].digest, None);
    assert!(source.images()[0].layers[0].blob_digest.is_some());
    assert_eq!(crate::kit::files(&source, 0, 0)["a"], b"1");
    let config = ids(source.images())[0].clone();
    listed.0.get_mut(&blob_path(&config)).unwrap().push(b' ');
    let changed = open_docker(&listed, "");
    assert!(matches!(changed, Err(OpenError::Digest { .. })), "{changed:?}");
}

#[test]
fn lists_without_images_are_refused() {
    let check = |manifest: &str, expected: &str| {
        let mut files = Files::default();
        files.put("manifest.json", manifest);
        let text = refusal(open_docker(&files, ""));
        assert!(text.contains("manifest.json") && text.contains(expected), "{text}");
    };
    check("null", "it lists no images");
    check("[]", "it lists no images");
    check("{", "malformed");
    check("{}", "malformed");
    check(r#"[{"RepoTags":["x"]}]"#, "malformed");
    check("", "malformed");
    let mut files = Files::default();
    files.put("repositories", "{}");
    let text = refusal(open_docker(&files, ""));
    assert!(text.contains("no manifest.json") && text.contains("save the image again"), "{text}");
}

#[test]
fn layers_and_diff_ids_must_be_as_many() {
    let mut files = Files::default();
    let mut entry = add(&mut files, &["x:1"], "linux/amd64", &[layer("a", ""), layer("b", "")]);
    entry["Layers"].as_array_mut().unwrap().pop();
    files.put_json("manifest.json", &json!([entry]));
    let text = refusal(open_docker(&files, ""));
    assert!(text.contains("1 layers") && text.contains("2 diff ids"), "{text}");
}
