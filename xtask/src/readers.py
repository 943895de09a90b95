"""Reads the bills of materials in a folder with the libraries that others read them with."""

import json
import pathlib
import subprocess
import sys
import tempfile

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator
from spdx_python_model.bindings import v3_0_1 as spdx3
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

folder = pathlib.Path(sys.argv[1])
report = json.loads((folder / "report.json").read_text())
packages = report["inventory"]["packages"]
has_os = "os" in report["inventory"]
# The operating system is a component, and for SPDX the image as well.
components = len(packages) + has_os
name = report["image"]["name"]


def check(condition, what):
    if not condition:
        sys.exit(f"{name}: {what}")


for version, schema in (("1.6", SchemaVersion.V1_6), ("1.7", SchemaVersion.V1_7)):
    text = (folder / f"{version}.cdx.json").read_text()
    error = JsonStrictValidator(schema).validate_str(text)
    check(error is None, f"CycloneDX {version} as JSON: {error}")
    bom = Bom.from_json(json.loads(text))
    check(bom.validate(), f"CycloneDX {version} as JSON does not hang together")
    check(len(bom.components) == components, f"CycloneDX {version} as JSON lacks components")
    file = folder / f"{version}.cdx.xml"
    error = XmlValidator(schema).validate_str(file.read_text())
    check(error is None, f"CycloneDX {version} as XML: {error}")
    with file.open() as stream:
        bom = Bom.from_xml(stream)
    check(bom.validate(), f"CycloneDX {version} as XML does not hang together")
    check(len(bom.components) == components, f"CycloneDX {version} as XML lacks components")
print(f"{name}: cyclonedx-python-lib reads {components} components")

documents = [parse_file(str(folder / file)) for file in ("2.spdx.json", "2.spdx")]
for document in documents:
    messages = validate_full_spdx_document(document)
    check(not messages, f"SPDX 2.3: {messages[:3]}")
    check(len(document.packages) == components + 1, "SPDX 2.3 lacks packages")
ours, theirs = documents
check(ours.packages == theirs.packages, "the forms of SPDX 2.3 have other packages")
check(ours.relationships == theirs.relationships, "the forms of SPDX 2.3 have other relationships")
check(ours.annotations == theirs.annotations, "the forms of SPDX 2.3 have other annotations")
print(f"{name}: spdx-tools read {components + 1} packages")

elements = spdx3.SHACLObjectSet()
with (folder / "3.spdx.json").open() as stream:
    spdx3.JSONLDDeserializer().read(stream, elements)
missing = elements.link()
check(not missing, f"SPDX 3 refers to {missing}, which is nowhere")
found = sum(1 for _ in elements.foreach_type("software_Package"))
check(found == components + 1, "SPDX 3 lacks packages")
print(f"{name}: spdx-python-model reads {found} packages")

# Of an archive nobody knows the supplier, nor of a program that nobody packaged.
checker = pathlib.Path(sys.executable).with_name("sbomcheck")
for file, standard in (("2.spdx.json", "spdx2"), ("3.spdx.json", "spdx3")):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [checker, "--comply", "ntia", "--sbom-spec", standard, "--output", "json"]
        subprocess.run(
            [*command, "--output-file", out.name, folder / file],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        outcome = json.loads(pathlib.Path(out.name).read_text())
    check(outcome["componentNames"]["allProvided"], f"{file}: names are missing")
    check(outcome["componentIdentifiers"]["allProvided"], f"{file}: identifiers are missing")
    # What has no version in the image has none here either.
    without = set(outcome["componentVersions"]["nonconformantComponents"])
    known = {package["name"] for package in packages if package["version"]}
    check(not without & known, f"{file}: {sorted(without & known)[:5]} have no version")
    for key in ("authorNameProvided", "timestampProvided", "dependencyRelationshipsProvided"):
        check(outcome[key], f"{file}: {key} is false")
    without = set(outcome["componentSuppliers"]["nonconformantComponents"])
    known = {package["name"] for package in packages if package["ecosystem"] != "generic"}
    check(not without & known, f"{file}: {sorted(without & known)[:5]} have no supplier")
print(f"{name}: the minimum elements of NTIA are there")

syft = pathlib.Path(sys.executable).with_name("syft")
if syft.exists():
    with tempfile.TemporaryDirectory() as there:
        back = pathlib.Path(there) / "syft.json"
        done = subprocess.run(
            [syft, "convert", folder / "syft.json", "--output", f"json={back}"],
            env={"SYFT_CHECK_FOR_APP_UPDATE": "false", "HOME": there, "PATH": ""},
            capture_output=True,
            text=True,
        )
        check(done.returncode == 0, f"Syft: {done.stderr.strip()}")
        # That converting is an experiment of theirs is no word about the document.
        lines = [line for line in done.stderr.splitlines() if "experimental" not in line]
        check(not lines, f"Syft: {lines}")
        before = json.loads((folder / "syft.json").read_text())
        after = json.loads(back.read_text())
        listed = sorted((one["purl"], one["version"]) for one in after["artifacts"])
        check(
            listed == sorted((one["purl"], one["version"]) for one in before["artifacts"]),
            "Syft reads other packages",
        )
        check(after["distro"].get("id") == before["distro"].get("id"), "Syft reads another distro")
    print(f"{name}: Syft reads {len(listed)} packages")
