//! What questions to a database cost: `cargo xtask bench --questions FOLDER` runs this in a release
//! build, and `docs/benchmarks.md` tells how to read it.
//!
//! Everything happens on one thread. What is told is the time the processor spent on it, where the
//! system says so (Linux), else the time that passed: of several runs the median.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use lazaret_advisory::{Db, DbError, Rows, match_inventory};
use lazaret_core::inventory::{Inventory, Os, OsFound};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, SourcePackage};
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const RUNS: usize = 25;
/// Times within a run: the system counts in steps of some milliseconds.
const OPENINGS: u32 = 200;
const MATCHES: u32 = 10;
const LOOKUPS: usize = 100_000;
const PACKAGES: usize = 1_000;

/// Numbers without a pattern that are the same in every run (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

/// The processor's time of this thread, or the time of day.
enum Clock {
    Processor(Duration),
    Passed(Instant),
}

impl Clock {
    fn start() -> Self {
        processor().map_or_else(|| Self::Passed(Instant::now()), Self::Processor)
    }

    fn spent(&self) -> Duration {
        match self {
            Self::Processor(start) => processor().unwrap_or_default().saturating_sub(*start),
            Self::Passed(start) => start.elapsed(),
        }
    }
}

/// How long this thread has run, as Linux counts it: the first number of `schedstat`.
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("which database?")?;
    let folder = Path::new(&folder);
    let db = Db::open(folder)?;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let inventory = inventory(&db, &mut dice)?;
    let questions = questions(&db, &mut dice)?;

    let open = median(|| {
        let start = Clock::start();
        for _ in 0..OPENINGS {
            black_box(Db::open(folder)?);
        }
        Ok(start.spent() / OPENINGS)
    })?;
    let mut findings = 0;
    let matching = median(|| {
        let start = Clock::start();
        for _ in 0..MATCHES {
            let db = Db::open(folder)?;
            findings = black_box(match_inventory(&db, &inventory)?).findings.len();
        }
        Ok(start.spent() / MATCHES)
    })?;
    let mut found = 0;
    let lookups = median(|| {
        let start = Clock::start();
        found = 0;
        for (segment, name) in &questions {
            let rows = db.lookup(segment, name)?;
            found += usize::from(black_box(rows).is_some_and(|rows| rows.len() > 0));
        }
        Ok(start.spent())
    })?;

    let records: u64 = db.segments().map(|segment| u64::from(segment.records)).sum();
    println!("{} segments, {records} records", db.segments().count());
    println!("open                      {:>9.3} ms", millis(open));
    println!(
        "open and match {PACKAGES} packages {:>7.3} ms, {findings} findings",
        millis(matching)
    );
    let each = lookups.as_secs_f64() * 1e6 / f64::from(u32::try_from(LOOKUPS)?);
    println!("a look-up of {LOOKUPS}       {each:>9.3} µs, {found} of them with an answer");
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut run: impl FnMut() -> Result<Duration, DbError>) -> Result<Duration, DbError> {
    let mut times = (0..RUNS).map(|_| run()).collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    Ok(times.get(RUNS / 2).copied().unwrap_or_default())
}

/// Names in random segments: two of three that are there, the third not.
fn questions(db: &Db, dice: &mut Dice) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut known = Vec::new();
    for info in db.segments().filter(|info| info.kind.is_none()) {
        let Some(segment) = db.segment(&info.name)? else { continue };
        for package in segment.packages() {
            known.push((info.name.clone(), package.map_err(|damage| damage.to_string())?.0));
        }
    }
    let mut questions = Vec::with_capacity(LOOKUPS);
    for number in 0..LOOKUPS {
        let (segment, name) = known.get(dice.below(known.len())).ok_or("the database is empty")?;
        let ending = if number % 3 == 0 { "-none" } else { "" };
        questions.push((segment.clone(), format!("{name}{ending}")));
    }
    Ok(questions)
}

/// An image of Debian 12 with Debian, Python, Go, npm and Java packages. As in images that are looked
/// after now and then, one package of three has advisories, and its version is one that had a fix.
fn inventory(db: &Db, dice: &mut Dice) -> Result<Inventory, Box<dyn Error>> {
    let parts = [
        ("debian-12", Ecosystem::Deb, 400),
        ("pypi", Ecosystem::Pypi, 200),
        ("go", Ecosystem::Golang, 150),
        ("npm", Ecosystem::Npm, 150),
        ("maven", Ecosystem::Maven, 100),
    ];
    let location = |path: &str| -> Result<Location, Box<dyn Error>> {
        let path = ImagePath::parse(path.as_bytes())?;
        Ok(Location { layer: LayerIndex(0), path, lines: None })
    };
    let mut packages = Vec::with_capacity(PACKAGES);
    for (name, ecosystem, many) in parts {
        let segment = db.segment(name)?.ok_or_else(|| format!("no segment {name}"))?;
        let names = segment.packages().collect::<Result<Vec<_>, _>>();
        let names = names.map_err(|damage| damage.to_string())?;
        for _ in 0..many {
            let (name, rows) = names.get(dice.below(names.len())).ok_or("an empty segment")?;
            let fixes = fixes(rows.clone())?;
            let version = fixes.get(dice.below(fixes.len())).copied().unwrap_or("1.0");
            let version = version.to_owned();
            let name = if dice.below(3) == 0 { (*name).to_owned() } else { format!("{name}-none") };
            let source = SourcePackage { name: name.clone(), version: version.clone() };
            packages.push(Package {
                source: (ecosystem == Ecosystem::Deb).then_some(source),
                locations: vec![location("some/file")?],
                ..Package::installed(ecosystem, name, version)
            });
        }
    }
    let os = Os { id: "debian".to_owned(), version: Some("12".to_owned()), ..Os::default() };
    let os = Some(OsFound { os, location: location("etc/os-release")? });
    Ok(Inventory { os, packages, ..Inventory::default() })
}

/// Every version that some row names as fixed.
fn fixes(rows: Rows<'_>) -> Result<Vec<&str>, Box<dyn Error>> {
    let mut fixes = Vec::new();
    for row in rows {
        let row = row.map_err(|damage| damage.to_string())?;
        for range in row.ranges() {
            fixes.extend(range.map_err(|damage| damage.to_string())?.fixed());
        }
    }
    Ok(fixes)
}
