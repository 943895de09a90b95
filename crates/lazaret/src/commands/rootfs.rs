//! `lazaret rootfs`: scans an unpacked or running root file system.

use super::outcome::{Job, finish};
use crate::args::{Global, RootfsArgs};
use crate::fail::Result;
use crate::settings::ScanSettings;
use lazaret_core::report::TargetKind;
use lazaret_image::{OpenOptions, Target};

pub(super) fn run(args: &RootfsArgs, global: &Global) -> Result<u8> {
    let settings = ScanSettings::new(&args.scan)?;
    let target = Target::RootFs(args.folder.clone());
    let options = OpenOptions { limits: settings.limits.clone(), ..OpenOptions::default() };
    finish(Job { target, options, kind: TargetKind::Rootfs, settings }, global)
}
