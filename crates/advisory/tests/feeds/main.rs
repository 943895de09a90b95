//! The feeds as a caller sees them: files of a mirror in, records out.

mod deb_and_apk;
mod established;
mod recipe;
mod redhat;
mod rpm_lines;
mod suse;
