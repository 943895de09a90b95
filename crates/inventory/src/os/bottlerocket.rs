//! `application-inventory.json`: the packages a Bottlerocket image was built from.

use super::json_list;
use super::rpm::evr;
use crate::lang::json::{entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};
use serde_json::value::RawValue;

/// Packages of Bottlerocket, whose images have no package database.
pub(crate) static INVENTORY: Extractor = Extractor {
    id: "bottlerocket/inventory",
    version: 1,
    title: "Bottlerocket inventory",
    spec: "https://github.com/bottlerocket-os/bottlerocket-sdk",
    selects: &[
        Select::Path(
            "aarch64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json",
        ),
        Select::Path("usr/share/bottlerocket/application-inventory.json"),
        Select::Path(
            "x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json",
        ),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    json_list::read(input, sink, ("inventory", "Content"), package)
}

/// A package, with the version that the advisories of Bottlerocket compare: epoch, version and
/// release as rpm's, which is what its packages are built with.
fn package(raw: &RawValue) -> Option<PackageFact> {
    let (mut name, mut version, mut release) = (None, None, None);
    let (mut epoch, mut arch, mut publisher) = (None, None, None);
    entries(raw, |key, value| {
        let place = match key {
            "Name" => &mut name,
            "Version" => &mut version,
            "Release" => &mut release,
            "Epoch" => &mut epoch,
            "Architecture" => &mut arch,
            "Publisher" => &mut publisher,
            _ => return,
        };
        // The epoch is written as a text, and might as well be a number.
        let number = || serde_json::from_str::<u32>(value.get()).ok().map(|n| n.to_string());
        *place = string(value).or_else(number).filter(|value| !value.is_empty());
    });
    let epoch = match epoch.as_deref() {
        None | Some("(none)") => 0,
        Some(epoch) => epoch.parse().ok()?,
    };
    let version = match (version?, release) {
        (version, Some(release)) => format!("{version}-{release}"),
        (version, None) => version,
    };
    let mut package = PackageFact::installed(Ecosystem::Rpm, name?, evr(epoch, &version));
    package.arch = arch;
    package.vendor = publisher;
    Some(package)
}
