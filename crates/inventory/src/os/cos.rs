//! `cos-package-info.json`: the packages of Google's Container-Optimized OS, which is built with
//! Gentoo's tools and has no package database.

use crate::broken::Broken;
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact};
use serde_json::value::RawValue;

/// Packages of Container-Optimized OS.
pub(crate) static PACKAGE_INFO: Extractor = Extractor {
    id: "cos/package-info",
    version: 1,
    title: "Container-Optimized OS packages",
    spec: "https://cos.googlesource.com/cos/tools/+/refs/heads/master/src/pkg/cos/package_info.go",
    selects: &[Select::Path("etc/cos-package-info.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let json = Json::new(input.bytes)?;
    let mut broken = Broken::default();
    let mut has_list = false;
    // `buildTimePackages` are those the image was made with; they are not in it.
    json.entries(|key, value| {
        if key != "installedPackages" {
            return;
        }
        has_list = true;
        items(value, |raw| {
            let line = json.line(raw);
            match package(raw) {
                Some(mut package) => {
                    package.lines = line.map(|line| LineRange { start: line, end: line });
                    sink.package(package);
                }
                None => broken.report(sink, line.unwrap_or(1), "an entry is not a package"),
            }
        });
    })?;
    if !has_list {
        return Err(ParseError::new("the file has no `installedPackages`"));
    }
    broken.finish()
}

/// A package. `ebuild_version` has the revision that `version` leaves out.
fn package(raw: &RawValue) -> Option<PackageFact> {
    let (mut category, mut name, mut version, mut ebuild) = (None, None, None, None);
    entries(raw, |key, value| {
        let place = match key {
            "category" => &mut category,
            "name" => &mut name,
            "version" => &mut version,
            "ebuild_version" => &mut ebuild,
            _ => return,
        };
        *place = string(value).filter(|value| !value.is_empty());
    });
    let name = match category {
        Some(category) => format!("{category}/{}", name?),
        None => name?,
    };
    Some(PackageFact::installed(Ecosystem::Ebuild, name, ebuild.or(version)?))
}
