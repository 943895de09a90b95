//! The file system a container would see, as far as it matters: which layer's copy of a wanted
//! file is on top, and where links lead.
//!
//! Follows what container runtimes do when they unpack layers (OCI image specification, "Applying
//! Changesets"): a layer's whiteouts act on the layers below only; an entry replaces what was at
//! its path unless both are folders; links in the folders above a path are followed.

use lazaret_core::extract::{EntryKind, LayerFacts, path_key};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;
use std::ops::Bound;

/// Where the bytes of a visible file are: a layer, and the path they have there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bytes {
    pub(crate) layer: usize,
    pub(crate) path: ImagePath,
}

/// What is at a path.
#[derive(Clone, Debug)]
enum Node {
    /// A file some extractor read, with every version of it since the path was last deleted,
    /// oldest first; the last one is visible.
    File(Vec<Bytes>),
    Symlink(String),
    /// A hard link, by the path it names, to a file no extractor read.
    UnreadLink(ImagePath),
    /// A folder, device or the like at a path that matters.
    Other,
}

/// The merged view of all layers.
#[derive(Default)]
pub(crate) struct View {
    nodes: BTreeMap<ImagePath, Node>,
    /// The nodes that are symbolic links, by path; kept apart because every path asks for them.
    links: BTreeMap<ImagePath, u64>,
    /// Programs there ever were, by path: a file nobody reads may take their place.
    programs: BTreeMap<ImagePath, u64>,
    /// Folders above any node there ever was, with their keys.
    ancestors: BTreeMap<ImagePath, u64>,
    links_max: u32,
}

impl View {
    /// Lays the layers over each other, the base first.
    pub(crate) fn new<L: Borrow<LayerFacts>>(layers: &[L], limits: &Limits) -> Self {
        let mut view = Self { links_max: limits.links_max, ..Self::default() };
        for (index, layer) in layers.iter().enumerate() {
            view.apply(index, layer.borrow());
        }
        view
    }

    fn apply(&mut self, index: usize, layer: &LayerFacts) {
        if index > 0 {
            for entry in &layer.entries {
                match entry.kind {
                    EntryKind::Whiteout => {
                        let path = self.resolve_parent(&entry.path);
                        self.remove(&path);
                    }
                    EntryKind::Opaque => {
                        let path = self.resolve(&entry.path);
                        self.remove_inside(&path);
                    }
                    _ => {}
                }
            }
            self.replace_by_unread(layer);
        }
        for entry in &layer.entries {
            let path = self.resolve_parent(&entry.path);
            match &entry.kind {
                EntryKind::Whiteout | EntryKind::Opaque => {}
                EntryKind::Folder => {
                    if !path.is_root() {
                        self.put_folder(path);
                    }
                }
                EntryKind::File | EntryKind::Program => {
                    if entry.kind == EntryKind::Program {
                        self.programs.insert(path.clone(), path_key(path.as_str()));
                    }
                    let bytes = Bytes { layer: index, path: entry.path.clone() };
                    self.put_file(path, bytes);
                }
                EntryKind::Symlink(target) => {
                    self.clear_for(&path);
                    self.insert(path, Node::Symlink(target.clone()));
                }
                EntryKind::Hardlink(target) => {
                    let node = match self.nodes.get(&self.resolve_parent(target)) {
                        Some(Node::File(versions)) => {
                            versions.last().map(|bytes| Node::File(vec![bytes.clone()]))
                        }
                        Some(Node::Symlink(link)) => Some(Node::Symlink(link.clone())),
                        Some(Node::UnreadLink(target)) => Some(Node::UnreadLink(target.clone())),
                        Some(Node::Other) | None => None,
                    };
                    let node = node.unwrap_or_else(|| Node::UnreadLink(target.clone()));
                    self.clear_for(&path);
                    self.insert(path, node);
                }
                EntryKind::Special => {
                    self.clear_for(&path);
                    self.insert(path, Node::Other);
                }
            }
        }
    }

    /// Files nobody read, and folders, still replace what the layers below have at their paths.
    fn replace_by_unread(&mut self, layer: &LayerFacts) {
        let has = |keys: &[u64], key: u64| keys.binary_search(&key).is_ok();
        let gone: Vec<ImagePath> = self
            .links
            .iter()
            .filter(|(_, key)| has(&layer.files, **key) || has(&layer.folders, **key))
            .chain(self.programs.iter().filter(|(_, key)| has(&layer.files, **key)))
            .chain(self.ancestors.iter().filter(|(_, key)| has(&layer.files, **key)))
            .map(|(path, _)| path.clone())
            .collect();
        for path in gone {
            self.remove(&path);
        }
    }

    fn put_folder(&mut self, path: ImagePath) {
        // A folder over a folder keeps what is inside; over anything else it replaces it. Only
        // paths that are not folders matter, so that no node means folder.
        if matches!(self.nodes.get(&path), Some(node) if !matches!(node, Node::Other)) {
            self.remove(&path);
        }
    }

    fn put_file(&mut self, path: ImagePath, bytes: Bytes) {
        self.remove_inside(&path);
        self.links.remove(&path);
        self.remember_ancestors(&path);
        match self.nodes.entry(path) {
            MapEntry::Occupied(mut node) => match node.get_mut() {
                Node::File(versions) => {
                    // A second entry of the same layer replaces the first.
                    if versions.last().is_some_and(|last| last.layer == bytes.layer) {
                        versions.pop();
                    }
                    versions.push(bytes);
                }
                _ => {
                    node.insert(Node::File(vec![bytes]));
                }
            },
            MapEntry::Vacant(node) => {
                node.insert(Node::File(vec![bytes]));
            }
        }
    }

    fn insert(&mut self, path: ImagePath, node: Node) {
        if matches!(node, Node::Symlink(_)) {
            self.links.insert(path.clone(), path_key(path.as_str()));
        }
        self.remember_ancestors(&path);
        self.nodes.insert(path, node);
    }

    fn remember_ancestors(&mut self, path: &ImagePath) {
        let mut folder = path.parent();
        while !folder.is_root() && !self.ancestors.contains_key(&folder) {
            let parent = folder.parent();
            self.ancestors.insert(folder.clone(), path_key(folder.as_str()));
            folder = parent;
        }
    }

    /// Makes room for an entry that is no folder.
    fn clear_for(&mut self, path: &ImagePath) {
        self.remove(path);
    }

    fn remove(&mut self, path: &ImagePath) {
        self.nodes.remove(path);
        self.links.remove(path);
        self.remove_inside(path);
    }

    fn remove_inside(&mut self, folder: &ImagePath) {
        let inside = keys_inside(&self.nodes, folder);
        for path in inside {
            self.nodes.remove(&path);
            self.links.remove(&path);
        }
    }

    /// Follows links in the folders above a path, not in its last part.
    pub(crate) fn resolve_parent(&self, path: &ImagePath) -> ImagePath {
        if self.links.is_empty() || path.is_root() {
            return path.clone();
        }
        let parent = path.parent();
        if parent.is_root() {
            return path.clone();
        }
        self.resolve(&parent).join(path.name())
    }

    /// Follows every link of a path, the last part included. A path that loops stays where the
    /// limit was met.
    pub(crate) fn resolve(&self, path: &ImagePath) -> ImagePath {
        self.steps(path).pop().unwrap_or_else(|| path.clone())
    }

    /// A path, and what it becomes with each link that is followed.
    pub(crate) fn steps(&self, path: &ImagePath) -> Vec<ImagePath> {
        let mut steps = vec![path.clone()];
        let mut path = path.clone();
        for _ in 0..self.links_max {
            let Some((link, rest)) = self.first_link(&path) else { break };
            let Some(Node::Symlink(target)) = self.nodes.get(link) else { break };
            let base = ImagePath::parse(link.as_bytes()).unwrap_or_default().parent();
            let mut next = base.join(target);
            if !rest.is_empty() {
                next = next.join(rest);
            }
            steps.push(next.clone());
            path = next;
        }
        steps
    }

    /// The outermost part of a path that is a link, and what follows it.
    fn first_link<'p>(&self, path: &'p ImagePath) -> Option<(&'p str, &'p str)> {
        if self.links.is_empty() {
            return None;
        }
        path.ancestors()
            .chain(std::iter::once(path.as_str()))
            .find(|prefix| self.links.contains_key(*prefix))
            .map(|prefix| {
                let rest = path.as_str().get(prefix.len()..).unwrap_or_default();
                (prefix, rest.trim_start_matches('/'))
            })
    }

    /// Every visible file some extractor read, with all versions of it, oldest first.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&ImagePath, &[Bytes])> {
        self.nodes.iter().filter_map(|(path, node)| match node {
            Node::File(versions) => Some((path, versions.as_slice())),
            Node::Symlink(_) | Node::UnreadLink(_) | Node::Other => None,
        })
    }

    /// Every symbolic link.
    pub(crate) fn links(&self) -> impl Iterator<Item = &ImagePath> {
        self.links.keys()
    }

    /// Every hard link, with the path its bytes have in their layer.
    pub(crate) fn hard_links(&self) -> impl Iterator<Item = (&ImagePath, &ImagePath)> {
        self.nodes.iter().filter_map(|(path, node)| match node {
            Node::UnreadLink(target) => Some((path, target)),
            Node::File(versions) => {
                versions.last().map(|bytes| (path, &bytes.path)).filter(|(path, from)| path != from)
            }
            Node::Symlink(_) | Node::Other => None,
        })
    }
}

fn keys_inside<V>(map: &BTreeMap<ImagePath, V>, folder: &ImagePath) -> Vec<ImagePath> {
    map.range::<str, _>((Bound::Excluded(folder.as_str()), Bound::Unbounded))
        // Names such as `a-b` sort between `a` and `a/b`; they are passed over.
        .take_while(|(path, _)| path.as_str().starts_with(folder.as_str()))
        .filter(|(path, _)| path.is_inside(folder.as_str()))
        .map(|(path, _)| path.clone())
        .collect()
}
