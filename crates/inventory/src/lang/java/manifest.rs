//! `META-INF/MANIFEST.MF`: what an archive says of itself.
//!
//! Follows the JAR File Specification: `Name: value` lines of at most 72 bytes, continued on lines
//! that begin with a space, up to the first empty line. The sections behind it are of single files.

use crate::lines::Lines;

/// The lines about the archive as a whole that matter here.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    values: Vec<(Key, String)>,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    BundleLicense,
    BundleSymbolicName,
    BundleVersion,
    CreatedBy,
    ImplementationVersion,
    PluginVersion,
}

const KEYS: [(&str, Key); 6] = [
    ("Bundle-License", Key::BundleLicense),
    ("Bundle-SymbolicName", Key::BundleSymbolicName),
    ("Bundle-Version", Key::BundleVersion),
    ("Created-By", Key::CreatedBy),
    ("Implementation-Version", Key::ImplementationVersion),
    ("Plugin-Version", Key::PluginVersion),
];

impl Manifest {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut manifest = Self::default();
        // Bytes of the value that is being read; a character may be split between two lines.
        let mut open: Option<(Key, Vec<u8>)> = None;
        for line in Lines::new(bytes) {
            if let Some(rest) = line.text.strip_prefix(b" ") {
                if let Some((_, value)) = &mut open {
                    value.extend_from_slice(rest);
                }
                continue;
            }
            manifest.close(open.take());
            if line.text.is_empty() {
                break;
            }
            let Some(colon) = memchr::memchr(b':', line.text) else { continue };
            let Some((name, value)) = line.text.split_at_checked(colon) else { continue };
            let key = KEYS.iter().find(|(text, _)| name.eq_ignore_ascii_case(text.as_bytes()));
            let value = value.get(1..).unwrap_or_default().trim_ascii_start();
            open = key.map(|(_, key)| (*key, value.to_vec()));
        }
        manifest.close(open);
        manifest
    }

    fn close(&mut self, open: Option<(Key, Vec<u8>)>) {
        let Some((key, value)) = open else { return };
        let value = String::from_utf8_lossy(&value).trim().to_owned();
        if !value.is_empty() {
            self.values.push((key, value));
        }
    }

    /// The value of a line, unless it is empty.
    pub(super) fn get(&self, key: Key) -> Option<&str> {
        self.values.iter().find(|(found, _)| *found == key).map(|(_, value)| &**value)
    }

    /// The name of an OSGi bundle, without the directives behind it.
    pub(super) fn bundle(&self) -> Option<&str> {
        let name = self.get(Key::BundleSymbolicName)?;
        Some(name.split(';').next().unwrap_or(name).trim())
    }

    /// The version the makers gave it, as far as it can be one.
    pub(super) fn version(&self) -> Option<&str> {
        [Key::ImplementationVersion, Key::PluginVersion, Key::BundleVersion]
            .into_iter()
            .filter_map(|key| self.get(key))
            .find(|version| {
                super::is_version(version) && version.contains(|c: char| c.is_ascii_digit())
            })
    }

    /// The licenses of a bundle: names, expressions or addresses, each with attributes behind it.
    pub(super) fn licenses(&self) -> Vec<String> {
        let text = self.get(Key::BundleLicense).unwrap_or_default();
        let mut licenses: Vec<String> = Vec::new();
        for part in unquoted(text).split(',') {
            let name = part.split(';').next().unwrap_or(part).trim().trim_matches('"').trim();
            // What the bundle plugin writes for a license it has to look up elsewhere.
            if !name.is_empty() && name != "<<EXTERNAL>>" && !licenses.iter().any(|l| l == name) {
                licenses.push(name.to_owned());
            }
        }
        licenses
    }
}

/// A text whose quoted commas and semicolons separate nothing.
fn unquoted(text: &str) -> String {
    let mut is_quoted = false;
    text.chars()
        .filter(|c| {
            is_quoted ^= *c == '"';
            !(is_quoted && matches!(c, ',' | ';'))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continued_lines_are_one_value_and_sections_of_files_are_left_out() {
        let text = "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.example.a\r\n b;singleton:=t\r\n \
                    rue\r\nbundle-version: 1.2.0\r\n\r\nName: a/B.class\r\nImplementation-Version: 9\r\n";
        let manifest = Manifest::parse(text.as_bytes());
        assert_eq!(manifest.bundle(), Some("org.example.ab"));
        assert_eq!(manifest.version(), Some("1.2.0"));
    }

    #[test]
    fn licenses_of_bundles_are_names_without_attributes() {
        let licenses =
            |text: &str| Manifest::parse(format!("Bundle-License: {text}\n").as_bytes()).licenses();
        assert_eq!(
            licenses("Apache-2.0;link=\"https://a.example/x,y\", MIT"),
            ["Apache-2.0", "MIT"]
        );
        assert_eq!(licenses("http://a.example/LICENSE"), ["http://a.example/LICENSE"]);
        assert!(licenses("<<EXTERNAL>>").is_empty());
    }

    #[test]
    fn versions_nobody_filled_in_are_none() {
        let version = |text: &str| Manifest::parse(text.as_bytes()).version().map(str::to_owned);
        assert_eq!(version("Implementation-Version: ${project.version}\n"), None);
        assert_eq!(
            version("Implementation-Version: unspecified\nBundle-Version: 1.0\n").unwrap(),
            "1.0"
        );
    }
}
