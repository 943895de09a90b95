//! Lua rocks: those that are installed, and those a lock file declares.

mod luarocks_lock;
mod rockspec;
mod table;

pub(crate) use luarocks_lock::LUAROCKS_LOCK;
pub(crate) use rockspec::ROCKSPEC;
