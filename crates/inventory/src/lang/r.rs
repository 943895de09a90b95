//! R packages: those that are installed, and those a lock file declares.

mod description;
mod renv_lock;

pub(crate) use description::DESCRIPTION;
pub(crate) use renv_lock::RENV_LOCK;
