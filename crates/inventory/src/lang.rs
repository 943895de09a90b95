//! Packages of programming languages.

pub(crate) mod npm;
pub(crate) mod python;
