//! Operating systems: which one it is, and its package databases.

pub(crate) mod apk;
mod assignment;
pub(crate) mod dpkg;
mod paths;
pub(crate) mod release;
pub(crate) mod rpm;
