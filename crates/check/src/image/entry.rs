//! Entries of note, told by their headers alone.

use super::capability::Capabilities;
use super::name;
use lazaret_core::location::ImagePath;
use serde::{Deserialize, Serialize};

/// Setuid and setgid.
const SET_ID: u32 = 0o6000;
const SETUID: u32 = 0o4000;
const STICKY: u32 = 0o1000;
const WRITABLE_BY_GROUP: u32 = 0o020;
const READABLE_BY_ALL: u32 = 0o004;
const WRITABLE_BY_ALL: u32 = 0o002;

/// What kind of thing an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A regular file, or another name of one.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, whose mode means nothing.
    Symlink,
    /// A device, pipe or socket.
    Special,
}

/// An entry of a layer, as its header has it.
#[derive(Clone, Copy, Debug)]
pub struct EntryView<'a> {
    /// Where it is.
    pub path: &'a ImagePath,
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// The value of the extended attribute `security.capability`, if there is one.
    pub capability: Option<&'a [u8]>,
}

/// An entry some rule wants to know of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryFact {
    /// Where it is.
    pub path: ImagePath,
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// What it may do when it is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    /// Whether a later layer deleted it. A layer does not know; who lays them over each other does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// Keeps an entry if some rule wants to know of it. Looks at the header only.
pub fn entry(view: &EntryView<'_>) -> Option<EntryFact> {
    let path = view.path.as_str();
    let capabilities = view.capability.and_then(Capabilities::parse);
    let is_noted = match view.kind {
        EntryKind::File => {
            view.mode & (SET_ID | WRITABLE_BY_ALL) != 0
                || capabilities.is_some()
                || (view.uid != 0 && name::is_in_program_folder(path))
                || name::is_file_of_note(path)
        }
        EntryKind::Folder => {
            view.mode & WRITABLE_BY_ALL != 0
                || (view.uid != 0 && name::is_system_folder(path))
                || name::is_folder_of_note(path)
        }
        // Programs are often links, and one to a shell is a shell.
        EntryKind::Symlink => name::is_program_of_note(path),
        EntryKind::Special => true,
    };
    is_noted.then(|| EntryFact {
        path: view.path.clone(),
        kind: view.kind,
        mode: view.mode & 0o7777,
        uid: view.uid,
        gid: view.gid,
        capabilities,
        deleted: false,
    })
}

impl EntryFact {
    /// The path as a container has it.
    pub(super) fn shown(&self) -> String {
        format!("/{}", self.path)
    }

    pub(super) fn is_setuid(&self) -> bool {
        self.mode & SETUID != 0
    }

    pub(super) fn is_set_id(&self) -> bool {
        self.mode & SET_ID != 0
    }

    pub(super) fn is_sticky(&self) -> bool {
        self.mode & STICKY != 0
    }

    pub(super) fn is_writable_by_all(&self) -> bool {
        self.mode & WRITABLE_BY_ALL != 0
    }

    pub(super) fn is_readable_by_all(&self) -> bool {
        self.mode & READABLE_BY_ALL != 0
    }

    /// Whether anyone but root may write to it.
    pub(super) fn is_writable_by_others(&self) -> bool {
        self.uid != 0
            || self.is_writable_by_all()
            || (self.mode & WRITABLE_BY_GROUP != 0 && self.gid != 0)
    }

    /// The mode, in the four digits `chmod` takes.
    pub(super) fn octal(&self) -> String {
        format!("{:04o}", self.mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(path: &str, kind: EntryKind, mode: u32, uid: u64) -> bool {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        entry(&EntryView { path: &path, kind, mode, uid, gid: 0, capability: None }).is_some()
    }

    #[test]
    fn most_entries_are_not_worth_keeping() {
        for (path, kind, mode, uid) in [
            ("usr/lib/x86_64-linux-gnu/libc.so.6", EntryKind::File, 0o755, 0),
            ("app/server.js", EntryKind::File, 0o664, 1000),
            ("app", EntryKind::Folder, 0o775, 1000),
            ("usr/bin/[", EntryKind::Symlink, 0o777, 0),
            ("usr/share/doc/x/copyright", EntryKind::File, 0o644, 0),
        ] {
            assert!(!noted(path, kind, mode, uid), "{path}");
        }
    }

    #[test]
    fn modes_owners_and_names_make_an_entry_worth_keeping() {
        for (path, kind, mode, uid) in [
            ("opt/x", EntryKind::File, 0o4755, 0),
            ("opt/x", EntryKind::File, 0o2755, 0),
            ("opt/x", EntryKind::File, 0o666, 0),
            ("opt/x", EntryKind::Folder, 0o777, 0),
            ("usr/bin/x", EntryKind::File, 0o755, 1000),
            ("usr/bin", EntryKind::Folder, 0o755, 1000),
            ("etc/shadow", EntryKind::File, 0o640, 0),
            ("bin/sh", EntryKind::Symlink, 0o777, 0),
            ("opt/pipe", EntryKind::Special, 0o600, 0),
        ] {
            assert!(noted(path, kind, mode, uid), "{path}");
        }
    }

    #[test]
    fn facts_are_what_was_stored() {
        let path = ImagePath::parse(b"opt/x").unwrap();
        let capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let view = EntryView {
            path: &path,
            kind: EntryKind::File,
            mode: 0o100_755,
            uid: 7,
            gid: 8,
            capability: Some(&capability),
        };
        let fact = entry(&view).unwrap();
        assert_eq!((fact.mode, fact.uid, fact.gid), (0o755, 7, 8));
        let json = serde_json::to_string(&fact).unwrap();
        assert_eq!(serde_json::from_str::<EntryFact>(&json).unwrap(), fact);
    }
}
