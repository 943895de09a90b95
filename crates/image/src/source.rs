//! The sources an image can come from, side by side.

use crate::archive::{Archive, Place};
use crate::base;
use crate::docker_archive::{self, MANIFEST};
use crate::error::OpenError;
use crate::index::{self, Request};
use crate::layer::{Budget, LayerBlob, WalkContext, walk_layer};
use crate::layout::{INDEX, Layout};
use crate::platform::PlatformChoice;
use crate::registry::{self, RegistryOptions, RegistrySource};
use crate::rootfs::RootFs;
use crate::target::{Selector, Target, split_path};
use crate::walk::{LayerError, LayerSummary, Progress, Visit};
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::problem::Problem;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What opening a target needs to know.
#[derive(Clone)]
pub struct OpenOptions {
    /// Which platforms of a multi-platform image.
    pub platform: PlatformChoice,
    /// Bounds on hostile input.
    pub limits: Limits,
    /// How registries are reached.
    pub registry: RegistryOptions,
    /// Whether the digest of each layer's uncompressed archive is checked against the
    /// configuration even where the blob's own digest pins it already.
    pub verify_diff_ids: bool,
    /// Who is told how far reading a layer has come.
    pub progress: Option<Arc<dyn Progress>>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            platform: PlatformChoice::default(),
            limits: Limits::default(),
            registry: RegistryOptions::default(),
            verify_diff_ids: true,
            progress: None,
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { platform, limits, registry, verify_diff_ids, progress } = self;
        f.debug_struct("OpenOptions")
            .field("platform", platform)
            .field("limits", limits)
            .field("registry", registry)
            .field("verify_diff_ids", verify_diff_ids)
            .field("progress", &progress.is_some())
            .finish()
    }
}

/// An opened target: the images in it, and the way to their layers.
pub struct Source {
    images: Vec<Image>,
    problems: Vec<Problem>,
    origin: Origin,
    options: OpenOptions,
    budget: Budget,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("images", &self.images).finish_non_exhaustive()
    }
}

/// Where the layers are.
enum Origin {
    Layout(Layout),
    /// An archive, with the path of each layer of each image.
    Archive(Archive, Vec<Vec<ImagePath>>),
    RootFs(RootFs),
    Registry(RegistrySource),
}

/// Opens a target and describes the images in it.
///
/// Documents are read and verified; layers are not touched. The formats of files and folders are
/// recognized from their content.
pub fn open(target: &Target, options: &OpenOptions) -> Result<Source, OpenError> {
    let budget = Budget::new(options.limits.memory_bytes);
    let mut problems = Vec::new();
    let (origin, images) = match target {
        Target::Registry(reference) => {
            let source = registry::open(reference, &options.registry, options)?;
            let images = source.images().to_vec();
            (Origin::Registry(source), images)
        }
        Target::Daemon { daemon, name } => {
            return Err(OpenError::NotAvailable { daemon: *daemon, name: name.clone() });
        }
        Target::RootFs(folder) => {
            let (source, image) = RootFs::open(folder)?;
            (Origin::RootFs(source), vec![image])
        }
        Target::Layout(written) | Target::Input(written) => {
            let (path, selector) = split_path(written);
            let metadata = path.metadata().map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => OpenError::NotFound { path: written.clone() },
                _ => OpenError::Read { path: path.clone(), source },
            })?;
            if metadata.is_dir() {
                let name = last_component(&path);
                let request = request(options, selector.as_ref(), &name);
                let (layout, images) = Layout::open(&path, &request)?;
                (Origin::Layout(layout), images)
            } else if matches!(target, Target::Layout(_)) {
                return Err(OpenError::NotAnImage {
                    path,
                    expected: "a folder with an OCI image layout",
                    found: "it is a file; use `oci-archive:FILE` or `--input FILE`",
                });
            } else {
                let format = Format::Any;
                open_archive(&path, selector.as_ref(), format, options, &budget, &mut problems)?
            }
        }
        Target::OciArchive(written) | Target::DockerArchive(written) => {
            let (path, selector) = split_path(written);
            let format = match target {
                Target::OciArchive(_) => Format::Oci,
                _ => Format::Docker,
            };
            open_archive(&path, selector.as_ref(), format, options, &budget, &mut problems)?
        }
    };
    Ok(Source { images, problems, origin, options: options.clone(), budget })
}

/// What an archive is expected to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Any,
    Oci,
    Docker,
}

fn open_archive(
    path: &Path,
    selector: Option<&Selector>,
    format: Format,
    options: &OpenOptions,
    budget: &Budget,
    problems: &mut Vec<Problem>,
) -> Result<(Origin, Vec<Image>), OpenError> {
    let archive = Archive::open(path, &options.limits, budget)?;
    let name = last_component(path);
    let request = request(options, selector, &name);
    let is_docker = archive.has(MANIFEST) && format != Format::Oci;
    if archive.has(INDEX) {
        match open_oci_archive(&archive, &request) {
            // Docker's list may have names that the index has not.
            Err(OpenError::NoMatch { .. }) if is_docker => {}
            images => {
                let images = images?;
                let layers = images.iter().map(blob_paths).collect();
                return Ok((Origin::Archive(archive.without_documents(), layers), images));
            }
        }
    }
    if is_docker {
        let described = docker_archive::describe(&archive, &request)?;
        problems.extend(described.problems);
        let origin = Origin::Archive(archive.without_documents(), described.layers);
        return Ok((origin, described.images));
    }
    let expected = match format {
        Format::Any => "an image archive, of `docker save` or an OCI layout",
        Format::Oci => "an OCI layout in an archive",
        Format::Docker => "an archive of `docker save`",
    };
    let found = if archive.has("repositories") {
        "it has no manifest.json, which Docker writes since 1.10; save the image again"
    } else if archive.has(MANIFEST) {
        "it has no index.json; use `docker-archive:FILE` for an archive of `docker save`"
    } else if archive.is_root_file_system() {
        "it holds a root file system; unpack it and use `lazaret rootfs DIR`"
    } else {
        "it has neither an index.json nor a manifest.json"
    };
    Err(OpenError::NotAnImage { path: path.to_owned(), expected, found })
}

fn open_oci_archive(archive: &Archive, request: &Request<'_>) -> Result<Vec<Image>, OpenError> {
    let index = docker_archive::read(archive, request, &path_of(INDEX), "the archive")?;
    let mut images =
        index::resolve(&index, request, &mut |digest| archive.read_document(&blob_path(digest)))?;
    let mut tags = docker_archive::tags(archive, request);
    for image in &mut images {
        if let Some(tag) = image.config_digest.as_ref().and_then(|config| tags.remove(config)) {
            image.name = tag;
        }
    }
    Ok(images)
}

fn blob_paths(image: &Image) -> Vec<ImagePath> {
    let path = |layer: &LayerInfo| layer.blob_digest.as_ref().map(blob_path).unwrap_or_default();
    image.layers.iter().map(path).collect()
}

/// Where an OCI layout has a blob.
fn blob_path(digest: &lazaret_core::digest::Digest) -> ImagePath {
    path_of(&format!("blobs/{}/{}", digest.algorithm().name(), digest.hex()))
}

/// A path that is known not to climb.
fn path_of(text: &str) -> ImagePath {
    ImagePath::parse(text.as_bytes()).unwrap_or_default()
}

fn request<'a>(
    options: &'a OpenOptions,
    selector: Option<&'a Selector>,
    fallback_name: &'a str,
) -> Request<'a> {
    Request { selector, platform: &options.platform, limits: &options.limits, fallback_name }
}

/// What a file or folder is called, without where it is.
fn last_component(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    name.or_else(|| Some(path.canonicalize().ok()?.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "image".to_owned())
}

impl Source {
    /// The images in the target, at least one.
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// Compares every image with others that it may have been built on, and marks the layers it has
    /// from one of them. Says for each image whether there is one; where there is none, what was
    /// known before stays.
    pub fn compare_bases(&mut self, others: &[Image]) -> Vec<bool> {
        self.images.iter_mut().map(|image| base::compare(image, others)).collect()
    }

    /// What was odd about the target, without keeping it from being read. Part of the report.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether layers can only be read one after the other, in the order of an archive that is
    /// compressed as a whole. [`Source::walk_many`] reads such an archive once;
    /// [`Source::walk`] once for each call.
    pub fn is_sequential(&self) -> bool {
        matches!(&self.origin, Origin::Archive(archive, _) if archive.is_sequential())
    }

    /// Streams one layer of one image through a visitor. May be called from several threads at
    /// once.
    pub fn walk(
        &self,
        image: usize,
        layer: usize,
        visitor: &mut dyn Visit,
    ) -> Result<LayerSummary, LayerError> {
        let info = self.layer_info(image, layer)?;
        let context = self.context(layer, info);
        match &self.origin {
            Origin::RootFs(root) => root.walk(&context, visitor),
            Origin::Layout(layout) => walk_layer(layout.layer(info)?, &context, visitor),
            Origin::Registry(registry) => {
                walk_layer(registry.layer(image, layer)?, &context, visitor)
            }
            Origin::Archive(archive, paths) if archive.is_sequential() => {
                let mut result = Err(LayerError::Missing { layer: layer.to_string() });
                self.stream_layers(archive, paths, image, &[layer], &mut |_, blob| {
                    result = blob.and_then(|blob| walk_layer(blob, &context, visitor));
                });
                result
            }
            Origin::Archive(archive, paths) => {
                let (place, path) = find(archive, paths, image, layer, info)?;
                let reader = Box::new(archive.range(place));
                walk_layer(blob(info, path, place.size_bytes, reader), &context, visitor)
            }
        }
    }

    /// Streams several layers of one image, each through a visitor of its own, in the order that
    /// is cheapest. `make` is asked for a visitor before a layer is begun, and `done` gets it back
    /// with the outcome; both are told the layer. Each layer is done exactly once.
    pub fn walk_many<V: Visit>(
        &self,
        image: usize,
        layers: &[usize],
        mut make: impl FnMut(usize) -> V,
        mut done: impl FnMut(usize, V, Result<LayerSummary, LayerError>),
    ) {
        match &self.origin {
            Origin::Archive(archive, paths) if archive.is_sequential() => {
                self.stream_layers(archive, paths, image, layers, &mut |layer, blob| {
                    let mut visitor = make(layer);
                    let result = blob.and_then(|blob| {
                        let context = self.context(layer, self.layer_info(image, layer)?);
                        walk_layer(blob, &context, &mut visitor)
                    });
                    done(layer, visitor, result);
                });
            }
            _ => {
                for &layer in layers {
                    let mut visitor = make(layer);
                    let result = self.walk(image, layer, &mut visitor);
                    done(layer, visitor, result);
                }
            }
        }
    }

    /// Hands out layers in the order of an archive that is compressed as a whole.
    fn stream_layers(
        &self,
        archive: &Archive,
        paths: &[Vec<ImagePath>],
        image: usize,
        layers: &[usize],
        each: &mut dyn FnMut(usize, Result<LayerBlob<'_>, LayerError>),
    ) {
        let mut files = Vec::new();
        for &layer in layers {
            let found = self.layer_info(image, layer).and_then(|info| {
                let (place, path) = find(archive, paths, image, layer, info)?;
                Ok((place, (layer, info, path, place.size_bytes)))
            });
            match found {
                Ok(file) => files.push(file),
                Err(error) => each(layer, Err(error)),
            }
        }
        archive.stream_each(files, &mut |(layer, info, path, size_bytes), bytes| {
            let opened = match bytes {
                Ok(bytes) => Ok(blob(info, path, size_bytes, Box::new(bytes))),
                Err(source) => {
                    Err(LayerError::Decompress { layer: layer_name(info, path), source })
                }
            };
            each(layer, opened);
        });
    }

    fn layer_info(&self, image: usize, layer: usize) -> Result<&LayerInfo, LayerError> {
        self.images
            .get(image)
            .and_then(|image| image.layers.get(layer))
            .ok_or_else(|| LayerError::Missing { layer: layer.to_string() })
    }

    fn context(&self, layer: usize, info: &LayerInfo) -> WalkContext<'_> {
        WalkContext {
            limits: &self.options.limits,
            budget: &self.budget,
            progress: self.options.progress.as_deref().map(|progress| (progress, layer)),
            verify_diff_id: self.options.verify_diff_ids || info.blob_digest.is_none(),
        }
    }
}

/// Where a layer is in an archive.
fn find<'a>(
    archive: &Archive,
    paths: &'a [Vec<ImagePath>],
    image: usize,
    layer: usize,
    info: &LayerInfo,
) -> Result<(Place, &'a ImagePath), LayerError> {
    let path = paths.get(image).and_then(|layers| layers.get(layer));
    let place = path.and_then(|path| archive.place(path).map(|place| (place, path)));
    place.ok_or_else(|| LayerError::Missing {
        layer: path.map_or_else(|| layer.to_string(), |path| layer_name(info, path)),
    })
}

/// What a message calls a layer: its digest if it has one, else its path in the archive.
fn layer_name(info: &LayerInfo, path: &ImagePath) -> String {
    info.blob_digest.as_ref().map_or_else(|| path.to_string(), ToString::to_string)
}

fn blob<'a>(
    info: &LayerInfo,
    path: &ImagePath,
    size_bytes: u64,
    reader: Box<dyn io::Read + Send + 'a>,
) -> LayerBlob<'a> {
    LayerBlob {
        name: layer_name(info, path),
        reader,
        size: Some(size_bytes),
        digest: info.blob_digest.clone(),
        diff_id: info.diff_id.clone(),
    }
}
