//! Running programs, and finding the repository.

use anyhow::{Context as _, Result, bail, ensure};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Builds the scanner, with further options of cargo, and says where it is.
pub(crate) fn build_scanner(options: &[&str]) -> Result<PathBuf> {
    let output = cargo()
        .args(["build", "--locked", "--package", "lazaret", "--message-format=json"])
        .args(options)
        .stderr(Stdio::inherit())
        .output()
        .context("failed to start cargo")?;
    ensure!(output.status.success(), "failed to build the scanner");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .context("cargo named no program")
}

/// Runs a program to its end; anything but success is an error that names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = describe(command);
    let status = command.status().with_context(|| format!("failed to start {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// What a command would look like in a shell, for messages.
pub(crate) fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let name = |word: &OsStr| word.to_string_lossy().into_owned();
    let first = Path::new(command.get_program()).file_name().map(name).unwrap_or_default();
    let rest: Vec<String> = words.skip(1).map(name).collect();
    format!("{first} {}", rest.join(" "))
}

/// Whether a program is on the search path.
pub(crate) fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// Writes a generated file, or says that it is stale when only checking.
pub(crate) fn write_or_check(path: &Path, bytes: &[u8], check: bool) -> Result<()> {
    let root = root();
    let shown = path.strip_prefix(&root).unwrap_or(path).display();
    let fresh = std::fs::read(path).is_ok_and(|there| there == bytes);
    if fresh {
        return Ok(());
    }
    if check {
        bail!("{shown} is stale");
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes).with_context(|| format!("failed to write {shown}"))?;
    println!("wrote {shown}");
    Ok(())
}
