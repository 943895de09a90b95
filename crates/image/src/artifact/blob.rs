//! A blob to be written: its bytes can be read as often as it takes.

use super::manifest::Descriptor;
use crate::manifest::digest_of;
use crate::outer::FileRange;
use bytes::Bytes;
use lazaret_core::digest::{Algorithm, Digest};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// Bytes read at once, and handed to the network in one piece.
const PIECE_BYTES: usize = 256 << 10;

/// A blob to be written.
#[derive(Clone, Debug)]
pub struct Blob {
    digest: Digest,
    size_bytes: u64,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Memory(Bytes),
    File(Arc<File>),
}

impl Blob {
    /// A small blob.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let digest = digest_of(Algorithm::Sha256, &bytes);
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { digest, size_bytes, content: Content::Memory(bytes.into()) }
    }

    /// A blob that begins with a file and has the digest that comes with it.
    pub fn from_file(file: File, digest: Digest, size_bytes: u64) -> Self {
        Self { digest, size_bytes, content: Content::File(Arc::new(file)) }
    }

    /// What pins the bytes.
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// How many bytes there are.
    pub const fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// What points to the blob.
    pub fn descriptor(&self, media_type: &str) -> Descriptor {
        Descriptor {
            media_type: media_type.to_owned(),
            digest: self.digest.clone(),
            size: self.size_bytes,
            artifact_type: String::new(),
            annotations: BTreeMap::new(),
        }
    }

    /// The bytes, from the first one.
    pub fn reader(&self) -> Box<dyn Read + Send> {
        match &self.content {
            Content::Memory(bytes) => Box::new(io::Cursor::new(bytes.clone())),
            Content::File(file) => Box::new(FileRange::new(file, 0, self.size_bytes)),
        }
    }

    /// The bytes, piece by piece.
    pub(crate) fn pieces(&self) -> Pieces {
        Pieces { reader: self.reader() }
    }
}

/// The pieces of a blob.
pub(crate) struct Pieces {
    reader: Box<dyn Read + Send>,
}

impl Iterator for Pieces {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut piece = vec![0; PIECE_BYTES];
        match self.reader.read(&mut piece) {
            Ok(0) => None,
            Ok(count) => {
                piece.truncate(count);
                Some(Ok(piece.into()))
            }
            Err(error) => Some(Err(error)),
        }
    }
}
