//! A Dockerfile as Trivy shows it to rules.

use crate::dockerfile::{Dockerfile, Flag, Instruction, Invocation, Kind, Pairs, Transfer};
use serde_json::{Value as Json, json};

/// A Dockerfile, `text` being what it was read from: its stages, and in them their instructions as
/// words. What stands before the first `FROM` is a stage without a name.
pub fn dockerfile(file: &Dockerfile, text: &str, path: &str) -> Json {
    let lines: Vec<&str> = text.lines().collect();
    let directive = file.directives.iter().find(|directive| directive.name == "escape");
    let escape = directive.map_or("\\", |directive| directive.value.as_str());
    let first = file.stages.first().map_or(file.instructions.len(), |stage| stage.from);
    let head = file.instructions.get(..first).unwrap_or_default();
    let mut sections = vec![(0, String::new(), head)];
    for (number, stage) in file.stages.iter().enumerate() {
        let instructions = file.instructions.get(stage.from..stage.end).unwrap_or_default();
        let from = instructions.first().map_or_else(String::new, |from| {
            let whole = original(from, &lines, escape);
            whole.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim().to_owned()
        });
        sections.push((number, from, instructions));
    }
    let stages: Vec<Json> = sections
        .into_iter()
        .filter(|(_, _, instructions)| !instructions.is_empty())
        .map(|(number, name, instructions)| {
            let commands: Vec<Json> = instructions
                .iter()
                .map(|instruction| {
                    command(instruction, number, path, &original(instruction, &lines, escape))
                })
                .collect();
            json!({ "Name": name, "Commands": commands })
        })
        .collect();
    json!({ "Stages": stages })
}

fn command(instruction: &Instruction, stage: usize, path: &str, original: &str) -> Json {
    let inner = instruction.inner();
    let (value, is_json) = words(&inner.kind);
    let of = if instruction.flags.is_empty() { inner } else { instruction };
    let flags: Vec<String> = of.flags.iter().map(flag).collect();
    let sub = match instruction.kind {
        Kind::Onbuild(_) => inner.keyword.to_ascii_lowercase(),
        _ => String::new(),
    };
    json!({
        "Cmd": instruction.keyword.to_ascii_lowercase(),
        "SubCmd": sub,
        "Flags": flags,
        "Value": value,
        "Original": original,
        "JSON": is_json,
        "Stage": stage,
        "Path": path,
        "StartLine": instruction.lines.start,
        "EndLine": instruction.lines.end,
    })
}

/// The instruction as written, continued lines joined, a here-document below it.
fn original(instruction: &Instruction, lines: &[&str], escape: &str) -> String {
    let at = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
    let start = at(instruction.lines.start).saturating_sub(1);
    let own = lines.get(start..at(instruction.lines.end).min(lines.len())).unwrap_or_default();
    let mut text = String::new();
    let mut is_continued = true;
    for line in own {
        if is_continued && !text.is_empty() && line.trim_start().starts_with('#') {
            continue;
        }
        if !is_continued {
            text.push('\n');
        }
        let part = line.trim_end().strip_suffix(escape).filter(|_| is_continued);
        is_continued = part.is_some();
        text.push_str(part.unwrap_or(line));
    }
    text.trim().to_owned()
}

fn flag(flag: &Flag) -> String {
    match &flag.value {
        Some(value) => format!("--{}={value}", flag.name),
        None => format!("--{}", flag.name),
    }
}

/// The words of an instruction, and whether they were written as JSON.
fn words(kind: &Kind) -> (Vec<String>, bool) {
    match kind {
        Kind::From { image, name, joint } => {
            let mut words = vec![image.clone()];
            words.extend(joint.iter().chain(name).cloned());
            (words, false)
        }
        Kind::Run(run) | Kind::Cmd(run) | Kind::Entrypoint(run) => invoked(run),
        Kind::Healthcheck(None) => (vec!["NONE".to_owned()], false),
        Kind::Healthcheck(Some(run)) => {
            let (words, is_json) = invoked(run);
            ([vec!["CMD".to_owned()], words].concat(), is_json)
        }
        Kind::Label(pairs) | Kind::Env(pairs) => (set(pairs), false),
        Kind::Arg(arguments) => {
            let word = |argument: &crate::dockerfile::Argument| match &argument.default {
                Some(default) => format!("{}={default}", argument.name),
                None => argument.name.clone(),
            };
            (arguments.iter().map(word).collect(), false)
        }
        Kind::Add(Transfer { sources, target, .. })
        | Kind::Copy(Transfer { sources, target, .. }) => {
            (sources.iter().chain([target]).cloned().collect(), false)
        }
        Kind::Expose(words) | Kind::Volume(words) => (words.clone(), false),
        Kind::Shell(words) => (words.clone(), true),
        Kind::Maintainer(word)
        | Kind::User(word)
        | Kind::Workdir(word)
        | Kind::Stopsignal(word) => (vec![word.clone()], false),
        // What it will do is shown in its place.
        Kind::Onbuild(_) => (Vec::new(), false),
    }
}

fn invoked(run: &Invocation) -> (Vec<String>, bool) {
    if run.is_exec
        && let Ok(words) = serde_json::from_str::<Vec<String>>(run.text.trim())
    {
        return (words, true);
    }
    (vec![run.text.clone()], false)
}

/// Name, value and what stands between them, for each pair.
fn set(pairs: &Pairs) -> Vec<String> {
    let between = if pairs.is_legacy { "" } else { "=" };
    let words =
        |pair: &crate::dockerfile::Pair| [pair.name.clone(), pair.raw.clone(), between.to_owned()];
    pairs.pairs.iter().flat_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::parse;

    #[test]
    fn instructions_are_words_in_their_stages() {
        let text = "ARG TAG=12\nFROM debian:${TAG} AS base\nRUN apt-get update && \\\n  # a comment\n  \
                    apt-get install -y x\nENV A=b C=\"d e\"\nCOPY --from=base --chown=1 a b /c/\n\
                    USER root\nFROM base\nCMD [\"a\", \"b\"]\nONBUILD ADD x y\n\
                    HEALTHCHECK --interval=1s CMD curl x\nEXPOSE 22/tcp 80\n";
        let shown = dockerfile(&parse(text).0, text, "Dockerfile");
        let names: Vec<&str> = shown["Stages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|stage| stage["Name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["", "debian:${TAG} AS base", "base"]);
        let at = |stage: usize, command: usize| &shown["Stages"][stage]["Commands"][command];
        let value = |stage, command| at(stage, command)["Value"].clone();
        assert_eq!((value(0, 0), &at(0, 0)["Cmd"]), (json!(["TAG=12"]), &json!("arg")));
        assert_eq!(value(1, 0), json!(["debian:${TAG}", "AS", "base"]));
        assert_eq!(at(1, 1)["StartLine"], 3);
        assert_eq!(at(1, 1)["EndLine"], 5);
        assert_eq!(at(1, 1)["Original"], "RUN apt-get update &&   apt-get install -y x");
        assert_eq!(value(1, 2), json!(["A", "b", "=", "C", "\"d e\"", "="]));
        assert_eq!(value(1, 3), json!(["a", "b", "/c/"]));
        assert_eq!(at(1, 3)["Flags"], json!(["--from=base", "--chown=1"]));
        assert_eq!((value(2, 1), &at(2, 1)["JSON"]), (json!(["a", "b"]), &json!(true)));
        assert_eq!(
            (value(2, 2), &at(2, 2)["Cmd"], &at(2, 2)["SubCmd"]),
            (json!(["x", "y"]), &json!("onbuild"), &json!("add"))
        );
        assert_eq!(value(2, 3), json!(["CMD", "curl x"]));
        assert_eq!(value(2, 4), json!(["22/tcp", "80"]));
        assert_eq!((&at(2, 0)["Stage"], &at(2, 0)["Path"]), (&json!(1), &json!("Dockerfile")));
    }
}
