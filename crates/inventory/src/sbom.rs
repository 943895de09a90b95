//! Bills of materials that lie in an image: what somebody else found out about it, or about a part
//! of it, before.
//!
//! They are read leniently: a component counts if it has a package url of a kind that is known and a
//! version, whatever else is odd about it. Which format a file has is told by its content, since
//! names promise little.

mod attestation;
mod bom;
mod cyclonedx;
mod cyclonedx_xml;
mod document;
mod purl;
mod spdx;
mod spdx_text;
mod syft;

pub(crate) use attestation::ATTESTATION;
pub(crate) use cyclonedx_xml::XML;
pub(crate) use document::JSON;
pub(crate) use spdx_text::SPDX;

use lazaret_core::extract::Gives;

/// What every format can tell.
const GIVES: Gives =
    Gives { licenses: true, source: true, ownership: false, dev: false, lines: false };
