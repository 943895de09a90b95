//! `cargo xtask ci`: the whole truth about a change.

use crate::process::{cargo, run};
use crate::{ci_files, edges, example, generate};
use anyhow::{Result, bail};
use std::process::Command;
use std::time::Instant;

/// Runs every check; with `--tested` all but the tests, for whoever has just run them.
pub(crate) fn run_all(arguments: &[String]) -> Result<()> {
    let is_tested = match arguments {
        [] => false,
        [word] if word == "--tested" => true,
        _ => bail!("cargo xtask ci takes --tested and nothing else"),
    };
    step("format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    step("lints", || {
        run(cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    step("crate edges", edges::check)?;
    step("generated files", || generate::run(true))?;
    step("example image", || example::run(true))?;
    step("files for CI systems", ci_files::check)?;
    step("docs", || {
        let mut command = cargo();
        command.args(["doc", "--workspace", "--no-deps", "--locked"]);
        run(command.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    if is_tested {
        println!("== tests: left out, since they were run before (--tested)");
    } else {
        step("tests", || run(cargo().args(["test", "--workspace", "--locked"])))?;
    }
    if crate::process::exists("cargo-deny") {
        step("licenses and bans", || {
            run(Command::new("cargo")
                .args(["deny", "check", "bans", "licenses", "sources"])
                .current_dir(crate::process::root()))
        })?;
    } else {
        println!("skipped: licenses and bans (cargo-deny is not installed)");
    }
    Ok(())
}

fn step(name: &str, action: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    let start = Instant::now();
    action()?;
    println!("== {name}: passed in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
