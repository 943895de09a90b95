//! `cargo xtask bench --write N`: what writing a report costs, in every format.

use crate::process::cargo;
use anyhow::{Context as _, Result, ensure};

/// Seconds and memory that writing 100,000 findings may take in any format.
const LIMIT: &str = "100,000 are to be written within 2 s and 300 MB";

/// Prints a line for each format.
pub(super) fn run(count: usize) -> Result<()> {
    let formats = example(&["--list"])?;
    println!("{count} packages and findings ({LIMIT})");
    println!("{:<20} {:>9} {:>12} {:>12}", "format", "seconds", "megabytes", "peak MB");
    for format in formats.lines() {
        let line = example(&[format, &count.to_string()])?;
        let mut numbers = line.split_whitespace().map(str::parse::<f64>);
        let mut next = || {
            numbers.next().context("the example prints three numbers")?.map_err(anyhow::Error::from)
        };
        let (seconds, bytes, peak_kib) = (next()?, next()?, next()?);
        let megabytes = bytes / 1e6;
        let peak = peak_kib * 1024.0 / 1e6;
        println!("{format:<20} {seconds:>9.2} {megabytes:>12.1} {peak:>12.0}");
    }
    Ok(())
}

/// What the example of the report crate prints.
fn example(arguments: &[&str]) -> Result<String> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--locked", "--package", "lazaret-report"]);
    command.args(["--example", "write", "--"]).args(arguments);
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the example failed with {arguments:?}");
    String::from_utf8(output.stdout).context("the example prints text")
}
