//! SPDX 2.3 (ISO/IEC 5962 and its successor): the image, its packages, and how they hang together.
//! SPDX 2 has no place for vulnerabilities; the other formats have. As JSON here, as tags and values
//! in [`tags`].
//!
//! The document's namespace is made of the report, so the same report gives the same document. What
//! the standard has no field for is in annotations, one `lazaret:…: value` on a line, by which
//! `lazaret sbom` reads back an inventory that is judged as the image is.

mod license;
mod model;
mod tags;

use crate::pretty::{self, Style};
use crate::sbom::{self, AUTHOR, Each, NOASSERTION, Subject};
use crate::{Format, WriteOptions, moment, serial};
use lazaret_core::digest::Algorithm;
use lazaret_core::inventory::RelationKind;
use lazaret_core::package::{Package, PackageId};
use lazaret_core::property::{Property, of_image, of_os, of_problems};
use lazaret_core::report::Report;
pub(crate) use license::Licenses;
use model::{Annotation, Checksum, CreationInfo, Document, ExternalRef, Relationship, SpdxPackage};
use std::io;

pub(crate) use model::ExtractedLicense;
pub(crate) use tags::write as write_tags;

const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const IMAGE: &str = "SPDXRef-Image";
const OS: &str = "SPDXRef-OperatingSystem";
const VERSION: &str = "SPDX-2.3";
const DATA_LICENSE: &str = "CC0-1.0";

/// Writes one report as JSON.
pub(crate) fn write(
    format: Format,
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let parts = Parts::new(format, report, options)?;
    let document = Document {
        spdx_id: DOCUMENT,
        spdx_version: VERSION,
        data_license: DATA_LICENSE,
        name: parts.name(),
        document_namespace: &parts.namespace,
        creation_info: CreationInfo { created: &parts.created, creators: parts.creators() },
        document_describes: [IMAGE],
        packages: Each(|| parts.packages()),
        relationships: Each(|| parts.relationships()),
        has_extracted_licensing_infos: parts.extracted.clone(),
        annotations: parts.problems(),
    };
    pretty::write(&document, Style::Plain, out)
}

/// What both forms are written from, an element at a time.
struct Parts<'a> {
    report: &'a Report,
    namespace: String,
    created: String,
    organization: String,
    tool: String,
    /// The license expression of each package.
    declared: Vec<String>,
    extracted: Vec<ExtractedLicense<'a>>,
    relations: Vec<(PackageId, PackageId, RelationKind)>,
}

impl<'a> Parts<'a> {
    fn new(format: Format, report: &'a Report, options: &WriteOptions) -> io::Result<Self> {
        let created = moment::created(report, options);
        let uuid = serial::uuid(format.name(), report, created.as_deref())?;
        let mut licenses = Licenses::default();
        let packages = &report.inventory.packages;
        let declared = packages.iter().map(|one| licenses.declared(&one.licenses)).collect();
        Ok(Self {
            report,
            namespace: format!("urn:uuid:{uuid}"),
            created: created.unwrap_or_else(|| moment::EPOCH.to_owned()),
            organization: format!("Organization: {AUTHOR}"),
            tool: format!("Tool: {}-{}", report.provenance.tool, report.provenance.version),
            declared,
            extracted: licenses.extracted(),
            relations: sbom::relations(report),
        })
    }

    fn name(&self) -> &'a str {
        named(&self.report.image.name, "image")
    }

    fn creators(&self) -> [&str; 2] {
        [&self.organization, &self.tool]
    }

    /// An annotation of properties, one on a line; none where there are none.
    fn annotate(&self, properties: &[Property]) -> Option<[Annotation<'_>; 1]> {
        let lines: Vec<String> =
            properties.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        (!lines.is_empty()).then(|| {
            [Annotation {
                annotation_date: &self.created,
                annotation_type: "OTHER",
                annotator: &self.tool,
                comment: lines.join("\n"),
            }]
        })
    }

    fn problems(&self) -> Option<[Annotation<'_>; 1]> {
        self.annotate(&of_problems(&self.report.inventory.problems))
    }

    fn packages(&self) -> impl Iterator<Item = SpdxPackage<'_>> {
        let listed = self.report.inventory.packages.iter().zip(&self.declared).enumerate();
        let listed = listed.map(|(at, (package, declared))| self.listed(package, at, declared));
        std::iter::once(self.image()).chain(self.os()).chain(listed)
    }

    fn image(&self) -> SpdxPackage<'_> {
        let image = &self.report.image;
        SpdxPackage {
            version_info: image.digest.as_ref().map(ToString::to_string),
            supplier: organization(sbom::image_supplier(self.report)),
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
            primary_package_purpose: match Subject::of(self.report) {
                Subject::Image => "CONTAINER",
                Subject::Rootfs => "OPERATING-SYSTEM",
                Subject::Application => "APPLICATION",
            },
            annotations: self.annotate(&of_image(image)),
            ..SpdxPackage::new(IMAGE.to_owned(), self.name())
        }
    }

    fn os(&self) -> Option<SpdxPackage<'_>> {
        let found = self.report.inventory.os.as_ref()?;
        Some(SpdxPackage {
            version_info: found.os.version.clone(),
            supplier: organization(Some(&found.os.id).filter(|id| !id.is_empty())),
            primary_package_purpose: "OPERATING-SYSTEM",
            annotations: self.annotate(&of_os(found)),
            ..SpdxPackage::new(OS.to_owned(), named(&found.os.id, "os"))
        })
    }

    fn listed<'p>(
        &'p self,
        package: &'p Package,
        position: usize,
        declared: &'p str,
    ) -> SpdxPackage<'p> {
        let read_back = if declared == NOASSERTION { &[][..] } else { &[declared] };
        SpdxPackage {
            version_info: Some(package.version.clone()).filter(|version| !version.is_empty()),
            supplier: organization(sbom::supplier(self.report, package)),
            source_info: package.source.as_ref().map(|source| {
                format!("built from source package: {} {}", source.name, source.version)
            }),
            license_declared: declared,
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
            annotations: self.annotate(&sbom::properties(self.report, package, read_back)),
            ..SpdxPackage::new(id(position), named(&package.name, "package"))
        }
    }

    /// The document describes the image, the image contains its operating system and packages, and a
    /// package contains what it owns.
    fn relationships(&self) -> impl Iterator<Item = Relationship> {
        let relation = |from: &str, kind, to: &str| Relationship {
            spdx_element_id: from.to_owned(),
            relationship_type: kind,
            related_spdx_element: to.to_owned(),
        };
        let os = self.report.inventory.os.as_ref();
        let os = os.map(move |_| relation(IMAGE, "CONTAINS", OS));
        let packages = 0..self.report.inventory.packages.len();
        let packages = packages.map(move |position| relation(IMAGE, "CONTAINS", &id(position)));
        let edges = self.relations.iter().map(move |(from, to, kind)| {
            let kind = match kind {
                RelationKind::Owns => "CONTAINS",
                RelationKind::DependsOn => "DEPENDS_ON",
            };
            relation(&id(from.index()), kind, &id(to.index()))
        });
        std::iter::once(relation(DOCUMENT, "DESCRIBES", IMAGE))
            .chain(os)
            .chain(packages)
            .chain(edges)
    }
}

fn id(position: usize) -> String {
    format!("SPDXRef-Package-{position}")
}

/// SPDX wants a name where an image may give none.
const fn named<'a>(name: &'a str, otherwise: &'static str) -> &'a str {
    if name.is_empty() { otherwise } else { name }
}

/// A supplier as SPDX writes it.
fn organization(name: Option<impl AsRef<str>>) -> String {
    let name = name.as_ref().map(|name| name.as_ref().trim()).filter(|name| !name.is_empty());
    name.map_or_else(|| NOASSERTION.to_owned(), |name| format!("Organization: {name}"))
}
