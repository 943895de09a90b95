//! What belongs to checks: catalogs of controls, rules of one's own, paths that are left out, and
//! the files by which other tools are told what counts.

use crate::support::{Ran, lazaret, ran, run, text};
use lazaret_testkit::{Image, Layer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    ran(lazaret().current_dir(folder).args(arguments))
}

fn image(folder: &Path, image: &Image) -> String {
    let path = folder.join("image.tar");
    fs::write(&path, image.oci_archive()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn statuses(report: &Value) -> BTreeMap<&str, &str> {
    let controls = report["compliance"]["controls"].as_array().unwrap();
    controls.iter().map(|control| (text(&control["id"]), text(&control["status"]))).collect()
}

fn ids(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let open = findings.iter().filter(|finding| finding["state"] == "open");
    open.map(|finding| text(&finding["id"]).to_owned()).collect()
}

#[test]
fn every_control_of_a_catalog_is_told_of_with_what_speaks_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = Image::new("app:1").layer(Layer::new("COPY su /usr/bin/su").entry(
        lazaret_testkit::Entry::File {
            path: "usr/bin/su".to_owned(),
            content: b"su".to_vec(),
            mode: 0o4755,
        },
    ));
    app.config = json!({"User": "root", "Healthcheck": {"Test": ["CMD", "true"]}});
    let input = image(folder.path(), &app);
    let report = run(&["image", "--input", &input, "--compliance", "docker-cis", "-f", "json"]);
    let report = report.json();
    // The catalog asks for critical vulnerabilities and secrets too, so these are looked for.
    let looked_for = json!(["vulnerability", "secret", "misconfiguration"]);
    assert_eq!(report["provenance"]["looked_for"], looked_for);
    let statuses = statuses(&report);
    assert_eq!(statuses.len(), 12);
    for (id, status) in
        [("4.1", "fail"), ("4.2", "manual"), ("4.4", "pass"), ("4.6", "pass"), ("4.8", "fail")]
    {
        assert_eq!(statuses[id], status, "{id}");
    }
    let user = &report["compliance"]["controls"][0];
    let evidence = usize::try_from(user["findings"][0].as_u64().unwrap()).unwrap();
    assert_eq!(report["findings"][evidence]["id"], "IM001");
    assert_eq!((&user["rules"], &user["looked_at"]), (&json!(["IM001"]), &json!(1)));

    let table = run(&["image", "--input", &input, "--compliance", "docker-cis"]).stdout;
    assert!(table.contains("CIS Docker Benchmark"), "{table}");
    assert!(table.contains("4.1   fail") && table.contains("4.6   pass"), "{table}");
    let saved = folder.path().join("report.json");
    fs::write(&saved, serde_json::to_string(&report).unwrap()).unwrap();
    let again = run(&["convert", saved.to_str().unwrap(), "--format", "json"]).json();
    assert_eq!(again["compliance"], report["compliance"]);
}

#[test]
fn what_was_not_looked_for_is_not_passed() {
    let folder = tempfile::tempdir().unwrap();
    let input = image(folder.path(), &Image::new("app:1").layer(Layer::new("x").file("a", "b")));
    let scan = ["image", "--input", &input, "--compliance", "docker-cis", "-f", "json"];
    let report = run(&[&scan[..], &["--scanners", "misconfig"]].concat()).json();
    assert_eq!(statuses(&report)["4.4"], "not-checked");
    let report = run(&[&scan[..], &["--scanners", "vuln"]].concat()).json();
    assert_eq!(statuses(&report)["4.1"], "not-checked");
    assert_eq!(statuses(&report)["4.4"], "pass");
}

#[test]
fn manifests_are_held_against_the_pod_security_standards_and_ones_own_catalog() {
    let folder = tempfile::tempdir().unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostNetwork: true\n  \
               containers:\n  - name: a\n    image: a:1\n";
    let own = "spec:\n  id: ours\n  title: Our own\n  controls:\n  - id: 1\n    name: No host network\n    \
               severity: HIGH\n    checks:\n    - id: AVD-KSV-0009\n  - id: 2\n    name: Owner\n    \
               severity: LOW\n    checks:\n    - id: USR-0002\n";
    let rule = "# METADATA\n# title: Owner missing\n# custom:\n#   id: USR-0002\n#   severity: LOW\n#   \
                input:\n#     selector:\n#       - type: kubernetes\npackage user.owner\n\nimport \
                rego.v1\n\ndeny contains \"no owner\" if not input.metadata.labels.owner\n";
    write(folder.path(), &[("k8s/pod.yaml", pod), ("own.yaml", own), ("owner.rego", rule)]);
    let scan = |arguments: &[&str]| {
        let scan = ["config", "k8s", "-f", "json"];
        run_in(folder.path(), &[&scan[..], arguments].concat()).json()
    };
    assert_eq!(statuses(&scan(&["--compliance", "pss-baseline"]))["2"], "fail");
    for spelled in ["own.yaml", "@own.yaml"] {
        let report = scan(&["--compliance", spelled, "--config-check", "owner.rego"]);
        assert_eq!(report["compliance"]["title"], "Our own");
        assert_eq!(statuses(&report), BTreeMap::from([("1", "fail"), ("2", "fail")]));
        assert_eq!(statuses(&scan(&["--compliance", spelled]))["2"], "not-checked");
    }
    let wrong = run_in(folder.path(), &["config", "k8s", "--compliance", "pss"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("pss-baseline"), "{}", wrong.stderr);
    let wrong = run_in(folder.path(), &["config", "k8s", "--compliance", "k8s/pod.yaml"]);
    assert!(
        wrong.code == 2 && wrong.stderr.contains("there are no `controls`"),
        "{}",
        wrong.stderr
    );
    let rootfs = run_in(folder.path(), &["rootfs", "k8s", "--compliance", "nsa"]);
    assert_eq!(rootfs.code, 2);
}

/// A rule for a kind of input, that looks for `input.bad` or, in a Dockerfile, for a user.
fn rule(kind: &str, condition: &str, result: &str) -> String {
    format!(
        "# METADATA\n# title: Bad {kind}\n# description: It is bad.\n# custom:\n#   id: USR-{kind}\n#   \
         aliases: [bad-{kind}]\n#   severity: HIGH\n#   recommended_action: Mend it.\n#   input:\n#     \
         selector:\n#       - type: {kind}\npackage user.{}\n\nimport rego.v1\nimport \
         data.lib.docker\n\ndeny contains res if {{\n\t{condition}\n\tres := {result}\n}}\n",
        kind.replace('-', "_")
    )
}

#[test]
fn rules_of_ones_own_look_at_every_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    let bad = "input.bad";
    write(
        folder.path(),
        &[
            ("rules/a/y.rego", &rule("yaml", bad, "result.new(\"bad\", input.bad)")),
            ("rules/j.rego", &rule("json", bad, "\"bad\"")),
            ("rules/t.rego", &rule("toml", bad, "\"bad\"")),
            ("rules/j_test.rego", "not a rule"),
            ("rules/README.md", "not a rule"),
            (
                "docker.rego",
                &rule(
                    "dockerfile",
                    "some user in docker.user\n\tuser.Value[0] == \"root\"",
                    "result.new(\"root\", user)",
                ),
            ),
            (
                "tf.rego",
                &rule(
                    "terraform-raw",
                    "some block in input.modules[_].blocks\n\tblock.type == \"x\"",
                    "result.new(block.name, block)",
                ),
            ),
            ("src/a.yaml", "other: 1\nbad:\n  x: 1\n"),
            ("src/b.json", "{\"bad\": 1}"),
            ("src/c.toml", "bad = 1\n"),
            ("src/good.toml", "good = 1\n"),
            ("src/Dockerfile", "FROM debian:12\nUSER root\n"),
            ("src/tf/a.tf", "variable \"n\" {}\n"),
            ("src/tf/b.tf", "\nresource \"x\" \"here\" {\n}\n"),
        ],
    );
    let scan = |command: &[&str]| {
        let rules = ["--config-check", "rules", "--config-check", "docker.rego"];
        let rules = [&rules[..], &["--config-check", "tf.rego", "-f", "json"]].concat();
        run_in(folder.path(), &[command, &rules[..]].concat()).json()
    };
    for command in [&["config", "src"][..], &["fs", "src", "--scanners", "misconfig"]] {
        let report = scan(command);
        let mut found: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["checked"] == "custom")
            .map(|finding| {
                let at = &finding["at"];
                let line = &at["lines"]["start"];
                format!("{} {} {line}", text(&finding["id"]), text(&at["path"]))
            })
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                "USR-dockerfile Dockerfile 2",
                "USR-json b.json null",
                "USR-terraform-raw tf/b.tf 2",
                "USR-toml c.toml null",
                "USR-yaml a.yaml 3",
            ],
            "{:?}",
            report["inventory"]["problems"]
        );
        let rule = &report["rules"]["USR-yaml"];
        assert_eq!((text(&rule["title"]), text(&rule["fix"])), ("Bad yaml", "Mend it."));
        assert_eq!(rule["aliases"], json!(["bad-yaml"]));
        assert_eq!(report["inventory"]["problems"], Value::Null);
    }
    // A comment in the file accepts what a rule of one's own says, too, by any of its names.
    write(
        folder.path(),
        &[
            ("src/a.yaml", "# lazaret:ignore bad-yaml reason=\"known\"\nbad:\n  x: 1\n"),
            ("src/Dockerfile", "FROM debian:12\n# trivy:ignore:USR-dockerfile\nUSER root\n"),
            (
                "src/tf/b.tf",
                "resource \"x\" \"a\" {\n}\n# trivy:ignore:*\nresource \"x\" \"b\" {\n}\n",
            ),
        ],
    );
    let report = scan(&["config", "src"]);
    let custom = report["findings"].as_array().unwrap().iter();
    let states: Vec<(&str, &str)> = custom
        .filter(|finding| finding["checked"] == "custom")
        .map(|finding| (text(&finding["id"]), text(&finding["state"])))
        .collect();
    for expected in [
        ("USR-yaml", "suppressed"),
        ("USR-dockerfile", "suppressed"),
        ("USR-json", "open"),
        ("USR-terraform-raw", "suppressed"),
        ("USR-terraform-raw", "open"),
    ] {
        assert!(states.contains(&expected), "{expected:?}: {states:?}");
    }
    assert_eq!(states.len(), 6, "{states:?}");
    // The same file alone, which no built-in rule knows.
    let report = scan(&["config", "src/c.toml"]);
    assert_eq!(ids(&report), ["USR-toml"]);
    assert_eq!(report["inventory"]["problems"], Value::Null);
}

#[test]
fn a_rule_that_fails_is_a_problem_and_no_pass() {
    let folder = tempfile::tempdir().unwrap();
    let broken = "package user.broken\n\nimport rego.v1\n\ndeny contains res if {\n\tsome i in \
                  numbers.range(1, 2)\n\tres := result.new(sprintf(\"%d\", [i]), i)\n\tx := {1: i}\n\t\
                  y := {k: v | some k in [1, 1]; some v in [1, 2]}\n}\n";
    write(folder.path(), &[("a.json", "{}"), ("broken.rego", broken), ("bad.rego", "package\n")]);
    let scan = ["config", "a.json", "--config-check", "broken.rego", "-f", "json"];
    let report = run_in(folder.path(), &scan);
    let problems = report.json()["inventory"]["problems"].clone();
    assert_eq!(problems[0]["kind"], "internal", "{problems}");
    assert!(text(&problems[0]["message"]).contains("broken.rego"), "{problems}");
    assert_eq!(report.code, 0);
    assert_eq!(run_in(folder.path(), &[&scan[..], &["--fail-on", "high"]].concat()).code, 2);
    // Rules that cannot be read, or are not there, are errors before anything is looked at.
    for rules in ["bad.rego", "none.rego", "a.json"] {
        let ran = run_in(folder.path(), &["config", "a.json", "--config-check", rules]);
        assert!(ran.code == 2 && ran.stderr.contains(rules), "{rules}: {}", ran.stderr);
    }
    let ran = run_in(folder.path(), &["rootfs", ".", "--config-check", "broken.rego"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn paths_that_are_left_out_are_not_looked_into_by_anyone() {
    let folder = tempfile::tempdir().unwrap();
    let lock = |name: &str| {
        let path = format!("node_modules/{name}");
        let packages = json!({"": {"name": "app"}, path: {"version": "1.0.0"}});
        json!({"name": "app", "lockfileVersion": 3, "packages": packages}).to_string()
    };
    let key = "-----BEGIN RSA PRIVATE KEY-----\n\
               MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF0qJDr7tW2k0Wv8mqvYVUVVnRUpx\n\
               -----END RSA PRIVATE KEY-----\n";
    let app = Image::new("app:1").layer(
        Layer::new("COPY . /")
            .file("srv/a/package-lock.json", lock("kept"))
            .file("srv/old/package-lock.json", lock("older"))
            .file("srv/old/key.pem", key)
            .file("srv/a/key.pem", key),
    );
    let input = image(folder.path(), &app);
    let cache = folder.path().join("cache");
    let scan = |skip: &[&str]| {
        let mut command = lazaret();
        command.env_remove("LAZARET_NO_CACHE").args(["image", "--input", &input, "-f", "json"]);
        command.arg("--cache-dir").arg(&cache).args(skip);
        let report = ran(&mut command).json();
        let mut seen: Vec<String> = report["inventory"]["packages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|package| text(&package["name"]).to_owned())
            .collect();
        let secrets = report["findings"].as_array().unwrap().iter();
        let secrets = secrets.filter(|finding| finding["kind"] == "secret");
        seen.extend(secrets.map(|finding| text(&finding["at"]["path"]).to_owned()));
        seen.retain(|name| name != "app");
        seen.sort();
        seen
    };
    let all = ["kept", "older", "srv/a/key.pem", "srv/old/key.pem"];
    assert_eq!(scan(&[]), all);
    for skip in [&["--skip-dirs", "srv/old"][..], &["--skip-dirs", "none,/**/{old,x}/"]] {
        assert_eq!(scan(skip), ["kept", "srv/a/key.pem"], "{skip:?}");
    }
    let files = ["--skip-files", "**/*.pem", "--skip-files", "/srv/a/package-lock.json"];
    assert_eq!(scan(&files), ["older"]);
    // What was cached by then is of each by itself.
    assert_eq!(scan(&[]), all);
    let wrong = run(&["image", "--input", &input, "--skip-dirs", "[z"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("[z"), "{}", wrong.stderr);
}

#[test]
fn folders_leave_out_paths_as_they_are_from_here_too() {
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = "FROM debian:latest\n";
    write(folder.path(), &[("src/Dockerfile", dockerfile), ("src/old/Dockerfile", dockerfile)]);
    let paths = |arguments: &[&str]| {
        let report = run_in(folder.path(), &[arguments, &["-f", "json"]].concat()).json();
        let findings = report["findings"].as_array().unwrap().iter();
        let mut paths: Vec<_> = findings.map(|f| text(&f["at"]["path"]).to_owned()).collect();
        paths.dedup();
        paths.sort();
        paths.dedup();
        paths
    };
    assert_eq!(paths(&["config", "src"]), ["Dockerfile", "old/Dockerfile"]);
    for skip in ["old", "src/old", "./src/old/", "**/old"] {
        assert_eq!(paths(&["config", "src", "--skip-dirs", skip]), ["Dockerfile"], "{skip}");
    }
    let fs = ["fs", "./src", "--scanners", "misconfig", "--skip-files", "src/Dockerfile"];
    assert_eq!(paths(&fs), ["old/Dockerfile"]);
}

#[test]
fn hadolints_settings_in_the_working_folder_are_heeded() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("Dockerfile", "FROM docker.io/debian:latest\nLABEL team=x\n"),
            (
                ".hadolint.yaml",
                "ignored: [DL3057]\ntrustedRegistries: [registry.example]\nlabel-schema:\n  url: url\n\
                 override:\n  error: [DL3007]\n",
            ),
        ],
    );
    let report = run_in(folder.path(), &["config", "Dockerfile", "-f", "json"]).json();
    let of = |alias: &str| {
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| {
            finding["aliases"].as_array().into_iter().flatten().any(|a| a == alias)
        });
        found.unwrap_or_else(|| panic!("{alias}")).clone()
    };
    assert_eq!(of("DL3007")["severity"], "HIGH");
    assert_eq!(of("DL3026")["state"], "open");
    assert_eq!(of("DL3049")["state"], "open");
    assert_eq!(of("DL3057")["state"], "suppressed");
    fs::write(folder.path().join(".hadolint.yaml"), "label-schema:\n  url: color\n").unwrap();
    let wrong = run_in(folder.path(), &["config", "Dockerfile"]);
    assert!(wrong.code == 2 && wrong.stderr.contains(".hadolint.yaml"), "{}", wrong.stderr);
}

#[test]
fn other_tools_ignore_files_name_findings_by_their_own_ids() {
    let folder = tempfile::tempdir().unwrap();
    let token = ["ghp", "_", "7ectQHfUj9aYV0EaSYkJ9ntIYgbU1qKwrBN5"].concat();
    let mut app = Image::new("app:1").layer(Layer::new("COPY x").file("app/.env", &token));
    app.config = json!({"User": "root"});
    let input = image(folder.path(), &app);
    write(
        folder.path(),
        &[
            ("src/Dockerfile", "FROM debian:latest\nUSER root\n"),
            (".hadolint.yaml", "ignored:\n  - DL3007\n"),
            (".trivyignore", "AVD-DS-0002\ngithub-pat\n"),
            (".dockleignore", "CIS-DI-0006\n"),
        ],
    );
    let suppressed = |arguments: &[&str]| -> BTreeMap<String, String> {
        let report = run_in(folder.path(), &[arguments, &["-f", "json"]].concat()).json();
        let findings = report["findings"].as_array().unwrap().iter();
        let suppressed = findings.filter(|finding| finding["state"] == "suppressed");
        suppressed
            .map(|f| (text(&f["id"]).to_owned(), text(&f["suppression"]["by"]).to_owned()))
            .collect()
    };
    let by = |found: &BTreeMap<String, String>, id: &str| {
        found.get(id).unwrap_or_else(|| panic!("{id}: {found:?}")).clone()
    };
    let files = suppressed(&["config", "src"]);
    assert!(by(&files, "DF002").contains(".hadolint.yaml"), "{files:?}");
    assert!(by(&files, "DF016").contains(".trivyignore"), "{files:?}");
    let found = suppressed(&["image", "--input", &input, "--scanners", "secret,misconfig"]);
    assert!(by(&found, "github-pat").contains(".trivyignore"), "{found:?}");
    assert!(by(&found, "IM020").contains(".dockleignore"), "{found:?}");
    assert!(by(&found, "IM001").contains(".trivyignore"), "{found:?}");
}
