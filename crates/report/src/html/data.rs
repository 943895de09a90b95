//! The findings as the page's script reads them: JSON that stands in the page.
//!
//! Every text in it is harmless already, so that the script shows what it reads. It is for this
//! page's script only and changes with it: the format to build on is `json`. What is read most is
//! short; lists are bounded, and `cut` says that one was.

use super::markup::{LONG_MAX, TEXT_MAX, harmless};
use super::place::{deleted_by, file, layer, words};
use super::{Subject, list};
use crate::base::BESIDE;
use crate::table::{fix, instruction};
use crate::{link, markdown, pretty};
use lazaret_core::advisory::Status;
use lazaret_core::finding::{Detail, Finding, Kind, State, Vulnerability};
use lazaret_core::package::{Package, PackageId};
use lazaret_core::severity::Severity;
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Entries of any one list of a finding or a package.
const LIST_MAX: usize = 20;

/// Text of an image.
type Shown<'a> = Cow<'a, str>;

fn shown(text: &str) -> Shown<'_> {
    harmless(text, TEXT_MAX)
}

/// Writes the data of all reports.
pub(super) fn write(subjects: &[Subject<'_>], out: &mut impl io::Write) -> io::Result<()> {
    let document = Document {
        severities: Severity::ALL.map(markdown::word),
        kinds: Kind::ALL.map(|kind| (kind.name(), super::chart::capitalized(kind.name()))),
        no_fix: Status::ALL.map(fix::no_fix),
        issuers: issuers(subjects),
        images: subjects.iter().map(Image::new).collect(),
    };
    let mut serializer = serde_json::Serializer::with_formatter(out, InScript(CompactFormatter));
    document.serialize(&mut serializer).map_err(io::Error::from)
}

#[derive(Serialize)]
struct Document<'a> {
    /// The words for severities, least first: findings have positions in it.
    severities: [&'static str; 5],
    /// Name and title of each kind, likewise.
    kinds: [(&'static str, String); 4],
    /// Why there is no fixed version, by status.
    no_fix: [&'static str; 8],
    /// What stands before and behind an id in the address of its issuer's page.
    issuers: BTreeMap<&'a str, (String, String)>,
    images: Vec<Image<'a>>,
}

#[derive(Serialize)]
struct Image<'a> {
    layers: Vec<Layer<'a>>,
    /// The packages that findings are about: findings have positions in it.
    packages: Vec<PackageData<'a>>,
    rules: BTreeMap<Shown<'a>, Rule<'a>>,
    decisions: Vec<Decision<'a>>,
    findings: Findings<'a>,
}

#[derive(Serialize)]
struct Layer<'a> {
    by: Shown<'a>,
    base: Option<bool>,
}

#[derive(Serialize)]
struct PackageData<'a> {
    name: Shown<'a>,
    version: Shown<'a>,
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    purl: Shown<'a>,
    files: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Shown<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

#[derive(Serialize)]
struct Rule<'a> {
    title: Shown<'a>,
    why: String,
    fix: String,
}

#[derive(Serialize)]
struct Decision<'a> {
    rule: Shown<'a>,
    message: Shown<'a>,
    findings: &'a [u32],
}

impl<'a> Image<'a> {
    fn new(subject: &'a Subject<'a>) -> Self {
        let report = subject.report;
        let layers = report.image.layers.iter().map(|layer| Layer {
            by: Cow::Owned(
                shown(&instruction::short(layer.created_by.as_deref().unwrap_or_default()))
                    .into_owned(),
            ),
            base: layer.base,
        });
        let rules = report.rules.iter().map(|(id, rule)| {
            let data = Rule {
                title: shown(&rule.title),
                why: markdown_text(&rule.why),
                fix: markdown_text(&rule.fix),
            };
            (shown(id), data)
        });
        let decisions = report.verdict.decisions.iter().map(|decision| Decision {
            rule: shown(&decision.rule),
            message: shown(&decision.message),
            findings: &decision.findings,
        });
        let mut packages = Vec::new();
        let mut positions = vec![None; report.inventory.packages.len()];
        for finding in report.findings.iter().filter(|finding| subject.options.shows(finding)) {
            let Some(id) = finding.package() else { continue };
            let (Some(package), Some(position)) =
                (report.inventory.package(id), positions.get_mut(id.index()))
            else {
                continue;
            };
            if position.is_none() {
                *position = Some(packages.len());
                packages.push(PackageData::new(package, subject));
            }
        }
        Self {
            layers: layers.collect(),
            packages,
            rules: rules.collect(),
            decisions: decisions.collect(),
            findings: Findings { subject, positions },
        }
    }
}

impl<'a> PackageData<'a> {
    fn new(package: &'a Package, subject: &Subject<'a>) -> Self {
        let files = package.locations.iter().take(LIST_MAX).map(|at| {
            let file = file(at);
            if subject.report.image.is_beside(at.layer) {
                format!("{} {BESIDE}", shown(&file))
            } else {
                format!("{} in layer {}", shown(&file), at.layer.0)
            }
        });
        let owner = package.owner.and_then(|id| subject.report.inventory.package(id));
        Self {
            name: shown(&package.name),
            version: shown(&package.version),
            kind: package.ecosystem.name(),
            purl: shown(&package.purl),
            files: files.collect(),
            owner: owner.map(|owner| shown(&owner.name)),
            cut: package.locations.len() > LIST_MAX,
        }
    }
}

/// A part of a rule's documentation: the line breaks of its Markdown are kept.
fn markdown_text(text: &str) -> String {
    let lines: Vec<Shown<'_>> =
        text.lines().take(200).map(|line| harmless(line, LONG_MAX)).collect();
    lines.join("\n")
}

/// The findings of a report, written one by one: a hundred thousand are never in memory twice.
struct Findings<'a> {
    subject: &'a Subject<'a>,
    /// Where each package of the inventory stands in the list of packages.
    positions: Vec<Option<usize>>,
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for (n, finding) in self.subject.report.findings.iter().enumerate() {
            if self.subject.options.shows(finding) {
                list.serialize_element(&self.row(n, finding))?;
            }
        }
        list.end()
    }
}

impl<'a> Findings<'a> {
    fn row(&self, n: usize, finding: &'a Finding) -> Row<'a> {
        let report = self.subject.report;
        let position = |id: PackageId| self.positions.get(id.index()).copied().flatten();
        let message = match &finding.detail {
            Detail::Misconfiguration(broken) => Some(broken.message.as_str()),
            Detail::Secret(secret) => Some(secret.stub.as_str()),
            Detail::License(license) => Some(license.class.as_str()),
            Detail::Vulnerability(_) => None,
        };
        let confidence = finding.license().map(|license| license.confidence);
        Row {
            n,
            id: shown(&finding.id),
            severity: Severity::ALL.iter().position(|s| *s == finding.severity).unwrap_or(0),
            kind: Kind::of(finding).index(),
            package: finding.package().and_then(position),
            layer: layer(finding, &report.inventory, &report.image).map(|layer| layer.0),
            key: shown(&finding.fingerprint),
            title: list::title(finding).map(shown),
            message: message.map(shown),
            confidence,
            at: finding.place().map(|place| shown(&words(place)).into_owned()),
            deleted_by: deleted_by(finding).map(|layer| layer.0),
            aliases: finding.aliases().iter().take(LIST_MAX).map(|id| shown(id)).collect(),
            source: finding.severity_source.as_deref().map(shown),
            state: match &finding.state {
                State::Open => None,
                State::Suppressed { by, reason, until } => {
                    Some((shown(by), shown(reason), until.as_deref().map(shown)))
                }
            },
            vulnerability: finding.vulnerability().map(Vulnerable::new),
            cut: finding.aliases().len() > LIST_MAX,
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    /// Its position in the report, by which decisions name it.
    n: usize,
    id: Shown<'a>,
    #[serde(rename = "s")]
    severity: usize,
    #[serde(rename = "k")]
    kind: usize,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    package: Option<usize>,
    #[serde(rename = "l", skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
    /// The fingerprint, which links lead to.
    key: Shown<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Shown<'a>>,
    /// Who suppressed it, why and until when.
    #[serde(rename = "x", skip_serializing_if = "Option::is_none")]
    state: Option<(Shown<'a>, Shown<'a>, Option<Shown<'a>>)>,
    #[serde(rename = "v", skip_serializing_if = "Option::is_none")]
    vulnerability: Option<Vulnerable<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

/// What only vulnerabilities have.
#[derive(Serialize)]
struct Vulnerable<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Shown<'a>>,
    /// A position in the list of reasons for no fixed version.
    status: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Shown<'a>>,
    /// Score, vector and source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scores: Vec<(f64, Shown<'a>, Option<Shown<'a>>)>,
    /// What each source says: its name and a position in the list of severities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    said: Vec<(Shown<'a>, &'static str)>,
    /// Probability and percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    epss: Option<(f64, f64)>,
    /// Since when, until when to mend it, and whether by ransomware.
    #[serde(skip_serializing_if = "Option::is_none")]
    exploited: Option<(Shown<'a>, Option<Shown<'a>>, bool)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cwes: Vec<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<Shown<'a>>,
    /// Segment, record, package, version, order and range.
    why: (Shown<'a>, Shown<'a>, Shown<'a>, Shown<'a>, &'static str, Option<String>),
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl<'a> Vulnerable<'a> {
    fn new(vulnerability: &'a Vulnerability) -> Self {
        let reason = &vulnerability.reason;
        let scores = vulnerability.scores.iter().take(LIST_MAX);
        let said = vulnerability.severities.iter().take(LIST_MAX);
        let lengths = [
            vulnerability.fixed_versions.len(),
            vulnerability.scores.len(),
            vulnerability.severities.len(),
            vulnerability.cwes.len(),
        ];
        let exploited = vulnerability.exploited.as_ref();
        Self {
            fixed: vulnerability.fixed_versions.iter().take(LIST_MAX).map(|v| shown(v)).collect(),
            status: Status::ALL.iter().position(|s| *s == vulnerability.status).unwrap_or(0),
            channel: vulnerability.fix_channel.as_deref().map(shown),
            scores: scores
                .map(|score| {
                    (score.score, shown(&score.vector), score.source.as_deref().map(shown))
                })
                .collect(),
            said: said
                .map(|(source, severity)| (shown(source), markdown::word(severity)))
                .collect(),
            epss: vulnerability.epss.map(|epss| (epss.score, epss.percentile)),
            exploited: exploited.map(|known| {
                (shown(&known.added), known.due.as_deref().map(shown), known.ransomware)
            }),
            cwes: vulnerability.cwes.iter().take(LIST_MAX).map(|id| shown(id)).collect(),
            published: vulnerability.published.as_deref().map(shown),
            modified: vulnerability.modified.as_deref().map(shown),
            why: (
                shown(&reason.segment),
                shown(&reason.record),
                shown(&reason.package),
                shown(&reason.version),
                reason.scheme.name(),
                reason.range.as_ref().map(|range| shown(&range.to_string()).into_owned()),
            ),
            cut: lengths.into_iter().any(|length| length > LIST_MAX),
        }
    }
}

/// For each issuer of ids in the reports, the address of its pages, in the two parts around an id.
/// The script makes the same addresses of them as [`link::of`] does, without one being stored for
/// each of a hundred thousand ids.
fn issuers<'a>(subjects: &[Subject<'a>]) -> BTreeMap<&'a str, (String, String)> {
    let mut issuers = BTreeMap::new();
    let findings = subjects.iter().flat_map(|subject| &subject.report.findings);
    for finding in findings {
        let record = finding.vulnerability().map(|v| v.reason.record.as_str());
        let aliases = finding.aliases().iter().map(String::as_str);
        for id in std::iter::once(finding.id.as_str()).chain(record).chain(aliases) {
            let Some((issuer, _)) = id.split_once('-') else { continue };
            if issuers.contains_key(issuer) {
                continue;
            }
            if let Some((before, behind)) =
                link::of(id).as_deref().and_then(|url| url.split_once(id))
            {
                issuers.insert(issuer, (before.to_owned(), behind.to_owned()));
            }
        }
    }
    issuers
}

/// JSON in the text of a script element, which ends at `</script` wherever that stands.
struct InScript(CompactFormatter);

impl Formatter for InScript {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        pretty::write_fragment(writer, fragment, |c| matches!(c, '<' | '>' | '&'))
    }
}
