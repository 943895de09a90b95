//! One segment's bytes, read where they lie. Nothing is parsed ahead: every view checks the
//! references it follows, when it follows them.

use crate::format::{
    ADVISORY_ROW_BYTES, AFFECTED_ROW_BYTES, CONDITION_ROW_BYTES, DIRECTORY_ROW_BYTES, FORMAT,
    HAS_MODIFIED, HAS_PUBLISHED, HEADER_BYTES, IMPORTS_ROW_BYTES, IdRef, MAGIC, MARK, NO_TIME,
    NONE, OWN_DATE, PACKAGE_ROW_BYTES, SECTIONS_MAX, Section, TIMES_ROW_BYTES, WORD_BYTES,
    severity_of, slot_of, status_of, unpack_cve,
};
use crate::interval::{EndRef, RangeRef};
use lazaret_core::advisory::{Advisory, Affected, Conditions, Score, Status};
use lazaret_core::severity::Severity;
use std::ops::Range;

/// A reference in a segment that leads nowhere, or a code that means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its {0} are damaged")]
pub struct Damage(pub(crate) &'static str);

/// Why bytes are no segment this program can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// They do not begin as a segment does.
    #[error("it is no segment of an advisory database")]
    Magic,
    /// They are of a format this program does not know yet.
    #[error("it has format {0}, and this program reads format {FORMAT}")]
    Newer(u32),
    /// Something in them leads nowhere.
    #[error(transparent)]
    Damaged(#[from] Damage),
}

/// A segment, borrowed from the bytes of its file.
#[derive(Clone, Copy, Debug)]
pub struct SegmentRef<'a> {
    name: u32,
    ecosystem: u32,
    scheme: u32,
    sections: [&'a [u8]; Section::ALL.len()],
}

const HEADER: Damage = Damage("header fields");

/// What the header of a file says besides where its sections are.
pub(crate) struct Header {
    /// References to the texts at 16, 20 and 24.
    pub(crate) names: [u32; 3],
}

/// Reads the header of a file and shows each section by its tag; none where it does not lie in the
/// file. `each` says whether that is sound: what it does not know, it passes over.
pub(crate) fn read_sections<'a>(
    bytes: &'a [u8],
    each: &mut dyn FnMut(u32, Option<&'a [u8]>) -> bool,
) -> Result<Header, SegmentError> {
    if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
        return Err(SegmentError::Magic);
    }
    let header: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or(HEADER)?;
    let field = |at: usize| word(header, at).ok_or(HEADER);
    let format = field(8)?;
    if format > FORMAT {
        return Err(SegmentError::Newer(format));
    }
    let count = field(28)?;
    if format != FORMAT || index(field(12)?) != bytes.len() || count > SECTIONS_MAX {
        return Err(HEADER.into());
    }
    let directory = bytes.get(HEADER_BYTES..).unwrap_or_default();
    for position in 0..index(count) {
        let row = row::<DIRECTORY_ROW_BYTES>(directory, position).ok_or(HEADER)?;
        let [tag, offset, length] = words_of(row);
        let start = index(offset);
        let end = start.checked_add(index(length));
        if !each(tag, end.and_then(|end| bytes.get(start..end))) {
            return Err(HEADER.into());
        }
    }
    Ok(Header { names: [field(16)?, field(20)?, field(24)?] })
}

/// Puts a section in its place; not where it is missing or comes again.
pub(crate) fn fill<'a>(slot: &mut Option<&'a [u8]>, found: Option<&'a [u8]>) -> bool {
    found.is_some_and(|found| slot.replace(found).is_none())
}

impl<'a> SegmentRef<'a> {
    /// Reads the header and finds the sections.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, SegmentError> {
        let mut sections = [None; Section::ALL.len()];
        let header = read_sections(bytes, &mut |tag, found| {
            let place = Section::ALL.iter().position(|section| section.tag() == tag);
            place.and_then(|place| sections.get_mut(place)).is_none_or(|slot| fill(slot, found))
        })?;
        let [
            Some(strings),
            Some(packages),
            Some(slots),
            Some(affected),
            Some(records),
            Some(words),
            conditions,
            times,
            imports,
        ] = sections
        else {
            return Err(HEADER.into());
        };
        let [name, ecosystem, scheme] = header.names;
        Ok(Self {
            name,
            ecosystem,
            scheme,
            sections: [
                strings,
                packages,
                slots,
                affected,
                records,
                words,
                conditions.unwrap_or_default(),
                times.unwrap_or_default(),
                imports.unwrap_or_default(),
            ],
        })
    }

    /// The segment's name.
    pub fn name(&self) -> Result<&'a str, Damage> {
        self.text(self.name)
    }

    /// The package-url type of the packages it names.
    pub fn ecosystem(&self) -> Result<&'a str, Damage> {
        self.text(self.ecosystem)
    }

    /// The name of the order its versions are compared by.
    pub fn scheme(&self) -> Result<&'a str, Damage> {
        self.text(self.scheme)
    }

    /// What the segment says about a package, one item a record, by record id.
    pub fn lookup(&self, package: &str) -> Result<Rows<'a>, Damage> {
        const SLOTS: Damage = Damage("slots");
        let slots = self.slots();
        let count = slots.len() / WORD_BYTES;
        if !count.is_power_of_two() {
            return Err(SLOTS);
        }
        let first = slot_of(package, count);
        for slot in (first..count).chain(0..first) {
            let entry = word(slots, slot.saturating_mul(WORD_BYTES)).ok_or(SLOTS)?;
            let Some(position) = entry.checked_sub(1) else { break };
            let position = index(position);
            if self.package_name(position)? == package {
                return self.rows_of(position);
            }
        }
        Ok(Rows { segment: *self, positions: 0..0 })
    }

    /// Every package, in the order of their names, with what the segment says about it.
    pub fn packages(&self) -> impl Iterator<Item = Result<(&'a str, Rows<'a>), Damage>> + use<'a> {
        let segment = *self;
        (0..segment.package_count())
            .map(move |position| Ok((segment.package_name(position)?, segment.rows_of(position)?)))
    }

    /// How many packages the segment names.
    pub fn package_count(&self) -> usize {
        self.package_section().len() / PACKAGE_ROW_BYTES
    }

    /// How many records the segment holds.
    pub fn record_count(&self) -> usize {
        self.advisories().len() / ADVISORY_ROW_BYTES
    }

    /// Every record, in the order of their ids.
    pub fn records(&self) -> impl Iterator<Item = Result<AdvisoryRef<'a>, Damage>> + use<'a> {
        let segment = *self;
        (0..segment.record_count()).map(move |position| segment.advisory(position))
    }

    /// Every record as the builder was given it, apart from the order of its parts: sorted by id,
    /// each with its packages by name.
    pub fn read_advisories(&self) -> Result<Vec<Advisory>, Damage> {
        let mut records = (0..self.record_count())
            .map(|position| self.advisory(position)?.read())
            .collect::<Result<Vec<_>, _>>()?;
        for package in self.packages() {
            let (name, rows) = package?;
            for row in rows {
                let row = row?;
                let affected = row.read(name)?;
                let record =
                    records.get_mut(index(row.advisory)).ok_or(Damage("affected packages"))?;
                record.affected.push(affected);
            }
        }
        Ok(records)
    }

    /// Follows every reference of the segment once, without keeping what it leads to.
    pub(crate) fn check(&self) -> Result<(), Damage> {
        let (times, rows) = (self.times().len(), self.affected().len() / AFFECTED_ROW_BYTES);
        if times != 0 && times != rows.saturating_mul(TIMES_ROW_BYTES) {
            return Err(Damage("times"));
        }
        let imports = self.imports().len();
        if imports != 0 && imports != rows.saturating_mul(IMPORTS_ROW_BYTES) {
            return Err(Damage("imports"));
        }
        for position in 0..self.record_count() {
            let record = self.advisory(position)?;
            record.aliases().try_for_each(|alias| alias.map(drop))?;
            record.cwes().try_for_each(|cwe| cwe.map(drop))?;
            record.scores().try_for_each(|score| score.map(drop))?;
        }
        let mut before: Option<&str> = None;
        for package in self.packages() {
            let (name, rows) = package?;
            if before.is_some_and(|before| before >= name) {
                return Err(Damage("packages"));
            }
            before = Some(name);
            if self.lookup(name)?.positions != rows.positions {
                return Err(Damage("slots"));
            }
            for row in rows {
                let row = row?;
                row.first_seen()?;
                drop(row.imports()?);
                row.ranges().try_for_each(|range| range.map(drop))?;
                row.versions().try_for_each(|version| version.map(drop))?;
            }
        }
        Ok(())
    }

    fn package_name(&self, position: usize) -> Result<&'a str, Damage> {
        let row = row::<PACKAGE_ROW_BYTES>(self.package_section(), position);
        let [name, _] = words_of(row.ok_or(Damage("packages"))?);
        self.text(name)
    }

    fn rows_of(&self, position: usize) -> Result<Rows<'a>, Damage> {
        const PACKAGES: Damage = Damage("packages");
        let packages = self.package_section();
        let first = |position| {
            row::<PACKAGE_ROW_BYTES>(packages, position).map(|row| {
                let [_, first] = words_of(row);
                index(first)
            })
        };
        let count = self.affected().len() / AFFECTED_ROW_BYTES;
        let start = first(position).ok_or(PACKAGES)?;
        let end = position.checked_add(1).and_then(first).unwrap_or(count);
        if start > end || end > count {
            return Err(PACKAGES);
        }
        Ok(Rows { segment: *self, positions: start..end })
    }

    /// The record at a position.
    pub(crate) fn advisory(&self, position: usize) -> Result<AdvisoryRef<'a>, Damage> {
        const RECORDS: Damage = Damage("records");
        let [id, facts] =
            words_of(row::<ADVISORY_ROW_BYTES>(self.advisories(), position).ok_or(RECORDS)?);
        let rest = self.words_from(facts).ok_or(RECORDS)?;
        let mut list = List { rest };
        let head = list.next().ok_or(RECORDS)?;
        let counts = list.next().ok_or(RECORDS)?;
        let [severity, _, _, _] = head.to_le_bytes();
        let mut date = |bit: u32| -> Result<Option<i64>, Damage> {
            if head & bit == 0 {
                return Ok(None);
            }
            let (bytes, rest) = list.rest.split_first_chunk::<8>().ok_or(RECORDS)?;
            list.rest = rest;
            Ok(Some(i64::from_le_bytes(*bytes)))
        };
        let published = date(HAS_PUBLISHED)?;
        let modified = date(HAS_MODIFIED)?;
        let aliases = list.cut(index(head >> 16)).ok_or(RECORDS)?;
        let cwes = list.cut(index(counts & 0xffff)).ok_or(RECORDS)?;
        let scores = list.cut(index(counts >> 16).saturating_mul(2)).ok_or(RECORDS)?;
        Ok(AdvisoryRef {
            segment: *self,
            id: self.id(id)?,
            severity: severity_of(severity).map_err(|_| RECORDS)?,
            published,
            modified,
            aliases,
            cwes,
            scores,
        })
    }

    fn text(&self, reference: u32) -> Result<&'a str, Damage> {
        text_at(self.strings(), reference)
    }

    fn id(&self, reference: u32) -> Result<IdRef<'a>, Damage> {
        if reference & MARK == 0 {
            self.text(reference).map(IdRef::Text)
        } else {
            Ok(unpack_cve(reference))
        }
    }

    fn words_from(&self, position: u32) -> Option<&'a [u8]> {
        self.words().get(index(position).checked_mul(WORD_BYTES)?..)
    }

    const fn strings(&self) -> &'a [u8] {
        let [strings, ..] = self.sections;
        strings
    }

    const fn package_section(&self) -> &'a [u8] {
        let [_, packages, ..] = self.sections;
        packages
    }

    const fn slots(&self) -> &'a [u8] {
        let [_, _, slots, ..] = self.sections;
        slots
    }

    const fn affected(&self) -> &'a [u8] {
        let [_, _, _, affected, ..] = self.sections;
        affected
    }

    const fn advisories(&self) -> &'a [u8] {
        let [.., advisories, _, _, _, _] = self.sections;
        advisories
    }

    const fn words(&self) -> &'a [u8] {
        let [.., words, _, _, _] = self.sections;
        words
    }

    const fn conditions(&self) -> &'a [u8] {
        let [.., conditions, _, _] = self.sections;
        conditions
    }

    const fn times(&self) -> &'a [u8] {
        let [.., times, _] = self.sections;
        times
    }

    /// The times of a row of *affected*: those of the record where there is no such section.
    fn times_of(&self, position: usize) -> Result<[u32; 2], Damage> {
        if self.times().is_empty() {
            return Ok([OWN_DATE; 2]);
        }
        row::<TIMES_ROW_BYTES>(self.times(), position).map(words_of).ok_or(Damage("times"))
    }

    const fn imports(&self) -> &'a [u8] {
        let [.., imports] = self.sections;
        imports
    }

    /// What a row of *affected* is about, as the file has it; nothing where that is all of the
    /// package.
    fn imports_of(&self, position: usize) -> Result<Option<&'a str>, Damage> {
        if self.imports().is_empty() {
            return Ok(None);
        }
        let row = row::<IMPORTS_ROW_BYTES>(self.imports(), position).ok_or(Damage("imports"))?;
        let [reference] = words_of(row);
        (reference != NONE).then(|| self.text(reference)).transpose()
    }

    /// The conditions of a number, which counts from one.
    fn condition(&self, number: u16) -> Result<ConditionsRef<'a>, Damage> {
        const CONDITIONS: Damage = Damage("conditions");
        let Some(position) = usize::from(number).checked_sub(1) else {
            return Ok(ConditionsRef::default());
        };
        let row = row::<CONDITION_ROW_BYTES>(self.conditions(), position).ok_or(CONDITIONS)?;
        let text = |reference| (reference != NONE).then(|| self.text(reference)).transpose();
        let [arches, module, channel] = words_of(row);
        Ok(ConditionsRef { arches: text(arches)?, module: text(module)?, channel: text(channel)? })
    }
}

/// What a segment says about one package, one item a record.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    segment: SegmentRef<'a>,
    positions: Range<usize>,
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<AffectedRef<'a>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        self.positions.next().map(|position| AffectedRef::new(self.segment, position))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.positions.size_hint()
    }
}

impl ExactSizeIterator for Rows<'_> {}

/// [`Conditions`], borrowed from the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConditionsRef<'a> {
    arches: Option<&'a str>,
    /// The module and stream the package was built in.
    pub module: Option<&'a str>,
    /// The channel the fix comes through.
    pub channel: Option<&'a str>,
}

impl<'a> ConditionsRef<'a> {
    /// The architectures; none when it holds for every one.
    pub fn arches(self) -> impl Iterator<Item = &'a str> {
        self.arches.into_iter().flat_map(|arches| arches.split(','))
    }

    /// The conditions of their own.
    pub fn to_conditions(self) -> Conditions {
        Conditions {
            arches: self.arches().map(str::to_owned).collect(),
            module: self.module.map(str::to_owned),
            channel: self.channel.map(str::to_owned),
        }
    }
}

/// What one record says about one package.
#[derive(Clone, Copy, Debug)]
pub struct AffectedRef<'a> {
    segment: SegmentRef<'a>,
    advisory: u32,
    /// Its own position among all rows.
    position: u32,
    status: Status,
    severity: Option<Severity>,
    conditions: ConditionsRef<'a>,
    /// Whether the fix is to be left out, because it was not known yet.
    is_unfixed: bool,
    ranges: &'a [u8],
    versions: &'a [u8],
}

impl<'a> AffectedRef<'a> {
    fn new(segment: SegmentRef<'a>, position: usize) -> Result<Self, Damage> {
        const AFFECTED: Damage = Damage("affected packages");
        let row = row::<AFFECTED_ROW_BYTES>(segment.affected(), position).ok_or(AFFECTED)?;
        let [advisory, extent, codes] = words_of(row);
        let [status, severity, low, high] = codes.to_le_bytes();
        // What is asked for later must be there.
        segment.times_of(position)?;
        segment.imports_of(position)?;
        let mut list = List { rest: segment.words_from(extent).ok_or(AFFECTED)? };
        let ranges = index(list.next().ok_or(AFFECTED)?);
        let versions = index(list.next().ok_or(AFFECTED)?);
        Ok(Self {
            segment,
            advisory,
            position: u32::try_from(position).map_err(|_| AFFECTED)?,
            status: status_of(status).ok_or(AFFECTED)?,
            severity: severity_of(severity).map_err(|_| AFFECTED)?,
            conditions: segment.condition(u16::from_le_bytes([low, high]))?,
            is_unfixed: false,
            ranges: list.cut(ranges.saturating_mul(2)).ok_or(AFFECTED)?,
            versions: list.cut(versions).ok_or(AFFECTED)?,
        })
    }

    /// The record.
    pub fn advisory(&self) -> Result<AdvisoryRef<'a>, Damage> {
        self.segment.advisory(index(self.advisory))
    }

    /// The position of the record among all of the segment ([`SegmentRef::records`]).
    pub fn record(&self) -> usize {
        index(self.advisory)
    }

    /// What the source says of the package.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The source's own severity for this package, where it has one.
    pub const fn severity(&self) -> Option<Severity> {
        self.severity
    }

    /// What must hold besides the version.
    pub const fn conditions(&self) -> ConditionsRef<'a> {
        self.conditions
    }

    /// The parts of the package that it is about, by the paths they are imported by; none where that
    /// is all of it.
    pub fn imports(&self) -> Result<impl Iterator<Item = &'a str> + use<'a>, Damage> {
        let imports = self.segment.imports_of(index(self.position))?;
        Ok(imports.into_iter().flat_map(|imports| imports.split(',')))
    }

    /// Whether it names a version with a fix.
    pub fn has_fix(&self) -> bool {
        !self.is_unfixed
            && List { rest: self.ranges }.pairs().any(|(_, end)| end != NONE && end & MARK == 0)
    }

    /// When the database first had this row, in seconds since 1970 (UTC). Of a row that was there
    /// when the database began, the record's own date; nothing when there is none.
    pub fn first_seen(&self) -> Result<Option<i64>, Damage> {
        let [row, _] = self.segment.times_of(index(self.position))?;
        self.time(row)
    }

    /// When the database first had a fix in this row, told as [`AffectedRef::first_seen`]; nothing
    /// when it has none.
    pub fn fix_first_seen(&self) -> Result<Option<i64>, Damage> {
        let [_, fix] = self.segment.times_of(index(self.position))?;
        if self.has_fix() { self.time(fix) } else { Ok(None) }
    }

    fn time(&self, seconds: u32) -> Result<Option<i64>, Damage> {
        match seconds {
            OWN_DATE => Ok(self.advisory()?.date()),
            NO_TIME => Ok(None),
            seconds => Ok(Some(seconds.into())),
        }
    }

    /// The row as it was at a time: nothing if it was first seen later, and without a fix that was.
    /// What was first seen nobody knows when is taken to have been there.
    pub fn as_of(self, at: i64) -> Result<Option<Self>, Damage> {
        if self.first_seen()?.is_some_and(|seen| seen > at) {
            return Ok(None);
        }
        let is_unfixed = self.fix_first_seen()?.is_some_and(|seen| seen > at);
        // Of what comes through a channel nothing but the fix is said.
        let is_gone = is_unfixed && self.conditions.channel.is_some();
        Ok((!is_gone).then_some(Self { is_unfixed: self.is_unfixed || is_unfixed, ..self }))
    }

    /// A version is affected when it lies in one of these …
    pub fn ranges(&self) -> impl Iterator<Item = Result<RangeRef<'a>, Damage>> + use<'a> {
        let (segment, is_unfixed) = (self.segment, self.is_unfixed);
        List { rest: self.ranges }.pairs().map(move |(introduced, end)| {
            let introduced =
                if introduced == NONE { None } else { Some(segment.text(introduced)?) };
            let end = if end == NONE || (is_unfixed && end & MARK == 0) {
                EndRef::Open
            } else if end & MARK == 0 {
                EndRef::Fixed(segment.text(end)?)
            } else {
                EndRef::LastAffected(segment.text(end & !MARK)?)
            };
            Ok(RangeRef { introduced, end })
        })
    }

    /// … or is one of these.
    pub fn versions(&self) -> impl Iterator<Item = Result<&'a str, Damage>> + use<'a> {
        let segment = self.segment;
        List { rest: self.versions }.map(move |version| segment.text(version))
    }

    fn read(&self, package: &str) -> Result<Affected, Damage> {
        Ok(Affected {
            package: package.to_owned(),
            status: self.status,
            ranges: self.ranges().map(|range| Ok(range?.to_range())).collect::<Result<_, _>>()?,
            versions: self
                .versions()
                .map(|version| version.map(str::to_owned))
                .collect::<Result<_, _>>()?,
            severity: self.severity,
            conditions: self.conditions.to_conditions(),
            imports: self.imports()?.map(str::to_owned).collect(),
        })
    }
}

/// One record, without the packages it names.
#[derive(Clone, Copy, Debug)]
pub struct AdvisoryRef<'a> {
    segment: SegmentRef<'a>,
    id: IdRef<'a>,
    severity: Option<Severity>,
    published: Option<i64>,
    modified: Option<i64>,
    aliases: &'a [u8],
    cwes: &'a [u8],
    scores: &'a [u8],
}

impl<'a> AdvisoryRef<'a> {
    /// The source's own id.
    pub const fn id(&self) -> IdRef<'a> {
        self.id
    }

    /// The severity the source states in words, if it does.
    pub const fn severity(&self) -> Option<Severity> {
        self.severity
    }

    /// When the source published it, in seconds since 1970 (UTC).
    pub const fn published(&self) -> Option<i64> {
        self.published
    }

    /// When the source last changed it, in seconds since 1970 (UTC).
    pub const fn modified(&self) -> Option<i64> {
        self.modified
    }

    /// The record's own date: when it was published, else when it was last changed.
    pub fn date(&self) -> Option<i64> {
        self.published.or(self.modified)
    }

    /// Other ids of the same vulnerability, sorted.
    pub fn aliases(&self) -> impl Iterator<Item = Result<IdRef<'a>, Damage>> + use<'a> {
        let segment = self.segment;
        List { rest: self.aliases }.map(move |alias| segment.id(alias))
    }

    /// Weakness ids, sorted.
    pub fn cwes(&self) -> impl Iterator<Item = Result<&'a str, Damage>> + use<'a> {
        let segment = self.segment;
        List { rest: self.cwes }.map(move |cwe| segment.text(cwe))
    }

    /// Scores in the source's order: the vector and its base score.
    pub fn scores(&self) -> impl Iterator<Item = Result<(&'a str, f64), Damage>> + use<'a> {
        let segment = self.segment;
        List { rest: self.scores }.pairs().map(move |(vector, tenths)| {
            let tenths = u8::try_from(tenths).ok().filter(|tenths| *tenths <= 100);
            let score = f64::from(tenths.ok_or(Damage("scores"))?) / 10.0;
            Ok((segment.text(vector)?, score))
        })
    }

    /// The record of its own, naming no package.
    fn read(&self) -> Result<Advisory, Damage> {
        Ok(Advisory {
            id: self.id.to_string(),
            aliases: self
                .aliases()
                .map(|alias| alias.map(|alias| alias.to_string()))
                .collect::<Result<_, _>>()?,
            severity: self.severity,
            scores: self
                .scores()
                .map(|score| {
                    score.map(|(vector, score)| Score {
                        vector: vector.to_owned(),
                        score,
                        source: None,
                    })
                })
                .collect::<Result<_, _>>()?,
            cwes: self.cwes().map(|cwe| cwe.map(str::to_owned)).collect::<Result<_, _>>()?,
            published: self.published,
            modified: self.modified,
            affected: Vec::new(),
        })
    }
}

/// Little-endian words, one after the other.
#[derive(Debug)]
struct List<'a> {
    rest: &'a [u8],
}

impl<'a> List<'a> {
    /// Cuts off the bytes of the next `count` words.
    fn cut(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count.checked_mul(WORD_BYTES)?)?;
        self.rest = rest;
        Some(taken)
    }

    fn pairs(mut self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        std::iter::from_fn(move || Some((self.next()?, self.next()?)))
    }
}

impl Iterator for List<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*bytes))
    }
}

/// The text a reference leads to in a strings section.
pub(crate) fn text_at(strings: &[u8], reference: u32) -> Result<&str, Damage> {
    bytes_at(strings, reference)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .ok_or(Damage("texts"))
}

fn bytes_at(strings: &[u8], reference: u32) -> Option<&[u8]> {
    let mut rest = strings.get(index(reference)..)?;
    let mut length = 0_usize;
    for shift in [0_u32, 7, 14, 21] {
        let (byte, behind) = rest.split_first()?;
        rest = behind;
        length |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return rest.get(..length);
        }
    }
    None
}

/// The row at a position of a section, if the section is long enough.
pub(crate) fn row<const BYTES: usize>(section: &[u8], position: usize) -> Option<&[u8; BYTES]> {
    section.get(position.checked_mul(BYTES)?..)?.first_chunk()
}

pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// A row as its words; a row of another length than `N` words gives zeros for what it lacks.
pub(crate) fn words_of<const BYTES: usize, const N: usize>(row: &[u8; BYTES]) -> [u32; N] {
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(List { rest: row }) {
        *word = bytes;
    }
    words
}

/// A number of the file as an index. `usize` is at least 32 bits wherever this program runs.
pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
