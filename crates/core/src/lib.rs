//! The nouns of Lazaret.
//!
//! A scan turns *bytes* into *facts*, facts into the *truth* about an image, truth into *findings*
//! and findings into a *verdict*:
//!
//! ```text
//! target ─► image ─► extract ─► squash ─► match ─► evaluate ─► write
//!           Image    LayerFacts Inventory Finding  Verdict     Report
//! ```
//!
//! This crate holds those nouns, the orders versions are compared by, the contract an extractor
//! fulfills and the limits hostile input meets. It never reads a file, opens a socket, asks the
//! clock or starts a process; every other crate may depend on it and it depends on none of them.
//!
//! ```
//! use lazaret_core::{reference::Reference, version::Scheme};
//! use std::cmp::Ordering;
//!
//! let image = Reference::parse("alpine:3.20")?;
//! assert_eq!(image.repository(), "library/alpine");
//! assert_eq!(Scheme::Deb.compare("1.0~rc1", "1.0")?, Ordering::Less);
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
#![warn(missing_docs)]

pub mod advisory;
pub mod check;
pub mod compliance;
pub mod digest;
pub mod extract;
pub mod finding;
pub mod image;
pub mod inventory;
pub mod limits;
pub mod location;
pub mod maven;
pub mod package;
pub mod problem;
pub mod program;
pub mod property;
pub mod purl;
pub mod reference;
pub mod report;
pub mod severity;
pub mod verdict;
pub mod version;
