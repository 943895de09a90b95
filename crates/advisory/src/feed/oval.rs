//! OVAL: definitions of what makes a system vulnerable
//! (<https://oval.mitre.org/language/version5.11/>).

use super::FeedError;
use super::gather::Gather;
use super::score;
use super::xml::Xml;
use lazaret_core::advisory::Score;
use std::collections::BTreeMap;

/// Criteria inside each other; real ones have up to six.
const CRITERIA_DEPTH_MAX: u32 = 32;

/// One definition: what it is about, and what must hold.
#[derive(Debug, Default)]
pub(super) struct Definition {
    pub(super) title: String,
    pub(super) platforms: Vec<String>,
    /// Ids it refers to, by the word for their source.
    pub(super) references: Vec<(String, String)>,
    pub(super) severity: String,
    /// When it was issued or updated, as written.
    pub(super) date: String,
    /// Whether there is a patch, in Azure Linux's words.
    pub(super) patchable: String,
    /// The vulnerabilities, with their scores.
    pub(super) vulnerabilities: Vec<(String, Vec<Score>)>,
    pub(super) criteria: Criteria,
}

/// What must hold: the criteria of one level, and those below it.
///
/// Whether all of them or one is asked for is not kept: a package's test stands in one branch with
/// what else must hold for it, and the branches of packages are alternatives.
#[derive(Debug, Default)]
pub(super) struct Criteria {
    pub(super) criteria: Vec<Criterion>,
    pub(super) below: Vec<Self>,
}

/// One thing that must hold: in words, and as the id of a test.
#[derive(Debug)]
pub(super) struct Criterion {
    pub(super) comment: String,
    pub(super) test: String,
}

/// The tests of versions, by their ids.
#[derive(Debug, Default)]
pub(super) struct Tests {
    /// The object and the state of each test …
    compared: BTreeMap<String, (String, String)>,
    /// … the package an object is …
    packages: BTreeMap<String, String>,
    /// … and the operation and the version of a state.
    states: BTreeMap<String, (String, String)>,
}

impl Tests {
    /// What a test compares: the package, the operation and the version it names.
    pub(super) fn of(&self, id: &str) -> Option<(&str, &str, &str)> {
        let (object, state) = self.compared.get(id)?;
        let (operation, version) = self.states.get(state)?;
        Some((self.packages.get(object)?, operation, version))
    }
}

/// Shows every definition of a file to `each`.
pub(super) fn definitions(
    bytes: &[u8],
    gather: &mut Gather,
    each: &mut dyn FnMut(Definition, &mut Gather),
) -> Result<(), FeedError> {
    let mut xml = Xml::open(bytes, "oval_definitions", "OVAL definitions")?;
    while xml.child()? {
        if xml.name() == "definitions" {
            read_definitions(&mut xml, gather, each)?;
        } else {
            xml.skip()?;
        }
    }
    Ok(())
}

/// As [`definitions`], with the tests, which stand behind them in the file.
pub(super) fn definitions_and_tests(
    bytes: &[u8],
    gather: &mut Gather,
    each: &mut dyn FnMut(Definition, &mut Gather),
) -> Result<Tests, FeedError> {
    let mut xml = Xml::open(bytes, "oval_definitions", "OVAL definitions")?;
    let mut tests = Tests::default();
    while xml.child()? {
        match xml.name() {
            "definitions" => read_definitions(&mut xml, gather, each)?,
            "tests" => {
                while xml.child()? {
                    read_test(&mut xml, &mut tests)?;
                }
            }
            "objects" => {
                while xml.child()? {
                    read_object(&mut xml, &mut tests)?;
                }
            }
            "states" => {
                while xml.child()? {
                    read_state(&mut xml, &mut tests)?;
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(tests)
}

fn read_definitions(
    xml: &mut Xml<'_>,
    gather: &mut Gather,
    each: &mut dyn FnMut(Definition, &mut Gather),
) -> Result<(), FeedError> {
    while xml.child()? {
        if xml.name() == "definition" {
            let definition = read_definition(xml, gather)?;
            each(definition, gather);
        } else {
            xml.skip()?;
        }
    }
    Ok(())
}

fn read_definition(xml: &mut Xml<'_>, gather: &mut Gather) -> Result<Definition, FeedError> {
    let mut definition = Definition::default();
    while xml.child()? {
        match xml.name() {
            "metadata" => read_metadata(xml, &mut definition, gather)?,
            "criteria" => definition.criteria = read_criteria(xml, gather, CRITERIA_DEPTH_MAX)?,
            _ => xml.skip()?,
        }
    }
    Ok(definition)
}

/// Reads `metadata`, and what some sources put into `advisory` below it.
fn read_metadata(
    xml: &mut Xml<'_>,
    definition: &mut Definition,
    gather: &mut Gather,
) -> Result<(), FeedError> {
    while xml.child()? {
        match xml.name() {
            "title" => definition.title = xml.text()?,
            "affected" => {
                while xml.child()? {
                    if xml.name() == "platform" {
                        definition.platforms.push(xml.text()?);
                    } else {
                        xml.skip()?;
                    }
                }
            }
            "reference" => {
                let reference = (attribute(xml, "source")?, attribute(xml, "ref_id")?);
                definition.references.push(reference);
                xml.skip()?;
            }
            "advisory" => read_metadata(xml, definition, gather)?,
            "severity" => definition.severity = xml.text()?,
            "patchable" => definition.patchable = xml.text()?,
            "advisory_date" => definition.date = xml.text()?,
            "issued" | "updated" => {
                definition.date = attribute(xml, "date")?;
                xml.skip()?;
            }
            "cve" => {
                let mut scores = Vec::new();
                for name in ["cvss4", "cvss3", "cvss2"] {
                    let text = attribute(xml, name)?;
                    // `7.8/CVSS:3.1/AV:L/…`: the score, and the vector it is made from.
                    let Some((_, vector)) = text.split_once('/') else { continue };
                    match score::vector(vector.trim()) {
                        Some(score) => scores.push(score),
                        None => gather.note("unreadable score"),
                    }
                }
                definition.vulnerabilities.push((xml.text()?, scores));
            }
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn read_criteria(
    xml: &mut Xml<'_>,
    gather: &mut Gather,
    depth: u32,
) -> Result<Criteria, FeedError> {
    let Some(depth) = depth.checked_sub(1) else {
        let what = "criteria inside each other";
        return Err(FeedError::TooMuch { what, limit: u64::from(CRITERIA_DEPTH_MAX) });
    };
    let mut criteria = Criteria::default();
    while xml.child()? {
        let negated = attribute(xml, "negate")? == "true";
        match xml.name() {
            _ if negated => {
                gather.note("negated criteria");
                xml.skip()?;
            }
            "criteria" => criteria.below.push(read_criteria(xml, gather, depth)?),
            "criterion" => {
                let (comment, test) = (attribute(xml, "comment")?, attribute(xml, "test_ref")?);
                criteria.criteria.push(Criterion { comment, test });
                xml.skip()?;
            }
            _ => xml.skip()?,
        }
    }
    Ok(criteria)
}

fn read_test(xml: &mut Xml<'_>, tests: &mut Tests) -> Result<(), FeedError> {
    let id = attribute(xml, "id")?;
    let (mut object, mut state) = (String::new(), String::new());
    while xml.child()? {
        match xml.name() {
            "object" => object = attribute(xml, "object_ref")?,
            "state" => state = attribute(xml, "state_ref")?,
            _ => {}
        }
        xml.skip()?;
    }
    tests.compared.insert(id, (object, state));
    Ok(())
}

fn read_object(xml: &mut Xml<'_>, tests: &mut Tests) -> Result<(), FeedError> {
    let id = attribute(xml, "id")?;
    while xml.child()? {
        if xml.name() == "name" {
            tests.packages.insert(id.clone(), xml.text()?);
        } else {
            xml.skip()?;
        }
    }
    Ok(())
}

fn read_state(xml: &mut Xml<'_>, tests: &mut Tests) -> Result<(), FeedError> {
    let id = attribute(xml, "id")?;
    while xml.child()? {
        if xml.name() == "evr" {
            let operation = attribute(xml, "operation")?;
            tests.states.insert(id.clone(), (operation, xml.text()?));
        } else {
            xml.skip()?;
        }
    }
    Ok(())
}

/// An attribute of the element last begun; empty where it has none.
fn attribute(xml: &Xml<'_>, name: &str) -> Result<String, FeedError> {
    Ok(xml.attribute(name)?.map(|value| value.trim().to_owned()).unwrap_or_default())
}
