//! Dart packages: those in the cache of pub, and those a lock file declares.

mod pub_cache;
mod pubspec_lock;

pub(crate) use pub_cache::PUB_CACHE;
pub(crate) use pubspec_lock::PUBSPEC_LOCK;
