//! C and C++ packages: those of Conan and vcpkg, and libraries by their version headers.
//!
//! Files of pkg-config (`*.pc`) are left out: they name modules, not packages, several to a package
//! and differently in every distribution, and packages of distributions own nearly all of them.

mod conan_lock;
mod conanfile;
mod conaninfo;
mod headers;
mod reference;
mod vcpkg_manifest;
mod vcpkg_status;

pub(crate) use conan_lock::CONAN_LOCK;
pub(crate) use conanfile::CONANFILE;
pub(crate) use conaninfo::CONANINFO;
pub(crate) use headers::HEADERS;
pub(crate) use vcpkg_manifest::VCPKG_MANIFEST;
pub(crate) use vcpkg_status::VCPKG_STATUS;
