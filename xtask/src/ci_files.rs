//! The files for CI systems: read by the schemas of these systems, and their scripts by ShellCheck.

use crate::process::{exists, root, run};
use anyhow::Result;
use std::process::Command;

/// Schemas that come with `check-jsonschema`, and the files each is for. The schema of Azure Pipelines
/// knows no defaults but texts, so the template with its switches is left to the tests.
const SCHEMAS: [(&str, &[&str]); 5] = [
    ("vendor.github-actions", &["action.yml"]),
    ("vendor.github-workflows", &["examples/ci/github/.github/workflows/image.yml"]),
    ("vendor.gitlab-ci", &["ci/gitlab/lazaret.gitlab-ci.yml", "examples/ci/gitlab/.gitlab-ci.yml"]),
    ("vendor.azure-pipelines", &["examples/ci/azure/azure-pipelines.yml"]),
    ("vendor.circle-ci", &["ci/circleci/orb.yml", "examples/ci/circleci/.circleci/config.yml"]),
];

/// Scripts of our own.
const SCRIPTS: [&str; 2] = ["ci/github/scan.sh", ".ci/run"];

/// Asks what is installed of both.
pub(crate) fn check() -> Result<()> {
    if exists("check-jsonschema") {
        for (schema, files) in SCHEMAS {
            // The schemas have patterns that only the wider dialect takes.
            let options = ["--regex-variant", "nonunicode", "--builtin-schema", schema];
            run(Command::new("check-jsonschema").args(options).args(files).current_dir(root()))?;
        }
    } else {
        println!("skipped: schemas of CI systems (check-jsonschema is not installed)");
    }
    if exists("shellcheck") {
        run(Command::new("shellcheck").args(SCRIPTS).current_dir(root()))?;
    } else {
        println!("skipped: scripts (shellcheck is not installed)");
    }
    Ok(())
}
