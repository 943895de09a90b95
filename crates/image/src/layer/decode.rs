//! Decompression. How a layer is compressed is seen from its first bytes, never from the media
//! type.

use super::stored::Stored;
use flate2::bufread::GzDecoder;
use lazaret_core::limits::Limits;
use std::io::{self, BufRead, Read};

/// The window a zstd decoder always has room for: the largest that levels up to 19 use.
const ZSTD_WINDOW_MIN: u64 = 8 << 20;
/// The largest window a zstd decoder may ask for, as a power of two: 128 MiB, which is what `zstd`
/// itself takes without being told to.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Why there are no more bytes.
#[derive(Debug)]
pub(crate) enum DecodeError {
    /// They could not be got.
    Read(io::Error),
    /// They are damaged.
    Decompress(io::Error),
    /// There are too many: what was exceeded.
    Limit(String),
}

/// How the stored bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 8878, with the size of the first frame's window.
    Zstd {
        window: u64,
    },
}

impl Compression {
    /// Looks at the first bytes.
    pub(super) fn recognize(stored: &mut Stored<'_>) -> Result<Self, DecodeError> {
        let start = match stored.peek(18) {
            Ok(start) => start.to_vec(),
            Err(error) => return Err(failure(stored, error)),
        };
        match &*start {
            [0x1f, 0x8b, 0x08, ..] => Ok(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, frame @ ..] => Ok(Self::Zstd { window: window(frame) }),
            // A frame that decoders skip; what the next one needs cannot be seen from here.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Self::Zstd { window: ZSTD_WINDOW_MIN }),
            [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Err(unsupported("bzip2")),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Err(unsupported("xz")),
            _ => Ok(Self::Plain),
        }
    }

    /// Memory that decoding needs besides the chunks it gives.
    pub(super) fn memory_bytes(self) -> u64 {
        match self {
            Self::Zstd { window } => window.min(1 << ZSTD_WINDOW_LOG_MAX),
            _ => 0,
        }
    }
}

fn unsupported(name: &str) -> DecodeError {
    let message = format!("layers compressed with {name} are not supported");
    DecodeError::Decompress(io::Error::new(io::ErrorKind::Unsupported, message))
}

/// The window size in a zstd frame header, without its magic (RFC 8878, 3.1.1.1).
fn window(frame: &[u8]) -> u64 {
    let Some((descriptor, rest)) = frame.split_first() else {
        return ZSTD_WINDOW_MIN;
    };
    let size = if descriptor & 0x20 == 0 {
        let byte = rest.first().copied().unwrap_or(0);
        let base = 1_u64 << (10 + u32::from(byte >> 3));
        base.saturating_add((base / 8).saturating_mul(u64::from(byte & 7)))
    } else {
        // A single segment is its own window: its size follows the dictionary id.
        let dictionary_len = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or(0);
        let size_len = 1_usize << (descriptor >> 6);
        let bytes = rest.iter().skip(dictionary_len).take(size_len).rev();
        bytes.fold(0_u64, |size, byte| size << 8 | u64::from(*byte))
    };
    size.max(ZSTD_WINDOW_MIN)
}

/// Gives the uncompressed bytes of a layer, up to a limit.
pub(crate) struct Decoder<'a> {
    inner: Inner<'a>,
    layer_bytes_max: u64,
    ratio_max: u64,
    ratio_free_bytes: u64,
    produced: u64,
    /// An error that follows the bytes already given.
    pending: Option<DecodeError>,
    /// Whether something other than zeros was found behind the end of a gzip stream.
    has_garbage: bool,
}

enum Inner<'a> {
    Plain(Box<Stored<'a>>),
    Gzip(Box<GzDecoder<Lent<'a>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Stored<'a>>>),
}

/// Stored bytes that can be taken out of a decoder and put back, so that it is used for every
/// member of a gzip stream.
#[derive(Default)]
struct Lent<'a>(Option<Stored<'a>>);

impl Read for Lent<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |stored| stored.read(into))
    }
}

impl BufRead for Lent<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.as_mut().map_or(Ok(&[]), BufRead::fill_buf)
    }

    fn consume(&mut self, bytes: usize) {
        if let Some(stored) = &mut self.0 {
            stored.consume(bytes);
        }
    }
}

impl<'a> Decoder<'a> {
    pub(super) fn new(
        stored: Stored<'a>,
        compression: Compression,
        limits: &Limits,
    ) -> io::Result<Self> {
        let inner = match compression {
            Compression::Plain => Inner::Plain(Box::new(stored)),
            Compression::Gzip => Inner::Gzip(Box::new(GzDecoder::new(Lent(Some(stored))))),
            Compression::Zstd { window } => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(stored)?;
                // Later frames must do with the memory that was set aside for the first.
                let window = window.min(1 << ZSTD_WINDOW_LOG_MAX).next_power_of_two();
                decoder.window_log_max(window.trailing_zeros())?;
                Inner::Zstd(Box::new(decoder))
            }
        };
        Ok(Self {
            inner,
            layer_bytes_max: limits.layer_bytes_max,
            ratio_max: limits.ratio_max,
            ratio_free_bytes: limits.ratio_free_bytes,
            produced: 0,
            pending: None,
            has_garbage: false,
        })
    }

    /// Fills a buffer, and says how much of it: less than all only at the end, none behind it.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, DecodeError> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let mut filled = 0;
        while let Some(space) = buffer.get_mut(filled..).filter(|space| !space.is_empty()) {
            match self.read(space) {
                Ok(0) => break,
                Ok(read) => filled = filled.saturating_add(read),
                Err(error) => {
                    let error = self.stored().map_or_else(
                        || DecodeError::Decompress(io::ErrorKind::Other.into()),
                        |stored| failure(stored, error),
                    );
                    if filled == 0 {
                        return Err(error);
                    }
                    self.pending = Some(error);
                    break;
                }
            }
        }
        self.produced = self.produced.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
        self.check_limits()?;
        Ok(filled)
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match &mut self.inner {
                Inner::Plain(stored) => return stored.read(into),
                Inner::Zstd(decoder) => return decoder.read(into),
                Inner::Gzip(decoder) => decoder.read(into)?,
            };
            if read > 0 || !self.next_member()? {
                return Ok(read);
            }
        }
    }

    /// Goes on to the next member of a gzip stream; false if there is none.
    ///
    /// RFC 1952 lets members follow each other. What else follows is ignored, as by GNU gzip and
    /// pigz: zeros are padding, the rest is noticed.
    fn next_member(&mut self) -> io::Result<bool> {
        let Inner::Gzip(decoder) = &mut self.inner else {
            return Ok(false);
        };
        let Some(stored) = &mut decoder.get_mut().0 else {
            return Ok(false);
        };
        if stored.peek(2)? == [0x1f, 0x8b] {
            let lent = std::mem::take(decoder.get_mut());
            decoder.reset(lent);
            return Ok(true);
        }
        while !stored.fill_buf()?.is_empty() {
            self.has_garbage |= stored.unread().iter().any(|byte| *byte != 0);
            let unread = stored.unread().len();
            stored.consume(unread);
            if stored.total() > self.layer_bytes_max {
                break;
            }
        }
        Ok(false)
    }

    fn check_limits(&mut self) -> Result<(), DecodeError> {
        let produced = self.produced;
        if produced > self.layer_bytes_max {
            let max = self.layer_bytes_max;
            return Err(DecodeError::Limit(format!("it has more than {max} bytes uncompressed")));
        }
        let stored = self.stored().map_or(0, |stored| stored.total()).max(1);
        if produced > self.ratio_free_bytes && produced / stored > self.ratio_max {
            let max = self.ratio_max;
            return Err(DecodeError::Limit(format!(
                "it grows to more than {max} times its stored size"
            )));
        }
        Ok(())
    }

    fn stored(&mut self) -> Option<&mut Stored<'a>> {
        match &mut self.inner {
            Inner::Plain(stored) => Some(stored),
            Inner::Gzip(decoder) => decoder.get_mut().0.as_mut(),
            Inner::Zstd(decoder) => Some(decoder.get_mut()),
        }
    }

    /// The stored bytes, and whether there was something to ignore in them.
    pub(super) fn into_stored(self) -> (Option<Stored<'a>>, bool) {
        let stored = match self.inner {
            Inner::Plain(stored) => Some(*stored),
            Inner::Gzip(decoder) => decoder.into_inner().0,
            Inner::Zstd(decoder) => Some(decoder.finish()),
        };
        (stored, self.has_garbage)
    }
}

/// Whether an error came from the reader or from what it read.
fn failure(stored: &mut Stored<'_>, error: io::Error) -> DecodeError {
    if stored.has_failed() {
        DecodeError::Read(stored.take_failure().unwrap_or(error))
    } else {
        DecodeError::Decompress(error)
    }
}
