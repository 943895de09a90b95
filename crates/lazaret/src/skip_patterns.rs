//! `--skip-dirs` and `--skip-files`.

use crate::args::ScanArgs;
use crate::fail::{CommandError, Result};
use lazaret_scan::Skip;
use std::path::{Component, Path, PathBuf};

/// Patterns of what is not looked into, as typed.
#[derive(Default)]
pub(crate) struct SkipPatterns {
    folders: Vec<String>,
    files: Vec<String>,
    /// The same, read.
    pub(crate) skip: Skip,
}

impl SkipPatterns {
    /// Reads the flags.
    pub(crate) fn new(args: &ScanArgs) -> Result<Self> {
        let split = |lists: &[String]| -> Vec<String> {
            lists.iter().flat_map(|list| patterns(list)).map(str::to_owned).collect()
        };
        let (folders, files) = (split(&args.skip_dirs), split(&args.skip_files));
        let skip = Skip::new(&folders, &files).map_err(CommandError::usage)?;
        Ok(Self { folders, files, skip })
    }

    /// The same where a folder is scanned: a pattern may name paths as they are from here, or as
    /// they are in the folder.
    pub(crate) fn within(mut self, folder: &Path) -> Result<Self> {
        let folder = plain(folder);
        let inside = |patterns: &[String]| -> Vec<String> {
            let inner = patterns.iter().filter_map(|pattern| {
                let pattern = plain(Path::new(pattern));
                pattern.strip_prefix(&folder).ok()?.to_str().map(str::to_owned)
            });
            patterns.iter().cloned().chain(inner).collect()
        };
        self.skip =
            Skip::new(&inside(&self.folders), &inside(&self.files)).map_err(CommandError::usage)?;
        Ok(self)
    }
}

/// A path without `.` in it.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// The patterns of a list; a comma in `{a,b}` is part of one.
fn patterns(list: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    list.split(move |character| {
        match character {
            '{' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|pattern| !pattern.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::location::ImagePath;

    #[test]
    fn lists_are_split_outside_of_braces() {
        assert_eq!(patterns("a,b/{c,d},e"), ["a", "b/{c,d}", "e"]);
        assert_eq!(patterns(" a , ,b}c,d"), ["a", "b}c", "d"]);
    }

    #[test]
    fn a_pattern_may_be_of_the_folder_or_from_here() {
        let skips = |pattern: &str, folder: &str, path: &str| {
            let args = ScanArgs { skip_dirs: vec![pattern.to_owned()], ..ScanArgs::default() };
            let patterns = SkipPatterns::new(&args).unwrap().within(Path::new(folder)).unwrap();
            patterns.skip.skips(&ImagePath::parse(path.as_bytes()).unwrap(), true)
        };
        assert!(skips("vendor", "./app", "vendor"));
        assert!(skips("./app/vendor", "./app", "vendor"));
        assert!(skips("/srv/app/**/vendor", "/srv/app", "a/vendor"));
        assert!(!skips("other/vendor", "app", "vendor"));
    }
}
