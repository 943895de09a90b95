//! Running the program, and the data beside the repository.

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program, in an empty environment.
pub(crate) fn lazaret() -> Command {
    in_empty_environment(Command::new(env!("CARGO_BIN_EXE_lazaret")))
}

/// The program, with so much room for addresses.
pub(crate) fn lazaret_within(addresses_kib: u64) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -v {addresses_kib} && exec \"$0\" \"$@\"")]);
    shell.arg(env!("CARGO_BIN_EXE_lazaret"));
    in_empty_environment(shell)
}

fn in_empty_environment(mut command: Command) -> Command {
    command.env_clear().env("LAZARET_NO_CACHE", "true");
    command
}

/// What a run came to, which was not a panic.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let Output { status, stdout, stderr } = output;
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        let stdout = String::from_utf8(stdout).unwrap();
        Self { code: status.code().unwrap_or(-1), stdout, stderr }
    }

    pub(crate) fn json(&self) -> Value {
        assert!(self.code <= 2, "exit code {}: {}", self.code, self.stderr);
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    ran(lazaret().args(arguments))
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    Ran::of(command.output().unwrap())
}

/// Runs a command with something on its standard input.
pub(crate) fn ran_with_input(command: &mut Command, input: &str) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

/// The JSON report of an image given as a path.
pub(crate) fn report(input: &Path) -> Value {
    let input = input.to_str().unwrap();
    let ran = run(&["image", "--input", input, "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.json()
}

/// The repository's example image.
pub(crate) fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ferry.tar")
}

/// Real images and feeds kept beside a checkout, where there are some.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if !found.exists() {
        skipped(&format!("there is no ../shared/{path} beside the checkout"));
        return None;
    }
    Some(found)
}

/// `name version` of every package of an ecosystem, sorted, one line for each place.
pub(crate) fn packages(report: &Value, ecosystem: &str) -> Vec<String> {
    let mut found: Vec<String> = report["inventory"]["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| package["ecosystem"] == ecosystem)
        .map(|package| format!("{} {}", text(&package["name"]), text(&package["version"])))
        .collect();
    found.sort();
    found
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether a program can be run; says so where not.
pub(crate) fn has(program: &str) -> bool {
    let mut command = Command::new(program);
    let found = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        skipped(&format!("{program} is not installed"));
    }
    found.is_ok()
}

#[expect(clippy::print_stdout, reason = "who reads the output should know what was skipped")]
fn skipped(why: &str) {
    println!("skipped: {why}");
}
