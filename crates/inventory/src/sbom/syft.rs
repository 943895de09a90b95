//! Syft's own JSON (<https://github.com/anchore/syft/tree/main/schema/json>).

use super::bom::{Bom, Component};
use super::document::{Document, filled};
use crate::lang::json::{entries, items};

pub(super) fn read(document: &Document<'_>, bom: &mut Bom) {
    if let Some(artifacts) = document.artifacts {
        items(artifacts, |artifact| {
            let mut component = Component::default();
            entries(artifact, |key, value| match key {
                "id" => component.reference = filled(value).unwrap_or_default(),
                "purl" => component.purl = filled(value),
                // A list of names; since version 8, of objects.
                "licenses" => items(value, |license| match filled(license) {
                    Some(name) => component.license(&name),
                    None => entries(license, |key, value| {
                        if key == "value" {
                            component.license(&filled(value).unwrap_or_default());
                        }
                    }),
                }),
                _ => {}
            });
            bom.add(component);
        });
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
            // The parent is a dependency of the child.
            if let (Some(parent), Some(child), Some("dependency-of")) =
                (parent, child, kind.as_deref())
            {
                bom.needs(&child, &parent);
            }
        });
    }
}
