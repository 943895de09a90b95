//! VEX repositories (<https://github.com/aquasecurity/vex-repo-spec>): which there are, and how their
//! archives come into the folder `vex` of the cache folder.
//!
//! `repository.yaml` there names them, in Trivy's words. Each has a folder of its name with what its
//! archive holds, beside `.fetched.json`, which says of which state that is.

use crate::commands::outcome;
use crate::fail::{CommandError, Kind, Result, causes};
use anyhow::{Context as _, bail, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lazaret_image::fetch::{Answer, Client, FetchOptions, Validators, Wanted, shown};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Component, Path, PathBuf};

/// The list of repositories.
const LIST: &str = "repository.yaml";
/// What is known of a fetched archive.
const FETCHED: &str = ".fetched.json";
/// The version of the specification that is read.
const SPEC: &str = "0.1";

/// A list as it is made: the one public repository for everybody.
const DEFAULT_LIST: &str = "\
repositories:
  - name: default
    url: https://github.com/aquasecurity/vexhub
    enabled: true
";

/// Repositories in a list. People have a few.
const REPOSITORIES_MAX: usize = 100;
/// The largest manifest, archive and content of one, in bytes: those of the largest public
/// repository are a hundredth.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;
const ARCHIVE_BYTES_MAX: u64 = 512 << 20;
const CONTENT_BYTES_MAX: u64 = 4 << 30;
/// Files of one archive that are kept.
const FILES_MAX: usize = 100_000;

/// Whether repositories are fetched before they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Where they are not there, or were not asked for today.
    Daily,
    /// Never.
    AsIs,
}

/// One repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repository {
    /// What it is called, and its folder.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) url: String,
    /// Whether it is used.
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    token: String,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    repositories: Vec<Repository>,
}

#[derive(Deserialize)]
struct Manifest {
    versions: Versions,
}

/// A list, as repositories write it, or a map, as the specification's first draft has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Versions {
    List(Vec<Version>),
    Map(std::collections::BTreeMap<String, Version>),
}

#[derive(Deserialize)]
struct Version {
    spec_version: String,
    #[serde(default)]
    locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Location {
    url: String,
}

/// Which state of an archive was fetched, and when it was last asked for.
#[derive(Default, Serialize, Deserialize)]
struct Fetched {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    day: String,
}

/// What came of fetching a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// A new state.
    New,
    /// The one that was there.
    Same,
}

/// The folder of repositories.
fn root(cache: Option<&Path>) -> Result<PathBuf> {
    let missing = "there is no cache folder: neither HOME nor XDG_CACHE_HOME is set";
    cache.map(|cache| cache.join("vex")).ok_or_else(|| CommandError::usage(missing))
}

fn wrong(error: anyhow::Error) -> CommandError {
    CommandError::new(Kind::Config, error)
}

/// Writes a list with the public repository, unless there is one. Says where it is, and whether it
/// is new.
pub(crate) fn init(cache: Option<&Path>) -> Result<(PathBuf, bool)> {
    let root = root(cache)?;
    let path = root.join(LIST);
    if path.exists() {
        return Ok((path, false));
    }
    let write = || -> anyhow::Result<()> {
        fs::create_dir_all(&root)?;
        Ok(fs::write(&path, DEFAULT_LIST)?)
    };
    write().with_context(|| format!("failed to write {}", path.display())).map_err(wrong)?;
    Ok((path, true))
}

/// Every repository of the list, in its order; nothing where there is no list.
pub(crate) fn list(cache: Option<&Path>) -> Result<Option<Vec<Repository>>> {
    let path = root(cache)?.join(LIST);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let error = anyhow::Error::new(error);
            return Err(wrong(error.context(format!("failed to read {}", path.display()))));
        }
    };
    let read = || -> anyhow::Result<Vec<Repository>> {
        let list: List =
            serde_saphyr::from_str(&text).map_err(|error| anyhow::anyhow!("{error}"))?;
        ensure!(list.repositories.len() <= REPOSITORIES_MAX, "it has more than {REPOSITORIES_MAX}");
        for one in &list.repositories {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            let is_name = !one.name.is_empty()
                && !one.name.starts_with('.')
                && one.name != LIST
                && one.name.chars().all(is_plain);
            ensure!(is_name, "`{}` is no name: use letters, digits, `-`, `_` and `.`", one.name);
            let same = list.repositories.iter().filter(|other| other.name == one.name).count();
            ensure!(same == 1, "there are two repositories `{}`", one.name);
        }
        Ok(list.repositories)
    };
    read()
        .with_context(|| format!("{} is no list of VEX repositories", path.display()))
        .map(Some)
        .map_err(wrong)
}

/// The folders of the repositories to read, those of the list first and in its order, fetched where
/// that is due. A repository that cannot be fetched is read as it was, if it is there.
pub(crate) fn folders(cache: Option<&Path>, freshness: Freshness) -> Result<Vec<PathBuf>> {
    let root = root(cache)?;
    let listed = list(cache)?.unwrap_or_default();
    let mut folders = Vec::new();
    let mut client = None;
    for repository in listed.iter().filter(|one| one.enabled) {
        let folder = root.join(&repository.name);
        let is_there = folder.join("index.json").is_file();
        let is_due = !is_there || fetched(&folder).day != outcome::today().to_string();
        if is_due && freshness == Freshness::Daily {
            if client.is_none() {
                client = Some(Client::new(&FetchOptions::default()).map_err(|e| wrong(e.into()))?);
            }
            let came = client.as_ref().map(|client| fetch(client, repository, &folder));
            match came {
                Some(Err(error)) if is_there => {
                    let why = causes(&error);
                    tracing::warn!(repository = repository.name, why, "not fetched: as it was");
                }
                Some(Err(error)) => {
                    let what = format!("failed to fetch the VEX repository {}", repository.name);
                    return Err(CommandError::new(Kind::Input, error.context(what)));
                }
                Some(Ok(_)) | None => {}
            }
        }
        if folder.join("index.json").is_file() {
            folders.push(folder);
        }
    }
    // Folders that somebody put there.
    let mut others: Vec<PathBuf> = fs::read_dir(&root)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("index.json").is_file())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            !name.starts_with('.') && !listed.iter().any(|one| one.name == name)
        })
        .collect();
    others.sort();
    folders.extend(others);
    if folders.is_empty() {
        let error = anyhow::anyhow!("there is no VEX repository in {}", root.display());
        let hint = "lazaret vex repo init names the public one; or unpack one there, or name its \
                    folder: --vex DIR";
        return Err(wrong(error).hint(hint));
    }
    Ok(folders)
}

/// Fetches repositories of these names, or every one that is enabled, and says what came of each.
pub(crate) fn download(
    cache: Option<&Path>,
    names: &[String],
) -> Result<Vec<(Repository, anyhow::Result<Came>)>> {
    let root = root(cache)?;
    let Some(listed) = list(cache)? else {
        let error = anyhow::anyhow!("there is no list of VEX repositories in {}", root.display());
        return Err(wrong(error).hint("make one: lazaret vex repo init"));
    };
    if let Some(name) = names.iter().find(|name| !listed.iter().any(|one| one.name == **name)) {
        return Err(CommandError::usage(format!("there is no VEX repository `{name}`")));
    }
    let client = Client::new(&FetchOptions::default()).map_err(|error| wrong(error.into()))?;
    let wanted = listed
        .into_iter()
        .filter(|one| if names.is_empty() { one.enabled } else { names.contains(&one.name) });
    Ok(wanted
        .map(|one| {
            let came = fetch(&client, &one, &root.join(&one.name));
            (one, came)
        })
        .collect())
}

fn fetched(folder: &Path) -> Fetched {
    let text = fs::read(folder.join(FETCHED)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Fetches one repository: its manifest, and the archive of the first location that has it.
fn fetch(client: &Client, repository: &Repository, folder: &Path) -> anyhow::Result<Came> {
    let address = manifest_address(&repository.url);
    let authorization = repository.authorization();
    let show = authorization.as_deref();
    let (bytes, _) = get(client, &address, None, show, MANIFEST_BYTES_MAX)?
        .with_context(|| format!("there is no {}", shown(&address)))?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} is no manifest of a VEX repository", shown(&address)))?;
    let versions: Vec<Version> = match manifest.versions {
        Versions::List(list) => list,
        Versions::Map(map) => map.into_values().collect(),
    };
    // Before 1.0 every version may break with the one before.
    let version = versions.iter().find(|one| one.spec_version.trim_start_matches('v') == SPEC);
    let version = version.with_context(|| format!("it has no version {SPEC}"))?;
    ensure!(!version.locations.is_empty(), "version {SPEC} is nowhere to be had");
    let mut failure = None;
    for location in &version.locations {
        // Somebody who is shown a password for one host is not shown it for another.
        let show = show.filter(|_| host(&location.url) == host(&repository.url));
        match fetch_archive(client, &location.url, show, folder) {
            Ok(came) => return Ok(came),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Err(failure.unwrap_or_else(|| anyhow::anyhow!("it is nowhere to be had")))
}

fn fetch_archive(
    client: &Client,
    location: &str,
    authorization: Option<&str>,
    folder: &Path,
) -> anyhow::Result<Came> {
    let (url, inside) = split_location(location);
    let before = fetched(folder);
    let known =
        Validators { etag: before.etag.clone(), last_modified: before.last_modified.clone() };
    let is_there = folder.join("index.json").is_file() && before.url == location;
    let known = (is_there && !known.is_empty()).then_some(&known);
    let today = outcome::today().to_string();
    let Some((bytes, validators)) = get(client, url, known, authorization, ARCHIVE_BYTES_MAX)?
    else {
        ensure!(known.is_some(), "there is no {}", shown(url));
        let text = serde_json::to_vec(&Fetched { day: today, ..before })?;
        fs::write(folder.join(FETCHED), text)?;
        return Ok(Came::Same);
    };
    let parent = folder.parent().context("the folder has no parent")?;
    fs::create_dir_all(parent)?;
    // What is there stays until everything new is.
    let new = tempfile::Builder::new().prefix(".new-").tempdir_in(parent)?;
    unpack(bytes, inside, new.path())
        .with_context(|| format!("failed to unpack {}", shown(url)))?;
    ensure!(new.path().join("index.json").is_file(), "{} has no index.json", shown(location));
    let Validators { etag, last_modified } = validators;
    let state = Fetched { url: location.to_owned(), etag, last_modified, day: today };
    fs::write(new.path().join(FETCHED), serde_json::to_vec(&state)?)?;
    if folder.exists() {
        let old = tempfile::Builder::new().prefix(".old-").tempdir_in(parent)?;
        fs::rename(folder, old.path().join("old"))?;
    }
    fs::rename(new.keep(), folder)?;
    Ok(Came::New)
}

impl Repository {
    fn authorization(&self) -> Option<String> {
        if !self.token.is_empty() {
            return Some(format!("Bearer {}", self.token));
        }
        let both = format!("{}:{}", self.username, self.password);
        (both != ":").then(|| format!("Basic {}", BASE64_STANDARD.encode(both)))
    }
}

/// Where a repository's manifest is: in the root of the main branch at GitHub, else under
/// `.well-known`.
fn manifest_address(url: &str) -> String {
    let url = url.trim_end_matches('/');
    match url.strip_prefix("https://github.com/") {
        Some(name) => {
            let name = name.trim_end_matches(".git");
            format!("https://raw.githubusercontent.com/{name}/main/vex-repository.json")
        }
        None => format!("{url}/.well-known/vex-repository.json"),
    }
}

/// The address of an archive, and the folder in it behind a second `//`.
fn split_location(location: &str) -> (&str, &str) {
    let begin = location.find("://").map_or(0, |at| at + 3);
    match location.get(begin..).and_then(|rest| rest.find("//")) {
        Some(at) => {
            let (url, inside) = location.split_at(begin + at);
            (url, inside.trim_matches('/'))
        }
        None => (location, ""),
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// A whole file; nothing where it is the one that is known, or not there.
pub(crate) fn get(
    client: &Client,
    url: &str,
    known: Option<&Validators>,
    authorization: Option<&str>,
    bytes_max: u64,
) -> anyhow::Result<Option<(Vec<u8>, Validators)>> {
    let wanted = Wanted { url, known, begun: None, authorization, bytes_max };
    let mut failures = 0;
    loop {
        let mut found = match client.ask(&wanted)? {
            Answer::NotModified | Answer::Missing => return Ok(None),
            Answer::Found(found) => found,
        };
        let mut bytes = Vec::new();
        let read = loop {
            match client.read(&mut found) {
                Ok(Some(piece)) => bytes.extend_from_slice(&piece),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        match read {
            Ok(()) => return Ok(Some((bytes, found.validators.clone()))),
            Err(error) => {
                failures += 1;
                if !error.is_passing() || !client.pause(failures) {
                    return Err(error.into());
                }
            }
        }
    }
}

/// Unpacks the documents of a folder of an archive, whose format its first bytes tell.
fn unpack(bytes: Vec<u8>, inside: &str, to: &Path) -> anyhow::Result<()> {
    let mut left = CONTENT_BYTES_MAX;
    let mut files = 0_usize;
    let mut keep = |path: &Path, from: &mut dyn Read| -> anyhow::Result<()> {
        let Some(path) = path_within(path, inside) else { return Ok(()) };
        files += 1;
        ensure!(files <= FILES_MAX, "it has more than {FILES_MAX} files");
        let target = to.join(path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::File::create(&target)?;
        let written = std::io::copy(&mut from.take(left.saturating_add(1)), &mut file)?;
        left = left.checked_sub(written).context("it holds more than is taken")?;
        Ok(())
    };
    let plain: Box<dyn Read> = match bytes.as_slice() {
        [b'P', b'K', 3, 4, ..] => {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
            for at in 0..archive.len() {
                let mut file = archive.by_index(at)?;
                if let Some(path) = file.enclosed_name().filter(|_| file.is_file()) {
                    keep(&path, &mut file)?;
                }
            }
            return Ok(());
        }
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(Cursor::new(bytes))),
        [b'B', b'Z', b'h', ..] => Box::new(MultiBzDecoder::new(Cursor::new(bytes))),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            Box::new(lzma_rust2::XzReader::new(Cursor::new(bytes), true))
        }
        [] => bail!("it is empty"),
        _ => Box::new(Cursor::new(bytes)),
    };
    for entry in tar::Archive::new(plain).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let path = entry.path()?.into_owned();
            keep(&path, &mut entry)?;
        }
    }
    Ok(())
}

/// Where a file goes: what follows `inside`, if it is a document and climbs nowhere.
fn path_within(path: &Path, inside: &str) -> Option<PathBuf> {
    let plain: Option<PathBuf> = path
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        })
        .collect();
    let plain = plain?;
    let plain = plain.strip_prefix(inside).ok()?;
    let is_document = plain.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    is_document.then(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_specification() {
        for (url, expected) in [
            (
                "https://github.com/aquasecurity/vexhub",
                "https://raw.githubusercontent.com/aquasecurity/vexhub/main/vex-repository.json",
            ),
            ("https://vex.example.org/", "https://vex.example.org/.well-known/vex-repository.json"),
        ] {
            assert_eq!(manifest_address(url), expected);
        }
        for (location, expected) in [
            ("https://a.example/b.tar.gz//c-main", ("https://a.example/b.tar.gz", "c-main")),
            ("https://a.example/b.tar.gz//c/d/", ("https://a.example/b.tar.gz", "c/d")),
            ("https://a.example/b.zip", ("https://a.example/b.zip", "")),
        ] {
            assert_eq!(split_location(location), expected);
        }
    }

    #[test]
    fn only_documents_of_the_folder_are_unpacked() {
        for (path, inside, expected) in [
            ("main/index.json", "main", Some("index.json")),
            ("./main/pkg/a/vex.json", "main", Some("pkg/a/vex.json")),
            ("index.json", "", Some("index.json")),
            ("main/README.md", "main", None),
            ("other/index.json", "main", None),
            ("main/../../x.json", "main", None),
            ("/main/x.json", "", None),
        ] {
            let found = path_within(Path::new(path), inside);
            assert_eq!(found.as_deref(), expected.map(Path::new), "{path}");
        }
    }
}
