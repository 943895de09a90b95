//! The files of packages, as package databases list them.

use lazaret_core::extract::{ParseError, Sink};

/// Paths longer than the operating system allows are not built.
const PATH_BYTES_MAX: usize = 4_096;

/// How many times larger than the database its owned paths may grow together: a folder is written
/// once for all of its files. Real databases stay below 2, because every file has a checksum.
const PATHS_GROWTH_MAX: usize = 4;

/// Room for owned paths of a database so small that its growth says nothing, in bytes.
const PATHS_BYTES_FREE: usize = 1 << 16;

/// The files of one package, end to end in one buffer that all packages of a database share.
pub(super) struct Paths {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Bytes that may still be built for this database.
    room: usize,
    left_out: u64,
}

impl Paths {
    /// For a database of this many bytes.
    pub(super) fn of_database(size: usize) -> Self {
        let room = size.saturating_mul(PATHS_GROWTH_MAX).saturating_add(PATHS_BYTES_FREE);
        Self { bytes: Vec::new(), ends: Vec::new(), room, left_out: 0 }
    }

    /// Adds a file; the folder has no slash at its end.
    pub(super) fn push(&mut self, folder: &[u8], name: &[u8]) {
        let length = folder.len().saturating_add(1).saturating_add(name.len());
        let room = self.room.checked_sub(length).filter(|_| length <= PATH_BYTES_MAX);
        let Some(room) = room else {
            self.left_out = self.left_out.saturating_add(1);
            return;
        };
        self.room = room;
        self.bytes.extend_from_slice(folder);
        self.bytes.push(b'/');
        self.bytes.extend_from_slice(name);
        self.ends.push(self.bytes.len());
    }

    /// The files of the package at hand.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.bytes.get(start..*end))
    }

    /// Makes ready for the next package.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Says how many files were left out of the whole database.
    pub(super) fn finish(&self, sink: &mut Sink<'_>) {
        if self.left_out > 0 {
            let message = format!("{} paths are too long to say who owns them", self.left_out);
            sink.problem(&ParseError::new(message));
        }
    }
}
