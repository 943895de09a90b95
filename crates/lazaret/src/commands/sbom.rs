//! `lazaret sbom`: scans what a bill of materials is about.

use super::convert;
use super::outcome::{conclude, open_database, scan_error, scan_options};
use crate::args::SbomArgs;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::ScanSettings;
use lazaret_core::report::TargetKind;
use lazaret_report::Reports;
use lazaret_scan::{describe, scan_described};
use std::path::Path;

pub(super) fn run(args: SbomArgs) -> Result<u8> {
    let settings = ScanSettings::new(&args.scan)?;
    settings.refuse_file_rules()?;
    settings.refuse_compliance("a bill of materials has no configuration")?;
    conclude(settings, move |settings| scan(&args.file, settings))
}

fn scan(file: &Path, settings: &ScanSettings) -> Result<Reports> {
    let db = open_database(settings)?;
    let bytes = convert::read(file)?;
    let described = describe(&bytes).map_err(|error| {
        let context = match error.line {
            Some(line) => format!("failed to read {}, line {line}", file.display()),
            None => format!("failed to read {}", file.display()),
        };
        let error = CommandError::new(Kind::Input, anyhow::Error::new(error).context(context));
        error.hint("to scan an image: lazaret image NAME, or --input PATH for a file")
    })?;
    drop(bytes);
    let mut options = scan_options(db.as_ref(), TargetKind::Sbom, settings);
    let addresses = described.statements.as_deref();
    options.policy.vex = settings.vex.of_bill(addresses, settings.is_offline)?;
    scan_described(described, &options).map(|report| Reports(vec![report])).map_err(scan_error)
}
