//! JSON, digests and encodings.

use super::super::serialize;
use super::super::types::Kind;
use super::super::value::Value;
use super::super::{moment, print};
use super::args::{exactly, first, text};
use super::{Context, Function, function};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use std::fmt::Write as _;

/// Values inside of each other that are written: more is a dictionary that holds itself.
const DEPTH_MAX: usize = 100;

pub(super) const FUNCTIONS: [Function; 14] = [
    function("toJson", 1, 1, |context, args| json(context, args, None, true)),
    function("mustToJson", 1, 1, |context, args| json(context, args, None, true)),
    function("toPrettyJson", 1, 1, |context, args| json(context, args, Some(0), true)),
    function("mustToPrettyJson", 1, 1, |context, args| json(context, args, Some(0), true)),
    function("toRawJson", 1, 1, |context, args| json(context, args, None, false)),
    function("mustToRawJson", 1, 1, |context, args| json(context, args, None, false)),
    function("fromJson", 1, 1, |context, args| from_json(context, args).or(Ok(Value::Nil))),
    function("mustFromJson", 1, 1, from_json),
    function("b64enc", 1, 1, |context, args| context.text(STANDARD.encode(text(first(args)?.0)?))),
    function("b64dec", 1, 1, |context, args| {
        let decoded = STANDARD.decode(text(first(args)?.0)?);
        let decoded = decoded.map_err(|error| format!("this is no Base64: {error}"))?;
        context.text(String::from_utf8_lossy(&decoded))
    }),
    function("sha256sum", 1, 1, |context, args| {
        let digest = Sha256::digest(text(first(args)?.0)?);
        context.text(hex(&digest))
    }),
    function("sha512sum", 1, 1, |context, args| {
        let digest = Sha512::digest(text(first(args)?.0)?);
        context.text(hex(&digest))
    }),
    // Templates make fingerprints with it; nothing is trusted because of it.
    function("sha1sum", 1, 1, |context, args| {
        let digest = Sha1::digest(text(first(args)?.0)?);
        context.text(hex(&digest))
    }),
    function("uuidv4", 0, 0, |context, _| {
        let id = context.uuid();
        context.text(id)
    }),
];

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(out, "{byte:02x}").unwrap_or_default();
    }
    out
}

fn from_json<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [given] = exactly(args)?;
    let read: serde_json::Value =
        serde_json::from_str(text(given)?).map_err(|error| format!("this is no JSON: {error}"))?;
    serialize::value(&read, &Kind::Any).map_err(|error| error.to_string())
}

fn json<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    indent: Option<usize>,
    html: bool,
) -> Result<Value<'a>, String> {
    let mut out = String::new();
    write_json(first(args)?.0, indent, html, 0, &mut out)?;
    context.text(out)
}

fn write_json(
    value: &Value<'_>,
    indent: Option<usize>,
    html: bool,
    depth: usize,
    out: &mut String,
) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err("a value holds itself, and cannot be written".to_owned());
    }
    match value {
        Value::Nil | Value::NilPointer => out.push_str("null"),
        Value::List(list) if list.is_nothing() => out.push_str("null"),
        Value::Bool(is) => out.push_str(if *is { "true" } else { "false" }),
        Value::Int(number) => write!(out, "{number}").unwrap_or_default(),
        Value::Float(number) => out.push_str(&json_number(*number)?),
        Value::Text(text) => json_text(text, html, out),
        Value::Time(time) => {
            let text = moment::format(*time, "2006-01-02T15:04:05.999999999Z07:00");
            json_text(&text, html, out);
        }
        Value::List(list) => {
            let mut block = Block::open('[', indent, depth, out);
            for value in list.iter() {
                block.entry(out);
                write_json(&value, indent, html, depth + 1, out)?;
            }
            block.close(']', out);
        }
        Value::Map(map) => {
            let mut block = Block::open('{', indent, depth, out);
            for (key, value) in map.entries.borrow().iter() {
                block.entry(out);
                json_key(key, indent, html, out);
                write_json(value, indent, html, depth + 1, out)?;
            }
            block.close('}', out);
        }
        Value::Struct(_, fields) => {
            let mut block = Block::open('{', indent, depth, out);
            for (key, value) in fields.iter() {
                block.entry(out);
                json_key(key, indent, html, out);
                write_json(value, indent, html, depth + 1, out)?;
            }
            block.close('}', out);
        }
    }
    Ok(())
}

/// A list or an object while it is written.
struct Block {
    indent: Option<usize>,
    depth: usize,
    is_empty: bool,
}

impl Block {
    fn open(bracket: char, indent: Option<usize>, depth: usize, out: &mut String) -> Self {
        out.push(bracket);
        Self { indent, depth, is_empty: true }
    }

    fn entry(&mut self, out: &mut String) {
        if !self.is_empty {
            out.push(',');
        }
        self.is_empty = false;
        self.line(self.depth + 1, out);
    }

    fn close(&self, bracket: char, out: &mut String) {
        if !self.is_empty {
            self.line(self.depth, out);
        }
        out.push(bracket);
    }

    fn line(&self, depth: usize, out: &mut String) {
        if self.indent.is_some() {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    }
}

fn json_key(key: &str, indent: Option<usize>, html: bool, out: &mut String) {
    json_text(key, html, out);
    out.push_str(if indent.is_some() { ": " } else { ":" });
}

fn json_text(text: &str, html: bool, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' if html => {
                write!(out, "\\u{:04x}", u32::from(c)).unwrap_or_default();
            }
            '\0'..' ' | '\u{2028}' | '\u{2029}' => {
                write!(out, "\\u{:04x}", u32::from(c)).unwrap_or_default();
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn json_number(number: f64) -> Result<String, String> {
    if !number.is_finite() {
        return Err("JSON has no such number".to_owned());
    }
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = print::float(number, 'e', None);
        // Go drops the zero in front of a short power.
        return Ok(text.replace("e-0", "e-"));
    }
    Ok(format!("{number}"))
}
