//! `conanfile.txt`: what a project asks Conan for.

use super::reference;
use crate::broken::Broken;
use crate::lang::declared::{Packages, declared, dev};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;

/// Packages a Conan project declares.
pub(crate) static CONANFILE: Extractor = Extractor {
    id: "cpp/conanfile",
    version: 1,
    title: "Conan projects",
    spec: "https://docs.conan.io/2/reference/conanfile_txt.html",
    selects: &[Select::Name("conanfile.txt")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut packages = Packages::new(sink);
    // Nothing outside of the sections with references matters.
    let mut is_dev = None;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(packages.sink(), line.number, "the line is not UTF-8");
            continue;
        };
        let text = text.split(" #").next().unwrap_or(text).trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if text.starts_with('[') && text.ends_with(']') {
            is_dev = match text {
                "[requires]" => Some(false),
                "[build_requires]" | "[tool_requires]" | "[test_requires]" => Some(true),
                _ => None,
            };
            continue;
        }
        let Some(is_dev) = is_dev else { continue };
        if reference::is_range(text) {
            continue;
        }
        let Some((name, version)) = reference::parse(text) else {
            broken.report(packages.sink(), line.number, "the line is not `NAME/VERSION`");
            continue;
        };
        let line = Some(line.number);
        let mut package = declared(Ecosystem::Conan, name, version, dev(is_dev), line);
        package.direct = Some(true);
        packages.add(package);
    }
    packages.finish()?;
    broken.finish()
}
