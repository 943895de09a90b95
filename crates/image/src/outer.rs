//! The bytes of an image archive: a file, plain or compressed.

use crate::layer::DecodeError;
use crate::tar::Chunks;
use flate2::read::MultiGzDecoder;
use lazaret_core::limits::Limits;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How an archive is compressed as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// Not at all.
    None,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Compression {
    /// Recognizes a compression from the first bytes; names one that is not read.
    pub(crate) fn of(magic: &[u8]) -> Result<Self, &'static str> {
        match magic {
            [0x1f, 0x8b, ..] => Ok(Self::Gzip),
            // A frame, or one that is skipped in front of it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Self::Zstd),
            [b'B', b'Z', b'h', ..] => Err("it is compressed with bzip2; decompress it first"),
            [0xfd, b'7', b'z', b'X', b'Z', 0] => {
                Err("it is compressed with xz; decompress it first")
            }
            [b'P', b'K', 3, 4, ..] => Err("it is a zip file"),
            _ => Ok(Self::None),
        }
    }
}

/// A part of a file, which several threads can read at once.
pub(crate) struct FileRange {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl FileRange {
    /// `size_bytes` bytes from `offset` on, or as many of them as there are.
    pub(crate) fn new(file: &Arc<File>, offset: u64, size_bytes: u64) -> Self {
        Self { file: Arc::clone(file), at: offset, end: offset.saturating_add(size_bytes) }
    }
}

impl Read for FileRange {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let len = into.len().min(left);
        let read = self.file.read_at(into.get_mut(..len).unwrap_or_default(), self.at)?;
        self.at = self.at.saturating_add(to_u64(read));
        Ok(read)
    }
}

/// The offset behind the last block that was handed out.
#[derive(Clone, Default)]
pub(crate) struct Position(Rc<Cell<u64>>);

impl Position {
    /// The offset.
    pub(crate) fn get(&self) -> u64 {
        self.0.get()
    }
}

/// A whole archive after decompression.
pub(crate) enum Stream {
    /// A file as it is, in which bytes can be hopped over.
    Plain(FileRange),
    /// What a decompressor gives.
    Decoded(Box<Decoded>),
}

/// Decompressed bytes, under the limits against bombs.
pub(crate) struct Decoded {
    reader: Box<dyn Read + Send>,
    consumed: Arc<AtomicU64>,
    produced: u64,
    bytes_max: u64,
    ratio_max: u64,
    ratio_free_bytes: u64,
}

impl Stream {
    pub(crate) fn new(
        file: &Arc<File>,
        file_bytes: u64,
        compression: Compression,
        limits: &Limits,
    ) -> io::Result<Self> {
        /// A window of 128 MiB, the most that `zstd --long` uses unasked.
        const WINDOW_LOG_MAX: u32 = 27;
        const BUFFER_BYTES: usize = 256 << 10;
        let whole = FileRange::new(file, 0, file_bytes);
        let consumed = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: whole, count: Arc::clone(&consumed) };
        let reader: Box<dyn Read + Send> = match compression {
            Compression::None => return Ok(Self::Plain(counted.inner)),
            Compression::Gzip => {
                let decoder = MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, counted));
                Box::new(decoder)
            }
            Compression::Zstd => {
                let buffered = BufReader::with_capacity(BUFFER_BYTES, counted);
                let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered)?;
                decoder.window_log_max(WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
        };
        Ok(Self::Decoded(Box::new(Decoded {
            reader,
            consumed,
            produced: 0,
            bytes_max: limits.layer_bytes_max,
            ratio_max: limits.ratio_max,
            ratio_free_bytes: limits.ratio_free_bytes,
        })))
    }

    /// Passes over bytes; says how many, fewer only at the end of the archive.
    pub(crate) fn hop(&mut self, bytes: u64) -> io::Result<u64> {
        match self {
            Self::Plain(range) => {
                let left = range.end.saturating_sub(range.at);
                let hopped = bytes.min(left);
                range.at = range.at.saturating_add(hopped);
                Ok(hopped)
            }
            Self::Decoded(decoded) => io::copy(&mut decoded.take(bytes), &mut io::sink()),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(range) => range.read(into),
            Self::Decoded(decoded) => decoded.read(into),
        }
    }
}

impl Read for Decoded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into)?;
        self.produced = self.produced.saturating_add(to_u64(read));
        let ratio_bytes = self.consumed.load(Ordering::Relaxed).saturating_mul(self.ratio_max);
        if self.produced > self.ratio_free_bytes && self.produced > ratio_bytes {
            return Err(io::Error::other(format!(
                "it grows to more than {} times its size",
                self.ratio_max
            )));
        }
        if self.produced > self.bytes_max {
            return Err(io::Error::other(format!("it has more than {} bytes", self.bytes_max)));
        }
        Ok(read)
    }
}

struct Counted {
    inner: FileRange,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.count.fetch_add(to_u64(read), Ordering::Relaxed);
        Ok(read)
    }
}

/// Hands out an archive block by block, so that whoever sees a header knows the offset behind it.
pub(crate) struct Blocks {
    stream: Stream,
    block: [u8; 512],
    filled: usize,
    position: Position,
}

impl Blocks {
    /// Begins at the beginning of a stream, and keeps `position` up to date.
    pub(crate) fn new(stream: Stream, position: Position) -> Self {
        Self { stream, block: [0; 512], filled: 0, position }
    }

    fn pass(&mut self, bytes: u64) {
        self.position.0.set(self.position.get().saturating_add(bytes));
    }
}

impl Chunks for Blocks {
    fn current(&self) -> &[u8] {
        self.block.get(..self.filled).unwrap_or_default()
    }

    fn advance(&mut self) -> Result<bool, DecodeError> {
        self.filled = 0;
        while let Some(space) = self.block.get_mut(self.filled..).filter(|s| !s.is_empty()) {
            match self.stream.read(space) {
                Ok(0) => break,
                Ok(read) => self.filled = self.filled.saturating_add(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(DecodeError::Read(error)),
            }
        }
        self.pass(to_u64(self.filled));
        Ok(self.filled > 0)
    }

    fn hop(&mut self, bytes: u64) -> Result<u64, DecodeError> {
        let hopped = self.stream.hop(bytes).map_err(DecodeError::Read)?;
        self.pass(hopped);
        Ok(hopped)
    }
}

fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
