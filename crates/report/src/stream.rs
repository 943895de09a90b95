//! Lists that are made while they are written.
//!
//! A document of a hundred thousand findings is larger than the report it is made of. Made element
//! by element it never lies in memory.

use serde::ser::{Serialize, Serializer};

/// A list of what `elements` gives, asked for each time it is written.
pub(crate) struct Stream<F>(pub(crate) F);

impl<F, I> Serialize for Stream<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
