//! `cargo xtask readers`: what other people's readers make of our documents, with every reader
//! there.
//!
//! The tests of the same name run against whatever Python finds, and skip the rest. Here the readers
//! are installed first, in an environment of their own, and none may be missing.

use crate::process::{cargo, root, run as run_program};
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

const HELP: &str = "\
cargo xtask readers

Installs the Python libraries that others read our formats with into target/readers, and has them
read one document of each. Says what it skips where Python or PyPI are not there.
";

/// The libraries, from PyPI. To add one, add a line here and a test in
/// `crates/report/tests/it/readers.rs`.
const LIBRARIES: [&str; 7] = [
    "botocore==1.44.5",
    "cyclonedx-python-lib[validation]==11.12.0",
    "junitparser==5.0.3",
    "sarif-tools==3.0.5",
    "spdx-tools==0.8.5",
    "vexipy==0.3.0",
    "xmlschema==4.3.2",
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => {}
        [option] if option == "--help" || option == "-h" => {
            print!("{HELP}");
            return Ok(());
        }
        _ => bail!("{HELP}"),
    }
    let folder = root().join("target/readers");
    if let Err(reason) = install(&folder) {
        println!("skipped: {reason:#}");
        return Ok(());
    }
    let bin = folder.join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&path)))?;
    let mut tests = cargo();
    tests.args(["test", "--locked", "--package", "lazaret-report", "--test", "it", "readers::"]);
    run_program(tests.env("PATH", path).env("LAZARET_READERS", "all"))
}

/// Makes the environment, or brings the one there up to date.
fn install(folder: &Path) -> Result<()> {
    if !folder.join("bin/python3").is_file() {
        quietly(Command::new("python3").args(["-m", "venv"]).arg(folder))
            .context("python3 makes no environment (Debian: python3-venv)")?;
    }
    let mut pip = Command::new(folder.join("bin/python3"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    quietly(pip.args(LIBRARIES)).context("the libraries could not be installed from PyPI")
}

fn quietly(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    bail!("{}", said.lines().last().unwrap_or("it said nothing").trim())
}
