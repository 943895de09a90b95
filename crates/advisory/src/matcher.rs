//! Packages × advisories: which installed versions are vulnerable, and how that was judged.

mod enrich;

use crate::build::rfc3339;
use crate::coverage::{not_checked, nothing_read, partly_checked};
use crate::distribution::segment_name;
use crate::enrich::{Lookup, of_record, of_scores};
use crate::grouping::{Group, Ids, group};
use crate::interval::RangeRef;
use crate::module::{is_modular, minor_tag};
use crate::name::filed_under;
use crate::reader::{Db, DbError, broken, scheme_of};
use crate::segment::{AdvisoryRef, AffectedRef, ConditionsRef, Damage, SegmentRef};
use lazaret_core::advisory::{Reason, Score, Status};
use lazaret_core::finding::{Detail, Finding, State, Vulnerability};
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package, PackageId};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::SegmentUse;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
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

/// How an inventory is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchOptions {
    /// Whose word about a severity counts: names of [`SOURCES`](crate::enrich::SOURCES), of which
    /// the first that has one is believed, or `auto` for the order that holds when none is named.
    pub severity_sources: Vec<String>,
}

/// Judges every package of an inventory as [`match_inventory_with`] does by default.
pub fn match_inventory(db: &Db, inventory: &Inventory) -> Result<Matched, DbError> {
    match_inventory_with(db, inventory, &MatchOptions::default())
}

/// Judges every package of an inventory by the advisories of its distribution or registry.
///
/// Operating-system packages are looked up by their source package where advisories are filed so,
/// and rpm packages by their own name.
/// A language package that an operating-system package owns is judged by the distribution; what
/// its registry says of it is kept, suppressed with that reason. Packages nobody judges are counted
/// in a problem: not covered is not clean.
pub fn match_inventory_with(
    db: &Db,
    inventory: &Inventory,
    options: &MatchOptions,
) -> Result<Matched, DbError> {
    let mut matched = Matched::default();
    let judges = judges(db, inventory, &mut matched)?;
    for (position, package) in inventory.packages.iter().enumerate() {
        let Some(judge) = judges.get(&package.ecosystem) else { continue };
        let subject = Subject::new(PackageId::at(position), package);
        let state = state(inventory, package, &judges);
        judge
            .judge(&subject, &state, &mut matched)
            .map_err(|damage| broken(judge.name, damage.into()))?;
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

/// The segment that judges the packages of one ecosystem.
struct Judge<'a> {
    name: &'a str,
    scheme: Scheme,
    segment: SegmentRef<'a>,
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
        matched.segments.push(SegmentUse {
            name: info.name.clone(),
            digest: info.digest.clone(),
            newest: info.newest.clone(),
            records: info.records,
        });
        judges.insert(ecosystem, Judge { name: &info.name, scheme, segment });
    }
    Ok(judges)
}

/// A package as advisories speak of it.
struct Subject<'a> {
    id: PackageId,
    package: &'a Package,
    /// The names advisories are filed under, each with the version they mean.
    looked_up: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Subject<'a> {
    fn new(id: PackageId, package: &'a Package) -> Self {
        let source = package.source.as_ref();
        let own = Cow::Borrowed(package.version.as_str());
        let looked_up = match (package.ecosystem, source) {
            // Alpine's sources have no version of their own.
            (Ecosystem::Apk, Some(source)) => vec![(Cow::Borrowed(source.name.as_str()), own)],
            // A Debian source may have another version than its packages.
            (Ecosystem::Deb, Some(source)) => {
                let version =
                    if source.version.is_empty() { own } else { source.version.as_str().into() };
                vec![(source.name.as_str().into(), version)]
            }
            // Some statements are about the binary package, some about its source. A source rpm's
            // name does not tell its epoch, which is that of its packages.
            (Ecosystem::Rpm, Some(source)) => {
                let version = match package.version.split_once(':') {
                    _ if source.version.is_empty() => own.clone(),
                    Some((epoch, _)) => format!("{epoch}:{}", source.version).into(),
                    None => source.version.as_str().into(),
                };
                let name = package.name.as_str();
                vec![(name.into(), own), (format!("src:{}", source.name).into(), version)]
            }
            (ecosystem, _) => vec![(filed_under(ecosystem, &package.name), own)],
        };
        Self { id, package, looked_up }
    }
}

/// A record that names the subject's version.
struct Hit<'a> {
    affected: AffectedRef<'a>,
    advisory: AdvisoryRef<'a>,
    ground: Ground<'a>,
    /// The name that was looked up.
    name: &'a str,
    /// The version that was compared.
    version: &'a str,
}

/// A fix of one record that comes through a channel of its own.
struct ChannelFix<'a> {
    /// The record.
    id: String,
    affected: AffectedRef<'a>,
}

/// Whether a statement is about packages such as this one, apart from the version.
///
/// A package without an architecture of its own fits every one. A statement about a module's
/// packages is only about those of that module; one that names no module leaves that to the
/// version ([`is_modular`]).
fn concerns(conditions: ConditionsRef<'_>, package: &Package) -> bool {
    let mut arches = conditions.arches().peekable();
    let fits_arch = match package.arch.as_deref() {
        None | Some("noarch" | "all" | "any") => true,
        Some(arch) => arches.peek().is_none() || arches.any(|one| one == arch || one == "noarch"),
    };
    let fits_module = match (conditions.module, package.module.as_deref()) {
        (Some(asked), Some(module)) => same_stream(asked, module),
        (Some(_), None) => is_modular(&package.version),
        (None, _) => true,
    };
    fits_arch && fits_module
}

/// Whether two module labels name one stream: the name and the stream count, what may follow them
/// (version, context) does not.
fn same_stream(a: &str, b: &str) -> bool {
    let stream = |label: &str| -> Option<(String, String)> {
        let mut parts = label.split(':');
        Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    stream(a).is_some_and(|a| Some(a) == stream(b))
}

/// Why a record names a version.
#[derive(Clone, Copy)]
enum Ground<'a> {
    /// It lies in this range.
    InRange(RangeRef<'a>),
    /// It is listed by itself.
    Listed,
}

impl<'a> Ground<'a> {
    const fn range(self) -> Option<RangeRef<'a>> {
        match self {
            Self::InRange(range) => Some(range),
            Self::Listed => None,
        }
    }
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
                let affected = row?;
                if !concerns(affected.conditions(), subject.package) {
                    continue;
                }
                let advisory = affected.advisory()?;
                let id = advisory.id().to_string();
                if affected.conditions().channel.is_some() {
                    fixes.push(ChannelFix { id, affected });
                    continue;
                }
                let Some(ground) = self.names(affected, version)? else { continue };
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

    /// Whether a row names the subject's version, and why. A range whose bounds are no versions of
    /// the scheme names nothing.
    fn names<'r>(&self, row: AffectedRef<'r>, version: &str) -> Result<Option<Ground<'r>>, Damage> {
        if row.status() == Status::NotAffected {
            return Ok(None);
        }
        for range in row.ranges() {
            let range = range?;
            if !self.is_of_a_kind(range, version) {
                continue;
            }
            if range.contains(self.scheme, version) == Some(true) {
                return Ok(Some(Ground::InRange(range)));
            }
        }
        for listed in row.versions() {
            let listed = listed?;
            if listed == version || self.scheme.compare(listed, version) == Ok(Ordering::Equal) {
                return Ok(Some(Ground::Listed));
            }
        }
        Ok(None)
    }

    /// Whether a range speaks of packages built the way the version was: in a module, or not.
    fn is_of_a_kind(&self, range: RangeRef<'_>, version: &str) -> bool {
        self.scheme != Scheme::Rpm
            || range.fixed().is_none_or(|fixed| is_modular(fixed) == is_modular(version))
    }

    /// Leaves out records whose fix the package has from a channel.
    fn drop_fixed_by_channel(
        &self,
        ids: &mut Vec<Ids>,
        hits: &mut Vec<Hit<'_>>,
        fixes: &[ChannelFix<'_>],
    ) -> Result<(), Damage> {
        if fixes.is_empty() {
            return Ok(());
        }
        let (mut open_ids, mut open_hits) = (Vec::new(), Vec::new());
        for (known, hit) in ids.drain(..).zip(hits.drain(..)) {
            if !self.has_channel_fix(&known.id, &hit, fixes)? {
                open_ids.push(known);
                open_hits.push(hit);
            }
        }
        (*ids, *hits) = (open_ids, open_hits);
        Ok(())
    }

    /// Whether the version has a fix of the record that some channel brought.
    ///
    /// In dpkg's order a channel's version is above every ordinary one it was made from. An rpm
    /// package of a later minor release may be above it without the fix, so there the release's
    /// tag (`el9_2`) must be the channel's own.
    fn has_channel_fix(
        &self,
        id: &str,
        hit: &Hit<'_>,
        fixes: &[ChannelFix<'_>],
    ) -> Result<bool, Damage> {
        for fix in fixes.iter().filter(|fix| fix.id == id) {
            for range in fix.affected.ranges() {
                let Some(fixed) = range?.fixed() else { continue };
                let reached = self.scheme.compare(hit.version, fixed).is_ok_and(Ordering::is_ge);
                let same_tag = self.scheme != Scheme::Rpm
                    || (minor_tag(fixed).is_some() && minor_tag(fixed) == minor_tag(hit.version));
                if reached && (same_tag || hit.version == fixed) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The fixes of a group's records that come through channels and are above the version: the
    /// lowest, with its channel.
    fn channel_fix<'f>(
        &self,
        members: &[(&Ids, &Hit<'_>)],
        fixes: &'f [ChannelFix<'f>],
    ) -> Result<Option<(&'f str, &'f str)>, Damage> {
        let mut best: Option<(&str, &str)> = None;
        for (ids, hit) in members {
            for fix in fixes.iter().filter(|fix| fix.id == ids.id) {
                let Some(channel) = fix.affected.conditions().channel else { continue };
                for range in fix.affected.ranges() {
                    let Some(fixed) = range?.fixed() else { continue };
                    let above = self.scheme.compare(fixed, hit.version) == Ok(Ordering::Greater);
                    let lower = best.is_none_or(|(known, _)| {
                        self.scheme.compare(fixed, known) == Ok(Ordering::Less)
                    });
                    if above && lower {
                        best = Some((fixed, channel));
                    }
                }
            }
        }
        Ok(best)
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
        let mut severities: BTreeMap<String, Severity> = BTreeMap::new();
        let mut aliases = BTreeSet::new();
        let mut scores: Vec<Score> = Vec::new();
        let mut cwes = BTreeSet::new();
        for (ids, hit) in members {
            let source = of_record(self.name, &ids.id);
            let stated = severity_of(hit)?;
            if stated != Severity::Unknown {
                let known = severities.entry(source.to_owned()).or_default();
                *known = stated.max(*known);
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
        let mut fix_channel = None;
        if fixed_versions.is_empty()
            && let Some((fixed, channel)) = self.channel_fix(members, fixes)?
        {
            fixed_versions.push(fixed.to_owned());
            fix_channel = Some(channel.to_owned());
        }
        let has_fix = !fixed_versions.is_empty() && fix_channel.is_none();
        let status = match (lead.affected.status(), !has_fix) {
            (Status::Unknown | Status::Affected, false) => Status::Fixed,
            // Fixed on another branch, but not on this one.
            (Status::Unknown | Status::Fixed, true) => Status::Affected,
            (status, _) => status,
        };
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
            first_seen: None,
            fix_first_seen: None,
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
            state: state.clone(),
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
        let why = if version.is_empty() {
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

/// Whether findings about a package count: a language package that a judged operating-system
/// package owns is that package's matter.
fn state(
    inventory: &Inventory,
    package: &Package,
    judges: &BTreeMap<Ecosystem, Judge<'_>>,
) -> State {
    let owner = package.owner.and_then(|owner| inventory.package(owner));
    match owner {
        Some(owner)
            if !package.ecosystem.is_os()
                && owner.ecosystem.is_os()
                && judges.contains_key(&owner.ecosystem) =>
        {
            State::Suppressed {
                by: "distribution".to_owned(),
                reason: format!(
                    "installed by the operating-system package {} {}, which the distribution's \
                     advisories judge",
                    owner.name, owner.version
                ),
                until: None,
            }
        }
        _ => State::Open,
    }
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
