//! The parts of the documentation that are made from tables in the code.

mod rules;

use crate::process::{root, write_or_check};
use anyhow::{Context as _, Result, bail};
use lazaret_advisory::feed::FEEDS;
use lazaret_core::extract::{Extractor, Select};
use lazaret_inventory::{EXTRACTORS, LEFT_OUT};
use std::fmt::Write as _;
use std::process::Command;

/// Writes every generated file, or says which one is stale.
pub(crate) fn run(check: bool) -> Result<()> {
    write_or_check(&root().join("docs/support.md"), support_matrix()?.as_bytes(), check)?;
    write_or_check(&root().join("docs/feeds-list.md"), feed_list()?.as_bytes(), check)?;
    rules::run(check)?;
    write_or_check(&root().join("docs/cli.md"), cli_reference()?.as_bytes(), check)
}

fn support_matrix() -> Result<String> {
    let mut text = String::from(
        "# What Lazaret reads\n\n\
         Made from the extractor table by `cargo xtask generate`.\n\n\
         | Id | Format | Files | Licenses | Source package | File ownership | Development only | Lines |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for extractor in EXTRACTORS {
        let gives = &extractor.gives;
        let marks = [gives.licenses, gives.source, gives.ownership, gives.dev, gives.lines]
            .map(|given| if given { "yes" } else { "" })
            .join(" | ");
        writeln!(
            text,
            "| `{}` | [{}]({}) | {} | {marks} |",
            extractor.id,
            extractor.title,
            extractor.spec,
            files(extractor)
        )?;
    }
    text.push_str(
        "\n## Left out\n\n\
         What other scanners read and Lazaret does not, and why. What no scanner sees is told in \
         [What is not covered](guide/what-is-not-covered.md).\n\n\
         | Format | Files, such as | Why |\n\
         |---|---|---|\n",
    );
    for format in LEFT_OUT {
        let files: Vec<String> = format.files.iter().map(|file| format!("`{file}`")).collect();
        writeln!(text, "| {} | {} | {} |", format.title, files.join(", "), format.reason)?;
    }
    Ok(text)
}

fn feed_list() -> Result<String> {
    let mut text = String::from(
        "# Every feed\n\n\
         Made from the feed table by `cargo xtask generate`. How each is read is told in \
         [Advisory feeds](feeds.md). *Passed on* says whether the license lets the facts be compiled \
         into the program. In the paths of a mirror `*` stands for anything within one part.\n\n\
         | Feed | What it is | License | Passed on | Counted | Files in a mirror |\n\
         |---|---|---|---|---|---|\n",
    );
    for feed in FEEDS {
        let paths: Vec<String> = feed.paths.iter().map(|path| format!("`{path}`")).collect();
        writeln!(
            text,
            "| `{}` | [{}]({}) | {} | {} | {} | {} |",
            feed.id,
            feed.title,
            feed.url,
            feed.license,
            if feed.redistributable { "yes" } else { "no" },
            feed.unit,
            paths.join(", ")
        )?;
    }
    Ok(text)
}

fn files(extractor: &Extractor) -> String {
    let shown: Vec<String> = extractor
        .selects
        .iter()
        .map(|select| match *select {
            Select::Path(path) => format!("`{path}`"),
            Select::Name(name) => format!("`**/{name}`"),
            Select::NameIn(name, folder) => format!("`**/*{folder}/{name}`"),
            Select::Affix(start, end) => format!("`**/{start}*{end}`"),
            Select::FolderIn(folder) => format!("folders in `{folder}`"),
            Select::Tail(pattern) => format!("`**/{pattern}`"),
            Select::Library(name) => format!("`**/{name}*.so*`"),
            Select::Program => "programs (ELF, PE, Mach-O)".to_owned(),
            Select::Suffix(suffix) | Select::Beginning(suffix) => format!("`**/*{suffix}`"),
            Select::Below(folder, suffix) => format!("`{folder}/**{suffix}`"),
        })
        .collect();
    shown.join(", ")
}

/// Every command's own help, from the program itself.
fn cli_reference() -> Result<String> {
    let mut text = String::from(
        "# Command line\n\n\
         Made from the program's own help by `cargo xtask generate`.\n",
    );
    let commands: &[&[&str]] = &[
        &[],
        &["image"],
        &["rootfs"],
        &["fs"],
        &["config"],
        &["sbom"],
        &["convert"],
        &["explain"],
        &["vex", "repo", "init"],
        &["vex", "repo", "list"],
        &["vex", "repo", "download"],
        &["db"],
        &["db", "build"],
        &["db", "status"],
        &["db", "verify"],
        &["db", "compare"],
        &["db", "export"],
        &["db", "import"],
        &["db", "pull"],
        &["db", "push"],
        &["db", "diff"],
        &["db", "prune"],
        &["db", "search"],
        &["db", "update"],
        &["upload"],
        &["upload", "defectdojo"],
        &["upload", "dependency-track"],
        &["upload", "github"],
        &["upload", "gitlab"],
        &["upload", "harbor"],
        &["upload", "http"],
        &["upload", "s3"],
        &["clean"],
        &["version"],
        &["completion"],
        &["man"],
    ];
    let program = build_program()?;
    for words in commands {
        let name = [&["lazaret"][..], words].concat().join(" ");
        let output = Command::new(&program)
            .args(*words)
            .arg("--help")
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .output()
            .with_context(|| format!("failed to run {name} --help"))?;
        if !output.status.success() {
            bail!("{name} --help failed");
        }
        let help = String::from_utf8(output.stdout).context("the help is not UTF-8")?;
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        write!(text, "\n## {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end())?;
    }
    Ok(text)
}

fn build_program() -> Result<std::path::PathBuf> {
    let output = crate::process::cargo()
        .args(["build", "--quiet", "--locked", "--package", "lazaret", "--message-format", "json"])
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("failed to build the program")?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(Into::into))
        .context("cargo named no program")
}
