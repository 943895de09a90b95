//! `lazaret db`: builds, moves and examines advisory databases.

mod artifact;
mod build;
mod compare;
mod export;
mod import;
mod install;
mod pull;
mod push;
mod receive;
mod send;
mod signature;
mod status;

use super::outcome::print;
use crate::args::{DbCommand, DbVerifyArgs};
use crate::fail::{CommandError, Kind, Result};
use crate::settings::not_yet;
use lazaret_advisory::Db;
use lazaret_core::report::DatabaseOrigin;
use std::path::Path;

const LATER: [&str; 3] = ["diff", "search", "update"];
/// Commands there are, for slips of the finger.
const NOW: [&str; 8] = ["build", "compare", "export", "import", "pull", "push", "status", "verify"];

pub(super) fn run(command: DbCommand) -> Result<u8> {
    match command {
        DbCommand::Build(args) => build::build(&args),
        DbCommand::Status(args) => status::status(&args),
        DbCommand::Verify(args) => verify(&args),
        DbCommand::Compare(args) => compare::compare(&args),
        DbCommand::Export(args) => export::export(&args),
        DbCommand::Import(args) => import::import(&args),
        DbCommand::Pull(args) => pull::pull(&args),
        DbCommand::Push(args) => push::push(&args),
        DbCommand::Other(words) => {
            let word = words.first().map_or("", String::as_str);
            Err(if LATER.contains(&word) {
                not_yet(&format!("`lazaret db {word}`"))
            } else {
                let error = CommandError::usage(format!("there is no command `db {word}`"));
                match super::similar(word, &NOW) {
                    Some(command) => error.hint(format!("there is `lazaret db {command}`")),
                    None => error,
                }
            })
        }
    }
}

/// Opens the database in a folder, or the snapshot in the program.
pub(super) fn open(folder: Option<&Path>) -> Result<Db> {
    let db = match folder {
        Some(folder) => Db::open(folder),
        None => Db::from_static(lazaret_snapshot::MANIFEST, lazaret_snapshot::SEGMENTS),
    };
    db.map_err(|error| {
        let error = CommandError::new(Kind::Config, error);
        match folder {
            Some(_) => error.hint("a database is a folder made by `lazaret db build`"),
            None => error,
        }
    })
}

/// Where a database came from, in words.
pub(super) fn origin(db: &Db) -> &'static str {
    match db.origin() {
        DatabaseOrigin::Snapshot => "snapshot compiled into the program",
        DatabaseOrigin::Directory => "database on disk",
    }
}

/// The day of an RFC 3339 time.
pub(super) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

fn verify(args: &DbVerifyArgs) -> Result<u8> {
    let db = open(args.db.as_deref())?;
    db.verify().map_err(|error| CommandError::new(Kind::Config, error))?;
    print(&format!("{} segments are whole, {}\n", db.segments().count(), db.digest()))?;
    Ok(0)
}
