//! `lazaret rootfs`: scans an unpacked or running root file system.

use super::outcome::{Job, finish};
use crate::args::{Global, RootfsArgs};
use crate::fail::{CommandError, Result};
use crate::settings::ScanSettings;
use lazaret_core::report::TargetKind;
use lazaret_image::{OpenOptions, Target};

pub(super) fn run(args: &RootfsArgs, global: &Global) -> Result<u8> {
    let mut settings = ScanSettings::new(&args.scan)?;
    settings.refuse_file_rules()?;
    settings.refuse_compliance("a root file system has no configuration")?;
    settings.skip = settings.skip.within(&args.folder)?;
    if !settings.base_images.is_empty() {
        let message = "--base-image: a root file system has no layers to compare";
        return Err(CommandError::usage(message));
    }
    // An image layout holds no packages where a root file system has them: scanned as one, it
    // would look clean.
    if args.folder.join("oci-layout").is_file() && args.folder.join("index.json").is_file() {
        let folder = args.folder.display();
        let message = format!("{folder} is an OCI image layout, not a root file system");
        let error = CommandError::usage(message);
        return Err(error.hint(format!("to scan the image: lazaret image --input {folder}")));
    }
    let target = Target::RootFs(args.folder.clone());
    let options = OpenOptions { limits: settings.limits.clone(), ..OpenOptions::default() };
    finish(Job { target, options, kind: TargetKind::Rootfs, settings }, global)
}
