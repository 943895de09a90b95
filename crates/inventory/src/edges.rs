//! Which package needs which, of what their files say.

use crate::reach::Reach;
use crate::squash::{facts_of, path_of};
use crate::view::View;
use lazaret_core::extract::{Fact, LayerFacts};
use lazaret_core::inventory::{Relation, RelationKind};
use lazaret_core::location::ImagePath;
use lazaret_core::package::{Ecosystem, Need, Package, PackageFact, PackageId};
use lazaret_core::purl::pypi_name;
use std::borrow::{Borrow, Cow};
use std::collections::HashMap;

/// The edges of the visible files, unsorted.
///
/// What a file names is looked for in the same file first, as in a lock file; then among all
/// packages of the ecosystem, where it is only taken if it is the only one that fits.
pub(crate) fn dependencies<L: Borrow<LayerFacts>>(
    layers: &[L],
    view: &View,
    reach: &Reach<'_>,
    packages: &[Package],
) -> Vec<Relation> {
    let known = Known::new(packages);
    let mut relations = Vec::new();
    for (path, versions) in view.files() {
        let Some(visible) = versions.last() else { continue };
        for fact in facts_of(layers, visible) {
            let Fact::Package(package) = &fact.fact else { continue };
            if package.needs.is_empty() || !reach.has(&fact.extractor, path) {
                continue;
            }
            let place = path_of(package, path);
            let Some(from) = known.itself(package, &place) else { continue };
            let needs = package.needs.iter();
            let near = [&place, path];
            let found = needs.filter_map(|need| known.needed(package.ecosystem, need, near));
            let edge = |to| Relation { from, to, kind: RelationKind::DependsOn };
            relations.extend(found.filter(|to| *to != from).map(edge));
        }
    }
    relations
}

/// Packages by name.
struct Known<'p> {
    packages: &'p [Package],
    by_name: HashMap<(Ecosystem, Cow<'p, str>), Vec<usize>>,
}

impl<'p> Known<'p> {
    fn new(packages: &'p [Package]) -> Self {
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, package) in packages.iter().enumerate() {
            by_name.entry(key(package.ecosystem, &package.name)).or_default().push(index);
        }
        Self { packages, by_name }
    }

    fn candidates<'s>(
        &'s self,
        ecosystem: Ecosystem,
        name: &str,
    ) -> impl Iterator<Item = (usize, &'p Package)> + use<'s, 'p> {
        // The key borrows only for the look-up.
        let name = key(ecosystem, name).1.into_owned();
        let found = self.by_name.get(&(ecosystem, Cow::Owned(name)));
        found.into_iter().flatten().filter_map(|index| Some((*index, self.packages.get(*index)?)))
    }

    /// The package that a fact of a file became.
    fn itself(&self, fact: &PackageFact, path: &ImagePath) -> Option<PackageId> {
        self.candidates(fact.ecosystem, &fact.name)
            .find(|(_, package)| package.version == fact.version && is_in(package, path))
            .map(|(index, _)| PackageId::at(index))
    }

    /// The package that is needed, if it can be told: the one nearest to `near`, which are the place
    /// that names it and the file this is in.
    fn needed(
        &self,
        ecosystem: Ecosystem,
        need: &Need,
        near: [&ImagePath; 2],
    ) -> Option<PackageId> {
        let fits = |package: &Package| {
            need.version.as_ref().is_none_or(|version| *version == package.version)
        };
        let only = |is_near: &dyn Fn(&Package) -> bool| {
            let mut found = self
                .candidates(ecosystem, &need.name)
                .filter(|(_, package)| fits(package) && is_near(package));
            let first = found.next();
            first.filter(|_| found.next().is_none()).map(|(index, _)| PackageId::at(index))
        };
        let [place, file] = near;
        only(&|package| is_in(package, place))
            .or_else(|| only(&|package| is_within(package, file)))
            .or_else(|| only(&|_| true))
    }
}

fn key(ecosystem: Ecosystem, name: &str) -> (Ecosystem, Cow<'_, str>) {
    let name = match ecosystem {
        Ecosystem::Pypi => Cow::Owned(pypi_name(name)),
        Ecosystem::Nuget | Ecosystem::Composer => Cow::Owned(name.to_ascii_lowercase()),
        _ => Cow::Borrowed(name),
    };
    (ecosystem, name)
}

fn is_in(package: &Package, path: &ImagePath) -> bool {
    package.locations.iter().any(|location| location.path == *path)
}

/// Whether a package is in a file, or inside of the archive that the file is.
fn is_within(package: &Package, file: &ImagePath) -> bool {
    package.locations.iter().any(|location| {
        let rest = location.path.as_str().strip_prefix(file.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
    })
}
