//! One package found in several files, or under several names.

use crate::support::inventory;
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
