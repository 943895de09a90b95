//! `--format template`: where templates come from, and what is said of those that are none.

use crate::support::{example, lazaret, ran, run};
use serde_json::Value;
use std::fs;

fn scan(arguments: &[&str]) -> crate::support::Ran {
    let path = example();
    let base = ["image", "--input", path.to_str().unwrap(), "--format", "template", "--template"];
    run(&[&base[..], arguments].concat())
}

const IDS: &str =
    "{{ range . }}{{ range .Vulnerabilities }}{{ .VulnerabilityID }}\n{{ end }}{{ end }}";

/// The ids that the example's vulnerabilities have in Trivy's format.
fn ids() -> String {
    let path = example();
    let json = run(&["image", "--input", path.to_str().unwrap(), "-f", "trivy-json"]).json();
    let results = json["Results"].as_array().unwrap().iter();
    let found =
        results.flat_map(|result| result["Vulnerabilities"].as_array().into_iter().flatten());
    let lines: Vec<String> =
        found.map(|found| format!("{}\n", found["VulnerabilityID"].as_str().unwrap())).collect();
    lines.concat()
}

#[test]
fn a_template_is_a_file_or_the_text_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ids.tpl");
    fs::write(&file, IDS).unwrap();
    let file = file.to_str().unwrap();
    let ids = ids();
    assert!(ids.lines().count() > 1, "{ids}");
    for template in [IDS, file, &format!("@{file}")] {
        let ran = scan(&[template]);
        assert_eq!((ran.code, ran.stdout), (0, ids.clone()), "{template}: {}", ran.stderr);
    }
    let jinja = folder.path().join("name.j2");
    fs::write(&jinja, "{{ image.name }} {{ findings|length }}").unwrap();
    let ran = scan(&[jinja.to_str().unwrap()]);
    assert!(ran.stdout.contains(' ') && !ran.stdout.contains('{'), "{}", ran.stdout);
    let inline = scan(&["{% if findings %}some{% endif %}"]);
    assert_eq!(inline.stdout, "some", "{}", inline.stderr);
}

#[test]
fn every_command_that_writes_reports_takes_templates() {
    let folder = tempfile::tempdir().unwrap();
    let path = example();
    let input = path.to_str().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("Dockerfile"), "FROM debian:12\nUSER root\n").unwrap();
    let also = format!("template={}", at("also.txt"));
    let ran = run(&[
        "image",
        "--input",
        input,
        "-f",
        "json",
        "-o",
        &at("report.json"),
        "--template",
        IDS,
        "--report",
        &also,
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(fs::read_to_string(at("also.txt")).unwrap(), ids());
    let bom = ["image", "--input", input, "-f", "cyclonedx", "-o", &at("bom.json")];
    assert_eq!(run(&bom).code, 0);
    let with = ["--format", "template", "--template", "{{ len . }} results"];
    for (command, code) in [
        (&["convert", &at("report.json")][..], 0),
        (&["gate", "--report", &at("report.json")], 1),
        (&["gate", "--input", input], 1),
        (&["sbom", &at("bom.json")], 0),
        (&["fs", folder.path().to_str().unwrap()], 0),
        (&["rootfs", folder.path().to_str().unwrap()], 0),
        (&["config", &at("Dockerfile")], 0),
    ] {
        let ran = run(&[command, &with[..]].concat());
        assert_eq!(ran.code, code, "{command:?}: {}", ran.stderr);
        assert!(ran.stdout.ends_with(" results"), "{command:?}: {}", ran.stdout);
    }
}

#[test]
fn templates_that_trivy_brings_along_are_formats_where_they_are_not_there() {
    for (template, beginning) in [
        ("@contrib/html.tpl", "<!DOCTYPE html>"),
        ("@contrib/junit.tpl", "<?xml"),
        ("@/usr/local/share/trivy/contrib/gitlab.tpl", "{"),
        ("contrib/gitlab-codequality.tpl", "["),
        ("@contrib/sarif.tpl", "{"),
    ] {
        let ran = scan(&[template]);
        assert_eq!(ran.code, 0, "{template}: {}", ran.stderr);
        let start: String = ran.stdout.chars().take(beginning.len()).collect();
        assert_eq!(start.to_lowercase(), beginning.to_lowercase(), "{template}");
    }
    let refused = scan(&["@contrib/asff.tpl"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("AWS_ACCOUNT_ID"), "{}", refused.stderr);
    // Where one is there, it is what is meant.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("contrib")).unwrap();
    fs::write(folder.path().join("contrib/html.tpl"), "<p>{{ len . }}</p>").unwrap();
    let input = fs::canonicalize(example()).unwrap();
    let mut command = lazaret();
    command.current_dir(folder.path()).args(["image", "--input"]).arg(input);
    let own = ran(command.args(["-f", "template", "--template", "@contrib/html.tpl"]));
    assert!(own.stdout.starts_with("<p>"), "{} {}", own.stdout, own.stderr);
}

#[test]
fn what_is_no_template_is_said_before_anything_is_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.tpl");
    fs::write(&file, "a\n{{ nosuch . }}").unwrap();
    let place = format!("{}:2:4: there is no function `nosuch`", file.display());
    for (template, parts) in [
        (file.to_str().unwrap(), &[place.as_str()][..]),
        ("@gone.tpl", &["there is no template gone.tpl"]),
        ("gone.tpl", &["there is no template gone.tpl"]),
        ("@contrib/own.tpl", &["there is no template contrib/own.tpl"]),
        ("{{ range . }}", &["template:1:1: this `range` has no `end`"]),
        ("{% if %}", &["template:1"]),
        (folder.path().to_str().unwrap(), &["failed to read the template"]),
    ] {
        // The image is not there either, which is not what is said.
        let ran = run(&["image", "--input", "gone.tar", "-f", "template", "--template", template]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{template}");
        for part in parts {
            assert!(ran.stderr.contains(part), "`{part}` is missing from {}", ran.stderr);
        }
    }
    let ran = scan(&["{{ range . }}{{ .Nothing }}{{ end }}"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("template:1:17: types.Result has no field `Nothing`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_date_of_reproducible_builds_is_the_templates_too() {
    let path = example();
    let mut command = lazaret();
    command.env("SOURCE_DATE_EPOCH", "1700000000").args(["image", "--input"]).arg(path);
    let text = "{\"at\": {{ now | toJson }}}";
    let json: Value = ran(command.args(["-f", "template", "--template", text])).json();
    assert_eq!(json["at"], "2023-11-14T22:13:20Z");
}
