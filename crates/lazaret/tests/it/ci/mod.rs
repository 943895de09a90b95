//! The samples for each CI system, run as their systems run them: on this machine, with the real
//! program, and with stand-ins for Docker, cosign and the like that say what they were asked for.

mod commands;
mod pipeline;

use crate::support::{example, has};
use pipeline::Script;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Lets everything pass, the problems of a database with gaps as well.
const OPEN: &str = "\
version: 1
name: open
rules: [{id: incomplete, effect: warn, when: {incomplete: true}}]
";

/// What is asked of the container engine to get the image to the scanner, and what the scanner and
/// others are asked for after that.
const TO_THE_GATE: [&str; 3] = ["build", "save", "gate"];
const TO_THE_WORLD: [&str; 3] = ["push", "cosign sign", "cosign attest"];

/// The folder of a sample, its image, and the programs its scripts find.
struct Checkout {
    folder: TempDir,
}

impl Checkout {
    fn new(system: &str, policy: Option<&str>) -> Self {
        let checkout = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["bin", "work", "cosign", "staging"] {
            fs::create_dir(checkout.path(folder)).unwrap();
        }
        let sample = root().join("examples/ci").join(system);
        let own = fs::read_to_string(sample.join("lazaret-policy.yaml")).unwrap();
        fs::write(checkout.path("work/lazaret-policy.yaml"), policy.unwrap_or(&own)).unwrap();
        fs::write(checkout.path("cosign/cosign.key"), "").unwrap();
        let image = example().canonicalize().unwrap();
        let image = image.display();
        // What an engine does is to have the image, and to hand it out.
        checkout.program(
            "docker",
            &format!(
                "case $1 in image) shift ;; esac\n\
                 case $1 in\n\
                 save) echo save >>\"$LOG\"; cp '{image}' \"$3\" ;;\n\
                 inspect) echo registry.example.org/shop/ferry@sha256:0000 ;;\n\
                 login) cat >/dev/null ;;\n\
                 *) echo \"$1\" >>\"$LOG\" ;;\n\
                 esac"
            ),
        );
        checkout.program(
            "buildah",
            &format!(
                "case $* in\n\
                 build*) echo build >>\"$LOG\" ;;\n\
                 push*oci-archive:image.tar:*) echo save >>\"$LOG\"; cp '{image}' image.tar ;;\n\
                 *) exit 1 ;;\n\
                 esac"
            ),
        );
        checkout.program(
            "skopeo",
            "[ \"$1 $2 $3\" = 'copy --digestfile digest' ] && [ -f image.tar ] || exit 1\n\
             echo push >>\"$LOG\"",
        );
        // What is signed is named by its digest, and the file that is attested must be there.
        checkout.program(
            "cosign",
            "echo \"cosign $1\" >>\"$LOG\"\n\
             for last; do :; done\n\
             [ \"$last\" = registry.example.org/shop/ferry@sha256:0000 ] || exit 1\n\
             while [ $# -gt 0 ]; do\n\
             [ \"$1\" != --predicate ] || grep -q CycloneDX \"$2\" || exit 1\n\
             shift\n\
             done",
        );
        // What leaves this machine is read, and not done.
        let real = env!("CARGO_BIN_EXE_lazaret");
        checkout.program(
            "lazaret",
            &format!(
                "case $1 in\n\
                 upload | db)\n\
                 echo \"$1\" >>\"$LOG\"\n\
                 '{real}' \"$@\" --help >/dev/null 2>why && exit\n\
                 grep -q 'there is no command' why || {{ cat why >&2; exit 2; }}\n\
                 ;;\n\
                 *) echo \"$1\" >>\"$LOG\"; exec '{real}' \"$@\" ;;\n\
                 esac"
            ),
        );
        checkout
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs scripts in order; after one that failed, only those that always run. Gives what was asked
    /// for, what was said, and whether all went well.
    fn run(&self, scripts: &[Script]) -> (Vec<String>, String, bool) {
        let log = self.path("log");
        fs::write(&log, "").unwrap();
        let mut talk = String::new();
        let mut failed = false;
        for script in scripts.iter().filter(|script| !script.text.trim().is_empty()) {
            if failed && !script.always {
                continue;
            }
            let output = self.command(script).env("LOG", &log).output().unwrap();
            failed |= !output.status.success();
            talk.push_str(&String::from_utf8_lossy(&output.stdout));
            talk.push_str(&String::from_utf8_lossy(&output.stderr));
        }
        let log = fs::read_to_string(&log).unwrap();
        (log.lines().map(str::to_owned).collect(), talk, !failed)
    }

    fn command(&self, script: &Script) -> Command {
        let mut command = Command::new(script.shell[0]);
        command.args(&script.shell[1..]).arg("-c").arg(&script.text);
        command.current_dir(self.path("work")).env_clear();
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        let cosign = self.path("cosign").display().to_string();
        let staging = self.path("staging").display().to_string();
        for (name, value) in [
            ("PATH", path.as_str()),
            ("HOME", &cosign),
            ("COSIGN", &cosign),
            ("BUILD_ARTIFACTSTAGINGDIRECTORY", &staging),
            ("IMAGE", "registry.example.org/shop/ferry:1.0"),
            ("DEFECTDOJO_URL", "https://dojo.example.org"),
            ("BUILD_SOURCEVERSION", "0000"),
            ("BUILD_SOURCEBRANCHNAME", "main"),
            ("BUILD_NUMBER", "7"),
            ("GIT_COMMIT", "0000"),
            ("GITHUB_ACTOR", "ann"),
            ("GITHUB_SHA", "0000"),
            ("GITHUB_REF_NAME", "main"),
            ("CI_PROJECT_DIR", "."),
            ("CI_COMMIT_SHA", "0000"),
            ("CI_COMMIT_REF_NAME", "main"),
            ("CI_REGISTRY", "registry.example.org"),
            ("CI_REGISTRY_IMAGE", "registry.example.org/shop/ferry"),
            ("CI_REGISTRY_USER", "ann"),
            ("CI_REGISTRY_PASSWORD", "secret"),
            ("CIRCLE_SHA1", "0000"),
            ("CIRCLE_BRANCH", "main"),
            ("REGISTRY_USER", "ann"),
            ("REGISTRY_PASSWORD", "secret"),
            ("REGISTRY_TOKEN", "secret"),
            ("COSIGN_KEY", "cosign.key"),
            ("REPORT", "report.json"),
        ] {
            command.env(name, value);
        }
        command.envs(script.environment.iter().map(|(name, value)| {
            let value = value.replace("{cosign}", &cosign).replace("{staging}", &staging);
            (name.clone(), value)
        }));
        command
    }
}

/// What was asked for, each once, but for `db`, `load` and the like.
fn asked(log: &[String]) -> Vec<&str> {
    let mut asked: Vec<&str> = Vec::new();
    for line in log {
        let is_known = TO_THE_GATE.contains(&line.as_str())
            || TO_THE_WORLD.contains(&line.as_str())
            || line == "upload";
        if is_known && asked.last() != Some(&line.as_str()) {
            asked.push(line);
        }
    }
    asked
}

#[track_caller]
fn assert_gates(system: &str, scripts: &[Script]) {
    let (log, talk, passed) = Checkout::new(system, Some(OPEN)).run(scripts);
    assert!(passed, "{system}: {talk}");
    let expected = [&TO_THE_GATE[..], &["upload"], &TO_THE_WORLD].concat();
    let found = asked(&log);
    // An upload may come before or after what is pushed.
    let without = |list: &[&str]| -> Vec<String> {
        list.iter().filter(|word| **word != "upload").map(|word| (*word).to_owned()).collect()
    };
    assert_eq!(without(&found), without(&expected), "{system}: {log:?}\n{talk}");
    assert!(found.contains(&"upload"), "{system}: {log:?}\n{talk}");
    let gate = found.iter().position(|word| *word == "gate");
    assert!(gate < found.iter().position(|word| *word == "upload"), "{system}: {log:?}");
    // The example image has known vulnerabilities, and the sample's own policy says no.
    let (log, talk, passed) = Checkout::new(system, None).run(scripts);
    assert!(!passed, "{system}: {talk}");
    let expected = [&TO_THE_GATE[..], &["upload"]].concat();
    assert_eq!(asked(&log), expected, "{system}: {log:?}\n{talk}");
    assert!(talk.contains("Verdict: fail"), "{system}: {talk}");
}

fn has_shells() -> bool {
    has("bash")
}

#[test]
fn github_pushes_only_what_may_pass() {
    if has_shells() {
        assert_gates("github", &pipeline::github());
    }
}

#[test]
fn gitlab_pushes_only_what_may_pass() {
    if has_shells() {
        assert_gates("gitlab", &pipeline::gitlab());
    }
}

#[test]
fn azure_pushes_only_what_may_pass() {
    if has_shells() {
        assert_gates("azure", &pipeline::azure());
    }
}

#[test]
fn jenkins_pushes_only_what_may_pass() {
    if has_shells() {
        assert_gates("jenkins", &pipeline::jenkins());
    }
}

#[test]
fn circleci_pushes_only_what_may_pass() {
    if has_shells() {
        assert_gates("circleci", &pipeline::circleci());
    }
}

#[test]
fn tekton_pushes_only_what_may_pass() {
    if has_shells() {
        assert_gates("tekton", &pipeline::tekton());
    }
}

#[test]
fn hooks_of_pre_commit_run_and_the_sample_names_hooks_there_are() {
    if !has_shells() {
        return;
    }
    let hooks = pipeline::pre_commit();
    assert_eq!(hooks.len(), 2, "{hooks:?}");
    let checkout = Checkout::new("pre-commit", None);
    fs::copy(example(), checkout.path("work/image.tar")).unwrap();
    for (hook, expected) in hooks.iter().zip(["is a policy", "Verdict: fail"]) {
        let (_, talk, _) = checkout.run(std::slice::from_ref(hook));
        assert!(talk.contains(expected), "{talk}");
    }
}

/// The samples are of one application: a change to it is made in each.
#[test]
fn samples_share_their_application() {
    let folder = root().join("examples/ci");
    let mut systems = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let system = entry.unwrap().path();
        if !system.is_dir() {
            continue;
        }
        systems += 1;
        for file in ["Dockerfile", "go.mod", "main.go", "lazaret-policy.yaml"] {
            let one = fs::read(system.join(file)).unwrap();
            assert!(one == fs::read(folder.join("github").join(file)).unwrap(), "{file}");
        }
        assert!(system.join("README.md").is_file(), "{}", system.display());
    }
    assert_eq!(systems, 7);
}
