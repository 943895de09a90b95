//! Plugins and themes of WordPress, by the header in a comment of their main file.

use super::declared::{Packages, declared};
use crate::lines::{Lines, field, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Installed plugins and themes, by the folder they are in, which is their name on wordpress.org.
pub(crate) static HEADER: Extractor = Extractor {
    id: "wordpress/header",
    version: 1,
    title: "WordPress plugins and themes",
    spec: "https://developer.wordpress.org/plugins/plugin-basics/header-requirements/",
    selects: &[
        Select::Tail("wp-content/plugins/*.php"),
        Select::Tail("wp-content/plugins/*/*.php"),
        Select::Tail("wp-content/themes/*/style.css"),
    ],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// WordPress looks for the header in the first 8 KiB.
const HEADER_BYTES_MAX: usize = 8 << 10;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let is_theme = input.path.name() == "style.css";
    let end = input.bytes.len().min(HEADER_BYTES_MAX);
    let (mut is_header, mut version, mut license) = (false, None, None);
    for line in Lines::new(input.bytes.get(..end).unwrap_or_default()) {
        let plain = line.text.trim_ascii_start();
        let plain = plain.strip_prefix(b"<?php").unwrap_or(plain);
        // What comments begin with, and WordPress passes over.
        let start = plain.iter().position(|byte| !b" \t/*#@".contains(byte));
        let inner = start.and_then(|start| plain.get(start..)).unwrap_or_default();
        let Some((name, value)) = field(inner) else { continue };
        let value = text(value);
        let value = value.split("*/").next().unwrap_or_default().trim();
        let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted) && !value.is_empty();
        if is(if is_theme { b"Theme Name" } else { b"Plugin Name" }) {
            is_header = true;
        } else if is(b"Version") && version.is_none() {
            version = Some((value.to_owned(), line.number));
        } else if is(b"License") && license.is_none() {
            license = Some(value.to_owned());
        }
    }
    // Most files of a plugin are not its main one.
    if !is_header {
        return Ok(());
    }
    let folder = input.path.parent();
    let slug = match folder.name() {
        "plugins" => input.path.name().strip_suffix(".php").unwrap_or_default(),
        slug => slug,
    };
    let (version, line) = version.ok_or_else(|| ParseError::new("the header has no version"))?;
    let (presence, line) = (Presence::Installed, Some(line));
    let mut package = declared(Ecosystem::Wordpress, slug, &version, presence, line);
    package.licenses.extend(license);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
