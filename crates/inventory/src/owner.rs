//! Which operating-system package owns which path.

use crate::owned::is_by_bytes_alone;
use crate::view::View;
use lazaret_core::location::ImagePath;
use lazaret_core::package::{Package, PackageId, Presence};
use std::collections::{BTreeMap, HashMap};

/// The owners of the paths somebody may ask for.
pub(crate) struct Owners {
    by_path: HashMap<ImagePath, PackageId>,
}

impl Owners {
    /// Collects the file lists of operating-system packages. A list of a package that is not
    /// installed (its configuration may remain) owns nothing.
    pub(crate) fn new<'l>(
        packages: &[Package],
        lists: impl Iterator<Item = (&'l str, &'l [ImagePath])>,
        view: &View,
    ) -> Self {
        let mut by_name: BTreeMap<&str, PackageId> = BTreeMap::new();
        for (index, package) in packages.iter().enumerate() {
            let is_owner = package.presence == Presence::Installed && !is_by_bytes_alone(package);
            if package.ecosystem.is_os() && is_owner {
                by_name.entry(&package.name).or_insert(PackageId::at(index));
            }
        }
        let mut by_path: HashMap<ImagePath, PackageId> = HashMap::new();
        for (name, paths) in lists {
            let Some(owner) = by_name.get(name) else { continue };
            for path in paths {
                // A list may say `/lib/…` where the layer has `usr/lib/…`.
                let path = view.resolve_parent(path);
                let entry = by_path.entry(path).or_insert(*owner);
                // Shared between packages: the first by name, so that the answer does not depend
                // on the order of the lists.
                *entry = (*entry).min(*owner);
            }
        }
        Self { by_path }
    }

    /// The package that owns a path of the final view.
    pub(crate) fn owner_of(&self, path: &ImagePath) -> Option<PackageId> {
        self.by_path.get(path).copied()
    }
}
