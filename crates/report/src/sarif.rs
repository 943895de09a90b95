//! SARIF 2.1.0 (OASIS), as GitHub code scanning takes it: one run an image, a rule for each
//! vulnerability, a result for each finding.
//!
//! GitHub refuses a run with more than 25,000 results, so the least urgent beyond that are left out
//! and a notification says how many.

mod model;
mod rule;

use crate::pretty::{self, Style};
use crate::{Reports, WriteOptions, link};
use lazaret_core::finding::{Finding, State, Vulnerability};
use lazaret_core::location::Location;
use lazaret_core::package::Package;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use model::{
    Artifact, Automation, BaseIds, Descriptor, Driver, Help, Invocation, LayerNote, Level, Log,
    Logical, Notification, Physical, Place, Region, Resource, RunNotes, SarifResult, Suppression,
    Text, Tool,
};
use std::collections::BTreeMap;
use std::io;

/// Results of one run (GitHub, "SARIF results exceed one or more limits").
const RESULTS_MAX: usize = 25_000;
/// Places of one result; GitHub shows a hundred and people look at the first.
const PLACES_MAX: usize = 10;
/// What paths of the image are relative to.
const ROOT: &str = "ROOTPATH";

/// Writes one run for each report.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: reports.0.iter().map(|report| run(report, options)).collect(),
    };
    pretty::write(&log, Style::Plain, out)
}

fn run<'a>(report: &'a Report, options: &WriteOptions) -> model::Run<'a> {
    let mut shown: Vec<(&Finding, &Vulnerability)> = report
        .findings
        .iter()
        .filter(|finding| options.shows(finding))
        .filter_map(|finding| Some((finding, finding.vulnerability()?)))
        .collect();
    // Stable: what is equally urgent stays in the report's order.
    shown.sort_by_key(|(finding, _)| {
        (!finding.state.is_open(), std::cmp::Reverse(finding.severity))
    });
    let cut = shown.len().saturating_sub(RESULTS_MAX);
    shown.truncate(RESULTS_MAX);

    let rules = rule::rules(report, &shown);
    let positions: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(position, rule)| (rule.id, position)).collect();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let results = shown
        .iter()
        .filter_map(|(finding, vulnerability)| {
            let count = seen.entry(&finding.fingerprint).or_default();
            *count += 1;
            result(report, finding, vulnerability, &positions, *count)
        })
        .collect();

    let mut notifications: Vec<Notification<'_>> =
        report.inventory.problems.iter().map(notification).collect();
    if cut > 0 {
        notifications.push(Notification {
            level: Level::Error,
            descriptor: Some(Descriptor { id: "cut" }),
            message: Text { text: format!("{cut} further findings are not in this file: GitHub takes {RESULTS_MAX} of one run. Those left out are the least urgent; the JSON report has all.") },
            locations: vec![],
        });
    }
    let image = &report.image;
    let platform = image.platform.as_ref().map(ToString::to_string);
    let category = platform.as_ref().map_or_else(
        || format!("lazaret/{}/", image.name),
        |platform| format!("lazaret/{}/{platform}/", image.name),
    );
    model::Run {
        tool: Tool {
            driver: Driver {
                name: "Lazaret",
                full_name: "Lazaret container image scanner",
                version: &report.provenance.version,
                rules,
                notifications: notification_descriptors(),
            },
        },
        automation_details: Automation { id: category },
        invocations: [Invocation {
            execution_successful: true,
            tool_execution_notifications: notifications,
        }],
        original_uri_base_ids: BaseIds {
            root: Artifact {
                uri: "file:///".to_owned(),
                uri_base_id: None,
                description: Some(Text { text: "The root of the image's file system.".to_owned() }),
            },
        },
        column_kind: "unicodeCodePoints",
        results,
        properties: RunNotes {
            image_name: &image.name,
            image_digest: image.digest.as_ref(),
            image_id: image.config_digest.as_ref(),
            platform,
            database: report.provenance.database.as_ref().map(|database| &database.digest),
            verdict: report.verdict.effect,
        },
    }
}

fn result<'a>(
    report: &'a Report,
    finding: &'a Finding,
    vulnerability: &'a Vulnerability,
    rules: &BTreeMap<&str, usize>,
    count: u32,
) -> Option<SarifResult<'a>> {
    let package = report.inventory.package(vulnerability.package)?;
    let layer = report.image.layers.get(package.layer.index());
    Some(SarifResult {
        rule_id: &finding.id,
        rule_index: *rules.get(finding.id.as_str())?,
        level: level(finding.severity),
        message: Text { text: message(report, finding, vulnerability, package) },
        locations: places(package),
        partial_fingerprints: [
            ("lazaretFinding/v1", format!("{}:{count}", finding.fingerprint)),
            // The one GitHub goes by. Left to itself it would hash lines of a file it has not got.
            ("primaryLocationLineHash", format!("{}:{count}", finding.fingerprint)),
        ]
        .into(),
        suppressions: match &finding.state {
            State::Open => vec![],
            State::Suppressed { by, reason, until } => vec![Suppression {
                kind: "external",
                status: "accepted",
                justification: match until {
                    None => format!("{by}: {reason}"),
                    Some(until) => format!("{by}: {reason} (until {until})"),
                },
            }],
        },
        properties: LayerNote {
            package: &package.purl,
            layer: package.layer.0,
            diff_id: layer.and_then(|layer| layer.diff_id.as_ref()),
            created_by: layer.and_then(|layer| layer.created_by.as_deref()),
            base: layer.and_then(|layer| layer.base),
            status: vulnerability.status.name(),
            severity_source: finding.severity_source.as_deref(),
            epss_score: vulnerability.epss.map(|epss| epss.score),
            epss_percentile: vulnerability.epss.map(|epss| epss.percentile),
            exploited_since: vulnerability.exploited.as_ref().map(|known| known.added.as_str()),
        },
    })
}

/// GitHub shows the first line in lists, and all of it beside the place.
fn message(
    report: &Report,
    finding: &Finding,
    vulnerability: &Vulnerability,
    package: &Package,
) -> String {
    let Package { name, version, .. } = package;
    let fixed = if vulnerability.fixed_versions.is_empty() {
        vulnerability.status.name().replace('_', " ")
    } else {
        vulnerability.fixed_versions.join(", ")
    };
    let mut lines = vec![
        format!("{name} {version} has {} ({}).", finding.id, finding.severity),
        format!("Fixed version: {fixed}"),
        format!("Image: {}", report.image.name),
    ];
    if let Some(known) = &vulnerability.exploited {
        lines.push(format!("Known exploited since {}", known.added));
    }
    let layer = report.image.layers.get(package.layer.index());
    let instruction = layer.and_then(|layer| layer.created_by.as_deref());
    lines.extend(instruction.map(|instruction| format!("Layer: {instruction}")));
    // Brackets make a link in a message (section 3.11.6); what an image brings must not.
    let mut text = lines.join("\n").replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    if let Some(url) = link::of(&finding.id) {
        text = format!("{text}\nLink: [{}]({url})", finding.id);
    }
    text
}

fn places(package: &Package) -> Vec<Place<'_>> {
    let logical =
        || Logical { name: &package.name, fully_qualified_name: &package.purl, kind: "package" };
    package
        .locations
        .iter()
        .take(PLACES_MAX)
        .map(|location| Place {
            physical_location: physical(location),
            logical_locations: [logical()].into(),
        })
        .collect()
}

fn physical(location: &Location) -> Physical {
    let start = location.lines.map_or(1, |lines| lines.start.max(1));
    Physical {
        artifact_location: Artifact {
            uri: uri(location.path.as_str()),
            uri_base_id: Some(ROOT),
            description: None,
        },
        // GitHub wants a line; where a format has none it is the first.
        region: Region {
            start_line: start,
            end_line: location.lines.map_or(start, |lines| lines.end.max(start)),
        },
    }
}

/// A path as a relative URI reference (RFC 3986).
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'/'
            | b'@'
            | b'+' => {
                uri.push(char::from(byte));
            }
            _ => {
                // Writing to a String cannot fail.
                let _: std::fmt::Result = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// SARIF has three levels that count.
const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low | Severity::Unknown => Level::Note,
    }
}

fn notification(problem: &Problem) -> Notification<'_> {
    Notification {
        level: match problem.kind {
            ProblemKind::Coverage | ProblemKind::Entry => Level::Warning,
            ProblemKind::Parse
            | ProblemKind::Limit
            | ProblemKind::Layer
            | ProblemKind::Internal => Level::Error,
        },
        descriptor: Some(Descriptor { id: problem_id(problem.kind) }),
        message: Text { text: problem.message.clone() },
        locations: problem
            .location
            .iter()
            .filter(|location| !location.path.is_root())
            .map(|location| Place {
                physical_location: physical(location),
                logical_locations: vec![],
            })
            .collect(),
    }
}

const fn problem_id(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Parse => "parse",
        ProblemKind::Limit => "limit",
        ProblemKind::Layer => "layer",
        ProblemKind::Entry => "entry",
        ProblemKind::Coverage => "coverage",
        ProblemKind::Internal => "internal",
    }
}

fn notification_descriptors() -> Vec<Resource> {
    [
        ("coverage", "No advisory source covers these packages."),
        ("cut", "Findings were left out because GitHub takes a limited number."),
        ("entry", "An archive entry cannot be a file of an image."),
        ("internal", "The program failed on a file; the rest was scanned."),
        ("layer", "A layer is damaged."),
        ("limit", "A limit was met, and what lies beyond was not looked at."),
        ("parse", "A file could not be read, wholly or in part."),
    ]
    .map(|(id, text)| Resource {
        id,
        short_description: Text { text: text.to_owned() },
        full_description: Text { text: text.to_owned() },
        help: Help { text: text.to_owned(), markdown: text.to_owned() },
    })
    .into()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("app/package-lock.json"), "app/package-lock.json");
        assert_eq!(uri("a b/c#d?e:f%"), "a%20b/c%23d%3Fe%3Af%25");
        assert_eq!(uri("é"), "%C3%A9");
    }
}
