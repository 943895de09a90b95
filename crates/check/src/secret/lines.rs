//! Lines of a text by offset.

use lazaret_core::location::LineRange;

/// Counts lines up to growing offsets, each byte once.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u32,
}

impl<'t> Lines<'t> {
    pub(super) const fn of(text: &'t [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The lines from offset `start` to before `end`. Calls must come with growing starts.
    pub(super) fn range(&mut self, start: usize, end: usize) -> LineRange {
        let before = self.text.get(self.at..start).unwrap_or_default();
        self.line = self.line.saturating_add(count(before));
        self.at = self.at.max(start);
        // The line feed that ends a line belongs to it.
        let inside = self.text.get(start..end.saturating_sub(1)).unwrap_or_default();
        LineRange { start: self.line, end: self.line.saturating_add(count(inside)) }
    }
}

fn count(text: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', text).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        let text = b"a\nbc\r\nd\n\ne";
        let mut lines = Lines::of(text);
        assert_eq!(lines.range(0, 1), LineRange { start: 1, end: 1 });
        assert_eq!(lines.range(2, 4), LineRange { start: 2, end: 2 });
        assert_eq!(lines.range(2, 7), LineRange { start: 2, end: 3 });
        assert_eq!(lines.range(6, 8), LineRange { start: 3, end: 3 });
        assert_eq!(lines.range(9, 10), LineRange { start: 5, end: 5 });
    }
}
