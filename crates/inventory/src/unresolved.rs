//! Links at wanted paths whose files nobody read, because their own paths are not wanted.

use crate::select::{Aliases, Selection};
use crate::view::View;
use lazaret_core::extract::{Entry, EntryKind, LayerFacts, Select, path_key};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use std::borrow::Borrow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What has to be read again, and how.
pub struct Unresolved {
    /// The selection, with the files that links lead to.
    pub selection: Selection,
    /// The layers that may hold these files.
    pub layers: BTreeSet<usize>,
}

/// Finds links that lead to files which were not read for whoever wants the links' paths.
///
/// Nothing for nearly every image. A file found this way may again be a link, so the answer is
/// asked for once more after the layers were read again with the new selection.
pub fn unresolved<L: Borrow<LayerFacts>>(
    layers: &[L],
    selection: &Selection,
    limits: &Limits,
) -> Option<Unresolved> {
    let view = View::new(layers, limits);
    let aliases = selection.aliases().clone();
    let (entries, again) = (OnceCell::new(), BTreeSet::new());
    let mut search = Search { layers, selection, entries, aliases, again };
    let hard_links: HashMap<&ImagePath, &ImagePath> = view.hard_links().collect();
    // What a path leads to, and where the bytes of it are that have another name in their layer.
    let steps = |path: &ImagePath| {
        let mut steps = view.steps(path);
        let targets = steps.iter().filter_map(|step| hard_links.get(step));
        let bytes: Vec<ImagePath> =
            targets.flat_map(|target| [(*target).clone(), view.resolve_parent(target)]).collect();
        steps.extend(bytes);
        steps
    };
    for link in view.links().filter(|link| selection.is_wanted(link)) {
        search.file(&steps(link), link);
    }
    for (link, target) in view.hard_links().filter(|(link, _)| selection.is_wanted(link)) {
        search.file(&[target.clone(), view.resolve_parent(target)], link);
    }
    for extractor in selection.extractors() {
        for select in extractor.selects {
            match *select {
                Select::Path(path) => {
                    let path = ImagePath::parse(path.as_bytes()).unwrap_or_default();
                    search.file(&steps(&path), &path);
                }
                Select::Below(folder, _) => {
                    let folder = ImagePath::parse(folder.as_bytes()).unwrap_or_default();
                    search.folder(&view.steps(&folder), &folder, extractor.selects);
                }
                _ => {}
            }
        }
    }
    let Search { aliases, again, .. } = search;
    (!again.is_empty())
        .then(|| Unresolved { selection: selection.with_aliases(aliases), layers: again })
}

struct Search<'s, L> {
    layers: &'s [L],
    selection: &'s Selection,
    /// Every file in the entries of a layer; most images never ask for it.
    entries: OnceCell<HashSet<(usize, &'s str)>>,
    aliases: Aliases,
    again: BTreeSet<usize>,
}

impl<L: Borrow<LayerFacts>> Search<'_, L> {
    /// Wants the file that `link` leads to, under any of the paths it may have in its layer.
    fn file(&mut self, steps: &[ImagePath], link: &ImagePath) {
        let wanted = self.selection.matches(link);
        for from in steps.iter().filter(|from| *from != link) {
            let seen = self.selection.matches(from);
            let is_read = wanted
                .iter()
                .all(|want| seen.iter().any(|have| have.extractor.id == want.extractor.id));
            if is_read {
                continue;
            }
            let holders: Vec<usize> =
                (0..self.layers.len()).filter(|layer| self.has_file(*layer, from)).collect();
            if holders.is_empty() {
                continue;
            }
            self.again.extend(holders);
            let paths = self.aliases.files.entry(from.clone()).or_default();
            for want in &wanted {
                // One path is enough for an extractor, however many links there are.
                let id = want.extractor.id;
                let has_one = paths.iter().any(|path| {
                    self.selection.matches(path).iter().any(|have| have.extractor.id == id)
                });
                if !has_one {
                    // The link may itself only be wanted for the sake of another.
                    paths.push(want.path.clone());
                }
            }
        }
    }

    /// Whether a layer has a file at this path, or a hard link to one.
    fn has_file(&self, layer: usize, path: &ImagePath) -> bool {
        let entries = self.entries.get_or_init(|| files_of(self.layers));
        let files = self.layers.get(layer).map(|layer| layer.borrow().files.as_slice());
        files.is_some_and(|files| files.binary_search(&path_key(path.as_str())).is_ok())
            || entries.contains(&(layer, path.as_str()))
    }

    /// Wants what is in the folder that `link` leads to, unless it is wanted there anyway.
    fn folder(&mut self, steps: &[ImagePath], link: &ImagePath, selects: &[Select]) {
        for from in steps.iter().filter(|from| *from != link && !from.is_root()) {
            let probe = from.join("x");
            let is_covered = selects.iter().any(
                |select| matches!(select, Select::Below(folder, _) if probe.is_inside(folder)),
            );
            let paths = self.aliases.folders.get(from);
            if is_covered || paths.is_some_and(|paths| paths.contains(link)) {
                continue;
            }
            self.aliases.folders.entry(from.clone()).or_default().push(link.clone());
            self.again.extend(0..self.layers.len());
        }
    }
}

/// The files and hard links in the entries of every layer.
fn files_of<L: Borrow<LayerFacts>>(layers: &[L]) -> HashSet<(usize, &str)> {
    layers
        .iter()
        .enumerate()
        .flat_map(|(index, layer)| {
            let entries: &[Entry] = &layer.borrow().entries;
            entries.iter().map(move |entry| (index, entry))
        })
        .filter(|(_, entry)| {
            matches!(entry.kind, EntryKind::File | EntryKind::Program | EntryKind::Hardlink(_))
        })
        .map(|(index, entry)| (index, entry.path.as_str()))
        .collect()
}
