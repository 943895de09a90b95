//! CycloneDX in JSON (<https://cyclonedx.org/docs/1.6/json/>).

use super::bom::{Bom, Component};
use super::document::{Document, filled};
use crate::lang::json::{entries, items};
use lazaret_core::package::SourcePackage;
use serde_json::value::RawValue;

/// Components in components. Applications have libraries, and these seldom parts.
const DEPTH_MAX: usize = 16;

pub(super) fn read(document: &Document<'_>, bom: &mut Bom) {
    if let Some(metadata) = document.metadata {
        entries(metadata, |key, value| {
            if key == "component" {
                component(value, bom, DEPTH_MAX);
            }
        });
    }
    if let Some(components) = document.components {
        items(components, |value| component(value, bom, DEPTH_MAX));
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
                        bom.needs(&from, &to);
                    }
                });
            }
        });
    }
}

fn component(value: &RawValue, bom: &mut Bom, depth: usize) {
    let mut component = Component::default();
    let mut source = Source::default();
    let mut inner = None;
    entries(value, |key, value| match key {
        "bom-ref" => component.reference = filled(value).unwrap_or_default(),
        "purl" => component.purl = filled(value),
        "licenses" => items(value, |license| self::license(license, &mut component)),
        "properties" => items(value, |property| {
            let (mut name, mut text) = (None, None);
            entries(property, |key, value| match key {
                "name" => name = filled(value),
                "value" => text = filled(value),
                _ => {}
            });
            if let (Some(name), Some(text)) = (name, text) {
                source.property(&name, text);
            }
        }),
        "components" => inner = Some(value),
        _ => {}
    });
    component.source = source.package();
    bom.add(component);
    if let (Some(inner), Some(depth)) = (inner, depth.checked_sub(1)) {
        items(inner, |value| self::component(value, bom, depth));
    }
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

/// The source package as properties of Trivy say it, in parts.
#[derive(Default)]
pub(super) struct Source {
    name: Option<String>,
    epoch: Option<String>,
    version: Option<String>,
    release: Option<String>,
}

impl Source {
    /// One property of a component.
    pub(super) fn property(&mut self, name: &str, value: String) {
        let slot = match name {
            "aquasecurity:trivy:SrcName" => &mut self.name,
            "aquasecurity:trivy:SrcEpoch" => &mut self.epoch,
            "aquasecurity:trivy:SrcVersion" => &mut self.version,
            "aquasecurity:trivy:SrcRelease" => &mut self.release,
            _ => return,
        };
        *slot = Some(value);
    }

    /// The source package, if its name and version were said.
    pub(super) fn package(self) -> Option<SourcePackage> {
        let (name, mut version) = (self.name?, self.version?);
        if let Some(epoch) = self.epoch.filter(|epoch| epoch != "0") {
            version = format!("{epoch}:{version}");
        }
        if let Some(release) = self.release {
            version = format!("{version}-{release}");
        }
        Some(SourcePackage { name, version })
    }
}
