//! Snaps, unpacked: `meta/snap.yaml` says what a snap is, and two lists in snaps built from Ubuntu's
//! packages which ones these are.

use crate::broken::Broken;
use crate::lines::without_mark;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact, Presence};
use serde::Deserialize;

/// Installed snaps.
pub(crate) static SNAP: Extractor = Extractor {
    id: "snap/snap-yaml",
    version: 1,
    title: "Snaps",
    spec: "https://documentation.ubuntu.com/snapcraft/stable/reference/project-file/",
    selects: &[Select::NameIn("snap.yaml", "meta")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run: read_snap,
};

/// Ubuntu's packages that a snap was built from: `dpkg.yaml` of base snaps, `manifest.yaml` of all
/// others.
pub(crate) static MANIFEST: Extractor = Extractor {
    id: "snap/manifest",
    version: 1,
    title: "Debian packages in snaps",
    spec: "https://documentation.ubuntu.com/snapcraft/stable/",
    selects: &[
        Select::NameIn("dpkg.yaml", "usr/share/snappy"),
        Select::NameIn("manifest.yaml", "snap"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run: read_manifest,
};

/// Largest file that is read, in bytes. Descriptions make them long; lists of packages stay below
/// 100 KB.
const BYTES_MAX: usize = 4 << 20;

/// Values in one file. The longest lists have some 2,000 packages.
const EVENTS_MAX: usize = 1 << 18;

/// Nesting; a manifest needs six.
const DEPTH_MAX: usize = 32;

#[derive(Deserialize)]
struct Snap {
    name: Option<String>,
    version: Option<Scalar>,
    license: Option<String>,
    #[serde(default)]
    architectures: Vec<String>,
    /// How older files write the one architecture.
    architecture: Option<String>,
}

/// A version that was not put in quotes may look like a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Whole(i64),
    Broken(f64),
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Whole(number) => number.to_string(),
            Self::Broken(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct Manifest {
    /// Of `dpkg.yaml`.
    #[serde(default)]
    packages: Vec<String>,
    /// Of `manifest.yaml`.
    #[serde(default, rename = "primed-stage-packages")]
    primed: Vec<String>,
}

fn read_snap(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.path.parent().name() != "meta" || input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let snap: Snap = yaml(input.bytes)?;
    let name = snap.name.ok_or_else(|| ParseError::new("the snap has no `name`"))?;
    let version = snap.version.map(Scalar::into_text).unwrap_or_default();
    let mut package = PackageFact::installed(Ecosystem::Snap, name, version);
    package.arch = snap.architectures.into_iter().next().or(snap.architecture);
    // `unset` is what snapcraft writes for none.
    package.licenses = snap.license.into_iter().filter(|license| license != "unset").collect();
    sink.package(package);
    Ok(())
}

fn read_manifest(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let folder = input.path.parent();
    if !matches!(folder.name(), "snap" | "snappy") || input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let manifest: Manifest = yaml(input.bytes)?;
    let mut broken = Broken::default();
    for entry in manifest.packages.iter().chain(&manifest.primed) {
        match package(entry) {
            Some(package) => sink.package(package),
            None => broken.report_anywhere(sink, "an entry is not of the form `name=version`"),
        }
    }
    broken.finish()
}

/// `name=version` or `name:architecture=version`. What a snap was built from is described by its
/// maker; no package database of the image knows of it.
fn package(entry: &str) -> Option<PackageFact> {
    let (name, version) = entry.split_once('=')?;
    let (name, arch) = match name.split_once(':') {
        Some((name, arch)) => (name, Some(arch)),
        None => (name, None),
    };
    if name.is_empty() || version.is_empty() {
        return None;
    }
    let mut package = PackageFact::installed(Ecosystem::Deb, name, version);
    package.arch = arch.map(str::to_owned);
    package.presence = Presence::Described;
    Some(package)
}

fn yaml<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, ParseError> {
    let bytes = without_mark(bytes);
    if bytes.len() > BYTES_MAX {
        return Err(ParseError::new(format!("the file has more than {BYTES_MAX} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ParseError::new("the file is not UTF-8"))?;
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: EVENTS_MAX,
            max_nodes: EVENTS_MAX,
            max_depth: DEPTH_MAX,
        },
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().and_then(|location| u32::try_from(location.line()).ok());
        ParseError { message: "the YAML is broken, or is not of a snap".to_owned(), line }
    })
}
