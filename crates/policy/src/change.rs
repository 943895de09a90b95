//! What changed between two reports: new, fixed and unchanged findings, and what changed them.

use crate::baseline::BASELINE;
use crate::kind::Subject;
use lazaret_core::finding::{Finding, State};
use lazaret_core::package::Package;
use lazaret_core::report::Report;
use std::collections::BTreeMap;
use std::fmt;

/// What made a finding come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The image: a package, or a version of it, came or went.
    Bytes,
    /// The advisory database: the same package is judged differently.
    Database,
    /// The policy: the same finding counts or does not.
    Policy,
    /// The scan: it looked in other places or asked for other things.
    Scan,
}

impl Cause {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Database => "database",
            Self::Policy => "policy",
            Self::Scan => "scan",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One finding that came, went or stayed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<'a> {
    /// The finding, as the later report has it, or the earlier one where it went.
    pub finding: &'a Finding,
    /// The package it is in.
    pub package: Option<&'a Package>,
    /// What changed; nothing where it stayed as it was.
    pub cause: Option<Cause>,
    /// What changed, in words.
    pub why: String,
}

/// What changed between two reports. Findings that do not count are as good as absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes<'a> {
    /// Count now, and did not.
    pub new: Vec<Change<'a>>,
    /// Counted, and do not any more.
    pub fixed: Vec<Change<'a>>,
    /// Count now as before.
    pub unchanged: Vec<Change<'a>>,
}

/// Compares two reports of the same image, or of two images.
pub fn changes<'a>(old: &'a Report, new: &'a Report) -> Changes<'a> {
    let before = Side::new(old);
    let after = Side::new(new);
    let database = |report: &Report| report.provenance.database.as_ref().map(|d| d.digest.clone());
    let same_database = database(old) == database(new);
    let mut changes = Changes::default();
    for (finding, fingerprint) in after.open() {
        let package = package(new, finding);
        match before.get(fingerprint, finding) {
            Some(earlier) if earlier.state.is_open() => {
                let why = String::new();
                changes.unchanged.push(Change { finding, package, cause: None, why });
            }
            Some(earlier) => {
                let why = format!("it was suppressed{}", by(&earlier.state));
                let cause = Some(Cause::Policy);
                changes.new.push(Change { finding, package, cause, why });
            }
            None => {
                let (cause, why) = came(old, package, same_database);
                changes.new.push(Change { finding, package, cause: Some(cause), why });
            }
        }
    }
    for (finding, fingerprint) in before.open() {
        let package = package(old, finding);
        let (cause, why) = match after.get(fingerprint, finding) {
            Some(later) if later.state.is_open() => continue,
            // A baseline excuses what was there, and what was there is there still.
            Some(later) if is_of_baseline(&later.state) => {
                let (finding, package) = (later, self::package(new, later));
                let why = format!("it is suppressed{}", by(&later.state));
                changes.unchanged.push(Change { finding, package, cause: None, why });
                continue;
            }
            Some(later) => (Cause::Policy, format!("it is suppressed{}", by(&later.state))),
            None => went(new, package, same_database),
        };
        changes.fixed.push(Change { finding, package, cause: Some(cause), why });
    }
    changes
}

fn package<'a>(report: &'a Report, finding: &'a Finding) -> Option<&'a Package> {
    Subject::new(finding, &report.image, &report.inventory).package
}

fn is_of_baseline(state: &State) -> bool {
    matches!(state, State::Suppressed { by, .. } if by == BASELINE)
}

fn by(state: &State) -> String {
    match state {
        State::Open => String::new(),
        State::Suppressed { by, reason, .. } => format!(" by {by}: {reason}"),
    }
}

/// Why a finding is there that was not.
fn came(old: &Report, package: Option<&Package>, same_database: bool) -> (Cause, String) {
    let Some(package) = package else {
        return (Cause::Scan, "nothing of the kind was found before".to_owned());
    };
    match counterpart(old, package) {
        None => (Cause::Bytes, "the package is new".to_owned()),
        Some(before) if before.version != package.version => {
            let (from, to) = (&before.version, &package.version);
            (Cause::Bytes, format!("the version was {from} and is {to}"))
        }
        Some(_) if !same_database => {
            (Cause::Database, "the package is the same, and the database is newer".to_owned())
        }
        Some(_) => (Cause::Scan, "package and database are the same".to_owned()),
    }
}

/// Why a finding is not there any more.
fn went(new: &Report, package: Option<&Package>, same_database: bool) -> (Cause, String) {
    let Some(package) = package else {
        return (Cause::Scan, "nothing of the kind was found".to_owned());
    };
    match counterpart(new, package) {
        None => (Cause::Bytes, "the package is gone".to_owned()),
        Some(after) if after.version != package.version => {
            let (from, to) = (&package.version, &after.version);
            (Cause::Bytes, format!("the version was {from} and is {to}"))
        }
        Some(_) if !same_database => {
            let why = "the package is the same, and the database says otherwise";
            (Cause::Database, why.to_owned())
        }
        Some(_) => (Cause::Scan, "package and database are the same".to_owned()),
    }
}

/// The same package in another report: in the same place first, then anywhere.
fn counterpart<'a>(report: &'a Report, package: &Package) -> Option<&'a Package> {
    let is_same =
        |other: &&Package| other.ecosystem == package.ecosystem && other.name == package.name;
    let place = |package: &Package| package.locations.first().map(|one| one.path.clone());
    let mut same = report.inventory.packages.iter().filter(is_same);
    let exact = same
        .clone()
        .find(|other| place(other) == place(package) && other.version == package.version);
    exact
        .or_else(|| same.clone().find(|other| place(other) == place(package)))
        .or_else(|| same.next())
}

/// The findings of a report by fingerprint. Several may have the same one: of one package in two
/// versions at one place.
struct Side<'a> {
    report: &'a Report,
    by_fingerprint: BTreeMap<String, Vec<&'a Finding>>,
}

impl<'a> Side<'a> {
    fn new(report: &'a Report) -> Self {
        let mut by_fingerprint: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
        for finding in &report.findings {
            by_fingerprint.entry(key(report, finding)).or_default().push(finding);
        }
        Self { report, by_fingerprint }
    }

    fn open(&self) -> impl Iterator<Item = (&'a Finding, String)> + '_ {
        let open = self.report.findings.iter().filter(|finding| finding.state.is_open());
        open.map(|finding| (finding, key(self.report, finding)))
    }

    /// The same finding here, one that counts before one that does not.
    fn get(&self, fingerprint: String, finding: &Finding) -> Option<&'a Finding> {
        let same = self.by_fingerprint.get(&fingerprint)?;
        let same = same.iter().filter(|other| other.id == finding.id);
        same.clone().find(|other| other.state.is_open()).or_else(|| same.clone().next()).copied()
    }
}

/// The fingerprint; where another tool gave none, what one is made of.
fn key(report: &Report, finding: &Finding) -> String {
    if !finding.fingerprint.is_empty() {
        return finding.fingerprint.clone();
    }
    let package = package(report, finding).map_or("", |package| package.name.as_str());
    format!("{} {package}", finding.id)
}
