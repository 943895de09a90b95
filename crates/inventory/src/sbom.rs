//! Bills of materials: what somebody else found out about an image, or about a part of it, before.
//! They lie in an image, or stand for one ([`describe`]).
//!
//! They are read leniently: a component counts if it has a package url of a kind that is known and a
//! version, whatever else is odd about it. Which format a file has is told by its content, since
//! names promise little.

mod attestation;
mod bom;
mod component;
mod cyclonedx;
mod cyclonedx_xml;
mod described;
mod distribution;
mod document;
mod property;
mod purl;
mod spdx;
mod spdx3;
mod spdx_text;
mod syft;

pub(crate) use attestation::ATTESTATION;
pub(crate) use cyclonedx_xml::XML;
pub use described::{Described, describe};
pub(crate) use document::JSON;
pub(crate) use spdx_text::SPDX;

use lazaret_core::extract::Gives;

/// Whether an extractor reads what others found out.
pub(crate) fn is_sbom(extractor: &str) -> bool {
    extractor.starts_with("sbom/")
}

/// What every format can tell.
const GIVES: Gives =
    Gives { licenses: true, source: true, ownership: false, dev: false, lines: false };
