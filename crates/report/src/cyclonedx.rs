//! CycloneDX 1.6 (ECMA-424) as JSON: the image's packages, how they hang together, and what is
//! wrong with them.
//!
//! The serial number is made of the report, so the same report gives the same document. What the
//! standard has no field for is in properties named `lazaret:…`.

mod model;
mod vulnerability;

use crate::license::{self, License};
use crate::pretty::{self, Style};
use crate::{Format, WriteOptions, moment, serial};
use lazaret_core::digest::Algorithm;
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence};
use lazaret_core::report::{Report, TargetKind};
use model::{
    Bom, Component, Dependency, Evidence, Hash, LicenseChoice, LicenseName, Metadata, Occurrence,
    Property, Supplier, Tools,
};
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// The image's own component.
const IMAGE_REF: &str = "image";
/// The operating system's component.
const OS_REF: &str = "os";

/// Writes one report.
pub(crate) fn write(
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let timestamp = moment::created(report, options);
    let uuid = serial::uuid(Format::Cyclonedx.name(), report, timestamp.as_deref())?;
    let refs = refs(report);
    let mut components = Vec::with_capacity(report.inventory.packages.len() + 1);
    components.extend(os(report));
    for (package, reference) in report.inventory.packages.iter().zip(&refs) {
        components.push(component(report, package, reference));
    }
    let bom = Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: format!("urn:uuid:{uuid}"),
        version: 1,
        metadata: Metadata {
            timestamp,
            tools: Tools { components: [tool(report)] },
            component: image(report),
            properties: problems(report),
        },
        components,
        dependencies: dependencies(report, &refs),
        vulnerabilities: vulnerability::all(report, &refs),
    };
    pretty::write(&bom, Style::Plain, out)
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
            reference = format!("{reference}#{}", place.path);
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
        ..Component::new("application", "tool".into(), &report.provenance.tool)
    }
}

fn image(report: &Report) -> Component<'_> {
    let image = &report.image;
    let kind = match report.target {
        TargetKind::Image => "container",
        TargetKind::Rootfs => "operating-system",
        TargetKind::Filesystem | TargetKind::Config => "application",
    };
    let mut properties = Vec::new();
    let mut add =
        |name: &str, value: String| properties.push(Property { name: name.into(), value });
    if let Some(digest) = &image.digest {
        add("lazaret:image:digest", digest.to_string());
    }
    if let Some(digest) = &image.config_digest {
        add("lazaret:image:id", digest.to_string());
    }
    if let Some(platform) = &image.platform {
        add("lazaret:image:platform", platform.to_string());
    }
    for diff_id in image.layers.iter().filter_map(|layer| layer.diff_id.as_ref()) {
        add("lazaret:image:diff_id", diff_id.to_string());
    }
    if let Some(database) = &report.provenance.database {
        add("lazaret:database:digest", database.digest.to_string());
    }
    Component {
        version: image.digest.as_ref().map(|digest| digest.to_string().into()),
        hashes: image.digest.iter().map(hash).collect(),
        properties,
        ..Component::new(kind, IMAGE_REF.into(), &image.name)
    }
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
    let os = &report.inventory.os.as_ref()?.os;
    Some(Component {
        version: os.version.as_deref().map(Into::into),
        description: os.pretty_name.as_deref(),
        ..Component::new("operating-system", OS_REF.into(), &os.id)
    })
}

fn problems(report: &Report) -> Vec<Property> {
    report
        .inventory
        .problems
        .iter()
        .map(|problem| {
            let place = problem.location.as_ref().filter(|location| !location.path.is_root());
            let place = place.map(|location| format!("{}: ", location.path)).unwrap_or_default();
            Property {
                name: "lazaret:problem".into(),
                value: format!("{place}{}", problem.message),
            }
        })
        .collect()
}

fn component<'a>(report: &'a Report, package: &'a Package, reference: &str) -> Component<'a> {
    let mut properties = Vec::new();
    let mut add =
        |name: &str, value: String| properties.push(Property { name: name.into(), value });
    add("lazaret:ecosystem", package.ecosystem.purl_type().to_owned());
    if let Some(source) = &package.source {
        add("lazaret:source:name", source.name.clone());
        add("lazaret:source:version", source.version.clone());
    }
    add("lazaret:layer:index", package.layer.0.to_string());
    let layer = report.image.layers.get(package.layer.index());
    if let Some(diff_id) = layer.and_then(|layer| layer.diff_id.as_ref()) {
        add("lazaret:layer:diff_id", diff_id.to_string());
    }
    match package.presence {
        Presence::Installed => {}
        Presence::Declared => add("lazaret:presence", "declared".to_owned()),
        Presence::DeclaredDev => add("lazaret:presence", "declared-dev".to_owned()),
        Presence::Described => add("lazaret:presence", "described".to_owned()),
    }
    for extractor in &package.found_by {
        add("lazaret:found_by", extractor.clone());
    }
    let (group, name) = name(package);
    Component {
        group,
        version: Some((&package.version).into()),
        supplier: supplier(report, package),
        purl: Some(&package.purl),
        licenses: licenses(&package.licenses),
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
        ..Component::new("library", reference.to_owned(), name)
    }
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

/// The distribution supplies its packages; of libraries nothing is known.
fn supplier<'a>(report: &'a Report, package: &Package) -> Option<Supplier<'a>> {
    let os = report.inventory.os.as_ref().filter(|_| package.ecosystem.is_os())?;
    Some(Supplier { name: &os.os.id })
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

/// The image is made of its operating system and of all packages that no other package owns.
fn dependencies(report: &Report, refs: &[String]) -> Vec<Dependency> {
    let reference = |id: PackageId| refs.get(id.index()).cloned();
    let mut owned: BTreeMap<PackageId, BTreeSet<String>> = BTreeMap::new();
    let mut top = Vec::new();
    for (package, own) in report.inventory.packages.iter().zip(refs) {
        match package.owner.filter(|owner| refs.get(owner.index()).is_some_and(|r| r != own)) {
            Some(owner) => {
                owned.entry(owner).or_default().insert(own.clone());
            }
            None => top.push(own.clone()),
        }
    }
    for relation in &report.inventory.relations {
        if let Some(to) = reference(relation.to).filter(|_| relation.from != relation.to) {
            owned.entry(relation.from).or_default().insert(to);
        }
    }
    let os = report.inventory.os.is_some().then(|| OS_REF.to_owned());
    top.extend(os.clone());
    top.sort();
    let mut all = vec![Dependency { reference: IMAGE_REF.to_owned(), depends_on: top }];
    all.extend(os.map(|reference| Dependency { reference, depends_on: vec![] }));
    for (position, reference) in refs.iter().enumerate() {
        let depends_on = owned.remove(&PackageId::at(position)).unwrap_or_default();
        all.push(Dependency {
            reference: reference.clone(),
            depends_on: depends_on.into_iter().collect(),
        });
    }
    all
}
