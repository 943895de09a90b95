//! Programs and libraries that nobody registered: what their own bytes say of them.

mod classifier;
mod libraries;
mod library;
mod note;
mod program;
mod programs;
mod script;
mod scripts;

pub(crate) use library::{LIBRARY, stems};
pub(crate) use note::NOTE;
pub(crate) use program::PROGRAM;
pub(crate) use script::SCRIPT;

/// Whether an extractor tells from the bytes of a program alone what it is. It speaks of the file
/// itself, which is the same under each of its names, and which a package may own.
pub(crate) fn is_of_bytes(extractor: &str) -> bool {
    extractor.starts_with("binary/")
}
