//! The file system a container would see, as far as it matters: which layer's copy of a wanted
//! file is on top, and where links lead.
//!
//! Follows what container runtimes do when they unpack layers (OCI image specification, "Applying
//! Changesets"): a layer's whiteouts act on the layers below only; an entry replaces what was at
//! its path unless both are folders; links in the folders above a path are followed.

use lazaret_core::extract::{EntryKind, LayerFacts, path_key, path_keys};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use std::borrow::Borrow;
use std::collections::btree_map::Entry as MapEntry;
use std::collections::{BTreeMap, HashSet};
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
    /// A folder whose name was read, with every version of it as of a file.
    NamedFolder(Vec<Bytes>),
    /// A folder, device or the like at a path that matters.
    Other,
}

/// The merged view of all layers.
#[derive(Default)]
pub(crate) struct View {
    nodes: BTreeMap<ImagePath, Node>,
    /// The nodes that are symbolic links, by path; kept apart because every path asks for them.
    links: BTreeMap<ImagePath, u64>,
    /// The keys of all links there ever were: one look says of nearly every folder that it is none.
    link_keys: HashSet<u64>,
    /// Programs and named folders there ever were, by path: a file nobody reads may take their
    /// place.
    programs: BTreeMap<ImagePath, u64>,
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
                EntryKind::NamedFolder => {
                    self.programs.insert(path.clone(), path_key(path.as_str()));
                    let bytes = Bytes { layer: index, path: entry.path.clone() };
                    self.put_named_folder(path, bytes);
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
                        Some(Node::NamedFolder(_) | Node::Other) | None => None,
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
            .map(|(path, _)| path.clone())
            .collect();
        for path in gone {
            self.remove(&path);
        }
        if !layer.files.is_empty() {
            self.remove_below(|folder| has(&layer.files, folder));
        }
    }

    /// Removes what is inside of folders that became files.
    fn remove_below(&mut self, is_file: impl Fn(u64) -> bool) {
        let mut gone = Vec::new();
        let mut before = "";
        for path in self.nodes.keys().map(ImagePath::as_str) {
            // Paths are in order, so that folders shared with the one before were looked at.
            let known = shared_folder_len(before, path);
            let folders = path_keys(path).filter(|(len, _)| *len > known && *len < path.len());
            gone.extend(
                folders
                    .into_iter()
                    .find(|(_, key)| is_file(*key))
                    .and_then(|(len, _)| ImagePath::parse(path.as_bytes().get(..len)?).ok()),
            );
            before = path;
        }
        for folder in gone {
            self.remove(&folder);
        }
    }

    fn put_folder(&mut self, path: ImagePath) {
        // A folder over a folder keeps what is inside; over anything else it replaces it. Only
        // paths that are not folders matter, so that no node means folder.
        let is_folder = |node: &Node| matches!(node, Node::NamedFolder(_) | Node::Other);
        if matches!(self.nodes.get(&path), Some(node) if !is_folder(node)) {
            self.remove(&path);
        }
    }

    fn put_named_folder(&mut self, path: ImagePath, bytes: Bytes) {
        match self.nodes.get_mut(&path) {
            Some(Node::NamedFolder(versions)) => {
                push_version(versions, bytes);
                return;
            }
            // What is inside of the folder is where the link leads.
            Some(Node::Symlink(_)) => return,
            _ => self.put_folder(path.clone()),
        }
        self.insert(path, Node::NamedFolder(vec![bytes]));
    }

    fn put_file(&mut self, path: ImagePath, bytes: Bytes) {
        self.remove_inside(&path);
        self.links.remove(&path);
        match self.nodes.entry(path) {
            MapEntry::Occupied(mut node) => match node.get_mut() {
                Node::File(versions) => {
                    push_version(versions, bytes);
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
            let key = path_key(path.as_str());
            self.links.insert(path.clone(), key);
            self.link_keys.insert(key);
        }
        self.nodes.insert(path, node);
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
        match self.first_link(path.as_str()) {
            Some((_, rest)) if !rest.is_empty() => self.resolve(&path.parent()).join(path.name()),
            Some(_) | None => path.clone(),
        }
    }

    /// Follows every link of a path, the last part included. A path that loops stays where the
    /// limit was met.
    pub(crate) fn resolve(&self, path: &ImagePath) -> ImagePath {
        self.steps(path).pop().unwrap_or_else(|| path.clone())
    }

    /// A path, and what it becomes with each link that is followed.
    pub(crate) fn steps(&self, path: &ImagePath) -> Vec<ImagePath> {
        let mut steps = vec![path.clone()];
        for _ in 0..self.links_max {
            let Some(next) = steps.last().and_then(|path| self.follow(path)) else { break };
            // Links in a circle lead nowhere, however often they are followed.
            if steps.contains(&next) {
                break;
            }
            steps.push(next);
        }
        steps
    }

    /// The path with its outermost link followed, if it has one.
    fn follow(&self, path: &ImagePath) -> Option<ImagePath> {
        let (link, rest) = self.first_link(path.as_str())?;
        let Some(Node::Symlink(target)) = self.nodes.get(link) else { return None };
        let next = ImagePath::parse(link.as_bytes()).unwrap_or_default().parent().join(target);
        Some(if rest.is_empty() { next } else { next.join(rest) })
    }

    /// The outermost part of a path that is a link, and what follows it.
    fn first_link<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        if self.links.is_empty() {
            return None;
        }
        path_keys(path)
            .filter(|(_, key)| self.link_keys.contains(key))
            .filter_map(|(len, _)| path.split_at_checked(len))
            .find(|(folder, _)| self.links.contains_key(*folder))
            .map(|(link, rest)| (link, rest.trim_start_matches('/')))
    }

    /// Every visible file or folder some extractor read, with all versions of it, oldest first.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&ImagePath, &[Bytes])> {
        self.nodes.iter().filter_map(|(path, node)| match node {
            Node::File(versions) | Node::NamedFolder(versions) => Some((path, versions.as_slice())),
            Node::Symlink(_) | Node::UnreadLink(_) | Node::Other => None,
        })
    }

    /// Whether a path is one more name of a file that is also seen under its own.
    pub(crate) fn is_another_name(&self, path: &ImagePath, bytes: &Bytes) -> bool {
        let own = self.resolve_parent(&bytes.path);
        let versions = match self.nodes.get(&own) {
            Some(Node::File(versions)) => versions.as_slice(),
            _ => &[],
        };
        own != *path && versions.last() == Some(bytes)
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
            Node::Symlink(_) | Node::NamedFolder(_) | Node::Other => None,
        })
    }
}

/// Adds the newest version. A second entry of the same layer replaces the first.
fn push_version(versions: &mut Vec<Bytes>, bytes: Bytes) {
    if versions.last().is_some_and(|last| last.layer == bytes.layer) {
        versions.pop();
    }
    versions.push(bytes);
}

fn keys_inside<V>(map: &BTreeMap<ImagePath, V>, folder: &ImagePath) -> Vec<ImagePath> {
    let beginning = if folder.is_root() { String::new() } else { format!("{folder}/") };
    map.range::<str, _>((Bound::Included(beginning.as_str()), Bound::Unbounded))
        .take_while(|(path, _)| path.as_str().starts_with(&beginning))
        .map(|(path, _)| path.clone())
        .collect()
}

/// Length of the longest path of a folder that both paths are inside of.
fn shared_folder_len(a: &str, b: &str) -> usize {
    let shared = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b);
    shared.enumerate().filter(|(_, (byte, _))| *byte == b'/').last().map_or(0, |(at, _)| at)
}
