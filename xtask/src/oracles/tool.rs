//! The programs that know an order.

use anyhow::{Context, Result, anyhow, bail, ensure};
use std::io::{ErrorKind, Write};
use std::process::{Command, Output, Stdio};

/// What a tool says about two versions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Less,
    Equal,
    Greater,
    /// One of the two is no version.
    Refused,
}

impl Answer {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::Equal => "=",
            Self::Greater => ">",
            Self::Refused => "!",
        }
    }

    fn parse(sign: &str) -> Result<Self> {
        [Self::Less, Self::Equal, Self::Greater, Self::Refused]
            .into_iter()
            .find(|answer| answer.sign() == sign)
            .with_context(|| format!("`{sign}` is no answer"))
    }
}

/// A program that is asked.
pub(super) enum Tool {
    /// `apk` of apk-tools; the two majors read some versions differently.
    Apk {
        major: &'static str,
    },
    Dpkg,
    /// `python3` with the `packaging` library.
    Packaging,
    /// `node` with the `semver` package of its npm.
    NpmSemver,
    /// The system's `python3` with rpm's module.
    Rpm,
    /// `go` with `golang.org/x/mod`, which it fetches.
    GoMod,
    /// `java` with the jar `maven-artifact` that `MAVEN_ARTIFACT_JAR` names.
    Maven,
    /// `ruby` with its RubyGems.
    RubyGems,
    /// `php` with `composer/semver` in its include path.
    Composer,
    /// `mono` and its compiler, with the `nuget.exe` that `NUGET_EXE` names.
    Nuget,
    /// The system's `python3` with pacman's library.
    Pacman,
    /// `python3` with the `portage` library.
    Portage,
    /// `go` with `github.com/bitnami/go-version`, which it fetches.
    Bitnami,
    /// `python3` with the `conan` library.
    Conan,
    /// `python3` with the `py-rattler` library, as conda itself is in no package registry.
    Rattler,
    /// `Rscript` of R.
    R,
    /// `runghc` with the Cabal library it brings along.
    Cabal,
    Elixir,
    /// `opam` from 2.6 on.
    Opam,
    /// `python3` alone, with what the order of this name specifies written down in a script.
    Specification(&'static str),
}

const ASK_PACKAGING: &str = include_str!("ask_packaging.py");
const ASK_SEMVER: &str = include_str!("ask_semver.js");
const ASK_RPM: &str = include_str!("ask_rpm.py");
const ASK_GEM: &str = include_str!("ask_gem.rb");
const ASK_PACMAN: &str = include_str!("ask_pacman.py");
const ASK_PORTAGE: &str = include_str!("ask_portage.py");
const ASK_CONAN: &str = include_str!("ask_conan.py");
const ASK_CONDA: &str = include_str!("ask_conda.py");
const ASK_SPECIFICATION: &str = include_str!("ask_specification.py");
/// Sources that are run from their place.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/oracles");

impl Tool {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Apk { major } => format!("apk of apk-tools {major}"),
            Self::Dpkg => "dpkg".to_owned(),
            Self::Packaging => "python3 with packaging".to_owned(),
            Self::NpmSemver => "node with npm".to_owned(),
            Self::Rpm => "python3 with rpm (Debian: python3-rpm)".to_owned(),
            Self::GoMod | Self::Bitnami => "go".to_owned(),
            Self::Maven => "java with the jar in MAVEN_ARTIFACT_JAR".to_owned(),
            Self::RubyGems => "ruby".to_owned(),
            Self::Composer => "php with composer/semver (Debian: php-composer-semver)".to_owned(),
            Self::Nuget => "mono and mcs with the program in NUGET_EXE".to_owned(),
            Self::Pacman => "python3 with libalpm (Debian: pacman-package-manager)".to_owned(),
            Self::Portage => "python3 with portage".to_owned(),
            Self::Conan => "python3 with conan".to_owned(),
            Self::Rattler => "python3 with py-rattler".to_owned(),
            Self::R => "Rscript (Debian: r-base-core)".to_owned(),
            Self::Cabal => "runghc (Debian: ghc)".to_owned(),
            Self::Elixir => "elixir".to_owned(),
            Self::Opam => "opam from 2.6 on".to_owned(),
            Self::Specification(_) => "python3".to_owned(),
        }
    }

    /// The tool's name and version as it gives it; `None` where it is not installed.
    pub(super) fn version(&self) -> Result<Option<String>> {
        let command = match self {
            Self::Apk { .. } => Some(Command::new("apk")),
            Self::Dpkg => Some(Command::new("dpkg")),
            Self::Opam => Some(Command::new("opam")),
            _ => self.script()?,
        };
        let Some(mut command) = command else { return Ok(None) };
        let output = match command.arg("--version").output() {
            Ok(output) if output.status.success() => output,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("starting {}", self.name())),
        };
        let text = String::from_utf8(output.stdout)?;
        let version = text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
        match self {
            Self::Apk { major } => {
                let number = version.strip_prefix("apk-tools ").unwrap_or_default();
                Ok(number.split(['.', ' ']).next().is_some_and(|m| m == *major).then_some(version))
            }
            // Older ones have no command for it.
            Self::Opam => {
                let can_compare = answer_opam("1", "2").is_ok_and(|answer| answer == Answer::Less);
                Ok(can_compare.then(|| format!("opam {version}")))
            }
            _ => Ok(Some(version)),
        }
    }

    /// One answer for each pair; a pair of a version with itself asks whether it is one.
    pub(super) fn answer(&self, pairs: &[(String, String)]) -> Result<Vec<Answer>> {
        match self {
            Self::Apk { .. } => pairs.iter().map(|(a, b)| answer_apk(a, b)).collect(),
            Self::Dpkg => pairs.iter().map(|(a, b)| answer_dpkg(a, b)).collect(),
            Self::Opam => pairs.iter().map(|(a, b)| answer_opam(a, b)).collect(),
            _ => self.answer_all(pairs),
        }
    }

    /// The script that asks the tool; `None` where something it needs is not there.
    fn script(&self) -> Result<Option<Command>> {
        let command = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments);
            Ok(Some(command))
        };
        match self {
            Self::Apk { .. } | Self::Dpkg | Self::Opam => Ok(None),
            Self::Packaging => command("python3", &["-c", ASK_PACKAGING]),
            Self::NpmSemver => command("node", &["-e", ASK_SEMVER, "--", "ask"]),
            Self::Rpm => command("/usr/bin/python3", &["-c", ASK_RPM]),
            Self::GoMod => command("go", &["run", "-C", &format!("{FOLDER}/go"), "."]),
            Self::Bitnami => command("go", &["run", "-C", &format!("{FOLDER}/go"), "./bitnami"]),
            Self::Pacman => command("/usr/bin/python3", &["-c", ASK_PACMAN]),
            Self::Portage => command("python3", &["-c", ASK_PORTAGE]),
            Self::Conan => command("python3", &["-c", ASK_CONAN]),
            Self::Rattler => command("python3", &["-c", ASK_CONDA]),
            Self::R => command("Rscript", &["--vanilla", &format!("{FOLDER}/ask_cran.R")]),
            Self::Cabal => command("runghc", &[&format!("{FOLDER}/AskHackage.hs")]),
            Self::Elixir => command("elixir", &[&format!("{FOLDER}/ask_hex.exs")]),
            Self::Specification(order) => command("python3", &["-c", ASK_SPECIFICATION, order]),
            Self::RubyGems => command("ruby", &["-e", ASK_GEM, "--"]),
            Self::Composer => command("php", &[&format!("{FOLDER}/ask_composer.php")]),
            Self::Maven => match std::env::var("MAVEN_ARTIFACT_JAR") {
                Ok(jar) => command("java", &["-cp", &jar, &format!("{FOLDER}/AskMaven.java")]),
                Err(_) => Ok(None),
            },
            Self::Nuget => match std::env::var("NUGET_EXE") {
                Ok(nuget) => {
                    let program = std::env::temp_dir().join("lazaret-ask-nuget.exe");
                    let program = program.to_string_lossy().into_owned();
                    let source = format!("{FOLDER}/ask_nuget.cs");
                    let compiled = output("mcs", &[&format!("-out:{program}"), &source])?;
                    ensure!(compiled.status.success(), "ask_nuget.cs does not compile");
                    command("mono", &[&program, &nuget])
                }
                Err(_) => Ok(None),
            },
        }
    }

    /// Sends all pairs to a script at once.
    fn answer_all(&self, pairs: &[(String, String)]) -> Result<Vec<Answer>> {
        let lines: Vec<String> = pairs.iter().map(|(a, b)| format!("{a}\t{b}")).collect();
        let questions = lines.join("\n") + "\n";
        let mut script = self.script()?.with_context(|| format!("there is no {}", self.name()))?;
        let mut child =
            script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("asking")?;
        let mut input = child.stdin.take().context("no standard input")?;
        // Some scripts answer while they read, so reading must not wait for the last question.
        let asking = std::thread::spawn(move || input.write_all(questions.as_bytes()));
        let output = child.wait_with_output()?;
        asking.join().map_err(|_| anyhow!("the questions were not sent"))??;
        ensure!(output.status.success(), "{} failed", self.name());
        let answers: Result<Vec<_>> =
            String::from_utf8(output.stdout)?.lines().map(Answer::parse).collect();
        let answers = answers?;
        ensure!(answers.len() == pairs.len(), "{} left questions open", self.name());
        Ok(answers)
    }
}

fn answer_apk(a: &str, b: &str) -> Result<Answer> {
    if !output("apk", &["version", "--check", "--", a, b])?.status.success() {
        return Ok(Answer::Refused);
    }
    let output = output("apk", &["version", "--test", "--", a, b])?;
    Answer::parse(String::from_utf8(output.stdout)?.trim())
}

fn answer_dpkg(a: &str, b: &str) -> Result<Answer> {
    for (relation, answer) in [("lt", Answer::Less), ("gt", Answer::Greater)] {
        let arguments = ["--compare-versions", "--", a, relation, b];
        match output("dpkg", &arguments)?.status.code() {
            Some(0) => return Ok(answer),
            Some(1) => {}
            Some(2) => return Ok(Answer::Refused),
            code => bail!("dpkg ended with {code:?}"),
        }
    }
    Ok(Answer::Equal)
}

fn answer_opam(a: &str, b: &str) -> Result<Answer> {
    let output = output("opam", &["admin", "compare-versions", "--", a, b])?;
    if !output.status.success() {
        return Ok(Answer::Refused);
    }
    let line = String::from_utf8(output.stdout)?;
    Answer::parse(line.split_whitespace().nth(1).unwrap_or_default())
}

fn output(program: &str, arguments: &[&str]) -> Result<Output> {
    Command::new(program).args(arguments).output().with_context(|| format!("starting {program}"))
}
