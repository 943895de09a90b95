//! What other people's readers make of our documents: the libraries in Python that CycloneDX, SPDX,
//! SARIF, JUnit, OpenVEX and AWS's findings are read with. Where these are not installed the tests
//! say so and skip; `cargo xtask readers` installs them, and then none may skip.

use crate::openvex::suppressed;
use crate::recipe::{Recipe, everything};
use crate::standards::{hostile, text};
use lazaret_core::report::Report;
use lazaret_report::Format;
use std::path::Path;
use std::process::Command;

/// Set where every reader is to be there: by `cargo xtask readers`.
const ALL_THERE: &str = "LAZARET_READERS";

/// Runs a script on documents, if Python has the module; `python3` may be chosen by `PATH`. Each
/// script gets a document and the folder of schemas.
#[expect(clippy::print_stderr, reason = "a test that skips itself says so")]
#[expect(clippy::disallowed_methods, reason = "a test is told by whoever runs it what is there")]
fn read(module: &str, format: Format, reports: Vec<Report>, script: &str) {
    let importable = Command::new("python3").args(["-c", &format!("import {module}")]).output();
    if !importable.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os(ALL_THERE).is_none(), "python3 has no {module}");
        eprintln!("skipped: python3 with {module} is not installed");
        return;
    }
    let suffix = match format {
        Format::CyclonedxXml | Format::CyclonedxXml17 | Format::Junit => ".xml",
        Format::Spdx => ".spdx",
        _ => ".json",
    };
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    for report in reports {
        let file = tempfile::Builder::new().suffix(suffix).tempfile().unwrap();
        std::fs::write(file.path(), text(format, vec![report])).unwrap();
        let output = Command::new("python3")
            .args(["-W", "error", "-c", script])
            .args([file.path(), &schemas])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{format}: {said}");
    }
}

/// Reports with something of everything, and with nothing.
fn samples() -> Vec<Report> {
    vec![hostile(), everything().build(), Recipe::debian().build()]
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
        read("cyclonedx.validation.json", format, samples(), &script.replace("VERSION", version));
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
        read(
            "cyclonedx.validation.xml, lxml",
            format,
            samples(),
            &script.replace("VERSION", version),
        );
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
    read("spdx_tools", Format::SpdxJson, samples(), script);
    read("spdx_tools", Format::Spdx, samples(), script);
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
    read("spdx_python_model", Format::Spdx3, samples(), script);
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
    read("junitparser", Format::Junit, samples(), script);
}

#[test]
fn sarif_tools_read() {
    let script = r"
import json, sys
from sarif import loader
file = loader.load_sarif_file(sys.argv[1])
assert len(file.runs) == 1
results = json.load(open(sys.argv[1]))['runs'][0]['results']
open_ones = [r for r in results if not r['suppressions']]
assert len(file.get_results()) == len(results)
records = file.get_records()
assert len(records) == len(results), (len(records), len(results))
for record, result in zip(records, results):
    place = result['locations'][0]['physicalLocation']
    assert record['Location'].endswith(place['artifactLocation']['uri']), record
    assert record['Line'] == place['region']['startLine'], record
    assert record['Code'] == result['ruleId'], record
    assert record['Severity'] == result['level'], record
";
    read("sarif", Format::Sarif, samples(), script);
}

#[test]
fn jenkins_s_schema_of_junit_is_met() {
    let script = r"
import sys, xmlschema
xmlschema.XMLSchema(sys.argv[2] + '/junit-10.xsd').validate(sys.argv[1])
";
    read("xmlschema", Format::Junit, samples(), script);
}

#[test]
fn security_hub_s_model_is_met() {
    let script = r"
import json, re, sys
import botocore.session
from botocore.validate import ParamValidator
model = botocore.session.get_session().get_service_model('securityhub')
shape = model.operation_model('BatchImportFindings').input_shape
document = json.load(open(sys.argv[1]))
if document['Findings']:
    report = ParamValidator().validate(document, shape)
    assert not report.has_errors(), report.generate_report()

# The library leaves words, patterns and names to the service.
def check(value, shape, at):
    if shape.type_name == 'structure':
        for key, inner in value.items():
            assert key in shape.members, at + '/' + key
            check(inner, shape.members[key], at + '/' + key)
    elif shape.type_name == 'list':
        for inner in value:
            check(inner, shape.member, at)
    elif shape.type_name == 'map':
        for key, inner in value.items():
            check(key, shape.key, at)
            check(inner, shape.value, at + '/' + key)
    elif shape.type_name == 'string':
        assert not shape.enum or value in shape.enum, (at, value)
        pattern = shape.metadata.get('pattern')
        assert pattern is None or re.fullmatch(pattern, value, re.S), (at, value)
check(document, shape, '')
";
    read("botocore", Format::Asff, samples(), script);
}

#[test]
fn vexipy_reads_statements() {
    let script = r"
import json, sys, warnings
import vexipy
# What a document said in words of its own has no justification, and none is made up.
warnings.filterwarnings('ignore', message='The use of an impact statement')
with open(sys.argv[1]) as file:
    text = file.read()
document = vexipy.Document.from_json(text)
assert len(document.statements) == len(json.loads(text)['statements'])
";
    read(
        "vexipy",
        Format::Openvex,
        vec![suppressed(), hostile(), Recipe::debian().build()],
        script,
    );
}
