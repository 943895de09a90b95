//! `luarocks.lock`: tables of names and versions, for running, building and testing.

use super::table::{Assignments, Value};
use crate::lang::declared::{Packages, declared, dev};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;

/// Rocks a lock file declares.
pub(crate) static LUAROCKS_LOCK: Extractor = Extractor {
    id: "lua/luarocks-lock",
    version: 1,
    title: "LuaRocks lock files",
    spec: "https://github.com/luarocks/luarocks/blob/main/docs/pinning_versions_with_a_lock_file.md",
    selects: &[Select::Name("luarocks.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: false },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let lock = Assignments::parse(input.bytes)?;
    if lock.is_empty() {
        return Ok(());
    }
    let lock = lock.returned.ok_or_else(|| ParseError::new("the file returns no table"))?;
    let mut packages = Packages::new(sink);
    for (key, is_dev) in
        [("dependencies", false), ("build_dependencies", true), ("test_dependencies", true)]
    {
        for (name, version) in lock.get(key).map(Value::pairs).unwrap_or_default() {
            // The language itself is no rock.
            if let Some(version) = version.text().filter(|_| name != "lua") {
                packages.add(declared(Ecosystem::Luarocks, name, version, dev(is_dev), None));
            }
        }
    }
    packages.finish()
}
