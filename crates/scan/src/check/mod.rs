//! What else than packages is looked for in a layer: secrets, entries and files that rules about
//! images want, license texts. The layers are read once for all of it.

mod compliance;
mod custom;
mod files;
mod findings;
mod presence;
mod visitor;

pub(crate) use compliance::{LookedAt, compliance};
pub use files::{ConfigFile, rules};
pub(crate) use files::{check_files, collect};
pub(crate) use findings::{Evidence, Found, find};
pub(crate) use visitor::{Both, CheckVisitor};

use crate::skip::Skip;
use lazaret_check::compliance::Spec;
use lazaret_check::dockerfile;
use lazaret_check::image::{EntryFact, FileFact};
use lazaret_check::license::Classes;
use lazaret_check::rego::RegoRules;
use lazaret_check::secret::Scanner;
use lazaret_core::check::{LicenseHit, SecretHit};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::problem::Problem;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::sync::Arc;

/// What is looked for beside packages and their vulnerabilities.
#[derive(Clone, Default)]
pub struct Checks {
    /// Secrets, by these rules.
    pub secrets: Option<SecretRules>,
    /// Misconfiguration of images.
    pub misconfiguration: bool,
    /// Misconfiguration in the files an image is built from and run by. Only of folders.
    pub config_files: bool,
    /// Licenses of packages, and how much of a burden each is.
    pub licenses: Option<Classes>,
    /// License texts in files too.
    pub license_files: bool,
    /// Rules of the user's own, for the files of folders.
    pub custom: Option<Arc<RegoRules>>,
    /// What the user asks of Dockerfiles; the day in it is that of the policy.
    pub dockerfile: dockerfile::Settings,
    /// The catalog of controls that what was found is held against.
    pub compliance: Option<Arc<Spec>>,
}

/// Rules for secrets.
#[derive(Clone)]
pub enum SecretRules {
    /// Those in the program.
    BuiltIn,
    /// Those of the user, with those in the program or without.
    Custom(Arc<Scanner>),
}

impl SecretRules {
    /// The search they make.
    pub fn scanner(&self) -> &Scanner {
        match self {
            Self::BuiltIn => Scanner::builtin(),
            Self::Custom(scanner) => scanner,
        }
    }
}

impl Checks {
    /// Whether any of it is to be found in files.
    pub(crate) fn reads_files(&self) -> bool {
        self.secrets.is_some() || self.misconfiguration || self.license_files
    }

    /// What names facts in a cache: they are what this program would find again.
    pub(crate) fn fingerprint(&self, limits: &Limits, skip: &Skip) -> String {
        let mut key = String::from("checks 2\n");
        if let Some(rules) = &self.secrets {
            let _ = writeln!(key, "secrets {:016x}", rules.scanner().fingerprint());
        }
        if self.misconfiguration {
            key.push_str("image 1\n");
        }
        if self.license_files {
            key.push_str("licenses 1\n");
        }
        let _ = writeln!(key, "{} {}", limits.file_bytes_max, limits.program_bytes_max);
        key.push_str(&skip.key());
        blake3::hash(key.as_bytes()).to_hex().as_str().chars().take(32).collect()
    }
}

/// What one layer has of all this: a function of its bytes and of what was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFacts {
    /// Secrets, sorted by file, then in the order they stand in it.
    pub secrets: Vec<InFile<SecretHit>>,
    /// Entries of note, sorted by path.
    pub entries: Vec<EntryFact>,
    /// What files of note say, sorted by path and line.
    pub files: Vec<FileFact>,
    /// License texts, sorted by file.
    pub licenses: Vec<InFile<LicenseHit>>,
    /// What could not be looked into. The layer of a location is always 0 here.
    pub problems: Vec<Problem>,
}

/// Something in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InFile<T> {
    /// The file.
    pub path: ImagePath,
    /// What is in it.
    pub hit: T,
}
