//! .NET assemblies: the name of the file, and the version its makers gave it.
//!
//! An assembly is listed where no `deps.json` beside it says which package it is of. Its name is
//! nearly always that of its package, and what compilers write as the product version is the
//! version of the package, since the tools of .NET 5 and later fill both from one value.

use super::resources::{Version, version};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};

/// .NET assemblies.
pub(crate) static ASSEMBLY: Extractor = Extractor {
    id: "dotnet/assembly",
    version: 1,
    title: ".NET assemblies",
    spec: "https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo",
    selects: &[Select::Suffix(".dll")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// The assembly that every .NET runtime has once, and the package advisories name a runtime by.
const CORE_LIBRARY: &str = "System.Private.CoreLib";
const RUNTIME: &str = "Microsoft.NETCore.App";

/// Products whose assemblies have the version of the product, not that of their package.
const PRODUCTS: [&str; 2] = ["Microsoft® .NET Framework", "Microsoft® .NET Core"];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    // Many other things are called `.dll`, on other systems than Windows above all.
    if !input.bytes.starts_with(b"MZ") {
        return Ok(());
    }
    let found = version(input.bytes).map_err(|error| {
        ParseError::new(format!("the headers of the assembly are damaged: {error}"))
    })?;
    let Some(found) = found else { return Ok(()) };
    let name = input.path.name();
    let name = name.strip_suffix(".dll").unwrap_or(name);
    // Texts of a program in another language, beside the program.
    if name.ends_with(".resources") {
        return Ok(());
    }
    let name = match (name, found.product.as_deref()) {
        (CORE_LIBRARY, _) => RUNTIME,
        (_, Some(product)) if PRODUCTS.contains(&product) => return Ok(()),
        _ => name,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if let Some(version) = package_version(&found).filter(|_| name.chars().all(is_name)) {
        let mut package = PackageFact::installed(Ecosystem::Nuget, name, version);
        package.vendor = found.company;
        sink.package(package);
    }
    Ok(())
}

/// The version of the package: that of the product without what the build adds, such as the commit,
/// or else that of the file.
fn package_version(found: &Version) -> Option<String> {
    let versions = [&found.of_product, &found.of_file];
    versions.into_iter().flatten().find_map(|text| {
        let text = text.split(['+', ' ', '@', ',']).next().unwrap_or_default();
        let (numbers, pre) = match text.split_once('-') {
            Some((numbers, pre)) => (numbers, Some(pre)),
            None => (text, None),
        };
        let parts: Vec<&str> = numbers.split('.').collect();
        let is_number = |part: &&str| {
            !part.is_empty() && part.len() < 10 && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !(2..=4).contains(&parts.len()) || !parts.iter().all(is_number) {
            return None;
        }
        // `0.0.0.0` is what nobody has set.
        if parts.iter().all(|part| part.trim_matches('0').is_empty()) {
            return None;
        }
        // A fourth part of zero is left out by NuGet.
        let numbers = match parts.as_slice() {
            [a, b, c, "0"] => format!("{a}.{b}.{c}"),
            _ => numbers.to_owned(),
        };
        let is_pre = |pre: &&str| {
            pre.starts_with(|c: char| c.is_ascii_alphanumeric())
                && pre.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        };
        Some(match pre.filter(is_pre) {
            Some(pre) => format!("{numbers}-{pre}"),
            None => numbers,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_the_product_is_that_of_the_package() {
        let version = |product: &str, file: &str| {
            let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            package_version(&Version {
                of_product: text(product),
                of_file: text(file),
                ..Version::default()
            })
        };
        // As the assemblies of these packages have it.
        for (product, file, expected) in [
            ("12.0.1+509643a8952ce731e0207710c429ad6e67dc43db", "12.0.1.22727", Some("12.0.1")),
            ("6.0.0+4822e3c3aa77eb82b2fb33c9321f923cf11ddde6", "6.0.21.52210", Some("6.0.0")),
            ("2.10.0", "2.10.0.0", Some("2.10.0")),
            ("2.0.8.0-.NETStandard 1.3", "2.0.8.0", Some("2.0.8")),
            ("8.0.0-preview.1", "8.0.0.0", Some("8.0.0-preview.1")),
            ("", "4.7.0.0", Some("4.7.0")),
            ("unknown", "0.0.0.0", None),
        ] {
            assert_eq!(version(product, file).as_deref(), expected, "{product} {file}");
        }
    }
}
