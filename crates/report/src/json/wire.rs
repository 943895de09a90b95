//! The shape on the wire: one set of types for both directions, so that they cannot drift apart.
//!
//! Beside what [`lazaret_core::report::Report`] holds, a finding repeats the name, the place and
//! the layer of its package, so that it can be understood without the inventory.

use crate::view::Around;
use lazaret_core::advisory::{self, Conditions, RangeEnd, Score, Status};
use lazaret_core::compliance::Compliance;
use lazaret_core::digest::Digest;
use lazaret_core::finding::{self, Epss, Exploited, Place, RuleText, State};
use lazaret_core::image::{Confidence, Image};
use lazaret_core::inventory::Inventory;
use lazaret_core::location::{LayerIndex, Location};
use lazaret_core::package::{self, Ecosystem, PackageId};
use lazaret_core::report::{self, EndOfLife, Provenance, TargetKind};
use lazaret_core::severity::{BySource, Severity};
use lazaret_core::verdict::Verdict;
use lazaret_core::version::Scheme;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A report. What is short and asked for most comes first, the long inventory last.
#[derive(Serialize, Deserialize)]
pub(super) struct Report<'a> {
    provenance: Cow<'a, Provenance>,
    target: TargetKind,
    image: Cow<'a, Image>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_of_life: Option<Cow<'a, EndOfLife>>,
    verdict: Cow<'a, Verdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compliance: Option<Cow<'a, Compliance>>,
    findings: Findings<'a>,
    #[serde(default, skip_serializing_if = "no_rules")]
    rules: Cow<'a, BTreeMap<String, RuleText>>,
    inventory: Cow<'a, Inventory>,
}

#[expect(clippy::ptr_arg, reason = "serde hands the field over as it is")]
fn no_rules(rules: &Cow<'_, BTreeMap<String, RuleText>>) -> bool {
    rules.is_empty()
}

/// The findings. Those of a report are brought into their shape one by one as they are written: a
/// hundred thousand at once would take more memory than the report.
enum Findings<'a> {
    /// To be written.
    Of(&'a report::Report),
    /// As they were read.
    Read(Vec<Finding<'a>>),
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Of(report) => {
                let around = Around::of(report);
                serializer
                    .collect_seq(report.findings.iter().filter_map(|f| Finding::of(f, around)))
            }
            Self::Read(findings) => serializer.collect_seq(findings),
        }
    }
}

impl<'de> Deserialize<'de> for Findings<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::Read)
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Finding<'a> {
    id: Cow<'a, str>,
    severity: Severity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity_source: Option<Cow<'a, str>>,
    state: StateName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suppression: Option<Suppression<'a>>,
    fingerprint: Cow<'a, str>,
    #[serde(flatten)]
    detail: Detail<'a>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StateName {
    Open,
    Suppressed,
}

#[derive(Serialize, Deserialize)]
struct Suppression<'a> {
    by: Cow<'a, str>,
    reason: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Detail<'a> {
    Vulnerability(Box<Vulnerability<'a>>),
    Secret(Placed<'a, finding::Secret>),
    Misconfiguration(Placed<'a, finding::Misconfiguration>),
    License(Licensed<'a>),
}

/// Something that is at a place, with the layer it is in, where it is in one.
#[derive(Serialize, Deserialize)]
struct Placed<'a, T: Clone> {
    #[serde(flatten)]
    found: Cow<'a, T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<Layer<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Licensed<'a> {
    license: Cow<'a, str>,
    class: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package_id: Option<PackageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<PackageName<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<Layer<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Cow<'a, Place>>,
    confidence: u8,
}

#[derive(Serialize, Deserialize)]
struct Vulnerability<'a> {
    package_id: PackageId,
    package: PackageName<'a>,
    layer: Layer<'a>,
    /// Written for the reader's sake; the inventory has them too.
    #[serde(default)]
    locations: Cow<'a, [Location]>,
    status: Status,
    #[serde(default, skip_serializing_if = "is_empty")]
    fixed_versions: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fix_channel: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_empty")]
    aliases: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    scores: Cow<'a, [Score]>,
    #[serde(default, skip_serializing_if = "none_of")]
    severities: Cow<'a, BySource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epss: Option<Epss>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exploited: Option<Cow<'a, Exploited>>,
    #[serde(default, skip_serializing_if = "is_empty")]
    cwes: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_seen: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fix_first_seen: Option<Cow<'a, str>>,
    reason: Reason<'a>,
}

#[expect(clippy::ptr_arg, reason = "serde hands the field over as it is")]
fn is_empty<T: Clone>(list: &Cow<'_, [T]>) -> bool {
    list.is_empty()
}

#[expect(clippy::ptr_arg, reason = "serde hands the field over as it is")]
fn none_of(severities: &Cow<'_, BySource>) -> bool {
    severities.is_empty()
}

#[derive(Serialize, Deserialize)]
struct PackageName<'a> {
    ecosystem: Ecosystem,
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    purl: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct Layer<'a> {
    index: LayerIndex,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    diff_id: Option<Cow<'a, Digest>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_by: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<bool>,
    /// How sure that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_confidence: Option<Confidence>,
}

#[derive(Serialize, Deserialize)]
struct Reason<'a> {
    segment: Cow<'a, str>,
    record: Cow<'a, str>,
    package: Cow<'a, str>,
    version: Cow<'a, str>,
    scheme: Scheme,
    #[serde(default, skip_serializing_if = "no_conditions")]
    conditions: Cow<'a, Conditions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    range: Option<Range<'a>>,
}

#[expect(clippy::ptr_arg, reason = "serde hands the field over as it is")]
fn no_conditions(conditions: &Cow<'_, Conditions>) -> bool {
    conditions.is_none()
}

/// From `introduced` on, up to `fixed` (excluded) or `last_affected` (included), of which at most
/// one is there.
#[derive(Serialize, Deserialize)]
struct Range<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    introduced: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_affected: Option<Cow<'a, str>>,
}

impl<'a> Report<'a> {
    /// The wire form. Findings whose package is missing are left to [`crate::write`] to refuse.
    pub(super) fn of(report: &'a report::Report) -> Self {
        Self::with(report, Findings::Of(report), Cow::Borrowed(&report.inventory))
    }

    /// The wire form without findings, and with this inventory in place of its own.
    pub(super) fn without_findings(report: &'a report::Report, inventory: Inventory) -> Self {
        Self::with(report, Findings::Read(vec![]), Cow::Owned(inventory))
    }

    fn with(
        report: &'a report::Report,
        findings: Findings<'a>,
        inventory: Cow<'a, Inventory>,
    ) -> Self {
        Self {
            provenance: Cow::Borrowed(&report.provenance),
            target: report.target,
            image: Cow::Borrowed(&report.image),
            end_of_life: report.end_of_life.as_ref().map(Cow::Borrowed),
            verdict: Cow::Borrowed(&report.verdict),
            compliance: report.compliance.as_ref().map(Cow::Borrowed),
            findings,
            rules: Cow::Borrowed(&report.rules),
            inventory,
        }
    }

    /// The report, or what in it contradicts something else in it.
    pub(super) fn into_core(self) -> Result<report::Report, String> {
        let inventory = self.inventory.into_owned();
        let verdict = self.verdict.into_owned();
        check_inventory(&inventory)?;
        let Findings::Read(findings) = self.findings else {
            return Err("its findings were not read".to_owned());
        };
        check_verdict(&verdict, findings.len())?;
        let compliance = self.compliance.map(Cow::into_owned);
        check_compliance(compliance.as_ref(), findings.len())?;
        let findings: Result<Vec<_>, _> =
            findings.into_iter().map(|finding| finding.into_core(&inventory)).collect();
        Ok(report::Report {
            target: self.target,
            image: self.image.into_owned(),
            findings: findings?,
            rules: self.rules.into_owned(),
            inventory,
            end_of_life: self.end_of_life.map(Cow::into_owned),
            compliance,
            verdict,
            provenance: self.provenance.into_owned(),
        })
    }
}

fn check_inventory(inventory: &Inventory) -> Result<(), String> {
    let owners = inventory.packages.iter().filter_map(|package| package.owner);
    let ends = inventory.relations.iter().flat_map(|relation| [relation.from, relation.to]);
    match owners.chain(ends).find(|id| inventory.package(*id).is_none()) {
        Some(id) => Err(format!("the inventory names package {}, which it lacks", id.0)),
        None => Ok(()),
    }
}

fn check_verdict(verdict: &Verdict, findings: usize) -> Result<(), String> {
    for decision in &verdict.decisions {
        if let Some(position) = beyond(&decision.findings, findings) {
            let rule = &decision.rule;
            return Err(format!("rule `{rule}` rests on finding {position}, which is not there"));
        }
    }
    Ok(())
}

fn check_compliance(compliance: Option<&Compliance>, findings: usize) -> Result<(), String> {
    for control in compliance.map_or(&[][..], |compliance| &compliance.controls) {
        if let Some(position) = beyond(&control.findings, findings) {
            let id = &control.id;
            return Err(format!("control `{id}` rests on finding {position}, which is not there"));
        }
    }
    Ok(())
}

/// A position at which there is no finding.
fn beyond(positions: &[u32], findings: usize) -> Option<u32> {
    let is_beyond = |position: &u32| usize::try_from(*position).is_ok_and(|p| p >= findings);
    positions.iter().copied().find(is_beyond)
}

/// The layer that brought a finding, where it is in a file of one.
fn brought_by<'a>(finding: &finding::Finding, around: Around<'a>) -> Option<Layer<'a>> {
    Some(Layer::of(finding.layer(around.inventory)?, around.image))
}

impl<'a> Finding<'a> {
    pub(super) fn of(finding: &'a finding::Finding, report: Around<'a>) -> Option<Self> {
        let (state, suppression) = match &finding.state {
            State::Open => (StateName::Open, None),
            State::Suppressed { by, reason, until } => (
                StateName::Suppressed,
                Some(Suppression {
                    by: by.into(),
                    reason: reason.into(),
                    until: until.as_ref().map(Into::into),
                }),
            ),
        };
        let detail = match &finding.detail {
            finding::Detail::Vulnerability(vulnerability) => {
                Detail::Vulnerability(Box::new(Vulnerability::of(vulnerability, report)?))
            }
            finding::Detail::Secret(secret) => Detail::Secret(Placed {
                found: Cow::Borrowed(secret),
                layer: brought_by(finding, report),
            }),
            finding::Detail::Misconfiguration(broken) => Detail::Misconfiguration(Placed {
                found: Cow::Borrowed(broken),
                layer: brought_by(finding, report),
            }),
            finding::Detail::License(license) => Detail::License(Licensed {
                license: (&license.license).into(),
                class: (&license.class).into(),
                package_id: license.package,
                package: match license.package {
                    Some(id) => Some(PackageName::of(report.inventory.package(id)?)),
                    None => None,
                },
                layer: brought_by(finding, report),
                at: license.at.as_ref().map(Cow::Borrowed),
                confidence: license.confidence,
            }),
        };
        Some(Self {
            id: (&finding.id).into(),
            severity: finding.severity,
            severity_source: finding.severity_source.as_ref().map(Into::into),
            state,
            suppression,
            fingerprint: (&finding.fingerprint).into(),
            detail,
        })
    }

    fn into_core(self, inventory: &Inventory) -> Result<finding::Finding, String> {
        let id = self.id.into_owned();
        let state = match (self.state, self.suppression) {
            (StateName::Open, None) => State::Open,
            (StateName::Suppressed, Some(suppression)) => State::Suppressed {
                by: suppression.by.into_owned(),
                reason: suppression.reason.into_owned(),
                until: suppression.until.map(Cow::into_owned),
            },
            (StateName::Open, Some(_)) => {
                return Err(format!("finding {id} is open and has a suppression"));
            }
            (StateName::Suppressed, None) => {
                return Err(format!("finding {id} is suppressed by nothing"));
            }
        };
        let detail = match self.detail {
            Detail::Vulnerability(vulnerability) => {
                let vulnerability = vulnerability
                    .into_core(inventory)
                    .map_err(|why| format!("finding {id} {why}"))?;
                finding::Detail::Vulnerability(Box::new(vulnerability))
            }
            Detail::Secret(secret) => finding::Detail::Secret(Box::new(secret.found.into_owned())),
            Detail::Misconfiguration(broken) => {
                finding::Detail::Misconfiguration(Box::new(broken.found.into_owned()))
            }
            Detail::License(license) => {
                let unknown = |id: &PackageId| inventory.package(*id).is_none();
                if let Some(package) = license.package_id.filter(unknown) {
                    let number = package.0;
                    return Err(format!(
                        "finding {id} is about package {number}, which the inventory lacks"
                    ));
                }
                finding::Detail::License(Box::new(finding::License {
                    license: license.license.into_owned(),
                    class: license.class.into_owned(),
                    package: license.package_id,
                    at: license.at.map(Cow::into_owned),
                    confidence: license.confidence,
                }))
            }
        };
        Ok(finding::Finding {
            id,
            severity: self.severity,
            severity_source: self.severity_source.map(Cow::into_owned),
            detail,
            state,
            fingerprint: self.fingerprint.into_owned(),
        })
    }
}

impl<'a> Vulnerability<'a> {
    fn of(vulnerability: &'a finding::Vulnerability, report: Around<'a>) -> Option<Self> {
        let package = report.inventory.package(vulnerability.package)?;
        Some(Self {
            package_id: vulnerability.package,
            package: PackageName::of(package),
            layer: Layer::of(package.layer, report.image),
            locations: (&package.locations).into(),
            status: vulnerability.status,
            fixed_versions: (&vulnerability.fixed_versions).into(),
            aliases: (&vulnerability.aliases).into(),
            fix_channel: vulnerability.fix_channel.as_ref().map(Into::into),
            scores: (&vulnerability.scores).into(),
            severities: Cow::Borrowed(&vulnerability.severities),
            epss: vulnerability.epss,
            exploited: vulnerability.exploited.as_ref().map(Cow::Borrowed),
            cwes: (&vulnerability.cwes).into(),
            published: vulnerability.published.as_ref().map(Into::into),
            modified: vulnerability.modified.as_ref().map(Into::into),
            first_seen: vulnerability.first_seen.as_ref().map(Into::into),
            fix_first_seen: vulnerability.fix_first_seen.as_ref().map(Into::into),
            reason: Reason::of(&vulnerability.reason),
        })
    }

    fn into_core(self, inventory: &Inventory) -> Result<finding::Vulnerability, String> {
        let number = self.package_id.0;
        let Some(package) = inventory.package(self.package_id) else {
            return Err(format!("is about package {number}, which the inventory lacks"));
        };
        let told = &self.package;
        if told.ecosystem != package.ecosystem
            || told.name != package.name
            || told.version != package.version
        {
            return Err(format!(
                "is about `{}` {}, but package {number} of the inventory is `{}` {}",
                told.name, told.version, package.name, package.version
            ));
        }
        Ok(finding::Vulnerability {
            package: self.package_id,
            aliases: self.aliases.into_owned(),
            status: self.status,
            fixed_versions: self.fixed_versions.into_owned(),
            fix_channel: self.fix_channel.map(Cow::into_owned),
            scores: self.scores.into_owned(),
            severities: self.severities.into_owned(),
            epss: self.epss,
            exploited: self.exploited.map(Cow::into_owned),
            cwes: self.cwes.into_owned(),
            published: self.published.map(Cow::into_owned),
            modified: self.modified.map(Cow::into_owned),
            first_seen: self.first_seen.map(Cow::into_owned),
            fix_first_seen: self.fix_first_seen.map(Cow::into_owned),
            reason: self.reason.into_core()?,
        })
    }
}

impl<'a> PackageName<'a> {
    fn of(package: &'a package::Package) -> Self {
        Self {
            ecosystem: package.ecosystem,
            name: (&package.name).into(),
            version: (&package.version).into(),
            purl: (&package.purl).into(),
        }
    }
}

impl<'a> Layer<'a> {
    fn of(index: LayerIndex, image: &'a Image) -> Self {
        let layer = image.layers.get(index.index());
        let base = layer.and_then(|layer| layer.base);
        let extent = image.base_image.as_ref().and_then(|base| base.extent);
        Self {
            index,
            diff_id: layer.and_then(|layer| layer.diff_id.as_ref()).map(Cow::Borrowed),
            created_by: layer.and_then(|layer| layer.created_by.as_ref()).map(Into::into),
            base,
            base_confidence: extent.filter(|_| base.is_some()).map(|extent| extent.confidence),
        }
    }
}

impl<'a> Reason<'a> {
    fn of(reason: &'a advisory::Reason) -> Self {
        Self {
            segment: (&reason.segment).into(),
            record: (&reason.record).into(),
            package: (&reason.package).into(),
            version: (&reason.version).into(),
            scheme: reason.scheme,
            conditions: Cow::Borrowed(&reason.conditions),
            range: reason.range.as_ref().map(Range::of),
        }
    }

    fn into_core(self) -> Result<advisory::Reason, String> {
        Ok(advisory::Reason {
            segment: self.segment.into_owned(),
            record: self.record.into_owned(),
            package: self.package.into_owned(),
            version: self.version.into_owned(),
            scheme: self.scheme,
            conditions: self.conditions.into_owned(),
            range: self.range.map(Range::into_core).transpose()?,
        })
    }
}

impl<'a> Range<'a> {
    fn of(range: &'a advisory::Range) -> Self {
        let (fixed, last_affected) = match &range.end {
            RangeEnd::Fixed(version) => (Some(version.into()), None),
            RangeEnd::LastAffected(version) => (None, Some(version.into())),
            RangeEnd::Open => (None, None),
        };
        Self { introduced: range.introduced.as_ref().map(Into::into), fixed, last_affected }
    }

    fn into_core(self) -> Result<advisory::Range, String> {
        let end = match (self.fixed, self.last_affected) {
            (Some(version), None) => RangeEnd::Fixed(version.into_owned()),
            (None, Some(version)) => RangeEnd::LastAffected(version.into_owned()),
            (None, None) => RangeEnd::Open,
            (Some(_), Some(_)) => return Err("has a range with two ends".to_owned()),
        };
        Ok(advisory::Range { introduced: self.introduced.map(Cow::into_owned), end })
    }
}
