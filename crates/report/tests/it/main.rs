//! The crate as its users see it: what is written, and what is read back.

mod arbitrary;
mod asff;
mod defectdojo;
mod enrichment;
mod github;
mod gitlab;
mod json;
mod openvex;
mod other_scanners;
mod readers;
mod recipe;
mod sarif;
mod schema;
mod standards;

mod table;
mod trivy;
