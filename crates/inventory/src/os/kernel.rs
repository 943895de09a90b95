//! The Linux kernel, and modules that were not built with it.

use super::inflate::{inflate, inflated};
use crate::lang::program::Program;
use crate::lines::text;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};
use std::io::Read;

/// Kernels as a boot loader starts them.
pub(crate) static IMAGE: Extractor = Extractor {
    id: "kernel/image",
    version: 1,
    title: "Linux kernels",
    spec: "https://docs.kernel.org/arch/x86/boot.html",
    selects: &[Select::Affix("vmlinux", ""), Select::Affix("vmlinuz", "")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run: read_image,
};

/// Modules of others than the kernel's makers: drivers and file systems that are built apart. The
/// kernel's own modules are part of it, and have its version.
pub(crate) static MODULE: Extractor = Extractor {
    id: "kernel/module",
    version: 1,
    title: "Linux kernel modules",
    spec: "https://docs.kernel.org/kbuild/modules.html",
    selects: &[
        Select::Suffix(".ko"),
        Select::Suffix(".ko.gz"),
        Select::Suffix(".ko.xz"),
        Select::Suffix(".ko.zst"),
    ],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run: read_module,
};

/// What a kernel says of itself, wherever it lies in the file.
const BANNER: &[u8] = b"Linux version ";

/// Longest release, in bytes: `__NEW_UTS_LEN` of the kernel.
const RELEASE_BYTES_MAX: usize = 64;

/// Bytes of a kernel that are looked at together.
const PIECE_BYTES: usize = 1 << 20;

/// Largest module with its symbols, uncompressed, in bytes. Graphics drivers reach some 60 MB.
const MODULE_BYTES_MAX: u64 = 128 << 20;

fn read_image(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let found = match boot_header(input.bytes) {
        Some(release) => Some((release, Some("x86"))),
        None => in_stream(input.bytes)?.map(|release| (release, None)),
    };
    match found {
        Some((release, arch)) => {
            let mut package = PackageFact::installed(Ecosystem::Generic, "linux-kernel", release);
            package.arch = arch.map(str::to_owned);
            sink.package(package);
            Ok(())
        }
        // `vmlinux.h` is made of a kernel, and `vmlinux.lds` makes one.
        None if input.path.name().contains('.') && !input.path.name().contains('-') => Ok(()),
        None => Err(ParseError::new("the file holds no Linux kernel")),
    }
}

/// The release in the boot header of x86: its magic stands at 514, and at 526 where the text is,
/// counted from 512.
fn boot_header(bytes: &[u8]) -> Option<String> {
    let setup = bytes.get(512..)?;
    if setup.get(2..6)? != b"HdrS" {
        return None;
    }
    let at = usize::from(u16::from_le_bytes(*setup.get(14..)?.first_chunk()?));
    if at == 0 {
        return None;
    }
    release(setup.get(at..)?)
}

/// The release in the banner of a kernel, whose image may be compressed as a whole.
fn in_stream(bytes: &[u8]) -> Result<Option<String>, ParseError> {
    let mut stream = inflated(bytes)?;
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    loop {
        // What may be cut at the end of a piece is kept for the next one.
        let kept = piece.len().saturating_sub(BANNER.len().saturating_add(RELEASE_BYTES_MAX));
        piece.drain(..kept);
        let before = piece.len();
        let wanted = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
        stream
            .by_ref()
            .take(wanted)
            .read_to_end(&mut piece)
            .map_err(|_| ParseError::new("the compressed kernel is damaged"))?;
        let found = memchr::memmem::find_iter(&piece, BANNER)
            .find_map(|at| release(piece.get(at.checked_add(BANNER.len())?..)?));
        if found.is_some() || piece.len() == before {
            return Ok(found);
        }
    }
}

/// The first word, if it is the release of a kernel.
fn release(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.get(..bytes.len().min(RELEASE_BYTES_MAX))?;
    let end = bytes.iter().position(|byte| !byte.is_ascii_graphic())?;
    let word = bytes.get(..end)?;
    // The banner also stands where the kernel prints it, as `Linux version %s`.
    (word.first()?.is_ascii_digit() && word.contains(&b'.')).then(|| text(word))
}

fn read_module(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let inflated;
    let bytes = if input.bytes.starts_with(b"\x7fELF") {
        input.bytes
    } else {
        inflated = inflate(input.bytes, MODULE_BYTES_MAX)?;
        &inflated
    };
    let program = Program::parse(bytes)?;
    let section = program
        .section(".modinfo")
        .ok_or_else(|| ParseError::new("the module says nothing of itself (`.modinfo`)"))?;
    let info = ModuleInfo::read(section);
    let file = input.path.name();
    let stem = file.split(".ko").next().unwrap_or(file);
    if info.in_tree {
        return Ok(());
    }
    // A module without a version of its own has that of the kernel it was built for.
    let kernel = info.magic.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let version = if info.version.is_empty() { kernel } else { info.version };
    if version.is_empty() {
        return Err(ParseError::new("the module has neither a version nor a kernel's"));
    }
    let name = if info.name.is_empty() { stem.to_owned() } else { text(info.name) };
    let mut package = PackageFact::installed(Ecosystem::Generic, name, text(version));
    package.licenses =
        Some(text(info.license)).into_iter().filter(|license| !license.is_empty()).collect();
    package.vendor = Some(text(info.author)).filter(|author| !author.is_empty());
    sink.package(package);
    Ok(())
}

/// The fields of `.modinfo`: `key=value`, each ended by a zero byte.
#[derive(Default)]
struct ModuleInfo<'a> {
    name: &'a [u8],
    version: &'a [u8],
    license: &'a [u8],
    author: &'a [u8],
    magic: &'a [u8],
    in_tree: bool,
}

impl<'a> ModuleInfo<'a> {
    fn read(section: &'a [u8]) -> Self {
        let mut info = Self::default();
        for field in section.split(|byte| *byte == 0) {
            let Some((key, value)) =
                memchr::memchr(b'=', field).and_then(|at| field.split_at_checked(at))
            else {
                continue;
            };
            let value = value.strip_prefix(b"=").unwrap_or(value);
            let place = match key {
                b"name" => &mut info.name,
                b"version" => &mut info.version,
                b"license" => &mut info.license,
                b"author" => &mut info.author,
                b"vermagic" => &mut info.magic,
                b"intree" => {
                    info.in_tree = value == b"Y";
                    continue;
                }
                _ => continue,
            };
            // Some fields may be there more than once; the first is the module's own.
            if place.is_empty() {
                *place = value;
            }
        }
        info
    }
}
