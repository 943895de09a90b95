//! A text as its words, so that line ends, comment signs, quotes and bullets make no difference
//! (SPDX specification, annex "SPDX license list matching guidelines").

/// A text in lower case without the lines that say whose it is, which differ from copy to copy.
pub(super) fn prepared(text: &str) -> String {
    let mut prepared = String::with_capacity(text.len());
    for line in text.lines() {
        let start = prepared.len();
        prepared.push_str(line);
        prepared.push('\n');
        if let Some(line) = prepared.get_mut(start..) {
            line.make_ascii_lowercase();
        }
        if prepared.get(start..).is_some_and(is_copyright) {
            prepared.truncate(start);
        }
    }
    prepared
}

/// A line of more words than these says more than whose the text is.
const COPYRIGHT_WORDS_MAX: usize = 20;

/// Whether a line in lower case names a year or an owner, and nothing else.
fn is_copyright(line: &str) -> bool {
    let line =
        line.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && c != '(' && c != '©');
    let after = |rest: &str| {
        let rest = rest.trim_start();
        ["(c)", "©", "<", "[", "{", "the ", "by "].iter().any(|start| rest.starts_with(start))
            || rest.starts_with(|first: char| first.is_ascii_digit())
    };
    let says = line.strip_prefix("copyright").is_some_and(after)
        || line.strip_prefix("(c)").is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.starts_with("copyright") || rest.starts_with(|c: char| c.is_ascii_digit())
        })
        || line.starts_with('©')
        || line.trim_end().trim_end_matches('.') == "all rights reserved";
    let is_license = |word: &str| matches!(word, "permission" | "redistribution" | "licensed");
    says && spelled(line).nth(COPYRIGHT_WORDS_MAX).is_none() && !spelled(line).any(is_license)
}

/// The words of a prepared text: runs of letters and digits, spelled one way, without whom they name.
pub(super) fn words(prepared: &str) -> Vec<&str> {
    without_names(spelled(prepared).collect())
}

fn spelled(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| match word {
        "licence" => "license",
        "licences" => "licenses",
        "licenced" => "licensed",
        "sublicence" => "sublicense",
        "https" => "http",
        "favour" => "favor",
        "organisation" => "organization",
        other => other,
    })
}

/// Between which words a license names whoever uses it: what comes before, and what after.
const NAMES: [(&[&str], &[&str]); 3] = [
    (&["is", "provided", "by"], &["as", "is"]),
    (&["in", "no", "event", "shall"], &["be", "liable"]),
    (&["neither", "the", "name"], &["nor"]),
];

/// The longest name in such a place, in words.
const NAME_WORDS_MAX: usize = 20;

/// Leaves out names where licenses have a place for them.
fn without_names(words: Vec<&str>) -> Vec<&str> {
    let mut kept = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        kept.push(*word);
        at = at.saturating_add(1);
        for (before, after) in NAMES {
            if !kept.ends_with(before) {
                continue;
            }
            let end = at.saturating_add(NAME_WORDS_MAX).min(words.len());
            let rest = words.get(at..end).unwrap_or_default();
            if let Some(length) = rest.windows(after.len()).position(|found| found == after) {
                at = at.saturating_add(length);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_makes_no_difference() {
        let plain = "Copyright (c) 2020 Me\nAll rights reserved.\n\nThis licence is\nhere.";
        let comment =
            "/*\n * Copyright 2021, You <you@example.org>\n *\n * \"This\" license is here.\n */";
        let both = [plain, comment].map(|text| {
            let prepared = prepared(text);
            words(&prepared).join(" ")
        });
        assert_eq!(both[0], "this license is here");
        assert_eq!(both[0], both[1]);
    }

    #[test]
    fn whoever_uses_a_license_makes_no_difference() {
        for text in [
            "this is provided by the author as is. in no event shall the author be liable",
            "this is provided by the regents and contributors as is. in no event shall they be liable",
            "this is provided by as is. in no event shall be liable",
        ] {
            let kept = "this is provided by as is in no event shall be liable";
            assert_eq!(words(text).join(" "), kept);
        }
        let open = format!("neither the name {}", "x ".repeat(30));
        assert_eq!(words(&open).len(), 33);
    }

    #[test]
    fn sentences_about_copyright_stay() {
        for line in [
            "copyright notice, this list of conditions and the following disclaimer.",
            "copyright holders be liable for any claim",
            "copyright 2020 me permission is hereby granted free of charge to any person obtaining a copy of \
             this software and",
        ] {
            assert!(!is_copyright(line), "{line}");
        }
    }
}
