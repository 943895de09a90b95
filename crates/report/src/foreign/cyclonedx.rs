//! A CycloneDX document with vulnerabilities, as JSON.
//!
//! CycloneDX has no place for the version with the fix. Trivy writes it into `recommendation`, and
//! that is read; that nobody says what has a fix is a problem of the report.

use super::build::{Builder, Found, Named, score, severity};
use super::{ForeignError, Scanner};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How deep components may lie in each other.
const DEPTH_MAX: usize = 64;

#[derive(Deserialize)]
struct File {
    metadata: Option<Metadata>,
    #[serde(default)]
    components: Vec<Component>,
    vulnerabilities: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize)]
struct Metadata {
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    #[serde(default)]
    r#type: String,
    group: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    purl: Option<String>,
    #[serde(default)]
    licenses: Vec<Value>,
    #[serde(default)]
    components: Vec<Self>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default)]
    id: String,
    #[serde(default)]
    references: Vec<Reference>,
    source: Option<Source>,
    #[serde(default)]
    ratings: Vec<Rating>,
    #[serde(default)]
    cwes: Vec<u32>,
    recommendation: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affects>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Rating {
    source: Option<Source>,
    score: Option<f64>,
    severity: Option<String>,
    vector: Option<String>,
}

#[derive(Deserialize)]
struct Analysis {
    state: Option<String>,
    justification: Option<String>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct Affects {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    versions: Vec<Affected>,
}

#[derive(Deserialize)]
struct Affected {
    version: Option<String>,
    status: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Report, ForeignError> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|error| ForeignError::Shape(Scanner::CycloneDx, error))?;
    // A list of packages that nobody checked is not clean.
    let Some(vulnerabilities) = file.vulnerabilities else { return Err(ForeignError::NoFindings) };
    let root = file.metadata.and_then(|metadata| metadata.component);
    let name = root.as_ref().map(|component| component.name.clone()).unwrap_or_default();
    let mut builder = Builder::new(Scanner::CycloneDx, &name, None);
    let mut known: BTreeMap<&str, &Component> = BTreeMap::new();
    let mut open: Vec<(&Component, usize)> =
        file.components.iter().chain(&root).map(|component| (component, 0)).collect();
    while let Some((component, depth)) = open.pop() {
        if depth > DEPTH_MAX {
            let message = format!("components that lie more than {DEPTH_MAX} deep");
            return Err(ForeignError::Version(message));
        }
        if let Some(reference) = &component.reference {
            known.insert(reference, component);
        }
        if component.r#type == "operating-system" {
            builder.os(&component.name, Some(component.version.clone()));
        }
        open.extend(component.components.iter().map(|inner| (inner, depth + 1)));
    }
    for component in known.values().filter(|component| component.purl.is_some()) {
        builder.package(named(component));
    }
    let mut without_fix = 0;
    for found in &vulnerabilities {
        for affects in &found.affects {
            let reference = affects.reference.rsplit('#').next().unwrap_or(&affects.reference);
            let component = known.get(affects.reference.as_str()).or_else(|| known.get(reference));
            let package = match component {
                Some(component) => named(component),
                None => Named {
                    name: reference.to_owned(),
                    purl: reference.starts_with("pkg:").then(|| reference.to_owned()),
                    ..Named::default()
                },
            };
            let fixed = fixed_versions(found, affects, &package.name);
            without_fix += usize::from(fixed.is_none());
            let id = builder.package(package);
            builder.finding(id, finding(found, fixed.unwrap_or_default()));
        }
        if found.affects.is_empty() {
            let id = builder.package(Named { name: name.clone(), ..Named::default() });
            without_fix += 1;
            builder.finding(id, finding(found, Vec::new()));
        }
    }
    if without_fix > 0 {
        builder.problem(format!(
            "the report does not say whether {without_fix} of its vulnerabilities have a fix"
        ));
    }
    Ok(builder.build())
}

fn named(component: &Component) -> Named {
    let name = match &component.group {
        Some(group) if !group.is_empty() => format!("{group}/{}", component.name),
        _ => component.name.clone(),
    };
    let license = |value: &Value| {
        let inner = value.get("license");
        let text =
            value.get("expression").or_else(|| inner?.get("id").or_else(|| inner?.get("name")));
        text.and_then(Value::as_str).map(str::to_owned)
    };
    Named {
        kind: "generic".to_owned(),
        name,
        version: component.version.clone(),
        purl: component.purl.clone(),
        licenses: component.licenses.iter().filter_map(license).collect(),
        ..Named::default()
    }
}

/// Versions with the fix; nothing where the document does not say whether there is one.
fn fixed_versions(found: &Vulnerability, affects: &Affects, package: &str) -> Option<Vec<String>> {
    let unaffected: Vec<String> = affects
        .versions
        .iter()
        .filter(|one| one.status.as_deref() == Some("unaffected"))
        .filter_map(|one| one.version.clone())
        .collect();
    if !unaffected.is_empty() {
        return Some(unaffected);
    }
    // `Upgrade openssl to version 3.0.2; Upgrade libssl3 to version 3.0.2`
    let text = found.recommendation.as_deref()?;
    let mut versions = Vec::new();
    for part in text.split(';') {
        if let Some((before, version)) = part.split_once(" to version ") {
            let about = before.trim().strip_prefix("Upgrade ").unwrap_or(before.trim());
            if about == package || package.ends_with(about) {
                versions.extend(version.split(',').map(|one| one.trim().to_owned()));
            }
        }
    }
    (!versions.is_empty()).then_some(versions)
}

fn finding(found: &Vulnerability, fixed_versions: Vec<String>) -> Found {
    let scores: Vec<_> = found
        .ratings
        .iter()
        .filter_map(|rating| {
            let source = rating.source.as_ref().and_then(|source| source.name.as_deref());
            score(rating.vector.as_deref(), rating.score, source)
        })
        .collect();
    // The first rating is the one its author stands by; the source's own comes before others.
    let own = found.source.as_ref().and_then(|source| source.name.as_deref());
    let of_source = |rating: &&Rating| {
        rating.severity.is_some()
            && own.is_some()
            && rating.source.as_ref().and_then(|source| source.name.as_deref()) == own
    };
    let rating = found.ratings.iter().find(of_source);
    let rating = rating.or_else(|| found.ratings.iter().find(|rating| rating.severity.is_some()));
    let word = rating.and_then(|rating| rating.severity.as_deref());
    let mut severity = word.map_or(Severity::Unknown, severity);
    if severity == Severity::Unknown {
        let best = scores.iter().map(|score| score.score).fold(0.0, f64::max);
        severity = Severity::from_score(best);
    }
    let state = found.analysis.as_ref().and_then(|analysis| analysis.state.as_deref());
    let suppressed = matches!(
        state,
        Some("not_affected" | "false_positive" | "resolved" | "resolved_with_pedigree")
    )
    .then(|| {
        let analysis = found.analysis.as_ref();
        let parts = [
            state,
            analysis.and_then(|analysis| analysis.justification.as_deref()),
            analysis.and_then(|analysis| analysis.detail.as_deref()),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        ("cyclonedx".to_owned(), parts.join(": "))
    });
    let mut ids = vec![found.id.clone()];
    ids.extend(found.references.iter().filter_map(|reference| reference.id.clone()));
    Found {
        ids,
        severity,
        fixed_versions,
        scores,
        cwes: found.cwes.iter().map(|number| format!("CWE-{number}")).collect(),
        published: found.published.clone(),
        modified: found.updated.clone(),
        source: own.unwrap_or_default().to_owned(),
        suppressed,
        ..Found::default()
    }
}
