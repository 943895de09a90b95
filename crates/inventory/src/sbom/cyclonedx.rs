//! CycloneDX in JSON (<https://cyclonedx.org/docs/1.7/json/>).

use super::component::{Component, Edge, Kind, Take};
use super::document::{Document, filled};
use crate::lang::json::{entries, items};
use serde_json::value::RawValue;

/// Components in components. Applications have libraries, and these seldom parts.
const DEPTH_MAX: usize = 16;

/// References of one document to statements about exploitability that are taken over. A product has
/// one document or a few, and who reads them takes fewer.
pub(super) const STATEMENTS_MAX: usize = 1_000;

/// What such a reference is called.
pub(super) const STATEMENT: &str = "exploitability-statement";

pub(super) fn read(document: &Document<'_>, take: &mut dyn Take) {
    if let Some(metadata) = document.metadata {
        entries(metadata, |key, value| match key {
            "component" => component(value, true, take, DEPTH_MAX),
            "properties" => properties(value, |name, text| take.property(name, text)),
            _ => {}
        });
    }
    if let Some(components) = document.components {
        items(components, |value| component(value, false, take, DEPTH_MAX));
    }
    if let Some(dependencies) = document.dependencies {
        items(dependencies, |dependency| {
            let (mut from, mut needed) = (None, None);
            entries(dependency, |key, value| match key {
                "ref" => from = filled(value),
                "dependsOn" => needed = Some(value),
                _ => {}
            });
            if let (Some(from), Some(needed)) = (from, needed) {
                items(needed, |to| {
                    if let Some(to) = filled(to) {
                        take.relation(&from, Edge::Needs, &to);
                    }
                });
            }
        });
    }
    let mut statements = Vec::new();
    if let Some(references) = document.references {
        items(references, |reference| {
            let (mut kind, mut address) = (None, None);
            entries(reference, |key, value| match key {
                "type" => kind = filled(value),
                "url" => address = filled(value),
                _ => {}
            });
            if let (Some(STATEMENT), Some(address)) = (kind.as_deref(), address)
                && statements.len() < STATEMENTS_MAX
            {
                statements.push(address);
            }
        });
    }
    take.statements(statements);
}

/// What a component of a type is.
pub(super) fn kind(word: &str) -> Kind {
    match word {
        "operating-system" => Kind::Os,
        "application" => Kind::Application,
        "file" => Kind::File,
        "container" | "data" | "device" | "cryptographic-asset" => Kind::Other,
        _ => Kind::Package,
    }
}

fn component(value: &RawValue, is_subject: bool, take: &mut dyn Take, depth: usize) {
    let mut component = Component { is_subject, ..Component::default() };
    let mut inner = None;
    entries(value, |key, value| match key {
        "type" => component.kind = kind(&filled(value).unwrap_or_default()),
        "bom-ref" => component.reference = filled(value).unwrap_or_default(),
        "group" => component.group = filled(value).unwrap_or_default(),
        "name" => component.name = filled(value).unwrap_or_default(),
        "version" => component.version = filled(value).unwrap_or_default(),
        "purl" => component.purl = filled(value),
        "publisher" => component.supplier = component.supplier.take().or_else(|| filled(value)),
        "supplier" => entries(value, |key, value| {
            if key == "name" {
                component.supplier = filled(value);
            }
        }),
        "licenses" => items(value, |license| self::license(license, &mut component)),
        "evidence" => entries(value, |key, value| {
            if key == "occurrences" {
                items(value, |occurrence| self::occurrence(occurrence, &mut component));
            }
        }),
        "properties" => properties(value, |name, text| component.property(name, text)),
        "components" => inner = Some(value),
        _ => {}
    });
    take.component(component);
    if let (Some(inner), Some(depth)) = (inner, depth.checked_sub(1)) {
        items(inner, |value| self::component(value, false, take, depth));
    }
}

fn occurrence(value: &RawValue, component: &mut Component) {
    entries(value, |key, value| {
        if key == "location"
            && let Some(path) = filled(value)
        {
            component.place(path);
        }
    });
}

fn properties(value: &RawValue, mut each: impl FnMut(&str, &str)) {
    items(value, |property| {
        let (mut name, mut text) = (None, None);
        entries(property, |key, value| match key {
            "name" => name = filled(value),
            "value" => text = crate::lang::json::string(value),
            _ => {}
        });
        if let (Some(name), Some(text)) = (name, text) {
            each(&name, &text);
        }
    });
}

fn license(value: &RawValue, component: &mut Component) {
    entries(value, |key, value| match key {
        "expression" => component.license(&filled(value).unwrap_or_default()),
        "license" => {
            let (mut id, mut name) = (None, None);
            entries(value, |key, value| match key {
                "id" => id = filled(value),
                "name" => name = filled(value),
                _ => {}
            });
            component.license(&id.or(name).unwrap_or_default());
        }
        _ => {}
    });
}
