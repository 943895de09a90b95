//! What a Dockerfile says, instruction by instruction, each with the lines it stands on.

use super::shell::Script;
use lazaret_core::location::LineRange;
use std::collections::BTreeMap;

/// A Dockerfile, read.
#[derive(Clone, Debug, Default)]
pub struct Dockerfile {
    /// The parser directives at its top, such as `# escape=`.
    pub directives: Vec<Directive>,
    /// Everything but comments, in order.
    pub instructions: Vec<Instruction>,
    /// The build stages, in order.
    pub stages: Vec<Stage>,
    /// Comments, those inside instructions too.
    pub comments: Vec<Comment>,
    /// Lines within an instruction that are empty, which BuildKit is going to refuse.
    pub empty_continuations: Vec<u32>,
    /// The stages of each name, in lower case.
    pub(super) names: BTreeMap<String, Vec<usize>>,
    /// Where each name is declared by an `ARG` among the instructions, and its default there.
    pub(super) arguments: BTreeMap<String, Vec<(usize, Option<String>)>>,
}

/// A parser directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its name in lower case: `syntax`, `escape` or `check`.
    pub name: String,
    /// What follows the `=`.
    pub value: String,
    /// The line it is on.
    pub line: u32,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What follows the `#`, without the space around it.
    pub text: String,
    /// The line it is on.
    pub line: u32,
}

/// A stage: what stands between one `FROM` and the next.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name, as written.
    pub name: Option<String>,
    /// The image it starts from, variables not yet replaced.
    pub image: String,
    /// The earlier stage it starts from, where it does.
    pub base: Option<usize>,
    /// Whether a later stage starts from it.
    pub is_base: bool,
    /// Where its `FROM` is among the instructions.
    pub from: usize,
    /// One past its last instruction.
    pub end: usize,
}

/// An instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// Its keyword as written.
    pub keyword: String,
    /// What it says.
    pub kind: Kind,
    /// The options before its arguments.
    pub flags: Vec<Flag>,
    /// The lines it stands on, here-documents included.
    pub lines: LineRange,
    /// The stage it is in; none before the first `FROM`.
    pub stage: Option<usize>,
    /// Whether it is what an `ONBUILD` will do.
    pub is_triggered: bool,
}

/// What an instruction says.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `FROM image [AS name]`.
    From {
        /// The image, as written.
        image: String,
        /// The stage's name, as written.
        name: Option<String>,
        /// The word between them, as written: `AS` or `as`.
        joint: Option<String>,
    },
    /// `RUN`.
    Run(Invocation),
    /// `CMD`.
    Cmd(Invocation),
    /// `ENTRYPOINT`.
    Entrypoint(Invocation),
    /// `HEALTHCHECK CMD`, or none for `HEALTHCHECK NONE`.
    Healthcheck(Option<Invocation>),
    /// `LABEL`.
    Label(Pairs),
    /// `ENV`.
    Env(Pairs),
    /// `ARG`.
    Arg(Vec<Argument>),
    /// `ADD`.
    Add(Transfer),
    /// `COPY`.
    Copy(Transfer),
    /// `MAINTAINER`.
    Maintainer(String),
    /// `EXPOSE`, a word each.
    Expose(Vec<String>),
    /// `VOLUME`, a path each.
    Volume(Vec<String>),
    /// `USER`.
    User(String),
    /// `WORKDIR`.
    Workdir(String),
    /// `STOPSIGNAL`.
    Stopsignal(String),
    /// `SHELL`.
    Shell(Vec<String>),
    /// `ONBUILD`, with what it will do.
    Onbuild(Box<Instruction>),
}

/// An option such as `--from=build`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name, without the dashes.
    pub name: String,
    /// What follows the `=`, unquoted; none where there is no `=`.
    pub value: Option<String>,
}

/// Something to run.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Whether it is a JSON array, which no shell sees.
    pub is_exec: bool,
    /// As written, continuation lines joined; without here-documents.
    pub text: String,
    /// The commands in it.
    pub script: Script,
}

/// What `ENV` and `LABEL` set.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// Names and values, unquoted, in order.
    pub pairs: Vec<Pair>,
    /// Whether it is the old form, without `=`.
    pub is_legacy: bool,
}

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name, unquoted.
    pub name: String,
    /// The value, unquoted, variables not yet replaced.
    pub value: String,
    /// The value as written.
    pub raw: String,
}

/// What `ARG` declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The name.
    pub name: String,
    /// The default, unquoted.
    pub default: Option<String>,
}

/// What `ADD` and `COPY` move.
#[derive(Clone, Debug, Default)]
pub struct Transfer {
    /// Where from, unquoted; without here-documents.
    pub sources: Vec<String>,
    /// Where to, unquoted.
    pub target: String,
    /// How many of the sources are here-documents.
    pub documents: usize,
}

impl Instruction {
    /// The value of an option, empty where it is given without one.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let flag = self.flags.iter().find(|flag| flag.name == name)?;
        Some(flag.value.as_deref().unwrap_or(""))
    }

    /// The instruction itself, or what it will do where it is an `ONBUILD`.
    pub fn inner(&self) -> &Self {
        match &self.kind {
            Kind::Onbuild(inner) => inner.inner(),
            _ => self,
        }
    }

    /// The mounts of a `RUN`, each as its comma-separated parts.
    pub fn mounts(&self) -> impl Iterator<Item = Mount<'_>> {
        self.flags
            .iter()
            .filter(|flag| flag.name == "mount")
            .map(|flag| Mount(flag.value.as_deref().unwrap_or("")))
    }

    /// Whether a folder is a cache or in memory while this runs, so that nothing of it stays.
    pub fn is_mounted(&self, folder: &str) -> bool {
        self.mounts().any(|mount| {
            matches!(mount.part(&["type"]), Some("cache" | "tmpfs"))
                && mount.target().is_some_and(|target| {
                    let target = target.trim_end_matches('/');
                    folder == target
                        || folder.strip_prefix(target).is_some_and(|rest| rest.starts_with('/'))
                })
        })
    }

    /// Whether some cache or memory mount's target contains these characters.
    pub fn has_cache_mount(&self, part: &str) -> bool {
        self.mounts().any(|mount| {
            matches!(mount.part(&["type"]), Some("cache" | "tmpfs"))
                && mount.target().is_some_and(|target| target.contains(part))
        })
    }
}

/// A `--mount`.
#[derive(Clone, Copy, Debug)]
pub struct Mount<'a>(&'a str);

impl<'a> Mount<'a> {
    /// The value of the first part with one of these names.
    pub fn part(self, names: &[&str]) -> Option<&'a str> {
        self.0.split(',').find_map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            names
                .iter()
                .any(|wanted| name.trim().eq_ignore_ascii_case(wanted))
                .then(|| value.trim().trim_matches('"'))
        })
    }

    /// Where it is mounted.
    pub fn target(self) -> Option<&'a str> {
        self.part(&["target", "dst", "destination"])
    }
}

impl Dockerfile {
    /// Every instruction, what `ONBUILD` will do in its place, with the lines of the whole.
    pub fn each(&self) -> impl Iterator<Item = &Instruction> {
        self.instructions.iter().map(Instruction::inner)
    }

    /// Every `RUN`, those that `ONBUILD` will run too.
    pub fn runs(&self) -> impl Iterator<Item = (&Instruction, &Invocation)> {
        self.each().filter_map(|instruction| match &instruction.kind {
            Kind::Run(run) => Some((instruction, run)),
            _ => None,
        })
    }

    /// Everything that is run, when the image is built or later, shell and exec form.
    pub fn invocations(&self) -> impl Iterator<Item = (&Instruction, &Invocation)> {
        self.each().filter_map(|instruction| match &instruction.kind {
            Kind::Run(run)
            | Kind::Cmd(run)
            | Kind::Entrypoint(run)
            | Kind::Healthcheck(Some(run)) => Some((instruction, run)),
            _ => None,
        })
    }

    /// Every `ADD` and `COPY`; the second says whether it is a `COPY`.
    pub fn transfers(&self) -> impl Iterator<Item = (&Instruction, bool, &Transfer)> {
        self.each().filter_map(|instruction| match &instruction.kind {
            Kind::Add(transfer) => Some((instruction, false, transfer)),
            Kind::Copy(transfer) => Some((instruction, true, transfer)),
            _ => None,
        })
    }

    /// Every `LABEL`.
    pub fn labels(&self) -> impl Iterator<Item = (&Instruction, &Pairs)> {
        self.each().filter_map(|instruction| match &instruction.kind {
            Kind::Label(pairs) => Some((instruction, pairs)),
            _ => None,
        })
    }

    /// The instructions of each stage. What stands before the first `FROM` comes first, as a stage
    /// without one, where it is more than `ARG`s: such a file is broken, but not beyond reading.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        let first = self.stages.first().map_or(self.instructions.len(), |stage| stage.from);
        let head = self.instructions.get(..first).unwrap_or_default();
        let is_needed = head.iter().any(|instruction| !matches!(instruction.kind, Kind::Arg(_)));
        let head = is_needed.then_some(Section { stage: None, instructions: head });
        head.into_iter().chain(self.stages.iter().enumerate().map(|(index, stage)| Section {
            stage: Some((index, stage)),
            instructions: self.instructions.get(stage.from..stage.end).unwrap_or_default(),
        }))
    }

    /// The stage with this name or number that comes before another.
    pub fn stage_before(&self, word: &str, before: usize) -> Option<usize> {
        let by_name = self.names.get(&word.to_ascii_lowercase()).and_then(|stages| {
            stages.get(stages.partition_point(|stage| *stage < before).checked_sub(1)?).copied()
        });
        let earlier = before.min(self.stages.len());
        by_name.or_else(|| word.parse().ok().filter(|&number: &usize| number < earlier))
    }

    /// The last stage, and those it starts from: what is in the image that is built.
    pub fn final_line(&self) -> Vec<usize> {
        let mut line = Vec::new();
        let mut next = self.stages.len().checked_sub(1);
        while let Some(index) = next {
            line.push(index);
            // A base is always earlier, so that this ends.
            next = self.stages.get(index).and_then(|stage| stage.base);
        }
        line
    }

    /// Whether what an instruction leaves behind is in an image: it is in the last stage, in one that
    /// is the base of another, in an `ONBUILD`, or the file has no stages.
    pub fn is_kept(&self, instruction: &Instruction) -> bool {
        let Some(index) = instruction.stage.filter(|_| !instruction.is_triggered) else {
            return true;
        };
        index.saturating_add(1) == self.stages.len()
            || self.stages.get(index).is_some_and(|stage| stage.is_base)
    }
}

/// The instructions of a stage, its `FROM` first.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    /// The stage and its number; none for what stands before the first `FROM`.
    pub stage: Option<(usize, &'a Stage)>,
    /// Its instructions.
    pub instructions: &'a [Instruction],
}
