//! PHP packages of Composer: those that are installed, and those a lock file declares.

mod composer;

pub(crate) use composer::{COMPOSER_LOCK, INSTALLED};
