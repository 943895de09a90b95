//! SARIF 2.1.0 (OASIS), as GitHub code scanning takes it: a rule for each vulnerability and each
//! rule that was broken, a result for each finding, and for each image as many runs as it needs.
//!
//! GitHub shows the 5,000 most urgent results of a run, refuses a run with more than 25,000, and a
//! file with more than 20 runs. So the findings of an image are split into several runs, the most
//! urgent first, each with a category of its own and a notification that it is one of several. What
//! is beyond all limits is left out, least urgent first, and a notification says how many.

mod model;
mod part;
mod rule;

use crate::about::About;
use crate::pretty::{self, Style};
use crate::stream::Stream;
use crate::{Reports, WriteOptions, link};
use lazaret_core::finding::{Detail, Kind, Place};
use lazaret_core::location::Location;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::reference::Reference;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use model::{
    Artifact, Automation, BaseIds, Descriptor, Driver, Help, Invocation, LayerNote, Level, Log,
    Logical, Notification, Physical, Region, Resource, RunNotes, SarifResult, Suppression, Text,
    Tool,
};
use part::Part;
use std::collections::BTreeMap;
use std::io;

/// Places of one result; GitHub takes a thousand, shows a hundred, and people look at the first.
const PLACES_MAX: usize = 10;
/// What paths of the image are relative to.
const ROOT: &str = "ROOTPATH";

/// Writes the runs of each report.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let shown: Vec<Vec<About<'_>>> =
        reports.0.iter().map(|report| shown(report, options)).collect();
    let parts = part::split(&shown);
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: Stream(|| {
            let runs = parts.iter().zip(&reports.0);
            runs.flat_map(|(parts, report)| parts.iter().map(move |part| run(report, part)))
        }),
    };
    pretty::write(&log, Style::Plain, out)
}

/// What is shown of a report, the most urgent first.
fn shown<'a>(report: &'a Report, options: &WriteOptions) -> Vec<About<'a>> {
    let shown = report.findings.iter().filter(|finding| options.shows(finding));
    let mut shown: Vec<About<'_>> = shown.map(|finding| About::of(report, finding)).collect();
    // Stable: what is equally urgent stays in the report's order.
    shown.sort_by_key(|about| {
        (!about.finding.state.is_open(), std::cmp::Reverse(about.finding.severity))
    });
    shown
}

fn run<'a>(report: &'a Report, part: &Part<'a, '_>) -> model::Run<'a> {
    let rules = rule::rules(part.findings);
    let positions: BTreeMap<(Kind, &str), usize> =
        rules.iter().enumerate().map(|(at, rule)| ((rule.kind, rule.id), at)).collect();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let results = part
        .findings
        .iter()
        .filter_map(|about| {
            let count = seen.entry(&about.finding.fingerprint).or_default();
            *count += 1;
            result(about, &positions, *count)
        })
        .collect();

    let mut notifications: Vec<Notification> = if part.number == 1 {
        report.inventory.problems.iter().map(notification).collect()
    } else {
        vec![]
    };
    notifications.extend(part.notices().into_iter().map(|(id, level, text)| Notification {
        level,
        descriptor: Some(Descriptor { id }),
        message: Text { text },
        locations: vec![],
    }));
    let image = &report.image;
    let platform = image.platform.as_ref().map(ToString::to_string);
    let mut category = platform.as_ref().map_or_else(
        || format!("lazaret/{}/", image.name),
        |platform| format!("lazaret/{}/{platform}/", image.name),
    );
    // GitHub takes two runs of one category for one and the same analysis.
    if part.number > 1 {
        category = format!("{category}part-{}/", part.number);
    }
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
    about: &About<'a>,
    rules: &BTreeMap<(Kind, &str), usize>,
    count: u32,
) -> Option<SarifResult<'a>> {
    let finding = about.finding;
    let layer = about.layer();
    let found = finding.vulnerability();
    Some(SarifResult {
        rule_id: &finding.id,
        rule_index: *rules.get(&(about.kind(), finding.id.as_str()))?,
        level: level(finding.severity),
        message: Text { text: message(about) },
        locations: places(about),
        partial_fingerprints: [
            ("lazaretFinding/v1", format!("{}:{count}", finding.fingerprint)),
            // The one GitHub goes by. Left to itself it would hash lines of a file it has not got.
            ("primaryLocationLineHash", format!("{}:{count}", finding.fingerprint)),
        ]
        .into(),
        suppressions: match about.suppression() {
            None => vec![],
            Some(justification) => {
                vec![Suppression { kind: "external", status: "accepted", justification }]
            }
        },
        properties: LayerNote {
            kind: about.kind(),
            package: about.package.map(|package| package.purl.as_str()),
            layer: finding.layer(&about.report.inventory).map(|layer| layer.0),
            diff_id: layer.and_then(|layer| layer.diff_id.as_ref()),
            created_by: layer.and_then(|layer| layer.created_by.as_deref()),
            base: layer.and_then(|layer| layer.base),
            status: found.map(|found| found.status.name()),
            severity_source: finding.severity_source.as_deref(),
            epss_score: found.and_then(|found| found.epss).map(|epss| epss.score),
            epss_percentile: found.and_then(|found| found.epss).map(|epss| epss.percentile),
            exploited_since: found
                .and_then(|found| found.exploited.as_ref())
                .map(|known| known.added.as_str()),
        },
    })
}

/// GitHub shows the first line in lists, and all of it beside the place.
fn message(about: &About<'_>) -> String {
    let mut lines = vec![format!("{}.", about.what())];
    if let Detail::Vulnerability(found) = &about.finding.detail {
        let fixed = if found.fixed_versions.is_empty() {
            found.status.name().replace('_', " ")
        } else {
            found.fixed_versions.join(", ")
        };
        lines.push(format!("Fixed version: {fixed}"));
    }
    lines.push(format!("Image: {}", about.report.image.name));
    if let Some(known) = about.finding.vulnerability().and_then(|found| found.exploited.as_ref()) {
        lines.push(format!("Known exploited since {}", known.added));
    }
    lines.extend(about.instruction().map(|instruction| format!("Layer: {instruction}")));
    // Brackets make a link in a message (section 3.11.6); what an image brings must not.
    let mut text = lines.join("\n").replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    if let Some(url) = link::of(&about.finding.id) {
        text = format!("{text}\nLink: [{}]({url})", about.finding.id);
    }
    text
}

fn places(about: &About<'_>) -> Vec<model::Place> {
    let logical = logical(about);
    let files = about.finding.locations(&about.report.inventory);
    if files.is_empty() {
        // GitHub wants a file. What is in none is in the image, whose name without its tag stays.
        let image = &about.report.image.name;
        let name = Reference::parse(image).map_or_else(
            |_| image.clone(),
            |reference| format!("{}/{}", reference.registry(), reference.repository()),
        );
        let name = if name.trim().is_empty() { "image" } else { &name };
        return vec![model::Place {
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: uri(name),
                    uri_base_id: None,
                    description: None,
                },
                region: Region { start_line: 1, end_line: 1 },
            },
            logical_locations: vec![logical],
        }];
    }
    files
        .iter()
        .take(PLACES_MAX)
        .map(|location| model::Place {
            physical_location: physical(location),
            logical_locations: vec![logical.clone()],
        })
        .collect()
}

fn logical(about: &About<'_>) -> Logical {
    let of = |name: &str, full: String, kind| Logical {
        name: name.to_owned(),
        fully_qualified_name: full,
        kind,
    };
    if let Some(package) = about.package {
        return of(&package.name, package.purl.clone(), "package");
    }
    match about.finding.place() {
        Some(Place::File { location, inside, .. }) => {
            let inside = inside.as_ref().map(|inside| format!("!{inside}")).unwrap_or_default();
            of(location.path.name(), format!("{}{inside}", location.path), "file")
        }
        Some(Place::Env { name }) => of(name, format!("env.{name}"), "variable"),
        Some(Place::Label { name }) => of(name, format!("label.{name}"), "property"),
        Some(Place::History { entry }) => {
            let line = entry.saturating_add(1).to_string();
            of(&line, format!("history.{line}"), "instruction")
        }
        Some(Place::Image) | None => of("image", "image".to_owned(), "resource"),
    }
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

fn notification(problem: &Problem) -> Notification {
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
            .map(|location| model::Place {
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
        ("split", "The findings of an image are in several runs."),
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
