//! Finds what is wrong in the bytes: secrets, misconfiguration, licenses.
//!
//! Everything here is a function from bytes to hits ([`lazaret_core::check`]); where in the image the
//! bytes are, and what that means, is for the caller to say. This crate reads no file, asks no clock
//! and opens no connection, so that a secret it finds goes nowhere.

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

pub mod compliance;
pub mod compose;
pub mod dockerfile;
pub mod iac;
pub mod image;
pub mod kubernetes;
pub mod license;
pub mod rego;
pub mod rule;
pub mod secret;
mod secret_name;
pub mod terraform;
pub mod tree;
pub mod waiver;
