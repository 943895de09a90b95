//! `lazaret config`: misconfiguration in the files an image is built from and run by.

use super::outcome::{Job, check_writable, code, finish, table_options, write_report};
use crate::args::{ConfigArgs, FsArgs, Global};
use crate::fail::{CommandError, Kind, Result};
use crate::scanners::dockerfile_settings;
use crate::settings::ScanSettings;
use lazaret_core::location::ImagePath;
use lazaret_core::report::TargetKind;
use lazaret_image::{OpenOptions, Target};
use lazaret_report::Reports;
use lazaret_scan::{Checks, ConfigFile, Options, scan_files};
use std::path::Path;
use std::sync::Arc;

/// The largest file that is read when it is named alone: far above what any rule looks at, so that
/// the rules can say that it is too large.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Looks at configuration alone: the files of a folder, or one file.
pub(super) fn run(args: &ConfigArgs, global: &Global) -> Result<u8> {
    let mut settings = ScanSettings::new(&args.scan)?;
    settings.scanners.vulnerabilities = false;
    let Checks { custom, compliance, .. } = settings.scanners.checks;
    let dockerfile = dockerfile_settings()?;
    let none = Checks::default();
    settings.scanners.checks =
        Checks { config_files: true, custom, compliance, dockerfile, ..none };
    if args.path.is_dir() {
        return folder(&args.path, TargetKind::Config, settings, global);
    }
    let file = read(&args.path)?;
    let name = args.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut table = table_options(settings.outputs.first().is_some_and(|one| one.file.is_some()));
    table.severities.clone_from(&settings.severities);
    table.show_suppressed = settings.show_suppressed;
    for output in &settings.outputs {
        check_writable(output)?;
    }
    let options = Options {
        checks: settings.scanners.checks.clone(),
        policy: settings.policy.clone(),
        target: TargetKind::Config,
        tool: ("lazaret", env!("CARGO_PKG_VERSION")),
        ..Options::default()
    };
    let reports = Arc::new(Reports(vec![scan_files(&name, &[file], &options)]));
    for output in &settings.outputs {
        write_report(output, &reports, &table)?;
    }
    Ok(code(&reports, settings.exit_code, settings.exit_on_eol))
}

/// Looks at a source tree: lock files, configuration, secrets.
pub(super) fn run_fs(args: &FsArgs, global: &Global) -> Result<u8> {
    let mut settings = ScanSettings::new(&args.scan)?;
    let checks = &mut settings.scanners.checks;
    // The rules about images have nothing to say of a source tree, those about its files do.
    checks.config_files = std::mem::take(&mut checks.misconfiguration);
    if checks.config_files {
        checks.dockerfile = dockerfile_settings()?;
    } else if checks.custom.is_some() {
        let message = "--config-check: misconfiguration is not looked for";
        return Err(CommandError::usage(message).hint("ask for it with --scanners misconfig"));
    }
    folder(&args.folder, TargetKind::Filesystem, settings, global)
}

fn folder(
    folder: &Path,
    kind: TargetKind,
    mut settings: ScanSettings,
    global: &Global,
) -> Result<u8> {
    settings.skip = settings.skip.within(folder)?;
    let target = Target::RootFs(folder.to_owned());
    let options = OpenOptions { limits: settings.limits.clone(), ..OpenOptions::default() };
    finish(Job { target, options, kind, settings }, global)
}

fn read(path: &Path) -> Result<ConfigFile> {
    let wrong = |error: std::io::Error| {
        let context = format!("failed to read {}", path.display());
        CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
    };
    let size = path.metadata().map_err(wrong)?.len();
    if size > FILE_BYTES_MAX {
        let message = format!("{} is larger than {FILE_BYTES_MAX} bytes", path.display());
        return Err(CommandError::new(Kind::Input, anyhow::anyhow!(message)));
    }
    let bytes = std::fs::read(path).map_err(wrong)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let inside = ImagePath::parse(name.as_bytes()).map_err(CommandError::usage)?;
    Ok(ConfigFile { path: inside, bytes })
}
