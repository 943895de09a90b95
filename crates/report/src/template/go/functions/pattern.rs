//! Regular expressions. Those of Go and of the library used here have one ancestor; where they
//! differ (`\d` and its like are ASCII in Go, `[` in a class is a character) they are translated.

use super::super::types::Kind;
use super::super::value::Value;
use super::args::{exactly, int, text};
use super::{Context, Function, function};
use regex::{NoExpand, Regex, RegexBuilder};

/// Memory of a compiled expression, and expressions that are kept compiled.
const PATTERN_BYTES_MAX: usize = 4 << 20;
const PATTERNS_MAX: usize = 64;

pub(super) const FUNCTIONS: [Function; 13] = [
    function("regexMatch", 2, 2, |context, args| {
        Ok(matches(context, args).unwrap_or(Value::Bool(false)))
    }),
    function("mustRegexMatch", 2, 2, matches),
    function("regexFind", 2, 2, find),
    function("mustRegexFind", 2, 2, find),
    function("regexFindAll", 3, 3, find_all),
    function("mustRegexFindAll", 3, 3, find_all),
    function("regexReplaceAll", 3, 3, |context, args| replace(context, args, false)),
    function("mustRegexReplaceAll", 3, 3, |context, args| replace(context, args, false)),
    function("regexReplaceAllLiteral", 3, 3, |context, args| replace(context, args, true)),
    function("mustRegexReplaceAllLiteral", 3, 3, |context, args| replace(context, args, true)),
    function("regexSplit", 3, 3, split),
    function("mustRegexSplit", 3, 3, split),
    function("regexQuoteMeta", 1, 1, |context, args| {
        let [given] = exactly(args)?;
        let mut quoted = String::new();
        for c in text(given)?.chars() {
            if "\\.+*?()|[]{}^$".contains(c) {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        context.text(quoted)
    }),
];

fn compiled(context: &mut Context<'_>, pattern: &str) -> Result<Regex, String> {
    if let Some(regex) = context.patterns.get(pattern) {
        return Ok(regex.clone());
    }
    let regex = RegexBuilder::new(&translated(pattern))
        .size_limit(PATTERN_BYTES_MAX)
        .dfa_size_limit(PATTERN_BYTES_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
            _ => format!("`{pattern}` is no regular expression"),
        })?;
    if context.patterns.len() >= PATTERNS_MAX {
        context.patterns.clear();
    }
    context.patterns.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

/// An expression of Go as the library reads it.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = behind;
        match c {
            '\\' => {
                let Some(escape) = behind.chars().next() else {
                    out.push('\\');
                    break;
                };
                rest = behind.get(escape.len_utf8()..).unwrap_or_default();
                match escape {
                    'Q' if !in_class => {
                        let end = rest.find("\\E").unwrap_or(rest.len());
                        let (quoted, behind) = rest.split_at(end);
                        out.push_str(&regex::escape(quoted));
                        rest = behind.strip_prefix("\\E").unwrap_or(behind);
                    }
                    'd' => out.push_str("[0-9]"),
                    'D' => out.push_str("[^0-9]"),
                    'w' => out.push_str("[0-9A-Za-z_]"),
                    'W' => out.push_str("[^0-9A-Za-z_]"),
                    's' => out.push_str("[\\t\\n\\x0c\\r ]"),
                    'S' => out.push_str("[^\\t\\n\\x0c\\r ]"),
                    'b' if !in_class => out.push_str("(?-u:\\b)"),
                    escape => {
                        out.push('\\');
                        out.push(escape);
                    }
                }
            }
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if let Some(behind) = rest.strip_prefix('^') {
                    out.push('^');
                    rest = behind;
                }
                // A bracket that comes first is a character of the class.
                if let Some(behind) = rest.strip_prefix(']') {
                    out.push_str("\\]");
                    rest = behind;
                }
            }
            '[' if rest.starts_with(':') => match rest.find(":]") {
                Some(end) => {
                    let (name, behind) = rest.split_at(end + 2);
                    out.push('[');
                    out.push_str(name);
                    rest = behind;
                }
                None => out.push_str("\\["),
            },
            '[' | '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            c => out.push(c),
        }
    }
    out
}

fn matches<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [pattern, given] = exactly(args)?;
    let regex = compiled(context, text(pattern)?)?;
    Ok(Value::Bool(regex.is_match(text(given)?)))
}

fn find<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [pattern, given] = exactly(args)?;
    let regex = compiled(context, text(pattern)?)?;
    let found = regex.find(text(given)?).map(|found| found.as_str());
    context.text(found.unwrap_or_default())
}

/// How many: less than none means all.
fn count(value: &Value<'_>) -> Result<usize, String> {
    Ok(usize::try_from(int(value)?).unwrap_or(usize::MAX))
}

fn find_all<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [pattern, given, most] = exactly(args)?;
    let regex = compiled(context, text(pattern)?)?;
    let given = text(given)?;
    let mut found = Vec::new();
    for part in regex.find_iter(given).take(count(most)?) {
        found.push(context.text(part.as_str())?);
    }
    context.list_of(&Kind::Text, found)
}

fn replace<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    literally: bool,
) -> Result<Value<'a>, String> {
    let [pattern, given, new] = exactly(args)?;
    let regex = compiled(context, text(pattern)?)?;
    let (given, new) = (text(given)?, text(new)?);
    // The most that could come of it: the new text, with the whole old one in it, at each place.
    let places = regex.find_iter(given).count();
    let references = if literally { 0 } else { new.matches('$').count() };
    let kept = given.len().saturating_mul(references.saturating_add(1));
    context.fits(kept.saturating_add(places.saturating_mul(new.len())))?;
    let replaced = if literally {
        regex.replace_all(given, NoExpand(new))
    } else {
        regex.replace_all(given, new)
    };
    context.text(replaced)
}

fn split<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [pattern, given, most] = exactly(args)?;
    let regex = compiled(context, text(pattern)?)?;
    let given = text(given)?;
    match count(most)? {
        0 => context.list_of(&Kind::Text, vec![]),
        most => context.texts(regex.splitn(given, most).map(str::to_owned).collect::<Vec<_>>()),
    }
}
