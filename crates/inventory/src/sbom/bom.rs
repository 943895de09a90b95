//! The packages of a bill of materials that lies in an image.

use super::component::{Component, Edge, Take};
use super::{property, purl};
use lazaret_core::extract::Sink;
use lazaret_core::package::{Ecosystem, Need, PackageFact, Presence};
use std::collections::{BTreeMap, HashMap};

/// Dependencies of one document that are followed. The largest documents have some 100,000.
const EDGES_MAX: usize = 500_000;

/// The packages of a document and which needs which.
pub(super) struct Bom {
    packages: Vec<PackageFact>,
    by_identity: HashMap<(Ecosystem, String, String, Option<String>), usize>,
    by_reference: HashMap<String, usize>,
    /// References: who needs, and what.
    edges: Vec<(String, String)>,
    packages_max: usize,
    left_out: usize,
}

impl Bom {
    /// The beginning of a document.
    pub(super) fn new(sink: &Sink<'_>) -> Self {
        Self {
            packages: Vec::new(),
            by_identity: HashMap::new(),
            by_reference: HashMap::new(),
            edges: Vec::new(),
            packages_max: sink.limits().facts_per_file_max,
            left_out: 0,
        }
    }

    /// The end of the document.
    pub(super) fn finish(mut self, sink: &mut Sink<'_>) {
        let mut needs: BTreeMap<usize, Vec<Need>> = BTreeMap::new();
        self.edges.sort_unstable();
        self.edges.dedup();
        for (from, to) in &self.edges {
            let index = |reference| self.by_reference.get(reference).copied();
            let (Some(from), Some(to)) = (index(from), index(to)) else { continue };
            let package = |index: usize| self.packages.get(index);
            let (Some(by), Some(needed)) = (package(from), package(to)) else { continue };
            // Needs are within an ecosystem.
            if from != to && by.ecosystem == needed.ecosystem {
                let version = Some(needed.version.clone());
                needs.entry(from).or_default().push(Need { name: needed.name.clone(), version });
            }
        }
        for (index, mut package) in self.packages.into_iter().enumerate() {
            package.needs = needs.remove(&index).unwrap_or_default();
            sink.package(package);
        }
        if self.left_out > 0 {
            sink.limit(format!("{} components beyond the limit were left out", self.left_out));
        }
    }
}

impl Take for Bom {
    /// What has no package url with a version is none: files, images, programs that somebody only
    /// gave a name.
    fn component(&mut self, component: Component) {
        let Some(mut package) = component.purl.as_deref().and_then(purl::package) else { return };
        if package.ecosystem.is_os()
            && let Some(source) = property::source(&component)
        {
            package.source = Some(source);
        }
        package.licenses = component.licenses;
        // Bitnami puts the document of a component in the folder of its files.
        if package.ecosystem == Ecosystem::Bitnami {
            package.presence = Presence::Installed;
        }
        let identity = (
            package.ecosystem,
            package.name.clone(),
            package.version.clone(),
            package.arch.clone(),
        );
        let index = match self.by_identity.get(&identity) {
            Some(index) => *index,
            None if self.packages.len() >= self.packages_max => {
                self.left_out = self.left_out.saturating_add(1);
                return;
            }
            None => {
                let index = self.packages.len();
                self.by_identity.insert(identity, index);
                self.packages.push(package);
                index
            }
        };
        if !component.reference.is_empty() {
            self.by_reference.entry(component.reference).or_insert(index);
        }
    }

    fn relation(&mut self, from: &str, edge: Edge, to: &str) {
        if edge == Edge::Needs && self.edges.len() < EDGES_MAX {
            self.edges.push((from.to_owned(), to.to_owned()));
        }
    }

    fn property(&mut self, _name: &str, _value: &str) {}
}
