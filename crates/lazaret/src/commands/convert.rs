//! `lazaret convert`: a saved report in another format.

use super::outcome::{check_writable, table_options, write_report};
use crate::args::ConvertArgs;
use crate::fail::{CommandError, Kind, Result};
use crate::output::outputs;
use crate::settings::severities;
use lazaret_report::{Reports, json};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(args: &ConvertArgs) -> Result<u8> {
    let format = args.format.as_deref();
    let outputs = outputs(format, args.output.as_deref(), args.template.as_deref(), &[])?;
    for output in &outputs {
        check_writable(output)?;
    }
    let mut options = table_options(args.output.is_some());
    options.severities = severities(&args.severity)?;
    options.list_all_packages = args.list_all_pkgs;
    options.dependency_tree = args.dependency_tree;
    options.layer_summary = args.layer_summary;
    options.show_suppressed = args.show_suppressed;
    let reports = Arc::new(read_reports(&args.report)?);
    for output in &outputs {
        write_report(output, &reports, &options)?;
    }
    Ok(0)
}

/// Reads saved reports.
pub(crate) fn read_reports(path: &Path) -> Result<Reports> {
    json::read(&read(path)?).map_err(|error| {
        let context = format!("failed to read the report {}", path.display());
        CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
    })
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let result = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    result.map_err(|error| {
        let context = format!("failed to read {}", path.display());
        CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
    })
}
