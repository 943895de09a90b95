//! What every scanning command ends in: scan, write the reports, give the exit code.

use crate::args::Global;
use crate::attached::Attachments;
use crate::fail::{CommandError, Kind, Result};
use crate::output::{Form, Output};
use crate::settings::{ScanSettings, environment, github};
use crate::ui;
use lazaret_advisory::Db;
use lazaret_advisory::enrich;
use lazaret_core::report::{Report, TargetKind};
use lazaret_core::verdict::Effect;
use lazaret_image::{OpenError, OpenOptions, Target};
use lazaret_policy::FailOn;
use lazaret_report::{
    AwsOptions, Format, Reports, TableOptions, WriteError, WriteOptions, write_template,
};
use lazaret_scan::cache::{DirectoryCache, LayerCache, MemoryCache};
use lazaret_scan::{Attached, Engine, Options, ScanError, scan};
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Arc, mpsc};

/// One run of the scanner.
pub(super) struct Job {
    pub(super) target: Target,
    pub(super) options: OpenOptions,
    pub(super) kind: TargetKind,
    pub(super) settings: ScanSettings,
}

/// Scans images, writes, and says how it ended.
pub(super) fn finish(mut job: Job, global: &Global) -> Result<u8> {
    job.options.progress = ui::progress(global);
    let Job { target, options, kind, settings } = job;
    conclude(settings, move |settings| scan_target(&target, &options, kind, settings))
}

/// Does the work of a scan, writes, and says how it ended: 0, 1 or the code asked for, or 2 for an
/// incomplete scan where the gate needs a complete one.
pub(super) fn conclude(
    mut settings: ScanSettings,
    work: impl FnOnce(&ScanSettings) -> Result<Reports> + Send + 'static,
) -> Result<u8> {
    let outputs = std::mem::take(&mut settings.outputs);
    let exit_code = settings.exit_code;
    let exit_on_eol = settings.exit_on_eol;
    let mut options = table_options(outputs.first().is_some_and(|output| output.file.is_some()));
    options.severities.clone_from(&settings.severities);
    options.list_all_packages = settings.list_all_packages;
    options.dependency_tree = settings.dependency_tree;
    options.layer_summary = settings.layer_summary;
    options.show_suppressed = settings.show_suppressed;
    for output in &outputs {
        check_writable(output)?;
    }
    let reports = Arc::new(run_in_time(settings, work)?);
    for output in &outputs {
        write_report(output, &reports, &options)?;
    }
    Ok(code(&reports, exit_code, exit_on_eol))
}

/// The exit code that the verdicts of reports come to.
pub(super) fn code(reports: &Reports, exit_code: Option<u8>, exit_on_eol: Option<u8>) -> u8 {
    if let Some(code) = exit_on_eol.filter(|_| reports.0.iter().any(is_out_of_support)) {
        return code;
    }
    let effect = reports.0.iter().map(|report| report.verdict.effect).max().unwrap_or_default();
    match effect {
        Effect::Pass | Effect::Warn => 0,
        Effect::Fail => exit_code.filter(|code| *code != 0).unwrap_or(1),
        Effect::Incomplete => 2,
    }
}

/// Refuses what cannot be written before the work is done for nothing.
pub(super) fn check_writable(output: &Output) -> Result<()> {
    if matches!(output.form, Form::Format(Format::Asff)) && aws().is_none() {
        let message = "the format `asff` is about an account in a region: set AWS_ACCOUNT_ID to its \
                       twelve digits, and AWS_REGION";
        return Err(CommandError::new(Kind::Usage, anyhow::anyhow!(message)));
    }
    let Some(file) = &output.file else { return Ok(()) };
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let wrong = if file.is_dir() {
        "it is a folder"
    } else if folder.is_dir() {
        return Ok(());
    } else {
        "its folder is not there"
    };
    let message = format!("{} cannot be written: {wrong}", file.display());
    Err(CommandError::new(Kind::Usage, anyhow::anyhow!(message)))
}

/// Whether the support for an image's operating system is over today.
fn is_out_of_support(report: &Report) -> bool {
    let today = today().to_string();
    report.end_of_life.as_ref().is_some_and(|end| end.is_over(&today))
}

/// Does the work, and gives up on it when its time is over. Its threads end with the program.
fn run_in_time(
    settings: ScanSettings,
    work: impl FnOnce(&ScanSettings) -> Result<Reports> + Send + 'static,
) -> Result<Reports> {
    let Some(timeout) = settings.timeout else { return work(&settings) };
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || {
        // The receiver is gone only when the time was over.
        drop(done.send(work(&settings)));
    });
    result.recv_timeout(timeout).unwrap_or_else(|_| {
        let seconds = timeout.as_secs_f64();
        let error = anyhow::anyhow!("the scan did not end within {seconds} s");
        Err(CommandError::new(Kind::Input, error).hint("give it more with --timeout"))
    })
}

/// Opens the target and scans every image of it.
pub(super) fn scan_reports(job: &Job) -> Result<Reports> {
    scan_target(&job.target, &job.options, job.kind, &job.settings)
}

fn scan_target(
    target: &Target,
    options: &OpenOptions,
    kind: TargetKind,
    settings: &ScanSettings,
) -> Result<Reports> {
    let db = open_database(settings)?;
    let mut source = tracing::info_span!("open")
        .in_scope(|| lazaret_image::open(target, options))
        .map_err(open_error)?;
    super::base_image::compare(settings, target, options, &mut source)?;
    let cache: Box<dyn LayerCache> = match &settings.cache {
        Some(folder) => Box::new(DirectoryCache::new(folder)),
        None => Box::new(MemoryCache::default()),
    };
    let engine = Engine::with(settings.limits.clone(), cache);
    let mut asked = scan_options(db.as_ref(), kind, settings);
    let mut reports = Vec::new();
    for (position, image) in source.images().iter().enumerate() {
        let attachments = Attachments::of(image, &options.registry);
        asked.policy.vex = settings.vex.of(&attachments)?;
        if settings.attached_sboms {
            asked.attached = attachments.into_sboms()?;
        }
        reports.push(scan(&engine, &source, position, &asked).map_err(scan_error)?);
    }
    Ok(Reports(reports))
}

/// Opens the database that a scan asks, if it can answer what is asked.
pub(super) fn open_database(settings: &ScanSettings) -> Result<Option<Db>> {
    let db = if settings.scanners.vulnerabilities {
        Some(super::db::open_at(settings.db.as_deref(), settings.db_at)?)
    } else {
        None
    };
    check_database(db.as_ref(), settings)?;
    Ok(db)
}

/// What a scan is asked for.
pub(super) fn scan_options<'a>(
    db: Option<&'a Db>,
    kind: TargetKind,
    settings: &ScanSettings,
) -> Options<'a> {
    Options {
        database: db,
        checks: settings.scanners.checks.clone(),
        skip: settings.skip.skip.clone(),
        policy: settings.policy.clone(),
        parallel: settings.parallel,
        matching: settings.matching.clone(),
        target: kind,
        os_packages: settings.os_packages,
        library_packages: settings.library_packages,
        all_layers: settings.all_layers,
        attached: Attached::default(),
        tool: ("lazaret", env!("CARGO_PKG_VERSION")),
    }
}

/// Refuses a gate the database cannot answer: what it does not know would pass.
fn check_database(db: Option<&Db>, settings: &ScanSettings) -> Result<()> {
    let asks_for_exploited = settings.policy.fail_on.contains(&FailOn::Exploited);
    let asks_for_end = settings.policy.fail_on.contains(&FailOn::EndOfLife);
    let end_of_life = "until when operating systems are supported";
    for (asked, flag, kind, what) in [
        (
            asks_for_exploited,
            "--fail-on kev",
            enrich::Kind::Exploited,
            "what is known to be exploited",
        ),
        (settings.exit_on_eol.is_some(), "--exit-on-eol", enrich::Kind::EndOfLife, end_of_life),
        (asks_for_end, "--fail-on eol", enrich::Kind::EndOfLife, end_of_life),
    ] {
        if asked && !db.is_some_and(|db| db.holds(kind)) {
            let error = anyhow::anyhow!("{flag}: the advisory database does not say {what}");
            let hint = "use one built with feeds that do: lazaret db build";
            return Err(CommandError::new(Kind::Config, error).hint(hint));
        }
    }
    Ok(())
}

pub(super) fn scan_error(error: ScanError) -> CommandError {
    let kind = match error {
        ScanError::Layer(_) | ScanError::NoImage(_) | ScanError::Memory { .. } => Kind::Input,
        ScanError::Database(_) => Kind::Config,
    };
    CommandError::new(kind, error)
}

fn open_error(error: OpenError) -> CommandError {
    CommandError::new(Kind::Input, error)
}

/// How the table looks where it goes: on a terminal as wide as that is, elsewhere plain.
pub(super) fn table_options(to_file: bool) -> TableOptions {
    let stdout = std::io::stdout();
    let terminal = stdout.is_terminal() && !to_file;
    let no_color = environment("NO_COLOR").is_some_and(|value| !value.is_empty());
    let forced = environment("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let columns = environment("COLUMNS").and_then(|value| value.to_str()?.parse().ok());
    let width = if terminal {
        terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).or(columns)
    } else {
        columns
    };
    let unicode = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| environment(name).filter(|value| !value.is_empty()))
        .is_none_or(|value| value.to_string_lossy().to_ascii_lowercase().contains("utf"));
    TableOptions {
        width: width.unwrap_or(100).clamp(60, 240),
        color: !no_color && ((terminal) || (forced && !to_file)),
        unicode,
        today: Some(today()),
        ..TableOptions::default()
    }
}

/// Today (UTC), for the age of the database and the end of an operating system.
pub(crate) fn today() -> time::Date {
    now().date()
}

/// The one look at the clock (UTC): for the day, and for what is signed or dated when it is sent.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn now() -> time::OffsetDateTime {
    time::OffsetDateTime::from(std::time::SystemTime::now())
}

/// Writes one report to its file, or to standard output.
pub(super) fn write_report(
    output: &Output,
    reports: &Arc<Reports>,
    options: &TableOptions,
) -> Result<()> {
    let mut options = WriteOptions {
        table: options.clone(),
        source_date: source_date(),
        github: github(),
        aws: aws().unwrap_or_default(),
    };
    if output.file.is_some() {
        options.table.color = false;
    }
    match &output.file {
        None => write_stdout(&output.form, reports, &options),
        Some(file) => write_file(&output.form, reports, &options, file),
    }
}

fn write_stdout(form: &Form, reports: &Arc<Reports>, options: &WriteOptions) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written =
        write(form, reports, options, &mut out).and_then(|()| out.flush().map_err(WriteError::Io));
    match written {
        // Whoever reads has seen enough, as with `| head`.
        Err(WriteError::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error @ WriteError::OneImage { .. }) => Err(CommandError::usage(error)),
        Err(error @ WriteError::Template(_)) => Err(CommandError::new(Kind::Usage, error)),
        Err(error) => Err(CommandError::new(Kind::Internal, error)),
        Ok(()) => Ok(()),
    }
}

/// The time reproducible builds ask for (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub(super) fn source_date() -> Option<i64> {
    environment("SOURCE_DATE_EPOCH")?.to_str()?.parse().ok()
}

/// The AWS account and region of the environment, by the names AWS's own tools have for them.
fn aws() -> Option<AwsOptions> {
    let word = |name| environment(name).and_then(|value| value.into_string().ok());
    let account = word("AWS_ACCOUNT_ID")
        .filter(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()))?;
    let is_region = |text: &String| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let region = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(word);
    Some(AwsOptions { account, region: region.filter(is_region)? })
}

fn write(
    form: &Form,
    reports: &Arc<Reports>,
    options: &WriteOptions,
    out: &mut dyn std::io::Write,
) -> std::result::Result<(), WriteError> {
    match form {
        Form::Format(format) => lazaret_report::write(*format, reports, options, out),
        Form::Template(template) => write_template(template, reports, options, out),
    }
}

fn write_file(
    form: &Form,
    reports: &Arc<Reports>,
    options: &WriteOptions,
    file: &Path,
) -> Result<()> {
    let failed = |error: anyhow::Error| {
        CommandError::new(Kind::Input, error.context(format!("failed to write {}", file.display())))
    };
    let handle = std::fs::File::create(file).map_err(|error| failed(error.into()))?;
    let mut out = std::io::BufWriter::new(handle);
    write(form, reports, options, &mut out).map_err(|error| failed(error.into()))?;
    out.flush().map_err(|error| failed(error.into()))
}

/// Prints text to standard output. A reader that has seen enough is no failure.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let error = anyhow::Error::new(error).context("failed to write to standard output");
            Err(CommandError::new(Kind::Internal, error))
        }
        _ => Ok(()),
    }
}
