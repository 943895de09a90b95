//! `opam` files: OCaml packages that are installed in a switch, and those a project pins.
//!
//! The format is fields, `name: value`, and sections in braces. Values are strings, lists in
//! brackets, and options in braces behind a value.

use super::declared::{Packages, declared, document, need, needs};
use super::places::Places;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages installed in a switch of opam.
pub(crate) static INSTALLED: Extractor = Extractor {
    id: "ocaml/installed",
    version: 1,
    title: "Installed OCaml packages",
    spec: "https://opam.ocaml.org/doc/Manual.html#opam",
    selects: &[Select::Tail(".opam-switch/packages/*/opam")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run: run_installed,
};

/// Packages an opam file of a project pins to one version; `opam lock` pins all.
pub(crate) static LOCKED: Extractor = Extractor {
    id: "ocaml/locked",
    version: 1,
    title: "opam files of projects",
    spec: "https://opam.ocaml.org/doc/Manual.html#opam",
    selects: &[Select::Suffix(".opam"), Select::Suffix(".opam.locked")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: run_locked,
};

/// Licenses named for one package. More than a few are a mistake.
const LICENSES_MAX: usize = 50;

fn run_installed(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let folder = input.path.parent();
    let Some((name, version)) = folder.name().split_once('.') else {
        return Err(ParseError::new("the folder has no name and version of a package"));
    };
    let tokens = tokens(document(input.bytes)?)?;
    let mut package = declared(Ecosystem::Opam, name, version, Presence::Installed, None);
    let licenses = field(&tokens, "license").iter().filter_map(Token::text);
    package.licenses.extend(licenses.take(LICENSES_MAX).map(str::to_owned));
    let depends = dependencies(field(&tokens, "depends"));
    package.needs = needs(depends.iter().filter(|one| !one.is_dev).map(|one| need(one.name, None)));
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}

fn run_locked(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let text = document(input.bytes)?;
    let places = Places::new(text.as_bytes());
    let tokens = tokens(text)?;
    let mut packages = Packages::new(sink);
    for one in dependencies(field(&tokens, "depends")) {
        let Some(version) = one.version else { continue };
        let presence = if one.is_dev { Presence::DeclaredDev } else { Presence::Declared };
        let line = places.line_of(version);
        packages.add(declared(Ecosystem::Opam, one.name, version, presence, line));
    }
    packages.finish()
}

/// A piece of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Text(&'a str),
    /// The name of a field or a variable, a number or an operator.
    Word(&'a str),
    /// A bracket of any kind, or a colon behind the name of a field.
    Mark(char),
}

impl<'a> Token<'a> {
    fn text(&self) -> Option<&'a str> {
        match self {
            Token::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, ParseError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut open: Vec<char> = Vec::new();
    let places = Places::new(text.as_bytes());
    let broken = |rest: &str, message: &str| ParseError {
        message: message.to_owned(),
        line: places.line_of(rest),
    };
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { break };
        if first == '#' {
            rest = rest.get(rest.find('\n').unwrap_or(rest.len())..).unwrap_or_default();
        } else if rest.starts_with("(*") {
            let end = rest.find("*)").ok_or_else(|| broken(rest, "a comment has no end"))?;
            rest = rest.get(end.saturating_add(2)..).unwrap_or_default();
        } else if let Some(inner) = rest.strip_prefix("\"\"\"") {
            let end = inner.find("\"\"\"").ok_or_else(|| broken(rest, "a string has no end"))?;
            tokens.push(Token::Text(inner.get(..end).unwrap_or_default()));
            rest = inner.get(end.saturating_add(3)..).unwrap_or_default();
        } else if let Some(inner) = rest.strip_prefix('"') {
            let end = string_end(inner).ok_or_else(|| broken(rest, "a string has no end"))?;
            tokens.push(Token::Text(inner.get(..end).unwrap_or_default()));
            rest = inner.get(end.saturating_add(1)..).unwrap_or_default();
        } else if matches!(first, '[' | ']' | '{' | '}' | '(' | ')' | ':') {
            match first {
                '[' => open.push(']'),
                '{' => open.push('}'),
                '(' => open.push(')'),
                ':' => {}
                close if open.pop() != Some(close) => {
                    return Err(broken(rest, "a bracket does not fit"));
                }
                _ => {}
            }
            tokens.push(Token::Mark(first));
            rest = rest.get(1..).unwrap_or_default();
        } else {
            let is_end = |c: char| c.is_whitespace() || "[]{}()\":#".contains(c);
            let end = rest.find(is_end).unwrap_or(rest.len());
            tokens.push(Token::Word(rest.get(..end).unwrap_or_default()));
            rest = rest.get(end..).unwrap_or_default();
        }
    }
    if !open.is_empty() {
        return Err(ParseError::new("the file ends inside of a bracket"));
    }
    if !tokens.is_empty() && !tokens.contains(&Token::Mark(':')) {
        return Err(ParseError::new("the file has no field"));
    }
    Ok(tokens)
}

fn string_end(inner: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in inner.char_indices() {
        if c == '"' && !is_escaped {
            return Some(at);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    None
}

/// The value of a field that is in no section.
fn field<'t, 'a>(tokens: &'t [Token<'a>], name: &str) -> &'t [Token<'a>] {
    let mut depth = 0_u32;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('[' | '{' | '(') => depth = depth.saturating_add(1),
            Token::Mark(']' | '}' | ')') => depth = depth.saturating_sub(1),
            Token::Word(word) if depth == 0 && *word == name => {
                let value = tokens.get(at.saturating_add(1)..).unwrap_or_default();
                let Some((Token::Mark(':'), value)) = value.split_first() else { continue };
                return value.get(..value_end(value)).unwrap_or_default();
            }
            _ => {}
        }
    }
    &[]
}

/// Where a value ends: before the word and colon of the next field.
fn value_end(value: &[Token<'_>]) -> usize {
    let mut depth = 0_u32;
    for (at, pair) in value.windows(2).enumerate() {
        match pair {
            [Token::Mark('[' | '{' | '('), _] => depth = depth.saturating_add(1),
            [Token::Mark(']' | '}' | ')'), _] => depth = depth.saturating_sub(1),
            [Token::Word(_), Token::Mark(':' | '{') | Token::Text(_)] if depth == 0 => return at,
            _ => {}
        }
    }
    value.len()
}

/// One package of `depends`.
struct Dependency<'a> {
    name: &'a str,
    /// The only version that will do.
    version: Option<&'a str>,
    /// Whether it is for tests or documentation.
    is_dev: bool,
}

/// The packages of a formula, each with the conditions in the braces behind it.
fn dependencies<'a>(value: &[Token<'a>]) -> Vec<Dependency<'a>> {
    let mut found: Vec<Dependency<'a>> = Vec::new();
    let mut depth = 0_u32;
    let mut before = None;
    for token in value {
        match token {
            Token::Mark('{') => depth = depth.saturating_add(1),
            Token::Mark('}') => depth = depth.saturating_sub(1),
            Token::Text(name) if depth == 0 => {
                found.push(Dependency { name, version: None, is_dev: false });
            }
            Token::Text(version) if before == Some(Token::Word("=")) => {
                if let Some(last) = found.last_mut() {
                    last.version = Some(version);
                }
            }
            Token::Word(word) if depth > 0 => {
                let is_dev = matches!(*word, "with-test" | "with-doc" | "with-dev-setup" | "dev");
                if let Some(last) = found.last_mut().filter(|_| is_dev) {
                    last.is_dev = true;
                }
            }
            _ => {}
        }
        before = Some(*token);
    }
    found
}
