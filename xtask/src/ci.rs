//! `cargo xtask ci`: the whole truth about a change.

use crate::process::{cargo, run};
use crate::{edges, example, generate};
use anyhow::Result;
use std::process::Command;
use std::time::Instant;

pub(crate) fn run_all() -> Result<()> {
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
    step("docs", || {
        let mut command = cargo();
        command.args(["doc", "--workspace", "--no-deps", "--locked"]);
        run(command.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    step("tests", || run(cargo().args(["test", "--workspace", "--locked"])))?;
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
