//! Files of an image, read by the extractors that want them.

use lazaret_core::extract::{Extractor, Fact, FileInput, LayerFacts, Select, Sink};
use lazaret_core::inventory::Os;
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::purl::purl;
use lazaret_inventory::{EXTRACTORS, Selection};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Few enough that inputs of some kilobytes meet it.
const FACTS_MAX: usize = 200;

pub(crate) fn apk(bytes: &[u8]) {
    family("apk/", bytes);
}

pub(crate) fn dpkg(bytes: &[u8]) {
    family("dpkg/", bytes);
}

pub(crate) fn package_lock(bytes: &[u8]) {
    family("npm/package-lock", bytes);
}

pub(crate) fn python_metadata(bytes: &[u8]) {
    family("python/", bytes);
}

/// Places of one extractor that are tried with every input; of more, as many from the one on that
/// the length of the input picks.
const PLACES_MAX: usize = 8;

/// Where the fixtures of the extractors are.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/inventory/fixtures");

/// Any extractor: the one whose id is the first line, or else the one the first byte picks, at the
/// place of its fixtures that the second does.
pub(crate) fn any(bytes: &[u8]) {
    let line_bytes = bytes.iter().position(|byte| *byte == b'\n').unwrap_or_default();
    let (id, content) = bytes.split_at(line_bytes);
    if let Some(extractor) = EXTRACTORS.iter().find(|extractor| extractor.id.as_bytes() == id) {
        return every_place(extractor, &content[1..]);
    }
    let [extractor, place, content @ ..] = bytes else { return };
    let extractor = EXTRACTORS[usize::from(*extractor) % EXTRACTORS.len()];
    let places = places(extractor);
    run(extractor, &places[usize::from(*place) % places.len()], content);
}

/// The extractor of this id, with the input as its file.
pub(crate) fn one(id: &str, bytes: &[u8]) {
    let extractor = EXTRACTORS.iter().find(|extractor| extractor.id == id);
    every_place(extractor.expect("an extractor is called by its id"), bytes);
}

fn every_place(extractor: &'static Extractor, bytes: &[u8]) {
    let places = places(extractor);
    let first = bytes.len() % places.len();
    for place in places.iter().cycle().skip(first).take(places.len().min(PLACES_MAX)) {
        run(extractor, place, bytes);
    }
}

fn family(prefix: &str, bytes: &[u8]) {
    let mut is_empty = true;
    for extractor in EXTRACTORS.iter().filter(|extractor| extractor.id.starts_with(prefix)) {
        run(extractor, &places(extractor)[0], bytes);
        is_empty = false;
    }
    assert!(!is_empty, "no extractor is called {prefix}");
}

/// The paths at which the fixtures of an extractor lie: many look at more of a path than its
/// selection says, and would refuse one that is made up.
fn places(extractor: &Extractor) -> &'static [ImagePath] {
    static PLACES: OnceLock<BTreeMap<&str, Vec<ImagePath>>> = OnceLock::new();
    let all = PLACES.get_or_init(|| {
        EXTRACTORS.iter().map(|extractor| (extractor.id, fixture_paths(extractor.id))).collect()
    });
    let places = all.get(extractor.id).expect("the table does not change");
    assert!(!places.is_empty(), "{} has no fixtures", extractor.id);
    places
}

fn fixture_paths(id: &str) -> Vec<ImagePath> {
    let mut paths = BTreeSet::new();
    let root = Path::new(FIXTURES).join(id);
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("fixtures are readable") {
            let path = entry.expect("fixtures are readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // Below the folder of the extractor is that of the case.
            let inner = path.strip_prefix(&root).expect("it was found there");
            let inner = inner.components().skip(1).collect::<PathBuf>();
            let inner = inner.to_str().expect("fixtures have plain names");
            if !inner.starts_with("expected.snap") {
                paths.insert(ImagePath::parse(inner.as_bytes()).expect("a path does not climb"));
            }
        }
    }
    paths.into_iter().collect()
}

/// The path an input is read at: of a format that reads names, the input is the name.
fn path_of(extractor: &Extractor, place: &ImagePath, bytes: &[u8]) -> Option<ImagePath> {
    let Some(Select::FolderIn(folder)) = extractor.selects.first() else {
        return Some(place.clone());
    };
    ImagePath::parse(format!("{folder}/{}", String::from_utf8_lossy(bytes)).as_bytes()).ok()
}

fn run(extractor: &'static Extractor, place: &ImagePath, bytes: &[u8]) {
    static SELECTION: OnceLock<Selection> = OnceLock::new();
    let selection = SELECTION.get_or_init(|| Selection::new(EXTRACTORS));
    let wanted = |path: &str| selection.wants(path);
    let limits = Limits { facts_per_file_max: FACTS_MAX, ..Limits::default() };
    let Some(path) = path_of(extractor, place, bytes) else { return };
    let mut layer = LayerFacts::default();
    let mut sink =
        Sink::new(&path, extractor.id, &limits, &wanted, &mut layer.facts, &mut layer.problems);
    if let Err(error) = (extractor.run)(&FileInput { path: &path, bytes }, &mut sink) {
        assert!(!error.message.is_empty(), "an error says what is wrong");
        sink.problem(&error);
    }
    drop(sink);
    check(&layer);
}

/// What holds for the facts of every file.
fn check(layer: &LayerFacts) {
    assert!(layer.facts.len() <= FACTS_MAX, "the limit is kept");
    let os = Os { id: "debian".to_owned(), version: Some("12".to_owned()), ..Os::default() };
    for fact in &layer.facts {
        let Fact::Package(package) = &fact.fact else { continue };
        assert!(!package.name.is_empty(), "a package has a name");
        let purl = purl(package, Some(&os));
        assert!(purl.starts_with("pkg:"), "{purl}");
        assert!(purl.bytes().all(|byte| byte.is_ascii_graphic()), "{purl:?}");
    }
    // Facts are cached as JSON: what comes back must be what went in.
    let json = serde_json::to_vec(layer).expect("facts are plain values");
    let back: LayerFacts = serde_json::from_slice(&json).expect("what was written is readable");
    assert_eq!(&back, layer);
}
