//! A layer's bytes as they are stored: buffered, counted and digested as they come in.

use super::hash::Hasher;
use crate::walk::Progress;
use lazaret_core::digest::Digest;
use std::io::{self, BufRead, ErrorKind, Read};

/// How much is read at once.
const BUFFER_BYTES: usize = 256 << 10;

/// The stored bytes of one layer.
pub(crate) struct Stored<'a> {
    reader: Box<dyn Read + Send + 'a>,
    buffer: Vec<u8>,
    /// The bytes in `buffer` that were read and not consumed.
    start: usize,
    end: usize,
    /// Bytes read so far.
    total: u64,
    is_at_end: bool,
    hasher: Option<Hasher>,
    progress: Option<(&'a dyn Progress, usize)>,
    /// The error that reading ended with. It is kept apart because decoders mix it with their own.
    failure: Option<io::Error>,
    has_failed: bool,
}

impl<'a> Stored<'a> {
    pub(super) fn new(
        reader: Box<dyn Read + Send + 'a>,
        hasher: Option<Hasher>,
        progress: Option<(&'a dyn Progress, usize)>,
    ) -> Self {
        Self {
            reader,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            total: 0,
            is_at_end: false,
            hasher,
            progress,
            failure: None,
            has_failed: false,
        }
    }

    /// Bytes read so far, those not yet consumed included.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Whether reading ended with an error.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// The error that reading ended with, once.
    pub(super) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// What was read and not consumed.
    pub(super) fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The next bytes, without consuming them; fewer only at the end. `bytes` must be less than
    /// the buffer holds.
    pub(super) fn peek(&mut self, bytes: usize) -> io::Result<&[u8]> {
        if self.unread().len() < bytes {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end = self.end.saturating_sub(self.start);
            self.start = 0;
            while self.unread().len() < bytes && self.read_more()? {}
        }
        let unread = self.unread();
        Ok(unread.get(..bytes).unwrap_or(unread))
    }

    /// Reads on into a larger buffer until it is full; true if that was everything. Returns the
    /// buffer used before.
    pub(super) fn preload(&mut self, mut buffer: Vec<u8>) -> io::Result<bool> {
        let unread = self.unread().len();
        if let Some(space) = buffer.get_mut(..unread) {
            space.copy_from_slice(self.buffer.get(self.start..self.end).unwrap_or_default());
            (self.start, self.end, self.buffer) = (0, unread, buffer);
        }
        while self.read_more()? {}
        Ok(self.is_at_end)
    }

    /// Reads more behind what is in the buffer; false at the end or if there is no room.
    fn read_more(&mut self) -> io::Result<bool> {
        if self.has_failed {
            return Err(stopped());
        }
        let space = self.buffer.get_mut(self.end..).unwrap_or_default();
        if self.is_at_end || space.is_empty() {
            return Ok(false);
        }
        let read = loop {
            match self.reader.read(space) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        let read = read.inspect_err(|_| self.has_failed = true);
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                self.failure = Some(error);
                return Err(stopped());
            }
        };
        let read_bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.is_at_end = read == 0;
        self.total = self.total.saturating_add(read_bytes);
        if let Some(hasher) = &mut self.hasher {
            hasher.update(space.get(..read).unwrap_or_default());
        }
        if let Some((progress, layer)) = self.progress {
            progress.advance(layer, read_bytes);
        }
        self.end = self.end.saturating_add(read);
        Ok(read > 0)
    }

    /// Reads what is left, for its digest; false if there is more than `max` bytes in all.
    pub(super) fn drain(&mut self, max: u64) -> io::Result<bool> {
        while self.total <= max {
            (self.start, self.end) = (0, 0);
            if !self.read_more()? {
                return Ok(true);
            }
        }
        Ok(self.is_at_end)
    }

    /// The digest of all that was read, and the buffer for others to use.
    pub(super) fn finish(self) -> (Option<Digest>, Vec<u8>) {
        (self.hasher.map(Hasher::finish), self.buffer)
    }
}

/// What a decoder gets in place of the error that reading ended with.
fn stopped() -> io::Error {
    io::Error::other("reading stopped")
}

impl Read for Stored<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let part = self.fill_buf()?.read(into)?;
        self.consume(part);
        Ok(part)
    }
}

impl BufRead for Stored<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.unread().is_empty() {
            (self.start, self.end) = (0, 0);
            self.read_more()?;
        }
        Ok(self.unread())
    }

    fn consume(&mut self, bytes: usize) {
        self.start = self.start.saturating_add(bytes).min(self.end);
    }
}
