//! `lazaret db import`: a database from a file, whatever kind of file it is, or one of another
//! scanner from a registry.

use super::super::outcome::print;
use super::foreign::{Foreign, import as import_foreign, layer_of};
use super::push::reference;
use super::receive::{is_database, receive};
use super::signature::VerifyingKey;
use crate::args::DbImportArgs;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::registry;
use lazaret_core::digest::Digest;
use lazaret_image::artifact::{ArtifactManifest, Fetch, Layout, ManifestName, Repository};
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn import(args: &DbImportArgs) -> Result<u8> {
    let keys = VerifyingKey::load_all(&args.verify_key)?;
    let path = Path::new(&args.source);
    let failed = |error: anyhow::Error| {
        let context = format!("failed to import {}", args.source);
        CommandError::new(Kind::Input, error.context(context))
    };
    if !path.exists() && is_reference(&args.source) {
        return from_registry(args, &keys);
    }
    if let Some(foreign) = Foreign::of_file(path).map_err(|error| failed(error.into()))? {
        return finish(&foreign, args, &keys);
    }
    let mut found = BTreeSet::new();
    if let Some(layout) = Layout::open(path).map_err(|error| failed(error.into()))? {
        found = databases(&layout).map_err(failed)?;
        let mut ours = found.iter().filter(|(_, is_ours)| *is_ours);
        match (ours.next(), ours.next()) {
            (Some((digest, _)), None) => {
                let name = ManifestName::Digest(digest.clone());
                print(&receive(&layout, &name, &args.db, &keys)?)?;
                return Ok(0);
            }
            (Some(_), Some(_)) => {
                return Err(failed(anyhow::anyhow!("it holds more than one advisory database")));
            }
            (None, _) => {}
        }
        if let [(digest, _)] = found.iter().collect::<Vec<_>>().as_slice() {
            return from_artifact(&layout, &ManifestName::Digest(digest.clone()), args, &keys);
        }
    }
    let what = match found.len() {
        0 => "it is not an advisory database in one file",
        _ => "it holds more than one artifact, and none is a database of ours",
    };
    let error = failed(anyhow::anyhow!(what));
    Err(error.hint("such a file is made by `lazaret db export FILE --db DIR`").hint(
        "databases of other scanners are `trivy.db` and `vulnerability.db`, or archives with them",
    ))
}

/// Whether a text that is no file names an artifact: only those with a registry do.
fn is_reference(text: &str) -> bool {
    let name = text.strip_prefix("registry:").unwrap_or(text);
    let host = name.split_once('/').map_or("", |(host, _)| host);
    (host == "localhost" || host.contains(['.', ':'])) && reference(text).is_ok()
}

fn from_registry(args: &DbImportArgs, keys: &[VerifyingKey]) -> Result<u8> {
    let reference = reference(&args.source)?;
    let options = registry(&args.registry)?;
    let repository = Repository::reading(&reference, &options)
        .map_err(|error| CommandError::new(Kind::Input, error))?;
    from_artifact(&repository, &ManifestName::of(&reference), args, keys)
}

/// Imports the layer of an artifact that holds a database of another scanner.
fn from_artifact(
    fetch: &dyn Fetch,
    name: &ManifestName,
    args: &DbImportArgs,
    keys: &[VerifyingKey],
) -> Result<u8> {
    let failed = |error: anyhow::Error| {
        let context = format!("failed to import {}", args.source);
        CommandError::new(Kind::Input, error.context(context))
    };
    let manifest = fetch.manifest(name).map_err(|error| failed(error.into()))?;
    let (bytes, _) = manifest.ok_or_else(|| {
        failed(anyhow::anyhow!("there is none: check the repository and the tag"))
    })?;
    if is_database(&bytes) {
        let error = failed(anyhow::anyhow!("it is a database of ours"));
        return Err(error.hint("`lazaret db pull` brings it here"));
    }
    let artifact = ArtifactManifest::parse(&bytes).map_err(|error| failed(error.into()))?;
    let layer = layer_of(&artifact).ok_or_else(|| {
        failed(anyhow::anyhow!(
            "it is not an advisory database: none of its parts is known to be one"
        ))
    })?;
    finish(&Foreign::Layer(fetch, layer), args, keys)
}

/// Imports a database of another scanner, which nobody of ours has signed.
fn finish(foreign: &Foreign<'_>, args: &DbImportArgs, keys: &[VerifyingKey]) -> Result<u8> {
    if !keys.is_empty() {
        let message = format!("{} carries no signature that --verify-key could check", args.source);
        let error = CommandError::new(Kind::Input, anyhow::anyhow!(message));
        return Err(error.hint(
            "import it once where it is trusted, and sign the database with `lazaret db export \
             --sign-key`",
        ));
    }
    print(&import_foreign(foreign, &args.source, args)?)?;
    Ok(0)
}

/// The manifests that a layout lists, each with whether it is a database of ours. What is signed
/// and attached beside one is an artifact as well.
fn databases(layout: &Layout) -> anyhow::Result<BTreeSet<(Digest, bool)>> {
    let mut databases = BTreeSet::new();
    for entry in layout.manifests() {
        let name = ManifestName::Digest(entry.digest.clone());
        if let Some((bytes, digest)) = layout.manifest(&name)? {
            databases.insert((digest, is_database(&bytes)));
        }
    }
    Ok(databases)
}
