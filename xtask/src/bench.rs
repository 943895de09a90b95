//! `cargo xtask bench`: what a scan costs, beside the least it could cost.
//!
//! What is measured, and how to read it, is told in `docs/benchmarks.md`.

mod difference;
mod floor;
mod generate;
mod image;
mod inventory;
mod measure;
mod outcome;
mod text;
mod write;

use crate::process::{build_scanner, cargo, root, run as run_program};
use anyhow::{Context as _, Result, bail, ensure};
use difference::{Difference, differences};
use floor::Floor;
use image::StoredImage;
use inventory::listed_by;
use measure::{Cost, measure, shell_word};
use outcome::{ImageOutcome, Outcome, Tools};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
cargo xtask bench [OPTIONS] PATH…

Scans images and prints what that costs, beside the floor: decompressing the same layers and
walking their archives with the fastest programs there are. A PATH is an OCI layout, an archive of
one or of `docker save`, or a folder of these.

  --runs N            runs of each command, after one to warm up (5)
  --against COMMAND   another scanner, measured in the same way; {} stands for the image. Where it
                      prints Syft's JSON or CycloneDX, the packages it lists are compared as well
  --only-packages     compares the packages and measures nothing
  --db FOLDER         the advisory database to match with, in place of the one built in
  --program FILE      the scanner to measure, in place of a fresh release build
  --generate FOLDER   first makes images of several sizes there, from this machine's /usr
  --generate-only FOLDER
                      makes them and measures nothing
  --policy            judges ten thousand findings, and measures no image
  --questions FOLDER  asks the advisory database there, and measures no image
  --secrets           how fast a text is searched for secrets, and what the search adds to a scan
                      of each image
  --write N           writes a made report of N packages and findings in every format, and
                      measures no image
  --json FILE         writes every single measurement as well
";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    runs: usize,
    only_packages: bool,
    secrets: bool,
    against: Option<String>,
    db: Option<PathBuf>,
    program: Option<PathBuf>,
    generate: Option<PathBuf>,
    generate_only: Option<PathBuf>,
    policy: bool,
    questions: Option<PathBuf>,
    write: Option<usize>,
    json: Option<PathBuf>,
    paths: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Some(mut request) = parse(arguments)? else {
        print!("{HELP}");
        return Ok(());
    };
    if let Some(folder) = &request.generate_only {
        return generate::images(folder);
    }
    if let Some(count) = request.write {
        return write::run(count);
    }
    if let Some(database) = &request.questions {
        let mut bench = cargo();
        bench.args(["run", "--quiet", "--release", "--locked", "--package", "lazaret-advisory"]);
        return run_program(bench.args(["--example", "bench", "--"]).arg(database));
    }
    if request.policy {
        let mut bench = cargo();
        bench.args(["run", "--quiet", "--release", "--locked", "--package", "lazaret-policy"]);
        return run_program(bench.args(["--example", "bench"]));
    }
    if request.secrets {
        let mut speed = cargo();
        speed.args(["run", "--quiet", "--release", "--locked", "--package", "lazaret-check"]);
        run_program(speed.args(["--example", "secret_speed"]))?;
        if request.paths.is_empty() && request.generate.is_none() {
            return Ok(());
        }
    }
    if let Some(folder) = &request.generate {
        // A process of its own: a new process seems to have all the memory that the one which
        // starts it ever had, so this one must stay small.
        let mut maker = Command::new(std::env::current_exe()?);
        run_program(maker.args(["bench", "--generate-only"]).arg(folder))?;
        request.paths.push(folder.clone());
    }
    let candidates = image::find(&request.paths)?;
    ensure!(!candidates.is_empty(), "there are no images; `--generate FOLDER` makes some");
    let program = match &request.program {
        Some(program) => absolute(program)?,
        None => build_scanner(&["--release"])?,
    };
    let floor = Floor::choose(&candidates)?;
    let contenders = contenders(&request, &program)?;
    let mut outcome = Outcome {
        runs: request.runs,
        tools: Tools { scanner: version(&program)?, floor: floor.describe() },
        against: request.against.clone(),
        images: Vec::new(),
        skipped: Vec::new(),
    };
    for candidate in &candidates {
        eprintln!("measuring {}", candidate.name);
        let measured = StoredImage::open(candidate)
            .and_then(|image| one(&image, &floor, &contenders, &request));
        match measured {
            Ok(image) => outcome.images.push(image),
            Err(error) => outcome.skipped.push(format!("{}: {error:#}", candidate.name)),
        }
    }
    print!("{}", text::show(&outcome));
    if let Some(file) = &request.json {
        let json = serde_json::to_vec_pretty(&outcome)?;
        std::fs::write(file, json)
            .with_context(|| format!("failed to write {}", file.display()))?;
    }
    ensure!(!outcome.images.is_empty(), "no image could be measured");
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Option<Request>> {
    let mut request = Request {
        runs: 5,
        only_packages: false,
        secrets: false,
        against: None,
        db: None,
        program: None,
        generate: None,
        generate_only: None,
        policy: false,
        questions: None,
        write: None,
        json: None,
        paths: Vec::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value =
            || arguments.next().with_context(|| format!("{argument} needs a value behind it"));
        match argument.as_str() {
            "-h" | "--help" => return Ok(None),
            "--runs" => {
                let text = value()?;
                request.runs = text.parse().with_context(|| format!("`{text}` is no number"))?;
                ensure!(request.runs > 0, "at least one run is needed");
            }
            "--against" => {
                let command = value()?;
                ensure!(command.contains("{}"), "`{command}` has no {{}} for the image");
                request.against = Some(command.clone());
            }
            "--only-packages" => request.only_packages = true,
            "--secrets" => request.secrets = true,
            "--db" => request.db = Some(absolute(value()?.as_ref())?),
            "--program" => request.program = Some(value()?.into()),
            "--generate" => request.generate = Some(value()?.into()),
            "--generate-only" => request.generate_only = Some(value()?.into()),
            "--policy" => request.policy = true,
            "--questions" => request.questions = Some(absolute(value()?.as_ref())?),
            "--write" => {
                let text = value()?;
                let count = text.parse().with_context(|| format!("`{text}` is no number"))?;
                request.write = Some(count);
            }
            "--json" => request.json = Some(value()?.into()),
            option if option.starts_with('-') => bail!("there is no option `{option}`\n\n{HELP}"),
            path => request.paths.push(path.into()),
        }
    }
    if request.only_packages {
        ensure!(request.against.is_some(), "--only-packages needs --against");
        request.runs = 0;
    }
    let is_enough = request.generate.is_some()
        || request.generate_only.is_some()
        || request.policy
        || request.questions.is_some()
        || request.write.is_some()
        || request.secrets;
    ensure!(is_enough || !request.paths.is_empty(), "which images?\n\n{HELP}");
    Ok(Some(request))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(path).with_context(|| format!("there is no {}", path.display()))
}

fn version(program: &Path) -> Result<String> {
    let output = Command::new(program).arg("version").output();
    let output = output.with_context(|| format!("failed to start {}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().next().unwrap_or("unknown version").to_owned())
}

/// A command to measure, apart from the floor.
struct Contender {
    name: &'static str,
    /// For a shell; `{}` stands for the image.
    command: String,
}

fn contenders(request: &Request, program: &Path) -> Result<Vec<Contender>> {
    let word = |path: &Path| path.to_str().map(shell_word).context("a path is not UTF-8");
    let program = word(program)?;
    let db = match &request.db {
        Some(db) => format!(" --db {}", word(db)?),
        None => String::new(),
    };
    let scan = |scanners: &str| {
        format!(
            "{program} image --scanners {scanners} --format json --no-cache --quiet --no-progress \
             --input {{}}{db}"
        )
    };
    let mut contenders = vec![Contender { name: "lazaret", command: scan("vuln") }];
    if request.secrets {
        contenders.push(Contender { name: "secrets", command: scan("vuln,secret") });
    }
    if let Some(command) = &request.against {
        contenders.push(Contender { name: "other", command: command.clone() });
    }
    Ok(contenders)
}

/// Measures every command on one image, in turn, so that what else the machine does hits all.
fn one(
    image: &StoredImage,
    floor: &Floor,
    contenders: &[Contender],
    request: &Request,
) -> Result<ImageOutcome> {
    let input = shell_word(image.input.to_str().context("the path is not UTF-8")?);
    let script = floor.script(&image.layers)?;
    let commands: Vec<(&str, String)> = contenders
        .iter()
        .map(|contender| (contender.name, contender.command.replace("{}", &input)))
        .chain([("floor", script)])
        .collect();
    let packages = compare(&commands)?;
    let mut costs: Vec<(String, Vec<Cost>)> =
        commands.iter().map(|(name, _)| ((*name).to_owned(), Vec::new())).collect();
    let runs = if request.only_packages { 0..0 } else { 0..request.runs.saturating_add(1) };
    for run in runs {
        for ((name, command), (_, costs)) in commands.iter().zip(&mut costs) {
            let cost = measure(command).with_context(|| format!("{name} failed"))?;
            // The first run only fills the page cache.
            if run > 0 {
                costs.push(cost);
            }
        }
    }
    Ok(ImageOutcome {
        name: image.name.clone(),
        stored_bytes: image.layers.iter().map(|layer| layer.size_bytes).sum(),
        layers: image.layers.len(),
        costs: costs.into_iter().collect(),
        packages,
    })
}

/// What the scanners list, if there are two and both say it in a way that can be read.
fn compare(commands: &[(&str, String)]) -> Result<Option<BTreeMap<String, Difference>>> {
    let command = |wanted: &str| commands.iter().find(|(name, _)| *name == wanted);
    let Some((_, other)) = command("other") else { return Ok(None) };
    let Some(theirs) = listed_by(other).context("other failed")? else { return Ok(None) };
    let (_, lazaret) = command("lazaret").context("there is no command of our own")?;
    let ours = listed_by(lazaret).context("lazaret failed")?;
    let ours = ours.context("the scanner's own report could not be read")?;
    Ok(Some(differences(&ours, &theirs)))
}

/// A folder for what is only needed while measuring.
fn work_folder() -> Result<PathBuf> {
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Option<Request>> {
        parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_say_what_to_measure() {
        let request = parsed(&["--runs", "3", "a", "--against", "x {}", "b"]).unwrap().unwrap();
        assert_eq!((request.runs, request.against.as_deref()), (3, Some("x {}")));
        assert_eq!(request.paths, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(parsed(&["a"]).unwrap().unwrap().runs, 5);
        assert_eq!(parsed(&["a", "--help"]).unwrap(), None);
        let request = parsed(&["a", "--only-packages", "--against", "x {}"]).unwrap().unwrap();
        assert_eq!(request.runs, 0);
        assert!(parsed(&["--generate", "g"]).unwrap().is_some());
        assert!(parsed(&["--policy"]).unwrap().unwrap().policy);
    }

    #[test]
    fn arguments_that_mean_nothing_are_refused() {
        let wrong: [&[&str]; 7] = [
            &[],
            &["--runs", "3"],
            &["a", "--runs", "0"],
            &["a", "--runs"],
            &["a", "--against", "no place for the image"],
            &["a", "--fast"],
            &["a", "--only-packages"],
        ];
        for words in wrong {
            assert!(parsed(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn the_image_is_put_where_the_command_says() {
        let request = parsed(&["a", "--against", "other {}"]).unwrap().unwrap();
        let contenders = contenders(&request, Path::new("/a program")).unwrap();
        assert_eq!(
            contenders[0].command,
            "'/a program' image --scanners vuln --format json --no-cache --quiet --no-progress \
             --input {}"
        );
        assert_eq!(contenders[1].command, "other {}");
    }

    #[test]
    fn secrets_are_searched_for_beside_a_scan_without() {
        let request = parsed(&["a", "--secrets"]).unwrap().unwrap();
        let contenders = contenders(&request, Path::new("scanner")).unwrap();
        let of = |name: &str| contenders.iter().find(|one| one.name == name).unwrap();
        assert!(of("lazaret").command.starts_with("scanner image --scanners vuln --format"));
        assert!(of("secrets").command.starts_with("scanner image --scanners vuln,secret --format"));
        assert!(parsed(&["--secrets"]).unwrap().unwrap().paths.is_empty());
    }
}
