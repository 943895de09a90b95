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
            TargetKind::Filesystem | TargetKind::Config | TargetKind::Sbom => Self::Application,
        }
    }
}

/// Who supplies a package: who built it, else the distribution, else whose namespace its name is in,
/// else the registry that its package url names. Of programs that nobody packaged nobody knows.
pub(crate) fn supplier<'a>(report: &'a Report, package: &'a Package) -> Option<Cow<'a, str>> {
    let os = report.inventory.os.as_ref().filter(|_| package.ecosystem.is_os());
    let said = package.third_party.as_deref().or(package.vendor.as_deref());
    let said = said.or_else(|| os.map(|found| found.os.id.as_str()));
    let said = said.or_else(|| namespace(package)).or_else(|| registry(package.ecosystem));
    // The name and the address of a maintainer are one line.
    let supplier = said?.trim();
    let is_line = !supplier.contains(char::is_control);
    let line = if is_line {
        Cow::Borrowed(supplier)
    } else {
        Cow::Owned(supplier.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    Some(line).filter(|line| !line.is_empty())
}

/// The registry of an ecosystem that has one for everybody.
const fn registry(ecosystem: Ecosystem) -> Option<&'static str> {
    match ecosystem {
        Ecosystem::Generic | Ecosystem::Conan | Ecosystem::Maven => None,
        ecosystem if ecosystem.is_os() => None,
        ecosystem => Some(ecosystem.name()),
    }
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

/// Who supplies the image: whom its maker names, else the registry in its name.
pub(crate) fn image_supplier(report: &Report) -> Option<&str> {
    let labels = &report.image.config.labels;
    let vendor = labels.get("org.opencontainers.image.vendor").map(|vendor| vendor.trim());
    let vendor = vendor.filter(|vendor| !vendor.is_empty() && !vendor.contains(char::is_control));
    vendor.or_else(|| {
        // Without a dot or a port it is a name in a registry nobody has named.
        let (host, _) = report.image.name.split_once('/')?;
        let is_host = host.contains(['.', ':']) && !host.starts_with('.');
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        (is_host && host.bytes().all(is_plain)).then_some(host)
    })
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
