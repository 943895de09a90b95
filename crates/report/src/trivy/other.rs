//! What Trivy says beside packages and their vulnerabilities: misconfigurations, secrets and
//! licenses.
//!
//! No line of a file is part of a report, so `Code` of a secret holds what it can be recognized by,
//! and that of a misconfiguration is left out. How many rules found nothing is not known either.

use super::model::{AnyFinding, Layer, TrivyResult};
use super::{empty, kind, layer, modified, path};
use crate::about::About;
use crate::view::Around;
use crate::{WriteOptions, link};
use lazaret_core::finding::{Checked, Detail, Finding, License, Misconfiguration, Place, Secret};
use lazaret_core::report::{Report, TargetKind};
use lazaret_core::severity::Severity;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MisconfSummary {
    successes: usize,
    failures: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrivyMisconfiguration<'a> {
    #[serde(rename = "Type")]
    kind: &'static str,
    #[serde(rename = "ID")]
    id: &'a str,
    #[serde(rename = "AVDID", skip_serializing_if = "Option::is_none")]
    avd_id: Option<&'a str>,
    title: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    resolution: &'a str,
    severity: Severity,
    #[serde(rename = "PrimaryURL", skip_serializing_if = "Option::is_none")]
    primary_url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<Layer<'a>>,
    cause_metadata: Cause,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Cause {
    #[serde(skip_serializing_if = "str::is_empty")]
    provider: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    service: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrivySecret<'a> {
    #[serde(rename = "RuleID")]
    rule_id: &'a str,
    category: &'a str,
    severity: Severity,
    title: &'a str,
    start_line: u32,
    end_line: u32,
    code: Code<'a>,
    #[serde(rename = "Match")]
    stub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<Layer<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Code<'a> {
    lines: Option<[Line<'a>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    number: u32,
    content: &'a str,
    is_cause: bool,
    annotation: &'static str,
    truncated: bool,
    highlighted: &'a str,
    first_cause: bool,
    last_cause: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TrivyLicense<'a> {
    severity: Severity,
    category: &'a str,
    pkg_name: &'a str,
    file_path: &'a str,
    name: &'a str,
    text: &'static str,
    #[serde(serialize_with = "share")]
    confidence: u8,
    link: String,
}

/// Percent as a share of one, which Go writes without a fraction where it is whole.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over as it is")]
fn share<S: Serializer>(percent: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    match percent {
        0 => serializer.serialize_u8(0),
        100.. => serializer.serialize_u8(1),
        percent => serializer.serialize_f64(f64::from(*percent) / 100.0),
    }
}

/// What a result is about, in Trivy's order: misconfigurations by type and file, secrets by file,
/// licenses of packages, licenses of files.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Config(&'static str, String),
    Secret(String),
    License(String),
    LicenseFile,
}

/// The results about anything but packages and their vulnerabilities.
pub(super) fn results<'a>(report: &'a Report, options: &WriteOptions) -> Vec<TrivyResult<'a>> {
    let mut groups: BTreeMap<Group, TrivyResult<'a>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| options.shows(finding)) {
        let about = About::of(report, finding);
        let Some((group, entry)) = entry(&about) else { continue };
        let (target, class, kind) = match &group {
            Group::Config(kind, target) => (target.clone(), "config", *kind),
            Group::Secret(target) => (target.clone(), "secret", ""),
            Group::License(target) => (target.clone(), "license", ""),
            Group::LicenseFile => ("Loose File License(s)".to_owned(), "license-file", ""),
        };
        let result = groups.entry(group).or_insert_with(|| empty(report, target, class, kind));
        if finding.state.is_open() {
            add(result, entry);
        } else {
            result.modified.extend(modified(finding, entry));
        }
    }
    groups.into_values().map(summed).collect()
}

fn add<'a>(result: &mut TrivyResult<'a>, entry: AnyFinding<'a>) {
    match entry {
        AnyFinding::Misconfiguration(broken) => result.misconfigurations.push(*broken),
        AnyFinding::Secret(secret) => result.secrets.push(*secret),
        AnyFinding::License(license) => result.licenses.push(*license),
        // These are about packages and have results of their own.
        AnyFinding::Vulnerability(_) => {}
    }
}

/// Sorts what a result holds, and counts it where Trivy does.
fn summed(mut result: TrivyResult<'_>) -> TrivyResult<'_> {
    result.misconfigurations.sort_by(|a, b| {
        (a.avd_id, a.id, a.cause_metadata.start_line, a.message).cmp(&(
            b.avd_id,
            b.id,
            b.cause_metadata.start_line,
            b.message,
        ))
    });
    result.secrets.sort_by_key(|secret| (secret.rule_id, secret.start_line));
    result.licenses.sort_by_key(|license| (license.pkg_name, license.name, license.file_path));
    if result.class == "config" {
        let failures = result.misconfigurations.len();
        result.misconf_summary = Some(MisconfSummary { successes: 0, failures });
    }
    result
}

fn entry<'a>(about: &About<'a>) -> Option<(Group, AnyFinding<'a>)> {
    match &about.finding.detail {
        Detail::Vulnerability(_) => None,
        Detail::Misconfiguration(broken) => {
            let group = Group::Config(config_type(broken.checked), target(about, &broken.at, ""));
            Some((group, AnyFinding::Misconfiguration(Box::new(misconfiguration(about, broken)))))
        }
        Detail::Secret(secret) => {
            // The only paths that Trivy writes with a slash in front.
            let slash = if about.report.target == TargetKind::Image { "/" } else { "" };
            let group = Group::Secret(target(about, &secret.at, slash));
            Some((group, AnyFinding::Secret(Box::new(self::secret(about, secret)))))
        }
        Detail::License(license) => {
            let group = match about.package {
                None => Group::LicenseFile,
                Some(package) if package.ecosystem.is_os() => {
                    Group::License("OS Packages".to_owned())
                }
                Some(package) => Group::License(kind::of(Around::of(about.report), package).1),
            };
            Some((group, AnyFinding::License(Box::new(self::license(about, license)))))
        }
    }
}

/// The file, or the image where it is in none.
fn target(about: &About<'_>, at: &Place, slash: &str) -> String {
    at.location()
        .map_or_else(|| about.report.image.name.clone(), |place| format!("{slash}{}", place.path))
}

/// The type of a result. Trivy checks an image as the Dockerfile it could have been built with.
const fn config_type(checked: Checked) -> &'static str {
    match checked {
        Checked::Image | Checked::Dockerfile => "dockerfile",
        Checked::Kubernetes => "kubernetes",
        Checked::Terraform => "terraform",
        Checked::Compose | Checked::Custom => "yaml",
    }
}

/// Trivy's ids of a rule, new and old, where it has the rule.
pub(super) fn trivy_ids(aliases: &[String]) -> Option<(&str, &str)> {
    let old = aliases.iter().find(|alias| alias.starts_with("AVD-"))?;
    Some((old.strip_prefix("AVD-")?, old))
}

fn misconfiguration<'a>(
    about: &About<'a>,
    broken: &'a Misconfiguration,
) -> TrivyMisconfiguration<'a> {
    let rule = about.rule();
    let ids = trivy_ids(&broken.aliases);
    let page =
        ids.map(|(id, _)| format!("https://avd.aquasec.com/misconfig/{}", id.to_ascii_lowercase()));
    let lines = about.location().and_then(|place| place.lines);
    TrivyMisconfiguration {
        kind: match broken.checked {
            Checked::Image | Checked::Dockerfile => "Dockerfile Security Check",
            Checked::Kubernetes => "Kubernetes Security Check",
            Checked::Terraform => "Terraform Security Check",
            Checked::Compose | Checked::Custom => "Custom Security Check",
        },
        id: ids.map_or(&about.finding.id, |(id, _)| id),
        avd_id: ids.map(|(_, old)| old),
        title: about.title(),
        description: rule.map_or("", |rule| &rule.why),
        message: &broken.message,
        resolution: rule.map_or("", |rule| &rule.fix),
        severity: about.finding.severity,
        references: page.iter().cloned().collect(),
        primary_url: page,
        status: "FAIL",
        layer: about.layer().map(layer).filter(|layer| !layer.is_empty()),
        cause_metadata: Cause {
            provider: match broken.checked {
                Checked::Image | Checked::Dockerfile => "Dockerfile",
                Checked::Kubernetes => "Kubernetes",
                Checked::Terraform | Checked::Compose | Checked::Custom => "",
            },
            service: match broken.checked {
                Checked::Terraform | Checked::Compose | Checked::Custom => "",
                Checked::Image | Checked::Dockerfile | Checked::Kubernetes => "general",
            },
            start_line: lines.map(|lines| lines.start),
            end_line: lines.map(|lines| lines.end),
        },
    }
}

fn secret<'a>(about: &About<'a>, secret: &'a Secret) -> TrivySecret<'a> {
    let lines = about.location().and_then(|place| place.lines);
    TrivySecret {
        rule_id: &about.finding.id,
        category: &secret.category,
        severity: about.finding.severity,
        title: &secret.title,
        start_line: lines.map_or(0, |lines| lines.start),
        end_line: lines.map_or(0, |lines| lines.end),
        code: Code {
            lines: lines.map(|lines| {
                [Line {
                    number: lines.start,
                    content: &secret.stub,
                    is_cause: true,
                    annotation: "",
                    truncated: false,
                    highlighted: &secret.stub,
                    first_cause: true,
                    last_cause: true,
                }]
            }),
        },
        stub: &secret.stub,
        layer: about
            .layer()
            .map(|info| Layer { created_by: info.created_by.as_deref(), ..layer(info) }),
    }
}

fn license<'a>(about: &About<'a>, license: &'a License) -> TrivyLicense<'a> {
    let file = match about.package {
        Some(package) => path(kind::of(Around::of(about.report), package).0, package),
        None => about.location().map(|place| place.path.as_str()),
    };
    TrivyLicense {
        severity: about.finding.severity,
        category: &license.class,
        pkg_name: about.package.map_or("", |package| &package.name),
        file_path: file.unwrap_or_default(),
        name: &license.license,
        text: "",
        confidence: license.confidence,
        link: link::of_license(&license.license).unwrap_or_default(),
    }
}

/// A finding that is no vulnerability, as an ignore policy sees it: what Trivy has of it, and what a
/// finding alone says.
pub(super) fn shown(finding: &Finding, around: Around<'_>) -> serde_json::Value {
    let location = finding.place().and_then(Place::location);
    let lines = location.and_then(|location| location.lines);
    let (start, end) = lines.map_or((0, 0), |lines| (lines.start, lines.end));
    let path = location.map_or("", |location| location.path.as_str());
    let severity = finding.severity.name();
    match &finding.detail {
        Detail::Secret(secret) => serde_json::json!({
            "RuleID": finding.id,
            "Category": secret.category,
            "Severity": severity,
            "Title": secret.title,
            "StartLine": start,
            "EndLine": end,
            "Match": secret.stub,
            "FilePath": path,
        }),
        Detail::Misconfiguration(broken) => serde_json::json!({
            "ID": finding.id,
            "AVDID": broken.aliases.iter().find(|alias| alias.starts_with("AVD-")),
            "Title": broken.title,
            "Message": broken.message,
            "Severity": severity,
            "Status": "FAIL",
            "FilePath": path,
            "CauseMetadata": { "StartLine": start, "EndLine": end },
        }),
        Detail::License(license) => {
            let package = license.package.and_then(|id| around.inventory.package(id));
            serde_json::json!({
                "Severity": severity,
                "Category": license.class,
                "PkgName": package.map_or("", |package| package.name.as_str()),
                "FilePath": path,
                "Name": license.license,
                "Confidence": f64::from(license.confidence) / 100.0,
            })
        }
        Detail::Vulnerability(_) => serde_json::Value::Null,
    }
}
