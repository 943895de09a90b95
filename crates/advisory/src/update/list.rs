//! Lists that upstreams publish beside their data: what there is, and what changed when.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What a list says: each record or document with the time it was last changed, as written. Times
/// are only compared for being the same, and as text, which RFC 3339 in UTC allows.
pub type List = BTreeMap<String, String>;

/// Lines of a list. The longest real one, npm's, has some two hundred thousand.
const LINES_MAX: usize = 4_000_000;

/// A name in a list: an id, or a path below the list.
const NAME_BYTES_MAX: usize = 200;

/// Links on a page that lists folders.
const LINKS_MAX: usize = 10_000;

/// Releases that a document lists.
const BRANCHES_MAX: usize = 1_000;

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ListError {
    /// Nothing in it.
    #[error("the list is empty")]
    Empty,
    /// A line that is none of such a list.
    #[error("line {0} is not one of such a list")]
    Line(usize),
    /// More than any real list has.
    #[error("the list has more than {LINES_MAX} lines")]
    TooLong,
    /// A document of another kind.
    #[error("it does not say what it should")]
    Other,
}

/// Reads OSV's `modified_id.csv`: `2026-08-21T10:11:12.131415Z,GHSA-…`, a line a record.
pub fn modified_ids(bytes: &[u8]) -> Result<List, ListError> {
    let list = pairs(bytes, |time, id| (id, time))?;
    if list.is_empty() { Err(ListError::Empty) } else { Ok(list) }
}

/// Reads the `changes.csv` of a CSAF directory (CSAF 2.0, section 7.1.13):
/// `"2024/cve-2024-1234.json","2026-08-21T10:11:12+00:00"`, a line a document.
pub fn changes(bytes: &[u8]) -> Result<List, ListError> {
    let list = pairs(bytes, |path, time| (path, time))?;
    if list.is_empty() { Err(ListError::Empty) } else { Ok(list) }
}

/// Reads the `deletions.csv` beside it, which may be empty.
pub fn deletions(bytes: &[u8]) -> Result<List, ListError> {
    pairs(bytes, |path, time| (path, time))
}

/// Lines of two fields; `order` says which is the name and which the time.
fn pairs<'b>(
    bytes: &'b [u8],
    order: fn(&'b str, &'b str) -> (&'b str, &'b str),
) -> Result<List, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ListError::Other)?;
    let mut list = List::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        if number > LINES_MAX {
            return Err(ListError::TooLong);
        }
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let pair = line.split_once(',').map(|(a, b)| order(unquoted(a), unquoted(b)));
        let (name, time) = pair.ok_or(ListError::Line(number))?;
        if number == 1 && !is_time(time) && !time.is_empty() && !line.starts_with('<') {
            // The names of the columns.
            continue;
        }
        if !is_path(name) || !is_time(time) {
            return Err(ListError::Line(number));
        }
        list.entry(name.to_owned())
            .and_modify(|known| {
                if known.as_str() < time {
                    time.clone_into(known);
                }
            })
            .or_insert_with(|| time.to_owned());
    }
    Ok(list)
}

fn unquoted(field: &str) -> &str {
    let field = field.trim();
    field.strip_prefix('"').and_then(|field| field.strip_suffix('"')).unwrap_or(field)
}

/// The beginning of a time in RFC 3339.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    bytes.len() <= 40
        && digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
        && text.is_ascii()
}

/// Whether a text is a path below the place it is said of, and fit for an address and a file
/// system.
pub fn is_path(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'.' | b'-' | b'_' | b'+' | b'~' | b':' | b'=')
            })
    };
    text.len() <= NAME_BYTES_MAX && text.split('/').all(part)
}

/// What has to be fetched, going by two states of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    Nothing,
    /// These records; and these are to be forgotten.
    Some {
        /// Changed, or new.
        changed: Vec<String>,
        /// Gone.
        gone: Vec<String>,
    },
    /// So much that fetching everything at once is less.
    Everything,
}

/// Compares two states of a list of which each names everything there is. `few` is how many records
/// may be fetched one by one; more than half of them never are.
pub fn compare(before: &List, now: &List, few: usize) -> Changed {
    let changed: Vec<String> = now
        .iter()
        .filter(|(name, time)| before.get(*name) != Some(*time))
        .map(|(name, _)| name.clone())
        .collect();
    let gone: Vec<String> =
        before.keys().filter(|name| !now.contains_key(*name)).cloned().collect();
    some(changed, gone, now.len(), few)
}

/// What changed of a directory since an archive of it was made: documents changed at that time or
/// later and, where there is a state of the list before, different from it.
pub fn since(
    before: Option<&List>,
    now: &List,
    deleted: &List,
    archive: Option<&str>,
    few: usize,
) -> Changed {
    let is_new = |name: &String, time: &String| match (before, archive) {
        (Some(before), _) => before.get(name) != Some(time),
        (None, Some(archive)) => time.as_str() >= archive,
        (None, None) => false,
    };
    let changed: Vec<String> = now
        .iter()
        .filter(|(name, time)| is_new(name, time) && !is_deleted(deleted, name, time))
        .map(|(name, _)| name.clone())
        .collect();
    let gone: Vec<String> = deleted
        .iter()
        .filter(|(name, time)| now.get(*name).is_none_or(|changed| changed <= *time))
        .map(|(name, _)| name.clone())
        .collect();
    let total = now.len().max(changed.len());
    some(changed, gone, total.saturating_mul(2), few)
}

fn is_deleted(deleted: &List, name: &str, changed: &str) -> bool {
    deleted.get(name).is_some_and(|time| time.as_str() >= changed)
}

fn some(changed: Vec<String>, gone: Vec<String>, total: usize, few: usize) -> Changed {
    if changed.is_empty() && gone.is_empty() {
        return Changed::Nothing;
    }
    if changed.len() > few || changed.len().saturating_mul(2) > total {
        return Changed::Everything;
    }
    Changed::Some { changed, gone }
}

/// The name in `archive_latest.txt`: `csaf_vex_2026-08-21.tar.zst`.
pub fn archive_name(bytes: &[u8]) -> Result<String, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ListError::Other)?.trim();
    let is_name = is_path(text) && !text.contains('/') && text.contains(".tar");
    if is_name { Ok(text.to_owned()) } else { Err(ListError::Other) }
}

/// The day in an archive's name, as a time of a list may begin.
pub fn day_in_name(name: &str) -> Option<&str> {
    let starts = name.char_indices().map(|(at, _)| at);
    starts.filter_map(|at| name.get(at..at.checked_add(10)?)).find(|part| is_time(part))
}

/// The folders that a page links to: `v3.20` of `<a href="v3.20/">`.
pub fn folders(bytes: &[u8]) -> Result<Vec<String>, ListError> {
    let text = String::from_utf8_lossy(bytes);
    let mut folders: Vec<String> = Vec::new();
    for piece in text.split("href=").skip(1).take(LINKS_MAX) {
        let quote = piece.chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some(link) = quote.and_then(|quote| piece.get(1..)?.split(quote).next()) else {
            continue;
        };
        let name = link.strip_prefix("./").unwrap_or(link);
        if let Some(name) = name.strip_suffix('/')
            && is_path(name)
            && !name.contains('/')
        {
            folders.push(name.to_owned());
        }
    }
    folders.sort();
    folders.dedup();
    if folders.is_empty() { Err(ListError::Other) } else { Ok(folders) }
}

/// The path of the first mirror that a `mirror.list` names, without its host: lists are copied to
/// mirrors as they are.
pub fn first_mirror(bytes: &[u8]) -> Result<String, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ListError::Other)?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).ok_or(ListError::Empty)?;
    let (_, rest) = line.split_once("://").ok_or(ListError::Other)?;
    let (_, path) = rest.split_once('/').ok_or(ListError::Other)?;
    let path = path.trim_end_matches('/').replace("$basearch", "x86_64");
    if is_path(&path) { Ok(path) } else { Err(ListError::Other) }
}

/// The path of the file with advisories that a repository's `repomd.xml` names; none where the
/// repository has none.
pub fn updateinfo(bytes: &[u8]) -> Result<Option<String>, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ListError::Other)?;
    if !text.contains("<repomd") || !text.contains("</repomd>") {
        return Err(ListError::Other);
    }
    let Some((_, data)) = text.split_once("<data type=\"updateinfo\"") else { return Ok(None) };
    let data = data.split("</data>").next().unwrap_or_default();
    let href = data
        .split_once("<location")
        .and_then(|(_, location)| location.split_once("href=\""))
        .and_then(|(_, rest)| rest.split('"').next());
    match href {
        Some(href) if is_path(href) => Ok(Some(href.to_owned())),
        _ => Err(ListError::Other),
    }
}

/// The releases that a document such as `{"branches": ["4.0", "5.0"]}` lists.
pub fn branches(bytes: &[u8]) -> Result<Vec<String>, ListError> {
    #[derive(Deserialize)]
    struct Document {
        branches: Vec<String>,
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|_| ListError::Other)?;
    let is_release = |name: &String| is_path(name) && !name.contains('/');
    let all = document.branches;
    if all.is_empty() || all.len() > BRANCHES_MAX || !all.iter().all(is_release) {
        return Err(ListError::Other);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(&str, &str)]) -> List {
        entries.iter().map(|(name, time)| ((*name).to_owned(), (*time).to_owned())).collect()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    // Lines of the shape osv.dev publishes.
    const OSV: &[u8] = b"2026-08-21T10:11:12.131415Z,GHSA-aaaa-bbbb-cccc\n\
                         2026-08-20T09:00:00Z,openSUSE-SU-2024:1234-1\n";

    #[test]
    fn lists_of_records_are_read() {
        let read = modified_ids(OSV).unwrap();
        assert_eq!(read["GHSA-aaaa-bbbb-cccc"], "2026-08-21T10:11:12.131415Z");
        assert_eq!(read.len(), 2);
        let csv = b"modified,id\r\n2026-08-21T10:11:12Z,A-1\r\n";
        assert_eq!(modified_ids(csv).unwrap(), list(&[("A-1", "2026-08-21T10:11:12Z")]));
    }

    #[test]
    fn lists_of_documents_are_read_quoted_or_not() {
        let quoted = b"\"2024/cve-2024-1234.json\",\"2026-08-21T10:11:12+00:00\"\n";
        let expected = list(&[("2024/cve-2024-1234.json", "2026-08-21T10:11:12+00:00")]);
        assert_eq!(changes(quoted).unwrap(), expected);
        let plain = b"2024/cve-2024-1234.json,2026-08-21T10:11:12+00:00";
        assert_eq!(changes(plain).unwrap(), expected);
        assert_eq!(deletions(b"").unwrap(), List::new());
    }

    #[test]
    fn other_documents_are_no_lists() {
        assert_eq!(modified_ids(b""), Err(ListError::Empty));
        for bad in [
            &b"<html><head><title>Log in</title>"[..],
            b"2026-08-21T10:11:12Z,../../etc/passwd",
            b"2026-08-21T10:11:12Z,a b",
            b"2026-08-21T10:11:12Z,A-1\nA-2",
            b"2026-08-21T10:11:12Z,A-1\nyesterday,A-2",
            b"\xff\xfe",
        ] {
            assert!(modified_ids(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
        assert!(changes(b"<!DOCTYPE html>,2026-01-01").is_err());
    }

    #[test]
    fn few_changes_are_fetched_one_by_one() {
        let before = list(&[("A", "1"), ("B", "1"), ("C", "1"), ("D", "1")]);
        let mut now = before.clone();
        assert_eq!(compare(&before, &now, 10), Changed::Nothing);
        now.insert("B".to_owned(), "2".to_owned());
        now.insert("E".to_owned(), "1".to_owned());
        now.remove("D");
        let expected = Changed::Some { changed: names(&["B", "E"]), gone: names(&["D"]) };
        assert_eq!(compare(&before, &now, 10), expected);
        assert_eq!(compare(&before, &now, 1), Changed::Everything);
        now.insert("A".to_owned(), "2".to_owned());
        assert_eq!(compare(&before, &now, 10), Changed::Everything);
    }

    #[test]
    fn documents_changed_since_the_archive_are_fetched() {
        let now = list(&[
            ("1.json", "2026-01-01T00:00:00Z"),
            ("2.json", "2026-01-02T10:00:00Z"),
            ("3.json", "2026-01-03T10:00:00Z"),
            ("4.json", "2026-01-01T10:00:00Z"),
        ]);
        let gone = list(&[("0.json", "2026-01-02T00:00:00Z")]);
        let since_archive = since(None, &now, &gone, Some("2026-01-02"), 10);
        let expected =
            Changed::Some { changed: names(&["2.json", "3.json"]), gone: names(&["0.json"]) };
        assert_eq!(since_archive, expected);
        let mut before = now.clone();
        before.insert("3.json".to_owned(), "2026-01-01T00:00:00Z".to_owned());
        let expected = Changed::Some { changed: names(&["3.json"]), gone: Vec::new() };
        assert_eq!(since(Some(&before), &now, &List::new(), None, 10), expected);
        // What was deleted and then came back is there.
        let back = list(&[("3.json", "2026-01-02T00:00:00Z")]);
        assert_eq!(since(Some(&before), &now, &back, None, 10), expected);
    }

    #[test]
    fn archives_are_named_and_dated() {
        let name = archive_name(b"csaf_vex_2026-08-21.tar.zst\n").unwrap();
        assert_eq!(day_in_name(&name), Some("2026-08-21"));
        assert_eq!(day_in_name("csaf-vex.tar.bz2"), None);
        for bad in [&b"<html>"[..], b"", b"../x.tar.zst", b"https://e.org/x.tar.zst", b"x.json"] {
            assert!(archive_name(bad).is_err());
        }
    }

    #[test]
    fn pages_list_folders() {
        let page = br#"<a href="../">../</a><a href="edge/">edge/</a> <a href='v3.20/'>v3.20</a>
            <a href="license.txt">license.txt</a><a href="/v3.21/">x</a>"#;
        assert_eq!(folders(page).unwrap(), ["edge", "v3.20"]);
        assert!(folders(b"<html>Not here</html>").is_err());
    }

    #[test]
    fn mirror_lists_name_a_path() {
        let line = b"https://cdn.amazonlinux.com/2/core/2.0/x86_64/0a1b2c\n";
        assert_eq!(first_mirror(line).unwrap(), "2/core/2.0/x86_64/0a1b2c");
        let line = b"http://m.example/al2023/core/guids/0a1b/$basearch/";
        assert_eq!(first_mirror(line).unwrap(), "al2023/core/guids/0a1b/x86_64");
        for bad in [&b""[..], b"<html>", b"https://e.org", b"https://e.org/../x"] {
            assert!(first_mirror(bad).is_err());
        }
    }

    #[test]
    fn metadata_names_the_advisories() {
        let with = br#"<?xml version="1.0"?><repomd xmlns="http://linux.duke.edu/metadata/repo">
            <data type="primary"><location href="repodata/0-primary.xml.gz"/></data>
            <data type="updateinfo"><checksum type="sha256">ab</checksum>
            <location href="repodata/ab-updateinfo.xml.gz"/></data></repomd>"#;
        let found = updateinfo(with).unwrap();
        assert_eq!(found.as_deref(), Some("repodata/ab-updateinfo.xml.gz"));
        assert_eq!(updateinfo(b"<repomd></repomd>").unwrap(), None);
        assert!(updateinfo(b"<html></html>").is_err());
        assert!(updateinfo(b"<repomd><data type=\"updateinfo\"></data></repomd>").is_err());
        assert!(updateinfo(b"<repomd><data type=\"updateinfo\">").is_err());
    }

    #[test]
    fn releases_are_listed() {
        assert_eq!(branches(br#"{"branches": ["4.0", "5.0"]}"#).unwrap(), ["4.0", "5.0"]);
        for bad in [r#"{"branches": []}"#, r#"{"branches": ["../x"]}"#, "[]", ""] {
            assert!(branches(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
