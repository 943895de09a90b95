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
        let least = match scheme {
            _ if stem == "apk-2" => 1_500,
            Scheme::Apk
            | Scheme::Deb
            | Scheme::Pep440
            | Scheme::Semver
            | Scheme::Rpm
            | Scheme::Go
            | Scheme::Maven
            | Scheme::Gem
            | Scheme::Composer
            | Scheme::Nuget => 5_000,
            _ => 2_000,
        };
        assert!(pairs >= least, "{file} holds only {pairs} pairs");
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

/// Beyond what many tools accept (npm 2^53, apk-tools and PHP 64 bits, .NET 32 bits); those without
/// a bound agree.
#[test]
fn numbers_of_any_size_keep_their_order() {
    const SIZES: [&str; 3] = [
        "1.18446744073709551615 < 1.18446744073709551616",
        "1.99999999999999999999999999999 < 1.100000000000000000000000000000",
        "1.340282366920938463463374607431768211456.1 > 1.340282366920938463463374607431768211455.1",
    ];
    const LEADING: [&str; 2] = [
        "340282366920938463463374607431768211456.1 > 340282366920938463463374607431768211455.1",
        "00000000000000000000000000000000000000001.2 = 1.2",
    ];
    for scheme in Scheme::ALL {
        if matches!(scheme, Scheme::Bitnami | Scheme::Hex | Scheme::Pub) {
            let big = "1.0.340282366920938463463374607431768211456";
            check_all(scheme, &["! 1.18446744073709551616", &format!("{big} > 1.0.99")]);
            continue;
        }
        check_all(scheme, &SIZES);
        match scheme {
            Scheme::Go | Scheme::Hackage => {
                check_all(scheme, &["! 01.2", "! 1.02", LEADING[0]]);
            }
            // Six digits and more are a date or nothing.
            Scheme::Composer => check_all(scheme, &["! 12345678901234567890", "00001.2 = 1.2"]),
            _ => check_all(scheme, &LEADING),
        }
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

/// The examples of <https://maven.apache.org/pom.html#version-order-specification>.
#[test]
fn maven_expectations_of_its_reference_hold() {
    let answers = [
        "1 < 1.1",
        "1-snapshot < 1",
        "1 < 1-sp",
        "1-foo2 < 1-foo10",
        "1.foo = 1-foo",
        "1-foo < 1-1",
        "1-1 < 1.1",
        "1.ga = 1-ga",
        "1-ga = 1-0",
        "1-0 = 1.0",
        "1.0 = 1",
        "1-sp > 1-ga",
        "1-sp.1 > 1-ga.1",
        "1-sp-1 < 1-ga-1",
        "1-a1 = 1-alpha-1",
        "! 1.0\u{e4}",
    ];
    check_all(Scheme::Maven, &answers);
}

/// The tables of the Package Manager Specification's section 3.3, in examples.
#[test]
fn gentoo_numbers_that_begin_with_a_zero_are_fractions() {
    let answers = [
        "1.09 < 1.1",
        "1.010 = 1.01",
        "1.01 < 1.1",
        "1.9 < 1.10",
        "1.0 < 1.0.0",
        "01 = 1",
        "12.2b < 12.2.5",
        "1.0_rc1 < 1.0",
        "1.0 < 1.0_p",
        "1.0_p = 1.0_p0",
        "1.0_p1_rc1 < 1.0_p1",
        "1.0 = 1.0-r0",
        "1.0-r2 < 1.0-r10",
        "! 1.0ab",
        "! 1.0-1",
        "! 1.0_foo",
    ];
    check_all(Scheme::Portage, &answers);
}

/// The examples of pacman's vercmp(8).
#[test]
fn pacman_expectations_of_its_manual_hold() {
    let answers = [
        "1.0a < 1.0b",
        "1.0b < 1.0beta",
        "1.0beta < 1.0p",
        "1.0p < 1.0pre",
        "1.0pre < 1.0rc",
        "1.0rc < 1.0",
        "1.0 < 1.0.a",
        "1.0.a < 1.0.1",
        "1 < 1.0",
        "1.0 < 1.1",
        "1.1 < 1.1.1",
        "1.1.1 < 1.2",
        "1.2 < 2.0",
        "2.0 < 3.0.0",
        "2.0-1 < 1:1.0-1",
        "1.0 = 1.0-1",
    ];
    check_all(Scheme::Pacman, &answers);
}

/// The list in the documentation of conda's `VersionOrder`, and what rattler reads otherwise.
#[test]
fn conda_expectations_of_its_source_hold() {
    let answers = [
        "0.4 = 0.4.0",
        "0.4.0 < 0.4.1.rc",
        "0.4.1.rc = 0.4.1.RC",
        "0.4.1.RC < 0.4.1",
        "0.5a1 < 0.5b3",
        "0.5b3 < 0.5C1",
        "0.5C1 < 0.5",
        "0.9.6 < 0.960923",
        "1.1dev1 < 1.1a1",
        "1.1a1 < 1.1.0dev1",
        "1.1.0dev1 = 1.1.dev1",
        "1.1.a1 < 1.1.0rc1",
        "1.1.0rc1 < 1.1.0",
        "1.1 < 1.1.0post1",
        "1.1.0post1 = 1.1.post1",
        "1.1.post1 < 1.1post1",
        "1996.07.12 < 1!0.4.1",
        "1!3.1.1.6 < 2!0.4.1",
        "1.0.1_ < 1.0.1a",
        "1.0.1- = 1.0.1_",
        "1.* < 1.dev",
        "1.0dev < 1.0dev_",
        "! 1.0+1_",
    ];
    check_all(Scheme::Conda, &answers);
}

#[test]
fn a_revision_of_bitnami_comes_after_the_version_itself() {
    let answers = [
        "1.2.3 < 1.2.3-0",
        "1.2.3-2 < 1.2.3-11",
        "17.0.9-9 < 17.0.9-9-1",
        "1.2.3-4 < 1.2.4",
        "1.2.3-4+a = 1.2.3-4",
        "! 1.2",
        "! v1.2.3",
    ];
    check_all(Scheme::Bitnami, &answers);
}

#[test]
fn build_metadata_counts_in_dart_and_julia_only() {
    for scheme in [Scheme::Pub, Scheme::Julia] {
        let answers = ["1.0.0 < 1.0.0+1", "1.0.0+2 < 1.0.0+10", "1.0.0+1 < 1.0.0+a"];
        check_all(scheme, &answers);
    }
    for scheme in [Scheme::Semver, Scheme::Hex, Scheme::Swift, Scheme::Go, Scheme::Bitnami] {
        check_all(scheme, &["1.0.0 = 1.0.0+1", "1.0.0+2 = 1.0.0+10"]);
    }
}

#[test]
fn julia_marks_the_ends_of_a_release() {
    let answers = [
        "1.0.0- < 1.0.0-0",
        "1.0.0-0 < 1.0.0-a",
        "1.0.0+99.a < 1.0.0+",
        "1.0.0+ < 1.0.1-",
        "v1.0rc1 = 1.0.0-rc1",
        "! 1.0.0-+",
        "! 1.0.0.1",
    ];
    check_all(Scheme::Julia, &answers);
}

#[test]
fn letters_of_openssl_go_on_after_z() {
    let answers = [
        "1.0.2 < 1.0.2a",
        "1.0.2k < 1.0.2u",
        "1.0.2z < 1.0.2za",
        "1.0.2za < 1.0.2zk",
        "1.0.2zk < 1.0.3",
        "1.1.1-pre9 < 1.1.1",
        "1.1.1-pre9 < 1.1.1-pre10",
        "3.0.0-alpha17 < 3.0.0-beta1",
        "3.0.0-beta2 < 3.0.0",
        "1.0.2k-fips = 1.0.2K",
        "3.0 = 3.0.0",
    ];
    check_all(Scheme::Letters, &answers);
}

#[test]
fn patches_and_pre_releases_stand_around_a_version_with_letters() {
    let answers = [
        "9.6 < 9.6p1",
        "9.6p2 < 9.6p10",
        "9.6p1 < 9.7p1",
        "3.13.0a2 < 3.13.0b4",
        "3.13.0b4 < 3.13.0rc1",
        "3.13.0rc1 < 3.13.0",
        "8.5.0-DEV < 8.5.0",
        "10.6.12-MariaDB-log = 10.6.12",
        "1.8.0_392-b08 > 1.8.0_391-b09",
        "1.2.3-rc1 = 1.2.3-RC.1",
    ];
    check_all(Scheme::Letters, &answers);
}

/// Native orders that are not transitive, and are kept so.
const NOT_TRANSITIVE: [Scheme; 3] = [Scheme::Maven, Scheme::Pacman, Scheme::Conan];

#[test]
fn orders_that_are_not_transitive_are_kept_so() {
    check_all(Scheme::Maven, &["1-0-alpha < 1", "1 < 1-sp", "1-sp < 1-0-alpha"]);
    check_all(Scheme::Pacman, &["1.0-1 = 1.0", "1.0 = 1.0-2", "1.0-1 < 1.0-2"]);
    check_all(Scheme::Conan, &["10 < 1a", "1a < 9", "9 < 10"]);
}

#[test]
fn sorting_takes_any_order() {
    let mut versions = vec!["10", "9", "1-sp", "1", "1-0-alpha", "1-rc1", "\u{e4}", "2"];
    Scheme::Maven.sort(&mut versions);
    let position = |version: &str| versions.iter().position(|other| *other == version).unwrap();
    assert_eq!(versions.len(), 8);
    assert!(position("1-rc1") < position("9") && position("9") < position("10"), "{versions:?}");

    let mut versions: Vec<String> = (0..500).rev().map(|n| format!("1.{n}")).collect();
    versions.push("1.007".to_owned());
    Scheme::Pep440.sort(&mut versions);
    assert_eq!(versions[6..10], ["1.6", "1.7", "1.007", "1.8"]);
    assert_eq!(versions[500], "1.499");
}

#[test]
fn what_is_no_place_in_an_order_is_refused() {
    check_all(Scheme::Go, &["! (devel)", "! v", "! vv1.0.0", "! go1.21.3"]);
    check_all(Scheme::Pacman, &["! a:1.0-1", "! 1.0-", "! 1:-1", "! 1.0\t1"]);
    check_all(Scheme::Opam, &["! 1:1.0", "! 1.0!"]);
    check_all(Scheme::Conda, &["! *", "! _", "! 1.0+", "! 1.0-a_b", "! a!1"]);
    check_all(Scheme::Conan, &["! -1", "! +1", "! 1.0/2", "! 1:0"]);
    check_all(Scheme::Letters, &["! k", "! vv1", "! openssl-1.0.2"]);
    check_all(Scheme::Composer, &["! dev-master", "! master", "! dev-1.0", "! x-dev"]);
    check_all(Scheme::Rpm, &["! a:1.0-1", "! 1.0-", "! 1:-1", "! 1.0\t1"]);
}

#[test]
fn a_missing_epoch_of_an_rpm_is_zero() {
    let answers =
        ["1.0-1 = 0:1.0-1", "1.0-1 < 1:0.1-1", "1:1.0-1 < 10:0.1-1", "1.0 < 1.0-0", "1.0 = 0:1.0"];
    check_all(Scheme::Rpm, &answers);
}

#[test]
fn build_metadata_of_a_go_module_does_not_count() {
    let answers = [
        "v2.0.0+incompatible = 2.0.0",
        "v0.0.0-20240102030405-0123456789ab < v0.0.0-20240102030406-0123456789ab",
        "v1.2.4-0.20240102030405-0123456789ab > 1.2.3",
        "v1.2.4-0.20240102030405-0123456789ab < v1.2.4",
    ];
    check_all(Scheme::Go, &answers);
}

#[test]
fn white_space_around_a_version_does_not_count() {
    for scheme in [
        Scheme::Deb,
        Scheme::Pep440,
        Scheme::Semver,
        Scheme::Gem,
        Scheme::Composer,
        Scheme::Nuget,
        Scheme::Conda,
        Scheme::Letters,
    ] {
        assert_eq!(scheme.compare(" \t1.0 ", "1.0"), Ok(Ordering::Equal), "{scheme}");
        assert!(!scheme.is_valid("1.0 1"), "{scheme}");
    }
    for scheme in [Scheme::Apk, Scheme::Rpm, Scheme::Go, Scheme::Maven] {
        assert!(!scheme.is_valid(" 1.0"), "{scheme}");
    }
}

#[test]
fn nothing_is_no_version() {
    for scheme in Scheme::ALL {
        for text in ["", " ", "\0", "-", ":", "~", "\u{e4}"] {
            let is_valid = match scheme {
                // dpkg warns about a version that begins with something else than a digit.
                Scheme::Deb => matches!(text, "~" | "\0" | "\u{e4}"),
                // opam minds the characters only.
                Scheme::Opam => matches!(text, "~" | "-"),
                _ => false,
            };
            assert_eq!(scheme.is_valid(text), is_valid, "{scheme} {text:?}");
        }
    }
}

/// Texts near the grammar of every scheme, and any text at all.
fn text() -> impl Strategy<Value = String> {
    const WORDS: [&str; 22] = [
        "alpha", "beta", "rc", "pre", "post", "dev", "_p", "_git", "-r", "~", "+", "-", "!", ":",
        "v", "_", "^", ".", "sp", "final", "-0.", ".x",
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
    fn orders_are_transitive(versions in prop::collection::vec(text(), 3..8)) {
        for scheme in Scheme::ALL.into_iter().filter(|scheme| !NOT_TRANSITIVE.contains(scheme)) {
            let versions: Vec<String> =
                versions.iter().filter(|version| scheme.is_valid(version)).cloned().collect();
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
