//! SPDX in JSON, version 2 (<https://spdx.github.io/spdx-spec/v2.3/>).

use super::component::{Component, Edge, Kind, Take, said};
use super::document::{Document, filled};
use super::property::TRIVY;
use crate::lang::json::{entries, items};
use lazaret_core::package::SourcePackage;
use lazaret_core::property::PREFIX;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// Elements a document may be about. Mostly it is one.
const SUBJECTS_MAX: usize = 1_000;

pub(super) fn read(document: &Document<'_>, take: &mut dyn Take) {
    let subjects = subjects(document);
    if let Some(annotations) = document.annotations {
        let mut said = Component::default();
        items(annotations, |annotation| self::annotation(annotation, &mut said));
        for (name, value) in &said.properties {
            take.property(name, value);
        }
    }
    if let Some(packages) = document.packages {
        items(packages, |value| {
            let mut component = package(value);
            component.is_subject |= subjects.contains(&component.reference);
            take.component(component);
        });
    }
    if let Some(files) = document.files {
        items(files, |value| {
            let mut file = Component { kind: Kind::File, ..Component::default() };
            entries(value, |key, value| match key {
                "SPDXID" => file.reference = filled(value).unwrap_or_default(),
                "fileName" => file.name = filled(value).unwrap_or_default(),
                _ => {}
            });
            take.component(file);
        });
    }
    each_relation(document, |from, kind, to| relate(take, from, kind, to));
}

fn each_relation(document: &Document<'_>, mut each: impl FnMut(&str, &str, &str)) {
    let Some(relationships) = document.relationships else { return };
    items(relationships, |value| {
        let (mut from, mut to, mut kind) = (None, None, None);
        entries(value, |key, value| match key {
            "spdxElementId" => from = filled(value),
            "relatedSpdxElement" => to = filled(value),
            "relationshipType" => kind = filled(value),
            _ => {}
        });
        if let (Some(from), Some(to), Some(kind)) = (from, to, kind) {
            each(&from, &kind, &to);
        }
    });
}

/// What the document says it is about.
fn subjects(document: &Document<'_>) -> BTreeSet<String> {
    let mut subjects = BTreeSet::new();
    if let Some(described) = document.described {
        items(described, |id| {
            if subjects.len() < SUBJECTS_MAX {
                subjects.extend(filled(id));
            }
        });
    }
    each_relation(document, |_, kind, to| {
        if is_description(kind) && subjects.len() < SUBJECTS_MAX {
            subjects.insert(to.to_owned());
        }
    });
    subjects
}

/// Whether a relationship leads from the document to what it is about. Trivy once wrote it otherwise.
pub(super) fn is_description(kind: &str) -> bool {
    matches!(kind, "DESCRIBES" | "DESCRIBE")
}

fn package(value: &RawValue) -> Component {
    let mut component = Component::default();
    entries(value, |key, value| match key {
        "SPDXID" => component.reference = filled(value).unwrap_or_default(),
        "name" => component.name = filled(value).unwrap_or_default(),
        "versionInfo" => component.version = filled(value).unwrap_or_default(),
        "primaryPackagePurpose" => component.kind = kind(&filled(value).unwrap_or_default()),
        "sourceInfo" => source_info(&filled(value).unwrap_or_default(), &mut component),
        "supplier" | "originator" => {
            let supplier = self::supplier(&filled(value).unwrap_or_default());
            component.supplier = component.supplier.take().or(supplier);
        }
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
        "annotations" => items(value, |annotation| self::annotation(annotation, &mut component)),
        "attributionTexts" => items(value, |text| {
            comment(&filled(text).unwrap_or_default(), &mut component);
        }),
        _ => {}
    });
    kind_of_id(&mut component);
    component
}

fn annotation(value: &RawValue, component: &mut Component) {
    entries(value, |key, value| {
        if key == "comment" {
            comment(&filled(value).unwrap_or_default(), component);
        }
    });
}

/// What an element of a purpose is.
pub(super) fn kind(word: &str) -> Kind {
    match word {
        "OPERATING-SYSTEM" | "OPERATING_SYSTEM" | "operatingSystem" => Kind::Os,
        "APPLICATION" | "application" => Kind::Application,
        "FILE" | "file" => Kind::File,
        "CONTAINER" | "DEVICE" | "container" | "device" | "diskImage" | "filesystemImage" => {
            Kind::Other
        }
        _ => Kind::Package,
    }
}

/// What Trivy and Syft say with their ids, of elements without a purpose.
pub(super) fn kind_of_id(component: &mut Component) {
    let id = component.reference.as_str();
    for (prefix, kind) in [
        ("SPDXRef-OperatingSystem", Kind::Os),
        ("SPDXRef-Application-", Kind::Application),
        ("SPDXRef-ContainerImage-", Kind::Other),
        ("SPDXRef-DocumentRoot-", Kind::Other),
    ] {
        if id.starts_with(prefix) && component.kind == Kind::Package {
            component.kind = kind;
        }
    }
    component.is_subject |=
        id.starts_with("SPDXRef-ContainerImage-") || id.starts_with("SPDXRef-DocumentRoot-");
}

/// A supplier without the word for what it is.
pub(super) fn supplier(text: &str) -> Option<String> {
    let name = text.strip_prefix("Organization:").or_else(|| text.strip_prefix("Person:"));
    said(name.unwrap_or(text)).map(str::to_owned)
}

/// What tools say of the origin of a package: Trivy the source package, Syft the files.
pub(super) fn source_info(text: &str, component: &mut Component) {
    let built = ["built package from: ", "built from source package: "];
    if let Some(source) = built.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        let (name, version) = source.split_once(' ').unwrap_or((source, ""));
        let (name, version) = (name.to_owned(), version.to_owned());
        component.source = Some(SourcePackage { name, version });
    }
    if let Some(rest) = text.strip_prefix("acquired package info from ")
        && let Some((_, paths)) = rest.split_once(": ")
    {
        for path in paths.split(", ") {
            component.place(path);
        }
    }
}

/// Properties in an annotation, one on a line.
pub(super) fn comment(text: &str, component: &mut Component) {
    for line in text.lines() {
        let Some((name, value)) = line.split_once(": ").or_else(|| {
            // An empty value has lost its space where lines are trimmed.
            line.strip_suffix(':').map(|name| (name, ""))
        }) else {
            continue;
        };
        let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if name.starts_with(PREFIX) {
            component.property(name, value);
        } else if is_word(name) {
            component.property(format!("{TRIVY}{name}"), value);
        }
    }
}

/// A relationship of two elements.
pub(super) fn relate(take: &mut dyn Take, from: &str, kind: &str, to: &str) {
    match kind {
        "DEPENDS_ON" => take.relation(from, Edge::Needs, to),
        "DEPENDENCY_OF" => take.relation(to, Edge::Needs, from),
        "CONTAINS" | "CONTAIN" => take.relation(from, Edge::Contains, to),
        "CONTAINED_BY" => take.relation(to, Edge::Contains, from),
        _ => {}
    }
}
