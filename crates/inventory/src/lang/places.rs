//! From an offset in a text to its line.

/// Bytes between two counts of lines.
const BLOCK_BYTES: usize = 4_096;

/// The lines of a text, counted at every block: a table of all line ends would be eight times as
/// large as a text of empty lines.
pub(crate) struct Places<'a> {
    bytes: &'a [u8],
    /// Line ends before each block.
    before: Vec<u32>,
}

impl<'a> Places<'a> {
    /// Counts the lines of a text.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut before = Vec::new();
        let mut count = 0_u32;
        for block in bytes.chunks(BLOCK_BYTES) {
            before.push(count);
            count = count.saturating_add(line_ends(block));
        }
        Self { bytes, before }
    }

    /// The line an offset is in, counted from one.
    pub(crate) fn line(&self, offset: usize) -> Option<u32> {
        let block = offset.checked_div(BLOCK_BYTES)?;
        let before = self.before.get(block)?;
        let part = self.bytes.get(block.checked_mul(BLOCK_BYTES)?..offset)?;
        before.checked_add(line_ends(part))?.checked_add(1)
    }

    /// The line of a text that was borrowed from this one.
    pub(crate) fn line_of(&self, part: &str) -> Option<u32> {
        self.line(part.as_ptr().addr().checked_sub(self.bytes.as_ptr().addr())?)
    }
}

fn line_ends(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_across_blocks() {
        let text = format!("{}{}end", "\n".repeat(5_000), "x".repeat(5_000));
        let places = Places::new(text.as_bytes());
        assert_eq!(places.line(0), Some(1));
        assert_eq!(places.line(4_999), Some(5_000));
        assert_eq!(places.line(5_000), Some(5_001));
        assert_eq!(places.line_of(&text[9_999..]), Some(5_001));
        assert_eq!(places.line(20_000), None);
        assert_eq!(places.line_of("elsewhere"), None);
    }
}
