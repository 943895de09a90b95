//! The crate as its users see it: what is written, and what is read back.

mod arbitrary;
mod asff;
mod browser;
mod defectdojo;
mod dependency_tree;
mod enrichment;
mod gallery;
mod github;
mod gitlab;
mod html;
mod html_browser;
mod json;
mod layer_summary;
mod openvex;
mod other_scanners;
mod readers;
mod recipe;
mod sarif;
mod sbom;
mod schema;
mod standards;

mod table;
mod template;
mod trivy;
