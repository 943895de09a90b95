//! A root file system in a folder, read as an image of one layer.

use crate::error::OpenError;
use crate::layer::{Share, WalkContext};
use crate::tar::escaped;
use crate::walk::{EntryHeader, EntryType, LayerError, LayerSummary, PEEK_BYTES, Visit, Want};
use lazaret_core::image::{Image, ImageConfig, LayerInfo};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::problem::{Problem, ProblemKind};
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Folders of the root on which a running machine mounts file systems that are not of the disk.
/// Other mounts are crossed: `/usr` may be on a partition of its own.
const PSEUDO: [&str; 4] = ["dev", "proc", "run", "sys"];

/// Memory of the last body that is kept for the next one; more than nearly all bodies need.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// A folder that is the root of a file system.
pub(crate) struct RootFs {
    folder: PathBuf,
    device: u64,
}

impl RootFs {
    /// Opens a folder, and describes the image of one layer that it is.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Image), OpenError> {
        let read = |source: io::Error| match source.kind() {
            ErrorKind::NotFound => OpenError::NotFound { path: folder.to_owned() },
            _ => OpenError::Read { path: folder.to_owned(), source },
        };
        // The folder itself may be named through a link; inside, links are never followed.
        let root = folder.canonicalize().map_err(read)?;
        let metadata = root.metadata().map_err(read)?;
        if !metadata.is_dir() {
            return Err(OpenError::NotAnImage {
                path: folder.to_owned(),
                expected: "a folder with a root file system",
                found: "it is a file; use `lazaret image --input FILE` for an image archive",
            });
        }
        let name = root.file_name().unwrap_or(OsStr::new("/")).to_string_lossy().into_owned();
        let layer = LayerInfo {
            blob_digest: None,
            diff_id: None,
            size_bytes: 0,
            created_by: None,
            base: None,
        };
        let image = Image {
            name,
            digest: None,
            config_digest: None,
            platform: None,
            annotations: std::collections::BTreeMap::new(),
            base_image: None,
            config: ImageConfig::default(),
            layers: vec![layer],
        };
        Ok((Self { folder: root, device: metadata.dev() }, image))
    }

    /// Shows everything in the folder to a visitor, each folder before what is in it and sorted by
    /// name. What cannot be read is a problem, and the rest is read all the same.
    pub(crate) fn walk(
        &self,
        context: &WalkContext<'_>,
        visitor: &mut dyn Visit,
    ) -> Result<LayerSummary, LayerError> {
        let mut walk = Walk {
            root: self,
            context,
            limits: context.limits,
            visitor,
            summary: LayerSummary::default(),
            body: Vec::new(),
        };
        if let Some((progress, layer)) = context.progress {
            progress.begin(layer, None);
        }
        let result = walk.run();
        if let Some((progress, layer)) = context.progress {
            progress.end(layer);
        }
        // The path is of this machine, and the message may become part of a report.
        let layer = "of the root file system".to_owned();
        result.map_err(|source| LayerError::Read { layer, source })?;
        Ok(walk.summary)
    }
}

/// A folder that is being walked: what is left of it.
struct Folder {
    on_disk: PathBuf,
    in_image: Vec<u8>,
    names: std::vec::IntoIter<OsString>,
}

struct Walk<'a> {
    root: &'a RootFs,
    context: &'a WalkContext<'a>,
    limits: &'a Limits,
    visitor: &'a mut dyn Visit,
    summary: LayerSummary,
    /// The body of the last file, kept for its memory.
    body: Vec<u8>,
}

impl Walk<'_> {
    fn run(&mut self) -> io::Result<()> {
        // A list instead of recursion: how deep folders nest is not for us to say.
        let mut open = vec![Folder {
            names: sorted_names(&self.root.folder)?.into_iter(),
            on_disk: self.root.folder.clone(),
            in_image: Vec::new(),
        }];
        while let Some(folder) = open.last_mut() {
            let Some(name) = folder.names.next() else {
                open.pop();
                continue;
            };
            let on_disk = folder.on_disk.join(&name);
            let mut in_image = folder.in_image.clone();
            if !in_image.is_empty() {
                in_image.push(b'/');
            }
            in_image.extend_from_slice(name.as_bytes());
            let Ok(path) = ImagePath::parse(&in_image) else { continue };
            if self.summary.entries >= self.limits.entries_max {
                let max = self.limits.entries_max;
                self.problem(&path, ProblemKind::Limit, format!("more than {max} entries"));
                return Ok(());
            }
            self.summary.entries = self.summary.entries.saturating_add(1);
            if in_image.len() > self.limits.path_bytes_max {
                let max = self.limits.path_bytes_max;
                let path = path.parent();
                let message = format!("holds a path of more than {max} bytes");
                self.problem(&path, ProblemKind::Limit, message);
                continue;
            }
            match self.entry(&on_disk, &path) {
                Ok(Some(names)) => {
                    open.push(Folder { on_disk, in_image, names: names.into_iter() });
                }
                Ok(None) => {}
                // A running machine deletes files while they are listed.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    let message = format!("failed to read: {error}");
                    self.problem(&path, ProblemKind::Entry, message);
                }
            }
        }
        Ok(())
    }

    /// Shows one entry; gives the names in it if it is a folder to go into.
    fn entry(&mut self, on_disk: &Path, path: &ImagePath) -> io::Result<Option<Vec<OsString>>> {
        let metadata = on_disk.symlink_metadata()?;
        let file_type = metadata.file_type();
        let kind = if file_type.is_dir() {
            EntryType::Folder
        } else if file_type.is_file() {
            EntryType::File
        } else if file_type.is_symlink() {
            EntryType::Symlink(escaped(on_disk.read_link()?.as_os_str().as_bytes()))
        } else {
            EntryType::Special
        };
        let header = EntryHeader {
            path: path.clone(),
            size_bytes: if file_type.is_file() { metadata.len() } else { 0 },
            kind,
            mode: metadata.mode() & 0o7777,
            uid: u64::from(metadata.uid()),
            gid: u64::from(metadata.gid()),
            capability: None,
        };
        let want = self.visitor.entry(&header);
        if file_type.is_dir() {
            let pseudo = PSEUDO.contains(&path.as_str()) && metadata.dev() != self.root.device;
            return if pseudo { Ok(None) } else { sorted_names(on_disk).map(Some) };
        }
        if file_type.is_file() && want != Want::Skip && (want == Want::Body || metadata.len() > 0) {
            self.read(on_disk, &metadata, &header, want)?;
        }
        Ok(None)
    }

    /// Hands over the body of a file, as it is at this moment, if its beginning is right.
    fn read(
        &mut self,
        on_disk: &Path,
        listed: &Metadata,
        header: &EntryHeader,
        want: Want,
    ) -> io::Result<()> {
        let max = match want {
            Want::Peek => self.limits.program_bytes_max,
            Want::Body | Want::Skip => self.limits.file_bytes_max,
            Want::Head(max) => max,
        };
        let too_large = || format!("the file has more than {max} bytes, and was not looked into");
        if want == Want::Body && header.size_bytes > max {
            self.problem(&header.path, ProblemKind::Limit, too_large());
            return Ok(());
        }
        let mut file = File::open(on_disk)?;
        // What is open must be what was listed: a name can be turned into a link in between.
        let opened = file.metadata()?;
        if !opened.is_file() || (opened.dev(), opened.ino()) != (listed.dev(), listed.ino()) {
            let message = "was replaced while it was being read".to_owned();
            self.problem(&header.path, ProblemKind::Entry, message);
            return Ok(());
        }
        self.body.clear();
        if want == Want::Peek {
            let beginning = u64::try_from(PEEK_BYTES).unwrap_or(0);
            file.by_ref().take(beginning).read_to_end(&mut self.body)?;
            if self.visitor.peek(header, &self.body) != Want::Body {
                return Ok(());
            }
            if header.size_bytes > max {
                self.problem(&header.path, ProblemKind::Limit, too_large());
                return Ok(());
            }
        }
        let context = self.context;
        let is_head = matches!(want, Want::Head(_));
        let asked = if is_head { header.size_bytes.min(max) } else { header.size_bytes };
        let _reservation = match context.budget.reserve(Share::Bodies, asked) {
            Ok(reservation) => reservation,
            Err(over) => {
                let message = format!("the file was not looked into: {over}");
                self.problem(&header.path, ProblemKind::Limit, message);
                return Ok(());
            }
        };
        // One byte more shows that a file has grown.
        let read_max = if is_head { max } else { max.saturating_add(1) };
        file.take(read_max).read_to_end(&mut self.body)?;
        let read = u64::try_from(self.body.len()).unwrap_or(u64::MAX);
        self.summary.stored_bytes = self.summary.stored_bytes.saturating_add(read);
        self.summary.tar_bytes = self.summary.stored_bytes;
        if let Some((progress, layer)) = context.progress {
            progress.advance(layer, read);
        }
        if read > max {
            self.problem(&header.path, ProblemKind::Limit, too_large());
            return Ok(());
        }
        self.visitor.body(header, &self.body);
        if self.body.capacity() > KEPT_BYTES_MAX {
            self.body = Vec::new();
        }
        Ok(())
    }

    fn problem(&mut self, path: &ImagePath, kind: ProblemKind, message: String) {
        let location = Location { layer: LayerIndex(0), path: path.clone(), lines: None };
        self.visitor.problem(Problem { kind, message, location: Some(location), extractor: None });
    }
}

/// The names in a folder, sorted by their bytes.
fn sorted_names(folder: &Path) -> io::Result<Vec<OsString>> {
    let mut names = folder
        .read_dir()?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}
