//! Reading tar archives: v7, ustar, PAX, GNU and what programs made of them.
//!
//! Where writers and readers disagree, this reader does what Go's `archive/tar` does, because the
//! container runtimes unpack layers with it: an entry that they would not see is not in the image,
//! and one that they would see must not escape a scan.
//!
//! Formats: POSIX.1-2024 `pax`, "pax Interchange Format" and "ustar Interchange Format"; GNU tar
//! manual, "Basic Tar Format" and "Storing Sparse Files".

mod cursor;
mod header;
mod pax;
mod reader;
mod sparse;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use cursor::Chunks;
pub(crate) use reader::{Reader, TarError, escaped};

/// Everything in an archive is laid out in blocks of this many bytes.
const BLOCK_BYTES: usize = 512;
/// [`BLOCK_BYTES`], to count offsets with.
const BLOCK_BYTES_U64: u64 = 512;
