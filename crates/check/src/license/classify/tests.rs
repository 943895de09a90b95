use super::super::texts::tests::listed;
use super::*;

fn surest(text: &str) -> Option<LicenseHit> {
    classify(text).into_iter().next()
}

fn text_of(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

/// The licenses that most software is under.
const COMMON_20: [&str; 20] = [
    "AGPL-3.0-only",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "EPL-2.0",
    "GPL-2.0-only",
    "GPL-3.0-only",
    "ISC",
    "LGPL-2.1-only",
    "LGPL-3.0-only",
    "MIT",
    "MPL-2.0",
    "OFL-1.1",
    "Python-2.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
];

/// A text as it is found: an owner, another width, comment signs, other quotes.
fn reformatted(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lines = words.chunks(9).map(|line| format!(" * {}", line.join("  ")));
    let body = lines.collect::<Vec<_>>().join("\r\n").replace('"', "“");
    format!(
        "/**\r\n * Copyright (c) 2019-2024, Example Industries and others\r\n *\r\n{body}\r\n */\r\n"
    )
}

#[test]
fn common_licenses_are_recognized_however_they_are_set() {
    for id in COMMON_20 {
        // A single line without an end is a paragraph, so that the owner's line stays one.
        let text = text_of(id);
        for text in [text.to_owned(), reformatted(text), text.to_uppercase()] {
            let hits = classify(&text);
            // The list has the LGPL together with the GPL, which it adds to.
            let is_expected = |hit: &&LicenseHit| hit.license == id || id != "LGPL-3.0-only";
            let hit = hits.iter().find(is_expected).unwrap_or_else(|| panic!("{id} is missed"));
            assert_eq!(hit.license, id, "{hits:?}");
            assert!(hit.confidence >= 90, "{hits:?}");
        }
    }
}

#[test]
fn every_text_of_the_list_is_recognized() {
    let mut missed = Vec::new();
    for (id, words) in listed() {
        let found = classify(&words);
        if !found.iter().any(|hit| hit.license == id && hit.confidence >= 99) {
            missed.push(id);
        }
    }
    assert_eq!(missed, [""; 0]);
}

#[test]
fn texts_of_debian_are_recognized() {
    let folder = std::path::Path::new("/usr/share/common-licenses");
    for (name, expected) in [
        ("Apache-2.0", "Apache-2.0"),
        ("Artistic", "Artistic-1.0-Perl"),
        ("BSD", "BSD-3-Clause"),
        ("CC0-1.0", "CC0-1.0"),
        ("GFDL-1.3", "GFDL-1.3-only"),
        ("GPL-1", "GPL-1.0-only"),
        ("GPL-2", "GPL-2.0-only"),
        ("GPL-3", "GPL-3.0-only"),
        ("LGPL-2", "LGPL-2.0-only"),
        ("LGPL-2.1", "LGPL-2.1-only"),
        ("LGPL-3", "LGPL-3.0-only"),
        ("MPL-1.1", "MPL-1.1"),
        ("MPL-2.0", "MPL-2.0"),
    ] {
        let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
            println!("skipped: there is no {name} in /usr/share/common-licenses");
            continue;
        };
        let hit = surest(&text).unwrap();
        assert_eq!(hit.license, expected, "{name}");
        assert!(hit.confidence >= 90, "{name}: {}", hit.confidence);
    }
}

#[test]
fn a_license_without_its_appendix_is_still_that_license() {
    let apache = text_of("Apache-2.0");
    let terms = apache.split("APPENDIX").next().unwrap();
    let hits = classify(terms);
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!((hits[0].license.as_str(), hits[0].confidence), ("Apache-2.0", 100));
}

#[test]
fn a_license_that_names_its_owner_is_still_that_license() {
    let bsd = text_of("BSD-3-Clause");
    let own = bsd
        .replace("the copyright holder nor", "Example University nor")
        .replace("THE COPYRIGHT HOLDERS AND CONTRIBUTORS", "THE AUTHOR")
        .replace("THE COPYRIGHT HOLDER OR CONTRIBUTORS", "THE AUTHOR");
    assert_ne!(own, bsd);
    let hits = classify(&format!("{bsd}\n{own}"));
    assert_eq!(hits, [LicenseHit { license: "BSD-3-Clause".to_owned(), confidence: 100 }]);
}

#[test]
fn parts_and_look_alikes_are_not_the_license() {
    let half =
        |text: &str| text.get(..text.floor_char_boundary(text.len() / 2)).unwrap().to_owned();
    let mit = text_of("MIT");
    let warranty = mit.split("THE SOFTWARE IS PROVIDED").nth(1).unwrap();
    for text in [
        half(text_of("Apache-2.0")),
        half(text_of("GPL-3.0-only")),
        warranty.to_owned(),
        "This software is provided as is, without warranty of any kind.".to_owned(),
        "The license of this software is a secret of its owner. Permission is not granted to use, copy, \
         modify, merge, publish, distribute, sublicense or sell copies of the software to any person."
            .to_owned(),
    ] {
        let sure = classify(&text).into_iter().find(|hit| hit.confidence >= 90);
        assert_eq!(sure, None, "{}", text.get(..60).unwrap());
    }
}

#[test]
fn licenses_that_differ_in_a_sentence_are_told_apart() {
    for id in [
        "JSON",
        "MIT-0",
        "BSD-3-Clause-Clear",
        "BSD-2-Clause",
        "BSD-4-Clause",
        "X11",
        "MIT-feh",
        "0BSD",
    ] {
        assert_eq!(surest(&reformatted(text_of(id))).unwrap().license, id);
    }
}

#[test]
fn every_license_of_a_file_of_several_is_found() {
    let filler = "This product includes software of others, which is listed below. ".repeat(30);
    let ids = ["Apache-2.0", "BSD-3-Clause", "ISC", "MIT", "Zlib"];
    let mut text = String::new();
    for id in ids {
        for _ in 0..3 {
            text.push_str(&filler);
            text.push_str(text_of(id));
            text.push('\n');
        }
    }
    let mut found: Vec<String> = classify(&text)
        .into_iter()
        .filter(|hit| hit.confidence >= 90)
        .map(|hit| hit.license)
        .collect();
    found.sort();
    assert_eq!(found, ids);
}

#[test]
fn names_in_tags_and_fields_are_read() {
    for (text, expected) in [
        ("// SPDX-License-Identifier: MIT OR Apache-2.0\nint main;", "MIT OR Apache-2.0"),
        ("<!-- SPDX-License-Identifier: GPL-2.0+ -->", "GPL-2.0-or-later"),
        ("/* SPDX-License-Identifier: ISC */", "ISC"),
        (
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n\
          License: GPL-2+\n .\n text\n\nFiles: x\nLicense: Expat\n",
            "GPL-2.0-or-later MIT",
        ),
        ("License: MIT\nwithout a format", ""),
        ("MIT OR Apache-2.0\n", "MIT OR Apache-2.0"),
        ("Nobody has licensed this.\n", ""),
        (
            "This package was debianized by me.\n\nOn Debian systems, see `/usr/share/common-licenses/GPL-3'.",
            "GPL-3.0-only",
        ),
        (
            "it under the terms of the GNU General Public License as published by the Free Software Foundation; \
          either version 2 of the License, or (at your option) any later version.\n\nOn Debian systems, see \
          /usr/share/common-licenses/GPL-2.",
            "GPL-2.0-or-later",
        ),
    ] {
        let found: Vec<String> = classify(text).into_iter().map(|hit| hit.license).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn a_license_says_nothing_of_others_it_mentions() {
    let found: Vec<String> =
        classify(text_of("GPL-3.0-only")).into_iter().map(|hit| hit.license).collect();
    assert_eq!(found, ["GPL-3.0-only"]);
}

#[test]
fn hostile_texts_end() {
    let pair = text_of("GPL-3.0-only");
    for text in [
        String::new(),
        "the ".repeat(1 << 17),
        pair.repeat(60),
        listed().into_values().collect::<Vec<_>>().join(" "),
        "SPDX-License-Identifier: ((((((\n".repeat(10_000),
        "SPDX-License-Identifier: ".repeat(10_000),
        format!("Format: x\nLicense: {}", "MIT\n\n\n\n".repeat(10_000)),
        format!("{COMMON}GPL-2 ").repeat(10_000),
        "under the gpl version 2 license ".repeat(10_000),
        "é".repeat(1 << 20),
    ] {
        assert!(classify(&text).len() <= 200, "{}", text.len());
    }
}

#[test]
fn files_are_chosen_by_name() {
    for path in [
        "app/LICENSE",
        "LICENSE.txt",
        "x/COPYING.LIB",
        "x/NOTICE",
        "x/LICENSE-MIT",
        "x/MIT-LICENSE.md",
        "usr/share/doc/bash/copyright",
        "usr/share/licenses/bash/COPYING",
        "x/LICENSES/MIT.txt",
        "x/LICENSE.Apache-2.0",
        "x/licence.rst",
    ] {
        assert!(wants(path), "{path}");
    }
    for path in [
        "x/license.py",
        "x/LICENSE.json",
        "usr/share/common-licenses/GPL-2",
        "x/README.md",
        "x/licensed",
        "x/copyright.h",
    ] {
        assert!(!wants(path), "{path}");
    }
}
