//! What the rules look at.

use super::account::{Account, Group};
use super::entry::{EntryFact, EntryKind};
use super::file::{FileFact, Learned};
use super::history::{Command, Instruction, commands, instruction};
use super::program::Program;
use lazaret_core::image::ImageConfig;
use std::collections::BTreeMap;

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
    pub(super) fn accounts(&self) -> impl Iterator<Item = (&FileFact, &Account)> {
        self.learned().filter_map(|(fact, learned)| match learned {
            Learned::Account(account) => Some((fact, account)),
            _ => None,
        })
    }

    /// The groups in `/etc/group`.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&FileFact, &Group)> {
        self.learned().filter_map(|(fact, learned)| match learned {
            Learned::Group(group) => Some((fact, group)),
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

    /// The history, read, with the position of each line.
    pub(super) fn instructions(&self) -> impl Iterator<Item = (u32, Instruction<'_>)> {
        let lines = (0_u32..).zip(&self.config.history).take(HISTORY_MAX);
        lines.map(|(at, entry)| (at, instruction(&entry.created_by)))
    }

    /// The shell commands of each `RUN` in the history, with its position.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, Vec<Command>)> {
        let runs = self.instructions().filter(|(_, line)| line.keyword == "RUN");
        runs.map(|(at, run)| (at, commands(run.text)))
    }

    /// The shell commands of all of them, each with the position of its line.
    pub(super) fn commands(&self) -> impl Iterator<Item = (u32, Command)> {
        self.runs().flat_map(|(at, run)| run.into_iter().map(move |command| (at, command)))
    }

    /// The last line of the history with an instruction that a later one of its kind replaces.
    pub(super) fn last(&self, keyword: &str) -> Option<u32> {
        self.instructions().filter(|(_, line)| line.keyword == keyword).last().map(|(at, _)| at)
    }

    /// The last line of the history that sets each name, for instructions that set several: what
    /// stands before the `=` of `ENV` and `LABEL`, a port, a folder.
    pub(super) fn set_by(&self, keyword: &str) -> BTreeMap<&str, u32> {
        let mut set = BTreeMap::new();
        for (at, line) in self.instructions().filter(|(_, line)| line.keyword == keyword) {
            // BuildKit writes `map[80/tcp:{}]` and `[/data]`, the classic builder JSON.
            for word in line.text.split(|c: char| c.is_whitespace() || "[]{}:,\"".contains(c)) {
                set.insert(word.split_once('=').map_or(word, |(name, _)| name), at);
            }
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use crate::image::check;
    use crate::image::recipe::recipe;
    use lazaret_core::check::Part;

    /// The line of the history a rule's first hit comes from, and what it is about.
    fn cause(text: &str, rule: &str) -> (Option<u32>, Option<Part>) {
        let hits = check(&recipe(text));
        let hit = hits.into_iter().find(|hit| hit.rule == rule).unwrap();
        (hit.history, hit.about)
    }

    #[test]
    fn a_setting_comes_from_the_last_line_that_made_it() {
        let buildkit = "USER root\nEXPOSE 22/tcp\nEXPOSE 443/tcp\nENV DB_PASSWORD=hunter2hunter2\nVOLUME /etc\n\
                        HEALTHCHECK NONE\nLABEL api.token=hunter2hunter2\n\
                        HISTORY USER app\nHISTORY USER root\nHISTORY EXPOSE map[22/tcp:{} 80/tcp:{}]\n\
                        HISTORY ENV A=b DB_PASSWORD=hunter2hunter2\nHISTORY VOLUME [/etc]\n\
                        HISTORY HEALTHCHECK NONE\nHISTORY LABEL api.token=hunter2hunter2\n";
        assert_eq!(cause(buildkit, "IM001"), (Some(1), None));
        assert_eq!(cause(buildkit, "IM017"), (Some(2), None));
        assert_eq!(cause(buildkit, "IM018"), (None, None), "no line exposes it");
        let env = Part::Env("DB_PASSWORD".to_owned());
        assert_eq!(cause(buildkit, "IM013"), (Some(3), Some(env)));
        assert_eq!(cause(buildkit, "IM047"), (Some(4), None));
        assert_eq!(cause(buildkit, "IM020"), (Some(5), None));
        assert_eq!(cause(buildkit, "IM015").0, Some(6));
        let classic = "EXPOSE 22/tcp\nVOLUME /etc\nHISTORY /bin/sh -c #(nop)  EXPOSE 22\n\
                       HISTORY /bin/sh -c #(nop)  VOLUME [\"/etc\"]\n";
        assert_eq!(cause(classic, "IM017"), (Some(0), None));
        assert_eq!(cause(classic, "IM047"), (Some(1), None));
        assert_eq!(cause("USER root\n", "IM001"), (None, None));
    }
}
