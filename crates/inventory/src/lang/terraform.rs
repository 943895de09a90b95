//! `.terraform.lock.hcl` of Terraform and OpenTofu: a block for each provider.

use super::declared::{Packages, declared};
use crate::broken::Broken;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Providers a lock file of Terraform declares.
pub(crate) static LOCK: Extractor = Extractor {
    id: "terraform/lock",
    version: 1,
    title: "Terraform lock files",
    spec: "https://developer.hashicorp.com/terraform/language/files/dependency-lock",
    selects: &[Select::Name(".terraform.lock.hcl")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    let mut broken = Broken::default();
    let mut open: Option<(String, u32, bool)> = None;
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        let text = text.trim_start();
        if text.is_empty() || text.starts_with(['#', '/', '*']) {
            continue;
        }
        let quoted = text.split('"').nth(1);
        match (&mut open, quoted) {
            (None, Some(name)) if text.starts_with("provider ") && text.ends_with('{') => {
                open = Some((name.to_owned(), line.number, false));
            }
            (None, _) => {
                broken.report(packages.sink(), line.number, "expected `provider \"ADDRESS\" {`");
            }
            (Some((name, start, has_version)), _) if text == "}" => {
                if !*has_version {
                    let message = format!("the provider {name} has no version");
                    broken.report(packages.sink(), *start, &message);
                }
                open = None;
            }
            (Some((name, _, has_version)), Some(version)) if text.starts_with("version") => {
                *has_version = true;
                let (presence, line) = (Presence::Declared, Some(line.number));
                packages.add(declared(Ecosystem::Terraform, name, version, presence, line));
            }
            _ => {}
        }
    }
    if let Some((_, start, _)) = open {
        broken.report(packages.sink(), start, "the file ends inside of a provider");
    }
    broken.finish()?;
    packages.finish()
}
