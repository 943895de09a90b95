//! Programs as the system loads them: ELF, PE and Mach-O files, of which only named sections and
//! what is at an address matter here.

use lazaret_core::extract::ParseError;
use object::{Object as _, ObjectSection as _, ObjectSegment as _, ObjectSymbol as _};

/// Symbols that are looked at. The largest programs have some million.
const SYMBOLS_MAX: usize = 2_000_000;

/// One program.
pub(crate) struct Program<'a> {
    file: object::File<'a>,
}

impl<'a> Program<'a> {
    /// Reads the headers of a program; an error if they are damaged.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        object::File::parse(bytes)
            .map(|file| Self { file })
            .map_err(|error| ParseError::new(format!("the program's headers are damaged: {error}")))
    }

    /// The bytes of the section of this name; nothing if there is none, or if it lies outside of
    /// the file.
    pub(crate) fn section(&self, name: &str) -> Option<&'a [u8]> {
        let section = self.file.section_by_name_bytes(name.as_bytes())?;
        section.data().ok().filter(|data| !data.is_empty())
    }

    /// The data a program starts with and may change, where a program has no such section or no
    /// sections at all.
    pub(crate) fn writable_data(&self) -> Option<&'a [u8]> {
        match self.file.format() {
            object::BinaryFormat::Pe => self.section(".data"),
            _ if self.file.sections().next().is_some() => None,
            _ => self
                .file
                .segments()
                .find(|segment| is_writable(segment.flags()))
                .and_then(|segment| segment.data().ok()),
        }
    }

    /// Bytes at an address of the loaded program.
    pub(crate) fn at(&self, address: u64, len: u64) -> Option<&'a [u8]> {
        // Segments nobody has filled from the file have no bytes to give.
        self.file.segments().find_map(|segment| segment.data_range(address, len).ok().flatten())
    }

    /// The addresses of these symbols, of those a program shows to others.
    pub(crate) fn symbols<const N: usize>(&self, names: [&str; N]) -> [Option<u64>; N] {
        let mut found = [None; N];
        // Mach-O has one table for all of them; of the others that of its own is of no use here.
        let is_macho = self.file.format() == object::BinaryFormat::MachO;
        let all = is_macho.then(|| self.file.symbols()).into_iter().flatten();
        for symbol in self.file.dynamic_symbols().chain(all) {
            let Ok(name) = symbol.name_bytes() else { continue };
            let name = name.strip_prefix(b"_").unwrap_or(name);
            let slots = names.iter().zip(&mut found);
            for (_, slot) in slots.filter(|(wanted, _)| wanted.as_bytes() == name) {
                *slot = slot.or(Some(symbol.address()).filter(|address| *address != 0));
            }
            if found.iter().all(Option::is_some) {
                break;
            }
        }
        found
    }

    /// Addresses of the symbols whose names end so, each with its name. A program without symbols
    /// has none.
    pub(crate) fn symbols_ending<'s>(
        &'s self,
        endings: &'s [&'s str],
    ) -> impl Iterator<Item = (&'a str, u64)> + 's {
        let named = self.file.symbols().take(SYMBOLS_MAX).filter_map(|symbol| {
            let name = symbol.name().ok()?;
            Some((name, symbol.address()))
        });
        named.filter(|(name, _)| endings.iter().any(|ending| name.ends_with(ending)))
    }

    /// How many bytes an address has.
    pub(crate) fn pointer_bytes(&self) -> usize {
        if self.file.is_64() { 8 } else { 4 }
    }

    /// Whether numbers are written with their highest byte first.
    pub(crate) fn is_big_endian(&self) -> bool {
        self.file.endianness() == object::Endianness::Big
    }
}

fn is_writable(flags: object::SegmentFlags) -> bool {
    match flags {
        object::SegmentFlags::Elf { p_flags, .. } => p_flags.contains(object::elf::PF_W),
        _ => false,
    }
}
