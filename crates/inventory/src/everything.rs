//! Every layer's packages, also those a later layer removed or replaced.

use crate::select::Selection;
use crate::squash::{squash, squash_attached};
use lazaret_core::extract::LayerFacts;
use lazaret_core::inventory::{Inventory, Relation};
use lazaret_core::limits::Limits;
use lazaret_core::location::LayerIndex;
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence};
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

/// As [`squash`], and in addition the packages that only earlier layers have, each with the layer
/// that removed it.
///
/// What earlier layers have is what a container of the image cut off there would see, so both
/// views follow the same rules. A package that is there in the end, in one of the same places, is not
/// listed again.
///
/// `attached` is as for [`squash_attached`].
pub fn squash_all_layers<L: Borrow<LayerFacts>>(
    layers: &[L],
    attached: Option<&LayerFacts>,
    selection: &Selection,
    limits: &Limits,
) -> Inventory {
    let mut whole = squash_attached(layers, attached, selection, limits);
    let present: BTreeSet<Key> = whole.packages.iter().flat_map(keys).collect();
    // The last cut each package was seen in: a package that came again counts once.
    let mut gone: BTreeMap<Key, Package> = BTreeMap::new();
    for end in 1..layers.len() {
        let earlier = squash(layers.get(..end).unwrap_or_default(), selection, limits);
        for package in earlier.packages {
            let Some(key) = keys(&package).next() else { continue };
            if !present.contains(&key) {
                let removed_in = Some(LayerIndex::at(end));
                // Its owner is a number of the cut it was seen in.
                gone.insert(key, Package { removed_in, owner: None, ..package });
            }
        }
    }
    if gone.is_empty() {
        return whole;
    }
    let count = whole.packages.len();
    let mut numbered: Vec<(usize, Package)> =
        std::mem::take(&mut whole.packages).into_iter().enumerate().collect();
    numbered.extend((count..).zip(gone.into_values()));
    numbered.sort_by(|(_, a), (_, b)| order(a).cmp(&order(b)));
    let mut moved = vec![PackageId(0); numbered.len()];
    for (now, (before, _)) in numbered.iter().enumerate() {
        if let Some(slot) = moved.get_mut(*before) {
            *slot = PackageId::at(now);
        }
    }
    let now = |id: PackageId| moved.get(id.index()).copied().unwrap_or(id);
    whole.packages = numbered
        .into_iter()
        .map(|(_, package)| Package { owner: package.owner.map(now), ..package })
        .collect();
    whole.relations = whole
        .relations
        .into_iter()
        .map(|edge| Relation { from: now(edge.from), to: now(edge.to), kind: edge.kind })
        .collect();
    whole.relations.sort();
    whole
}

/// What makes two packages of two cuts the same one.
type Key = (Ecosystem, String, String, Option<String>, String);

/// One key for each place of a package, the first place first. Of what is only described, another
/// document may know the architecture.
fn keys(package: &Package) -> impl Iterator<Item = Key> + use<'_> {
    let Package { ecosystem, name, version, arch, presence, .. } = package;
    let arch = arch.as_ref().filter(|_| *presence != Presence::Described);
    let key = move |path: &str| {
        (*ecosystem, name.clone(), version.clone(), arch.cloned(), path.to_owned())
    };
    package.locations.iter().map(move |location| key(location.path.as_str()))
}

/// The order of an inventory, with what is gone behind what is there.
fn order(package: &Package) -> impl Ord + use<'_> {
    (
        package.ecosystem,
        &package.name,
        &package.version,
        &package.locations,
        &package.arch,
        package.removed_in,
    )
}
