//! An image of applications in eight languages, which lies outside of the repository, against what
//! its read-me says of it, line by line. What the read-me only counts was listed with the native
//! tools: `objcopy` and `zlib` for the crates in the program, `go version -m` for the modules, and a
//! reader of JSON for the rest.

use crate::support::engine;
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package, Presence};
use lazaret_image::{OpenOptions, Target, open};
use lazaret_scan::{Options, scan};
use std::path::Path;

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn langmix(all_layers: bool) -> Option<Inventory> {
    let shared = "../../../shared/corpus/images/oci/langmix-mini";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(shared);
    if !path.is_dir() {
        println!("skipped: the corpus is not here");
        return None;
    }
    let source = open(&Target::Input(path), &OpenOptions::default()).unwrap();
    let options = Options { all_layers, ..Options::default() };
    Some(scan(&engine(), &source, 0, &options).unwrap().inventory)
}

/// Name and version of the packages that were read from this file, sorted; in parentheses what is
/// not installed.
fn at(found: &Inventory, place: &str) -> Vec<String> {
    let here = |package: &&Package| package.locations.iter().any(|l| l.path.as_str() == place);
    let mut rows: Vec<String> = found.packages.iter().filter(here).map(row).collect();
    rows.sort();
    rows
}

fn row(package: &Package) -> String {
    let Package { name, version, .. } = package;
    match package.presence {
        Presence::Installed => format!("{name} {version}"),
        Presence::Declared => format!("({name} {version})"),
        Presence::DeclaredDev => format!("(dev: {name} {version})"),
        Presence::Described => format!("(described: {name} {version})"),
    }
}

fn of(found: &Inventory, ecosystem: Ecosystem) -> impl Iterator<Item = &Package> {
    found.packages.iter().filter(move |package| package.ecosystem == ecosystem)
}

#[test]
fn every_package_of_the_read_me_is_found_and_nothing_is_a_problem() {
    let Some(found) = langmix(false) else { return };
    assert_eq!(of(&found, Ecosystem::Deb).count(), 96);
    let django: Vec<String> = of(&found, Ecosystem::Pypi)
        .filter(|package| package.name.eq_ignore_ascii_case("django"))
        .map(row)
        .collect();
    assert_eq!(django, ["Django 2.2.28"]);
    assert_eq!(of(&found, Ecosystem::Pypi).count(), 18);

    let installed = || of(&found, Ecosystem::Npm).filter(|p| p.presence == Presence::Installed);
    assert_eq!(installed().count(), 270 + 1);
    assert_eq!(at(&found, "app/node_modules/lodash/package.json"), ["lodash 4.17.21"]);
    let mut minimist: Vec<String> = installed()
        .filter(|package| package.name == "minimist")
        .flat_map(|package| package.locations.iter().map(|at| (&package.version, at.path.as_str())))
        .filter(|(_, path)| path.ends_with("/package.json"))
        .map(|(version, path)| format!("{version} {path}"))
        .collect();
    minimist.sort();
    let expected = [
        "0.0.10 app/node_modules/optimist/node_modules/minimist/package.json",
        "0.0.8 app/node_modules/mkdirp/node_modules/minimist/package.json",
    ];
    assert_eq!(minimist, expected);
    let problems: Vec<_> = found.problems.iter().filter(|p| p.extractor.is_some()).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn what_later_layers_removed_is_listed_with_all_layers() {
    let Some(found) = langmix(true) else { return };
    let mut gone: Vec<String> = found
        .packages
        .iter()
        .filter(|package| package.removed_in.is_some() && package.presence == Presence::Installed)
        .map(row)
        .collect();
    gone.sort();
    assert_eq!(gone, ["Django 2.2", "lodash 4.17.15", "minimist 1.2.0"]);
}

#[test]
fn shaded_and_nested_archives_are_read() {
    let Some(found) = langmix(false) else { return };
    // The read-me names the libraries; their groups are those of the project files in them, and for
    // Gson, which has none, that of its releases.
    let war = |war: &str| {
        [
            format!("com.example.shop:shop-web 1.4.2 {war}"),
            format!("commons-io:commons-io 2.5 {war}!WEB-INF/lib/commons-io-2.5.jar"),
            format!(
                "org.apache.commons:commons-compress 1.20 {war}!WEB-INF/lib/commons-compress-1.20.jar"
            ),
            format!("org.yaml:snakeyaml 1.24 {war}!WEB-INF/lib/snakeyaml-1.24.jar"),
        ]
    };
    let mut expected = [
        "log4j:log4j 1.2.17 opt/jars/log4j-1.2.17.jar",
        "com.fasterxml.jackson.core:jackson-databind 2.10.0 opt/jars/jackson-databind-2.10.0.jar",
        "org.apache.commons:commons-text 1.6 opt/jars/commons-text-1.6.jar",
        "commons-collections:commons-collections 3.2.2 opt/jars/commons-collections-3.2.2.jar",
        "com.example:api 0.9.0 opt/api/api-0.9.0.jar",
        "com.google.code.gson:gson 2.2.4 opt/api/api-0.9.0.jar!BOOT-INF/lib/gson-2.2.4.jar",
        "org.apache.commons:commons-lang3 3.10 opt/api/api-0.9.0.jar!BOOT-INF/lib/commons-lang3-3.10.jar",
    ]
    .map(str::to_owned)
    .to_vec();
    expected.extend(war("opt/tomcat/webapps/shop-web-1.4.2.war"));
    expected.extend(war("opt/ear/shop.ear!shop-web-1.4.2.war"));
    expected.sort();
    let mut java: Vec<String> = of(&found, Ecosystem::Maven)
        .map(|package| {
            let places: Vec<&str> = package.locations.iter().map(|l| l.path.as_str()).collect();
            format!("{} {}", row(package), places.join(" "))
        })
        .collect();
    java.sort();
    assert_eq!(java, expected);
}

#[test]
fn programs_give_the_modules_they_were_built_from() {
    let Some(found) = langmix(false) else { return };
    // Of 18 crates, `autocfg` was only needed for building.
    let crates = [
        "aho-corasick 0.7.20",
        "auditbin 0.3.1",
        "base64 0.13.0",
        "chrono 0.4.19",
        "itoa 0.4.8",
        "libc 0.2.191",
        "memchr 2.8.3",
        "num-integer 0.1.47",
        "num-traits 0.2.19",
        "regex 1.5.4",
        "regex-syntax 0.6.29",
        "ryu 1.0.23",
        "serde 1.0.229",
        "serde_core 1.0.229",
        "serde_json 1.0.64",
        "smallvec 1.6.0",
        "time 0.1.45",
    ];
    assert_eq!(at(&found, "usr/local/bin/auditbin"), crates);
    let modules = at(&found, "usr/local/bin/esbuild");
    assert_eq!(modules.len(), 3, "{modules:?}");
    // Its build information has no version of itself.
    assert!(modules[0].starts_with("github.com/evanw/esbuild "), "{modules:?}");
    assert_eq!(
        modules[1..],
        ["golang.org/x/sys v0.0.0-20210908233432-aa78b53d3365", "stdlib 1.17.2"]
    );
}

#[test]
fn both_deps_files_give_their_packages() {
    let Some(found) = langmix(false) else { return };
    let legacy = ["Newtonsoft.Json 12.0.1", "System.Text.Encodings.Web 4.5.0", "log4net 2.0.8"];
    assert_eq!(at(&found, "srv/legacyapi/LegacyApi.deps.json"), legacy);
    // Two of its entries have files.
    let runtime = [
        "(Microsoft.NETCore.App 2.1.30)",
        "(Microsoft.NETCore.DotNetHostPolicy 2.1.30)",
        "(Microsoft.NETCore.Platforms 2.1.14)",
        "(Microsoft.NETCore.Targets 2.0.0)",
        "(NETStandard.Library 2.0.3)",
        "runtime.linux-x64.Microsoft.NETCore.App 2.1.30",
        "runtime.linux-x64.Microsoft.NETCore.DotNetHostPolicy 2.1.30",
    ];
    let place = "opt/dotnet/shared/Microsoft.NETCore.App/2.1.30/Microsoft.NETCore.App.deps.json";
    assert_eq!(at(&found, place), runtime);
    assert_eq!(of(&found, Ecosystem::Nuget).count(), legacy.len() + runtime.len());
}

#[test]
fn lock_files_are_declared() {
    let Some(found) = langmix(false) else { return };
    for (file, expected) in [
        (
            "srv/go/go.mod",
            &[
                "(github.com/gin-gonic/gin v1.6.3)",
                "(golang.org/x/crypto v0.0.0-20200622213623-75b288015ac9)",
                "(gopkg.in/yaml.v2 v2.2.2)",
            ][..],
        ),
        (
            "srv/ruby/Gemfile.lock",
            &[
                "(actionpack 5.2.0)",
                "(actionview 5.2.0)",
                "(mini_portile2 2.3.0)",
                "(nokogiri 1.8.2)",
                "(rack 2.0.5)",
            ],
        ),
        (
            "srv/php/composer.lock",
            &[
                "(dev: phpunit/phpunit 7.5.0)",
                "(guzzlehttp/guzzle 6.3.3)",
                "(symfony/http-foundation v4.2.0)",
            ],
        ),
    ] {
        assert_eq!(at(&found, file), expected, "{file}");
    }
    let lock = at(&found, "srv/rust/Cargo.lock");
    // Of 27 entries one is the project itself.
    assert_eq!(lock.len(), 26, "{lock:?}");
    assert!(lock.contains(&"(wasi 0.10.0+wasi-snapshot-preview1)".to_owned()));
}
