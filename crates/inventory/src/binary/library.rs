//! Shared libraries, by their names and what they say of themselves: those that were copied into an
//! image, or into a package of another kind such as a Python wheel.

use super::classifier::classify;
use super::libraries::LIBRARIES;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};

/// Libraries of the table.
pub(crate) static LIBRARY: Extractor = Extractor {
    id: "binary/library",
    version: 1,
    title: "Shared libraries that say their version",
    spec: "https://peps.python.org/pep-0513/",
    selects: &[
        Select::Library("libQt5Core"),
        Select::Library("libQt6Core"),
        Select::Library("libQtCore"),
        Select::Library("libarchive"),
        Select::Library("libavcodec"),
        Select::Library("libavdevice"),
        Select::Library("libavfilter"),
        Select::Library("libavformat"),
        Select::Library("libavutil"),
        Select::Library("libbz2"),
        Select::Library("libc"),
        Select::Library("libcrypto"),
        Select::Library("libcurl"),
        Select::Library("libcurl-gnutls"),
        Select::Library("libexpat"),
        Select::Library("libgcrypt"),
        Select::Library("libgnutls"),
        Select::Library("libheimbase"),
        Select::Library("libjpeg"),
        Select::Library("libjulia-internal"),
        Select::Library("libkrb5"),
        Select::Library("liblua"),
        Select::Library("libluajit"),
        Select::Library("liblzma"),
        Select::Library("libmbedcrypto"),
        Select::Library("libnghttp2"),
        Select::Library("libpcre2-8"),
        Select::Library("libphp"),
        Select::Library("libpng12"),
        Select::Library("libpng15"),
        Select::Library("libpng16"),
        Select::Library("libpypy"),
        Select::Library("libpypy-c"),
        Select::Library("libpypy3-c"),
        Select::Library("libpypy3"),
        Select::Library("libpython"),
        Select::Library("libroken"),
        Select::Library("libruby"),
        Select::Library("libsqlite3"),
        Select::Library("libssl"),
        Select::Library("libstd"),
        Select::Library("libswresample"),
        Select::Library("libswscale"),
        Select::Library("libtiff"),
        Select::Library("libturbojpeg"),
        Select::Library("libz"),
        Select::Library("libzstd"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// The names that a library may be known by: `libpython3.11.so.1.0` as `libpython3.11` and
/// `libpython`, and `libssl-cd1d6220.so.1.0.0`, which a wheel brought, as `libssl-cd1d6220` and
/// `libssl`. Nothing for other files.
pub(crate) fn stems(name: &str) -> Option<[&str; 3]> {
    let stem = name.starts_with("lib").then(|| name.find(".so")).flatten()?;
    let (stem, rest) = name.split_at_checked(stem)?;
    let is_library = rest == ".so" || rest.starts_with(".so.");
    // Where the version, the hash or the branch of the name begins.
    let up_to = |end: Option<usize>| end.and_then(|end| stem.get(..end)).unwrap_or(stem);
    let dash = up_to(stem.rfind('-'));
    let digit = up_to(stem.find(|c: char| c.is_ascii_digit() || c == '-'));
    is_library.then_some([stem, dash, digit])
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let name = input.path.name();
    let Some(names) = stems(name) else { return Ok(()) };
    for package in classify(LIBRARIES, &names, name, input.bytes)? {
        sink.package(package);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_without_version_and_hash() {
        for (name, stem) in [
            ("libssl.so.3", Some("libssl")),
            ("libssl-cd1d6220.so.1.0.0", Some("libssl")),
            ("libpython3.11.so.1.0", Some("libpython")),
            ("libruby-3.1.so.3.1.2", Some("libruby")),
            ("libpng16-7a2f4c1e.so.16.39.0", Some("libpng")),
            ("libcurl-gnutls.so.4", Some("libcurl")),
            ("libfoo.sock", None),
            ("xlibssl.so", None),
            ("libssl.a", None),
        ] {
            assert_eq!(stems(name).map(|[_, _, last]| last), stem, "{name}");
        }
        assert_eq!(stems("libpng16-7a2f4c1e.so.16").unwrap()[1], "libpng16");
        assert_eq!(stems("libcurl-gnutls.so.4").unwrap()[0], "libcurl-gnutls");
    }

    #[test]
    fn every_file_of_the_table_is_selected_and_no_other() {
        let selected: Vec<&str> = LIBRARY
            .selects
            .iter()
            .filter_map(|select| match select {
                Select::Library(name) => Some(*name),
                _ => None,
            })
            .collect();
        for name in LIBRARIES.iter().flat_map(|classifier| classifier.files) {
            assert!(selected.contains(name), "{name}");
        }
        for name in selected {
            assert!(LIBRARIES.iter().any(|classifier| classifier.files.contains(&name)), "{name}");
        }
    }
}
