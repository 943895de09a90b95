//! Trivy's JSON, schema version 2.

mod other;

use super::build::{Builder, Found, Named, score, severity};
use super::{ForeignError, Scanner};
use lazaret_core::advisory::Status;
use lazaret_core::image::{ImageConfig, LayerInfo, Platform};
use lazaret_core::report::{EndOfLife, Report};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    trivy: Option<Version>,
    created_at: Option<String>,
    #[serde(default)]
    artifact_name: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    version: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(rename = "OS")]
    os: Option<System>,
    #[serde(rename = "ImageID")]
    image_id: Option<String>,
    #[serde(rename = "RepoDigests")]
    repo_digests: Vec<String>,
    #[serde(rename = "ImageConfig")]
    config: Option<Config>,
    #[serde(rename = "Layers")]
    layers: Vec<Layer>,
    #[serde(rename = "DiffIDs")]
    diff_ids: Vec<String>,
}

#[derive(Deserialize)]
struct System {
    #[serde(rename = "Family", default)]
    family: String,
    #[serde(rename = "Name")]
    name: Option<String>,
    #[serde(rename = "EOSL", default)]
    is_over: bool,
}

#[derive(Deserialize)]
struct Config {
    architecture: Option<String>,
    os: Option<String>,
    created: Option<String>,
    #[serde(rename = "config")]
    inner: Option<Inner>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Inner {
    user: Option<String>,
    env: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    entrypoint: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
    exposed_ports: Option<BTreeMap<String, serde_json::Value>>,
    volumes: Option<BTreeMap<String, serde_json::Value>>,
    healthcheck: Option<HealthDoc>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HealthDoc {
    test: Option<Vec<String>>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Layer {
    #[serde(rename = "Digest")]
    digest: Option<String>,
    #[serde(rename = "DiffID")]
    diff_id: Option<String>,
    #[serde(rename = "Size")]
    size: u64,
    #[serde(rename = "CreatedBy")]
    created_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome {
    #[serde(default)]
    target: String,
    #[serde(default)]
    class: String,
    r#type: Option<String>,
    #[serde(default)]
    packages: Vec<Package>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(default)]
    misconfigurations: Vec<other::Misconfiguration>,
    #[serde(default)]
    secrets: Vec<other::Secret>,
    #[serde(default)]
    licenses: Vec<other::License>,
    #[serde(default)]
    experimental_modified_findings: Vec<Modified>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Modified {
    #[serde(default)]
    status: String,
    #[serde(default)]
    statement: String,
    #[serde(default)]
    source: String,
    r#type: Option<String>,
    finding: serde_json::Value,
}

#[derive(Default, Deserialize)]
struct Identifier {
    #[serde(rename = "PURL")]
    purl: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    release: Option<String>,
    epoch: Option<u64>,
    src_name: Option<String>,
    src_version: Option<String>,
    #[serde(default)]
    identifier: Identifier,
    #[serde(default)]
    licenses: Vec<String>,
    file_path: Option<String>,
    #[serde(default)]
    layer: Layer,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    #[serde(rename = "VendorIDs", default)]
    vendor_ids: Vec<String>,
    #[serde(default)]
    pkg_name: String,
    pkg_path: Option<String>,
    #[serde(default)]
    pkg_identifier: Identifier,
    #[serde(default)]
    installed_version: String,
    #[serde(default)]
    fixed_version: String,
    status: Option<String>,
    #[serde(default)]
    layer: Layer,
    severity_source: Option<String>,
    data_source: Option<DataSource>,
    #[serde(default)]
    severity: String,
    #[serde(rename = "CweIDs", default)]
    cwes: Vec<String>,
    #[serde(rename = "CVSS", default)]
    cvss: BTreeMap<String, Cvss>,
    published_date: Option<String>,
    last_modified_date: Option<String>,
}

#[derive(Deserialize)]
struct DataSource {
    #[serde(rename = "ID")]
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Cvss {
    #[serde(rename = "V2Vector")]
    v2_vector: Option<String>,
    #[serde(rename = "V2Score")]
    v2_score: Option<f64>,
    #[serde(rename = "V3Vector")]
    v3_vector: Option<String>,
    #[serde(rename = "V3Score")]
    v3_score: Option<f64>,
    #[serde(rename = "V40Vector")]
    v40_vector: Option<String>,
    #[serde(rename = "V40Score")]
    v40_score: Option<f64>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Report, ForeignError> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|error| ForeignError::Shape(Scanner::Trivy, error))?;
    let version = file.trivy.and_then(|trivy| trivy.version);
    let mut builder = Builder::new(Scanner::Trivy, &file.artifact_name, version);
    let layers = describe(&mut builder, &file.metadata, file.created_at.as_deref());
    for outcome in file.results {
        let is_os = outcome.class == "os-pkgs";
        let kind = outcome.r#type.clone().unwrap_or_default();
        let kind = purl_kind(&kind, is_os);
        let place = (!is_os && outcome.target.contains(['/', '.'])).then(|| outcome.target.clone());
        let layer = |layer: &Layer| layers.get(layer.diff_id.as_deref()?).copied();
        for package in outcome.packages {
            let release = package.release.filter(|release| !release.is_empty());
            let mut version = package.version;
            if let Some(release) = release {
                version = format!("{version}-{release}");
            }
            if let Some(epoch) = package.epoch.filter(|epoch| *epoch > 0) {
                version = format!("{epoch}:{version}");
            }
            let source = package.src_name.zip(package.src_version);
            builder.package(Named {
                kind: kind.to_owned(),
                name: package.name,
                version,
                purl: package.identifier.purl,
                path: package.file_path.filter(|path| !path.is_empty()).or_else(|| place.clone()),
                source,
                licenses: package.licenses,
                layer: layer(&package.layer),
            });
        }
        let mut open: Vec<(Vulnerability, Option<(String, String)>)> =
            outcome.vulnerabilities.into_iter().map(|found| (found, None)).collect();
        let about = other::Result {
            image: &file.artifact_name,
            target: &outcome.target,
            kind: outcome.r#type.as_deref().unwrap_or_default(),
            layers: &layers,
        };
        let mut others = Vec::new();
        for modified in outcome.experimental_modified_findings {
            let why =
                if modified.statement.is_empty() { modified.status } else { modified.statement };
            let suppressed = (format!("trivy: {}", modified.source), why);
            if modified.r#type.as_deref() == Some("vulnerability") {
                let found = serde_json::from_value(modified.finding)
                    .map_err(|error| ForeignError::Shape(Scanner::Trivy, error))?;
                open.push((found, Some(suppressed)));
            } else {
                others.push((modified.r#type.unwrap_or_default(), modified.finding, suppressed));
            }
        }
        for (found, suppressed) in open {
            let path = found.pkg_path.clone().filter(|path| !path.is_empty());
            let id = builder.package(Named {
                kind: kind.to_owned(),
                name: found.pkg_name.clone(),
                version: found.installed_version.clone(),
                purl: found.pkg_identifier.purl.clone(),
                path: path.or_else(|| place.clone()),
                layer: layer(&found.layer),
                ..Named::default()
            });
            builder.finding(id, vulnerability(found, suppressed));
        }
        for found in outcome.misconfigurations {
            about.misconfiguration(&mut builder, found, None);
        }
        for found in outcome.secrets {
            about.secret(&mut builder, found, None);
        }
        for found in outcome.licenses {
            about.license(&mut builder, found, None);
        }
        for (kind, found, suppressed) in others {
            about
                .suppressed(&mut builder, &kind, found, suppressed)
                .map_err(|error| ForeignError::Shape(Scanner::Trivy, error))?;
        }
    }
    Ok(builder.build())
}

/// Takes over what the report says of the image, and gives the layers' positions by diff id.
fn describe(
    builder: &mut Builder,
    metadata: &Metadata,
    created_at: Option<&str>,
) -> BTreeMap<String, usize> {
    if let Some(os) = &metadata.os {
        builder.os(&os.family, os.name.clone());
        if os.is_over {
            // Trivy says that the support was over when it looked, not since when.
            let day = created_at.and_then(|at| at.get(..10)).and_then(day_before);
            let date = day.unwrap_or_else(|| "1970-01-01".to_owned());
            builder.end_of_life = Some(EndOfLife { date, extended: None });
        }
    }
    let digest = |text: &str| text.rsplit('@').next().and_then(|digest| digest.parse().ok());
    let image = &mut builder.image;
    image.config_digest = metadata.image_id.as_deref().and_then(digest);
    image.digest = metadata.repo_digests.first().and_then(|text| digest(text));
    let ids =
        metadata.diff_ids.iter().map(|id| Layer { diff_id: Some(id.clone()), ..Layer::default() });
    let layers: Vec<Layer> =
        if metadata.layers.is_empty() { ids.collect() } else { metadata.layers.clone() };
    image.layers = layers
        .iter()
        .map(|layer| LayerInfo {
            blob_digest: layer.digest.as_deref().and_then(digest),
            diff_id: layer.diff_id.as_deref().and_then(digest),
            size_bytes: layer.size,
            created_by: layer.created_by.clone(),
            base: None,
        })
        .collect();
    if let Some(config) = &metadata.config {
        image.platform = config
            .os
            .clone()
            .zip(config.architecture.clone())
            .map(|(os, architecture)| Platform { os, architecture, variant: None });
        let inner = config.inner.as_ref();
        let list = |list: Option<&Vec<String>>| list.cloned().unwrap_or_default();
        image.config = ImageConfig {
            user: inner.and_then(|inner| inner.user.clone()).filter(|user| !user.is_empty()),
            env: list(inner.and_then(|inner| inner.env.as_ref())),
            entrypoint: list(inner.and_then(|inner| inner.entrypoint.as_ref())),
            cmd: list(inner.and_then(|inner| inner.cmd.as_ref())),
            labels: inner.and_then(|inner| inner.labels.clone()).unwrap_or_default(),
            exposed_ports: inner
                .and_then(|inner| inner.exposed_ports.as_ref())
                .map(|ports| ports.keys().cloned().collect())
                .unwrap_or_default(),
            volumes: inner
                .and_then(|inner| inner.volumes.as_ref())
                .map(|volumes| volumes.keys().cloned().collect())
                .unwrap_or_default(),
            healthcheck: list(
                inner
                    .and_then(|inner| inner.healthcheck.as_ref())
                    .and_then(|health| health.test.as_ref()),
            ),
            created: config.created.clone(),
            history: Vec::new(),
        };
    }
    let positions = layers.iter().enumerate();
    positions.filter_map(|(at, layer)| Some((layer.diff_id.clone()?, at))).collect()
}

/// The day before a date.
fn day_before(date: &str) -> Option<String> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(date, format).ok()?.previous_day()?;
    day.format(format).ok()
}

fn vulnerability(found: Vulnerability, suppressed: Option<(String, String)>) -> Found {
    let fixed = found.fixed_version.split(',').map(str::trim).filter(|one| !one.is_empty());
    let mut scores = Vec::new();
    for (source, cvss) in &found.cvss {
        for (vector, value) in [
            (&cvss.v40_vector, cvss.v40_score),
            (&cvss.v3_vector, cvss.v3_score),
            (&cvss.v2_vector, cvss.v2_score),
        ] {
            scores.extend(score(vector.as_deref(), value, Some(source)));
        }
    }
    let status = found
        .status
        .as_deref()
        .and_then(|word| Status::ALL.into_iter().find(|status| status.name() == word));
    let mut ids = vec![found.id];
    ids.extend(found.vendor_ids);
    Found {
        severity: severity(&found.severity),
        severity_source: found.severity_source,
        status: status.unwrap_or_default(),
        fixed_versions: fixed.map(str::to_owned).collect(),
        scores,
        cwes: found.cwes,
        published: found.published_date,
        modified: found.last_modified_date,
        source: found.data_source.and_then(|source| source.id).unwrap_or_default(),
        suppressed,
        ids,
        ..Found::default()
    }
}

/// The type of package urls for Trivy's type of a result.
fn purl_kind(kind: &str, is_os: bool) -> &str {
    if is_os {
        return match kind {
            "alpine" | "wolfi" | "chainguard" | "minimos" => "apk",
            "debian" | "ubuntu" | "echo" => "deb",
            "arch" => "alpm",
            _ => "rpm",
        };
    }
    match kind {
        "npm" | "yarn" | "pnpm" | "node-pkg" | "javascript" | "bun" => "npm",
        "pip" | "pipenv" | "poetry" | "uv" | "python-pkg" | "pylock" => "pypi",
        "bundler" | "gemspec" => "gem",
        "cargo" | "rustbinary" => "cargo",
        "composer" | "composer-vendor" => "composer",
        "jar" | "pom" | "gradle" | "sbt" => "maven",
        "gomod" | "gobinary" => "golang",
        "nuget" | "dotnet-core" | "packages-props" => "nuget",
        other => other,
    }
}
