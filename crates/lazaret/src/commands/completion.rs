//! `lazaret completion` and `lazaret man`: what shells and `man` know of the command line.

use super::outcome::print;
use crate::args::{Cli, CompletionArgs, ManArgs};
use crate::fail::{CommandError, Kind, Result};
use clap::{Command, CommandFactory};
use std::path::Path;

/// The name of the program, as it is typed and as its pages are called.
const PROGRAM: &str = "lazaret";

/// Prints the script that completes commands and flags in a shell.
pub(super) fn completion(args: &CompletionArgs) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut offered(&Cli::command()), PROGRAM, &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

/// Writes a manual page for every command, or prints that of the program.
pub(super) fn man(args: &ManArgs) -> Result<u8> {
    let mut command = Cli::command().disable_help_subcommand(true);
    // Names the pages of commands after the whole command: lazaret-db-build.
    command.build();
    match &args.out {
        None => print(&page(&command)?)?,
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
            write_pages(&command, folder)?;
        }
    }
    Ok(0)
}

fn write_pages(command: &Command, folder: &Path) -> Result<()> {
    let name = command.get_display_name().unwrap_or(PROGRAM);
    let file = folder.join(format!("{name}.1"));
    std::fs::write(&file, page(command)?).map_err(|error| failed(&file, error))?;
    command.get_subcommands().try_for_each(|inner| write_pages(inner, folder))
}

/// One page, without a date: the same program writes the same page.
fn page(command: &Command) -> Result<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone())
        .source(concat!("lazaret ", env!("CARGO_PKG_VERSION")))
        .manual("Lazaret")
        .render(&mut text)
        .map_err(|error| CommandError::new(Kind::Internal, error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn failed(path: &Path, error: std::io::Error) -> CommandError {
    let context = format!("failed to write {}", path.display());
    CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
}

/// The command line without the flags of later versions: they are known, and offered to nobody.
fn offered(command: &Command) -> Command {
    let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let mut offered = Command::new(command.get_name().to_owned())
        .visible_aliases(command.get_visible_aliases().map(str::to_owned).collect::<Vec<_>>())
        .args(arguments.cloned())
        .subcommands(command.get_subcommands().map(self::offered));
    if let Some(about) = command.get_about() {
        offered = offered.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        offered = offered.version(version.to_owned());
    }
    offered
}
