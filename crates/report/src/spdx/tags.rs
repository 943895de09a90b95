//! SPDX 2.3 as tags and values (<https://spdx.github.io/spdx-spec/v2.3/conformance/>): the same as in
//! JSON, one field on a line.

use super::model::{Annotation, SpdxPackage};
use super::{DATA_LICENSE, DOCUMENT, Parts, VERSION};
use crate::{Format, WriteOptions, text};
use lazaret_core::report::Report;
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes one report.
pub(crate) fn write(
    format: Format,
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let parts = Parts::new(format, report, options)?;
    let mut out = io::BufWriter::new(out);
    field(&mut out, "SPDXVersion", VERSION)?;
    field(&mut out, "DataLicense", DATA_LICENSE)?;
    field(&mut out, "SPDXID", DOCUMENT)?;
    field(&mut out, "DocumentName", parts.name())?;
    field(&mut out, "DocumentNamespace", &parts.namespace)?;
    for creator in parts.creators() {
        field(&mut out, "Creator", creator)?;
    }
    field(&mut out, "Created", &parts.created)?;
    if let Some([annotation]) = parts.problems() {
        annotate(&mut out, DOCUMENT, &annotation)?;
    }
    for package in parts.packages() {
        self::package(&mut out, &package)?;
    }
    writeln!(out)?;
    for relation in parts.relationships() {
        let from = &relation.spdx_element_id;
        let (kind, to) = (relation.relationship_type, &relation.related_spdx_element);
        writeln!(out, "Relationship: {from} {kind} {to}")?;
    }
    for license in &parts.extracted {
        writeln!(out)?;
        field(&mut out, "LicenseID", &license.license_id)?;
        block(&mut out, "ExtractedText", &license.extracted_text)?;
        field(&mut out, "LicenseName", license.name)?;
    }
    out.flush()
}

fn package(out: &mut dyn Write, package: &SpdxPackage<'_>) -> io::Result<()> {
    writeln!(out)?;
    field(out, "PackageName", package.name)?;
    field(out, "SPDXID", &package.spdx_id)?;
    if let Some(version) = &package.version_info {
        field(out, "PackageVersion", version)?;
    }
    field(out, "PackageSupplier", &package.supplier)?;
    field(out, "PackageDownloadLocation", package.download_location)?;
    field(out, "FilesAnalyzed", if package.files_analyzed { "true" } else { "false" })?;
    for checksum in &package.checksums {
        let value = format!("{}: {}", checksum.algorithm, checksum.checksum_value);
        field(out, "PackageChecksum", &value)?;
    }
    if let Some(info) = &package.source_info {
        block(out, "PackageSourceInfo", info)?;
    }
    field(out, "PackageLicenseConcluded", package.license_concluded)?;
    field(out, "PackageLicenseDeclared", package.license_declared)?;
    field(out, "PackageCopyrightText", package.copyright_text)?;
    for reference in &package.external_refs {
        let (category, kind) = (reference.reference_category, reference.reference_type);
        let value = format!("{category} {kind} {}", reference.reference_locator);
        field(out, "ExternalRef", &value)?;
    }
    field(out, "PrimaryPackagePurpose", package.primary_package_purpose)?;
    match &package.annotations {
        Some([annotation]) => annotate(out, &package.spdx_id, annotation),
        None => Ok(()),
    }
}

fn annotate(out: &mut dyn Write, about: &str, annotation: &Annotation<'_>) -> io::Result<()> {
    writeln!(out)?;
    field(out, "Annotator", annotation.annotator)?;
    field(out, "AnnotationDate", annotation.annotation_date)?;
    field(out, "AnnotationType", annotation.annotation_type)?;
    field(out, "SPDXREF", about)?;
    block(out, "AnnotationComment", &annotation.comment)
}

/// A value on the line of its tag.
fn field(out: &mut dyn Write, tag: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{tag}: {}", without_marks(&text::plain(value, true)))
}

/// A value between marks, which may have several lines.
fn block(out: &mut dyn Write, tag: &str, value: &str) -> io::Result<()> {
    write!(out, "{tag}: <text>")?;
    for (position, line) in value.split('\n').enumerate() {
        let end = if position > 0 { "\n" } else { "" };
        write!(out, "{end}{}", without_marks(&text::plain(line, true)))?;
    }
    writeln!(out, "</text>")
}

/// A value in which nothing looks like the marks around a text. What is escaped is read back where
/// values are.
fn without_marks(value: &str) -> Cow<'_, str> {
    if !value.contains("<text>") && !value.contains("</text>") {
        return value.into();
    }
    value.replace("<text>", r"\u{3c}text>").replace("</text>", r"\u{3c}/text>").into()
}
