//! Which findings came with the base image: for images whose base is known, every origin is right.

use crate::support::{Ran, lazaret, ran, run, shared, text};
use lazaret_testkit::{Image, Layer, flatten};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const DSA: &str = "\
[10 Mar 2024] DSA-6001-1 lantern - security update
\t{CVE-2024-10004}
\t[bookworm] - lantern 2.0-1+deb12u3
[09 Mar 2024] DSA-6000-1 candle - security update
\t{CVE-2024-10005}
\t[bookworm] - candle 1.1-1
[08 Mar 2024] DSA-5998-1 sandglass - security update
\t{CVE-2024-10006}
\t[bookworm] - sandglass 1.1-1
";

const OS_RELEASE: &str = "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n";
const BASE_TIME: &str = "2024-03-01T00:00:00Z";
const APP_TIME: &str = "2024-03-20T09:30:00Z";

fn status(packages: &[(&str, &str)]) -> String {
    let entry = |(name, version): &(&str, &str)| {
        format!(
            "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n\
             Version: {version}\n\n"
        )
    };
    packages.iter().map(entry).collect()
}

/// What the base brings: lantern, and a sandglass that the application replaces.
fn base() -> Image {
    let root = Layer::new("# debian.sh --arch 'amd64' out/ 'bookworm'")
        .created(BASE_TIME)
        .file("etc/os-release", OS_RELEASE)
        .file("var/lib/dpkg/status", status(&[("lantern", "2.0-1"), ("sandglass", "1.0-1")]));
    let mut image = Image::new("example/debian:12");
    image.layers = vec![root, Layer::new("CMD [\"bash\"]").created(BASE_TIME)];
    image
}

/// An application on the base: candle is its own, and so is the sandglass it brings.
fn application() -> Image {
    let mut image = base();
    image.tag = "example/app:1".into();
    let installed = [("lantern", "2.0-1"), ("sandglass", "1.0-2"), ("candle", "1.0-1")];
    image.layers.extend([
        Layer::new("RUN /bin/sh -c apt-get install -y candle sandglass # buildkit")
            .created(APP_TIME)
            .file("var/lib/dpkg/status", status(&installed)),
        Layer::new("COPY app /app # buildkit").created(APP_TIME).file("app/main", "run"),
        Layer::new("CMD [\"/app/main\"]").created(APP_TIME),
    ]);
    image
}

/// What BuildKit attests in the mode `max` of a build on an image with these layers.
fn attested(base: &Image) -> Value {
    let blobs: Vec<Value> = base.blob_digests().iter().map(|d| json!({"digest": d})).collect();
    let identifier =
        format!("docker-image://docker.io/example/debian:12@sha256:{}", "d".repeat(64));
    json!({
        "materials": [{"uri": "pkg:docker/example/debian@12"}],
        "buildConfig": {"llbDefinition": [
            {"id": "step0", "op": {"Op": {"source": {"identifier": identifier}}}},
        ]},
        "metadata": {"https://mobyproject.org/buildkit@v1#metadata": {
            "layers": {"step0:0": [blobs]},
        }},
    })
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self::with(DSA)
    }

    /// With a database of these announcements.
    fn with(announcements: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let feeds = place.path("feeds/data/DSA");
        fs::create_dir_all(&feeds).unwrap();
        fs::write(feeds.join("list"), announcements).unwrap();
        let mut command = lazaret();
        command.args(["db", "build", "--at", "2024-04-01", "--feeds"]).arg(place.path("feeds"));
        let built = ran(command.arg("--out").arg(place.path("db")));
        assert_eq!(built.code, 0, "{}", built.stderr);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, image: &Image) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, image.oci_archive()).unwrap();
        path
    }

    fn scan(&self, image: &Image, arguments: &[&str]) -> Ran {
        let mut command = lazaret();
        command.args(["image", "--platform", "linux/amd64", "--input"]);
        command.arg(self.put("app.tar", image)).args(arguments).arg("--db");
        ran(command.arg(self.path("db")))
    }

    fn report(&self, image: &Image, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = ["-f", "json"].iter().chain(arguments).copied().collect();
        self.scan(image, &arguments).json()
    }
}

/// Each finding's package, whether the base image brought it, and how sure that is.
fn origins(report: &Value) -> BTreeSet<(String, Option<bool>, String)> {
    let findings = report["findings"].as_array().unwrap();
    let origin = |finding: &Value| {
        let name = text(&finding["package"]["name"]).to_owned();
        let layer = &finding["layer"];
        (name, layer["base"].as_bool(), text(&layer["base_confidence"]).to_owned())
    };
    findings.iter().map(origin).collect()
}

fn expected(confidence: &str) -> BTreeSet<(String, Option<bool>, String)> {
    [("candle", false), ("lantern", true), ("sandglass", false)]
        .map(|(name, base)| (name.to_owned(), Some(base), confidence.to_owned()))
        .into()
}

#[test]
fn an_annotation_and_the_base_itself_tell_for_certain() {
    let place = Place::new();
    let name = "org.opencontainers.image.base.name";
    let image = application().annotation(name, "example/debian:12");
    let base = place.put("base.tar", &base());
    let report = place.report(&image, &["--base-image", base.to_str().unwrap()]);
    assert_eq!(origins(&report), expected("certain"));
    let found = &report["image"]["base_image"];
    assert_eq!(found["name"], "example/debian:12");
    assert_eq!(
        found["extent"],
        json!({"layers": 1, "source": "comparison", "confidence": "certain"})
    );
    // A saved report of the base serves as well, and so does any of several bases.
    let saved = place.path("base.json");
    let base = base.to_str().unwrap();
    let output = format!("json={}", saved.display());
    let of_base =
        run(&["image", "--platform", "linux/amd64", "--input", base, "--report", &output]);
    assert_eq!(of_base.code, 0, "{}", of_base.stderr);
    let other = place.put("other.tar", &Image::new("other:1").layer(Layer::new("").file("x", "")));
    let arguments =
        ["--base-image", other.to_str().unwrap(), "--base-image", saved.to_str().unwrap()];
    assert_eq!(place.report(&image, &arguments), report);
}

#[test]
fn provenance_tells_for_certain() {
    let place = Place::new();
    let image = application().provenance(attested(&base()));
    let report = place.report(&image, &[]);
    assert_eq!(origins(&report), expected("certain"));
    assert_eq!(report["image"]["base_image"]["name"], "example/debian:12");
    assert_eq!(report["image"]["base_image"]["source"], "provenance");
}

#[test]
fn the_history_alone_tells_what_is_likely() {
    let place = Place::new();
    let report = place.report(&application(), &[]);
    assert_eq!(origins(&report), expected("likely"));
    let extent = json!({"layers": 1, "source": "history", "confidence": "likely"});
    assert_eq!(report["image"]["base_image"], json!({"extent": extent}));
}

#[test]
fn of_a_flattened_image_nobody_can_tell() {
    let place = Place::new();
    let layers: Vec<Layer> =
        application().layers.into_iter().filter(|layer| !layer.entries.is_empty()).collect();
    let flat = || Image::new("example/app:flat").layer(flatten(&layers));
    let unknown: BTreeSet<_> = ["candle", "lantern", "sandglass"]
        .map(|name| (name.to_owned(), None, String::new()))
        .into();
    let report = place.report(&flat(), &[]);
    assert_eq!(origins(&report), unknown);
    assert_eq!(report["image"]["base_image"], Value::Null);
    // Its name may be known all the same.
    let named = flat().annotation("org.opencontainers.image.base.name", "example/debian:12");
    assert_eq!(origins(&place.report(&named, &[])), unknown);
    let said = "base image example/debian:12 by an annotation; nothing tells where it ends";
    let table = place.scan(&named, &[]);
    assert!(table.stdout.contains(said), "{}", table.stdout);
}

#[test]
fn the_origin_is_said_where_people_look() {
    let place = Place::new();
    let table = place.scan(&application(), &[]);
    for said in [
        "base image of unknown name (likely 1 of 3 layers, by the history)",
        "Base image: Debian 12 packages",
        "Application: Debian 12 packages",
    ] {
        assert!(table.stdout.contains(said), "`{said}` is missing from {}", table.stdout);
    }
    let saved = place.path("report.json");
    fs::write(&saved, place.scan(&application(), &["-f", "json"]).stdout).unwrap();
    for (id, origin) in [
        ("CVE-2024-10004", "origin      base image of unknown name (likely, by the history)\n"),
        ("CVE-2024-10005", "origin      application, on base image of unknown name (likely,"),
    ] {
        let mut command = lazaret();
        command.arg("explain").arg(&saved).args([id, "--db"]).arg(place.path("db"));
        let explained = ran(&mut command);
        assert!(explained.stdout.contains(origin), "{}{}", explained.stdout, explained.stderr);
    }
}

#[test]
fn a_policy_judges_each_part_by_its_own_rules() {
    let place = Place::new();
    let policy = place.path("policy.yaml");
    let rules = "\
version: 1
base-image:
  rules:
    - {id: base, effect: allow, when: {kind: vulnerability}, reason: the platform team's}
application:
  rules:
    - {id: own, effect: deny, when: {kind: vulnerability}}
";
    fs::write(&policy, rules).unwrap();
    let policy = policy.to_str().unwrap();
    let report = place.report(&application(), &["--policy", policy]);
    let state = |id: &str| {
        let finding = report["findings"].as_array().unwrap().iter().find(|f| f["id"] == id);
        text(&finding.unwrap()["state"]).to_owned()
    };
    assert_eq!(state("CVE-2024-10004"), "suppressed");
    assert_eq!((state("CVE-2024-10005"), state("CVE-2024-10006")), ("open".into(), "open".into()));
    assert_eq!(report["verdict"]["effect"], "fail");
}

#[test]
fn a_base_that_is_none_is_said_and_one_that_cannot_be_read_is_an_error() {
    let place = Place::new();
    let other = place.put("other.tar", &Image::new("other:1").layer(Layer::new("").file("x", "")));
    let scanned =
        place.scan(&application(), &["--base-image", other.to_str().unwrap(), "-f", "json"]);
    assert!(scanned.stderr.contains("example/app:1 is not built on"), "{}", scanned.stderr);
    assert_eq!(origins(&scanned.json()), expected("likely"));
    let folder = place.path("feeds");
    for (base, said) in [
        (folder.to_str().unwrap(), "failed to open the base image"),
        ("UPPER CASE", "no file or folder"),
    ] {
        let refused = place.scan(&application(), &["--base-image", base]);
        assert_eq!(refused.code, 2, "{}", refused.stdout);
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
    let root = run(&["rootfs", folder.to_str().unwrap(), "--base-image", "debian:12"]);
    assert!(root.stderr.contains("no layers to compare"), "{}", root.stderr);
}

/// Debian itself, and Python installed on it: real package databases, and a finding in each package.
#[test]
fn real_packages_have_their_real_origins() {
    let (Some(debian), Some(python)) =
        (shared("corpus/dpkg/bookworm-minbase"), shared("corpus/dpkg/bookworm-python"))
    else {
        return;
    };
    let read = |path: PathBuf| fs::read(path).unwrap();
    let root = Layer::new("# debian.sh --arch 'amd64' out/ 'bookworm'")
        .created(BASE_TIME)
        .file("etc/os-release", read(debian.join("etc/os-release")))
        .file("var/lib/dpkg/status", read(debian.join("var/lib/dpkg/status")));
    let mut base = Image::new("example/debian:12");
    base.layers = vec![root, Layer::new("CMD [\"bash\"]").created(BASE_TIME)];
    let mut image = base.clone();
    image.layers.extend([
        Layer::new("RUN /bin/sh -c apt-get install -y python3 # buildkit")
            .created(APP_TIME)
            .file("var/lib/dpkg/status", read(python.join("var/lib/dpkg/status"))),
        Layer::new("CMD [\"python3\"]").created(APP_TIME),
    ]);
    // Name, version, architecture, source.
    let rows = |folder: &PathBuf| {
        let text = fs::read_to_string(folder.join("expected.tsv")).unwrap();
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    let (of_base, of_image): (BTreeSet<_>, BTreeSet<_>) = (rows(&debian), rows(&python));
    assert_eq!((of_base.len(), of_image.len()), (96, 185));
    let sources: BTreeSet<&str> = of_image.iter().map(|row| row[3].as_str()).collect();
    let mut announcements =
        "[10 Mar 2024] DSA-6002-1 all - update\n\t{CVE-2024-10009}\n".to_owned();
    for source in sources {
        writeln!(announcements, "\t[bookworm] - {source} 999:1").unwrap();
    }
    let place = Place::with(&announcements);
    let base_file = place.put("base.tar", &base);
    let given = ["--base-image", base_file.to_str().unwrap()];
    let annotated = image.clone().annotation("org.opencontainers.image.base.name", "debian:12");
    let proven = image.clone().provenance(attested(&base));
    for (image, arguments, confidence) in
        [(annotated, &given[..], "certain"), (proven, &[], "certain"), (image, &[], "likely")]
    {
        let report = place.report(&image, arguments);
        let mut found = (0, 0);
        for finding in report["findings"].as_array().unwrap() {
            let package = &finding["package"];
            let (name, version) = (text(&package["name"]), text(&package["version"]));
            let is_base = of_base.iter().any(|row| row[0] == name && row[1] == version);
            assert_eq!(finding["layer"]["base"], is_base, "{finding}");
            assert_eq!(finding["layer"]["base_confidence"], confidence);
            if is_base { found.0 += 1 } else { found.1 += 1 }
        }
        assert_eq!(found, (96, 89));
    }
}
