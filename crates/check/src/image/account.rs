//! `passwd`, `shadow` and `group` (passwd(5), shadow(5), group(5)).

use serde::{Deserialize, Serialize};

/// What stands where a password's hash would. The hash itself is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Password {
    /// Nothing: whoever asks is let in.
    Empty,
    /// Something no password hashes to.
    Locked,
    /// It is in the shadow file.
    Elsewhere,
    /// A hash.
    Set,
}

/// A line of `/etc/passwd`, or of `/etc/shadow`, which has names and passwords only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// What lets it in.
    pub password: Password,
    /// Its number.
    pub uid: u32,
    /// Its group's number.
    pub gid: u32,
    /// Its home, as written.
    pub home: String,
    /// What it logs in to, as written; empty for the default.
    pub shell: String,
}

/// A line of `/etc/group`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its number.
    pub gid: u32,
}

/// The longest field that is kept, in bytes: names are at most 32 long, and paths 4,096.
const FIELD_BYTES_MAX: usize = 4_096;

/// The lowest number of a person's account, where `login.defs` says nothing else.
const FIRST_PERSON: u32 = 1_000;

fn field(text: Option<&str>) -> Option<String> {
    text.filter(|text| text.len() <= FIELD_BYTES_MAX).map(|text| text.trim().to_owned())
}

fn password(field: &str) -> Password {
    match field {
        "" => Password::Empty,
        "x" => Password::Elsewhere,
        _ if field.starts_with(['!', '*']) || field == "NP" => Password::Locked,
        _ => Password::Set,
    }
}

impl Account {
    /// Reads a line of `/etc/passwd`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = field(fields.next())?;
        let password = password(fields.next()?.trim());
        let uid = fields.next()?.trim().parse().ok()?;
        let gid = fields.next()?.trim().parse().ok()?;
        let _comment = fields.next();
        let home = field(fields.next()).unwrap_or_default();
        let shell = field(fields.next()).unwrap_or_default();
        Some(Self { name, password, uid, gid, home, shell })
    }

    /// Whether a person could be meant, by the number.
    pub(super) const fn is_system(&self) -> bool {
        self.uid != 0 && self.uid < FIRST_PERSON
    }

    /// Whether logging in gives a command line.
    pub(super) fn has_login_shell(&self) -> bool {
        let program = self.shell.rsplit('/').next().unwrap_or_default();
        !matches!(program, "nologin" | "false" | "true" | "sync" | "halt" | "shutdown" | "null")
    }
}

impl Group {
    /// Reads a line of `/etc/group`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = field(fields.next())?;
        let _password = fields.next()?;
        Some(Self { name, gid: fields.next()?.trim().parse().ok()? })
    }
}

/// Reads a line of `/etc/shadow`: a name and what lets it in.
pub(super) fn shadow(line: &str) -> Option<(String, Password)> {
    let mut fields = line.split(':');
    let name = field(fields.next())?;
    Some((name, password(fields.next()?.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_known_to_be_there_and_not_kept() {
        for (line, expected) in [
            ("root:*:19000:0:99999:7:::", Password::Locked),
            ("root:!:19000::::::", Password::Locked),
            ("root:!$6$salt$hash:19000::::::", Password::Locked),
            ("root:::0:::::", Password::Empty),
            ("root:$6$salt$hash:19000::::::", Password::Set),
        ] {
            assert_eq!(shadow(line), Some(("root".to_owned(), expected)), "{line}");
        }
    }

    #[test]
    fn lines_that_are_no_account_are_passed_over() {
        for line in ["", "root", "root:x", "root:x:zero:0:::", "+::::::"] {
            assert_eq!(Account::parse(line), None, "{line}");
        }
        let root = Account::parse("root:x:0:0:root:/root:/bin/bash").unwrap();
        assert_eq!((root.uid, &*root.home, &*root.shell), (0, "/root", "/bin/bash"));
        assert_eq!(Group::parse("wheel:x:10:"), Some(Group { name: "wheel".into(), gid: 10 }));
        assert_eq!(Group::parse("wheel:x:"), None);
    }
}
