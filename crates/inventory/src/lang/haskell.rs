//! Haskell packages: those a compiler has, and those a freeze or lock file declares.

mod cabal_freeze;
mod ghc_package;
mod stack_lock;

pub(crate) use cabal_freeze::CABAL_FREEZE;
pub(crate) use ghc_package::GHC_PACKAGE;
pub(crate) use stack_lock::STACK_LOCK;
