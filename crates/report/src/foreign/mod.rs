//! Reports of other scanners, read to be judged as ours are.
//!
//! Another scanner's report says less than ours. What it leaves out is never taken for a pass: a
//! finding of a kind that cannot be carried over, and a fix that the format has no place for, are
//! problems of the report.

mod build;
mod cyclonedx;
mod grype;
mod osv;
mod sarif;
mod trivy;

use lazaret_core::report::Report;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt;

/// The largest report that is read, in bytes.
pub const REPORT_BYTES_MAX: usize = 512 << 20;

/// Whose report it is, or in which standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// Trivy's JSON, schema version 2.
    Trivy,
    /// Grype's JSON.
    Grype,
    /// OSV-Scanner's JSON.
    OsvScanner,
    /// A SARIF 2.1.0 log.
    Sarif,
    /// A CycloneDX document with vulnerabilities, as JSON.
    CycloneDx,
}

impl Scanner {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trivy => "trivy",
            Self::Grype => "grype",
            Self::OsvScanner => "osv-scanner",
            Self::Sarif => "sarif",
            Self::CycloneDx => "cyclonedx",
        }
    }

    /// Whether such a report holds the configuration of the image.
    pub const fn knows_config(self) -> bool {
        matches!(self, Self::Trivy)
    }

    /// Whether such a report says when an operating system is no longer supported.
    pub const fn knows_end_of_life(self) -> bool {
        matches!(self, Self::Trivy)
    }

    /// Whether such a report says what is known to be exploited and how likely that is.
    pub const fn knows_exploited(self) -> bool {
        matches!(self, Self::Grype)
    }
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A report of another scanner.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    /// Whose it is.
    pub scanner: Scanner,
    /// What it says.
    pub report: Report,
}

/// Why bytes are no report of another scanner.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// Larger than [`REPORT_BYTES_MAX`].
    #[error("the report is larger than {REPORT_BYTES_MAX} bytes")]
    Large,
    /// Not JSON.
    #[error("the report is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON of no scanner that is known.
    #[error(
        "this is no report: expected ours (--format json), or JSON of Trivy, Grype, OSV-Scanner, \
         SARIF or CycloneDX"
    )]
    Unknown,
    /// The format is right and the rest is not.
    #[error("the report does not have the shape of {0}'s")]
    Shape(Scanner, #[source] serde_json::Error),
    /// A version that is not read.
    #[error("this is {0}, which is not read")]
    Version(String),
    /// It holds no list of vulnerabilities at all, which is not the same as an empty one.
    #[error("the report lists packages only: there is nothing to judge")]
    NoFindings,
}

/// The keys that give a document away.
#[derive(Deserialize)]
struct Markers {
    #[serde(rename = "SchemaVersion")]
    trivy: Option<u64>,
    runs: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<String>,
    matches: Option<IgnoredAny>,
    descriptor: Option<IgnoredAny>,
    results: Option<IgnoredAny>,
}

/// Reads a report of any of the scanners.
pub fn read(bytes: &[u8]) -> Result<Foreign, ForeignError> {
    if bytes.len() > REPORT_BYTES_MAX {
        return Err(ForeignError::Large);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let markers: Markers = serde_json::from_slice(bytes).map_err(ForeignError::NotJson)?;
    let (scanner, report) = match markers {
        Markers { trivy: Some(2), .. } => (Scanner::Trivy, trivy::read(bytes)?),
        Markers { trivy: Some(version), .. } => {
            return Err(ForeignError::Version(format!("schema version {version} of Trivy")));
        }
        Markers { runs: Some(_), .. } => (Scanner::Sarif, sarif::read(bytes)?),
        Markers { bom_format: Some(name), .. } if name == "CycloneDX" => {
            (Scanner::CycloneDx, cyclonedx::read(bytes)?)
        }
        Markers { matches: Some(_), descriptor: Some(_), .. } => {
            (Scanner::Grype, grype::read(bytes)?)
        }
        Markers { results: Some(_), .. } => (Scanner::OsvScanner, osv::read(bytes)?),
        _ => return Err(ForeignError::Unknown),
    };
    Ok(Foreign { scanner, report })
}
