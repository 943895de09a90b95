//! Files that end in `.spdx`: tags and values
//! (<https://spdx.github.io/spdx-spec/v2.3/conformance/>), or JSON, as Bitnami has it.

use super::bom::{Bom, Component};
use super::{GIVES, document, spdx};
use crate::lines::field;
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};

/// Bills of materials that SPDX files hold.
pub(crate) static SPDX: Extractor = Extractor {
    id: "sbom/spdx",
    version: 1,
    title: "Bills of materials of SPDX, in tags and values or of Bitnami",
    spec: "https://spdx.github.io/spdx-spec/v2.3/",
    selects: &[Select::Suffix(".spdx")],
    gives: GIVES,
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let text = document::text(input.bytes)?;
    let is_known = if text.trim_start().starts_with('{') {
        document::read(text, sink)?
    } else {
        read(text, sink)
    };
    if is_known {
        return Ok(());
    }
    Err(ParseError::new("the file is no document of SPDX"))
}

/// Reads a document of tags and values; whether it is one.
pub(super) fn read(text: &str, sink: &mut Sink<'_>) -> bool {
    let mut bom = Bom::new(sink);
    let mut package: Option<Component> = None;
    let mut is_known = false;
    let mut in_text = false;
    for line in text.lines() {
        // Texts of several lines hold whatever somebody wrote, tags too.
        if in_text {
            in_text = !line.contains("</text>");
            continue;
        }
        let Some((tag, value)) = field(line.as_bytes()) else { continue };
        let (Ok(tag), Ok(value)) = (std::str::from_utf8(tag), std::str::from_utf8(value)) else {
            continue;
        };
        in_text = value.contains("<text>") && !value.contains("</text>");
        match tag {
            "SPDXVersion" => is_known = true,
            // Any other kind of element ends that of the package before.
            "PackageName" | "FileName" | "SnippetSPDXID" | "LicenseID" => {
                bom.add(package.take().unwrap_or_default());
                package = (tag == "PackageName").then(Component::default);
            }
            "Relationship" => {
                let mut words = value.split_whitespace();
                if let (Some(from), Some(kind), Some(to)) =
                    (words.next(), words.next(), words.next())
                {
                    spdx::relate(&mut bom, from, kind, to);
                }
            }
            _ => {
                if let Some(package) = &mut package {
                    of_package(package, tag, value);
                }
            }
        }
    }
    if is_known {
        bom.add(package.unwrap_or_default());
        bom.finish(sink);
    }
    is_known
}

fn of_package(package: &mut Component, tag: &str, value: &str) {
    match tag {
        "SPDXID" if package.reference.is_empty() => value.clone_into(&mut package.reference),
        "PackageLicenseDeclared" | "PackageLicenseConcluded" => package.license(value),
        "ExternalRef" => {
            let mut words = value.split_whitespace();
            if let (Some(_), Some("purl"), Some(url)) = (words.next(), words.next(), words.next())
                && package.purl.is_none()
            {
                package.purl = Some(url.to_owned());
            }
        }
        _ => {}
    }
}
