//! One package found in several files, or under several names.

use crate::support::inventory;
use lazaret_core::package::Presence;
use lazaret_testkit::Layer;

#[test]
fn a_project_with_both_kinds_of_python_metadata_is_listed_once() {
    let metadata = "Metadata-Version: 2.1\nName: cryptography\nVersion: 38.0.4\n";
    let layer = Layer::new("RUN apt-get install python3-cryptography")
        .file("usr/lib/python3/dist-packages/cryptography-38.0.4.dist-info/METADATA", metadata)
        .file("usr/lib/python3/dist-packages/cryptography.egg-info/PKG-INFO", metadata)
        .file("srv/cryptography-38.0.4.dist-info/METADATA", metadata);
    let found = inventory(&[layer]);
    let places: Vec<Vec<&str>> = found
        .packages
        .iter()
        .map(|package| package.locations.iter().map(|l| l.path.as_str()).collect())
        .collect();
    assert_eq!(
        places,
        [
            vec!["srv/cryptography-38.0.4.dist-info/METADATA"],
            vec![
                "usr/lib/python3/dist-packages/cryptography-38.0.4.dist-info/METADATA",
                "usr/lib/python3/dist-packages/cryptography.egg-info/PKG-INFO",
            ],
        ]
    );
}

#[test]
fn two_versions_in_one_folder_are_two_packages() {
    let metadata =
        |version: &str| format!("Metadata-Version: 2.1\nName: foo\nVersion: {version}\n");
    let layer = Layer::new("RUN pip install")
        .file("p/foo-1.0.dist-info/METADATA", metadata("1.0"))
        .file("p/foo-1.1.dist-info/METADATA", metadata("1.1"));
    let found = inventory(&[layer]);
    let versions: Vec<&str> = found.packages.iter().map(|p| p.version.as_str()).collect();
    assert_eq!(versions, ["1.0", "1.1"]);
}

#[test]
fn a_store_path_is_a_package_with_or_without_an_entry_of_its_own() {
    let base = Layer::new("nix build")
        .folder("nix/store/4kr83jls18m0ab0s8pmivh2w6i3nni91-hello-2.12.1")
        .file("nix/store/hwnikcrxgm868pn7dda670k0yid1928m-openssl-3.0.9-bin/bin/openssl", "x")
        .file("nix/store/cppwsf7y0b5r3xmhihfm4zrkk02lxmig-openssl-3.0.9/lib/libssl.so", "x")
        .file("nix/store/cppwsf7y0b5r3xmhihfm4zrkk02lxmig-run-1.0", "a script, not a folder");
    let names = |layers: &[Layer]| {
        let found = inventory(layers);
        assert_eq!(found.problems, []);
        let names = found.packages.iter().map(|p| format!("{} {}", p.name, p.version));
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(std::slice::from_ref(&base)), ["hello 2.12.1", "openssl 3.0.9"]);
    let later =
        Layer::new("RUN rm").whiteout("nix/store/4kr83jls18m0ab0s8pmivh2w6i3nni91-hello-2.12.1");
    assert_eq!(names(&[base, later]), ["openssl 3.0.9"]);
}

#[test]
fn the_files_of_a_package_of_gentoo_or_homebrew_are_one_package() {
    let layer = Layer::new("RUN emerge && brew install")
        .file(
            "var/db/pkg/app-misc/jq-1.7.1/CONTENTS",
            "obj /usr/lib/node_modules/jq/package.json 99914b932bd37a50b983c5e7c90ae93b 1\n",
        )
        .file("var/db/pkg/app-misc/jq-1.7.1/LICENSE", "MIT CC-BY-3.0\n")
        .file("usr/lib/node_modules/jq/package.json", r#"{"name":"jq","version":"1.0.0"}"#)
        .file("opt/homebrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json", r#"{"source":{"tap":"t"}}"#)
        .file(
            "opt/homebrew/Cellar/jq/1.7.1/.brew/jq.rb",
            "class Jq < Formula\n  license \"MIT\"\nend\n",
        );
    let found = inventory(&[layer]);
    let listed: Vec<_> = found
        .packages
        .iter()
        .map(|p| (p.purl.as_str(), p.licenses.join(", "), p.locations.len(), p.owner.is_some()))
        .collect();
    assert_eq!(
        listed,
        [
            ("pkg:ebuild/app-misc/jq@1.7.1", "MIT CC-BY-3.0".to_owned(), 2, false),
            ("pkg:brew/jq@1.7.1", "MIT".to_owned(), 2, false),
            ("pkg:npm/jq@1.0.0", String::new(), 1, true),
        ]
    );
}

#[test]
fn the_license_of_an_opkg_package_stands_beside_the_database() {
    let layer = Layer::new("COPY rootfs /")
        .file(
            "usr/lib/opkg/status",
            "Package: dropbear\nVersion: 2022.82-6\nStatus: install user installed\n",
        )
        .file("usr/lib/opkg/info/dropbear.control", "Package: dropbear\nLicense: MIT\n");
    let found = inventory(&[layer]);
    assert_eq!(found.packages.len(), 1);
    assert_eq!(found.packages[0].licenses, ["MIT"]);
}

#[test]
fn the_file_of_an_installed_package_is_a_place_of_it_and_owns_nothing() {
    let deb = concat!(env!("CARGO_MANIFEST_DIR"), "/../inventory/fixtures/dpkg/deb/good-gzip");
    let deb = std::fs::read(format!("{deb}/srv/lantern.deb")).unwrap();
    let status = "Package: lantern\nStatus: install ok installed\nVersion: 2:1.4-3+b1\n\
                  Architecture: all\nSource: lantern-suite (1.4-2)\n";
    let alone = inventory(&[Layer::new("COPY").file("srv/lantern.deb", deb.clone())]);
    assert_eq!(alone.packages[0].presence, Presence::Declared);
    let both = Layer::new("RUN apt-get install")
        .file("var/lib/dpkg/status", status)
        .file("var/cache/apt/archives/lantern.deb", deb);
    let found = inventory(&[both]);
    assert_eq!(found.packages.len(), 1);
    assert_eq!(found.packages[0].presence, Presence::Installed);
    let places: Vec<&str> = found.packages[0].locations.iter().map(|l| l.path.as_str()).collect();
    assert_eq!(places, ["var/cache/apt/archives/lantern.deb", "var/lib/dpkg/status"]);
}
