//! What Go's `text/template` with Sprig writes, asked about the templates of `templates.json`.

use crate::process::root;
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

/// Writes the answers anew, or with `check` compares them with those that are there.
pub(super) fn run(check: bool) -> Result<String> {
    let questions = fs::read(root().join("xtask/src/oracles/templates.json"))?;
    let path = root().join("crates/report/fixtures/template/go.json");
    let Some(tool) = ask(&["--version"], b"")? else {
        return Ok("go.json: skipped, there is no go".to_owned());
    };
    let answers = ask(&[], &questions)?.context("go is gone")?;
    let count = answers.matches("\"template\":").count();
    if check {
        let known = fs::read_to_string(path)?;
        ensure!(known == answers, "Go answers otherwise than fixtures/template/go.json says");
    } else {
        fs::write(path, answers)?;
    }
    Ok(format!("go.json: {count} answers of {}", tool.trim()))
}

/// What the program prints; nothing where there is no Go.
fn ask(arguments: &[&str], input: &[u8]) -> Result<Option<String>> {
    let mut command = Command::new("go");
    command.args(["run", "-C"]).arg(root().join("xtask/src/oracles/go"));
    command.arg("./template").args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        child => child?,
    };
    // The program reads everything before it writes anything.
    child.stdin.take().context("no input")?.write_all(input)?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "go failed on the templates");
    Ok(Some(String::from_utf8(output.stdout)?))
}
