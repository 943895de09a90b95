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
    says && words(line).nth(COPYRIGHT_WORDS_MAX).is_none() && !words(line).any(is_license)
}

/// The words of a prepared text: runs of letters and digits, spelled one way.
pub(super) fn words(prepared: &str) -> impl Iterator<Item = &str> {
    let words =
        prepared.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
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
            words(&prepared).map(str::to_owned).collect::<Vec<_>>()
        });
        assert_eq!(both[0], ["this", "license", "is", "here"]);
        assert_eq!(both[0], both[1]);
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
