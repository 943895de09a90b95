//! Archives of `docker save`: a `manifest.json` that names a configuration and layers by their
//! paths in the archive (Docker Image Specification v1.2, "Combined Image JSON + Filesystem
//! Changeset Format").

use crate::archive::Archive;
use crate::base;
use crate::error::OpenError;
use crate::index::{self, BlobError, IMAGES_MAX, Request};
use crate::manifest::{self, ManifestError};
use crate::target::Selector;
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::location::ImagePath;
use lazaret_core::problem::{Problem, ProblemKind};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The document that lists the images.
pub(crate) const MANIFEST: &str = "manifest.json";

/// One image of the archive.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Option<Vec<String>>,
}

impl Entry {
    fn tags(&self) -> impl Iterator<Item = &str> {
        self.repo_tags.iter().flatten().map(String::as_str)
    }
}

/// The images of an archive, and where their layers are.
pub(crate) struct Described {
    /// The images, at least one.
    pub(crate) images: Vec<Image>,
    /// For each image the path of each layer in the archive.
    pub(crate) layers: Vec<Vec<ImagePath>>,
    /// What is odd about them.
    pub(crate) problems: Vec<Problem>,
}

/// Describes the images that a request means.
pub(crate) fn describe(archive: &Archive, request: &Request<'_>) -> Result<Described, OpenError> {
    let entries = read_entries(archive, request)?;
    let chosen = choose(&entries, request)?;
    let mut described = Described { images: Vec::new(), layers: Vec::new(), problems: Vec::new() };
    let mut seen = BTreeSet::new();
    let mut refused = None;
    for (entry, tag) in chosen {
        let paths = entry.layers.as_deref().unwrap_or_default();
        if !seen.insert((&entry.config, paths)) {
            continue;
        }
        if described.images.len() >= IMAGES_MAX {
            return Err(OpenError::TooManyImages { max: IMAGES_MAX });
        }
        let name = tag.map_or_else(|| request.unnamed(), str::to_owned);
        let (image, layers, problem) = open_entry(archive, request, entry, &name)?;
        if let Err(error) = manifest::check_platform(&image, request.platform) {
            refused.get_or_insert(unusable(&entry.config, error));
            continue;
        }
        described.images.push(image);
        described.layers.push(layers);
        described.problems.extend(problem);
    }
    match (described.images.is_empty(), refused) {
        (false, _) => Ok(described),
        (true, Some(error)) => Err(error),
        (true, None) => Err(unusable(MANIFEST, ManifestError::NoImages)),
    }
}

/// The tags that `manifest.json` gives, by configuration, for archives that are OCI layouts as
/// well. None if the document is not there or not readable: it is not needed then.
pub(crate) fn tags(archive: &Archive, request: &Request<'_>) -> BTreeMap<Digest, String> {
    let mut tags = BTreeMap::new();
    for entry in read_entries(archive, request).unwrap_or_default() {
        let wanted = |tag: &&str| match request.selector {
            Some(Selector::Tag(wanted)) => index::is_called(tag, wanted),
            _ => false,
        };
        let tag = entry.tags().find(wanted).or_else(|| entry.tags().next());
        if let (Some(config), Some(tag)) = (named_digest(&entry.config), tag) {
            tags.entry(config).or_insert_with(|| tag.to_owned());
        }
    }
    tags
}

fn read_entries(archive: &Archive, request: &Request<'_>) -> Result<Vec<Entry>, OpenError> {
    let path = ImagePath::parse(MANIFEST.as_bytes()).unwrap_or_default();
    let bytes = read(archive, request, &path, "the archive")?;
    let entries: Option<Vec<Entry>> = serde_json::from_slice(&bytes)
        .map_err(|source| unusable(MANIFEST, ManifestError::Json { document: "list", source }))?;
    Ok(entries.unwrap_or_default())
}

/// The entries the selector means, each with the tag it is to be called by.
fn choose<'a>(
    entries: &'a [Entry],
    request: &Request<'_>,
) -> Result<Vec<(&'a Entry, Option<&'a str>)>, OpenError> {
    let first_tag = |entry: &'a Entry| (entry, entry.tags().next());
    let chosen: Vec<_> = match request.selector {
        None => return Ok(entries.iter().map(first_tag).collect()),
        Some(Selector::Tag(wanted)) => {
            let pick = |fits: &dyn Fn(&str) -> bool| -> Vec<(&'a Entry, Option<&'a str>)> {
                let tagged = |entry: &'a Entry| entry.tags().find(|tag| fits(tag));
                entries
                    .iter()
                    .filter_map(|entry| tagged(entry).map(|tag| (entry, Some(tag))))
                    .collect()
            };
            let exact = pick(&|tag| tag == wanted);
            if exact.is_empty() { pick(&|tag| index::is_called(tag, wanted)) } else { exact }
        }
        Some(Selector::Digest(digest)) => entries
            .iter()
            .filter(|entry| named_digest(&entry.config).as_ref() == Some(digest))
            .map(first_tag)
            .collect(),
    };
    if chosen.is_empty() {
        let names: Vec<String> = entries
            .iter()
            .map(|entry| entry.tags().next().unwrap_or(&entry.config).to_owned())
            .collect();
        return Err(OpenError::NoMatch {
            selector: request.unnamed(),
            available: index::list(&names),
        });
    }
    Ok(chosen)
}

fn open_entry(
    archive: &Archive,
    request: &Request<'_>,
    entry: &Entry,
    name: &str,
) -> Result<(Image, Vec<ImagePath>, Option<Problem>), OpenError> {
    let bytes = read(archive, request, &entry_path(&entry.config)?, MANIFEST)?;
    let algorithm = named_digest(&entry.config).map_or(Algorithm::Sha256, |d| d.algorithm());
    let config_digest = manifest::digest_of(algorithm, &bytes);
    let problem = match named_digest(&entry.config) {
        Some(expected) if expected != config_digest => {
            if entry.config.starts_with("blobs/") {
                let referrer = MANIFEST.to_owned();
                return Err(OpenError::Digest { expected, referrer, found: config_digest });
            }
            // Docker loads such an archive all the same: in the old layout a name is only a name.
            Some(Problem::general(
                ProblemKind::Parse,
                format!(
                    "the configuration of {name} was changed: it is named {expected}, but its \
                     digest is {config_digest}"
                ),
            ))
        }
        _ => None,
    };
    let paths = entry.layers.as_deref().unwrap_or_default();
    let paths: Vec<ImagePath> =
        paths.iter().map(|path| entry_path(path)).collect::<Result<_, _>>()?;
    let layers = paths
        .iter()
        .map(|path| LayerInfo {
            blob_digest: named_digest(path.as_str()).filter(|_| path.is_inside("blobs")),
            diff_id: None,
            size_bytes: archive.size_of(path).unwrap_or(0),
            created_by: None,
            base: None,
        })
        .collect();
    let mut image = manifest::describe(name, &bytes, layers, request.limits)
        .map_err(|error| unusable(&entry.config, error))?;
    image.config_digest = Some(config_digest);
    base::find(&mut image);
    Ok((image, paths, problem))
}

/// The digest a file is named after: `blobs/sha256/HEX`, `HEX.json` or `sha256:HEX`.
fn named_digest(path: &str) -> Option<Digest> {
    if let Some((algorithm, hex)) =
        path.strip_prefix("blobs/").and_then(|rest| rest.split_once('/'))
    {
        return format!("{algorithm}:{hex}").parse().ok();
    }
    let stem = path.strip_suffix(".json").unwrap_or(path);
    stem.parse().ok().or_else(|| format!("{}:{stem}", Algorithm::Sha256.name()).parse().ok())
}

fn entry_path(path: &str) -> Result<ImagePath, OpenError> {
    ImagePath::parse(path.as_bytes())
        .map_err(|_| OpenError::Missing { digest: path.to_owned(), referrer: MANIFEST.to_owned() })
}

/// Reads a document of an archive whole.
pub(crate) fn read(
    archive: &Archive,
    request: &Request<'_>,
    path: &ImagePath,
    referrer: &str,
) -> Result<Vec<u8>, OpenError> {
    archive.read_document(path).map_err(|error| match error {
        BlobError::Missing => {
            OpenError::Missing { digest: path.to_string(), referrer: referrer.to_owned() }
        }
        BlobError::TooLarge => OpenError::TooLarge {
            document: path.to_string(),
            max_bytes: request.limits.document_bytes_max,
        },
        BlobError::Read(error) => error,
    })
}

fn unusable(document: &str, source: ManifestError) -> OpenError {
    OpenError::Document { document: document.to_owned(), source: Box::new(source) }
}
