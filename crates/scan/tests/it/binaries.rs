//! Programs that no package manager knows of, and what bills of materials describe: each once,
//! however many names, packages and documents speak of it.

use crate::support::inventory;
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package, Presence};
use lazaret_testkit::{Entry, Layer};
use std::path::Path;

/// A program that says this; the beginning alone makes it one.
fn program(layer: Layer, path: &str, says: &str) -> Layer {
    let mut content = [b"\x7fELF\x02\x01\x01\0", says.as_bytes()].concat();
    content.resize(2_048, 0);
    layer.entry(Entry::File { path: path.to_owned(), content, mode: 0o755 })
}

fn fixture(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../inventory/fixtures");
    std::fs::read(folder.join(path)).unwrap()
}

/// A program with a note that it is of `coreutils` 9.0-1.fc35; the rest only makes it large enough.
fn noted() -> Vec<u8> {
    let mut content = fixture("binary/note/good/usr/bin/ls");
    content.resize(4_096, 0);
    content
}

const BUSYBOX: &str = "\0BusyBox v1.36.1 (2024-01-01 00:00:00 UTC)\0";
const NGINX: &str = "\0nginx version: nginx/1.25.4\n\0";

fn debian(layer: Layer, maintainer: &str) -> Layer {
    let status = format!(
        "Package: nginx\nStatus: install ok installed\nMaintainer: {maintainer}\n\
         Architecture: amd64\nVersion: 1.25.4-1\n\n"
    );
    layer
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file("var/lib/dpkg/status", status)
        .file("var/lib/dpkg/info/nginx.list", "/.\n/usr\n/usr/sbin\n/usr/sbin/nginx\n")
}

fn found<'i>(inventory: &'i Inventory, ecosystem: Ecosystem, name: &str) -> Vec<&'i Package> {
    let is_it = |package: &&Package| package.ecosystem == ecosystem && package.name == name;
    inventory.packages.iter().filter(is_it).collect()
}

fn places(package: &Package) -> Vec<&str> {
    package.locations.iter().map(|location| location.path.as_str()).collect()
}

#[test]
fn a_program_with_many_names_is_one_package() {
    let layer = program(Layer::new("ADD"), "bin/[", BUSYBOX)
        .hardlink("bin/busybox", "bin/[")
        .hardlink("bin/sh", "bin/[")
        .symlink("bin/ls", "busybox");
    // `[` is no name that is looked for.
    assert!(inventory(&[layer]).packages.is_empty());
    let layer = program(Layer::new("ADD"), "bin/busybox", BUSYBOX)
        .hardlink("bin/[", "bin/busybox")
        .hardlink("bin/sh", "bin/busybox")
        .symlink("bin/ls", "busybox");
    let inventory = inventory(std::slice::from_ref(&layer));
    assert_eq!(inventory.packages.len(), 1);
    let package = &inventory.packages[0];
    assert_eq!((&*package.name, &*package.version), ("busybox", "1.36.1"));
    assert_eq!(package.purl, "pkg:generic/busybox@1.36.1");
    assert_eq!(places(package), ["bin/busybox"]);
    // Under its other names it is still there.
    let without = crate::support::inventory(&[layer, Layer::new("RUN").whiteout("bin/busybox")]);
    assert_eq!(without.packages.len(), 1);
}

#[test]
fn programs_of_a_product_in_one_folder_are_one_package() {
    let says = "\0util-linux 2.38.1\0";
    let layer = program(Layer::new("ADD"), "opt/bin/mount", says);
    let layer = program(layer, "opt/bin/umount", says);
    let layer = program(layer, "srv/bin/mount", "\0util-linux 2.38.1\0");
    let inventory = inventory(&[layer]);
    let listed = found(&inventory, Ecosystem::Generic, "util-linux");
    let all: Vec<Vec<&str>> = listed.iter().map(|package| places(package)).collect();
    assert_eq!(all, [vec!["opt/bin/mount", "opt/bin/umount"], vec!["srv/bin/mount"]]);
}

#[test]
fn a_program_of_the_distribution_is_not_listed_again() {
    let layer = debian(Layer::new("ADD"), "Debian Nginx Maintainers <x@alioth-lists.debian.net>");
    let layer = program(layer, "usr/sbin/nginx", NGINX);
    let layer = program(layer, "usr/local/sbin/nginx", NGINX);
    let inventory = inventory(&[layer]);
    let listed = found(&inventory, Ecosystem::Generic, "nginx");
    assert_eq!(listed.len(), 1);
    assert_eq!(places(listed[0]), ["usr/local/sbin/nginx"]);
    assert_eq!(listed[0].owner, None);
    assert!(inventory.relations.is_empty());
}

#[test]
fn a_program_of_somebody_elses_package_belongs_to_it() {
    let layer = debian(Layer::new("ADD"), "NGINX Packaging <nginx-packaging@f5.com>");
    let inventory = inventory(&[program(layer, "usr/sbin/nginx", NGINX)]);
    let listed = found(&inventory, Ecosystem::Generic, "nginx");
    let owner = inventory.package(listed[0].owner.unwrap()).unwrap();
    assert_eq!((owner.ecosystem, &*owner.name), (Ecosystem::Deb, "nginx"));
    assert_eq!(owner.third_party.as_deref(), Some("NGINX"));
    assert_eq!(inventory.relations.len(), 1);
}

#[test]
fn libraries_in_a_wheel_are_found_and_links_to_them_are_not() {
    let openssl = "\0OpenSSL 1.1.1k  25 Mar 2021\0";
    let folder = "srv/venv/lib/python3.12/site-packages/psycopg2_binary.libs";
    let layer = Layer::new("ADD")
        .file(&format!("{folder}/libcrypto-1d6df745.so.1.1.1k"), openssl)
        .symlink("usr/lib/libcrypto.so", &format!("/{folder}/libcrypto-1d6df745.so.1.1.1k"));
    let inventory = inventory(&[layer]);
    assert_eq!(inventory.packages.len(), 1);
    assert_eq!(inventory.packages[0].version, "1.1.1k");
    assert_eq!(places(&inventory.packages[0]).len(), 1);
}

#[test]
fn the_notes_of_all_programs_of_a_package_are_one_package() {
    let entry = |path: &str| Entry::File { path: path.to_owned(), content: noted(), mode: 0o755 };
    let layer = Layer::new("ADD").entry(entry("usr/bin/ls")).entry(entry("usr/bin/cat"));
    let inventory = inventory(&[layer]);
    let listed = found(&inventory, Ecosystem::Rpm, "coreutils");
    assert_eq!(listed.len(), 1);
    assert_eq!(places(listed[0]), ["usr/bin/cat", "usr/bin/ls"]);
    assert_eq!(listed[0].found_by, ["binary/note"]);
}

#[test]
fn a_note_of_a_listed_package_says_nothing_new() {
    let layer = Layer::new("ADD").file(
        "var/lib/rpmmanifest/container-manifest-2",
        "coreutils-single\t9.0-1.fc35\t0\t0\tFedora Project\t(none)\t1\tx86_64\t0\t\
         coreutils-9.0-1.fc35.src.rpm\n",
    );
    let note = Entry::File { path: "usr/bin/ls".into(), content: noted(), mode: 0o755 };
    let inventory = inventory(&[layer.entry(note)]);
    let names: Vec<&str> = inventory.packages.iter().map(|package| &*package.name).collect();
    assert_eq!(names, ["coreutils-single"]);
}

#[test]
fn what_bills_of_materials_describe_is_listed_once() {
    let bom = |purls: &[&str]| {
        let components: Vec<String> =
            purls.iter().map(|purl| format!(r#"{{"purl":"{purl}"}}"#)).collect();
        format!(r#"{{"bomFormat":"CycloneDX","components":[{}]}}"#, components.join(","))
    };
    let layer = debian(Layer::new("ADD"), "Debian <x@debian.org>")
        .file("app/node_modules/wick/package.json", r#"{"name":"wick","version":"1.2.3"}"#)
        .file(
            "srv/package-lock.json",
            r#"{"lockfileVersion":3,"packages":{"node_modules/flame":{"version":"0.9.0"}}}"#,
        )
        .file(
            "usr/share/sbom/a.cdx.json",
            bom(&[
                "pkg:npm/wick@1.2.3",
                "pkg:npm/flame@0.9.0",
                "pkg:deb/debian/nginx@1.25.4-1?arch=amd64",
                "pkg:deb/debian/oil@1-1",
                "pkg:generic/nginx@1.25.4",
            ]),
        )
        .file(
            "usr/share/sbom/b.cdx.json",
            bom(&["pkg:npm/wick@1.2.3", "pkg:deb/debian/oil@1-1?arch=amd64&upstream=well"]),
        );
    let layer = program(layer, "usr/local/sbin/nginx", NGINX);
    let inventory = inventory(&[layer]);
    let only = |ecosystem, name| {
        let listed = found(&inventory, ecosystem, name);
        assert_eq!(listed.len(), 1, "{name}");
        (listed[0].presence, listed[0].found_by.clone(), places(listed[0]).len())
    };
    let by = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        only(Ecosystem::Npm, "wick"),
        (Presence::Installed, by(&["npm/package-json", "sbom/json"]), 3)
    );
    assert_eq!(
        only(Ecosystem::Npm, "flame"),
        (Presence::Declared, by(&["npm/package-lock", "sbom/json"]), 2)
    );
    assert_eq!(
        only(Ecosystem::Deb, "nginx"),
        (Presence::Installed, by(&["dpkg/status", "sbom/json"]), 2)
    );
    assert_eq!(only(Ecosystem::Deb, "oil"), (Presence::Described, by(&["sbom/json"]), 2));
    assert_eq!(
        only(Ecosystem::Generic, "nginx"),
        (Presence::Installed, by(&["binary/program", "sbom/json"]), 2)
    );
    let oil = found(&inventory, Ecosystem::Deb, "oil")[0];
    assert_eq!(oil.arch.as_deref(), Some("amd64"));
    assert_eq!(oil.source.as_ref().unwrap().name, "well");
    assert_eq!(inventory.packages.len(), 5);
}

#[test]
fn a_program_of_a_bitnami_component_is_that_component() {
    let document = fixture("sbom/spdx/good-bitnami/opt/bitnami/lantern/.spdx-lantern.spdx");
    let layer = Layer::new("ADD").file("opt/bitnami/lantern/.spdx-lantern.spdx", document);
    let layer = program(layer, "opt/bitnami/lantern/sbin/nginx", NGINX);
    let inventory = inventory(&[program(layer, "opt/bitnami/other/sbin/nginx", NGINX)]);
    let listed = found(&inventory, Ecosystem::Generic, "nginx");
    assert_eq!(listed.len(), 1);
    assert_eq!(places(listed[0]), ["opt/bitnami/other/sbin/nginx"]);
    assert_eq!(found(&inventory, Ecosystem::Bitnami, "lantern").len(), 1);
}

#[test]
fn a_java_program_is_of_the_machine_whose_file_is_above_it() {
    const JAVA: &str = "\0openjdk\0java\x000.0\x0017.0.15+6-LTS\0";
    let layer = program(Layer::new("ADD"), "opt/jre/bin/java", JAVA);
    let bare = inventory(std::slice::from_ref(&layer));
    let bare = found(&bare, Ecosystem::Generic, "openjdk");
    assert_eq!((&*bare[0].version, places(bare[0])), ("17.0.15", vec!["opt/jre/bin/java"]));
    let layer = layer.file("opt/jre/release", "JAVA_VERSION=\"17.0.15\"\n");
    let layer = program(layer, "srv/bin/java", JAVA);
    let whole = inventory(&[layer]);
    let mut whole: Vec<_> = found(&whole, Ecosystem::Generic, "openjdk")
        .into_iter()
        .flat_map(|package| places(package))
        .collect();
    whole.sort_unstable();
    assert_eq!(whole, ["opt/jre/release", "srv/bin/java"]);
}
