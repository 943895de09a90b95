//! `lazaret db import`: a database from a file, whatever kind of file it is.

use super::super::outcome::print;
use super::receive::{is_database, receive};
use super::signature::VerifyingKey;
use crate::args::DbImportArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_core::digest::Digest;
use lazaret_image::artifact::{Fetch as _, Layout, ManifestName};
use std::collections::BTreeSet;
use std::path::Path;

/// What a file to import is, told from its content.
enum Import {
    /// Of `lazaret db export`, or the same artifact in a layout of another tool.
    Artifact(Layout, Digest),
}

pub(super) fn import(args: &DbImportArgs) -> Result<u8> {
    let keys = VerifyingKey::load_all(&args.verify_key)?;
    let text = match recognize(&args.file)? {
        Import::Artifact(layout, digest) => {
            receive(&layout, &ManifestName::Digest(digest), &args.db, &keys)?
        }
    };
    print(&text)?;
    Ok(0)
}

fn recognize(path: &Path) -> Result<Import> {
    let failed = |error: anyhow::Error| {
        let context = format!("failed to import {}", path.display());
        CommandError::new(Kind::Input, error.context(context))
    };
    if let Some(layout) = Layout::open(path).map_err(|error| failed(error.into()))? {
        let databases = databases(&layout).map_err(failed)?;
        let mut found = databases.into_iter();
        match (found.next(), found.next()) {
            (Some(digest), None) => return Ok(Import::Artifact(layout, digest)),
            (Some(_), Some(_)) => {
                return Err(failed(anyhow::anyhow!("it holds more than one advisory database")));
            }
            (None, _) => {}
        }
    }
    let error = failed(anyhow::anyhow!("it is not an advisory database in one file"));
    Err(error.hint("such a file is made by `lazaret db export FILE --db DIR`"))
}

/// The databases that a layout lists.
fn databases(layout: &Layout) -> anyhow::Result<BTreeSet<Digest>> {
    let mut databases = BTreeSet::new();
    for entry in layout.manifests() {
        let name = ManifestName::Digest(entry.digest.clone());
        if let Some((bytes, digest)) = layout.manifest(&name)?
            && is_database(&bytes)
        {
            databases.insert(digest);
        }
    }
    Ok(databases)
}
