//! Records by id, alias, package name or package url.

use crate::build::rfc3339;
use crate::format::{IdRef, pack_cve, unpack_cve};
use crate::matcher::{Judged, judge_package};
use crate::name::filed_under;
use crate::purl;
use crate::reader::{Db, DbError, broken};
use crate::segment::{AffectedRef, Damage, SegmentRef};
use lazaret_core::advisory::{Conditions, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What one record says of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The segment, such as `debian-12`.
    pub segment: String,
    /// The record's own id.
    pub record: String,
    /// Other ids of the same vulnerability.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The package, as the source files it.
    pub package: String,
    /// What the source says of it.
    pub status: Status,
    /// The severity the source states, of the package or the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// A version is affected when it lies in one of these …
    pub ranges: Vec<Extent>,
    /// … or is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// What must hold besides the version.
    #[serde(skip_serializing_if = "Conditions::is_none")]
    pub conditions: Conditions,
    /// When the source published the record (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// When the source last changed it (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// When the database first had it (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
    /// When the database first had its fix (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_first_seen: Option<String>,
    /// What it comes to for the version that was asked about, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
}

/// A range, in the words of the JSON report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Extent {
    /// The first affected version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduced: Option<String>,
    /// The first version that is not affected any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// The last version that is affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_affected: Option<String>,
}

impl From<Range> for Extent {
    fn from(range: Range) -> Self {
        let (fixed, last_affected) = match range.end {
            RangeEnd::Fixed(version) => (Some(version), None),
            RangeEnd::LastAffected(version) => (None, Some(version)),
            RangeEnd::Open => (None, None),
        };
        Self { introduced: range.introduced, fixed, last_affected }
    }
}

impl Extent {
    /// The range it stands for.
    pub fn to_range(&self) -> Range {
        let end = match (&self.fixed, &self.last_affected) {
            (Some(version), _) => RangeEnd::Fixed(version.clone()),
            (None, Some(version)) => RangeEnd::LastAffected(version.clone()),
            (None, None) => RangeEnd::Open,
        };
        Range { introduced: self.introduced.clone(), end }
    }
}

/// Why nothing could be looked up.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The database could not be asked.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The text is no package url of a kind of packages that is known.
    #[error("`{0}` is not a package url of a known type")]
    Purl(String),
}

/// Finds what the database says under an id or alias, in the segment named, or in all. Case does
/// not count.
pub fn search_id(db: &Db, id: &str, only: Option<&str>) -> Result<Vec<Entry>, DbError> {
    let mut entries = Vec::new();
    for (name, segment) in segments(db, only)? {
        let fail = |damage: Damage| broken(name, damage.into());
        let records = records_of(segment, id).map_err(fail)?;
        if records.is_empty() {
            continue;
        }
        for (package, row) in rows_of(segment, &records).map_err(fail)? {
            entries.push(entry(name, package, row).map_err(fail)?);
        }
    }
    Ok(entries)
}

/// Finds what the database says about a package name, in the segment named, or in all. Names are
/// taken in every spelling the registry takes; of rpm packages, source packages are meant as well.
pub fn search_package(db: &Db, package: &str, only: Option<&str>) -> Result<Vec<Entry>, DbError> {
    let mut entries = Vec::new();
    for (name, segment) in segments(db, only)? {
        let fail = |damage: Damage| broken(name, damage.into());
        let purl_type = segment.ecosystem().map_err(fail)?;
        let ecosystem = Ecosystem::ALL.into_iter().find(|one| one.purl_type() == purl_type);
        let own = match ecosystem {
            Some(ecosystem) => filed_under(ecosystem, package).into_owned(),
            None => package.to_owned(),
        };
        let of_source = (ecosystem == Some(Ecosystem::Rpm)).then(|| format!("src:{package}"));
        for filed in [Some(own), of_source].into_iter().flatten() {
            for row in segment.lookup(&filed).map_err(fail)? {
                let row = row.map_err(fail)?;
                entries.push(entry(name, &filed, row).map_err(fail)?);
            }
        }
    }
    Ok(entries)
}

/// Finds what the database says about a package url, and where it has a version, whether that is
/// affected. A distribution's package is looked up in its release (the qualifier `distro`), or, if
/// the url does not say which, in every segment of its kind.
pub fn search_purl(db: &Db, text: &str, only: Option<&str>) -> Result<Vec<Entry>, SearchError> {
    let (package, os) = purl::parse(text).ok_or_else(|| SearchError::Purl(text.to_owned()))?;
    let mut entries = Vec::new();
    for (name, filed, row, judged) in judge_package(db, &package, os.as_ref(), only)? {
        let fail = |damage: Damage| broken(name, damage.into());
        let mut entry = entry(name, &filed, row).map_err(fail)?;
        entry.judged = (!package.version.is_empty()).then_some(judged);
        entries.push(entry);
    }
    Ok(entries)
}

/// The segments that are asked, by name.
fn segments<'a>(db: &'a Db, only: Option<&str>) -> Result<Vec<(&'a str, SegmentRef<'a>)>, DbError> {
    let mut found = Vec::new();
    for info in db.segments().filter(|info| only.is_none_or(|only| only == info.name)) {
        if let Some(segment) = db.segment(&info.name)? {
            found.push((info.name.as_str(), segment));
        }
    }
    Ok(found)
}

/// The positions of the records that have an id, their own or an alias.
pub(crate) fn records_of(segment: SegmentRef<'_>, id: &str) -> Result<BTreeSet<usize>, Damage> {
    let wanted = id.trim();
    let cve = pack_cve(&wanted.to_ascii_uppercase()).map(unpack_cve);
    let is_wanted = |id: IdRef<'_>| match id {
        IdRef::Text(text) => text.eq_ignore_ascii_case(wanted),
        IdRef::Cve { .. } => cve == Some(id),
    };
    let mut found = BTreeSet::new();
    for (position, record) in segment.records().enumerate() {
        let record = record?;
        let mut is_found = is_wanted(record.id());
        for alias in record.aliases() {
            is_found |= is_wanted(alias?);
        }
        if is_found {
            found.insert(position);
        }
    }
    Ok(found)
}

/// The rows of some records, with the packages they name, in the order of records and packages.
pub(crate) fn rows_of<'a>(
    segment: SegmentRef<'a>,
    records: &BTreeSet<usize>,
) -> Result<Vec<(&'a str, AffectedRef<'a>)>, Damage> {
    let mut found: BTreeMap<usize, Vec<(&str, AffectedRef<'a>)>> = BTreeMap::new();
    for package in segment.packages() {
        let (name, rows) = package?;
        for row in rows {
            let row = row?;
            if records.contains(&row.record()) {
                found.entry(row.record()).or_default().push((name, row));
            }
        }
    }
    Ok(found.into_values().flatten().collect())
}

fn entry(segment: &str, package: &str, row: AffectedRef<'_>) -> Result<Entry, Damage> {
    let record = row.advisory()?;
    let ranges = row.ranges().map(|range| Ok(range?.to_range().into()));
    Ok(Entry {
        segment: segment.to_owned(),
        record: record.id().to_string(),
        aliases: record.aliases().map(|id| Ok(id?.to_string())).collect::<Result<_, Damage>>()?,
        package: package.to_owned(),
        status: row.status(),
        severity: row.severity().or(record.severity()),
        ranges: ranges.collect::<Result<_, Damage>>()?,
        versions: row.versions().map(|v| v.map(str::to_owned)).collect::<Result<_, Damage>>()?,
        conditions: row.conditions().to_conditions(),
        published: record.published().and_then(rfc3339),
        modified: record.modified().and_then(rfc3339),
        first_seen: row.first_seen()?.and_then(rfc3339),
        fix_first_seen: row.fix_first_seen()?.and_then(rfc3339),
        judged: None,
    })
}
