//! Secrets, misconfiguration and licenses, from the image to the report.

use crate::support::{ran, run, shared};
use lazaret_testkit::{Image, Layer};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Tokens that no one was ever given, put together here so that no search for secrets finds them in
/// this file. Their checksums are right: GitHub's and npm's tokens have one.
fn github() -> String {
    ["ghp", "_", "7ectQHfUj9aYV0EaSYkJ9ntIYgbU1qKwrBN5"].concat()
}

fn password() -> &'static str {
    "ARVLMpeEJNFR96Az"
}

/// Another, of which nothing but the history tells.
fn build_password() -> &'static str {
    "Tq8ZmWs3LfKx92Bd"
}

fn findings<'r>(report: &'r Value, kind: &str) -> Vec<&'r Value> {
    let all = report["findings"].as_array().unwrap();
    all.iter().filter(|finding| finding["kind"] == kind).collect()
}

/// An image with a token in a file that a later layer deletes, and one in a file it writes again.
fn leaky() -> Image {
    let token = format!("GITHUB_TOKEN={}\n", github());
    let mut image = Image::new("leaky:1")
        .layer(Layer::new("COPY base").file("etc/os-release", "ID=debian\nVERSION_ID=12\n"))
        .layer(
            Layer::new("COPY app /app")
                .file("app/deleted.env", &token)
                .file("app/again.env", &token)
                .file("app/gone/inner.env", &token)
                .file(
                    "app/README.md",
                    "A token looks like ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
                ),
        )
        .layer(
            Layer::new(&format!("RUN |1 PASSWORD={} /bin/sh -c make", build_password()))
                .whiteout("app/deleted.env")
                .whiteout("app/gone")
                .file("app/again.env", format!("# mode\n{token}")),
        );
    image.config = json!({"Env": ["PATH=/usr/bin", format!("DB_PASSWORD={}", password())]});
    image
}

fn write(image: &Image, folder: &Path) -> String {
    let path = folder.join("image.tar");
    std::fs::write(&path, image.oci_archive()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn secrets_are_found_in_every_layer_with_what_became_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(&leaky(), folder.path());
    let report = run(&["image", "--input", &input, "-f", "json"]).json();
    assert_eq!(report["provenance"]["looked_for"], json!(["vulnerability", "secret"]));
    let mut found: Vec<String> = findings(&report, "secret")
        .into_iter()
        .map(|finding| {
            let at = &finding["at"];
            let place = ["path", "name", "entry"]
                .into_iter()
                .map(|key| &at[key])
                .find(|value| !value.is_null())
                .unwrap();
            format!(
                "{} {} layer {} line {} deleted by {}",
                finding["id"], place, at["layer"], at["lines"]["start"], at["deleted_by"]
            )
            .replace('"', "")
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            // Written again by a later layer, further down: the first layer brought it.
            "github-pat app/again.env layer 1 line 2 deleted by null",
            "github-pat app/deleted.env layer 1 line 1 deleted by 2",
            "github-pat app/gone/inner.env layer 1 line 1 deleted by 2",
            "secret-setting 2 layer null line null deleted by null",
            "secret-setting DB_PASSWORD layer null line null deleted by null",
        ]
    );
}

#[test]
fn no_format_has_the_value_of_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(&leaky(), folder.path());
    let help = run(&["image", "--help"]).stdout;
    let formats = help.split("Format: ").nth(1).unwrap().split('[').next().unwrap();
    let formats: Vec<&str> = formats.split(',').map(str::trim).collect();
    assert!(formats.len() > 8, "{formats:?}");
    for format in formats {
        for scanners in ["vuln,secret,misconfig,license", "vuln"] {
            let ran = run(&["image", "--input", &input, "--scanners", scanners, "-f", format]);
            // Formats that ask for more, such as a template, say so.
            for value in [github().as_str(), password(), build_password()] {
                assert!(!ran.stdout.contains(value), "{format}: {}", ran.stdout);
                assert!(!ran.stderr.contains(value), "{format}: {}", ran.stderr);
            }
        }
    }
}

#[test]
fn a_cached_layer_gives_the_same_findings() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(&leaky(), folder.path());
    let cache = folder.path().join("cache");
    let scan = |scanners: &str| {
        let mut command = crate::support::lazaret();
        command.env_remove("LAZARET_NO_CACHE").args(["image", "--input", &input, "-f", "json"]);
        command.arg("--cache-dir").arg(&cache).args(["--scanners", scanners]);
        ran(&mut command).stdout
    };
    let vulnerabilities_only = scan("vuln");
    let first = scan("vuln,secret,misconfig,license");
    assert_eq!(first, scan("vuln,secret,misconfig,license"));
    assert_eq!(vulnerabilities_only, scan("vuln"));
    let uncached = run(&[
        "image",
        "--input",
        &input,
        "-f",
        "json",
        "--scanners",
        "vuln,secret,misconfig,license",
    ]);
    assert_eq!(first, uncached.stdout);
}

#[test]
fn a_secret_in_any_layer_fails_the_gate_that_asks() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(&leaky(), folder.path());
    assert_eq!(run(&["image", "--input", &input]).code, 0);
    assert_eq!(run(&["image", "--input", &input, "--fail-on", "secret"]).code, 1);
    // What was not looked for cannot be found missing.
    let unasked = run(&["image", "--input", &input, "--scanners", "vuln", "--fail-on", "secret"]);
    assert_eq!(unasked.code, 2, "{}{}", unasked.stdout, unasked.stderr);
}

#[test]
fn rules_about_images_name_the_file_and_the_layer() {
    let folder = tempfile::tempdir().unwrap();
    let mut image = Image::new("app:1").layer(
        Layer::new("COPY passwd /etc/").file("etc/passwd", "root::0:0:root:/root:/bin/sh\n"),
    );
    image.config = json!({"User": "", "ExposedPorts": {"22/tcp": {}}});
    let input = write(&image, folder.path());
    let scan = ["image", "--input", &input, "--scanners", "misconfig", "-f", "json"];
    let report = run(&scan).json();
    let ids: BTreeSet<&str> = findings(&report, "misconfiguration")
        .into_iter()
        .map(|finding| finding["id"].as_str().unwrap())
        .collect();
    // No user, an account without a password, the port of SSH, no health check.
    for id in ["IM001", "IM007", "IM017", "IM020"] {
        assert!(ids.contains(id), "{id}: {ids:?}");
        assert!(!report["rules"][id]["fix"].as_str().unwrap().is_empty());
    }
    let at = |id: &str| {
        let broken = findings(&report, "misconfiguration");
        let found = broken.iter().find(|finding| finding["id"] == id).unwrap();
        (found["at"].clone(), found["history"].clone())
    };
    let place =
        json!({"place": "file", "path": "etc/passwd", "layer": 0, "lines": {"start": 1, "end": 1}});
    assert_eq!(at("IM007"), (place, json!(0)));
    assert_eq!(at("IM017"), (json!({"place": "image"}), Value::Null));
}

#[test]
fn what_is_planted_in_a_real_image_is_found_and_no_decoy_is() {
    let Some(image) = shared("corpus/images/oci/langmix-mini") else { return };
    let Some(planted) = shared("corpus/images/oci/langmix-mini.planted.json") else { return };
    let planted: Value = serde_json::from_slice(&std::fs::read(planted).unwrap()).unwrap();
    let input = image.to_str().unwrap();
    let report = run(&["image", "--input", input, "--scanners", "secret", "-f", "json"]).json();
    let secrets = findings(&report, "secret");
    for plant in planted.as_array().unwrap() {
        let path = plant["path"].as_str().unwrap();
        let rules: Vec<&str> = match path {
            "/root/.aws/credentials" => vec!["aws-access-key-id", "aws-secret-access-key"],
            "/root/.ssh/id_rsa" | "/root/.ssh/id_ed25519" => vec!["private-key"],
            "/app/.npmrc" => vec!["npm-access-token"],
            "/app/.env" => {
                vec!["github-pat", "slack-bot-token", "stripe-secret-key", "postgres-url-password"]
            }
            "/opt/legacy/config/gcp.json" => vec!["gcp-service-account"],
            "/opt/legacy/config/settings.py" => vec!["django-secret-key"],
            "/opt/legacy/cache/token.txt" => vec!["gitlab-pat"],
            "/etc/app/jwt.txt" => vec!["jwt"],
            "image config Env" => vec!["secret-setting", "aws-secret-access-key"],
            other if other.starts_with("history ") => vec!["github-pat"],
            other => panic!("a planted secret this test does not know: {other}"),
        };
        let is_present = plant["state"] == "present";
        for rule in rules {
            let found = secrets.iter().find(|finding| {
                let at = &finding["at"];
                let is_there = match at["place"].as_str().unwrap() {
                    "file" => format!("/{}", at["path"].as_str().unwrap()) == path,
                    "env" => path == "image config Env",
                    "history" => path.starts_with("history "),
                    _ => false,
                };
                finding["id"] == rule && is_there
            });
            let found = found.unwrap_or_else(|| panic!("{rule} at {path} was not found"));
            assert_eq!(found["at"]["deleted_by"].is_null(), is_present, "{path}");
        }
    }
    let decoys =
        ["usr/share/doc/awscli-example/README", "app/test/fixtures/key.pub", "app/placeholder.env"];
    for finding in &secrets {
        let path = finding["at"]["path"].as_str().unwrap_or_default();
        assert!(!decoys.contains(&path), "{finding}");
    }
    assert_eq!(secrets.len(), 16, "nothing else is in it");
}

#[test]
fn files_are_checked_with_their_lines_and_comments_accept() {
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = folder.path().join("Dockerfile");
    let text = "FROM debian:latest\n# hadolint ignore=DL3002\nUSER root\nCMD [\"sh\"]\n";
    std::fs::write(&dockerfile, text).unwrap();
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostNetwork: true\n  \
               containers:\n  - name: a\n    image: a\n    securityContext:\n      privileged: true\n";
    std::fs::write(folder.path().join("deploy/pod.yaml"), pod).unwrap();
    std::fs::write(folder.path().join("data.json"), "{}").unwrap();

    let report = run(&["config", folder.path().to_str().unwrap(), "-f", "json"]).json();
    assert_eq!(report["target"], "config");
    let broken = findings(&report, "misconfiguration");
    let about = |path: &str, alias: &str| {
        broken
            .iter()
            .find(|f| {
                f["at"]["path"] == path
                    && f["aliases"].as_array().unwrap().iter().any(|other| other == alias)
            })
            .unwrap_or_else(|| panic!("{alias} in {path} was not found"))
    };
    let latest = about("Dockerfile", "DL3007");
    assert_eq!((&latest["at"]["lines"]["start"], &latest["state"]), (&json!(1), &json!("open")));
    let root = about("Dockerfile", "DL3002");
    assert_eq!((&root["at"]["lines"]["start"], &root["state"]), (&json!(3), &json!("suppressed")));
    assert_eq!(root["suppression"]["by"], "Dockerfile:2");
    assert!(
        broken.iter().any(|f| f["at"]["path"] == "deploy/pod.yaml" && f["checked"] == "kubernetes")
    );
    assert!(broken.iter().all(|f| f["at"]["path"] != "data.json"));

    let file = dockerfile.to_str().unwrap();
    assert_eq!(run(&["config", file]).code, 0);
    assert_eq!(run(&["config", file, "--fail-on", "low"]).code, 1);
    assert_eq!(run(&["config", folder.path().join("none").to_str().unwrap()]).code, 2);
}

#[test]
fn a_dockerfile_with_errors_names_the_place_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Dockerfile");
    std::fs::write(&file, "FROM debian:latest\nFROBNICATE x\nRUN sudo apt-get update\n").unwrap();
    let report = run(&["config", file.to_str().unwrap(), "-f", "json"]).json();
    let problems = report["inventory"]["problems"].as_array().unwrap();
    assert!(problems.iter().any(|p| p["location"]["lines"]["start"] == 2), "{problems:?}");
    let lines: BTreeSet<u64> = findings(&report, "misconfiguration")
        .into_iter()
        .filter_map(|f| f["at"]["lines"]["start"].as_u64())
        .collect();
    assert!(lines.contains(&1) && lines.contains(&3), "{lines:?}");
}

#[test]
fn licenses_are_judged_by_class_and_the_classes_are_the_users() {
    let folder = tempfile::tempdir().unwrap();
    let lock = json!({"name": "app", "lockfileVersion": 3, "packages": {
        "": {"name": "app"},
        "node_modules/a": {"version": "1.0.0", "license": "AGPL-3.0-only"},
        "node_modules/b": {"version": "2.0.0", "license": "(MIT OR GPL-2.0-only)"},
    }});
    std::fs::write(folder.path().join("package-lock.json"), lock.to_string()).unwrap();
    let path = folder.path().to_str().unwrap();
    let judged = |arguments: &[&str]| -> Vec<String> {
        let scan = [&["fs", path, "--scanners", "license", "-f", "json"], arguments].concat();
        let report = run(&scan).json();
        let words = |finding: &&Value| {
            let parts = ["id", "class", "severity"].map(|key| finding[key].as_str().unwrap());
            format!("{} {}", finding["package"]["name"].as_str().unwrap(), parts.join(" "))
        };
        findings(&report, "license").iter().map(words).collect()
    };
    assert_eq!(
        judged(&[]),
        ["a AGPL-3.0-only forbidden CRITICAL", "b MIT OR GPL-2.0-only notice LOW"]
    );
    assert_eq!(
        judged(&["--license-class", "forbidden=MIT,GPL-2.0", "--license-class", "notice=AGPL-3.0"]),
        ["b MIT OR GPL-2.0-only forbidden CRITICAL", "a AGPL-3.0-only notice LOW"]
    );
}
