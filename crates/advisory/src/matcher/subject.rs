//! A package as advisories speak of it.

use super::go::{DEVEL, undetermined};
use crate::name::filed_under;
use lazaret_core::package::{Ecosystem, Package, PackageId};
use lazaret_core::program::other_names;
use std::borrow::Cow;

/// A package, and what is looked up for it.
pub(super) struct Subject<'a> {
    pub(super) id: PackageId,
    pub(super) package: &'a Package,
    /// The names advisories are filed under, each with the version they mean.
    pub(super) looked_up: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The parts of it whose code is in the program, where nothing but that program tells of it.
    pub(super) linked: Option<&'a [String]>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(id: PackageId, package: &'a Package) -> Self {
        let source = package.source.as_ref();
        let own = Cow::Borrowed(package.version.as_str());
        let looked_up = match (package.ecosystem, source) {
            // What is no version is in no range but that of every version.
            (Ecosystem::Golang, _) if undetermined(package).is_some() => {
                vec![(filed_under(Ecosystem::Golang, &package.name), Cow::Borrowed(DEVEL))]
            }
            // Alpine's sources have no version of their own.
            (Ecosystem::Apk, Some(source)) => vec![(Cow::Borrowed(source.name.as_str()), own)],
            // A Debian source may have another version than its packages.
            (Ecosystem::Deb, Some(source)) => {
                let version =
                    if source.version.is_empty() { own } else { source.version.as_str().into() };
                vec![(source.name.as_str().into(), version)]
            }
            // Some statements are about the binary package, some about its source. A source rpm's
            // name does not tell its epoch, which is that of its packages.
            (Ecosystem::Rpm, Some(source)) => {
                let version = match package.version.split_once(':') {
                    _ if source.version.is_empty() => own.clone(),
                    Some((epoch, _)) => format!("{epoch}:{}", source.version).into(),
                    None => source.version.as_str().into(),
                };
                let name = package.name.as_str();
                vec![(name.into(), own), (format!("src:{}", source.name).into(), version)]
            }
            // Nobody registers the names of programs, so that each source has its own.
            (Ecosystem::Generic, _) => std::iter::once(package.name.as_str())
                .chain(other_names(&package.name).iter().copied())
                .map(|name| (Cow::Borrowed(name), own.clone()))
                .collect(),
            (ecosystem, _) => vec![(filed_under(ecosystem, &package.name), own)],
        };
        let is_of_program = package.found_by.iter().all(|by| by.starts_with("go/"));
        let linked = package.linked.as_deref().filter(|_| is_of_program);
        Self { id, package, looked_up, linked }
    }
}
