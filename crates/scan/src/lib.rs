//! The pipeline everyone calls: open, extract, squash, match, evaluate.
//!
//! ```no_run
//! use lazaret_scan::{Engine, Options, scan};
//!
//! let target = "image.tar".parse()?;
//! let source = lazaret_image::open(&target, &lazaret_image::OpenOptions::default())?;
//! let engine = Engine::new();
//! let report = scan(&engine, &source, 0, &Options::default())?;
//! println!("{} packages", report.inventory.packages.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It holds no argument parsing and no output format. It reads no file but its cache folder.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod cache;
mod extract;
mod pipeline;

pub use extract::{extract_layer, fingerprint};
pub use pipeline::{Engine, Options, ScanError, extract_image, scan};
