//! What became of a file of a layer once the later ones are laid over it.

use lazaret_core::extract::{EntryKind, LayerFacts, path_key, path_keys};
use lazaret_core::location::{ImagePath, LayerIndex};
use std::collections::HashMap;
use std::sync::Arc;

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// A container sees it.
    Visible,
    /// A later layer has something else at its path.
    Replaced(LayerIndex),
    /// A later layer took it away.
    Deleted(LayerIndex),
}

/// What each layer does to the ones below it.
pub(super) struct Layers<'l> {
    layers: Vec<Layer<'l>>,
}

struct Layer<'l> {
    facts: &'l LayerFacts,
    /// What the entries do, by the keys of their paths.
    acts: HashMap<u64, Act>,
}

/// What an entry does to what lower layers have at its path. A path has no more than a few.
#[derive(Clone, Copy, Default)]
struct Act {
    /// It takes away the path and all below it.
    whiteout: bool,
    /// It takes away all below the path.
    opaque: bool,
    /// It is there, and no folder.
    file: bool,
    /// It is a folder.
    folder: bool,
}

impl<'l> Layers<'l> {
    pub(super) fn new(facts: &'l [Arc<LayerFacts>]) -> Self {
        Self { layers: facts.iter().map(|facts| Layer::new(facts)).collect() }
    }

    /// What became of an entry of a layer.
    pub(super) fn fate(&self, layer: usize, path: &ImagePath) -> Fate {
        for (at, above) in self.layers.iter().enumerate().skip(layer.saturating_add(1)) {
            match above.does_to(path) {
                Some(true) => return Fate::Replaced(LayerIndex::at(at)),
                Some(false) => return Fate::Deleted(LayerIndex::at(at)),
                None => {}
            }
        }
        Fate::Visible
    }
}

impl<'l> Layer<'l> {
    fn new(facts: &'l LayerFacts) -> Self {
        let mut acts: HashMap<u64, Act> = HashMap::new();
        for entry in &facts.entries {
            let act = acts.entry(path_key(entry.path.as_str())).or_default();
            match &entry.kind {
                EntryKind::Whiteout => act.whiteout = true,
                EntryKind::Opaque => act.opaque = true,
                EntryKind::Folder | EntryKind::NamedFolder => act.folder = true,
                EntryKind::File
                | EntryKind::Program
                | EntryKind::Symlink(_)
                | EntryKind::Hardlink(_)
                | EntryKind::Special => act.file = true,
            }
        }
        Self { facts, acts }
    }

    /// Whether the layer replaces (`true`) or takes away (`false`) what is at a path below it.
    fn does_to(&self, path: &ImagePath) -> Option<bool> {
        let text = path.as_str();
        if self.act(path_key("")).opaque && !self.has(text) {
            return Some(false);
        }
        for (len, key) in path_keys(text) {
            let act = self.act(key);
            let is_itself = len == text.len();
            let is_file = act.file || self.facts.files.binary_search(&key).is_ok();
            if is_itself {
                let is_folder = act.folder || self.facts.folders.binary_search(&key).is_ok();
                if is_file || is_folder {
                    return Some(true);
                }
                if act.whiteout {
                    return Some(false);
                }
            } else if (act.whiteout || act.opaque || is_file) && !self.has(text) {
                return Some(false);
            }
        }
        None
    }

    fn act(&self, key: u64) -> Act {
        self.acts.get(&key).copied().unwrap_or_default()
    }

    /// Whether the layer itself has something at a path.
    fn has(&self, path: &str) -> bool {
        let key = path_key(path);
        let act = self.act(key);
        act.file
            || act.folder
            || self.facts.files.binary_search(&key).is_ok()
            || self.facts.folders.binary_search(&key).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::extract::Entry;

    fn path(text: &str) -> ImagePath {
        ImagePath::parse(text.as_bytes()).unwrap()
    }

    fn layer(files: &[&str], folders: &[&str], entries: &[(&str, EntryKind)]) -> Arc<LayerFacts> {
        let keys = |paths: &[&str]| {
            let mut keys: Vec<u64> = paths.iter().map(|path| path_key(path)).collect();
            keys.sort_unstable();
            keys
        };
        let entries = entries
            .iter()
            .map(|(text, kind)| Entry { path: path(text), kind: kind.clone() })
            .collect();
        Arc::new(LayerFacts {
            entries,
            files: keys(files),
            folders: keys(folders),
            ..LayerFacts::default()
        })
    }

    #[test]
    fn files_are_deleted_replaced_or_stay() {
        let base = layer(&["a/b/key", "a/env", "x"], &["a", "a/b"], &[]);
        for (above, at, fate) in [
            (layer(&["y"], &[], &[]), "a/env", Fate::Visible),
            (layer(&["a/env"], &["a"], &[]), "a/env", Fate::Replaced(LayerIndex(1))),
            (layer(&[], &["a/env"], &[]), "a/env", Fate::Replaced(LayerIndex(1))),
            (
                layer(&[], &[], &[("a/env", EntryKind::Whiteout)]),
                "a/env",
                Fate::Deleted(LayerIndex(1)),
            ),
            (
                layer(&[], &[], &[("a", EntryKind::Whiteout)]),
                "a/b/key",
                Fate::Deleted(LayerIndex(1)),
            ),
            (
                layer(&[], &["a"], &[("a", EntryKind::Opaque)]),
                "a/b/key",
                Fate::Deleted(LayerIndex(1)),
            ),
            (layer(&["a"], &[], &[]), "a/b/key", Fate::Deleted(LayerIndex(1))),
            (
                layer(&[], &[], &[("a", EntryKind::Symlink("x".into()))]),
                "a/b/key",
                Fate::Deleted(LayerIndex(1)),
            ),
            (layer(&[], &[], &[("", EntryKind::Opaque)]), "x", Fate::Deleted(LayerIndex(1))),
            // A folder emptied and filled anew in one layer.
            (
                layer(&["a/env"], &["a"], &[("a", EntryKind::Whiteout)]),
                "a/env",
                Fate::Replaced(LayerIndex(1)),
            ),
        ] {
            let layers = [Arc::clone(&base), above];
            assert_eq!(Layers::new(&layers).fate(0, &path(at)), fate, "{at} {:?}", layers[1]);
        }
    }

    #[test]
    fn the_first_layer_that_takes_a_file_away_is_the_one_that_did() {
        let layers = [
            layer(&["x"], &[], &[]),
            layer(&[], &[], &[]),
            layer(&[], &[], &[("x", EntryKind::Whiteout)]),
            layer(&["x"], &[], &[]),
        ];
        let layers = Layers::new(&layers);
        assert_eq!(layers.fate(0, &path("x")), Fate::Deleted(LayerIndex(2)));
        assert_eq!(layers.fate(3, &path("x")), Fate::Visible);
    }
}
