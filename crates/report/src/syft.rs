//! Syft's JSON, schema version 16.0.18 (<https://github.com/anchore/syft/tree/main/schema/json>), which
//! Grype and others read: the packages with what matching them needs.
//!
//! What it has no field for is in annotations of a package's first place, and for the image in
//! `descriptor.configuration`; a value of several lines is one property a line.

mod model;
mod word;

use crate::license::{self, License};
use crate::pretty::{self, Style};
use crate::sbom::{self, Each, Subject};
use crate::{Format, WriteOptions, moment, serial};
use lazaret_core::inventory::RelationKind;
use lazaret_core::location::Location;
use lazaret_core::package::{Ecosystem, Package, PackageId};
use lazaret_core::property::{Property, of_image, of_os, of_problems};
use lazaret_core::report::Report;
use model::{
    ApkEntry, Artifact, DebEntry, Descriptor, Directory, Distro, Document, ImageMetadata, Layer,
    Licensed, Metadata, Place, Relationship, RpmEntry, Schema, Source, SourceMetadata,
};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Writes one report.
pub(crate) fn write(
    format: Format,
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let created = moment::created(report, options);
    let uuid = serial::uuid(format.name(), report, created.as_deref())?;
    let packages = &report.inventory.packages;
    let ids: Vec<String> = packages.iter().enumerate().map(|(at, one)| id(at, one)).collect();
    let relations = sbom::relations(report);
    let source_id = uuid.replace('-', "");
    let document = Document {
        artifacts: Each(|| packages.iter().zip(&ids).map(|(one, id)| artifact(report, one, id))),
        artifact_relationships: Each(|| {
            let top = ids.iter().map(|child| Relationship {
                parent: &source_id,
                child,
                kind: "contains",
            });
            top.chain(relations.iter().filter_map(|edge| relationship(&ids, *edge)))
        }),
        source: source(report, &source_id),
        distro: distro(report),
        descriptor: Descriptor {
            name: &report.provenance.tool,
            version: &report.provenance.version,
            timestamp: created.unwrap_or_else(|| moment::EPOCH.to_owned()),
            configuration: joined(configuration(report)),
        },
        schema: Schema {
            version: "16.0.18",
            url: "https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-16.0.18.json",
        },
    };
    pretty::write(&document, Style::Plain, out)
}

/// What the document says of the image as a whole.
fn configuration(report: &Report) -> Vec<Property> {
    let mut properties = of_image(&report.image);
    properties.extend(report.inventory.os.iter().flat_map(of_os));
    properties.extend(of_problems(&report.inventory.problems));
    properties
}

/// Properties by name, several of one name in several lines.
fn joined(properties: Vec<Property>) -> BTreeMap<Cow<'static, str>, String> {
    let mut joined: BTreeMap<Cow<'static, str>, String> = BTreeMap::new();
    for (name, value) in properties {
        match joined.get_mut(&name) {
            Some(known) => {
                known.push('\n');
                known.push_str(&value);
            }
            None => {
                joined.insert(name, value);
            }
        }
    }
    joined
}

/// Sixteen hexadecimal digits, as Syft's own ids have.
fn id(position: usize, package: &Package) -> String {
    let digest = Sha256::digest(format!("{position} {}", package.purl));
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{number:016x}")
}

fn relationship(
    ids: &[String],
    (from, to, kind): (PackageId, PackageId, RelationKind),
) -> Option<Relationship<'_>> {
    let (from, to) = (ids.get(from.index())?, ids.get(to.index())?);
    Some(match kind {
        RelationKind::Owns => {
            Relationship { parent: from, child: to, kind: "ownership-by-file-overlap" }
        }
        // Whose dependency it is comes second.
        RelationKind::DependsOn => Relationship { parent: to, child: from, kind: "dependency-of" },
    })
}

fn source<'a>(report: &'a Report, id: &'a str) -> Source<'a> {
    let image = &report.image;
    let digest = image.digest.as_ref().map(ToString::to_string).unwrap_or_default();
    let (kind, metadata) = match Subject::of(report) {
        Subject::Image => (
            "image",
            SourceMetadata::Image(ImageMetadata {
                user_input: &image.name,
                image_id: image.config_digest.as_ref().map(ToString::to_string).unwrap_or_default(),
                manifest_digest: digest.clone(),
                media_type: "",
                tags: [],
                image_size: image.layers.iter().map(|layer| layer.size_bytes).sum(),
                layers: image
                    .layers
                    .iter()
                    .map(|layer| Layer {
                        media_type: "",
                        digest: layer.diff_id.as_ref().map(ToString::to_string).unwrap_or_default(),
                        size: layer.size_bytes,
                    })
                    .collect(),
                repo_digests: [],
                architecture: image.platform.as_ref().map_or("", |platform| &platform.architecture),
                os: image.platform.as_ref().map_or("", |platform| &platform.os),
                labels: &image.config.labels,
            }),
        ),
        Subject::Rootfs | Subject::Application => {
            ("directory", SourceMetadata::Directory(Directory { path: &image.name }))
        }
    };
    Source { id, name: &image.name, version: digest, kind, metadata }
}

fn distro(report: &Report) -> Distro<'_> {
    let Some(found) = &report.inventory.os else { return Distro::default() };
    Distro {
        pretty_name: found.os.pretty_name.as_deref(),
        id: Some(&found.os.id),
        id_like: &found.os.id_like,
        version_id: found.os.version.as_deref(),
        version_codename: found.os.codename.as_deref(),
    }
}

fn artifact<'a>(report: &'a Report, package: &'a Package, id: &'a str) -> Artifact<'a> {
    let (kind, language) = word::of(package.ecosystem);
    let licenses: Vec<Licensed<'_>> = package.licenses.iter().map(|text| licensed(text)).collect();
    let metadata = metadata(package);
    Artifact {
        id,
        name: &package.name,
        version: &package.version,
        kind,
        found_by: word::cataloger(package),
        locations: places(report, package),
        licenses,
        language,
        cpes: [],
        purl: &package.purl,
        metadata_type: metadata.as_ref().map(Metadata::name),
        metadata,
    }
}

fn licensed(text: &str) -> Licensed<'_> {
    let expression = match license::recognize(text) {
        License::Id(id) => id,
        License::Expression(expression) => expression,
        License::Name(_) => "",
    };
    Licensed { value: text, expression, kind: "declared", urls: [], locations: [] }
}

/// The places of a package; the first has what the format has no field for.
fn places(report: &Report, package: &Package) -> Vec<Place> {
    let licenses: Vec<&str> = package.licenses.iter().map(String::as_str).collect();
    let is_read_back = licenses.iter().all(|license| is_plain(license));
    let declared = if is_read_back { licenses.as_slice() } else { &[] };
    let place = |location: Option<&Location>| {
        let path = location.map_or("", |location| location.path.as_str());
        let layer = location.and_then(|one| report.image.layers.get(one.layer.index()));
        let path = format!("/{path}");
        Place {
            access_path: path.clone(),
            path,
            layer_id: layer.and_then(|layer| layer.diff_id.as_ref()).map(ToString::to_string),
            annotations: BTreeMap::from([("evidence".into(), "primary".to_owned())]),
        }
    };
    let mut places: Vec<Place> = package.locations.iter().map(|one| place(Some(one))).collect();
    if places.is_empty() {
        places.push(place(None));
    }
    if let Some(first) = places.first_mut() {
        first.annotations.extend(joined(sbom::properties(report, package, declared)));
    }
    places
}

/// Whether a license is read back as it is written.
fn is_plain(license: &str) -> bool {
    license.trim() == license && !matches!(license, "" | "NONE" | "NOASSERTION")
}

/// What Grype matches packages of distributions by.
fn metadata(package: &Package) -> Option<Metadata<'_>> {
    let source = package.source.as_ref();
    let arch = package.arch.as_deref().unwrap_or_default();
    let maintainer = package.vendor.as_deref().unwrap_or_default();
    Some(match package.ecosystem {
        Ecosystem::Deb => {
            let source_name = source.map(|one| one.name.as_str()).filter(|n| *n != package.name);
            let version = source.map(|one| one.version.as_str()).filter(|v| *v != package.version);
            Metadata::Deb(DebEntry {
                package: &package.name,
                source: source_name.unwrap_or_default(),
                version: &package.version,
                source_version: version.unwrap_or_default(),
                architecture: arch,
                maintainer,
                installed_size: 0,
                files: [],
            })
        }
        Ecosystem::Apk => Metadata::Apk(ApkEntry {
            package: &package.name,
            origin_package: source.map_or("", |source| &source.name),
            maintainer,
            version: &package.version,
            architecture: arch,
            url: "",
            description: "",
            size: 0,
            installed_size: 0,
            pull_dependencies: [],
            provides: [],
            pull_checksum: "",
            git_commit: "",
            files: [],
        }),
        Ecosystem::Rpm => {
            let (epoch, rest) = match package.version.split_once(':') {
                Some((epoch, rest)) => (epoch.parse::<u32>().ok(), rest),
                None => (None, package.version.as_str()),
            };
            let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
            Metadata::Rpm(RpmEntry {
                name: &package.name,
                version,
                epoch,
                architecture: arch,
                release,
                source_rpm: source
                    .map(|source| format!("{}-{}.src.rpm", source.name, source.version))
                    .unwrap_or_default(),
                size: 0,
                vendor: maintainer,
                modularity_label: package.module.as_deref(),
                files: [],
            })
        }
        _ => return None,
    })
}
