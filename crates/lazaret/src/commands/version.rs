//! `lazaret version`: what program this is, and how old its advisories are.

use super::db::{day, open, origin};
use super::outcome::print;
use crate::args::VersionArgs;
use crate::fail::{CommandError, Kind, Result};
use serde_json::json;

pub(super) fn run(args: &VersionArgs) -> Result<u8> {
    let db = open(None)?;
    let version = env!("CARGO_PKG_VERSION");
    let text = match args.format.as_str() {
        "json" => {
            let object = json!({
                "version": version,
                "database": {"origin": db.origin(), "digest": db.digest(), "newest": db.newest()},
            });
            let mut text = serde_json::to_string_pretty(&object)
                .map_err(|error| CommandError::new(Kind::Internal, error))?;
            text.push('\n');
            text
        }
        "table" => format!(
            "lazaret {version}\nAdvisories: {}, newest record {}\nDigest:     {}\n",
            origin(&db),
            db.newest().map_or("-", day),
            db.digest()
        ),
        other => {
            return Err(CommandError::usage(format!(
                "`{other}` is not a format: use table or json"
            )));
        }
    };
    print(&text)?;
    Ok(0)
}
