//! The registry of PEAR and PECL: `.registry/NAME.reg`, and `.registry/.channel.HOST/NAME.reg` for
//! other channels. Each is an array of PHP, serialized.

use crate::lang::declared::{Packages, declared};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages PEAR and PECL have installed, with the channel in front of the name.
pub(crate) static PEAR: Extractor = Extractor {
    id: "php/pear",
    version: 1,
    title: "PEAR and PECL packages",
    spec: "https://pear.php.net/manual/en/guide.developers.package2.php",
    selects: &[Select::Tail(".registry/*.reg"), Select::Tail(".registry/*/*.reg")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Nesting of arrays; the format needs eight.
const DEPTH_MAX: usize = 64;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let mut reader = Serialized { rest: input.bytes };
    let package = reader.value(0).ok_or_else(|| ParseError::new("the PHP value is broken"))?;
    let field = |names: &[&str]| {
        let found = names.iter().find_map(|name| package.get(name))?;
        // The text of an element with attributes, or the release of several versions.
        found
            .text()
            .or_else(|| found.get("release")?.text())
            .or_else(|| found.get("_content")?.text())
    };
    let (Some(name), Some(version)) = (field(&["name", "package"]), field(&["version"])) else {
        return Err(ParseError::new("no name or no version of a package"));
    };
    let channel = field(&["channel"]).unwrap_or_else(|| "pear.php.net".to_owned());
    let name = format!("{channel}/{name}");
    let mut found = declared(Ecosystem::Pear, &name, &version, Presence::Installed, None);
    found.licenses.extend(field(&["license"]).filter(|license| !license.is_empty()));
    let mut packages = Packages::new(sink);
    packages.add(found);
    packages.finish()
}

/// A value of PHP.
enum Value<'a> {
    Text(&'a [u8]),
    Array(Vec<(Self, Self)>),
    Other,
}

impl Value<'_> {
    fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(String::from_utf8_lossy(text).trim().to_owned()),
            _ => None,
        }
    }

    fn get(&self, key: &str) -> Option<&Self> {
        let Value::Array(pairs) = self else { return None };
        let fits = |name: &Value<'_>| matches!(name, Value::Text(text) if *text == key.as_bytes());
        pairs.iter().find(|(name, _)| fits(name)).map(|(_, value)| value)
    }
}

/// What `serialize` of PHP wrote: a letter for the type, lengths in front of what they count.
struct Serialized<'a> {
    rest: &'a [u8],
}

impl<'a> Serialized<'a> {
    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        if depth > DEPTH_MAX {
            return None;
        }
        match self.until(b":;")? {
            b"N" => Some(Value::Other),
            b"i" | b"b" | b"d" => self.until(b";").map(|_| Value::Other),
            b"s" => {
                let len = self.number()?;
                let body = self.rest.strip_prefix(b"\"")?;
                let (text, rest) = body.split_at_checked(len)?;
                self.rest = rest.strip_prefix(b"\";")?;
                Some(Value::Text(text))
            }
            b"a" => {
                let count = self.number()?;
                self.rest = self.rest.strip_prefix(b"{")?;
                let mut pairs = Vec::new();
                for _ in 0..count {
                    let key = self.value(depth.saturating_add(1))?;
                    pairs.push((key, self.value(depth.saturating_add(1))?));
                }
                self.rest = self.rest.strip_prefix(b"}")?;
                Some(Value::Array(pairs))
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<usize> {
        std::str::from_utf8(self.until(b":")?).ok()?.parse().ok()
    }

    /// The bytes before the first of some marks, which is passed over.
    fn until(&mut self, marks: &[u8]) -> Option<&'a [u8]> {
        let end = self.rest.iter().position(|byte| marks.contains(byte))?;
        let (found, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.get(1..)?;
        Some(found)
    }
}
