//! Trivy's JSON, schema version 2, field for field and in its order, so that what reads Trivy reads
//! this: upper-case fields, empty ones left out, and `<`, `>` and `&` escaped as Go's encoder does.
//!
//! Suppressed findings are in `ExperimentalModifiedFindings`, where Trivy puts them with
//! `--show-suppressed`. Titles, descriptions and references of vulnerabilities are not part of a
//! report, and left out.

mod kind;
mod model;
mod other;
mod values;

use crate::pretty::{self, Style};
use crate::view::Around;
use crate::{Format, WriteOptions, end, link, moment, serial};
use kind::Kind;
use lazaret_core::finding::{Detail, Finding, State, Vulnerability};
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence};
use lazaret_core::reference::Reference;
use lazaret_core::report::{Report, TargetKind};
use lazaret_core::severity::Severity;
use model::{
    AnyFinding, Config, Cvss, DataSource, History, Identifier, ImageConfig, Layer, Lines, Metadata,
    Modified, Nothing, Os, Root, Rootfs, TrivyPackage, TrivyResult, TrivyVulnerability,
};
use serde::{Serialize, Serializer};
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::io;

pub(crate) use values::values;

/// Writes one report.
pub(crate) fn write(
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    pretty::write(&root(report, options)?, Style::Go, out)
}

/// What is written of one report.
pub(crate) fn root<'a>(report: &'a Report, options: &WriteOptions) -> io::Result<Root<'a>> {
    let created_at = moment::created(report, options);
    Ok(Root {
        schema_version: 2,
        report_id: serial::uuid(Format::TrivyJson.name(), report, created_at.as_deref())?,
        created_at,
        artifact_name: &report.image.name,
        artifact_type: match report.target {
            TargetKind::Image => "container_image",
            TargetKind::Rootfs | TargetKind::Filesystem | TargetKind::Config => "filesystem",
            TargetKind::Sbom => "cyclonedx",
        },
        metadata: metadata(report, options),
        results: results(report, options),
    })
}

fn metadata<'a>(report: &'a Report, options: &WriteOptions) -> Metadata<'a> {
    let image = &report.image;
    // A file's name is no reference, and Trivy lists tags of registries only.
    let reference = Reference::parse(&image.name).ok().filter(|_| image.name.contains(['/', ':']));
    let repository = reference.as_ref().map(|reference| match reference.registry() {
        lazaret_core::reference::DEFAULT_REGISTRY => {
            let name = reference.repository();
            name.strip_prefix("library/").unwrap_or(name).to_owned()
        }
        registry => format!("{registry}/{}", reference.repository()),
    });
    let tags = reference.as_ref().and_then(Reference::tag).zip(repository.as_deref());
    let digests = image.digest.as_ref().zip(repository.as_deref());
    Metadata {
        os: report.inventory.os.as_ref().map(|found| Os {
            family: kind::os_family(&found.os.id),
            name: found.os.version.as_deref().unwrap_or_default(),
            end_of_life: end::over(report, options.table.today).is_some(),
        }),
        image_id: image.config_digest.as_ref(),
        diff_ids: image.layers.iter().filter_map(|layer| layer.diff_id.as_ref()).collect(),
        repo_tags: tags.map(|(tag, name)| format!("{name}:{tag}")).into_iter().collect(),
        repo_digests: digests
            .map(|(digest, name)| format!("{name}@{digest}"))
            .into_iter()
            .collect(),
        image_config: (report.target == TargetKind::Image).then(|| image_config(image)),
        layers: image.layers.iter().map(layer).filter(|layer| !layer.is_empty()).collect(),
    }
}

fn image_config(image: &Image) -> ImageConfig<'_> {
    let config = &image.config;
    let created = |created: &Option<String>| created.as_deref().and_then(moment::timestamp);
    ImageConfig {
        architecture: image.platform.as_ref().map_or("", |platform| &platform.architecture),
        created: created(&config.created),
        history: config
            .history
            .iter()
            .map(|entry| History {
                created: created(&entry.created),
                created_by: &entry.created_by,
                empty_layer: entry.empty_layer,
            })
            .collect(),
        os: image.platform.as_ref().map_or("", |platform| &platform.os),
        rootfs: Rootfs {
            kind: "layers",
            diff_ids: image.layers.iter().filter_map(|layer| layer.diff_id.as_ref()).collect(),
        },
        config: Config {
            cmd: &config.cmd,
            entrypoint: &config.entrypoint,
            env: &config.env,
            labels: &config.labels,
            user: config.user.as_deref(),
            exposed_ports: config
                .exposed_ports
                .iter()
                .map(|port| (port.as_str(), Nothing {}))
                .collect(),
        },
    }
}

fn layer(layer: &LayerInfo) -> Layer<'_> {
    Layer { digest: layer.blob_digest.as_ref(), diff_id: layer.diff_id.as_ref(), created_by: None }
}

/// Packages of one result, taken apart while they are written.
pub(crate) struct Packages<'a> {
    report: &'a Report,
    kind: Kind<'a>,
    members: Vec<(String, &'a Package)>,
}

impl Packages<'_> {
    const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl Serialize for Packages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.members.iter();
        serializer.collect_seq(members.map(|(_, package)| listed(self.report, self.kind, package)))
    }
}

/// Vulnerabilities of one result, put together while they are written.
pub(crate) struct Vulnerabilities<'a> {
    report: &'a Report,
    kind: Kind<'a>,
    found: Vec<Found<'a>>,
}

/// A vulnerability with its package.
type Found<'a> = (&'a Package, &'a Finding, &'a Vulnerability);

impl Vulnerabilities<'_> {
    const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl Serialize for Vulnerabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.found.iter().map(|found| entry(Around::of(self.report), self.kind, *found)),
        )
    }
}

/// Puts vulnerabilities into Trivy's order: by package, its id and version, then the worst first.
fn sort(kind: Kind<'_>, found: &mut [Found<'_>]) {
    found.sort_by(|(a, first, _), (b, second, _)| {
        let by_id = || {
            let is_one = std::ptr::eq(*a, *b);
            if is_one { Ordering::Equal } else { package_id(a).cmp(&package_id(b)) }
        };
        a.name
            .cmp(&b.name)
            .then_with(by_id)
            .then_with(|| a.version.cmp(&b.version))
            .then_with(|| Reverse(first.severity).cmp(&Reverse(second.severity)))
            .then_with(|| first.id.cmp(&second.id))
            .then_with(|| path(kind, a).cmp(&path(kind, b)))
    });
}

/// One result a package database, lock file or kind of installed package, in Trivy's order: the
/// operating system, then by type and target; behind them what is not about packages.
fn results<'a>(report: &'a Report, options: &WriteOptions) -> Vec<TrivyResult<'a>> {
    let mut groups: BTreeMap<(Kind<'_>, String), Vec<(PackageId, &Package)>> = BTreeMap::new();
    for (position, package) in report.inventory.packages.iter().enumerate() {
        let (kind, target) = kind::of(Around::of(report), package);
        groups.entry((kind, target)).or_default().push((PackageId::at(position), package));
    }
    let mut findings: BTreeMap<PackageId, Vec<(&Finding, &Vulnerability)>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| options.shows(finding)) {
        if let Some(vulnerability) = finding.vulnerability() {
            findings.entry(vulnerability.package).or_default().push((finding, vulnerability));
        }
    }
    let packages = groups.into_iter().map(|((kind, target), members)| {
        let (mut open, mut suppressed): (Vec<Found<'_>>, Vec<Found<'_>>) = members
            .iter()
            .flat_map(|(id, package)| {
                let found = findings.remove(id).unwrap_or_default();
                found.into_iter().map(|(finding, vulnerability)| (*package, finding, vulnerability))
            })
            .partition(|(_, finding, _)| finding.state.is_open());
        sort(kind, &mut open);
        sort(kind, &mut suppressed);
        let modified = suppressed.into_iter().filter_map(|found| {
            let entry = AnyFinding::Vulnerability(Box::new(entry(Around::of(report), kind, found)));
            modified(found.1, entry)
        });
        let mut members: Vec<_> =
            members.into_iter().map(|(_, package)| (package_id(package), package)).collect();
        members.sort_by_cached_key(|(id, package)| (id.clone(), path(kind, package)));
        TrivyResult {
            packages: Packages { report, kind, members },
            vulnerabilities: Vulnerabilities { report, kind, found: open },
            modified: modified.collect(),
            ..empty(report, target, kind.class(), kind.name())
        }
    });
    packages.chain(other::results(report, options)).collect()
}

/// A result that holds nothing yet.
fn empty<'a>(
    report: &'a Report,
    target: String,
    class: &'static str,
    kind: &'a str,
) -> TrivyResult<'a> {
    let none = Kind::Listed("");
    TrivyResult {
        target,
        class,
        kind,
        packages: Packages { report, kind: none, members: vec![] },
        vulnerabilities: Vulnerabilities { report, kind: none, found: vec![] },
        misconf_summary: None,
        misconfigurations: vec![],
        secrets: vec![],
        licenses: vec![],
        modified: vec![],
    }
}

/// A finding that does not count, as Trivy shows it.
fn modified<'a>(finding: &'a Finding, shown: AnyFinding<'a>) -> Option<Modified<'a>> {
    let State::Suppressed { by, reason, .. } = &finding.state else { return None };
    Some(Modified {
        kind: lazaret_core::finding::Kind::of(finding).name(),
        status: "ignored",
        statement: reason,
        source: by,
        finding: shown,
    })
}

/// One finding with its kind, as Trivy shows it to an ignore policy.
pub(crate) fn finding(finding: &Finding, around: Around<'_>) -> serde_json::Value {
    let mut entry = match &finding.detail {
        Detail::Vulnerability(vulnerability) => {
            let package = around.inventory.package(vulnerability.package);
            let entry = package.map(|package| {
                let (kind, _) = kind::of(around, package);
                serde_json::to_value(entry(around, kind, (package, finding, vulnerability)))
            });
            entry.and_then(Result::ok).unwrap_or_default()
        }
        Detail::Secret(_) | Detail::Misconfiguration(_) | Detail::License(_) => {
            other::shown(finding, around)
        }
    };
    if let Some(fields) = entry.as_object_mut() {
        let kind = lazaret_core::finding::Kind::of(finding).name();
        fields.entry("Type").or_insert_with(|| kind.into());
    }
    entry
}

fn entry<'a>(
    report: Around<'a>,
    kind: Kind<'_>,
    (package, finding, vulnerability): Found<'a>,
) -> TrivyVulnerability<'a> {
    let source = kind::data_source(package.ecosystem, vulnerability);
    let record = &vulnerability.reason.record;
    let mut references: Vec<String> =
        link::ids(finding, vulnerability).into_iter().filter_map(link::of).collect();
    references.sort();
    TrivyVulnerability {
        vulnerability_id: &finding.id,
        vendor_ids: (*record != finding.id).then_some(record.as_str()).into_iter().collect(),
        pkg_id: package_id(package),
        pkg_name: &package.name,
        pkg_path: path(kind, package),
        pkg_identifier: Identifier { purl: &package.purl },
        installed_version: &package.version,
        fixed_version: vulnerability.fixed_versions.join(", "),
        status: vulnerability.status.name(),
        layer: report.image.layers.get(package.layer.index()).map(layer),
        severity_source: finding.severity_source.as_ref().map(|name| {
            let is_listed = vulnerability.severities.has(name);
            if is_listed { name.clone() } else { source.id.clone() }
        }),
        primary_url: link::of(&finding.id),
        severity: finding.severity,
        cwe_ids: &vulnerability.cwes,
        vendor_severity: vendor_severity(finding, vulnerability, &source.id),
        cvss: cvss(vulnerability, &source.id),
        data_source: DataSource { id: source.id, name: source.name, url: source.url },
        fingerprint: &finding.fingerprint,
        references,
        published_date: vulnerability.published.as_deref().and_then(moment::timestamp),
        last_modified_date: vulnerability.modified.as_deref().and_then(moment::timestamp),
    }
}

/// What each source says; where a report does not tell them apart, what counts.
fn vendor_severity(
    finding: &Finding,
    vulnerability: &Vulnerability,
    source: &str,
) -> BTreeMap<String, u8> {
    if vulnerability.severities.is_empty() {
        return [(source.to_owned(), number(finding.severity))].into();
    }
    let severities = vulnerability.severities.iter();
    severities.map(|(source, severity)| (source.to_owned(), number(severity))).collect()
}

/// Scores by source. Of several of one CVSS version the first, which is the one its source puts
/// first.
fn cvss<'a>(vulnerability: &'a Vulnerability, source: &str) -> BTreeMap<String, Cvss<'a>> {
    let mut by_source: BTreeMap<String, Cvss<'_>> = BTreeMap::new();
    for score in &vulnerability.scores {
        let name = score.source.as_deref().unwrap_or(source);
        let cvss = by_source.entry(name.to_owned()).or_default();
        let vector = score.vector.as_str();
        let value = Some(score.score);
        if vector.starts_with("CVSS:4") {
            if cvss.v40_vector.is_none() {
                (cvss.v40_vector, cvss.v40_score) = (Some(vector), value);
            }
        } else if vector.starts_with("CVSS:3") {
            if cvss.v3_vector.is_none() {
                (cvss.v3_vector, cvss.v3_score) = (Some(vector), value);
            }
        } else if cvss.v2_vector.is_none() {
            (cvss.v2_vector, cvss.v2_score) = (Some(vector), value);
        }
    }
    by_source
}

/// Trivy's number of a severity.
const fn number(severity: Severity) -> u8 {
    match severity {
        Severity::Unknown => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

fn package_id(package: &Package) -> String {
    match (&package.arch, package.ecosystem) {
        (Some(arch), Ecosystem::Rpm) => format!("{}@{}.{arch}", package.name, package.version),
        _ => format!("{}@{}", package.name, package.version),
    }
}

/// The file of an installed package; a lock file is the result's target already.
fn path<'a>(kind: Kind<'_>, package: &'a Package) -> Option<&'a str> {
    kind.is_aggregated()
        .then(|| package.locations.first().map(|location| location.path.as_str()))
        .flatten()
}

fn listed<'a>(report: &'a Report, kind: Kind<'_>, package: &'a Package) -> TrivyPackage<'a> {
    let version = Version::of(package.ecosystem, &package.version);
    let source = package
        .source
        .as_ref()
        .map(|source| (source.name.as_str(), Version::of(package.ecosystem, &source.version)));
    let (source_name, source) = source.unzip();
    TrivyPackage {
        id: package_id(package),
        name: &package.name,
        identifier: Identifier { purl: &package.purl },
        version: version.upstream,
        release: version.release,
        epoch: version.epoch,
        arch: package.arch.as_deref(),
        dev: package.presence == Presence::DeclaredDev,
        src_name: source_name,
        src_version: source.as_ref().map(|source| source.upstream),
        src_release: source.as_ref().and_then(|source| source.release),
        src_epoch: source.as_ref().map_or(0, |source| source.epoch),
        licenses: &package.licenses,
        layer: report.image.layers.get(package.layer.index()).map(layer),
        file_path: path(kind, package),
        locations: package
            .locations
            .iter()
            .filter_map(|location| location.lines)
            .map(|lines| Lines { start: lines.start, end: lines.end })
            .collect(),
    }
}

/// A version as Trivy takes it apart: of dpkg and rpm only.
struct Version<'a> {
    epoch: u32,
    upstream: &'a str,
    release: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn of(ecosystem: Ecosystem, version: &'a str) -> Self {
        if !matches!(ecosystem, Ecosystem::Deb | Ecosystem::Rpm) {
            return Self { epoch: 0, upstream: version, release: None };
        }
        let (epoch, rest) = match version.split_once(':') {
            Some((epoch, rest)) => epoch.parse().map_or((0, version), |epoch| (epoch, rest)),
            None => (0, version),
        };
        match rest.rsplit_once('-') {
            Some((upstream, release)) => Self { epoch, upstream, release: Some(release) },
            None => Self { epoch, upstream: rest, release: None },
        }
    }
}
