//! What a bill of materials says, whatever its format.

use super::purl;
use lazaret_core::extract::Sink;
use lazaret_core::package::{Ecosystem, Need, PackageFact, Presence, SourcePackage};
use std::collections::{BTreeMap, HashMap};

/// Dependencies of one document that are followed. The largest documents have some 100,000.
const EDGES_MAX: usize = 500_000;

/// Licenses of one component. More than a few are a mistake.
const LICENSES_MAX: usize = 50;

/// Longest license, in bytes: an expression of names. Whole texts are none.
const LICENSE_BYTES_MAX: usize = 1_024;

/// One component as a document has it.
#[derive(Default)]
pub(super) struct Component {
    /// What the document itself calls it.
    pub(super) reference: String,
    /// Its package url.
    pub(super) purl: Option<String>,
    /// Its licenses.
    pub(super) licenses: Vec<String>,
    /// The name and version of its source package, where the url does not say them.
    pub(super) source: Option<SourcePackage>,
}

impl Component {
    /// Adds a license, unless it says that nothing is known, or is one already.
    pub(super) fn license(&mut self, license: &str) {
        let license = license.trim();
        let is_none = matches!(license, "" | "NOASSERTION" | "NONE");
        if !is_none
            && license.len() <= LICENSE_BYTES_MAX
            && self.licenses.len() < LICENSES_MAX
            && !self.licenses.iter().any(|known| known == license)
        {
            self.licenses.push(license.to_owned());
        }
    }
}

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

    /// A component. What has no package url with a version is none: files, images, programs that
    /// somebody only gave a name.
    pub(super) fn add(&mut self, component: Component) {
        let Some(mut package) = component.purl.as_deref().and_then(purl::package) else { return };
        package.licenses = component.licenses;
        if package.ecosystem.is_os() && component.source.is_some() {
            package.source = component.source;
        }
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

    /// A component needs another one; both by what the document calls them.
    pub(super) fn needs(&mut self, from: &str, to: &str) {
        if self.edges.len() < EDGES_MAX {
            self.edges.push((from.to_owned(), to.to_owned()));
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
