//! A Grype database: `vulnerability.db`, a SQLite file of schema 6
//! (<https://github.com/anchore/grype>, `grype/db/v6`).
//!
//! A row of `affected_package_handles` joins a vulnerability, a package and, for a distribution's
//! packages, a release; what is said of them is a JSON document in `blobs`. Rows are sorted into
//! segments first, by number only, and each segment is then made by itself.

use super::draft::{Draft, Tally};
use super::grype_document::{Statement, Vulnerability};
use super::grype_place::{Place, Release, of_registry};
use super::grype_tables::{Source, View, integer};
use super::{Emit, ImportError};
use crate::feed::Segment;
use crate::first_seen::newest_of;
use crate::name::filed_under;
use crate::records::SourceInfo;
use lazaret_core::advisory::{Advisory, Affected, Conditions};
use lazaret_core::package::Ecosystem;
use lazaret_sqlite::Value;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const FEED: &str = "grype-db";
const URL: &str = "https://github.com/anchore/grype-db";
const SCHEMA: i64 = 6;
/// The source whose scores stand in where another has none.
const NVD: &str = "nvd";

/// Tables with facts that our database has no place for.
const LEFT_OUT: &[(&str, &str)] = &[
    ("epss_handles", "likelihoods of exploitation (EPSS) are not in the database"),
    ("known_exploited_vulnerability_handles", "what is known to be exploited is not in it either"),
    ("operating_system_specifier_overrides", "distributions are judged by their own advisories"),
    ("package_cpes", "packages are looked up by their names"),
    ("unaffected_cpe_handles", "packages are looked up by their names"),
];

/// One statement, by row numbers.
#[derive(Clone, Copy)]
struct Handle {
    row: i64,
    vulnerability: i64,
    package: i64,
    blob: i64,
    is_affected: bool,
    /// The position of its place, for a distribution's.
    place: Option<usize>,
}

/// Reads a Grype database, one segment after the other.
pub(super) fn read(bytes: &[u8], emit: Emit<'_>) -> Result<Tally, ImportError> {
    let source = Source::open(bytes)?;
    check_schema(&source)?;
    let mut tally = Tally::new(FEED);
    for (table, why) in LEFT_OUT {
        if source.view_if_there(table, [])?.is_some() {
            tally.counts.left_out.insert((*table).to_owned(), (*why).to_owned());
        }
    }
    let releases = Releases::read(&source)?;
    let handles = sort(&source, &releases, &mut tally)?;
    if let Some(view) = source.view_if_there("affected_cpe_handles", [])? {
        let count = source.count(view)?;
        tally.skip_many("product named by CPE, which no package is looked up by", count);
    }
    let known = Known::read(&source)?;
    for (name, (segment, handles)) in handles {
        let draft = Draft::new(segment);
        let mut import = Import {
            source: &source,
            known: &known,
            releases: &releases,
            tally: &mut tally,
            draft,
        };
        for handle in handles {
            import.statement(handle)?;
        }
        if !import.draft.is_empty() {
            let info = SourceInfo {
                id: FEED.to_owned(),
                url: URL.to_owned(),
                license: "none stated".to_owned(),
            };
            emit(name, import.draft.finish(info))?;
        }
    }
    Ok(tally)
}

/// The time a Grype database was built, or else the newest date in it.
pub(super) fn time(bytes: &[u8]) -> Result<Option<i64>, ImportError> {
    let source = Source::open(bytes)?;
    check_schema(&source)?;
    let mut built = None;
    source.each(source.view("db_metadata", ["build_timestamp"])?, &mut |_, [value]| {
        built = built.max(moment(&source.text(value)));
        Ok(())
    })?;
    if built.is_some() {
        return Ok(built);
    }
    let mut dates = Vec::new();
    let view = source.view("vulnerability_handles", ["published_date", "modified_date"])?;
    source.each(view, &mut |_, [published, modified]| {
        let date = moment(&source.text(published)).or_else(|| moment(&source.text(modified)));
        dates.extend(date);
        Ok(())
    })?;
    Ok(newest_of(dates))
}

/// Refuses another form: its tables would be read wrongly, not at all.
fn check_schema(source: &Source<'_>) -> Result<(), ImportError> {
    let Some(view) = source.view_if_there("db_metadata", ["model"])? else {
        // Schema 5 and before have a table `id` in its place.
        let found = if source.has_column("id", "schema_version") { "5 or less" } else { "?" };
        return Err(ImportError::Schema { found: found.to_owned() });
    };
    let mut found = None;
    source.each(view, &mut |_, [model]| {
        found = integer(model);
        Ok(())
    })?;
    match found {
        Some(SCHEMA) => Ok(()),
        Some(other) => Err(ImportError::Schema { found: other.to_string() }),
        None => Err(ImportError::Schema { found: "?".to_owned() }),
    }
}

/// The releases of distributions, by their row numbers.
struct Releases {
    places: Vec<Place>,
    by_row: BTreeMap<i64, Result<usize, &'static str>>,
}

impl Releases {
    fn read(source: &Source<'_>) -> Result<Self, ImportError> {
        const NAMES: [&str; 4] = ["name", "major_version", "minor_version", "label_version"];
        let mut rows: BTreeMap<i64, Release> = BTreeMap::new();
        let text = |value: Value<'_>| source.text(value).into_owned();
        source.each(source.view("operating_systems", NAMES)?, &mut |row, values| {
            let [name, major, minor, label] = values.map(text);
            rows.insert(row, Release { name, major, minor, label, ..Release::default() });
            Ok(())
        })?;
        // Both columns came later.
        for (position, column) in ["release_id", "channel"].into_iter().enumerate() {
            if !source.has_column("operating_systems", column) {
                continue;
            }
            source.each(source.view("operating_systems", [column])?, &mut |row, [value]| {
                if let Some(release) = rows.get_mut(&row) {
                    let field = if position == 0 { &mut release.id } else { &mut release.channel };
                    *field = text(value);
                }
                Ok(())
            })?;
        }
        let mut places = Vec::new();
        let by_row = rows.into_iter().map(|(row, release)| {
            let place = release.place().map(|place| {
                places.push(place);
                places.len().saturating_sub(1)
            });
            (row, place)
        });
        let by_row = by_row.collect();
        Ok(Self { places, by_row })
    }
}

/// Statements by segment.
type Sorted = BTreeMap<String, (Segment, Vec<Handle>)>;

/// Sorts every statement into its segment, without reading what it says.
fn sort(
    source: &Source<'_>,
    releases: &Releases,
    tally: &mut Tally,
) -> Result<Sorted, ImportError> {
    const COLUMNS: [&str; 4] = ["vulnerability_id", "operating_system_id", "package_id", "blob_id"];
    let ecosystem = source.view("packages", ["ecosystem"])?;
    let mut sorted = Sorted::new();
    for (table, is_affected) in
        [("affected_package_handles", true), ("unaffected_package_handles", false)]
    {
        let Some(view) = source.view_if_there(table, COLUMNS)? else { continue };
        source.each(view, &mut |row, [vulnerability, release, package, blob]| {
            tally.record();
            let numbers = (integer(vulnerability), integer(package), integer(blob));
            let (Some(vulnerability), Some(package), Some(blob)) = numbers else {
                tally.skip("row without what it joins");
                return Ok(());
            };
            let mut handle = Handle { row, vulnerability, package, blob, is_affected, place: None };
            let segment = match integer(release) {
                Some(release) => {
                    let place = releases.by_row.get(&release).copied();
                    match place.unwrap_or(Err("statement about a release that is not there")) {
                        Ok(place) => handle.place = Some(place),
                        Err(why) => {
                            tally.skip(why);
                            return Ok(());
                        }
                    }
                    handle
                        .place
                        .and_then(|place| releases.places.get(place))
                        .map(|place| &place.segment)
                        .cloned()
                }
                None => source
                    .at(ecosystem, package, |[name]| of_registry(&source.text(name)))?
                    .flatten(),
            };
            match segment {
                Some(segment) => {
                    let name = segment.name.clone();
                    sorted.entry(name).or_insert((segment, Vec::new())).1.push(handle);
                }
                None => tally.skip("statement about packages that are not read"),
            }
            Ok(())
        })?;
    }
    Ok(sorted)
}

/// What is known of vulnerabilities by their CVE, whatever source speaks of them.
struct Known {
    /// NVD's documents.
    nvd: BTreeMap<String, i64>,
    weaknesses: BTreeMap<String, BTreeSet<String>>,
}

impl Known {
    fn read(source: &Source<'_>) -> Result<Self, ImportError> {
        let mut nvd = BTreeMap::new();
        let view = source.view("vulnerability_handles", ["name", "provider_id", "blob_id"])?;
        source.each(view, &mut |_, [name, provider, blob]| {
            if source.text(provider) == NVD
                && let Some(blob) = integer(blob)
            {
                nvd.insert(source.text(name).into_owned(), blob);
            }
            Ok(())
        })?;
        let mut weaknesses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        if let Some(view) = source.view_if_there("cwe_handles", ["cve", "cwe"])? {
            source.each(view, &mut |_, [cve, weakness]| {
                let weakness = source.text(weakness);
                // NVD's way to say that there is none.
                if weakness.starts_with("CWE-") {
                    let known = weaknesses.entry(source.text(cve).into_owned()).or_default();
                    known.insert(weakness.into_owned());
                }
                Ok(())
            })?;
        }
        Ok(Self { nvd, weaknesses })
    }
}

/// A vulnerability as one source has it.
struct Named {
    name: String,
    is_withdrawn: bool,
    published: Option<i64>,
    modified: Option<i64>,
    blob: Option<i64>,
}

/// What is read into one segment.
struct Import<'i, 'a> {
    source: &'i Source<'a>,
    known: &'i Known,
    releases: &'i Releases,
    tally: &'i mut Tally,
    draft: Draft,
}

impl Import<'_, '_> {
    fn statement(&mut self, handle: Handle) -> Result<(), ImportError> {
        let place = handle.place.and_then(|place| self.releases.places.get(place));
        let Some(named) = self.named(handle.vulnerability)? else {
            self.tally.skip("row without what it joins");
            return Ok(());
        };
        if named.is_withdrawn {
            self.tally.skip("withdrawn");
            return Ok(());
        }
        let table = if handle.is_affected { "affected" } else { "unaffected" };
        let place_of_row = format!("{table}_package_handles#{}", handle.row);
        let Some(statement) = self.document::<Statement>(handle.blob, &place_of_row)? else {
            return Ok(());
        };
        if statement.is_of_a_platform() {
            self.tally.skip("limited to a platform named by CPE");
            return Ok(());
        }
        if statement.has_other_conditions() {
            self.tally.note("condition that is not understood, and is passed over");
        }
        let extent = if handle.is_affected {
            statement.affected(self.tally)
        } else {
            let announces_fixes = place.is_some_and(|place| place.announces_fixes);
            statement.unaffected(announces_fixes, self.tally)
        };
        let Some(extent) = extent else { return Ok(()) };
        let Some(package) = self.package(handle.package, place)? else {
            self.tally.skip("row without what it joins");
            return Ok(());
        };
        let conditions = Conditions {
            arches: Vec::new(),
            module: statement.module(),
            channel: place.and_then(|place| place.channel.clone()),
        };
        let affected = Affected {
            imports: Vec::new(),
            package,
            status: extent.status,
            ranges: extent.ranges,
            versions: extent.versions,
            severity: None,
            conditions,
        };
        self.file(&named, &statement, affected, place.is_some())
    }

    /// The name a package is filed under.
    fn package(&self, row: i64, place: Option<&Place>) -> Result<Option<String>, ImportError> {
        let view = self.source.view("packages", ["ecosystem", "name"])?;
        self.source.at(view, row, |[ecosystem, name]| {
            let registry = || of_registry(&self.source.text(ecosystem));
            let ecosystem = place.map_or_else(
                || registry().map_or(Ecosystem::Generic, |segment| segment.ecosystem),
                |place| place.segment.ecosystem,
            );
            filed_under(ecosystem, &self.source.text(name)).into_owned()
        })
    }

    fn named(&self, row: i64) -> Result<Option<Named>, ImportError> {
        const COLUMNS: [&str; 6] =
            ["name", "status", "published_date", "modified_date", "withdrawn_date", "blob_id"];
        let view: View<6> = self.source.view("vulnerability_handles", COLUMNS)?;
        self.source.at(view, row, |[name, status, published, modified, withdrawn, blob]| Named {
            name: self.source.text(name).into_owned(),
            is_withdrawn: self.source.text(status) == "rejected" || withdrawn != Value::Null,
            published: moment(&self.source.text(published)),
            modified: moment(&self.source.text(modified)),
            blob: integer(blob),
        })
    }

    /// A JSON document; nothing, and a refusal, where it is none.
    fn document<T: serde::de::DeserializeOwned + Default>(
        &mut self,
        blob: i64,
        of: &str,
    ) -> Result<Option<T>, ImportError> {
        let view = self.source.view("blobs", ["value"])?;
        let read = self.source.at(view, blob, |[value]| {
            let text = match value {
                Value::Blob(bytes) => String::from_utf8_lossy(bytes),
                text => self.source.text(text),
            };
            serde_json::from_str::<T>(&text)
        })?;
        Ok(match read {
            Some(Ok(document)) => Some(document),
            Some(Err(error)) => {
                self.tally.refuse(of.to_owned(), &error);
                None
            }
            None => {
                self.tally.refuse(of.to_owned(), &format!("there is no document {blob}"));
                None
            }
        })
    }

    /// Files a statement under the vulnerability it is about. A distribution's announcement of
    /// several is no vulnerability itself: each has a record, and the announcement is an alias.
    fn file(
        &mut self,
        named: &Named,
        statement: &Statement,
        affected: Affected,
        is_os: bool,
    ) -> Result<(), ImportError> {
        let document = match named.blob {
            Some(blob) => self.document::<Vulnerability>(blob, &named.name)?.unwrap_or_default(),
            None => Vulnerability::default(),
        };
        let aliases = || document.aliases.iter().chain(&statement.cves);
        let is_cve = |id: &str| id.starts_with("CVE-");
        let mut records: BTreeSet<&str> = BTreeSet::new();
        if is_os && !is_cve(&named.name) {
            records.extend(aliases().map(String::as_str).filter(|id| is_cve(id)));
        }
        let several = !records.is_empty();
        if !several {
            records.insert(&named.name);
        }
        for record in records {
            let cve = aliases().map(String::as_str).find(|id| is_cve(id));
            let cve = if is_cve(record) { Some(record) } else { cve };
            if !self.draft.has(record) {
                let described = self.described(record, cve, named, &document)?;
                self.draft.advisory(record, || described);
            }
            let advisory = self.draft.advisory(record, Advisory::default);
            advisory.severity = advisory.severity.max(document.severity());
            if several {
                advisory.aliases.push(named.name.clone());
            } else {
                advisory.aliases.extend(aliases().cloned());
            }
            advisory.affected.push(affected.clone());
            // A name of Grype's means the package itself, and every package built from the source
            // of that name.
            if self.draft.ecosystem() == Ecosystem::Rpm {
                let package = format!("src:{}", affected.package);
                let of_source = Affected { package, ..affected.clone() };
                self.draft.advisory(record, Advisory::default).affected.push(of_source);
            }
        }
        Ok(())
    }

    /// A record with the source's own scores, else NVD's.
    fn described(
        &mut self,
        record: &str,
        cve: Option<&str>,
        named: &Named,
        document: &Vulnerability,
    ) -> Result<Advisory, ImportError> {
        let mut scores = document.scores();
        let nvd = cve.and_then(|cve| self.known.nvd.get(cve)).copied();
        if let (true, Some(blob)) = (scores.is_empty(), nvd) {
            let of = cve.unwrap_or_default();
            scores = self.document::<Vulnerability>(blob, of)?.unwrap_or_default().scores();
        }
        let weaknesses = cve.and_then(|cve| self.known.weaknesses.get(cve));
        Ok(Advisory {
            id: record.to_owned(),
            severity: document.severity(),
            scores,
            cwes: weaknesses.into_iter().flatten().cloned().collect(),
            published: named.published,
            modified: named.modified,
            ..Advisory::default()
        })
    }
}

/// A time as Go's database library writes it: `2024-09-03 16:15:07.177+00:00`.
fn moment(text: &str) -> Option<i64> {
    let text = text.trim().replacen(' ', "T", 1);
    OffsetDateTime::parse(&text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_offset() {
        // `date -u -d … +%s`
        assert_eq!(moment("2024-09-03 16:15:07.177+00:00"), Some(1_725_380_107));
        assert_eq!(moment("2024-09-03 18:15:07+02:00"), Some(1_725_380_107));
        assert_eq!(moment("2024-09-03T16:15:07Z"), Some(1_725_380_107));
        assert_eq!(moment(""), None);
        assert_eq!(moment("yesterday"), None);
    }
}
