//! What is wrong with an image as a whole: its configuration, its history, and who owns what in its
//! file system.
//!
//! Nothing here opens an image. Whoever walks its layers shows each entry to [`entry()`] and each file
//! that [`wants`] names, or that begins like a program, to [`file()`]; both answer with facts, which
//! are a pure function of the entry and may be cached with the layer. When the layers are laid over
//! each other, the facts of entries that a later layer deleted are marked `deleted`, those of entries
//! that were replaced are dropped, and the rest goes with the configuration into an [`ImageInput`],
//! which [`check`] puts to every rule.
//!
//! # Recipes
//!
//! The examples in the documentation of the rules are recipes for an input, one statement a line;
//! empty lines and lines that begin with `#` say nothing. A recipe without a statement is an image
//! that has nothing.
//!
//! ````text
//! IMAGE registry.example/app:1.2         the name the image was asked for by
//! USER, ENV, LABEL, EXPOSE, VOLUME, …     the configuration, as in a Dockerfile
//! HEALTHCHECK CMD-SHELL curl -f localhost
//! CREATED 2026-01-02T03:04:05Z           when the image says it was made
//! TODAY 2026-02-03T00:00:00Z             the day it is judged by
//! LAYERS 3                               how many layers it has
//! HISTORY RUN /bin/sh -c apk add curl    a line of the history
//! ENTRY -rwsr-xr-x 0:0 /bin/su           an entry: mode, owner and group, path
//! ENTRY -rwxr-xr-x 0:0 /bin/ping net_raw an entry with file capabilities
//! DELETED -rw-r--r-- 0:0 /tmp/cache      an entry that a later layer deleted
//! FILE /etc/passwd                       a file, with its lines below it,
//!   root:x:0:0:root:/root:/bin/sh        two spaces further in
//! PROGRAM /bin/app pie relro no-nx       a program: what it is hardened with
//! ````

mod account;
mod capability;
mod credential;
mod entry;
mod file;
mod history;
mod input;
mod moment;
mod name;
mod program;
#[cfg(test)]
mod recipe;
mod reference;
mod rules;

pub use account::{Account, Group, Password};
pub use capability::Capabilities;
pub use entry::{EntryFact, EntryKind, EntryView, entry};
pub use file::{FileFact, Learned, Setting, Sudoer, file, wants};
pub use input::ImageInput;
pub use program::{Program, Relro, is_program};
pub use rules::{RULES, check};
