//! Go modules: those a program was built from, and those a module file declares.

mod binary;
mod go_mod;
mod go_sum;
mod linked;
mod vendor;

pub(crate) use binary::{BINARY, release};
pub(crate) use go_mod::GO_MOD;
pub(crate) use go_sum::GO_SUM;
pub(crate) use vendor::VENDOR;
