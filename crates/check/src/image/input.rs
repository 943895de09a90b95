//! What the rules look at.

use super::account::{Account, Group};
use super::entry::{EntryFact, EntryKind};
use super::file::{FileFact, Learned};
use super::history::{Command, Instruction, commands, instruction};
use super::program::Program;
use lazaret_core::image::ImageConfig;

/// An image, as far as its rules are concerned. The facts are in the order of their paths, so that
/// hits are.
#[derive(Clone, Debug, Default)]
pub struct ImageInput {
    /// The name the image was asked for by, with tag and digest as given; empty where there is none.
    pub reference: String,
    /// Its configuration.
    pub config: ImageConfig,
    /// How many layers it has.
    pub layers: usize,
    /// The day it is judged by, as in RFC 3339. Without one, nothing is said about its age.
    pub today: Option<String>,
    /// Its entries of note.
    pub entries: Vec<EntryFact>,
    /// What its files say.
    pub files: Vec<FileFact>,
}

/// History lines that are looked at; far more than the 127 layers a file system can stack.
const HISTORY_MAX: usize = 2_000;

impl ImageInput {
    /// The entries of the image as a container sees it.
    pub(super) fn entries(&self) -> impl Iterator<Item = &EntryFact> {
        self.entries.iter().filter(|entry| !entry.deleted)
    }

    /// The files, programs included, of the image as a container sees it.
    pub(super) fn visible_files(&self) -> impl Iterator<Item = &EntryFact> {
        self.entries().filter(|entry| entry.kind == EntryKind::File)
    }

    /// The folders of the image as a container sees it.
    pub(super) fn folders(&self) -> impl Iterator<Item = &EntryFact> {
        self.entries().filter(|entry| entry.kind == EntryKind::Folder)
    }

    /// What visible files say.
    pub(super) fn learned(&self) -> impl Iterator<Item = (&FileFact, &Learned)> {
        self.files.iter().filter(|fact| !fact.deleted).map(|fact| (fact, &fact.learned))
    }

    /// The accounts in `/etc/passwd`.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.learned().filter_map(|(_, learned)| match learned {
            Learned::Account(account) => Some(account),
            _ => None,
        })
    }

    /// The groups in `/etc/group`.
    pub(super) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.learned().filter_map(|(_, learned)| match learned {
            Learned::Group(group) => Some(group),
            _ => None,
        })
    }

    /// The programs that lack some hardening.
    pub(super) fn programs(&self) -> impl Iterator<Item = (&FileFact, &Program)> {
        self.learned().filter_map(|(fact, learned)| match learned {
            Learned::Program(program) => Some((fact, program)),
            _ => None,
        })
    }

    /// The history, read.
    pub(super) fn instructions(&self) -> impl Iterator<Item = Instruction<'_>> {
        self.config.history.iter().take(HISTORY_MAX).map(|entry| instruction(&entry.created_by))
    }

    /// The shell commands of each `RUN` in the history.
    pub(super) fn runs(&self) -> impl Iterator<Item = Vec<Command>> {
        self.instructions().filter(|run| run.keyword == "RUN").map(|run| commands(run.text))
    }
}
