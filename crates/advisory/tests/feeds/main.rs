//! The feeds as a caller sees them: files of a mirror in, records out.

mod arch;
mod established;
mod osv_errata;
mod oval;
mod recipe;
mod updateinfo;
