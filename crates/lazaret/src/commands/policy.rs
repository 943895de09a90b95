//! `lazaret policy`: checks and explains policies, and accepts findings.

use super::gate::{judge, read_any, take_reports};
use super::outcome::print;
use crate::args::{PolicyAcceptArgs, PolicyCheckArgs, PolicyCommand, PolicyExplainArgs};
use crate::fail::{CommandError, Kind, Result};
use crate::policy_files;
use crate::settings::cache_folder;
use crate::vex;
use crate::vex_repository::Freshness;
use lazaret_policy::{Day, Policy, explain_policy, explain_report, preset_text, suppress};
use std::fmt::Write as _;

pub(super) fn run(command: PolicyCommand) -> Result<u8> {
    match command {
        PolicyCommand::Check(args) => check(&args),
        PolicyCommand::Explain(args) => explain(args),
        PolicyCommand::Accept(args) => accept(&args),
    }
}

fn check(args: &PolicyCheckArgs) -> Result<u8> {
    let policy = policy_files::policy(&args.file)?;
    let rules = policy.rules.len() + policy.mappings.iter().map(|m| m.rules.len()).sum::<usize>();
    let files = policy.files.join(", ");
    print(&format!("{} is a policy: {rules} rules from {files}\n", policy.name))?;
    Ok(0)
}

fn explain(mut args: PolicyExplainArgs) -> Result<u8> {
    let file = policy_files::policy(&args.file)?;
    let mut text = String::new();
    let reports = take_reports(&mut args.report);
    if reports.is_empty() {
        text.push_str(&explain_policy(&file));
        if let Some(preset) = preset_text(&args.file) {
            text.push_str("\nAs a file:\n\n");
            text.push_str(preset);
        }
        print(&text)?;
        return Ok(0);
    }
    let cache = cache_folder(args.cache_dir.as_deref());
    let vex = vex::read(&args.vex, cache.as_deref(), Freshness::AsIs)?;
    if vex.attached {
        let error = CommandError::usage("--vex oci: an explanation asks no registry");
        return Err(error.hint("to judge a report with it: lazaret gate --vex oci --report FILE"));
    }
    if vex.referenced {
        return Err(CommandError::usage("--vex sbom-ref: an explanation fetches nothing"));
    }
    let policy = Policy {
        file: Some(file),
        ignore_files: policy_files::ignore_files(&args.ignorefile)?,
        vex: vex.statements,
        view: Some(lazaret_report::view::own),
        today: policy_files::today(),
        fails_closed: true,
        ..Policy::default()
    };
    for path in &reports {
        for read in read_any(path)? {
            let report = judge(&policy, read);
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&explain_report(&policy, &report, &report.findings, &report.verdict));
        }
    }
    print(&text)?;
    Ok(0)
}

/// Adds an entry to an ignore file of ours, and leaves the rest of it as it is.
fn accept(args: &PolicyAcceptArgs) -> Result<u8> {
    let until = args.until.as_deref().map(|until| {
        Day::parse(until).filter(|_| until.len() == 10).ok_or_else(|| {
            CommandError::usage(format!("`{until}` is not a date such as 2027-01-31"))
        })
    });
    let until = until.transpose()?;
    if until.zip(policy_files::today()).is_some_and(|(until, today)| until < today) {
        return Err(CommandError::usage("the entry would be over already: --until is in the past"));
    }
    let name = args.file.display().to_string();
    let failed = |error: anyhow::Error| CommandError::new(Kind::Input, error);
    let before = match std::fs::read_to_string(&args.file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(failed(
                anyhow::Error::new(error).context(format!("failed to read {name}")),
            ));
        }
    };
    if suppress::Tool::of(&name) != suppress::Tool::Lazaret {
        let message = format!("{name} is no file of ours: use one named .lazaretignore.yaml");
        return Err(CommandError::usage(message));
    }
    suppress::read(&name, &before).map_err(|error| CommandError::new(Kind::Config, error))?;
    let mut after = before.clone();
    if !after.is_empty() && !after.ends_with('\n') {
        after.push('\n');
    }
    if before.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        after.push_str("ignore:\n");
    }
    // An item stands as far in as those before it.
    let item = before.lines().rfind(|line| line.trim_start().starts_with("- "));
    let indent = item.map_or(2, |line| line.len() - line.trim_start().len());
    let mut fields = vec![("id", args.id.clone())];
    fields.extend(args.package.clone().map(|package| ("package", package)));
    fields.push(("reason", args.reason.clone()));
    fields.extend(args.owner.clone().map(|owner| ("owner", owner)));
    fields.extend(until.map(|until| ("expiry", until.to_string())));
    for (position, (key, value)) in fields.into_iter().enumerate() {
        let mark = if position == 0 { "- " } else { "  " };
        // A JSON text is a YAML text, whatever is in it.
        let value = serde_json::Value::String(value);
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(after, "{:indent$}{mark}{key}: {value}", "");
    }
    // The file may be laid out in a way that takes no further item at its end.
    let entries = |text: &str| suppress::read(&name, text).map(|file| file.entries.len());
    let added = entries(&after).ok() == entries(&before).ok().map(|n| n + 1);
    if !added {
        let error = anyhow::anyhow!("{name} is laid out so that no entry can be added at its end");
        return Err(failed(error).hint("write its entries as a list, one `- id:` a line"));
    }
    std::fs::write(&args.file, &after).map_err(|error| {
        failed(anyhow::Error::new(error).context(format!("failed to write {name}")))
    })?;
    let until = until.map_or_else(|| "for good".to_owned(), |until| format!("until {until}"));
    print(&format!("{} is accepted {until}: {name}\n", args.id))?;
    Ok(0)
}
