//! The outer tar archive of an image: what is in it and where, without a temporary copy.
//!
//! A plain archive is read by hopping from header to header; afterwards every blob is a range of
//! the file that any thread can read. A compressed one has to be decompressed from its beginning
//! each time: once for the headers and the documents, and once more for the layers.

use crate::error::OpenError;
use crate::index::{BlobError, DOCUMENTS_FACTOR};
use crate::layer::{Budget, DecodeError};
use crate::layout::open_regular;
use crate::outer::{Blocks, Compression, FileRange, Position, Stream};
use crate::tar::{Reader, TarError};
use crate::walk::{EntryHeader, EntryType, Visit, Want};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::problem::Problem;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Entries of an image archive: a few for each layer. The largest mirrors have some ten thousand.
const ENTRIES_MAX: u64 = 200_000;
/// Length of a path that something in an image archive can have, in bytes; `docker save` and OCI
/// layouts need less than 160.
const PATH_BYTES_MAX: usize = 1_024;

/// Where a file is in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Offset of its first byte in the archive after decompression.
    pub(crate) offset: u64,
    /// Its size in bytes.
    pub(crate) size_bytes: u64,
}

enum Entry {
    File(Place),
    Link(ImagePath),
}

/// An image archive and its table of contents.
pub(crate) struct Archive {
    path: PathBuf,
    file: Arc<File>,
    file_bytes: u64,
    compression: Compression,
    limits: Limits,
    entries: BTreeMap<ImagePath, Entry>,
    /// The documents of a compressed archive, by offset.
    documents: BTreeMap<u64, Vec<u8>>,
    /// Whether there were more documents than are kept.
    is_overfull: bool,
}

impl Archive {
    /// Reads the table of contents of an archive.
    pub(crate) fn open(path: &Path, limits: &Limits, budget: &Budget) -> Result<Self, OpenError> {
        let failed = |source: io::Error| match source.kind() {
            ErrorKind::NotFound => OpenError::NotFound { path: path.to_owned() },
            ErrorKind::InvalidInput => OpenError::NotRegular { path: path.to_owned() },
            _ => OpenError::Read { path: path.to_owned(), source },
        };
        let (file, file_bytes) = open_regular(path).map_err(failed)?;
        if file_bytes == 0 {
            return Err(OpenError::Empty { path: path.to_owned() });
        }
        let file = Arc::new(file);
        let mut magic = Vec::new();
        FileRange::new(&file, 0, 6).read_to_end(&mut magic).map_err(failed)?;
        let compression = Compression::of(&magic).map_err(|found| OpenError::NotAnImage {
            path: path.to_owned(),
            expected: "an image archive",
            found,
        })?;
        let mut archive = Self {
            path: path.to_owned(),
            file,
            file_bytes,
            compression,
            limits: limits.clone(),
            entries: BTreeMap::new(),
            documents: BTreeMap::new(),
            is_overfull: false,
        };
        archive.read_contents(budget)?;
        Ok(archive)
    }

    /// Gives back the memory of documents, which nobody needs once the images are described.
    pub(crate) fn without_documents(mut self) -> Self {
        self.documents.clear();
        self
    }

    /// Whether layers can only be read one after the other.
    pub(crate) fn is_sequential(&self) -> bool {
        self.compression != Compression::None
    }

    /// Whether there is something at a path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Where the file at a path is, links followed.
    pub(crate) fn place(&self, path: &ImagePath) -> Option<Place> {
        let mut path = path;
        for _ in 0..=self.limits.links_max {
            match self.entries.get(path)? {
                Entry::File(place) => return Some(*place),
                Entry::Link(target) => path = target,
            }
        }
        None
    }

    /// The size of the file at a path, in bytes.
    pub(crate) fn size_of(&self, path: &ImagePath) -> Option<u64> {
        self.place(path).map(|place| place.size_bytes)
    }

    /// Reads a document whole.
    pub(crate) fn read_document(&self, path: &ImagePath) -> Result<Vec<u8>, BlobError> {
        let place = self.place(path).ok_or(BlobError::Missing)?;
        if place.size_bytes > self.limits.document_bytes_max {
            return Err(BlobError::TooLarge);
        }
        if self.is_sequential() {
            return match self.documents.get(&place.offset) {
                Some(bytes) => Ok(bytes.clone()),
                None if self.is_overfull => Err(BlobError::TooLarge),
                None => Err(BlobError::Read(self.damaged(format!("{path} is not a document")))),
            };
        }
        let mut bytes = Vec::new();
        self.range(place).read_to_end(&mut bytes).map_err(|source| {
            BlobError::Read(OpenError::Read { path: self.path.clone(), source })
        })?;
        Ok(bytes)
    }

    /// The bytes of a file in an archive that is not compressed.
    pub(crate) fn range(&self, place: Place) -> FileRange {
        FileRange::new(&self.file, place.offset, place.size_bytes)
    }

    /// Streams files in the order they have in the archive, reading it as seldom as possible:
    /// once, unless the same file is asked for again. What comes with a file's place is handed back
    /// with its bytes.
    pub(crate) fn stream_each<T>(
        &self,
        mut files: Vec<(Place, T)>,
        each: &mut dyn FnMut(T, io::Result<&mut (dyn Read + Send)>),
    ) {
        files.sort_by_key(|(place, _)| place.offset);
        while !files.is_empty() {
            let mut stream = self.stream();
            let mut at = 0;
            let mut again = Vec::new();
            for (place, file) in files {
                if place.offset < at {
                    again.push((place, file));
                    continue;
                }
                let stream = match &mut stream {
                    Ok(stream) => stream,
                    Err(error) => {
                        each(file, Err(repeated(error)));
                        continue;
                    }
                };
                let hop = place.offset.saturating_sub(at);
                match stream.hop(hop) {
                    Ok(hopped) if hopped == hop => {
                        let mut body = stream.take(place.size_bytes);
                        each(file, Ok(&mut body));
                        let end = place.offset.saturating_add(place.size_bytes);
                        at = end.saturating_sub(body.limit());
                    }
                    Ok(_) => each(file, Err(ErrorKind::UnexpectedEof.into())),
                    Err(error) => each(file, Err(error)),
                }
            }
            files = again;
        }
    }

    /// The whole archive, decompressed, from its beginning.
    fn stream(&self) -> io::Result<Stream> {
        Stream::new(&self.file, self.file_bytes, self.compression, &self.limits)
    }

    /// Whether the archive looks like the root file system itself.
    pub(crate) fn is_root_file_system(&self) -> bool {
        let top = |name: &str| {
            self.entries.contains_key(name) || self.entries.keys().any(|path| path.is_inside(name))
        };
        ["etc", "usr", "bin", "var"].into_iter().any(top)
    }

    fn damaged(&self, reason: String) -> OpenError {
        OpenError::Archive { path: self.path.clone(), reason }
    }

    fn read_contents(&mut self, budget: &Budget) -> Result<(), OpenError> {
        let read = |source| OpenError::Read { path: self.path.clone(), source };
        let stream = self.stream().map_err(read)?;
        let position = Position::default();
        let mut blocks = Blocks::new(stream, position.clone());
        let mut contents = Contents {
            position,
            keeps_documents: self.is_sequential(),
            document_bytes_max: self.limits.document_bytes_max,
            document_bytes_left: self.limits.document_bytes_max.saturating_mul(DOCUMENTS_FACTOR),
            entries: BTreeMap::new(),
            documents: BTreeMap::new(),
            is_overfull: false,
        };
        let limits = Limits {
            entries_max: ENTRIES_MAX,
            path_bytes_max: PATH_BYTES_MAX,
            file_bytes_max: self.limits.document_bytes_max,
            ..self.limits.clone()
        };
        let mut reader = Reader::new(&mut blocks, &limits, budget, &mut contents);
        let result = reader.run();
        let entries = reader.entries;
        match result {
            Ok(()) if entries == 0 => {
                return Err(OpenError::Empty { path: self.path.clone() });
            }
            Ok(()) => {}
            Err(TarError::Archive(_)) if entries == 0 => {
                return Err(OpenError::NotAnImage {
                    path: self.path.clone(),
                    expected: "an image archive",
                    found: "it is not a tar file, nor one compressed with gzip or zstd",
                });
            }
            Err(TarError::Archive(reason) | TarError::Input(DecodeError::Limit(reason))) => {
                return Err(self.damaged(reason));
            }
            Err(TarError::Limit(reason)) => {
                return Err(self.damaged(format!("{reason}, which no image archive has")));
            }
            Err(TarError::Input(DecodeError::Read(source))) if !self.is_sequential() => {
                return Err(read(source));
            }
            Err(TarError::Input(DecodeError::Read(source) | DecodeError::Decompress(source))) => {
                return Err(self.damaged(format!("it cannot be decompressed: {source}")));
            }
        }
        self.entries = contents.entries;
        self.documents = contents.documents;
        self.is_overfull = contents.is_overfull;
        Ok(())
    }
}

/// An error for each of several files that it keeps from being read.
fn repeated(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

/// Gathers a table of contents, and documents where they cannot be read again later.
struct Contents {
    position: Position,
    keeps_documents: bool,
    document_bytes_max: u64,
    document_bytes_left: u64,
    entries: BTreeMap<ImagePath, Entry>,
    documents: BTreeMap<u64, Vec<u8>>,
    is_overfull: bool,
}

impl Visit for Contents {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        let path = &header.path;
        let offset = self.position.get();
        let entry = match &header.kind {
            EntryType::File => Entry::File(Place { offset, size_bytes: header.size_bytes }),
            EntryType::Hardlink(target) => Entry::Link(target.clone()),
            EntryType::Symlink(target) => Entry::Link(path.parent().join(target)),
            EntryType::Folder | EntryType::Special => return Want::Skip,
        };
        // Of two entries with the same name the last one counts, as in every archive.
        if let Some(Entry::File(before)) = self.entries.insert(path.clone(), entry)
            && let Some(document) = self.documents.remove(&before.offset)
        {
            let bytes = u64::try_from(document.len()).unwrap_or(u64::MAX);
            self.document_bytes_left = self.document_bytes_left.saturating_add(bytes);
        }
        if !self.keeps_documents
            || header.kind != EntryType::File
            || header.size_bytes > self.document_bytes_max
        {
            return Want::Skip;
        }
        Want::Body
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        // Layers are neither lists nor objects. What stands at the top is kept in any case, so that
        // a broken document is called broken.
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if !matches!(first, Some(b'{' | b'[')) && !header.path.parent().is_root() {
            return;
        }
        let Some(left) = self.document_bytes_left.checked_sub(header.size_bytes) else {
            self.is_overfull = true;
            return;
        };
        if let Some(Entry::File(place)) = self.entries.get(&header.path) {
            self.document_bytes_left = left;
            self.documents.insert(place.offset, bytes.to_vec());
        }
    }

    fn problem(&mut self, _: Problem) {
        // An entry that cannot be used is missed if something refers to it.
    }
}
