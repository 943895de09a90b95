//! Values as text, as Go's `fmt` prints them.

use super::moment;
use super::value::Value;
use std::fmt::Write as _;

/// Values inside of each other that are printed: more is a map that holds itself.
const DEPTH_MAX: usize = 100;

/// How wide and how exact a verb asks for.
#[derive(Clone, Copy, Default)]
struct Flags {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// A width or precision beyond this is a mistake.
const WIDTH_MAX: usize = 10_000;

/// The text of a value, as an action writes it: `%v`.
pub(super) fn text(value: &Value<'_>) -> Result<String, String> {
    let mut out = String::new();
    show(value, 'v', Flags::default(), 0, &mut out)?;
    Ok(out)
}

/// The text of a value that an action writes.
pub(super) fn written(value: &Value<'_>) -> Result<String, String> {
    match value {
        Value::Nil => Ok("<no value>".to_owned()),
        value => text(value),
    }
}

/// `print`: a space between two values of which neither is a text.
pub(super) fn print(values: &[Value<'_>]) -> Result<String, String> {
    let mut out = String::new();
    let mut was_text = true;
    for value in values {
        let is_text = matches!(value, Value::Text(_));
        if !out.is_empty() && !was_text && !is_text {
            out.push(' ');
        }
        was_text = is_text;
        show(value, 'v', Flags::default(), 0, &mut out)?;
    }
    Ok(out)
}

/// `println`: a space between any two.
pub(super) fn print_line(values: &[Value<'_>]) -> Result<String, String> {
    let texts: Result<Vec<_>, _> = values.iter().map(text).collect();
    Ok(format!("{}\n", texts?.join(" ")))
}

/// `printf`.
pub(super) fn format(format: &str, values: &[Value<'_>]) -> Result<String, String> {
    let mut out = String::with_capacity(format.len());
    let mut chars = format.chars().peekable();
    let mut values = values.iter();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = Flags::default();
        while let Some(flag) = chars.peek() {
            match flag {
                '-' => flags.minus = true,
                '+' => flags.plus = true,
                '#' => flags.sharp = true,
                ' ' => flags.space = true,
                '0' => flags.zero = true,
                _ => break,
            }
            chars.next();
        }
        flags.width = number(&mut chars, &mut values)?;
        if chars.next_if_eq(&'.').is_some() {
            flags.precision = Some(number(&mut chars, &mut values)?.unwrap_or_default());
        }
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        if verb == '[' {
            return Err("printf: numbers of arguments, as in %[1]s, are not known".to_owned());
        }
        match values.next() {
            Some(value) => show(value, verb, flags, 0, &mut out)?,
            None => write!(out, "%!{verb}(MISSING)").unwrap_or_default(),
        }
    }
    let mut extra = values.peekable();
    if extra.peek().is_some() {
        let named: Result<Vec<_>, String> = extra.map(typed).collect();
        write!(out, "%!(EXTRA {})", named?.join(", ")).unwrap_or_default();
    }
    Ok(out)
}

/// A width or precision: digits, or `*` for the next value.
fn number<'v, 'a: 'v>(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    values: &mut impl Iterator<Item = &'v Value<'a>>,
) -> Result<Option<usize>, String> {
    let mut found = None;
    if chars.next_if_eq(&'*').is_some() {
        match values.next() {
            Some(Value::Int(n)) => found = usize::try_from(*n).ok(),
            _ => return Err("printf: `*` takes a whole number".to_owned()),
        }
    } else {
        while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
            chars.next();
            let digit = usize::try_from(digit).unwrap_or_default();
            found = Some(found.unwrap_or(0_usize).saturating_mul(10).saturating_add(digit));
        }
    }
    match found {
        Some(n) if n > WIDTH_MAX => Err(format!("printf: a width of {n} is too much")),
        found => Ok(found),
    }
}

/// A value with its type, as in what Go writes of a verb that does not fit.
fn typed(value: &Value<'_>) -> Result<String, String> {
    match value {
        Value::Nil | Value::NilPointer => Ok("<nil>".to_owned()),
        value => Ok(format!("{}={}", value.type_name(), text(value)?)),
    }
}

fn show(
    value: &Value<'_>,
    verb: char,
    flags: Flags,
    depth: usize,
    out: &mut String,
) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err("a value holds itself, and cannot be printed".to_owned());
    }
    if verb == 'T' {
        pad(&value.type_name(), flags, out);
        return Ok(());
    }
    let unfit = |out: &mut String| {
        let typed = typed(value)?;
        write!(out, "%!{verb}({typed})").unwrap_or_default();
        Ok(())
    };
    match value {
        Value::Nil | Value::NilPointer if verb == 'v' => pad("<nil>", flags, out),
        Value::Nil | Value::NilPointer => return unfit(out),
        Value::Bool(is) => match verb {
            'v' | 't' => pad(if *is { "true" } else { "false" }, flags, out),
            _ => return unfit(out),
        },
        Value::Int(n) => match verb {
            'v' => pad_number(&integer(*n, 10, false), Flags { plus: false, ..flags }, out),
            'd' => pad_number(&integer(*n, 10, false), flags, out),
            'b' => pad_number(&integer(*n, 2, false), flags, out),
            'o' => pad_number(&integer(*n, 8, false), flags, out),
            'x' | 'X' => {
                let digits = integer(*n, 16, verb == 'X');
                let prefix = if verb == 'X' { "0X" } else { "0x" };
                let sign = if *n < 0 { "-" } else { "" };
                let bare = digits.strip_prefix('-').unwrap_or(&digits);
                let prefix = if flags.sharp { prefix } else { "" };
                pad_number(&format!("{sign}{prefix}{bare}"), flags, out);
            }
            'c' | 'q' | 'U' => {
                let code = u32::try_from(*n).ok();
                let c = code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                match verb {
                    'c' => pad(c.encode_utf8(&mut [0; 4]), flags, out),
                    'q' => pad(&quote(c.encode_utf8(&mut [0; 4]), '\'', flags.plus), flags, out),
                    _ => pad(&format!("U+{n:04X}"), flags, out),
                }
            }
            _ => return unfit(out),
        },
        Value::Float(n) => match verb {
            'v' => {
                pad_number(&float(*n, 'g', flags.precision), Flags { plus: false, ..flags }, out);
            }
            'g' | 'G' => pad_number(&float(*n, verb, flags.precision), flags, out),
            'e' | 'E' | 'f' | 'F' => {
                pad_number(&float(*n, verb, flags.precision.or(Some(6))), flags, out);
            }
            _ => return unfit(out),
        },
        Value::Text(text) => match verb {
            'v' if flags.sharp => pad(&quote(text, '"', false), flags, out),
            'v' | 's' => pad(cut(text, flags), flags, out),
            'q' if flags.sharp && !text.contains('`') && !text.contains(char::is_control) => {
                pad(&format!("`{text}`"), flags, out);
            }
            'q' => pad(&quote(cut(text, flags), '"', flags.plus), flags, out),
            'x' | 'X' => {
                let separator = if flags.space { " " } else { "" };
                let bytes: Vec<String> = text
                    .bytes()
                    .map(|b| if verb == 'X' { format!("{b:02X}") } else { format!("{b:02x}") })
                    .collect();
                pad(&bytes.join(separator), flags, out);
            }
            _ => return unfit(out),
        },
        Value::Time(time) => match verb {
            'v' | 's' => pad(&moment::printed(*time), flags, out),
            'q' => pad(&quote(&moment::printed(*time), '"', false), flags, out),
            _ => return unfit(out),
        },
        Value::List(list) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                if at > 0 {
                    out.push(' ');
                }
                show(&value, verb, flags, depth + 1, out)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push_str("map[");
            for (at, (key, value)) in map.entries.borrow().iter().enumerate() {
                if at > 0 {
                    out.push(' ');
                }
                show(&Value::Text(key.clone()), verb, flags, depth + 1, out)?;
                out.push(':');
                show(value, verb, flags, depth + 1, out)?;
            }
            out.push(']');
        }
        Value::Struct(kind, fields) => {
            out.push('{');
            for (at, (name, _)) in kind.fields.iter().enumerate() {
                if at > 0 {
                    out.push(' ');
                }
                if flags.plus {
                    out.push_str(name);
                    out.push(':');
                }
                let value = kind.field(name, fields).unwrap_or(Value::Nil);
                show(&value, verb, flags, depth + 1, out)?;
            }
            if let Some((name, embedded)) = kind.embeds {
                out.push(' ');
                if flags.plus {
                    out.push_str(name);
                    out.push(':');
                }
                let value = Value::Struct(embedded, std::rc::Rc::clone(fields));
                show(&value, verb, flags, depth + 1, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn cut(text: &str, flags: Flags) -> &str {
    let Some(precision) = flags.precision else { return text };
    let end = text.char_indices().nth(precision).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn pad(text: &str, flags: Flags, out: &mut String) {
    let missing = flags.width.unwrap_or_default().saturating_sub(text.chars().count());
    if flags.minus {
        out.push_str(text);
        out.extend(std::iter::repeat_n(' ', missing));
    } else {
        let filler = if flags.zero { '0' } else { ' ' };
        out.extend(std::iter::repeat_n(filler, missing));
        out.push_str(text);
    }
}

fn pad_number(text: &str, flags: Flags, out: &mut String) {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None if flags.plus => ("+", text.strip_prefix('+').unwrap_or(text)),
        None if flags.space => (" ", text),
        None => ("", text),
    };
    if flags.zero && !flags.minus {
        let missing =
            flags.width.unwrap_or_default().saturating_sub(sign.len() + digits.chars().count());
        out.push_str(sign);
        out.extend(std::iter::repeat_n('0', missing));
        out.push_str(digits);
    } else {
        pad(&format!("{sign}{digits}"), Flags { zero: false, ..flags }, out);
    }
}

fn integer(n: i64, radix: u32, upper: bool) -> String {
    let size = n.unsigned_abs();
    let digits = match (radix, upper) {
        (2, _) => format!("{size:b}"),
        (8, _) => format!("{size:o}"),
        (16, true) => format!("{size:X}"),
        (16, false) => format!("{size:x}"),
        _ => size.to_string(),
    };
    if n < 0 { format!("-{digits}") } else { digits }
}

/// A number with a point: `e` and `f` as they are, `g` the shorter of both.
pub(super) fn float(n: f64, verb: char, precision: Option<usize>) -> String {
    if n.is_nan() {
        return "NaN".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let upper = verb.is_ascii_uppercase();
    match (verb.to_ascii_lowercase(), precision) {
        ('f', Some(precision)) => format!("{n:.precision$}"),
        ('f', None) => format!("{n}"),
        ('e', precision) => exponent(n, precision, upper),
        (_, precision) => {
            // Of no digits at all, one is written.
            let scientific = match precision {
                Some(precision) => format!("{n:.*e}", precision.max(1) - 1),
                None => format!("{n:e}"),
            };
            let (_, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
            let power: i32 = power.parse().unwrap_or_default();
            // More digits than the precision, or than a million has, take an exponent.
            let large = i32::try_from(precision.unwrap_or(6).max(1)).unwrap_or(i32::MAX);
            if power < -4 || power >= large {
                let digits = precision.map(|precision| precision.max(1) - 1);
                return exponent_trimmed(n, digits, upper);
            }
            let Some(precision) = precision else { return format!("{n}") };
            let behind = i32::try_from(precision.max(1)).unwrap_or(i32::MAX) - 1 - power;
            trim_zeros(&format!("{n:.*}", usize::try_from(behind).unwrap_or_default())).to_owned()
        }
    }
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn exponent_trimmed(n: f64, precision: Option<usize>, upper: bool) -> String {
    let text = exponent(n, precision, upper);
    let letter = if upper { 'E' } else { 'e' };
    match text.split_once(letter) {
        Some((digits, power)) => format!("{}{letter}{power}", trim_zeros(digits)),
        None => text,
    }
}

/// Go writes a sign and two digits of a power at least.
fn exponent(n: f64, precision: Option<usize>, upper: bool) -> String {
    let text = match precision {
        Some(precision) => format!("{n:.precision$e}"),
        None => format!("{n:e}"),
    };
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or_default();
    let letter = if upper { 'E' } else { 'e' };
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}{letter}{sign}{:02}", power.abs())
}

/// A text in quotes, with the escapes of Go.
pub(super) fn quote(text: &str, mark: char, ascii: bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(mark);
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            c if c == mark => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            ' '..='~' => quoted.push(c),
            c if !ascii && is_printed(c) => quoted.push(c),
            c => {
                let code = u32::from(c);
                let written = match code {
                    0..0x20 | 0x7f => write!(quoted, "\\x{code:02x}"),
                    ..=0xffff => write!(quoted, "\\u{code:04x}"),
                    _ => write!(quoted, "\\U{code:08x}"),
                };
                written.unwrap_or_default();
            }
        }
    }
    quoted.push(mark);
    quoted
}

/// Whether Go prints a character as it is: letters, marks, numbers, symbols, and of spaces the one.
pub(super) fn is_printed(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    // Rust escapes what cannot be seen. A mark at the start of a text counts as that, so that the
    // character is asked about behind another one.
    !c.is_whitespace() && !['a', c].iter().collect::<String>().escape_debug().any(|c| c == '\\')
}
