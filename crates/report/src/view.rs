//! One finding as it is in a report, for whoever asks of findings one by one: rules in Rego.

use crate::{json, trivy};
use lazaret_core::finding::Finding;
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;
use lazaret_core::report::Report;
use serde_json::Value;

/// What a finding points into.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) image: &'a Image,
    pub(crate) inventory: &'a Inventory,
}

impl<'a> Around<'a> {
    pub(crate) const fn of(report: &'a Report) -> Self {
        Self { image: &report.image, inventory: &report.inventory }
    }
}

/// A finding as `--format json` has it; null where the inventory lacks its package.
pub fn own(image: &Image, inventory: &Inventory, finding: &Finding) -> Value {
    json::finding(finding, Around { image, inventory })
}

/// A finding as `--format trivy-json` has it, with its kind as `Type`: what Trivy shows an ignore
/// policy. Null where the inventory lacks its package.
pub fn trivy(image: &Image, inventory: &Inventory, finding: &Finding) -> Value {
    trivy::finding(finding, Around { image, inventory })
}
