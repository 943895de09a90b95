//! Operating systems: which one it is, and its package databases.

pub(crate) mod alpm;
pub(crate) mod apk;
pub(crate) mod archive;
mod assignment;
pub(crate) mod bottlerocket;
pub(crate) mod chisel;
pub(crate) mod cos;
pub(crate) mod dpkg;
pub(crate) mod ebuild;
pub(crate) mod flatpak;
pub(crate) mod homebrew;
mod inflate;
mod json_list;
pub(crate) mod kernel;
pub(crate) mod nix;
pub(crate) mod opkg;
mod paths;
pub(crate) mod release;
pub(crate) mod rpm;
pub(crate) mod snap;
