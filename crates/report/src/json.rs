//! The report as JSON: everything a scan found, in one versioned shape.
//!
//! The shape is described in `docs/formats/report-json.md` and, for machines, in
//! `docs/schemas/report-1.json`.

mod foreign;
mod values;
mod wire;

use crate::Reports;
use crate::pretty::{self, Style};
use crate::view::Around;
use lazaret_core::finding::Finding;
use serde::Serialize;
use std::io;

pub(crate) use values::values;

/// The version of the shape written here. It changes when a reader of the old shape would
/// misunderstand the new one; a new optional field does not change it.
pub const SCHEMA_VERSION: &str = "1";

/// Why bytes are not reports of ours.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing was given.
    #[error("the report is empty")]
    Empty,
    /// Not JSON, or JSON that is cut off.
    #[error("the report is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// The output of another tool or in another standard.
    #[error("this is {0}, not a report written by `--format json`")]
    Foreign(&'static str),
    /// JSON without a version.
    #[error("this JSON has no `schema_version`: it is not a report written by `--format json`")]
    NoVersion,
    /// A version this program does not know.
    #[error(
        "the report has schema version {0}, and this program reads version {SCHEMA_VERSION}: read \
         it with the version of the program that wrote it, or a newer one"
    )]
    Version(String),
    /// The version is right and the rest is not.
    #[error("the report does not have the shape of schema version {SCHEMA_VERSION}")]
    Shape(#[source] serde_json::Error),
    /// Two parts of the report contradict each other.
    #[error("the report contradicts itself: {0}")]
    Contradiction(String),
}

/// Writes reports: one as an object of its own, several as a list inside an object.
pub(crate) fn write(reports: &Reports, out: &mut dyn io::Write) -> io::Result<()> {
    match reports.0.as_slice() {
        [report] => pretty::write(
            &One { schema_version: SCHEMA_VERSION, report: wire::Report::of(report) },
            Style::Plain,
            out,
        ),
        reports => pretty::write(
            &Several {
                schema_version: SCHEMA_VERSION,
                reports: reports.iter().map(wire::Report::of).collect(),
            },
            Style::Plain,
            out,
        ),
    }
}

/// One finding as it is in a report.
pub(crate) fn finding(finding: &Finding, around: Around<'_>) -> serde_json::Value {
    let finding = wire::Finding::of(finding, around).map(serde_json::to_value);
    finding.and_then(Result::ok).unwrap_or_default()
}

#[derive(Serialize)]
struct One<'a> {
    schema_version: &'a str,
    #[serde(flatten)]
    report: wire::Report<'a>,
}

#[derive(Serialize)]
struct Several<'a> {
    schema_version: &'a str,
    reports: Vec<wire::Report<'a>>,
}

/// Reads back what was written as JSON, by this version or an older one.
///
/// Fields that are not known are ignored. Positions that point into other parts of the report are
/// checked, so that what is returned can be trusted to hang together.
pub fn read(bytes: &[u8]) -> Result<Reports, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    let shape = foreign::recognize(bytes)?;
    let reports = match shape {
        foreign::Shape::One => vec![serde_json::from_slice(bytes).map_err(ReadError::Shape)?],
        foreign::Shape::Several => {
            serde_json::from_slice::<List<'_>>(bytes).map_err(ReadError::Shape)?.reports
        }
    };
    let reports: Result<Vec<_>, _> = reports.into_iter().map(wire::Report::into_core).collect();
    reports.map(Reports).map_err(ReadError::Contradiction)
}

#[derive(serde::Deserialize)]
struct List<'a> {
    reports: Vec<wire::Report<'a>>,
}
