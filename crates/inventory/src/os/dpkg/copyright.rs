//! `copyright`, the license file every Debian package carries.

use crate::lines::{Lines, field, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use std::collections::BTreeSet;

/// Licenses of Debian packages: the `License` fields of machine-readable files, and the common
/// licenses that other files refer to.
pub(crate) static COPYRIGHT: Extractor = Extractor {
    id: "dpkg/copyright",
    version: 1,
    title: "Copyright files of Debian packages",
    spec: "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    selects: &[Select::Below(FOLDER, "copyright")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

const FOLDER: &str = "usr/share/doc";

/// Where the texts of the common licenses are, each in a file of its name.
const COMMON: &[u8] = b"/usr/share/common-licenses/";

/// Licenses named for one package. The kernel's and a browser's files name about a hundred.
const LICENSES_MAX: usize = 1_000;

/// Length of one license expression in bytes; anything longer is prose.
const LICENSE_BYTES_MAX: usize = 200;

/// Words in one license name. More is the first line of a license text.
const NAME_WORDS_MAX: usize = 3;

/// Words no license name has and nearly every license text begins with.
const PROSE: &[&[u8]] =
    &[b"any", b"in", b"is", b"its", b"of", b"the", b"this", b"to", b"use", b"without"];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let Some(package) = package_of(input.path.as_str()) else { return Ok(()) };
    if memchr::memchr(0, input.bytes).is_some() {
        return Err(ParseError::new("the file is not text"));
    }
    let mut licenses = BTreeSet::new();
    let declared = Lines::new(input.bytes)
        .filter(|line| line.text.first().is_some_and(|first| first.eq_ignore_ascii_case(&b'L')))
        .filter_map(|line| field(line.text))
        .filter(|(name, value)| name.eq_ignore_ascii_case(b"License") && is_expression(value));
    licenses.extend(declared.map(|(_, value)| value).take(LICENSES_MAX));
    if !is_machine_readable(input.bytes) || licenses.is_empty() {
        licenses.extend(common_licenses(input.bytes).take(LICENSES_MAX));
    }
    sink.licenses(package, licenses.into_iter().map(text).collect());
    Ok(())
}

/// The package a copyright file is of. Files deeper in a package's documentation are examples.
fn package_of(path: &str) -> Option<&str> {
    let package = path
        .strip_prefix(FOLDER)?
        .strip_prefix('/')?
        .strip_suffix("copyright")?
        .strip_suffix('/')?;
    (!package.is_empty() && !package.contains('/')).then_some(package)
}

/// Whether the file says that it keeps to the machine-readable format.
fn is_machine_readable(bytes: &[u8]) -> bool {
    let first = Lines::new(bytes).find(|line| !line.text.is_empty());
    first.and_then(|line| field(line.text)).is_some_and(|(name, _)| {
        name.eq_ignore_ascii_case(b"Format") || name.eq_ignore_ascii_case(b"Format-Specification")
    })
}

/// Whether a `License` value is short names joined by `and`, `or` and commas, such as
/// `GPL-2+ with Autoconf exception or Expat`, and not the first line of a license text.
fn is_expression(value: &[u8]) -> bool {
    if value.is_empty() || value.len() > LICENSE_BYTES_MAX {
        return false;
    }
    let mut words_in_name = 0_usize;
    let mut in_exception = false;
    for word in value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        let (bare, comma) = match word.strip_suffix(b",") {
            Some(bare) => (bare, true),
            None => (word, false),
        };
        if in_exception {
            in_exception = !matches!(bare, b"exception" | b"exceptions");
        } else if matches!(bare, b"with") {
            in_exception = true;
        } else if matches!(bare, b"and" | b"or" | b"and/or") {
            words_in_name = 0;
        } else {
            words_in_name = words_in_name.saturating_add(1);
        }
        if words_in_name > NAME_WORDS_MAX || (!in_exception && PROSE.contains(&bare)) {
            return false;
        }
        if comma {
            words_in_name = 0;
        }
    }
    !in_exception
}

/// Names of the common licenses a text refers to, in its order.
fn common_licenses(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memmem::find_iter(bytes, COMMON).filter_map(|at| {
        let rest = bytes.get(at.saturating_add(COMMON.len())..)?;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let length = rest.iter().take_while(|byte| is_part(byte)).count();
        let mut name = rest.get(..length)?;
        // A full stop or a hyphen at the end is the sentence's, not the license's.
        while let [shorter @ .., b'.' | b'-'] = name {
            name = shorter;
        }
        (!name.is_empty() && name.len() <= LICENSE_BYTES_MAX).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn license_texts_are_no_license_names() {
        for (value, expected) in [
            ("Expat", true),
            ("GPL-1+ or Artistic", true),
            ("GPL-2+ with Autoconf exception", true),
            ("GPL-2+ with OpenSSL exception, and Expat", true),
            ("MPL-1.1 or GPL-2+ or LGPL-2.1+", true),
            ("public domain", true),
            ("LGPLv3+_or_GPLv2+", true),
            ("", false),
            ("Permission to use, copy, modify, and distribute this software and its", false),
            ("This software is provided 'as-is', without any express or implied", false),
            ("Redistribution and use in source and binary forms, with or without", false),
        ] {
            assert_eq!(is_expression(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn a_full_stop_ends_the_sentence_not_the_name() {
        let text =
            b"see /usr/share/common-licenses/GPL-2. Or `/usr/share/common-licenses/LGPL-2.1'";
        let found: Vec<_> = common_licenses(text).collect();
        assert_eq!(found, [&b"GPL-2"[..], b"LGPL-2.1"]);
    }

    #[test]
    fn only_a_packages_own_copyright_file_counts() {
        assert_eq!(package_of("usr/share/doc/bash/copyright"), Some("bash"));
        assert_eq!(package_of("usr/share/doc/bash/examples/copyright"), None);
        assert_eq!(package_of("usr/share/doc/copyright"), None);
        assert_eq!(package_of("usr/share/doc/bash/xcopyright"), None);
    }
}
