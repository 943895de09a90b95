//! Packages of Conda: those that are installed, and those an environment file pins.

mod environment;
mod meta;

pub(crate) use environment::ENVIRONMENT;
pub(crate) use meta::META;
