//! Replays the fuzz corpora: every target on every input it has in the repository, on changes of
//! them, and on noise. The changes come from a fixed seed, so every run does the same.

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the same file is a crate of its own for the fuzzer")]
mod fuzz;

use fuzz::{TARGETS, Target};
use lazaret_inventory::EXTRACTORS;
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Changed inputs made from each input of a corpus.
const CHANGED: usize = 40;
/// Changed inputs made from each fixture of an extractor.
const CHANGED_FIXTURES: usize = 20;
/// Inputs of noise for each target.
const NOISE: usize = 500;
/// Length of changed inputs and of noise, in bytes.
const CHANGED_BYTES_MAX: usize = 16 << 10;
/// What all corpora together may weigh, in bytes.
const CORPUS_BYTES_MAX: u64 = 1 << 20;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn no_target_fails_on_its_corpus_and_what_is_near_it() {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(target) = TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    failures.lock().unwrap().extend(replay(target));
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn no_extractor_fails_on_what_is_near_its_fixtures() {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(extractor) = EXTRACTORS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    failures.lock().unwrap().extend(replay_extractor(extractor.id));
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_target_has_a_binary_and_a_corpus() {
    let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len(), "two targets share a name");
    assert!(TARGETS.is_sorted_by_key(|target| target.name));

    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let sources = fs::read_dir(root().join("fuzz/fuzz_targets")).unwrap();
    let sources: BTreeSet<String> = sources
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(sources, names);
    for target in TARGETS {
        let name = target.name;
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        let source = root().join(format!("fuzz/fuzz_targets/{name}.rs"));
        assert!(fs::read_to_string(source).unwrap().contains(&format!("run({name:?}, bytes)")));
        assert!(!inputs(target).is_empty(), "{name} has no inputs");
    }
    for folder in fs::read_dir(root().join("fuzz/corpus")).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "the corpus {name} belongs to no target");
    }
}

#[test]
fn the_corpora_stay_small() {
    let files = files_below(&root().join("fuzz/corpus"));
    let total: u64 = files.iter().map(|file| file.metadata().unwrap().len()).sum();
    assert!(total <= CORPUS_BYTES_MAX, "{total} bytes");
}

/// Runs a target on everything there is for it; says which inputs it failed on.
fn replay(target: &Target) -> Vec<String> {
    let mut failures = Vec::new();
    let mut check = |origin: &str, bytes: &[u8]| {
        if catch_unwind(AssertUnwindSafe(|| fuzz::run(target.name, bytes))).is_err() {
            // In hex, so that the input can be made again.
            failures.push(format!("{} fails on {origin}: {}", target.name, hex::encode(bytes)));
        }
    };
    let inputs = inputs(target);
    let mut random = Random::new(target.name);
    for (file, bytes) in &inputs {
        check(file, bytes);
    }
    for (file, bytes) in &inputs {
        for change in 0..CHANGED {
            let (_, other) = &inputs[random.below(inputs.len())];
            check(&format!("change {change} of {file}"), &changed(bytes, other, &mut random));
        }
    }
    for number in 0..NOISE {
        let len = random.below(600);
        let noise: Vec<u8> = (0..len).map(|_| random.byte()).collect();
        check(&format!("noise {number}"), &noise);
    }
    check("nothing", &[]);
    failures
}

/// Runs one extractor on its fixtures and changes of them; says which it failed on.
fn replay_extractor(id: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let folder = root().join("crates/inventory/fixtures").join(id);
    let files = files_below(&folder);
    let mut inputs: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    inputs.retain(|bytes| bytes.len() <= CHANGED_BYTES_MAX);
    let mut random = Random::new(id);
    for bytes in &inputs {
        for _ in 0..CHANGED_FIXTURES {
            let bytes = changed(bytes, &inputs[random.below(inputs.len())], &mut random);
            if catch_unwind(|| fuzz::run_extractor(id, &bytes)).is_err() {
                failures.push(format!("{id} fails on {}", hex::encode(bytes)));
            }
        }
    }
    failures
}

/// The inputs of a target, by their paths in the repository.
fn inputs(target: &Target) -> Vec<(String, Vec<u8>)> {
    let corpus = format!("fuzz/corpus/{}", target.name);
    let places = std::iter::once(corpus.as_str()).chain(target.seeds.iter().copied());
    let files = places.flat_map(|place| files_below(&root().join(place)));
    files
        .map(|file| {
            let bytes = fs::read(&file).unwrap();
            (file.strip_prefix(root()).unwrap().display().to_string(), bytes)
        })
        .collect()
}

/// Every file below a folder, sorted.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// An input with a few changes, of the kinds that fuzzers make.
fn changed(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed.truncate(CHANGED_BYTES_MAX);
    for _ in 0..=random.below(3) {
        let at = random.below(changed.len() + 1);
        let end = (at + random.below(64)).min(changed.len());
        match random.below(7) {
            0 => changed.truncate(at),
            1 => drop(changed.drain(at..end)),
            2 => changed[at..end].fill(random.byte()),
            3 => changed.insert(at, random.byte()),
            4 => {
                let again = changed[at..end].to_vec();
                changed.splice(at..at, again);
            }
            5 => {
                let from = random.below(other.len() + 1);
                let to = (from + random.below(256)).min(other.len());
                changed.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                for byte in changed.iter_mut().skip(at).take(1) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    changed
}

/// Numbers that are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn new(seed: &str) -> Self {
        Self(seed.bytes().fold(0x9e37_79b9_7f4a_7c15, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number less than `end`, which is not zero.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[7]
    }
}
