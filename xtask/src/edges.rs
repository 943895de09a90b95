//! Which crate may depend on which: the list in `ARCHITECTURE.md` is the law.

use crate::process::root;
use anyhow::{Context as _, Result, bail};
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Fails on an edge between our crates that `ARCHITECTURE.md` does not list, and on a listed one
/// that is not there.
pub(crate) fn check() -> Result<()> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md"))
        .context("failed to read ARCHITECTURE.md")?;
    let listed = listed_edges(&text)?;
    let real = real_edges()?;
    let mut complaints = Vec::new();
    for edge in real.difference(&listed) {
        complaints.push(format!("{} -> {} is not in ARCHITECTURE.md", edge.0, edge.1));
    }
    for edge in listed.difference(&real) {
        complaints.push(format!("{} -> {} is in ARCHITECTURE.md only", edge.0, edge.1));
    }
    if !complaints.is_empty() {
        bail!("crate edges: {}", complaints.join("; "));
    }
    Ok(())
}

/// Reads the block between the two `edges` marks: `crate: dependency dependency …` a line.
fn listed_edges(text: &str) -> Result<BTreeSet<(String, String)>> {
    let block = text
        .split_once("<!-- edges -->")
        .and_then(|(_, rest)| rest.split_once("<!-- /edges -->"))
        .map(|(block, _)| block)
        .context("ARCHITECTURE.md has no block between <!-- edges --> and <!-- /edges -->")?;
    let mut edges = BTreeSet::new();
    for line in block.lines() {
        let Some((from, to)) = line.trim().split_once(':') else { continue };
        for name in to.split_whitespace() {
            edges.insert((from.trim().to_owned(), name.to_owned()));
        }
    }
    Ok(edges)
}

/// The edges of shipping code; those of tests alone are free.
fn real_edges() -> Result<BTreeSet<(String, String)>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("failed to ask cargo for the crates")?;
    let ours: BTreeMap<String, String> = metadata
        .packages
        .iter()
        .map(|package| {
            let name = package.name.to_string();
            let short = name.strip_prefix("lazaret-").unwrap_or(&name).to_owned();
            (name, short)
        })
        .collect();
    let mut edges = BTreeSet::new();
    for package in &metadata.packages {
        let Some(from) = ours.get(package.name.as_str()) else { continue };
        for dependency in &package.dependencies {
            if dependency.kind != DependencyKind::Development
                && let Some(to) = ours.get(&dependency.name)
            {
                edges.insert((from.clone(), to.clone()));
            }
        }
    }
    Ok(edges)
}
