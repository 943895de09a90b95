//! The database and the matcher, from outside.

mod build;
mod damage;
mod import;
mod lookup;
mod matching;
mod recipe;
