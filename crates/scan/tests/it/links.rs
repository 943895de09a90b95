//! Package databases reached through links, and links that lead nowhere.

use crate::support::{APK_BASE, APK_MORE, inventory};
use lazaret_testkit::Layer;

fn names(layers: &[Layer]) -> Vec<(String, String)> {
    inventory(layers)
        .packages
        .iter()
        .map(|p| (p.name.clone(), p.locations[0].path.to_string()))
        .collect()
}

fn pair(name: &str, path: &str) -> (String, String) {
    (name.to_owned(), path.to_owned())
}

#[test]
fn a_database_behind_a_link_to_its_folder_is_read() {
    let layer = Layer::new("ADD")
        .file("data/packages/installed", APK_BASE)
        .symlink("lib/apk/db", "/data/packages");
    assert_eq!(names(&[layer]), [pair("musl", "data/packages/installed")]);
}

#[test]
fn a_database_that_is_a_link_is_read() {
    let base = Layer::new("ADD").file("data/store", APK_BASE);
    let top = Layer::new("RUN").symlink("lib/apk/db/installed", "../../../data/store");
    assert_eq!(names(&[base, top]), [pair("musl", "data/store")]);
}

#[test]
fn a_database_that_is_a_hard_link_is_read() {
    let layer = Layer::new("ADD")
        .file("data/store", APK_BASE)
        .hardlink("lib/apk/db/installed", "data/store");
    assert_eq!(names(&[layer]), [pair("musl", "lib/apk/db/installed")]);
}

#[test]
fn a_folder_of_lists_behind_a_link_is_read() {
    let status =
        "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\n\n";
    let layer = Layer::new("ADD")
        .symlink("var/lib/dpkg", "../../usr/lib/dpkg-db")
        .file("usr/lib/dpkg-db/status", status);
    assert_eq!(names(&[layer]), [pair("bash", "usr/lib/dpkg-db/status")]);
}

#[test]
fn a_later_layer_writes_through_the_links_of_an_earlier_one() {
    let base =
        Layer::new("ADD").symlink("lib", "usr/lib").file("usr/lib/apk/db/installed", APK_BASE);
    let top =
        Layer::new("RUN apk add").file("lib/apk/db/installed", format!("{APK_BASE}{APK_MORE}"));
    let inventory = inventory(&[base, top]);
    let layers: Vec<(&str, u32)> =
        inventory.packages.iter().map(|p| (p.name.as_str(), p.layer.0)).collect();
    assert_eq!(layers, [("busybox", 1), ("musl", 0)]);
}

#[test]
fn a_later_layer_hard_links_through_the_links_of_an_earlier_one() {
    let base = Layer::new("ADD").symlink("lib/apk/db", "/data");
    let top = Layer::new("RUN").file("store", APK_BASE).hardlink("lib/apk/db/installed", "store");
    assert_eq!(names(&[base, top]), [pair("musl", "data/installed")]);
}

#[test]
fn links_in_a_circle_end() {
    let layer = Layer::new("ADD")
        .symlink("lib", "usr/lib")
        .symlink("usr", "lib/usr")
        .symlink("etc/os-release", "os-release")
        .file("app/package.json", crate::support::package_json("app", "1.0.0"));
    assert_eq!(names(&[layer]), [pair("app", "app/package.json")]);
}

#[test]
fn a_folder_replaced_by_a_link_takes_its_packages_with_it() {
    let base = Layer::new("ADD")
        .file("app/node_modules/x/package.json", crate::support::package_json("x", "1.0.0"));
    let top = Layer::new("RUN").symlink("app/node_modules", "/opt/modules");
    assert!(names(&[base, top]).is_empty());
}

#[test]
fn a_folder_replaced_by_a_file_takes_its_packages_with_it() {
    let base = Layer::new("ADD")
        .file("app/node_modules/x/package.json", crate::support::package_json("x", "1.0.0"));
    let top = Layer::new("RUN").file("app/node_modules", "not a folder");
    assert!(names(&[base, top]).is_empty());
}
