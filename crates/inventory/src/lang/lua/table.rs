//! Files of LuaRocks: Lua code of little more than assignments of literals.
//!
//! Strings may be joined with `..` and variables may be named; what else stands for a value is
//! unknown, and passed over up to the end of its expression.

use crate::lang::declared::document;
use crate::lang::places::Places;
use lazaret_core::extract::ParseError;
use std::collections::BTreeMap;

/// Nesting of tables; the formats need four.
const DEPTH_MAX: usize = 64;

/// What naming and joining variables may copy in one file, in bytes; names and versions are far
/// below. Two letters can name a string of megabytes again and again.
const COPIED_BYTES_MAX: usize = 1 << 16;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// Pairs by key, and items without one by an empty key.
    Table(Vec<(String, Self)>),
    /// What only running the code would tell.
    Unknown,
}

impl Value {
    /// The string, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The pairs and items of a table; none of anything else.
    pub(super) fn pairs(&self) -> &[(String, Self)] {
        match self {
            Self::Table(pairs) => pairs,
            _ => &[],
        }
    }

    /// The value of a key of a table.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.pairs().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// What a file assigns.
pub(super) struct Assignments {
    /// Variables, with the line of each.
    values: BTreeMap<String, (Value, Option<u32>)>,
    /// What it returns.
    pub(super) returned: Option<Value>,
}

impl Assignments {
    /// Reads a file; an error if it is no Lua.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let text = document(bytes)?;
        let places = Places::new(text.as_bytes());
        let mut reader = Reader { text, at: 0, values: BTreeMap::new(), places, copied_bytes: 0 };
        let returned = reader.file().map_err(|message| ParseError {
            message: message.to_owned(),
            line: reader.places.line(reader.at.min(text.len())),
        })?;
        Ok(Self { values: reader.values, returned })
    }

    /// Whether the file assigns and returns nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.returned.is_none()
    }

    /// The value of a variable, with its line.
    pub(super) fn get(&self, name: &str) -> Option<(&Value, Option<u32>)> {
        self.values.get(name).map(|(value, line)| (value, *line))
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: BTreeMap<String, (Value, Option<u32>)>,
    places: Places<'a>,
    copied_bytes: usize,
}

impl<'a> Reader<'a> {
    /// Counts bytes that are copied, if there may be more.
    fn may_copy(&mut self, bytes: usize) -> bool {
        let copied = self.copied_bytes.saturating_add(bytes);
        let fits = copied <= COPIED_BYTES_MAX;
        if fits {
            self.copied_bytes = copied;
        }
        fits
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Passes over spaces and comments.
    fn blank(&mut self) -> Result<(), &'static str> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.skip(rest.len().saturating_sub(trimmed.len()));
            let Some(comment) = trimmed.strip_prefix("--") else { return Ok(()) };
            self.skip(2);
            if long_bracket(comment).is_some() {
                self.long_string()?;
            } else {
                self.skip(comment.find('\n').unwrap_or(comment.len()));
            }
        }
    }

    fn take(&mut self, token: &str) -> Result<bool, &'static str> {
        self.blank()?;
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.skip(token.len());
        }
        Ok(is_next)
    }

    fn name(&mut self) -> Result<Option<&'a str>, &'static str> {
        self.blank()?;
        let rest = self.rest();
        let end = name_end(rest);
        let name = rest.get(..end).unwrap_or_default();
        self.skip(end);
        Ok((!name.is_empty()).then_some(name))
    }

    /// Statements up to the end of the file, and what it returns.
    fn file(&mut self) -> Result<Option<Value>, &'static str> {
        loop {
            self.blank()?;
            if self.rest().is_empty() {
                return Ok(None);
            }
            if self.take(";")? {
                continue;
            }
            let Some(mut name) = self.name()? else { return Err("expected an assignment") };
            if name == "return" {
                return self.value(0).map(Some);
            }
            if name == "local" {
                name = self.name()?.unwrap_or_default();
            }
            let start = self.at;
            if !self.take("=")? {
                return Err("expected an assignment");
            }
            let value = self.value(0)?;
            let line = self.places.line(start);
            self.values.insert(name.to_owned(), (value, line));
        }
    }

    /// An expression: operands joined by `..`, or something unknown.
    fn value(&mut self, depth: usize) -> Result<Value, &'static str> {
        if depth > DEPTH_MAX {
            return Err("the tables are nested too deep");
        }
        let mut value = self.operand(depth)?;
        while self.take("..")? {
            let next = self.operand(depth)?;
            value = match (value, next) {
                (Value::Text(a), Value::Text(b)) if self.may_copy(b.len()) => Value::Text(a + &b),
                _ => Value::Unknown,
            };
        }
        if self.is_end()? { Ok(value) } else { self.pass_over(depth) }
    }

    /// Whether an expression ends here: a separator, a closing bracket, another statement.
    fn is_end(&mut self) -> Result<bool, &'static str> {
        self.blank()?;
        let rest = self.rest();
        let is_separator = rest.is_empty() || rest.starts_with([',', ';', '}', ']', ')']);
        let word_end = name_end(rest);
        let behind = rest.get(word_end..).unwrap_or_default().trim_start();
        let word = rest.get(..word_end).unwrap_or_default();
        let is_statement = matches!(word, "local" | "return")
            || (!word.is_empty() && behind.starts_with('=') && !behind.starts_with("=="));
        Ok(is_separator || is_statement)
    }

    /// Passes over the rest of an expression.
    fn pass_over(&mut self, depth: usize) -> Result<Value, &'static str> {
        while !self.is_end()? {
            let rest = self.rest();
            if rest.starts_with(['"', '\'', '[', '{', '(']) || rest.starts_with(is_name) {
                self.operand(depth)?;
            } else {
                self.skip(rest.chars().next().map_or(1, char::len_utf8));
            }
        }
        Ok(Value::Unknown)
    }

    fn operand(&mut self, depth: usize) -> Result<Value, &'static str> {
        self.blank()?;
        let rest = self.rest();
        match rest.chars().next() {
            Some('"' | '\'') => self.short_string().map(Value::Text),
            Some('[') if long_bracket(rest).is_some() => self.long_string().map(Value::Text),
            Some('{') => self.table(depth.saturating_add(1)),
            Some(open @ ('(' | '[')) => {
                self.skip(1);
                let value = self.value(depth.saturating_add(1))?;
                while self.take(",")? {
                    self.value(depth.saturating_add(1))?;
                }
                if !self.take(if open == '(' { ")" } else { "]" })? {
                    return Err("expected a closing bracket");
                }
                Ok(value)
            }
            Some(c) if is_name(c) => {
                let name = self.name()?.unwrap_or_default();
                // A table is never a part of a name.
                let text = self.values.get(name).and_then(|(value, _)| value.text());
                let len = text.map_or(0, str::len);
                if text.is_none() || !self.may_copy(len) {
                    return Ok(Value::Unknown);
                }
                let value = self.values.get(name).map(|(value, _)| value.clone());
                Ok(value.unwrap_or(Value::Unknown))
            }
            // A sign or an operator in front; or nothing, of which the caller makes an error.
            Some('-' | '#' | '~') => {
                self.skip(1);
                Ok(Value::Unknown)
            }
            _ => Err("expected a value"),
        }
    }

    fn table(&mut self, depth: usize) -> Result<Value, &'static str> {
        if depth > DEPTH_MAX {
            return Err("the tables are nested too deep");
        }
        self.skip(1);
        let mut pairs = Vec::new();
        loop {
            if self.take("}")? {
                return Ok(Value::Table(pairs));
            }
            if self.rest().is_empty() {
                return Err("the file ends inside of a table");
            }
            let start = self.at;
            let key = self.key(depth)?;
            if key.is_none() {
                self.at = start;
            }
            let value = self.value(depth)?;
            pairs.push((key.unwrap_or_default(), value));
            if !self.take(",")? && !self.take(";")? && !self.rest().starts_with('}') {
                return Err("expected a comma or the end of a table");
            }
        }
    }

    /// The key of a pair: `name =` or `["name"] =`.
    fn key(&mut self, depth: usize) -> Result<Option<String>, &'static str> {
        let key = if self.rest().starts_with('[') && long_bracket(self.rest()).is_none() {
            let key = self.operand(depth)?.text().unwrap_or_default().to_owned();
            return if self.take("=")? { Ok(Some(key)) } else { Err("expected a value for a key") };
        } else {
            match self.name()? {
                Some(name) => name.to_owned(),
                None => return Ok(None),
            }
        };
        self.blank()?;
        let is_key = self.rest().starts_with('=') && !self.rest().starts_with("==");
        if is_key {
            self.skip(1);
        }
        Ok(is_key.then_some(key))
    }

    fn short_string(&mut self) -> Result<String, &'static str> {
        let rest = self.rest();
        let quote = rest.chars().next().unwrap_or_default();
        let mut text = String::new();
        let mut chars = rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => text.extend(chars.next().map(|(_, c)| if c == 'n' { '\n' } else { c })),
                '\n' => break,
                c if c == quote => {
                    self.skip(at.saturating_add(1));
                    return Ok(text);
                }
                c => text.push(c),
            }
        }
        Err("a string has no end")
    }

    /// `[[text]]` and `[==[text]==]`.
    fn long_string(&mut self) -> Result<String, &'static str> {
        let rest = self.rest();
        let level = long_bracket(rest).unwrap_or_default();
        let (open, close) = (level.saturating_add(2), format!("]{}]", "=".repeat(level)));
        let inner = rest.get(open..).unwrap_or_default();
        let end = inner.find(&close).ok_or("a long string has no end")?;
        self.skip(open.saturating_add(end).saturating_add(close.len()));
        Ok(inner.get(..end).unwrap_or_default().to_owned())
    }
}

/// The level of a long bracket, `[`, equals signs and `[`, if the text begins with one.
fn long_bracket(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let rest = inner.trim_start_matches('=');
    rest.starts_with('[').then(|| inner.len().saturating_sub(rest.len()))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Where a name ends, which may have a point or a colon between its parts.
fn name_end(text: &str) -> usize {
    let mut end = 0_usize;
    let mut rest = text;
    loop {
        let part = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        end = end.saturating_add(part);
        rest = rest.get(part..).unwrap_or_default();
        let goes_on =
            part > 0 && rest.strip_prefix(['.', ':']).is_some_and(|rest| rest.starts_with(is_name));
        if !goes_on {
            return end;
        }
        end = end.saturating_add(1);
        rest = rest.get(1..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_names_have_a_value_and_other_code_has_none() {
        let code = "local a = 'x'\nversion = a..\"-\"..'1' -- note\n\
                    t = { one = (a == \"dev\") and 'b' or nil, [\"two\"] = [[ long ]], 'three' }";
        let file = Assignments::parse(code.as_bytes()).unwrap();
        assert_eq!(file.get("version").unwrap(), (&Value::Text("x-1".to_owned()), Some(2)));
        let table = file.get("t").unwrap().0;
        assert_eq!(table.get("one"), Some(&Value::Unknown));
        assert_eq!(table.get("two").and_then(Value::text), Some(" long "));
        assert_eq!(table.get("").and_then(Value::text), Some("three"));
    }

    #[test]
    fn naming_a_long_string_again_and_again_copies_no_more_than_a_bound() {
        let code = format!("a = '{}'\n{}", "x".repeat(10_000), "b = a\nc = {a, a}\n".repeat(100));
        let file = Assignments::parse(code.as_bytes()).unwrap();
        assert_eq!(file.get("b").unwrap().0, &Value::Unknown);
    }

    #[test]
    fn what_is_no_lua_is_an_error() {
        let deep = format!("a = {}", "{".repeat(1_000));
        for code in ["bogus rockspec", "a = {\"x\n\"}", "a = {", "a = [[", "= 1", "a =", &deep] {
            assert!(Assignments::parse(code.as_bytes()).is_err(), "{code}");
        }
    }
}
