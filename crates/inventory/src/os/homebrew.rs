//! Homebrew's Cellar: `Cellar/NAME/VERSION`, a folder for each installed version of a formula.
//!
//! Name and version are those of the folders. `INSTALL_RECEIPT.json` says that the formula was
//! installed and from which tap, and `.brew/NAME.rb`, the formula itself, its license.

use crate::lang::json::{Json, entries, string};
use crate::lines::{Lines, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};

/// Installed formulae.
pub(crate) static RECEIPT: Extractor = Extractor {
    id: "homebrew/receipt",
    version: 1,
    title: "Homebrew receipts",
    spec: "https://docs.brew.sh/Formula-Cookbook",
    selects: &[Select::Name("INSTALL_RECEIPT.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run: read_receipt,
};

/// The formulae that were installed.
pub(crate) static FORMULA: Extractor = Extractor {
    id: "homebrew/formula",
    version: 1,
    title: "Installed Homebrew formulae",
    spec: "https://docs.brew.sh/Formula-Cookbook",
    // The folders Homebrew has unless it is built to have another: any other Ruby file would have
    // to be read as well.
    selects: &[
        Select::Below("home/linuxbrew/.linuxbrew/Cellar", ".rb"),
        Select::Below("opt/homebrew/Cellar", ".rb"),
        Select::Below("usr/local/Cellar", ".rb"),
    ],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run: read_formula,
};

fn read_receipt(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let Some((mut package, [_])) = in_keg(input) else { return Ok(()) };
    if input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    Json::new(input.bytes)?.entries(|key, value| {
        if key == "source" {
            entries(value, |key, value| {
                if key == "tap" {
                    package.vendor = string(value).filter(|tap| !tap.is_empty());
                }
            });
        }
    })?;
    sink.package(package);
    Ok(())
}

fn read_formula(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let Some((mut package, [".brew", file])) = in_keg(input) else { return Ok(()) };
    if file.strip_suffix(".rb") != Some(&package.name) || input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let mut is_formula = false;
    for line in Lines::new(input.bytes) {
        let statement = line.text.trim_ascii_start();
        is_formula |= statement.starts_with(b"class ") && statement.ends_with(b"< Formula");
        // `license any_of: [...]` and the like are code; their names are taken as they stand.
        if let Some(value) = statement.strip_prefix(b"license ") {
            package.licenses = quoted(&text(value));
            break;
        }
    }
    if !is_formula {
        return Err(ParseError::new("the file is no formula of Homebrew"));
    }
    sink.package(package);
    Ok(())
}

/// Names between quotes in a line. More than a few licenses in one line are a mistake.
fn quoted(line: &str) -> Vec<String> {
    const LICENSES_MAX: usize = 20;
    let names = line.split('"').skip(1).step_by(2).filter(|name| !name.is_empty());
    names.take(LICENSES_MAX).map(str::to_owned).collect()
}

/// The package of the keg a file lies in, and its path inside of it, which has this many parts.
fn in_keg<'p, const PARTS: usize>(
    input: &FileInput<'p>,
) -> Option<(PackageFact, [&'p str; PARTS])> {
    let parts: Vec<&str> = input.path.as_str().split('/').collect();
    let (rest, inner) = parts.split_last_chunk::<PARTS>()?;
    let (_, ["Cellar", name, version]) = rest.split_last_chunk()? else { return None };
    Some((PackageFact::installed(Ecosystem::Brew, *name, *version), *inner))
}
