//! Packages of programming languages.

pub(crate) mod conda;
pub(crate) mod dart;
mod declared;
pub(crate) mod dotnet;
pub(crate) mod erlang;
pub(crate) mod go;
pub(crate) mod haskell;
mod json;
pub(crate) mod julia;
pub(crate) mod lua;
pub(crate) mod nim;
pub(crate) mod npm;
pub(crate) mod ocaml;
pub(crate) mod perl;
pub(crate) mod php;
mod places;
mod program;
pub(crate) mod python;
pub(crate) mod r;
pub(crate) mod ruby;
pub(crate) mod rust;
pub(crate) mod swift;
mod toml_file;
mod yaml_file;
