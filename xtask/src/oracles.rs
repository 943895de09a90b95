//! Asks each ecosystem's own tool how versions compare and writes its answers down as test data.
//!
//! The questions come from the version lists in `oracles/`, changed at random from a fixed seed,
//! so the same tools give the same files. A tool that is not installed is named and its file left
//! as it is. The answers live in the core crate's `fixtures/version/`; those of Go's templates, which
//! are asked in the same way, in the report crate's `fixtures/template/`.

mod question;
mod template;
mod tool;

use anyhow::{Context, Result, bail, ensure};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tool::{Answer, Tool};

/// Versions refused by the tool that are kept in one file.
const REFUSED_MAX: usize = 20_000;

/// One file of answers.
struct Oracle {
    file: &'static str,
    tool: Tool,
    pairs: usize,
    /// What the reader of the file must know besides the tool's name.
    note: &'static str,
    questions: fn(pairs: usize) -> question::Pool,
}

const ORACLES: [Oracle; 24] = [
    Oracle {
        file: "apk.txt",
        tool: Tool::Apk { major: "3" },
        pairs: 25_000,
        note: "Digits behind a letter are left out: apk-tools 2 answers them in apk-2.txt.",
        questions: question::apk,
    },
    Oracle {
        file: "apk-2.txt",
        tool: Tool::Apk { major: "2" },
        pairs: 1_500,
        note: "Only versions with a letter, none with a zero behind a dot.",
        questions: question::apk_with_letter,
    },
    Oracle {
        file: "deb.txt",
        tool: Tool::Dpkg,
        pairs: 25_000,
        note: "A version dpkg only warns about is no refused one.",
        questions: question::deb,
    },
    Oracle {
        file: "pep440.txt",
        tool: Tool::Packaging,
        pairs: 25_000,
        note: "Asked as packaging.version.Version.",
        questions: question::pep440,
    },
    Oracle {
        file: "semver.txt",
        tool: Tool::NpmSemver,
        pairs: 25_000,
        note: "Asked in loose mode, missing zeros filled in; no numbers beyond 15 digits.",
        questions: question::semver,
    },
    Oracle {
        file: "rpm.txt",
        tool: Tool::Rpm,
        pairs: 25_000,
        note: "Asked as rpm.ver; texts no package has as its version are left out.",
        questions: question::rpm,
    },
    Oracle {
        file: "go.txt",
        tool: Tool::GoMod,
        pairs: 25_000,
        note: "Asked with the leading v put back.",
        questions: question::go,
    },
    Oracle {
        file: "maven.txt",
        tool: Tool::Maven,
        pairs: 25_000,
        note: "Asked as ComparableVersion, which refuses nothing.",
        questions: question::maven,
    },
    Oracle {
        file: "gem.txt",
        tool: Tool::RubyGems,
        pairs: 25_000,
        note: "Asked as Gem::Version.",
        questions: question::gem,
    },
    Oracle {
        file: "composer.txt",
        tool: Tool::Composer,
        pairs: 25_000,
        note: "Normalized, then asked as Comparator; named branches count as refused.",
        questions: question::composer,
    },
    Oracle {
        file: "nuget.txt",
        tool: Tool::Nuget,
        pairs: 25_000,
        note: "Asked as NuGetVersion; no numbers beyond 32 bits outside of labels.",
        questions: question::nuget,
    },
    Oracle {
        file: "pacman.txt",
        tool: Tool::Pacman,
        pairs: 12_000,
        note: "Asked as alpm_pkg_vercmp; texts no package has as its version are left out.",
        questions: question::pacman,
    },
    Oracle {
        file: "portage.txt",
        tool: Tool::Portage,
        pairs: 12_000,
        note: "Asked as portage.versions.vercmp.",
        questions: question::portage,
    },
    Oracle {
        file: "bitnami.txt",
        tool: Tool::Bitnami,
        pairs: 12_000,
        note: "A revision `x`, which the library takes for a wildcard, is left out.",
        questions: question::bitnami,
    },
    Oracle {
        file: "conan.txt",
        tool: Tool::Conan,
        pairs: 12_000,
        note: "Asked as Version, which refuses nothing.",
        questions: question::conan,
    },
    Oracle {
        file: "conda.txt",
        tool: Tool::Rattler,
        pairs: 12_000,
        note: "Where rattler differs from conda is left out: stars, underscores behind a letter.",
        questions: question::conda,
    },
    Oracle {
        file: "cran.txt",
        tool: Tool::R,
        pairs: 12_000,
        note: "Asked as compareVersion, where numeric_version reads it; no numbers beyond 9 digits.",
        questions: question::cran,
    },
    Oracle {
        file: "hackage.txt",
        tool: Tool::Cabal,
        pairs: 12_000,
        note: "No numbers beyond 9 digits.",
        questions: question::hackage,
    },
    Oracle {
        file: "hex.txt",
        tool: Tool::Elixir,
        pairs: 12_000,
        note: "Asked as Version.",
        questions: question::hex,
    },
    Oracle {
        file: "julia.txt",
        tool: Tool::Specification("julia"),
        pairs: 12_000,
        note: "Rebuilt from base/version.jl, as there is no Julia to be had.",
        questions: question::julia,
    },
    Oracle {
        file: "letters.txt",
        tool: Tool::Specification("letters"),
        pairs: 12_000,
        note: "No program has this order: the head of letters.rs specifies it.",
        questions: question::letters,
    },
    Oracle {
        file: "opam.txt",
        tool: Tool::Opam,
        pairs: 12_000,
        note: "Asked as opam admin compare-versions.",
        questions: question::opam,
    },
    Oracle {
        file: "pub.txt",
        tool: Tool::Specification("pub"),
        pairs: 12_000,
        note: "Rebuilt from pub_semver, as there is no Dart to be had.",
        questions: question::pub_semver,
    },
    Oracle {
        file: "swift.txt",
        tool: Tool::Specification("swift"),
        pairs: 12_000,
        note: "Rebuilt from semver.org and how SwiftPM reads tags, as there is no Swift to be had.",
        questions: question::swift,
    },
];

/// Writes every file anew, or with `check` asks the tools again for every line that is there and
/// fails where one answers otherwise.
pub(crate) fn run(check: bool) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/core/fixtures/version");
    for oracle in &ORACLES {
        let Some(tool_version) = oracle.tool.version()? else {
            say(&format!("{}: skipped, there is no {}", oracle.file, oracle.tool.name()))?;
            continue;
        };
        let path = folder.join(oracle.file);
        let lines = if check {
            oracle.check(&path).with_context(|| format!("checking {}", oracle.file))?
        } else {
            oracle.generate(&path, &tool_version)?
        };
        say(&format!("{}: {lines} answers of {tool_version}", oracle.file))?;
    }
    say(&template::run(check)?)
}

impl Oracle {
    fn generate(&self, path: &PathBuf, tool_version: &str) -> Result<usize> {
        let pool = (self.questions)(self.pairs);
        let singles: Vec<_> = pool.versions.iter().map(|v| (v.clone(), v.clone())).collect();
        let valid = self.tool.answer(&singles)?;
        let is_valid: Vec<bool> = valid.iter().map(|answer| *answer != Answer::Refused).collect();

        let mut text = format!(
            "# Answers of {tool_version}: `a < b`, `a = b`, `a > b`; `! a` is a version it refuses.\n\
             # Written by `cargo xtask oracles`. {}\n",
            self.note
        );
        let refused = pool.versions.iter().zip(&is_valid).filter(|(_, is_valid)| !**is_valid);
        let mut lines = 0;
        for (version, _) in refused.take(REFUSED_MAX) {
            writeln!(text, "! {version}")?;
            lines += 1;
        }
        let pairs = pool.pairs(&is_valid, self.pairs);
        for ((a, b), answer) in pairs.iter().zip(self.tool.answer(&pairs)?) {
            ensure!(answer != Answer::Refused, "`{a}` or `{b}` was valid alone but not in a pair");
            writeln!(text, "{a} {} {b}", answer.sign())?;
            lines += 1;
        }
        fs::write(path, text).with_context(|| format!("writing {}", self.file))?;
        Ok(lines)
    }

    fn check(&self, path: &PathBuf) -> Result<usize> {
        let text = fs::read_to_string(path)?;
        let mut pairs = Vec::new();
        let mut signs = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (a, sign, b) = match *line.split(' ').collect::<Vec<_>>() {
                ["!", version] => (version, "!", version),
                [a, sign, b] => (a, sign, b),
                _ => bail!("`{line}` is no answer"),
            };
            pairs.push((a.to_owned(), b.to_owned()));
            signs.push(sign);
        }
        for (((a, b), sign), answer) in pairs.iter().zip(signs).zip(self.tool.answer(&pairs)?) {
            ensure!(answer.sign() == sign, "`{a} {sign} {b}`: now {}", answer.sign());
        }
        Ok(pairs.len())
    }
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}
