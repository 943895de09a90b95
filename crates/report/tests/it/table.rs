//! The table, read as a person reads it. The snapshots were written once by the program and then
//! read line by line; what must hold for every table is asserted beside them.

use crate::recipe::{Recipe, shop, suppress};
use lazaret_core::image::BaseImage;
use lazaret_core::problem::ProblemKind;
use lazaret_core::report::{Report, TargetKind};
use lazaret_core::severity::Severity;
use lazaret_core::verdict::{Effect, Verdict};
use lazaret_report::{Format, Reports, TableOptions, WriteOptions, write};
use unicode_width::UnicodeWidthStr;

fn options() -> TableOptions {
    let today = time::Date::from_calendar_date(2026, time::Month::November, 21).unwrap();
    TableOptions { today: Some(today), ..TableOptions::default() }
}

fn print(reports: Vec<Report>, options: TableOptions) -> String {
    let mut out = Vec::new();
    let options = WriteOptions { table: options, ..WriteOptions::default() };
    write(Format::Table, &Reports(reports), &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The table of one report, after the checks every table must pass.
fn table(report: Report, options: TableOptions) -> String {
    let width = options.width;
    let color = options.color;
    let text = print(vec![report], options);
    assert!(text.ends_with('\n') && !text.contains("\n\n\n"), "blank lines:\n{text}");
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "spaces at the end");
        if !color {
            assert!(line.width() <= width, "{} columns: {line}", line.width());
            assert!(!line.contains(|c: char| c.is_control()), "a control character: {line:?}");
        }
    }
    text
}

#[test]
fn shop_at_80_columns() {
    insta::assert_snapshot!(table(shop().build(), options()));
}

#[test]
fn shop_at_160_columns() {
    insta::assert_snapshot!(table(shop().build(), TableOptions { width: 160, ..options() }));
}

#[test]
fn shop_at_120_columns() {
    insta::assert_snapshot!(table(shop().build(), TableOptions { width: 120, ..options() }));
}

#[test]
fn shop_at_60_columns_in_ascii() {
    let text = table(shop().build(), TableOptions { width: 60, unicode: false, ..options() });
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn color_repeats_what_the_words_say() {
    let colored = table(shop().build(), TableOptions { color: true, ..options() });
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let trimmed: Vec<&str> = plain.lines().map(str::trim_end).collect();
    assert_eq!(trimmed.join("\n") + "\n", table(shop().build(), options()));
    insta::assert_snapshot!(colored.replace('\x1b', "^"));
}

#[test]
fn no_findings() {
    let mut clean = Recipe::debian();
    clean.deb(0, "apt", "apt", "2.6.1");
    clean.python(3, "gunicorn", "22.0.0");
    clean.decision("fail-on:HIGH", Effect::Pass, "no finding is HIGH or worse");
    insta::assert_snapshot!(table(clean.build(), options()));
}

#[test]
fn no_packages_no_gate_no_clock() {
    let mut empty = Recipe::debian();
    empty.report.inventory.os = None;
    empty.report.image.platform = None;
    empty.report.image.digest = None;
    empty.report.image.config_digest = None;
    empty.report.target = TargetKind::Rootfs;
    empty.report.image.name = "rootfs".into();
    let database = empty.report.provenance.database.as_mut().unwrap();
    database.segments.clear();
    database.newest = None;
    insta::assert_snapshot!(table(empty.build(), TableOptions::default()));
}

#[test]
fn listed_only() {
    let mut listed = shop();
    listed.report.findings.clear();
    listed.report.verdict = Verdict::default();
    listed.report.provenance.database = None;
    insta::assert_snapshot!(table(
        listed.build(),
        TableOptions { list_all_packages: true, ..options() }
    ));
}

fn with_suppressed() -> Report {
    let mut shop = shop();
    let owned = "the distribution owns these files, its advisories decide";
    for finding in &mut shop.report.findings {
        if ["CVE-2021-33503", "CVE-2023-45803"].contains(&finding.id.as_str()) {
            suppress(finding, "owned-by-distribution", owned, None);
        }
        if finding.id == "CVE-2020-8203" {
            suppress(
                finding,
                ".lazaretignore:7",
                "zipObjectDeep is never called",
                Some("2027-01-31"),
            );
        }
    }
    shop.build()
}

#[test]
fn suppressed_are_counted() {
    let text = table(with_suppressed(), options());
    assert!(text.contains("3 suppressed (2 owned-by-distribution, 1 .lazaretignore)"), "{text}");
    assert!(!text.contains("CVE-2020-8203"));
}

#[test]
fn suppressed_are_listed_when_asked_for() {
    let options = TableOptions { show_suppressed: true, ..options() };
    insta::assert_snapshot!(table(with_suppressed(), options));
}

#[test]
fn what_is_left_out_is_counted() {
    let options = TableOptions {
        severities: [Severity::High, Severity::Critical].into(),
        ignore_unfixed: true,
        ..options()
    };
    let text = table(shop().build(), options);
    assert!(!text.contains("MEDIUM") && !text.contains("no fix planned"));
    insta::assert_snapshot!(text);
}

#[test]
fn problems_and_what_is_not_covered() {
    let mut broken = shop();
    broken.problem(
        ProblemKind::Parse,
        Some((4, "app/legacy/package-lock.json")),
        "not JSON: expected `,` or `}` at line 3 column 5",
    );
    broken.report.inventory.problems[0].extractor = Some("npm/package-lock".into());
    broken.problem(ProblemKind::Layer, Some((2, "")), "the layer ends in the middle of an entry");
    broken.problem(
        ProblemKind::Coverage,
        None,
        "3 packages of third-party repositories: no advisory source knows them",
    );
    broken.decision(
        "incomplete",
        Effect::Incomplete,
        "2 problems: something that the rules need was not scanned, and what was not scanned \
         cannot pass",
    );
    insta::assert_snapshot!(table(broken.build(), options()));
}

#[test]
fn nothing_found_in_a_broken_image_is_not_called_clean() {
    let mut broken = Recipe::debian();
    broken.deb(0, "apt", "apt", "2.6.1");
    broken.problem(ProblemKind::Limit, None, "the layer is larger than allowed");
    let text = table(broken.build(), options());
    assert!(text.contains(
        "0 findings, incomplete: no known vulnerabilities in what could be checked of 1\n  package\n"
    ));
}

fn kernel() -> Report {
    let mut kernel = Recipe::debian();
    let headers = kernel.deb(0, "linux", "linux-libc-dev", "6.1.55-1");
    for n in 0..300 {
        let score = [9.8, 7.8, 5.5, 5.5, 3.3][n % 5];
        let fixed: &[&str] = if n % 3 == 0 { &[] } else { &["6.1.128-1"] };
        kernel.finding(headers, &format!("CVE-2024-{}", 26_000 + n), score, fixed);
    }
    let apt = kernel.deb(0, "apt", "apt", "2.6.1");
    kernel.finding(apt, "CVE-2011-3374", 3.7, &[]);
    kernel.build()
}

#[test]
fn many_findings_of_one_package() {
    insta::assert_snapshot!(table(kernel(), options()));
}

#[test]
fn many_packages_of_one_source() {
    let mut many = Recipe::debian();
    for name in [
        "bsdextrautils",
        "bsdutils",
        "eject",
        "fdisk",
        "libblkid1",
        "libfdisk1",
        "libmount1",
        "libsmartcols1",
        "libuuid1",
        "mount",
        "util-linux",
        "util-linux-extra",
        "uuid-dev",
    ] {
        let package = many.deb(0, "util-linux", name, "2.38.1-5+b1");
        many.finding(package, "CVE-2024-28085", 8.4, &["2.38.1-5+deb12u1"]);
        many.finding(package, "CVE-2022-0563", 3.9, &[]);
    }
    insta::assert_snapshot!(table(many.build(), options()));
}

#[test]
fn npm_packages_other_packages_bring() {
    let mut image = Recipe::debian();
    image.report.image.set_base(BaseImage::default());
    let global = "usr/local/lib/node_modules/npm";
    let npm = image.npm_folder(1, &format!("{global}/package.json"), "npm", "8.1.0");
    let nested = format!("{global}/node_modules/tar/package.json");
    let tar = image.npm_folder(1, &nested, "tar", "6.1.0");
    let one = image.npm_folder(4, "app/node_modules/qs/package.json", "qs", "6.5.2");
    let two = image.npm_folder(4, "app/node_modules/a/node_modules/qs/package.json", "qs", "6.5.2");
    let old = image.npm(4, "minimist", "0.0.8");
    let new = image.npm(4, "minimist", "1.2.5");
    image.finding(npm, "CVE-2022-29244", 7.5, &["8.11.0"]);
    image.finding(tar, "CVE-2021-32803", 8.1, &["6.1.2"]);
    image.finding(one, "CVE-2022-24999", 7.5, &["6.5.3"]);
    image.finding(two, "CVE-2022-24999", 7.5, &["6.5.3"]);
    image.finding(old, "CVE-2021-44906", 9.8, &["0.2.4", "1.2.6"]);
    image.finding(new, "CVE-2021-44906", 9.8, &["1.2.6"]);
    insta::assert_snapshot!(table(image.build(), options()));
}

#[test]
fn alpine_packages_are_upgraded_by_apk() {
    let mut image = Recipe::debian();
    image.report.image.layers.truncate(1);
    image.report.image.set_base(BaseImage::default());
    let os = &mut image.report.inventory.os.as_mut().unwrap().os;
    (os.id, os.version) = ("alpine".into(), Some("3.20.3".into()));
    let busybox = image.apk("busybox", "1.36.1-r29");
    image.finding(busybox, "CVE-2023-42364", 5.5, &["1.36.1-r30"]);
    let text = table(image.build(), options());
    // One layer needs no naming, and nothing is said of a base image that nobody told about.
    let expected = "
Alpine 3.20.3 packages · 1 finding in 1 package
  PACKAGE  INSTALLED   SEVERITY  ID              FIXED IN
  busybox  1.36.1-r29  MEDIUM    CVE-2023-42364  1.36.1-r30

  Fix  apk upgrade --no-cache busybox
";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn distroless_images_have_no_package_manager() {
    let mut image = Recipe::debian();
    let package = image.deb(0, "openssl", "libssl3", "3.0.11-1~deb12u2");
    image.report.inventory.packages[0].locations[0].path =
        crate::recipe::path("var/lib/dpkg/status.d/libssl3");
    image.finding(package, "CVE-2024-5535", 9.1, &["3.0.15-1~deb12u1"]);
    let text = table(image.build(), options());
    assert!(text.contains("Fix  rebuild on a newer base image"), "{text}");
    assert!(!text.contains("apt-get"));
}

fn hostile() -> Report {
    let mut image = Recipe::debian();
    image.report.image.name = "evil\x1b]0;owned\x07\x1b[2J/app:\u{202e}tset".into();
    image.report.image.layers[4].created_by =
        Some("RUN echo \x1b[31m\r\nVerdict: pass\u{9b}2J".into());
    if let Some(found) = &mut image.report.inventory.os {
        found.os.pretty_name = Some("Debian\x1b[8m\nNo known vulnerabilities".into());
    }
    let shell = image.npm(4, "x; rm -rf ~ #", "1.0.0");
    let option = image.npm(4, "--global", "1.0.0");
    let escape = image.npm(4, "left\x1b[2Kpad\u{200b}\u{202e}", "1.0.0\r\nVerdict: pass");
    let long = image.npm(4, &"aaaaaaaaaa".repeat(1_000), &"9".repeat(5_000));
    let wide = image.npm(4, &"名前".repeat(30), "1.0.0");
    let fine = image.npm(4, "lodash", "4.17.15");
    for package in [shell, option, escape, long, wide, fine] {
        image.finding(package, "CVE-2021-23337", 7.2, &["4.17.21"]);
    }
    let minimist = image.npm(4, "minimist", "1.2.5");
    image.finding(minimist, "CVE-2021-44906", 9.8, &["1.2.6"]);
    image.finding(fine, &format!("CVE-{}\x1b[0m", "1".repeat(300)), 9.8, &[&"8".repeat(300)]);
    image.problem(
        ProblemKind::Parse,
        Some((4, "app/\x1b[2J\n/package-lock.json")),
        &format!("bad\x07 {}", "z".repeat(200)),
    );
    image.decision("rule\x1b[1m", Effect::Fail, "because\nVerdict: pass");
    image.build()
}

#[test]
fn hostile_names_stay_text() {
    insta::assert_snapshot!(table(hostile(), options()));
}

#[test]
fn hostile_names_reach_no_command_and_bring_no_color() {
    for width in [0, 60, 80, 160, 10_000] {
        let all = TableOptions {
            width,
            color: true,
            show_suppressed: true,
            list_all_packages: true,
            ..options()
        };
        let mut report = hostile();
        suppress(&mut report.findings[1], "by\x1b[2J", "why\n\x07", Some("\x1b"));
        let text = print(vec![report], all);
        // Every escape that is left is one of our colors: `ESC [ digits ; … m`.
        for escape in text.split('\x1b').skip(1) {
            let end = escape.trim_start_matches(|c: char| "[0123456789;".contains(c));
            assert!(escape.starts_with('[') && end.starts_with('m'), "{escape:?}");
        }
        assert!(!text.contains(|c: char| c.is_control() && !"\n\x1b".contains(c)));
        assert!(!text.contains('\u{202e}') && !text.contains('\u{200b}'));
        let commands = text.lines().filter(|line| line.contains("npm install"));
        assert!(commands.clone().count() > 0);
        for command in commands {
            assert!(!command.contains("rm -rf") && !command.contains("--global"), "{command}");
        }
    }
}

#[test]
fn several_images_have_a_heading_each_and_a_total() {
    let mut arm = Recipe::debian();
    arm.report.image.platform = Some("linux/arm64".parse().unwrap());
    arm.deb(0, "apt", "apt", "2.6.1");
    arm.decision("fail-on:HIGH", Effect::Pass, "no finding is HIGH or worse");
    let mut amd = Recipe::debian();
    let package = amd.deb(0, "openssl", "libssl3", "3.0.11-1~deb12u2");
    amd.finding(package, "CVE-2024-5535", 9.1, &["3.0.15-1~deb12u1"]);
    amd.decision("fail-on:HIGH", Effect::Fail, "1 finding is HIGH or worse");
    insta::assert_snapshot!(print(vec![amd.build(), arm.build()], options()));
    assert_eq!(print(vec![], options()), "Nothing was scanned.\n");
}

#[test]
fn a_database_from_after_today_is_told() {
    let early = time::Date::from_calendar_date(2026, time::Month::July, 1).unwrap();
    let text = table(shop().build(), TableOptions { today: Some(early), ..options() });
    assert!(text.contains("newest record 2026-07-23 (after today: check the clock)"));
}

#[test]
fn every_width_holds_its_lines() {
    for width in 60..=200 {
        for unicode in [true, false] {
            let all = TableOptions {
                width,
                unicode,
                show_suppressed: true,
                list_all_packages: true,
                ..options()
            };
            for report in [shop().build(), with_suppressed(), kernel(), hostile()] {
                table(report, all.clone());
            }
        }
    }
}
