//! The advisory snapshot compiled into the program.

use crate::process::{cargo, root, run as run_program, write_or_check};
use anyhow::{Context as _, Result, bail};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What all files of the snapshot may weigh in the repository.
const SNAPSHOT_BYTES_MAX: u64 = 10 << 20;

/// Builds `crates/snapshot/data` from a folder of feeds; with `--check` only compares.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let check = arguments.iter().any(|argument| argument == "--check");
    let feeds = arguments
        .iter()
        .find(|argument| !argument.starts_with("--"))
        .context("cargo xtask snapshot FEEDS: name the folder of feeds")?;
    let work = root().join("target/snapshot");
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    let mut build = cargo();
    build.args(["run", "--quiet", "--release", "--locked", "--package", "lazaret", "--"]);
    build.args(["db", "build", "--redistributable", "--feeds"]).arg(absolute(feeds)?);
    run_program(build.arg("--out").arg(&work))?;
    install(&work, check)
}

fn absolute(path: &str) -> Result<PathBuf> {
    std::fs::canonicalize(path).with_context(|| format!("there is no folder {path}"))
}

/// Copies the built database, and writes the table that compiles it in.
fn install(built: &Path, check: bool) -> Result<()> {
    let data = root().join("crates/snapshot/data");
    let mut names: Vec<String> = std::fs::read_dir(built)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    names.sort();
    let mut total = 0;
    let mut table = String::from(
        "// Written by `cargo xtask snapshot`; do not change by hand.\n\n\
         pub(crate) static SEGMENTS: &[(&str, &[u8])] = &[\n",
    );
    for name in &names {
        total += std::fs::metadata(built.join(name))?.len();
        if let Some(segment) = segment_name(name) {
            writeln!(table, "    ({segment:?}, include_bytes!(\"../data/{name}\")),")?;
        }
    }
    table.push_str("];\n");
    if total > SNAPSHOT_BYTES_MAX {
        bail!("the snapshot has {total} bytes, and {SNAPSHOT_BYTES_MAX} are allowed");
    }
    if !check && data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    for name in &names {
        write_or_check(&data.join(name), &std::fs::read(built.join(name))?, check)?;
    }
    let left_over = std::fs::read_dir(&data)?.filter_map(Result::ok).count() != names.len();
    if left_over {
        bail!("crates/snapshot/data holds files that the build did not make");
    }
    write_or_check(&root().join("crates/snapshot/src/segments.rs"), table.as_bytes(), check)?;
    println!("snapshot: {} files, {total} bytes", names.len());
    Ok(())
}

/// The segment a file holds: `debian-12.0123456789abcdef.segment` holds `debian-12`.
fn segment_name(file: &str) -> Option<&str> {
    file.strip_suffix(".segment")?.rsplit_once('.').map(|(name, _)| name)
}
