//! Files and folders that nobody is to look into.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use lazaret_core::location::ImagePath;

/// Patterns of what is left out: of packages as of everything else that is looked for.
///
/// A pattern is held against a whole path, without the slash at its beginning: `*` and `?` stand for
/// characters of one name, `**` for any number of folders, `{a,b}` for either, `[a-z]` for one of
/// these. What is in a folder that is left out is left out with it. Layers are still laid over each
/// other as if nothing were: a whiteout in such a folder deletes.
#[derive(Clone, Debug, Default)]
pub struct Skip {
    folders: GlobSet,
    files: GlobSet,
    /// The patterns, folders first, for cache keys.
    patterns: Vec<String>,
}

/// A pattern that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is not a pattern of paths")]
pub struct SkipError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    #[source]
    source: globset::Error,
}

impl Skip {
    /// Leaves out these folders and these files.
    pub fn new(folders: &[String], files: &[String]) -> Result<Self, SkipError> {
        let kept = |patterns: &[String]| -> Vec<String> {
            let bare = patterns.iter().map(|pattern| bare(pattern).to_owned());
            bare.filter(|pattern| !pattern.is_empty()).collect()
        };
        let (folders, files) = (kept(folders), kept(files));
        let named = |what: &'static str, patterns: &[String]| -> Vec<String> {
            patterns.iter().map(|pattern| format!("{what} {pattern}")).collect()
        };
        let patterns = [named("folder", &folders), named("file", &files)].concat();
        Ok(Self { folders: set(&folders)?, files: set(&files)?, patterns })
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether a path is left out: itself, or with a folder above it.
    pub fn skips(&self, path: &ImagePath, is_folder: bool) -> bool {
        if self.is_empty() {
            return false;
        }
        let path = path.as_str();
        let is_in_skipped = |(end, _)| path.get(..end).is_some_and(|f| self.folders.is_match(f));
        let own = if is_folder { &self.folders } else { &self.files };
        own.is_match(path)
            || (!self.folders.is_empty() && path.match_indices('/').any(is_in_skipped))
    }

    /// What names it in a cache key: what is extracted depends on it.
    pub(crate) fn key(&self) -> String {
        self.patterns.join("\n")
    }
}

/// A pattern as paths are: relative to the root, without a slash at either end.
fn bare(pattern: &str) -> &str {
    let pattern = pattern.trim().trim_start_matches("./").trim_matches('/');
    if pattern == "." { "" } else { pattern }
}

fn set(patterns: &[String]) -> Result<GlobSet, SkipError> {
    let wrong = |pattern: &str, source| SkipError { pattern: pattern.to_owned(), source };
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|e| wrong(pattern, e))?;
        builder.add(glob);
    }
    builder.build().map_err(|e| wrong(patterns.first().map_or("", String::as_str), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skips(folders: &[&str], files: &[&str], path: &str, is_folder: bool) -> bool {
        let owned =
            |words: &[&str]| -> Vec<String> { words.iter().map(ToString::to_string).collect() };
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        Skip::new(&owned(folders), &owned(files)).unwrap().skips(&path, is_folder)
    }

    #[test]
    fn patterns_are_of_whole_paths() {
        for (folders, files, path, is_folder, expected) in [
            (&["usr/share"][..], &[][..], "usr/share", true, true),
            (&["/usr/share/"], &[], "usr/share/doc/x", false, true),
            (&["usr/share"], &[], "usr/shared/x", false, false),
            (&["share"], &[], "usr/share/x", false, false),
            (&["**/share"], &[], "usr/share/x", false, true),
            (&["**/share"], &[], "share/x", false, true),
            (&["usr/*"], &[], "usr/a/b/c", false, true),
            (&["usr/*"], &[], "usr/a", false, false),
            (&["./{a,b}"], &[], "b/x", false, true),
            (&["a"], &[], "a", false, false),
            (&[], &["/etc/passwd"], "etc/passwd", false, true),
            (&[], &["passwd"], "etc/passwd", false, false),
            (&[], &["**/*.jar"], "opt/x/a.jar", false, true),
            (&[], &["*.jar"], "opt/a.jar", false, false),
            (&[], &["opt"], "opt/a.jar", false, false),
            (&[], &["opt"], "opt", true, false),
            (&["", ".", "/"], &[""], "opt", true, false),
        ] {
            assert_eq!(skips(folders, files, path, is_folder), expected, "{folders:?} {path}");
        }
    }

    #[test]
    fn a_pattern_that_is_none_is_named() {
        let error = Skip::new(&["a/[z".to_owned()], &[]).unwrap_err();
        assert_eq!(error.to_string(), "`a/[z` is not a pattern of paths");
    }
}
