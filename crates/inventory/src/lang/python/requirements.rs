//! `requirements.txt` of pip.

use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Projects a requirements file pins to one version. What it leaves open names no version that
/// could be in the image.
pub(crate) static REQUIREMENTS: Extractor = Extractor {
    id: "python/requirements",
    version: 1,
    title: "pip requirements files",
    spec: "https://pip.pypa.io/en/stable/reference/requirements-file-format/",
    selects: &[Select::Affix("requirements", ".txt"), Select::Suffix("requirements.txt")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Lines joined by backslashes. A requirement with the hashes of a large project has some hundred.
const JOINED_BYTES_MAX: usize = 1 << 20;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    let mut broken = Broken::default();
    let mut joined = String::new();
    let mut start = 0;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(packages.sink(), line.number, "the line is not UTF-8");
            continue;
        };
        if joined.is_empty() {
            start = line.number;
        }
        match text.strip_suffix('\\').filter(|_| joined.len() < JOINED_BYTES_MAX) {
            Some(part) if !text.trim_start().starts_with('#') => {
                joined.push_str(part);
                joined.push(' ');
                continue;
            }
            _ => joined.push_str(text),
        }
        requirement(&joined, start, &mut packages, &mut broken);
        joined.clear();
    }
    requirement(&joined, start, &mut packages, &mut broken);
    broken.finish()?;
    packages.finish()
}

/// One requirement, if the line is one and not an option or a comment.
fn requirement(line: &str, number: u32, packages: &mut Packages<'_, '_>, broken: &mut Broken) {
    // No name or version has one of these in it, unlike addresses, which are not pinned.
    let text = line.split('#').next().unwrap_or(line).trim();
    if text.is_empty() || text.starts_with('-') {
        return;
    }
    let name_end = text.find(|c: char| !is_name_char(c)).unwrap_or(text.len());
    let Some((name, rest)) = text.split_at_checked(name_end) else { return };
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => match extras.split_once(']') {
            Some((_, rest)) => rest.trim_start(),
            None => return broken.report(packages.sink(), number, NOT_ONE),
        },
        None => rest,
    };
    // Options such as hashes follow the requirement; a marker says where it applies.
    let rest = rest.split([';', '\t']).next().unwrap_or(rest);
    let specifier = rest.split(" --").next().unwrap_or(rest).trim();
    let looks_right = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && (specifier.is_empty() || specifier.starts_with(['=', '<', '>', '!', '~', '@', '(']));
    // A line may be the path or address of a project.
    let is_place = line.contains("://") || line.trim_start().starts_with(['.', '/']);
    if !looks_right && !is_place {
        return broken.report(packages.sink(), number, NOT_ONE);
    }
    let specifier = specifier.trim_start_matches('(').trim_end_matches(')');
    let Some(version) = pinned(specifier).filter(|_| looks_right) else { return };
    if !version.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return broken.report(packages.sink(), number, NOT_ONE);
    }
    packages.add(declared(Ecosystem::Pypi, name, version, Presence::Declared, Some(number)));
}

/// Name and version of one requirement that allows only one version.
pub(crate) fn pin(requirement: &str) -> Option<(&str, &str)> {
    let requirement = requirement.split([';', '#']).next().unwrap_or(requirement).trim();
    let name_end = requirement.find(|c: char| !is_name_char(c))?;
    let (name, rest) = requirement.split_at_checked(name_end)?;
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let version = pinned(rest.trim_start_matches('(').trim_end_matches(')'))?;
    let is_right = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && version.starts_with(|c: char| c.is_ascii_alphanumeric());
    is_right.then_some((name, version))
}

const NOT_ONE: &str = "expected `NAME==VERSION` or another requirement";

/// The only version that fulfills a specifier.
fn pinned(specifier: &str) -> Option<&str> {
    let version = specifier.strip_prefix("===").or_else(|| specifier.strip_prefix("=="))?.trim();
    // What else follows, such as an address, pip does not read.
    let version = version.split_whitespace().next().unwrap_or(version);
    (!specifier.contains([',', '*'])).then_some(version)
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}
