//! Expressions, compiled when first needed and within bounds.

use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// Length of an expression in bytes. The longest of widely used rule sets, a list of names that are
/// no secrets, has 1,300.
const SOURCE_BYTES_MAX: usize = 16 << 10;

/// Size of a compiled expression in bytes. Repetitions such as `{50,1000}` take some 100 KB; ten
/// times that is a mistake, and slow.
const COMPILED_BYTES_MAX: usize = 2 << 20;

/// Memory an expression may use for the states it has met, in bytes, per thread.
const STATES_BYTES_MAX: usize = 1 << 20;

/// An expression that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is no regular expression, or uses what has no linear-time search, such as a
    /// back-reference.
    #[error("not a regular expression: {0}")]
    Syntax(String),
    /// It is longer than 16 KiB, or grows too large when compiled.
    #[error("the expression is too large")]
    TooLarge,
}

/// An expression over bytes. `\w`, `\d`, `\b` and `(?i)` speak of ASCII.
#[derive(Debug)]
pub(super) struct Pattern {
    source: Box<str>,
    compiled: OnceLock<Result<Regex, PatternError>>,
}

impl Pattern {
    /// An expression that is compiled at its first use.
    pub(super) fn lazy(source: impl Into<Box<str>>) -> Self {
        Self { source: source.into(), compiled: OnceLock::new() }
    }

    /// An expression that is compiled now.
    pub(super) fn eager(source: impl Into<Box<str>>) -> Result<Self, PatternError> {
        let pattern = Self::lazy(source);
        pattern.compiled().as_ref().map_err(Clone::clone)?;
        Ok(pattern)
    }

    /// What it was made of.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn compiled(&self) -> &Result<Regex, PatternError> {
        self.compiled.get_or_init(|| compile(&self.source))
    }

    /// The expression; nothing where it is none. Those of users were compiled when they were read,
    /// and the built-in ones are compiled by a test.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.compiled().as_ref().ok()
    }

    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }
}

fn compile(source: &str) -> Result<Regex, PatternError> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(PatternError::TooLarge);
    }
    RegexBuilder::new(source)
        .unicode(false)
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(STATES_BYTES_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            other => PatternError::Syntax(last_line(&other.to_string())),
        })
}

/// What a message of several lines comes to: the picture of the place is in those before.
fn last_line(message: &str) -> String {
    let line = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim().trim_start_matches("error: ").chars().take(200).collect()
}

/// Rewrites an expression of Go's `regexp` so that it means the same here.
///
/// Both are of the same family. Go takes a brace that begins no repetition for itself, `\<` for
/// `<`, and knows no operators inside a class, where `[`, `&&`, `--` and `~~` are characters.
pub(super) fn from_go(source: &str) -> String {
    let mut out = String::with_capacity(source.len().saturating_add(16));
    let mut rest = source.chars();
    let mut class = Class::Outside;
    while let Some(ch) = rest.next() {
        let was_first = class == Class::First;
        match (ch, class) {
            ('\\', _) => match rest.next() {
                Some(escaped @ ('<' | '>')) => out.push(escaped),
                Some('Q') if class == Class::Outside => quote(&mut rest, &mut out),
                Some(escaped) => out.extend(['\\', escaped]),
                None => out.push('\\'),
            },
            ('[', Class::Outside) => {
                class = Class::First;
                out.push('[');
                let mut after = rest.clone();
                if after.next() == Some('^') {
                    out.push('^');
                    rest = after;
                }
                continue;
            }
            // A bracket right after the opening one is a character.
            (']', Class::First) => out.push_str("\\]"),
            (']', Class::Inside) => {
                class = Class::Outside;
                out.push(']');
            }
            ('[', _) if rest.as_str().starts_with(':') => match rest.as_str().split_once(":]") {
                Some((name, after)) => {
                    out.push('[');
                    out.push_str(name);
                    out.push_str(":]");
                    rest = after.chars();
                }
                None => out.push_str("\\["),
            },
            ('[' | '&' | '~', Class::First | Class::Inside) => out.extend(['\\', ch]),
            // The second of two dashes ends a range that the first one makes of them, unless that
            // is itself what the range begins with.
            ('-', Class::First) if rest.as_str().starts_with('-') => out.push_str("\\-"),
            ('-', Class::Inside) if rest.as_str().starts_with('-') => {
                rest.next();
                out.push_str("-\\-");
            }
            ('{', Class::Outside) if !is_repetition(rest.as_str()) => out.push_str("\\{"),
            (ch, _) => out.push(ch),
        }
        if was_first && class == Class::First {
            class = Class::Inside;
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Outside,
    /// Before the first character of a class.
    First,
    Inside,
}

/// Copies what is between `\Q` and `\E`, each character standing for itself.
fn quote(rest: &mut std::str::Chars<'_>, out: &mut String) {
    let text = rest.as_str();
    let (quoted, after) = text.split_once("\\E").unwrap_or((text, ""));
    out.push_str(&regex::escape(quoted));
    *rest = after.chars();
}

/// Whether what follows an opening brace makes it a repetition: `3}`, `3,}`, `3,5}`.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else { return false };
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !low.is_empty() && is_number(low) && is_number(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_large_expressions_are_refused() {
        assert_eq!(Pattern::eager("((a{500}){500}){50}").unwrap_err(), PatternError::TooLarge);
        assert_eq!(Pattern::eager("a".repeat(20_000)).unwrap_err(), PatternError::TooLarge);
    }

    #[test]
    fn what_is_no_expression_says_why() {
        let PatternError::Syntax(why) = Pattern::eager("(a").unwrap_err() else { panic!() };
        assert_eq!(why, "unclosed group");
        let PatternError::Syntax(why) = Pattern::eager(r"(a)\1").unwrap_err() else { panic!() };
        assert_eq!(why, "backreferences are not supported");
    }

    #[test]
    fn expressions_of_go_keep_their_meaning() {
        for (source, matching, other) in [
            (r"\$?{{[^}]+}}", "{{ token }}", "{ token }"),
            (r"a{2}b{1,}", "aab", "ab"),
            (r"{\d{0,2}}", "{12}", "12"),
            (r"[[\]]x", "[x", "x"),
            (r"[]a]x", "]x", "bx"),
            (r"[^]a]x", "bx", "]x"),
            (r"[a&&b]z", "&z", "cz"),
            (r"[+--]x", ",x", ".x"),
            (r"[--/]x", ".x", "+x"),
            (r"\<a\>", "<a>", "a"),
            (r"[[:digit:]_]x", "5x", "ax"),
            (r"\Qa.b\Ec", "a.bc", "axbc"),
            (r"\/\-\_", "/-_", "/-"),
        ] {
            let pattern =
                Pattern::eager(from_go(source)).unwrap_or_else(|e| panic!("{source}: {e}"));
            assert!(pattern.is_match(matching.as_bytes()), "{source} on {matching}");
            assert!(!pattern.is_match(other.as_bytes()), "{source} on {other}");
        }
    }
}
