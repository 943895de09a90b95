//! Ruby gems: those that are installed, and those a lock file declares.

mod gemfile_lock;
mod gemspec;

pub(crate) use gemfile_lock::GEMFILE_LOCK;
pub(crate) use gemspec::GEMSPEC;
