//! SPDX in JSON, versions 2 (<https://spdx.github.io/spdx-spec/v2.3/>) and 3
//! (<https://spdx.github.io/spdx-spec/v3.0.1/>).

use super::bom::{Bom, Component};
use super::document::{Document, filled};
use crate::lang::json::{entries, items};
use serde_json::value::RawValue;

pub(super) fn read(document: &Document<'_>, bom: &mut Bom) {
    if let Some(packages) = document.packages {
        items(packages, |value| {
            let mut component = Component::default();
            entries(value, |key, value| match key {
                "SPDXID" => component.reference = filled(value).unwrap_or_default(),
                "licenseDeclared" | "licenseConcluded" => {
                    component.license(&filled(value).unwrap_or_default());
                }
                "externalRefs" => items(value, |reference| {
                    let (mut kind, mut locator) = (None, None);
                    entries(reference, |key, value| match key {
                        "referenceType" => kind = filled(value),
                        "referenceLocator" => locator = filled(value),
                        _ => {}
                    });
                    if kind.as_deref() == Some("purl") && component.purl.is_none() {
                        component.purl = locator;
                    }
                }),
                _ => {}
            });
            bom.add(component);
        });
    }
    if let Some(relationships) = document.relationships {
        items(relationships, |value| {
            let (mut from, mut to, mut kind) = (None, None, None);
            entries(value, |key, value| match key {
                "spdxElementId" => from = filled(value),
                "relatedSpdxElement" => to = filled(value),
                "relationshipType" => kind = filled(value),
                _ => {}
            });
            if let (Some(from), Some(to), Some(kind)) = (from, to, kind) {
                relate(bom, &from, &kind, &to);
            }
        });
    }
}

/// A relationship of two elements.
pub(super) fn relate(bom: &mut Bom, from: &str, kind: &str, to: &str) {
    match kind {
        "DEPENDS_ON" => bom.needs(from, to),
        "DEPENDENCY_OF" => bom.needs(to, from),
        _ => {}
    }
}

/// Reads a document of version 3: a list of elements of every kind.
pub(super) fn read_graph(document: &Document<'_>, bom: &mut Bom) {
    let Some(graph) = document.graph else { return };
    items(graph, |element| {
        let mut component = Component::default();
        let (mut kind, mut relation, mut from, mut to) = (None, None, None, None);
        entries(element, |key, value| match key {
            "type" | "@type" => kind = filled(value),
            "spdxId" | "@id" => component.reference = filled(value).unwrap_or_default(),
            "software_packageUrl" | "packageUrl" => {
                component.purl = filled(value).or(component.purl.take());
            }
            "externalIdentifier" => items(value, |identifier| {
                if component.purl.is_none() {
                    component.purl = identified(identifier);
                }
            }),
            "relationshipType" => relation = filled(value),
            "from" => from = filled(value),
            "to" => to = Some(value),
            _ => {}
        });
        match kind.as_deref() {
            Some("software_Package" | "Package") => bom.add(component),
            Some("Relationship" | "LifecycleScopedRelationship")
                if relation.as_deref() == Some("dependsOn") =>
            {
                if let (Some(from), Some(to)) = (from, to) {
                    items(to, |to| bom.needs(&from, &filled(to).unwrap_or_default()));
                }
            }
            _ => {}
        }
    });
}

/// The package url of an external identifier, if it is one.
fn identified(value: &RawValue) -> Option<String> {
    let (mut kind, mut identifier) = (None, None);
    entries(value, |key, value| match key {
        "externalIdentifierType" => kind = filled(value),
        "identifier" => identifier = filled(value),
        _ => {}
    });
    identifier.filter(|_| matches!(kind.as_deref(), Some("packageUrl" | "purl")))
}
