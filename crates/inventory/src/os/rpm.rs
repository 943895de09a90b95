//! The package databases of rpm: three formats that hold the same package headers, and the list
//! that images without a database have in their place.

mod bdb;
mod header;
mod int;
mod manifest;
mod ndb;
mod packages;
mod sqlite;

pub(crate) use bdb::BDB;
pub(crate) use manifest::MANIFEST;
pub(crate) use ndb::NDB;
pub(crate) use sqlite::{LOGGED, SQLITE};
