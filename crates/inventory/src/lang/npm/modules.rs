//! How Node.js finds a package from inside another, among the folders of a lock file.

use super::MODULES;
use crate::lang::declared::need;
use lazaret_core::package::Need;
use std::collections::HashMap;

/// Folders looked at for one name. Packages are nested a dozen deep at most.
const FOLDERS_MAX: usize = 64;

/// The packages of a lock file by the folder each is installed in.
pub(super) struct Modules<'l> {
    packages: HashMap<&'l str, (&'l str, &'l str)>,
}

impl<'l> Modules<'l> {
    /// Folders, each with the name and version of what is in it.
    pub(super) fn new(packages: impl Iterator<Item = (&'l str, (&'l str, &'l str))>) -> Self {
        Self { packages: packages.collect() }
    }

    /// The folder in which a package of a name is found from inside of a folder: below it, or below
    /// one around it.
    pub(super) fn find(&self, from: &str, name: &str) -> Option<&'l str> {
        let mut around = from;
        for _ in 0..FOLDERS_MAX {
            if around.rsplit('/').next() != Some(MODULES) {
                let between = if around.is_empty() { "" } else { "/" };
                let folder = format!("{around}{between}{MODULES}/{name}");
                if let Some((folder, _)) = self.packages.get_key_value(folder.as_str()) {
                    return Some(folder);
                }
            }
            if around.is_empty() {
                return None;
            }
            around = around.rsplit_once('/').map_or("", |(around, _)| around);
        }
        None
    }

    /// What is found there.
    pub(super) fn need(&self, from: &str, name: &str) -> Option<Need> {
        let (name, version) = self.packages.get(self.find(from, name)?)?;
        Some(need(name, Some(version)))
    }
}

/// The name in `a/node_modules/NAME`, which may be `@SCOPE/NAME`.
pub(super) fn installed_name(folder: &str) -> Option<&str> {
    let (before, name) = folder.rsplit_once("node_modules/")?;
    (before.is_empty() || before.ends_with('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_wins() {
        let folders = ["node_modules/a", "node_modules/@s/b/node_modules/a", "w/x/node_modules/c"];
        let modules = Modules::new(folders.iter().map(|folder| (*folder, ("", ""))));
        for (from, name, expected) in [
            ("", "a", Some(folders[0])),
            ("node_modules/@s/b", "a", Some(folders[1])),
            ("node_modules/other", "a", Some(folders[0])),
            ("w/x", "c", Some(folders[2])),
            ("w/x", "a", Some(folders[0])),
            ("w", "c", None),
        ] {
            assert_eq!(modules.find(from, name), expected, "{name} from {from}");
        }
    }
}
