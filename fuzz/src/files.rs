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

/// Places of one extractor that are tried with every input; of more, one is taken by its length.
const PLACES_MAX: usize = 4;

/// Names of programs that each have another reader.
const PROGRAMS: [&str; 9] =
    ["one", "bash", "consul", "go", "gzip", "mysqld", "nginx", "openssl", "python3.11"];

/// Any extractor: the one whose id is the first line, or else the one the first byte picks, at the
/// place the second does.
pub(crate) fn any(bytes: &[u8]) {
    let line_bytes = bytes.iter().position(|byte| *byte == b'\n').unwrap_or_default();
    let (id, content) = bytes.split_at(line_bytes);
    if let Some(extractor) = EXTRACTORS.iter().find(|extractor| extractor.id.as_bytes() == id) {
        return every_place(extractor, &content[1..]);
    }
    let [extractor, place, content @ ..] = bytes else { return };
    let extractor = EXTRACTORS[usize::from(*extractor) % EXTRACTORS.len()];
    let select = extractor.selects[usize::from(*place) % extractor.selects.len()];
    run(extractor, select, content);
}

/// The extractor of this id, with the input as its file.
pub(crate) fn one(id: &str, bytes: &[u8]) {
    let extractor = EXTRACTORS.iter().find(|extractor| extractor.id == id);
    every_place(extractor.expect("an extractor is called by its id"), bytes);
}

fn every_place(extractor: &'static Extractor, bytes: &[u8]) {
    let selects = extractor.selects;
    if selects.len() <= PLACES_MAX {
        for select in selects {
            run(extractor, *select, bytes);
        }
    } else {
        run(extractor, selects[bytes.len() % selects.len()], bytes);
    }
}

fn family(prefix: &str, bytes: &[u8]) {
    let mut is_empty = true;
    for extractor in EXTRACTORS.iter().filter(|extractor| extractor.id.starts_with(prefix)) {
        run(extractor, extractor.selects[0], bytes);
        is_empty = false;
    }
    assert!(!is_empty, "no extractor is called {prefix}");
}

/// A path that is selected so; of an input that is a name, or has names, that is in it.
fn path_of(select: Select, bytes: &[u8]) -> Option<ImagePath> {
    let path = match select {
        Select::Path(path) => path.to_owned(),
        Select::Name(name) => format!("app/{name}"),
        Select::Affix(start, end) => format!("app/{start}one{end}"),
        Select::FolderIn(folder) => format!("{folder}/{}", String::from_utf8_lossy(bytes)),
        Select::Tail(pattern) => format!("app/{}", pattern.replace('*', "one")),
        Select::Library(name) => format!("usr/lib/{name}.so.1"),
        Select::Program => format!("usr/bin/{}", PROGRAMS[bytes.len() % PROGRAMS.len()]),
        Select::Suffix(suffix) | Select::Beginning(suffix) => format!("app/one{suffix}"),
        Select::Below(folder, suffix) => format!("{folder}/one{suffix}"),
        Select::NameIn(name, folder) => format!("app/one-1.0{folder}/{name}"),
    };
    let path = ImagePath::parse(path.as_bytes());
    assert!(path.is_ok() || matches!(select, Select::FolderIn(_)), "a selection does not climb");
    path.ok()
}

fn run(extractor: &'static Extractor, select: Select, bytes: &[u8]) {
    static SELECTION: OnceLock<Selection> = OnceLock::new();
    let selection = SELECTION.get_or_init(|| Selection::new(EXTRACTORS));
    let wanted = |path: &str| selection.wants(path);
    let limits = Limits { facts_per_file_max: FACTS_MAX, ..Limits::default() };
    let Some(path) = path_of(select, bytes) else { return };
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
