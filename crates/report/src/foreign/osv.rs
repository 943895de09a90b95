//! OSV-Scanner's JSON.

use super::build::{Builder, Found, Named, score, severity};
use super::{ForeignError, Scanner};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct File {
    results: Option<Vec<Outcome>>,
    image_metadata: Option<ImageMetadata>,
}

#[derive(Deserialize)]
struct ImageMetadata {
    os: Option<String>,
}

#[derive(Deserialize)]
struct Outcome {
    source: Option<Source>,
    #[serde(default)]
    packages: Vec<Scanned>,
}

#[derive(Deserialize)]
struct Source {
    path: Option<String>,
}

#[derive(Deserialize)]
struct Scanned {
    package: Package,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    licenses: Vec<String>,
    #[serde(default)]
    license_violations: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    ecosystem: String,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    max_severity: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    published: Option<String>,
    modified: Option<String>,
    #[serde(default)]
    affected: Vec<Affected>,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct Affected {
    package: Option<Package>,
    #[serde(default)]
    ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct Range {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    fixed: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Report, ForeignError> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|error| ForeignError::Shape(Scanner::OsvScanner, error))?;
    let results = file.results.unwrap_or_default();
    let first = results.iter().find_map(|outcome| outcome.source.as_ref()?.path.clone());
    let mut builder = Builder::new(Scanner::OsvScanner, &first.unwrap_or_default(), None);
    if let Some(os) = file.image_metadata.and_then(|metadata| metadata.os) {
        let mut words = os.split_whitespace();
        builder.os(words.next().unwrap_or_default(), words.next().map(str::to_owned));
    }
    let mut violations = 0;
    for outcome in results {
        let path = outcome.source.and_then(|source| source.path);
        for scanned in outcome.packages {
            violations += scanned.license_violations.len();
            let Package { name, version, ecosystem } = scanned.package;
            let id = builder.package(Named {
                kind: purl_kind(&ecosystem).to_owned(),
                name: name.clone(),
                version,
                path: path.clone(),
                licenses: scanned.licenses,
                ..Named::default()
            });
            // Records of one vulnerability are a group, and one finding.
            let alone = |found: &Vulnerability| {
                !scanned.groups.iter().any(|group| group.ids.contains(&found.id))
            };
            let single =
                scanned.vulnerabilities.iter().filter(|found| alone(found)).map(|found| Group {
                    ids: vec![found.id.clone()],
                    aliases: Vec::new(),
                    max_severity: String::new(),
                });
            let single: Vec<Group> = single.collect();
            for group in scanned.groups.iter().chain(&single) {
                let records = scanned.vulnerabilities.iter();
                let records: Vec<&Vulnerability> =
                    records.filter(|found| group.ids.contains(&found.id)).collect();
                builder.finding(id, finding(group, &records, &name));
            }
        }
    }
    if violations > 0 {
        builder.problem(format!(
            "the report has {violations} violations of licenses, which are not judged"
        ));
    }
    Ok(builder.build())
}

fn finding(group: &Group, records: &[&Vulnerability], package: &str) -> Found {
    let mut ids = group.ids.clone();
    ids.extend(group.aliases.iter().cloned());
    let mut fixed = Vec::new();
    let mut words = Severity::Unknown;
    for record in records {
        ids.extend(record.aliases.iter().cloned());
        let of_package = record
            .affected
            .iter()
            .filter(|one| one.package.as_ref().is_none_or(|named| named.name == package));
        // Commits are no versions that can be installed.
        let ranges = of_package.flat_map(|one| &one.ranges).filter(|range| range.r#type != "GIT");
        fixed
            .extend(ranges.flat_map(|range| &range.events).filter_map(|event| event.fixed.clone()));
        let word = record.database_specific.get("severity").and_then(Value::as_str);
        words = words.max(word.map_or(Severity::Unknown, severity));
    }
    fixed.sort();
    fixed.dedup();
    let number: Option<f64> = group.max_severity.parse().ok();
    let by_score = number.map_or(Severity::Unknown, Severity::from_score);
    Found {
        ids,
        severity: if by_score == Severity::Unknown { words } else { by_score },
        fixed_versions: fixed,
        scores: score(None, number, Some("osv")).into_iter().collect(),
        published: records.iter().filter_map(|record| record.published.clone()).min(),
        modified: records.iter().filter_map(|record| record.modified.clone()).max(),
        source: group.ids.first().cloned().unwrap_or_default(),
        ..Found::default()
    }
}

/// The type of package urls for an ecosystem of OSV.
fn purl_kind(ecosystem: &str) -> &str {
    match ecosystem.split(':').next().unwrap_or(ecosystem) {
        "Alpine" | "Chainguard" | "Wolfi" | "MinimOS" => "apk",
        "Debian" | "Ubuntu" => "deb",
        "AlmaLinux" | "Rocky Linux" | "Red Hat" | "SUSE" | "openSUSE" | "Mageia" | "openEuler" => {
            "rpm"
        }
        "npm" => "npm",
        "PyPI" => "pypi",
        "Go" => "golang",
        "Maven" => "maven",
        "RubyGems" => "gem",
        "crates.io" => "cargo",
        "Packagist" => "composer",
        "NuGet" => "nuget",
        "Hex" => "hex",
        "Pub" => "pub",
        "CRAN" => "cran",
        "Hackage" => "hackage",
        "ConanCenter" => "conan",
        "SwiftURL" => "swift",
        "GitHub Actions" => "github",
        "Bitnami" => "bitnami",
        _ => "generic",
    }
}
