//! Go modules: those a program was built from, and those a module file declares.

mod binary;
mod go_mod;

pub(crate) use binary::{BINARY, release};
pub(crate) use go_mod::GO_MOD;
