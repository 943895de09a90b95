//! The table of everything this crate reads.

use crate::{lang, os};
use lazaret_core::extract::Extractor;

/// Every extractor of package facts, one to a line, sorted by id.
pub static EXTRACTORS: &[&Extractor] = &[
    &os::apk::INSTALLED,
    &os::dpkg::COPYRIGHT,
    &os::dpkg::LIST,
    &os::dpkg::MD5SUMS,
    &os::dpkg::STATUS,
    &os::dpkg::STATUS_D,
    &lang::npm::PACKAGE_JSON,
    &lang::npm::PACKAGE_LOCK,
    &os::release::LSB_RELEASE,
    &os::release::REDHAT_RELEASE,
    &os::release::RELEASE,
    &os::release::SUSE_RELEASE,
    &os::release::VERSION_FILE,
    &lang::python::DIST_INFO,
];
