//! Libraries that were copied into other sources, by the header that has their version.
//!
//! Each file here holds the version in a macro of this very name, which programs are compiled
//! against. That the header is there does not say that the library is, so that it is declared.

use crate::lang::declared::declared;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// C libraries by their version headers.
pub(crate) static HEADERS: Extractor = Extractor {
    id: "cpp/headers",
    version: 1,
    title: "C libraries by their headers",
    spec: "https://zlib.net/manual.html",
    selects: &[
        Select::Name("curlver.h"),
        Select::Name("expat.h"),
        Select::Name("lz4.h"),
        Select::Name("opensslv.h"),
        Select::Name("png.h"),
        Select::Name("sqlite3.h"),
        Select::Name("xmlversion.h"),
        Select::Name("zlib.h"),
        Select::Name("zstd.h"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// A library: its header, its name, and the macros of its version, the parts joined by dots.
struct Library {
    header: &'static str,
    name: &'static str,
    macros: &'static [&'static str],
}

const LIBRARIES: &[Library] = &[
    Library { header: "curlver.h", name: "curl", macros: &["LIBCURL_VERSION"] },
    Library {
        header: "expat.h",
        name: "expat",
        macros: &["XML_MAJOR_VERSION", "XML_MINOR_VERSION", "XML_MICRO_VERSION"],
    },
    Library {
        header: "lz4.h",
        name: "lz4",
        macros: &["LZ4_VERSION_MAJOR", "LZ4_VERSION_MINOR", "LZ4_VERSION_RELEASE"],
    },
    // Before OpenSSL 3 there is no macro with the version alone.
    Library { header: "opensslv.h", name: "openssl", macros: &["OPENSSL_VERSION_TEXT"] },
    Library { header: "png.h", name: "libpng", macros: &["PNG_LIBPNG_VER_STRING"] },
    Library { header: "sqlite3.h", name: "sqlite", macros: &["SQLITE_VERSION"] },
    Library { header: "xmlversion.h", name: "libxml2", macros: &["LIBXML_DOTTED_VERSION"] },
    Library { header: "zlib.h", name: "zlib", macros: &["ZLIB_VERSION"] },
    Library {
        header: "zstd.h",
        name: "zstd",
        macros: &["ZSTD_VERSION_MAJOR", "ZSTD_VERSION_MINOR", "ZSTD_VERSION_RELEASE"],
    },
];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let name = input.path.name();
    let Some(library) = LIBRARIES.iter().find(|library| library.header == name) else {
        return Ok(());
    };
    let mut parts: Vec<Option<&str>> = vec![None; library.macros.len()];
    let mut at = None;
    for line in Lines::new(input.bytes) {
        let Some((name, value)) = definition(line.text) else { continue };
        let slot = library.macros.iter().zip(&mut parts).find(|(wanted, _)| **wanted == name);
        if let Some((_, slot)) = slot.filter(|(_, slot)| slot.is_none()) {
            *slot = Some(value);
            at = at.or(Some(line.number));
        }
        if parts.iter().all(Option::is_some) {
            break;
        }
    }
    // Another file of this name.
    let Some(at) = at else { return Ok(()) };
    let parts: Option<Vec<&str>> = parts.into_iter().map(|part| part.and_then(version)).collect();
    let Some(parts) = parts else {
        let message = format!("the version of {} is not what it is in its releases", library.name);
        return Err(ParseError::at(at, message));
    };
    let version = parts.join(".");
    sink.package(declared(
        Ecosystem::Generic,
        library.name,
        &version,
        Presence::Declared,
        Some(at),
    ));
    Ok(())
}

/// Name and value of `#define NAME value`; nothing for macros without a value, and the spaces that
/// `# define` may have.
fn definition(line: &[u8]) -> Option<(&str, &str)> {
    let rest = line.trim_ascii_start().strip_prefix(b"#")?.trim_ascii_start();
    let rest = std::str::from_utf8(rest.strip_prefix(b"define")?).ok()?;
    let (name, value) = rest.trim_start().split_once(char::is_whitespace)?;
    Some((name, value.trim()))
}

/// The version in a value: `"1.2.11"`, `3`, or `"OpenSSL 1.1.1k  25 Mar 2021"`.
fn version(value: &str) -> Option<&str> {
    let text = match value.strip_prefix('"') {
        Some(text) => text.split('"').next()?,
        None => value.split_whitespace().next()?,
    };
    let is_version = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.len() < 32
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    };
    let mut words = text.split_whitespace();
    let first = words.next()?;
    // Forks write their own name in front.
    let word = if first == "OpenSSL" { words.next()? } else { first };
    Some(word).filter(is_version)
}
