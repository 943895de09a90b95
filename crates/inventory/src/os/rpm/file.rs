//! The header of a package file: behind a lead of 96 bytes that means nothing any more and a header
//! with the signatures, which is padded to a multiple of eight.

use super::header::Header;
use super::int::{Endian, part};
use super::packages::package;
use lazaret_core::extract::ParseError;
use lazaret_core::package::PackageFact;

const LEAD_MAGIC: [u8; 4] = [0xed, 0xab, 0xee, 0xdb];
const LEAD_BYTES: usize = 96;
const HEADER_MAGIC: [u8; 3] = [0x8e, 0xad, 0xe8];
/// The magic, the version and four bytes without use, before what a database keeps of a header.
const MAGIC_BYTES: usize = 8;

/// The package of a file; nothing of a file with the source of packages.
pub(in crate::os) fn package_in_file(bytes: &[u8]) -> Result<Option<PackageFact>, ParseError> {
    if !bytes.starts_with(&LEAD_MAGIC) {
        return Err(ParseError::new("the file is no package of rpm"));
    }
    let cut = || ParseError::new("the headers of the package are cut off or damaged");
    let signatures = header_at(bytes, LEAD_BYTES).ok_or_else(cut)?;
    let after = LEAD_BYTES.saturating_add(MAGIC_BYTES).saturating_add(signatures.len());
    let blob = header_at(bytes, after.next_multiple_of(8)).ok_or_else(cut)?;
    let header = Header::parse(blob).map_err(ParseError::new)?;
    // Only what was built from a source package names it.
    Ok((!header.source.is_empty()).then(|| package(&header)))
}

/// The header at a place, without its magic.
fn header_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?.strip_prefix(&HEADER_MAGIC)?;
    let rest = rest.get(MAGIC_BYTES.checked_sub(HEADER_MAGIC.len())?..)?;
    let index = Endian::Big.size(rest, 0)?.checked_mul(16)?;
    let data = Endian::Big.size(rest, 4)?;
    part(rest, 0, index.checked_add(data)?.checked_add(8)?)
}
