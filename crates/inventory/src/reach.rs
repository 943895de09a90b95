//! Which visible files an extractor is asked about: those at a path it selects, and those a link at
//! such a path leads to.
//!
//! A file may have been read for the sake of a link that a later layer removed, or of one of its
//! hard links only; what was read then is not what the extractor would see in the whole image.

use crate::select::Selection;
use crate::view::View;
use lazaret_core::extract::Select;
use lazaret_core::location::ImagePath;
use std::collections::BTreeMap;

/// The files extractors would find in the whole image.
pub(crate) struct Reach<'s> {
    selection: &'s Selection,
    /// Files behind links, with the extractors that select the links.
    files: BTreeMap<ImagePath, Vec<&'static str>>,
    /// Folders behind links, with the extractor and the ending it selects in them.
    folders: Vec<(&'static str, ImagePath, &'static str)>,
}

impl<'s> Reach<'s> {
    /// Follows every link that a selection leads to.
    pub(crate) fn new(view: &View, selection: &'s Selection) -> Self {
        let mut files: BTreeMap<ImagePath, Vec<&'static str>> = BTreeMap::new();
        let mut add = |file: ImagePath, extractor: &'static str| {
            let extractors = files.entry(file).or_default();
            if !extractors.contains(&extractor) {
                extractors.push(extractor);
            }
        };
        let mut folders = Vec::new();
        for extractor in selection.extractors() {
            for select in extractor.selects {
                match *select {
                    Select::Path(path) => {
                        let path = ImagePath::parse(path.as_bytes()).unwrap_or_default();
                        add(view.resolve(&path), extractor.id);
                    }
                    Select::Below(folder, ending) => {
                        let folder = ImagePath::parse(folder.as_bytes()).unwrap_or_default();
                        folders.push((extractor.id, view.resolve(&folder), ending));
                    }
                    _ => {}
                }
            }
        }
        for link in view.links() {
            for wanted in selection.matches(link) {
                add(view.resolve(link), wanted.extractor.id);
            }
        }
        Self { selection, files, folders }
    }

    /// Whether the extractor would find the file at this path.
    pub(crate) fn has(&self, extractor: &str, path: &ImagePath) -> bool {
        self.selection.wants_for(extractor, path.as_str())
            || self.files.get(path).is_some_and(|extractors| extractors.contains(&extractor))
            || self.folders.iter().any(|(id, folder, ending)| {
                *id == extractor && path.is_inside(folder.as_str()) && path.name().ends_with(ending)
            })
    }
}
