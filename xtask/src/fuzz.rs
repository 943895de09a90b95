//! `cargo xtask fuzz`: runs the fuzz targets with libFuzzer, on a stable toolchain.
//!
//! What a target is and how one is added is told in `docs/fuzzing.md`.

use crate::process::{cargo, exists, root, run as run_program};
use anyhow::{Context as _, Result, bail, ensure};
use lazaret_inventory::EXTRACTORS;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const HELP: &str = "\
cargo xtask fuzz [OPTIONS] [TARGET…]
cargo xtask fuzz --each [--seconds N] [EXTRACTOR…]

Runs every fuzz target, or those named, with libFuzzer; with --each every extractor, or those named,
beginning with its fixtures.

  --seconds N   how long each runs (60)
  --each        runs the extractors of the table, one after the other
  --list        lists the targets
  --replay      runs every target over its corpus and changes of it, without libFuzzer
  --minimize    replaces what the corpora keep of earlier runs by a sample of what all runs reached
";

/// What `cargo fuzz` gives the compiler, without a sanitizer, which needs a nightly one.
const RUSTFLAGS: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
];

/// One input may take this long: the slowest honest one takes a hundredth of it.
const INPUT_SECONDS_MAX: u32 = 10;
/// Memory of a run, in MiB: several times what the small limits of the targets allow.
const MEMORY_MIB_MAX: u32 = 2_048;
/// Length of an input in bytes.
const INPUT_BYTES_MAX: u32 = 1 << 20;

/// Lines shown of a run that failed: the panic and the calls that led to it.
const FAILURE_LINES: usize = 60;

/// Length of an input that is kept in the repository, in bytes.
const KEPT_BYTES_MAX: u32 = 2 << 10;
/// Found inputs that one corpus keeps in the repository: a sample of what is reached, for the
/// replay. A run of a minute finds the rest again.
const KEPT_MAX: usize = 30;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Help,
    List,
    Replay,
    Minimize(Vec<String>),
    Run { seconds: u32, targets: Vec<String> },
    Each { seconds: u32, extractors: Vec<String> },
}

/// A target as `fuzz/src/lib.rs` declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    name: String,
    seeds: Vec<String>,
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let table = fs::read_to_string(root().join("fuzz/src/lib.rs"))?;
    let table = parse_table(&table);
    match parse(arguments)? {
        Request::Help => print!("{HELP}"),
        Request::List => {
            for target in table {
                println!("{}", target.name);
            }
        }
        Request::Replay => {
            let mut test = cargo();
            test.args(["test", "--locked", "--package", "xtask", "--test", "replay"]);
            run_program(&mut test)?;
        }
        Request::Minimize(names) => {
            let chosen = choose(&table, &names)?;
            let programs = build(&chosen)?;
            for target in &chosen {
                minimize(&programs, target)?;
            }
        }
        Request::Run { seconds, targets } => {
            let chosen = choose(&table, &targets)?;
            fuzz(&chosen, seconds)?;
        }
        Request::Each { seconds, extractors } => fuzz_each(&table, &extractors, seconds)?,
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Request> {
    let mut seconds = 60;
    let mut targets = Vec::new();
    let (mut minimize, mut each) = (false, false);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-h" | "--help" => return Ok(Request::Help),
            "--list" => return Ok(Request::List),
            "--replay" => return Ok(Request::Replay),
            "--minimize" => minimize = true,
            "--each" => each = true,
            "--seconds" => {
                let value = arguments.next().context("--seconds needs a number behind it")?;
                seconds =
                    value.parse().with_context(|| format!("`{value}` is no number of seconds"))?;
                ensure!(seconds > 0, "without a limit a run would never end");
            }
            option if option.starts_with('-') => bail!("there is no option `{option}`\n\n{HELP}"),
            name => targets.push(name.to_owned()),
        }
    }
    ensure!(!(minimize && each), "the corpus of a target is minimized, not that of an extractor");
    Ok(match (minimize, each) {
        (true, _) => Request::Minimize(targets),
        (_, true) => Request::Each { seconds, extractors: targets },
        _ => Request::Run { seconds, targets },
    })
}

/// Reads the table of targets out of its source, so that this program is built without them.
fn parse_table(source: &str) -> Vec<Target> {
    let table = source.split_once("pub static TARGETS").map_or("", |(_, table)| table);
    let table = table.split_once("];").map_or(table, |(table, _)| table);
    table
        .split("Target {")
        .filter_map(|entry| {
            let (_, rest) = entry.split_once("name: \"")?;
            let (name, rest) = rest.split_once('"')?;
            let (_, seeds) = rest.split_once("seeds: &[")?;
            let (seeds, _) = seeds.split_once(']')?;
            let seeds = seeds.split('"').skip(1).step_by(2).map(str::to_owned).collect();
            Some(Target { name: name.to_owned(), seeds })
        })
        .collect()
}

fn choose(table: &[Target], names: &[String]) -> Result<Vec<Target>> {
    if names.is_empty() {
        return Ok(table.to_vec());
    }
    names
        .iter()
        .map(|name| {
            let target = table.iter().find(|target| target.name == *name).cloned();
            target.with_context(|| format!("there is no fuzz target `{name}`; see --list"))
        })
        .collect()
}

fn fuzz(targets: &[Target], seconds: u32) -> Result<()> {
    let has_cargo_fuzz = exists("cargo-fuzz");
    let programs = if has_cargo_fuzz { PathBuf::new() } else { build(targets)? };
    let mut failed = Vec::new();
    for target in targets {
        println!("== {} for {seconds} s", target.name);
        let artifacts = artifacts(target);
        fs::create_dir_all(&artifacts)?;
        let folders = folders(target)?;
        let limits = limits(seconds, &artifacts);
        let mut command = if has_cargo_fuzz {
            let mut command = cargo();
            command.args(["fuzz", "run", "--sanitizer", "none", &target.name]);
            command.args(&folders).arg("--").args(&limits);
            command
        } else {
            let mut command = Command::new(programs.join(&target.name));
            command.args(&limits).args(&folders);
            command
        };
        match run_quietly(&mut command, &target.name) {
            Ok(summary) => println!("{summary}"),
            Err(error) => {
                println!("{error:#}");
                failed.push(target.name.as_str());
            }
        }
    }
    ensure!(
        failed.is_empty(),
        "failed: {}; the inputs are below fuzz/artifacts/",
        failed.join(", ")
    );
    Ok(())
}

/// The target that reads every extractor's files, and the variable that binds it to one of them.
const EXTRACTORS_TARGET: &str = "extractors";
const EXTRACTOR_VARIABLE: &str = "FUZZ_EXTRACTOR";

/// Runs the extractors of these ids, or all, one line each.
fn fuzz_each(table: &[Target], ids: &[String], seconds: u32) -> Result<()> {
    let known: Vec<&str> = EXTRACTORS.iter().map(|extractor| extractor.id).collect();
    if let Some(id) = ids.iter().find(|id| !known.contains(&id.as_str())) {
        bail!("there is no extractor `{id}`; docs/support.md lists them");
    }
    let chosen = known.into_iter().filter(|id| ids.is_empty() || ids.iter().any(|one| one == id));
    let programs = build(&choose(table, &[EXTRACTORS_TARGET.to_owned()])?)?;
    let mut failed = Vec::new();
    for id in chosen {
        // Of the id, which has a slash, a name for folders.
        let name = format!("extractor-{}", id.replace('/', "-"));
        let artifacts = root().join("fuzz/artifacts").join(&name);
        let found = root().join("fuzz/target/found").join(&name);
        fs::create_dir_all(&artifacts)?;
        fs::create_dir_all(&found)?;
        let mut command = Command::new(programs.join(EXTRACTORS_TARGET));
        command.env(EXTRACTOR_VARIABLE, id).args(limits(seconds, &artifacts)).arg(found);
        command.arg(root().join("crates/inventory/fixtures").join(id));
        match run_quietly(&mut command, &name) {
            Ok(summary) => println!("{id}: {summary}"),
            Err(error) => {
                println!("{id}: {error:#}");
                failed.push(id);
            }
        }
    }
    ensure!(
        failed.is_empty(),
        "failed: {}; the inputs are below fuzz/artifacts/",
        failed.join(", ")
    );
    Ok(())
}

/// What libFuzzer is told of time, memory and places.
fn limits(seconds: u32, artifacts: &Path) -> [String; 6] {
    [
        format!("-max_total_time={seconds}"),
        format!("-timeout={INPUT_SECONDS_MAX}"),
        format!("-rss_limit_mb={MEMORY_MIB_MAX}"),
        format!("-max_len={INPUT_BYTES_MAX}"),
        format!("-artifact_prefix={}/", artifacts.display()),
        "-print_final_stats=1".to_owned(),
    ]
}

/// Runs a target and says what came of it; libFuzzer's own words, which are many, go to a file.
fn run_quietly(command: &mut Command, name: &str) -> Result<String> {
    let folder = root().join("fuzz/target/log");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.txt"));
    let log = File::create(&path)?;
    let status = command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .status()
        .with_context(|| format!("failed to start {name}"))?;
    // Inputs that are no text may be in it.
    let log = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
    if status.success() {
        return Ok(summary(&log));
    }
    let lines: Vec<&str> = log.lines().collect();
    let tail = lines.split_at(lines.len().saturating_sub(FAILURE_LINES)).1.join("\n");
    bail!("{tail}\n{name} failed ({status})")
}

/// The numbers worth reading in libFuzzer's words.
fn summary(log: &str) -> String {
    let stat = |name: &str| {
        let line = log.lines().rev().find_map(|line| line.strip_prefix(name));
        line.map_or("?", str::trim).to_owned()
    };
    let coverage = log.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once(" cov: ")?;
        rest.split(' ').next()
    });
    format!(
        "{} inputs run, {} branches reached, slowest {} s, peak {} MiB",
        stat("stat::number_of_executed_units:"),
        coverage.unwrap_or("?"),
        stat("stat::slowest_unit_time_sec:"),
        stat("stat::peak_rss_mb:"),
    )
}

/// Where inputs that make a target fail are put.
fn artifacts(target: &Target) -> PathBuf {
    root().join("fuzz/artifacts").join(&target.name)
}

fn corpus(target: &Target) -> PathBuf {
    root().join("fuzz/corpus").join(&target.name)
}

/// The folders libFuzzer reads: the first is where it puts what it finds, so it is not the one in
/// the repository.
fn folders(target: &Target) -> Result<Vec<PathBuf>> {
    let found = root().join("fuzz/target/found").join(&target.name);
    fs::create_dir_all(&found)?;
    let mut folders = vec![found, corpus(target)];
    folders.extend(target.seeds.iter().map(|seed| root().join(seed)));
    folders.retain(|folder| folder.exists());
    Ok(folders)
}

/// Builds targets the way `cargo fuzz` does; says where they are.
fn build(targets: &[Target]) -> Result<PathBuf> {
    let host = host()?;
    let folder = root().join("fuzz");
    let mut command = cargo();
    command
        .current_dir(&folder)
        .args(["build", "--release", "--target", &host, "--target-dir"])
        .arg(folder.join("target"))
        .env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS.join("\u{1f}"));
    for target in targets {
        command.args(["--bin", &target.name]);
    }
    run_program(&mut command)
        .context("failed to build the fuzz targets (a C++ compiler is needed)")?;
    Ok(folder.join("target").join(host).join("release"))
}

/// The platform of this machine, in the compiler's words.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("failed to start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what it is built for")
}

/// Keeps, of all inputs there are, a small set that reaches the same code.
fn minimize(programs: &Path, target: &Target) -> Result<()> {
    let work = root().join("fuzz/target/minimized").join(&target.name);
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let mut command = Command::new(programs.join(&target.name));
    command.arg("-merge=1").arg(format!("-max_len={KEPT_BYTES_MAX}")).arg(&work);
    run_quietly(command.args(folders(target)?), &target.name)?;

    let corpus = corpus(target);
    fs::create_dir_all(&corpus)?;
    for (file, _) in files(&corpus)? {
        if is_found(&file) {
            fs::remove_file(file)?;
        }
    }
    let found = files(&work)?;
    // Of all sizes: the smallest alone would reach little.
    let step = found.len().div_ceil(KEPT_MAX).max(1);
    for (file, _) in found.iter().rev().step_by(step) {
        let name = file.file_name().context("a file has a name")?;
        fs::copy(file, corpus.join(name))?;
    }
    println!("{}: kept {} of {}", target.name, found.len().div_ceil(step), found.len());
    Ok(())
}

/// Whether an input was found by libFuzzer, which names it by a digest, and not written by a person.
fn is_found(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    name.is_some_and(|name| name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The files of a folder with their sizes, the smallest first.
fn files(folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.path(), entry.metadata()?.len()));
    }
    files.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn arguments_say_what_to_run_and_how_long() {
        let all = Request::Run { seconds: 60, targets: Vec::new() };
        assert_eq!(parse(&[]).unwrap(), all);
        let some = Request::Run { seconds: 5, targets: words("apk tar") };
        assert_eq!(parse(&words("apk --seconds 5 tar")).unwrap(), some);
        assert_eq!(parse(&words("--minimize apk")).unwrap(), Request::Minimize(words("apk")));
        assert_eq!(parse(&words("--replay")).unwrap(), Request::Replay);
        let each = Request::Each { seconds: 7, extractors: words("apk/installed") };
        assert_eq!(parse(&words("--each --seconds 7 apk/installed")).unwrap(), each);
        for wrong in ["--each --minimize", "--seconds", "--seconds x", "--seconds 0", "--second 5"]
        {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_table_of_targets_is_read_from_its_source() {
        let source = "pub struct Target { name: x }\npub static TARGETS: &[Target] = &[\n\
            Target { name: \"one\", seeds: &[], run: a::b },\n\
            Target {\n name: \"two\",\n seeds: &[\n \"x/y\", \"z\",\n ],\n run: c },\n];\n\
            fn f() { Target { name: \"no\", seeds: &[], run: d } }";
        let expected = [
            Target { name: "one".to_owned(), seeds: Vec::new() },
            Target { name: "two".to_owned(), seeds: words("x/y z") },
        ];
        assert_eq!(parse_table(source), expected);
        assert!(choose(&expected, &words("three")).is_err());
        assert_eq!(choose(&expected, &words("two")).unwrap(), expected[1..]);
    }

    #[test]
    fn a_run_is_told_in_one_line() {
        let log = "#2\tINITED cov: 5 ft: 7 corp: 1/1b\n#9\tDONE   cov: 41 ft: 90 corp: 3/1b\n\
            stat::number_of_executed_units: 9\nstat::slowest_unit_time_sec:    0\n\
            stat::peak_rss_mb:              38\n";
        assert_eq!(summary(log), "9 inputs run, 41 branches reached, slowest 0 s, peak 38 MiB");
        assert!(summary("").starts_with("? inputs run"));
    }

    #[test]
    fn only_inputs_named_by_digest_are_replaced() {
        assert!(is_found(Path::new("corpus/apk/4eee68b35048929cad8991333c03e6898d8ae956")));
        assert!(!is_found(Path::new("corpus/apk/two-layers")));
    }
}
