//! What other people's readers make of our documents: the libraries CycloneDX, SPDX and JUnit are
//! read with in Python. Where these are not installed the tests say so and skip.

use crate::recipe::Recipe;
use crate::standards::{hostile, text};
use lazaret_report::Format;
use std::path::Path;
use std::process::Command;

/// Python with the libraries: that of `cargo xtask readers`, where that ran before, else any.
fn python() -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/readers/bin/python");
    Command::new(if root.exists() { root } else { "python3".into() })
}

/// Runs a script on a document, if Python has the module.
#[expect(clippy::print_stderr, reason = "a test that skips itself says so")]
fn read(module: &str, format: Format, script: &str) {
    let importable = python().args(["-c", &format!("import {module}")]).output();
    if !importable.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 with {module} is not installed");
        return;
    }
    let suffix = match format {
        Format::CyclonedxXml | Format::CyclonedxXml17 | Format::Junit => ".xml",
        Format::Spdx => ".spdx",
        _ => ".json",
    };
    for report in [hostile(), Recipe::debian().build()] {
        let file = tempfile::Builder::new().suffix(suffix).tempfile().unwrap();
        std::fs::write(file.path(), text(format, vec![report])).unwrap();
        let output = python().args(["-c", script]).arg(file.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{format}: {said}");
    }
}

#[test]
fn cyclonedx_python_lib_reads_and_validates_json() {
    for (format, version) in [(Format::Cyclonedx, "V1_6"), (Format::Cyclonedx17, "V1_7")] {
        let script = r"
import json, sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = open(sys.argv[1]).read()
error = JsonStrictValidator(SchemaVersion.VERSION).validate_str(text)
assert error is None, error
bom = Bom.from_json(json.loads(text))
assert len(bom.components) == len(json.loads(text)['components'])
assert len(bom.vulnerabilities) == len(json.loads(text)['vulnerabilities'])
assert bom.validate()
";
        read("cyclonedx.validation.json", format, &script.replace("VERSION", version));
    }
}

#[test]
fn cyclonedx_python_lib_reads_and_validates_xml() {
    for (format, version) in [(Format::CyclonedxXml, "V1_6"), (Format::CyclonedxXml17, "V1_7")] {
        let script = r"
import sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.xml import XmlValidator
text = open(sys.argv[1]).read()
error = XmlValidator(SchemaVersion.VERSION).validate_str(text)
assert error is None, error
bom = Bom.from_xml(open(sys.argv[1]))
assert len(bom.components) + 2 == text.count('<component type=')
assert len(bom.vulnerabilities) == text.count('<vulnerability bom-ref=')
assert bom.validate()
";
        read("cyclonedx.validation.xml, lxml", format, &script.replace("VERSION", version));
    }
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
    read("spdx_tools", Format::Spdx, script);
}

#[test]
fn the_model_of_spdx_3_takes_every_element() {
    let script = r"
import sys
from spdx_python_model.bindings import v3_0_1 as spdx
elements = spdx.SHACLObjectSet()
spdx.JSONLDDeserializer().read(open(sys.argv[1]), elements)
missing = elements.link()
assert not missing, missing
assert sum(1 for _ in elements.foreach_type('software_Package')) >= 2
";
    read("spdx_python_model", Format::Spdx3, script);
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
