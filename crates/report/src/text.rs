//! Text for a terminal: what is shown has the width it seems to have and does nothing but show.

use std::borrow::Cow;
use unicode_width::UnicodeWidthChar;

/// Whether a character does more than take up its own place: it moves the cursor, changes the
/// direction or is not seen at all. Names from an image must not smuggle one onto a screen.
pub(crate) fn is_unsafe(c: char) -> bool {
    // Line and paragraph separators and the soft hyphen have a width, but are not always drawn.
    c.width().unwrap_or(0) == 0 || matches!(c, '\u{ad}' | '\u{2028}' | '\u{2029}')
}

/// Text of an image as it may be shown: unsafe characters, and all that is not ASCII where
/// `unicode` is off, are written as escapes.
pub(crate) fn plain(text: &str, unicode: bool) -> Cow<'_, str> {
    let is_shown = |c: char| !is_unsafe(c) && (unicode || c.is_ascii());
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain || text.chars().all(is_shown) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_shown(c) {
            shown.push(c);
        } else {
            // `\n`, `\t`, `\u{1b}`: the escapes of Rust, which name the character.
            shown.extend(c.escape_default());
        }
    }
    shown.into()
}

/// How many columns a safe text takes, character by character: ligatures, which some scripts make
/// of two, are not something terminals agree on.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The text, cut to a number of columns with `ellipsis` at its end when it is longer.
pub(crate) fn cut(text: &str, columns: usize, ellipsis: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(width(ellipsis)) else { return String::new() };
    let (kept, _) = split(text, room);
    format!("{}{ellipsis}", kept.trim_end())
}

/// Splits a text behind as many characters as fit in a number of columns.
fn split(text: &str, columns: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// Breaks a text into lines of at most a number of columns, between words where it can.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    join(text.split_whitespace(), " ", columns)
}

/// The text as it is, broken into lines only when it is longer than a number of columns.
pub(crate) fn fold(text: &str, columns: usize) -> Vec<String> {
    if width(text) <= columns { vec![text.to_owned()] } else { wrap(text, columns) }
}

/// Joins parts into lines of at most a number of columns. A line ends with the separator's visible
/// part, so that it is seen to go on; a part that is longer than a line is broken.
pub(crate) fn join<'a>(
    parts: impl IntoIterator<Item = &'a str>,
    separator: &str,
    columns: usize,
) -> Vec<String> {
    // A column or two would give a line for every character.
    let columns = columns.max(20) - width(separator.trim_end());
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for part in parts {
        if !line.is_empty() {
            if width(&line) + width(separator) + width(part) <= columns {
                line.push_str(separator);
                line.push_str(part);
                continue;
            }
            line.push_str(separator.trim_end());
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = part;
        while width(rest) > columns {
            let (head, tail) = split(rest, columns);
            lines.push(head.to_owned());
            rest = tail;
        }
        rest.clone_into(&mut line);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_spelled_out() {
        for (raw, shown) in [
            ("libssl3", "libssl3"),
            ("a\x1b[31mb", "a\\u{1b}[31mb"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("evil\u{202e}gpj", "evil\\u{202e}gpj"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("soft\u{ad}line\u{2028}", "soft\\u{ad}line\\u{2028}"),
            ("名前", "名前"),
        ] {
            assert_eq!(plain(raw, true), shown);
        }
        assert_eq!(plain("名", false), "\\u{540d}");
    }

    #[test]
    fn cuts_count_columns_not_characters() {
        assert_eq!(cut("abcdef", 6, "…"), "abcdef");
        assert_eq!(cut("abcdef", 5, "…"), "abcd…");
        assert_eq!(cut("abc def", 5, "…"), "abc…");
        assert_eq!(cut("名前名前", 5, "…"), "名前…");
        assert_eq!(cut("名前名前", 4, "..."), "...");
        assert_eq!(cut("abc", 2, "..."), "");
    }

    #[test]
    fn lines_break_between_words_and_long_words_break_inside() {
        assert_eq!(wrap("one two three four five six", 20), ["one two three four", "five six"]);
        let long = "x".repeat(45);
        let widths: Vec<usize> =
            wrap(&format!("a {long} b"), 20).iter().map(|l| width(l)).collect();
        assert_eq!(widths, [1, 20, 20, 7]);
        assert_eq!(
            join(["aaaaaaaaaaaa", "bbbbbbbbbbbb"], ", ", 20),
            ["aaaaaaaaaaaa,", "bbbbbbbbbbbb"]
        );
    }
}
