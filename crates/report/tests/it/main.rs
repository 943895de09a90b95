//! The crate as its users see it: what is written, and what is read back.

mod arbitrary;
mod browser;
mod enrichment;
mod gallery;
mod html;
mod html_browser;
mod json;
mod openvex;
mod other_scanners;
mod readers;
mod recipe;
mod schema;
mod standards;
mod table;
