//! `Pipfile.lock` of Pipenv.

use crate::lang::declared::{Packages, declared, dev};
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;

/// Projects a Pipenv lock file declares.
pub(crate) static PIPFILE_LOCK: Extractor = Extractor {
    id: "python/pipfile-lock",
    version: 1,
    title: "Pipenv lock files",
    spec: "https://pipenv.pypa.io/en/latest/pipfile.html",
    selects: &[Select::Name("Pipfile.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    json.entries(|group, projects| {
        // Besides `default` and `develop` there may be groups of the project's own.
        if group == "_meta" {
            return;
        }
        entries(projects, |name, fields| {
            entries(fields, |key, value| {
                let text = if key == "version" { string(value) } else { None };
                // Repositories and folders have no version.
                if let Some(version) = text.as_deref().and_then(|text| text.strip_prefix("==")) {
                    let (presence, line) = (dev(group == "develop"), json.line(value));
                    let version = version.trim_start_matches('=');
                    packages.add(declared(Ecosystem::Pypi, name, version, presence, line));
                }
            });
        });
    })?;
    packages.finish()
}
