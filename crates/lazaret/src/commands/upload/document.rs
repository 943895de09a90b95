//! The report that is uploaded: what it is, and what else it can be written as.

use crate::commands::convert::read;
use crate::commands::outcome::{now, source_date, table_options};
use crate::fail::{CommandError, Kind as Failure, Result};
use crate::settings::github;
use lazaret_core::image::Image;
use lazaret_report::foreign::REPORT_BYTES_MAX;
use lazaret_report::{Format, ReadError, Reports, WriteError, WriteOptions, json};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::{Path, PathBuf};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Lazaret,
    Trivy,
    Grype,
    OsvScanner,
    Sarif,
    CycloneDx,
    CycloneDxXml,
    Spdx,
    OpenVex,
    GitlabScan,
    GenericFindings,
    DependencySnapshot,
    Json,
    Xml,
    Html,
    Text,
}

impl Kind {
    /// What people call it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Lazaret => "a report of Lazaret",
            Self::Trivy => "a report of Trivy",
            Self::Grype => "a report of Grype",
            Self::OsvScanner => "a report of OSV-Scanner",
            Self::Sarif => "a SARIF log",
            Self::CycloneDx | Self::CycloneDxXml => "a CycloneDX document",
            Self::Spdx => "an SPDX document",
            Self::OpenVex => "an OpenVEX document",
            Self::GitlabScan => "a security report of GitLab",
            Self::GenericFindings => "a list of generic findings",
            Self::DependencySnapshot => "a dependency snapshot",
            Self::Json => "JSON of an unknown kind",
            Self::Xml => "XML of an unknown kind",
            Self::Html => "a page of HTML",
            Self::Text => "text",
        }
    }

    /// Its media type: the registered one where there is one.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Sarif => "application/sarif+json",
            Self::CycloneDx => "application/vnd.cyclonedx+json",
            Self::CycloneDxXml => "application/vnd.cyclonedx+xml",
            Self::Spdx => "application/spdx+json",
            Self::Lazaret
            | Self::Trivy
            | Self::Grype
            | Self::OsvScanner
            | Self::OpenVex
            | Self::GitlabScan
            | Self::GenericFindings
            | Self::DependencySnapshot
            | Self::Json => "application/json",
            Self::Xml => "application/xml",
            Self::Html => "text/html",
            Self::Text => "text/plain",
        }
    }

    /// What an artifact of it is: its media type, or one that says whose it is.
    pub(super) const fn artifact_type(self) -> &'static str {
        match self {
            Self::Lazaret => "application/vnd.lazaret.report.v1+json",
            other => other.media_type(),
        }
    }

    /// The name of a file of it.
    pub(super) const fn file_name(self) -> &'static str {
        match self {
            Self::Lazaret => "lazaret-report.json",
            Self::Trivy => "trivy-report.json",
            Self::Grype => "grype-report.json",
            Self::OsvScanner => "osv-scanner-report.json",
            Self::Sarif => "report.sarif",
            Self::CycloneDx => "bom.cdx.json",
            Self::CycloneDxXml => "bom.cdx.xml",
            Self::Spdx => "bom.spdx.json",
            Self::OpenVex => "openvex.json",
            Self::GitlabScan => "gl-container-scanning-report.json",
            Self::GenericFindings => "generic-findings.json",
            Self::DependencySnapshot => "dependency-snapshot.json",
            Self::Json => "report.json",
            Self::Xml => "report.xml",
            Self::Html => "report.html",
            Self::Text => "report.txt",
        }
    }
}

/// A document as it goes out.
pub(super) struct Payload {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

/// A report as it came in.
pub(super) struct Document {
    path: PathBuf,
    payload: Payload,
    /// What it says, if it is ours.
    reports: Option<Reports>,
}

impl Document {
    /// Reads a report.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let bytes = read(path)?;
        let wrong = |error: anyhow::Error| {
            let context = format!("failed to read the report {}", path.display());
            CommandError::new(Failure::Input, error.context(context))
        };
        if bytes.trim_ascii().is_empty() {
            return Err(wrong(ReadError::Empty.into()));
        }
        if bytes.len() > REPORT_BYTES_MAX {
            let error = anyhow::anyhow!("it is larger than {REPORT_BYTES_MAX} bytes");
            return Err(wrong(error));
        }
        let kind = recognize(&bytes);
        let reports = match kind {
            Kind::Lazaret => Some(json::read(&bytes).map_err(|error| wrong(error.into()))?),
            _ => None,
        };
        Ok(Self { path: path.to_owned(), payload: Payload { kind, bytes }, reports })
    }

    /// What it is.
    pub(super) const fn kind(&self) -> Kind {
        self.payload.kind
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.payload.bytes
    }

    /// The image it is about, if it says so and there is only one.
    pub(super) fn image(&self) -> Option<&Image> {
        match self.reports.as_ref()?.0.as_slice() {
            [report] => Some(&report.image),
            _ => None,
        }
    }

    /// The name of the image or images it is about.
    pub(super) fn image_name(&self) -> Option<&str> {
        let first = self.reports.as_ref()?.0.first()?;
        Some(first.image.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The document as it is, or a report of ours in the format that was asked for.
    pub(super) fn payload(self, word: Option<&str>) -> Result<Payload> {
        match word {
            None => Ok(self.payload),
            Some(word) => self.written_as(word.parse().map_err(CommandError::usage)?),
        }
    }

    /// A report of ours in another format.
    pub(super) fn written_as(self, format: Format) -> Result<Payload> {
        let bytes = self.convert(format)?;
        let kind = recognize(&bytes);
        Ok(Payload { kind, bytes })
    }

    /// The same, and the report remains.
    pub(super) fn convert(&self, format: Format) -> Result<Vec<u8>> {
        let Some(reports) = &self.reports else {
            let what = self.payload.kind.words();
            let error = anyhow::anyhow!("{} is {what}", self.path.display());
            let error = error.context(format!("only reports of Lazaret are written as {format}"));
            return Err(CommandError::new(Failure::Input, error)
                .hint("give a report written with --format json"));
        };
        let options = WriteOptions {
            table: table_options(true),
            // What is sent now is of now, unless a time is asked for.
            source_date: Some(source_date().unwrap_or_else(|| now().unix_timestamp())),
            github: github(),
            ..WriteOptions::default()
        };
        let mut bytes = Vec::new();
        lazaret_report::write(format, reports, &options, &mut bytes).map_err(|error| {
            let kind = match error {
                WriteError::OneImage { .. } => Failure::Usage,
                _ => Failure::Internal,
            };
            CommandError::new(kind, error)
        })?;
        Ok(bytes)
    }
}

/// The name of an image without tag and digest, and its tag.
pub(super) fn without_tag(name: &str) -> (&str, Option<&str>) {
    let name = name.split('@').next().unwrap_or_default();
    match name.rsplit_once(':') {
        // Else it is a port.
        Some((image, tag)) if !tag.contains('/') && !image.is_empty() => (image, Some(tag)),
        _ => (name, None),
    }
}

/// The keys that give a document away.
#[derive(Deserialize)]
struct Markers {
    schema_version: Option<IgnoredAny>,
    #[serde(rename = "SchemaVersion")]
    trivy: Option<IgnoredAny>,
    runs: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<IgnoredAny>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<IgnoredAny>,
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    matches: Option<IgnoredAny>,
    descriptor: Option<IgnoredAny>,
    results: Option<IgnoredAny>,
    findings: Option<IgnoredAny>,
    detector: Option<IgnoredAny>,
    manifests: Option<IgnoredAny>,
    scan: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
}

/// Says what a document is, from its content.
pub(super) fn recognize(bytes: &[u8]) -> Kind {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match bytes.first() {
        Some(b'{') => of_json(bytes),
        Some(b'[') => Kind::Json,
        Some(b'<') => {
            let head = String::from_utf8_lossy(bytes.get(..2048).unwrap_or(bytes));
            let head = head.to_ascii_lowercase();
            if head.contains("cyclonedx.org/schema/bom") {
                Kind::CycloneDxXml
            } else if head.starts_with("<!doctype html") || head.starts_with("<html") {
                Kind::Html
            } else {
                Kind::Xml
            }
        }
        _ => Kind::Text,
    }
}

fn of_json(bytes: &[u8]) -> Kind {
    let Ok(markers) = serde_json::from_slice::<Markers>(bytes) else { return Kind::Text };
    let is_openvex = |value: &serde_json::Value| {
        value.as_str().is_some_and(|context| context.contains("openvex.dev"))
    };
    match markers {
        Markers { schema_version: Some(_), .. } => Kind::Lazaret,
        Markers { trivy: Some(_), .. } => Kind::Trivy,
        Markers { runs: Some(_), .. } => Kind::Sarif,
        Markers { bom_format: Some(_), .. } => Kind::CycloneDx,
        Markers { spdx_version: Some(_), .. } => Kind::Spdx,
        Markers { context: Some(context), .. } if is_openvex(&context) => Kind::OpenVex,
        Markers { matches: Some(_), descriptor: Some(_), .. } => Kind::Grype,
        Markers { detector: Some(_), manifests: Some(_), .. } => Kind::DependencySnapshot,
        Markers { scan: Some(_), vulnerabilities: Some(_), .. } => Kind::GitlabScan,
        Markers { findings: Some(_), .. } => Kind::GenericFindings,
        Markers { results: Some(_), .. } => Kind::OsvScanner,
        _ => Kind::Json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_by_their_content() {
        for (text, kind) in [
            (r#"{"schema_version":"1","findings":[]}"#, Kind::Lazaret),
            (r#"{"SchemaVersion":2,"Results":[]}"#, Kind::Trivy),
            (r#" {"version":"2.1.0","runs":[]}"#, Kind::Sarif),
            (r#"{"bomFormat":"CycloneDX","vulnerabilities":[]}"#, Kind::CycloneDx),
            (r#"{"spdxVersion":"SPDX-2.3"}"#, Kind::Spdx),
            (r#"{"@context":"https://openvex.dev/ns/v0.2.0"}"#, Kind::OpenVex),
            (r#"{"@context":"https://else.example"}"#, Kind::Json),
            (r#"{"matches":[],"descriptor":{}}"#, Kind::Grype),
            (r#"{"results":[]}"#, Kind::OsvScanner),
            (r#"{"findings":[]}"#, Kind::GenericFindings),
            (r#"{"detector":{},"manifests":{}}"#, Kind::DependencySnapshot),
            (r#"{"scan":{},"vulnerabilities":[]}"#, Kind::GitlabScan),
            ("[]", Kind::Json),
            ("{", Kind::Text),
            ("<?xml?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>", Kind::CycloneDxXml),
            ("<testsuites/>", Kind::Xml),
            ("<!DOCTYPE html><html>", Kind::Html),
            ("# Report", Kind::Text),
        ] {
            assert_eq!(recognize(text.as_bytes()), kind, "{text}");
        }
    }

    #[test]
    fn a_tag_is_told_from_a_port() {
        for (name, expected) in [
            ("registry.example:5000/shop/web:1.4", ("registry.example:5000/shop/web", Some("1.4"))),
            ("registry.example:5000/shop/web", ("registry.example:5000/shop/web", None)),
            ("web:1.4@sha256:00", ("web", Some("1.4"))),
            ("web@sha256:00", ("web", None)),
            ("web", ("web", None)),
            ("", ("", None)),
        ] {
            assert_eq!(without_tag(name), expected, "{name}");
        }
    }
}
