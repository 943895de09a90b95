//! The header of one installed package, as every database of rpm keeps it: an index of tags and
//! the data they point to (<https://rpm-software-management.github.io/rpm/manual/format_header.html>,
//! without the magic that a package file has before it).

use super::int::{Endian, part};

/// Tags (<https://rpm-software-management.github.io/rpm/manual/tags.html>).
mod tag {
    /// Signatures of the header, by the kind of key, and of the header with what follows it.
    pub(super) const SIGPGP: u32 = 259;
    pub(super) const SIGGPG: u32 = 262;
    pub(super) const DSAHEADER: u32 = 267;
    pub(super) const RSAHEADER: u32 = 268;
    pub(super) const NAME: u32 = 1000;
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const EPOCH: u32 = 1003;
    pub(super) const VENDOR: u32 = 1011;
    pub(super) const LICENSE: u32 = 1014;
    pub(super) const ARCH: u32 = 1022;
    /// Whole paths, as packages before rpm 4 had them.
    pub(super) const OLDFILENAMES: u32 = 1027;
    pub(super) const SOURCERPM: u32 = 1044;
    pub(super) const DIRINDEXES: u32 = 1116;
    pub(super) const BASENAMES: u32 = 1117;
    pub(super) const DIRNAMES: u32 = 1118;
    pub(super) const MODULARITYLABEL: u32 = 5096;
}

/// The tags that are read.
const TAGS: [u32; 17] = [
    tag::SIGPGP,
    tag::SIGGPG,
    tag::DSAHEADER,
    tag::RSAHEADER,
    tag::NAME,
    tag::VERSION,
    tag::RELEASE,
    tag::EPOCH,
    tag::VENDOR,
    tag::LICENSE,
    tag::ARCH,
    tag::OLDFILENAMES,
    tag::SOURCERPM,
    tag::DIRINDEXES,
    tag::BASENAMES,
    tag::DIRNAMES,
    tag::MODULARITYLABEL,
];

/// Types of data.
mod kind {
    pub(super) const INT32: u32 = 4;
    pub(super) const STRING: u32 = 6;
    pub(super) const BINARY: u32 = 7;
    pub(super) const STRING_ARRAY: u32 = 8;
    pub(super) const I18N_STRING: u32 = 9;
}

/// Two numbers come first: how many tags, and how many bytes of data.
const INTRO_BYTES: usize = 8;

/// Tag, type, place in the data and count.
const ENTRY_BYTES: usize = 16;

/// Folders of one package that are told apart. The largest packages (kernel sources) have some
/// thousands.
const FOLDERS_MAX: usize = 1 << 18;

/// What is read of a header.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    pub(super) name: &'a [u8],
    pub(super) version: &'a [u8],
    pub(super) release: &'a [u8],
    /// Zero where the package has none.
    pub(super) epoch: u32,
    pub(super) arch: &'a [u8],
    pub(super) license: &'a [u8],
    pub(super) source: &'a [u8],
    pub(super) vendor: &'a [u8],
    /// `name:stream:version:context` of the module it was built in; empty where there is none.
    pub(super) module: &'a [u8],
    /// A signature, as an OpenPGP packet; that of the header alone where there are several.
    pub(super) signature: &'a [u8],
    old_paths: Option<Strings<'a>>,
    names: Option<Strings<'a>>,
    folders: Option<Strings<'a>>,
    folder_of: &'a [u8],
}

/// A list of texts, each ended by a zero byte.
#[derive(Clone, Copy, Debug)]
struct Strings<'a> {
    bytes: &'a [u8],
    count: usize,
}

/// One entry of the index.
struct Entry<'a> {
    kind: u32,
    count: usize,
    /// The data from the entry's place on.
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads a header, or says what is wrong with it. Of a tag that is there twice, the later one
    /// counts: that is how rpm adds tags to a package it installs.
    pub(super) fn parse(blob: &'a [u8]) -> Result<Self, &'static str> {
        const CUT: &str = "a package header is cut off";
        let entries = Endian::Big.size(blob, 0).ok_or(CUT)?;
        let data_bytes = Endian::Big.size(blob, 4).ok_or(CUT)?;
        let index_bytes = entries.checked_mul(ENTRY_BYTES).ok_or(CUT)?;
        let index = part(blob, INTRO_BYTES, index_bytes).ok_or(CUT)?;
        let data = part(blob, INTRO_BYTES.saturating_add(index_bytes), data_bytes).ok_or(CUT)?;
        // The last entry of each tag, looked at only once: a header may name the same long text as
        // often as it likes.
        let mut entries = [None; TAGS.len()];
        for entry in index.chunks_exact(ENTRY_BYTES) {
            let tag = Endian::Big.u32(entry, 0);
            let position = TAGS.iter().position(|known| Some(*known) == tag);
            if let Some(slot) = position.and_then(|position| entries.get_mut(position)) {
                *slot = Some(entry);
            }
        }
        let mut header = Self::default();
        for (tag, entry) in TAGS.into_iter().zip(entries) {
            if let Some(entry) = entry {
                header.set(tag, entry, data).ok_or("a package header points outside of itself")?;
            }
        }
        if header.name.is_empty() {
            return Err("a package header has no name");
        }
        if header.version.is_empty() {
            return Err("a package header has no version");
        }
        Ok(header)
    }

    fn set(&mut self, tag: u32, entry: &'a [u8], data: &'a [u8]) -> Option<()> {
        let entry = Entry {
            kind: Endian::Big.u32(entry, 4)?,
            count: Endian::Big.size(entry, 12)?,
            data: data.get(Endian::Big.size(entry, 8)?..)?,
        };
        match tag {
            tag::NAME => self.name = entry.text()?,
            tag::VERSION => self.version = entry.text()?,
            tag::RELEASE => self.release = entry.text()?,
            tag::ARCH => self.arch = entry.text()?,
            tag::LICENSE => self.license = entry.text()?,
            tag::SOURCERPM => self.source = entry.text()?,
            tag::VENDOR => self.vendor = entry.text()?,
            tag::MODULARITYLABEL => self.module = entry.text()?,
            // In the order of the table, so that those of the header alone come last.
            tag::SIGPGP | tag::SIGGPG | tag::DSAHEADER | tag::RSAHEADER => {
                self.signature = entry.binary()?;
            }
            tag::EPOCH => self.epoch = Endian::Big.u32(entry.numbers()?, 0)?,
            tag::OLDFILENAMES => self.old_paths = Some(entry.strings()?),
            tag::BASENAMES => self.names = Some(entry.strings()?),
            tag::DIRNAMES => self.folders = Some(entry.strings()?),
            tag::DIRINDEXES => self.folder_of = entry.numbers()?,
            _ => {}
        }
        Some(())
    }

    /// Shows every file of the package, as folder and name, to `each`.
    pub(super) fn files(&self, mut each: impl FnMut(&[u8], &[u8])) -> Result<(), &'static str> {
        for path in self.old_paths.iter().flat_map(|paths| paths.iter()) {
            if let Some(slash) = memchr::memrchr(b'/', path)
                && let Some((folder, name)) = path.split_at_checked(slash)
            {
                each(folder, name.strip_prefix(b"/").unwrap_or(name));
            }
        }
        let Some(names) = self.names else { return Ok(()) };
        let folders = self.folders.ok_or("a package has files without folders")?;
        if folders.count > FOLDERS_MAX {
            return Err("a package has more folders than can be looked at");
        }
        let folders: Vec<&[u8]> = folders.iter().collect();
        let mut folder_of =
            self.folder_of.as_chunks::<4>().0.iter().map(|number| u32::from_be_bytes(*number));
        for name in names.iter() {
            let folder = folder_of
                .next()
                .and_then(|number| folders.get(usize::try_from(number).ok()?))
                .ok_or("a package has a file without a folder")?;
            each(folder.strip_suffix(b"/").unwrap_or(folder), name);
        }
        Ok(())
    }
}

impl<'a> Entry<'a> {
    /// The text, or the first of several.
    fn text(&self) -> Option<&'a [u8]> {
        if !matches!(self.kind, kind::STRING | kind::STRING_ARRAY | kind::I18N_STRING) {
            return None;
        }
        self.data.get(..memchr::memchr(0, self.data)?)
    }

    fn strings(&self) -> Option<Strings<'a>> {
        // A list of one may be written as a plain text.
        let is_text = matches!(self.kind, kind::STRING_ARRAY | kind::STRING);
        // Each text takes a byte at least, so a count beyond the data is a lie.
        let fits = self.count <= self.data.len();
        (is_text && fits).then_some(Strings { bytes: self.data, count: self.count })
    }

    fn binary(&self) -> Option<&'a [u8]> {
        if self.kind == kind::BINARY { part(self.data, 0, self.count) } else { None }
    }

    fn numbers(&self) -> Option<&'a [u8]> {
        if self.kind != kind::INT32 || self.count == 0 {
            return None;
        }
        part(self.data, 0, self.count.checked_mul(4)?)
    }
}

impl<'a> Strings<'a> {
    fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        self.bytes.split(|byte| *byte == 0).take(self.count)
    }
}
