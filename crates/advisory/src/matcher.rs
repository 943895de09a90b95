//! Packages × advisories: which installed versions are vulnerable, and how that was judged.

mod enrich;
mod explain;
mod go;
mod judge;
mod kernel;
mod linked;
mod place;
mod state;
mod subject;

pub(crate) use self::explain::judge_package;
pub use self::explain::{
    Bound, Comparison, Explanation, Judged, JudgedPackage, KnownRecord, Outcome, comparisons,
    explain,
};

use self::go::undetermined;
use self::judge::{ChannelFix, Decision, Hit, Judge};
use self::linked::linked_state;
use self::state::state;
use self::subject::Subject;
use crate::build::rfc3339;
use crate::coverage::{
    checked_with_old, not_checked, nothing_read, partly_checked, third_parties, without_source,
};
use crate::distribution::segment_name;
use crate::enrich::{Lookup, of_record, of_scores};
use crate::grouping::{Group, Ids, group};
use crate::interval::RangeRef;
use crate::reader::{Db, DbError, broken, scheme_of};
use crate::segment::{AffectedRef, Damage};
use lazaret_core::advisory::{Reason, Score, Status};
use lazaret_core::finding::{Detail, Finding, State, Vulnerability};
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package, PackageId};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::SegmentUse;
use lazaret_core::severity::{BySource, Severity};
use sha2::{Digest as _, Sha256};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

/// What the database says about an inventory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched {
    /// Vulnerabilities, the most urgent first.
    pub findings: Vec<Finding>,
    /// Packages that were not judged, and why.
    pub problems: Vec<Problem>,
    /// The segments that were asked, by name.
    pub segments: Vec<SegmentUse>,
}

/// How packages are judged, where there is a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchOptions {
    /// Whether findings about the kernel's headers, sources and documentation count.
    pub kernel_headers: bool,
    /// Whether findings count about what lies in tests and documentation, and about Go code that is
    /// not in the program.
    pub noise: bool,
    /// Whether what a registry says of a package that the distribution owns counts as well: more
    /// is found, and more of it is mistaken, since distributions mend without changing versions.
    pub comprehensive: bool,
    /// Whose word about a severity counts: names of [`SOURCES`](crate::enrich::SOURCES), of which
    /// the first that has one is believed, or `auto` for the order that holds when none is named.
    pub severity_sources: Vec<String>,
}

/// Judges every package of an inventory by the advisories of its distribution or registry.
///
/// Operating-system packages are looked up by their source package where advisories are filed so,
/// and rpm packages by their own name.
/// A language package that an operating-system package owns is judged by the distribution; what
/// its registry says of it is kept, suppressed with that reason. Packages nobody judges are counted
/// in a problem: not covered is not clean.
pub fn match_inventory(db: &Db, inventory: &Inventory) -> Result<Matched, DbError> {
    match_inventory_with(db, inventory, &MatchOptions::default())
}

/// [`match_inventory`] with choices of one's own.
pub fn match_inventory_with(
    db: &Db,
    inventory: &Inventory,
    options: &MatchOptions,
) -> Result<Matched, DbError> {
    let mut matched = Matched::default();
    let judges = judges(db, inventory, &mut matched)?;
    matched.problems.extend(limited(db));
    for (position, package) in inventory.packages.iter().enumerate() {
        let Some(judge) = judges.get(&package.ecosystem) else { continue };
        if package.third_party.is_some() {
            continue;
        }
        let mut subject = Subject::new(PackageId::at(position), package);
        if options.noise {
            subject.linked = None;
        }
        let state = state(inventory, package, &judges, options);
        judge
            .judge(&subject, &state, &mut matched)
            .map_err(|damage| broken(judge.name, damage.into()))?;
    }
    if judges.contains_key(&Ecosystem::Deb)
        && let Some(message) = without_source(inventory)
    {
        matched.problems.push(Problem::general(ProblemKind::Coverage, message));
    }
    if let Some(message) = third_parties(inventory) {
        matched.problems.push(Problem::general(ProblemKind::Coverage, message));
    }
    if !matched.findings.is_empty() {
        let lookup = Lookup::open(db)?;
        enrich::enrich(&lookup, &options.severity_sources, &mut matched.findings)?;
        matched.segments.extend(lookup.uses);
    }
    matched.findings.sort_by(|a, b| order_key(inventory, a).cmp(&order_key(inventory, b)));
    matched.problems.sort();
    matched.segments.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(matched)
}

/// Finds the judge of each ecosystem the inventory has, and says which ecosystems have none.
fn judges<'a>(
    db: &'a Db,
    inventory: &Inventory,
    matched: &mut Matched,
) -> Result<BTreeMap<Ecosystem, Judge<'a>>, DbError> {
    let os = inventory.os.as_ref().map(|found| &found.os);
    let mut judges = BTreeMap::new();
    if let Some(message) = nothing_read(inventory) {
        matched.problems.push(Problem::general(ProblemKind::Coverage, message));
    }
    for ecosystem in Ecosystem::ALL {
        let packages = inventory.packages.iter().filter(|package| package.ecosystem == ecosystem);
        let count = packages.count();
        if count == 0 {
            continue;
        }
        let found = segment_name(ecosystem, os).and_then(|name| {
            db.info(&name).ok_or_else(|| format!("the advisory database has no segment `{name}`"))
        });
        let info = match found {
            Ok(info) => info,
            Err(why) => {
                let message = not_checked(ecosystem, count, &why);
                matched.problems.push(Problem::general(ProblemKind::Coverage, message));
                continue;
            }
        };
        let scheme = scheme_of(info)?;
        let Some(segment) = db.segment(&info.name)? else { continue };
        if info.ecosystem != ecosystem.purl_type() {
            return Err(broken(&info.name, Damage("header fields").into()));
        }
        if let Some(gap) = &info.gap {
            let message = partly_checked(ecosystem, count, gap);
            matched.problems.push(Problem::general(ProblemKind::Coverage, message));
        }
        if let Some(old) = &info.old {
            let message = checked_with_old(ecosystem, count, old);
            matched.problems.push(Problem::general(ProblemKind::Coverage, message));
        }
        matched.segments.push(SegmentUse {
            name: info.name.clone(),
            digest: info.digest.clone(),
            newest: info.newest.clone(),
            records: info.records,
        });
        judges.insert(ecosystem, Judge { name: &info.name, scheme, segment, limit: db.limit() });
    }
    Ok(judges)
}

impl Judge<'_> {
    fn judge(
        &self,
        subject: &Subject<'_>,
        state: &State,
        matched: &mut Matched,
    ) -> Result<(), Damage> {
        let mut hits = Vec::new();
        let mut ids = Vec::new();
        let mut fixes = Vec::new();
        for (name, version) in &subject.looked_up {
            let rows = self.segment.lookup(name)?;
            if rows.len() > 0 && !self.scheme.is_valid(version) {
                matched.problems.push(self.not_compared(subject, version, rows.len()));
            }
            for row in rows {
                let Some(affected) = self.then(row?)? else { continue };
                let ground = match self.decide(affected, subject.package, version)? {
                    Decision::Affected(ground) => ground,
                    Decision::Channel => {
                        let id = affected.advisory()?.id().to_string();
                        fixes.push(ChannelFix { id, affected });
                        continue;
                    }
                    _ => continue,
                };
                let advisory = affected.advisory()?;
                let id = advisory.id().to_string();
                let aliases = advisory.aliases().map(|alias| Ok(alias?.to_string()));
                ids.push(Ids { id, aliases: aliases.collect::<Result<_, _>>()? });
                hits.push(Hit { affected, advisory, ground, name, version });
            }
        }
        self.drop_fixed_by_channel(&mut ids, &mut hits, &fixes)?;
        for group in group(&ids) {
            let members: Vec<(&Ids, &Hit<'_>)> = group
                .members
                .iter()
                .filter_map(|member| ids.get(*member).zip(hits.get(*member)))
                .collect();
            matched.findings.extend(self.finding(subject, &group, &members, &fixes, state)?);
        }
        Ok(())
    }

    /// The finding of one group of records; nothing for a group without members.
    fn finding(
        &self,
        subject: &Subject<'_>,
        group: &Group,
        members: &[(&Ids, &Hit<'_>)],
        fixes: &[ChannelFix<'_>],
        state: &State,
    ) -> Result<Option<Finding>, Damage> {
        let Some((lead_ids, lead)) = members.first() else { return Ok(None) };
        let mut severity = Severity::Unknown;
        let mut severity_source = None;
        let mut severities = BySource::default();
        let mut aliases = BTreeSet::new();
        let mut scores: Vec<Score> = Vec::new();
        let mut cwes = BTreeSet::new();
        for (ids, hit) in members {
            let source = of_record(self.name, &ids.id);
            let stated = severity_of(hit)?;
            if stated != Severity::Unknown {
                severities.add_worse(source, stated);
            }
            if stated > severity {
                severity = stated;
                severity_source = Some(source.to_owned());
            }
            aliases.extend(ids.aliases.iter().chain([&ids.id]).filter(|id| **id != group.id));
            for score in hit.advisory.scores() {
                let (vector, score) = score?;
                if !scores.iter().any(|known| known.vector == vector) {
                    let source = Some(source.to_owned());
                    scores.push(Score { vector: vector.to_owned(), score, source });
                }
            }
            for cwe in hit.advisory.cwes() {
                cwes.insert(cwe?.to_owned());
            }
        }
        let mut fixed_versions = self.fixed_versions(members)?;
        let (first_seen, mut fix_first_seen) = seen(members.iter().map(|(_, hit)| hit.affected))?;
        let mut fix_channel = None;
        if fixed_versions.is_empty()
            && let Some((fixed, channel)) = self.channel_fix(members, fixes)?
        {
            fixed_versions.push(fixed.to_owned());
            let of_channel = |fix: &&ChannelFix<'_>| {
                fix.affected.conditions().channel == Some(channel)
                    && members.iter().any(|(ids, _)| ids.id == fix.id)
            };
            (_, fix_first_seen) = seen(fixes.iter().filter(of_channel).map(|fix| fix.affected))?;
            fix_channel = Some(channel.to_owned());
        }
        let is_fixable = !fixed_versions.is_empty();
        let has_fix = is_fixable && fix_channel.is_none();
        let status = match (lead.affected.status(), !has_fix) {
            (Status::Unknown | Status::Affected, false) => Status::Fixed,
            // Fixed on another branch, but not on this one.
            (Status::Unknown | Status::Fixed, true) => Status::Affected,
            (status, _) => status,
        };
        let mut state = state.clone();
        if let Some(linked) = subject.linked.filter(|_| state.is_open()) {
            let rows = members.iter().map(|(ids, hit)| (ids.id.as_str(), hit.affected));
            state = linked_state(linked, rows)?.unwrap_or_default();
        }
        let published = members.iter().find_map(|(_, hit)| hit.advisory.published());
        let modified = members.iter().find_map(|(_, hit)| hit.advisory.modified());
        let vulnerability = Vulnerability {
            package: subject.id,
            aliases: aliases.into_iter().cloned().collect(),
            status,
            fixed_versions,
            fix_channel,
            scores,
            severities,
            epss: None,
            exploited: None,
            first_seen: first_seen.and_then(rfc3339),
            fix_first_seen: fix_first_seen.filter(|_| is_fixable).and_then(rfc3339),
            cwes: cwes.into_iter().collect(),
            published: published.and_then(rfc3339),
            modified: modified.and_then(rfc3339),
            reason: Reason {
                segment: self.name.to_owned(),
                record: lead_ids.id.clone(),
                package: lead.name.to_owned(),
                version: lead.version.to_owned(),
                scheme: self.scheme,
                conditions: lead.affected.conditions().to_conditions(),
                range: lead.ground.range().map(RangeRef::to_range),
            },
        };
        Ok(Some(Finding {
            id: group.id.clone(),
            severity,
            severity_source,
            detail: Detail::Vulnerability(Box::new(vulnerability)),
            state,
            fingerprint: fingerprint(&group.id, subject.package),
        }))
    }

    /// The ends of the ranges the version lies in, then every later fixed version, each part
    /// ascending.
    fn fixed_versions(&self, members: &[(&Ids, &Hit<'_>)]) -> Result<Vec<String>, Damage> {
        let mut nearest = Vec::new();
        let mut later = Vec::new();
        for (_, hit) in members {
            nearest.extend(hit.ground.range().and_then(RangeRef::fixed));
            for range in hit.affected.ranges() {
                let range = range?;
                later.extend(range.fixed().filter(|fixed| {
                    self.is_of_a_kind(range, hit.version)
                        && self.scheme.compare(fixed, hit.version) == Ok(Ordering::Greater)
                }));
            }
        }
        let order = |a: &&str, b: &&str| self.scheme.compare(a, b).unwrap_or(Ordering::Equal);
        self.scheme.sort(&mut nearest);
        self.scheme.sort(&mut later);
        let mut versions: Vec<&str> = Vec::new();
        for version in nearest.into_iter().chain(later) {
            if !versions.iter().any(|known| order(known, &version).is_eq()) {
                versions.push(version);
            }
        }
        Ok(versions.into_iter().map(str::to_owned).collect())
    }

    /// The problem of a package whose version cannot be compared.
    fn not_compared(&self, subject: &Subject<'_>, version: &str, records: usize) -> Problem {
        let name = &subject.package.name;
        let noun = if records == 1 { "advisory" } else { "advisories" };
        let why = if let Some(why) = undetermined(subject.package) {
            why.to_owned()
        } else if version.is_empty() {
            "it has no version".to_owned()
        } else {
            format!("`{version}` is not a version by the rules of {}", self.scheme)
        };
        Problem {
            kind: ProblemKind::Coverage,
            message: format!("`{name}` was not checked against {records} {noun}: {why}"),
            location: subject.package.locations.first().cloned(),
            extractor: None,
        }
    }
}

/// When the first of some rows was seen, and the first fix among them.
fn seen<'a>(
    rows: impl Iterator<Item = AffectedRef<'a>>,
) -> Result<(Option<i64>, Option<i64>), Damage> {
    let (mut first, mut fix) = (None, None);
    let earlier = |known: Option<i64>, time: Option<i64>| match (known, time) {
        (Some(known), Some(time)) => Some(known.min(time)),
        (known, time) => known.or(time),
    };
    for row in rows {
        first = earlier(first, row.first_seen()?);
        fix = earlier(fix, row.fix_first_seen()?);
    }
    Ok((first, fix))
}

/// What the report says when the database is younger than the time it was asked for.
fn limited(db: &Db) -> Option<Problem> {
    let at = rfc3339(db.limit()?)?;
    let time = db.time().and_then(rfc3339);
    let of = time.map_or_else(String::new, |time| format!(", of {time},"));
    let message = format!(
        "the oldest advisory database there is{of} is newer than {at}: what it first had later was \
         left out, and what it no longer had is missing"
    );
    Some(Problem::general(ProblemKind::Coverage, message))
}

/// The source's word for the package, else for the record, else the worst of its scores. CVSS 2
/// decides only where nothing newer does.
fn severity_of(hit: &Hit<'_>) -> Result<Severity, Damage> {
    let known = |severity: &Severity| *severity != Severity::Unknown;
    let stated = hit.affected.severity().filter(known).or(hit.advisory.severity().filter(known));
    if let Some(stated) = stated {
        return Ok(stated);
    }
    let scores = hit.advisory.scores().collect::<Result<Vec<_>, _>>()?;
    Ok(of_scores(scores.into_iter()))
}

/// The same for the same vulnerability of the same package in the same place, whatever its version.
fn fingerprint(id: &str, package: &Package) -> String {
    let mut hash = Sha256::new();
    let parts = [id, package.ecosystem.purl_type(), &package.name, place(package)];
    for (position, part) in parts.into_iter().enumerate() {
        if position > 0 {
            hash.update([0]);
        }
        hash.update(part);
    }
    let digest = hash.finalize();
    hex::encode(digest.get(..16).unwrap_or_default())
}

/// The first of the paths a package was read from.
fn place(package: &Package) -> &str {
    package.locations.iter().map(|location| location.path.as_str()).min().unwrap_or_default()
}

/// Worst first, what is known to be exploited before the rest, fixable before not, then by package
/// name, id and place.
type OrderKey<'a> =
    (Reverse<Severity>, (bool, bool), Option<&'a str>, &'a str, Option<&'a str>, Option<PackageId>);

fn order_key<'a>(inventory: &'a Inventory, finding: &'a Finding) -> OrderKey<'a> {
    let package = finding.package().and_then(|id| inventory.package(id));
    (
        Reverse(finding.severity),
        (!finding.is_exploited(), !finding.is_fixable()),
        package.map(|package| package.name.as_str()),
        &finding.id,
        package.map(place),
        finding.package(),
    )
}
