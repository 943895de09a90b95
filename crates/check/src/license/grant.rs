//! Sentences that put something under a license without its text: the notices that licenses ask to
//! have at the head of each file, and `licensed under the MIT License`.

use super::expression::Expression;
use super::name;

/// How far before a license's name it may say that something is under it, in words.
const BEFORE: usize = 12;

/// How far behind a license's name its version may be, in words.
const BEHIND: usize = 16;

/// How far behind a version it may say that later ones will do, in words.
const LATER: usize = 20;

/// The longest name of a license without a version, in words.
const NAME_MAX: usize = 4;

/// Licenses without versions that a name alone is enough for.
const PLAIN: [&str; 9] = [
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "PostgreSQL",
    "Unlicense",
    "WTFPL",
    "Zlib",
];

/// Names with the version in them.
const SHORT: [&str; 5] = ["agplv3", "gplv2", "gplv3", "lgplv2", "lgplv3"];

/// Finds licenses that a text says something is under, in its prepared words. `is_taken` says which
/// words belong to the text of a license, which speaks of itself and others.
pub(super) fn grants(words: &[&str], is_taken: impl Fn(usize) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_name = matches!(*word, "license" | "licenses" | "gpl" | "lgpl" | "agpl");
        if (is_name || SHORT.contains(word)) && !is_taken(at) {
            match versioned(words, at) {
                Some(license) => found.push(license),
                None => found.append(&mut plain(words, at)),
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn part<'w, 't>(words: &'w [&'t str], from: usize, to: usize) -> &'w [&'t str] {
    words.get(from..to.min(words.len())).unwrap_or_default()
}

/// A license with a version behind its name, or before it.
fn versioned(words: &[&str], at: usize) -> Option<String> {
    let before = part(words, at.saturating_sub(5), at);
    let (name, versioned) = match words.get(at)?.split_once('v') {
        Some((name, version)) => (name, Some(version)),
        None => (*words.get(at)?, None),
    };
    let family = match (before, name) {
        (_, "gpl" | "lgpl" | "agpl") => name,
        ([.., "lesser" | "library", "general", "public"], _) => "lgpl",
        ([.., "affero", "general", "public"], _) => "agpl",
        ([.., "general", "public"], _) => "gpl",
        ([.., "mozilla", "public"], _) => "mpl",
        ([.., "eclipse", "public"], _) => "epl",
        ([.., "apache"] | [.., "apache", "software"], _) => "apache",
        _ => return None,
    };
    let context = part(words, at.saturating_sub(BEFORE), at);
    if !context.iter().any(|word| matches!(*word, "under" | "terms" | "redistribute")) {
        return None;
    }
    // An exception speaks of other software, `that is licensed under` another license.
    if context.windows(3).any(|three| matches!(three, ["that" | "which", "is" | "are", "licensed"]))
    {
        return None;
    }
    let behind = at.saturating_add(1);
    let (version, end) = versioned
        .map(|version| (version.to_owned(), behind))
        .or_else(|| version_in(words, behind, behind.saturating_add(BEHIND)))
        // `under version 2 of the GNU General Public License`
        .or_else(|| version_in(words, at.saturating_sub(9), at))?;
    let tail = part(words, end, end.saturating_add(LATER));
    let is_later = tail.windows(2).any(|two| matches!(*two, ["any" | "or", "later"]));
    let is_gnu = matches!(family, "gpl" | "lgpl" | "agpl");
    let later = if is_later && is_gnu { "+" } else { "" };
    listed(&format!("{family} {version}{later}"))
}

/// The first `version 2.1`, `v2`, or number right at the beginning, and where it ends.
fn version_in(words: &[&str], from: usize, to: usize) -> Option<(String, usize)> {
    let is_number = |word: &&str| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_digit());
    for at in from..to.min(words.len()) {
        let word = words.get(at)?;
        let (first, next) = match word.strip_prefix('v') {
            Some("ersion" | "") => (*words.get(at.saturating_add(1))?, at.saturating_add(2)),
            Some(number) if is_number(&number) => (number, at.saturating_add(1)),
            _ if at == from && is_number(word) => (*word, at.saturating_add(1)),
            _ => continue,
        };
        if !is_number(&first) {
            continue;
        }
        return Some(match words.get(next).filter(|word| is_number(word)) {
            Some(minor) => (format!("{first}.{minor}"), next.saturating_add(1)),
            None => (first.to_owned(), next),
        });
    }
    None
}

/// `under the MIT license`, `under the terms of the Unlicense and MIT licenses`.
fn plain(words: &[&str], at: usize) -> Vec<String> {
    let before = part(words, at.saturating_sub(BEFORE), at);
    let Some(under) = before.iter().rposition(|word| *word == "under") else { return Vec::new() };
    let names = before.get(under.saturating_add(1)..).unwrap_or_default();
    let is_filler = |word: &&&str| {
        matches!(**word, "the" | "terms" | "of" | "a" | "an" | "both" | "either" | "following")
    };
    let names = names.split(|word| matches!(*word, "and" | "or"));
    let names = names.map(|name| name.iter().skip_while(is_filler).copied().collect::<Vec<_>>());
    // Which of the licenses of this name is meant, the name alone does not say.
    let names = names.filter(|name| !name.is_empty() && name.len() <= NAME_MAX);
    let names = names.map(|name| name.join(" ")).filter(|name| name != "bsd");
    names.filter_map(|name| listed(&name)).filter(|id| PLAIN.contains(&id.as_str())).collect()
}

fn listed(name: &str) -> Option<String> {
    match name::license(name)? {
        Expression::License(term) if term.is_listed => Some(term.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let prepared = words::prepared(text);
        grants(&words::words(&prepared), |_| false)
    }

    #[test]
    fn notices_of_files_are_known() {
        for (text, expected) in [
            (
                "Licensed under the Apache License, Version 2.0 (the \"License\"); you may not use this file",
                "Apache-2.0",
            ),
            (
                "This program is free software; you can redistribute it and/or modify it under the terms of \
              the GNU General Public License as published by the Free Software Foundation; either version 2 \
              of the License, or (at your option) any later version.",
                "GPL-2.0-or-later",
            ),
            (
                "under the terms of the GNU Lesser General Public License as published by the Free Software \
              Foundation, version 2.1.",
                "LGPL-2.1-only",
            ),
            ("released under version 3 of the GNU Affero General Public License", "AGPL-3.0-only"),
            (
                "This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0.",
                "MPL-2.0",
            ),
            (
                "This program is made available under the terms of the Eclipse Public License 2.0",
                "EPL-2.0",
            ),
            ("It is distributed under the terms of the MIT License.", "MIT"),
            ("This is dual-licensed under the Unlicense and MIT licenses.", "MIT Unlicense"),
            ("licensed under the GPLv2 or the like", "GPL-2.0-only"),
            ("licensed under the LGPLv3 or later", "LGPL-3.0-or-later"),
            ("licensed under the GPL v3 or later", "GPL-3.0-or-later"),
        ] {
            assert_eq!(found(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn mentions_are_no_grants() {
        for text in [
            "The GNU General Public License version 2 is incompatible with it.",
            "See the MIT license for details.",
            "combine or link it with software that is licensed under the GPLv2",
            "This is under a license.",
            "distributed under the BSD license",
            "license license license version version 2",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
