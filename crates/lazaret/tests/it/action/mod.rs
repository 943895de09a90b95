//! The GitHub Action: `action.yml`, and the script it runs, on this machine.

mod inputs;
mod program;
mod pull_request;

use crate::support::{Ran, example, has};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Whether there is a bash of 4.4 or newer to run the script with.
fn has_bash() -> bool {
    has("bash") && {
        let asked = "((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404))";
        Command::new("bash").args(["-c", asked]).status().unwrap().success()
    }
}

fn definition() -> Value {
    serde_saphyr::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap()
}

/// A runner: a workspace with the example image, and the files a step talks to it through.
struct Runner {
    folder: TempDir,
    definition: Value,
    environment: BTreeMap<String, String>,
}

/// What a step came to.
struct Step {
    ran: Ran,
    /// Lines of `GITHUB_OUTPUT`.
    outputs: BTreeMap<String, String>,
    summary: String,
    /// What was added to the path of later steps.
    path: String,
    /// The arguments of every call of the program, in order.
    calls: Vec<Vec<String>>,
}

impl Step {
    /// Whether some call has these arguments beside each other.
    #[track_caller]
    fn assert_passed(&self, arguments: &[&str]) {
        let passed = self.calls.iter().any(|call| {
            call.windows(arguments.len()).any(|window| window.iter().eq(arguments.iter()))
        });
        assert!(passed, "{arguments:?} is not in {:?}", self.calls);
    }

    fn has_warning(&self, text: &str) -> bool {
        let is_warning = |line: &str| line.starts_with("::warning title=Lazaret::");
        self.ran.stdout.lines().any(|line| is_warning(line) && line.contains(text))
    }
}

impl Runner {
    fn new() -> Self {
        let runner = Self {
            folder: tempfile::tempdir().unwrap(),
            definition: definition(),
            environment: BTreeMap::new(),
        };
        for folder in ["bin", "work", "temp"] {
            fs::create_dir(runner.folder.path().join(folder)).unwrap();
        }
        fs::copy(example(), runner.work("app.tar")).unwrap();
        let real = env!("CARGO_BIN_EXE_lazaret");
        runner.program("lazaret", &format!("{}exec '{real}' \"$@\"", runner.noting("calls")));
        runner
    }

    fn work(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.work(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.work(name)).unwrap()
    }

    fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Lines of a shell script that note its arguments in a file, one a line and `--` after each call.
    fn noting(&self, file: &str) -> String {
        let file = self.folder.path().join(file);
        format!(
            "for word; do printf '%s\\n' \"$word\"; done >>'{0}'\necho '----' >>'{0}'\n",
            file.display()
        )
    }

    fn noted(&self, file: &str) -> Vec<Vec<String>> {
        let text = fs::read_to_string(self.folder.path().join(file)).unwrap_or_default();
        let mut calls: Vec<Vec<String>> =
            text.split("----\n").map(|call| call.lines().map(str::to_owned).collect()).collect();
        calls.pop();
        calls
    }

    /// Puts a program on the path of steps.
    fn program(&self, name: &str, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.path().join("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Runs a step on the example image with the program of this build.
    fn scan(&self, with: &[(&str, &str)]) -> Step {
        let program = self.folder.path().join("bin/lazaret");
        let mut all = vec![("path-to-binary", program.to_str().unwrap()), ("input", "app.tar")];
        all.extend_from_slice(with);
        self.step(&all)
    }

    /// Runs a step as a runner does: inputs that are not given have their defaults.
    fn step(&self, with: &[(&str, &str)]) -> Step {
        let place = self.folder.path();
        for file in ["calls", "output", "summary", "path"] {
            fs::write(place.join(file), "").unwrap();
        }
        let work = place.join("work").to_str().unwrap().to_owned();
        let mut inputs: BTreeMap<&str, String> = self.definition["inputs"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, input)| {
                let default = input["default"].as_str().unwrap_or_default();
                let default = default.replace("${{ github.workspace }}", &work);
                (name.as_str(), default.replace("${{ github.token }}", ""))
            })
            .collect();
        for (name, value) in with {
            assert!(inputs.insert(name, (*value).to_owned()).is_some(), "{name} is no input");
        }
        let step = &self.definition["runs"]["steps"][1];
        let mut command = Command::new("bash");
        command.arg("-c").arg(step["run"].as_str().unwrap()).current_dir(&work).env_clear();
        let path = format!("{}:/usr/bin:/bin", place.join("bin").display());
        command.env("PATH", path).env("RUNNER_TEMP", place.join("temp"));
        command.env("GITHUB_OUTPUT", place.join("output")).env("GITHUB_PATH", place.join("path"));
        command.env("GITHUB_STEP_SUMMARY", place.join("summary"));
        for (name, value) in step["env"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            let expression = value.trim_start_matches("${{ ").trim_end_matches(" }}");
            let value = match expression.split_once('.') {
                Some(("inputs", input)) => inputs[input].clone(),
                Some(("github", "action_path")) => root().to_str().unwrap().to_owned(),
                Some(("github", "action_repository")) => "example/lazaret".to_owned(),
                _ => panic!("{name} is {value}"),
            };
            command.env(name, value);
        }
        command.envs(&self.environment);
        let ran = Ran::of(command.output().unwrap());
        let read = |file: &str| fs::read_to_string(place.join(file)).unwrap();
        let outputs = read("output")
            .lines()
            .map(|line| line.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Step {
            ran,
            outputs,
            summary: read("summary"),
            path: read("path"),
            calls: self.noted("calls"),
        }
    }
}

/// The inputs of aquasecurity/trivy-action 0.33.
const OF_TRIVY: [&str; 29] = [
    "scan-type",
    "image-ref",
    "input",
    "scan-ref",
    "exit-code",
    "ignore-unfixed",
    "vuln-type",
    "severity",
    "format",
    "template",
    "output",
    "skip-dirs",
    "skip-files",
    "cache-dir",
    "timeout",
    "ignore-policy",
    "hide-progress",
    "list-all-pkgs",
    "scanners",
    "trivyignores",
    "github-pat",
    "trivy-config",
    "tf-vars",
    "limit-severities-for-sarif",
    "docker-host",
    "version",
    "cache",
    "skip-setup-trivy",
    "token-setup-trivy",
];

#[test]
fn every_input_of_trivys_action_is_accepted_and_every_input_reaches_the_script() {
    let definition = definition();
    let inputs = definition["inputs"].as_object().unwrap();
    for name in OF_TRIVY {
        assert!(inputs.contains_key(name), "{name} is missing");
    }
    let environment = definition["runs"]["steps"][1]["env"].as_object().unwrap();
    let script = fs::read_to_string(root().join("ci/github/scan.sh")).unwrap();
    let docs = fs::read_to_string(root().join("docs/ci/github.md")).unwrap();
    for (name, input) in inputs {
        assert!(docs.contains(&format!("`{name}`")), "docs/ci/github.md does not tell of {name}");
        assert!(input["description"].as_str().is_some_and(|text| text.len() > 10), "{name}");
        assert!(input.get("required").is_none(), "{name}: nothing but the image is required");
        let variable = format!("INPUT_{}", name.to_ascii_uppercase().replace('-', "_"));
        assert_eq!(environment[&variable], format!("${{{{ inputs.{name} }}}}"));
        assert!(script.contains(name.as_str()), "the script does not know {name}");
    }
    assert_eq!(environment.len(), inputs.len() + 2, "the two are where the action lies");
}

#[test]
fn every_input_is_tried() {
    let sources = [
        include_str!("inputs.rs"),
        include_str!("program.rs"),
        include_str!("pull_request.rs"),
        include_str!("mod.rs"),
    ]
    .concat();
    let definition = definition();
    let untried: BTreeSet<&String> = definition["inputs"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| !sources.contains(&format!("(\"{name}\", ")))
        .collect();
    assert!(untried.is_empty(), "{untried:?}");
}

#[test]
fn other_actions_are_pinned_by_digest_and_no_input_becomes_script() {
    let definition = definition();
    for step in definition["runs"]["steps"].as_array().unwrap() {
        if let Some(uses) = step["uses"].as_str() {
            let (_, digest) = uses.split_once('@').unwrap();
            assert!(digest.len() == 40 && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{uses}");
        }
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
    }
}
