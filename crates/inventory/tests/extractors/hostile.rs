//! Bytes nobody meant: no extractor panics, and none builds more than its file warrants.

use super::run::{cases, extractor, inputs, run};
use lazaret_core::extract::{Fact, Select};
use lazaret_inventory::EXTRACTORS;
use proptest::prelude::*;

/// A path the selection takes.
fn example_path(select: Select) -> String {
    match select {
        Select::Path(path) => path.to_owned(),
        Select::Name(name) => format!("app/{name}"),
        Select::Suffix(suffix) | Select::Beginning(suffix) => format!("app/x-1.0{suffix}"),
        Select::Below(folder, ending) => {
            let name = if ending.starts_with('.') { "x" } else { "x/" };
            format!("{folder}/{name}{ending}").trim_end_matches('/').to_owned()
        }
        Select::NameIn(name, folder) => format!("app/x-1.0{folder}/{name}"),
        Select::Affix(start, end) => format!("app/{start}{end}"),
        Select::FolderIn(folder) => format!("{folder}/x-1.0"),
        Select::Tail(pattern) => format!("app/{}", pattern.replace('*', "x")),
        Select::Library(name) => format!("usr/lib/{name}.so"),
        Select::Program => "usr/bin/x".to_owned(),
    }
}

fn run_everything(bytes: &[u8]) {
    for extractor in EXTRACTORS {
        for select in extractor.selects {
            run(extractor, &example_path(*select), bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        run_everything(&bytes);
    }

    #[test]
    fn text_of_the_formats_own_characters_does_no_harm(
        text in "(P|V|F|R|Package|Status|Name|License|ID|Format|\"|'|\\\\|:|=|\\{|\\}|\\[|,| |\t|\r|\n|/|1|é){0,120}",
    ) {
        run_everything(text.as_bytes());
    }
}

#[test]
fn a_file_cut_anywhere_does_no_harm() {
    for extractor in EXTRACTORS {
        for (_, folder) in cases(extractor) {
            for (path, file) in inputs(&folder) {
                let bytes = std::fs::read(file).unwrap();
                for end in 0..bytes.len().min(4_096) {
                    run(extractor, &path, &bytes[..end]);
                }
            }
        }
    }
}

#[test]
fn garbage_gives_a_handful_of_problems() {
    let garbage = b"x\n\n".repeat(50_000);
    for (id, path) in [
        ("apk/installed", "lib/apk/db/installed"),
        ("dpkg/status", "var/lib/dpkg/status"),
        ("dpkg/list", "var/lib/dpkg/info/x.list"),
    ] {
        let problems = run(extractor(id), path, &garbage).problems;
        assert!((2..=30).contains(&problems.len()), "{id}: {}", problems.len());
        let last = &problems.last().unwrap().message;
        assert!(last.contains("more broken entries"), "{id}: {last}");
    }
}

#[test]
fn owned_paths_do_not_outgrow_their_database() {
    let folder = "d/".repeat(2_000);
    let mut database = format!("P:big\nV:1-r0\nF:{folder}\n").into_bytes();
    database.extend(b"R:package.json\n".repeat(100_000));
    let outcome = run(extractor("apk/installed"), "lib/apk/db/installed", &database);
    let owned: usize = outcome
        .facts
        .iter()
        .filter_map(|fact| match &fact.fact {
            Fact::Owns { paths, .. } => {
                Some(paths.iter().map(|path| path.as_str().len()).sum::<usize>())
            }
            _ => None,
        })
        .sum();
    assert!(owned > 0 && owned < database.len() * 5, "{owned} bytes");
    assert!(outcome.problems.iter().any(|problem| problem.message.contains("paths")));
}

#[test]
fn deep_json_ends_in_a_problem() {
    let deep = format!("{}{}", "{\"dependencies\":".repeat(50_000), "1");
    for (id, path) in
        [("npm/package-lock", "app/package-lock.json"), ("npm/package-json", "app/package.json")]
    {
        assert_eq!(run(extractor(id), path, deep.as_bytes()).problems.len(), 1, "{id}");
    }
}
