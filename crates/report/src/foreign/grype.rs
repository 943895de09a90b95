//! Grype's JSON.

use super::build::{Builder, Found, Named, score, severity};
use super::{ForeignError, Scanner};
use lazaret_core::advisory::Status;
use lazaret_core::finding::{Epss, Exploited};
use lazaret_core::image::{LayerInfo, Platform};
use lazaret_core::report::Report;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    matches: Vec<Match>,
    #[serde(default)]
    ignored_matches: Option<Vec<Match>>,
    source: Option<Source>,
    distro: Option<Distro>,
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    version: Option<String>,
}

#[derive(Deserialize)]
struct Distro {
    name: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    target: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Target {
    user_input: String,
    #[serde(rename = "imageID")]
    image_id: Option<String>,
    manifest_digest: Option<String>,
    layers: Vec<Layer>,
    architecture: Option<String>,
    os: Option<String>,
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Layer {
    digest: Option<String>,
    #[serde(default)]
    size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    vulnerability: Vulnerability,
    #[serde(default)]
    related_vulnerabilities: Vec<Related>,
    artifact: Artifact,
    #[serde(default)]
    applied_ignore_rules: Vec<Applied>,
}

#[derive(Deserialize)]
struct Applied {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    vulnerability: String,
    #[serde(rename = "vex-status", default)]
    vex_status: String,
}

#[derive(Deserialize)]
struct Related {
    id: String,
    #[serde(default)]
    cvss: Vec<Cvss>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    id: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    cvss: Vec<Cvss>,
    fix: Option<Fix>,
    #[serde(default)]
    epss: Option<Vec<Probability>>,
    #[serde(default)]
    known_exploited: Option<Vec<Known>>,
    #[serde(default)]
    cwes: Option<Vec<Weakness>>,
}

#[derive(Deserialize)]
struct Weakness {
    cwe: String,
}

#[derive(Deserialize)]
struct Cvss {
    source: Option<String>,
    vector: Option<String>,
    metrics: Option<Metrics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    base_score: Option<f64>,
}

#[derive(Deserialize)]
struct Fix {
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    available: Vec<Available>,
}

#[derive(Deserialize)]
struct Available {
    date: Option<String>,
}

#[derive(Deserialize)]
struct Probability {
    epss: f64,
    percentile: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    #[serde(default)]
    date_added: String,
    due_date: Option<String>,
    #[serde(rename = "knownRansomwareCampaignUse", default)]
    ransomware: String,
}

#[derive(Deserialize)]
struct Artifact {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    purl: String,
    #[serde(default)]
    locations: Vec<Place>,
    #[serde(default)]
    licenses: Value,
    #[serde(default)]
    upstreams: Vec<Upstream>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    path: String,
    #[serde(rename = "layerID")]
    layer_id: Option<String>,
}

#[derive(Deserialize)]
struct Upstream {
    name: String,
    version: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Report, ForeignError> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|error| ForeignError::Shape(Scanner::Grype, error))?;
    let target = file.source.and_then(|source| source.target);
    let target: Target = match target {
        // A folder or file is named by its path alone.
        Some(Value::String(name)) => Target { user_input: name, ..Target::default() },
        Some(value) => serde_json::from_value(value)
            .map_err(|error| ForeignError::Shape(Scanner::Grype, error))?,
        None => Target::default(),
    };
    let version = file.descriptor.and_then(|descriptor| descriptor.version);
    let mut builder = Builder::new(Scanner::Grype, &target.user_input, version);
    if let Some(distro) = file.distro {
        builder.os(distro.name.as_deref().unwrap_or_default(), distro.version);
    }
    let digest = |text: &String| text.parse().ok();
    builder.image.digest = target.manifest_digest.as_ref().and_then(digest);
    builder.image.config_digest = target.image_id.as_ref().and_then(digest);
    builder.image.platform = target
        .os
        .zip(target.architecture)
        .map(|(os, architecture)| Platform { os, architecture, variant: None });
    builder.image.config.labels = target.labels.unwrap_or_default();
    // Grype names layers by the digests of their uncompressed archives.
    builder.image.layers = target
        .layers
        .iter()
        .map(|layer| LayerInfo {
            blob_digest: None,
            diff_id: layer.digest.as_ref().and_then(digest),
            size_bytes: layer.size,
            created_by: None,
            base: None,
        })
        .collect();
    let open = file.matches.into_iter().map(|found| (found, false));
    let ignored = file.ignored_matches.unwrap_or_default().into_iter().map(|found| (found, true));
    for (found, is_ignored) in open.chain(ignored) {
        let suppressed = is_ignored.then(|| {
            let reasons = found.applied_ignore_rules.iter().map(|rule| {
                [&rule.reason, &rule.vex_status, &rule.vulnerability]
                    .into_iter()
                    .find(|text| !text.is_empty())
                    .cloned()
                    .unwrap_or_default()
            });
            ("grype".to_owned(), reasons.collect::<Vec<_>>().join("; "))
        });
        let artifact = found.artifact;
        let place = artifact.locations.first();
        let layer = place.and_then(|place| place.layer_id.as_ref()).and_then(|id| {
            target.layers.iter().position(|layer| layer.digest.as_ref() == Some(id))
        });
        let version = artifact.version.clone();
        let upstream = artifact.upstreams.first().map(|upstream| {
            (upstream.name.clone(), upstream.version.clone().unwrap_or_else(|| version.clone()))
        });
        let id = builder.package(Named {
            kind: artifact.r#type,
            name: artifact.name,
            version: artifact.version,
            purl: Some(artifact.purl).filter(|purl| !purl.is_empty()),
            path: place.map(|place| place.path.clone()),
            source: upstream,
            licenses: licenses(&artifact.licenses),
            layer,
        });
        builder.finding(
            id,
            vulnerability(found.vulnerability, found.related_vulnerabilities, suppressed),
        );
    }
    Ok(builder.build())
}

/// Licenses as plain texts, or as objects with a value.
fn licenses(value: &Value) -> Vec<String> {
    let text =
        |value: &Value| value.as_str().or_else(|| value.get("value")?.as_str()).map(str::to_owned);
    value.as_array().map(|list| list.iter().filter_map(text).collect()).unwrap_or_default()
}

fn vulnerability(
    found: Vulnerability,
    related: Vec<Related>,
    suppressed: Option<(String, String)>,
) -> Found {
    let fix = found.fix.unwrap_or(Fix {
        versions: Vec::new(),
        state: String::new(),
        available: Vec::new(),
    });
    let status = match fix.state.as_str() {
        "fixed" => Status::Fixed,
        "not-fixed" => Status::Affected,
        "wont-fix" => Status::WillNotFix,
        _ => Status::Unknown,
    };
    let cvss = found.cvss.iter().chain(related.iter().flat_map(|one| &one.cvss));
    let scores = cvss.filter_map(|cvss| {
        let value = cvss.metrics.as_ref().and_then(|metrics| metrics.base_score);
        score(cvss.vector.as_deref(), value, cvss.source.as_deref())
    });
    let epss = found.epss.unwrap_or_default();
    let exploited = found.known_exploited.unwrap_or_default();
    let mut ids = vec![found.id];
    let scores = scores.collect();
    ids.extend(related.into_iter().map(|one| one.id));
    Found {
        severity: severity(&found.severity),
        status,
        fixed_versions: fix.versions.into_iter().filter(|one| !one.is_empty()).collect(),
        scores,
        epss: epss.first().map(|one| Epss { score: one.epss, percentile: one.percentile }),
        exploited: exploited.into_iter().next().map(|one| Exploited {
            added: one.date_added,
            due: one.due_date.filter(|date| !date.is_empty()),
            ransomware: one.ransomware.eq_ignore_ascii_case("known"),
        }),
        cwes: found.cwes.unwrap_or_default().into_iter().map(|one| one.cwe).collect(),
        fix_seen: fix.available.into_iter().find_map(|one| one.date),
        source: found.namespace,
        suppressed,
        ids,
        ..Found::default()
    }
}
