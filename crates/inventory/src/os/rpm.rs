//! The package databases of rpm: three formats that hold the same package headers, and the list
//! that images without a database have in their place; and the files packages come in.

mod bdb;
mod file;
mod header;
mod int;
mod manifest;
mod ndb;
mod packages;
mod signature;
mod sqlite;

pub(crate) use bdb::BDB;
pub(in crate::os) use file::package_in_file;
pub(crate) use manifest::MANIFEST;
pub(crate) use ndb::NDB;
pub(in crate::os) use packages::evr;
pub(crate) use sqlite::{LOGGED, SQLITE};
