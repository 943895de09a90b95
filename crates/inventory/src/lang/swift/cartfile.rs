//! `Cartfile.resolved` of Carthage: a kind of source, a repository and a version on each line.

use super::repository_name;
use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Frameworks Carthage has resolved, by the repository they are built from: the same that Swift
/// packages are named after. Binaries, which are named after a file, are left out.
pub(crate) static CARTFILE: Extractor = Extractor {
    id: "swift/cartfile",
    version: 1,
    title: "Carthage lock files",
    spec: "https://github.com/Carthage/Carthage/blob/master/Documentation/Artifacts.md#cartfileresolved",
    selects: &[Select::Name("Cartfile.resolved")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    let mut broken = Broken::default();
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = text.split('"').map(str::trim).collect();
        let [kind, source, "", version, ..] = parts.as_slice() else {
            broken.report(packages.sink(), line.number, "expected `KIND \"SOURCE\" \"VERSION\"`");
            continue;
        };
        let name = match *kind {
            "github" if source.contains("://") => repository_name(source).to_owned(),
            "github" => format!("github.com/{source}"),
            "git" => repository_name(source).replace(':', "/"),
            _ => continue,
        };
        let (presence, line) = (Presence::Declared, Some(line.number));
        packages.add(declared(Ecosystem::Swift, &name, version, presence, line));
    }
    broken.finish()?;
    packages.finish()
}
