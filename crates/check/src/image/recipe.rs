//! Inputs from the small texts that document the rules; the form is told in [`super`].

use super::capability::Capabilities;
use super::entry::{EntryKind, EntryView, entry};
use super::file::{FileFact, Learned, file};
use super::input::ImageInput;
use super::program::{Program, Relro};
use lazaret_core::image::HistoryEntry;
use lazaret_core::location::ImagePath;

/// Reads a recipe. Anything that is none is an error of the documentation, and panics.
pub(super) fn recipe(text: &str) -> ImageInput {
    let mut input = ImageInput::default();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (statement, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim().to_owned();
        let config = &mut input.config;
        match statement {
            "" => assert!(rest.is_empty(), "{line}"),
            "#" => {}
            "IMAGE" => input.reference = rest,
            "TODAY" => input.today = Some(rest),
            "LAYERS" => input.layers = rest.parse().unwrap(),
            "USER" => config.user = Some(rest),
            "ENV" => config.env.push(rest),
            "LABEL" => {
                let (key, value) = rest.split_once('=').unwrap();
                config.labels.insert(key.to_owned(), value.to_owned());
            }
            "EXPOSE" => config.exposed_ports.push(rest),
            "VOLUME" => config.volumes.push(rest),
            "HEALTHCHECK" => config.healthcheck = rest.splitn(2, ' ').map(str::to_owned).collect(),
            "CREATED" => config.created = Some(rest),
            "HISTORY" => {
                config.history.push(HistoryEntry { created_by: rest, ..HistoryEntry::default() });
            }
            "ENTRY" | "DELETED" => {
                let found = read_entry(&rest);
                input.entries.extend(found.map(|mut fact| {
                    fact.deleted = statement == "DELETED";
                    fact
                }));
            }
            "FILE" => {
                let mut text = String::new();
                while let Some(line) = lines.next_if(|line| line.starts_with("  ")) {
                    text.push_str(&line[2..]);
                    text.push('\n');
                }
                input.files.extend(file(&path(&rest), text.as_bytes()));
            }
            "PROGRAM" => input.files.push(program(&rest)),
            _ => panic!("`{line}` is no statement"),
        }
    }
    input
}

fn path(text: &str) -> ImagePath {
    ImagePath::parse(text.as_bytes()).unwrap()
}

/// An entry as `ls -l` has it: mode, `uid:gid`, path, and capabilities if there are any.
fn read_entry(text: &str) -> Option<super::entry::EntryFact> {
    let words: Vec<&str> = text.split(' ').collect();
    let (mode, owner, place, capabilities) = match *words {
        [mode, owner, place] => (mode, owner, place, None),
        [mode, owner, place, names] => (mode, owner, place, Some(Capabilities::named(names))),
        _ => panic!("`{text}` is no entry"),
    };
    let (uid, gid) = owner.split_once(':').unwrap();
    let kind = match &mode[..1] {
        "-" => EntryKind::File,
        "d" => EntryKind::Folder,
        "l" => EntryKind::Symlink,
        "c" | "b" | "p" | "s" => EntryKind::Special,
        _ => panic!("`{mode}` is no mode"),
    };
    let attribute = capabilities.map(|capabilities| {
        let [low, high] = [capabilities.permitted & 0xffff_ffff, capabilities.permitted >> 32];
        let half = |half: u64| u32::try_from(half).unwrap();
        let words = [0x0200_0001, half(low), 0, half(high), 0];
        words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>()
    });
    entry(&EntryView {
        path: &path(place),
        kind,
        mode: bits(mode),
        uid: uid.parse().unwrap(),
        gid: gid.parse().unwrap(),
        capability: attribute.as_deref(),
    })
}

/// The mode that `ls -l` shows as `-rwsr-xr-t`.
fn bits(text: &str) -> u32 {
    assert_eq!(text.len(), 10, "{text}");
    let mut mode = 0;
    for (at, letter) in text.bytes().skip(1).enumerate() {
        let bit = 1 << (8 - at);
        let special = [0, 0, 0o4000, 0, 0, 0o2000, 0, 0, 0o1000][at];
        mode |= match letter {
            b'-' => 0,
            b's' | b't' => bit | special,
            b'S' | b'T' => special,
            b'r' | b'w' | b'x' => bit,
            _ => panic!("{text}"),
        };
    }
    mode
}

fn program(text: &str) -> FileFact {
    let mut words = text.split(' ');
    let place = path(words.next().unwrap());
    let mut program = Program { pie: true, relro: Relro::Full, nx: true, canary: None };
    for word in words {
        match word {
            "pie" | "relro" | "nx" => {}
            "no-pie" => program.pie = false,
            "no-relro" => program.relro = Relro::None,
            "partial-relro" => program.relro = Relro::Partial,
            "no-nx" => program.nx = false,
            "canary" => program.canary = Some(true),
            "no-canary" => program.canary = Some(false),
            _ => panic!("{text}"),
        }
    }
    FileFact { path: place, line: 0, learned: Learned::Program(program), deleted: false }
}
