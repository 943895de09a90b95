//! `vendor/modules.txt`: the modules whose source lies beside it, and what replaces them.

use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Modules that are vendored.
pub(crate) static VENDOR: Extractor = Extractor {
    id: "go/vendor",
    version: 1,
    title: "Vendored Go modules",
    spec: "https://go.dev/ref/mod#go-mod-vendor",
    selects: &[Select::NameIn("modules.txt", "vendor")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    let mut broken = Broken::default();
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        // Lines with two signs hold options, and those without name packages of the module.
        let Some(module) = text.strip_prefix("# ") else { continue };
        let words: Vec<&str> = module.split(' ').collect();
        let (path, version) = match words.as_slice() {
            [_, _, "=>", path, version] | [_, "=>", path, version] | [path, version] => {
                (*path, *version)
            }
            // A folder of the project.
            [_, _, "=>", _] | [_, "=>", _] => continue,
            _ => {
                broken.report(packages.sink(), line.number, "expected `# PATH VERSION`");
                continue;
            }
        };
        let (presence, line) = (Presence::Declared, Some(line.number));
        packages.add(declared(Ecosystem::Golang, path, version, presence, line));
    }
    broken.finish()?;
    packages.finish()
}
