//! JSON files, read an object at a time: what nobody asks for is passed over, and what has an odd
//! type spoils nothing else.

use super::declared::document;
use super::places::Places;
use lazaret_core::extract::ParseError;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A JSON file whose outermost value is read piece by piece.
pub(crate) struct Json<'a> {
    text: &'a str,
    places: Places<'a>,
}

impl<'a> Json<'a> {
    /// A file. Nothing is parsed yet.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let text = document(bytes)?;
        Ok(Self::of_text(text))
    }

    /// A text.
    pub(crate) fn of_text(text: &'a str) -> Self {
        Self { text, places: Places::new(text.as_bytes()) }
    }

    /// Shows every entry of the outermost object.
    pub(crate) fn entries(&self, each: impl FnMut(&str, &'a RawValue)) -> Result<(), ParseError> {
        self.visit(Entries(each))
    }

    /// Shows every element of the outermost array.
    pub(crate) fn items(&self, each: impl FnMut(&'a RawValue)) -> Result<(), ParseError> {
        self.visit(Items(each))
    }

    /// Whether the outermost value is an array.
    pub(crate) fn is_array(&self) -> bool {
        self.text.trim_start().starts_with('[')
    }

    fn visit<V: Visitor<'a, Value = ()>>(&self, visitor: V) -> Result<(), ParseError> {
        let mut deserializer = serde_json::Deserializer::from_str(self.text);
        deserializer
            .deserialize_any(visitor)
            .and_then(|()| deserializer.end())
            .map_err(|error| json_error(&error))
    }

    /// The line of a value of this file, counted from one.
    pub(crate) fn line(&self, raw: &RawValue) -> Option<u32> {
        self.places.line_of(raw.get())
    }
}

/// Shows every entry of an object; nothing if the value is none.
pub(crate) fn entries<'a>(raw: &'a RawValue, each: impl FnMut(&str, &'a RawValue)) {
    visit(raw, Entries(each));
}

/// Shows every element of an array; nothing if the value is none.
pub(crate) fn items<'a>(raw: &'a RawValue, each: impl FnMut(&'a RawValue)) {
    visit(raw, Items(each));
}

fn visit<'a, V: Visitor<'a, Value = ()>>(raw: &'a RawValue, visitor: V) {
    // The syntax is known to be right, so that only another type can be an error here.
    drop(serde_json::Deserializer::from_str(raw.get()).deserialize_any(visitor));
}

/// The string a value is, if it is one.
pub(crate) fn string(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// Whether a value is `true`.
pub(crate) fn is_true(raw: Option<&RawValue>) -> bool {
    raw.is_some_and(|raw| raw.get() == "true")
}

/// What is wrong with a JSON file, and in which line.
pub(crate) fn json_error(error: &serde_json::Error) -> ParseError {
    let message = error.to_string();
    let (message, _) = message.rsplit_once(" at line ").unwrap_or((&message, ""));
    ParseError {
        message: format!("the JSON is broken: {message}"),
        line: u32::try_from(error.line()).ok().filter(|line| *line > 0),
    }
}

/// A key of an object, borrowed where it holds no escapes.
#[derive(serde::Deserialize)]
pub(crate) struct Key<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

struct Entries<F>(F);

impl<'a, F: FnMut(&str, &'a RawValue)> Visitor<'a> for Entries<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            (self.0)(&key, map.next_value()?);
        }
        Ok(())
    }
}

struct Items<F>(F);

impl<'a, F: FnMut(&'a RawValue)> Visitor<'a> for Items<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(raw) = items.next_element()? {
            (self.0)(raw);
        }
        Ok(())
    }
}
