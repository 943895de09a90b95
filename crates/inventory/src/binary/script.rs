//! Scripts and archives of scripts that are programs of their own.

use super::classifier::classify;
use super::scripts::SCRIPTS;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};

/// Scripts of the table.
pub(crate) static SCRIPT: Extractor = Extractor {
    id: "binary/script",
    version: 2,
    title: "Scripts that say their version",
    spec: "https://getcomposer.org/doc/03-cli.md",
    selects: &[
        Select::Name("application.ini"),
        Select::Name("composer"),
        Select::Name("composer.phar"),
        Select::Name("elixir"),
        Select::Name("wp"),
        Select::Name("wp-cli.phar"),
        Select::Tail("wp-includes/version.php"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let name = input.path.name();
    for package in classify(SCRIPTS, &[name], name, input.bytes)? {
        sink.package(package);
    }
    Ok(())
}
