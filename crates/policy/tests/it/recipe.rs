//! Images and findings to judge, put together piece by piece.

use lazaret_core::advisory::{Conditions, Reason, Score, Status};
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::finding::{Detail, Epss, Exploited, Finding, Kind, State, Vulnerability};
use lazaret_core::image::{Image, ImageConfig, LayerInfo, Platform};
use lazaret_core::inventory::{Inventory, Os, OsFound, Relation, RelationKind};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, PackageFact, PackageId, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::purl::purl;
use lazaret_core::report::{
    DatabaseOrigin, DatabaseUse, EndOfLife, Provenance, Report, TargetKind,
};
use lazaret_core::severity::{BySource, Severity};
use lazaret_core::verdict::Verdict;
use lazaret_core::version::Scheme;
use lazaret_policy::{Day, Judged, Knows, Policy, PolicyFile, evaluate};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The day everything is judged on.
pub(crate) const TODAY: &str = "2024-06-15";

pub(crate) fn today() -> Option<Day> {
    Day::parse(TODAY)
}

pub(crate) fn digest(seed: u8) -> Digest {
    Digest::from_bytes(Algorithm::Sha256, &[seed; 32]).unwrap()
}

fn location(layer: u32, path: &str) -> Location {
    let path = ImagePath::parse(path.as_bytes()).unwrap();
    Location { layer: LayerIndex(layer), path, lines: None }
}

/// A report on Debian 12, with one layer of a base image, one of an application and one of which
/// nobody knows.
pub(crate) struct Recipe {
    pub(crate) report: Report,
}

impl Recipe {
    pub(crate) fn new() -> Self {
        let layer = |seed, base| LayerInfo {
            blob_digest: Some(digest(seed)),
            diff_id: Some(digest(seed + 100)),
            size_bytes: 100 << 20,
            created_by: None,
            base,
        };
        let os = Os { id: "debian".into(), version: Some("12".into()), ..Os::default() };
        let report = Report {
            target: TargetKind::Image,
            image: Image {
                name: "ghcr.io/shop/web:1.4".into(),
                digest: Some(digest(1)),
                config_digest: Some(digest(2)),
                platform: Some(Platform::linux("amd64")),
                annotations: [(
                    "org.opencontainers.image.base.name".into(),
                    "docker.io/library/debian:12".into(),
                )]
                .into(),
                base_image: None,
                config: ImageConfig {
                    user: Some("app".into()),
                    labels: [("team".into(), "shop".into())].into(),
                    exposed_ports: vec!["8000/tcp".into()],
                    created: Some("2024-06-01T08:00:00Z".into()),
                    ..ImageConfig::default()
                },
                layers: vec![layer(10, Some(true)), layer(11, Some(false)), layer(12, None)],
            },
            inventory: Inventory {
                os: Some(OsFound { os, location: location(0, "etc/os-release") }),
                ..Inventory::default()
            },
            end_of_life: Some(EndOfLife { date: "2026-06-10".into(), extended: None }),
            findings: Vec::new(),
            rules: BTreeMap::new(),
            compliance: None,
            verdict: Verdict::default(),
            provenance: Provenance {
                looked_for: vec![Kind::Vulnerability],
                tool: "lazaret".into(),
                version: "0".into(),
                database: Some(DatabaseUse {
                    origin: DatabaseOrigin::Directory,
                    digest: digest(3),
                    newest: Some("2024-06-14T10:00:00Z".into()),
                    segments: Vec::new(),
                }),
                attached: Vec::new(),
            },
        };
        Self { report }
    }

    pub(crate) fn package(
        &mut self,
        ecosystem: Ecosystem,
        name: &str,
        version: &str,
        (layer, path): (u32, &str),
    ) -> PackageId {
        let mut fact = PackageFact::installed(ecosystem, name, version);
        if ecosystem == Ecosystem::Deb && name == "libssl3" {
            let source = SourcePackage { name: "openssl".into(), version: version.into() };
            fact.source = Some(source);
        }
        let os = self.report.inventory.os.as_ref().map(|found| &found.os);
        let id = PackageId::at(self.report.inventory.packages.len());
        self.report.inventory.packages.push(Package {
            purl: purl(&fact, os),
            ecosystem,
            name: fact.name,
            version: fact.version,
            arch: None,
            source: fact.source,
            module: None,
            vendor: None,
            licenses: if name == "readline" { vec!["GPL-3.0-only".into()] } else { vec![] },
            layer: LayerIndex(layer),
            locations: vec![location(layer, path)],
            owner: None,
            presence: Presence::Installed,
            direct: None,
            removed_in: None,
            third_party: None,
            linked: None,
            found_by: Vec::new(),
        });
        id
    }

    /// Adds a finding in a package and gives it back to be changed.
    pub(crate) fn finding(
        &mut self,
        id: &str,
        severity: Severity,
        package: PackageId,
    ) -> &mut Finding {
        let named = self.report.inventory.package(package).unwrap();
        let looked_up = named.source.as_ref().map_or(&named.name, |source| &source.name).clone();
        let vulnerability = Vulnerability {
            package,
            aliases: Vec::new(),
            status: Status::Affected,
            fixed_versions: Vec::new(),
            fix_channel: None,
            scores: Vec::new(),
            severities: BySource::default(),
            epss: None,
            exploited: None,
            cwes: Vec::new(),
            published: None,
            modified: None,
            first_seen: None,
            fix_first_seen: None,
            reason: Reason {
                segment: "debian-12".into(),
                record: id.into(),
                package: looked_up,
                version: named.version.clone(),
                scheme: Scheme::Deb,
                conditions: Conditions::default(),
                range: None,
            },
        };
        self.report.findings.push(Finding {
            id: id.to_owned(),
            severity,
            severity_source: None,
            fingerprint: format!("{id}/{}", named.name),
            detail: Detail::Vulnerability(Box::new(vulnerability)),
            state: State::Open,
        });
        self.report.findings.last_mut().unwrap()
    }

    pub(crate) fn needs(&mut self, from: PackageId, to: PackageId) {
        let relation = Relation { from, to, kind: RelationKind::DependsOn };
        self.report.inventory.relations.push(relation);
    }

    pub(crate) fn problem(&mut self, kind: ProblemKind) {
        self.report.inventory.problems.push(Problem::general(kind, "something was not read"));
    }
}

/// The vulnerability of a finding, to be changed.
pub(crate) fn vulnerability(finding: &mut Finding) -> &mut Vulnerability {
    let Detail::Vulnerability(vulnerability) = &mut finding.detail else {
        panic!("{} is no vulnerability", finding.id)
    };
    vulnerability
}

/// Gives a finding a fix that has been there since a day.
pub(crate) fn fixed(finding: &mut Finding, since: Option<&str>) {
    let found = vulnerability(finding);
    found.status = Status::Fixed;
    found.fixed_versions = vec!["9".into()];
    found.fix_first_seen = since.map(str::to_owned);
}

pub(crate) fn scored(finding: &mut Finding, score: f64) {
    let vector = "CVSS:3.1/AV:N".to_owned();
    vulnerability(finding).scores.push(Score { vector, score, source: None });
}

pub(crate) fn exploited(finding: &mut Finding, ransomware: bool) {
    let added = "2024-01-01".to_owned();
    vulnerability(finding).exploited = Some(Exploited { added, due: None, ransomware });
}

pub(crate) fn likely(finding: &mut Finding, score: f64, percentile: f64) {
    vulnerability(finding).epss = Some(Epss { score, percentile });
}

/// A policy file of this text.
pub(crate) fn file(text: &str) -> Arc<PolicyFile> {
    let mut nothing = |_: &str, name: &str| Err(format!("there is no {name}"));
    match PolicyFile::read("policy.yaml", text, &mut nothing) {
        Ok(file) => Arc::new(file),
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// Judges a report, of which everything is known that the database could say.
pub(crate) fn judge(policy: &Policy, report: &Report) -> (Vec<Finding>, Verdict) {
    judge_knowing(policy, report, Knows::EVERYTHING)
}

pub(crate) fn judge_knowing(
    policy: &Policy,
    report: &Report,
    knows: Knows,
) -> (Vec<Finding>, Verdict) {
    let judged = Judged {
        end_of_life: report.end_of_life.as_ref(),
        database: report.provenance.database.as_ref(),
        knows,
        ..Judged::new(&report.image, &report.inventory)
    };
    evaluate(policy, &judged, report.findings.clone())
}
