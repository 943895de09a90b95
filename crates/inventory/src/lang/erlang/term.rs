//! Literals of Erlang and Elixir, as their lock files and application files are written: lists,
//! tuples, maps, strings, binaries and words.

use crate::lang::declared::document;
use crate::lang::places::Places;
use lazaret_core::extract::ParseError;

/// Nesting of terms; the formats need six.
const DEPTH_MAX: usize = 64;

/// Which of the two languages a text is in: they differ in comments and in what quotes mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Elixir,
    Erlang,
}

/// One literal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Term<'a> {
    /// A string or a binary. No name or version has escapes, which stay as they are written.
    Text(&'a str),
    /// An atom, without its colon, or a number.
    Word(&'a str),
    /// A list, a tuple or a map, by its opening bracket. A pair of a map or a keyword list is a
    /// tuple of two.
    Group(char, Vec<Self>),
}

impl<'a> Term<'a> {
    /// The text or word.
    pub(super) fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Word(text) => Some(text),
            Self::Group(..) => None,
        }
    }

    /// The terms in a group; none in anything else.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Group(_, items) => items,
            _ => &[],
        }
    }

    /// The terms in a tuple.
    pub(super) fn tuple(&self) -> &[Self] {
        match self {
            Self::Group('{', items) => items,
            _ => &[],
        }
    }
}

/// The terms of a file, and where they are.
pub(super) struct Terms<'a> {
    pub(super) terms: Vec<Term<'a>>,
    places: Places<'a>,
}

impl<'a> Terms<'a> {
    /// Reads a file of literals.
    pub(super) fn parse(bytes: &'a [u8], language: Language) -> Result<Self, ParseError> {
        let text = document(bytes)?;
        let mut reader = Reader { text, at: 0, language };
        let places = Places::new(text.as_bytes());
        let terms = reader.sequence(None, 0).map_err(|message| ParseError {
            message: message.to_owned(),
            line: places.line(reader.at.min(text.len())),
        })?;
        Ok(Self { terms, places })
    }

    /// The line of a text of this file.
    pub(super) fn line(&self, text: &str) -> Option<u32> {
        self.places.line_of(text)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    language: Language,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Passes over spaces and comments.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.skip(rest.len().saturating_sub(trimmed.len()));
            let comment = if self.language == Language::Erlang { '%' } else { '#' };
            // `%{` opens a map of Elixir.
            if !trimmed.starts_with(comment) {
                return;
            }
            self.skip(trimmed.find('\n').unwrap_or(trimmed.len()));
        }
    }

    /// Terms up to a closing bracket, or to the end of the file. Those of a file end with a point in
    /// Erlang; those of a group have commas between them.
    fn sequence(
        &mut self,
        close: Option<&str>,
        depth: usize,
    ) -> Result<Vec<Term<'a>>, &'static str> {
        if depth > DEPTH_MAX {
            return Err("the terms are nested too deep");
        }
        let mut terms = Vec::new();
        loop {
            self.blank();
            let rest = self.rest();
            match close {
                Some(close) if rest.starts_with(close) => {
                    self.skip(close.len());
                    return Ok(terms);
                }
                None if rest.is_empty() => return Ok(terms),
                Some(_) if rest.is_empty() => return Err("the file ends inside of a term"),
                _ => {}
            }
            let term = self.term(depth)?;
            self.blank();
            let rest = self.rest();
            let pair = if rest.starts_with("=>") {
                2
            } else {
                usize::from(close.is_some() && rest.starts_with(':'))
            };
            if pair > 0 {
                self.skip(pair);
                self.blank();
                let value = self.term(depth)?;
                self.blank();
                terms.push(Term::Group('{', vec![term, value]));
            } else {
                terms.push(term);
            }
            let rest = self.rest();
            let separator = if close.is_some() { ',' } else { '.' };
            if rest.starts_with(separator) {
                self.skip(1);
            } else if !close.map_or(rest.is_empty(), |close| rest.starts_with(close)) {
                return Err("expected a comma or the end of a term");
            }
        }
    }

    fn term(&mut self, depth: usize) -> Result<Term<'a>, &'static str> {
        let rest = self.rest();
        for (open, close, kind) in [
            ("%{", "}", '%'),
            ("#{", "}", '%'),
            ("{", "}", '{'),
            ("[", "]", '['),
            ("<<", ">>", '<'),
        ] {
            if rest.starts_with(open) {
                self.skip(open.len());
                let mut items = self.sequence(Some(close), depth.saturating_add(1))?;
                // A binary is the string in it.
                return Ok(match items.pop() {
                    Some(Term::Text(text)) if kind == '<' && items.is_empty() => Term::Text(text),
                    last => {
                        items.extend(last);
                        Term::Group(kind, items)
                    }
                });
            }
        }
        let word = rest.strip_prefix(':').unwrap_or(rest);
        self.skip(rest.len().saturating_sub(word.len()));
        match word.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.skip(1);
                let text = self.quoted(quote)?;
                let is_atom =
                    word.len() < rest.len() || (quote == '\'' && self.language == Language::Erlang);
                Ok(if is_atom { Term::Word(text) } else { Term::Text(text) })
            }
            Some(c) if is_word(c) => {
                let end = word.find(|c: char| !is_word(c)).unwrap_or(word.len());
                // The point behind the last term of Erlang is no part of it.
                let text = word.get(..end).unwrap_or_default().trim_end_matches('.');
                self.skip(text.len());
                Ok(Term::Word(text))
            }
            _ => Err("expected a term"),
        }
    }

    /// The text up to a closing quote.
    fn quoted(&mut self, quote: char) -> Result<&'a str, &'static str> {
        let rest = self.rest();
        let mut is_escaped = false;
        for (at, c) in rest.char_indices() {
            if c == quote && !is_escaped {
                self.skip(at.saturating_add(1));
                return Ok(rest.get(..at).unwrap_or_default());
            }
            is_escaped = c == '\\' && !is_escaped;
        }
        Err("a string has no end")
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '.' | '-' | '+' | '?' | '!' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, language: Language) -> Vec<Term<'_>> {
        Terms::parse(text.as_bytes(), language).unwrap().terms
    }

    #[test]
    fn both_languages_write_the_same_terms() {
        let expected = vec![Term::Group(
            '{',
            vec![
                Term::Word("pkg"),
                Term::Text("a"),
                Term::Group('[', vec![Term::Group('{', vec![Term::Word("x"), Term::Word("1")])]),
            ],
        )];
        assert_eq!(one("% note\n{pkg,<<\"a\">>,[{'x', 1}]}.", Language::Erlang), expected);
        assert_eq!(one("# note\n{:pkg, \"a\", [x: 1,]}", Language::Elixir), expected);
    }

    #[test]
    fn what_is_not_closed_or_parted_is_an_error() {
        for text in ["{a", "[a b]", "{\"a}.", "}", "{a]", "a b", "<<\"a\"", &"[".repeat(100)] {
            assert!(Terms::parse(text.as_bytes(), Language::Erlang).is_err(), "{text}");
        }
    }
}
