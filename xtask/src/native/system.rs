//! A Debian in a folder, made of its own packages.

use crate::process::{exists, root, run};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const RELEASE: &str = "bookworm";

/// Seconds after which building is given up: a machine this slow has something better to do.
const SECONDS_MAX: &str = "240";

/// Applications and libraries of each language, and the tools that list them.
const PACKAGES: &[&str] = &[
    "composer",
    "golang-github-mattn-go-isatty-dev",
    "golang-go",
    "fzf",
    "icinga-php-library",
    "icinga-php-thirdparty",
    "libcommons-io-java",
    "libcommons-lang3-java",
    "libguava-java",
    "libjackson2-databind-java",
    "liblog4j2-java",
    "node-express",
    "npm",
    "python3-cryptography",
    "python3-flask",
    "python3-lxml",
    "python3-pip",
    "python3-wheel",
    "r-base-core",
    "r-cran-jsonlite",
    "ruby",
    "ruby-nokogiri",
    "ruby-sinatra",
    "unzip",
];

/// What every language's own tool installs beside Debian's packages.
const APPLICATIONS: &str = include_str!("applications.sh");

/// Where `npm ls --global` finds the packages of Debian.
pub(super) const NPM_PREFIX: &str = "/run/npm";

pub(super) struct System {
    folder: PathBuf,
    /// Removes it at the end.
    _temporary: Option<TempDir>,
}

impl System {
    /// Builds it; the inner error is why that cannot be done on this machine.
    pub(super) fn build(keep: Option<&Path>) -> Result<Result<Self, String>> {
        // This process's own owner, as the kernel shows it.
        if fs::metadata("/proc/self").map_or(1, |process| process.uid()) != 0 {
            return Ok(Err("only root can build and enter a root file system".to_owned()));
        }
        if let Some(tool) = ["mmdebstrap", "chroot", "timeout"].iter().find(|tool| !exists(tool)) {
            return Ok(Err(format!("{tool} is not installed")));
        }
        let (folder, temporary) = match keep {
            Some(folder) if npm_library(folder).exists() => {
                return Ok(Ok(Self { folder: folder.to_owned(), _temporary: None }));
            }
            Some(folder) => (folder.to_owned(), None),
            None => {
                let place = root().join("target");
                fs::create_dir_all(&place)?;
                let temporary = tempfile::Builder::new().prefix("native-").tempdir_in(place)?;
                (temporary.path().join("root"), Some(temporary))
            }
        };
        let mut maker = Command::new("timeout");
        maker.args(["--kill-after=10", SECONDS_MAX, "mmdebstrap", "--quiet", "--variant=minbase"]);
        // Nobody needs it after a power failure.
        maker.arg("--dpkgopt=force-unsafe-io");
        maker.arg(format!("--include={}", PACKAGES.join(",")));
        let output = maker.arg(RELEASE).arg(&folder).output();
        let output = output.context("failed to start mmdebstrap")?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            let why = text.lines().rev().find(|line| line.starts_with("E: "));
            let why = why.unwrap_or("it took too long");
            return Ok(Err(format!("mmdebstrap could not build a Debian ({why})")));
        }
        let system = Self { folder, _temporary: temporary };
        let script = system.folder.join("srv/applications.sh");
        fs::write(&script, APPLICATIONS)?;
        run(&mut system.command(&["sh", "/srv/applications.sh"]))?;
        // The last step: a folder that has this is whole.
        let library = npm_library(&system.folder);
        fs::create_dir_all(&library)?;
        symlink("/usr/share/nodejs", library.join("node_modules"))?;
        Ok(Ok(system))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command inside, in an environment of its own.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("chroot");
        command.env_clear().envs([
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("HOME", "/root"),
            ("LC_ALL", "C.UTF-8"),
            ("COMPOSER_ALLOW_SUPERUSER", "1"),
        ]);
        command.arg(&self.folder).args(words);
        command
    }

    /// What a command inside prints.
    pub(super) fn tell(&self, words: &[&str]) -> Result<String> {
        let output = self.command(words).output().context("failed to start chroot")?;
        let text = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} failed: {}", words.join(" "), text.trim());
        String::from_utf8(output.stdout).context("the output is not UTF-8")
    }

    /// What a command inside prints, which may complain as well.
    pub(super) fn tell_at_least(&self, words: &[&str]) -> Result<String> {
        let output = self.command(words).output().context("failed to start chroot")?;
        String::from_utf8(output.stdout).context("the output is not UTF-8")
    }
}

fn npm_library(folder: &Path) -> PathBuf {
    folder.join(NPM_PREFIX.trim_start_matches('/')).join("lib")
}
