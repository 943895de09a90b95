//! `squash(layers) = extract(flattened image)`, for layers as a builder could write them.

use crate::support::{APK_BASE, APK_MORE, ONE, inventory, package_json, source, without_layers};
use lazaret_core::limits::Limits;
use lazaret_scan::cache::MemoryCache;
use lazaret_scan::{Engine, extract_image};
use lazaret_testkit::{Entry, Layer, flatten};
use proptest::prelude::*;

const FILES: &[&str] = &[
    "app/package.json",
    "app/node_modules/x/package.json",
    "app/node_modules/y/package.json",
    "app/node_modules/x/node_modules/y/package.json",
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "etc/os-release",
    "usr/lib/os-release",
    "usr/lib/python3/foo-1.0.dist-info/METADATA",
    "srv/foo-1.0.dist-info/METADATA",
    "data/installed",
    "data/plain",
    "app/plain",
    "nix/store/4kr83jls18m0ab0s8pmivh2w6i3nni91-hello-2.12.1/package.json",
];

/// Folders of the files above, which may be deleted, opaque, or something other than a folder.
const FOLDERS: &[&str] = &[
    "app",
    "app/node_modules",
    "app/node_modules/x",
    "lib",
    "lib/apk/db",
    "usr/lib",
    "etc",
    "data",
    "srv",
    "nix",
    "nix/store",
    "nix/store/4kr83jls18m0ab0s8pmivh2w6i3nni91-hello-2.12.1",
];

const LINKS: &[(&str, &str)] = &[
    ("lib", "usr/lib"),
    ("lib/apk/db", "/data"),
    ("lib/apk/db/installed", "../../../data/installed"),
    ("etc/os-release", "../usr/lib/os-release"),
    ("app/node_modules", "/srv"),
    ("app/node_modules/x", "y"),
    ("data", "srv"),
    ("srv", "app"),
    ("nix/store", "/data"),
    ("nix/store/4kr83jls18m0ab0s8pmivh2w6i3nni91-hello-2.12.1", "/srv"),
];

fn content(path: &str, version: u8) -> String {
    match path.rsplit('/').next().unwrap() {
        "package.json" => {
            package_json(if path.contains('x') { "x" } else { "y" }, &format!("1.{version}.0"))
        }
        "installed" if version == 0 => APK_BASE.to_owned(),
        "installed" => format!("{APK_BASE}{APK_MORE}"),
        "os-release" => format!("ID=alpine\nVERSION_ID=3.{version}.0\n"),
        "METADATA" => format!("Metadata-Version: 2.1\nName: foo\nVersion: 1.{version}\n"),
        _ => "plain".to_owned(),
    }
}

#[derive(Clone, Debug)]
enum Step {
    File(usize, u8),
    Folder(usize),
    FileAtFolder(usize),
    Link(usize),
    DeleteFile(usize),
    DeleteFolder(usize),
    Opaque(usize),
    Hardlink(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..FILES.len(), 0_u8..3).prop_map(|(file, version)| Step::File(file, version)),
        2 => (0..FOLDERS.len()).prop_map(Step::Folder),
        1 => (0..FOLDERS.len()).prop_map(Step::FileAtFolder),
        2 => (0..LINKS.len()).prop_map(Step::Link),
        2 => (0..FILES.len()).prop_map(Step::DeleteFile),
        1 => (0..FOLDERS.len()).prop_map(Step::DeleteFolder),
        1 => (0..FOLDERS.len()).prop_map(Step::Opaque),
        1 => (0..FILES.len(), 0..FILES.len()).prop_map(|(to, from)| Step::Hardlink(to, from)),
    ]
}

/// A layer of these steps, less those that contradict an earlier one: a builder writes each path
/// once, nothing below what is no folder, and hard links only to files of the same layer.
fn layer(steps: &[Step]) -> Layer {
    let mut layer = Layer::new("RUN");
    for step in steps {
        let entry = match step {
            Step::File(file, version) => {
                let path = FILES[*file];
                Layer::new("").file(path, content(path, *version))
            }
            Step::Folder(folder) => Layer::new("").folder(FOLDERS[*folder]),
            Step::FileAtFolder(folder) => Layer::new("").file(FOLDERS[*folder], "a file"),
            Step::Link(link) => Layer::new("").symlink(LINKS[*link].0, LINKS[*link].1),
            Step::DeleteFile(file) => Layer::new("").whiteout(FILES[*file]),
            Step::DeleteFolder(folder) => Layer::new("").whiteout(FOLDERS[*folder]),
            Step::Opaque(folder) => Layer::new("").opaque(FOLDERS[*folder]),
            Step::Hardlink(to, from) => Layer::new("").hardlink(FILES[*to], FILES[*from]),
        };
        let entry = entry.entries.into_iter().next().unwrap();
        if matches!(step, Step::FileAtFolder(_) | Step::Folder(_))
            && behind_links(entry.path()) != entry.path()
        {
            // A difference between file systems names real paths; only files that somebody wants
            // are looked for behind links as well.
            continue;
        }
        if fits(&layer, &entry) {
            layer = layer.entry(entry);
        }
    }
    // Archives name a folder before what is in it.
    layer.entries.sort_by_key(|entry| !matches!(entry, Entry::Folder { .. }));
    layer
}

fn fits(layer: &Layer, entry: &Entry) -> bool {
    // A builder sees through links that lower layers may have; so it cannot write `lib/x` and make
    // `usr/lib` a file in one layer.
    fits_as(layer, entry, &|path| path.to_owned()) && fits_as(layer, entry, &behind_links)
}

/// Where a path would be if every link there may be were there.
fn behind_links(path: &str) -> String {
    let mut path = path.to_owned();
    for _ in 0..8 {
        let link =
            LINKS.iter().find(|(link, _)| path == *link || path.starts_with(&format!("{link}/")));
        let Some((link, target)) = link else { break };
        let target = match *link {
            "lib/apk/db/installed" => "data/installed",
            "etc/os-release" => "usr/lib/os-release",
            "app/node_modules/x" => "app/node_modules/y",
            _ => target.trim_start_matches('/'),
        };
        path = format!("{target}{}", &path[link.len()..]);
    }
    path
}

fn fits_as(layer: &Layer, entry: &Entry, place: &dyn Fn(&str) -> String) -> bool {
    let path = place(&hidden(entry.path()));
    let inside = |path: &str, folder: &str| path.starts_with(&format!("{folder}/"));
    let clashes = layer.entries.iter().any(|there| {
        let other = place(&hidden(there.path()));
        let both_folders = matches!(there, Entry::Folder { .. }) || is_opaque(there);
        path == other
            && !(both_folders
                && (is_opaque(entry) || matches!(entry, Entry::Folder { .. }))
                && is_opaque(there) != is_opaque(entry))
            || inside(&path, &other) && !both_folders
            || inside(&other, &path) && !(matches!(entry, Entry::Folder { .. }) || is_opaque(entry))
    });
    let target_is_there = match entry {
        Entry::Hardlink { target, .. } => layer
            .entries
            .iter()
            .any(|there| matches!(there, Entry::File { path, .. } if path == target)),
        _ => true,
    };
    !clashes && target_is_there
}

fn is_opaque(entry: &Entry) -> bool {
    entry.path().ends_with("/.wh..wh..opq")
}

/// The path a whiteout speaks of.
fn hidden(path: &str) -> String {
    if let Some(folder) = path.strip_suffix("/.wh..wh..opq") {
        return folder.to_owned();
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.strip_prefix(".wh.").unwrap_or(name);
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn same(layers: &[Layer]) -> (Vec<String>, Vec<String>) {
    let flat = flatten(layers);
    (without_layers(&inventory(layers)), without_layers(&inventory(&[flat])))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]
    #[test]
    fn layers_squash_to_what_their_flattened_image_holds(
        steps in prop::collection::vec(prop::collection::vec(step(), 1..10), 1..6)
    ) {
        let layers: Vec<Layer> = steps.iter().map(|steps| layer(steps)).collect();
        let (squashed, flattened) = same(&layers);
        prop_assert_eq!(squashed, flattened);
    }
}

#[test]
fn deleted_packages_are_gone_and_rewritten_ones_keep_their_layer() {
    let base = Layer::new("ADD").file("lib/apk/db/installed", format!("{APK_BASE}{APK_MORE}"));
    let touch =
        Layer::new("RUN touch").file("lib/apk/db/installed", format!("{APK_BASE}{APK_MORE}"));
    let remove = Layer::new("RUN apk del").file("lib/apk/db/installed", APK_BASE);
    let inventory = inventory(&[base, touch, remove]);
    let seen: Vec<(&str, u32, u32)> = inventory
        .packages
        .iter()
        .map(|p| (p.name.as_str(), p.layer.0, p.locations[0].layer.0))
        .collect();
    // The layer that brought musl is the first; the file it was read from is in the last.
    assert_eq!(seen, [("musl", 0, 2)]);
}

#[test]
fn a_lock_file_and_the_installed_package_are_one() {
    let lock = r#"{"lockfileVersion":3,"packages":{"":{"name":"app","version":"1.0.0"},
        "node_modules/x":{"version":"1.0.0"},"node_modules/gone":{"version":"2.0.0"}}}"#;
    let layer = Layer::new("COPY")
        .file("srv/package-lock.json", lock)
        .file("app/package-lock.json", lock)
        .file("app/node_modules/x/package.json", package_json("x", "1.0.0"));
    let inventory = inventory(&[layer]);
    let seen: Vec<(&str, usize, bool)> = inventory
        .packages
        .iter()
        .map(|p| {
            let installed = p.presence == lazaret_core::package::Presence::Installed;
            (p.name.as_str(), p.locations.len(), installed)
        })
        .collect();
    // /srv has no node_modules: what its lock file names is all there is to know. In /app `gone` is
    // not installed, whatever the lock file says.
    assert_eq!(seen, [("gone", 1, false), ("x", 2, true), ("x", 1, false)]);
}

/// Name, version and number of locations of every package.
fn located(inventory: &lazaret_core::inventory::Inventory) -> Vec<(&str, &str, usize)> {
    let packages = inventory.packages.iter();
    packages.map(|p| (p.name.as_str(), p.version.as_str(), p.locations.len())).collect()
}

#[test]
fn modules_of_go_are_listed_once_for_a_project() {
    let sum =
        "a.example/x v1.0.0 h1:AA=\na.example/x v1.0.0/go.mod h1:AA=\na.example/y v0.9.0 h1:AA=\n";
    let require = "require a.example/x v1.0.0\n";
    let layer = Layer::new("COPY")
        // Since Go 1.17 the module file has all there is to know.
        .file("new/go.mod", format!("module new\ngo 1.21\n{require}"))
        .file("new/go.sum", sum)
        .file("new/vendor/modules.txt", "# a.example/x v1.0.0\n## explicit\na.example/x\n")
        // Before, only the checksums tell of `y`.
        .file("old/go.mod", format!("module old\ngo 1.16\n{require}"))
        .file("old/go.sum", sum);
    let inventory = inventory(&[layer]);
    let expected =
        [("a.example/x", "v1.0.0", 2), ("a.example/x", "v1.0.0", 3), ("a.example/y", "v0.9.0", 1)];
    let mut found = located(&inventory);
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn two_files_of_one_installed_package_are_one_package() {
    let json = r#"{"packages":[{"name":"psr/log","version":"1.1.4","license":["MIT"]}]}"#;
    let php =
        "<?php return array('versions' => array('psr/log' => array('pretty_version' => '1.1.4')));";
    let extension =
        r#"{"name":"Java","publisher":"redhat","version":"1.2.3","engines":{"vscode":"*"}}"#;
    let manifest = r#"<P><Identity Id="java" Publisher="RedHat" Version="1.2.3"/></P>"#;
    let layer = Layer::new("COPY")
        .file("app/vendor/composer/installed.json", json)
        .file("app/vendor/composer/installed.php", php)
        .file("x/extensions/redhat.java-1.2.3/package.json", extension)
        .file("x/extensions/redhat.java-1.2.3/.vsixmanifest", manifest);
    let inventory = inventory(&[layer]);
    assert_eq!(located(&inventory), [("psr/log", "1.1.4", 2), ("redhat/java", "1.2.3", 2)]);
}

#[test]
fn of_a_model_only_the_beginning_is_read() {
    let text = |text: &str| {
        [&u64::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat()
    };
    let header = [
        b"GGUF\x03\0\0\0".as_slice(),
        &[0; 8],
        &1_u64.to_le_bytes(),
        &text("general.name"),
        &8_u32.to_le_bytes(),
        &text("Tiny"),
    ];
    let mut model = header.concat();
    model.resize(3 << 20, 7);
    let layer = Layer::new("COPY")
        .file("models/tiny.gguf", model)
        .file("app/node_modules/x/package.json", package_json("x", "1.0.0"));
    let (source, _folder) = source(&[layer]);
    // Read whole, the file would be too large.
    let limits = Limits { file_bytes_max: 2 << 20, ..Limits::default() };
    let engine = Engine::with(limits, Box::new(MemoryCache::default()));
    let inventory = extract_image(&engine, &source, 0, ONE).unwrap();
    assert_eq!(inventory.problems, []);
    assert_eq!(located(&inventory), [("Tiny", "", 1), ("x", "1.0.0", 1)]);
}

#[test]
fn what_a_lock_file_says_of_installed_packages_becomes_edges() {
    let hidden = r#"{"lockfileVersion":3,"packages":{
        "node_modules/a":{"version":"1.0.0","dependencies":{"b":"*"}},
        "node_modules/a/node_modules/b":{"version":"2.0.0"},
        "node_modules/b":{"version":"1.0.0"}}}"#;
    let layer = Layer::new("RUN npm ci")
        .file("app/node_modules/.package-lock.json", hidden)
        .file("app/node_modules/a/package.json", package_json("a", "1.0.0"))
        .file("app/node_modules/a/node_modules/b/package.json", package_json("b", "2.0.0"))
        .file("app/node_modules/b/package.json", package_json("b", "1.0.0"));
    let inventory = inventory(&[layer]);
    assert_eq!(located(&inventory), [("a", "1.0.0", 2), ("b", "1.0.0", 2), ("b", "2.0.0", 2)]);
    let edges: Vec<(u32, u32)> = inventory.relations.iter().map(|r| (r.from.0, r.to.0)).collect();
    assert_eq!(edges, [(0, 2)]);
}

#[test]
fn what_npm_noted_and_a_later_layer_changed_is_not_there() {
    let hidden = r#"{"lockfileVersion":3,"packages":{
        "node_modules/gone":{"version":"1.2.0"},
        "node_modules/lodash":{"version":"4.17.15"}}}"#;
    for app in ["", "app/"] {
        let base = Layer::new("RUN npm ci")
            .file(&format!("{app}node_modules/.package-lock.json"), hidden)
            .file(&format!("{app}node_modules/gone/package.json"), package_json("gone", "1.2.0"))
            .file(
                &format!("{app}node_modules/lodash/package.json"),
                package_json("lodash", "4.17.15"),
            );
        let later = Layer::new("COPY").whiteout(&format!("{app}node_modules/gone")).file(
            &format!("{app}node_modules/lodash/package.json"),
            package_json("lodash", "4.17.21"),
        );
        assert_eq!(located(&inventory(&[base, later])), [("lodash", "4.17.21", 1)]);
        // Alone, it is all there is to know.
        let alone =
            Layer::new("COPY").file(&format!("{app}node_modules/.package-lock.json"), hidden);
        assert_eq!(located(&inventory(&[alone])), [("gone", "1.2.0", 1), ("lodash", "4.17.15", 1)]);
    }
}

#[test]
fn a_package_of_the_distribution_owns_its_python_module() {
    let status = "Package: python3-yaml\nStatus: install ok installed\nArchitecture: amd64\nVersion: 6.0-3\n\n";
    let metadata =
        |version: &str| format!("Metadata-Version: 2.1\nName: PyYAML\nVersion: {version}\n");
    let owned = "usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO";
    let layer = Layer::new("ADD")
        .symlink("lib", "usr/lib")
        .file("var/lib/dpkg/status", status)
        // The list says /lib, the archive /usr/lib.
        .file(
            "var/lib/dpkg/info/python3-yaml.list",
            format!("/lib\n/{}\n", owned.replace("usr/", "")),
        )
        .file(owned, metadata("6.0"))
        .file("opt/PyYAML-5.1.dist-info/METADATA", metadata("5.1"));
    let inventory = inventory(&[layer]);
    let owners: Vec<(&str, Option<u32>)> =
        inventory.packages.iter().map(|p| (p.version.as_str(), p.owner.map(|id| id.0))).collect();
    assert_eq!(owners, [("6.0-3", None), ("5.1", None), ("6.0", Some(0))]);
    assert_eq!(inventory.relations.len(), 1);
}
