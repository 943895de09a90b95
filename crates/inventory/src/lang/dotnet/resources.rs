//! The version information of PE files: a tree of keys and texts among their resources.
//!
//! Follows "PE Format", section "The .rsrc Section", and `VS_VERSIONINFO` of the Windows
//! documentation.

use object::LittleEndian as LE;
use object::read::pe::{ImageNtHeaders, PeFile, ResourceDirectoryEntryData, ResourceNameOrId};

/// The resource type of version information.
const VERSION: u16 = 16;

/// Largest version information, in bytes: it has some twenty lines. Its own length is a 16-bit
/// number.
const VERSION_BYTES_MAX: u64 = 64 << 10;

/// Blocks inside of each other: the information, its texts, a language, a line.
const DEPTH_MAX: u8 = 6;

/// Names and languages below one resource type that are looked at.
const ENTRIES_MAX: usize = 16;

/// Data directories of a PE file that matter, by their position.
const CLR_DIRECTORY: usize = 14;

/// What a .NET assembly says of its version.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) company: Option<String>,
    /// The version of the file, in four numbers.
    pub(super) of_file: Option<String>,
    pub(super) product: Option<String>,
    /// The version of the product, as its makers write it.
    pub(super) of_product: Option<String>,
}

/// The version of an assembly; nothing of a PE file that is none. An error if the headers are
/// damaged.
pub(super) fn version(bytes: &[u8]) -> Result<Option<Version>, object::Error> {
    match object::FileKind::parse(bytes)? {
        object::FileKind::Pe32 => of(&object::read::pe::PeFile32::parse(bytes)?),
        object::FileKind::Pe64 => of(&object::read::pe::PeFile64::parse(bytes)?),
        _ => Ok(None),
    }
}

fn of<Pe: ImageNtHeaders>(file: &PeFile<'_, Pe>) -> Result<Option<Version>, object::Error> {
    let clr = file.data_directories().get(CLR_DIRECTORY);
    if clr.is_none_or(|clr| clr.virtual_address.get(LE) == 0) {
        return Ok(None);
    }
    let sections = file.section_table();
    let Some(resources) = file.data_directories().resource_directory(file.data(), &sections)?
    else {
        return Ok(Some(Version::default()));
    };
    let root = resources.root()?;
    let is_version = |id: ResourceNameOrId| matches!(id, ResourceNameOrId::Id(id) if id == VERSION);
    let of_type = root.entries.iter().find(|entry| is_version(entry.name_or_id()));
    let Some(ResourceDirectoryEntryData::Table(names)) =
        of_type.map(|entry| entry.data(resources)).transpose()?
    else {
        return Ok(Some(Version::default()));
    };
    for name in names.entries.iter().take(ENTRIES_MAX) {
        let ResourceDirectoryEntryData::Table(languages) = name.data(resources)? else { continue };
        for language in languages.entries.iter().take(ENTRIES_MAX) {
            let ResourceDirectoryEntryData::Data(data) = language.data(resources)? else {
                continue;
            };
            let size = data.size.get(LE);
            let found = sections.pe_data_at(file.data(), data.offset_to_data.get(LE));
            let size = usize::try_from(u64::from(size).min(VERSION_BYTES_MAX)).unwrap_or(0);
            if let Some(block) = found.and_then(|data| data.get(..size)) {
                let mut version = Version::default();
                read(block, &mut version, 0);
                return Ok(Some(version));
            }
        }
    }
    Ok(Some(Version::default()))
}

/// Reads a block: three numbers, a key, a value and further blocks, each on a multiple of four.
fn read(block: &[u8], version: &mut Version, depth: u8) {
    if depth >= DEPTH_MAX {
        return;
    }
    let Some((key, after_key)) = text_at(block, 6) else { return };
    let number = |at: usize| {
        let bytes = block.get(at..at.saturating_add(2))?;
        Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
    };
    let (Some(value_len), Some(kind)) = (number(2), number(4)) else { return };
    let value_at = aligned(after_key);
    let field = match key.as_str() {
        "CompanyName" => Some(&mut version.company),
        "FileVersion" => Some(&mut version.of_file),
        "ProductName" => Some(&mut version.product),
        "ProductVersion" => Some(&mut version.of_product),
        _ => None,
    };
    if let Some(field) = field {
        let text = text_at(block, value_at).map(|(text, _)| text.trim().to_owned());
        *field = text.filter(|text| !text.is_empty());
        return;
    }
    // Texts are counted in characters of two bytes.
    let value_bytes = if kind == 1 { value_len.saturating_mul(2) } else { value_len };
    let mut at = aligned(value_at.saturating_add(value_bytes));
    while let Some(rest) = block.get(at..).filter(|rest| rest.len() > 6) {
        let Some(len) = rest.first_chunk().map(|len| usize::from(u16::from_le_bytes(*len))) else {
            return;
        };
        let Some(inner) = rest.get(..len).filter(|inner| inner.len() > 6) else { return };
        read(inner, version, depth.saturating_add(1));
        at = aligned(at.saturating_add(len));
    }
}

/// A text of two-byte characters up to a zero, and the position behind it.
fn text_at(block: &[u8], at: usize) -> Option<(String, usize)> {
    let mut units = Vec::new();
    let mut end = at;
    for pair in block.get(at..)?.chunks_exact(2) {
        end = end.saturating_add(2);
        match u16::from_le_bytes(pair.try_into().ok()?) {
            0 => break,
            unit => units.push(unit),
        }
    }
    Some((String::from_utf16_lossy(&units), end))
}

const fn aligned(at: usize) -> usize {
    at.saturating_add(3) & !3
}
