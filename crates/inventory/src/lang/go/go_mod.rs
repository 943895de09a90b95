//! `go.mod`: the modules a module requires, with what replaces them.

use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use std::collections::HashMap;

/// Modules a `go.mod` requires, those needed indirectly included, which it lists since Go 1.17.
pub(crate) static GO_MOD: Extractor = Extractor {
    id: "go/mod",
    version: 2,
    title: "Go module files",
    spec: "https://go.dev/ref/mod#go-mod-file",
    selects: &[Select::Name("go.mod")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Directives that name no module to install.
const OTHERS: [&str; 7] = ["exclude", "retract", "tool", "godebug", "ignore", "module", "go"];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut module = Module::default();
    let mut block: Option<&str> = None;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(sink, line.number, "the line is not UTF-8");
            continue;
        };
        let words = words(text);
        let (directive, arguments) = match (block, words.as_slice()) {
            (_, []) => continue,
            (Some(_), [")"]) => {
                block = None;
                continue;
            }
            (Some(directive), arguments) => (directive, arguments),
            (None, [directive, "("]) => {
                block = Some(directive);
                if !is_known(directive) {
                    broken.report(sink, line.number, "an unknown directive");
                }
                continue;
            }
            (None, [directive, arguments @ ..]) => {
                if !is_known(directive) {
                    broken.report(sink, line.number, "an unknown directive");
                }
                (*directive, arguments)
            }
        };
        if let Err(message) = module.directive(directive, arguments, text, line.number) {
            broken.report(sink, line.number, message);
        }
    }
    let mut packages = Packages::new(sink);
    module.emit(&mut packages);
    broken.finish()?;
    packages.finish()
}

fn is_known(directive: &str) -> bool {
    matches!(directive, "require" | "replace" | "toolchain") || OTHERS.contains(&directive)
}

/// The words of a line without its comment. Quotes are only needed for names no module has.
fn words(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or(line);
    code.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect()
}

/// A module that is required, or stands in the place of one.
#[derive(Clone, Copy)]
struct Required<'a> {
    path: &'a str,
    version: &'a str,
    line: u32,
    /// Whether only other modules need it.
    is_indirect: bool,
}

/// What the directives said.
#[derive(Default)]
struct Module<'a> {
    required: Vec<Required<'a>>,
    /// Path and version, which may be any, and what stands in their place; nothing for a folder.
    replaced: HashMap<(&'a str, Option<&'a str>), Option<Required<'a>>>,
    /// Version and line of the toolchain.
    toolchain: Option<(&'a str, u32)>,
    /// Whether every module that is built from is listed, as it is since Go 1.17.
    is_whole: bool,
}

impl<'a> Module<'a> {
    fn directive(
        &mut self,
        directive: &str,
        arguments: &[&'a str],
        text: &str,
        line: u32,
    ) -> Result<(), &'static str> {
        match (directive, arguments) {
            ("require", [path, version]) => {
                let comment = text.split_once("//").map(|(_, comment)| comment.trim());
                let is_indirect = comment.is_some_and(|comment| comment.starts_with("indirect"));
                self.required.push(Required { path, version, line, is_indirect });
            }
            ("go", [version, ..]) => {
                let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
                self.is_whole = (parts.next(), parts.next()) >= (Some(1), Some(17));
            }
            ("require", _) => return Err("expected `require PATH VERSION`"),
            ("replace", arguments) => {
                let (old, new) = match arguments {
                    [old, "=>", new @ ..] => ((*old, None), new),
                    [old, version, "=>", new @ ..] => ((*old, Some(*version)), new),
                    _ => return Err("expected `replace PATH => PATH VERSION`"),
                };
                let new = match new {
                    [path, version] => Some(Required { path, version, line, is_indirect: false }),
                    [_folder] => None,
                    _ => return Err("expected `replace PATH => PATH VERSION`"),
                };
                self.replaced.insert(old, new);
            }
            ("toolchain", [toolchain]) => {
                self.toolchain = toolchain.strip_prefix("go").map(|version| (version, line));
            }
            _ => {}
        }
        Ok(())
    }

    fn emit(&self, packages: &mut Packages<'_, '_>) {
        let mut add = |path: &str, version: &str, line, direct| {
            let (presence, line) = (Presence::Declared, Some(line));
            let mut package = declared(Ecosystem::Golang, path, version, presence, line);
            package.direct = direct;
            packages.add(package);
        };
        for required in &self.required {
            // Which are direct is only told of all, or not at all: the squash relies on it.
            let direct = self.is_whole.then_some(!required.is_indirect);
            let exact = self.replaced.get(&(required.path, Some(required.version)));
            match exact.or_else(|| self.replaced.get(&(required.path, None))) {
                None => add(required.path, required.version, required.line, direct),
                Some(Some(new)) => add(new.path, new.version, new.line, direct),
                // A folder beside the module has its own name for its version, if any.
                Some(None) => {}
            }
        }
        // The `go` directive is the oldest release that will do, and says nothing of the one in
        // use; a toolchain is the one that is wanted.
        if let Some((version, line)) = self.toolchain {
            let version = version.split('-').next().unwrap_or(version);
            if version.starts_with(|c: char| c.is_ascii_digit()) {
                add("stdlib", version, line, None);
            }
        }
    }
}
