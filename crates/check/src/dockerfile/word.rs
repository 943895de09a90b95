//! Words of a Dockerfile: where they end, what they are without their quotes, and what the
//! variables in them become.
//!
//! The rules of BuildKit's `frontend/dockerfile/shell` lexer, as the Dockerfile reference tells them
//! under "Environment replacement".

use std::cell::RefCell;

/// Splits at white space outside quotes.
pub(super) fn split(text: &str, escape: char) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, after) = first(rest, escape);
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// The word a text begins with, and what follows it.
pub(super) fn first(text: &str, escape: char) -> (&str, &str) {
    let mut quote: Option<char> = None;
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if character == escape && quote != Some('\'') {
            is_escaped = true;
        } else if quote == Some(character) {
            quote = None;
        } else if quote.is_none() {
            if character.is_whitespace() {
                return text.split_at_checked(at).unwrap_or((text, ""));
            }
            if matches!(character, '"' | '\'') {
                quote = Some(character);
            }
        }
    }
    (text, "")
}

/// Takes quotes and escapes off a word; variables stay as they are written.
pub(super) fn unquote(word: &str, escape: char) -> String {
    let mut text = String::with_capacity(word.len());
    let mut quote: Option<char> = None;
    let mut rest = word.chars().peekable();
    while let Some(character) = rest.next() {
        match quote {
            Some('\'') if character != '\'' => text.push(character),
            Some(open) if character == open => quote = None,
            None if matches!(character, '"' | '\'') => quote = Some(character),
            _ if character == escape => match rest.peek() {
                // Windows paths are written with single backslashes; a backslash before a letter is
                // one of theirs.
                Some(next) if next.is_alphanumeric() => text.push(character),
                Some(_) => text.extend(rest.next()),
                None => text.push(character),
            },
            _ => text.push(character),
        }
    }
    text
}

/// A text with its variables replaced, and whether each of them was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    pub(super) unknown: Vec<String>,
}

impl Expanded {
    fn push(&mut self, text: &str) {
        if self.text.len() < EXPANDED_MAX {
            self.text.extend(text.chars().take(EXPANDED_MAX));
        }
    }
}

/// Replaces the variables in a text; what is unknown becomes empty, as it does when building.
pub(super) fn expand(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Expanded {
    let mut expanded = Expanded { text: String::new(), unknown: Vec::new() };
    expand_into(text, lookup, 0, &mut expanded);
    expanded
}

/// Bytes of a replaced text: names of images have a few hundred.
const EXPANDED_MAX: usize = 1_024;

/// Variables in the default of a variable, and so on: nobody writes more.
const DEPTH_MAX: usize = 8;

fn expand_into(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    depth: usize,
    out: &mut Expanded,
) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push(before);
        if let Some(inner) = after.strip_prefix('{') {
            let Some(end) = closing_brace(inner) else {
                out.push("${");
                rest = inner;
                continue;
            };
            let body = inner.get(..end).unwrap_or("");
            rest = inner.get(end..).and_then(|rest| rest.strip_prefix('}')).unwrap_or("");
            expand_braced(body, lookup, depth, out);
        } else {
            let end = name_end(after);
            let (name, after) = after.split_at_checked(end).unwrap_or((after, ""));
            rest = after;
            if name.is_empty() {
                out.push("$");
                continue;
            }
            match lookup(name) {
                Some(value) => out.push(&value),
                None => out.unknown.push(name.to_owned()),
            }
        }
    }
    out.push(rest);
}

fn expand_braced(
    body: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    depth: usize,
    out: &mut Expanded,
) {
    let (name, modifier) = body.split_at_checked(name_end(body)).unwrap_or((body, ""));
    let value = lookup(name);
    let (operator, word) = modifier
        .strip_prefix(':')
        .map_or((modifier, modifier), |rest| (rest, rest))
        .0
        .split_at_checked(1)
        .unwrap_or(("", ""));
    let is_set = value.as_ref().is_some_and(|v| !modifier.starts_with(':') || !v.is_empty());
    match operator {
        "-" if !is_set && depth < DEPTH_MAX => {
            expand_into(word, lookup, depth.saturating_add(1), out);
        }
        "+" if is_set && depth < DEPTH_MAX => {
            expand_into(word, lookup, depth.saturating_add(1), out);
        }
        "+" => {}
        _ => match value {
            Some(value) => out.push(&value),
            None => out.unknown.push(name.to_owned()),
        },
    }
}

/// Where the name of a variable ends.
pub(super) fn name_end(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 1;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' => open = open.saturating_add(1),
            '}' if open == 0 => return Some(at),
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The names of the variables in a text, in order.
pub(super) fn variables(text: &str) -> Vec<String> {
    let names = RefCell::new(Vec::new());
    expand(text, &|name| {
        names.borrow_mut().push(name.to_owned());
        None
    });
    names.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(split(r#"a "b c" 'd e' f\ g"#, '\\'), ["a", "\"b c\"", "'d e'", r"f\ g"]);
        assert_eq!(unquote(r#""b c"d'$e'\ f"#, '\\'), "b cd$e f");
        assert_eq!(unquote(r#""C:\Program Files""#, '\\'), r"C:\Program Files");
    }

    #[test]
    fn variables_become_what_they_stand_for() {
        let lookup = |name: &str| match name {
            "A" => Some("1".to_owned()),
            "E" => Some(String::new()),
            _ => None,
        };
        for (text, wanted) in [
            ("x$A-${A}", "x1-1"),
            ("${B:-d}${A:-d}", "d1"),
            ("${E:-d}${E-d}", "d"),
            ("${A:+s}${B:+s}", "s"),
            ("${B:-${A}x}", "1x"),
            ("$B/${C}", "/"),
            ("a$", "a$"),
            ("${A", "${A"),
        ] {
            assert_eq!(expand(text, &lookup).text, wanted, "{text}");
        }
        assert_eq!(expand("$B${C}", &lookup).unknown, ["B", "C"]);
    }

    #[test]
    fn defaults_within_defaults_have_an_end() {
        let text = format!("{}x{}", "${A:-".repeat(1000), "}".repeat(1000));
        assert!(expand(&text, &|_| None).text.len() < text.len());
    }
}
