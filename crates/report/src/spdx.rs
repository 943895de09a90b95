//! SPDX 2.3 (ISO/IEC 5962 and its successor) as JSON: the image, its packages, and how they hang
//! together. SPDX has no place for vulnerabilities; the other formats have.
//!
//! The document's namespace is made of the report, so the same report gives the same document.

mod license;
mod model;

use crate::pretty::{self, Style};
use crate::{Format, WriteOptions, moment, serial};
use lazaret_core::digest::Algorithm;
use lazaret_core::inventory::RelationKind;
use lazaret_core::package::{Package, PackageId, Presence};
use lazaret_core::report::{Report, TargetKind};
use license::Licenses;
use model::{Annotation, Checksum, CreationInfo, Document, ExternalRef, Relationship, SpdxPackage};
use std::collections::BTreeSet;
use std::io;

const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const IMAGE: &str = "SPDXRef-Image";
const OS: &str = "SPDXRef-OperatingSystem";
/// Nobody has said.
const NOASSERTION: &str = "NOASSERTION";

/// Writes one report.
pub(crate) fn write(
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let created = moment::created(report, options);
    let uuid = serial::uuid(Format::SpdxJson.name(), report, created.as_deref())?;
    let created = created.unwrap_or_else(|| moment::EPOCH.to_owned());
    let annotator = format!("Tool: {}-{}", report.provenance.tool, report.provenance.version);
    let annotate = |comment: String| Annotation {
        annotation_date: created.clone(),
        annotation_type: "OTHER",
        annotator: annotator.clone(),
        comment,
    };

    let mut licenses = Licenses::default();
    let mut packages = vec![image(report, &annotate)];
    packages.extend(os(report));
    for (position, package) in report.inventory.packages.iter().enumerate() {
        packages.push(listed(report, package, position, &mut licenses, &annotate));
    }
    let document = Document {
        spdx_id: DOCUMENT,
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        name: if report.image.name.is_empty() { "image" } else { &report.image.name },
        document_namespace: format!("urn:uuid:{uuid}"),
        creation_info: CreationInfo {
            created: created.clone(),
            creators: vec![
                "Organization: Lazaret".to_owned(),
                format!("Tool: {}-{}", report.provenance.tool, report.provenance.version),
            ],
        },
        document_describes: [IMAGE],
        packages,
        relationships: relationships(report),
        has_extracted_licensing_infos: licenses.extracted(),
        annotations: report
            .inventory
            .problems
            .iter()
            .map(|problem| {
                let place = problem.location.as_ref().filter(|l| !l.path.is_root());
                let place = place.map(|l| format!("{}: ", l.path)).unwrap_or_default();
                annotate(format!("lazaret:problem: {place}{}", problem.message))
            })
            .collect(),
    };
    pretty::write(&document, Style::Plain, out)
}

fn id(position: usize) -> String {
    format!("SPDXRef-Package-{position}")
}

fn image<'a>(report: &'a Report, annotate: &dyn Fn(String) -> Annotation) -> SpdxPackage<'a> {
    let image = &report.image;
    let mut annotations = Vec::new();
    if let Some(digest) = &image.config_digest {
        annotations.push(annotate(format!("lazaret:image:id: {digest}")));
    }
    if let Some(platform) = &image.platform {
        annotations.push(annotate(format!("lazaret:image:platform: {platform}")));
    }
    for diff_id in image.layers.iter().filter_map(|layer| layer.diff_id.as_ref()) {
        annotations.push(annotate(format!("lazaret:image:diff_id: {diff_id}")));
    }
    SpdxPackage {
        version_info: image.digest.as_ref().map(ToString::to_string),
        checksums: image
            .digest
            .iter()
            .map(|digest| Checksum {
                algorithm: match digest.algorithm() {
                    Algorithm::Sha256 => "SHA256",
                    Algorithm::Sha512 => "SHA512",
                },
                checksum_value: digest.hex(),
            })
            .collect(),
        primary_package_purpose: match report.target {
            TargetKind::Image => "CONTAINER",
            TargetKind::Rootfs => "OPERATING-SYSTEM",
            TargetKind::Filesystem | TargetKind::Config => "SOURCE",
        },
        annotations,
        ..SpdxPackage::new(IMAGE.to_owned(), named(&image.name, "image"))
    }
}

fn os(report: &Report) -> Option<SpdxPackage<'_>> {
    let os = &report.inventory.os.as_ref()?.os;
    Some(SpdxPackage {
        version_info: os.version.clone(),
        primary_package_purpose: "OPERATING-SYSTEM",
        ..SpdxPackage::new(OS.to_owned(), named(&os.id, "os"))
    })
}

/// SPDX wants a name where an image may give none.
const fn named<'a>(name: &'a str, otherwise: &'static str) -> &'a str {
    if name.is_empty() { otherwise } else { name }
}

fn listed<'a>(
    report: &'a Report,
    package: &'a Package,
    position: usize,
    licenses: &mut Licenses<'a>,
    annotate: &dyn Fn(String) -> Annotation,
) -> SpdxPackage<'a> {
    let layer = report.image.layers.get(package.layer.index());
    let mut annotations = Vec::new();
    let mut add =
        |name: &str, value: &str| annotations.push(annotate(format!("lazaret:{name}: {value}")));
    if let Some(diff_id) = layer.and_then(|layer| layer.diff_id.as_ref()) {
        add("layer:diff_id", &diff_id.to_string());
    }
    for location in &package.locations {
        add("location", location.path.as_str());
    }
    match package.presence {
        Presence::Installed => {}
        Presence::Declared => add("presence", "declared"),
        Presence::DeclaredDev => add("presence", "declared-dev"),
        Presence::Described => add("presence", "described"),
    }
    let os = report.inventory.os.as_ref().filter(|_| package.ecosystem.is_os());
    let supplier = os
        .map(|found| found.os.id.trim())
        .filter(|id| !id.is_empty())
        .map(|id| format!("Organization: {id}"));
    SpdxPackage {
        version_info: Some(package.version.clone()).filter(|version| !version.is_empty()),
        supplier: supplier.unwrap_or_else(|| NOASSERTION.to_owned()),
        source_info: package
            .source
            .as_ref()
            .map(|source| format!("built from source package: {} {}", source.name, source.version)),
        license_declared: licenses.declared(&package.licenses),
        external_refs: if package.purl.is_empty() {
            vec![]
        } else {
            vec![ExternalRef {
                reference_category: "PACKAGE-MANAGER",
                reference_type: "purl",
                reference_locator: &package.purl,
            }]
        },
        primary_package_purpose: "LIBRARY",
        annotations,
        ..SpdxPackage::new(id(position), named(&package.name, "package"))
    }
}

/// The document describes the image, the image contains its operating system and packages, and a
/// package contains what it owns.
fn relationships(report: &Report) -> Vec<Relationship> {
    let relation = |from: &str, kind, to: &str| Relationship {
        spdx_element_id: from.to_owned(),
        relationship_type: kind,
        related_spdx_element: to.to_owned(),
    };
    let mut all = vec![relation(DOCUMENT, "DESCRIBES", IMAGE)];
    if report.inventory.os.is_some() {
        all.push(relation(IMAGE, "CONTAINS", OS));
    }
    let packages = &report.inventory.packages;
    all.extend((0..packages.len()).map(|position| relation(IMAGE, "CONTAINS", &id(position))));
    let owners = packages
        .iter()
        .enumerate()
        .filter_map(|(position, package)| Some((package.owner?, PackageId::at(position))));
    let owned = owners.map(|(from, to)| (from, to, RelationKind::Owns));
    let edges = report.inventory.relations.iter().map(|edge| (edge.from, edge.to, edge.kind));
    let edges: BTreeSet<(PackageId, PackageId, RelationKind)> = owned
        .chain(edges)
        .filter(|(from, to, _)| from != to && from.index().max(to.index()) < packages.len())
        .collect();
    all.extend(edges.into_iter().map(|(from, to, kind)| {
        let kind = match kind {
            RelationKind::Owns => "CONTAINS",
            RelationKind::DependsOn => "DEPENDS_ON",
        };
        relation(&id(from.index()), kind, &id(to.index()))
    }));
    all
}
