//! `vcpkg/status`: the packages vcpkg has installed.
//!
//! Paragraphs as in the database of dpkg, one for each package and one for each of its features.

use crate::broken::Broken;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, Need, PackageFact};

/// Packages vcpkg has installed.
pub(crate) static VCPKG_STATUS: Extractor = Extractor {
    id: "cpp/vcpkg-status",
    version: 1,
    title: "vcpkg packages",
    spec: "https://github.com/microsoft/vcpkg-tool/blob/main/src/vcpkg/statusparagraph.cpp",
    selects: &[Select::NameIn("status", "installed/vcpkg")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// One paragraph.
#[derive(Default)]
struct Paragraph {
    line: u32,
    package: Option<String>,
    version: Option<(String, u32)>,
    is_feature: bool,
    is_installed: bool,
    depends: Vec<String>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut open: Option<Paragraph> = None;
    for line in Lines::new(input.bytes) {
        if line.text.is_empty() {
            close(open.take(), sink, &mut broken);
            continue;
        }
        let paragraph =
            open.get_or_insert_with(|| Paragraph { line: line.number, ..Paragraph::default() });
        let Some((key, value)) =
            std::str::from_utf8(line.text).ok().and_then(|t| t.split_once(':'))
        else {
            // A line that goes on with the one before.
            if !line.text.starts_with(b" ") {
                broken.report(sink, line.number, "the line is not `Name: value`");
            }
            continue;
        };
        let value = value.trim();
        match key {
            "Package" => paragraph.package = Some(value.to_owned()),
            "Version" => paragraph.version = Some((value.to_owned(), line.number)),
            "Feature" => paragraph.is_feature = true,
            "Status" => paragraph.is_installed = value == "install ok installed",
            // `zlib, curl[core] (linux), vcpkg-cmake:x64-linux`.
            "Depends" => paragraph.depends = value.split(',').filter_map(name).collect(),
            _ => {}
        }
    }
    close(open, sink, &mut broken);
    broken.finish()
}

fn name(text: &str) -> Option<String> {
    let name = text.trim().split(['[', ':', ' ', '(']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn close(paragraph: Option<Paragraph>, sink: &mut Sink<'_>, broken: &mut Broken) {
    let Some(paragraph) = paragraph else { return };
    // A feature is a part of a package that has its own paragraph.
    if paragraph.is_feature || (!paragraph.is_installed && paragraph.package.is_some()) {
        return;
    }
    let is_word = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
    let package = paragraph.package.filter(|name| is_word(name));
    let version = paragraph.version.filter(|(version, _)| is_word(version));
    let Some((name, (version, line))) = package.zip(version) else {
        broken.report(sink, paragraph.line, "the paragraph has no package or no version");
        return;
    };
    // The ports that are only for building have no program; their dates are versions all the same.
    let version = version.split('#').next().unwrap_or_default();
    let mut package = PackageFact::installed(Ecosystem::Generic, name, version);
    let mut needs = paragraph.depends;
    needs.sort();
    needs.dedup();
    package.needs = needs.into_iter().map(|name| Need { name, version: None }).collect();
    package.lines = Some(LineRange { start: line, end: line });
    sink.package(package);
}
