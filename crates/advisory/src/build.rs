//! Records to files: intern, sort, write. Equal records give equal bytes.

use crate::enrich::{Enrichments, Kind, Stated, tables};
use crate::first_seen::{Before, Seen, time_of};
use crate::format::{
    DIRECTORY_ROW_BYTES, FORMAT, HAS_MODIFIED, HAS_PUBLISHED, HEADER_BYTES, MAGIC, MANIFEST_FILE,
    MARK, NONE, Section, pack_cve, severity_code, slot_of, status_code,
};
use crate::interval::RangeRef;
use crate::manifest::{Manifest, Old, SegmentInfo, is_segment_name};
use crate::reader::{Db, DbError, broken};
use crate::records::{Records, SegmentRecords};
use lazaret_core::advisory::{Advisory, Affected, Conditions, Range, RangeEnd};
use lazaret_core::digest::{Algorithm, Digest, DigestError};
use lazaret_core::version::Scheme;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Why records could not be made into a database.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A segment's name cannot begin the name of a file.
    #[error("`{0}` cannot name a segment: use lower-case letters, digits, `.`, `+`, `_` and `-`")]
    Name(String),
    /// Something is larger than the format has room for.
    #[error("segment `{segment}` has too many {what}")]
    TooLarge {
        /// The segment.
        segment: String,
        /// What there is too much of.
        what: &'static str,
    },
    /// A finished file could not be handed over.
    #[error("failed to write `{file}`")]
    Write {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database before this one could not be asked.
    #[error("failed to read first-seen times from the previous database")]
    Previous(#[source] DbError),
    /// The manifest could not be written as JSON.
    #[error("failed to write the manifest")]
    Manifest(#[source] serde_json::Error),
    /// A digest could not be written as text.
    #[error("failed to name a segment file")]
    Digest(#[source] DigestError),
}

/// What a database is built with besides its records.
#[derive(Clone, Copy, Default)]
pub struct BuildOptions<'a> {
    /// The time the database stands for, in seconds since 1970 (UTC). Without one it is the newest
    /// date of any record; it is never earlier than that of the previous database.
    pub at: Option<i64>,
    /// The database this one follows, which says when records and fixes were first seen.
    pub previous: Option<&'a Db>,
}

/// Writes every segment and, last, the manifest. `write` gets each file's name and bytes; a folder
/// being updated should keep its old files until the manifest is replaced.
pub fn write_database(
    records: &Records,
    write: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<Manifest, BuildError> {
    write_database_with(records, &BuildOptions::default(), write)
}

/// [`write_database`] at a time of its own, or with the first-seen times of a database before it.
pub fn write_database_with(
    records: &Records,
    options: &BuildOptions<'_>,
    write: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<Manifest, BuildError> {
    write_database_keeping(records, options, Stay::default(), write)
}

/// What of the database before stays in the one that is written.
#[derive(Clone, Debug, Default)]
pub struct Stay {
    /// Whole segments, in place of those of the same name. Their files are not written: they are
    /// where the others are to be.
    pub kept: Vec<SegmentInfo>,
    /// Segments that are written, and yet are as old as this in part, by name.
    pub old: BTreeMap<String, Old>,
}

/// [`write_database_with`], where something of the database before stays.
pub fn write_database_keeping(
    records: &Records,
    options: &BuildOptions<'_>,
    stay: Stay,
    write: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<Manifest, BuildError> {
    let at = options.at.or_else(|| time_of(records));
    let mut database = DatabaseWriter { stay, ..DatabaseWriter::new(options, at, write) };
    let scores = records.enrichments.scores.iter().map(|named| (named, Some(Kind::Scores)));
    let advisories = records.segments.iter().map(|named| (named, None));
    for ((name, segment), kind) in advisories.chain(scores) {
        let feeds = records.shares.get(name).cloned().unwrap_or_default();
        database.write(name, segment, kind, feeds)?;
    }
    database.finish(&records.enrichments)
}

/// A database that is written one segment after the other, for records that are too many to be kept
/// all at once.
pub(crate) struct DatabaseWriter<'a, 'w> {
    previous: Option<&'a Db>,
    built: Option<i64>,
    stay: Stay,
    segments: Vec<SegmentInfo>,
    /// What the segments say of severities.
    stated: Stated,
    write: &'w mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
}

impl<'a, 'w> DatabaseWriter<'a, 'w> {
    /// Begins a database of a time, in seconds since 1970 (UTC).
    pub(crate) fn new(
        options: &BuildOptions<'a>,
        at: Option<i64>,
        write: &'w mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
    ) -> Self {
        let built = at.max(options.previous.and_then(Db::time));
        let (stay, segments, stated) = (Stay::default(), Vec::new(), Stated::default());
        Self { previous: options.previous, built, stay, segments, stated, write }
    }

    /// Writes a segment of advisories. Each name comes once.
    pub(crate) fn segment(
        &mut self,
        name: &str,
        segment: &SegmentRecords,
    ) -> Result<(), BuildError> {
        self.write(name, segment, None, BTreeMap::new())
    }

    fn write(
        &mut self,
        name: &str,
        segment: &SegmentRecords,
        kind: Option<Kind>,
        feeds: BTreeMap<String, u64>,
    ) -> Result<(), BuildError> {
        if kind.is_none() {
            self.stated.add(name, segment);
        }
        if self.is_kept(name) {
            return Ok(());
        }
        let normal = normalize(segment);
        let before = self.previous.map_or(Ok(None), |db| db.segment(name));
        let before = Before { segment: before.map_err(BuildError::Previous)?, built: self.built };
        let bytes = encode(name, segment, &normal, before)?;
        let digest = sha256(&bytes).map_err(BuildError::Digest)?;
        let file = file_name(name, &digest);
        hand_over(self.write, &file, &bytes)?;
        let packages: BTreeSet<&str> =
            normal.iter().flat_map(|r| &r.affected).map(|affected| affected.package).collect();
        self.segments.push(SegmentInfo {
            name: name.to_owned(),
            kind: kind.map(|kind| kind.name().to_owned()),
            file,
            digest,
            blake3: Some(blake3(&bytes)),
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            ecosystem: segment.ecosystem.purl_type().to_owned(),
            scheme: segment.scheme.name().to_owned(),
            source: segment.source.clone(),
            gap: segment.gap.clone(),
            feeds,
            old: self.stay.old.get(name).cloned(),
            records: fit(normal.len(), name, "records")?,
            packages: fit(packages.len(), name, "packages")?,
            newest: newest(segment),
        });
        Ok(())
    }

    /// Writes a table that is encoded already.
    fn table(&mut self, info: SegmentInfo, bytes: &[u8]) -> Result<(), BuildError> {
        if !self.is_kept(&info.name) {
            hand_over(self.write, &info.file, bytes)?;
            self.segments.push(info);
        }
        Ok(())
    }

    /// Whether what was there before stays under this name.
    fn is_kept(&self, name: &str) -> bool {
        self.stay.kept.iter().any(|kept| kept.name == name)
    }

    /// Writes the tables and, last, the manifest.
    pub(crate) fn finish(mut self, enrichments: &Enrichments) -> Result<Manifest, BuildError> {
        self.stated.add_others(&enrichments.severities);
        for table in tables(enrichments, &std::mem::take(&mut self.stated))? {
            let (info, bytes) = table?;
            self.table(info, &bytes)?;
        }
        self.segments.extend(self.stay.kept);
        let manifest = Manifest::new(self.segments, self.built);
        let json = manifest.to_json().map_err(BuildError::Manifest)?;
        hand_over(self.write, MANIFEST_FILE, json.as_bytes())?;
        Ok(manifest)
    }
}

/// The name of a segment's file.
pub(crate) fn file_name(segment: &str, digest: &Digest) -> String {
    format!("{segment}.{}.segment", digest.hex().get(..16).unwrap_or_default())
}

fn hand_over(
    write: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
    file: &str,
    bytes: &[u8],
) -> Result<(), BuildError> {
    write(file, bytes).map_err(|source| BuildError::Write { file: file.to_owned(), source })
}

/// Writes one segment as `docs/formats/advisory-db.md` describes it.
pub fn write_segment(name: &str, records: &SegmentRecords) -> Result<Vec<u8>, BuildError> {
    encode(name, records, &normalize(records), Before::default())
}

fn encode(
    name: &str,
    records: &SegmentRecords,
    normal: &[Record<'_>],
    before: Before<'_>,
) -> Result<Vec<u8>, BuildError> {
    if !is_segment_name(name) {
        return Err(BuildError::Name(name.to_owned()));
    }
    let ecosystem = records.ecosystem.purl_type();
    let scheme = records.scheme.name();
    let conditions = ConditionTable::collect(name, normal)?;
    let header = [name, ecosystem, scheme].into_iter();
    let strings = Strings::collect(name, header.chain(conditions.texts()).collect(), normal)?;
    let mut words = Words { segment: name, bytes: Vec::new(), places: HashMap::new() };

    let mut advisories: Vec<u8> = Vec::new();
    let mut by_package: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for (position, record) in normal.iter().enumerate() {
        push(&mut advisories, strings.id(record.id));
        push(&mut advisories, words.intern(facts(record, &strings, name)?)?);
        let position = fit(position, name, "records")?;
        for affected in &record.affected {
            let extent = words.intern(extent(affected, &strings, name)?)?;
            let number = conditions.number(affected.conditions);
            let row = affected_row(position, extent, affected, number);
            let has_fix =
                affected.ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
            let seen = Seen {
                record: record.id,
                conditions: affected.conditions,
                date: record.published.or(record.modified),
                has_fix,
            };
            let imports = affected.imports.as_deref().map_or(NONE, |text| strings.text(text));
            by_package.entry(affected.package).or_default().push((row, imports, seen));
        }
    }

    let mut packages: Vec<u8> = Vec::new();
    let mut affected: Vec<u8> = Vec::new();
    let mut times: Vec<u8> = Vec::new();
    let mut imports: Vec<u8> = Vec::new();
    let mut rows = 0_usize;
    for (package, group) in &by_package {
        push(&mut packages, strings.text(package));
        push(&mut packages, fit(rows, name, "affected packages")?);
        let known = before
            .of_package(package)
            .map_err(|damage| BuildError::Previous(broken(name, damage.into())))?;
        for (row, parts, seen) in group {
            affected.extend(row);
            push(&mut imports, *parts);
            times.extend(before.times(known.as_ref(), seen).iter().flat_map(|t| t.to_le_bytes()));
        }
        rows = rows.saturating_add(group.len());
    }

    // Where every time is the record's own date, there is nothing to say.
    if times.iter().all(|byte| *byte == 0) {
        times.clear();
    }
    // And so where every row is about all of its package.
    if imports.iter().all(|byte| *byte == u8::MAX) {
        imports.clear();
    }

    let slots = slots(by_package.keys().copied(), by_package.len(), name)?;
    let conditions_section = conditions.encode(&strings);
    let header = [strings.text(name), strings.text(ecosystem), strings.text(scheme)];
    let mut sections = Section::ALL
        .map(|section| {
            let bytes = match section {
                Section::Strings => strings.bytes.as_slice(),
                Section::Packages => &packages,
                Section::Slots => &slots,
                Section::Affected => &affected,
                Section::Advisories => &advisories,
                Section::Words => &words.bytes,
                Section::Conditions => &conditions_section,
                Section::Times => &times,
                Section::Imports => &imports,
            };
            (section.tag(), bytes)
        })
        .to_vec();
    // A section that adds to the rows of others is only there where it has something to say.
    sections.retain(|(tag, bytes)| *tag <= Section::Words.tag() || !bytes.is_empty());
    assemble(name, header, &sections)
}

/// Puts header, directory and sections behind one another.
pub(crate) fn assemble(
    name: &str,
    header: [u32; 3],
    sections: &[(u32, &[u8])],
) -> Result<Vec<u8>, BuildError> {
    let directory_bytes = sections.len().saturating_mul(DIRECTORY_ROW_BYTES);
    let mut directory: Vec<u8> = Vec::new();
    let mut body: Vec<u8> = Vec::new();
    let body_offset = HEADER_BYTES.saturating_add(directory_bytes);
    for (tag, bytes) in sections {
        push(&mut directory, *tag);
        push(&mut directory, fit(body_offset.saturating_add(body.len()), name, "bytes")?);
        push(&mut directory, fit(bytes.len(), name, "bytes")?);
        body.extend_from_slice(bytes);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut file: Vec<u8> = MAGIC.to_vec();
    push(&mut file, FORMAT);
    push(&mut file, fit(body_offset.saturating_add(body.len()), name, "bytes")?);
    file.extend(header.iter().flat_map(|word| word.to_le_bytes()));
    push(&mut file, fit(sections.len(), name, "sections")?);
    file.extend_from_slice(&directory);
    file.extend_from_slice(&body);
    Ok(file)
}

/// A row of *affected*, what it has in *imports*, and what its times are told by.
type Row<'a> = ([u8; 12], u32, Seen<'a>);

/// A record in the one order the file knows.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Record<'a> {
    id: &'a str,
    severity: u8,
    published: Option<i64>,
    modified: Option<i64>,
    aliases: Vec<&'a str>,
    cwes: Vec<&'a str>,
    scores: Vec<(&'a str, u8)>,
    affected: Vec<Named<'a>>,
}

/// What a record says of one package.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Named<'a> {
    package: &'a str,
    conditions: &'a Conditions,
    ranges: Vec<&'a Range>,
    versions: Vec<&'a str>,
    status: u8,
    severity: u8,
    /// The parts it is about as the file has them: one text, with commas between.
    imports: Option<String>,
}

/// The distinct conditions of a segment; number 0 is none at all.
struct ConditionTable<'a> {
    rows: BTreeMap<&'a Conditions, ConditionRow>,
}

struct ConditionRow {
    number: u16,
    /// Architectures as the file has them: one text, with commas between.
    arches: Option<String>,
}

impl<'a> ConditionTable<'a> {
    fn collect(segment: &str, normal: &[Record<'a>]) -> Result<Self, BuildError> {
        let all: BTreeSet<&'a Conditions> = normal
            .iter()
            .flat_map(|record| record.affected.iter().map(|affected| affected.conditions))
            .filter(|conditions| !conditions.is_none())
            .collect();
        let what = "kinds of conditions";
        let rows = all
            .into_iter()
            .zip(1_usize..)
            .map(|(conditions, number)| match u16::try_from(number) {
                Ok(number) => {
                    let arches =
                        (!conditions.arches.is_empty()).then(|| conditions.arches.join(","));
                    Ok((conditions, ConditionRow { number, arches }))
                }
                Err(_) => Err(BuildError::TooLarge { segment: segment.to_owned(), what }),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    fn number(&self, conditions: &Conditions) -> u16 {
        self.rows.get(conditions).map_or(0, |row| row.number)
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flat_map(|(conditions, row)| {
            [row.arches.as_deref(), conditions.module.as_deref(), conditions.channel.as_deref()]
                .into_iter()
                .flatten()
        })
    }

    fn encode(&self, strings: &Strings<'_>) -> Vec<u8> {
        let mut section = Vec::new();
        let text = |text: Option<&str>| text.map_or(NONE, |text| strings.text(text));
        for (conditions, row) in &self.rows {
            push(&mut section, text(row.arches.as_deref()));
            push(&mut section, text(conditions.module.as_deref()));
            push(&mut section, text(conditions.channel.as_deref()));
        }
        section
    }
}

/// Sorts everything that has no order of its own and drops what is said twice.
fn normalize(records: &SegmentRecords) -> Vec<Record<'_>> {
    let mut normal: Vec<Record<'_>> =
        records.advisories.iter().map(|advisory| record(advisory, records.scheme)).collect();
    normal.sort();
    normal.dedup();
    normal
}

fn record(advisory: &Advisory, scheme: Scheme) -> Record<'_> {
    let id = advisory.id.as_str();
    let mut scores: Vec<(&str, u8)> = Vec::new();
    for score in &advisory.scores {
        let score = (score.vector.as_str(), tenths(score.score));
        if !scores.contains(&score) {
            scores.push(score);
        }
    }
    let mut affected: Vec<Named<'_>> =
        advisory.affected.iter().map(|affected| named(affected, scheme)).collect();
    affected.sort();
    affected.dedup();
    Record {
        id,
        severity: severity_code(advisory.severity),
        published: advisory.published,
        modified: advisory.modified,
        aliases: distinct(advisory.aliases.iter().map(String::as_str).filter(|alias| *alias != id)),
        cwes: distinct(advisory.cwes.iter().map(String::as_str)),
        scores,
        affected,
    }
}

fn named(affected: &Affected, scheme: Scheme) -> Named<'_> {
    let ranges: Vec<&Range> = distinct(affected.ranges.iter());
    let versions = affected.versions.iter().map(String::as_str).filter(|version| {
        !ranges.iter().any(|range| RangeRef::from(*range).contains(scheme, version) == Some(true))
    });
    let versions = distinct(versions);
    Named {
        package: &affected.package,
        conditions: &affected.conditions,
        ranges,
        versions,
        status: status_code(affected.status),
        severity: severity_code(affected.severity),
        imports: (!affected.imports.is_empty())
            .then(|| distinct(affected.imports.iter().map(String::as_str)).join(",")),
    }
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<BTreeSet<T>>().into_iter().collect()
}

/// Ten times a base score, which CVSS rounds to one decimal.
fn tenths(score: f64) -> u8 {
    let wanted = (score * 10.0).round();
    (0..=100).rev().find(|tenths| f64::from(*tenths) <= wanted).unwrap_or(0)
}

/// The facts of a record, as words.
fn facts(
    record: &Record<'_>,
    strings: &Strings<'_>,
    segment: &str,
) -> Result<Vec<u32>, BuildError> {
    let count = |n: usize, what| {
        u16::try_from(n)
            .map(u32::from)
            .map_err(|_| BuildError::TooLarge { segment: segment.to_owned(), what })
    };
    let aliases = count(record.aliases.len(), "aliases of one record")?;
    let cwes = count(record.cwes.len(), "weaknesses of one record")?;
    let scores = count(record.scores.len(), "scores of one record")?;
    let mut head = u32::from(record.severity) | (aliases << 16);
    let mut dates = Vec::new();
    for (date, bit) in [(record.published, HAS_PUBLISHED), (record.modified, HAS_MODIFIED)] {
        if let Some(seconds) = date {
            head |= bit;
            let bytes = seconds.to_le_bytes();
            dates.extend(bytes.as_chunks::<4>().0.iter().copied().map(u32::from_le_bytes));
        }
    }
    let mut words = vec![head, cwes | (scores << 16)];
    words.append(&mut dates);
    words.extend(record.aliases.iter().map(|alias| strings.id(alias)));
    words.extend(record.cwes.iter().map(|cwe| strings.text(cwe)));
    words.extend(
        record
            .scores
            .iter()
            .flat_map(|(vector, tenths)| [strings.text(vector), u32::from(*tenths)]),
    );
    Ok(words)
}

/// The ranges and versions of one package, as words.
fn extent(
    affected: &Named<'_>,
    strings: &Strings<'_>,
    segment: &str,
) -> Result<Vec<u32>, BuildError> {
    let mut words = vec![
        fit(affected.ranges.len(), segment, "ranges of one package")?,
        fit(affected.versions.len(), segment, "versions of one package")?,
    ];
    for range in &affected.ranges {
        words.push(range.introduced.as_deref().map_or(NONE, |version| strings.text(version)));
        words.push(match &range.end {
            RangeEnd::Fixed(version) => strings.text(version),
            RangeEnd::LastAffected(version) => strings.text(version) | MARK,
            RangeEnd::Open => NONE,
        });
    }
    words.extend(affected.versions.iter().map(|version| strings.text(version)));
    Ok(words)
}

fn affected_row(advisory: u32, extent: u32, affected: &Named<'_>, conditions: u16) -> [u8; 12] {
    let mut row = [0; 12];
    let [low, high] = conditions.to_le_bytes();
    let codes = u32::from_le_bytes([affected.status, affected.severity, low, high]);
    for (bytes, word) in row.as_chunks_mut::<4>().0.iter_mut().zip([advisory, extent, codes]) {
        *bytes = word.to_le_bytes();
    }
    row
}

/// The hash table over package names, which come in their order.
fn slots<'a>(
    names: impl Iterator<Item = &'a str>,
    count: usize,
    segment: &str,
) -> Result<Vec<u8>, BuildError> {
    let size = count.saturating_mul(2).max(1).next_power_of_two();
    let mut slots = vec![0_u32; size];
    for (position, name) in names.enumerate() {
        let entry = fit(position, segment, "packages")?.saturating_add(1);
        let first = slot_of(name, size);
        // At most half of the slots are taken, so one of them is free.
        let free = (first..size).chain(0..first).find(|slot| slots.get(*slot) == Some(&0));
        if let Some(slot) = free.and_then(|slot| slots.get_mut(slot)) {
            *slot = entry;
        }
    }
    Ok(slots.into_iter().flat_map(u32::to_le_bytes).collect())
}

/// The strings section and where each text is in it.
pub(crate) struct Strings<'a> {
    pub(crate) bytes: Vec<u8>,
    places: HashMap<&'a str, u32>,
}

impl<'a> Strings<'a> {
    /// A section with the texts of an enrichment.
    pub(crate) fn of(segment: &str, texts: BTreeSet<&'a str>) -> Result<Self, BuildError> {
        Self::collect(segment, texts, &[])
    }

    fn collect(
        segment: &str,
        mut texts: BTreeSet<&'a str>,
        records: &'a [Record<'a>],
    ) -> Result<Self, BuildError> {
        for record in records {
            let ids = record.aliases.iter().copied().chain([record.id]);
            texts.extend(ids.filter(|id| pack_cve(id).is_none()));
            texts.extend(&record.cwes);
            texts.extend(record.scores.iter().map(|(vector, _)| *vector));
            for affected in &record.affected {
                texts.insert(affected.package);
                texts.extend(&affected.versions);
                texts.extend(affected.imports.as_deref());
                for range in &affected.ranges {
                    texts.extend(range.introduced.as_deref());
                    match &range.end {
                        RangeEnd::Fixed(version) | RangeEnd::LastAffected(version) => {
                            texts.insert(version);
                        }
                        RangeEnd::Open => {}
                    }
                }
            }
        }
        let mut bytes = Vec::new();
        let mut places = HashMap::with_capacity(texts.len());
        for text in texts {
            let place = fit(bytes.len(), segment, "bytes of text")?;
            places.insert(text, place);
            length_prefix(&mut bytes, fit(text.len(), segment, "bytes in one text")?);
            bytes.extend_from_slice(text.as_bytes());
            // Bit 31 tells references apart, and four length bytes hold 28 bits.
            if place >= MARK || text.len() >= 1 << 28 {
                let segment = segment.to_owned();
                return Err(BuildError::TooLarge { segment, what: "bytes of text" });
            }
        }
        Ok(Self { bytes, places })
    }

    /// The reference to a text, which is in the section because `collect` saw the same records.
    pub(crate) fn text(&self, text: &str) -> u32 {
        self.places.get(text).copied().unwrap_or(NONE)
    }

    fn id(&self, id: &str) -> u32 {
        pack_cve(id).unwrap_or_else(|| self.text(id))
    }
}

/// A number as LEB128: seven bits a byte, least first.
fn length_prefix(bytes: &mut Vec<u8>, mut length: u32) {
    loop {
        let low = u8::try_from(length & 0x7f).unwrap_or(0);
        length >>= 7;
        if length == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

/// The words section; equal lists are kept once.
struct Words<'a> {
    segment: &'a str,
    bytes: Vec<u8>,
    places: HashMap<Vec<u32>, u32>,
}

impl Words<'_> {
    /// Where a list is, in words.
    fn intern(&mut self, list: Vec<u32>) -> Result<u32, BuildError> {
        if let Some(place) = self.places.get(&list) {
            return Ok(*place);
        }
        let place = fit(self.bytes.len() / 4, self.segment, "words")?;
        self.bytes.extend(list.iter().flat_map(|word| word.to_le_bytes()));
        self.places.insert(list, place);
        Ok(place)
    }
}

fn push(bytes: &mut Vec<u8>, word: u32) {
    bytes.extend_from_slice(&word.to_le_bytes());
}

pub(crate) fn fit(n: usize, segment: &str, what: &'static str) -> Result<u32, BuildError> {
    u32::try_from(n).map_err(|_| BuildError::TooLarge { segment: segment.to_owned(), what })
}

/// The SHA-256 of bytes.
/// The faster checksum of a file, in hexadecimal.
pub(crate) fn blake3(bytes: &[u8]) -> String {
    ::blake3::hash(bytes).to_hex().as_str().to_owned()
}

pub(crate) fn sha256(bytes: &[u8]) -> Result<Digest, DigestError> {
    Digest::from_bytes(Algorithm::Sha256, &Sha256::digest(bytes))
}

/// The newest date of a segment, by what its records say of their publication first.
fn newest(records: &SegmentRecords) -> Option<String> {
    let dates = records.advisories.iter().filter_map(|record| record.published.or(record.modified));
    dates.max().and_then(rfc3339)
}

/// Seconds since 1970 as RFC 3339 in UTC; nothing for years that have no four digits.
pub(crate) fn rfc3339(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}
