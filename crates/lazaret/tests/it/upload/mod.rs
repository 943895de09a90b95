//! Uploads, against servers on this machine that check what they are sent and answer as the real
//! ones do.

mod defectdojo;
mod defectdojo_model;
mod dependency_track;
mod failures;
mod github;
mod gitlab;
mod harbor;
mod http;
mod multipart;
mod s3;
mod server;

use crate::support::{Ran, example, lazaret, ran, report};
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

/// What no output may ever show.
const TOKEN: &str = "t0p-s3cret-t0ken";

/// The example's report in a folder of its own.
struct Saved {
    folder: TempDir,
    document: Value,
}

impl Saved {
    /// Scans the example.
    fn report() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), document: report(&example()) }
    }

    /// Writes the report as it is now, and says where.
    fn write(&self) -> PathBuf {
        self.write_as("report.json", &self.document.to_string())
    }

    fn write_as(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The report in another format, as `convert` writes it.
    fn converted(&self, format: &str) -> String {
        let path = self.write();
        let converted = ran(lazaret().args(["convert", "-f", format]).arg(path));
        assert_eq!(converted.code, 0, "{}", converted.stderr);
        converted.stdout
    }
}

/// Runs `lazaret upload` with words and an environment. The token is never said.
#[track_caller]
fn upload(words: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = lazaret();
    let ran = ran(command.arg("upload").args(words).envs(environment.iter().copied()));
    for said in [&ran.stdout, &ran.stderr] {
        assert!(!said.contains(TOKEN), "the token is shown: {said}");
    }
    ran
}

/// What a run has to say when it was refused.
#[track_caller]
fn assert_refused(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert_eq!(ran.stdout, "");
    for part in said {
        assert!(ran.stderr.contains(part), "`{part}` is missing from {}", ran.stderr);
    }
}

#[track_caller]
fn assert_done(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for part in said {
        assert!(ran.stdout.contains(part), "`{part}` is missing from {}", ran.stdout);
    }
}
