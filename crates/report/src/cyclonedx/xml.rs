//! CycloneDX as XML (<https://cyclonedx.org/docs/1.7/xml/>): the same as in JSON, in the order that
//! its schema demands.

use super::model::{Component, Dependency, Entry, LicenseChoice, LicenseName, Property, Source};
use super::{Document, Version};
use crate::xml::Xml;
use crate::{Format, WriteOptions};
use lazaret_core::report::Report;
use std::io::{self, Write as _};

/// Writes one report.
pub(crate) fn write(
    format: Format,
    version: Version,
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let document = Document::new(format, report, options)?;
    let mut out = io::BufWriter::new(out);
    let mut xml = Xml::new(&mut out)?;
    let schema = format!("http://cyclonedx.org/schema/bom/{}", version.number());
    let attributes = [("xmlns", &*schema), ("serialNumber", &document.serial), ("version", "1")];
    xml.element("bom", &attributes, |xml| {
        metadata(xml, &document)?;
        xml.element("components", &[], |xml| {
            document.components().try_for_each(|one| component(xml, &one))
        })?;
        xml.element("dependencies", &[], |xml| {
            document.dependencies().try_for_each(|one| dependency(xml, &one))
        })?;
        xml.element("vulnerabilities", &[], |xml| {
            document.vulnerabilities().try_for_each(|one| vulnerability(xml, &one))
        })
    })?;
    out.flush()
}

fn metadata(xml: &mut Xml<'_>, document: &Document<'_>) -> io::Result<()> {
    let metadata = document.metadata();
    xml.element("metadata", &[], |xml| {
        xml.text("timestamp", &[], &metadata.timestamp)?;
        xml.element("tools", &[], |xml| {
            xml.element("components", &[], |xml| {
                metadata.tools.components.iter().try_for_each(|one| component(xml, one))
            })
        })?;
        xml.element("authors", &[], |xml| {
            metadata.authors.iter().try_for_each(|author| {
                xml.element("author", &[], |xml| xml.text("name", &[], author.name))
            })
        })?;
        component(xml, &metadata.component)?;
        properties(xml, &metadata.properties)
    })
}

fn component(xml: &mut Xml<'_>, component: &Component<'_>) -> io::Result<()> {
    let attributes = [("type", component.kind), ("bom-ref", component.reference)];
    xml.element("component", &attributes, |xml| {
        xml.element("supplier", &[], |xml| xml.text("name", &[], &component.supplier.name))?;
        xml.some("group", component.group)?;
        xml.text("name", &[], component.name)?;
        xml.some("version", component.version.as_deref())?;
        xml.some("description", component.description)?;
        xml.some("scope", component.scope)?;
        if !component.hashes.is_empty() {
            xml.element("hashes", &[], |xml| {
                component
                    .hashes
                    .iter()
                    .try_for_each(|hash| xml.text("hash", &[("alg", hash.algorithm)], hash.content))
            })?;
        }
        if !component.licenses.is_empty() {
            xml.element("licenses", &[], |xml| {
                component.licenses.iter().try_for_each(|choice| license(xml, choice))
            })?;
        }
        xml.some("purl", component.purl)?;
        properties(xml, &component.properties)?;
        let Some(evidence) = &component.evidence else { return Ok(()) };
        xml.element("evidence", &[], |xml| {
            xml.element("occurrences", &[], |xml| {
                evidence.occurrences.iter().try_for_each(|occurrence| {
                    xml.element("occurrence", &[], |xml| {
                        xml.text("location", &[], occurrence.location)?;
                        xml.some("line", occurrence.line.map(|line| line.to_string()).as_deref())
                    })
                })
            })
        })
    })
}

fn license(xml: &mut Xml<'_>, choice: &LicenseChoice<'_>) -> io::Result<()> {
    match choice {
        LicenseChoice::Expression { expression } => xml.text("expression", &[], expression),
        LicenseChoice::License { license } => xml.element("license", &[], |xml| match license {
            LicenseName::Id(id) => xml.text("id", &[], id),
            LicenseName::Name(name) => xml.text("name", &[], name),
        }),
    }
}

fn properties(xml: &mut Xml<'_>, properties: &[Property]) -> io::Result<()> {
    if properties.is_empty() {
        return Ok(());
    }
    xml.element("properties", &[], |xml| {
        properties.iter().try_for_each(|property| {
            xml.text("property", &[("name", &property.name)], &property.value)
        })
    })
}

fn dependency(xml: &mut Xml<'_>, dependency: &Dependency<'_>) -> io::Result<()> {
    let attributes = [("ref", dependency.reference)];
    if dependency.depends_on.is_empty() {
        return xml.empty("dependency", &attributes);
    }
    xml.element("dependency", &attributes, |xml| {
        dependency.depends_on.iter().try_for_each(|to| xml.empty("dependency", &[("ref", to)]))
    })
}

fn vulnerability(xml: &mut Xml<'_>, entry: &Entry<'_>) -> io::Result<()> {
    xml.element("vulnerability", &[("bom-ref", &entry.reference)], |xml| {
        xml.text("id", &[], entry.id)?;
        source(xml, &entry.source)?;
        if !entry.references.is_empty() {
            xml.element("references", &[], |xml| {
                entry.references.iter().try_for_each(|reference| {
                    xml.element("reference", &[], |xml| {
                        xml.text("id", &[], reference.id)?;
                        source(xml, &reference.source)
                    })
                })
            })?;
        }
        xml.element("ratings", &[], |xml| {
            entry.ratings.iter().try_for_each(|rating| {
                xml.element("rating", &[], |xml| {
                    rating.source.as_ref().map_or(Ok(()), |one| source(xml, one))?;
                    xml.some("score", rating.score.map(|score| score.to_string()).as_deref())?;
                    xml.some("severity", rating.severity)?;
                    xml.some("method", rating.method)?;
                    xml.some("vector", rating.vector)
                })
            })
        })?;
        if !entry.cwes.is_empty() {
            xml.element("cwes", &[], |xml| {
                entry.cwes.iter().try_for_each(|cwe| xml.text("cwe", &[], &cwe.to_string()))
            })?;
        }
        xml.some("recommendation", Some(&*entry.recommendation).filter(|text| !text.is_empty()))?;
        if !entry.advisories.is_empty() {
            xml.element("advisories", &[], |xml| {
                entry.advisories.iter().try_for_each(|link| {
                    xml.element("advisory", &[], |xml| xml.text("url", &[], &link.url))
                })
            })?;
        }
        xml.some("published", entry.published.as_deref())?;
        xml.some("updated", entry.updated.as_deref())?;
        if let Some(analysis) = &entry.analysis {
            xml.element("analysis", &[], |xml| xml.text("detail", &[], &analysis.detail))?;
        }
        xml.element("affects", &[], |xml| {
            entry.affects.iter().try_for_each(|affects| {
                xml.element("target", &[], |xml| {
                    xml.text("ref", &[], affects.reference)?;
                    xml.element("versions", &[], |xml| {
                        affects.versions.iter().try_for_each(|one| {
                            xml.element("version", &[], |xml| {
                                xml.text("version", &[], &one.version)?;
                                xml.text("status", &[], one.status)
                            })
                        })
                    })
                })
            })
        })?;
        properties(xml, &entry.properties)
    })
}

fn source(xml: &mut Xml<'_>, source: &Source<'_>) -> io::Result<()> {
    xml.element("source", &[], |xml| {
        xml.some("name", source.name)?;
        xml.some("url", source.url.as_deref())
    })
}
