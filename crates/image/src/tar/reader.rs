//! From blocks to entries: which header belongs to which body, and who gets to see it.

use super::cursor::{Chunks, Cursor, to_u64};
use super::header::{Block, Dialect, text};
use super::pax::{Extended, decimal};
use super::sparse::{
    Fragment, LineMap, SparseMap, fragments_of_list, places_of_continuation, places_of_header,
};
use super::{BLOCK_BYTES, BLOCK_BYTES_U64};
use crate::layer::{Budget, DecodeError, Reservation, Share};
use crate::walk::{EntryHeader, EntryType, PEEK_BYTES, Visit, Want};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::problem::{Problem, ProblemKind};
use std::borrow::Cow;

/// Bodies up to this size are gathered in memory that every layer keeps for it; larger ones are
/// taken from the budget.
const SCRATCH_BYTES: usize = 1 << 20;
/// [`SCRATCH_BYTES`], to compare sizes in an archive with.
const SCRATCH_BYTES_U64: u64 = 1 << 20;

/// Why an archive was not read to its end.
#[derive(Debug)]
pub(crate) enum TarError {
    /// The bytes ended in an error.
    Input(DecodeError),
    /// It is no archive, or breaks off: what is wrong, and where.
    Archive(String),
    /// A limit was met that the whole layer is under.
    Limit(String),
}

impl From<DecodeError> for TarError {
    fn from(error: DecodeError) -> Self {
        Self::Input(error)
    }
}

/// Reads one archive.
pub(crate) struct Reader<'r, C> {
    cursor: Cursor<'r, C>,
    limits: &'r Limits,
    budget: &'r Budget,
    visitor: &'r mut dyn Visit,
    /// Entries seen so far.
    pub(crate) entries: u64,
    /// Where a body is gathered that is not in one chunk.
    scratch: Vec<u8>,
}

/// What headers that are no entries said of the next one.
#[derive(Default)]
struct Pending {
    extended: Extended,
    /// GNU's long name and long link target.
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

/// An entry with all that was said of it, its body not yet read.
struct Entry<'b> {
    flag: u8,
    name: &'b [u8],
    link: &'b [u8],
    /// Size of the body as stored, without the map of a sparse file.
    stored_bytes: u64,
    /// Size with holes filled.
    real_bytes: u64,
    sparse: Option<SparseMap>,
    mode: u32,
    uid: u64,
    gid: u64,
    capability: Option<&'b [u8]>,
}

impl<'r, C: Chunks> Reader<'r, C> {
    pub(crate) fn new(
        chunks: &'r mut C,
        limits: &'r Limits,
        budget: &'r Budget,
        visitor: &'r mut dyn Visit,
    ) -> Self {
        let cursor = Cursor::new(chunks);
        Self { cursor, limits, budget, visitor, entries: 0, scratch: Vec::new() }
    }

    /// Shows every entry to the visitor, up to the end of the archive.
    ///
    /// The end is two blocks of zeros or the end of the bytes; what follows the zeros is not looked
    /// at, even if it is another archive, as Go does not either (GNU tar does with `-i`).
    pub(crate) fn run(&mut self) -> Result<(), TarError> {
        let mut pending = Pending::default();
        let mut block = Block::EMPTY;
        while self.header(&mut block)? {
            let dialect =
                block.dialect().ok_or_else(|| self.broken_header("its checksum is wrong"))?;
            match block.flag() {
                b'x' => {
                    let body = self.special(&block)?;
                    pending.extended =
                        Extended::parse(&body).map_err(|reason| self.broken_header(reason))?;
                }
                b'g' => {
                    let body = self.special(&block)?;
                    let global =
                        Extended::parse(&body).map_err(|reason| self.broken_header(reason))?;
                    self.global(&global);
                    pending = Pending::default();
                }
                b'L' => pending.name = up_to_nul(self.special(&block)?),
                b'K' => pending.link = up_to_nul(self.special(&block)?),
                flag => {
                    self.entries = self.entries.saturating_add(1);
                    if self.entries > self.limits.entries_max {
                        return Err(TarError::Limit(format!(
                            "it has more than {} entries",
                            self.limits.entries_max
                        )));
                    }
                    self.entry(&block, flag, dialect, &std::mem::take(&mut pending))?;
                }
            }
        }
        Ok(())
    }

    /// Reads the next header; false at the end of the archive.
    fn header(&mut self, block: &mut Block) -> Result<bool, TarError> {
        if !self.block(block)? {
            return Ok(false);
        }
        if !block.is_zero() {
            return Ok(true);
        }
        // One block of zeros must be followed by another, or by nothing.
        if self.block(block)? && !block.is_zero() {
            return Err(self.broken_header("it follows a single block of zeros"));
        }
        Ok(false)
    }

    /// Reads a block; false if there are no bytes left, and an error if there are too few.
    fn block(&mut self, block: &mut Block) -> Result<bool, TarError> {
        match self.cursor.copy(&mut block.0)? {
            0 => Ok(false),
            BLOCK_BYTES => Ok(true),
            _ => Err(TarError::Archive(format!(
                "it breaks off inside a header at offset {}",
                self.cursor.offset()
            ))),
        }
    }

    /// Reads the body of a header that is about the next entry.
    fn special(&mut self, block: &Block) -> Result<Vec<u8>, TarError> {
        let size = self.size(block.size())?;
        if size > self.limits.extended_header_bytes_max {
            return Err(TarError::Limit(format!(
                "an extended header at offset {} has {size} bytes, more than {}",
                self.cursor.offset(),
                self.limits.extended_header_bytes_max
            )));
        }
        let len = usize::try_from(size).map_err(|_| self.broken_header("its size is malformed"))?;
        let mut body = Vec::new();
        gather(&mut self.cursor, len, &mut body)?.ok_or_else(|| self.truncated("a header"))?;
        self.padding(size)?;
        Ok(body)
    }

    /// Says so if a global header wants to overrule the entries that follow.
    ///
    /// POSIX has it so, but Go and with it the runtimes pass over these headers, and so do we.
    fn global(&mut self, global: &Extended) {
        if !global.is_empty() {
            self.problem(
                ProblemKind::Entry,
                ImagePath::default(),
                format!(
                    "a global extended header at offset {} gives names or sizes, which container \
                     runtimes ignore",
                    self.cursor.offset()
                ),
            );
        }
    }

    /// Joins what the headers say of an entry, shows it and passes over its body.
    fn entry(
        &mut self,
        block: &Block,
        flag: u8,
        dialect: Dialect,
        pending: &Pending,
    ) -> Result<(), TarError> {
        let extended = &pending.extended;
        // GNU's names overrule PAX's, and the name of a sparse file both, in Go as well.
        let mut name = match pending.name.as_ref().or(extended.path.as_ref()) {
            Some(name) => Cow::Borrowed(&**name),
            None => block.name(dialect),
        };
        let link = pending.link.as_ref().or(extended.link.as_ref()).map_or(block.link(), |l| l);
        // Before there were folders in the format, a slash at the end made one.
        let flag = match flag {
            0 if name.ends_with(b"/") => b'5',
            0 => b'0',
            flag => flag,
        };
        let has_no_body = matches!(flag, b'1'..=b'6');
        let malformed = || self.broken_header("a number in it is malformed");
        let written = extended.size.or(block.size());
        let stored_bytes = if has_no_body { 0 } else { self.size(written)? };
        let mode = block.mode().ok_or_else(malformed)?;
        let uid = extended.uid.or(block.uid()).ok_or_else(malformed)?;
        let gid = extended.gid.or(block.gid()).ok_or_else(malformed)?;

        let mut real_bytes = stored_bytes;
        let mut map_bytes = 0;
        let mut sparse = None;
        if flag == b'S' {
            if dialect != Dialect::Gnu {
                // star uses the same flag for another layout, which Go does not read either.
                return Err(self.broken_header("it is of a sparse file, but not of GNU tar"));
            }
            real_bytes = self.size(block.real_size())?;
            sparse = Some(self.places(block)?);
        } else if let Some(version) = sparse_version(extended) {
            let records = &extended.sparse;
            if let Some(real_name) = &records.name {
                name = Cow::Borrowed(real_name);
            }
            if let Some(digits) = records.size.as_ref().or(records.real_size.as_ref()) {
                let size = decimal(digits).map_err(|reason| self.broken_header(reason))?;
                real_bytes = self.size(Some(size))?;
            }
            let fragments = match version {
                SparseVersion::Records => {
                    let count = records.count.as_deref().unwrap_or_default();
                    let list = records.map.as_deref().unwrap_or_default();
                    fragments_of_list(count, list).map_err(|reason| self.broken_header(reason))?
                }
                SparseVersion::Lines => {
                    let (fragments, read) = self.lines(stored_bytes)?;
                    map_bytes = read;
                    fragments
                }
            };
            sparse = Some(fragments);
        }
        let sparse = match sparse {
            Some(_) if has_no_body => {
                return Err(self.broken_header("it gives a sparse map to what has no body"));
            }
            Some(fragments) => Some(
                SparseMap::new(fragments, real_bytes)
                    .map_err(|reason| self.broken_header(reason))?,
            ),
            None => None,
        };

        let data_bytes = stored_bytes.saturating_sub(map_bytes);
        let end = self.cursor.offset().saturating_add(data_bytes);
        self.show(&Entry {
            flag,
            name: &name,
            link,
            stored_bytes: data_bytes,
            real_bytes,
            sparse,
            mode: u32::try_from(mode & 0o7777).unwrap_or(0),
            uid: uid.cast_unsigned(),
            gid: gid.cast_unsigned(),
            capability: extended.capability.as_deref(),
        })?;
        let unread = end.saturating_sub(self.cursor.offset());
        if !self.cursor.skip(unread)? {
            return Err(self.truncated(&shortened(&name)));
        }
        self.padding(stored_bytes)
    }

    /// Shows an entry to the visitor, and its body if that is wanted.
    fn show(&mut self, entry: &Entry<'_>) -> Result<(), TarError> {
        let header = match self.normalized(entry) {
            Ok(header) => header,
            Err(message) => {
                self.problem(ProblemKind::Entry, ImagePath::default(), message);
                return Ok(());
            }
        };
        let want = self.visitor.entry(&header);
        if header.kind != EntryType::File {
            return Ok(());
        }
        let mut head = Vec::new();
        let bytes_max = match want {
            Want::Skip => return Ok(()),
            Want::Head(max) if entry.sparse.is_none() => {
                return self.plain_body(&header, &head, header.size_bytes.min(max));
            }
            Want::Body | Want::Head(_) => self.limits.file_bytes_max,
            Want::Peek if header.size_bytes == 0 => return Ok(()),
            Want::Peek => {
                // The beginning of a sparse file is only known when its holes are filled.
                if entry.sparse.is_none() && self.peek(&header, &mut head)? != Want::Body {
                    return Ok(());
                }
                self.limits.program_bytes_max
            }
        };
        if header.size_bytes > bytes_max {
            let message = format!(
                "the file has {} bytes, more than {bytes_max}, and was not looked into",
                header.size_bytes
            );
            self.problem(ProblemKind::Limit, header.path, message);
            return Ok(());
        }
        match &entry.sparse {
            None => self.plain_body(&header, &head, header.size_bytes),
            Some(map) if map.stored_bytes() == entry.stored_bytes => {
                self.sparse_body(&header, map, want)
            }
            Some(_) => {
                let message = "the map of the sparse file does not fit its data".to_owned();
                self.problem(ProblemKind::Entry, header.path, message);
                Ok(())
            }
        }
    }

    /// The entry as the visitor sees it, or why it cannot be one.
    fn normalized(&self, entry: &Entry<'_>) -> Result<EntryHeader, String> {
        let max = self.limits.path_bytes_max;
        for (what, bytes) in [("path", entry.name), ("link target", entry.link)] {
            if bytes.len() > max {
                return Err(format!(
                    "an entry's {what} has {} bytes, more than {max}: {}",
                    bytes.len(),
                    shortened(bytes)
                ));
            }
        }
        let path = ImagePath::parse(entry.name).map_err(|error| error.to_string())?;
        let kind = match entry.flag {
            b'1' => EntryType::Hardlink(
                ImagePath::parse(entry.link)
                    .map_err(|error| format!("the hard link {path} is refused: {error}"))?,
            ),
            b'2' => EntryType::Symlink(escaped(entry.link)),
            b'3' | b'4' | b'6' => EntryType::Special,
            b'5' => EntryType::Folder,
            // POSIX has readers treat what they do not know as a file.
            _ => EntryType::File,
        };
        if path.is_root() && kind != EntryType::Folder {
            return Err(format!("an entry with the name `{}` is no folder", shortened(entry.name)));
        }
        let size_bytes = if kind == EntryType::File { entry.real_bytes } else { 0 };
        let Entry { mode, uid, gid, capability, .. } = *entry;
        let capability = capability.map(Box::from);
        Ok(EntryHeader { path, kind, size_bytes, mode, uid, gid, capability })
    }

    /// Shows the beginning of a body. It is left where it is, unless it lies in two chunks: then
    /// it is moved to `head`.
    fn peek(&mut self, header: &EntryHeader, head: &mut Vec<u8>) -> Result<Want, TarError> {
        let len = self.len(header)?.min(PEEK_BYTES);
        self.cursor.refill()?;
        if let Some(first) = self.cursor.rest().get(..len) {
            return Ok(self.visitor.peek(header, first));
        }
        gather(&mut self.cursor, len, head)?.ok_or_else(|| self.truncated(header.path.as_str()))?;
        Ok(self.visitor.peek(header, head))
    }

    /// Hands over so many bytes of a body, as a slice of the chunk it is in if they lie in one.
    /// `head` is what was read of it already.
    fn plain_body(
        &mut self,
        header: &EntryHeader,
        head: &[u8],
        len_bytes: u64,
    ) -> Result<(), TarError> {
        let len = self.len_of(len_bytes)?;
        if len > 0 {
            self.cursor.refill()?;
        }
        if let Some(body) = self.cursor.rest().get(..len).filter(|_| head.is_empty()) {
            self.visitor.body(header, body);
            self.cursor.consume(len);
            return Ok(());
        }
        let Some(reservation) = self.room(header, len_bytes) else {
            return Ok(());
        };
        self.scratch.clear();
        self.scratch.extend_from_slice(head);
        gather(&mut self.cursor, len, &mut self.scratch)?
            .ok_or_else(|| self.truncated(header.path.as_str()))?;
        self.visitor.body(header, &self.scratch);
        if self.scratch.capacity() > SCRATCH_BYTES {
            self.scratch = Vec::new();
        }
        drop(reservation);
        Ok(())
    }

    /// Hands over a sparse file with its holes filled.
    fn sparse_body(
        &mut self,
        header: &EntryHeader,
        map: &SparseMap,
        want: Want,
    ) -> Result<(), TarError> {
        let body_len = self.len(header)?;
        let Some(reservation) = self.room(header, header.size_bytes) else {
            return Ok(());
        };
        let mut body = vec![0_u8; body_len];
        for Fragment { offset, len } in &map.fragments {
            let place = usize::try_from(*offset)
                .ok()
                .zip(usize::try_from(*len).ok())
                .and_then(|(offset, len)| body.get_mut(offset..)?.get_mut(..len))
                .ok_or_else(|| self.broken_header("malformed map of a sparse file"))?;
            if self.cursor.copy(place)? < place.len() {
                return Err(self.truncated(header.path.as_str()));
            }
        }
        let first = body.get(..PEEK_BYTES).unwrap_or(&body);
        if want != Want::Peek || self.visitor.peek(header, first) == Want::Body {
            self.visitor.body(header, &body);
        }
        drop(body);
        drop(reservation);
        Ok(())
    }

    /// Reserves memory for so much of a body; nothing if the budget can never hold it.
    fn room(&mut self, header: &EntryHeader, len_bytes: u64) -> Option<Reservation<'r>> {
        // Every layer has this much for itself.
        let asked = if len_bytes <= SCRATCH_BYTES_U64 { 0 } else { len_bytes };
        match self.budget.reserve(Share::Bodies, asked) {
            Ok(reservation) => Some(reservation),
            Err(over) => {
                let message = format!("the file was not looked into: {over}");
                self.problem(ProblemKind::Limit, header.path.clone(), message);
                None
            }
        }
    }

    fn len(&self, header: &EntryHeader) -> Result<usize, TarError> {
        self.len_of(header.size_bytes)
    }

    fn len_of(&self, bytes: u64) -> Result<usize, TarError> {
        usize::try_from(bytes).map_err(|_| self.broken_header("its size is malformed"))
    }

    /// Reads the map of a GNU sparse file, which goes on in blocks of its own.
    fn places(&mut self, header: &Block) -> Result<Vec<Fragment>, TarError> {
        let mut fragments = Vec::new();
        let mut block = Block::EMPTY;
        let mut continued = places_of_header(header, &mut fragments)
            .map_err(|reason| self.broken_header(reason))?;
        let mut read = 0_u64;
        while continued {
            read = read.saturating_add(BLOCK_BYTES_U64);
            self.check_map_bytes(read)?;
            if !self.block(&mut block)? {
                return Err(self.truncated("the map of a sparse file"));
            }
            continued = places_of_continuation(&block, &mut fragments)
                .map_err(|reason| self.broken_header(reason))?;
        }
        Ok(fragments)
    }

    /// Reads the map in front of the body of a sparse file, and says how long it is.
    fn lines(&mut self, stored_bytes: u64) -> Result<(Vec<Fragment>, u64), TarError> {
        let mut map = LineMap::default();
        let mut block = Block::EMPTY;
        loop {
            let read = to_u64(map.len()).saturating_add(BLOCK_BYTES_U64);
            self.check_map_bytes(read)?;
            if read > stored_bytes || !self.block(&mut block)? {
                return Err(self.truncated("the map of a sparse file"));
            }
            let fragments = map.push(&block).map_err(|reason| self.broken_header(reason))?;
            if let Some(fragments) = fragments {
                return Ok((fragments, read));
            }
        }
    }

    fn check_map_bytes(&self, read: u64) -> Result<(), TarError> {
        if read > self.limits.extended_header_bytes_max {
            return Err(TarError::Limit(format!(
                "the map of a sparse file at offset {} has more than {} bytes",
                self.cursor.offset(),
                self.limits.extended_header_bytes_max
            )));
        }
        Ok(())
    }

    /// Passes over what fills a body up to whole blocks; a file may end without.
    fn padding(&mut self, body_bytes: u64) -> Result<(), TarError> {
        let padding = body_bytes.wrapping_neg() % BLOCK_BYTES_U64;
        let _: bool = self.cursor.skip(padding)?;
        Ok(())
    }

    fn size(&self, written: Option<i64>) -> Result<u64, TarError> {
        written
            .and_then(|size| u64::try_from(size).ok())
            .ok_or_else(|| self.broken_header("its size is malformed"))
    }

    fn problem(&mut self, kind: ProblemKind, path: ImagePath, message: String) {
        let location = Some(Location { layer: LayerIndex(0), path, lines: None });
        self.visitor.problem(Problem { kind, message, location, extractor: None });
    }

    fn broken_header(&self, reason: &str) -> TarError {
        let before = self.cursor.offset();
        TarError::Archive(format!("the header before offset {before} is broken: {reason}"))
    }

    fn truncated(&self, what: &str) -> TarError {
        TarError::Archive(format!("it breaks off inside {what} at offset {}", self.cursor.offset()))
    }
}

/// The name in the body of a GNU header; nothing if it is empty, which Go takes for none.
fn up_to_nul(mut body: Vec<u8>) -> Option<Vec<u8>> {
    body.truncate(text(&body).len());
    Some(body).filter(|name| !name.is_empty())
}

/// The PAX forms of a sparse map.
enum SparseVersion {
    /// 0.0 and 0.1: in the records themselves.
    Records,
    /// 1.0: lines in front of the body.
    Lines,
}

/// Which form the records announce; unknown versions make a plain file, as in Go.
fn sparse_version(extended: &Extended) -> Option<SparseVersion> {
    let records = &extended.sparse;
    match (records.major.as_deref(), records.minor.as_deref()) {
        (Some(b"0"), Some(b"0" | b"1")) => Some(SparseVersion::Records),
        (Some(b"1"), Some(b"0")) => Some(SparseVersion::Lines),
        (None, None) if records.map.is_some() => Some(SparseVersion::Records),
        _ => None,
    }
}

/// Reads bytes into memory that grows only as they arrive; nothing if they break off.
pub(super) fn gather<C: Chunks>(
    cursor: &mut Cursor<'_, C>,
    len: usize,
    into: &mut Vec<u8>,
) -> Result<Option<()>, DecodeError> {
    while into.len() < len {
        if !cursor.refill()? {
            return Ok(None);
        }
        let missing = len.saturating_sub(into.len());
        let part = cursor.rest().len().min(missing);
        if into.capacity() < into.len().saturating_add(part) {
            // Twice as much each time, but never beyond what the header says.
            let grown = into.capacity().saturating_mul(2).max(SCRATCH_BYTES).min(len);
            into.reserve_exact(grown.saturating_sub(into.len()).max(part));
        }
        into.extend_from_slice(cursor.rest().get(..part).unwrap_or_default());
        cursor.consume(part);
    }
    Ok(Some(()))
}

/// A link target as text: what is not UTF-8 becomes `\xNN`, as in an [`ImagePath`].
pub(crate) fn escaped(raw: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _: std::fmt::Result = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The beginning of a name, for a message.
fn shortened(name: &[u8]) -> String {
    escaped(name.get(..200).unwrap_or(name))
}
