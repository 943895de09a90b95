//! Policies, ignore files, VEX and baselines as a pipeline uses them.

use crate::support::{Ran, example, lazaret, ran};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// The only finding of the example image's `ws`, with a fix.
const WS: &str = "CVE-2024-37890";

/// A folder to run in.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        fs::write(self.0.path().join(name), text).unwrap();
        self
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        ran(lazaret().current_dir(self.0.path()).args(arguments))
    }

    /// Runs a command on the example image.
    fn on_example(&self, command: &str, arguments: &[&str]) -> Ran {
        let path = example_path();
        let input = path.to_str().unwrap();
        let all: Vec<&str> = [command, "--input", input].iter().chain(arguments).copied().collect();
        self.run(&all)
    }

    /// The suppression of the finding of `ws`.
    fn ws(&self, arguments: &[&str]) -> Value {
        let all: Vec<&str> = ["-f", "json"].iter().chain(arguments).copied().collect();
        let report = self.on_example("image", &all).json();
        let findings = report["findings"].as_array().unwrap().clone();
        let found = findings.iter().find(|finding| finding["id"] == WS).unwrap();
        found["suppression"].clone()
    }
}

fn example_path() -> PathBuf {
    fs::canonicalize(example()).unwrap()
}

#[test]
fn a_gate_without_a_policy_asks_the_built_in_one() {
    let place = Place::new();
    let ran = place.on_example("gate", &[]);
    // Eight findings of HIGH have a fix.
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("(fixable-high)"), "{}", ran.stdout);
    assert_eq!(place.on_example("gate", &["--exit-code", "7"]).code, 7);
    // The rules of a file take its place; the sources of the example are samples.
    let policy = "version: 1\nrules: [{id: a, effect: deny, when: {id: CVE-1999-0001}}]\n";
    place.write("lazaret-policy.yaml", policy);
    let own = ["--policy", "lazaret-policy.yaml"];
    assert_eq!(place.on_example("gate", &own).code, 2);
    assert_eq!(place.on_example("image", &own).code, 0);
    let patient = "version: 1\nrules: [{id: a, effect: warn, when: {incomplete: true}}]\n";
    place.write("lazaret-policy.yaml", patient);
    assert_eq!(place.on_example("gate", &own).code, 0);
    assert_eq!(place.on_example("image", &["--policy", "strict"]).code, 1);
    assert_eq!(place.on_example("image", &["--policy", "gone.yaml"]).code, 2);
}

#[test]
fn a_policy_comes_from_flag_environment_and_file() {
    let place = Place::new();
    place
        .write("deny.yaml", "version: 1\nrules: [{id: d, effect: deny, when: {severity: HIGH}}]\n");
    place.write("none.yaml", "version: 1\n");
    place.write("lazaret.yaml", "policy: deny.yaml\n");
    assert_eq!(place.on_example("image", &[]).code, 1);
    assert_eq!(place.on_example("image", &["--policy", "none.yaml"]).code, 0);
    let path = example_path();
    let mut command = lazaret();
    command.current_dir(place.0.path()).env("LAZARET_POLICY", "none.yaml");
    assert_eq!(ran(command.args(["image", "--input"]).arg(&path)).code, 0);
    let mut command = lazaret();
    command.current_dir(place.0.path()).env("LAZARET_IGNOREFILE", "list.txt");
    place.write("list.txt", &format!("{WS}\n"));
    let ran = ran(command.args(["image", "-f", "json", "--input"]).arg(&path));
    assert!(ran.stdout.contains("\"by\": \"list.txt:1\""), "{}", ran.stderr);
}

#[test]
fn a_wrong_policy_is_shown_in_its_line() {
    let place = Place::new();
    place.write("p.yaml", "version: 1\nrules:\n  - id: a\n    efect: deny\n");
    for arguments in [&["policy", "check", "p.yaml"][..], &["policy", "explain", "p.yaml"]] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 2);
        assert!(
            ran.stderr.contains("p.yaml:4:5: unknown key `efect`: did you mean `effect`?")
                && ran.stderr.contains("    4 |     efect: deny"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(place.on_example("gate", &["--policy", "p.yaml"]).code, 2);
    place.write("p.yaml", "version: 1\nextends: strict\n");
    let ran = place.run(&["policy", "check", "p.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("from p.yaml, strict, default"), "{}", ran.stdout);
}

#[test]
fn files_that_extend_each_other_are_found_from_where_they_are() {
    let place = Place::new();
    fs::create_dir(place.0.path().join("org")).unwrap();
    place.write("org/base.yaml", "version: 1\nextends: more.yaml\n");
    place.write(
        "org/more.yaml",
        "version: 1\nrules: [{id: m, effect: deny, when: {severity: HIGH}}]\n",
    );
    place.write("p.yaml", "version: 1\nextends: org/base.yaml\n");
    let ran = place.run(&["policy", "explain", "p.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("deny   m: findings of severity HIGH or worse"), "{}", ran.stdout);
    place.write("p.yaml", "version: 1\nextends: org/gone.yaml\n");
    let ran = place.run(&["policy", "check", "p.yaml"]);
    assert!(ran.code == 2 && ran.stderr.contains("p.yaml:2:10: `org/gone.yaml`"), "{}", ran.stderr);
}

#[test]
fn ignore_files_are_found_as_their_tools_find_them() {
    for (name, text, by) in [
        (".trivyignore", "# x\nCVE-2024-37890\n", ".trivyignore:2"),
        (
            ".lazaretignore.yaml",
            "ignore:\n  - {id: CVE-2024-37890, owner: ann}\n",
            ".lazaretignore.yaml:2 (ann)",
        ),
        (".grype.yaml", "ignore:\n  - vulnerability: GHSA-3h5v-q93c-6h6q\n", ".grype.yaml:2"),
        (
            "osv-scanner.toml",
            "[[IgnoredVulns]]\nid = \"GHSA-3h5v-q93c-6h6q\"\n",
            "osv-scanner.toml:1",
        ),
        (".snyk", "ignore:\n  CVE-2024-37890:\n    - '*': {reason: x}\n", ".snyk:3"),
    ] {
        let place = Place::new();
        assert_eq!(place.ws(&[]), Value::Null);
        place.write(name, text);
        assert_eq!(place.ws(&[])["by"], by, "{name}");
    }
    // Trivy takes the longer name by flag only, and a flag stands in for the file it would find.
    let place = Place::new();
    place.write(".trivyignore.yaml", "vulnerabilities: [{id: CVE-2024-37890}]\n");
    place.write(".trivyignore", "CVE-1\n");
    assert_eq!(place.ws(&[]), Value::Null);
    assert_eq!(place.ws(&["--ignorefile", ".trivyignore.yaml"])["by"], ".trivyignore.yaml:1");
    assert_eq!(place.on_example("image", &["--ignorefile", "gone"]).code, 2);
    place.write(".lazaretignore.yaml", "ignore: [{id: CVE-1, expiry: 31.01.2027}]\n");
    let ran = place.on_example("image", &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`31.01.2027` is not a date"), "{}", ran.stderr);
}

#[test]
fn accepting_writes_an_entry_that_holds() {
    let place = Place::new();
    let accept = ["policy", "accept", WS, "--reason", "only \"our\" clients: fine"];
    assert_eq!(place.run(&accept).code, 0);
    let again = place.run(&[
        "policy",
        "accept",
        "CVE-1",
        "--reason",
        "x",
        "--until",
        "2999-12-31",
        "--owner",
        "o",
        "--package",
        "pkg:npm/ws",
    ]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(
        fs::read_to_string(place.0.path().join(".lazaretignore.yaml")).unwrap(),
        "ignore:
  - id: \"CVE-2024-37890\"
    reason: \"only \\\"our\\\" clients: fine\"
  - id: \"CVE-1\"
    package: \"pkg:npm/ws\"
    reason: \"x\"
    owner: \"o\"
    expiry: \"2999-12-31\"
"
    );
    assert_eq!(place.ws(&[])["reason"], "only \"our\" clients: fine");
    for until in ["2001-01-01", "soon"] {
        let ran = place.run(&["policy", "accept", "CVE-2", "--reason", "x", "--until", until]);
        assert_eq!(ran.code, 2, "{until}");
    }
}

#[test]
fn vex_suppresses_and_explain_says_why() {
    let place = Place::new();
    place.write(
        "vex.json",
        r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "a", "version": 1,
            "timestamp": "2024-01-01T00:00:00Z", "statements": [
            {"vulnerability": {"name": "CVE-2024-37890"}, "status": "not_affected",
             "justification": "component_not_present",
             "products": [{"@id": "pkg:oci/ferry?repository_url=example.test/ferry",
                           "subcomponents": [{"@id": "pkg:npm/ws@7.4.5"}]}]},
            {"vulnerability": {"name": "CVE-2020-8203"}, "status": "not_affected",
             "justification": "component_not_present", "products": [{"@id": "pkg:oci/ferry?tag=2"}]}]}"#,
    );
    let suppression = place.ws(&["--vex", "vex.json"]);
    assert_eq!(suppression["by"], "vex:vex.json");
    assert_eq!(suppression["reason"], "not_affected: component_not_present");
    let path = example_path();
    let explain = |id: &str| {
        let ran = place.run(&["explain", path.to_str().unwrap(), id, "--vex", "vex.json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    let said = explain(WS);
    assert!(said.contains("vex         not_affected applies (vex.json, statement 1)"), "{said}");
    let said = explain("CVE-2020-8203");
    assert!(said.contains("not_affected does not apply (vex.json, statement 2)"), "{said}");
    assert!(said.contains("the tag differs"), "{said}");
    // A repository is a folder with an index.
    fs::create_dir_all(place.0.path().join("hub/pkg/oci")).unwrap();
    fs::rename(place.0.path().join("vex.json"), place.0.path().join("hub/pkg/oci/a.json")).unwrap();
    place.write(
        "hub/index.json",
        r#"{"version": 1, "packages": [{"id": "pkg:oci/ferry", "location": "pkg/oci/a.json"}]}"#,
    );
    assert_eq!(place.ws(&["--vex", "hub"])["by"], "vex:hub/pkg/oci/a.json");
    place.write(
        "hub/index.json",
        r#"{"packages": [{"id": "pkg:oci/x", "location": "../../secret"}]}"#,
    );
    assert_eq!(place.on_example("image", &["--vex", "hub"]).code, 2);
    for word in ["gone.json", "oci", "repo"] {
        let arguments = ["--vex", word, "--cache-dir", "nowhere"];
        assert_eq!(place.on_example("image", &arguments).code, 2, "{word}");
    }
}

#[test]
fn only_what_is_new_counts_against_a_baseline_and_diff_says_why() {
    let place = Place::new();
    let written = place.on_example("image", &["-f", "json", "-o", "new.json"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let text = fs::read_to_string(place.0.path().join("new.json")).unwrap();
    let mut old: Value = serde_json::from_str(&text).unwrap();
    old["findings"].as_array_mut().unwrap().retain(|finding| finding["id"] != WS);
    place.write("old.json", &old.to_string());
    let gate = ["--fail-on", "low", "--baseline", "new.json"];
    assert_eq!(place.on_example("image", &gate).code, 0);
    let gate = ["--fail-on", "low", "--baseline", "old.json", "-f", "json"];
    let ran = place.on_example("image", &gate);
    assert_eq!(ran.code, 1);
    let decision = &ran.json()["verdict"]["decisions"][0];
    assert_eq!(decision["findings"].as_array().unwrap().len(), 1, "{decision}");
    let ran = place.run(&["diff", "old.json", "new.json", "--exit-code", "3"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.stdout
            .contains("HIGH     CVE-2024-37890 ws 7.4.5: package and database are the same (scan)"),
        "{}",
        ran.stdout
    );
    let changes = place.run(&["diff", "new.json", "old.json", "-f", "json"]).json();
    assert_eq!(changes["fixed"][0]["id"], WS);
    assert_eq!(changes["new"].as_array().unwrap().len(), 0);
    assert_eq!(place.run(&["diff", "new.json", "new.json", "--exit-code", "3"]).code, 0);
    // For a pull request, where a name of an image must not become markup.
    old["image"]["name"] = "a`b|<img src=x>".into();
    place.write("old.json", &old.to_string());
    let page = place.run(&["diff", "old.json", "new.json", "--format", "markdown"]).stdout;
    assert!(page.contains("**1 new · 0 fixed · 86 unchanged**, compared with a\\`b\\|&lt;img"));
    let row = "| High | [CVE-2024-37890](https://nvd.nist.gov/vuln/detail/CVE-2024-37890) | `ws` \
               | `7.4.5` | `7.5.10`, `8.17.1` | package and database are the same |";
    assert!(page.contains(row) && !page.contains("fixed</summary>"), "{page}");
    let page = place.run(&["diff", "new.json", "old.json", "--format", "markdown"]).stdout;
    assert!(page.contains("<details><summary>1 fixed</summary>\n\n| Severity"), "{page}");
    assert_eq!(place.run(&["diff", "old.json", "new.json", "--format", "sarif"]).code, 2);
}

#[test]
fn a_saved_report_is_judged_as_its_image_is() {
    let place = Place::new();
    place.write(".trivyignore", &format!("{WS}\n"));
    assert_eq!(place.on_example("image", &["-f", "json", "-o", "r.json"]).code, 0);
    let image = place.on_example("gate", &["-f", "json"]);
    let saved = place.run(&["gate", "--report", "r.json", "-f", "json"]);
    assert_eq!((image.code, saved.code), (1, 1), "{}", saved.stderr);
    assert_eq!(image.json()["findings"], saved.json()["findings"]);
    // What somebody suppressed while scanning is for the gate's own files to say.
    fs::remove_file(place.0.path().join(".trivyignore")).unwrap();
    let rule = "version: 1\nrules: [{id: a, effect: deny, when: {id: CVE-2024-37890}}]\n";
    place.write("p.yaml", rule);
    let saved = place.run(&["gate", "--report", "r.json", "--policy", "p.yaml"]);
    assert!(saved.code == 1 && saved.stdout.contains("(a)"), "{}", saved.stdout);
    let told = place.run(&["policy", "explain", "p.yaml", "--report", "r.json"]);
    assert!(told.stdout.contains("CVE-2024-37890 in ws 7.4.5: HIGH, fixed in"), "{}", told.stdout);
    // Reports may still be written in other formats.
    let ran = place.run(&["gate", "--report", "r.json", "--report", "sarif=r.sarif"]);
    assert_eq!(ran.code, 1);
    assert!(place.0.path().join("r.sarif").is_file());
    assert_eq!(place.run(&["gate", "--report", "gone.json"]).code, 2);
    assert_eq!(place.run(&["gate", "x:1", "--report", "r.json"]).code, 2);
}

#[test]
fn reports_of_other_scanners_are_judged() {
    let place = Place::new();
    let formats = [("trivy-json", 1), ("sarif", 1), ("cyclonedx", 1)];
    let policy =
        "version: 1\nrules: [{id: a, effect: deny, when: {id: CVE-2024-37890, severity: HIGH}}]\n";
    place.write("p.yaml", policy);
    for (format, code) in formats {
        let written = place.on_example("image", &["-f", format, "-o", "r.json"]);
        assert_eq!(written.code, 0, "{}", written.stderr);
        let ran = place.run(&["gate", "--report", "r.json", "--policy", "p.yaml"]);
        assert_eq!(ran.code, code, "{format}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("(a)"), "{format}: {}", ran.stdout);
    }
    place.write(
        "grype.json",
        r#"{"matches": [{"vulnerability": {"id": "CVE-1", "severity": "High", "fix": {"state": "fixed", "versions": ["2"]}},
            "artifact": {"name": "a", "version": "1", "type": "npm", "purl": "pkg:npm/a@1"}}],
            "source": {"type": "image", "target": {"userInput": "web:1"}}, "descriptor": {"name": "grype"}}"#,
    );
    assert_eq!(place.run(&["gate", "--report", "grype.json"]).code, 1);
    // It has no operating system and nothing else to ask about.
    place
        .write("grype.json", r#"{"matches": [], "source": null, "descriptor": {"name": "grype"}}"#);
    assert_eq!(place.run(&["gate", "--report", "grype.json"]).code, 0);
    for text in ["", "{}", "[1]", r#"{"bomFormat": "CycloneDX", "components": []}"#] {
        place.write("x.json", text);
        assert_eq!(place.run(&["gate", "--report", "x.json"]).code, 2, "{text}");
    }
}
