//! The files a judgment needs: policy, ignore files and an earlier report.

use crate::commands::convert::read_reports;
use crate::commands::outcome;
use crate::fail::{CommandError, Kind, Result};
use lazaret_policy::suppress::{self, FOUND_BY_NAME, IgnoreFile, Tool};
use lazaret_policy::{Baseline, Day, FILE_BYTES_MAX, IgnorePolicy, PolicyFile, preset_text};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Today (UTC).
pub(crate) fn today() -> Option<Day> {
    Day::parse(&outcome::today().to_string())
}

/// Reads a policy file, or takes one of those in the program.
pub(crate) fn policy(name: &str) -> Result<Arc<PolicyFile>> {
    let path = Path::new(name);
    let (name, text) = match preset_text(name) {
        Some(text) if !path.exists() => (name.to_owned(), text.to_owned()),
        _ => (name.to_owned(), text_of(path, "the policy")?),
    };
    let mut load = |from: &str, name: &str| {
        // A file is named as seen from the one that extends it.
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        let path = folder.join(name);
        let text = read_bounded(&path).map_err(|error| error.to_string())?;
        Ok((path.display().to_string(), text))
    };
    PolicyFile::read(&name, &text, &mut load)
        .map(Arc::new)
        .map_err(|error| CommandError::new(Kind::Config, error))
}

/// Reads the ignore files that were named, and those of other tools in the working folder.
pub(crate) fn ignore_files(named: &[PathBuf]) -> Result<Vec<Arc<IgnoreFile>>> {
    let family = |tool: Tool| if tool == Tool::TrivyYaml { Tool::Trivy } else { tool };
    let mut files = Vec::new();
    let mut tools = Vec::new();
    for path in named {
        let name = path.display().to_string();
        tools.push(family(Tool::of(&name)));
        files.push((name, text_of(path, "the ignore file")?));
    }
    for (name, tool) in FOUND_BY_NAME {
        // A file that is named stands in for the one its tool would find.
        let path = Path::new(name);
        if !tools.contains(&family(tool)) && path.is_file() {
            files.push((name.to_owned(), text_of(path, "the ignore file")?));
        }
    }
    let mut read = Vec::new();
    for (name, text) in files {
        let file = suppress::read(&name, &text).map_err(|error| {
            CommandError::new(Kind::Config, error).hint(format!("mend or remove {name}"))
        })?;
        if !file.entries.is_empty() || !file.remarks.is_empty() {
            tracing::info!(file = file.file, entries = file.entries.len(), "ignore file");
        }
        read.push(Arc::new(file));
    }
    Ok(read)
}

/// Reads an ignore policy in Rego.
pub(crate) fn ignore_policy(path: &Path) -> Result<Arc<IgnorePolicy>> {
    let text = text_of(path, "the ignore policy")?;
    IgnorePolicy::read(&path.display().to_string(), &text, lazaret_report::view::trivy)
        .map(Arc::new)
        .map_err(|error| CommandError::new(Kind::Config, error))
}

/// Reads an earlier report.
pub(crate) fn baseline(path: &Path) -> Result<Arc<Baseline>> {
    let reports = read_reports(path)?;
    Ok(Arc::new(Baseline::new(&path.display().to_string(), &reports.0)))
}

fn text_of(path: &Path, what: &str) -> Result<String> {
    read_bounded(path).map_err(|error| {
        let context = format!("failed to read {what} {}", path.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    })
}

/// A file that is not much larger than any that would be taken.
fn read_bounded(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let limit = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(limit).read_to_string(&mut text)?;
    Ok(text)
}
