//! SPDX in JSON-LD, version 3 (<https://spdx.github.io/spdx-spec/v3.0.1/>): a list of elements of
//! every kind.

use super::component::{Component, Edge, Take};
use super::document::{Document, filled};
use super::spdx::{comment, kind, source_info};
use crate::lang::json::{entries, items};
use serde_json::value::RawValue;

/// The elements a document may be about.
const SUBJECTS_MAX: usize = 1_000;

/// Reads the elements of a document, all packages before the relationships between them.
pub(super) fn read(document: &Document<'_>, take: &mut dyn Take) {
    let Some(graph) = document.graph else { return };
    let mut subjects: Vec<String> = Vec::new();
    items(graph, |element| {
        let (mut is_root, mut roots) = (false, None);
        entries(element, |key, value| match key {
            "type" | "@type" => {
                is_root = matches!(
                    filled(value).as_deref(),
                    Some("SpdxDocument" | "software_Sbom" | "Bom" | "Bundle")
                );
            }
            "rootElement" => roots = Some(value),
            _ => {}
        });
        if let Some(roots) = roots.filter(|_| is_root) {
            items(roots, |root| {
                if subjects.len() < SUBJECTS_MAX {
                    subjects.extend(filled(root));
                }
            });
        }
    });
    items(graph, |element| package(element, &subjects, take));
    items(graph, |element| relationship(element, take));
}

fn package(element: &RawValue, subjects: &[String], take: &mut dyn Take) {
    let mut component = Component::default();
    let mut is_package = false;
    let mut is_document = false;
    entries(element, |key, value| match key {
        "type" | "@type" => {
            let kind = filled(value);
            is_package = matches!(kind.as_deref(), Some("software_Package" | "Package"));
            is_document = kind.as_deref() == Some("SpdxDocument");
        }
        "spdxId" | "@id" => component.reference = filled(value).unwrap_or_default(),
        "name" => component.name = filled(value).unwrap_or_default(),
        "software_packageVersion" | "packageVersion" => {
            component.version = filled(value).unwrap_or_default();
        }
        "software_primaryPurpose" | "primaryPurpose" => {
            component.kind = kind(&filled(value).unwrap_or_default());
        }
        "software_packageUrl" | "packageUrl" => {
            component.purl = filled(value).or(component.purl.take());
        }
        "software_sourceInfo" | "sourceInfo" => {
            source_info(&filled(value).unwrap_or_default(), &mut component);
        }
        "externalIdentifier" => items(value, |identifier| {
            if component.purl.is_none() {
                component.purl = identified(identifier);
            }
        }),
        "comment" => comment(&filled(value).unwrap_or_default(), &mut component),
        _ => {}
    });
    if is_document {
        for (name, value) in &component.properties {
            take.property(name, value);
        }
    }
    if is_package {
        component.is_subject = subjects.contains(&component.reference);
        take.component(component);
    }
}

fn relationship(element: &RawValue, take: &mut dyn Take) {
    let (mut is_one, mut relation, mut from, mut to) = (false, None, None, None);
    entries(element, |key, value| match key {
        "type" | "@type" => {
            is_one = matches!(
                filled(value).as_deref(),
                Some("Relationship" | "LifecycleScopedRelationship")
            );
        }
        "relationshipType" => relation = filled(value),
        "from" => from = filled(value),
        "to" => to = Some(value),
        _ => {}
    });
    let edge = match relation.as_deref() {
        Some("dependsOn") => Edge::Needs,
        Some("contains") => Edge::Contains,
        _ => return,
    };
    if let (true, Some(from), Some(to)) = (is_one, from, to) {
        items(to, |to| take.relation(&from, edge, &filled(to).unwrap_or_default()));
    }
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
