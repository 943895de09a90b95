//! A position in an archive that arrives in chunks.

use crate::layer::DecodeError;

/// Where the bytes of an archive come from, a chunk at a time.
pub(crate) trait Chunks {
    /// The chunk that is being read; empty before the first and after the last.
    fn current(&self) -> &[u8];
    /// Goes on to the next chunk; false when there is none.
    fn advance(&mut self) -> Result<bool, DecodeError>;
    /// Passes over bytes behind the current chunk without handing them out, where that is cheaper;
    /// says how many.
    fn hop(&mut self, _bytes: u64) -> Result<u64, DecodeError> {
        Ok(0)
    }
}

/// A reading position.
pub(super) struct Cursor<'c, C> {
    chunks: &'c mut C,
    /// Bytes of the current chunk that are behind us.
    at: usize,
    /// Bytes of the archive that are behind us.
    offset: u64,
}

impl<'c, C: Chunks> Cursor<'c, C> {
    pub(super) fn new(chunks: &'c mut C) -> Self {
        Self { chunks, at: 0, offset: 0 }
    }

    /// How far into the archive this is, in bytes.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// What is left of the current chunk.
    pub(super) fn rest(&self) -> &[u8] {
        self.chunks.current().get(self.at..).unwrap_or_default()
    }

    /// Makes sure that [`Cursor::rest`] has something; false at the end of the archive.
    pub(super) fn refill(&mut self) -> Result<bool, DecodeError> {
        while self.rest().is_empty() {
            self.at = 0;
            if !self.chunks.advance()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes forward inside the current chunk.
    pub(super) fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.rest().len());
        self.at = self.at.saturating_add(bytes);
        self.offset = self.offset.saturating_add(to_u64(bytes));
    }

    /// Fills a buffer, and says how much of it: less than all only at the end of the archive.
    pub(super) fn copy(&mut self, into: &mut [u8]) -> Result<usize, DecodeError> {
        let mut filled = 0;
        while let Some(space) = into.get_mut(filled..).filter(|space| !space.is_empty()) {
            if !self.refill()? {
                break;
            }
            let part = self.rest().len().min(space.len());
            if let (Some(to), Some(from)) = (space.get_mut(..part), self.rest().get(..part)) {
                to.copy_from_slice(from);
            }
            self.consume(part);
            filled = filled.saturating_add(part);
        }
        Ok(filled)
    }

    /// Skips bytes; false if the archive ends before that.
    pub(super) fn skip(&mut self, mut bytes: u64) -> Result<bool, DecodeError> {
        while bytes > 0 {
            if self.rest().is_empty() {
                let hopped = self.chunks.hop(bytes)?;
                self.offset = self.offset.saturating_add(hopped);
                bytes = bytes.saturating_sub(hopped);
                if bytes == 0 {
                    break;
                }
            }
            if !self.refill()? {
                return Ok(false);
            }
            let part = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.rest().len());
            self.consume(part);
            bytes = bytes.saturating_sub(to_u64(part));
        }
        Ok(true)
    }
}

/// A length in memory as a number of bytes in an archive.
pub(super) fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
