//! The feeds as a caller sees them: files of a mirror in, records out.

mod arch;
mod deb_and_apk;
mod enrichment;
mod established;
mod language;
mod osv_errata;
mod oval;
mod recipe;
mod redhat;
mod rpm_lines;
mod suse;
mod updateinfo;
