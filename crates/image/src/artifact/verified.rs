//! Bytes that are hashed on their way: read against a digest, or written to get one.

use crate::layer::Hasher;
use lazaret_core::digest::{Algorithm, Digest};
use std::io::{self, Read, Write};

/// Why bytes are not those that a digest pins.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// They are others.
    #[error("the bytes of {expected} are others: their digest is {found}")]
    Digest {
        /// What they should have.
        expected: Digest,
        /// What they have.
        found: Digest,
    },
    /// They are too many or too few.
    #[error("{digest} has {than} than the {size_bytes} bytes it should")]
    Size {
        /// What was read.
        digest: Digest,
        /// `more` or `less`.
        than: &'static str,
        /// What it should have.
        size_bytes: u64,
    },
    /// They could not be read.
    #[error("failed to read {digest}")]
    Read {
        /// What was read.
        digest: Digest,
        /// Why not.
        source: io::Error,
    },
}

impl VerifyError {
    /// The error in what reading gave: one of this kind, or the failure to read at all.
    pub fn of(error: io::Error, digest: &Digest) -> Self {
        match error.downcast() {
            Ok(error) => error,
            Err(source) => Self::Read { digest: digest.clone(), source },
        }
    }
}

/// Reads exactly the bytes that a digest pins. The verdict comes with the end: whoever reads must
/// read up to it, and may not use what came before until then.
pub struct Verified<R> {
    inner: R,
    /// Taken out at the end.
    hasher: Option<Hasher>,
    digest: Digest,
    size_bytes: u64,
    left: u64,
}

impl<R: Read> Verified<R> {
    /// Begins to read.
    pub fn new(inner: R, digest: Digest, size_bytes: u64) -> Self {
        let hasher = Some(Hasher::new(digest.algorithm()));
        Self { inner, hasher, digest, size_bytes, left: size_bytes }
    }

    fn wrong_size(&self, than: &'static str) -> io::Error {
        let (digest, size_bytes) = (self.digest.clone(), self.size_bytes);
        io::Error::other(VerifyError::Size { digest, than, size_bytes })
    }
}

impl<R: Read> Read for Verified<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            if self.left > 0 {
                return Err(self.wrong_size("less"));
            }
            if let Some(hasher) = self.hasher.take() {
                let (expected, found) = (self.digest.clone(), hasher.finish());
                if expected != found {
                    return Err(io::Error::other(VerifyError::Digest { expected, found }));
                }
            }
            return Ok(0);
        }
        let bytes = u64::try_from(count).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(bytes).ok_or_else(|| self.wrong_size("more"))?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

/// Counts and hashes (SHA-256) what is written.
pub struct Measured<W> {
    inner: W,
    hasher: Hasher,
    size_bytes: u64,
}

impl<W: Write> Measured<W> {
    /// Begins to write.
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: Hasher::new(Algorithm::Sha256), size_bytes: 0 }
    }

    /// What was written to, the digest of the bytes, and their number.
    pub fn finish(self) -> (W, Digest, u64) {
        (self.inner, self.hasher.finish(), self.size_bytes)
    }
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..count).unwrap_or_default());
        self.size_bytes = self.size_bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf abc | sha256sum`
    const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn read(bytes: &[u8], size_bytes: u64) -> Result<Vec<u8>, String> {
        let mut read = Vec::new();
        Verified::new(bytes, ABC.parse().unwrap(), size_bytes)
            .read_to_end(&mut read)
            .map(|_| read)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn only_the_pinned_bytes_pass() {
        assert_eq!(read(b"abc", 3).unwrap(), b"abc");
        assert!(read(b"abd", 3).unwrap_err().contains("their digest is sha256:a52d159f"));
        assert!(read(b"abc", 4).unwrap_err().contains("less than the 4 bytes"));
        assert!(read(b"abcd", 3).unwrap_err().contains("more than the 3 bytes"));
        assert!(read(b"", 0).unwrap_err().contains(ABC));
    }

    #[test]
    fn what_is_written_is_measured() {
        let mut measured = Measured::new(Vec::new());
        measured.write_all(b"a").unwrap();
        measured.write_all(b"bc").unwrap();
        let (bytes, digest, size_bytes) = measured.finish();
        assert_eq!((&*bytes, &*digest.to_string(), size_bytes), (&b"abc"[..], ABC, 3));
    }
}
