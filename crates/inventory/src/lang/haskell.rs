//! Haskell packages a freeze or lock file declares.

mod cabal_freeze;
mod stack_lock;

pub(crate) use cabal_freeze::CABAL_FREEZE;
pub(crate) use stack_lock::STACK_LOCK;
