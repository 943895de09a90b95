use crate::dockerfile::syntax::{Dockerfile, Kind};
use crate::dockerfile::{FileProblem, ProblemKind, parse};

fn read(text: &str) -> Dockerfile {
    let (file, problems) = parse(text);
    assert_eq!(problems, [], "{text}");
    file
}

fn lines(file: &Dockerfile) -> Vec<(u32, u32)> {
    file.instructions.iter().map(|i| (i.lines.start, i.lines.end)).collect()
}

fn only(text: &str) -> Kind {
    let mut file = read(&format!("FROM a\n{text}\n"));
    file.instructions.pop().unwrap().kind
}

#[test]
fn continued_lines_are_one_instruction() {
    let file = read("FROM a\nRUN b \\\n  # c\n\n  && d \\  \n  && e\nUSER f\n");
    assert_eq!(lines(&file), [(1, 1), (2, 6), (7, 7)]);
    assert_eq!(file.empty_continuations, [4]);
    assert_eq!(file.comments[0].line, 3);
    let Kind::Run(run) = &file.instructions[1].kind else { panic!() };
    let commands: Vec<_> =
        run.script.commands.iter().map(|c| (c.program().unwrap(), c.line)).collect();
    assert_eq!(commands, [("b", 2), ("d", 5), ("e", 6)]);
}

#[test]
fn a_backslash_that_is_escaped_continues_nothing() {
    let file = read("FROM a\nRUN echo \\\\\nUSER b");
    assert_eq!(file.instructions.len(), 3);
}

#[test]
fn marks_and_line_ends_of_windows_are_read() {
    let file =
        read("\u{feff}# escape=`\r\nFROM a\r\nCOPY b `\r\n  c:\\d\r\nWORKDIR C:\\\r\nUSER e\r\n");
    assert_eq!(lines(&file), [(2, 2), (3, 4), (5, 5), (6, 6)]);
    let Kind::Copy(copy) = &file.instructions[1].kind else { panic!() };
    assert_eq!((copy.sources[0].as_str(), copy.target.as_str()), ("b", "c:\\d"));
    assert_eq!(file.directives[0].name, "escape");
}

#[test]
fn directives_end_with_the_first_line_that_is_none() {
    let file = read(
        "# syntax=docker/dockerfile:1\n#check = skip=all\n# other=x\n\n# escape=`\nFROM a\nRUN b \\\n c",
    );
    let names: Vec<_> =
        file.directives.iter().map(|d| (d.name.as_str(), d.value.as_str())).collect();
    assert_eq!(names, [("syntax", "docker/dockerfile:1"), ("check", "skip=all")]);
    assert_eq!(file.instructions.len(), 2);
    let (_, problems) = parse("# escape=x\n# syntax=a\n# syntax=b\nFROM a");
    let lines: Vec<u32> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [1, 3]);
}

#[test]
fn here_documents_belong_to_their_instruction() {
    let file = read(
        "FROM a\nRUN <<EOF\nb && c\nEOF\nRUN bash <<-\"E\" && d\n\te\n\tE\nCOPY <<one <<two /x/\n1\none\n2\ntwo\nUSER f",
    );
    assert_eq!(lines(&file), [(1, 1), (2, 4), (5, 7), (8, 12), (13, 13)]);
    let programs = |index: usize| {
        let Kind::Run(run) = &file.instructions[index].kind else { panic!() };
        let commands = run.script.commands.iter();
        commands.map(|c| (c.program().unwrap().to_owned(), c.line)).collect::<Vec<_>>()
    };
    assert_eq!(programs(1), [("b".to_owned(), 3), ("c".to_owned(), 3)]);
    let names: Vec<String> = programs(2).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["bash", "d", "e"]);
    let Kind::Copy(copy) = &file.instructions[3].kind else { panic!() };
    assert_eq!((copy.documents, copy.sources.len(), copy.target.as_str()), (2, 0, "/x/"));
}

#[test]
fn documents_for_another_interpreter_are_no_shell() {
    let file = read("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nif x: print('\nEOF\n");
    let Kind::Run(run) = &file.instructions[1].kind else { panic!() };
    assert!(run.script.commands.is_empty());
    let file = read("FROM a\nRUN <<EOF\n#!/bin/bash -e\nb\nEOF\n");
    let Kind::Run(run) = &file.instructions[1].kind else { panic!() };
    assert_eq!(run.script.commands.len(), 1);
}

#[test]
fn less_than_signs_are_not_always_documents() {
    let file =
        read("FROM a\nRUN cat <<<b && echo $((1<<2)) '<<EOF' \"<<EOF\"\nCMD echo <<EOF\nUSER c\n");
    assert_eq!(file.instructions.len(), 4);
}

#[test]
fn options_come_before_the_rest() {
    let file = read(
        "FROM --platform=$BUILDPLATFORM a AS b\nRUN --mount=type=cache,target=/x --network=none c --d\nCOPY --from=b --chown=1:1 --link e f\nHEALTHCHECK --interval=5s CMD g --h",
    );
    let flags = |index: usize| {
        let flags = file.instructions[index].flags.iter();
        flags.map(|flag| flag.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(flags(0), ["platform"]);
    assert_eq!(flags(1), ["mount", "network"]);
    assert_eq!(flags(2), ["from", "chown", "link"]);
    assert_eq!(flags(3), ["interval"]);
    assert_eq!(file.instructions[2].flag("from"), Some("b"));
    assert!(file.instructions[1].is_mounted("/x/y") && file.instructions[1].is_mounted("/x"));
    assert!(!file.instructions[1].is_mounted("/xy") && !file.instructions[1].is_mounted("/"));
    let Kind::Run(run) = &file.instructions[1].kind else { panic!() };
    assert_eq!(run.text, "c --d");
}

#[test]
fn arrays_are_for_programs_and_the_rest_for_the_shell() {
    let Kind::Cmd(cmd) = only(r#"CMD [ "a b", "-c" ]"#) else { panic!() };
    assert!(cmd.is_exec);
    assert_eq!(cmd.script.commands[0].words[0].text, "a b");
    let Kind::Cmd(cmd) = only("CMD ['a']") else { panic!() };
    assert!(!cmd.is_exec);
    let Kind::Run(run) = only(r#"RUN ["bash", "-c", "a && b"]"#) else { panic!() };
    let programs: Vec<_> = run.script.commands.iter().filter_map(|c| c.program()).collect();
    assert_eq!(programs, ["bash", "a", "b"]);
    let Kind::Copy(copy) = only(r#"COPY ["a b", "c d", "/e/"]"#) else { panic!() };
    assert_eq!(copy.sources, ["a b", "c d"]);
}

#[test]
fn variables_and_labels_have_two_forms() {
    let Kind::Env(env) = only("ENV A=1 B=\"x y\" C='z'\\ w D=") else { panic!() };
    let pairs: Vec<_> = env.pairs.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect();
    assert_eq!(pairs, [("A", "1"), ("B", "x y"), ("C", "z w"), ("D", "")]);
    assert!(!env.is_legacy);
    let Kind::Env(env) = only("ENV A b c = d") else { panic!() };
    assert!(env.is_legacy);
    assert_eq!((env.pairs[0].name.as_str(), env.pairs[0].value.as_str()), ("A", "b c = d"));
    let Kind::Label(label) = only("LABEL \"a.b\"=\"c d\" e=f") else { panic!() };
    assert_eq!(label.pairs[0].name, "a.b");
    let Kind::Arg(arguments) = only("ARG A=1 B") else { panic!() };
    assert_eq!(arguments[0].default.as_deref(), Some("1"));
    assert_eq!(arguments[1].default, None);
}

#[test]
fn stages_know_what_they_start_from() {
    let file =
        read("ARG V=1\nFROM a:$V AS Base\nUSER b\nFROM base\nFROM scratch AS c\nFROM BASE\n");
    let stages: Vec<_> = file.stages.iter().map(|s| (s.from, s.end, s.base, s.is_base)).collect();
    assert_eq!(
        stages,
        [(1, 3, None, true), (3, 4, Some(0), false), (4, 5, None, false), (5, 6, Some(0), false)]
    );
    assert_eq!(file.instructions[0].stage, None);
    assert_eq!(file.instructions[2].stage, Some(0));
    assert_eq!(file.final_line(), [3, 0]);
    assert_eq!(file.stage_before("C", 3), Some(2));
    assert_eq!(file.stage_before("c", 2), None);
    assert_eq!(file.stage_before("1", 2), Some(1));
    assert_eq!(file.stage_before("2", 2), None);
}

#[test]
fn triggers_hold_an_instruction() {
    let Kind::Onbuild(inner) = only("ONBUILD COPY --chown=1 a b") else { panic!() };
    assert_eq!(inner.flag("chown"), Some("1"));
    assert_eq!(inner.stage, Some(0));
    let file = read("FROM a\nONBUILD RUN <<EOF\nb\nEOF\nUSER c");
    assert_eq!(file.runs().count(), 1);
    assert_eq!(lines(&file), [(1, 1), (2, 4), (5, 5)]);
}

#[test]
fn other_shells_are_not_read() {
    for text in [
        "FROM a\nSHELL [\"powershell\", \"-Command\"]\nRUN Get-X | Stop-Y",
        "FROM a\n# hadolint shell=pwsh\nRUN Get-X | Stop-Y",
        "# hadolint shell=cmd # why\nFROM a\nRUN dir | more",
    ] {
        let (file, problems) = parse(text);
        let Kind::Run(run) = &file.instructions.last().unwrap().kind else { panic!() };
        assert!(run.script.commands.is_empty(), "{text}");
        assert_eq!(problems.len(), 1, "{text}");
        assert_eq!(problems[0].kind, ProblemKind::Shell);
    }
    let (file, _) =
        parse("FROM a AS b\nSHELL [\"cmd.exe\", \"/c\"]\nFROM c\nRUN d\nFROM b\nRUN dir (");
    assert_eq!(file.runs().filter(|(_, run)| !run.script.commands.is_empty()).count(), 1);
}

#[test]
fn what_is_wrong_has_a_line_and_the_rest_is_read() {
    let text = "FROM a\nFORM b\nCOPY one\nENV A=1 B\nRUN --moutn=x y\nHEALTHCHECK x\nSHELL a\nFROM a b\nHEALTHCHECK CMD\nUSER\nENV NAME\nRUN if\nUSER ok";
    let (file, problems) = parse(text);
    let found: Vec<(u32, ProblemKind)> = problems.iter().map(|p| (p.line, p.kind)).collect();
    let syntax = (2..=11).map(|line| (line, ProblemKind::Syntax));
    let wanted: Vec<_> = syntax.chain([(12, ProblemKind::Shell)]).collect();
    assert_eq!(found, wanted, "{problems:?}");
    // The name of a variable without a value is worth a look, and so is a RUN nobody can read.
    assert_eq!(lines(&file), [(1, 1), (11, 11), (12, 12), (13, 13)]);
}

#[test]
fn a_document_without_an_end_is_all_that_follows() {
    let (file, problems) = parse("FROM a\nRUN <<EOF\nb\nUSER c\n");
    assert_eq!(file.instructions.len(), 2);
    let FileProblem { line, kind, message } = &problems[0];
    assert_eq!((*line, *kind), (2, ProblemKind::Syntax));
    assert!(message.contains("EOF"));
}

#[test]
fn instructions_have_an_end() {
    let (file, problems) = parse(&"USER a\n".repeat(20_000));
    assert_eq!(file.instructions.len(), 10_000);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].kind, ProblemKind::Limit);
    assert_eq!(problems[0].line, 10_001);
}
