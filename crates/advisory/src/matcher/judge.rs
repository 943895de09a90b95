//! What one row says about one version: the decisions that matching and explaining share.

use crate::grouping::Ids;
use crate::interval::{EndRef, RangeRef};
use crate::module::{Build, is_modular, minor_of_channel, minor_release};
use crate::segment::{AdvisoryRef, AffectedRef, ConditionsRef, Damage, SegmentRef};
use lazaret_core::advisory::Status;
use lazaret_core::package::Package;
use lazaret_core::version::Scheme;
use std::cmp::Ordering;

/// The segment that judges the packages of one ecosystem.
pub(super) struct Judge<'a> {
    pub(super) name: &'a str,
    pub(super) scheme: Scheme,
    pub(super) segment: SegmentRef<'a>,
    /// What was first seen after this time is left out.
    pub(super) limit: Option<i64>,
}

/// A record that names the subject's version.
pub(super) struct Hit<'a> {
    pub(super) affected: AffectedRef<'a>,
    pub(super) advisory: AdvisoryRef<'a>,
    pub(super) ground: Ground<'a>,
    /// The name that was looked up.
    pub(super) name: &'a str,
    /// The version that was compared.
    pub(super) version: &'a str,
}

/// A fix of one record that comes through a channel of its own.
pub(super) struct ChannelFix<'a> {
    /// The record.
    pub(super) id: String,
    pub(super) affected: AffectedRef<'a>,
}

/// Why a record names a version.
#[derive(Clone, Copy)]
pub(super) enum Ground<'a> {
    /// It lies in this range.
    InRange(RangeRef<'a>),
    /// It is listed by itself.
    Listed,
}

impl<'a> Ground<'a> {
    pub(super) const fn range(self) -> Option<RangeRef<'a>> {
        match self {
            Self::InRange(range) => Some(range),
            Self::Listed => None,
        }
    }
}

/// What one row comes to for one package and one of its versions.
#[derive(Clone, Copy)]
pub(super) enum Decision<'a> {
    /// The row is about packages for other processors.
    OtherArch,
    /// The row is about packages of another module, or of one where this is of none.
    OtherModule,
    /// The row says where a fix can be had, and makes nothing vulnerable.
    Channel,
    /// The source says that the package is not affected.
    NotAffected,
    /// The row names the version.
    Affected(Ground<'a>),
    /// The version lies in no range of the row and is not listed, or cannot be compared.
    Outside,
}

impl Judge<'_> {
    /// A row as it was at the time that is asked about; nothing if it was not there yet.
    pub(super) fn then<'r>(&self, row: AffectedRef<'r>) -> Result<Option<AffectedRef<'r>>, Damage> {
        self.limit.map_or(Ok(Some(row)), |at| row.as_of(at))
    }

    /// What a row comes to for a package and the version that is looked up for it.
    pub(super) fn decide<'r>(
        &self,
        row: AffectedRef<'r>,
        package: &Package,
        version: &str,
    ) -> Result<Decision<'r>, Damage> {
        let conditions = row.conditions();
        if !fits_arch(conditions, package) {
            return Ok(Decision::OtherArch);
        }
        if !fits_module(conditions, package) {
            return Ok(Decision::OtherModule);
        }
        if conditions.channel.is_some() {
            return Ok(Decision::Channel);
        }
        if row.status() == Status::NotAffected {
            return Ok(Decision::NotAffected);
        }
        Ok(self.names(row, package, version)?.map_or(Decision::Outside, Decision::Affected))
    }

    /// Whether a row names the subject's version, and why. A range whose bounds are no versions of
    /// the scheme names nothing.
    fn names<'r>(
        &self,
        row: AffectedRef<'r>,
        package: &Package,
        version: &str,
    ) -> Result<Option<Ground<'r>>, Damage> {
        // A module's package is another one than the distribution's own of that name. Where there
        // is a fix its version tells them apart; what is open for all versions names its module.
        let is_foreign = self.scheme == Scheme::Rpm
            && row.conditions().module.is_none()
            && (package.module.is_some() || is_modular(version));
        for range in row.ranges() {
            let range = range?;
            let is_for_all = range.end == EndRef::Open;
            if !self.is_of_a_kind(range, version) || (is_foreign && is_for_all) {
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

    /// Whether a range speaks of packages built the way the version was.
    pub(super) fn is_of_a_kind(&self, range: RangeRef<'_>, version: &str) -> bool {
        self.scheme != Scheme::Rpm
            || range.fixed().is_none_or(|fixed| Build::of(fixed) == Build::of(version))
    }

    /// Leaves out records whose fix the package has from a channel.
    pub(super) fn drop_fixed_by_channel(
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
    /// package of a later minor release may be above it without the fix, so there the package must
    /// be of the minor release the channel is for (`el9_2`). A channel for no minor release that
    /// alone has a fix goes on where ordinary updates have ended: what is above it has the fix too.
    pub(super) fn has_channel_fix(
        &self,
        id: &str,
        hit: &Hit<'_>,
        fixes: &[ChannelFix<'_>],
    ) -> Result<bool, Damage> {
        for fix in fixes.iter().filter(|fix| fix.id == id) {
            let channel = fix.affected.conditions().channel.and_then(minor_of_channel);
            let only_there = hit.ground.range().is_some_and(|range| range.fixed().is_none());
            for range in fix.affected.ranges() {
                let Some(fixed) = range?.fixed() else { continue };
                let reached = self.scheme.compare(hit.version, fixed).is_ok_and(Ordering::is_ge);
                let minor = channel.or_else(|| minor_release(fixed));
                let is_line = self.scheme != Scheme::Rpm
                    || (channel.is_none() && only_there)
                    || (minor.is_some() && minor == minor_release(hit.version));
                if reached && (is_line || hit.version == fixed) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The fixes of a group's records that come through channels and are above the version: the
    /// lowest, with its channel.
    pub(super) fn channel_fix<'f>(
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
}

/// Whether a statement is about packages of this architecture. A package without one of its own
/// fits every one.
fn fits_arch(conditions: ConditionsRef<'_>, package: &Package) -> bool {
    let mut arches = conditions.arches().peekable();
    match package.arch.as_deref() {
        None | Some("noarch" | "all" | "any") => true,
        Some(arch) => arches.peek().is_none() || arches.any(|one| one == arch || one == "noarch"),
    }
}

/// Whether a statement is about packages of this module. One about a module's packages is only
/// about those of that module; one that names no module leaves that to the version
/// ([`is_modular`]).
fn fits_module(conditions: ConditionsRef<'_>, package: &Package) -> bool {
    match (conditions.module, package.module.as_deref()) {
        (Some(asked), Some(module)) => same_stream(asked, module),
        (Some(_), None) => is_modular(&package.version),
        (None, _) => true,
    }
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
