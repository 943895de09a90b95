//! Keeping feeds up to date: what to ask for, in what order, and what is not to be believed.
//!
//! Everything here is values to values. The program fetches; this module says where the files of a
//! feed are published and where they lie in a mirror folder ([`sources`]), which of them an image
//! needs ([`Choice`]), what a list of changes means ([`list`]), and whether a new file can be what
//! it claims to be ([`plausible`]).

mod check;
mod choice;
pub mod list;
mod shrink;
mod source;
mod state;
mod table;

pub use check::{Implausible, Weight, plausible, weigh};
pub use choice::{Choice, ChoiceError, needed_segments};
pub use shrink::{Keep, Kept, kept};
pub use source::{Elsewhere, Layout, Repositories, Source, sources};
pub use state::{FileState, SourceState, State, StateError};
