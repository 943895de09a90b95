//! What the few files that are read say.

use super::account::{self, Account, Group, Password};
use super::program::{self, Program};
use lazaret_core::location::ImagePath;
use serde::{Deserialize, Serialize};

/// One thing a file says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileFact {
    /// The file.
    pub path: ImagePath,
    /// The line, counted from one; zero for the whole file.
    #[serde(default)]
    pub line: u32,
    /// What it says.
    pub learned: Learned,
    /// Whether a later layer deleted the file. A layer does not know; who lays them over each other
    /// does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learned {
    /// An account of `/etc/passwd`.
    Account(Account),
    /// What `/etc/shadow` has for an account.
    Shadow {
        /// The account's name.
        name: String,
        /// What lets it in.
        password: Password,
    },
    /// A group of `/etc/group`.
    Group(Group),
    /// A rule of sudo that asks for no password.
    Sudoer(Sudoer),
    /// A setting of the SSH server.
    Sshd(Setting),
    /// A program that lacks some hardening.
    Program(Program),
    /// The file trusts, preloads or lets in somebody: it is not empty.
    NotEmpty,
}

/// Who may become whom without a password.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sudoer {
    /// The user, or the group with a `%` before it.
    pub who: String,
}

/// A setting and its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Setting {
    /// Its name in lower case.
    pub name: String,
    /// Its value in lower case.
    pub value: String,
}

/// Settings of the SSH server that some rule wants.
const SSHD_SETTINGS: [&str; 2] = ["permitrootlogin", "permitemptypasswords"];

/// Facts of one file: an image has a few hundred accounts at most.
const FACTS_MAX: usize = 5_000;

/// Bytes of one file that are looked at, programs excepted: thousands of accounts fit.
const BYTES_MAX: usize = 1 << 20;

/// The longest word that is kept, in bytes.
const WORD_BYTES_MAX: usize = 256;

/// Whether a file's text is wanted, by its path. Programs are wanted as well, wherever they are:
/// [`is_program`](super::is_program) tells by their first bytes.
pub fn wants(path: &str) -> bool {
    kind_of(path).is_some()
}

/// Reads one file: the text of one that [`wants`] names, or a program.
pub fn file(path: &ImagePath, bytes: &[u8]) -> Vec<FileFact> {
    let fact = |line, learned| FileFact { path: path.clone(), line, learned, deleted: false };
    let Some(kind) = kind_of(path.as_str()) else {
        return program::read(bytes)
            .map(|found| fact(0, Learned::Program(found)))
            .into_iter()
            .collect();
    };
    let text = String::from_utf8_lossy(bytes.get(..BYTES_MAX).unwrap_or(bytes));
    let lines = (1_u32..).zip(text.lines()).map(|(number, line)| (number, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let found = lines.filter_map(|(number, line)| Some(fact(number, kind.read(line)?)));
    let max = if kind == Kind::Presence { 1 } else { FACTS_MAX };
    found.take(max).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Passwd,
    Shadow,
    Group,
    Sudoers,
    Sshd,
    /// It matters only whether there is anything in it.
    Presence,
}

fn kind_of(path: &str) -> Option<Kind> {
    Some(match path {
        "etc/passwd" => Kind::Passwd,
        "etc/shadow" => Kind::Shadow,
        "etc/group" => Kind::Group,
        "etc/sudoers" => Kind::Sudoers,
        "etc/ssh/sshd_config" => Kind::Sshd,
        "etc/hosts.equiv" | "etc/ssh/shosts.equiv" | "etc/ld.so.preload" => Kind::Presence,
        _ if path.strip_prefix("etc/sudoers.d/").is_some_and(is_sudoers_name) => Kind::Sudoers,
        _ if path.starts_with("etc/ssh/sshd_config.d/") && path.strip_suffix(".conf").is_some() => {
            Kind::Sshd
        }
        _ if path.ends_with("/.ssh/authorized_keys")
            || path.ends_with("/.rhosts")
            || path.ends_with("/.shosts") =>
        {
            Kind::Presence
        }
        _ => return None,
    })
}

/// Sudo passes over names with a full stop or a tilde at the end (sudoers(5), "Including other
/// files").
fn is_sudoers_name(name: &str) -> bool {
    !name.contains(['.', '/']) && !name.ends_with('~')
}

impl Kind {
    fn read(self, line: &str) -> Option<Learned> {
        match self {
            Self::Passwd => Account::parse(line).map(Learned::Account),
            Self::Shadow => {
                account::shadow(line).map(|(name, password)| Learned::Shadow { name, password })
            }
            Self::Group => Group::parse(line).map(Learned::Group),
            Self::Sudoers => {
                let who = word(line.split_whitespace().next()?)?;
                line.contains("NOPASSWD:").then_some(Learned::Sudoer(Sudoer { who }))
            }
            Self::Sshd => {
                let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
                let name = words.next()?.to_ascii_lowercase();
                let value = word(words.next()?)?.to_ascii_lowercase();
                SSHD_SETTINGS
                    .contains(&name.as_str())
                    .then_some(Learned::Sshd(Setting { name, value }))
            }
            Self::Presence => Some(Learned::NotEmpty),
        }
    }
}

fn word(text: &str) -> Option<String> {
    (text.len() <= WORD_BYTES_MAX).then(|| text.to_owned())
}

impl FileFact {
    /// The path as a container has it.
    pub(super) fn shown(&self) -> String {
        format!("/{}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(path: &str, text: &[u8]) -> Vec<(u32, Learned)> {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        file(&path, text).into_iter().map(|fact| (fact.line, fact.learned)).collect()
    }

    #[test]
    fn files_are_chosen_by_path() {
        for path in ["etc/passwd", "etc/sudoers.d/ci", "root/.ssh/authorized_keys", "etc/shadow"] {
            assert!(wants(path), "{path}");
        }
        for path in ["etc/sudoers.d/ci.bak", "srv/etc/passwd", "etc/sudoers.d/a/b", "etc/passwd-"] {
            assert!(!wants(path), "{path}");
        }
    }

    #[test]
    fn what_a_line_says_is_kept_with_its_number() {
        let sudoers = b"# a NOPASSWD: comment\nroot ALL=(ALL) ALL\n\n%ci ALL=(ALL) NOPASSWD: ALL\n";
        let ci = Learned::Sudoer(Sudoer { who: "%ci".into() });
        assert_eq!(learned("etc/sudoers", sudoers), [(4, ci)]);
        let setting = |name: &str, value: &str| {
            Learned::Sshd(Setting { name: name.into(), value: value.into() })
        };
        assert_eq!(
            learned(
                "etc/ssh/sshd_config",
                b"Port 22\r\nPermitRootLogin Yes\r\n#PermitRootLogin no"
            ),
            [(2, setting("permitrootlogin", "yes"))]
        );
        assert_eq!(learned("etc/hosts.equiv", b"# nobody\n\n"), []);
        assert_eq!(learned("etc/hosts.equiv", b"# all\n+\n+\n"), [(2, Learned::NotEmpty)]);
    }

    #[test]
    fn a_file_of_millions_of_lines_has_an_end() {
        let line = "a:x:1:1::/:/bin/sh\n";
        let text = line.repeat(200_000);
        assert_eq!(learned("etc/passwd", text.as_bytes()).len(), FACTS_MAX);
        assert_eq!(learned("etc/passwd", &[0xff; 100]), []);
        let long = format!("{} ALL=NOPASSWD: ALL", "u".repeat(100_000));
        assert_eq!(learned("etc/sudoers", long.as_bytes()), []);
    }

    #[test]
    fn facts_survive_a_cache() {
        let path = ImagePath::parse(b"etc/passwd").unwrap();
        let facts = file(&path, b"root::0:0:root:/root:/bin/sh\n");
        let json = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Vec<FileFact>>(&json).unwrap(), facts);
    }
}
