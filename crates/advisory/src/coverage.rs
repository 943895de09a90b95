//! What is said of packages that nobody judges, or not wholly.

use crate::distribution::title;
use crate::manifest::Old;
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package, Presence};
use std::collections::BTreeSet;

/// What the report says about packages nobody judges.
pub(crate) fn not_checked(ecosystem: Ecosystem, count: usize, why: &str) -> String {
    let (packages, were) = counted(ecosystem, count);
    format!("{packages} {were} not checked for vulnerabilities: {why}")
}

/// What the report says when there is nothing that could be judged, though there should be.
pub(crate) fn nothing_read(inventory: &Inventory) -> Option<String> {
    // A package file that lies in the image is no package of it, and NixOS has Nix packages only.
    let is_of_os = |package: &Package| {
        let is_installed = package.presence == Presence::Installed;
        is_installed && (package.ecosystem.is_os() || package.ecosystem == Ecosystem::Nix)
    };
    if inventory.packages.iter().any(is_of_os) {
        return None;
    }
    if let Some(found) = &inventory.os {
        let name = title(&found.os);
        return Some(format!(
            "no package of {name} could be read: its package database is missing, or of a kind that \
             is not read yet"
        ));
    }
    let empty = inventory.packages.is_empty();
    empty.then(|| "no packages were found, so nothing was checked for vulnerabilities".to_owned())
}

/// What the report says about packages whose judge does not know everything there is to know.
pub(crate) fn partly_checked(ecosystem: Ecosystem, count: usize, gap: &str) -> String {
    let (packages, were) = counted(ecosystem, count);
    format!("{packages} {were} checked in part: the advisories are {gap}")
}

/// What the report says about Debian packages of which nobody says the source package, such as those
/// of slices made by Chisel: most advisories are filed under it.
pub(crate) fn without_source(inventory: &Inventory) -> Option<String> {
    let is_one =
        |package: &&Package| package.ecosystem == Ecosystem::Deb && package.source.is_none();
    let count = inventory.packages.iter().filter(is_one).count();
    let (packages, were) = counted(Ecosystem::Deb, count);
    (count > 0).then(|| {
        format!(
            "{packages} {were} checked in part: the image does not say which source packages \
             they are of, and advisories are filed under these"
        )
    })
}

/// What the report says about packages whose judge could not be brought up to date.
pub(crate) fn checked_with_old(ecosystem: Ecosystem, count: usize, old: &Old) -> String {
    let (packages, were) = counted(ecosystem, count);
    let day = old.since.as_deref().map(|since| since.get(..10).unwrap_or(since));
    let of = day.map_or_else(String::new, |day| format!(" of {day}"));
    format!("{packages} {were} checked with old advisories{of}: {}", old.why)
}

/// What the report says about operating-system packages that others than the distribution made.
pub(crate) fn third_parties(inventory: &Inventory) -> Option<String> {
    let makers: Vec<&str> =
        inventory.packages.iter().filter_map(|package| package.third_party.as_deref()).collect();
    let count = makers.len();
    let names = makers.into_iter().collect::<BTreeSet<_>>();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    match count {
        0 => None,
        1 => Some(format!(
            "1 package was not checked for vulnerabilities: it was made by {names}, not by the \
             distribution"
        )),
        _ => Some(format!(
            "{count} packages were not checked for vulnerabilities: they were made by {names}, not \
             by the distribution"
        )),
    }
}

fn counted(ecosystem: Ecosystem, count: usize) -> (String, &'static str) {
    let kind = match ecosystem {
        // Their names are a distribution's, and not always this one's.
        Ecosystem::Apk => "apk",
        Ecosystem::Deb => "deb",
        Ecosystem::Rpm => "rpm",
        _ => ecosystem.name(),
    };
    let (noun, verb) = if count == 1 { ("package", "was") } else { ("packages", "were") };
    (format!("{count} {kind} {noun}"), verb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::inventory::{Os, OsFound};
    use lazaret_core::location::{ImagePath, LayerIndex, Location};

    #[test]
    fn an_image_without_readable_packages_is_not_clean() {
        let mut inventory = Inventory::default();
        assert!(nothing_read(&inventory).unwrap().contains("no packages were found"));
        inventory.os = Some(OsFound {
            os: Os { id: "rocky".to_owned(), version: Some("9.4".to_owned()), ..Os::default() },
            location: Location {
                layer: LayerIndex(0),
                path: ImagePath::parse(b"etc/os-release").unwrap(),
                lines: None,
            },
        });
        assert!(nothing_read(&inventory).unwrap().contains("rocky 9.4"));
    }
}
