//! Text of an image as it stands in HTML: it shows what it is and does nothing.

use crate::text as plain;
use std::borrow::Cow;
use std::fmt;

/// Columns of one name or message; those worth reading are shorter.
pub(super) const TEXT_MAX: usize = 400;
/// Columns of one instruction or one part of a rule's documentation.
pub(super) const LONG_MAX: usize = 4_000;

/// A text to be written into HTML, as an element's text or as an attribute's value in double
/// quotes. Control characters and direction marks are spelled out, and what is long is cut.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    text: &'a str,
    columns_max: usize,
}

/// A name or a message.
pub(super) const fn text(text: &str) -> Text<'_> {
    Text { text, columns_max: TEXT_MAX }
}

/// An instruction or a paragraph.
pub(super) const fn long(text: &str) -> Text<'_> {
    Text { text, columns_max: LONG_MAX }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = harmless(self.text, self.columns_max);
        let mut rest = &*text;
        while let Some(at) = rest.find(['<', '>', '&', '"', '\'']) {
            let (before, from) = rest.split_at(at);
            f.write_str(before)?;
            let mut chars = from.chars();
            f.write_str(match chars.next() {
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some('&') => "&amp;",
                Some('"') => "&quot;",
                _ => "&#39;",
            })?;
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}

/// A text without what would change how the text around it is read, and bounded.
pub(super) fn harmless(text: &str, columns_max: usize) -> Cow<'_, str> {
    // Nearly every text there is; asking each character for its width takes its time.
    if text.len() <= columns_max && text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    // No character of a name takes more bytes than this, even spelled out: what is behind is never
    // seen, and a name may have a megabyte.
    let mut end = text.len().min(columns_max.saturating_mul(4).saturating_add(4));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = text.get(..end).unwrap_or(text);
    let shown = plain::plain(start, true);
    if plain::width(&shown) > columns_max || end < text.len() {
        return Cow::Owned(plain::cut(&format!("{shown}…"), columns_max, "…"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_an_image_stay_text() {
        for (raw, written) in [
            ("openssl", "openssl"),
            ("</script><script>x", "&lt;/script&gt;&lt;script&gt;x"),
            ("\"><img src=x onerror='x'>", "&quot;&gt;&lt;img src=x onerror=&#39;x&#39;&gt;"),
            ("a&lt;b", "a&amp;lt;b"),
            ("gpj\u{202e}exe", "gpj\\u{202e}exe"),
            ("a\nb\0", "a\\nb\\u{0}"),
            ("名前", "名前"),
        ] {
            assert_eq!(text(raw).to_string(), written);
        }
    }

    #[test]
    fn what_is_long_is_cut_and_says_so() {
        let whole = "x".repeat(TEXT_MAX);
        assert_eq!(harmless(&whole, TEXT_MAX), whole);
        for long in ["x".repeat(TEXT_MAX + 1), "x".repeat(1_000_000), "名".repeat(300_000)] {
            let shown = harmless(&long, TEXT_MAX);
            assert!(plain::width(&shown) <= TEXT_MAX, "{}", shown.len());
            assert!(shown.ends_with('…') && !shown.ends_with("……"), "{shown}");
        }
        // Marks that take no place are spelled out, and count as what they are spelled.
        let marks = harmless(&"\u{202e}".repeat(100_000), TEXT_MAX).into_owned();
        assert!(marks.starts_with("\\u{202e}") && plain::width(&marks) <= TEXT_MAX);
    }
}
