//! From the facts of each layer to the truth about the image.

use crate::binary::{NOTE, is_of_bytes};
use crate::declared::merge_declared;
use crate::edges::dependencies;
use crate::maven::{self, Declared};
use crate::owned::{drop_owned, is_by_bytes_alone, owns};
use crate::owner::Owners;
use crate::reach::Reach;
use crate::select::Selection;
use crate::third_party::maker;
use crate::view::{Bytes, View};
use lazaret_core::extract::{Fact, FileFact, LayerFacts};
use lazaret_core::inventory::{Inventory, Os, OsFound};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, PackageFact, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::purl::purl;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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
    let (of_maven, unresolved) = maven::declared(layers, &view, &reach);
    let found = os.as_ref().map(|found| &found.os);
    let mut packages = collect_packages(layers, &view, &reach, &of_maven, found);
    let licenses = collect_licenses(layers, &view);
    for package in &mut packages {
        if package.ecosystem == Ecosystem::Opkg
            && package.licenses.is_empty()
            && let Some(found) = licenses.get(&package.name)
        {
            package.licenses.clone_from(found);
        }
        if package.ecosystem == Ecosystem::Deb && package.licenses.is_empty() {
            // A documentation folder is often a link to that of a sister package.
            let folder = ImagePath::parse(b"usr/share/doc").unwrap_or_default().join(&package.name);
            let resolved = view.resolve(&folder);
            if let Some(found) = licenses.get(resolved.name()) {
                package.licenses.clone_from(found);
            }
        }
    }
    link_owners(layers, &view, &mut packages);
    let packages = drop_owned(packages);
    let mut relations = owns(&packages);
    relations.extend(dependencies(layers, &view, &reach, &packages));
    relations.sort();
    relations.dedup();
    let mut problems = collect_problems(layers, &view, &reach);
    problems.extend(unresolved);
    problems.sort();
    Inventory { os, packages, relations, problems }
}

/// As [`squash`], with what lies beside the image: bills of materials that its registry has attached
/// to it. They are as if they were files of one more layer, and describe what is there.
pub fn squash_attached<L: Borrow<LayerFacts>>(
    layers: &[L],
    attached: Option<&LayerFacts>,
    selection: &Selection,
    limits: &Limits,
) -> Inventory {
    let all: Vec<&LayerFacts> = layers.iter().map(Borrow::borrow).chain(attached).collect();
    squash(&all, selection, limits)
}

/// The facts of one file of one layer.
pub(crate) fn facts_of<'l, L: Borrow<LayerFacts>>(
    layers: &'l [L],
    bytes: &Bytes,
) -> &'l [FileFact] {
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
pub(crate) struct Identity<'l> {
    pub(crate) ecosystem: Ecosystem,
    pub(crate) name: &'l str,
    pub(crate) version: &'l str,
    pub(crate) place: &'l str,
    /// Where in an archive it is.
    pub(crate) inside: Option<&'l str>,
    pub(crate) arch: Option<&'l str>,
    pub(crate) source: Option<&'l SourcePackage>,
}

impl<'l> Identity<'l> {
    fn new(package: &'l PackageFact, path: &'l ImagePath) -> Self {
        Self {
            ecosystem: package.ecosystem,
            name: &package.name,
            version: &package.version,
            place: place_of(package, path),
            inside: package.inside.as_deref(),
            arch: package.arch.as_deref(),
            source: package.source.as_ref(),
        }
    }
}

pub(crate) struct Sightings<'l> {
    layer: usize,
    /// Where it was found, or is declared.
    pub(crate) locations: BTreeSet<Location>,
    /// Where it is only described: by bills of materials, which name it after where it is.
    described: BTreeSet<Location>,
    licenses: Vec<&'l str>,
    module: Option<&'l str>,
    vendor: Option<&'l str>,
    linked: Option<&'l [String]>,
    signer: Option<&'l str>,
    pub(crate) direct: Option<bool>,
    pub(crate) presence: Presence,
    pub(crate) found_by: BTreeSet<&'l str>,
}

impl<'l> Sightings<'l> {
    fn new(layer: usize, presence: Presence) -> Self {
        let (locations, found_by) = (BTreeSet::new(), BTreeSet::new());
        Self {
            layer,
            locations,
            described: BTreeSet::new(),
            licenses: Vec::new(),
            module: None,
            vendor: None,
            linked: None,
            signer: None,
            direct: None,
            presence,
            found_by,
        }
    }

    /// Takes over what another file says of the same package.
    pub(crate) fn join(&mut self, other: &Self) {
        self.locations.extend(other.locations.iter().cloned());
        self.described.extend(other.described.iter().cloned());
        self.found_by.extend(&other.found_by);
        if self.licenses.is_empty() {
            self.licenses.clone_from(&other.licenses);
        }
    }

    fn add(&mut self, location: Location, extractor: &'l str, package: &'l PackageFact) {
        let is_described = package.presence == Presence::Described;
        let places = if is_described { &mut self.described } else { &mut self.locations };
        places.insert(location);
        self.module = self.module.or(package.module.as_deref());
        self.vendor = self.vendor.or(package.vendor.as_deref());
        self.linked = self.linked.or(package.linked.as_deref());
        self.signer = self.signer.or(package.signer.as_deref());
        // Named by one of the projects here is named.
        self.direct = self.direct.max(package.direct);
        for license in &package.licenses {
            if !self.licenses.contains(&license.as_str()) {
                self.licenses.push(license);
            }
        }
        // Installed is the strongest word, and the lowest.
        self.presence = self.presence.min(package.presence);
        self.found_by.insert(extractor);
    }
}

fn collect_packages<L: Borrow<LayerFacts>>(
    layers: &[L],
    view: &View,
    reach: &Reach<'_>,
    of_maven: &[maven::Declared<'_>],
    os: Option<&Os>,
) -> Vec<Package> {
    let mut merged: BTreeMap<Identity<'_>, Sightings<'_>> = BTreeMap::new();
    let claimed = claimed(layers, view, reach);
    for Declared { path, bytes, extractor, package } in of_maven {
        let location = Location {
            layer: LayerIndex::at(bytes.layer),
            path: (*path).clone(),
            lines: package.lines,
        };
        merged
            .entry(Identity::new(package, path))
            .or_insert_with(|| Sightings::new(bytes.layer, package.presence))
            .add(location, extractor, package);
    }
    for (path, versions) in view.files() {
        let Some(visible) = versions.last() else { continue };
        if claimed.contains(path) {
            continue;
        }
        let origins = Origins::new(layers, versions);
        for fact in facts_of(layers, visible) {
            let Fact::Package(package) = &fact.fact else { continue };
            if !reach.has(&fact.extractor, path) {
                continue;
            }
            let is_of_bytes = is_of_bytes(&fact.extractor);
            if is_of_bytes && view.is_another_name(path, visible) {
                continue;
            }
            let location = Location {
                layer: LayerIndex::at(visible.layer),
                path: path_of(package, path),
                lines: package.lines,
            };
            let layer = origins.layer_of(package, visible.layer);
            let mut identity = Identity::new(package, path);
            if is_of_bytes {
                // Notes speak of a package, of which each program is a part; and a product has often
                // several programs in a folder.
                let folder = visible.path.as_str().rsplit_once('/').map_or("", |(f, _)| f);
                identity.place = if fact.extractor == NOTE.id { "" } else { folder };
            }
            merged.entry(identity).or_insert_with(|| Sightings::new(layer, package.presence)).add(
                location,
                &fact.extractor,
                package,
            );
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

/// Files that packages named elsewhere are made of.
fn claimed<'l, L: Borrow<LayerFacts>>(
    layers: &'l [L],
    view: &View,
    reach: &Reach<'_>,
) -> HashSet<&'l ImagePath> {
    let mut claimed = HashSet::new();
    for (path, versions) in view.files() {
        let Some(visible) = versions.last() else { continue };
        for fact in facts_of(layers, visible) {
            let Fact::Claims { paths } = &fact.fact else { continue };
            if reach.has(&fact.extractor, path) {
                claimed.extend(paths);
            }
        }
    }
    claimed
}

/// The place of a package. A Python project is at the folder its modules are in, because `dist-info`
/// and `egg-info` of one project may both be there.
fn place_of<'l>(package: &PackageFact, path: &'l ImagePath) -> &'l str {
    let parent = |path: &'l str| path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let path = path.as_str();
    match (package.ecosystem, package.presence) {
        // Whatever describes it speaks of the image, not of a place in it.
        (_, Presence::Described) => "",
        (Ecosystem::Pypi, Presence::Installed) if path.ends_with(".egg-info") => parent(path),
        (Ecosystem::Pypi, Presence::Installed) => parent(parent(path)),
        // Homebrew and Gentoo have several files in the folder of a package, and Nix a folder for
        // each output of a package.
        (Ecosystem::Brew, _) if path.contains("/.brew/") => parent(parent(path)),
        (Ecosystem::Brew | Ecosystem::Nix, _) => parent(path),
        (Ecosystem::Ebuild, _) if path.starts_with("var/db/pkg/") => parent(path),
        // These have two files each that say the same, or weights in several files.
        (Ecosystem::Composer | Ecosystem::Vscode | Ecosystem::Huggingface, Presence::Installed) => {
            parent(path)
        }
        _ => path,
    }
}

/// Where a package is said to be: the file that speaks of it, and what inside of it is meant.
pub(crate) fn path_of(package: &PackageFact, path: &ImagePath) -> ImagePath {
    let Some(inside) = &package.inside else { return path.clone() };
    let inner = ImagePath::parse(format!("{path}!{inside}").as_bytes()).unwrap_or_default();
    // Whatever an archive says of its names, it is still the archive that is meant.
    let is_within = inner.as_str().strip_prefix(path.as_str()).is_some_and(|r| r.starts_with('!'));
    if is_within { inner } else { path.clone() }
}

fn package_of(identity: &Identity<'_>, sightings: Sightings<'_>, os: Option<&Os>) -> Package {
    let mut fact = PackageFact::installed(identity.ecosystem, identity.name, identity.version);
    fact.arch = identity.arch.map(str::to_owned);
    fact.source = identity.source.cloned();
    let purl = purl(&fact, os);
    let signer = sightings.signer;
    let mut package = Package {
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
        locations: sightings.locations.into_iter().chain(sightings.described).collect(),
        owner: None,
        presence: sightings.presence,
        direct: sightings.direct,
        removed_in: None,
        third_party: None,
        linked: sightings.linked.map(<[String]>::to_vec),
        found_by: sightings.found_by.into_iter().map(str::to_owned).collect(),
    };
    package.third_party = maker(&package, signer, os);
    package
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

fn link_owners<L: Borrow<LayerFacts>>(layers: &[L], view: &View, packages: &mut [Package]) {
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
    // What is inside of an archive has the owner of the archive.
    let archives = archives(layers, view);
    for package in packages {
        if package.ecosystem.is_os() && !is_by_bytes_alone(package) {
            continue;
        }
        // A package has one place; its other locations are lock files that declare it.
        package.owner = package.locations.iter().find_map(|location| {
            let file = archives.get(&location.path).copied().unwrap_or(&location.path);
            owners.owner_of(file)
        });
    }
}

/// The archive around each place inside of one.
fn archives<'v, L: Borrow<LayerFacts>>(
    layers: &[L],
    view: &'v View,
) -> BTreeMap<ImagePath, &'v ImagePath> {
    let mut archives = BTreeMap::new();
    for (path, versions) in view.files() {
        let Some(visible) = versions.last() else { continue };
        for fact in facts_of(layers, visible) {
            let Fact::Package(package) = &fact.fact else { continue };
            if package.inside.is_some() {
                archives.insert(path_of(package, path), path);
            }
        }
    }
    archives
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
