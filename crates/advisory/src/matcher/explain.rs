//! Why a finding is there, or why it is not: the matcher's decisions about one vulnerability, told.

use super::go::undetermined;
use super::judge::{ChannelFix, Decision, Hit, Judge};
use super::state::state;
use super::subject::Subject;
use super::{MatchOptions, Matched, judges};
use crate::distribution::segment_name;
use crate::interval::{EndRef, RangeRef};
use crate::reader::{Db, DbError, broken, scheme_of};
use crate::search::{records_of, rows_of};
use crate::segment::{AffectedRef, Damage};
use lazaret_core::advisory::Range;
use lazaret_core::finding::State;
use lazaret_core::inventory::{Inventory, Os};
use lazaret_core::package::{Package, PackageId};
use lazaret_core::version::Scheme;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What the database says about one vulnerability and an inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The id that was asked about.
    pub id: String,
    /// The records that have the id, their own or an alias; none when the database does not know it.
    pub records: Vec<KnownRecord>,
    /// What the records come to for installed packages.
    pub judged: Vec<JudgedPackage>,
    /// Installed packages that were asked about by name.
    pub asked: Vec<PackageId>,
    /// Which packages nobody judges, or not wholly.
    pub not_covered: Vec<String>,
}

/// A record that has an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownRecord {
    /// The segment it is in.
    pub segment: String,
    /// Its own id.
    pub record: String,
    /// Whether the segment judges packages of the image.
    pub judges: bool,
    /// The packages it names, as the source files them.
    pub packages: BTreeSet<String>,
}

/// What one row comes to for one installed package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JudgedPackage {
    /// The package.
    pub package: PackageId,
    /// Its name.
    pub name: String,
    /// The version that is installed.
    pub installed: String,
    /// The segment that judges it.
    pub segment: String,
    /// The record.
    pub record: String,
    /// The name that was looked up.
    pub filed_under: String,
    /// Why a finding of it does not count, if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
    /// The decision.
    #[serde(flatten)]
    pub judged: Judged,
}

/// A decision, with what it was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The version that was compared.
    pub version: String,
    /// The order versions were compared by.
    pub scheme: Scheme,
    /// What came out.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The comparisons that decided, range by range.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Comparison>,
}

/// What came out for one package and one statement about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The version lies in this range.
    InRange {
        /// The range, in words.
        range: String,
    },
    /// The version is listed by itself.
    Listed,
    /// The version lies in no range and is not listed.
    NotInRange,
    /// The source says that the package is not affected, whatever its version.
    NotAffected,
    /// The version has the fix that a channel brought.
    FixedByChannel {
        /// The channel.
        channel: String,
    },
    /// The statement only says that a channel has the fix.
    OfChannel {
        /// The channel.
        channel: String,
    },
    /// The statement is about packages for other processors.
    OtherArchitecture {
        /// Those it is about.
        of: Vec<String>,
        /// The package's.
        has: String,
    },
    /// The statement is about packages of another module, or of none.
    OtherModule {
        /// The module it is about; absent when it is about packages of none.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<String>,
        /// The package's; absent when it is of none, or does not say.
        #[serde(skip_serializing_if = "Option::is_none")]
        has: Option<String>,
    },
    /// Nobody can tell: the package's version says nothing.
    Undetermined {
        /// Why.
        why: String,
    },
    /// The statement was first seen after the time that was asked about.
    NotYet,
}

impl Outcome {
    /// Whether the package is affected, as far as this statement goes.
    pub const fn is_affected(&self) -> bool {
        matches!(self, Self::InRange { .. } | Self::Listed)
    }
}

/// One comparison of a version with the bound of a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The version.
    pub version: String,
    /// `<`, `≤`, `≥` or `>`.
    pub sign: &'static str,
    /// The bound.
    pub bound: String,
    /// Which bound it is.
    pub of: Bound,
    /// The order they were compared by.
    pub scheme: Scheme,
}

/// Which bound of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The first affected version.
    Introduced,
    /// The first version that is not affected any more.
    Fixed,
    /// The last version that is affected.
    LastAffected,
}

impl fmt::Display for Comparison {
    /// Spells it out: `3.0.11-1~deb12u2 ≥ 3.0.11-1~deb12u2 (fixed) by deb order`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            Bound::Introduced => "introduced",
            Bound::Fixed => "fixed",
            Bound::LastAffected => "last affected",
        };
        let Self { version, sign, bound, scheme, .. } = self;
        write!(f, "{version} {sign} {bound} ({of}) by {scheme} order")
    }
}

impl fmt::Display for Outcome {
    /// Says it as the end of a sentence about the package.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InRange { range } => write!(f, "affected: the version is in the range {range}"),
            Self::Listed => f.write_str("affected: the version is listed by itself"),
            Self::NotInRange => f.write_str("not affected: the version is in no affected range"),
            Self::NotAffected => f.write_str("not affected: the source says so of every version"),
            Self::FixedByChannel { channel } => {
                write!(f, "not affected: the version has the fix of the channel {channel}")
            }
            Self::OfChannel { channel } => {
                write!(f, "says only where a fix can be had: in the channel {channel}")
            }
            Self::OtherArchitecture { of, has } => {
                write!(f, "not meant: it is about {}, and the package is for {has}", of.join(", "))
            }
            Self::OtherModule { of, has } => {
                let name = |module: &Option<String>| match module {
                    Some(module) => format!("the module {module}"),
                    None => "no module".to_owned(),
                };
                write!(
                    f,
                    "not meant: it is about packages of {}, and this is of {}",
                    name(of),
                    name(has)
                )
            }
            Self::Undetermined { why } => write!(f, "undetermined: {why}"),
            Self::NotYet => f.write_str("not known yet at the time that was asked about"),
        }
    }
}

/// Says what the database knows about an id and the packages of an inventory: for every statement
/// the matcher looked at, what it decided and by which comparison.
///
/// `only` limits the answer to packages of a name, their own or their source package's.
pub fn explain(
    db: &Db,
    inventory: &Inventory,
    options: &MatchOptions,
    id: &str,
    only: Option<&str>,
) -> Result<Explanation, DbError> {
    let mut scratch = Matched::default();
    let judges = judges(db, inventory, &mut scratch)?;
    let mut explanation = Explanation { id: id.to_owned(), ..Explanation::default() };
    explanation.not_covered = scratch.problems.into_iter().map(|problem| problem.message).collect();
    let judging: BTreeSet<&str> = judges.values().map(|judge| judge.name).collect();
    let mut wanted: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for info in db.segments() {
        let Some(segment) = db.segment(&info.name)? else { continue };
        let fail = |damage: Damage| broken(&info.name, damage.into());
        let records = records_of(segment, id).map_err(fail)?;
        let mut known: BTreeMap<usize, KnownRecord> = BTreeMap::new();
        for (package, row) in rows_of(segment, &records).map_err(fail)? {
            let entry = known.entry(row.record()).or_insert_with(|| KnownRecord {
                segment: info.name.clone(),
                record: String::new(),
                judges: judging.contains(info.name.as_str()),
                packages: BTreeSet::new(),
            });
            if entry.record.is_empty() {
                entry.record = row.advisory().map_err(fail)?.id().to_string();
            }
            entry.packages.insert(package.to_owned());
        }
        explanation.records.extend(known.into_values());
        if !records.is_empty() {
            wanted.insert(&info.name, records);
        }
    }
    for (position, package) in inventory.packages.iter().enumerate() {
        let subject = Subject::new(PackageId::at(position), package);
        if !is_asked(&subject, only) {
            continue;
        }
        if only.is_some() {
            explanation.asked.push(subject.id);
        }
        let Some(judge) = judges.get(&package.ecosystem) else { continue };
        let Some(records) = wanted.get(judge.name) else { continue };
        let suppressed = match state(inventory, package, &judges, options) {
            State::Open => None,
            State::Suppressed { reason, .. } => Some(reason),
        };
        let rows = judge.tell(&subject, Some(records));
        let rows = rows.map_err(|damage| broken(judge.name, damage.into()))?;
        explanation.judged.extend(rows.into_iter().map(|told| JudgedPackage {
            package: subject.id,
            name: package.name.clone(),
            installed: package.version.clone(),
            segment: judge.name.to_owned(),
            record: told.record,
            filed_under: told.filed_under,
            suppressed: suppressed.clone().filter(|_| told.judged.outcome.is_affected()),
            judged: told.judged,
        }));
    }
    Ok(explanation)
}

/// Whether a package has the name that was asked for, where one was.
fn is_asked(subject: &Subject<'_>, only: Option<&str>) -> bool {
    let package = subject.package;
    only.is_none_or(|only| {
        package.name == only
            || package.source.as_ref().is_some_and(|source| source.name == only)
            || subject.looked_up.iter().any(|(name, _)| name == only)
    })
}

/// A statement: the segment, the name it is filed under, the row, and what it comes to.
pub(crate) type Statement<'a> = (&'a str, String, AffectedRef<'a>, Judged);

/// What the database says of one package, outside of any image.
pub(crate) fn judge_package<'a>(
    db: &'a Db,
    package: &Package,
    os: Option<&Os>,
    only: Option<&str>,
) -> Result<Vec<Statement<'a>>, DbError> {
    let subject = Subject::new(PackageId(0), package);
    // Who does not say which release is told of all.
    let no_release = os.filter(|os| os.version.is_none());
    let exact = if no_release.is_some() { None } else { segment_name(package.ecosystem, os).ok() };
    let is_of = |os: &Os, segment: &str| {
        let rest = segment.strip_prefix(os.id.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let mut statements = Vec::new();
    for info in db.segments() {
        let is_meant = match (only, &exact) {
            (Some(only), _) => only == info.name,
            (None, Some(exact)) => *exact == info.name,
            (None, None) => no_release.is_none_or(|os| is_of(os, &info.name)),
        };
        if !is_meant || info.ecosystem != package.ecosystem.purl_type() {
            continue;
        }
        let Some(segment) = db.segment(&info.name)? else { continue };
        let scheme = scheme_of(info)?;
        let judge = Judge { name: &info.name, scheme, segment, limit: db.limit() };
        let told = judge.tell(&subject, None);
        let told = told.map_err(|damage| broken(&info.name, damage.into()))?;
        statements
            .extend(told.into_iter().map(|t| (info.name.as_str(), t.filed_under, t.row, t.judged)));
    }
    Ok(statements)
}

/// One row, told.
struct Told<'a> {
    record: String,
    filed_under: String,
    row: AffectedRef<'a>,
    judged: Judged,
}

impl<'a> Judge<'a> {
    /// What every row about a subject comes to, or those of some records.
    fn tell(
        &self,
        subject: &Subject<'_>,
        records: Option<&BTreeSet<usize>>,
    ) -> Result<Vec<Told<'a>>, Damage> {
        let mut rows = Vec::new();
        let mut fixes = Vec::new();
        for (name, version) in &subject.looked_up {
            for row in self.segment.lookup(name)? {
                let row = row?;
                if records.is_some_and(|records| !records.contains(&row.record())) {
                    continue;
                }
                let id = row.advisory()?.id().to_string();
                let then = self.then(row)?;
                if let Some(affected) = then
                    && matches!(self.decide(affected, subject.package, version)?, Decision::Channel)
                {
                    fixes.push(ChannelFix { id: id.clone(), affected });
                }
                rows.push((name, version, id, row, then));
            }
        }
        rows.into_iter()
            .map(|(name, version, record, row, then)| {
                let judged = Judged {
                    version: version.clone().into_owned(),
                    scheme: self.scheme,
                    outcome: match then {
                        Some(row) => self.outcome(row, subject, name, version, &record, &fixes)?,
                        None => Outcome::NotYet,
                    },
                    comparisons: Vec::new(),
                };
                let decided = matches!(
                    judged.outcome,
                    Outcome::InRange { .. } | Outcome::NotInRange | Outcome::FixedByChannel { .. }
                );
                let comparisons = match then.filter(|_| decided) {
                    Some(row) => self.comparisons(row, version)?,
                    None => Vec::new(),
                };
                let filed_under = name.clone().into_owned();
                Ok(Told { record, filed_under, row, judged: Judged { comparisons, ..judged } })
            })
            .collect()
    }

    fn outcome(
        &self,
        row: AffectedRef<'a>,
        subject: &Subject<'_>,
        name: &str,
        version: &str,
        record: &str,
        fixes: &[ChannelFix<'a>],
    ) -> Result<Outcome, Damage> {
        let package = subject.package;
        let conditions = row.conditions();
        let ground = match self.decide(row, package, version)? {
            Decision::OtherArch => {
                return Ok(Outcome::OtherArchitecture {
                    of: conditions.arches().map(str::to_owned).collect(),
                    has: package.arch.clone().unwrap_or_default(),
                });
            }
            Decision::OtherModule => {
                return Ok(Outcome::OtherModule {
                    of: conditions.module.map(str::to_owned),
                    has: package.module.clone(),
                });
            }
            Decision::Channel => {
                let channel = conditions.channel.unwrap_or_default().to_owned();
                return Ok(Outcome::OfChannel { channel });
            }
            Decision::NotAffected => return Ok(Outcome::NotAffected),
            Decision::Outside => return self.outside(row, package, version),
            Decision::Affected(ground) => ground,
        };
        let hit = Hit { affected: row, advisory: row.advisory()?, ground, name, version };
        for fix in fixes {
            if self.has_channel_fix(record, &hit, std::slice::from_ref(fix))? {
                let channel = fix.affected.conditions().channel.unwrap_or_default().to_owned();
                return Ok(Outcome::FixedByChannel { channel });
            }
        }
        Ok(match ground.range() {
            Some(range) => Outcome::InRange { range: range.to_range().to_string() },
            None => Outcome::Listed,
        })
    }

    /// Why a version is outside of what a row names.
    fn outside(
        &self,
        row: AffectedRef<'_>,
        package: &Package,
        version: &str,
    ) -> Result<Outcome, Damage> {
        if let Some(why) = undetermined(package) {
            return Ok(Outcome::Undetermined { why: why.to_owned() });
        }
        if !self.scheme.is_valid(version) {
            let why = format!("`{version}` is not a version by the rules of {}", self.scheme);
            return Ok(Outcome::Undetermined { why });
        }
        let mut ranges = 0_usize;
        let mut of_a_kind = 0_usize;
        for range in row.ranges() {
            ranges = ranges.saturating_add(1);
            of_a_kind = of_a_kind.saturating_add(self.is_of_a_kind(range?, version).into());
        }
        if ranges > 0 && of_a_kind == 0 {
            let has = package.module.clone();
            return Ok(Outcome::OtherModule {
                of: row.conditions().module.map(str::to_owned),
                has,
            });
        }
        Ok(Outcome::NotInRange)
    }

    /// The comparisons of a version with every bound of a row.
    fn comparisons(&self, row: AffectedRef<'_>, version: &str) -> Result<Vec<Comparison>, Damage> {
        let mut comparisons = Vec::new();
        for range in row.ranges() {
            let range = range?;
            if self.is_of_a_kind(range, version) {
                comparisons.extend(compared(self.scheme, range, version));
            }
        }
        Ok(comparisons)
    }
}

/// The comparisons that tell whether a version lies in a range, as a person would make them.
pub fn comparisons(scheme: Scheme, range: &Range, version: &str) -> Vec<Comparison> {
    compared(scheme, range.into(), version).collect()
}

fn compared<'a>(
    scheme: Scheme,
    range: RangeRef<'a>,
    version: &'a str,
) -> impl Iterator<Item = Comparison> + use<'a> {
    let end = match range.end {
        EndRef::Fixed(bound) => Some((bound, Bound::Fixed)),
        EndRef::LastAffected(bound) => Some((bound, Bound::LastAffected)),
        EndRef::Open => None,
    };
    let from = range.introduced.map(|bound| (bound, Bound::Introduced));
    [from, end].into_iter().flatten().filter_map(move |(bound, of)| {
        let sign = match (scheme.compare(version, bound).ok()?, of) {
            (Ordering::Less, Bound::Introduced | Bound::Fixed) => "<",
            (_, Bound::Introduced | Bound::Fixed) => "≥",
            (Ordering::Greater, Bound::LastAffected) => ">",
            (_, Bound::LastAffected) => "≤",
        };
        let (version, bound) = (version.to_owned(), bound.to_owned());
        Some(Comparison { version, sign, bound, of, scheme })
    })
}
