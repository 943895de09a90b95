//! Go's own functions, and those Trivy adds.

use super::super::print;
use super::super::types::Kind;
use super::super::value::Value;
use super::args::{exactly, first, text};
use super::{ANY, Context, Function, function};
use std::cmp::Ordering;
use std::fmt::Write as _;

/// `and` and `or` are known to the evaluation itself: what follows the answer is not evaluated.
pub(super) const FUNCTIONS: [Function; 24] = [
    function("and", 1, ANY, |_, args| Ok(args.last().cloned().unwrap_or(Value::Nil))),
    function("or", 1, ANY, |_, args| Ok(args.last().cloned().unwrap_or(Value::Nil))),
    function("not", 1, 1, |_, args| Ok(Value::Bool(!first(args)?.0.is_true()))),
    function("eq", 1, ANY, |_, args| equals(args).map(Value::Bool)),
    function("ne", 2, 2, |_, args| equals(args).map(|is| Value::Bool(!is))),
    function("lt", 2, 2, |_, args| order(args).map(|order| Value::Bool(order.is_lt()))),
    function("le", 2, 2, |_, args| order(args).map(|order| Value::Bool(order.is_le()))),
    function("gt", 2, 2, |_, args| order(args).map(|order| Value::Bool(order.is_gt()))),
    function("ge", 2, 2, |_, args| order(args).map(|order| Value::Bool(order.is_ge()))),
    function("len", 1, 1, |_, args| length(first(args)?.0)),
    function("index", 1, ANY, |_, args| index(args)),
    function("slice", 1, 4, slice),
    function("print", 0, ANY, |context, args| context.text(print::print(args)?)),
    function("println", 0, ANY, |context, args| context.text(print::print_line(args)?)),
    function("printf", 1, ANY, |context, args| {
        let (format, values) = first(args)?;
        context.text(print::format(text(format)?, values)?)
    }),
    function("html", 0, ANY, |context, args| context.text(html(&shown(args)?))),
    function("js", 0, ANY, |context, args| context.text(javascript(&shown(args)?))),
    function("urlquery", 0, ANY, |context, args| context.text(query(&shown(args)?))),
    function("escapeXML", 1, 1, |context, args| context.text(xml(text(first(args)?.0)?))),
    function("escapeString", 1, 1, |context, args| {
        let escaped = html(&text(first(args)?.0)?.replace('\0', "\u{1}"));
        context.text(escaped.replace('\u{1}', "\0"))
    }),
    function("endWithPeriod", 1, 1, |context, args| {
        let sentence = text(first(args)?.0)?;
        context.text(if sentence.ends_with('.') { sentence.into() } else { format!("{sentence}.") })
    }),
    function("sourceID", 1, 1, |context, args| context.text(text(first(args)?.0)?)),
    function("appVersion", 0, 0, |context, _| {
        let version = context.version.clone();
        context.text(version)
    }),
    function("toPathUri", 1, 1, |context, args| {
        let target = text(first(args)?.0)?;
        context.text(target.split(" (").next().unwrap_or(target))
    }),
];

/// Whether the first is one of the others.
fn equals(args: &[Value<'_>]) -> Result<bool, String> {
    let (one, others) = first(args)?;
    if others.is_empty() {
        return Err("there is nothing to compare with".to_owned());
    }
    for other in others {
        let is = match (one, other) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            #[expect(clippy::float_cmp, reason = "as Go compares them")]
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Time(a), Value::Time(b)) => a == b,
            (Value::Nil | Value::NilPointer, Value::Nil | Value::NilPointer) => true,
            (Value::Nil | Value::NilPointer, _) | (_, Value::Nil | Value::NilPointer) => false,
            (Value::List(_) | Value::Map(_) | Value::Struct(..), _)
            | (_, Value::List(_) | Value::Map(_) | Value::Struct(..))
                if one.kind_name() == other.kind_name() =>
            {
                return Err(format!("values of type {} cannot be compared", one.type_name()));
            }
            _ => return Err(unlike(one, other)),
        };
        if is {
            return Ok(true);
        }
    }
    Ok(false)
}

fn order(args: &[Value<'_>]) -> Result<Ordering, String> {
    let [a, b] = exactly(args)?;
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Ok(a.cmp(b)),
        // What is no number is not less than anything; Go says so of each question.
        (Value::Float(a), Value::Float(b)) => Ok(a.partial_cmp(b).unwrap_or(Ordering::Greater)),
        (Value::Text(a), Value::Text(b)) => Ok(a.cmp(b)),
        _ if a.kind_name() == b.kind_name() => {
            Err(format!("values of type {} have no order", a.type_name()))
        }
        _ => Err(unlike(a, b)),
    }
}

fn unlike(a: &Value<'_>, b: &Value<'_>) -> String {
    format!("a {} and a {} cannot be compared", a.type_name(), b.type_name())
}

fn length<'a>(value: &Value<'a>) -> Result<Value<'a>, String> {
    let length = match value {
        Value::Text(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.entries.borrow().len(),
        other => return Err(format!("a value of type {} has no length", other.type_name())),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn position(value: &Value<'_>, most: usize) -> Result<usize, String> {
    let number = match value {
        Value::Int(number) => *number,
        other => return Err(format!("a position is no {}", other.type_name())),
    };
    let fits = usize::try_from(number).ok().filter(|at| *at <= most);
    fits.ok_or_else(|| format!("there is no position {number}: the length is {most}"))
}

fn index<'a>(args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let (value, keys) = first(args)?;
    let mut value = value.clone();
    if matches!(value, Value::Nil) {
        return Err("there is nothing to index".to_owned());
    }
    for key in keys {
        let none = |length: usize| format!("there is no position {length}: the length is {length}");
        value = match &value {
            Value::List(list) => {
                list.get(position(key, list.len())?).ok_or_else(|| none(list.len()))?
            }
            Value::Text(text) => {
                let byte = text.as_bytes().get(position(key, text.len())?);
                Value::Int(i64::from(*byte.ok_or_else(|| none(text.len()))?))
            }
            Value::Map(map) => {
                let found = map.entries.borrow().get(text(key)?).cloned();
                found.unwrap_or_else(|| map.of.zero())
            }
            other => return Err(format!("a {} has no positions", other.type_name())),
        };
    }
    Ok(value)
}

/// Go's own `slice` is of texts and lists, that of Sprig, which takes its place in Trivy, of lists.
fn slice<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let (value, bounds) = first(args)?;
    let length = match value {
        Value::Text(text) => text.len(),
        Value::List(list) => list.len(),
        other => return Err(format!("a {} has no parts", other.type_name())),
    };
    let mut limits = [0, length];
    if bounds.len() > limits.len() {
        return Err("a part has a start and an end".to_owned());
    }
    for (limit, bound) in limits.iter_mut().zip(bounds) {
        *limit = position(bound, length)?;
    }
    let [from, to] = limits;
    match value {
        Value::Text(text) => match text.get(from..to) {
            Some(part) => context.text(part),
            // Go cuts through the middle of a character. What is left of that is no text.
            None if from <= to => {
                let bytes = text.as_bytes().get(from..to).unwrap_or_default();
                context.text(String::from_utf8_lossy(bytes))
            }
            None => Err(format!("a part from {from} to {to} ends before it starts")),
        },
        // As Sprig has it, of nothing there is no part.
        Value::List(list) if list.is_empty() => Ok(Value::Nil),
        Value::List(list) => list
            .part(from, to)
            .map(Value::List)
            .ok_or_else(|| format!("a part from {from} to {to} ends before it starts")),
        other => Err(format!("a {} has no parts", other.type_name())),
    }
}

/// Values as one text. Here what is nothing is called that, as where it is written.
fn shown(args: &[Value<'_>]) -> Result<String, String> {
    let named = |value: &Value<'_>| matches!(value, Value::Nil).then(|| Value::text("<no value>"));
    let values: Vec<Value<'_>> =
        args.iter().map(|value| named(value).unwrap_or_else(|| value.clone())).collect();
    print::print(&values)
}

pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            // Characters that no XML document may hold.
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn javascript(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '\'' | '"' => {
                out.push('\\');
                out.push(c);
            }
            '<' | '>' | '&' | '=' | '\0'..' ' => {
                write!(out, "\\u{:04X}", u32::from(c)).unwrap_or_default();
            }
            c if c.is_ascii() || print::is_printed(c) => out.push(c),
            c => write!(out, "\\u{:04X}", u32::from(c)).unwrap_or_default(),
        }
    }
    out
}

fn query(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            byte => write!(out, "%{byte:02X}").unwrap_or_default(),
        }
    }
    out
}

/// The kind of texts by key.
pub(super) const TEXT: &Kind = &Kind::Text;
