//! One layer, entry by entry.

/// One archive entry. Whiteouts are files with their `.wh.` names, as in a real layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File {
        /// Path, without a leading slash.
        path: String,
        /// Bytes.
        content: Vec<u8>,
        /// Permission bits.
        mode: u32,
    },
    /// A folder.
    Folder {
        /// Path, without slashes at its ends.
        path: String,
    },
    /// A symbolic link.
    Symlink {
        /// Path of the link.
        path: String,
        /// Target as written.
        target: String,
    },
    /// A hard link.
    Hardlink {
        /// Path of the link.
        path: String,
        /// Path of the file it shares.
        target: String,
    },
}

impl Entry {
    /// Where it is.
    pub fn path(&self) -> &str {
        match self {
            Self::File { path, .. }
            | Self::Folder { path }
            | Self::Symlink { path, .. }
            | Self::Hardlink { path, .. } => path,
        }
    }
}

/// One layer and the instruction that made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// What the image's history says.
    pub created_by: String,
    /// When, as the image's history says (RFC 3339); nothing if it does not.
    pub created: Option<String>,
    /// Entries in the order of the archive.
    pub entries: Vec<Entry>,
}

impl Layer {
    /// An empty layer.
    pub fn new(created_by: &str) -> Self {
        Self { created_by: created_by.to_owned(), created: None, entries: Vec::new() }
    }

    /// Was made at this time (RFC 3339).
    pub fn created(mut self, time: &str) -> Self {
        self.created = Some(time.to_owned());
        self
    }

    /// Adds a file.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref().to_vec();
        self.entry(Entry::File { path: path.to_owned(), content, mode: 0o644 })
    }

    /// Adds a folder.
    pub fn folder(self, path: &str) -> Self {
        self.entry(Entry::Folder { path: path.to_owned() })
    }

    /// Adds a symbolic link.
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(Entry::Symlink { path: path.to_owned(), target: target.to_owned() })
    }

    /// Adds a hard link.
    pub fn hardlink(self, path: &str, target: &str) -> Self {
        self.entry(Entry::Hardlink { path: path.to_owned(), target: target.to_owned() })
    }

    /// Deletes a path of the layers below.
    pub fn whiteout(self, path: &str) -> Self {
        let marker = match path.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/.wh.{name}"),
            None => format!(".wh.{path}"),
        };
        self.file(&marker, "")
    }

    /// Deletes everything the layers below have in a folder.
    pub fn opaque(self, folder: &str) -> Self {
        self.file(&format!("{folder}/.wh..wh..opq"), "")
    }

    /// Adds any entry.
    pub fn entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// The layer as an uncompressed tar archive.
    pub fn tar(&self) -> Vec<u8> {
        crate::tar::write(&self.entries)
    }
}
