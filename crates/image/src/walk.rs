//! How the entries of a layer are handed over: header first, and the body only if it is wanted.

use lazaret_core::digest::Digest;
use lazaret_core::location::ImagePath;
use lazaret_core::problem::Problem;

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryType {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, with its target as written.
    Symlink(String),
    /// A hard link, with the path it shares a file with.
    Hardlink(ImagePath),
    /// A device, pipe or socket.
    Special,
}

/// What is known of an entry before its body is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryHeader {
    /// Where it is. Whiteout files have their own name here, `.wh.` included.
    pub path: ImagePath,
    /// What it is.
    pub kind: EntryType,
    /// Size of the body in bytes, after holes of sparse files are filled.
    pub size_bytes: u64,
    /// Permission bits, setuid, setgid and sticky included.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// The value of the extended attribute `security.capability`, where the entry has it.
    pub capability: Option<Box<[u8]>>,
}

/// Whether a body is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The body is skipped without being copied.
    Skip,
    /// The beginning of the body is handed to [`Visit::peek`], which decides. Only for files, and
    /// empty ones are skipped.
    Peek,
    /// The body is handed to [`Visit::body`], unless a limit forbids it.
    Body,
    /// The beginning of the body, at most so many bytes, is handed to [`Visit::body`]. Of sparse
    /// files it is the whole body.
    Head(u64),
}

/// How much of a body [`Visit::peek`] gets, in bytes; all of a shorter one.
pub const PEEK_BYTES: usize = 64;

/// Who wants to see a layer's entries.
pub trait Visit {
    /// Sees an entry, in the order of the archive.
    fn entry(&mut self, header: &EntryHeader) -> Want;
    /// Sees the first bytes of the entry just seen, if they were asked for. An answer of
    /// [`Want::Peek`] is taken for [`Want::Skip`].
    fn peek(&mut self, _header: &EntryHeader, _first: &[u8]) -> Want {
        Want::Skip
    }
    /// Gets the whole body of the entry just seen, if it was wanted. Only files have one.
    fn body(&mut self, header: &EntryHeader, bytes: &[u8]);
    /// Learns of something in the layer that could not be read, while the rest could. The layer
    /// of the location is always 0.
    fn problem(&mut self, problem: Problem);
}

/// What reading a layer to its end showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerSummary {
    /// Bytes read as stored.
    pub stored_bytes: u64,
    /// Bytes after decompression.
    pub tar_bytes: u64,
    /// Archive entries.
    pub entries: u64,
    /// The digest of the uncompressed archive, where one was computed.
    pub diff_id: Option<Digest>,
}

/// Who wants to know how far reading has come.
pub trait Progress: Send + Sync {
    /// A layer is begun. `layer` is its position in the image.
    fn begin(&self, layer: usize, size_bytes: Option<u64>);
    /// So many more stored bytes of it were read.
    fn advance(&self, layer: usize, bytes: u64);
    /// It is done.
    fn end(&self, layer: usize);
}

/// Why a layer could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The bytes could not be got.
    #[error("failed to read layer {layer}")]
    Read {
        /// The blob's digest, or the name in an archive.
        layer: String,
        /// Why.
        source: std::io::Error,
    },
    /// The compressed stream is damaged.
    #[error("failed to decompress layer {layer}")]
    Decompress {
        /// The blob's digest, or the name in an archive.
        layer: String,
        /// Why.
        source: std::io::Error,
    },
    /// The archive breaks off or is no archive.
    #[error("layer {layer} is not a readable tar archive: {reason}")]
    Archive {
        /// The blob's digest, or the name in an archive.
        layer: String,
        /// What is wrong, and at which offset.
        reason: String,
    },
    /// The bytes are not those that the image means.
    #[error("layer {layer} has the wrong digest: expected {expected}, found {found}")]
    Digest {
        /// The blob's digest, or the name in an archive.
        layer: String,
        /// What the manifest or configuration says.
        expected: Digest,
        /// What the bytes have.
        found: Digest,
    },
    /// The bytes decompress to another archive than the one that the image means.
    #[error(
        "layer {layer} has the wrong digest once uncompressed: expected {expected}, found {found}"
    )]
    DiffId {
        /// The blob's digest, or the name in an archive.
        layer: String,
        /// What the configuration says.
        expected: Digest,
        /// What the uncompressed archive has.
        found: Digest,
    },
    /// The blob is not where it should be.
    #[error("the layer blob {layer} is missing")]
    Missing {
        /// The blob's digest, or the name in an archive.
        layer: String,
    },
}
