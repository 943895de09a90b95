//! Text files read line by line, without copying them.

/// One line of a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Its number, counted from one.
    pub(crate) number: u32,
    /// Its bytes without line end and trailing spaces.
    pub(crate) text: &'a [u8],
}

/// The lines of a file. `\n` and `\r\n` end a line; the last one may lack its end.
pub(crate) struct Lines<'a> {
    rest: &'a [u8],
    number: u32,
}

impl<'a> Lines<'a> {
    /// The lines of a whole file. A byte order mark at its start is left out.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: without_mark(bytes), number: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.get(1..).unwrap_or_default();
        self.number = self.number.saturating_add(1);
        Some(Line { number: self.number, text: line.trim_ascii_end() })
    }
}

/// The bytes of a text file without the byte order mark some editors put first.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Splits `Name: value` at its first colon. The value is trimmed.
pub(crate) fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    let (name, value) = line.split_at_checked(colon)?;
    Some((name.trim_ascii_end(), value.get(1..)?.trim_ascii()))
}

/// Bytes as text; what is not UTF-8 becomes the replacement character.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_trailing_spaces_are_no_part_of_a_line() {
        let lines: Vec<_> = Lines::new(b"\xef\xbb\xbfone \r\n\n  two\nthree")
            .map(|line| (line.number, line.text))
            .collect();
        assert_eq!(lines, [(1, &b"one"[..]), (2, b""), (3, b"  two"), (4, b"three")]);
    }

    #[test]
    fn a_field_ends_at_the_first_colon() {
        assert_eq!(field(b"Version:  1:2.0 "), Some((&b"Version"[..], &b"1:2.0"[..])));
        assert_eq!(field(b"Version:"), Some((&b"Version"[..], &b""[..])));
        assert_eq!(field(b"no field"), None);
    }
}
