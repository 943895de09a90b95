//! Where something is: a layer, a path in it, and lines.

use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;

/// The position of a layer in its image, the base first, counted from zero.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LayerIndex(pub u32);

impl LayerIndex {
    /// The position as an index into a slice of layers.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The layer at a slice position. Images have far fewer than `u32::MAX` layers.
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// A path inside an image: relative to its root, with `/` between parts, and without empty,
/// `.` or `..` parts. The root itself is the empty path.
///
/// Bytes that are not UTF-8 are written `\xNN`, so that two different names stay different.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImagePath(Box<str>);

/// A path that would leave the image's root.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path `{0}` climbs out of the image")]
pub struct PathError(pub String);

impl ImagePath {
    /// Normalizes a path as found in an archive or a link.
    ///
    /// A leading `/`, empty and `.` parts are dropped; `..` takes back the part before it, and is
    /// an error where there is none.
    pub fn parse(raw: &[u8]) -> Result<Self, PathError> {
        let text = decode(raw);
        if is_normal(&text) {
            return Ok(Self(text.into()));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.pop().is_none() {
                        return Err(PathError(text.to_string()));
                    }
                }
                part => parts.push(part),
            }
        }
        Ok(Self(parts.join("/").into_boxed_str()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the image's root folder.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// The folder the path is in; the root's parent is the root.
    pub fn parent(&self) -> Self {
        Self(self.0.rsplit_once('/').map_or("", |(parent, _)| parent).into())
    }

    /// The path of `relative` inside this folder. `relative` may hold `..`, which stops at the root
    /// the way a link target does inside a container.
    pub fn join(&self, relative: &str) -> Self {
        if !self.is_root() && is_normal(relative) {
            return Self([&*self.0, "/", relative].concat().into_boxed_str());
        }
        let mut parts: Vec<&str> = Vec::new();
        let base = if relative.starts_with('/') { "" } else { &*self.0 };
        for part in base.split('/').chain(relative.split('/')) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        Self(parts.join("/").into_boxed_str())
    }

    /// Whether this path lies inside `folder` (and is not the folder itself).
    pub fn is_inside(&self, folder: &str) -> bool {
        if folder.is_empty() {
            return !self.0.is_empty();
        }
        self.0.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The folders above this path, the root left out, outermost first.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').filter_map(|(at, _)| self.0.get(..at))
    }
}

/// Raw bytes as text, without losing any: what is not UTF-8 becomes `\xNN`.
fn decode(raw: &[u8]) -> std::borrow::Cow<'_, str> {
    use fmt::Write as _;
    if let Ok(text) = std::str::from_utf8(raw) {
        return text.into();
    }
    let mut text = String::with_capacity(raw.len().saturating_add(8));
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _: fmt::Result = write!(text, "\\x{byte:02x}");
        }
    }
    text.into()
}

/// Whether a path needs no normalization; most need none, and a copy is saved.
fn is_normal(text: &str) -> bool {
    !text.starts_with('/')
        && !text.ends_with('/')
        && !text.split('/').any(|part| matches!(part, "" | "." | ".."))
}

impl TryFrom<String> for ImagePath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        Self::parse(text.as_bytes())
    }
}

impl From<ImagePath> for String {
    fn from(path: ImagePath) -> Self {
        path.0.into_string()
    }
}

impl Borrow<str> for ImagePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ImagePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Lines of a text file, counted from one, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineRange {
    /// First line.
    pub start: u32,
    /// Last line.
    pub end: u32,
}

/// A place in an image. Every fact and every finding has at least one.
///
/// Ordered by path first, so that an order does not depend on how the image was cut into layers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The layer the bytes are in.
    pub layer: LayerIndex,
    /// The file in that layer; the root when the layer as a whole is meant.
    pub path: ImagePath,
    /// The lines in that file, where the format has lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineRange>,
}

impl Ord for Location {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.path, self.layer, &self.lines).cmp(&(&other.path, other.layer, &other.lines))
    }
}

impl PartialOrd for Location {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ImagePath {
        ImagePath::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn paths_are_normalized() {
        for (raw, normal) in [
            ("a/b", "a/b"),
            ("./a/b/", "a/b"),
            ("/a//b", "a/b"),
            ("a/./b", "a/b"),
            ("a/x/../b", "a/b"),
            ("./", ""),
            ("/", ""),
        ] {
            assert_eq!(path(raw).as_str(), normal, "{raw}");
        }
    }

    #[test]
    fn climbing_paths_are_refused() {
        for raw in ["..", "../a", "a/../../b", "/../etc/passwd", "./../x"] {
            assert!(ImagePath::parse(raw.as_bytes()).is_err(), "{raw}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_stay_distinct() {
        let one = ImagePath::parse(b"bad\xfdname").unwrap();
        let two = ImagePath::parse(b"bad\xfename").unwrap();
        assert_eq!(one.as_str(), "bad\\xfdname");
        assert_ne!(one, two);
    }

    #[test]
    fn links_stop_at_the_root() {
        assert_eq!(path("etc").join("../usr/lib/os-release").as_str(), "usr/lib/os-release");
        assert_eq!(path("etc").join("../../../../x").as_str(), "x");
        assert_eq!(path("etc").join("/abs/x").as_str(), "abs/x");
        assert_eq!(path("etc").join("x/y").as_str(), "etc/x/y");
        assert_eq!(path("").join("x/y").as_str(), "x/y");
    }

    #[test]
    fn ancestors_are_outermost_first() {
        assert_eq!(path("a/b/c").ancestors().collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(path("a").ancestors().count(), 0);
        assert!(path("a/b").is_inside("a"));
        assert!(!path("ab/c").is_inside("a"));
        assert!(path("a").is_inside(""));
    }
}
