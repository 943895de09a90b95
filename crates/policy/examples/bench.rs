//! What judging ten thousand findings costs: `cargo xtask bench --policy` runs this in a release
//! build, and `docs/benchmarks.md` tells how to read it.
//!
//! Everything happens on one thread. What is told is the time the processor spent on it, where the
//! system says so (Linux), else the time that passed: of several runs the median.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

#[path = "../tests/it/many.rs"]
mod many;

use lazaret_policy::{IgnorePolicy, Judged, Policy, PolicyFile, evaluate, suppress};
use lazaret_report::view;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUNS: usize = 15;

/// What is asked for.
const PLAIN_MAX: Duration = Duration::from_millis(20);
const REGO_MAX: Duration = Duration::from_millis(500);

/// How long this thread has run, as Linux counts it: the first number of `schedstat`.
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

fn main() -> Result<(), Box<dyn Error>> {
    let report = many::report(10_000);
    let file = |text: &str| -> Result<Arc<PolicyFile>, Box<dyn Error>> {
        let mut nothing = |_: &str, _: &str| Err(String::new());
        Ok(Arc::new(PolicyFile::read("policy.yaml", text, &mut nothing)?))
    };
    let plain = Policy {
        file: Some(file(&many::rules(50))?),
        ignore_files: vec![Arc::new(suppress::read(".trivyignore", &many::ignored(500))?)],
        view: Some(view::own),
        today: many::today(),
        ..Policy::default()
    };
    let ignore = IgnorePolicy::read("ignore.rego", many::IGNORE_POLICY, view::trivy)?;
    let ignoring = Policy { ignore_policy: Some(Arc::new(ignore)), ..plain.clone() };
    let each = format!("{}{}", many::rules(50), many::RULE_OF_EACH);
    let whole = format!("{}{}", many::rules(50), many::RULE_OF_ALL);
    let all = format!("{}{}{}", many::rules(50), many::RULE_OF_EACH, many::RULE_OF_ALL);
    let mut fits = true;
    for (what, policy, max) in [
        ("50 rules and 500 ignored", plain.clone(), PLAIN_MAX),
        ("and an ignore policy in Rego", ignoring.clone(), REGO_MAX),
        (
            "and a module asked of each",
            Policy { file: Some(file(&each)?), ..plain.clone() },
            REGO_MAX,
        ),
        ("and a module asked of all", Policy { file: Some(file(&whole)?), ..plain }, REGO_MAX),
        ("and all three", Policy { file: Some(file(&all)?), ..ignoring }, REGO_MAX),
    ] {
        let mut times = Vec::new();
        for _ in 0..=RUNS {
            let findings = report.findings.clone();
            let judged = Judged::new(&report.image, &report.inventory);
            let (start, begin) = (processor(), Instant::now());
            let (findings, verdict) = evaluate(&policy, &judged, findings);
            let spent = processor().zip(start).map(|(end, start)| end.saturating_sub(start));
            times.push(spent.unwrap_or_else(|| begin.elapsed()));
            if findings.len() != 10_000 || verdict.decisions.len() < 40 {
                return Err("not everything was judged".into());
            }
        }
        // The first run only fills the caches.
        let mut times = times.split_off(1);
        times.sort();
        let median = times.get(RUNS / 2).copied().unwrap_or_default();
        fits &= median <= max;
        println!(
            "{what:<32} {:>7.1} ms (asked for: {} ms)",
            median.as_secs_f64() * 1e3,
            max.as_millis()
        );
    }
    if fits { Ok(()) } else { Err("judging takes longer than is asked for".into()) }
}
