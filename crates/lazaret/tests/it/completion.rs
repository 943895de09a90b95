//! What shells and `man` are told of the command line.

use crate::support::{Ran, has, run};
use std::fs;
use std::path::Path;
use std::process::Command;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// The script for a shell, in a folder.
fn script(folder: &Path, shell: &str) -> String {
    let ran = run(&["completion", shell]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let path = folder.join(format!("lazaret.{shell}"));
    fs::write(&path, ran.stdout).unwrap();
    path.to_str().unwrap().to_owned()
}

fn ask(shell: &str, arguments: &[&str]) -> String {
    let ran = Ran::of(Command::new(shell).args(arguments).output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    ran.stdout
}

#[test]
fn every_shell_is_offered_what_there_is_and_nothing_of_later_versions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in SHELLS {
        let script = fs::read_to_string(script(folder.path(), shell)).unwrap();
        for word in ["fail-on", "detection-priority", "explain", "verify-key"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
        assert!(!script.contains("image-src"), "{shell} is offered a flag of a later version");
    }
    let ran = run(&["completion", "tcsh"]);
    assert!(ran.code == 2 && ran.stderr.contains("tcsh"), "{}", ran.stderr);
}

#[test]
fn bash_completes_commands_flags_and_values() {
    if !has("bash") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = script(folder.path(), "bash");
    for (typed, offered) in [
        ("lazaret rootf", "rootfs"),
        ("lazaret db up", "update"),
        ("lazaret image --fail", "--fail-on"),
        ("lazaret image --image-s", ""),
        ("lazaret completion z", "zsh"),
        ("lazaret policy ", "accept check explain"),
    ] {
        // As bash calls it when the tab key is hit.
        let call = format!(
            "source '{script}'; COMP_WORDS=({typed}); [[ '{typed}' != *' ' ]] || COMP_WORDS+=('');\n\
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); last=${{COMP_WORDS[COMP_CWORD]}}\n\
             _lazaret lazaret \"$last\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\" | grep -v '^-[^-]' | sort | tr '\\n' ' '"
        );
        let mut found = ask("bash", &["--norc", "-c", &call]);
        if typed.ends_with(' ') {
            let words = found.split_whitespace().filter(|word| !word.starts_with('-'));
            found = words.filter(|word| *word != "help").collect::<Vec<_>>().join(" ");
        }
        assert_eq!(found.trim(), offered, "{typed}");
    }
}

#[test]
fn fish_and_zsh_read_their_scripts() {
    let folder = tempfile::tempdir().unwrap();
    if has("fish") {
        let script = script(folder.path(), "fish");
        let asked = format!("source {script}; complete --do-complete 'lazaret image --fail-'");
        let found = ask("fish", &["--no-config", "-c", &asked]);
        assert!(found.starts_with("--fail-on\t"), "{found}");
    }
    if has("zsh") {
        ask("zsh", &["-f", "-n", &script(folder.path(), "zsh")]);
    }
}

#[test]
fn every_command_has_a_manual_page_without_a_date() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let out = folder.path().join(name);
        let ran = run(&["man", "--out", out.to_str().unwrap()]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
        let mut pages: Vec<(String, String)> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect();
        pages.sort();
        pages
    };
    let pages = write("one");
    assert_eq!(pages, write("two"));
    let page = |name: &str| {
        let found = pages.iter().find(|(file, _)| file == name);
        &found.unwrap_or_else(|| panic!("{name} is missing")).1
    };
    let help = run(&["--help"]).stdout;
    let commands = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    for line in commands.lines() {
        let Some(command) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) else {
            continue;
        };
        let command = command.split(' ').next().unwrap();
        if command != "help" {
            page(&format!("lazaret-{command}.1"));
        }
    }
    assert!(page("lazaret-db-update.1").contains("mirror"));
    assert!(!page("lazaret-image.1").contains("image\\-src"));
    assert_eq!(*page("lazaret.1"), run(&["man"]).stdout);
    if has("groff") {
        for (name, _) in &pages {
            let file = folder.path().join("one").join(name);
            ask("groff", &["-man", "-ww", "-z", "-K", "utf8", file.to_str().unwrap()]);
        }
    }
    let blocked = folder.path().join("one/lazaret.1").join("below");
    let ran = run(&["man", "--out", blocked.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.stderr.contains("failed to write"), "{}", ran.stderr);
}
