//! Runs one extractor over one file, and finds the files of fixtures.

use lazaret_core::extract::{Extractor, FileFact, FileInput, Sink};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::package::PackageFact;
use lazaret_core::problem::Problem;
use lazaret_inventory::{EXTRACTORS, Selection};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What one file gave.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) facts: Vec<FileFact>,
    pub(crate) problems: Vec<Problem>,
}

impl Outcome {
    pub(crate) fn packages(&self) -> impl Iterator<Item = &PackageFact> {
        self.facts.iter().filter_map(|fact| match &fact.fact {
            lazaret_core::extract::Fact::Package(package) => Some(package),
            _ => None,
        })
    }
}

static SELECTION: LazyLock<Selection> = LazyLock::new(|| Selection::new(EXTRACTORS));

/// Runs an extractor over a file, whether or not it selects the path.
pub(crate) fn run(extractor: &'static Extractor, path: &str, bytes: &[u8]) -> Outcome {
    run_with(extractor, path, bytes, &Limits::default())
}

/// [`run`] with other limits.
pub(crate) fn run_with(
    extractor: &'static Extractor,
    path: &str,
    bytes: &[u8],
    limits: &Limits,
) -> Outcome {
    let wanted = |path: &str| SELECTION.wants(path);
    let path = ImagePath::parse(path.as_bytes()).unwrap();
    let mut outcome = Outcome::default();
    let (facts, problems) = (&mut outcome.facts, &mut outcome.problems);
    let mut sink = Sink::new(&path, extractor.id, limits, &wanted, facts, problems);
    if let Err(error) = (extractor.run)(&FileInput { path: &path, bytes }, &mut sink) {
        sink.problem(&error);
    }
    drop(sink);
    outcome
}

pub(crate) fn extractor(id: &str) -> &'static Extractor {
    EXTRACTORS.iter().find(|extractor| extractor.id == id).unwrap()
}

/// Every file below a folder, sorted; the path below it, and the one to open.
pub(crate) fn files_below(root: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inner = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.push((inner, path));
            }
        }
    }
    files.sort();
    files
}

/// The cases of an extractor: the name of each, and its folder.
pub(crate) fn cases(extractor: &Extractor) -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(extractor.id);
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut cases: Vec<_> = entries
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    cases.sort();
    cases
}

/// The input files of a case.
pub(crate) fn inputs(case: &Path) -> Vec<(String, PathBuf)> {
    let mut files = files_below(case);
    files.retain(|(path, _)| !path.starts_with("expected.snap"));
    files
}
