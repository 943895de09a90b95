//! The command line of Lazaret: parse, run, exit code. What it scans with is in `lazaret-scan`.

mod args;
mod attached;
mod commands;
mod database_folder;
mod fail;
mod output;
mod policy_files;
mod scanners;
mod settings;
mod skip_patterns;
mod ui;
mod vex;
mod vex_repository;

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let parsed = match settings::parse(&arguments) {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(error)) => {
            error.print();
            return ExitCode::from(2);
        }
        Err(error) => {
            // Help and version go to standard output and are no failure.
            let failed = error.use_stderr();
            let printed = error.print();
            return ExitCode::from(if failed || printed.is_err() { 2 } else { 0 });
        }
    };
    ui::start_logging(&parsed.cli.global);
    if parsed.cli.global.debug {
        for line in &parsed.origins {
            tracing::debug!("setting {line}");
        }
    }
    match commands::run(parsed.cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            error.print();
            ExitCode::from(2)
        }
    }
}
