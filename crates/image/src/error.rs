//! Why a target could not be opened.

use crate::manifest::ManifestError;
use crate::registry::RegistryError;
use crate::target::{Daemon, TargetError};
use lazaret_core::digest::Digest;
use std::path::PathBuf;

/// Why a target could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The text names no target.
    #[error("failed to understand the target")]
    Target(#[from] TargetError),
    /// A source that is recognized, but not read by this version.
    #[error(
        "reading images from {} is not available yet: save the image to a file and use `--input \
         FILE`, or name a registry image `registry:{}:{name}`",
        daemon.scheme(),
        daemon.scheme()
    )]
    NotAvailable {
        /// The container engine.
        daemon: Daemon,
        /// The image it was asked for.
        name: String,
    },
    /// The registry did not give the image.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// There is nothing at the path.
    #[error("there is no file or folder {}", path.display())]
    NotFound {
        /// The path as written.
        path: PathBuf,
    },
    /// The path cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A pipe, socket or device, which cannot be read more than once.
    #[error("{} is not a regular file: save it to a file first", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// A file without content.
    #[error("{} is empty", path.display())]
    Empty {
        /// The path.
        path: PathBuf,
    },
    /// A file or folder that holds no image.
    #[error("{} is not {expected}: {found}", path.display())]
    NotAnImage {
        /// The path.
        path: PathBuf,
        /// What was expected there.
        expected: &'static str,
        /// What is there, and what to do about it.
        found: &'static str,
    },
    /// An archive that breaks off or is damaged.
    #[error("the archive {} is damaged: {reason}", path.display())]
    Archive {
        /// The path.
        path: PathBuf,
        /// What is wrong, and at which offset.
        reason: String,
    },
    /// A document breaks its format or holds no image that can be used.
    #[error("cannot use {document}")]
    Document {
        /// The document: its name or its digest.
        document: String,
        /// Why not.
        source: Box<ManifestError>,
    },
    /// A blob that should be there is not.
    #[error("the blob {digest}, which {referrer} refers to, is missing")]
    Missing {
        /// The blob's digest, or its name in an archive.
        digest: String,
        /// The document that refers to it.
        referrer: String,
    },
    /// A blob does not have the bytes that are meant.
    #[error(
        "the blob {expected}, which {referrer} refers to, has other content: its digest is {found}"
    )]
    Digest {
        /// The digest that is referred to.
        expected: Digest,
        /// The document that refers to it.
        referrer: String,
        /// The digest of the bytes there are.
        found: Digest,
    },
    /// A document larger than any real one.
    #[error("{document} is larger than {max_bytes} bytes")]
    TooLarge {
        /// The document: its name or its digest.
        document: String,
        /// The most that is read.
        max_bytes: u64,
    },
    /// Indexes in indexes in indexes.
    #[error("{document} is nested in more than {max} other indexes")]
    Nesting {
        /// The index.
        document: String,
        /// How many levels are read.
        max: u32,
    },
    /// More images than are read at once.
    #[error("there are more than {max} images: pick one with a tag or digest behind the path")]
    TooManyImages {
        /// How many are read.
        max: usize,
    },
    /// No image has the tag or digest that was asked for.
    #[error("no image is called `{selector}`; there is {available}")]
    NoMatch {
        /// What was asked for.
        selector: String,
        /// What there is, separated by commas.
        available: String,
    },
}
