//! Serial numbers of documents: made of what the document says, not of chance.

use lazaret_core::report::Report;
use sha2::{Digest as _, Sha256};
use std::io;

/// A UUID (version 8, RFC 9562 section 5.8) for a document of a format about a report. The same
/// report gives the same one, and any other report another.
pub(crate) fn uuid(format: &str, report: &Report, created: Option<&str>) -> io::Result<String> {
    let mut hasher = Hasher(Sha256::new());
    hasher.0.update(format!("{format}\n{}\n", created.unwrap_or_default()));
    serde_json::to_writer(io::BufWriter::new(&mut hasher), report)?;
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(hasher.0.finalize()) {
        *to = from;
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let n = u128::from_be_bytes(bytes);
    Ok(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        n >> 96,
        (n >> 80) & 0xffff,
        (n >> 64) & 0xffff,
        (n >> 48) & 0xffff,
        n & 0xffff_ffff_ffff
    ))
}

struct Hasher(Sha256);

impl io::Write for &mut Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
