//! Modules of Bazel, and the Java packages its rules have locked.

mod maven_install;
mod module_lock;

pub(crate) use maven_install::MAVEN_INSTALL;
pub(crate) use module_lock::MODULE_LOCK;
