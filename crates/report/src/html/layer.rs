//! The image layer by layer: what made each, what it brought, and what it took away.

use super::markup::{long, text};
use super::place::{deleted_by, layer as layer_of, words};
use super::tally::Tally;
use super::{Subject, chart, head, section, severity};
use crate::table::{instruction, plural, thousands};
use lazaret_core::finding::Finding;
use lazaret_core::image::LayerInfo;
use lazaret_core::package::Package;
use lazaret_core::report::TargetKind;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// Layers written out. Runtimes stop at some hundred.
const LAYERS_MAX: usize = 500;
/// Packages listed under one layer.
const PACKAGES_MAX: usize = 300;
/// Findings listed under one layer; the list below has all.
const FINDINGS_MAX: usize = 8;

/// What one layer brought.
#[derive(Default)]
struct Brought<'a> {
    packages: Vec<&'a Package>,
    findings: Vec<&'a Finding>,
    tally: Tally,
    /// Secrets of earlier layers that it deletes, which does not take them out of the image.
    deleted: Vec<&'a Finding>,
}

/// Writes the layers of an image, the base first.
pub(super) fn write(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let report = subject.report;
    if report.target != TargetKind::Image || report.image.layers.is_empty() {
        return Ok(());
    }
    let mut brought: BTreeMap<Option<u32>, Brought<'_>> = BTreeMap::new();
    let mut vulnerable = BTreeSet::new();
    for &finding in &subject.open {
        let layer = layer_of(finding, &report.inventory, &report.image).map(|layer| layer.0);
        let of = brought.entry(layer).or_default();
        of.tally.add(finding);
        of.findings.push(finding);
        vulnerable.extend(finding.package());
        if let Some(deleting) = deleted_by(finding) {
            brought.entry(Some(deleting.0)).or_default().deleted.push(finding);
        }
    }
    // Packages with findings stand first.
    for is_vulnerable in [true, false] {
        for (package, id) in report.inventory.packages.iter().zip(0..) {
            let id = lazaret_core::package::PackageId(id);
            if vulnerable.contains(&id) == is_vulnerable {
                brought.entry(Some(package.layer.0)).or_default().packages.push(package);
            }
        }
    }
    let most = brought.values().map(|of| of.tally.total()).max().unwrap_or(0);
    section(page, subject, "layers", "Layer by layer")?;
    writeln!(page, "<ol class=\"stackup\" start=\"0\">")?;
    for (layer, n) in report.image.layers.iter().zip(0_u32..).take(LAYERS_MAX) {
        let of = brought.remove(&Some(n)).unwrap_or_default();
        one(page, subject, layer, n, &of, most)?;
    }
    writeln!(page, "</ol>")?;
    let more = report.image.layers.len().saturating_sub(LAYERS_MAX);
    if more > 0 {
        writeln!(page, "<p>And {}; the JSON report has all.</p>", plural(more, "more layer"))?;
    }
    if let Some(of) = brought.remove(&None) {
        writeln!(
            page,
            "<p class=\"beside\"><a href=\"#findings-{}\" data-layer=\"none\">{}</a> in the image's \
             configuration, which no layer brought: {}.</p>",
            subject.n,
            plural(of.tally.total(), "finding"),
            of.tally.words(),
        )?;
    }
    writeln!(page, "</section>")
}

fn one(
    page: &mut String,
    subject: &Subject<'_>,
    layer: &LayerInfo,
    n: u32,
    of: &Brought<'_>,
    most: usize,
) -> fmt::Result {
    let written = layer.created_by.as_deref().unwrap_or_default();
    let short = instruction::short(written);
    let short = if short.is_empty() { "instruction unknown" } else { &short };
    let (origin, class) = match layer.base {
        Some(true) => ("base image", "base"),
        Some(false) => ("application", "application"),
        None => ("", "unknown"),
    };
    writeln!(page, "<li class=\"{class}\"><details id=\"layer-{}-{n}\"><summary>", subject.n)?;
    writeln!(
        page,
        "<span class=\"index\"><span class=\"sr\">Layer </span>{n}</span>\
         <span class=\"made\"><code>{}</code></span>",
        text(short)
    )?;
    write!(page, "<span class=\"meta\">")?;
    if !origin.is_empty() {
        write!(page, "{origin} · ")?;
    }
    writeln!(
        page,
        "{} · {}</span>",
        head::size(layer.size_bytes),
        plural(of.packages.len(), "package"),
    )?;
    write!(page, "<span class=\"sum\">")?;
    if of.tally.total() > 0 {
        chart::severities(page, most, &of.tally)?;
    }
    writeln!(page, "<small>{}</small></span></summary>", of.tally.words())?;
    writeln!(page, "<div class=\"body\">")?;
    deletions(page, of)?;
    findings(page, subject, n, of)?;
    packages(page, &of.packages)?;
    writeln!(page, "<h3>Made by</h3><pre>{}</pre>", long(written))?;
    let digests = [("Blob", &layer.blob_digest), ("Diff id", &layer.diff_id)];
    write!(page, "<p class=\"digests\">")?;
    for (name, digest) in digests {
        if let Some(digest) = digest {
            let algorithm = digest.algorithm().name();
            write!(page, "{name} <code title=\"{digest}\">{algorithm}:{}</code> ", digest.short())?;
        }
    }
    writeln!(page, "</p></div></details></li>")
}

/// Secrets that the layer deletes and the image keeps.
fn deletions(page: &mut String, of: &Brought<'_>) -> fmt::Result {
    for finding in of.deleted.iter().take(FINDINGS_MAX) {
        let place = finding.place().map(words).unwrap_or_default();
        let layer = finding.place().and_then(|place| place.location()).map(|at| at.layer.0);
        writeln!(
            page,
            "<p class=\"note\">Deletes or replaces <code>{}</code>. What it held can still be read \
             in layer {}.</p>",
            text(&place),
            layer.unwrap_or_default(),
        )?;
    }
    Ok(())
}

fn findings(page: &mut String, subject: &Subject<'_>, n: u32, of: &Brought<'_>) -> fmt::Result {
    if of.findings.is_empty() {
        return Ok(());
    }
    writeln!(page, "<h3>Findings it brought</h3><ul class=\"brief\">")?;
    for finding in of.findings.iter().take(FINDINGS_MAX) {
        let (word, class) = severity(finding);
        write!(
            page,
            "<li><span class=\"severity {class}\">{word}</span> <span><b>{}</b> ",
            text(&finding.id)
        )?;
        let package = finding.package().and_then(|id| subject.report.inventory.package(id));
        match (package, finding.place()) {
            (Some(package), _) => {
                write!(page, "<bdi>{}</bdi> {}", text(&package.name), text(&package.version))?;
            }
            (None, Some(place)) => write!(page, "<bdi>{}</bdi>", text(&words(place)))?,
            (None, None) => {}
        }
        if let Some(layer) = deleted_by(finding) {
            write!(
                page,
                " <span class=\"mark\">deleted in layer {}, still readable</span>",
                layer.0
            )?;
        }
        writeln!(page, "</span></li>")?;
    }
    writeln!(page, "</ul>")?;
    writeln!(
        page,
        "<p class=\"jump\"><a href=\"#findings-{}\" data-layer=\"{n}\">Show all {} in the list</a></p>",
        subject.n,
        thousands(of.findings.len()),
    )
}

fn packages(page: &mut String, packages: &[&Package]) -> fmt::Result {
    if packages.is_empty() {
        return Ok(());
    }
    writeln!(page, "<h3>Packages it brought</h3><ul class=\"packages\">")?;
    for package in packages.iter().take(PACKAGES_MAX) {
        write!(
            page,
            "<li><bdi>{}</bdi> <small>{}</small>",
            text(&package.name),
            text(&package.version)
        )?;
        if let Some(layer) = package.removed_in {
            write!(page, " <span class=\"mark\">removed in layer {}</span>", layer.0)?;
        }
        writeln!(page, "</li>")?;
    }
    writeln!(page, "</ul>")?;
    if packages.len() > PACKAGES_MAX {
        let more = thousands(packages.len() - PACKAGES_MAX);
        writeln!(page, "<p>And {more} more; the JSON report has all.</p>")?;
    }
    Ok(())
}
