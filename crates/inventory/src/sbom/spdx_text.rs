//! Files that end in `.spdx`: tags and values
//! (<https://spdx.github.io/spdx-spec/v2.3/conformance/>), or JSON, as Bitnami has it.

use super::bom::Bom;
use super::component::{Component, Kind, Take};
use super::{GIVES, document, spdx};
use crate::lines::field;
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

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

/// What the document itself is called.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let text = document::text(input.bytes)?;
    let mut bom = Bom::new(sink);
    let is_known = if text.trim_start().starts_with('{') {
        document::read(text, &mut bom)?
    } else {
        read(text, &mut bom)
    };
    if is_known {
        bom.finish(sink);
        return Ok(());
    }
    Err(ParseError::new("the file is no document of SPDX"))
}

/// The tags of a document with their values. A value between `<text>` and `</text>` may have several
/// lines, which hold whatever somebody wrote, tags too.
fn fields(text: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let Some((tag, value)) = field(line.as_bytes()) else { continue };
            let (Ok(tag), Ok(value)) = (std::str::from_utf8(tag), std::str::from_utf8(value))
            else {
                continue;
            };
            let Some((_, rest)) = value.split_once("<text>") else {
                return Some((tag, Cow::Borrowed(value)));
            };
            if let Some((inside, _)) = rest.split_once("</text>") {
                return Some((tag, Cow::Borrowed(inside)));
            }
            let mut inside = rest.to_owned();
            for line in lines.by_ref() {
                inside.push('\n');
                if let Some((last, _)) = line.split_once("</text>") {
                    inside.push_str(last);
                    break;
                }
                inside.push_str(line);
            }
            return Some((tag, Cow::Owned(inside)));
        }
    })
}

/// What a document says of its elements at any place in it.
#[derive(Default)]
struct Remarks<'t> {
    /// Annotations by what they are about.
    annotations: HashMap<Cow<'t, str>, Vec<Cow<'t, str>>>,
    /// What the document is about.
    subjects: BTreeSet<String>,
}

impl<'t> Remarks<'t> {
    fn of(text: &'t str) -> Self {
        let mut remarks = Self::default();
        let mut about = None;
        for (tag, value) in fields(text) {
            match tag {
                "SPDXREF" => about = Some(value),
                "AnnotationComment" => {
                    if let Some(about) = about.take() {
                        remarks.annotations.entry(about).or_default().push(value);
                    }
                }
                "Relationship" => {
                    let mut words = value.split_whitespace();
                    if let (Some(_), Some(kind), Some(to)) =
                        (words.next(), words.next(), words.next())
                        && spdx::is_description(kind)
                    {
                        remarks.subjects.insert(to.to_owned());
                    }
                }
                _ => {}
            }
        }
        remarks
    }

    /// Tells of an element, with what was remarked on it.
    fn tell(&mut self, mut component: Component, take: &mut dyn Take) {
        for annotation in self.annotations.remove(component.reference.as_str()).unwrap_or_default()
        {
            spdx::comment(&annotation, &mut component);
        }
        spdx::kind_of_id(&mut component);
        component.is_subject |= self.subjects.contains(&component.reference);
        take.component(component);
    }
}

/// Reads a document of tags and values; whether it is one.
pub(super) fn read(text: &str, take: &mut dyn Take) -> bool {
    if !fields(text).any(|(tag, _)| tag == "SPDXVersion") {
        return false;
    }
    let mut remarks = Remarks::of(text);
    let mut document = Component::default();
    for annotation in remarks.annotations.remove(DOCUMENT).unwrap_or_default() {
        spdx::comment(&annotation, &mut document);
    }
    for (name, value) in &document.properties {
        take.property(name, value);
    }
    let mut element: Option<Component> = None;
    for (tag, value) in fields(text) {
        match tag {
            // Any other kind of element ends that of the package before.
            "PackageName" | "FileName" | "SnippetSPDXID" | "LicenseID" => {
                if let Some(element) = element.take() {
                    remarks.tell(element, take);
                }
                let kind = match tag {
                    "PackageName" => Kind::Package,
                    "FileName" => Kind::File,
                    _ => continue,
                };
                let name = value.into_owned();
                element = Some(Component { kind, name, ..Component::default() });
            }
            "Relationship" => {}
            _ => {
                if let Some(element) = &mut element {
                    of_package(element, tag, &value);
                }
            }
        }
    }
    if let Some(element) = element {
        remarks.tell(element, take);
    }
    for (tag, value) in fields(text) {
        let mut words = value.split_whitespace();
        if tag == "Relationship"
            && let (Some(from), Some(kind), Some(to)) = (words.next(), words.next(), words.next())
        {
            spdx::relate(take, from, kind, to);
        }
    }
    true
}

fn of_package(package: &mut Component, tag: &str, value: &str) {
    match tag {
        "SPDXID" if package.reference.is_empty() => value.clone_into(&mut package.reference),
        // A file has no package url, whatever it says.
        _ if package.kind == Kind::File => {}
        "PackageVersion" => value.clone_into(&mut package.version),
        "PrimaryPackagePurpose" => package.kind = spdx::kind(value),
        "PackageSupplier" | "PackageOriginator" => {
            package.supplier = package.supplier.take().or_else(|| spdx::supplier(value));
        }
        "PackageSourceInfo" => spdx::source_info(value, package),
        "PackageAttributionText" => spdx::comment(value, package),
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
