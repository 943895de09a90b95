//! What a container runtime makes of layers: a tree built entry by entry, without the shortcuts of
//! the code under test.

use crate::layer::{Entry, Layer};
use std::collections::BTreeMap;

#[derive(Clone)]
enum Node {
    File(Vec<u8>, u32),
    Symlink(String),
    Folder(BTreeMap<String, Self>),
}

type Folder = BTreeMap<String, Node>;

/// One layer with what is left when these are unpacked over each other.
///
/// Follows the OCI image specification ("Applying Changesets") and the runtimes: whiteouts act on
/// the layers below, before the layer's own entries; links in parent folders are followed within
/// the root; an entry replaces what is at its path unless both are folders.
pub fn flatten(layers: &[Layer]) -> Layer {
    let mut root = Folder::new();
    for layer in layers {
        for entry in &layer.entries {
            let (folder, name) = split(entry.path());
            let Some(hidden) = name.strip_prefix(".wh.") else { continue };
            if hidden == ".wh..opq" {
                let at = resolve(&root, folder, true);
                if let Some(Node::Folder(inside)) = find(&mut root, &at) {
                    inside.clear();
                } else if at.is_empty() {
                    root.clear();
                }
            } else {
                let at = resolve(&root, folder, true);
                if let Some(parent) = find_folder(&mut root, &at) {
                    parent.remove(hidden);
                }
            }
        }
        for entry in &layer.entries {
            if !split(entry.path()).1.starts_with(".wh.") {
                put(&mut root, entry);
            }
        }
    }
    let mut flat = Layer::new("flattened");
    list(&root, "", &mut flat);
    flat
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn put(root: &mut Folder, entry: &Entry) {
    let (folder, name) = split(entry.path());
    let at = resolve(root, folder, true);
    let node = match entry {
        Entry::File { content, mode, .. } => Node::File(content.clone(), *mode),
        Entry::Symlink { target, .. } => Node::Symlink(target.clone()),
        Entry::Folder { .. } => Node::Folder(Folder::new()),
        Entry::Hardlink { target, .. } => {
            let (folder, target_name) = split(target);
            let mut from = resolve(root, folder, true);
            from.push(target_name.to_owned());
            match find(root, &from) {
                Some(node @ (Node::File(..) | Node::Symlink(_))) => node.clone(),
                _ => return,
            }
        }
    };
    let parent = make_folder(root, &at);
    match (parent.get(name), &node) {
        (Some(Node::Folder(_)), Node::Folder(_)) => {}
        _ => {
            parent.insert(name.to_owned(), node);
        }
    }
}

/// The real parts of a folder's path, links followed inside the root.
fn resolve(root: &Folder, path: &str, follow_last: bool) -> Vec<String> {
    let mut todo: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut done: Vec<String> = Vec::new();
    let mut links = 0;
    while let Some(part) = todo.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                done.pop();
                continue;
            }
            _ => {}
        }
        done.push(part);
        let is_last = todo.is_empty();
        if let Some(Node::Symlink(target)) = get(root, &done)
            && (follow_last || !is_last)
            && links < 40
        {
            links += 1;
            done.pop();
            if target.starts_with('/') {
                done.clear();
            }
            todo.extend(target.split('/').rev().map(str::to_owned));
        }
    }
    done
}

fn get<'n>(root: &'n Folder, parts: &[String]) -> Option<&'n Node> {
    let (last, folders) = parts.split_last()?;
    let mut folder = root;
    for part in folders {
        match folder.get(part)? {
            Node::Folder(inside) => folder = inside,
            _ => return None,
        }
    }
    folder.get(last)
}

fn find<'n>(root: &'n mut Folder, parts: &[String]) -> Option<&'n mut Node> {
    let (last, folders) = parts.split_last()?;
    find_folder(root, folders)?.get_mut(last)
}

fn find_folder<'n>(root: &'n mut Folder, parts: &[String]) -> Option<&'n mut Folder> {
    let mut folder = root;
    for part in parts {
        match folder.get_mut(part)? {
            Node::Folder(inside) => folder = inside,
            _ => return None,
        }
    }
    Some(folder)
}

fn make_folder<'n>(root: &'n mut Folder, parts: &[String]) -> &'n mut Folder {
    let mut folder = root;
    for part in parts {
        let node = folder.entry(part.clone()).or_insert_with(|| Node::Folder(Folder::new()));
        if !matches!(node, Node::Folder(_)) {
            *node = Node::Folder(Folder::new());
        }
        folder = match node {
            Node::Folder(inside) => inside,
            _ => unreachable!("made a folder above"),
        };
    }
    folder
}

fn list(folder: &Folder, prefix: &str, flat: &mut Layer) {
    for (name, node) in folder {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        match node {
            Node::File(content, mode) => {
                flat.entries.push(Entry::File { path, content: content.clone(), mode: *mode });
            }
            Node::Symlink(target) => {
                flat.entries.push(Entry::Symlink { path, target: target.clone() });
            }
            Node::Folder(inside) => {
                flat.entries.push(Entry::Folder { path: path.clone() });
                list(inside, &path, flat);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(layers: &[Layer]) -> Vec<String> {
        flatten(layers).entries.iter().map(|entry| entry.path().to_owned()).collect()
    }

    #[test]
    fn whiteouts_hide_what_is_below_and_not_beside() {
        let base = Layer::new("").file("a/b", "1").file("a/c", "1");
        let top = Layer::new("").file("a/d", "2").whiteout("a/b").opaque("x");
        assert_eq!(paths(&[base.clone(), top]), ["a", "a/c", "a/d"]);
        let opaque = Layer::new("").file("a/d", "2").opaque("a");
        assert_eq!(paths(&[base, opaque]), ["a", "a/d"]);
    }

    #[test]
    fn links_in_parents_are_followed() {
        let base = Layer::new("").folder("usr/lib").symlink("lib", "usr/lib");
        let top = Layer::new("").file("lib/x", "1");
        assert_eq!(paths(&[base, top]), ["lib", "usr", "usr/lib", "usr/lib/x"]);
    }
}
