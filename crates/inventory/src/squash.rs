//! From the facts of each layer to the truth about the image.

use crate::owner::Owners;
use crate::reach::Reach;
use crate::select::Selection;
use crate::view::{Bytes, View};
use lazaret_core::extract::{Fact, FileFact, LayerFacts};
use lazaret_core::inventory::{Inventory, Os, OsFound, Relation, RelationKind};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, PackageFact, PackageId, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::purl::{purl, pypi_name};
use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, BTreeSet};

/// Merges the facts of all layers, the base first, into what a container of the image would see.
///
/// Packages whose files a later layer deleted or replaced are gone. A package's `layer` is the one
/// that brought this version: a package database rewritten by a later layer does not move the
/// packages it already had.
///
/// `selection` is the one the layers were extracted with.
pub fn squash<L: Borrow<LayerFacts>>(
    layers: &[L],
    selection: &Selection,
    limits: &Limits,
) -> Inventory {
    let view = View::new(layers, limits);
    let reach = Reach::new(&view, selection);
    let os = find_os(layers, &view, &reach);
    let mut packages = collect_packages(layers, &view, &reach, os.as_ref().map(|found| &found.os));
    let licenses = collect_licenses(layers, &view);
    for package in &mut packages {
        if package.ecosystem == Ecosystem::Deb && package.licenses.is_empty() {
            // A documentation folder is often a link to that of a sister package.
            let folder = ImagePath::parse(b"usr/share/doc").unwrap_or_default().join(&package.name);
            let resolved = view.resolve(&folder);
            if let Some(found) = licenses.get(resolved.name()) {
                package.licenses.clone_from(found);
            }
        }
    }
    let relations = link_owners(layers, &view, &mut packages);
    Inventory { os, packages, relations, problems: collect_problems(layers, &view, &reach) }
}

/// The facts of one file of one layer.
fn facts_of<'l, L: Borrow<LayerFacts>>(layers: &'l [L], bytes: &Bytes) -> &'l [FileFact] {
    let Some(layer) = layers.get(bytes.layer) else { return &[] };
    let facts = layer.borrow().facts.as_slice();
    let start = facts.partition_point(|fact| fact.path < bytes.path);
    let end = facts.partition_point(|fact| fact.path <= bytes.path);
    facts.get(start..end).unwrap_or_default()
}

fn find_os<L: Borrow<LayerFacts>>(layers: &[L], view: &View, reach: &Reach<'_>) -> Option<OsFound> {
    let mut best: Option<(u8, OsFound)> = None;
    for (path, versions) in view.files() {
        let Some(bytes) = versions.last() else { continue };
        for fact in facts_of(layers, bytes) {
            let Fact::Os { rank, os } = &fact.fact else { continue };
            if !reach.has(&fact.extractor, path) {
                continue;
            }
            if best.as_ref().is_none_or(|(best, _)| rank < best) {
                let location = Location {
                    layer: LayerIndex::at(bytes.layer),
                    path: path.clone(),
                    lines: None,
                };
                best = Some((*rank, OsFound { os: os.clone(), location }));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// What makes two facts speak of the same package: the same name and version at the same place, a
/// file or a folder.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Identity<'l> {
    ecosystem: Ecosystem,
    name: &'l str,
    version: &'l str,
    place: &'l str,
    arch: Option<&'l str>,
    source: Option<&'l SourcePackage>,
}

struct Sightings<'l> {
    layer: usize,
    locations: BTreeSet<Location>,
    licenses: Vec<&'l str>,
    module: Option<&'l str>,
    vendor: Option<&'l str>,
    presence: Presence,
    found_by: BTreeSet<&'l str>,
}

impl<'l> Sightings<'l> {
    fn new(layer: usize, presence: Presence) -> Self {
        let (locations, found_by) = (BTreeSet::new(), BTreeSet::new());
        Self {
            layer,
            locations,
            licenses: Vec::new(),
            module: None,
            vendor: None,
            presence,
            found_by,
        }
    }

    fn add(&mut self, location: Location, fact: &'l FileFact, package: &'l PackageFact) {
        self.locations.insert(location);
        self.module = self.module.or(package.module.as_deref());
        self.vendor = self.vendor.or(package.vendor.as_deref());
        for license in &package.licenses {
            if !self.licenses.contains(&license.as_str()) {
                self.licenses.push(license);
            }
        }
        // Installed is the strongest word, and the lowest.
        self.presence = self.presence.min(package.presence);
        self.found_by.insert(&fact.extractor);
    }
}

fn collect_packages<L: Borrow<LayerFacts>>(
    layers: &[L],
    view: &View,
    reach: &Reach<'_>,
    os: Option<&Os>,
) -> Vec<Package> {
    let mut merged: BTreeMap<Identity<'_>, Sightings<'_>> = BTreeMap::new();
    for (path, versions) in view.files() {
        let Some(visible) = versions.last() else { continue };
        let origins = Origins::new(layers, versions);
        for fact in facts_of(layers, visible) {
            let Fact::Package(package) = &fact.fact else { continue };
            if !reach.has(&fact.extractor, path) {
                continue;
            }
            let identity = Identity {
                ecosystem: package.ecosystem,
                name: &package.name,
                version: &package.version,
                place: place_of(package, path),
                arch: package.arch.as_deref(),
                source: package.source.as_ref(),
            };
            let location = Location {
                layer: LayerIndex::at(visible.layer),
                path: path.clone(),
                lines: package.lines,
            };
            let layer = origins.layer_of(package, visible.layer);
            merged
                .entry(identity)
                .or_insert_with(|| Sightings::new(layer, package.presence))
                .add(location, fact, package);
        }
    }
    let mut packages: Vec<Package> = merge_declared(merged)
        .into_iter()
        .map(|(identity, sightings)| package_of(&identity, sightings, os))
        .collect();
    packages.sort_by(|a, b| {
        (a.ecosystem, &a.name, &a.version, &a.locations, &a.arch).cmp(&(
            b.ecosystem,
            &b.name,
            &b.version,
            &b.locations,
            &b.arch,
        ))
    });
    packages
}

/// The place of a package. A Python project is at the folder its modules are in, because `dist-info`
/// and `egg-info` of one project may both be there.
fn place_of<'l>(package: &PackageFact, path: &'l ImagePath) -> &'l str {
    let parent = |path: &'l str| path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let path = path.as_str();
    match (package.ecosystem, package.presence) {
        (Ecosystem::Pypi, Presence::Installed) if path.ends_with(".egg-info") => parent(path),
        (Ecosystem::Pypi, Presence::Installed) => parent(parent(path)),
        _ => path,
    }
}

/// Joins what a lock file declares with the same packages installed below its folder: the same
/// package is listed once, with every file that names it.
///
/// Where packages are installed beside a lock file, they are the truth: an entry that is not among
/// them (left out as a development dependency, upgraded or removed since) is not in the image.
fn merge_declared<'l>(
    merged: BTreeMap<Identity<'l>, Sightings<'l>>,
) -> Vec<(Identity<'l>, Sightings<'l>)> {
    let (declared, mut installed): (Vec<_>, Vec<_>) =
        merged.into_iter().partition(|(_, sightings)| sightings.presence != Presence::Installed);
    let mut by_name: BTreeMap<DeclaredKey<'l>, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    let mut places: BTreeSet<(Ecosystem, String)> = BTreeSet::new();
    if !declared.is_empty() {
        for (index, (identity, sightings)) in installed.iter().enumerate() {
            let Some(Location { path, .. }) = sightings.locations.first() else { continue };
            let same = by_name.entry(declared_key(identity)).or_default();
            same.entry(path.to_string()).or_default().push(index);
            places.insert((identity.ecosystem, path.to_string()));
        }
    }
    let mut left = Vec::new();
    for (identity, sightings) in declared {
        let folder = identity.place.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beginning = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut found = false;
        if let Some(same) = by_name.get(&declared_key(&identity)) {
            let below = same.range(beginning.clone()..);
            let below = below.take_while(|(path, _)| path.starts_with(&beginning));
            for index in below.flat_map(|(_, indexes)| indexes) {
                let Some((_, there)) = installed.get_mut(*index) else { continue };
                found = true;
                there.locations.extend(sightings.locations.iter().cloned());
                there.found_by.extend(&sightings.found_by);
            }
        }
        let stale = !found
            && installed_in(identity.ecosystem).is_some_and(|inner| {
                let beside = format!("{beginning}{inner}/");
                let first = places.range((identity.ecosystem, beside.clone())..).next();
                first.is_some_and(|(ecosystem, path)| {
                    *ecosystem == identity.ecosystem && path.starts_with(&beside)
                })
            });
        if !found && !stale {
            left.push((identity, sightings));
        }
    }
    installed.extend(left);
    installed
}

type DeclaredKey<'l> = (Ecosystem, Cow<'l, str>, &'l str);

/// What a lock file and an installed package have in common, however each writes the name.
fn declared_key<'l>(identity: &Identity<'l>) -> DeclaredKey<'l> {
    let name = match identity.ecosystem {
        Ecosystem::Pypi => pypi_name(identity.name).into(),
        Ecosystem::Nuget | Ecosystem::Composer => identity.name.to_ascii_lowercase().into(),
        _ => identity.name.into(),
    };
    (identity.ecosystem, name, identity.version)
}

/// The folder beside a lock file that its packages are installed in, if they are.
const fn installed_in(ecosystem: Ecosystem) -> Option<&'static str> {
    match ecosystem {
        Ecosystem::Npm => Some("node_modules"),
        Ecosystem::Composer => Some("vendor/composer"),
        Ecosystem::Gem => Some("vendor/bundle"),
        Ecosystem::Pypi => Some(".venv"),
        // Their packages become part of a program, or lie where every project finds them.
        _ => None,
    }
}

fn package_of(identity: &Identity<'_>, sightings: Sightings<'_>, os: Option<&Os>) -> Package {
    let mut fact = PackageFact::installed(identity.ecosystem, identity.name, identity.version);
    fact.arch = identity.arch.map(str::to_owned);
    fact.source = identity.source.cloned();
    let purl = purl(&fact, os);
    Package {
        ecosystem: fact.ecosystem,
        name: fact.name,
        version: fact.version,
        purl,
        arch: fact.arch,
        source: fact.source,
        module: sightings.module.map(str::to_owned),
        vendor: sightings.vendor.map(str::to_owned),
        licenses: sightings.licenses.into_iter().map(str::to_owned).collect(),
        layer: LayerIndex::at(sightings.layer),
        locations: sightings.locations.into_iter().collect(),
        owner: None,
        presence: sightings.presence,
        found_by: sightings.found_by.into_iter().map(str::to_owned).collect(),
    }
}

/// For a file that several layers rewrote: which layer each package of it came with.
struct Origins<'l> {
    /// The packages of each earlier version of the file, newest first, with its layer.
    earlier: Vec<(usize, BTreeSet<PackageKey<'l>>)>,
}

type PackageKey<'l> = (Ecosystem, &'l str, &'l str, Option<&'l str>);

fn package_key(package: &PackageFact) -> PackageKey<'_> {
    (package.ecosystem, &package.name, &package.version, package.arch.as_deref())
}

impl<'l> Origins<'l> {
    fn new<L: Borrow<LayerFacts>>(layers: &'l [L], versions: &[Bytes]) -> Self {
        let earlier = versions
            .iter()
            .rev()
            .skip(1)
            .map(|bytes| {
                let packages = facts_of(layers, bytes)
                    .iter()
                    .filter_map(|fact| match &fact.fact {
                        Fact::Package(package) => Some(package_key(package)),
                        _ => None,
                    })
                    .collect();
                (bytes.layer, packages)
            })
            .collect();
        Self { earlier }
    }

    /// The oldest layer since which the file has named this package without a break.
    fn layer_of(&self, package: &PackageFact, visible: usize) -> usize {
        let key = package_key(package);
        self.earlier
            .iter()
            .take_while(|(_, packages)| packages.contains(&key))
            .last()
            .map_or(visible, |(layer, _)| *layer)
    }
}

fn collect_licenses<L: Borrow<LayerFacts>>(
    layers: &[L],
    view: &View,
) -> BTreeMap<String, Vec<String>> {
    let mut licenses = BTreeMap::new();
    for (_, versions) in view.files() {
        let Some(bytes) = versions.last() else { continue };
        for fact in facts_of(layers, bytes) {
            if let Fact::Licenses { package, licenses: found } = &fact.fact {
                licenses.insert(package.clone(), found.clone());
            }
        }
    }
    licenses
}

fn link_owners<L: Borrow<LayerFacts>>(
    layers: &[L],
    view: &View,
    packages: &mut [Package],
) -> Vec<Relation> {
    let owners = Owners::new(
        packages,
        view.files().filter_map(|(_, versions)| versions.last()).flat_map(|bytes| {
            facts_of(layers, bytes).iter().filter_map(|fact| match &fact.fact {
                Fact::Owns { package, paths } => Some((package.as_str(), paths.as_slice())),
                _ => None,
            })
        }),
        view,
    );
    let mut relations = Vec::new();
    for (index, package) in packages.iter_mut().enumerate() {
        if package.ecosystem.is_os() {
            continue;
        }
        // A package has one place; its other locations are lock files that declare it.
        let owner = package.locations.iter().find_map(|location| owners.owner_of(&location.path));
        package.owner = owner;
        if let Some(from) = owner {
            relations.push(Relation { from, to: PackageId::at(index), kind: RelationKind::Owns });
        }
    }
    relations.sort();
    relations
}

/// Problems of files that are still there, under the path they are seen at, and of layers as a
/// whole; what could not be read in a file that is gone does not matter any more.
fn collect_problems<L: Borrow<LayerFacts>>(
    layers: &[L],
    view: &View,
    reach: &Reach<'_>,
) -> Vec<Problem> {
    let mut visible: BTreeMap<&Bytes, Vec<&ImagePath>> = BTreeMap::new();
    for (path, versions) in view.files() {
        if let Some(bytes) = versions.last() {
            visible.entry(bytes).or_default().push(path);
        }
    }
    let mut problems = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        for problem in &layer.borrow().problems {
            let Some(location) = &problem.location else {
                problems.push(problem.clone());
                continue;
            };
            let at = |path: &ImagePath| Problem {
                location: Some(Location {
                    layer: LayerIndex::at(index),
                    path: path.clone(),
                    lines: location.lines,
                }),
                ..problem.clone()
            };
            if problem.kind != ProblemKind::Parse {
                problems.push(at(&location.path));
                continue;
            }
            let bytes = Bytes { layer: index, path: location.path.clone() };
            let paths = visible.get(&bytes).map(Vec::as_slice).unwrap_or_default();
            let extractor = problem.extractor.as_deref().unwrap_or_default();
            problems.extend(
                paths.iter().filter(|path| reach.has(extractor, path)).map(|path| at(path)),
            );
        }
    }
    problems.sort();
    problems.dedup();
    problems
}
