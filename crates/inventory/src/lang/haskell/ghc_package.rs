//! The package databases of GHC: a file for each library, in the form `ghc-pkg register` takes.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lines::{Lines, field, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};

/// Libraries that a compiler, Cabal's store or a snapshot of Stack has.
pub(crate) static GHC_PACKAGE: Extractor = Extractor {
    id: "haskell/ghc-package",
    version: 1,
    title: "Package databases of GHC",
    spec: "https://downloads.haskell.org/ghc/latest/docs/users_guide/packages.html#installedpackageinfo-a-package-specification",
    selects: &[
        Select::Tail("package.conf.d/*.conf"),
        Select::Tail("package.db/*.conf"),
        Select::Tail("pkgdb/*.conf"),
    ],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Default)]
struct Library {
    name: Option<String>,
    version: Option<(String, u32)>,
    license: Option<String>,
    is_part: bool,
    needs: Vec<Need>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut library = Library::default();
    let (mut open, mut has_text) = (String::new(), false);
    for line in Lines::new(input.bytes) {
        has_text |= !line.text.is_empty();
        let value = if line.text.starts_with(b" ") || line.text.starts_with(b"\t") {
            line.text.trim_ascii_start()
        } else if let Some((name, value)) = field(line.text) {
            open = text(name).to_ascii_lowercase();
            value
        } else {
            continue;
        };
        library.set(&open, &text(value), line.number);
    }
    // A library inside of a package has a file of its own, beside that of the package.
    if library.is_part || !has_text {
        return Ok(());
    }
    let (Some(name), Some((version, line))) = (library.name, library.version) else {
        return Err(ParseError::new("the library has no name or no version"));
    };
    let (presence, line) = (Presence::Installed, Some(line));
    let mut package = declared(Ecosystem::Hackage, &name, &version, presence, line);
    package.licenses.extend(library.license);
    package.needs = needs(library.needs);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}

impl Library {
    /// What one line of a field says.
    fn set(&mut self, field: &str, value: &str, line: u32) {
        if value.is_empty() {
            return;
        }
        match field {
            "name" => self.name = Some(value.to_owned()),
            "version" => self.version = Some((value.to_owned(), line)),
            "license" => self.license = Some(value.to_owned()),
            "lib-name" => self.is_part = true,
            "depends" => self.needs.extend(value.split([' ', ',']).filter_map(unit)),
            _ => {}
        }
    }
}

/// The package of a unit: `base-4.15.1.0`, or with a hash behind it. What has no version, such as
/// `rts`, is a part of the compiler.
fn unit(id: &str) -> Option<Need> {
    // No part of a name is all digits, so the first that is begins the version.
    let is_version = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut name_bytes = 0_usize;
    for part in id.split('-') {
        if !part.is_empty() && is_version(part) {
            let name = id.get(..name_bytes.checked_sub(1)?)?;
            return Some(need(name, Some(part)));
        }
        name_bytes = name_bytes.saturating_add(part.len()).saturating_add(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_named_after_their_packages() {
        for (id, expected) in [
            ("base-4.15.1.0", Some(("base", "4.15.1.0"))),
            ("ghc-prim-0.7.0", Some(("ghc-prim", "0.7.0"))),
            ("aeson-2.0.3.0-3vB5ZtC1", Some(("aeson", "2.0.3.0"))),
            ("vector-stream-0.1-inplace", Some(("vector-stream", "0.1"))),
            ("rts", None),
            ("1.0", None),
            ("", None),
        ] {
            let found = unit(id);
            let found = found.as_ref().map(|need| (&*need.name, need.version.as_deref().unwrap()));
            assert_eq!(found, expected, "{id}");
        }
    }
}
