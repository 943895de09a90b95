//! Packages of programming languages.

pub(crate) mod cpp;
pub(crate) mod declared;
pub(crate) mod dotnet;
pub(crate) mod go;
pub(crate) mod java;
pub(crate) mod json;
pub(crate) mod npm;
pub(crate) mod php;
mod places;
pub(crate) mod program;
pub(crate) mod python;
pub(crate) mod ruby;
pub(crate) mod rust;
mod toml_file;
pub(crate) mod xml;
mod zip;
