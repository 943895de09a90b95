//! A SARIF 2.1.0 log of a scanner for vulnerabilities.
//!
//! SARIF has no place for a package, a version or a fix. Trivy and others write them into the
//! message, a line each, and that is read; where it is not there, the file stands for the package,
//! and that nobody says what has a fix is a problem of the report.

use super::build::{Builder, Found, Named, score, severity};
use super::{ForeignError, Scanner};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    tool: Tool,
    #[serde(default)]
    results: Option<Vec<Outcome>>,
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
struct Tool {
    driver: Driver,
}

#[derive(Deserialize)]
struct Driver {
    #[serde(default)]
    name: String,
    version: Option<String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(default)]
    properties: Value,
    default_configuration: Option<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: Option<String>,
    rule_index: Option<usize>,
    kind: Option<String>,
    level: Option<String>,
    #[serde(default)]
    message: Message,
    #[serde(default)]
    locations: Vec<Place>,
    #[serde(default)]
    suppressions: Vec<Suppression>,
}

#[derive(Default, Deserialize)]
struct Message {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    physical_location: Option<Physical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Option<Artifact>,
}

#[derive(Deserialize)]
struct Artifact {
    uri: Option<String>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
    justification: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Report, ForeignError> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|error| ForeignError::Shape(Scanner::Sarif, error))?;
    if file.runs.is_empty() {
        return Err(ForeignError::NoFindings);
    }
    let version = file.runs.first().and_then(|run| run.tool.driver.version.clone());
    let named = |run: &Run| {
        let name = run.properties.get("imageName")?.as_str();
        name.map(str::to_owned)
    };
    let name = file.runs.iter().find_map(named).unwrap_or_default();
    let mut builder = Builder::new(Scanner::Sarif, &name, version);
    let (mut others, mut without_fix) = (0, 0);
    for run in file.runs {
        let tool = run.tool.driver.name;
        let rules = run.tool.driver.rules;
        let by_id: BTreeMap<&str, &Rule> =
            rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
        for outcome in run.results.unwrap_or_default() {
            if outcome.kind.as_deref().is_some_and(|kind| kind != "fail") {
                continue;
            }
            let indexed = outcome.rule_index.and_then(|at| rules.get(at));
            let id = outcome.rule_id.clone().or_else(|| indexed.map(|rule| rule.id.clone()));
            let Some(id) = id else { continue };
            let rule = by_id.get(id.as_str()).copied().or(indexed);
            let Some(vulnerability) = vulnerability_id(&id) else {
                others += 1;
                continue;
            };
            let place = outcome.locations.iter().find_map(|place| {
                place.physical_location.as_ref()?.artifact_location.as_ref()?.uri.clone()
            });
            let lines = lines(&outcome.message.text);
            let line = |names: &[&str]| {
                names.iter().find_map(|name| lines.get(*name)).map(|text| (*text).to_owned())
            };
            let fixed = line(&["fixed version"]);
            without_fix += usize::from(!lines.contains_key("fixed version"));
            let package = builder.package(Named {
                kind: "generic".to_owned(),
                name: line(&["package"]).or_else(|| place.clone()).unwrap_or_default(),
                version: line(&["installed version"]).unwrap_or_default(),
                path: place,
                ..Named::default()
            });
            let suppressed = outcome
                .suppressions
                .iter()
                .find(|one| one.status.as_deref().is_none_or(|status| status == "accepted"))
                .map(|one| (tool.clone(), one.justification.clone().unwrap_or_default()));
            let number = rule.and_then(|rule| {
                let value = rule.properties.get("security-severity")?;
                value.as_str().map_or_else(|| value.as_f64(), |text| text.parse().ok())
            });
            let severity = worst(
                line(&["severity"]).map_or(Severity::Unknown, |word| severity(&word)),
                number.map_or(Severity::Unknown, Severity::from_score),
                outcome
                    .level
                    .as_deref()
                    .or_else(|| rule?.default_configuration.as_ref()?.level.as_deref()),
            );
            builder.finding(
                package,
                Found {
                    ids: vec![vulnerability.to_owned(), id.clone()],
                    severity,
                    fixed_versions: fixed
                        .iter()
                        .flat_map(|text| text.split(','))
                        .map(str::trim)
                        .filter(|text| !text.is_empty())
                        .map(str::to_owned)
                        .collect(),
                    scores: score(None, number, Some("sarif")).into_iter().collect(),
                    source: tool.clone(),
                    suppressed,
                    ..Found::default()
                },
            );
        }
    }
    if others > 0 {
        builder.problem(format!(
            "the report has {others} results that are no vulnerabilities, which are not judged"
        ));
    }
    if without_fix > 0 {
        builder.problem(format!(
            "the report does not say whether {without_fix} of its results have a fix"
        ));
    }
    Ok(builder.build())
}

/// The severity by word, else by score, else by level.
fn worst(word: Severity, score: Severity, level: Option<&str>) -> Severity {
    if word != Severity::Unknown {
        return word;
    }
    if score != Severity::Unknown {
        return score;
    }
    match level {
        Some("error") => Severity::High,
        Some("note" | "none") => Severity::Low,
        // What SARIF takes for granted.
        Some("warning") | None => Severity::Medium,
        Some(_) => Severity::Unknown,
    }
}

/// The id of a vulnerability that a rule's id is or, as Grype writes it, begins with.
fn vulnerability_id(rule: &str) -> Option<&str> {
    const FAMILIES: [&str; 24] = [
        "CVE-", "GHSA-", "ALAS", "ALSA-", "BIT-", "CGA-", "DLA-", "DSA-", "ELSA-", "GMS-", "GO-",
        "GSD-", "HSEC-", "MAL-", "OSV-", "PYSEC-", "RHBA-", "RHEA-", "RHSA-", "RLSA-", "RUSTSEC-",
        "SNYK-", "TEMP-", "USN-",
    ];
    if !FAMILIES.iter().any(|family| rule.starts_with(family)) {
        return None;
    }
    // `CVE-2024-1234-openssl` is about one package.
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = rule.splitn(4, '-');
    if let (Some("CVE"), Some(year), Some(number)) = (parts.next(), parts.next(), parts.next())
        && is_number(&year)
        && is_number(&number)
    {
        return rule.get(.."CVE-".len() + year.len() + 1 + number.len());
    }
    match rule.strip_prefix("GHSA-") {
        Some(rest) => rule.get(.."GHSA-".len() + rest.len().min(14)),
        None => Some(rule),
    }
}

/// `Name: value`, a line each, by the name in lower case.
fn lines(message: &str) -> BTreeMap<String, &str> {
    let pairs = message.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim())).collect()
}
