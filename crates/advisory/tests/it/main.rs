//! The database and the matcher, from outside.

mod answers;
mod build;
mod damage;
mod diff;
mod enrichment;
mod first_seen;
mod history;
mod import;
mod lookup;
mod matching;
mod options;
mod recipe;
