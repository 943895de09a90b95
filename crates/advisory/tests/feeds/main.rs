//! The feeds as a caller sees them: files of a mirror in, records out.

mod enrichment;
mod established;
mod recipe;
