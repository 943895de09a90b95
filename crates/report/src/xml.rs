//! XML 1.0 as text.

use crate::text;
use std::borrow::Cow;
use std::io::{self, Write};

/// Text as XML 1.0 may hold it, in elements and in attributes. Controls, which XML cannot hold at
/// all, are spelled out.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    // Most text needs nothing, and to see that of bytes is quicker than to ask for each character.
    let is_plain = |byte: u8| {
        matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')
    };
    if text.bytes().all(is_plain) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "&#10;"));
        for c in text::plain(line, true).chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&apos;"),
                // Not characters, in XML's eyes.
                '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
                _ => escaped.push(c),
            }
        }
        escaped.push_str(end);
    }
    escaped.into()
}

/// Space to begin lines with.
const SPACE: &[u8] = b"                                ";

/// A document that is written element by element.
pub(crate) struct Xml<'o> {
    out: &'o mut dyn Write,
    depth: usize,
}

impl<'o> Xml<'o> {
    /// Begins a document.
    pub(crate) fn new(out: &'o mut dyn Write) -> io::Result<Self> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        Ok(Self { out, depth: 0 })
    }

    fn indent(&mut self) -> io::Result<()> {
        let mut left = self.depth * 2;
        while left > 0 {
            let part = left.min(SPACE.len());
            self.out.write_all(&SPACE[..part])?;
            left -= part;
        }
        Ok(())
    }

    fn parts(&mut self, parts: &[&str]) -> io::Result<()> {
        parts.iter().try_for_each(|part| self.out.write_all(part.as_bytes()))
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.indent()?;
        self.parts(&["<", name])?;
        for (key, value) in attributes {
            self.parts(&[" ", key, "=\"", &escape(value), "\""])?;
        }
        Ok(())
    }

    /// An element with elements inside of it.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.start(name, attributes)?;
        self.out.write_all(b">\n")?;
        self.depth += 1;
        inside(self)?;
        self.depth -= 1;
        self.indent()?;
        writeln!(self.out, "</{name}>")
    }

    /// An element without anything inside of it.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.start(name, attributes)?;
        self.out.write_all(b"/>\n")
    }

    /// An element of text.
    pub(crate) fn text(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> io::Result<()> {
        self.start(name, attributes)?;
        self.parts(&[">", &escape(text), "</", name, ">\n"])
    }

    /// An element of text, if there is one.
    pub(crate) fn some(&mut self, name: &str, text: Option<&str>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.text(name, &[], text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_xml_can_hold() {
        for (text, escaped) in [
            ("libssl3", "libssl3"),
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&apos;"),
            ("a\u{1b}[2J", "a\\u{1b}[2J"),
            ("one\ntwo", "one&#10;two"),
            ("\0\u{fffe}", "\\u{0}\u{fffd}"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }

    #[test]
    fn elements_lie_in_each_other() {
        let mut out = Vec::new();
        let mut xml = Xml::new(&mut out).unwrap();
        xml.element("a", &[("b", "\"")], |xml| {
            xml.text("c", &[], "<")?;
            xml.some("d", None)?;
            xml.empty("e", &[])
        })
        .unwrap();
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;\">\n  \
                        <c>&lt;</c>\n  <e/>\n</a>\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
