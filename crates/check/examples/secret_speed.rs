//! How fast texts are searched for secrets: `cargo xtask bench --secrets` runs this in a release
//! build, and `docs/benchmarks.md` tells how to read it.
//!
//! Everything happens on one thread. What is told is the time the processor spent on it, where the
//! system says so (Linux), else the time that passed: of several runs the median.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use lazaret_check::secret::{Scanner, scan_text};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

const RUNS: usize = 15;

/// Searches in one run: the system counts a thread's time in steps of some milliseconds.
const SEARCHES: u32 = 10;

/// Length of each text, in bytes: nearly the longest that is searched.
const TEXT_BYTES: usize = 15 << 20;

/// Lines without any rule's keyword, of the kinds that images hold most of.
const PROSE: &str = "Lorem ipsum dolor sit amet, consectetuer adipiscing elit; sed diam nonummy \
                     nibh euismod tincidunt ut laoreet dolore magna aliquam erat volutpat;\n";
const CODE: &str = "    for (let index = 0; index < rows.length; index += 1) {\n        \
                    total += rows[index].width * (1 + margin / 2); // to the right\n    }\n";

fn main() -> Result<(), Box<dyn Error>> {
    let scanner = Scanner::builtin();
    for (name, line) in [("prose", PROSE), ("code", CODE)] {
        let text = line.repeat(TEXT_BYTES / line.len());
        if !scan_text(scanner, Some("srv/x"), text.as_bytes()).is_empty() {
            return Err("the text has a secret in it".into());
        }
        let mut times: Vec<Duration> = (0..RUNS)
            .map(|_| {
                let clock = Clock::start();
                for _ in 0..SEARCHES {
                    black_box(scan_text(scanner, Some("srv/x"), black_box(text.as_bytes())));
                }
                clock.spent() / SEARCHES
            })
            .collect();
        times.sort();
        let median = times.get(RUNS / 2).ok_or("nothing was measured")?;
        let gigabytes = f64::from(u32::try_from(text.len())?) / 1e9;
        println!(
            "{name} without a keyword: {:.2} GB/s on one core",
            gigabytes / median.as_secs_f64()
        );
    }
    Ok(())
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
