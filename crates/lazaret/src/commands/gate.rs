//! `lazaret gate`: may this image, or the image of this report, pass?
//!
//! It fails closed: without a policy the built-in one is asked, and what cannot be answered is no
//! pass.

use super::image;
use super::outcome::{check_writable, code, table_options, write_report};
use crate::args::{Global, ImageArgs};
use crate::attached::{Attachments, sbom_sources};
use crate::fail::{CommandError, Kind, Result};
use crate::policy_files;
use crate::settings::{ScanSettings, registry};
use lazaret_core::report::Report;
use lazaret_policy::{Judged, Policy, evaluate, reopen};
use lazaret_report::{Format, Reports, TEMPLATE};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The policy of a gate that is given none.
const DEFAULT_POLICY: &str = "default";

pub(super) fn run(mut args: ImageArgs, global: &Global) -> Result<u8> {
    let judged = take_reports(&mut args.scan.report);
    let mut settings = ScanSettings::new(&args.scan)?;
    settings.policy.fails_closed = true;
    if settings.policy.file.is_none() {
        settings.policy.file = Some(policy_files::policy(DEFAULT_POLICY)?);
    }
    if judged.is_empty() {
        return image::scan_and_judge(&args, settings, global);
    }
    if args.reference.is_some() || args.input.is_some() {
        let message = "judge either an image or a saved report: --report takes the place of both";
        return Err(CommandError::usage(message));
    }
    settings.refuse_file_rules()?;
    settings.refuse_compliance("a saved report has its answer")?;
    if !settings.base_images.is_empty() {
        let message = "--base-image is compared with an image: a saved report has its answer";
        return Err(CommandError::usage(message));
    }
    if sbom_sources(&args.sbom_sources)? {
        let message = "--sbom-sources is about an image: a saved report has its packages";
        return Err(CommandError::usage(message));
    }
    for output in &settings.outputs {
        check_writable(output)?;
    }
    let mut reports = Reports::default();
    for path in &judged {
        let read = read_any(path)?;
        if read.is_empty() {
            let error =
                anyhow::anyhow!("{} holds no report: there is nothing to judge", path.display());
            return Err(CommandError::new(Kind::Input, error));
        }
        for read in read {
            let mut policy = settings.policy.clone();
            let registry = registry(&args.registry)?;
            policy.vex = settings.vex.of(&Attachments::of(&read.report.image, &registry))?;
            reports.0.push(judge(&policy, read));
        }
    }
    let reports = Arc::new(reports);
    let to_file = settings.outputs.first().is_some_and(|output| output.file.is_some());
    let mut options = table_options(to_file);
    options.severities.clone_from(&settings.severities);
    options.list_all_packages = settings.list_all_packages;
    options.dependency_tree = settings.dependency_tree;
    options.layer_summary = settings.layer_summary;
    options.show_suppressed = settings.show_suppressed;
    for output in &settings.outputs {
        write_report(output, &reports, &options)?;
    }
    Ok(code(&reports, settings.exit_code, settings.exit_on_eol))
}

/// Takes the saved reports out of the values of `--report`: those that are no FORMAT=FILE.
pub(super) fn take_reports(values: &mut Vec<String>) -> Vec<PathBuf> {
    let is_output = |value: &String| {
        let word = value.split_once('=').map(|(word, _)| word);
        word.is_some_and(|word| word == TEMPLATE || word.parse::<Format>().is_ok())
            && !Path::new(value).is_file()
    };
    let (outputs, reports) = std::mem::take(values).into_iter().partition(is_output);
    *values = outputs;
    let reports: Vec<String> = reports;
    reports.into_iter().map(PathBuf::from).collect()
}

/// A saved report, and what its maker could say.
pub(super) struct Read {
    pub(super) report: Report,
    /// Set for reports of other scanners.
    pub(super) foreign: Option<lazaret_report::foreign::Scanner>,
}

/// Reads reports of ours or of another scanner.
pub(super) fn read_any(path: &Path) -> Result<Vec<Read>> {
    let bytes = super::convert::read(path)?;
    let wrong = |error: anyhow::Error| {
        let context = format!("failed to read the report {}", path.display());
        CommandError::new(Kind::Input, error.context(context))
    };
    match lazaret_report::json::read(&bytes) {
        Ok(reports) => {
            Ok(reports.0.into_iter().map(|report| Read { report, foreign: None }).collect())
        }
        Err(lazaret_report::ReadError::Foreign(_) | lazaret_report::ReadError::NoVersion) => {
            let foreign = lazaret_report::foreign::read(&bytes).map_err(|e| wrong(e.into()))?;
            Ok(vec![Read { report: foreign.report, foreign: Some(foreign.scanner) }])
        }
        Err(error) => Err(wrong(error.into())),
    }
}

/// Judges a saved report again.
pub(super) fn judge(policy: &Policy, read: Read) -> Report {
    let Read { mut report, foreign } = read;
    reopen(&mut report.findings);
    let mut judged = Judged::of(&report);
    if let Some(scanner) = foreign {
        judged.knows.exploited = scanner.knows_exploited();
        judged.knows.epss = scanner.knows_exploited();
        judged.knows.end_of_life = scanner.knows_end_of_life();
        judged.knows.config &= scanner.knows_config();
    }
    let (findings, verdict) = evaluate(policy, &judged, report.findings.clone());
    report.findings = findings;
    report.verdict = verdict;
    report
}
