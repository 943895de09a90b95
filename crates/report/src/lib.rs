//! Writes a report in every output format and reads it back.
//!
//! This crate shows what a scan came to. It decides nothing, and never opens a file or asks the
//! clock: the table is told what day it is. [`write()`] is the one way out; the JSON of [`json`] is also
//! the one way back in, for `convert` and for everything that stores reports.
//!
//! ```
//! use lazaret_report::{Format, Reports, WriteOptions};
//!
//! let mut out = Vec::new();
//! lazaret_report::write(Format::Json, &Reports(vec![]), &WriteOptions::default(), &mut out)?;
//! assert_eq!(lazaret_report::json::read(&out)?, Reports(vec![]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(missing_docs)]

mod about;
mod asff;
mod base;
mod codequality;
mod cosign_vuln;
mod cyclonedx;
mod defectdojo;
mod end;
pub mod foreign;
mod github;
mod gitlab;
mod html;
pub mod json;
mod junit;
mod license;
mod link;
pub mod markdown;
mod moment;
mod openvex;
mod pretty;
mod sarif;
mod sbom;
mod serial;
mod spdx;
mod spdx3;
mod stream;
mod syft;
pub mod table;
mod template;
mod text;
mod trivy;
pub mod view;
mod xml;

use cyclonedx::Version::{V1_6, V1_7};
use lazaret_core::finding::Finding;
use lazaret_core::report::Report;
use std::fmt;
use std::io;
use std::str::FromStr;

pub use asff::AwsOptions;
pub use base::{base_image_words, origin_words};
pub use github::GithubOptions;
pub use json::ReadError;
pub use table::TableOptions;
pub use template::{TEMPLATE_BYTES_MAX, Template, TemplateError, contrib, write_template};

/// The reports of one run: one, or several for `--platform all` and for archives of many images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reports(pub Vec<Report>);

/// A way to write a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Table,
    /// Everything, versioned, and read back by [`json::read`].
    Json,
    /// Trivy's JSON, schema version 2.
    TrivyJson,
    /// SARIF 2.1.0, within the limits of GitHub code scanning.
    Sarif,
    /// A CycloneDX 1.6 SBOM with vulnerabilities, as JSON.
    Cyclonedx,
    /// A CycloneDX 1.6 SBOM with vulnerabilities, as XML.
    CyclonedxXml,
    /// A CycloneDX 1.7 SBOM with vulnerabilities, as JSON.
    Cyclonedx17,
    /// A CycloneDX 1.7 SBOM with vulnerabilities, as XML.
    CyclonedxXml17,
    /// An SPDX 2.3 SBOM, as JSON.
    SpdxJson,
    /// An SPDX 2.3 SBOM, as tags and values.
    Spdx,
    /// An SPDX 3.0 SBOM, as JSON-LD.
    Spdx3,
    /// Syft's JSON, schema version 16.
    SyftJson,
    /// JUnit XML: a failed test for each finding.
    Junit,
    /// GitHub's Markdown, for job summaries and comments.
    Markdown,
    /// GitLab's container scanning report.
    Gitlab,
    /// GitLab's code quality report.
    GitlabCodequality,
    /// OpenVEX 0.2.0: what does not count, and why.
    Openvex,
    /// DefectDojo's generic findings.
    Defectdojo,
    /// GitHub's dependency snapshot.
    Github,
    /// GitLab's dependency scanning report: what applications depend on.
    GitlabDependencyScanning,
    /// GitLab's secret detection report.
    GitlabSecretDetection,
    /// AWS Security Finding Format, for Security Hub.
    Asff,
    /// The predicate of cosign's vulnerability attestations.
    CosignVuln,
    /// A page for people, in one file that needs nothing else.
    Html,
}

/// The word for what is written by a template, which is no format of its own: [`write_template`]
/// takes it.
pub const TEMPLATE: &str = "template";

impl Format {
    /// Every format there is.
    pub const ALL: &[Self] = &[
        Self::Table,
        Self::Json,
        Self::TrivyJson,
        Self::Sarif,
        Self::Cyclonedx,
        Self::CyclonedxXml,
        Self::Cyclonedx17,
        Self::CyclonedxXml17,
        Self::SpdxJson,
        Self::Spdx,
        Self::Spdx3,
        Self::SyftJson,
        Self::Junit,
        Self::Markdown,
        Self::Gitlab,
        Self::GitlabCodequality,
        Self::Openvex,
        Self::Defectdojo,
        Self::Github,
        Self::GitlabDependencyScanning,
        Self::GitlabSecretDetection,
        Self::Asff,
        Self::CosignVuln,
        Self::Html,
    ];

    /// The word used for it in flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::TrivyJson => "trivy-json",
            Self::Sarif => "sarif",
            Self::Cyclonedx => "cyclonedx",
            Self::CyclonedxXml => "cyclonedx-xml",
            Self::Cyclonedx17 => "cyclonedx-1.7",
            Self::CyclonedxXml17 => "cyclonedx-xml-1.7",
            Self::SpdxJson => "spdx-json",
            Self::Spdx => "spdx",
            Self::Spdx3 => "spdx-3",
            Self::SyftJson => "syft-json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Gitlab => "gitlab",
            Self::GitlabCodequality => "gitlab-codequality",
            Self::Openvex => "openvex",
            Self::Defectdojo => "defectdojo",
            Self::Github => "github",
            Self::GitlabDependencyScanning => "gitlab-dependency-scanning",
            Self::GitlabSecretDetection => "gitlab-secret-detection",
            Self::Asff => "asff",
            Self::CosignVuln => "cosign-vuln",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that names no format of this version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A template, where none can be given.
    #[error("the format `template` takes a template, which cannot be given here")]
    Template,
    /// No format at all.
    #[error("`{0}` is not a format: use {formats}", formats = format_names())]
    Unknown(String),
}

fn format_names() -> String {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    let names = names.join(", ");
    match names.rsplit_once(", ") {
        Some((names, last)) => format!("{names} or {last}"),
        None => names,
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(word: &str) -> Result<Self, FormatError> {
        if let Some(format) = Self::ALL.iter().copied().find(|format| format.name() == word) {
            return Ok(format);
        }
        Err(if word == TEMPLATE {
            FormatError::Template
        } else {
            FormatError::Unknown(word.to_owned())
        })
    }
}

/// What a format may be told. JSON takes nothing: it always holds the whole report.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// How the table looks, and what it and the other lists of findings leave out.
    pub table: TableOptions,
    /// The time that SBOMs and other formats with a date carry, in seconds since 1970 (UTC): the
    /// `SOURCE_DATE_EPOCH` of reproducible builds. Without it they carry the image's own.
    pub source_date: Option<i64>,
    /// What a dependency snapshot is about.
    pub github: GithubOptions,
    /// The AWS account that findings for Security Hub are of.
    pub aws: AwsOptions,
}

impl WriteOptions {
    /// Whether a finding that counts is shown: `ignore_unfixed` is about vulnerabilities. SBOMs and
    /// JSON hold every finding all the same.
    fn shows(&self, finding: &Finding) -> bool {
        self.table.severities.contains(&finding.severity)
            && !(self.table.ignore_unfixed && finding.is_unfixed())
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output does not take it.
    #[error("failed to write the report")]
    Io(#[source] io::Error),
    /// The format's documents are about one image.
    #[error(
        "`{format}` describes one image, and there are {images}: choose one with --platform, or by \
         :tag or @digest"
    )]
    OneImage {
        /// The format.
        format: Format,
        /// How many there are.
        images: usize,
    },
    /// A finding points past the inventory: the report was put together wrongly.
    #[error("finding {finding} is about package {package}, which the report's inventory lacks")]
    Package {
        /// The id of the finding.
        finding: String,
        /// The position it points to.
        package: u32,
    },
    /// Something is wrong with the template, or with what it does.
    #[error("the template cannot be used")]
    Template(#[source] TemplateError),
}

/// Writes reports in a format.
///
/// The same reports and options give the same bytes. Names that an image brings are made harmless
/// to a terminal in every format.
pub fn write(
    format: Format,
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> Result<(), WriteError> {
    check(reports)?;
    match format {
        Format::Table => table::write(reports, &options.table, out),
        Format::Json => json::write(reports, out),
        Format::TrivyJson => trivy::write(only(format, reports)?, options, out),
        Format::Sarif => sarif::write(reports, options, out),
        Format::Cyclonedx => cyclonedx::write(format, V1_6, only(format, reports)?, options, out),
        Format::CyclonedxXml => {
            cyclonedx::write_xml(format, V1_6, only(format, reports)?, options, out)
        }
        Format::Cyclonedx17 => cyclonedx::write(format, V1_7, only(format, reports)?, options, out),
        Format::CyclonedxXml17 => {
            cyclonedx::write_xml(format, V1_7, only(format, reports)?, options, out)
        }
        Format::SpdxJson => spdx::write(format, only(format, reports)?, options, out),
        Format::Spdx => spdx::write_tags(format, only(format, reports)?, options, out),
        Format::Spdx3 => spdx3::write(format, only(format, reports)?, options, out),
        Format::SyftJson => syft::write(format, only(format, reports)?, options, out),
        Format::Junit => junit::write(reports, options, out),
        Format::Markdown => markdown::write(reports, options, out),
        Format::Gitlab => gitlab::write(gitlab::Scan::Container, reports, options, out),
        Format::GitlabCodequality => codequality::write(reports, options, out),
        Format::Openvex => openvex::write(only(format, reports)?, options, out),
        Format::Defectdojo => defectdojo::write(reports, options, out),
        Format::Github => github::write(reports, options, out),
        Format::GitlabDependencyScanning => {
            gitlab::write(gitlab::Scan::Dependency, reports, options, out)
        }
        Format::GitlabSecretDetection => gitlab::write(gitlab::Scan::Secret, reports, options, out),
        Format::Asff => asff::write(reports, options, out),
        Format::CosignVuln => cosign_vuln::write(only(format, reports)?, options, out),
        Format::Html => html::write(reports, options, out),
    }
    .map_err(WriteError::Io)
}

/// Refuses reports that were put together wrongly.
fn check(reports: &Reports) -> Result<(), WriteError> {
    for report in &reports.0 {
        if let Some((finding, package)) = report.findings.iter().find_map(|f| lost(report, f)) {
            return Err(WriteError::Package { finding: finding.id.clone(), package });
        }
    }
    Ok(())
}

/// The only report, for formats whose documents are about one image.
fn only(format: Format, reports: &Reports) -> Result<&Report, WriteError> {
    match reports.0.as_slice() {
        [report] => Ok(report),
        several => Err(WriteError::OneImage { format, images: several.len() }),
    }
}

/// The finding and the package it points to, when the inventory has no such package.
fn lost<'a>(report: &Report, finding: &'a Finding) -> Option<(&'a Finding, u32)> {
    let id = finding.package()?;
    report.inventory.package(id).is_none().then_some((finding, id.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL.iter().copied() {
            assert_eq!(format.name().parse(), Ok(format));
        }
    }

    #[test]
    fn a_template_is_told_from_a_typing_error() {
        assert_eq!(TEMPLATE.parse::<Format>(), Err(FormatError::Template));
        let unknown = "jsno".parse::<Format>().unwrap_err().to_string();
        assert!(unknown.starts_with("`jsno` is not a format: use table, json, "), "{unknown}");
        assert!(unknown.ends_with(" or html"), "{unknown}");
    }
}
