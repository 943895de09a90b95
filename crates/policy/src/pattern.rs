//! Names and paths by pattern: `*`, `?`, `[…]` and `{a,b}`, and `**` across folders.

use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeSet;
use std::fmt;

/// A pattern that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a pattern: {why}")]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

/// One pattern, with the text it was written as.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    /// What everything that matches begins with: nearly everything is told apart by it at once.
    prefix: String,
    is_path: bool,
    matcher: GlobMatcher,
}

impl Pattern {
    /// A pattern for names: `*` stands for anything, upper and lower case are the same.
    pub(crate) fn name(text: &str) -> Result<Self, PatternError> {
        Self::new(text, false)
    }

    /// A pattern for paths of an image: `*` stands for anything but `/`, `**` for any folders.
    pub(crate) fn path(text: &str) -> Result<Self, PatternError> {
        Self::new(text.trim_start_matches("./").trim_start_matches('/'), true)
    }

    fn new(text: &str, is_path: bool) -> Result<Self, PatternError> {
        let glob = GlobBuilder::new(text)
            .literal_separator(is_path)
            .case_insensitive(!is_path)
            .backslash_escape(true)
            .build()
            .map_err(|error| PatternError {
                pattern: text.to_owned(),
                why: error.kind().to_string(),
            })?;
        let prefix = text.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default();
        Ok(Self {
            text: text.to_owned(),
            prefix: prefix.to_owned(),
            is_path,
            matcher: glob.compile_matcher(),
        })
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        let begins = text.as_bytes().get(..self.prefix.len()).is_some_and(|start| {
            if self.is_path {
                start == self.prefix.as_bytes()
            } else {
                start.eq_ignore_ascii_case(self.prefix.as_bytes())
            }
        });
        begins && self.matcher.is_match(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether a text is a pattern and not just a name.
fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// How many names are compared one by one.
const FEW: usize = 8;

/// A list of names, some of them patterns. Upper and lower case are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    written: Vec<String>,
    exact: BTreeSet<String>,
    patterns: Vec<Pattern>,
}

impl Names {
    pub(crate) fn new(words: impl IntoIterator<Item = String>) -> Result<Self, PatternError> {
        let mut names = Self::default();
        for word in words {
            if is_pattern(&word) {
                names.patterns.push(Pattern::name(&word)?);
            } else {
                names.exact.insert(word.to_ascii_lowercase());
            }
            names.written.push(word);
        }
        Ok(names)
    }

    pub(crate) fn is_match(&self, name: &str) -> bool {
        let is_exact = || {
            // For a few, comparing is faster than making a copy in lower case.
            if self.exact.len() <= FEW {
                return self.exact.iter().any(|known| known.eq_ignore_ascii_case(name));
            }
            self.exact.contains(&name.to_ascii_lowercase())
        };
        (!self.exact.is_empty() && is_exact())
            || self.patterns.iter().any(|pattern| pattern.is_match(name))
    }

    /// The first that matches, as it was written.
    pub(crate) fn first<'a>(&self, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        names.into_iter().find(|name| self.is_match(name))
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&or(&self.written))
    }
}

/// Words as a person lists alternatives.
pub(crate) fn or<T: fmt::Display>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} or {last}", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_of_paths_stop_at_folders_and_those_of_names_do_not() {
        for (pattern, path, expected) in [
            ("usr/*/python3", "usr/bin/python3", true),
            ("usr/*/python3", "usr/local/bin/python3", false),
            ("usr/**/python3", "usr/local/bin/python3", true),
            ("**/node_modules/**", "app/node_modules/left/package.json", true),
            ("**/*.jar", "app.jar", true),
            ("/app/{a,b}.py", "app/b.py", true),
            ("./app/?.py", "app/c.py", true),
            ("app", "app/c.py", false),
        ] {
            assert_eq!(
                Pattern::path(pattern).unwrap().is_match(path),
                expected,
                "{pattern} {path}"
            );
        }
        let names = Names::new(["@babel/*".to_owned(), "OpenSSL".to_owned()]).unwrap();
        assert!(names.is_match("@babel/core") && names.is_match("openssl"));
        assert!(!names.is_match("openssl-libs"));
        assert_eq!(names.to_string(), "@babel/* or OpenSSL");
        assert!(Pattern::path("a[").is_err());
    }
}
