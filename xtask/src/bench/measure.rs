//! What a command costs.

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use std::io::{Read as _, Seek as _};
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4 as _;

/// The cost of one run of a command.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Cost {
    /// From start to end, in seconds.
    pub(super) wall_s: f64,
    /// Processor time of all its processes, in seconds.
    pub(super) cpu_s: f64,
    /// The most memory that one of its processes had at once, in MiB.
    pub(super) peak_mib: f64,
}

/// Runs a shell command to its end, output discarded.
///
/// Exit code 1 is taken for success: that is how scanners say that they found something.
pub(super) fn measure(command: &str) -> Result<Cost> {
    let mut complaints = tempfile::tempfile()?;
    let start = Instant::now();
    let child = Command::new("sh")
        .args(["-c", command])
        .current_dir(super::work_folder()?)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(complaints.try_clone()?)
        .spawn()
        .context("failed to start a shell")?;
    let used = child.wait4().context("failed to wait for a command")?;
    let wall = start.elapsed();
    if !matches!(used.status.code(), Some(0 | 1)) {
        let mut text = Vec::new();
        complaints.rewind()?;
        complaints.take(2_000).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text);
        ensure!(false, "{}: {}", used.status, text.trim().replace('\n', "; "));
    }
    Ok(Cost {
        wall_s: wall.as_secs_f64(),
        cpu_s: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        peak_mib: mib(used.rusage.maxrss),
    })
}

/// Bytes as MiB.
#[expect(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// A word as a shell reads it back.
pub(super) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+:@%,=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_behind_a_pipe_count() {
        let idle = measure("true | true").unwrap();
        let busy = measure("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done | true").unwrap();
        assert!(busy.cpu_s > idle.cpu_s, "{busy:?} {idle:?}");
        assert!(idle.peak_mib > 0.0, "{idle:?}");
    }

    #[test]
    fn a_command_that_fails_is_not_measured() {
        assert!(measure("exit 1").is_ok());
        let error = measure("echo no such image >&2; exit 2").unwrap_err().to_string();
        assert!(error.contains("no such image"), "{error}");
    }

    #[test]
    fn a_shell_reads_back_what_was_written() {
        for text in ["plain", "two words", "it's", "", "a;b", "$HOME"] {
            let echo = format!("printf %s {}", shell_word(text));
            let output = Command::new("sh").args(["-c", &echo]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
    }
}
