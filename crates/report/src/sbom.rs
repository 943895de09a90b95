//! What bills of materials of every format have in common.

use lazaret_core::inventory::RelationKind;
use lazaret_core::package::{Ecosystem, Package, PackageId};
use lazaret_core::property::{Property, of_licenses, of_package};
use lazaret_core::report::{Report, TargetKind};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// SPDX's word for what nobody has said, which readers of other formats know as well.
pub(crate) const NOASSERTION: &str = "NOASSERTION";

/// Who makes the documents.
pub(crate) const AUTHOR: &str = "Lazaret";

/// A list that is made while it is written, so that only one element is in memory at a time.
pub(crate) struct Each<F>(pub(crate) F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// What a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Image,
    Rootfs,
    /// Neither: a project, of which only a bill of materials was seen.
    Application,
}

impl Subject {
    pub(crate) const fn of(report: &Report) -> Self {
        let is_image = report.image.digest.is_some() || !report.image.layers.is_empty();
        match report.target {
            TargetKind::Image => Self::Image,
            TargetKind::Rootfs => Self::Rootfs,
            TargetKind::Sbom if is_image => Self::Image,
            TargetKind::Sbom => Self::Application,
        }
    }
}

/// Who supplies a package, where anybody says so: who built it, else the distribution, else whose
/// namespace its name is in. Of most libraries nobody does.
pub(crate) fn supplier<'a>(report: &'a Report, package: &'a Package) -> Option<Cow<'a, str>> {
    let said = package.third_party.as_deref().or(package.vendor.as_deref());
    let said = said.or_else(|| {
        let os = report.inventory.os.as_ref().filter(|_| package.ecosystem.is_os())?;
        Some(os.os.id.as_str())
    });
    let supplier = match said {
        Some(said) => said,
        None => namespace(package)?,
    };
    // The name and the address of a maintainer are one line.
    let supplier = supplier.trim();
    let is_line = !supplier.contains(char::is_control);
    let line = if is_line {
        Cow::Borrowed(supplier)
    } else {
        Cow::Owned(supplier.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    Some(line).filter(|line| !line.is_empty())
}

/// The part of a name that says whose it is.
fn namespace(package: &Package) -> Option<&str> {
    let name = package.name.as_str();
    match package.ecosystem {
        Ecosystem::Maven => name.split_once(':').map(|(group, _)| group),
        Ecosystem::Npm | Ecosystem::Jsr => {
            name.strip_prefix('@')?.split_once('/').map(|(scope, _)| scope)
        }
        Ecosystem::Composer
        | Ecosystem::Github
        | Ecosystem::Huggingface
        | Ecosystem::Terraform
        | Ecosystem::Vscode => name.split_once('/').map(|(vendor, _)| vendor),
        // Host and owner, where there are both: `github.com/owner/module`.
        Ecosystem::Golang | Ecosystem::Swift => {
            let (end, _) =
                name.match_indices('/').nth(1).or_else(|| name.match_indices('/').next())?;
            name.get(..end).filter(|host| host.contains('.'))
        }
        _ => None,
    }
}

/// Who supplies the image, if its maker says so.
pub(crate) fn image_supplier(report: &Report) -> Option<&str> {
    let labels = &report.image.config.labels;
    let vendor = labels.get("org.opencontainers.image.vendor");
    vendor.map(|vendor| vendor.trim()).filter(|v| !v.is_empty() && !v.contains(char::is_control))
}

/// What the format has no field for. `declared` is what it says of the licenses, as it is read back.
pub(crate) fn properties(report: &Report, package: &Package, declared: &[&str]) -> Vec<Property> {
    let mut properties = of_package(package, &report.image);
    if package.licenses.iter().map(String::as_str).ne(declared.iter().copied()) {
        properties.extend(of_licenses(package));
    }
    properties
}

/// The relations between packages, each once, sorted: owners own, whether or not a relation says it.
pub(crate) fn relations(report: &Report) -> Vec<(PackageId, PackageId, RelationKind)> {
    let packages = &report.inventory.packages;
    let owners = packages.iter().enumerate();
    let owned = owners
        .filter_map(|(at, package)| Some((package.owner?, PackageId::at(at), RelationKind::Owns)));
    let edges = report.inventory.relations.iter().map(|edge| (edge.from, edge.to, edge.kind));
    let is_there = |id: PackageId| id.index() < packages.len();
    let mut all: Vec<_> = owned
        .chain(edges)
        .filter(|(from, to, _)| from != to && is_there(*from) && is_there(*to))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whose_it_is() {
        for (ecosystem, name, expected) in [
            (Ecosystem::Maven, "org.apache.commons:commons-text", Some("org.apache.commons")),
            (Ecosystem::Npm, "@babel/core", Some("babel")),
            (Ecosystem::Npm, "lodash", None),
            (Ecosystem::Composer, "symfony/http-kernel", Some("symfony")),
            (Ecosystem::Golang, "github.com/gin-gonic/gin", Some("github.com/gin-gonic")),
            (Ecosystem::Golang, "golang.org/x/net", Some("golang.org/x")),
            (Ecosystem::Golang, "gopkg.in/yaml.v3", Some("gopkg.in")),
            (Ecosystem::Golang, "stdlib", None),
            (Ecosystem::Pypi, "Django", None),
        ] {
            let package = Package::installed(ecosystem, name, "1");
            assert_eq!(namespace(&package), expected, "{name}");
        }
    }
}
