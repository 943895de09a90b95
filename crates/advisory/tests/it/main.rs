//! The database and the matcher, from outside.

mod build;
mod damage;
mod enrichment;
mod lookup;
mod matching;
mod recipe;
