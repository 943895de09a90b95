//! Walks one layer file without wanting any body, and says what is in it: something to measure and
//! to profile.
//!
//! ```text
//! cargo run --release -p lazaret-image --example walk_layer -- [--diff-id] [--bodies] LAYER...
//! ```

use lazaret_core::limits::Limits;
use lazaret_core::problem::Problem;
use lazaret_image::{EntryHeader, Visit, Want, fuzz};
use std::error::Error;
use std::fs::File;
use std::io::Write;

/// Counts what it is shown.
struct Count {
    wanted: Want,
    body_bytes: u64,
    problems: Vec<Problem>,
}

impl Visit for Count {
    fn entry(&mut self, _header: &EntryHeader) -> Want {
        self.wanted
    }

    fn body(&mut self, header: &EntryHeader, _bytes: &[u8]) {
        self.body_bytes += header.size_bytes;
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (options, files): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let has = |name: &str| options.iter().any(|option| option == name);
    let wanted = if has("--bodies") { Want::Body } else { Want::Skip };
    let mut out = std::io::stdout().lock();
    for name in files {
        let file = File::open(&name)?;
        let size = Some(file.metadata()?.len());
        let mut count = Count { wanted, body_bytes: 0, problems: Vec::new() };
        let limits = Limits::default();
        let summary = fuzz::walk(Box::new(file), size, &limits, has("--diff-id"), &mut count)?;
        let problems = count.problems.len();
        let (entries, stored) = (summary.entries, summary.stored_bytes);
        let (tar, bodies) = (summary.tar_bytes, count.body_bytes);
        write!(out, "{name}: {entries} entries, {stored} stored bytes, {tar} archive bytes, ")?;
        writeln!(out, "{bodies} body bytes, {problems} problems")?;
    }
    Ok(())
}
