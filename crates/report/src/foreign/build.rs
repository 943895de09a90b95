//! Puts a report together from what another scanner says.

use super::Scanner;
use lazaret_core::advisory::{Conditions, Reason, Score, Status};
use lazaret_core::finding::{
    Detail, Epss, Exploited, Finding, Kind, Place, RuleText, State, Vulnerability,
};
use lazaret_core::image::Image;
use lazaret_core::inventory::{Inventory, Os, OsFound};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, PackageFact, PackageId, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::purl::purl;
use lazaret_core::report::{EndOfLife, Provenance, Report, TargetKind};
use lazaret_core::severity::{BySource, Severity};
use lazaret_core::verdict::Verdict;
use lazaret_core::version::Scheme;
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as WordError, StrDeserializer};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A package as another scanner names it.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// Type of package url; told from the package url where that is given.
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purl: Option<String>,
    pub(super) path: Option<String>,
    pub(super) source: Option<(String, String)>,
    pub(super) licenses: Vec<String>,
    pub(super) layer: Option<usize>,
}

/// A vulnerability as another scanner names it.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) ids: Vec<String>,
    pub(super) severity: Severity,
    pub(super) severity_source: Option<String>,
    pub(super) status: Status,
    pub(super) fixed_versions: Vec<String>,
    pub(super) scores: Vec<Score>,
    pub(super) epss: Option<Epss>,
    pub(super) exploited: Option<Exploited>,
    pub(super) cwes: Vec<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) fix_seen: Option<String>,
    pub(super) source: String,
    /// By whom it was suppressed, and why.
    pub(super) suppressed: Option<(String, String)>,
}

/// A report being put together.
pub(super) struct Builder {
    scanner: Scanner,
    pub(super) image: Image,
    pub(super) end_of_life: Option<EndOfLife>,
    version: String,
    inventory: Inventory,
    known: BTreeMap<(String, String, String, String), PackageId>,
    findings: Vec<Finding>,
    rules: BTreeMap<String, RuleText>,
}

/// A finding of another kind than a vulnerability, as another scanner names it.
pub(super) struct Other {
    pub(super) id: String,
    pub(super) severity: Severity,
    pub(super) detail: Detail,
    /// What is said of the rule, where anything is.
    pub(super) rule: RuleText,
    /// By whom it was suppressed, and why.
    pub(super) suppressed: Option<(String, String)>,
}

impl Builder {
    pub(super) fn new(scanner: Scanner, name: &str, version: Option<String>) -> Self {
        Self {
            scanner,
            image: Image { name: name.to_owned(), ..Image::default() },
            end_of_life: None,
            version: version.unwrap_or_default(),
            inventory: Inventory::default(),
            known: BTreeMap::new(),
            findings: Vec::new(),
            rules: BTreeMap::new(),
        }
    }

    pub(super) fn os(&mut self, id: &str, version: Option<String>) {
        if id.is_empty() {
            return;
        }
        let os = Os {
            id: id.to_ascii_lowercase(),
            version: version.filter(|version| !version.is_empty()),
            ..Os::default()
        };
        let location = Location {
            layer: LayerIndex(0),
            path: ImagePath::parse(b"etc/os-release").unwrap_or_default(),
            lines: None,
        };
        self.inventory.os = Some(OsFound { os, location });
    }

    /// Something the report cannot answer.
    pub(super) fn problem(&mut self, message: String) {
        self.inventory.problems.push(Problem::general(ProblemKind::Coverage, message));
    }

    pub(super) fn package(&mut self, named: Named) -> PackageId {
        let path = named.path.clone().unwrap_or_default();
        let key = (named.kind.clone(), named.name.clone(), named.version.clone(), path.clone());
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let kind = named.purl.as_deref().and_then(purl_type).unwrap_or(&named.kind);
        let ecosystem = ecosystem(kind);
        let mut fact = PackageFact::installed(ecosystem, &named.name, &named.version);
        fact.source = named.source.map(|(name, version)| SourcePackage { name, version });
        let os = self.inventory.os.as_ref().map(|found| &found.os);
        let layer = LayerIndex::at(named.layer.unwrap_or(0));
        let package = Package {
            purl: named.purl.unwrap_or_else(|| purl(&fact, os)),
            ecosystem,
            name: fact.name,
            version: fact.version,
            arch: None,
            source: fact.source,
            module: None,
            vendor: None,
            licenses: named.licenses,
            layer,
            locations: vec![Location {
                layer,
                path: ImagePath::parse(path.as_bytes()).unwrap_or_default(),
                lines: None,
            }],
            owner: None,
            presence: Presence::Installed,
            direct: None,
            removed_in: None,
            third_party: None,
            linked: None,
            found_by: vec![self.scanner.name().to_owned()],
        };
        let id = PackageId::at(self.inventory.packages.len());
        self.inventory.packages.push(package);
        self.known.insert(key, id);
        id
    }

    pub(super) fn finding(&mut self, package: PackageId, found: Found) {
        let Some(named) = self.inventory.package(package) else { return };
        let mut ids: Vec<String> = found.ids.into_iter().filter(|id| !id.is_empty()).collect();
        // The id people know it by, as in our own reports.
        let cve = ids.iter().position(|id| id.starts_with("CVE-")).unwrap_or(0);
        let id = if ids.is_empty() { String::new() } else { ids.remove(cve) };
        ids.sort();
        ids.dedup();
        ids.retain(|alias| *alias != id);
        let fingerprint = fingerprint(&id, named);
        let reason = Reason {
            segment: self.scanner.name().to_owned(),
            record: if found.source.is_empty() { id.clone() } else { found.source },
            package: named.source.as_ref().map_or(&named.name, |source| &source.name).clone(),
            version: named.version.clone(),
            scheme: scheme(named.ecosystem),
            conditions: Conditions::default(),
            range: None,
        };
        let status = match found.status {
            Status::Unknown if !found.fixed_versions.is_empty() => Status::Fixed,
            status => status,
        };
        let vulnerability = Vulnerability {
            package,
            aliases: ids,
            status,
            fixed_versions: found.fixed_versions,
            fix_channel: None,
            scores: found.scores,
            severities: BySource::default(),
            epss: found.epss,
            exploited: found.exploited,
            cwes: found.cwes,
            published: found.published,
            modified: found.modified,
            first_seen: None,
            fix_first_seen: found.fix_seen,
            reason,
        };
        self.findings.push(Finding {
            id,
            severity: found.severity,
            severity_source: found.severity_source,
            detail: Detail::Vulnerability(Box::new(vulnerability)),
            state: state(found.suppressed),
            fingerprint,
        });
    }

    /// Takes over a secret, a misconfiguration or a license.
    pub(super) fn other(&mut self, found: Other) {
        let package = match &found.detail {
            Detail::License(license) => license.package,
            _ => None,
        };
        let mut finding = Finding {
            id: found.id,
            severity: found.severity,
            severity_source: None,
            detail: found.detail,
            state: state(found.suppressed),
            fingerprint: String::new(),
        };
        finding.fingerprint = match package.and_then(|id| self.inventory.package(id)) {
            Some(package) => fingerprint(&finding.id, package),
            None => digest([&finding.id, Kind::of(&finding).name(), &place(finding.place())]),
        };
        if found.rule != RuleText::default() {
            self.rules.entry(finding.id.clone()).or_insert(found.rule);
        }
        self.findings.push(finding);
    }

    /// The first package of a name, which is all that some findings say of theirs.
    pub(super) fn package_named(&self, name: &str) -> Option<PackageId> {
        let packages = &self.inventory.packages;
        packages.iter().position(|package| package.name == name).map(PackageId::at)
    }

    pub(super) fn build(mut self) -> Report {
        self.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
        self.inventory.problems.sort();
        Report {
            target: TargetKind::Image,
            image: self.image,
            inventory: self.inventory,
            end_of_life: self.end_of_life,
            findings: self.findings,
            rules: self.rules,
            compliance: None,
            verdict: Verdict::default(),
            provenance: Provenance {
                tool: self.scanner.name().to_owned(),
                version: self.version,
                looked_for: Vec::new(),
                database: None,
                attached: Vec::new(),
            },
        }
    }
}

/// The severity of a scanner's word for it; `negligible` and its like are low.
pub(super) fn severity(word: &str) -> Severity {
    match word.to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" | "important" => Severity::High,
        "medium" | "moderate" => Severity::Medium,
        "low" | "negligible" | "minimal" | "info" | "none" => Severity::Low,
        _ => Severity::Unknown,
    }
}

/// The base score of a vector, where it can be computed from it.
pub(super) fn score(
    vector: Option<&str>,
    score: Option<f64>,
    source: Option<&str>,
) -> Option<Score> {
    let score = score.filter(|score| (0.0..=10.0).contains(score))?;
    let vector = vector.unwrap_or_default().to_owned();
    Some(Score { vector, score, source: source.map(str::to_owned) })
}

fn purl_type(purl: &str) -> Option<&str> {
    purl.strip_prefix("pkg:")?.split('/').next()
}

/// The ecosystem for a type of package url; a type nobody here knows is that of programs.
fn ecosystem(kind: &str) -> Ecosystem {
    let word = match kind {
        "chrome-extension" => "chrome",
        "swiplpack" => "swipl",
        "vscode-extension" => "vscode",
        kind => kind,
    };
    let word: StrDeserializer<'_, WordError> = word.into_deserializer();
    Ecosystem::deserialize(word).unwrap_or(Ecosystem::Generic)
}

/// The order a package's versions have; another scanner compared them already.
fn scheme(ecosystem: Ecosystem) -> Scheme {
    match ecosystem {
        Ecosystem::Apk => Scheme::Apk,
        Ecosystem::Deb => Scheme::Deb,
        Ecosystem::Rpm => Scheme::Rpm,
        Ecosystem::Alpm => Scheme::Pacman,
        Ecosystem::Pypi => Scheme::Pep440,
        Ecosystem::Golang => Scheme::Go,
        Ecosystem::Maven => Scheme::Maven,
        Ecosystem::Gem => Scheme::Gem,
        Ecosystem::Composer => Scheme::Composer,
        Ecosystem::Nuget => Scheme::Nuget,
        _ => Scheme::Semver,
    }
}

/// Made as our own are, so that reports of two scanners can be compared where they name the same.
fn fingerprint(id: &str, package: &Package) -> String {
    let place = package.locations.first().map_or("", |location| location.path.as_str());
    digest([id, package.ecosystem.purl_type(), &package.name, place])
}

/// A place, in a word that is the same in the next report.
fn place(place: Option<&Place>) -> String {
    match place {
        Some(Place::File { location, inside, .. }) => {
            format!("{}!{}", location.path, inside.as_deref().unwrap_or_default())
        }
        Some(Place::Env { name }) => format!("env {name}"),
        Some(Place::Label { name }) => format!("label {name}"),
        Some(Place::History { entry }) => format!("history {entry}"),
        Some(Place::Image) | None => String::new(),
    }
}

fn state(suppressed: Option<(String, String)>) -> State {
    match suppressed {
        None => State::Open,
        Some((by, reason)) => State::Suppressed { by, reason, until: None },
    }
}

fn digest<const N: usize>(parts: [&str; N]) -> String {
    let mut hash = Sha256::new();
    for (position, part) in parts.into_iter().enumerate() {
        if position > 0 {
            hash.update([0]);
        }
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(32);
    for byte in digest.iter().take(16) {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(text, "{byte:02x}");
    }
    text
}
