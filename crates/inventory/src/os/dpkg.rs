//! The package database of Debian and its relatives: what is installed, which files belong to
//! it, and the copyright files beside it.

mod copyright;
mod files;
mod status;

pub(crate) use copyright::COPYRIGHT;
pub(in crate::os) use files::read_paths;
pub(crate) use files::{LIST, MD5SUMS};
pub(in crate::os) use status::{DISTROLESS, Dialect, read_stanzas};
pub(crate) use status::{STATUS, STATUS_D};
