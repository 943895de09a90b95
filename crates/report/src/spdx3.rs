//! SPDX 3.0.1 as JSON-LD (<https://spdx.github.io/spdx-spec/v3.0.1/>): the image, its packages, and
//! how they hang together, in the core, software and simple licensing profiles.
//!
//! What the standard has no field for is in comments, one `lazaret:…: value` on a line, as in the
//! annotations of SPDX 2.3.

use crate::pretty::{self, Style};
use crate::sbom::{self, AUTHOR, Each, NOASSERTION, Subject};
use crate::spdx::Licenses;
use crate::{Format, WriteOptions, moment, serial};
use lazaret_core::digest::Digest;
use lazaret_core::inventory::RelationKind;
use lazaret_core::package::{Package, PackageId};
use lazaret_core::property::{Property, of_image, of_os, of_problems};
use lazaret_core::report::Report;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
const SPEC_VERSION: &str = "3.0.1";
/// The license of the document itself.
const DATA_LICENSE: &str = "CC0-1.0";
/// The node that says who made all elements, and when.
const CREATION: &str = "_:creation";

/// Writes one report.
pub(crate) fn write(
    format: Format,
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let parts = Parts::new(format, report, options)?;
    let document = Document { context: CONTEXT, graph: Each(|| parts.elements()) };
    pretty::write(&document, Style::Plain, out)
}

#[derive(Serialize)]
struct Document<G> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: G,
}

/// An element of the graph.
#[derive(Serialize)]
#[serde(tag = "type")]
enum Element<'a> {
    #[serde(rename_all = "camelCase")]
    CreationInfo {
        #[serde(rename = "@id")]
        id: &'static str,
        spec_version: &'static str,
        created: &'a str,
        created_by: [String; 1],
        created_using: [String; 1],
    },
    #[serde(rename_all = "camelCase")]
    Organization { spdx_id: String, creation_info: &'static str, name: &'a str },
    #[serde(rename_all = "camelCase")]
    Tool { spdx_id: String, creation_info: &'static str, name: &'a str },
    #[serde(rename_all = "camelCase")]
    SpdxDocument {
        spdx_id: String,
        creation_info: &'static str,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        data_license: String,
        profile_conformance: [&'static str; 3],
        root_element: [String; 1],
        element: [String; 1],
    },
    #[serde(rename = "software_Sbom", rename_all = "camelCase")]
    Sbom {
        spdx_id: String,
        creation_info: &'static str,
        profile_conformance: [&'static str; 3],
        #[serde(rename = "software_sbomType")]
        kind: [&'static str; 1],
        root_element: [String; 1],
        element: Vec<String>,
    },
    #[serde(rename = "software_Package", rename_all = "camelCase")]
    Package {
        spdx_id: String,
        creation_info: &'static str,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        supplied_by: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        verified_using: Vec<Hash<'a>>,
        #[serde(rename = "software_primaryPurpose")]
        purpose: &'static str,
        #[serde(rename = "software_packageVersion", skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        #[serde(rename = "software_packageUrl", skip_serializing_if = "Option::is_none")]
        purl: Option<&'a str>,
        #[serde(rename = "software_sourceInfo", skip_serializing_if = "Option::is_none")]
        source_info: Option<String>,
        #[serde(rename = "software_copyrightText")]
        copyright: &'static str,
    },
    #[serde(rename_all = "camelCase")]
    Relationship {
        spdx_id: String,
        creation_info: &'static str,
        relationship_type: &'static str,
        from: String,
        to: Vec<String>,
    },
    #[serde(rename = "simplelicensing_LicenseExpression", rename_all = "camelCase")]
    License {
        spdx_id: String,
        creation_info: &'static str,
        #[serde(rename = "simplelicensing_licenseExpression")]
        expression: &'a str,
        #[serde(rename = "simplelicensing_customIdToUri", skip_serializing_if = "Vec::is_empty")]
        custom: Vec<Entry>,
    },
    #[serde(rename = "simplelicensing_SimpleLicensingText", rename_all = "camelCase")]
    LicenseText {
        spdx_id: String,
        creation_info: &'static str,
        name: &'a str,
        #[serde(rename = "simplelicensing_licenseText")]
        text: &'a str,
    },
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "Hash", rename_all = "camelCase")]
struct Hash<'a> {
    algorithm: &'static str,
    hash_value: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "DictionaryEntry")]
struct Entry {
    key: String,
    value: String,
}

/// What the elements are made of.
struct Parts<'a> {
    report: &'a Report,
    namespace: String,
    created: String,
    tool: String,
    /// The number of each supplier.
    suppliers: BTreeMap<String, usize>,
    /// The license expression of each package, where one is declared.
    declared: Vec<Option<String>>,
    /// The number of each expression.
    expressions: BTreeMap<String, usize>,
    /// Licenses of this document: their ids and texts.
    custom: Vec<(String, String)>,
    relations: Vec<(PackageId, PackageId, RelationKind)>,
}

impl<'a> Parts<'a> {
    fn new(format: Format, report: &'a Report, options: &WriteOptions) -> io::Result<Self> {
        let created = moment::created(report, options);
        let uuid = serial::uuid(format.name(), report, created.as_deref())?;
        let mut licenses = Licenses::default();
        let packages = &report.inventory.packages;
        let declared: Vec<Option<String>> = packages
            .iter()
            .map(|package| Some(licenses.declared(&package.licenses)))
            .map(|declared| declared.filter(|expression| expression != NOASSERTION))
            .collect();
        let mut suppliers = BTreeMap::new();
        let named = packages.iter().filter_map(|package| sbom::supplier(report, package));
        let os = report.inventory.os.as_ref().map(|found| found.os.id.as_str().into());
        let image = sbom::image_supplier(report).map(Into::into);
        for name in named.chain(os).chain(image).chain([NOASSERTION.into()]) {
            suppliers.entry(name.into_owned()).or_insert(0);
        }
        let mut expressions: BTreeMap<String, usize> = BTreeMap::new();
        for expression in declared.iter().flatten() {
            expressions.entry(expression.clone()).or_insert(0);
        }
        number(&mut suppliers);
        number(&mut expressions);
        let custom = licenses.extracted().into_iter();
        Ok(Self {
            report,
            namespace: format!("urn:uuid:{uuid}"),
            created: created.unwrap_or_else(|| moment::EPOCH.to_owned()),
            tool: format!("{}-{}", report.provenance.tool, report.provenance.version),
            suppliers,
            declared,
            expressions,
            custom: custom.map(|one| (one.license_id, one.extracted_text)).collect(),
            relations: sbom::relations(report),
        })
    }

    fn id(&self, name: &str) -> String {
        format!("{}#{name}", self.namespace)
    }

    fn package_id(&self, id: PackageId) -> String {
        format!("{}#Package-{}", self.namespace, id.0)
    }

    fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        let packages = self.report.inventory.packages.iter().enumerate();
        self.head()
            .into_iter()
            .chain(packages.map(|(at, package)| self.package(PackageId::at(at), package)))
            .chain(self.licenses())
            .chain(self.relationships())
    }

    fn head(&self) -> Vec<Element<'_>> {
        let profiles = ["core", "simpleLicensing", "software"];
        let mut contained = vec![self.id("Image")];
        contained.extend(self.report.inventory.os.as_ref().map(|_| self.id("OperatingSystem")));
        let packages = 0..self.report.inventory.packages.len();
        contained.extend(packages.map(|at| self.package_id(PackageId::at(at))));
        let mut head = vec![
            Element::CreationInfo {
                id: CREATION,
                spec_version: SPEC_VERSION,
                created: &self.created,
                created_by: [self.id("Author")],
                created_using: [self.id("Tool")],
            },
            Element::Organization {
                spdx_id: self.id("Author"),
                creation_info: CREATION,
                name: AUTHOR,
            },
            Element::Tool { spdx_id: self.id("Tool"), creation_info: CREATION, name: &self.tool },
            Element::SpdxDocument {
                spdx_id: self.id("Document"),
                creation_info: CREATION,
                name: self.name(),
                comment: comment(&of_problems(&self.report.inventory.problems)),
                data_license: self.id("DataLicense"),
                profile_conformance: profiles,
                root_element: [self.id("Sbom")],
                element: [self.id("Sbom")],
            },
            Element::Sbom {
                spdx_id: self.id("Sbom"),
                creation_info: CREATION,
                profile_conformance: profiles,
                kind: ["analyzed"],
                root_element: [self.id("Image")],
                element: contained,
            },
        ];
        head.push(Element::License {
            spdx_id: self.id("DataLicense"),
            creation_info: CREATION,
            expression: DATA_LICENSE,
            custom: Vec::new(),
        });
        head.extend(self.suppliers.iter().map(|(name, number)| Element::Organization {
            spdx_id: self.id(&format!("Supplier-{number}")),
            creation_info: CREATION,
            name,
        }));
        head.push(self.image());
        head.extend(self.os());
        head
    }

    fn name(&self) -> &'a str {
        let name = self.report.image.name.as_str();
        if name.is_empty() { "image" } else { name }
    }

    fn supplied_by(&self, name: Option<&str>) -> String {
        let number = self.suppliers.get(name.unwrap_or(NOASSERTION)).copied().unwrap_or_default();
        self.id(&format!("Supplier-{number}"))
    }

    fn image(&self) -> Element<'_> {
        let image = &self.report.image;
        Element::Package {
            spdx_id: self.id("Image"),
            creation_info: CREATION,
            name: self.name(),
            comment: comment(&of_image(image)),
            supplied_by: self.supplied_by(sbom::image_supplier(self.report)),
            verified_using: image.digest.iter().map(hash).collect(),
            purpose: match Subject::of(self.report) {
                Subject::Image => "container",
                Subject::Rootfs => "filesystemImage",
                Subject::Application => "application",
            },
            version: image.digest.as_ref().map(ToString::to_string),
            purl: None,
            source_info: None,
            copyright: NOASSERTION,
        }
    }

    fn os(&self) -> Option<Element<'_>> {
        let found = self.report.inventory.os.as_ref()?;
        Some(Element::Package {
            spdx_id: self.id("OperatingSystem"),
            creation_info: CREATION,
            name: if found.os.id.is_empty() { "os" } else { &found.os.id },
            comment: comment(&of_os(found)),
            supplied_by: self.supplied_by(Some(&found.os.id)),
            verified_using: Vec::new(),
            purpose: "operatingSystem",
            version: found.os.version.clone(),
            purl: None,
            source_info: None,
            copyright: NOASSERTION,
        })
    }

    fn package<'p>(&'p self, id: PackageId, package: &'p Package) -> Element<'p> {
        Element::Package {
            spdx_id: self.package_id(id),
            creation_info: CREATION,
            name: if package.name.is_empty() { "package" } else { &package.name },
            comment: comment(&sbom::properties(self.report, package, &[])),
            supplied_by: self.supplied_by(sbom::supplier(self.report, package).as_deref()),
            verified_using: Vec::new(),
            purpose: "library",
            version: Some(package.version.clone()).filter(|version| !version.is_empty()),
            purl: Some(package.purl.as_str()).filter(|purl| !purl.is_empty()),
            source_info: package.source.as_ref().map(|source| {
                format!("built from source package: {} {}", source.name, source.version)
            }),
            copyright: NOASSERTION,
        }
    }

    fn licenses(&self) -> impl Iterator<Item = Element<'_>> {
        let texts = self.custom.iter().map(|(id, text)| Element::LicenseText {
            spdx_id: self.id(id),
            creation_info: CREATION,
            name: id,
            text,
        });
        let expressions = self.expressions.iter().map(|(expression, number)| Element::License {
            spdx_id: self.id(&format!("License-{number}")),
            creation_info: CREATION,
            expression,
            custom: self.custom_in(expression),
        });
        texts.chain(expressions)
    }

    /// Where the licenses of this document that an expression names are.
    fn custom_in(&self, expression: &str) -> Vec<Entry> {
        let mut words: Vec<&str> = expression
            .split([' ', '(', ')'])
            .filter(|word| word.starts_with("LicenseRef-"))
            .collect();
        words.sort_unstable();
        words.dedup();
        let entry = |word: &str| Entry { key: word.to_owned(), value: self.id(word) };
        words.into_iter().map(entry).collect()
    }

    /// The image contains its operating system and packages, and a package what it owns.
    fn relationships(&self) -> impl Iterator<Item = Element<'_>> {
        let mut contained: Vec<String> = Vec::new();
        contained.extend(self.report.inventory.os.as_ref().map(|_| self.id("OperatingSystem")));
        let packages = 0..self.report.inventory.packages.len();
        contained.extend(packages.map(|at| self.package_id(PackageId::at(at))));
        let image = (!contained.is_empty()).then(|| Element::Relationship {
            spdx_id: self.id("Relationship-Image"),
            creation_info: CREATION,
            relationship_type: "contains",
            from: self.id("Image"),
            to: contained,
        });
        let declared = self.declared.iter().enumerate().filter_map(|(at, expression)| {
            let number = self.expressions.get(expression.as_ref()?)?;
            Some(Element::Relationship {
                spdx_id: self.id(&format!("Relationship-License-{at}")),
                creation_info: CREATION,
                relationship_type: "hasDeclaredLicense",
                from: self.package_id(PackageId::at(at)),
                to: vec![self.id(&format!("License-{number}"))],
            })
        });
        image.into_iter().chain(declared).chain(self.edges())
    }

    /// Relations between packages, those of a kind that begin at one package together.
    fn edges(&self) -> impl Iterator<Item = Element<'_>> {
        let of_one = self.relations.chunk_by(|a, b| a.0 == b.0);
        of_one.flat_map(move |edges| {
            let kinds = [
                (RelationKind::Owns, "Owns", "contains"),
                (RelationKind::DependsOn, "Needs", "dependsOn"),
            ];
            kinds.into_iter().filter_map(move |(kind, word, relationship_type)| {
                let (from, _, _) = edges.first()?;
                let of_kind = edges.iter().filter(|(_, _, known)| *known == kind);
                let to: Vec<String> = of_kind.map(|(_, to, _)| self.package_id(*to)).collect();
                (!to.is_empty()).then(|| Element::Relationship {
                    spdx_id: self.id(&format!("Relationship-{word}-{}", from.0)),
                    creation_info: CREATION,
                    relationship_type,
                    from: self.package_id(*from),
                    to,
                })
            })
        })
    }
}

/// Numbers names in their order.
fn number(names: &mut BTreeMap<String, usize>) {
    for (next, number) in names.values_mut().enumerate() {
        *number = next;
    }
}

fn hash(digest: &Digest) -> Hash<'_> {
    Hash { algorithm: digest.algorithm().name(), hash_value: digest.hex() }
}

fn comment(properties: &[Property]) -> Option<String> {
    let lines: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
