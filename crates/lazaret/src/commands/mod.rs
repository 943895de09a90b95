//! One file for each command.

mod base_image;
mod clean;
mod completion;
mod config;
pub(crate) mod convert;
mod db;
mod diff;
mod explain;
mod gate;
mod image;
pub(crate) mod outcome;
mod policy;
mod rootfs;
mod sbom;
mod upload;
mod version;
mod vex;

use crate::args::{Cli, Command};
use crate::fail::{CommandError, Result};
use crate::settings::not_yet;

/// Commands the documentation promises for later.
const LATER: &[&str] = &["attest", "fix", "k8s", "patch", "serve", "sign", "verify"];

/// Runs a command and gives its exit code.
pub(crate) fn run(cli: Cli) -> Result<u8> {
    let global = cli.global;
    match cli.command {
        Command::Image(args) => image::run(&args, &global),
        Command::Rootfs(args) => rootfs::run(&args, &global),
        Command::Fs(args) => config::run_fs(&args, &global),
        Command::Config(args) => config::run(&args, &global),
        Command::Sbom(args) => sbom::run(*args),
        Command::Gate(args) => gate::run(*args, &global),
        Command::Convert(args) => convert::run(&args),
        Command::Diff(args) => diff::run(&args, &global),
        Command::Policy(command) => policy::run(command),
        Command::Vex(command) => vex::run(command),
        Command::Explain(args) => explain::run(&args, &global),
        Command::Db(command) => db::run(command, &global),
        Command::Upload(command) => upload::run(command),
        Command::Clean(args) => clean::run(&args),
        Command::Version(args) => version::run(&args),
        Command::Completion(args) => completion::completion(&args),
        Command::Man(args) => completion::man(&args),
        Command::Other(words) => {
            let word = words.first().map_or("", String::as_str);
            Err(if LATER.contains(&word) {
                not_yet(&format!("`lazaret {word}`"))
            } else {
                let error = CommandError::usage(format!("there is no command `{word}`"));
                let commands = [
                    "image",
                    "rootfs",
                    "fs",
                    "config",
                    "sbom",
                    "gate",
                    "convert",
                    "diff",
                    "explain",
                    "policy",
                    "vex",
                    "db",
                    "upload",
                    "clean",
                    "version",
                    "completion",
                    "man",
                ];
                match (word, words.get(1)) {
                    // As other scanners call it.
                    ("scan", Some(image)) => {
                        error.hint(format!("to scan an image: lazaret image {}", image.as_str()))
                    }
                    ("scan", None) => error.hint("to scan an image: lazaret image NAME"),
                    _ => match similar(word, &commands) {
                        Some(command) => error.hint(format!("there is `lazaret {command}`")),
                        None => error
                            .hint(format!("to scan an image of that name: lazaret image {word}")),
                    },
                }
            })
        }
    }
}

/// The command that was meant, if one letter is missing, wrong or too much, or two are swapped.
fn similar(word: &str, commands: &[&'static str]) -> Option<&'static str> {
    let is_near = |command: &str| {
        let (typed, meant) = (word.as_bytes(), command.as_bytes());
        let same = typed.iter().zip(meant).take_while(|(typed, meant)| typed == meant).count();
        match (&typed[same..], &meant[same..]) {
            ([first, second, typed @ ..], [also_second, also_first, meant @ ..])
                if (first, second) == (also_first, also_second) && typed == meant =>
            {
                true
            }
            ([_, typed @ ..], meant) if typed == meant => true,
            (typed, [_, meant @ ..]) if typed == meant => true,
            ([_, typed @ ..], [_, meant @ ..]) => typed == meant,
            _ => false,
        }
    };
    commands.iter().copied().find(|command| is_near(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_understood() {
        for (word, command) in [
            ("imag", Some("image")),
            ("images", Some("image")),
            ("iamge", Some("image")),
            ("inage", Some("image")),
            ("mage", Some("image")),
            ("imge", Some("image")),
            ("alpine", None),
            ("img", None),
            ("", None),
        ] {
            assert_eq!(similar(word, &["image"]), command, "{word}");
        }
    }
}
