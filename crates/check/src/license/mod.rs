//! Which licenses software is under: what package metadata says, what license files say, and how
//! much of a burden that is.
//!
//! [`expression()`] reads what a package says of itself, in whatever spelling; [`classify`] reads the
//! text of a file that [`wants`] names; [`judge`] says how bad an expression is.

mod class;
mod classify;
mod expression;
mod grant;
mod matching;
mod name;
mod table;
mod texts;
mod words;

pub use class::{Class, Classes, judge};
pub use classify::{CONFIDENCE_DEFAULT, classify, wants};
pub use expression::{Expression, Term, expression};
