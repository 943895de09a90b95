//! Extensions of Chrome and of browsers built from it: `Extensions/ID/VERSION/manifest.json`.

use super::declared::{Packages, declared};
use super::json::{Json, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Extensions in the profile of a browser, by the id that the web store gives them.
pub(crate) static EXTENSION: Extractor = Extractor {
    id: "chrome/extension",
    version: 1,
    title: "Chrome extensions",
    spec: "https://developer.chrome.com/docs/extensions/reference/manifest",
    selects: &[Select::Tail("Extensions/*/*/manifest.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let folder = input.path.parent().parent();
    let id = folder.name();
    // Thirty-two letters from `a` to `p` stand for the hash of a key.
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(());
    }
    let json = Json::new(input.bytes)?;
    let mut version = None;
    json.entries(|key, value| {
        if key == "version" {
            version = string(value).map(|text| (text, json.line(value)));
        }
    })?;
    let (version, line) = version.ok_or_else(|| ParseError::new("no version of an extension"))?;
    let mut packages = Packages::new(sink);
    packages.add(declared(Ecosystem::Chrome, id, &version, Presence::Installed, line));
    packages.finish()
}
