//! Every automation of this repository. `cargo xtask` lists them.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for the terminal of whoever works on this repository"
)]

mod bench;
mod ci;
mod ci_files;
mod edges;
mod example;
mod fuzz;
mod generate;
mod native;
mod oracles;
mod process;
mod readers;
mod snapshot;

use anyhow::{Result, bail};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  ci [--tested]           everything a change must pass: format, lints, docs, edges, generated files
                          and tests, which --tested leaves out where they just ran
  generate [--check]      writes the generated parts of docs/, or says which are stale
  example [--check]       builds the example image from its recipe
  snapshot FEEDS [--check]
                          builds the advisory snapshot compiled into the program
  oracles [--check]       asks each ecosystem's own tool for the order of versions
  bench [OPTIONS] PATH…   measures the scanner on images, beside the floor (bench --help)
  native [--keep FOLDER]  compares a scan of a Debian with what pip, npm, gem and others list in it
  readers [PATH…]         has other people's readers read a document of each format
  fuzz [--each] [--seconds N] [TARGET…]
                          runs the fuzz targets, or each extractor on its own
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let check = rest.iter().any(|argument| argument == "--check");
    match command.as_str() {
        "ci" => ci::run_all(rest),
        "generate" => generate::run(check),
        "example" => example::run(check),
        "snapshot" => snapshot::run(rest),
        "oracles" => oracles::run(check),
        "bench" => bench::run(rest),
        "native" => native::run(rest),
        "readers" => readers::run(rest),
        "fuzz" => fuzz::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command `{other}`; `cargo xtask` lists them"),
    }
}
