//! `lazaret db`: builds, moves and examines advisory databases.

mod artifact;
mod build;
mod compare;
mod diff;
mod export;
mod foreign;
mod import;
mod install;
mod prune;
mod pull;
mod push;
mod receive;
mod search;
mod send;
mod signature;
mod status;
mod update;

use super::outcome::print;
use crate::args::{DbCommand, DbVerifyArgs, Global};
use crate::fail::{CommandError, Kind, Result};
use lazaret_advisory::{Db, verify_folder};
use lazaret_core::report::DatabaseOrigin;
use serde::Serialize;
use std::path::Path;

/// Commands there are, for slips of the finger.
const NOW: [&str; 12] = [
    "build", "compare", "diff", "export", "import", "prune", "pull", "push", "search", "status",
    "update", "verify",
];

pub(super) fn run(command: DbCommand, global: &Global) -> Result<u8> {
    match command {
        DbCommand::Build(args) => build::build(&args),
        DbCommand::Status(args) => status::status(&args),
        DbCommand::Verify(args) => verify(&args),
        DbCommand::Compare(args) => compare::compare(&args),
        DbCommand::Export(args) => export::export(&args),
        DbCommand::Import(args) => import::import(&args),
        DbCommand::Pull(args) => pull::pull(&args),
        DbCommand::Push(args) => push::push(&args),
        DbCommand::Diff(args) => diff::diff(&args),
        DbCommand::Prune(args) => prune::prune(&args),
        DbCommand::Search(args) => search::search(&args),
        DbCommand::Update(args) => update::update(&args, global),
        DbCommand::Other(words) => {
            let word = words.first().map_or("", String::as_str);
            let error = CommandError::usage(format!("there is no command `db {word}`"));
            Err(match super::similar(word, &NOW) {
                Some(command) => error.hint(format!("there is `lazaret db {command}`")),
                None => error,
            })
        }
    }
}

/// Opens the database in a folder, or the snapshot in the program.
pub(super) fn open(folder: Option<&Path>) -> Result<Db> {
    open_at(folder, None)
}

/// Opens the database as it was at a time, in seconds since 1970 (UTC).
pub(super) fn open_at(folder: Option<&Path>, at: Option<i64>) -> Result<Db> {
    let db =
        match (folder, at) {
            (Some(folder), Some(at)) => Db::open_at(folder, at),
            (Some(folder), None) => Db::open(folder),
            (None, at) => Db::from_static(lazaret_snapshot::MANIFEST, lazaret_snapshot::SEGMENTS)
                .map(|db| match at {
                    Some(at) => db.limited_to(at),
                    None => db,
                }),
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
    let failed = |error| CommandError::new(Kind::Config, error);
    let Some(folder) = &args.db else {
        db.verify().map_err(failed)?;
        print(&format!("{} segments are whole, {}\n", db.segments().count(), db.digest()))?;
        return Ok(0);
    };
    let verified = verify_folder(folder).map_err(failed)?;
    let kept = match verified.kept {
        0 => String::new(),
        kept => format!(" of this database and {kept} before it"),
    };
    print(&format!("{} segments{kept} are whole, {}\n", verified.segments, db.digest()))?;
    Ok(0)
}

/// The word of `--format`, of the two that commands about databases know.
pub(super) fn wants_json(format: &str) -> Result<bool> {
    match format {
        "json" => Ok(true),
        "table" => Ok(false),
        other => {
            let message = format!("`{other}` is not a format: use table or json");
            Err(CommandError::usage(message))
        }
    }
}

/// Prints a value as indented JSON.
pub(super) fn print_json(value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|error| CommandError::new(Kind::Internal, error))?;
    text.push('\n');
    print(&text)
}
