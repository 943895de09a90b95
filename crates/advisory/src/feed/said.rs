//! What is said of the packages of one vulnerability, and which of two statements counts.

use super::gather::Rank;
use super::{Feed, fixes};
use lazaret_core::advisory::{Affected, Conditions, RangeEnd, Status};
use lazaret_core::version::Scheme;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A statement with the weight it has against others about the same.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) rank: Rank,
    pub(super) feed: &'static Feed,
    pub(super) affected: Affected,
}

impl Said {
    /// What it is about: the same package under other conditions is another matter.
    fn named(&self) -> (&str, &Conditions) {
        (&self.affected.package, &self.affected.conditions)
    }

    /// Settles it with another statement about the same, which is of no use afterward. Two fixes
    /// that a source itself tells may be of different lines of the package, which both count;
    /// otherwise the weightier one stays.
    fn settle(&mut self, scheme: Scheme, other: &mut Self) {
        let fixes = self.affected.status == Status::Fixed && other.affected.status == Status::Fixed;
        let joins = fixes && self.rank == other.rank && self.rank >= Rank::Advisory;
        if outweighs(scheme, other, self) {
            std::mem::swap(self, other);
        }
        if joins {
            let (winner, loser) =
                (std::mem::take(&mut self.affected), std::mem::take(&mut other.affected));
            self.affected = fixes::joined(scheme, winner, loser);
        }
    }
}

/// Statements about the packages of one vulnerability.
///
/// A list, not a map: most vulnerabilities have one package, and a map would take a kilobyte for
/// it. Statements are added at the end and settled when the list has doubled, so that adding many
/// stays cheap.
#[derive(Debug)]
pub(super) struct Statements {
    said: Vec<Said>,
    /// How many were left when the list was settled last.
    known: usize,
}

/// Statements that may wait to be settled in a short list.
const WAITING_MAX: usize = 16;

impl Statements {
    /// Statements about packages, each for itself.
    pub(super) fn of(said: Vec<Said>) -> Self {
        Self { known: said.len(), said }
    }

    /// What one document says: entries about one package are joined.
    pub(super) fn of_document(entries: Vec<Affected>, feed: &'static Feed) -> Self {
        Self::of_entries(entries, feed, Rank::State, joined)
    }

    /// What one erratum says: entries about one package are joined, the higher fix of a line
    /// counting.
    pub(super) fn of_erratum(entries: Vec<Affected>, feed: &'static Feed, scheme: Scheme) -> Self {
        Self::of_entries(entries, feed, Rank::Advisory, |a, b| fixes::joined(scheme, a, b))
    }

    fn of_entries(
        entries: Vec<Affected>,
        feed: &'static Feed,
        rank: Rank,
        join: impl Fn(Affected, Affected) -> Affected,
    ) -> Self {
        let mut packages: BTreeMap<(String, Conditions), Affected> = BTreeMap::new();
        for affected in entries {
            let named = (affected.package.clone(), affected.conditions.clone());
            if let Some(said) = packages.get_mut(&named) {
                *said = join(std::mem::take(said), affected);
            } else {
                packages.insert(named, affected);
            }
        }
        let said = |affected| Said { rank, feed, affected };
        Self::of(packages.into_values().map(said).collect())
    }

    pub(super) fn add(&mut self, said: Said, scheme: Scheme) {
        self.said.push(said);
        if self.said.len() > self.known.saturating_mul(2).saturating_add(WAITING_MAX) {
            self.settle(scheme);
        }
    }

    /// Puts what another part of the same account says beside it: entries about one package are
    /// joined, as in a document.
    pub(super) fn join(&mut self, other: Self) {
        for said in other.said {
            match self.said.iter_mut().find(|mine| mine.named() == said.named()) {
                Some(mine) => {
                    mine.affected = joined(std::mem::take(&mut mine.affected), said.affected);
                }
                None => self.said.push(said),
            }
        }
        self.known = self.said.len();
    }

    /// One statement for each package and conditions, in their order.
    pub(super) fn settled(mut self, scheme: Scheme) -> Vec<Said> {
        self.settle(scheme);
        self.said
    }

    fn settle(&mut self, scheme: Scheme) {
        // The order among statements about the same stays, so that the first of equals counts.
        self.said.sort_by(|a, b| a.named().cmp(&b.named()));
        self.said.dedup_by(|new, known| {
            let same = new.named() == known.named();
            if same {
                known.settle(scheme, new);
            }
            same
        });
        self.known = self.said.len();
    }
}

/// Whether a new statement replaces a known one.
///
/// Of equal rank, an unfixed state outweighs a fix and the higher fix outweighs the lower, as
/// Debian's tracker joins advisories; "never affected" is the version before every other. Of two
/// unfixed states, the one that says more counts: that a fix is not coming, rather than that
/// there is none yet.
fn outweighs(scheme: Scheme, new: &Said, known: &Said) -> bool {
    let strength = |status: Status| match status {
        Status::NotAffected => 0,
        Status::Fixed => 1,
        _ => 2,
    };
    new.rank
        .cmp(&known.rank)
        .then_with(|| strength(new.affected.status).cmp(&strength(known.affected.status)))
        .then_with(|| higher(scheme, fixed_version(&new.affected), fixed_version(&known.affected)))
        .then_with(|| new.affected.status.cmp(&known.affected.status))
        .is_gt()
}

/// The order of two fixed versions, where both are known.
fn higher(scheme: Scheme, a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => fixes::order(scheme, a, b),
        _ => Ordering::Equal,
    }
}

fn fixed_version(affected: &Affected) -> Option<&str> {
    affected.ranges.first().and_then(|range| match &range.end {
        RangeEnd::Fixed(version) => Some(version.as_str()),
        RangeEnd::LastAffected(_) | RangeEnd::Open => None,
    })
}

/// Two entries about one package in one document, as one.
fn joined(mut first: Affected, second: Affected) -> Affected {
    for range in second.ranges {
        if !first.ranges.contains(&range) {
            first.ranges.push(range);
        }
    }
    first.versions.extend(second.versions);
    first.versions.sort_unstable();
    first.versions.dedup();
    // One entry with a fix is enough to say that there is one.
    if second.status == Status::Fixed {
        first.status = Status::Fixed;
    }
    first.severity = first.severity.max(second.severity);
    // What is about all of a package is not about a part of it.
    if first.imports.is_empty() || second.imports.is_empty() {
        first.imports.clear();
    } else {
        first.imports.extend(second.imports);
        first.imports.sort_unstable();
        first.imports.dedup();
    }
    first
}
