//! The AWS Security Finding Format
//! (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>), as
//! the argument of Security Hub's `BatchImportFindings`.
//!
//! Every text is cut to the length the format allows, which keeps a finding far below the 240 KB
//! that Security Hub takes. What does not count is archived, with the reason in its product fields.

mod model;

use crate::about::{About, Unique, limited};
use crate::pretty::{self, Style};
use crate::stream::Stream;
use crate::{Reports, WriteOptions, link, moment};
use lazaret_core::advisory::Score;
use lazaret_core::finding::{Kind, Vulnerability};
use lazaret_core::package::Package;
use lazaret_core::reference::Reference;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use model::{
    Container, Cvss, Details, Document, Entry, Recommendation, Remediation, Resource, Severities,
    SoftwarePackage, Vendor, VulnerabilityEntry,
};
use std::collections::BTreeMap;
use std::io;

/// Characters of the fields, by the format's documentation.
const ID_MAX: usize = 512;
const TITLE_MAX: usize = 256;
const DESCRIPTION_MAX: usize = 1024;
const RECOMMENDATION_MAX: usize = 512;
const PRODUCT_FIELD_MAX: usize = 2048;
/// Characters of fields and entries of lists without a documented limit, so that a finding as a
/// whole has one: the longest names and paths anyone has are shorter.
const TEXT_MAX: usize = 512;
const LIST_MAX: usize = 20;

/// The account and the region that findings are imported into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsOptions {
    /// The account's twelve digits.
    pub account: String,
    /// The region, such as `eu-central-1`.
    pub region: String,
}

impl Default for AwsOptions {
    /// An account that nobody has, in the first region: a document to look at, which no Security
    /// Hub takes.
    fn default() -> Self {
        Self { account: "000000000000".to_owned(), region: "us-east-1".to_owned() }
    }
}

impl AwsOptions {
    /// The part of AWS a region belongs to.
    fn partition(&self) -> &'static str {
        match self.region.split('-').collect::<Vec<_>>().as_slice() {
            ["cn", ..] => "aws-cn",
            ["us", "gov", ..] => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The product that an account's own integrations import as.
    fn product(&self) -> String {
        let Self { account, region } = self;
        format!("arn:{}:securityhub:{region}:{account}:product/{account}/default", self.partition())
    }
}

/// Writes the findings of all reports.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let findings = Stream(|| {
        let mut unique = Unique::default();
        reports
            .0
            .iter()
            .flat_map(|report| {
                let time = moment::created(report, options);
                let time = time.unwrap_or_else(|| moment::EPOCH.to_owned());
                report
                    .findings
                    .iter()
                    .map(move |finding| (About::of(report, finding), time.clone()))
            })
            .filter(|(about, _)| options.shows(about.finding))
            .map(move |(about, time)| {
                let id = unique.id(about.finding);
                entry(&about, &id, time, &options.aws)
            })
    });
    pretty::write(&Document { findings }, Style::Plain, out)
}

fn entry<'a>(about: &About<'a>, id: &str, time: String, aws: &'a AwsOptions) -> Entry<'a> {
    let finding = about.finding;
    let found = finding.vulnerability();
    let name = image_name(about.report);
    Entry {
        schema_version: "2018-10-08",
        // The same in the next scan, so that Security Hub updates it: without tag and digest.
        id: limited(&format!("lazaret/{}/{id}", repository(about.report)), ID_MAX),
        product_arn: aws.product(),
        product_name: "Lazaret",
        generator_id: limited(&format!("lazaret/{}", finding.id), ID_MAX),
        aws_account_id: &aws.account,
        types: [kind(about.kind())],
        created_at: time.clone(),
        updated_at: time,
        severity: Severities { label: label(finding.severity), original: finding.severity },
        title: match about.title().trim() {
            "" => "Finding".to_owned(),
            title => limited(title, TITLE_MAX),
        },
        description: limited(&description(about), DESCRIPTION_MAX),
        remediation: Remediation {
            recommendation: Recommendation {
                text: limited(&about.fix(), RECOMMENDATION_MAX),
                url: about.links().into_iter().next(),
            },
        },
        product_fields: product_fields(about),
        resources: [Resource {
            kind: "Container",
            id: limited(&name, ID_MAX),
            partition: aws.partition(),
            region: &aws.region,
            details: Details {
                container: Container {
                    image_name: limited(&name, TEXT_MAX),
                    image_id: about.report.image.digest.as_ref().map(ToString::to_string),
                },
            },
        }],
        vulnerabilities: found
            .zip(about.package)
            .map(|(found, package)| vulnerability(about, found, package))
            .into_iter()
            .collect(),
        record_state: if finding.state.is_open() { "ACTIVE" } else { "ARCHIVED" },
    }
}

/// No field may be blank.
fn text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| limited(text, TEXT_MAX))
}

fn image_name(report: &Report) -> String {
    text(&report.image.name).unwrap_or_else(|| "image".to_owned())
}

/// The image's name without tag and digest.
fn repository(report: &Report) -> String {
    match Reference::parse(&report.image.name) {
        Ok(reference) => format!("{}/{}", reference.registry(), reference.repository()),
        Err(_) => image_name(report),
    }
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Vulnerability => "Software and Configuration Checks/Vulnerabilities/CVE",
        Kind::Secret => "Sensitive Data Identifications/Passwords/Container image",
        Kind::Misconfiguration => {
            "Software and Configuration Checks/Misconfiguration/Container image"
        }
        Kind::License => "Software and Configuration Checks/License/Container image",
    }
}

/// Security Hub has no unknown severity.
const fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}

fn description(about: &About<'_>) -> String {
    let why = about.rule().map(|rule| rule.why.trim()).filter(|why| !why.is_empty());
    let why = why.map(|why| format!(" {why}")).unwrap_or_default();
    format!("{}.{why}", about.what())
}

fn product_fields(about: &About<'_>) -> BTreeMap<&'static str, String> {
    let place = about.location().map(|location| match location.lines {
        Some(lines) => format!("{}:{}", location.path, lines.start),
        None => location.path.to_string(),
    });
    let report = about.report;
    let fields = [
        ("lazaret/Kind", Some(about.kind().name().to_owned())),
        ("lazaret/Rule", Some(about.finding.id.clone())),
        ("lazaret/Fingerprint", Some(about.finding.fingerprint.clone())),
        ("lazaret/Place", place),
        ("lazaret/Instruction", about.instruction().map(str::to_owned)),
        ("lazaret/Platform", report.image.platform.as_ref().map(ToString::to_string)),
        ("lazaret/Suppressed", about.suppression()),
        ("lazaret/Version", Some(report.provenance.version.clone())),
    ];
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name, limited(&value, PRODUCT_FIELD_MAX)))
        .collect()
}

fn vulnerability<'a>(
    about: &About<'a>,
    found: &'a Vulnerability,
    package: &'a Package,
) -> VulnerabilityEntry {
    let id = text(&about.finding.id).unwrap_or_else(|| "unknown".to_owned());
    let is_fixed = !found.fixed_versions.is_empty();
    VulnerabilityEntry {
        vulnerable_packages: [SoftwarePackage {
            name: text(&package.name),
            version: text(&package.version),
            architecture: package.arch.as_deref().and_then(text),
            package_manager: package.ecosystem.purl_type().to_owned(),
            file_path: about.location().and_then(|place| text(place.path.as_str())),
            fixed_in_version: text(&found.fixed_versions.join(", ")),
            remediation: is_fixed.then(|| limited(&about.fix(), TEXT_MAX)),
            source_layer_hash: about
                .layer()
                .and_then(|layer| layer.diff_id.as_ref())
                .map(ToString::to_string),
        }],
        cvss: found.scores.iter().take(LIST_MAX).filter_map(cvss).collect(),
        related_vulnerabilities: link::ids(about.finding, found)
            .into_iter()
            .skip(1)
            .take(LIST_MAX)
            .filter_map(text)
            .collect(),
        vendor: text(&found.reason.segment).map(|name| Vendor {
            name,
            url: link::of(&found.reason.record),
            severity: Some(about.finding.severity),
            created_at: found.published.as_deref().and_then(moment::timestamp),
            updated_at: found.modified.as_deref().and_then(moment::timestamp),
        }),
        reference_urls: about.links().into_iter().take(LIST_MAX).collect(),
        fix_available: if is_fixed { "YES" } else { "NO" },
        epss_score: found.epss.map(|epss| epss.score),
        exploit_available: found.exploited.as_ref().map(|_| "YES"),
        id,
    }
}

fn cvss(score: &Score) -> Option<Cvss> {
    let vector = text(&score.vector)?;
    let version = vector.strip_prefix("CVSS:").and_then(|rest| rest.split('/').next());
    Some(Cvss {
        version: version.filter(|version| !version.is_empty()).unwrap_or("2.0").to_owned(),
        base_score: score.score,
        source: score.source.as_deref().and_then(text),
        base_vector: vector,
    })
}
