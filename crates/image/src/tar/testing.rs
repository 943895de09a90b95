//! Archives made by hand, and a visitor that keeps what it is shown.

use super::{Chunks, Reader, TarError};
use crate::layer::{Budget, DecodeError};
use crate::walk::{EntryHeader, EntryType, Visit, Want};
use lazaret_core::limits::Limits;
use lazaret_core::problem::{Problem, ProblemKind};

/// Wants every body, and keeps all there is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) entries: Vec<EntryHeader>,
    pub(crate) bodies: Vec<(String, Vec<u8>)>,
    pub(crate) problems: Vec<Problem>,
}

impl Visit for Shown {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        self.entries.push(header.clone());
        Want::Body
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        self.bodies.push((header.path.to_string(), bytes.to_vec()));
    }

    fn problem(&mut self, problem: Problem) {
        let location = problem.location.as_ref().expect("a location");
        assert_eq!(location.layer.index(), 0);
        self.problems.push(problem);
    }
}

impl Shown {
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| entry.path.as_str()).collect()
    }

    pub(crate) fn problem(&self) -> (ProblemKind, &str) {
        let [problem] = &*self.problems else { panic!("one problem: {:?}", self.problems) };
        (problem.kind, &problem.message)
    }
}

/// An archive that comes in pieces of the given lengths, over and over; in one if there are none.
pub(crate) struct Pieces<'a> {
    rest: &'a [u8],
    current: &'a [u8],
    lengths: Vec<usize>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(archive: &'a [u8], lengths: &[usize]) -> Self {
        Self {
            rest: archive,
            current: &[],
            lengths: if lengths.is_empty() { vec![usize::MAX] } else { lengths.to_vec() },
        }
    }
}

impl Chunks for Pieces<'_> {
    fn current(&self) -> &[u8] {
        self.current
    }

    fn advance(&mut self) -> Result<bool, DecodeError> {
        self.lengths.rotate_left(1);
        let len = self.lengths[0].min(self.rest.len());
        (self.current, self.rest) = self.rest.split_at(len);
        Ok(len > 0)
    }
}

/// Reads an archive that is in memory.
pub(crate) fn read(archive: &[u8], limits: &Limits) -> (Shown, Result<(), TarError>) {
    read_in_pieces(archive, limits, &[])
}

/// Reads an archive that comes in pieces.
pub(crate) fn read_in_pieces(
    archive: &[u8],
    limits: &Limits,
    lengths: &[usize],
) -> (Shown, Result<(), TarError>) {
    let mut shown = Shown::default();
    let budget = Budget::new(limits.memory_bytes);
    let mut pieces = Pieces::new(archive, lengths);
    let result = Reader::new(&mut pieces, limits, &budget, &mut shown).run();
    (shown, result)
}

/// Reads an archive in which nothing may be wrong.
pub(crate) fn shown(archive: &[u8]) -> Shown {
    let (shown, result) = read(archive, &Limits::default());
    result.expect("a good archive");
    assert_eq!(shown.problems, []);
    shown
}

/// A ustar header.
pub(crate) fn header(name: &[u8], flag: u8, size: u64) -> [u8; 512] {
    let mut block = [0; 512];
    put(&mut block, 0, name);
    put(&mut block, 100, b"0000644\0");
    put(&mut block, 108, b"0001750\0");
    put(&mut block, 116, b"0000144\0");
    put(&mut block, 124, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, b"00000000000\0");
    block[156] = flag;
    put(&mut block, 257, b"ustar\x0000");
    signed(block)
}

/// Writes a field; the checksum must be made anew.
pub(crate) fn put(block: &mut [u8; 512], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A header with its checksum.
pub(crate) fn signed(mut block: [u8; 512]) -> [u8; 512] {
    put(&mut block, 148, b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut block, 148, format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A header and a body, filled up to whole blocks.
pub(crate) fn with_body(header: &[u8; 512], body: &[u8]) -> Vec<u8> {
    let mut bytes = [header, body].concat();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// An entry.
pub(crate) fn entry(name: &str, flag: u8, body: &[u8]) -> Vec<u8> {
    with_body(&header(name.as_bytes(), flag, u64::try_from(body.len()).unwrap()), body)
}

/// A file.
pub(crate) fn file(name: &str, body: &[u8]) -> Vec<u8> {
    entry(name, b'0', body)
}

/// A link of either kind.
pub(crate) fn link(name: &str, flag: u8, target: &[u8]) -> Vec<u8> {
    let mut block = header(name.as_bytes(), flag, 0);
    put(&mut block, 157, target);
    signed(block).to_vec()
}

/// An extended header with these records.
pub(crate) fn pax(flag: u8, records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (key, value) in records {
        let bare = key.len() + value.len() + 3;
        let digits = (1..9).find(|digits| (bare + digits).to_string().len() == *digits).unwrap();
        body.extend_from_slice(format!("{} {key}=", bare + digits).as_bytes());
        body.extend_from_slice(value);
        body.push(b'\n');
    }
    entry("PaxHeaders/x", flag, &body)
}

/// The two blocks that end an archive.
pub(crate) const END: [u8; 1024] = [0; 1024];

/// An archive of these parts, ended.
pub(crate) fn archive(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = parts.concat();
    bytes.extend_from_slice(&END);
    bytes
}

/// A plain file as the reader should show it.
pub(crate) fn file_header(path: &str, size_bytes: u64) -> EntryHeader {
    let path = path.as_bytes();
    EntryHeader {
        path: lazaret_core::location::ImagePath::parse(path).unwrap(),
        kind: EntryType::File,
        size_bytes,
        mode: 0o644,
        uid: 1000,
        gid: 100,
        capability: None,
    }
}
