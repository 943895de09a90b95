//! The programs that know an order.

use anyhow::{Context, Result, bail, ensure};
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
}

const ASK_PACKAGING: &str = include_str!("ask_packaging.py");
const ASK_SEMVER: &str = include_str!("ask_semver.js");

impl Tool {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Apk { major } => format!("apk of apk-tools {major}"),
            Self::Dpkg => "dpkg".to_owned(),
            Self::Packaging => "python3 with packaging".to_owned(),
            Self::NpmSemver => "node with npm".to_owned(),
        }
    }

    /// The tool's name and version as it gives it; `None` where it is not installed.
    pub(super) fn version(&self) -> Result<Option<String>> {
        let mut command = match self {
            Self::Apk { .. } => Command::new("apk"),
            Self::Dpkg => Command::new("dpkg"),
            Self::Packaging | Self::NpmSemver => self.script(),
        };
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
            _ => Ok(Some(version)),
        }
    }

    /// One answer for each pair; a pair of a version with itself asks whether it is one.
    pub(super) fn answer(&self, pairs: &[(String, String)]) -> Result<Vec<Answer>> {
        match self {
            Self::Apk { .. } => pairs.iter().map(|(a, b)| answer_apk(a, b)).collect(),
            Self::Dpkg => pairs.iter().map(|(a, b)| answer_dpkg(a, b)).collect(),
            Self::Packaging | Self::NpmSemver => self.answer_all(pairs),
        }
    }

    fn script(&self) -> Command {
        let (program, arguments) = match self {
            Self::NpmSemver => ("node", ["-e", ASK_SEMVER, "--", "ask"]),
            _ => ("python3", ["-c", ASK_PACKAGING, "", ""]),
        };
        let mut command = Command::new(program);
        command.args(arguments.iter().filter(|argument| !argument.is_empty()));
        command
    }

    /// Sends all pairs to a script at once; it reads everything before it answers.
    fn answer_all(&self, pairs: &[(String, String)]) -> Result<Vec<Answer>> {
        let lines: Vec<String> = pairs.iter().map(|(a, b)| format!("{a}\t{b}")).collect();
        let questions = lines.join("\n") + "\n";
        let mut child =
            self.script().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("asking")?;
        child.stdin.take().context("no standard input")?.write_all(questions.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "{} failed", self.name());
        let answers: Result<Vec<_>> =
            String::from_utf8(output.stdout)?.lines().map(Answer::parse).collect();
        let answers = answers?;
        ensure!(answers.len() == pairs.len(), "{} left questions open", self.name());
        Ok(answers)
    }
}

fn answer_apk(a: &str, b: &str) -> Result<Answer> {
    if !output("apk", &["version", "--check", a, b])?.status.success() {
        return Ok(Answer::Refused);
    }
    let output = output("apk", &["version", "--test", a, b])?;
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

fn output(program: &str, arguments: &[&str]) -> Result<Output> {
    Command::new(program).args(arguments).output().with_context(|| format!("starting {program}"))
}
