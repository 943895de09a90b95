//! What ELF programs are hardened with: whether they can be loaded anywhere, whether their tables
//! can be written to, whether their stack can be run, and whether it is watched.

use object::elf::{
    DF_1_NOW, DF_1_PIE, DF_BIND_NOW, DT_BIND_NOW, DT_FLAGS, DT_FLAGS_1, ET_DYN, ET_EXEC,
    FileHeader32, FileHeader64, PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_INTERP,
};
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _, Sym as _};
use object::{Endianness, FileKind};
use serde::{Deserialize, Serialize};

/// What of a program's tables is read-only once it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relro {
    /// Nothing.
    None,
    /// All but what is resolved when it is first called.
    Partial,
    /// All.
    Full,
}

/// How a program is hardened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Program {
    /// Whether it can be loaded at any address.
    pub pie: bool,
    /// What of its tables is read-only.
    pub relro: Relro,
    /// Whether its stack is no code.
    pub nx: bool,
    /// Whether its functions check their stack frames; absent where it cannot be told: programs that
    /// are linked statically, or not with a C library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<bool>,
}

impl Program {
    /// A program with everything.
    pub(super) const fn is_hardened(self) -> bool {
        let has_canary = !matches!(self.canary, Some(false));
        self.pie && self.nx && has_canary && matches!(self.relro, Relro::Full)
    }
}

/// Symbols of one program that are looked at. The largest browsers import some ten thousand.
const SYMBOLS_MAX: usize = 100_000;

/// Entries of one program's dynamic section that are looked at.
const DYNAMIC_MAX: usize = 10_000;

/// Whether a file begins like a program this can tell about. Sixteen bytes are enough.
pub fn is_program(first: &[u8]) -> bool {
    first.starts_with(b"\x7fELF")
}

/// Reads a program; none where it is not one, is a library, cannot be read, or lacks nothing.
pub(super) fn read(bytes: &[u8]) -> Option<Program> {
    if !is_program(bytes) {
        return None;
    }
    let program = match FileKind::parse(bytes).ok()? {
        FileKind::Elf64 => read_elf::<FileHeader64<Endianness>>(bytes),
        FileKind::Elf32 => read_elf::<FileHeader32<Endianness>>(bytes),
        _ => None,
    }?;
    (!program.is_hardened()).then_some(program)
}

fn read_elf<E: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<Program> {
    let header = E::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let kind = header.e_type(endian);
    if kind != ET_EXEC && kind != ET_DYN {
        return None;
    }
    let segments = header.program_headers(endian, bytes).ok()?;
    let has = |wanted| segments.iter().find(|segment| segment.p_type(endian) == wanted);
    let mut is_eager = false;
    let mut says_pie = false;
    let mut is_dynamic = false;
    for segment in segments {
        let Ok(Some(entries)) = segment.dynamic(endian, bytes) else { continue };
        is_dynamic = true;
        for entry in entries.iter().take(DYNAMIC_MAX) {
            let value: u64 = entry.d_val(endian).into();
            match entry.d_tag(endian) {
                DT_BIND_NOW => is_eager = true,
                DT_FLAGS => is_eager |= value & DF_BIND_NOW.0 != 0,
                DT_FLAGS_1 => {
                    is_eager |= value & DF_1_NOW.0 != 0;
                    says_pie |= value & DF_1_PIE.0 != 0;
                }
                _ => {}
            }
        }
    }
    let is_pie = kind == ET_DYN && (says_pie || has(PT_INTERP).is_some());
    if kind == ET_DYN && !is_pie {
        // A library: what loads it decides.
        return None;
    }
    let relro = match (has(PT_GNU_RELRO), is_eager || !is_dynamic) {
        (None, _) => Relro::None,
        (Some(_), false) => Relro::Partial,
        (Some(_), true) => Relro::Full,
    };
    // Without the segment, the kernel's default for the processor holds, which is code on old ones.
    let nx = has(PT_GNU_STACK).is_none_or(|stack| !stack.p_flags(endian).contains(PF_X));
    Some(Program { pie: is_pie, relro, nx, canary: canary::<E>(header, endian, bytes) })
}

/// Whether a program imports the C library's check of stack frames.
fn canary<E: FileHeader<Endian = Endianness>>(
    header: &E,
    endian: Endianness,
    bytes: &[u8],
) -> Option<bool> {
    let sections = header.sections(endian, bytes).ok()?;
    // Go and Rust guard their stacks in other ways.
    let is_guarded = |name: &[u8]| name == b".go.buildinfo" || name == b".note.go.buildid";
    if sections.iter().any(|s| sections.section_name(endian, s).is_ok_and(is_guarded)) {
        return None;
    }
    let symbols = sections.symbols(endian, bytes, object::elf::SHT_DYNSYM).ok()?;
    let mut has_c_library = false;
    for symbol in symbols.iter().take(SYMBOLS_MAX) {
        match symbol.name(endian, symbols.strings()).unwrap_or_default() {
            b"__stack_chk_fail" | b"__stack_chk_guard" => return Some(true),
            b"__libc_start_main" => has_c_library = true,
            _ => {}
        }
    }
    has_c_library.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 64-bit little-endian program of a type with program headers, each a type and flags.
    fn elf(kind: u16, segments: &[(u32, u32)]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(62_u16.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        bytes.extend(64_u64.to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        for half in [64, 56, u16::try_from(segments.len()).unwrap(), 64, 0, 0] {
            bytes.extend(half.to_le_bytes());
        }
        for (kind, flags) in segments {
            bytes.extend(kind.to_le_bytes());
            bytes.extend(flags.to_le_bytes());
            bytes.extend([0; 48]);
        }
        bytes
    }

    const STACK: u32 = 0x6474_e551;
    const RELRO: u32 = 0x6474_e552;

    #[test]
    fn headers_tell_how_a_program_is_hardened() {
        let program = |pie, relro, nx| Some(Program { pie, relro, nx, canary: None });
        assert_eq!(read(&elf(2, &[(STACK, 6)])), program(false, Relro::None, true));
        assert_eq!(read(&elf(2, &[(STACK, 7)])), program(false, Relro::None, false));
        assert_eq!(
            read(&elf(3, &[(3, 4), (STACK, 7), (RELRO, 4)])),
            program(true, Relro::Full, false)
        );
        assert_eq!(read(&elf(3, &[(3, 4), (STACK, 6), (RELRO, 4)])), None, "lacks nothing");
        assert_eq!(read(&elf(3, &[(STACK, 7)])), None, "a library");
        assert_eq!(read(&elf(1, &[(STACK, 7)])), None, "an object file");
    }

    #[test]
    fn broken_programs_give_nothing() {
        let whole = elf(2, &[(STACK, 7), (2, 4)]);
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]).filter(|found| found.pie), None, "{length}");
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] = 0xff;
            // Whatever it says, it says so without a panic.
            let _found = read(&broken);
        }
        assert_eq!(read(b"#!/bin/sh\n"), None);
    }

    #[test]
    fn a_real_program_is_read() {
        // Rust links programs to be loaded anywhere, with tables that are read-only.
        let path = std::env::current_exe().unwrap();
        let bytes = std::fs::read(path).unwrap();
        assert!(is_program(&bytes));
        if let Some(found) = read(&bytes) {
            assert!(found.pie && found.nx && found.relro == Relro::Full, "{found:?}");
        }
    }
}
