//! CycloneDX 1.6 (ECMA-424) and 1.7: the image's packages, how they hang together, and what is wrong
//! with them. As JSON here, as XML in [`xml`].
//!
//! The serial number is made of the report, so the same report gives the same document. What the
//! standard has no field for is in properties named `lazaret:…`, by which `lazaret sbom` reads back
//! an inventory that is judged as the image is.

mod model;
mod vulnerability;
mod xml;

use crate::license::{self, License};
use crate::pretty::{self, Style};
use crate::sbom::{self, AUTHOR, Each, Subject};
use crate::{Format, WriteOptions, moment, serial, text};
use lazaret_core::digest::Algorithm;
use lazaret_core::inventory::RelationKind;
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence};
use lazaret_core::property::{OWNER, escape, of_image, of_os, of_problems};
use lazaret_core::report::Report;
use model::{
    Author, Bom, Component, Dependency, Entry, Evidence, Hash, LicenseChoice, LicenseName,
    Metadata, Occurrence, Property, Supplier, Tools,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use vulnerability::Group;

pub(crate) use xml::write as write_xml;

/// The image's own component.
const IMAGE_REF: &str = "image";
/// The operating system's component.
const OS_REF: &str = "os";

/// A version of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1_6,
    V1_7,
}

impl Version {
    const fn number(self) -> &'static str {
        match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }

    const fn schema(self) -> &'static str {
        match self {
            Self::V1_6 => "http://cyclonedx.org/schema/bom-1.6.schema.json",
            Self::V1_7 => "http://cyclonedx.org/schema/bom-1.7.schema.json",
        }
    }
}

/// Writes one report as JSON.
pub(crate) fn write(
    format: Format,
    version: Version,
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let document = Document::new(format, report, options)?;
    let bom = Bom {
        schema: version.schema(),
        bom_format: "CycloneDX",
        spec_version: version.number(),
        serial_number: &document.serial,
        version: 1,
        metadata: document.metadata(),
        components: Each(|| document.components()),
        dependencies: Each(|| document.dependencies()),
        vulnerabilities: Each(|| document.vulnerabilities()),
    };
    pretty::write(&bom, Style::Plain, out)
}

/// What both forms are written from, an element at a time.
struct Document<'a> {
    report: &'a Report,
    serial: String,
    timestamp: String,
    refs: Vec<String>,
    relations: Vec<(PackageId, PackageId, RelationKind)>,
    groups: Vec<Group<'a>>,
}

impl<'a> Document<'a> {
    fn new(format: Format, report: &'a Report, options: &WriteOptions) -> io::Result<Self> {
        let created = moment::created(report, options);
        let uuid = serial::uuid(format.name(), report, created.as_deref())?;
        Ok(Self {
            report,
            serial: format!("urn:uuid:{uuid}"),
            timestamp: created.unwrap_or_else(|| moment::EPOCH.to_owned()),
            refs: refs(report),
            relations: sbom::relations(report),
            groups: vulnerability::groups(report),
        })
    }

    fn metadata(&self) -> Metadata<'_> {
        Metadata {
            timestamp: self.timestamp.clone(),
            tools: Tools { components: [tool(self.report)] },
            authors: [Author { name: AUTHOR }],
            component: image(self.report),
            properties: of_problems(&self.report.inventory.problems)
                .into_iter()
                .map(Property::from)
                .collect(),
        }
    }

    fn components(&self) -> impl Iterator<Item = Component<'_>> {
        let packages = self.report.inventory.packages.iter().zip(&self.refs);
        let packages = packages.map(|(package, reference)| self.component(package, reference));
        os(self.report).into_iter().chain(packages)
    }

    fn component<'d>(&'d self, package: &'d Package, reference: &'d str) -> Component<'d> {
        let licenses = licenses(&package.licenses);
        let declared: Vec<&str> = licenses.iter().map(LicenseChoice::text).collect();
        let mut properties: Vec<Property> = sbom::properties(self.report, package, &declared)
            .into_iter()
            .map(Property::from)
            .collect();
        if let Some(owner) = package.owner.and_then(|owner| self.refs.get(owner.index())) {
            properties.push(Property { name: OWNER.into(), value: escape(owner) });
        }
        let (group, name) = name(package);
        let mut component = Component {
            group,
            version: Some((&package.version).into()),
            purl: (!package.purl.is_empty()).then_some(&package.purl),
            licenses,
            scope: (package.presence == Presence::DeclaredDev).then_some("excluded"),
            evidence: (!package.locations.is_empty()).then(|| Evidence {
                occurrences: package
                    .locations
                    .iter()
                    .map(|location| Occurrence {
                        location: location.path.as_str(),
                        line: location.lines.map(|lines| lines.start),
                    })
                    .collect(),
            }),
            properties,
            ..Component::new("library", reference, name)
        };
        if let Some(name) = sbom::supplier(self.report, package) {
            component.supplier = Supplier { name };
        }
        component
    }

    /// The image is made of its operating system and of all packages that no other package owns.
    fn dependencies(&self) -> impl Iterator<Item = Dependency<'_>> {
        let packages = self.report.inventory.packages.iter().zip(&self.refs);
        let is_top = |package: &Package, own: &String| {
            let owner = package.owner.and_then(|owner| self.refs.get(owner.index()));
            owner.is_none_or(|owner| owner == own)
        };
        let mut top: Vec<&str> = packages
            .filter(|(package, own)| is_top(package, own))
            .map(|(_, own)| own.as_str())
            .collect();
        let os = self.report.inventory.os.is_some().then_some(OS_REF);
        top.extend(os);
        top.sort_unstable();
        let image = Dependency { reference: IMAGE_REF, depends_on: top };
        let os = os.map(|reference| Dependency { reference, depends_on: vec![] });
        let rest = self.refs.iter().enumerate().map(|(position, reference)| Dependency {
            reference,
            depends_on: self.needed_by(PackageId::at(position)),
        });
        std::iter::once(image).chain(os).chain(rest)
    }

    fn needed_by(&self, id: PackageId) -> Vec<&str> {
        let start = self.relations.partition_point(|(from, _, _)| *from < id);
        let rest = self.relations.get(start..).unwrap_or_default();
        let of_this = rest.iter().take_while(|(from, _, _)| *from == id);
        let mut needed: Vec<&str> =
            of_this.filter_map(|(_, to, _)| Some(self.refs.get(to.index())?.as_str())).collect();
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    fn vulnerabilities(&self) -> impl Iterator<Item = Entry<'_>> {
        let groups = self.groups.iter().enumerate();
        groups.map(|(at, group)| vulnerability::entry(self.report, &self.refs, group, at))
    }
}

/// A name for every package that no other has: its package url, with the place or a number behind
/// it where several have one.
fn refs(report: &Report) -> Vec<String> {
    let packages = &report.inventory.packages;
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages {
        *uses.entry(&package.purl).or_default() += 1;
    }
    let mut taken: BTreeSet<String> = [IMAGE_REF.to_owned(), OS_REF.to_owned()].into();
    let mut refs = Vec::with_capacity(packages.len());
    for (position, package) in packages.iter().enumerate() {
        let mut reference = package.purl.clone();
        if uses.get(package.purl.as_str()).is_some_and(|n| *n > 1)
            && let Some(place) = package.locations.first()
        {
            reference = format!("{reference}#{}", text::plain(place.path.as_str(), true));
        }
        if reference.is_empty() || taken.contains(&reference) {
            reference = format!("{reference}#{position}");
        }
        taken.insert(reference.clone());
        refs.push(reference);
    }
    refs
}

fn tool(report: &Report) -> Component<'_> {
    Component {
        version: Some((&report.provenance.version).into()),
        supplier: Supplier { name: AUTHOR.into() },
        ..Component::new("application", "tool", &report.provenance.tool)
    }
}

fn image(report: &Report) -> Component<'_> {
    let image = &report.image;
    let kind = match Subject::of(report) {
        Subject::Image => "container",
        Subject::Rootfs => "operating-system",
        Subject::Application => "application",
    };
    let mut properties: Vec<Property> = of_image(image).into_iter().map(Property::from).collect();
    if let Some(database) = &report.provenance.database {
        let value = database.digest.to_string();
        properties.push(Property { name: "lazaret:database:digest".into(), value });
    }
    let mut component = Component {
        version: image.digest.as_ref().map(|digest| digest.to_string().into()),
        hashes: image.digest.iter().map(hash).collect(),
        properties,
        ..Component::new(kind, IMAGE_REF, &image.name)
    };
    if let Some(name) = sbom::image_supplier(report) {
        component.supplier = Supplier { name: name.into() };
    }
    component
}

fn hash(digest: &lazaret_core::digest::Digest) -> Hash<'_> {
    Hash {
        algorithm: match digest.algorithm() {
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Sha512 => "SHA-512",
        },
        content: digest.hex(),
    }
}

fn os(report: &Report) -> Option<Component<'_>> {
    let found = report.inventory.os.as_ref()?;
    Some(Component {
        version: found.os.version.as_deref().map(Into::into),
        description: found.os.pretty_name.as_deref(),
        supplier: Supplier { name: Cow::Borrowed(&found.os.id) },
        properties: of_os(found).into_iter().map(Property::from).collect(),
        ..Component::new("operating-system", OS_REF, &found.os.id)
    })
}

/// Group and name, where the ecosystem has groups.
fn name(package: &Package) -> (Option<&str>, &str) {
    let split = match package.ecosystem {
        Ecosystem::Npm | Ecosystem::Composer => package.name.split_once('/'),
        Ecosystem::Maven => package.name.split_once(':'),
        _ => None,
    };
    match split {
        Some((group, name)) if !group.is_empty() && !name.is_empty() => (Some(group), name),
        _ => (None, &package.name),
    }
}

/// CycloneDX takes either one expression or a list of ids and names.
fn licenses(declared: &[String]) -> Vec<LicenseChoice<'_>> {
    let mut seen = BTreeSet::new();
    let declared: Vec<&str> = declared
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty() && seen.insert(*text))
        .collect();
    if let [only] = declared.as_slice()
        && let License::Expression(expression) = license::recognize(only)
    {
        return vec![LicenseChoice::Expression { expression }];
    }
    declared
        .into_iter()
        .map(|text| LicenseChoice::License {
            license: match license::recognize(text) {
                License::Id(id) => LicenseName::Id(id),
                License::Expression(name) | License::Name(name) => LicenseName::Name(name),
            },
        })
        .collect()
}
