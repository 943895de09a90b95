//! `MYMETA.json` in the `.meta` folder that `cpanm` and Carton keep for what they have installed,
//! and `META.json` in the source of a distribution.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Perl distributions with metadata. What they need is named by module and not by distribution, so
/// that no edges come from here.
pub(crate) static META: Extractor = Extractor {
    id: "perl/meta",
    version: 1,
    title: "Perl distributions",
    spec: "https://metacpan.org/pod/CPAN::Meta::Spec",
    selects: &[Select::Name("MYMETA.json"), Select::Name("META.json")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Licenses named for one distribution. More than a few are a mistake.
const LICENSES_MAX: usize = 50;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let (mut name, mut version, mut licenses, mut is_perl) = (None, None, Vec::new(), false);
    json.entries(|key, value| match key {
        "name" => name = string(value),
        "version" => version = string(value).map(|text| (text, json.line(value))),
        // PostgreSQL extensions have the same file, with a specification of their own.
        "meta-spec" => is_perl = !value.get().contains("pgxn.org"),
        "license" => items(value, |item| {
            if licenses.len() < LICENSES_MAX {
                licenses.extend(string(item).filter(|license| license != "unknown"));
            }
        }),
        _ => {}
    })?;
    if !is_perl {
        return Ok(());
    }
    let (Some(name), Some((version, line))) = (name, version) else {
        return Err(ParseError::new("no name or no version of a distribution"));
    };
    let is_installed = input.path.as_str().split('/').any(|part| part == ".meta");
    let presence = if is_installed { Presence::Installed } else { Presence::Declared };
    let mut package = declared(Ecosystem::Cpan, &name, &version, presence, line);
    package.licenses = licenses;
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
