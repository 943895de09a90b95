//! The pipeline everyone calls: extract, squash, match, evaluate, for an image that is open.
//!
//! An [`Engine`] outlives many scans and keeps the facts of layers, so that a layer is read once;
//! [`scan`] is one image from its layers to its report.
//!
//! It parses no arguments and knows no output format. It opens no file of its own but those of its
//! cache folder, and asks no clock: the same image and options give the same report.
//!
//! ```no_run
//! use lazaret_image::{OpenOptions, Target, open};
//! use lazaret_scan::{Engine, Options, scan};
//!
//! let target = Target::Input("image.tar".into());
//! let source = open(&target, &OpenOptions::default())?;
//! let engine = Engine::new();
//! for image in 0..source.images().len() {
//!     let report = scan(&engine, &source, image, &Options::default())?;
//!     println!("{}: {} packages", report.image.name, report.inventory.packages.len());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod attached;
pub mod cache;
mod check;
mod companion;
mod extract;
mod pipeline;
mod skip;

pub use attached::{Attached, AttachedDocument};
pub use check::{CheckFacts, Checks, ConfigFile, InFile, SecretRules, rules};
pub use extract::{extract_layer, fingerprint};
pub use lazaret_inventory::{Described, describe};
pub use pipeline::{Engine, Options, ScanError, extract_image, scan, scan_described, scan_files};
pub use skip::{Skip, SkipError};
