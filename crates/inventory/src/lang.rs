//! Packages of programming languages.

mod declared;
pub(crate) mod dotnet;
pub(crate) mod go;
mod json;
pub(crate) mod npm;
pub(crate) mod php;
mod places;
mod program;
pub(crate) mod python;
pub(crate) mod ruby;
pub(crate) mod rust;
mod toml_file;
