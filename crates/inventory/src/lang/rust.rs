//! Rust crates: those a program was built from, and those a lock file declares.

mod auditable;
mod cargo_lock;

pub(crate) use auditable::AUDITABLE;
pub(crate) use cargo_lock::CARGO_LOCK;
