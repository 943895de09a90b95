//! Programs that are known twice: by their bytes, and by the package they are a file of.

use crate::binary::is_of_bytes;
use crate::lang::java::JVM;
use crate::sbom::is_sbom;
use lazaret_core::inventory::{Relation, RelationKind};
use lazaret_core::location::ImagePath;
use lazaret_core::package::{Ecosystem, Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};

/// Whether nothing but the bytes of programs speaks of a package. A bill of materials that lists it as
/// well was made by another scanner, from the same bytes.
pub(crate) fn is_by_bytes_alone(package: &Package) -> bool {
    let mut found_by = package.found_by.iter().filter(|extractor| !is_sbom(extractor)).peekable();
    found_by.peek().is_some() && found_by.all(|extractor| is_of_bytes(extractor))
}

/// Leaves out what the bytes of a program say where its package says it better, since every program
/// of a distribution would be listed, and judged, a second time:
///
/// - a program that a package of the distribution owns is that package. What others made keeps its
///   programs, linked to their owner: the distribution knows nothing of it;
/// - a program in the folder of a Bitnami component is that component;
/// - a program in the folder of a Java virtual machine is of that one, whose file names it;
/// - a Go module without a version is the same as the module of that program that has one.
pub(crate) fn drop_owned(packages: Vec<Package>) -> Vec<Package> {
    let known = Known::new(&packages);
    let is_dropped: Vec<bool> = packages.iter().map(|package| known.says(package)).collect();
    let mut kept = 0;
    let ids: Vec<Option<PackageId>> = is_dropped
        .iter()
        .map(|is_dropped| {
            let id = (!is_dropped).then(|| PackageId::at(kept));
            kept = kept.saturating_add(usize::from(!is_dropped));
            id
        })
        .collect();
    let with_new_owner = |mut package: Package| {
        package.owner = package.owner.and_then(|owner| ids.get(owner.index()).copied().flatten());
        package
    };
    packages
        .into_iter()
        .zip(is_dropped)
        .filter(|(_, is_dropped)| !is_dropped)
        .map(|(package, _)| with_new_owner(package))
        .collect()
}

/// Which package owns which, of what they say themselves.
pub(crate) fn owns(packages: &[Package]) -> Vec<Relation> {
    let owned = packages.iter().enumerate();
    owned
        .filter_map(|(index, package)| {
            let (from, to) = (package.owner?, PackageId::at(index));
            Some(Relation { from, to, kind: RelationKind::Owns })
        })
        .collect()
}

/// What packages say of the programs among their files.
struct Known<'p> {
    packages: &'p [Package],
    /// Sources and versions of the distribution's packages, without epochs.
    sources: BTreeSet<(Ecosystem, &'p str, &'p str)>,
    /// The folders of Bitnami's components.
    components: Vec<ImagePath>,
    /// The folders of Java virtual machines that say what they are.
    machines: Vec<ImagePath>,
    /// Go modules whose version a program of its bytes says, with the program.
    modules: BTreeMap<(&'p str, &'p ImagePath), &'p str>,
}

impl<'p> Known<'p> {
    fn new(packages: &'p [Package]) -> Self {
        let (mut sources, mut components) = (BTreeSet::new(), Vec::new());
        let (mut machines, mut modules) = (Vec::new(), BTreeMap::new());
        for package in packages {
            let is_by_bytes = is_by_bytes_alone(package);
            let version = without_epoch(&package.version);
            if package.ecosystem.is_os() && !is_by_bytes {
                sources.insert((package.ecosystem, package.name.as_str(), version));
                if let Some(source) = &package.source {
                    sources.insert((package.ecosystem, source.name.as_str(), version));
                }
            }
            for location in &package.locations {
                if package.ecosystem == Ecosystem::Bitnami {
                    components.push(location.path.parent());
                }
                if package.found_by.iter().any(|extractor| extractor == JVM.id) {
                    machines.push(location.path.parent());
                }
                if package.ecosystem == Ecosystem::Golang && package.version != DEVEL {
                    modules.insert((package.name.as_str(), &location.path), &*package.version);
                }
            }
        }
        components.retain(|folder| !folder.is_root());
        Self { packages, sources, components, machines, modules }
    }

    /// Whether a package is one that another says better.
    fn says(&self, package: &Package) -> bool {
        if package.ecosystem == Ecosystem::Golang && package.version == DEVEL {
            let mut places = package.locations.iter().map(|location| &location.path);
            return places.all(|path| self.modules.contains_key(&(package.name.as_str(), path)));
        }
        if !is_by_bytes_alone(package) {
            return false;
        }
        let owner = package.owner.and_then(|owner| self.packages.get(owner.index()));
        let is_of_distribution =
            owner.is_some_and(|owner| owner.ecosystem.is_os() && owner.third_party.is_none());
        let key = (package.ecosystem, package.name.as_str(), without_epoch(&package.version));
        let is_listed = package.ecosystem.is_os() && self.sources.contains(&key);
        let is_in = |folders: &[ImagePath]| {
            let is_here = |path: &ImagePath| folders.iter().any(|f| path.is_inside(f.as_str()));
            package.locations.iter().all(|location| is_here(&location.path))
        };
        let is_machine = package.name == MACHINE && is_in(&self.machines);
        is_of_distribution || is_listed || is_machine || is_in(&self.components)
    }
}

/// The name under which the programs of a Java virtual machine say their version.
const MACHINE: &str = "openjdk";

/// The version of a Go program that nobody gave one.
const DEVEL: &str = "(devel)";

fn without_epoch(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, version)| version)
}
