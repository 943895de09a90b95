//! `lazaret image`: scans a container image.

use super::outcome::{Job, finish};
use crate::args::{Global, ImageArgs};
use crate::attached::sbom_sources;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::{ScanSettings, platform, registry};
use lazaret_core::report::TargetKind;
use lazaret_image::{OpenOptions, RegistryOptions, Target};
use std::path::Path;

pub(super) fn run(args: &ImageArgs, global: &Global) -> Result<u8> {
    scan_and_judge(args, ScanSettings::new(&args.scan)?, global)
}

/// Scans the image and writes what it comes to.
pub(super) fn scan_and_judge(
    args: &ImageArgs,
    mut settings: ScanSettings,
    global: &Global,
) -> Result<u8> {
    settings.refuse_file_rules()?;
    settings.attached_sboms = sbom_sources(&args.sbom_sources)?;
    let target = target(args)?;
    if settings.attached_sboms && !matches!(target, Target::Registry(_)) {
        let message = "--sbom-sources oci asks the registry of an image: name one in a registry";
        return Err(CommandError::usage(message));
    }
    let registry = match target {
        Target::Registry(_) => registry(&args.registry)?,
        _ if !settings.base_images.is_empty() => registry(&args.registry)?,
        // Credentials in the environment of a pipeline are no business of a file.
        _ => RegistryOptions::default(),
    };
    let options = OpenOptions {
        platform: platform(args.platform.as_deref())?,
        limits: settings.limits.clone(),
        registry,
        ..OpenOptions::default()
    };
    finish(Job { target, options, kind: TargetKind::Image, settings }, global).map_err(|error| {
        match &args.reference {
            // A valid reference, and yet most likely meant as a path.
            Some(path) if Path::new(path).exists() && error.kind == Kind::Input => {
                error.hint(input_hint(path))
            }
            _ => error,
        }
    })
}

/// What to scan. An `input` in the configuration file stands back behind a typed reference.
fn target(args: &ImageArgs) -> Result<Target> {
    let Some(reference) = &args.reference else {
        return match &args.input {
            Some(path) => Ok(Target::Input(path.clone())),
            None => Err(CommandError::usage(
                "name an image to scan, or a file or folder with --input PATH",
            )),
        };
    };
    if reference.starts_with(['/', '.', '~']) {
        let message = format!("`{reference}` is a path, not the name of an image in a registry");
        return Err(CommandError::usage(message).hint(input_hint(reference)));
    }
    reference.parse().map_err(|error| {
        let error = CommandError::new(Kind::Usage, anyhow::Error::new(error));
        if Path::new(reference).exists() { error.hint(input_hint(reference)) } else { error }
    })
}

/// How to scan what is at a path.
fn input_hint(path: &str) -> String {
    let folder = Path::new(path);
    if folder.is_dir() && !folder.join("index.json").exists() {
        format!("to scan the folder as a root file system: lazaret rootfs {path}")
    } else {
        format!("to scan the file or folder: lazaret image --input {path}")
    }
}
