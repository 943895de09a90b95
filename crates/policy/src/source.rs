//! Files people write: read with the place of everything, so that a mistake is shown where it is.

use crate::day::Day;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// The longest file that is read, in bytes: no ignore or policy file a person keeps is near it.
pub const FILE_BYTES_MAX: usize = 4 << 20;

/// A mistake in a file, with the line it is in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FileError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1; 0 where the mistake is not in one place.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// The line itself.
    pub excerpt: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, excerpt } = self;
        if *line == 0 {
            return write!(f, "{file}: {message}");
        }
        write!(f, "{file}:{line}:{column}: {message}")?;
        if excerpt.trim().is_empty() {
            return Ok(());
        }
        let indent = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
        write!(f, "\n{line:>5} | {excerpt}\n      | {:indent$}^", "")
    }
}

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A value of a file and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

impl Node {
    /// The items of a list; one value is a list of one.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }
}

/// A value of a YAML or JSON file.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// The name of a value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// A file being read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl<'a> Source<'a> {
    pub(crate) const fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text }
    }

    /// The document, null where the file is empty.
    pub(crate) fn yaml(self) -> Result<Node, FileError> {
        let text = self.checked()?;
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Node { place: Place { line: 1, column: 1 }, value: Value::Null });
        }
        let node: Spanned<Value> = serde_saphyr::from_str(text).map_err(|error| {
            let place = error.location().map_or(Place::default(), place);
            let message = error.without_snippet().to_string();
            let message = message.lines().next().unwrap_or("it is not YAML").to_owned();
            self.error(place, message)
        })?;
        Ok(node.into())
    }

    /// The text, if it is of a size a person writes.
    pub(crate) fn checked(self) -> Result<&'a str, FileError> {
        if self.text.len() > FILE_BYTES_MAX {
            let message = format!("it is larger than {FILE_BYTES_MAX} bytes");
            return Err(self.error(Place::default(), message));
        }
        Ok(self.text.strip_prefix('\u{feff}').unwrap_or(self.text))
    }

    pub(crate) fn error(self, place: Place, message: impl Into<String>) -> FileError {
        let line = usize::try_from(place.line).unwrap_or(0);
        let excerpt = self.text.lines().nth(line.wrapping_sub(1)).unwrap_or_default();
        FileError {
            file: self.file.to_owned(),
            line: place.line,
            column: place.column,
            message: message.into(),
            // A line of a hostile file may be long.
            excerpt: excerpt.chars().take(160).map(|c| if c == '\t' { ' ' } else { c }).collect(),
        }
    }

    /// The place of a byte of the text.
    pub(crate) fn place(self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        Place { line: small(line).saturating_add(1), column: small(column).saturating_add(1) }
    }

    /// The values of a map whose keys are all of `keys`.
    pub(crate) fn map<'n>(self, node: &'n Node, keys: &[&str]) -> Result<Fields<'n>, FileError> {
        let fields = self.open_map(node)?;
        for (key, _) in fields.0 {
            if !keys.contains(&key.name.as_str()) {
                return Err(self.unknown(key, keys));
            }
        }
        Ok(fields)
    }

    /// The values of a map of another tool, whose keys are its own business.
    pub(crate) fn open_map(self, node: &Node) -> Result<Fields<'_>, FileError> {
        match &node.value {
            Value::Map(entries) => Ok(Fields(entries)),
            other => Err(self.error(node.place, format!("expected keys, found {}", other.what()))),
        }
    }

    pub(crate) fn unknown(self, key: &Key, keys: &[&str]) -> FileError {
        let near = keys.iter().find(|known| is_near(&key.name, known));
        let hint = match near {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("expected one of {}", keys.join(", ")),
        };
        self.error(key.place, format!("unknown key `{}`: {hint}", key.name))
    }

    /// A text as it was written; a number is the text it was written as.
    pub(crate) fn text(self, node: &Node) -> Result<String, FileError> {
        match &node.value {
            Value::Text(text) => Ok(text.clone()),
            Value::Number(_) => Ok(self.word(node.place).to_owned()),
            other => {
                Err(self.error(node.place, format!("expected a text, found {}", other.what())))
            }
        }
    }

    pub(crate) fn texts(self, node: &Node) -> Result<Vec<String>, FileError> {
        node.items().iter().map(|item| self.text(item)).collect()
    }

    pub(crate) fn boolean(self, node: &Node) -> Result<bool, FileError> {
        match &node.value {
            Value::Bool(flag) => Ok(*flag),
            other => {
                let found = other.what();
                Err(self.error(node.place, format!("expected true or false, found {found}")))
            }
        }
    }

    pub(crate) fn number(self, node: &Node) -> Result<f64, FileError> {
        match &node.value {
            Value::Number(number) => Ok(*number),
            other => {
                Err(self.error(node.place, format!("expected a number, found {}", other.what())))
            }
        }
    }

    pub(crate) fn day(self, node: &Node) -> Result<Day, FileError> {
        let text = self.text(node)?;
        Day::parse(&text).ok_or_else(|| {
            let message = format!("`{text}` is not a date: expected one such as 2027-01-31");
            self.error(node.place, message)
        })
    }

    /// The unquoted word at a place.
    fn word(self, place: Place) -> &'a str {
        let line = usize::try_from(place.line).unwrap_or(0);
        let column = usize::try_from(place.column).unwrap_or(1);
        let line = self.text.lines().nth(line.wrapping_sub(1)).unwrap_or_default();
        let at = line.char_indices().nth(column.wrapping_sub(1)).map_or(line.len(), |(at, _)| at);
        let rest = line.get(at..).unwrap_or_default();
        rest.split([',', ']', '}', '#', ' ', '\t']).next().unwrap_or_default()
    }
}

/// The values of a map.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n>(pub(crate) &'n [(Key, Node)]);

impl<'n> Fields<'n> {
    /// A value that is there and is not null.
    pub(crate) fn get(self, name: &str) -> Option<&'n Node> {
        let found = self.0.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)?;
        (!matches!(found.value, Value::Null)).then_some(found)
    }
}

impl Value {
    fn what(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "keys",
        }
    }
}

impl From<Spanned<Value>> for Node {
    fn from(spanned: Spanned<Value>) -> Self {
        Self { place: place(spanned.referenced), value: spanned.value }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string().parse().unwrap_or(f64::NAN)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string().parse().unwrap_or(f64::NAN)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element::<Spanned<Value>>()? {
            items.push(item.into());
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Spanned<String>>()? {
            let value: Spanned<Value> = access.next_value()?;
            let key = Key { place: place(key.referenced), name: key.value };
            entries.push((key, value.into()));
        }
        Ok(Value::Map(entries))
    }
}

fn place(location: serde_saphyr::Location) -> Place {
    Place {
        line: u32::try_from(location.line()).unwrap_or(u32::MAX),
        column: u32::try_from(location.column()).unwrap_or(u32::MAX),
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Whether a word was most likely meant to be another: one letter is missing, wrong or too much, or
/// the words differ in `-` and `_` only.
fn is_near(typed: &str, meant: &str) -> bool {
    let plain = |word: &str| word.to_ascii_lowercase().replace(['-', '_'], "");
    let (typed, meant) = (plain(typed), plain(meant));
    if typed == meant {
        return true;
    }
    let same = typed.chars().zip(meant.chars()).take_while(|(typed, meant)| typed == meant).count();
    let rest = |word: &str, skip: usize| word.chars().skip(same + skip).collect::<String>();
    let swapped = || {
        let two: String = meant.chars().skip(same).take(2).collect();
        let two: String = two.chars().rev().collect();
        rest(&typed, 0).starts_with(&two) && rest(&typed, 2) == rest(&meant, 2)
    };
    typed.len() > 2
        && (swapped()
            || rest(&typed, 1) == rest(&meant, 1)
            || rest(&typed, 1) == rest(&meant, 0)
            || rest(&typed, 0) == rest(&meant, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn values_have_places_and_numbers_keep_their_spelling() {
        let text = "a: 1.10\nb:\n  - x\n  - {c: 2027-01-31}\n";
        let source = Source::new("f.yaml", text);
        let node = source.yaml().unwrap();
        let fields = source.map(&node, &["a", "b"]).unwrap();
        let a = fields.get("a").unwrap();
        assert_eq!(source.text(a).unwrap(), "1.10");
        let items = fields.get("b").unwrap().items();
        assert_eq!(items[1].place, Place { line: 4, column: 5 });
        let inner = source.map(&items[1], &["c"]).unwrap();
        assert_eq!(source.day(inner.get("c").unwrap()).unwrap().to_string(), "2027-01-31");
    }

    #[test]
    fn a_mistake_is_shown_in_its_line() {
        let source = Source::new("f.yaml", "one: 1\n  \nsevertiy: x\n");
        let node = source.yaml().unwrap();
        let error = source.map(&node, &["one", "severity"]).err().unwrap();
        assert_eq!((error.line, error.column), (3, 1));
        assert_eq!(
            error.to_string(),
            "f.yaml:3:1: unknown key `severtiy`: did you mean `severity`?
    3 | severtiy: x
      | ^"
        );
        for text in ["a: [\n", "a: b: c\n", "a: 1\na: 2\n", "a: *b\n"] {
            let error = Source::new("f.yaml", text).yaml().unwrap_err();
            assert!(error.line > 0, "{text}: {error}");
        }
    }

    #[test]
    fn deep_and_repeated_nesting_is_refused() {
        let deep = "[".repeat(100_000);
        assert!(Source::new("f.yaml", &deep).yaml().is_err());
        let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, before) in "bcdefghijk".chars().zip("abcdefghij".chars()) {
            let items = vec![format!("*{before}"); 9].join(", ");
            writeln!(bomb, "{name}: &{name} [{items}]").unwrap();
        }
        assert!(Source::new("f.yaml", &bomb).yaml().is_err());
    }
}
