//! The version orders against the answers of each ecosystem's own tool, and the laws of an order.

use lazaret_core::version::Scheme;
use proptest::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Checks one line of an oracle file: `a < b`, `a = b`, `a > b` or `! a`.
fn check_answer(scheme: Scheme, line: &str) -> Result<(), String> {
    let (a, expected, b) = match *line.split(' ').collect::<Vec<_>>() {
        ["!", version] if scheme.is_valid(version) => {
            return Err(format!("`{version}` is taken for a version"));
        }
        ["!", version] => match scheme.compare(version, "1") {
            Ok(_) => return Err(format!("`{version}` is compared")),
            Err(error) if error.text == version => return Ok(()),
            Err(error) => return Err(format!("the error for `{version}` blames {}", error.text)),
        },
        [a, "<", b] => (a, Ordering::Less, b),
        [a, "=", b] => (a, Ordering::Equal, b),
        [a, ">", b] => (a, Ordering::Greater, b),
        _ => return Err(format!("`{line}` is no answer")),
    };
    for (a, b, expected) in [(a, b, expected), (b, a, expected.reverse())] {
        match scheme.compare(a, b) {
            Ok(found) if found == expected => {}
            found => return Err(format!("`{a}` against `{b}`: {found:?} for {expected:?}")),
        }
    }
    Ok(())
}

#[test]
fn orders_agree_with_the_native_tools() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/version");
    let mut schemes = BTreeSet::new();
    let mut complaints = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let stem = file.strip_suffix(".txt").unwrap();
        // `apk-2.txt` holds the answers of another version of the same tool as `apk.txt`.
        let scheme: Scheme = stem.split('-').next().unwrap().parse().unwrap();
        schemes.insert(scheme);

        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let pairs = lines.iter().filter(|line| !line.starts_with('!')).count();
        assert!(pairs >= 1_000, "{file} holds only {pairs} pairs");
        let wrong = lines.iter().filter_map(|line| check_answer(scheme, line).err());
        complaints.extend(wrong.map(|complaint| format!("{file}: {complaint}")));
    }
    assert_eq!(schemes, BTreeSet::from(Scheme::ALL), "a scheme has no oracle file");
    assert!(complaints.is_empty(), "{} wrong:\n{}", complaints.len(), complaints.join("\n"));
}

fn check_all(scheme: Scheme, answers: &[&str]) {
    for answer in answers {
        assert_eq!(check_answer(scheme, answer), Ok(()), "{scheme}");
    }
}

/// Beyond what npm accepts (2^53) and what apk-tools holds (64 bits); dpkg and Python agree.
#[test]
fn numbers_of_any_size_keep_their_order() {
    const SIZES: [&str; 4] = [
        "1.18446744073709551615 < 1.18446744073709551616",
        "1.99999999999999999999999999999 < 1.100000000000000000000000000000",
        "340282366920938463463374607431768211456.1 > 340282366920938463463374607431768211455.1",
        "00000000000000000000000000000000000000001.2 = 1.2",
    ];
    for scheme in Scheme::ALL {
        check_all(scheme, &SIZES);
    }
    check_all(
        Scheme::Semver,
        &["1.0.0-rc.18446744073709551616 > 1.0.0-rc.18446744073709551615", "1.0.0-9 < 1.0.0-99"],
    );
}

#[test]
fn a_fourth_number_is_no_semantic_version() {
    check_all(Scheme::Semver, &["! 1.2.3.4", "! 1.2.34.5", "! 1.2.34.beta", "! 1.beta"]);
}

#[test]
fn an_apk_fix_behind_a_letter_and_a_number_is_not_lost() {
    check_all(
        Scheme::Apk,
        &["3.3.3p1-r2 < 3.3.3p1-r3", "1.9.5p2-r0 < 1.9.6-r0", "! 4.8.0.-r1", "! 10.0.11-0"],
    );
}

/// Expectations of apk-tools' own test data, independent of the oracle file.
#[test]
fn apk_expectations_of_upstream_hold() {
    let answers = [
        "0.1.0_alpha2 > 0.1.0_alpha",
        "2.3.0b-r1 < 2.3.0b-r2",
        "3.1_p17 > 1.06-r6",
        "1.06-r6 < 006",
        "006 > 1.0.0",
        "1.0 > 0.99.3.20040818",
        "1.00_beta2 > 0.9.2",
        "1.02.07 < 1.02.10-r1",
        "2.11-r1 > 2.11",
        "2.5.1-r8 < 2.5.1a-r1",
        "1.4.4-r1 < 2.1.9.200602141850",
        "2.12r-r4 < 2.12r-r5",
        "0.15.1b-r2 > 0.15.1b",
        "1.2.12.04 < 1.2.12.05",
        "4.5_p1 < 4.5_p1-r1",
        "1.8.5 < 1.8.5_p2",
        "1.6.8_p12-r1 > 1.6.8_p9-r2",
        "2.9.11_pre20051101-r3 > 2.9.11_pre20051101",
        "104-r11 > 104-r9",
        "1.3_pre1-r1 < 1.3.2",
        "1.0_p10-r0 > 1.0_p9-r0",
        "0.1.0_alpha_pre2 < 0.1.0_alpha",
        "1.0.0_pre20191002222144-r0 < 1.0.0_pre20210530193627-r0",
        "6.0_pre1 < 6.0",
        "6.0_p1 > 6.0",
        "! 1.0bc",
        "! 23_foo",
    ];
    check_all(Scheme::Apk, &answers);
}

#[test]
fn white_space_around_a_version_does_not_count() {
    for scheme in [Scheme::Deb, Scheme::Pep440, Scheme::Semver] {
        assert_eq!(scheme.compare(" \t1.0 ", "1.0"), Ok(Ordering::Equal), "{scheme}");
        assert!(!scheme.is_valid("1.0 1"), "{scheme}");
    }
    assert!(!Scheme::Apk.is_valid(" 1.0"));
}

#[test]
fn nothing_is_no_version() {
    for scheme in Scheme::ALL {
        for text in ["", " ", "\0", "-", ":", "~", "\u{e4}"] {
            // dpkg warns about a version that begins with something else than a digit.
            let is_valid = scheme == Scheme::Deb && matches!(text, "~" | "\0" | "\u{e4}");
            assert_eq!(scheme.is_valid(text), is_valid, "{scheme} {text:?}");
        }
    }
}

/// Texts near the grammar of every scheme, and any text at all.
fn text() -> impl Strategy<Value = String> {
    const WORDS: [&str; 16] = [
        "alpha", "beta", "rc", "pre", "post", "dev", "_p", "_git", "-r", "~", "+", "-", "!", ":",
        "v", "_",
    ];
    let number = prop_oneof![Just(String::new()), "[0-3]{1,2}", "[0-9]{1,25}"];
    let part =
        (prop::sample::select(&WORDS[..]), number).prop_map(|(word, n)| word.to_owned() + &n);
    let near = ("[0-2](\\.[0-2]{1,2}){0,2}[ab]?", prop::collection::vec(part, 0..3))
        .prop_map(|(release, parts)| release + &parts.concat());
    prop_oneof![8 => near, 1 => "[0-9a-c.~+:!_-]{0,6}", 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_order_exists_for_valid_versions_and_only_for_them(a in text(), b in text()) {
        for scheme in Scheme::ALL {
            let are_valid = scheme.is_valid(&a) && scheme.is_valid(&b);
            prop_assert_eq!(scheme.compare(&a, &b).is_ok(), are_valid, "{}", scheme);
        }
    }

    #[test]
    fn a_version_equals_itself_and_swapping_reverses(a in text(), b in text()) {
        for scheme in Scheme::ALL {
            if let Ok(order) = scheme.compare(&a, &b) {
                prop_assert_eq!(scheme.compare(&b, &a), Ok(order.reverse()), "{}", scheme);
                prop_assert_eq!(scheme.compare(&a, &a), Ok(Ordering::Equal), "{}", scheme);
            }
        }
    }

    #[test]
    fn orders_are_transitive(mut versions in prop::collection::vec(text(), 3..8)) {
        for scheme in Scheme::ALL {
            versions.retain(|version| scheme.is_valid(version));
            for (a, b, c) in triples(&versions) {
                let compare = |x: &str, y: &str| scheme.compare(x, y).unwrap();
                if compare(a, b) != Ordering::Greater && compare(b, c) != Ordering::Greater {
                    let is_strict = compare(a, b).is_lt() || compare(b, c).is_lt();
                    let expected = if is_strict { Ordering::Less } else { Ordering::Equal };
                    prop_assert_eq!(compare(a, c), expected, "{}: {} {} {}", scheme, a, b, c);
                }
            }
        }
    }
}

fn triples(versions: &[String]) -> impl Iterator<Item = (&str, &str, &str)> {
    versions.iter().flat_map(move |a| {
        versions
            .iter()
            .flat_map(move |b| versions.iter().map(move |c| (a.as_str(), b.as_str(), c.as_str())))
    })
}
