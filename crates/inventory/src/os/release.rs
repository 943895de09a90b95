//! Which operating system an image is: os-release, and the files that did its work before.
//!
//! Ranks order the files, the best first. os-release is 0 where administrators put it and 1 where
//! the distribution does; a file that a derived distribution copies from its parent ranks behind
//! the file in which it names itself.

use super::assignment::{Assignment, assignments};
use crate::lines::{Lines, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::inventory::Os;

const GIVES: Gives =
    Gives { licenses: false, source: false, ownership: false, dev: false, lines: false };

/// os-release, which every current distribution has.
pub(crate) static RELEASE: Extractor = Extractor {
    id: "os/release",
    version: 1,
    title: "os-release",
    spec: "https://www.freedesktop.org/software/systemd/man/latest/os-release.html",
    selects: &[Select::Path("etc/os-release"), Select::Path("usr/lib/os-release")],
    gives: GIVES,
    run: read_os_release,
};

/// lsb-release, by which Ubuntu and others named themselves before os-release.
pub(crate) static LSB_RELEASE: Extractor = Extractor {
    id: "os/lsb-release",
    version: 1,
    title: "lsb-release",
    spec: "https://refspecs.linuxfoundation.org/LSB_3.0.0/LSB-Core-generic/LSB-Core-generic/lsbrelease.html",
    selects: &[Select::Path("etc/lsb-release")],
    gives: GIVES,
    run: read_lsb_release,
};

/// Files with a sentence such as `CentOS release 6.10 (Final)`.
pub(crate) static REDHAT_RELEASE: Extractor = Extractor {
    id: "os/redhat-release",
    version: 1,
    title: "redhat-release and its like",
    spec: "https://docs.fedoraproject.org/en-US/packaging-guidelines/",
    selects: &[
        Select::Path("etc/almalinux-release"),
        Select::Path("etc/centos-release"),
        Select::Path("etc/fedora-release"),
        Select::Path("etc/gentoo-release"),
        Select::Path("etc/oracle-release"),
        Select::Path("etc/redhat-release"),
        Select::Path("etc/rocky-release"),
        Select::Path("etc/system-release"),
    ],
    gives: GIVES,
    run: read_redhat_release,
};

/// SuSE-release: a sentence, then `VERSION`, `PATCHLEVEL` and `CODENAME`.
pub(crate) static SUSE_RELEASE: Extractor = Extractor {
    id: "os/suse-release",
    version: 1,
    title: "SuSE-release",
    spec: "https://en.opensuse.org/Etc_SuSE-release",
    selects: &[Select::Path("etc/SuSE-release")],
    gives: GIVES,
    run: read_suse_release,
};

/// Files whose name says which distribution it is and whose content is at most its version.
pub(crate) static VERSION_FILE: Extractor = Extractor {
    id: "os/version-file",
    version: 1,
    title: "debian_version, alpine-release and their like",
    spec: "https://www.debian.org/doc/manuals/debian-faq/software.en.html#isitdebian",
    selects: &[
        Select::Path("etc/alpine-release"),
        Select::Path("etc/arch-release"),
        Select::Path("etc/debian_version"),
    ],
    gives: GIVES,
    run: read_version_file,
};

/// Longest value, in bytes: names of distributions stay below 100. The id and the version are in the
/// package url of every package, so a long one would be there a thousand times.
const VALUE_BYTES_MAX: usize = 256;

/// Parents of one distribution; real ones have three at most.
const PARENTS_MAX: usize = 16;

/// Records what a file says, if it may be the name of a distribution.
fn put(rank: u8, os: Os, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let values = [&os.version, &os.codename, &os.pretty_name].into_iter().flatten();
    if values.chain([&os.id]).chain(&os.id_like).any(|value| value.len() > VALUE_BYTES_MAX) {
        let message = format!("a value has more than {VALUE_BYTES_MAX} bytes");
        return Err(ParseError::new(message));
    }
    if os.id_like.len() > PARENTS_MAX {
        return Err(ParseError::new(format!("`ID_LIKE` has more than {PARENTS_MAX} names")));
    }
    sink.os(rank, os);
    Ok(())
}

fn read_os_release(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let rank = u8::from(input.path.as_str() != "etc/os-release");
    let mut os = Os::default();
    let mut version_text = None;
    let mut ubuntu_codename = None;
    for assignment in assignments(input.bytes) {
        let known = matches!(
            assignment.key,
            b"ID"
                | b"VERSION_ID"
                | b"VERSION_CODENAME"
                | b"PRETTY_NAME"
                | b"ID_LIKE"
                | b"VERSION"
                | b"UBUNTU_CODENAME"
        );
        if !known {
            continue;
        }
        report_open_quote(&assignment, sink);
        let value = Some(assignment.value).filter(|value| !value.is_empty());
        match assignment.key {
            b"ID" => os.id = value.unwrap_or_default().to_ascii_lowercase(),
            b"VERSION_ID" => os.version = value,
            b"VERSION_CODENAME" => os.codename = value,
            b"PRETTY_NAME" => os.pretty_name = value,
            b"ID_LIKE" => {
                let list = value.unwrap_or_default();
                os.id_like = list.split_whitespace().map(str::to_ascii_lowercase).collect();
            }
            b"VERSION" => version_text = value,
            _ => ubuntu_codename = value,
        }
    }
    if os.id.is_empty() {
        return if is_blank(input.bytes) { Ok(()) } else { Err(ParseError::new("no `ID`")) };
    }
    if os.codename.is_none() {
        // Before VERSION_CODENAME the codename stood in VERSION: `8 (jessie)`. Derivatives of
        // Ubuntu name their parent's in UBUNTU_CODENAME, which would be wrong for them.
        os.codename = ubuntu_codename
            .filter(|_| os.id == "ubuntu")
            .or_else(|| version_text.as_deref().and_then(in_parentheses).filter(|c| is_word(c)));
    }
    put(rank, os, sink)
}

fn read_lsb_release(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut os = Os::default();
    let mut any = false;
    for assignment in assignments(input.bytes) {
        any = true;
        if assignment.key.starts_with(b"DISTRIB_") {
            report_open_quote(&assignment, sink);
        }
        let value = Some(assignment.value).filter(|value| !value.is_empty());
        match assignment.key {
            b"DISTRIB_ID" => os.id = value.unwrap_or_default().to_ascii_lowercase(),
            b"DISTRIB_RELEASE" => os.version = value,
            b"DISTRIB_CODENAME" => os.codename = value,
            b"DISTRIB_DESCRIPTION" => os.pretty_name = value,
            _ => {}
        }
    }
    if !os.id.is_empty() {
        return put(2, os, sink);
    }
    if !any && !is_blank(input.bytes) {
        return Err(ParseError::new("no `DISTRIB_ID`"));
    }
    // Red Hat's file names only the version of the standard, and no distribution.
    Ok(())
}

/// How the sentence of a release file begins, and the `ID` its distribution has in os-release.
/// Longer beginnings stand before shorter ones.
const PRODUCTS: &[(&str, &str)] = &[
    ("almalinux", "almalinux"),
    ("amazon linux", "amzn"),
    ("centos", "centos"),
    ("fedora", "fedora"),
    ("gentoo", "gentoo"),
    ("oracle linux", "ol"),
    ("enterprise linux enterprise linux", "ol"),
    ("red hat enterprise linux", "rhel"),
    ("rocky linux", "rocky"),
    ("scientific linux", "scientific"),
];

fn read_redhat_release(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let Some(line) = Lines::new(input.bytes).find(|line| !line.text.is_empty()) else {
        return Ok(());
    };
    let sentence = text(line.text.trim_ascii());
    let Some((product, rest)) = sentence.split_once(" release ") else {
        return Err(ParseError::at(
            line.number,
            "the line is not of the form `NAME release VERSION`",
        ));
    };
    let product = product.trim().to_ascii_lowercase();
    let known = PRODUCTS.iter().find(|(beginning, _)| product.starts_with(beginning));
    let first_word = product.split_whitespace().next();
    let Some(id) = known.map(|(_, id)| *id).or(first_word) else {
        return Err(ParseError::at(line.number, "the line names no distribution"));
    };
    let version = rest.split_whitespace().next().filter(|version| is_version(version));
    let os = Os {
        id: id.to_owned(),
        version: version.map(str::to_owned),
        codename: in_parentheses(rest),
        pretty_name: Some(sentence.clone()),
        id_like: Vec::new(),
    };
    let rank = match input.path.name() {
        // Derived distributions keep these in their parent's words.
        "redhat-release" => 5,
        "system-release" => 4,
        _ => 3,
    };
    put(rank, os, sink)
}

fn read_suse_release(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut lines = Lines::new(input.bytes).filter(|line| !line.text.is_empty());
    let Some(first) = lines.next() else { return Ok(()) };
    let sentence = text(first.text.trim_ascii());
    let lower = sentence.to_ascii_lowercase();
    let id = if lower.starts_with("opensuse") {
        "opensuse"
    } else if lower.starts_with("suse linux enterprise desktop") {
        "sled"
    } else if lower.starts_with("suse linux enterprise") {
        "sles"
    } else {
        return Err(ParseError::at(first.number, "the first line names no SUSE distribution"));
    };
    let mut os = Os { id: id.to_owned(), pretty_name: Some(sentence), ..Os::default() };
    let mut patch_level = None;
    for assignment in assignments(input.bytes) {
        let value = Some(assignment.value).filter(|value| !value.is_empty());
        match assignment.key {
            b"VERSION" => os.version = value,
            b"PATCHLEVEL" => patch_level = value.filter(|level| level != "0"),
            b"CODENAME" => os.codename = value,
            _ => {}
        }
    }
    if let (Some(version), Some(level)) = (&mut os.version, patch_level) {
        // Service packs are the minor version in os-release: `12.5`.
        version.push('.');
        version.push_str(&level);
    }
    put(6, os, sink)
}

fn read_version_file(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let line = Lines::new(input.bytes).find(|line| !line.text.is_empty());
    let content = line.map(|line| text(line.text.trim_ascii())).unwrap_or_default();
    let (rank, id) = match input.path.name() {
        // The file of Arch Linux, which has no versions, is empty.
        "arch-release" => {
            return put(7, Os { id: "arch".to_owned(), ..Os::default() }, sink);
        }
        "alpine-release" => (7, "alpine"),
        // Ubuntu and every other descendant of Debian has this file as well.
        _ => (8, "debian"),
    };
    if content.is_empty() {
        return Ok(());
    }
    let mut os = Os { id: id.to_owned(), ..Os::default() };
    if is_version(&content) {
        os.version = Some(if id == "debian" { debian_release(&content) } else { content });
    } else if let Some((codename, "sid")) = content.split_once('/').filter(|_| id == "debian") {
        // Testing and unstable have no version yet; both name the coming release.
        os.codename = Some(codename.to_owned());
    } else {
        let number = line.map_or(1, |line| line.number);
        return Err(ParseError::at(number, "the file holds no version"));
    }
    put(rank, os, sink)
}

/// The release a Debian point release belongs to, as os-release has it: `12.15` is of `12`. Before
/// Debian 7 a release had two numbers: `6.0.10` is of `6.0`.
fn debian_release(version: &str) -> String {
    let mut numbers = version.split('.');
    let (major, minor) = (numbers.next().unwrap_or(version), numbers.next());
    let is_old = major.parse::<u32>().is_ok_and(|major| major < 7);
    match minor {
        Some(minor) if is_old => format!("{major}.{minor}"),
        _ => major.to_owned(),
    }
}

fn report_open_quote(assignment: &Assignment<'_>, sink: &mut Sink<'_>) {
    if !assignment.closed {
        sink.problem(&ParseError::at(assignment.line, "a quote is not closed"));
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    Lines::new(bytes).all(|line| line.text.is_empty())
}

/// Whether the text looks like a version: it starts with a digit and holds no space.
fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && !text.contains(char::is_whitespace)
}

/// Whether the text may be a codename as os-release(5) wants it.
fn is_word(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
}

/// What stands in the first parentheses, if anything.
fn in_parentheses(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('(')?;
    let (inner, _) = rest.split_once(')')?;
    Some(inner.trim().to_owned()).filter(|inner| !inner.is_empty())
}
