//! `*.rockspec`, the manifest of a rock.

use super::table::{Assignments, Value};
use crate::lang::declared::{Packages, declared, need, needs};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Rocks that are installed in a tree of LuaRocks, and rocks that lie in the image as source.
pub(crate) static ROCKSPEC: Extractor = Extractor {
    id: "lua/rockspec",
    version: 1,
    title: "Lua rocks",
    spec: "https://github.com/luarocks/luarocks/blob/main/docs/rockspec_format.md",
    selects: &[Select::Suffix(".rockspec")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let spec = Assignments::parse(input.bytes)?;
    if spec.is_empty() {
        return Ok(());
    }
    let text = |name: &str| spec.get(name).and_then(|(value, line)| Some((value.text()?, line)));
    let (name, _) = text("package").ok_or_else(|| ParseError::new("no name of a rock"))?;
    let (version, line) = text("version").ok_or_else(|| ParseError::new("no version of a rock"))?;
    // LuaRocks keeps each rock in `rocks-5.1/NAME/VERSION`.
    let is_installed = input.path.as_str().split('/').any(|part| part.starts_with("rocks-"));
    let presence = if is_installed { Presence::Installed } else { Presence::Declared };
    let mut package = declared(Ecosystem::Luarocks, name, version, presence, line);
    let description = spec.get("description").map(|(value, _)| value);
    let license = description.and_then(|table| table.get("license")).and_then(Value::text);
    package.licenses.extend(license.map(str::to_owned));
    let dependencies = spec.get("dependencies").map(|(value, _)| value.pairs()).unwrap_or_default();
    let names = dependencies.iter().filter_map(|(_, value)| {
        let name = value.text()?.split([' ', '<', '>', '=', '~']).next()?;
        // The language itself is no rock.
        (name != "lua").then(|| need(name, None))
    });
    package.needs = needs(names);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
