//! Every layout there is, on a server of our own. The feeds are those whose parsers take what is
//! easy to write; which feed has which layout is the table's business.

use super::mirror::Mirror;
use super::source::{Done, Job};
use super::transfer::Transfer;
use crate::args::Global;
use crate::ui::Transfers;
use lazaret_advisory::feed::FEEDS;
use lazaret_advisory::update::{Choice, Elsewhere, Layout, Repositories, Source};
use lazaret_image::fetch::{Client, FetchOptions};
use lazaret_testkit::web::{Fault, Page, Web};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::time::Duration;
use tempfile::TempDir;

struct Place {
    web: Web,
    folder: TempDir,
    source: Source,
}

impl Place {
    /// A source of this layout, read by this feed.
    fn new(feed: &str, layout: Layout) -> Self {
        let feed = FEEDS.iter().find(|known| known.id == feed).unwrap();
        let web = Web::start();
        let source = Source {
            name: "test".to_owned(),
            feed,
            base: web.url("base/"),
            folder: "mirror/".to_owned(),
            layout,
            file: String::new(),
            segments: &["rocky-*"],
            extra: false,
        };
        Self { web, folder: tempfile::tempdir().unwrap(), source }
    }

    fn run_choosing(&self, choice: &Choice) -> Done {
        let mirror = Mirror::open(self.folder.path()).unwrap();
        let options = FetchOptions {
            retries: 1,
            backoff: Duration::from_millis(1),
            ..FetchOptions::default()
        };
        let client = Client::new(&options).unwrap();
        let global = Global { config: None, debug: false, quiet: true, no_progress: true };
        let shown = Transfers::new(&global);
        let transfer = Transfer { client: &client, mirror: &mirror, shown: &shown };
        let mut job = Job {
            source: &self.source,
            elsewhere: Elsewhere::default(),
            choice,
            accepted: false,
            transfer: &transfer,
            state: mirror.source(&self.source.name),
            done: Done::default(),
        };
        job.run();
        mirror.keep_source(&self.source.name, &job.state).unwrap();
        job.done
    }

    fn run(&self) -> Done {
        self.run_choosing(&Choice::default())
    }

    /// A run in which nothing fails: new files, records fetched one by one, files left as they are.
    #[track_caller]
    fn ran(&self) -> (usize, usize, usize) {
        let done = self.run();
        assert_eq!(done.failures, Vec::<String>::new());
        (done.files, done.records, done.same)
    }

    fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.web.put(&format!("base/{path}"), body);
    }

    /// What was asked for and sent, below the base.
    fn sent(&self) -> Vec<String> {
        let requests = self.web.take().into_iter().filter(|request| request.status == 200);
        requests.map(|request| request.path.replace("/base/", "")).collect()
    }

    /// Files of the mirror folder, without those about itself.
    fn files(&self) -> Vec<String> {
        fn list(folder: &std::path::Path, prefix: &str, files: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
                if entry.path().is_dir() {
                    list(&entry.path(), &format!("{name}/"), files);
                } else {
                    files.push(name);
                }
            }
        }
        let mut files = Vec::new();
        list(&self.folder.path().join("mirror"), "", &mut files);
        files.sort();
        files
    }
}

fn secdb(flaws: usize) -> String {
    let fixes: Vec<String> =
        (1..=flaws).map(|n| format!(r#""1.{n}-r0": ["CVE-2024-{n:05}"]"#)).collect();
    let fixes = fixes.join(", ");
    format!(r#"{{"packages": [{{"pkg": {{"name": "lantern", "secfixes": {{{fixes}}}}}}}]}}"#)
}

#[test]
fn files_are_fetched_until_the_year_that_is_not_there_yet() {
    let layout = Layout::Years { before: "cve-", after: ".json", first: 2023, last: 2024 };
    let place = Place::new("wolfi-secdb", layout);
    for year in 2023..=2025 {
        place.put(&format!("cve-{year}.json"), secdb(2));
    }
    assert_eq!(place.ran(), (3, 0, 0));
    assert_eq!(place.sent(), ["cve-2023.json", "cve-2024.json", "cve-2025.json"]);
    place.put("cve-2026.json", secdb(2));
    assert_eq!(place.ran(), (1, 0, 3));
    place.web.remove("base/cve-2023.json");
    let done = place.run();
    assert_eq!((done.same, done.failures.len()), (3, 1));
    assert!(done.failures[0].contains("cve-2023.json"), "{:?}", done.failures);
    assert!(place.files().contains(&"cve-2023.json".to_owned()));
}

#[test]
fn releases_are_those_of_the_list() {
    let layout = Layout::Releases {
        list: "versions.json",
        before: "data-",
        after: ".json",
        segment: "photon-",
    };
    let place = Place::new("wolfi-secdb", layout);
    place.put("versions.json", r#"{"branches": ["4.0", "5.0"]}"#);
    place.put("data-4.0.json", secdb(2));
    place.put("data-5.0.json", secdb(3));
    assert_eq!(place.ran(), (2, 0, 0));
    assert_eq!(place.files(), ["data-4.0.json", "data-5.0.json", "versions.json"]);
    place.put("versions.json", "<html>");
    assert!(place.run().failures[0].contains("versions.json"));
}

const REPOMD: &str = r#"<repomd><data type="updateinfo">
    <location href="repodata/HASH-updateinfo.json"/></data></repomd>"#;

#[test]
fn repositories_name_their_advisories_and_old_ones_go() {
    let at = &[("9/BaseOS/os", "rocky-9"), ("10/BaseOS/os", "rocky-10")];
    let place = Place::new("wolfi-secdb", Layout::Repositories(Repositories::At(at)));
    place.put("9/BaseOS/os/repodata/repomd.xml", REPOMD.replace("HASH", "one"));
    place.put("9/BaseOS/os/repodata/one-updateinfo.json", secdb(2));
    // The other release is not there yet.
    assert_eq!(place.ran(), (1, 0, 0));
    place.put("9/BaseOS/os/repodata/repomd.xml", REPOMD.replace("HASH", "two"));
    place.put("9/BaseOS/os/repodata/two-updateinfo.json", secdb(3));
    place.sent();
    assert_eq!(place.ran(), (1, 0, 0));
    let expected = ["9/BaseOS/os/repodata/repomd.xml", "9/BaseOS/os/repodata/two-updateinfo.json"];
    assert_eq!(place.sent(), expected);
    assert_eq!(place.files(), expected);
    assert_eq!(place.ran(), (0, 0, 1));
    // One that shrank is refused under its new name as well, and asked for again.
    place.put("9/BaseOS/os/repodata/repomd.xml", REPOMD.replace("HASH", "three"));
    place.put("9/BaseOS/os/repodata/three-updateinfo.json", secdb(1));
    for _ in 0..2 {
        let done = place.run();
        assert!(done.failures[0].contains("it holds 1 records, and held 3"), "{done:?}");
        assert_eq!(place.files(), expected);
    }
}

#[test]
fn only_wanted_repositories_are_asked() {
    let at = &[("9/BaseOS/os", "rocky-9"), ("10/BaseOS/os", "rocky-10")];
    let place = Place::new("wolfi-secdb", Layout::Repositories(Repositories::At(at)));
    let sources = [place.source.clone()];
    let choice = Choice::of_words(&["rocky-9".to_owned()], &sources).unwrap();
    place.run_choosing(&choice);
    let asked: Vec<String> = place.web.take().into_iter().map(|request| request.path).collect();
    assert_eq!(asked, ["/base/9/BaseOS/os/repodata/repomd.xml"]);
}

#[test]
fn a_mirror_list_names_the_repository_below_the_same_address() {
    let all = &[("2/core/mirror.list", "amazon-2")];
    let place = Place::new("wolfi-secdb", Layout::Repositories(Repositories::Listed(all)));
    place.put("2/core/mirror.list", "https://cdn.example.org/2/core/0a1b\n");
    place.put("2/core/0a1b/repodata/repomd.xml", REPOMD.replace("HASH", "x"));
    place.put("2/core/0a1b/repodata/x-updateinfo.json", secdb(2));
    assert_eq!(place.ran(), (1, 0, 0));
    place.put("2/core/mirror.list", "https://cdn.example.org/2/core/2c3d\n");
    place.put("2/core/2c3d/repodata/repomd.xml", REPOMD.replace("HASH", "x"));
    place.put("2/core/2c3d/repodata/x-updateinfo.json", secdb(3));
    assert_eq!(place.ran(), (1, 0, 0));
    assert!(place.files().contains(&"2/core/2c3d/repodata/x-updateinfo.json".to_owned()));
    assert!(!place.files().contains(&"2/core/0a1b/repodata/x-updateinfo.json".to_owned()));
    place.web.remove("base/2/core/mirror.list");
    assert_eq!(place.run().failures.len(), 1);
}

/// A document of one vulnerability.
fn document(id: &str, fixed: &str) -> String {
    format!(
        r#"{{"id": "{id}", "modified": "2026-01-01T00:00:00Z",
        "affected": [{{"package": {{"ecosystem": "Wolfi", "name": "lantern"}},
        "ranges": [{{"type": "ECOSYSTEM",
            "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
    )
}

fn tar_of(files: &BTreeMap<String, String>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(text.len()).unwrap());
        header.set_mode(0o644);
        builder.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A directory of documents, in the state of one day.
struct Directory {
    place: Place,
    documents: BTreeMap<String, String>,
    times: BTreeMap<String, String>,
    deleted: BTreeMap<String, String>,
}

impl Directory {
    /// Ten documents, all in the archive of the second of January.
    fn new() -> Self {
        let layout = Layout::Directory { folder: "vex/", latest: Some("latest.txt"), archive: "" };
        let place = Place::new("osv-wolfi", layout);
        let names = || (1..=10).map(|n| format!("2024/cve-2024-{n:04}.json"));
        let documents =
            names().map(|name| (name.clone(), document(&name[5..18].to_uppercase(), "1.0")));
        let times = names().map(|name| (name, "2026-01-01T10:00:00+00:00".to_owned()));
        let deleted = BTreeMap::new();
        let directory =
            Self { place, documents: documents.collect(), times: times.collect(), deleted };
        directory.publish("2026-01-02");
        directory.serve();
        directory
    }

    /// Publishes an archive of what there is.
    fn publish(&self, day: &str) {
        let name = format!("vex_{day}.tar.gz");
        self.place.put("vex/latest.txt", name.as_str());
        self.place.put(&format!("vex/{name}"), tar_of(&self.documents));
    }

    /// Serves the lists and the documents themselves.
    fn serve(&self) {
        let list = |entries: &BTreeMap<String, String>| {
            let lines = entries.iter().map(|(name, time)| format!("\"{name}\",\"{time}\"\n"));
            lines.collect::<Vec<_>>().concat()
        };
        self.place.put("vex/changes.csv", list(&self.times));
        self.place.put("vex/deletions.csv", list(&self.deleted));
        for (name, text) in &self.documents {
            self.place.put(&format!("vex/{name}"), text.as_str());
        }
    }

    fn change(&mut self, n: u32, fixed: &str, time: &str) {
        let name = format!("2024/cve-2024-{n:04}.json");
        let text = document(&format!("CVE-2024-{n:04}"), fixed);
        self.documents.insert(name.clone(), text);
        self.times.insert(name, time.to_owned());
    }

    fn delete(&mut self, n: u32, time: &str) {
        let name = format!("2024/cve-2024-{n:04}.json");
        self.documents.remove(&name);
        self.times.remove(&name);
        self.deleted.insert(name, time.to_owned());
    }

    /// The documents of the archive in the mirror, which there is one of.
    fn kept(&self) -> BTreeMap<String, String> {
        let names = self.place.files();
        let archives: Vec<&String> = names.iter().filter(|name| name.contains(".tar")).collect();
        assert_eq!(archives.len(), 1, "{archives:?}");
        let mut file =
            File::open(self.place.folder.path().join("mirror").join(archives[0])).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            bytes = zstd::decode_all(bytes.as_slice()).unwrap();
        }
        let mut found = BTreeMap::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            assert!(found.insert(name, text).is_none());
        }
        found
    }
}

#[test]
fn a_directory_is_its_archive_and_what_changed_since() {
    let mut directory = Directory::new();
    directory.change(3, "2.0", "2026-01-02T08:00:00+00:00");
    directory.change(11, "1.0", "2026-01-03T08:00:00+00:00");
    directory.delete(4, "2026-01-03T09:00:00+00:00");
    directory.serve();
    let (files, records, _) = directory.place.ran();
    assert_eq!((files, records), (1, 2));
    assert_eq!(directory.kept(), directory.documents);
    // Nothing changed: neither list nor archive is sent again.
    directory.place.sent();
    assert_eq!(directory.place.ran(), (0, 0, 1));
    assert_eq!(directory.place.sent(), Vec::<String>::new());
}

#[test]
fn only_documents_that_changed_are_fetched() {
    let mut directory = Directory::new();
    directory.place.ran();
    directory.place.sent();
    directory.change(5, "3.0", "2026-01-04T08:00:00+00:00");
    directory.delete(6, "2026-01-04T08:00:00+00:00");
    directory.serve();
    assert_eq!(directory.place.ran(), (0, 1, 1));
    let mut sent = directory.place.sent();
    sent.sort();
    let expected = ["vex/2024/cve-2024-0005.json", "vex/changes.csv", "vex/deletions.csv"];
    assert_eq!(sent, expected);
    assert_eq!(directory.kept(), directory.documents);
    // What was deleted comes back.
    directory.change(6, "4.0", "2026-01-05T08:00:00+00:00");
    directory.serve();
    assert_eq!(directory.place.ran(), (0, 1, 1));
    assert_eq!(directory.kept(), directory.documents);
}

#[test]
fn a_document_that_is_broken_changes_nothing() {
    let mut directory = Directory::new();
    directory.place.ran();
    let before = directory.kept();
    directory.change(5, "3.0", "2026-01-04T08:00:00+00:00");
    directory.serve();
    for body in ["<html>", "", "{\"id\": \"CVE-20"] {
        directory.place.put("vex/2024/cve-2024-0005.json", body);
        let done = directory.place.run();
        assert!(done.failures[0].contains("cve-2024-0005.json"), "{done:?}");
        assert_eq!(directory.kept(), before);
    }
    // The list was not believed before its documents were there.
    directory.serve();
    assert_eq!(directory.place.ran(), (0, 1, 1));
    assert_eq!(directory.kept(), directory.documents);
}

#[test]
fn most_documents_may_not_be_deleted_at_once() {
    let mut directory = Directory::new();
    directory.place.ran();
    for n in 1..=5 {
        directory.delete(n, "2026-01-04T08:00:00+00:00");
    }
    directory.serve();
    let done = directory.place.run();
    assert!(done.failures[0].contains("it holds 5 records, and held 10"), "{done:?}");
    assert_eq!(directory.kept().len(), 10);
}

#[test]
fn a_directory_without_lists_is_its_archive() {
    let directory = Directory::new();
    for list in ["changes.csv", "deletions.csv"] {
        directory.place.web.remove(&format!("base/vex/{list}"));
    }
    assert_eq!(directory.place.ran(), (1, 0, 0));
    directory.publish("2026-01-09");
    assert_eq!(directory.place.ran().0 + directory.place.ran().2, 2);
    assert!(directory.place.files().contains(&"vex/vex_2026-01-09.tar.gz".to_owned()));
    assert_eq!(directory.kept().len(), 10);
}

#[test]
fn an_archive_whose_name_stays_is_dated_by_its_server() {
    let mut directory = Directory::new();
    directory.place.source.layout =
        Layout::Directory { folder: "vex/", latest: None, archive: "vex.tar.gz" };
    let page = Page {
        body: tar_of(&directory.documents),
        last_modified: Some("Fri, 02 Jan 2026 10:00:00 GMT".to_owned()),
        ..Page::default()
    };
    directory.place.web.put_page("base/vex.tar.gz", page);
    directory.change(3, "2.0", "2026-01-02T08:00:00+00:00");
    directory.serve();
    assert_eq!(directory.place.ran().1, 1);
    assert_eq!(directory.kept(), directory.documents);
}

#[test]
fn a_transfer_that_keeps_breaking_is_given_up() {
    let layout = Layout::Files(&[("a.json", "a.json", "")]);
    let place = Place::new("wolfi-secdb", layout);
    place.put("a.json", secdb(100));
    place.web.fail_always("base/a.json", Some(Fault::Cut(10)));
    let done = place.run();
    assert!(done.failures[0].contains("the transfer broke off"), "{done:?}");
    // Once, and once more; what came in is not asked for again.
    let asked = place.web.take();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].header("range"), Some("bytes=10-"));
}
