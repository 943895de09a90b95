//! PHP packages of Composer and PEAR: those that are installed, and those a lock file declares.

mod composer;
mod installed_php;
mod pear;

pub(crate) use composer::{COMPOSER_LOCK, INSTALLED};
pub(crate) use installed_php::INSTALLED_PHP;
pub(crate) use pear::PEAR;
