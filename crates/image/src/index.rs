//! From an OCI layout's `index.json` to the images that are meant, wherever the blobs are: in a
//! folder or in an archive.

use crate::base;
use crate::base::provenance::{PREDICATE_TYPE, PROVENANCE, Provenance};
use crate::error::OpenError;
use crate::manifest::{self, Descriptor, Document, ManifestDoc, ManifestError};
use crate::platform::PlatformChoice;
use crate::target::Selector;
use lazaret_core::digest::Digest;
use lazaret_core::image::{Image, Platform};
use lazaret_core::limits::Limits;
use lazaret_core::reference::Reference;
use std::collections::{BTreeMap, BTreeSet};

/// The tag of an entry of a layout (OCI image specification, "Pre-Defined Annotation Keys").
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The full name of an entry, as containerd and Docker write it.
const IMAGE_NAME: &str = "io.containerd.image.name";

/// Most images opened at once. A layout that mirrors a whole registry is scanned image by image.
pub(crate) const IMAGES_MAX: usize = 1_000;
/// How many documents of the largest size are read for one target. Real manifests and
/// configurations are a thousand times smaller than the limit for one.
pub(crate) const DOCUMENTS_FACTOR: u64 = 8;

/// What is asked of a layout or archive.
pub(crate) struct Request<'a> {
    /// Which image, if it was said.
    pub(crate) selector: Option<&'a Selector>,
    /// Which platforms.
    pub(crate) platform: &'a PlatformChoice,
    /// Bounds on hostile input.
    pub(crate) limits: &'a Limits,
    /// The name of an image that has none.
    pub(crate) fallback_name: &'a str,
}

impl Request<'_> {
    /// What an image without a name is called.
    pub(crate) fn unnamed(&self) -> String {
        self.selector.map_or_else(|| self.fallback_name.to_owned(), ToString::to_string)
    }
}

/// Why a blob could not be read whole.
#[derive(Debug)]
pub(crate) enum BlobError {
    /// It is not there.
    Missing,
    /// It is larger than a document may be.
    TooLarge,
    /// The bytes could not be got; the error says from where.
    Read(OpenError),
}

/// Reads a blob whole, by its digest. The bytes need not be verified.
pub(crate) type ReadBlob<'a> = &'a mut dyn FnMut(&Digest) -> Result<Vec<u8>, BlobError>;

/// Describes the images in a layout that a request means, at least one, in the order of the index
/// and each once.
pub(crate) fn resolve(
    index_bytes: &[u8],
    request: &Request<'_>,
    read: ReadBlob<'_>,
) -> Result<Vec<Image>, OpenError> {
    let document = "index.json";
    let parsed = manifest::parse_document(index_bytes).map_err(|e| unusable(document, e))?;
    let Document::Index(entries, _) = parsed else {
        return Err(unusable(document, ManifestError::Unknown));
    };
    let mut resolver = Resolver {
        request,
        read,
        seen: BTreeSet::new(),
        bytes_left: request.limits.document_bytes_max.saturating_mul(DOCUMENTS_FACTOR),
        images: Vec::new(),
        refused: None,
        attestations: BTreeMap::new(),
    };
    resolver.note_attestations(&entries);
    let entries = resolver.chosen_entries(entries)?;
    for group in group(&entries) {
        resolver.open_group(&group, document)?;
    }
    let mut images = std::mem::take(&mut resolver.images);
    for image in &mut images {
        let provenance = image.digest.as_ref().and_then(|digest| resolver.provenance(digest));
        if let Some(provenance) = provenance {
            base::attest(image, &provenance);
        }
    }
    match (images.is_empty(), resolver.refused) {
        (false, _) => Ok(images),
        (true, Some(error)) => Err(error),
        (true, None) => Err(unusable(document, ManifestError::NoImages)),
    }
}

struct Resolver<'a> {
    request: &'a Request<'a>,
    read: ReadBlob<'a>,
    seen: BTreeSet<Digest>,
    bytes_left: u64,
    images: Vec<Image>,
    /// The first thing passed over because it is no image or for another platform: the answer if
    /// nothing else is found.
    refused: Option<OpenError>,
    /// What attests something of a manifest, by that manifest.
    attestations: BTreeMap<Digest, Descriptor>,
}

/// How an image came to be considered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chosen {
    /// There was nothing to choose from.
    Alone,
    /// An index gave it the platform that is wanted.
    ByPlatform,
    /// It is one of several whose platform no index says.
    Candidate,
}

impl Resolver<'_> {
    /// Keeps the entries of an index that attest something of another one.
    fn note_attestations(&mut self, entries: &[Descriptor]) {
        for entry in entries {
            if let Some(digest) = entry.attests() {
                self.attestations.entry(digest).or_insert_with(|| entry.clone());
            }
        }
    }

    /// What is attested of the build of an image. An attestation that was not copied along, or that
    /// cannot be read, is none: the image is whole without it.
    fn provenance(&mut self, image: &Digest) -> Option<Provenance> {
        let digest = self.attestations.get(image)?.digest.clone();
        let bytes = self.read_verified(&digest, "index.json").ok()?;
        let Document::Manifest(manifest) = manifest::parse_document(&bytes).ok()? else {
            return None;
        };
        let is_provenance = |layer: &&Descriptor| {
            layer.annotations.get(PREDICATE_TYPE).is_some_and(|kind| kind.starts_with(PROVENANCE))
        };
        let statement = manifest.layers.iter().find(is_provenance)?;
        let bytes = self.read_verified(&statement.digest, &digest.to_string()).ok()?;
        Provenance::read(&bytes)
    }

    /// The entries of the outermost index that the selector means.
    fn chosen_entries(&mut self, entries: Vec<Descriptor>) -> Result<Vec<Descriptor>, OpenError> {
        let Some(selector) = self.request.selector else { return Ok(entries) };
        let no_match = |entries: &[Descriptor]| OpenError::NoMatch {
            selector: selector.to_string(),
            available: available(entries),
        };
        match selector {
            Selector::Tag(tag) => {
                let exact: Vec<_> =
                    entries.iter().filter(|entry| names(entry).any(|n| n == tag)).collect();
                let chosen: Vec<Descriptor> = if exact.is_empty() {
                    entries
                        .iter()
                        .filter(|e| names(e).any(|n| is_called(n, tag)))
                        .cloned()
                        .collect()
                } else {
                    exact.into_iter().cloned().collect()
                };
                if chosen.is_empty() { Err(no_match(&entries)) } else { Ok(chosen) }
            }
            Selector::Digest(digest) => {
                let found = self.find(&entries, digest)?;
                found.map(|entry| vec![entry]).ok_or_else(|| no_match(&entries))
            }
        }
    }

    /// Looks for a digest among the entries and, level by level, in the indexes among them.
    fn find(
        &mut self,
        entries: &[Descriptor],
        digest: &Digest,
    ) -> Result<Option<Descriptor>, OpenError> {
        let mut level = entries.to_vec();
        let mut seen = BTreeSet::new();
        for _ in 0..=self.request.limits.index_depth_max {
            if let Some(entry) = level.iter().find(|entry| entry.digest == *digest) {
                return Ok(Some(entry.clone()));
            }
            let mut next = Vec::new();
            for entry in &level {
                if entry.is_no_image() || !seen.insert(entry.digest.clone()) {
                    continue;
                }
                let bytes = match self.read_verified(&entry.digest, "index.json") {
                    // Another image may well be incomplete.
                    Err(OpenError::Missing { .. }) => continue,
                    bytes => bytes?,
                };
                if let Ok(Document::Index(inner, _)) = manifest::parse_document(&bytes) {
                    self.note_attestations(&inner);
                    next.extend(inner);
                }
            }
            level = next;
        }
        Ok(None)
    }

    /// Opens the entries that share a name: one image for several platforms, or several images.
    fn open_group(&mut self, group: &[Descriptor], referrer: &str) -> Result<(), OpenError> {
        let platforms: BTreeSet<&Platform> =
            group.iter().filter_map(|entry| entry.platform.as_ref()).collect();
        let multi_platform = group.len() > 1 && platforms.len() == group.len();
        let name = group.first().and_then(|entry| names(entry).next());
        let name = match name {
            // A tag alone names nothing; the folder or file it was found in helps.
            Some(tag) if !tag.contains(['/', ':']) => {
                format!("{}:{tag}", self.request.fallback_name)
            }
            Some(name) => name.to_owned(),
            None => self.request.unnamed(),
        };
        if multi_platform {
            return self.open_index(group, referrer, 0, &name);
        }
        for entry in group {
            self.open_entry(entry, referrer, 0, &name, Chosen::Alone)?;
        }
        Ok(())
    }

    /// Opens what the platform choice means among the entries of an index.
    fn open_index(
        &mut self,
        entries: &[Descriptor],
        document: &str,
        depth: u32,
        name: &str,
    ) -> Result<(), OpenError> {
        let choice = self.request.platform;
        let chosen =
            manifest::select(entries, choice).map_err(|error| unusable(document, error))?;
        let silent = chosen.iter().all(|entry| entry.platform.is_none());
        let how = match (choice, silent) {
            (PlatformChoice::All, _) | (_, false) => Chosen::ByPlatform,
            (_, true) if chosen.len() == 1 => Chosen::Alone,
            (_, true) => Chosen::Candidate,
        };
        let before = self.images.len();
        for entry in &chosen {
            self.open_entry(entry, document, depth, name, how)?;
        }
        if how == Chosen::Candidate {
            self.keep_wanted(before, document)?;
        }
        Ok(())
    }

    /// Of the images opened since `first`, keeps those for the platform that is wanted.
    fn keep_wanted(&mut self, first: usize, document: &str) -> Result<(), OpenError> {
        let Some(wanted) = self.request.platform.wanted() else { return Ok(()) };
        let opened = self.images.split_off(first.min(self.images.len()));
        let platforms: BTreeSet<String> =
            opened.iter().filter_map(|i| i.platform.as_ref()).map(ToString::to_string).collect();
        let serves = |image: &Image| image.platform.as_ref().is_some_and(|p| p.serves(&wanted));
        let found_any = !opened.is_empty();
        self.images.extend(opened.into_iter().filter(serves));
        if found_any && self.images.len() == first {
            let available = platforms.into_iter().collect::<Vec<_>>().join(", ");
            return Err(unusable(document, ManifestError::NoPlatform { wanted, available }));
        }
        Ok(())
    }

    /// Opens the index or manifest behind an entry, if that has not been done.
    fn open_entry(
        &mut self,
        entry: &Descriptor,
        referrer: &str,
        depth: u32,
        name: &str,
        how: Chosen,
    ) -> Result<(), OpenError> {
        if entry.is_no_image() || !self.seen.insert(entry.digest.clone()) {
            return Ok(());
        }
        let bytes = self.read_verified(&entry.digest, referrer)?;
        let document = entry.digest.to_string();
        match manifest::parse_document(&bytes).map_err(|error| unusable(&document, error))? {
            Document::Index(inner, _) => {
                let depth = depth.saturating_add(1);
                let max = self.request.limits.index_depth_max;
                if depth > max {
                    return Err(OpenError::Nesting { document, max });
                }
                self.note_attestations(&inner);
                self.open_index(&inner, &document, depth, name)
            }
            Document::Manifest(inner) => self.open_manifest(entry, &inner, name, how),
        }
    }

    fn open_manifest(
        &mut self,
        entry: &Descriptor,
        manifest: &ManifestDoc,
        name: &str,
        how: Chosen,
    ) -> Result<(), OpenError> {
        let document = format!("the manifest {}", entry.digest);
        if let Some(kind) = manifest::artifact_type(manifest) {
            let error = unusable(&document, ManifestError::Artifact(kind.to_owned()));
            if how == Chosen::ByPlatform && entry.platform.is_some() {
                return Err(error);
            }
            self.refused.get_or_insert(error);
            return Ok(());
        }
        let config = self.read_verified(&manifest.config.digest, &document)?;
        let limits = self.request.limits;
        let mut image = manifest::build_image(name, Some(&entry.digest), manifest, &config, limits)
            .map_err(|error| unusable(&document, error))?;
        manifest::complete_platform(&mut image, entry.platform.as_ref());
        if how == Chosen::Alone
            && let Err(error) = manifest::check_platform(&image, self.request.platform)
        {
            self.refused.get_or_insert(unusable(&document, error));
            return Ok(());
        }
        if self.images.len() >= IMAGES_MAX {
            return Err(OpenError::TooManyImages { max: IMAGES_MAX });
        }
        self.images.push(image);
        Ok(())
    }

    /// Reads a document and checks that it has the bytes its digest pins.
    fn read_verified(&mut self, digest: &Digest, referrer: &str) -> Result<Vec<u8>, OpenError> {
        let max_bytes = self.request.limits.document_bytes_max;
        let too_large = || OpenError::TooLarge { document: digest.to_string(), max_bytes };
        let bytes = (self.read)(digest).map_err(|error| match error {
            BlobError::Missing => {
                OpenError::Missing { digest: digest.to_string(), referrer: referrer.to_owned() }
            }
            BlobError::TooLarge => too_large(),
            BlobError::Read(error) => error,
        })?;
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.bytes_left = self.bytes_left.checked_sub(size_bytes).ok_or_else(too_large)?;
        let found = manifest::digest_of(digest.algorithm(), &bytes);
        if found == *digest {
            return Ok(bytes);
        }
        Err(OpenError::Digest { expected: digest.clone(), referrer: referrer.to_owned(), found })
    }
}

/// Whether a name in a layout or archive is what a selector means: the same reference however
/// short it is written, or a name with that tag.
pub(crate) fn is_called(name: &str, selector: &str) -> bool {
    let tag = name.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    name == selector
        || tag == Some(selector)
        || matches!(
            (Reference::parse(name), Reference::parse(selector)),
            (Ok(name), Ok(selector)) if name == selector
        )
}

/// What an entry is called, the fullest name first.
fn names(entry: &Descriptor) -> impl Iterator<Item = &str> {
    [IMAGE_NAME, REF_NAME]
        .into_iter()
        .filter_map(|key| entry.annotations.get(key))
        .map(String::as_str)
        .filter(|name| !name.is_empty())
}

/// Entries with the same name together, in the order of their first one.
fn group(entries: &[Descriptor]) -> Vec<Vec<Descriptor>> {
    let mut positions = BTreeMap::new();
    let mut groups: Vec<Vec<Descriptor>> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.is_no_image()) {
        let position = *positions.entry(names(entry).next()).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.push(entry.clone()),
            None => groups.push(vec![entry.clone()]),
        }
    }
    groups
}

/// What there is to choose from, for a message.
fn available(entries: &[Descriptor]) -> String {
    let mut texts: Vec<String> = entries
        .iter()
        .filter(|entry| !entry.is_no_image())
        .map(|entry| names(entry).next().map_or_else(|| entry.digest.to_string(), str::to_owned))
        .collect();
    texts.dedup();
    list(&texts)
}

/// Names in a sentence, the first ones of many.
pub(crate) fn list(names: &[String]) -> String {
    /// As many as a reader takes in.
    const SHOWN: usize = 10;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 if shown.is_empty() => "none".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn unusable(document: &str, source: ManifestError) -> OpenError {
    OpenError::Document { document: document.to_owned(), source: Box::new(source) }
}
