//! `Packages.db`: rpm's own database, in use at SUSE.
//!
//! Pages of slots come first, each slot naming a package and its blob by blocks of 16 bytes. A
//! header of two slots' size stands in their place at the start. Numbers are little-endian. rpm's
//! own reader (`lib/backend/ndb/rpmpkg.c`) is the only description there is.

use super::int::{Endian, part};
use super::packages::{GIVES, Packages};
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};

/// Packages in rpm's own database.
pub(crate) static NDB: Extractor = Extractor {
    id: "rpm/ndb",
    version: 2,
    title: "RPM package database, NDB",
    spec: "https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c",
    selects: &[
        Select::Path("usr/lib/sysimage/rpm/Packages.db"),
        Select::Path("usr/share/rpm/Packages.db"),
        Select::Path("var/lib/rpm/Packages.db"),
    ],
    gives: GIVES,
    run,
};

const LITTLE: Endian = Endian::Little;
const PAGE_BYTES: usize = 4_096;
const SLOT_BYTES: usize = 16;
const HEADER_BYTES: usize = 2 * SLOT_BYTES;
const BLOCK_BYTES: usize = 16;
/// Magic, package, generation and length.
const HEAD_BYTES: usize = 16;
/// Checksum, length and magic.
const TAIL_BYTES: usize = 12;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let bytes = input.bytes;
    if !bytes.starts_with(b"RpmP") {
        return Err(ParseError::new("the file is not a package database of rpm (NDB)"));
    }
    let cut = || ParseError::new("the package database is cut off");
    let version = LITTLE.u32(bytes, 4).ok_or_else(cut)?;
    if version != 0 {
        return Err(ParseError::new(format!("version {version} of the database is not known")));
    }
    let pages = LITTLE.size(bytes, 12).ok_or_else(cut)?;
    let slots_bytes = pages.checked_mul(PAGE_BYTES).ok_or_else(cut)?;
    let slots = bytes.get(HEADER_BYTES..slots_bytes).ok_or_else(cut)?;
    let mut packages = Packages::new(input, sink);
    for slot in slots.chunks_exact(SLOT_BYTES) {
        if !slot.starts_with(b"Slot") {
            packages.broken("a slot of the package database is damaged");
            continue;
        }
        // A slot that leads nowhere is free.
        let Some(first @ 1..) = LITTLE.size(slot, 8) else { continue };
        let place = first.checked_mul(BLOCK_BYTES).filter(|at| *at >= slots_bytes);
        let length = LITTLE.size(slot, 12).and_then(|blocks| blocks.checked_mul(BLOCK_BYTES));
        let blob = place.zip(length).and_then(|(at, length)| part(bytes, at, length));
        let Some(blob) = blob else {
            packages.broken("a package lies outside of the file");
            continue;
        };
        packages.reserve(blob.len())?;
        match header(blob, slot) {
            Ok((header, intact)) => {
                if !intact {
                    packages.broken("a package does not have the checksum written beside it");
                }
                packages.header(header);
            }
            Err(why) => packages.broken(why),
        }
    }
    packages.finish()
}

/// The header in a blob, and whether the checksum is right. Between its head and its tail a blob is
/// filled up with zeros to whole blocks.
fn header<'a>(blob: &'a [u8], slot: &[u8]) -> Result<(&'a [u8], bool), &'static str> {
    const DAMAGED: &str = "a package of the database is damaged";
    let length = LITTLE.size(blob, 12).ok_or(DAMAGED)?;
    let tail_at = blob.len().checked_sub(TAIL_BYTES).ok_or(DAMAGED)?;
    let (sealed, tail) = blob.split_at_checked(tail_at).ok_or(DAMAGED)?;
    let right = blob.starts_with(b"BlbS")
        && part(blob, 4, 4) == part(slot, 4, 4)
        && LITTLE.size(tail, 4) == Some(length)
        && tail.ends_with(b"BlbE");
    let header = part(sealed, HEAD_BYTES, length).filter(|_| right).ok_or(DAMAGED)?;
    Ok((header, LITTLE.u32(tail, 0) == Some(adler32(sealed))))
}

/// The checksum of RFC 1950.
fn adler32(bytes: &[u8]) -> u32 {
    /// The largest prime below 65,536.
    const BASE: u32 = 65_521;
    /// So many bytes can be added up before a number of 32 bits may run over.
    const RUN: usize = 5_552;
    let (mut low, mut high) = (1_u32, 0_u32);
    for run in bytes.chunks(RUN) {
        for byte in run {
            low = low.wrapping_add(u32::from(*byte));
            high = high.wrapping_add(low);
        }
        low %= BASE;
        high %= BASE;
    }
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_zlib() {
        // `python3 -c 'import zlib; print(zlib.adler32(…))'`
        assert_eq!(adler32(b""), 1);
        assert_eq!(adler32(b"Wikipedia"), 300_286_872);
        assert_eq!(adler32(&vec![255; 100_000]), 345_649_196);
    }
}
