//! `DESCRIPTION`, the manifest every R package carries.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lines::{Lines, field, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, Presence};

/// R packages that are installed, and those that lie in the image as source: only the former have a
/// field that says what they were built with.
pub(crate) static DESCRIPTION: Extractor = Extractor {
    id: "r/description",
    version: 1,
    title: "Installed R packages",
    spec: "https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file",
    selects: &[Select::Name("DESCRIPTION")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Length of one field in bytes, continued lines included; lists of authors have some thousand.
const FIELD_BYTES_MAX: usize = 1 << 16;

#[derive(Default)]
struct Fields {
    name: Option<String>,
    version: Option<(String, u32)>,
    license: Option<String>,
    is_built: bool,
    needs: Vec<String>,
}

impl Fields {
    fn set(&mut self, name: &str, value: &str, line: u32) {
        let value = value.trim();
        match name {
            "Package" => self.name = Some(value.to_owned()),
            "Version" => self.version = Some((value.to_owned(), line)),
            "License" => self.license = Some(value.to_owned()).filter(|text| !text.is_empty()),
            "Built" => self.is_built = true,
            "Depends" | "Imports" | "LinkingTo" => {
                let names = value.split(',').filter_map(|one| one.split(['(', ' ', '\n']).next());
                // R itself is no package.
                self.needs.extend(names.filter(|name| *name != "R").map(str::to_owned));
            }
            _ => {}
        }
    }
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut fields = Fields::default();
    let mut open: Option<(String, String, u32)> = None;
    for line in Lines::new(input.bytes) {
        match (&mut open, line.text.first()) {
            (Some((_, value, _)), Some(b' ' | b'\t')) => {
                if value.len() < FIELD_BYTES_MAX {
                    value.push(' ');
                    value.push_str(text(line.text).trim());
                }
                continue;
            }
            (_, None) => continue,
            _ => {}
        }
        if let Some((name, value, at)) = open.take() {
            fields.set(&name, &list(&value), at);
        }
        open = field(line.text).map(|(name, value)| (text(name), text(value), line.number));
    }
    if let Some((name, value, at)) = open {
        fields.set(&name, &list(&value), at);
    }
    // Files of this name have other meanings elsewhere.
    let Some(name) = fields.name else { return Ok(()) };
    let Some((version, line)) = fields.version else {
        return Err(ParseError::new("no version of an R package"));
    };
    let presence = if fields.is_built { Presence::Installed } else { Presence::Declared };
    let mut package = declared(Ecosystem::Cran, &name, &version, presence, None);
    package.lines = Some(LineRange { start: line, end: line });
    package.licenses.extend(fields.license);
    package.needs = needs(fields.needs.iter().map(|name| need(name, None)));
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}

/// A list on one line, without spaces behind its commas.
fn list(value: &str) -> String {
    value.split(',').map(str::trim).collect::<Vec<_>>().join(",")
}
