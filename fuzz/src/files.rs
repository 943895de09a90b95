//! Files of an image, read by the extractors that want them.

use lazaret_core::extract::{Extractor, Fact, FileInput, LayerFacts, Select, Sink};
use lazaret_core::inventory::Os;
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::purl::purl;
use lazaret_inventory::{EXTRACTORS, Selection};
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

/// Any extractor: the first byte picks it, the second one of the places its file can be at.
pub(crate) fn any(bytes: &[u8]) {
    let [extractor, place, content @ ..] = bytes else { return };
    let extractor = EXTRACTORS[usize::from(*extractor) % EXTRACTORS.len()];
    let select = extractor.selects[usize::from(*place) % extractor.selects.len()];
    run(extractor, select, content);
}

fn family(prefix: &str, bytes: &[u8]) {
    let mut is_empty = true;
    for extractor in EXTRACTORS.iter().filter(|extractor| extractor.id.starts_with(prefix)) {
        run(extractor, extractor.selects[0], bytes);
        is_empty = false;
    }
    assert!(!is_empty, "no extractor is called {prefix}");
}

/// A path that is selected so.
fn path_of(select: Select) -> ImagePath {
    let path = match select {
        Select::Path(path) => path.to_owned(),
        Select::Name(name) => format!("app/{name}"),
        Select::Affix(start, end) => format!("app/{start}one{end}"),
        Select::FolderIn(folder) => format!("{folder}/one-1.0"),
        Select::Tail(pattern) => format!("app/{}", pattern.replace('*', "one")),
        Select::Library(name) => format!("usr/lib/{name}.so.1"),
        Select::Program => "usr/bin/one".to_owned(),
        Select::Suffix(suffix) | Select::Beginning(suffix) => format!("app/one{suffix}"),
        Select::Below(folder, suffix) => format!("{folder}/one{suffix}"),
        Select::NameIn(name, folder) => format!("app/one-1.0{folder}/{name}"),
    };
    ImagePath::parse(path.as_bytes()).expect("a selection does not climb")
}

fn run(extractor: &'static Extractor, select: Select, bytes: &[u8]) {
    static SELECTION: OnceLock<Selection> = OnceLock::new();
    let selection = SELECTION.get_or_init(|| Selection::new(EXTRACTORS));
    let wanted = |path: &str| selection.wants(path);
    let limits = Limits { facts_per_file_max: FACTS_MAX, ..Limits::default() };
    let path = path_of(select);
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
