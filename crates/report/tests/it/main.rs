//! The crate as its users see it: what is written, and what is read back.

mod arbitrary;
mod enrichment;
mod json;
mod openvex;
mod other_scanners;
mod readers;
mod recipe;
mod sbom;
mod schema;
mod standards;
mod table;
