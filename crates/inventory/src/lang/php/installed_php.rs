//! `vendor/composer/installed.php`: what Composer 2 has installed, as an array of PHP that programs
//! read at run time. It says less than `installed.json`, which some images leave out.

use crate::lang::declared::{Packages, declared, document};
use crate::lang::places::Places;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages Composer has installed, the project itself left out.
pub(crate) static INSTALLED_PHP: Extractor = Extractor {
    id: "php/installed-php",
    version: 1,
    title: "Installed Composer packages, at run time",
    spec: "https://getcomposer.org/doc/07-runtime.md#installed-versions",
    selects: &[Select::NameIn("installed.php", "composer")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let text = document(input.bytes)?;
    let places = Places::new(text.as_bytes());
    let mut reader = Reader { rest: text, path: Vec::new(), root: None, found: Vec::new() };
    reader.read().map_err(|message| ParseError {
        message: message.to_owned(),
        line: places.line_of(reader.rest),
    })?;
    let mut packages = Packages::new(sink);
    for (name, version) in &reader.found {
        if Some(*name) != reader.root {
            let (presence, line) = (Presence::Installed, places.line_of(version));
            packages.add(declared(Ecosystem::Composer, name, version, presence, line));
        }
    }
    packages.finish()
}

/// Nesting of arrays; the format needs four.
const DEPTH_MAX: usize = 16;

struct Reader<'a> {
    rest: &'a str,
    /// The keys of the arrays around; empty for an item without one.
    path: Vec<&'a str>,
    root: Option<&'a str>,
    /// Names and versions.
    found: Vec<(&'a str, &'a str)>,
}

impl<'a> Reader<'a> {
    fn read(&mut self) -> Result<(), &'static str> {
        let Some((_, array)) = self.rest.split_once("return array(") else {
            let is_empty = self.rest.trim().trim_start_matches("<?php").trim().is_empty();
            return if is_empty { Ok(()) } else { Err("the file returns no array") };
        };
        self.rest = array;
        let mut key = "";
        let mut last: Option<&'a str> = None;
        self.path.push("");
        while !self.path.is_empty() {
            let rest = self.rest.trim_start();
            self.rest = rest;
            if rest.starts_with('\'') {
                last = Some(self.string()?);
            } else if let Some(rest) = rest.strip_prefix("=>") {
                self.rest = rest;
                key = last.take().unwrap_or_default();
            } else if let Some(inner) = rest.strip_prefix("array(") {
                self.rest = inner;
                self.path.push(key);
                key = "";
                if self.path.len() > DEPTH_MAX {
                    return Err("the arrays are nested too deep");
                }
            } else if rest.starts_with([',', ')']) {
                self.item(key, last.take());
                key = "";
                if rest.starts_with(')') {
                    self.path.pop();
                }
                self.rest = rest.get(1..).unwrap_or_default();
            } else {
                // A number, a constant, or the folder of the file joined with a string.
                let end = rest.find(|c: char| !c.is_alphanumeric() && !"_.-".contains(c));
                match end.unwrap_or(rest.len()) {
                    0 if rest.is_empty() => return Err("the file ends inside of an array"),
                    0 => return Err("expected a value"),
                    end => self.rest = rest.get(end..).unwrap_or_default(),
                }
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<&'a str, &'static str> {
        let inner = self.rest.get(1..).unwrap_or_default();
        let end = inner.find('\'').ok_or("a string has no end")?;
        self.rest = inner.get(end.saturating_add(1)..).unwrap_or_default();
        Ok(inner.get(..end).unwrap_or_default())
    }

    fn item(&mut self, key: &str, value: Option<&'a str>) {
        let Some(value) = value else { return };
        match (self.path.as_slice(), key) {
            ([_, "root"], "name") => self.root = Some(value),
            // What is only replaced or provided by another package has no version of its own.
            ([_, "versions", name], "pretty_version") => self.found.push((name, value)),
            _ => {}
        }
    }
}
