//! The numbers of the file format, which `docs/formats/advisory-db.md` describes byte by byte.

use lazaret_core::advisory::Status;
use lazaret_core::severity::Severity;
use std::fmt;

/// The format version this program writes, and the highest it reads.
pub const FORMAT: u32 = 1;

/// The first Lazaret version that reads [`FORMAT`].
pub const FORMAT_SINCE: &str = "0.1.0";

/// The name of the file that lists a database's segments.
pub const MANIFEST_FILE: &str = "manifest.json";

/// First bytes of a segment. A byte above 127 and both kinds of line end, as PNG has them, so that
/// a transfer in text mode is noticed at once.
pub(crate) const MAGIC: [u8; 8] = [0x89, b'L', b'A', b'Z', b'\r', b'\n', 0x1a, b'\n'];

/// Bytes before the section directory.
pub(crate) const HEADER_BYTES: usize = 32;
/// Bytes of one line of the section directory.
pub(crate) const DIRECTORY_ROW_BYTES: usize = 12;
/// Sections a reader looks at; nine are known, the rest is room for later ones.
pub(crate) const SECTIONS_MAX: u32 = 64;
/// Bytes of a row of the packages section.
pub(crate) const PACKAGE_ROW_BYTES: usize = 8;
/// Bytes of a row of the affected section.
pub(crate) const AFFECTED_ROW_BYTES: usize = 12;
/// Bytes of a row of the advisories section.
pub(crate) const ADVISORY_ROW_BYTES: usize = 8;
/// Bytes of a row of the conditions section.
pub(crate) const CONDITION_ROW_BYTES: usize = 12;
/// Bytes of a row of the times section.
pub(crate) const TIMES_ROW_BYTES: usize = 8;
/// Bytes of a row of the imports section.
pub(crate) const IMPORTS_ROW_BYTES: usize = 4;
/// Bytes of a slot and of a word.
pub(crate) const WORD_BYTES: usize = 4;

/// A time that is the record's own date.
pub(crate) const OWN_DATE: u32 = 0;
/// A time that is not known, though the record has a date.
pub(crate) const NO_TIME: u32 = u32::MAX;

/// "No such version" in a range.
pub(crate) const NONE: u32 = u32::MAX;
/// The bit that tells a packed CVE id from a string, and a last affected version from a fixed one.
pub(crate) const MARK: u32 = 1 << 31;
/// The bit of a record's facts that says a publication date follows.
pub(crate) const HAS_PUBLISHED: u32 = 1 << 8;
/// The bit of a record's facts that says a change date follows.
pub(crate) const HAS_MODIFIED: u32 = 1 << 9;

/// The sections of a segment, in the order of their tags, which count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Strings,
    Packages,
    Slots,
    Affected,
    Advisories,
    Words,
    Conditions,
    Times,
    Imports,
}

impl Section {
    pub(crate) const ALL: [Self; 9] = [
        Self::Strings,
        Self::Packages,
        Self::Slots,
        Self::Affected,
        Self::Advisories,
        Self::Words,
        Self::Conditions,
        Self::Times,
        Self::Imports,
    ];

    pub(crate) const fn tag(self) -> u32 {
        match self {
            Self::Strings => 1,
            Self::Packages => 2,
            Self::Slots => 3,
            Self::Affected => 4,
            Self::Advisories => 5,
            Self::Words => 6,
            Self::Conditions => 7,
            Self::Times => 8,
            Self::Imports => 9,
        }
    }
}

/// An advisory's id as the file holds it: text, or a CVE id in four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdRef<'a> {
    /// Any id.
    Text(&'a str),
    /// `CVE-year-number`.
    Cve {
        /// From 1999 on.
        year: u32,
        /// The number within the year.
        number: u32,
    },
}

impl IdRef<'_> {
    /// Whether it is a CVE id.
    pub fn is_cve(&self) -> bool {
        match self {
            Self::Text(text) => is_cve(text),
            Self::Cve { .. } => true,
        }
    }
}

impl fmt::Display for IdRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Cve { year, number } => write!(f, "CVE-{year}-{number:04}"),
        }
    }
}

/// Whether a text names a CVE.
pub(crate) fn is_cve(text: &str) -> bool {
    text.starts_with("CVE-")
}

const CVE_YEAR_FIRST: u32 = 1999;
const CVE_YEARS: u32 = 64;
const CVE_NUMBER_BITS: u32 = 25;
const CVE_NUMBER_MASK: u32 = (1 << CVE_NUMBER_BITS) - 1;

/// A CVE id in four bytes, or nothing when the text is not exactly what [`unpack_cve`] would write.
pub(crate) fn pack_cve(text: &str) -> Option<u32> {
    let (year, number) = text.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = number.len() == 4 || (number.len() > 4 && !number.starts_with('0'));
    if year.len() != 4 || !digits(year) || !digits(number) || !canonical {
        return None;
    }
    let year = year.parse::<u32>().ok()?.checked_sub(CVE_YEAR_FIRST)?;
    let number = number.parse::<u32>().ok()?;
    (year < CVE_YEARS && number <= CVE_NUMBER_MASK)
        .then_some(MARK | (year << CVE_NUMBER_BITS) | number)
}

/// The id a word with its [`MARK`] stands for.
pub(crate) const fn unpack_cve(word: u32) -> IdRef<'static> {
    let year = ((word & !MARK) >> CVE_NUMBER_BITS).saturating_add(CVE_YEAR_FIRST);
    IdRef::Cve { year, number: word & CVE_NUMBER_MASK }
}

/// The slot a name is first looked for in; `slots` is a power of two.
pub(crate) fn slot_of(name: &str, slots: usize) -> usize {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let folded = hash ^ (hash >> 32);
    let mask = u64::try_from(slots).unwrap_or(u64::MAX).saturating_sub(1);
    // A slot section is shorter than 4 GiB, so its mask and the result fit any usize.
    usize::try_from(folded & mask).unwrap_or(0)
}

/// The code of a severity a source may or may not have given.
pub(crate) const fn severity_code(severity: Option<Severity>) -> u8 {
    match severity {
        None => 0,
        Some(Severity::Unknown) => 1,
        Some(Severity::Low) => 2,
        Some(Severity::Medium) => 3,
        Some(Severity::High) => 4,
        Some(Severity::Critical) => 5,
    }
}

/// The severity of a code, or the code itself when it means nothing.
pub(crate) const fn severity_of(code: u8) -> Result<Option<Severity>, u8> {
    Ok(match code {
        0 => None,
        1 => Some(Severity::Unknown),
        2 => Some(Severity::Low),
        3 => Some(Severity::Medium),
        4 => Some(Severity::High),
        5 => Some(Severity::Critical),
        _ => return Err(code),
    })
}

/// The code of a state.
pub(crate) const fn status_code(status: Status) -> u8 {
    match status {
        Status::Unknown => 0,
        Status::NotAffected => 1,
        Status::Affected => 2,
        Status::Fixed => 3,
        Status::UnderInvestigation => 4,
        Status::WillNotFix => 5,
        Status::FixDeferred => 6,
        Status::EndOfLife => 7,
    }
}

/// The state of a code, `None` when the code means nothing.
pub(crate) fn status_of(code: u8) -> Option<Status> {
    Status::ALL.get(usize::from(code)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cve_ids_are_packed_only_when_they_come_back_the_same() {
        for (text, word) in [
            ("CVE-2021-44228", Some(0x8000_0000 + (22 << 25) + 44_228)),
            ("CVE-1999-0001", Some(0x8000_0001)),
            ("CVE-2062-33554431", Some(u32::MAX)),
            ("CVE-2062-33554432", None),
            ("CVE-2063-1234", None),
            ("CVE-1998-1234", None),
            ("CVE-2021-123", None),
            ("CVE-2021-01234", None),
            ("CVE-2021-0123", Some(0x8000_0000 + (22 << 25) + 123)),
            ("CVE-+021-1234", None),
            ("CVE-2021-+123", None),
            ("CVE-2021-", None),
            ("cve-2021-1234", None),
            ("GHSA-jfh8-c2jp-5v3q", None),
        ] {
            assert_eq!(pack_cve(text), word, "{text}");
            if let Some(word) = word {
                assert_eq!(unpack_cve(word).to_string(), text);
            }
        }
    }

    #[test]
    fn codes_come_back() {
        for status in Status::ALL {
            assert_eq!(status_of(status_code(status)), Some(status));
        }
        assert_eq!(status_of(8), None);
        for severity in Severity::ALL.into_iter().map(Some).chain([None]) {
            assert_eq!(severity_of(severity_code(severity)), Ok(severity));
        }
        assert_eq!(severity_of(6), Err(6));
    }

    #[test]
    fn slots_are_those_of_the_format_page() {
        // FNV-1a's published test values: "" is the offset basis, "foobar" is 0x85944171f73967e8.
        let folded = 0x8594_4171_f739_67e8_u64 ^ 0x8594_4171;
        assert_eq!(slot_of("foobar", 1 << 20), usize::try_from(folded & 0xf_ffff).unwrap());
        assert_eq!(slot_of("", 1), 0);
    }
}
