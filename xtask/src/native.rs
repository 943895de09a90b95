//! `cargo xtask native`: what is installed in a Debian, by the tools that installed it and by ours.

mod asked;
mod system;

use crate::process::build_scanner;
use anyhow::{Context as _, Result, bail, ensure};
use asked::{ASKED, Asked};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use system::System;

const HELP: &str = "\
cargo xtask native [--keep FOLDER]

Builds a Debian of Debian's own packages, with applications in Python, JavaScript, Java, Ruby, PHP, Go
and R, scans it, and compares the packages with what `dpkg-query`, `pip list`, `npm ls`, `gem list`,
`composer show`, `go version -m` and R say inside of it. Says what it skips where it is not run by
root, or mmdebstrap or Debian's archive are not there.

  --keep FOLDER   builds it there and leaves it; one that is there already is used as it is
";

/// A package as both sides name it: `name version`, and what else the tool says.
type Names = BTreeSet<String>;

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let keep = match arguments {
        [] => None,
        [option, folder] if option == "--keep" => Some(Path::new(folder)),
        [option] if option == "--help" || option == "-h" => {
            print!("{HELP}");
            return Ok(());
        }
        _ => bail!("{HELP}"),
    };
    let system = match System::build(keep)? {
        Ok(system) => system,
        Err(reason) => {
            println!("skipped: {reason}");
            return Ok(());
        }
    };
    let program = build_scanner(&[])?;
    let report = scan(&program, system.folder())?;
    let mut wrong = 0_usize;
    for asked in ASKED {
        wrong = wrong.saturating_add(compare(asked, &system, &report)?);
    }
    ensure!(wrong == 0, "{wrong} packages are listed otherwise than their own tools list them");
    Ok(())
}

fn scan(program: &Path, folder: &Path) -> Result<Value> {
    let output = Command::new(program)
        .args(["rootfs", "--format", "json", "--no-cache", "--quiet", "--no-progress"])
        .arg(folder)
        .output()
        .context("failed to start the scanner")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the scan failed: {}", text.trim());
    serde_json::from_slice(&output.stdout).context("the scanner's report is no JSON")
}

/// Prints how one tool and the scan agree, and counts the packages they do not agree on.
fn compare(asked: &Asked, system: &System, report: &Value) -> Result<usize> {
    let told =
        (asked.told)(system).with_context(|| format!("{} could not be asked", asked.name))?;
    ensure!(!told.is_empty(), "{} lists nothing", asked.name);
    let found = (asked.found)(report, &told);
    let missing: Vec<&String> = told.difference(&found).collect();
    let extra: Vec<&String> = found.difference(&told).collect();
    println!(
        "{}: {} packages, {} missing, {} that it does not list",
        asked.name,
        told.len(),
        missing.len(),
        extra.len()
    );
    for name in &missing {
        println!("  missing  {name}");
    }
    for name in &extra {
        println!("  extra    {name}");
    }
    Ok(missing.len().saturating_add(extra.len()))
}
