//! What package managers are told to install.

use super::shell::{Command, Word};

/// Options of `apt-get` with a value.
const APT_VALUED: [&str; 8] =
    ["t", "target-release", "default-release", "o", "option", "c", "config-file", "a"];

/// Options of `apk add` with a value.
const APK_VALUED: [&str; 10] = [
    "t",
    "virtual",
    "X",
    "repository",
    "p",
    "root",
    "cache-dir",
    "repositories-file",
    "keys-dir",
    "arch",
];

/// Options of `yum` and `dnf` with a value.
const YUM_VALUED: [&str; 18] = [
    "c",
    "config",
    "d",
    "debuglevel",
    "e",
    "errorlevel",
    "x",
    "exclude",
    "enablerepo",
    "disablerepo",
    "repo",
    "repoid",
    "setopt",
    "releasever",
    "installroot",
    "disableexcludes",
    "forcearch",
    "R",
];

/// Options of `zypper` with a value.
const ZYPPER_VALUED: [&str; 12] =
    ["r", "repo", "from", "t", "type", "R", "root", "installroot", "p", "plus-repo", "config", "c"];

/// Options of `pip install` with a value.
const PIP_VALUED: [&str; 30] = [
    "abi",
    "b",
    "build",
    "e",
    "editable",
    "extra-index-url",
    "f",
    "find-links",
    "i",
    "index-url",
    "implementation",
    "no-binary",
    "only-binary",
    "platform",
    "prefix",
    "progress-bar",
    "proxy",
    "python-version",
    "root",
    "src",
    "t",
    "target",
    "trusted-host",
    "upgrade-strategy",
    "timeout",
    "retries",
    "cache-dir",
    "log",
    "cert",
    "client-cert",
];

/// Options of `npm install` with a value.
const NPM_VALUED: [&str; 8] =
    ["loglevel", "registry", "prefix", "cache", "C", "userconfig", "tag", "omit"];

/// The package managers that speak the language of `dnf`.
pub(super) const DNF: [&str; 3] = ["dnf", "microdnf", "dnf5"];

/// What follows the first of these words.
fn after<'a>(operands: Vec<&'a Word>, actions: &[&str]) -> Vec<&'a Word> {
    let mut operands = operands.into_iter();
    let found = operands.by_ref().any(|word| actions.contains(&word.text.as_str()));
    if found { operands.collect() } else { Vec::new() }
}

/// The packages `apt-get` or `apt` installs.
pub(super) fn apt(command: &Command) -> Vec<&Word> {
    if !command.is_doing(&["apt-get", "apt"], &["install"]) {
        return Vec::new();
    }
    after(command.operands(&APT_VALUED), &["install"])
}

/// The packages `apk` adds.
pub(super) fn apk(command: &Command) -> Vec<&Word> {
    if !command.is_doing(&["apk"], &["add"]) {
        return Vec::new();
    }
    after(command.operands(&APK_VALUED), &["add"])
}

/// The packages one of these, which speak `yum`'s language, installs.
pub(super) fn yum<'a>(command: &'a Command, programs: &[&str]) -> Vec<&'a Word> {
    if !command.is_doing(programs, &["install"]) {
        return Vec::new();
    }
    after(command.operands(&YUM_VALUED), &["install"])
}

/// The packages `zypper` installs.
pub(super) fn zypper(command: &Command) -> Vec<&Word> {
    if !command.is_doing(&["zypper"], &["install", "in"]) {
        return Vec::new();
    }
    after(command.operands(&ZYPPER_VALUED), &["install", "in"])
}

/// Whether a command is `pip`, under whatever version's name.
pub(super) fn is_pip(command: &Command) -> bool {
    command
        .program()
        .and_then(|program| program.strip_prefix("pip"))
        .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Whether a command is `pip install`, also as `python -m pip install`; not `pipx` and `pipenv`.
pub(super) fn is_pip_install(command: &Command) -> bool {
    let Some(program) = command.program() else { return false };
    if is_pip(command) {
        return command.has_arg(&["install"]);
    }
    let args: Vec<&str> = command.args().iter().map(|word| word.text.as_str()).collect();
    program.starts_with("python")
        && args.windows(3).any(|three| matches!(three, ["-m", "pip", "install"]))
}

/// The packages `pip` installs; those named in files and those of the own folder are not among them.
pub(super) fn pip(command: &Command) -> Vec<&Word> {
    if !is_pip_install(command) {
        return Vec::new();
    }
    let is_from_file = command.has_arg(&["-r", "--requirement", "."])
        || command.args().iter().any(|word| word.text.starts_with("--requirement="))
        || command.has_flag(&["constraint", "c"]);
    if is_from_file {
        return Vec::new();
    }
    after(command.operands(&PIP_VALUED), &["install"])
}

/// The packages `npm` installs.
pub(super) fn npm(command: &Command) -> Vec<&Word> {
    if !command.is_any(&["npm"]) {
        return Vec::new();
    }
    let mut operands = command.operands(&NPM_VALUED).into_iter();
    match operands.next().map(|word| word.text.as_str()) {
        Some("install" | "i" | "add") => operands.collect(),
        _ => Vec::new(),
    }
}

/// The gems `gem` installs.
pub(super) fn gem(command: &Command) -> Vec<&Word> {
    let args: Vec<&Word> = command.args().iter().take_while(|word| word.text != "--").collect();
    if !command.is_any(&["gem"]) {
        return Vec::new();
    }
    let mut gems = Vec::new();
    let mut is_installing = false;
    let mut is_after_option = false;
    for word in args {
        if word.text.starts_with('-') {
            is_after_option = !word.text.contains('=') && word.text.starts_with("--");
        } else if !is_installing {
            is_installing = matches!(word.text.as_str(), "install" | "i");
            if !is_installing {
                return Vec::new();
            }
        } else if !(is_after_option && matches!(word.text.as_str(), "true" | "false")) {
            gems.push(word);
            is_after_option = false;
        }
    }
    gems
}
