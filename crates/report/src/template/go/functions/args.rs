//! Arguments as functions want them.

use super::super::value::{List, Map, Value};
use super::super::{moment, print};
use std::rc::Rc;

/// Exactly so many.
pub(super) fn exactly<'v, 'a, const N: usize>(
    values: &'v [Value<'a>],
) -> Result<&'v [Value<'a>; N], String> {
    values.try_into().map_err(|_| format!("{N} arguments are wanted"))
}

/// One, and whatever follows.
pub(super) fn first<'v, 'a>(
    values: &'v [Value<'a>],
) -> Result<(&'v Value<'a>, &'v [Value<'a>]), String> {
    values.split_first().ok_or_else(|| "an argument is missing".to_owned())
}

pub(super) fn text<'v>(value: &'v Value<'_>) -> Result<&'v str, String> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(wanted("a text", other)),
    }
}

pub(super) fn int(value: &Value<'_>) -> Result<i64, String> {
    match value {
        Value::Int(number) => Ok(*number),
        other => Err(wanted("a whole number", other)),
    }
}

pub(super) fn boolean(value: &Value<'_>) -> Result<bool, String> {
    match value {
        Value::Bool(is) => Ok(*is),
        other => Err(wanted("true or false", other)),
    }
}

pub(super) fn list<'v, 'a>(value: &'v Value<'a>) -> Result<&'v List<'a>, String> {
    match value {
        Value::List(list) => Ok(list),
        other => Err(wanted("a list", other)),
    }
}

pub(super) fn map<'v, 'a>(value: &'v Value<'a>) -> Result<&'v Rc<Map<'a>>, String> {
    match value {
        Value::Map(map) => Ok(map),
        other => Err(wanted("a dictionary", other)),
    }
}

fn wanted(what: &str, value: &Value<'_>) -> String {
    let is = match value {
        Value::Nil => "nothing".to_owned(),
        other => format!("a value of type {}", other.type_name()),
    };
    format!("{what} is wanted, and this is {is}")
}

/// The text of any value, as Sprig takes it.
pub(super) fn any_text(value: &Value<'_>) -> Result<String, String> {
    match value {
        Value::Text(text) => Ok(text.as_ref().to_owned()),
        Value::Time(time) => Ok(moment::printed(*time)),
        other => print::text(other),
    }
}

/// The number any value is, as Sprig takes it: 0 where it is none.
pub(super) fn any_int(value: &Value<'_>) -> i64 {
    match value {
        Value::Int(number) => *number,
        #[expect(clippy::cast_possible_truncation, reason = "as Go cuts it")]
        Value::Float(number) => *number as i64,
        Value::Bool(is) => i64::from(*is),
        Value::Text(text) => parse_int(text).unwrap_or_default(),
        _ => 0,
    }
}

/// A whole number in any of Go's spellings; zeros behind a point are none of its.
fn parse_int(text: &str) -> Option<i64> {
    let text = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(digits) = lower.strip_prefix("0x") {
        (16, digits)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (2, digits)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (8, digits)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, lower.as_str())
    } else {
        (10, lower.as_str())
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

/// The number with a point any value is, as Sprig takes it: 0 where it is none.
#[expect(clippy::cast_precision_loss, reason = "as Go widens it")]
pub(super) fn any_float(value: &Value<'_>) -> f64 {
    match value {
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(is) => f64::from(u8::from(*is)),
        Value::Text(text) => text.parse().unwrap_or_default(),
        _ => 0.0,
    }
}

/// Whether Sprig takes a value for empty. Structures never are.
pub(super) fn is_empty(value: &Value<'_>) -> bool {
    !value.is_true()
}
