//! What is known of a vulnerability or a release, whatever package has it: scores, how likely and
//! whether it is exploited, what every source says of its severity, and how long releases are
//! looked after.
//!
//! Each is a segment of its own kind in the database, found by CVE id or by product;
//! `docs/formats/advisory-db.md` describes the bytes.

mod day;
mod end_of_life;
mod epss;
mod exploited;
mod lookup;
mod operating_system;
mod severities;
mod source;
mod table;

pub use end_of_life::{Ends, Support};
pub use source::{SOURCES, SourceError, severity_source};

pub(crate) use lookup::{About, Lookup};
pub(crate) use operating_system::end_of_life;
pub(crate) use severities::{Stated, of_scores};
pub(crate) use source::{AUTO, of_record};

use crate::build::{BuildError, blake3, file_name, fit, rfc3339, sha256};
use crate::manifest::SegmentInfo;
use crate::records::{SegmentRecords, SourceInfo};
use crate::segment::SegmentError;
use lazaret_core::finding::{Epss, Exploited};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;
use table::{Table, TableRef};

/// Segments that hold scores only, by name. Each is a source of its own.
const SCORES: [&str; 1] = ["nvd"];

/// What a segment holds besides advisories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Records without packages, for their scores.
    Scores,
    /// How likely vulnerabilities are to be exploited.
    Epss,
    /// Which vulnerabilities are known to be exploited.
    Exploited,
    /// Until when releases of products are looked after.
    EndOfLife,
    /// What each source says of the severity of a vulnerability.
    Severities,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Scores, Self::Epss, Self::Exploited, Self::EndOfLife, Self::Severities];

    /// The word in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scores => "scores",
            Self::Epss => "epss",
            Self::Exploited => "exploited",
            Self::EndOfLife => "end-of-life",
            Self::Severities => "severities",
        }
    }

    /// The kind of a segment; absent where it holds advisories, or is of a later program's kind.
    pub fn of(info: &SegmentInfo) -> Option<Self> {
        let name = info.kind.as_deref()?;
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Facts by key, and where they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet<K, V> {
    /// Where they come from.
    pub source: SourceInfo,
    /// The day they are of, in seconds since 1970 (UTC).
    pub newest: Option<i64>,
    /// The facts.
    pub rows: BTreeMap<K, V>,
}

/// A release of a product: the product's name and the release's, as endoflife.date has them.
pub type Cycle = (String, String);

/// What the feeds say of vulnerabilities and releases, whatever package has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Enrichments {
    /// Records without packages, by segment.
    pub scores: BTreeMap<String, SegmentRecords>,
    /// How likely each vulnerability is to be exploited, by CVE id.
    pub epss: Option<Sheet<String, Epss>>,
    /// Which vulnerabilities are known to be exploited, by CVE id.
    pub exploited: Option<Sheet<String, Exploited>>,
    /// Until when releases are looked after.
    pub end_of_life: Option<Sheet<Cycle, Support>>,
    /// Severities by CVE id and source, besides those the advisories state: what a database that
    /// is imported brings along.
    pub severities: BTreeMap<String, BTreeMap<String, Severity>>,
}

impl Enrichments {
    /// The tables that are written, and how many rows each has. What follows from the other segments
    /// is there whenever they are.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        let size = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
        let sizes = [
            (epss::NAME, self.epss.as_ref().map(|sheet| size(sheet.rows.len()))),
            (exploited::NAME, self.exploited.as_ref().map(|sheet| size(sheet.rows.len()))),
            (end_of_life::NAME, self.end_of_life.as_ref().map(|sheet| size(sheet.rows.len()))),
            (severities::NAME, Some(u64::MAX)),
        ];
        sizes.into_iter().filter_map(|(name, size)| Some((name, size?)))
    }

    /// Joins what another file said; of two that say the same thing, the later one is believed.
    pub(crate) fn absorb(&mut self, other: Self) {
        absorb(&mut self.epss, other.epss);
        absorb(&mut self.exploited, other.exploited);
        absorb(&mut self.end_of_life, other.end_of_life);
        self.scores.extend(other.scores);
        for (cve, severities) in other.severities {
            self.severities.entry(cve).or_default().extend(severities);
        }
    }

    /// Takes the segments that hold scores only out of those that hold advisories.
    pub(crate) fn take_scores(&mut self, segments: &mut BTreeMap<String, SegmentRecords>) {
        for name in SCORES {
            let Some(mut scores) = segments.remove(name) else { continue };
            for record in &mut scores.advisories {
                // It settled which of two copies is the later one, and decides nothing else.
                record.modified = None;
            }
            self.scores.insert(name.to_owned(), scores);
        }
    }
}

fn absorb<K: Ord, V>(mine: &mut Option<Sheet<K, V>>, other: Option<Sheet<K, V>>) {
    let (older, newer) = match (mine.take(), other) {
        (Some(mine), Some(other)) if other.newest < mine.newest => (Some(other), Some(mine)),
        (mine, other) => (mine, other),
    };
    *mine = match (older, newer) {
        (Some(mut older), Some(newer)) => {
            older.rows.extend(newer.rows);
            Some(Sheet { rows: older.rows, ..newer })
        }
        (older, newer) => older.or(newer),
    };
}

/// Every table: what the manifest says of it, and its bytes. `stated` is what the segments that were
/// written say of severities.
pub(crate) fn tables<'e>(
    given: &'e Enrichments,
    stated: &Stated,
) -> Result<impl Iterator<Item = Result<(SegmentInfo, Vec<u8>), BuildError>> + use<'e>, BuildError>
{
    let mut tables: Vec<(Table<'_>, SourceInfo, Option<i64>)> = Vec::new();
    if let Some(sheet) = &given.epss {
        tables.push((epss::table(&sheet.rows)?, sheet.source.clone(), sheet.newest));
    }
    if let Some(sheet) = &given.exploited {
        tables.push((exploited::table(&sheet.rows)?, sheet.source.clone(), sheet.newest));
    }
    if let Some(sheet) = &given.end_of_life {
        tables.push((end_of_life::table(&sheet.rows)?, sheet.source.clone(), sheet.newest));
    }
    if !stated.is_empty() {
        tables.push((severities::table(stated)?, derived(), None));
    }
    Ok(tables.into_iter().map(|(table, source, newest)| {
        let name = table.name;
        let bytes = table.encode()?;
        let digest = sha256(&bytes).map_err(BuildError::Digest)?;
        let info = SegmentInfo {
            name: name.to_owned(),
            kind: Some(table.kind.name().to_owned()),
            file: file_name(name, &digest),
            digest,
            blake3: Some(blake3(&bytes)),
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            ecosystem: String::new(),
            scheme: String::new(),
            source,
            records: fit(table.rows, name, "rows")?,
            packages: 0,
            gap: None,
            feeds: BTreeMap::new(),
            old: None,
            newest: newest.and_then(rfc3339),
        };
        Ok((info, bytes))
    }))
}

/// The source of what is made from the other segments.
fn derived() -> SourceInfo {
    SourceInfo {
        id: "segments".to_owned(),
        url: "https://github.com/lazaret/lazaret".to_owned(),
        license: "LicenseRef-as-the-segments".to_owned(),
    }
}

/// Follows every reference of a table once; the name of its segment, and how many rows it has.
pub(crate) fn check(kind: Kind, bytes: &[u8]) -> Result<(&str, usize), SegmentError> {
    let table = TableRef::parse(bytes)?;
    let rows = match kind {
        Kind::Epss => epss::check(table),
        Kind::Exploited => exploited::check(table),
        Kind::EndOfLife => end_of_life::check(table),
        Kind::Severities => severities::check(table),
        Kind::Scores => Ok(0),
    };
    Ok((table.name()?, rows?))
}

/// Asks bytes as each kind of table, for fuzzing: the answers do not matter, only that there are
/// some.
pub(crate) fn ask(bytes: &[u8]) {
    let Ok(table) = TableRef::parse(bytes) else { return };
    for cve in [table.rows.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)), u32::MAX] {
        drop((epss::find(table, cve), exploited::find(table, cve), severities::find(table, cve)));
    }
    let _found = end_of_life::find(table, "debian", "12.5");
}
