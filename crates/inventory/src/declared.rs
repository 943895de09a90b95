//! What files declare, against what is installed.

use crate::squash::{Identity, Sightings};
use lazaret_core::location::Location;
use lazaret_core::package::{Ecosystem, Presence};
use lazaret_core::purl::pypi_name;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Joins what a lock file declares with the same packages installed below its folder: the same
/// package is listed once, with every file that names it.
///
/// Where packages are installed beside a lock file, they are the truth: an entry that is not among
/// them (left out as a development dependency, upgraded or removed since) is not in the image.
pub(crate) fn merge_declared<'l>(
    merged: BTreeMap<Identity<'l>, Sightings<'l>>,
) -> Vec<(Identity<'l>, Sightings<'l>)> {
    let (elsewhere, mut installed): (Vec<_>, Vec<_>) =
        merged.into_iter().partition(|(_, sightings)| sightings.presence != Presence::Installed);
    // A bill of materials speaks of the whole image: what is found anywhere is meant. So is a
    // distribution's package of which the file lies somewhere.
    let (described, declared): (Vec<_>, Vec<_>) =
        elsewhere.into_iter().partition(|(identity, sightings)| {
            sightings.presence == Presence::Described || identity.ecosystem.is_os()
        });
    merge_below(&mut installed, declared);
    merge_anywhere(&mut installed, described);
    installed
}

/// Joins what lock files declare with what is installed below their folders.
fn merge_below<'l>(
    installed: &mut Vec<(Identity<'l>, Sightings<'l>)>,
    declared: Vec<(Identity<'l>, Sightings<'l>)>,
) {
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
        let folder = project(identity.place);
        let beginning = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut found = false;
        if let Some(same) = by_name.get(&declared_key(&identity)) {
            let below = same.range(beginning.clone()..);
            let below = below.take_while(|(path, _)| path.starts_with(&beginning));
            for index in below.flat_map(|(_, indexes)| indexes) {
                let Some((_, there)) = installed.get_mut(*index) else { continue };
                found = true;
                there.join(&sightings);
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
    installed.extend(merge_go(left));
}

/// Joins what bills of materials describe with what was found anywhere, and with each other: one of
/// them may know the architecture and the source of a package, and another not.
fn merge_anywhere<'l>(
    found: &mut Vec<(Identity<'l>, Sightings<'l>)>,
    described: Vec<(Identity<'l>, Sightings<'l>)>,
) {
    if described.is_empty() {
        return;
    }
    let mut by_name: BTreeMap<DeclaredKey<'l>, Vec<usize>> = BTreeMap::new();
    for (index, (identity, _)) in found.iter().enumerate() {
        by_name.entry(declared_key(identity)).or_default().push(index);
    }
    for (identity, sightings) in described {
        let same = by_name.entry(declared_key(&identity)).or_default();
        let mut is_there = false;
        for index in same.iter() {
            let Some((there, seen)) = found.get_mut(*index) else { continue };
            let arch = there.arch.zip(identity.arch);
            if seen.presence != Presence::Installed && arch.is_some_and(|(a, b)| a != b) {
                continue;
            }
            if seen.presence == Presence::Described {
                there.arch = there.arch.or(identity.arch);
                // That a package has its own source is what is assumed where nothing is said.
                let is_said = there.source.is_some_and(|source| source.name != there.name);
                there.source = identity.source.filter(|_| !is_said).or(there.source);
            }
            seen.join(&sightings);
            is_there = true;
        }
        if !is_there {
            same.push(found.len());
            found.push((identity, sightings));
        }
    }
}

/// Joins what `go.sum` and `vendor/modules.txt` say with the `go.mod` of the same project: the same
/// module is listed once.
///
/// A `go.mod` of Go 1.17 or later, which is one that tells direct modules from others, lists every
/// module that is built from; what `go.sum` has beside it was only looked at.
fn merge_go<'l>(
    declared: Vec<(Identity<'l>, Sightings<'l>)>,
) -> Vec<(Identity<'l>, Sightings<'l>)> {
    let (mut others, mut left): (Vec<_>, Vec<_>) =
        declared.into_iter().partition(|(identity, _)| {
            identity.ecosystem == Ecosystem::Golang && !identity.place.ends_with("go.mod")
        });
    if others.is_empty() {
        return left;
    }
    let mut listed: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    for (index, (identity, sightings)) in left.iter().enumerate() {
        if identity.ecosystem == Ecosystem::Golang {
            let project = go_project(identity.place);
            listed.insert((project, identity.name, identity.version), index);
            if sightings.direct.is_some() {
                whole.insert(project);
            }
        }
    }
    others.retain(|(identity, sightings)| {
        let project = go_project(identity.place);
        let same = listed.get(&(project, identity.name, identity.version));
        if let Some((_, there)) = same.and_then(|index| left.get_mut(*index)) {
            there.locations.extend(sightings.locations.iter().cloned());
            there.found_by.extend(&sightings.found_by);
            return false;
        }
        !(identity.place.ends_with("go.sum") && whole.contains(project))
    });
    left.extend(others);
    left
}

/// The folder of the project that a lock file speaks of: its own, but for the one that npm keeps in
/// `node_modules` of what it put there.
fn project(place: &str) -> &str {
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    if !place.ends_with("node_modules/.package-lock.json") {
        return folder;
    }
    folder.rsplit_once('/').map_or("", |(project, _)| project)
}

/// The folder of the project that a file of Go belongs to.
fn go_project(place: &str) -> &str {
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    match folder.strip_suffix("vendor") {
        Some(project) if place.ends_with("modules.txt") => project.trim_end_matches('/'),
        _ => folder,
    }
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
