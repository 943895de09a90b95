//! Syft's own JSON (<https://github.com/anchore/syft/tree/main/schema/json>).

use super::component::{Component, Edge, Kind, Take};
use super::document::{Document, filled};
use crate::lang::json::{entries, items, string};
use lazaret_core::property::PREFIX;
use serde_json::value::RawValue;

pub(super) fn read(document: &Document<'_>, take: &mut dyn Take) {
    let mut configuration: Vec<(String, String)> = Vec::new();
    if let Some(descriptor) = document.descriptor {
        entries(descriptor, |key, value| {
            if key == "configuration" {
                each_property(value, |name, value| {
                    if configuration.len() < CONFIGURATION_MAX {
                        configuration.push((name.to_owned(), value.to_owned()));
                    }
                });
            }
        });
    }
    for (name, value) in in_order(&configuration) {
        take.property(name, value);
    }
    if let Some(source) = document.source {
        let mut component = self::source(source);
        for (name, value) in in_order(&configuration) {
            component.property(name, value);
        }
        take.component(component);
    }
    if let Some(distro) = document.distro {
        let mut component = self::distro(distro);
        for (name, value) in &configuration {
            component.property(name, value);
        }
        take.component(component);
    }
    if let Some(artifacts) = document.artifacts {
        items(artifacts, |artifact| take.component(self::artifact(artifact)));
    }
    if let Some(relationships) = document.artifact_relationships {
        items(relationships, |relationship| {
            let (mut parent, mut child, mut kind) = (None, None, None);
            entries(relationship, |key, value| match key {
                "parent" => parent = filled(value),
                "child" => child = filled(value),
                "type" => kind = filled(value),
                _ => {}
            });
            let (Some(parent), Some(child)) = (parent, child) else { return };
            match kind.as_deref() {
                // The parent is a dependency of the child.
                Some("dependency-of") => take.relation(&child, Edge::Needs, &parent),
                Some("ownership-by-file-overlap") => {
                    take.relation(&parent, Edge::Contains, &child);
                }
                _ => {}
            }
        });
    }
}

/// Properties of ours for one document. An image of a thousand layers has some thousands.
const CONFIGURATION_MAX: usize = 100_000;

/// Properties in the order of the numbers in their names: an object has them in that of their texts.
fn in_order(properties: &[(String, String)]) -> Vec<(&str, &str)> {
    let mut ordered: Vec<(&str, &str)> =
        properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    ordered.sort_by_key(|(name, _)| {
        let number = name.split(':').find_map(|part| part.parse::<u32>().ok());
        number.unwrap_or_default()
    });
    ordered
}

/// Properties of ours, of which each line of a value is one.
fn each_property(value: &RawValue, mut each: impl FnMut(&str, &str)) {
    entries(value, |key, value| {
        if key.starts_with(PREFIX)
            && let Some(text) = string(value)
        {
            for line in text.split('\n') {
                each(key, line);
            }
        }
    });
}

/// What was scanned. An image has its layers here, in their order.
fn source(value: &RawValue) -> Component {
    let mut component = Component { kind: Kind::Other, is_subject: true, ..Component::default() };
    entries(value, |key, value| match key {
        "id" => component.reference = filled(value).unwrap_or_default(),
        "name" => component.name = filled(value).unwrap_or_default(),
        "metadata" => entries(value, |key, value| match key {
            "userInput" if component.name.is_empty() => {
                component.name = filled(value).unwrap_or_default();
            }
            "manifestDigest" => component.version = filled(value).unwrap_or_default(),
            "imageID" => {
                component.property("syft:image:id", filled(value).unwrap_or_default());
            }
            "layers" => items(value, |layer| {
                entries(layer, |key, value| {
                    if key == "digest" {
                        component.property("syft:image:layer", filled(value).unwrap_or_default());
                    }
                });
            }),
            _ => {}
        }),
        _ => {}
    });
    component
}

/// The operating system, by the fields of its os-release.
fn distro(value: &RawValue) -> Component {
    let mut component = Component { kind: Kind::Os, ..Component::default() };
    entries(value, |key, value| match key {
        "id" => component.name = filled(value).unwrap_or_default(),
        "versionID" => component.version = filled(value).unwrap_or_default(),
        "versionCodename" | "prettyName" => {
            component.property(format!("syft:distro:{key}"), filled(value).unwrap_or_default());
        }
        "idLike" => items(value, |id| {
            component.property("syft:distro:idLike", filled(id).unwrap_or_default());
        }),
        _ => {}
    });
    component
}

fn artifact(value: &RawValue) -> Component {
    let mut component = Component::default();
    let mut places: Vec<Place> = Vec::new();
    entries(value, |key, value| match key {
        "id" => component.reference = filled(value).unwrap_or_default(),
        "name" => component.name = filled(value).unwrap_or_default(),
        "version" => component.version = filled(value).unwrap_or_default(),
        "purl" => component.purl = filled(value),
        "foundBy" => {
            component.property("syft:package:foundBy", filled(value).unwrap_or_default());
        }
        "locations" => items(value, |location| {
            places.push(self::place(location, &mut component));
        }),
        // A list of names; since version 8, of objects.
        "licenses" => items(value, |license| match filled(license) {
            Some(name) => component.license(&name),
            None => entries(license, |key, value| {
                if key == "value" {
                    component.license(&filled(value).unwrap_or_default());
                }
            }),
        }),
        "metadata" => entries(value, |key, value| match key {
            "maintainer" | "vendor" => component.supplier = filled(value),
            "source" | "sourceVersion" | "sourceRpm" | "originPackage" | "modularityLabel" => {
                component
                    .property(format!("syft:metadata:{key}"), filled(value).unwrap_or_default());
            }
            _ => {}
        }),
        _ => {}
    });
    // Files that only go with a package are marked as such.
    let is_marked = places.iter().any(|place| place.is_primary);
    for place in places.into_iter().filter(|place| place.is_primary || !is_marked) {
        if let Some(layer) = place.layer {
            component.property("syft:location:0:layerID", layer);
        }
        component.places.extend(place.path);
    }
    component
}

struct Place {
    path: Option<String>,
    layer: Option<String>,
    is_primary: bool,
}

fn place(value: &RawValue, component: &mut Component) -> Place {
    let mut place = Place { path: None, layer: None, is_primary: false };
    entries(value, |key, value| match key {
        "path" => place.path = filled(value),
        "layerID" => place.layer = filled(value),
        "annotations" => {
            entries(value, |key, value| {
                place.is_primary |= key == "evidence" && value.get() == "\"primary\"";
            });
            each_property(value, |name, value| component.property(name, value));
        }
        _ => {}
    });
    place
}
