//! Nim packages: those that are installed, and those a lock file declares.

mod nimble;
mod nimble_lock;

pub(crate) use nimble::NIMBLE;
pub(crate) use nimble_lock::NIMBLE_LOCK;
