//! `cargo xtask bench --write N`: what it costs to write a report of N findings in each format.

use crate::process::cargo;
use anyhow::{Context as _, Result, ensure};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use wait4::Wait4 as _;

/// What the largest reports may cost: 100,000 findings in any format.
const SECONDS_MAX: f64 = 2.0;
const MIB_MAX: f64 = 300.0;
/// Runs of each format, of which the fastest counts: what else the machine does only slows one down.
const RUNS: usize = 3;

/// Writes N findings in every format and prints time, memory and size of each; fails where one
/// takes more than it may.
pub(crate) fn run(findings: usize) -> Result<()> {
    let program = build()?;
    let listed = Command::new(&program).output().context("failed to start the example")?;
    ensure!(listed.status.success(), "the example does not list the formats");
    let listed = String::from_utf8(listed.stdout)?;
    let report = measure(&program, "none", findings)?;
    println!("{findings} findings; the report alone takes {:.0} MiB", report.peak_mib);
    println!("{:<28} {:>9} {:>11} {:>12}", "format", "seconds", "peak MiB", "output MiB");
    let mut slow = Vec::new();
    for format in listed.lines() {
        let cost = measure(&program, format, findings)?;
        println!(
            "{format:<28} {:>9.2} {:>11.0} {:>12.1}",
            cost.seconds, cost.peak_mib, cost.output_mib
        );
        if cost.seconds > SECONDS_MAX || cost.peak_mib > MIB_MAX {
            slow.push(format);
        }
    }
    ensure!(slow.is_empty(), "more than {SECONDS_MAX} s or {MIB_MAX} MiB: {}", slow.join(", "));
    Ok(())
}

struct Cost {
    seconds: f64,
    peak_mib: f64,
    output_mib: f64,
}

fn build() -> Result<PathBuf> {
    let output = cargo()
        .args(["build", "--release", "--locked", "--package", "lazaret-report"])
        .args(["--example", "write", "--message-format=json"])
        .stderr(Stdio::inherit())
        .output()
        .context("failed to start cargo")?;
    ensure!(output.status.success(), "failed to build the example");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .context("cargo named no program")
}

fn measure(program: &PathBuf, format: &str, findings: usize) -> Result<Cost> {
    let mut best: Option<Cost> = None;
    for _ in 0..RUNS {
        let cost = once(program, format, findings)?;
        if best.as_ref().is_none_or(|best| cost.seconds < best.seconds) {
            best = Some(cost);
        }
    }
    best.context("nothing was measured")
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
fn once(program: &PathBuf, format: &str, findings: usize) -> Result<Cost> {
    let mut child = Command::new(program)
        .args([format, &findings.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to start the example")?;
    let mut said = String::new();
    if let Some(stdout) = &mut child.stdout {
        std::io::Read::read_to_string(stdout, &mut said)?;
    }
    let used = child.wait4().context("failed to wait for the example")?;
    ensure!(used.status.success(), "{format} could not be written");
    let mut words = said.split_whitespace();
    let seconds = words.next().map_or(Ok(0.0), str::parse)?;
    let bytes: u64 = words.next().map_or(Ok(0), str::parse)?;
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    Ok(Cost { seconds, peak_mib: mib(used.rusage.maxrss), output_mib: mib(bytes) })
}
