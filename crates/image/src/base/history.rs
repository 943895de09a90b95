//! Where the base image ends, as far as the history tells.
//!
//! Three things tell. A base image's last instruction is usually its `CMD` or `ENTRYPOINT`, which
//! makes no layer; what follows it and makes layers was built on top. Instructions of one build are
//! minutes apart, those of two builds usually days. And what wrote an instruction is known by its
//! words: a layer of `apko` or Bazel below one of a Dockerfile is another build's.

use lazaret_core::image::HistoryEntry;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Instructions that are so much apart, in seconds, may be of two builds. A build rarely takes so
/// long, and a base image is rarely used so soon.
const SAME_BUILD_S: u64 = 60 * 60;
/// Instructions that are so much apart, in seconds, are of two builds even where nothing else says
/// so.
const OTHER_BUILD_S: u64 = 24 * 60 * 60;

/// A place where a base image may end: behind a `CMD` or `ENTRYPOINT`, before a layer.
struct Candidate {
    /// How many layers are before it.
    layers: usize,
    /// Whether what is before it and what is behind it were made at about the same time.
    same_build: bool,
}

/// How many of the first layers are the base image's, if the history shows a boundary.
///
/// With several bases on top of each other the last one counts: it is the `FROM` line of the
/// Dockerfile that made the image. An instruction that is as old as what follows it is one of the
/// same Dockerfile, and no boundary.
///
/// `history` must have exactly one entry that is not empty for each layer.
pub(super) fn boundary(history: &[HistoryEntry]) -> Option<usize> {
    let times = Times::of(history);
    let by_command = by_command(history, &times);
    let by_builder = by_builder(history);
    by_command.max(by_builder).or_else(|| by_age(history, &times))
}

fn by_command(history: &[HistoryEntry], times: &Times) -> Option<usize> {
    let mut layers_seen = 0_usize;
    let mut command: Option<(usize, usize)> = None;
    let mut candidates: Vec<Candidate> = Vec::new();
    for (position, entry) in history.iter().enumerate() {
        if !entry.empty_layer {
            if let Some((layers, at)) = command.take() {
                let same_build = times.apart_s(at, position).is_some_and(|s| s < SAME_BUILD_S);
                candidates.push(Candidate { layers, same_build });
            }
            layers_seen = layers_seen.saturating_add(1);
        } else if layers_seen > 0 && sets_command(&entry.created_by) {
            command = Some((layers_seen, position));
        }
    }
    let apart = candidates.iter().rfind(|candidate| !candidate.same_build);
    // Base and image may be built in one go. Then a command of the image's own, behind its layers,
    // tells that the one before them is not.
    let last = candidates.last().filter(|_| command.is_some());
    apart.or(last).map(|candidate| candidate.layers)
}

/// Where the words of one builder are followed by those of another.
fn by_builder(history: &[HistoryEntry]) -> Option<usize> {
    let builders: Vec<Option<Builder>> = history
        .iter()
        .filter(|entry| !entry.empty_layer)
        .map(|entry| Builder::of(&entry.created_by))
        .collect();
    let changes = |pair: &[Option<Builder>]| matches!(pair, [Some(a), Some(b)] if a != b);
    builders.windows(2).rposition(changes).map(|position| position.saturating_add(1))
}

/// Behind a root file system that was made long before anything else.
fn by_age(history: &[HistoryEntry], times: &Times) -> Option<usize> {
    let mut layers = history.iter().enumerate().filter(|(_, entry)| !entry.empty_layer);
    let ((first, root), (second, _)) = (layers.next()?, layers.next()?);
    let is_apart = times.apart_s(first, second).is_some_and(|s| s >= OTHER_BUILD_S);
    (is_apart && is_root(&root.created_by)).then_some(1)
}

/// When each instruction ran, in seconds since 1970, where that says something: reproducible builds
/// give everything the same time.
struct Times(Vec<Option<i64>>);

impl Times {
    fn of(history: &[HistoryEntry]) -> Self {
        let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        let times: Vec<Option<i64>> = history
            .iter()
            .map(|entry| parse(entry.created.as_deref()?).map(OffsetDateTime::unix_timestamp))
            .collect();
        let first = times.first().copied().flatten();
        let differ = times.iter().any(|time| *time != first);
        Self(if differ { times } else { Vec::new() })
    }

    /// How much two instructions are apart. A base image may claim to be younger than what was
    /// built on it: its builder may have been given a time.
    fn apart_s(&self, one: usize, other: usize) -> Option<u64> {
        let at = |position: usize| self.0.get(position).copied().flatten();
        Some(at(one)?.abs_diff(at(other)?))
    }
}

/// What wrote an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Builder {
    Dockerfile,
    Other(&'static str),
}

/// What builders that read no Dockerfile begin their lines with.
const OTHER_BUILDERS: [&str; 6] =
    ["apko", "bazel build", "jib-", "ko build", "KIWI", "Imported from"];

impl Builder {
    /// Nothing where the words are nobody's in particular.
    fn of(created_by: &str) -> Option<Self> {
        let text = created_by.trim_start();
        if let Some(name) = OTHER_BUILDERS.into_iter().find(|name| text.starts_with(name)) {
            return Some(Self::Other(name));
        }
        let is_dockerfile = text.ends_with("# buildkit")
            || ["RUN ", "COPY ", "ADD ", "WORKDIR ", "/bin/sh -c "]
                .iter()
                .any(|start| text.starts_with(start));
        is_dockerfile.then_some(Self::Dockerfile)
    }
}

/// Whether an instruction puts a whole root file system into the image.
fn is_root(created_by: &str) -> bool {
    let text = instruction(created_by).trim_end_matches("# buildkit").trim_end();
    let is_copy = text.starts_with("ADD ") || text.starts_with("COPY ");
    text.starts_with("# debian.sh") || (is_copy && text.ends_with(" /"))
}

/// Whether an instruction is `CMD` or `ENTRYPOINT`.
fn sets_command(created_by: &str) -> bool {
    let instruction = instruction(created_by);
    ["CMD", "ENTRYPOINT"]
        .iter()
        .any(|name| instruction.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '['])))
}

/// An instruction without what the classic builder writes in front of those that run nothing.
fn instruction(created_by: &str) -> &str {
    let text = created_by.trim_start();
    text.strip_prefix("/bin/sh -c #(nop)").unwrap_or(text).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+` makes a layer, `-` makes none; a day and a time may stand before it. The answer is how
    /// many layers are the base image's.
    #[track_caller]
    fn check(history: &[&str], expected: Option<usize>) {
        let history: Vec<HistoryEntry> = history
            .iter()
            .map(|line| {
                let at = line.find(['+', '-']).unwrap();
                let created = line[..at].trim();
                let created = created.split_once(' ').map(|(day, time)| {
                    assert!(day.starts_with("6."), "{day}");
                    format!("2025-06-{:0>2}T{time}:00Z", &day[2..])
                });
                HistoryEntry {
                    created_by: line[at + 2..].to_owned(),
                    empty_layer: line[at..].starts_with('-'),
                    created,
                }
            })
            .collect();
        assert_eq!(boundary(&history), expected, "{history:?}");
    }

    #[test]
    fn application_on_python_slim_keeps_debian_and_python_as_base() {
        check(
            &[
                "6.10 00:00 + # debian.sh --arch 'amd64' out/ 'bookworm' '@1749513600'",
                "6.3 19:15 - ENV PATH=/usr/local/bin:/usr/bin:/bin",
                "6.3 19:15 - ENV LANG=C.UTF-8",
                "6.3 19:15 + RUN /bin/sh -c set -eux; apt-get update; # buildkit",
                "6.3 19:15 - ENV PYTHON_VERSION=3.12.11",
                "6.3 19:15 + RUN /bin/sh -c set -eux; wget -O python.tar.xz # buildkit",
                "6.3 19:15 + RUN /bin/sh -c set -eux; for src in idle3 pip3; do done # buildkit",
                "6.3 19:15 - CMD [\"python3\"]",
                "6.20 09:00 + WORKDIR /app",
                "6.20 09:00 + COPY requirements.txt . # buildkit",
                "6.20 09:01 + RUN /bin/sh -c pip install -r requirements.txt # buildkit",
                "6.20 09:01 - EXPOSE [8000/tcp]",
                "6.20 09:01 - CMD [\"gunicorn\" \"app\"]",
            ],
            Some(4),
        );
    }

    #[test]
    fn the_last_of_several_bases_is_the_boundary() {
        check(
            &[
                "+ /bin/sh -c #(nop) ADD file:0123 in / ",
                "- /bin/sh -c #(nop)  CMD [\"bash\"]",
                "+ /bin/sh -c apt-get update",
                "- /bin/sh -c #(nop)  ENTRYPOINT [\"/entry.sh\"]",
                "- /bin/sh -c #(nop)  CMD [\"serve\"]",
                "+ /bin/sh -c #(nop) COPY file:4567 in /srv ",
            ],
            Some(2),
        );
    }

    #[test]
    fn a_base_image_alone_has_no_boundary() {
        check(&["+ ADD rootfs.tar.xz / # buildkit", "- CMD [\"/bin/sh\"]"], None);
        check(&["+ ADD a /", "+ ADD b /"], None);
        check(&[], None);
    }

    #[test]
    fn commands_that_make_layers_or_only_look_alike_are_no_boundary() {
        check(&["+ ADD a /", "- ENV CMD=x", "+ RUN CMD x", "- CMDX", "+ COPY b /"], None);
        check(&["- CMD [\"x\"]", "+ COPY a /", "+ COPY b /"], None);
    }

    #[test]
    fn a_command_in_the_midst_of_its_dockerfile_is_no_boundary() {
        // The image's own ENTRYPOINT stands before its last COPY.
        let own = [
            "6.10 00:00 + # debian.sh --arch 'amd64' out/ 'bookworm'",
            "6.10 00:00 - CMD [\"bash\"]",
            "6.20 09:00 + RUN /bin/sh -c apt-get install -y nginx # buildkit",
            "6.20 09:00 - ENTRYPOINT [\"/entry.sh\"]",
            "6.20 09:02 + COPY entry.sh / # buildkit",
        ];
        check(&own, Some(1));
        // Of the next day it is one of an image below.
        let mut inherited = own;
        inherited[4] = "6.21 09:02 + COPY entry.sh / # buildkit";
        check(&inherited, Some(2));
        // Alone it says nothing, and neither does anything else.
        check(
            &["6.20 09:00 + COPY a /srv", "6.20 09:00 - CMD [\"a\"]", "6.20 09:01 + COPY b /srv"],
            None,
        );
    }

    #[test]
    fn base_and_image_built_in_one_go_are_told_by_the_command_of_each() {
        check(
            &[
                "6.20 08:59 + ADD rootfs.tar /",
                "6.20 09:00 - CMD [\"sh\"]",
                "6.20 09:01 + COPY app /app",
                "6.20 09:01 - CMD [\"/app\"]",
            ],
            Some(1),
        );
    }

    #[test]
    fn times_that_are_all_the_same_say_nothing() {
        check(
            &["6.1 00:00 + ADD a /", "6.1 00:00 - CMD [\"sh\"]", "6.1 00:00 + COPY b /srv"],
            Some(1),
        );
    }

    #[test]
    fn another_builder_made_what_is_below() {
        check(&["+ apko", "- ENV A=b", "+ COPY app /app # buildkit"], Some(1));
        check(&["+ apko", "+ apko", "+ COPY app /app # buildkit", "+ RUN x # buildkit"], Some(2));
        check(&["+ bazel build ...", "+ bazel build ...", "+ jib-maven-plugin:3.4.0"], Some(2));
        check(&["+ Imported from -", "+ /bin/sh -c apt-get update"], Some(1));
        check(&["+ apko", "+ apko"], None);
        check(&["+ apko", "+ something new"], None);
    }

    #[test]
    fn a_much_older_root_file_system_is_a_base() {
        let root = "6.1 10:00 + /bin/sh -c #(nop) ADD file:0123 in / ";
        check(&[root, "6.20 10:00 + COPY a /srv # buildkit"], Some(1));
        check(&["6.1 10:00 + COPY / / # buildkit", "6.20 10:00 + COPY a /srv"], Some(1));
        check(&[root, "6.1 10:30 + COPY a /srv # buildkit"], None);
        check(&["6.1 10:00 + COPY a /srv", "6.20 10:00 + COPY b /srv"], None);
    }

    #[test]
    fn squashed_layers_keep_the_base_below_them() {
        check(
            &[
                "+ /bin/sh -c #(nop) ADD file:0123 in / ",
                "- /bin/sh -c #(nop)  CMD [\"bash\"]",
                "- /bin/sh -c apt-get update",
                "- /bin/sh -c #(nop)  CMD [\"serve\"]",
                "+ ",
            ],
            Some(1),
        );
        check(&["+ Imported from -"], None);
    }
}
