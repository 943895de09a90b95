//! Reading the outside world: an image from a layout folder, an archive, a root file system or a
//! registry, layer by layer.
//!
//! This crate knows bytes, digests and archives. It never knows what a package is, never runs
//! anything from an image, and never reads the environment: credentials and limits are handed in.
//! (Proxy settings are the exception: the HTTP library takes them from the environment.)
//!
//! [`open`] finds out what a target is and describes the images in it; [`Source::walk`] streams one
//! layer through a [`Visit`], which decides from each entry's header whether it wants the body.
//! Nothing is unpacked to disk.
//!
//! ```no_run
//! use lazaret_image::{EntryHeader, OpenOptions, Target, Visit, Want, open};
//! use lazaret_core::problem::Problem;
//!
//! struct Names;
//! impl Visit for Names {
//!     fn entry(&mut self, header: &EntryHeader) -> Want {
//!         println!("{}", header.path);
//!         Want::Skip
//!     }
//!     fn body(&mut self, _: &EntryHeader, _: &[u8]) {}
//!     fn problem(&mut self, _: Problem) {}
//! }
//!
//! let target: Target = "oci-archive:app.tar:1.0".parse()?;
//! let source = open(&target, &OpenOptions::default())?;
//! source.walk(0, 0, &mut Names)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]

mod archive;
pub mod artifact;
pub mod attestation;
mod base;
mod docker_archive;
mod error;
pub mod fetch;
#[doc(hidden)]
pub mod fuzz;
mod http;
mod index;
mod layer;
mod layout;
mod manifest;
mod outer;
mod platform;
mod registry;
mod rootfs;
pub mod send;
mod source;
mod tar;
mod target;
mod walk;

pub use error::OpenError;
pub use http::HttpError;
pub use manifest::ManifestError;
pub use platform::PlatformChoice;
pub use registry::{
    CredentialOrigin, Credentials, Redacted, RegistryError, RegistryOptions, credential_files,
};
pub use source::{OpenOptions, Source, open};
pub use target::{Daemon, Target, TargetError};
pub use walk::{
    EntryHeader, EntryType, LayerError, LayerSummary, PEEK_BYTES, Progress, Visit, Want,
};
