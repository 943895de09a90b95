//! What licenses a file says something is under.

use super::expression::short;
use super::texts::TEXTS;
use super::{grant, matching, words};
use lazaret_core::check::LicenseHit;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How sure one must be to say so, in percent, unless somebody asks for something else.
pub const CONFIDENCE_DEFAULT: u8 = 90;

/// How sure a sentence is that names a license, in percent. A tag or a field is sure.
const CONFIDENCE_GRANT: u8 = 90;

/// How much of a file is looked at, in bytes: a list of the notices of a whole browser has more, of
/// nearly anything else less.
const BYTES_MAX: usize = 1 << 20;

/// Lines that name a license, in one file.
const NAMED_MAX: usize = 1_000;

/// The longest file that is read as an expression, in bytes.
const EXPRESSION_BYTES_MAX: usize = 200;

/// What a source file names its license with (SPDX specification, annex "Using SPDX license list
/// short identifiers in source files").
const TAG: &str = "SPDX-License-Identifier:";

/// Where Debian has the texts that many packages share.
const COMMON: &str = "/usr/share/common-licenses/";

/// Finds licenses in a text, the surest first: whole license texts, several in one file too, tags of
/// SPDX, fields of Debian's machine-readable copyright files, and notices that name a license. What is
/// less than 85 % sure is left out.
///
/// The texts of GNU licenses do not say whether later versions will do; they are reported with
/// `-only`.
pub fn classify(text: &str) -> Vec<LicenseHit> {
    let text = text.get(..text.floor_char_boundary(BYTES_MAX)).unwrap_or_default();
    let mut hits = BTreeMap::<String, u8>::new();
    let mut add = |license: String, confidence: u8| {
        let known = hits.entry(license).or_default();
        *known = confidence.max(*known);
    };
    for license in named(text) {
        add(license, 100);
    }
    let prepared = words::prepared(text);
    let words = words::words(&prepared);
    let found = matching::find(&TEXTS, &TEXTS.pairs_of(&words));
    for part in &found {
        if let Some(license) = TEXTS.licenses().get(part.license) {
            add(license.id.clone(), u8::try_from(part.likeness / 10).unwrap_or(100));
        }
    }
    let mut taken = vec![false; words.len()];
    for part in &found {
        if let Some(part) = taken.get_mut(part.words.clone()) {
            part.fill(true);
        }
    }
    for license in grant::grants(&words, |at| taken.get(at).copied().unwrap_or(false)) {
        add(license, CONFIDENCE_GRANT);
    }
    for license in common(text) {
        let family = license.split('-').next().unwrap_or_default().to_owned();
        if !hits.keys().any(|known| known.starts_with(&family)) {
            hits.insert(license, CONFIDENCE_GRANT);
        }
    }
    let mut hits: Vec<LicenseHit> =
        hits.into_iter().map(|(license, confidence)| LicenseHit { license, confidence }).collect();
    hits.sort_by_key(|hit| Reverse(hit.confidence));
    hits
}

/// Licenses that tags and fields name.
fn named(text: &str) -> Vec<String> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let is_debian = first.starts_with("Format:") || first.starts_with("Format-Specification:");
    let mut named = Vec::new();
    // A file may hold an expression and nothing else.
    if text.len() <= EXPRESSION_BYTES_MAX {
        named.extend(known(text));
    }
    for line in text.lines() {
        let field = line.strip_prefix("License:").filter(|_| is_debian);
        let tag = line.split_once(TAG).map(|(_, rest)| rest);
        let Some(value) = tag.or(field) else { continue };
        let value = value.trim().trim_end_matches(|c: char| "*/->\"'".contains(c));
        named.extend(known(value));
        if named.len() >= NAMED_MAX {
            break;
        }
    }
    named
}

/// An expression of listed licenses. Others are no news: a field may begin a license text, and a name
/// nobody knows is explained by the text below it.
fn known(text: &str) -> Option<String> {
    let found = short(text)?;
    found.terms().iter().all(|term| term.is_listed).then(|| found.to_string())
}

/// Licenses whose texts a copyright file of Debian refers to.
fn common(text: &str) -> Vec<String> {
    let mut common = Vec::new();
    for (at, _) in text.match_indices(COMMON).take(NAMED_MAX) {
        let rest = text.get(at.saturating_add(COMMON.len())..).unwrap_or_default();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let name =
            rest.split(|c| !is_part(c)).next().unwrap_or_default().trim_end_matches(['.', '-']);
        common.extend(short(name).map(|found| found.to_string()));
    }
    common.sort();
    common.dedup();
    common
}

/// Names of files that say what the license is, without what follows a full stop or a hyphen.
const NAMES: [&str; 9] = [
    "copying",
    "copyright",
    "legal",
    "licence",
    "licences",
    "license",
    "licenses",
    "notice",
    "unlicense",
];

/// How names of programs and pictures end, whatever they begin with.
const NO_TEXT: [&str; 26] = [
    "c", "cc", "class", "cpp", "css", "dll", "exe", "go", "gz", "h", "java", "js", "json", "mjs",
    "php", "png", "py", "pyc", "rb", "rs", "so", "svg", "ts", "xml", "yaml", "yml",
];

/// Whether a file may say what the license of something is, by its path.
pub fn wants(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // Debian keeps texts there that no package is under by itself.
    if folder.starts_with("usr/share/common-licenses") {
        return false;
    }
    let name = name.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if NO_TEXT.contains(&ending) {
        return false;
    }
    if folder.starts_with("usr/share/licenses/") || folder.ends_with("/LICENSES") {
        return true;
    }
    let stem = name.split('.').next().unwrap_or(&name);
    stem.split(['-', '_']).any(|part| NAMES.contains(&part))
}

#[cfg(test)]
mod tests;
