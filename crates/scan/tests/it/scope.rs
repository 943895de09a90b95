//! What only earlier layers have, when all layers are asked for.

use crate::support::{APK_BASE, APK_MORE, engine, package_json, source};
use lazaret_core::location::LayerIndex;
use lazaret_core::report::Report;
use lazaret_scan::{Options, scan};
use lazaret_testkit::Layer;

fn scanned(layers: &[Layer], all_layers: bool) -> Report {
    let (source, _folder) = source(layers);
    scan(&engine(), &source, 0, &Options { all_layers, ..Options::default() }).unwrap()
}

fn rows(report: &Report) -> Vec<(String, String, Option<u32>)> {
    let row = |package: &lazaret_core::package::Package| {
        let removed_in = package.removed_in.map(|LayerIndex(index)| index);
        (package.name.clone(), package.version.clone(), removed_in)
    };
    report.inventory.packages.iter().map(row).collect()
}

fn layer(files: &[(&str, &str)]) -> Layer {
    files.iter().fold(Layer::new("RUN"), |layer, (path, text)| layer.file(path, text))
}

#[test]
fn what_a_later_layer_removed_or_replaced_is_listed_with_that_layer() {
    let base = format!("{APK_BASE}{APK_MORE}");
    let layers = [
        layer(&[
            ("lib/apk/db/installed", base.as_str()),
            ("app/node_modules/x/package.json", &package_json("x", "1.0.0")),
            ("app/node_modules/y/package.json", &package_json("y", "1.0.0")),
        ]),
        layer(&[("app/node_modules/x/package.json", &package_json("x", "1.1.0"))]),
        layer(&[("lib/apk/db/installed", APK_BASE)]).whiteout("app/node_modules/y"),
    ];
    let squashed = rows(&scanned(&layers, false));
    let all = rows(&scanned(&layers, true));
    assert!(squashed.iter().all(|(_, _, removed_in)| removed_in.is_none()));
    let still: Vec<_> = all.iter().filter(|(_, _, gone)| gone.is_none()).cloned().collect();
    assert_eq!(still, squashed);
    let gone: Vec<_> = all
        .iter()
        .filter_map(|(name, version, gone)| Some((name.as_str(), version.as_str(), (*gone)?)))
        .filter(|(name, _, _)| ["x", "y"].contains(name))
        .collect();
    assert_eq!(gone, [("x", "1.0.0", 1), ("y", "1.0.0", 2)]);
    // The packages of the second apk database that the third layer put back.
    let apk = |rows: &[(String, String, Option<u32>)], in_layer: Option<u32>| {
        rows.iter().filter(|row| row.2 == in_layer && !["x", "y"].contains(&row.0.as_str())).count()
    };
    assert_eq!(apk(&all, Some(2)), APK_MORE.matches("P:").count());
    assert_eq!(apk(&all, None), APK_BASE.matches("P:").count());
}

#[test]
fn what_came_back_is_not_gone() {
    let x = package_json("x", "1.0.0");
    let layers = [
        layer(&[("app/node_modules/x/package.json", &x)]),
        Layer::new("RUN").whiteout("app/node_modules/x"),
        layer(&[("app/node_modules/x/package.json", &x)]),
    ];
    let all = rows(&scanned(&layers, true));
    assert_eq!(all, [("x".to_owned(), "1.0.0".to_owned(), None)]);
}
