//! Perl distributions: those that are installed, and those a lock file declares.

mod meta;
mod snapshot;

pub(crate) use meta::META;
pub(crate) use snapshot::SNAPSHOT;
