//! The book: every command on its pages is run, as a reader would type it, in a folder that has what
//! the pages speak of. What is shown of an output is in the output.
//!
//! The commands of a page are run in their order in one folder, so that one may use what another one
//! wrote. They end with 0, or with 1 where a gate fails; a comment says where it is another code:
//! `# exit code 2`.

mod links;
mod migrate;
mod page;
mod place;

use crate::support::{has, ran};
use page::{Block, Page};
use place::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Commands that cannot be run here, by what is in them, and why. Their flags are read and nothing
/// else.
const PARSED_ONLY: [(&str, &str); 1] =
    [("lazaret vex repo download", "asks the repository on GitHub; the tests of VEX have one")];

/// What was made of the commands.
#[derive(Debug, Default)]
struct Tally {
    run: usize,
    parsed: usize,
    of_others: usize,
    excerpts: usize,
    exceptions: BTreeSet<&'static str>,
    failures: Vec<String>,
}

/// The exception that a command is.
fn exception(command: &str) -> Option<&'static str> {
    PARSED_ONLY.iter().map(|(part, _)| *part).find(|part| command.contains(part))
}

/// Whether a command runs the program, however it is called.
fn is_ours(command: &str) -> bool {
    let words = command.split(|c: char| c.is_whitespace() || matches!(c, '(' | '`'));
    let mut words = words.map(|word| word.rsplit('/').next().unwrap_or_default());
    words.any(|word| word == "lazaret") && !command.starts_with("docker ")
}

/// The code a comment asks for.
fn code_said(command: &str) -> Option<i32> {
    let (_, said) = command.split_once("# exit code ")?;
    said.split_whitespace().next()?.parse().ok()
}

/// Runs the commands of a page and compares excerpts with what the last one printed.
fn try_page(place: &Place, page: &Page) -> Tally {
    let mut tally = Tally::default();
    let folder = place.copy();
    let mut exports = String::new();
    let mut printed: Option<String> = None;
    for block in page.blocks() {
        let at = format!("{}:{}", page.name, block.line);
        if block.is_excerpt() {
            match printed.as_deref().and_then(|printed| missing(&block, printed)) {
                Some(line) => tally.failures.push(format!("{at}: this was not printed: {line}")),
                None => tally.excerpts += 1,
            }
        }
        if !block.is_shell() {
            continue;
        }
        printed = Some(String::new());
        for command in block.commands() {
            if command.starts_with("export ") {
                exports.push_str(&command);
                continue;
            }
            let ours = is_ours(&command);
            let parse_only = exception(&command);
            tally.exceptions.extend(parse_only);
            let parse_only = parse_only.is_some() || place.lacks_registry(&command);
            let script = format!("{exports}{}", place.localize(&command));
            let ran = ran(&mut place.shell(folder.path(), parse_only && ours, &script));
            let is_expected = match code_said(&command) {
                _ if parse_only || !ours => ran.code == 0,
                Some(code) => ran.code == code,
                None => matches!(ran.code, 0 | 1),
            };
            if !is_expected {
                tally
                    .failures
                    .push(format!("{at}: exit code {}: {command}{}", ran.code, ran.stderr));
            }
            if parse_only && ours {
                // There is nothing to compare with.
                printed = None;
                tally.parsed += 1;
            } else {
                if let Some(printed) = &mut printed {
                    printed.push_str(&ran.stdout);
                }
                *(if ours { &mut tally.run } else { &mut tally.of_others }) += 1;
            }
        }
    }
    tally
}

/// The first line of an excerpt that was not printed behind those above it. Lines with `…` alone stand
/// for others, and one at the end of a line for the rest of it.
fn missing(excerpt: &Block, printed: &str) -> Option<String> {
    let mut rest = printed.lines();
    for line in excerpt.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line == "…" {
            continue;
        }
        let is_it = |of: &str| match line.strip_suffix('…') {
            Some(begin) => of.trim().starts_with(begin),
            None => of.trim() == line,
        };
        if !rest.any(is_it) {
            return Some(line.to_owned());
        }
    }
    None
}

#[test]
fn every_command_of_the_book_runs() {
    if !has("bash") || !has("jq") || !has("openssl") {
        return;
    }
    let place = Place::new();
    let pages = Page::all();
    let tallies = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(2, usize::from).min(8);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if page.blocks().iter().any(Block::is_shell) {
                        let tally = try_page(&place, page);
                        tallies.lock().unwrap().insert(page.name.clone(), tally);
                    }
                }
            });
        }
    });
    let tallies = tallies.into_inner().unwrap();
    let sum = |of: fn(&Tally) -> usize| tallies.values().map(of).sum::<usize>();
    let (run, parsed) = (sum(|tally| tally.run), sum(|tally| tally.parsed));
    println!(
        "{run} commands were run, {parsed} were parsed only, {} are of other programs; {} excerpts",
        sum(|tally| tally.of_others),
        sum(|tally| tally.excerpts)
    );
    let failures: Vec<&String> = tallies.values().flat_map(|tally| &tally.failures).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(run + parsed > 100, "only {run} and {parsed} commands were found");
    for (part, _) in PARSED_ONLY {
        let is_there = tallies.values().any(|tally| tally.exceptions.contains(part));
        assert!(is_there, "no command has {part:?} in it any more");
    }
}

#[test]
fn every_command_in_the_text_is_understood() {
    let place = Place::bare();
    let folder = place.copy();
    let mut seen = BTreeSet::new();
    let mut failures = Vec::new();
    for page in Page::all() {
        for command in page.inline() {
            if !seen.insert(command.clone()) {
                continue;
            }
            let words: Vec<&str> = command.split(' ').filter(|word| !word.contains('…')).collect();
            let parse = |end: &str| {
                ran(&mut place.shell(folder.path(), true, &format!("{}{end}", words.join(" "))))
            };
            let understood = parse("");
            // A flag may be spoken of without its value.
            if understood.code != 0 && parse(" FILE").code != 0 {
                failures.push(format!("{}: {command}: {}", page.name, understood.stderr));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(seen.len() > 40, "only {} commands were found", seen.len());
}

#[test]
fn a_wrong_flag_is_found() {
    let text = "```sh\nlazaret image --inputs ferry.tar\nlazaret version --form json\n```\n";
    let page = Page { name: "wrong".to_owned(), text: text.to_owned() };
    let tally = try_page(&Place::bare(), &page);
    assert_eq!(tally.failures.len(), 2, "{:?}", tally.failures);
    assert!(tally.failures[0].contains("--inputs"), "{:?}", tally.failures);
}

#[test]
fn what_an_excerpt_shows_has_to_be_printed() {
    let block = |text: &str| Block { info: String::new(), line: 1, text: text.to_owned() };
    let printed = "one\n  two\nthree and more\n";
    assert_eq!(missing(&block("one\n…\nthree…\n"), printed), None);
    assert_eq!(missing(&block("two\none\n"), printed), Some("one".to_owned()));
    assert_eq!(missing(&block("three\n"), printed), Some("three".to_owned()));
}
