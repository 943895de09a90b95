//! What other people's readers make of our documents: the libraries CycloneDX, SPDX and JUnit are
//! read with in Python. Where these are not installed the tests say so and skip.

use crate::recipe::Recipe;
use crate::standards::{hostile, text};
use lazaret_report::Format;
use std::process::Command;

/// Runs a script on a document, if Python has the module; `python3` may be chosen by `PATH`.
#[expect(clippy::print_stderr, reason = "a test that skips itself says so")]
fn read(module: &str, format: Format, script: &str) {
    let importable = Command::new("python3").args(["-c", &format!("import {module}")]).output();
    if !importable.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 with {module} is not installed");
        return;
    }
    for report in [hostile(), Recipe::debian().build()] {
        let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
        std::fs::write(file.path(), text(format, vec![report])).unwrap();
        let output =
            Command::new("python3").args(["-c", script]).arg(file.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{format}: {said}");
    }
}

#[test]
fn cyclonedx_python_lib_reads_and_validates() {
    let script = r"
import json, sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = open(sys.argv[1]).read()
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
assert error is None, error
bom = Bom.from_json(json.loads(text))
assert len(bom.components) == len(json.loads(text)['components'])
assert len(bom.vulnerabilities) == len(json.loads(text)['vulnerabilities'])
assert bom.validate()
";
    read("cyclonedx", Format::Cyclonedx, script);
}

#[test]
fn spdx_tools_read_and_validate() {
    let script = r"
import sys
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
messages = validate_full_spdx_document(parse_file(sys.argv[1]))
assert not messages, messages[:5]
";
    read("spdx_tools", Format::SpdxJson, script);
}

#[test]
fn junitparser_reads() {
    let script = r"
import sys
from junitparser import JUnitXml
xml = JUnitXml.fromfile(sys.argv[1])
before = [(s.tests, s.failures, s.errors, s.skipped) for s in xml]
for suite in xml:
    suite.update_statistics()
assert before == [(s.tests, s.failures, s.errors, s.skipped) for s in xml], before
";
    read("junitparser", Format::Junit, script);
}

#[test]
fn sarif_tools_read() {
    let script = r"
import sys
from sarif import loader
file = loader.load_sarif_file(sys.argv[1])
assert len(file.runs) == 1
file.get_records()
";
    read("sarif", Format::Sarif, script);
}
