//! `lazaret db compare`: which of two versions is the older.

use super::super::outcome::print;
use crate::args::DbCompareArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_core::version::Scheme;
use std::cmp::Ordering;
use std::io::BufRead;

pub(super) fn compare(args: &DbCompareArgs) -> Result<u8> {
    let scheme: Scheme = args.scheme.parse().map_err(CommandError::usage)?;
    if args.stdin {
        return compare_lines(scheme);
    }
    let (Some(a), Some(b)) = (&args.a, &args.b) else {
        return Err(CommandError::usage("db compare takes two versions, or --stdin"));
    };
    let order = scheme.compare(a, b).map_err(|error| CommandError::new(Kind::Input, error))?;
    print(&format!("{}\n", sign(order)))?;
    Ok(0)
}

/// One answer a line; `!` where one of the two is no version, and exit code 2 in the end.
fn compare_lines(scheme: Scheme) -> Result<u8> {
    let mut text = String::new();
    let compared = compare_pairs(scheme, &mut std::io::stdin().lock(), &mut text);
    // The answers to the lines before a wrong one are answers all the same.
    print(&text)?;
    compared
}

fn compare_pairs(scheme: Scheme, pairs: &mut dyn BufRead, text: &mut String) -> Result<u8> {
    let mut code = 0;
    for (number, line) in pairs.lines().enumerate() {
        let line = line.map_err(|error| {
            let context = "failed to read pairs from standard input";
            CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
        })?;
        let mut words = line.split_whitespace();
        let (Some(a), Some(b), None) = (words.next(), words.next(), words.next()) else {
            if line.trim().is_empty() {
                continue;
            }
            let message = format!("line {}: expected two versions, got `{line}`", number + 1);
            return Err(CommandError::new(Kind::Input, anyhow::anyhow!(message)));
        };
        if let Ok(order) = scheme.compare(a, b) {
            text.push_str(sign(order));
        } else {
            text.push('!');
            code = 2;
        }
        text.push('\n');
    }
    Ok(code)
}

const fn sign(order: Ordering) -> &'static str {
    match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    }
}
