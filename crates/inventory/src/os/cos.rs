//! `cos-package-info.json`: the packages of Google's Container-Optimized OS, which is built with
//! Gentoo's tools and has no package database.

use super::json_list;
use crate::lang::json::{entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
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
    // `buildTimePackages` are those the image was made with; they are not in it.
    json_list::read(input, sink, ("file", "installedPackages"), package)
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
