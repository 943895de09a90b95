//! What a finding is, as rules see it.

use lazaret_core::finding::{Finding, Vulnerability};
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;
use lazaret_core::location::LayerIndex;
use lazaret_core::package::Package;

pub use lazaret_core::finding::{Kind, KindError};

/// A finding and what it is about.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) kind: Kind,
    pub(crate) vulnerability: Option<&'a Vulnerability>,
    pub(crate) package: Option<&'a Package>,
    inventory: &'a Inventory,
    /// Whether the base image brought it; absent where nobody knows.
    pub(crate) base: Option<bool>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(finding: &'a Finding, image: &Image, inventory: &'a Inventory) -> Self {
        let package = finding.package().and_then(|id| inventory.package(id));
        let layer = finding.layer(inventory).map(LayerIndex::index);
        let layer = layer.and_then(|layer| image.layers.get(layer));
        Self {
            finding,
            kind: Kind::of(finding),
            vulnerability: finding.vulnerability(),
            package,
            inventory,
            base: layer.and_then(|layer| layer.base),
        }
    }

    /// The id and every other id of the same thing.
    pub(crate) fn ids(self) -> impl Iterator<Item = &'a str> {
        let aliases = self.finding.aliases().iter().map(String::as_str);
        std::iter::once(self.finding.id.as_str()).chain(aliases)
    }

    /// The files it is in.
    pub(crate) fn paths(self) -> impl Iterator<Item = &'a str> {
        self.finding.locations(self.inventory).iter().map(|location| location.path.as_str())
    }

    /// How a message names it.
    pub(crate) fn words(self) -> String {
        match self.package {
            Some(package) => {
                format!("{} in {} {}", self.finding.id, package.name, package.version)
            }
            None => match self.paths().next() {
                Some(path) => format!("{} in {path}", self.finding.id),
                None => self.finding.id.clone(),
            },
        }
    }
}
