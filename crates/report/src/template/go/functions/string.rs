//! Texts. Lengths and positions are in bytes, as they are in Go; a text is never cut through the
//! middle of a character, which Go does.

use super::super::print;
use super::super::types::Kind;
use super::super::value::Value;
use super::args::{any_text, exactly, first, int, text};
use super::builtin::TEXT;
use super::{ANY, Context, Function, function};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const FUNCTIONS: [Function; 50] = [
    function("toString", 1, 1, |context, args| {
        let text = any_text(first(args)?.0)?;
        context.text(text)
    }),
    function("upper", 1, 1, |context, args| context.text(upper(text(first(args)?.0)?))),
    function("lower", 1, 1, |context, args| context.text(lower(text(first(args)?.0)?))),
    function("toUpper", 1, 1, |context, args| context.text(upper(text(first(args)?.0)?))),
    function("toLower", 1, 1, |context, args| context.text(lower(text(first(args)?.0)?))),
    function("title", 1, 1, |context, args| context.text(title(text(first(args)?.0)?))),
    function("untitle", 1, 1, |context, args| context.text(untitle(text(first(args)?.0)?))),
    function("swapcase", 1, 1, |context, args| {
        let swapped: String = text(first(args)?.0)?.chars().map(swapped).collect();
        context.text(swapped)
    }),
    function("trim", 1, 1, |context, args| context.text(text(first(args)?.0)?.trim())),
    function("trimAll", 2, 2, trim_all),
    function("trimall", 2, 2, trim_all),
    function("trimSuffix", 2, 2, |context, args| {
        let [suffix, given] = exactly(args)?;
        let given = text(given)?;
        context.text(given.strip_suffix(text(suffix)?).unwrap_or(given))
    }),
    function("trimPrefix", 2, 2, |context, args| {
        let [prefix, given] = exactly(args)?;
        let given = text(given)?;
        context.text(given.strip_prefix(text(prefix)?).unwrap_or(given))
    }),
    function("nospace", 1, 1, |context, args| {
        let kept: String = text(first(args)?.0)?.split_whitespace().collect();
        context.text(kept)
    }),
    function("contains", 2, 2, |_, args| {
        let [part, given] = exactly(args)?;
        Ok(Value::Bool(text(given)?.contains(text(part)?)))
    }),
    function("hasPrefix", 2, 2, |_, args| {
        let [prefix, given] = exactly(args)?;
        Ok(Value::Bool(text(given)?.starts_with(text(prefix)?)))
    }),
    function("hasSuffix", 2, 2, |_, args| {
        let [suffix, given] = exactly(args)?;
        Ok(Value::Bool(text(given)?.ends_with(text(suffix)?)))
    }),
    function("replace", 3, 3, |context, args| {
        let [old, new, given] = exactly(args)?;
        let (old, new, given) = (text(old)?, text(new)?, text(given)?);
        let places = given.matches(old).count();
        context.fits(given.len().saturating_add(places.saturating_mul(new.len())))?;
        context.text(given.replace(old, new))
    }),
    function("repeat", 2, 2, |context, args| {
        let [count, given] = exactly(args)?;
        let count = usize::try_from(int(count)?);
        let count = count.map_err(|_| "a text cannot be repeated less than no times")?;
        let given = text(given)?;
        context.fits(given.len().saturating_mul(count))?;
        context.text(given.repeat(count))
    }),
    function("indent", 2, 2, |context, args| indent(context, args, "")),
    function("nindent", 2, 2, |context, args| indent(context, args, "\n")),
    function("quote", 0, ANY, |context, args| {
        let mut quoted = Vec::new();
        for value in args.iter().filter(|value| !matches!(value, Value::Nil)) {
            quoted.push(print::quote(&any_text(value)?, '"', false));
        }
        context.text(quoted.join(" "))
    }),
    function("squote", 0, ANY, |context, args| {
        let mut quoted = Vec::new();
        for value in args.iter().filter(|value| !matches!(value, Value::Nil)) {
            quoted.push(format!("'{}'", print::text(value)?));
        }
        context.text(quoted.join(" "))
    }),
    function("cat", 0, ANY, |context, args| {
        let mut texts = Vec::new();
        for value in args.iter().filter(|value| !matches!(value, Value::Nil)) {
            texts.push(print::text(value)?);
        }
        context.text(texts.join(" "))
    }),
    function("trunc", 2, 2, |context, args| {
        let [length, given] = exactly(args)?;
        let (length, given) = (int(length)?, text(given)?);
        let size = i64::try_from(given.len()).unwrap_or(i64::MAX);
        let cut = if length < 0 {
            if size.saturating_add(length) > 0 { from(given, size + length) } else { given }
        } else {
            upto(given, length)
        };
        context.text(cut)
    }),
    function("substr", 3, 3, |context, args| {
        let [start, end, given] = exactly(args)?;
        let (start, end, given) = (int(start)?, int(end)?, text(given)?);
        let size = i64::try_from(given.len()).unwrap_or(i64::MAX);
        if start < 0 {
            return context.text(upto(given, end));
        }
        if end >= 0 && end <= size && start > end {
            return Err(format!("a part from {start} to {end} ends before it starts"));
        }
        let head = if end < 0 || end > size { given } else { upto(given, end) };
        context.text(from(head, start))
    }),
    function("abbrev", 2, 2, |context, args| {
        let [width, given] = exactly(args)?;
        let (width, given) = (int(width)?, text(given)?);
        context.text(abbreviate(given, 0, width))
    }),
    function("abbrevboth", 3, 3, |context, args| {
        let [left, width, given] = exactly(args)?;
        let (left, width, given) = (int(left)?, int(width)?, text(given)?);
        let is_short = width < 4 || (left > 0 && width < 7);
        context.text(if is_short { given.into() } else { abbreviate(given, left, width) })
    }),
    function("initials", 1, 1, |context, args| {
        let initials: String = text(first(args)?.0)?
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .collect();
        context.text(initials)
    }),
    function("snakecase", 1, 1, |context, args| {
        let words = words(text(first(args)?.0)?);
        context.text(words.join("_"))
    }),
    function("kebabcase", 1, 1, |context, args| {
        let words = words(text(first(args)?.0)?);
        context.text(words.join("-"))
    }),
    function("camelcase", 1, 1, |context, args| {
        let camel: String = text(first(args)?.0)?.split(['_', '-', ' ']).map(title).collect();
        context.text(camel)
    }),
    function("split", 2, 2, |context, args| {
        let [separator, given] = exactly(args)?;
        let parts = parts(text(given)?, text(separator)?, usize::MAX);
        numbered(context, parts)
    }),
    function("splitn", 3, 3, |context, args| {
        let [separator, most, given] = exactly(args)?;
        let most = usize::try_from(int(most)?).unwrap_or(usize::MAX);
        let parts = parts(text(given)?, text(separator)?, most);
        numbered(context, parts)
    }),
    function("splitList", 2, 2, |context, args| {
        let [separator, given] = exactly(args)?;
        let parts = parts(text(given)?, text(separator)?, usize::MAX);
        context.texts(parts)
    }),
    function("wrap", 2, 2, |context, args| {
        let [width, given] = exactly(args)?;
        let wrapped = wrap(text(given)?, int(width)?, "\n");
        context.text(wrapped)
    }),
    function("wrapWith", 3, 3, |context, args| {
        let [width, separator, given] = exactly(args)?;
        let (width, separator, given) = (int(width)?, text(separator)?, text(given)?);
        context.fits(given.len().saturating_mul(separator.len().saturating_add(1)))?;
        let wrapped = wrap(given, width, separator);
        context.text(wrapped)
    }),
    function("base", 1, 1, |context, args| context.text(base(text(first(args)?.0)?))),
    function("osBase", 1, 1, |context, args| context.text(base(text(first(args)?.0)?))),
    function("dir", 1, 1, |context, args| {
        let given = text(first(args)?.0)?;
        let folder = given.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_root = given.starts_with('/') && folder.is_empty();
        context.text(if is_root { "/".into() } else { clean(folder) })
    }),
    function("osDir", 1, 1, |context, args| {
        let given = text(first(args)?.0)?;
        let folder = given.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_root = given.starts_with('/') && folder.is_empty();
        context.text(if is_root { "/".into() } else { clean(folder) })
    }),
    function("clean", 1, 1, |context, args| context.text(clean(text(first(args)?.0)?))),
    function("osClean", 1, 1, |context, args| context.text(clean(text(first(args)?.0)?))),
    function("ext", 1, 1, |context, args| context.text(extension(text(first(args)?.0)?))),
    function("osExt", 1, 1, |context, args| context.text(extension(text(first(args)?.0)?))),
    function("isAbs", 1, 1, |_, args| Ok(Value::Bool(text(first(args)?.0)?.starts_with('/')))),
    function("osIsAbs", 1, 1, |_, args| Ok(Value::Bool(text(first(args)?.0)?.starts_with('/')))),
    function("urlParse", 1, 1, |context, args| {
        let parsed = url(text(first(args)?.0)?);
        let mut entries = BTreeMap::new();
        for (key, part) in parsed {
            entries.insert(Arc::from(key), context.text(part)?);
        }
        context.map_of(&Kind::Any, entries)
    }),
    function("env", 1, 1, environment),
    function("getEnv", 1, 1, environment),
];

/// A template is not told the environment: a report would show what was not meant for it. What
/// findings for AWS need is known all the same.
fn environment<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let name = text(first(args)?.0)?;
    match name {
        "AWS_ACCOUNT_ID" => {
            let account = context.aws.account.clone();
            context.text(account)
        }
        "AWS_REGION" | "AWS_DEFAULT_REGION" => {
            let region = context.aws.region.clone();
            context.text(region)
        }
        name => Err(format!(
            "templates are not told the environment but for AWS_ACCOUNT_ID and AWS_REGION, so not \
             `{name}` either"
        )),
    }
}

/// The text up to a byte.
fn upto(text: &str, end: i64) -> &str {
    let mut end = usize::try_from(end).unwrap_or_default().min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The text from a byte on.
fn from(text: &str, start: i64) -> &str {
    let mut start = usize::try_from(start).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}

/// A text cut to a width, with dots where something is missing.
fn abbreviate(text: &str, offset: i64, width: i64) -> String {
    let size = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if width < 4 || size <= width {
        return text.to_owned();
    }
    let mut offset = offset.min(size);
    if size - offset < width - 3 {
        offset = size - (width - 3);
    }
    if offset <= 4 {
        return format!("{}...", upto(text, width - 3));
    }
    if offset + width - 3 < size {
        return format!("...{}", abbreviate(from(text, offset), 0, width - 3));
    }
    format!("...{}", from(text, size - (width - 3)))
}

/// Every word with a capital in front. In ASCII a word ends at what is no letter, digit or `_`.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        let is_inside = before.is_alphanumeric()
            || before == '_'
            || (!before.is_ascii() && !before.is_whitespace());
        if is_inside {
            out.push(c);
        } else {
            out.push(capital(c));
        }
        before = c;
    }
    out
}

fn untitle(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if before.is_whitespace() {
            out.push(small(c));
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

fn swapped(c: char) -> char {
    if c.is_uppercase() { small(c) } else { capital(c) }
}

/// Go changes the case of each character into one: `ß` has no capital then.
fn capital(c: char) -> char {
    let mut capitals = c.to_uppercase();
    capitals.next().filter(|_| capitals.next().is_none()).unwrap_or(c)
}

fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn upper(text: &str) -> String {
    text.chars().map(capital).collect()
}

fn lower(text: &str) -> String {
    text.chars().map(small).collect()
}

fn trim_all<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [set, given] = exactly(args)?;
    let set = text(set)?;
    context.text(text(given)?.trim_matches(|c| set.contains(c)))
}

fn indent<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    before: &str,
) -> Result<Value<'a>, String> {
    let [spaces, given] = exactly(args)?;
    let spaces = usize::try_from(int(spaces)?);
    let spaces = spaces.map_err(|_| "a line cannot be indented by less than nothing")?;
    let given = text(given)?;
    let lines = given.matches('\n').count() + 1;
    context.fits(given.len().saturating_add(lines.saturating_mul(spaces)))?;
    let space = " ".repeat(spaces);
    context.text(format!("{before}{space}{}", given.replace('\n', &format!("\n{space}"))))
}

/// Words of a name in any case, in small letters.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        if matches!(c, '_' | '-' | ' ') {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            before = c;
            continue;
        }
        let next_is_small = chars.peek().is_some_and(|next| next.is_lowercase());
        let starts = c.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && next_is_small));
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
        before = c;
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// The parts between separators; without one, each character is a part.
fn parts(text: &str, separator: &str, most: usize) -> Vec<String> {
    if most == 0 {
        return vec![];
    }
    if !separator.is_empty() {
        return text.splitn(most, separator).map(str::to_owned).collect();
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if parts.len() + 1 == most {
            parts.push(rest.to_owned());
            break;
        }
        let (part, behind) = rest.split_at(c.len_utf8());
        parts.push(part.to_owned());
        rest = behind;
    }
    parts
}

/// Parts as a dictionary of `_0`, `_1` and so on.
fn numbered<'a>(context: &mut Context<'a>, parts: Vec<String>) -> Result<Value<'a>, String> {
    let mut entries = BTreeMap::new();
    for (at, part) in parts.into_iter().enumerate() {
        entries.insert(Arc::from(format!("_{at}")), context.text(part)?);
    }
    context.map_of(TEXT, entries)
}

/// Lines of at most a width, broken at spaces; words that are longer are broken only where the
/// separator is no line break, as Sprig has it.
fn wrap(text: &str, width: i64, separator: &str) -> String {
    let width = usize::try_from(width).unwrap_or_default().max(1);
    let breaks_words = separator != "\n";
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while rest.len() > width {
        if let Some(behind) = rest.strip_prefix(' ') {
            rest = behind;
            continue;
        }
        // A space right behind the width still ends the line in time.
        let head = upto(rest, i64::try_from(width + 1).unwrap_or(i64::MAX));
        let place = match head.rfind(' ') {
            Some(space) => Some((space, space + 1)),
            None if breaks_words => {
                let end = upto(rest, i64::try_from(width).unwrap_or(i64::MAX)).len();
                let end =
                    if end == 0 { rest.chars().next().map_or(1, char::len_utf8) } else { end };
                Some((end, end))
            }
            None => rest.find(' ').map(|space| (space, space + 1)),
        };
        let Some((end, next)) = place else { break };
        out.push_str(rest.get(..end).unwrap_or_default());
        out.push_str(separator);
        rest = rest.get(next..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        path => path.rsplit('/').next().unwrap_or(path).to_owned(),
    }
}

fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default().to_owned()
}

/// The shortest path that means the same.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The parts of an address.
fn url(text: &str) -> [(&'static str, String); 8] {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (text, query) = text.split_once('?').unwrap_or((text, ""));
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let (scheme, rest) = match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
        _ => (String::new(), text),
    };
    let mut parts = ["", "", "", ""];
    let [host, path, opaque, user] = &mut parts;
    if let Some(rest) = rest.strip_prefix("//") {
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, behind) = rest.split_at(end);
        (*user, *host) = authority.rsplit_once('@').unwrap_or(("", authority));
        *path = behind;
    } else if scheme.is_empty() || rest.starts_with('/') {
        *path = rest;
    } else {
        *opaque = rest;
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    [
        ("hostname", name.trim_matches(['[', ']']).to_owned()),
        ("scheme", scheme),
        ("host", (*host).to_owned()),
        ("path", (*path).to_owned()),
        ("query", query.to_owned()),
        ("opaque", (*opaque).to_owned()),
        ("fragment", fragment.to_owned()),
        ("userinfo", (*user).to_owned()),
    ]
}
