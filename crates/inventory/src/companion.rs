//! Files that are only whole together with another one beside them.
//!
//! An extractor sees one file. Where two files are one thing, such as a database and its
//! write-ahead log, the one beside says for itself that it was not taken into account, which is a
//! problem of its layer. Once all layers are known, both files of every visible pair are read again
//! and given to [`Companion::run`] together; what it finds takes the place of what the first file
//! said alone, and the problem is gone. The two files may be of different layers: a layer that
//! changes one of them changes the whole.

use crate::os;
use crate::view::View;
use lazaret_core::extract::{
    Entry, EntryKind, Extractor, FileFact, FileInput, LayerFacts, ParseError, Sink,
};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::problem::Problem;
use std::borrow::Borrow;
use std::collections::BTreeMap;

/// How an extractor reads its file together with the one beside it.
pub struct Companion {
    /// Who reads both files, each by itself, in the first place.
    pub extractor: &'static Extractor,
    /// What is added to the path of the first file.
    pub suffix: &'static str,
    /// Reads the first file together with the bytes of the one beside it.
    pub run: fn(&FileInput<'_>, &[u8], &mut Sink<'_>) -> Result<(), ParseError>,
}

/// Every kind of pair.
static COMPANIONS: &[&Companion] = &[&os::rpm::LOGGED];

/// Pairs of one image; a real one has at most one.
const PAIRS_MAX: usize = 16;

/// Two visible files that are one thing.
pub struct Pair {
    /// How they are read.
    pub companion: &'static Companion,
    /// The first file.
    pub path: ImagePath,
    /// The layer it is in.
    pub layer: usize,
    /// The one beside it.
    pub beside: ImagePath,
    /// The layer that one is in.
    pub beside_layer: usize,
}

/// The pairs whose second file was not taken into account, in the order of their paths. Nothing for
/// nearly every image.
pub fn pairs<L: Borrow<LayerFacts>>(layers: &[L], limits: &Limits) -> Vec<Pair> {
    let is_noted = |layer: &L| {
        layer.borrow().problems.iter().any(|problem| {
            COMPANIONS.iter().any(|companion| is_of(problem, companion.extractor, companion.suffix))
        })
    };
    if !layers.iter().any(is_noted) {
        return Vec::new();
    }
    let view = View::new(layers, limits);
    // A file whose bytes are at another path of their layer is one behind a hard link.
    let visible: BTreeMap<&ImagePath, usize> = view
        .files()
        .filter_map(|(path, versions)| {
            let bytes = versions.last().filter(|bytes| bytes.path == *path)?;
            Some((path, bytes.layer))
        })
        .collect();
    let mut pairs = Vec::new();
    for (beside, &beside_layer) in &visible {
        for companion in COMPANIONS {
            let problems = layers.get(beside_layer).map(|layer| layer.borrow().problems.as_slice());
            let is_noted = problems.unwrap_or_default().iter().any(|problem| {
                problem.location.as_ref().is_some_and(|location| location.path == **beside)
                    && is_of(problem, companion.extractor, companion.suffix)
            });
            let path = beside.as_str().strip_suffix(companion.suffix).filter(|_| is_noted);
            let path = path.and_then(|path| ImagePath::parse(path.as_bytes()).ok());
            let Some((path, &layer)) = path.and_then(|path| visible.get_key_value(&path)) else {
                continue;
            };
            if pairs.len() < PAIRS_MAX {
                pairs.push(Pair {
                    companion,
                    path: (*path).clone(),
                    layer,
                    beside: (*beside).clone(),
                    beside_layer,
                });
            }
        }
    }
    pairs
}

/// Whether an extractor said something of a file with this ending.
fn is_of(problem: &Problem, extractor: &Extractor, suffix: &str) -> bool {
    problem.extractor.as_deref() == Some(extractor.id)
        && problem
            .location
            .as_ref()
            .is_some_and(|location| location.path.as_str().ends_with(suffix))
}

impl Pair {
    /// The layer whose container would first see both files as they are.
    pub fn whole_in(&self) -> usize {
        self.layer.max(self.beside_layer)
    }

    /// Takes back that the second file was not taken into account, in the facts of its layer.
    pub fn settle(&self, layer: &mut LayerFacts) {
        self.forget(layer, &self.beside);
    }

    /// Puts what both files say together into the facts of the layer [`Pair::whole_in`], in place of
    /// what the first one said alone: as if the layer had written the whole.
    pub fn put(&self, layer: &mut LayerFacts, facts: Vec<FileFact>, problems: Vec<Problem>) {
        if self.layer == self.whole_in() {
            self.forget(layer, &self.path);
            let id = self.companion.extractor.id;
            layer.facts.retain(|fact| fact.path != self.path || fact.extractor != id);
        } else {
            layer.entries.push(Entry { path: self.path.clone(), kind: EntryKind::File });
        }
        layer.facts.extend(facts);
        layer.facts.sort_by(|a, b| (&a.path, &a.extractor).cmp(&(&b.path, &b.extractor)));
        layer.problems.extend(problems);
        layer.problems.sort();
    }

    fn forget(&self, layer: &mut LayerFacts, path: &ImagePath) {
        let id = self.companion.extractor.id;
        layer.problems.retain(|problem| {
            problem.extractor.as_deref() != Some(id)
                || problem.location.as_ref().is_none_or(|location| location.path != *path)
        });
    }
}
