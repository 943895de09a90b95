//! OSV's exports, one a registry (<https://google.github.io/osv.dev/data/>): every ecosystem of
//! the schema that is no distribution (<https://ossf.github.io/osv-schema/#defined-ecosystems>).

use super::gather::{Gather, Segment};
use super::osv::{Target, archive, same_name};
use super::{Feed, FeedError, FeedFile, Gap, kubernetes, program};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// What a folder of samples lacks.
const SAMPLES: Gap = Gap { weight: 1, lacking: "samples of the OSV database, not the whole of it" };

/// What an export without GitHub's records lacks.
const ONE_OF_TWO: Gap =
    Gap { weight: 1, lacking: "the Python Packaging Authority's, without those only GitHub has" };

/// What Drupal's own database lacks.
const ONLY_DRUPAL: Gap = Gap { weight: 3, lacking: "about Drupal and its modules only" };

/// Exports that name no package of any registry.
const NO_PACKAGES: &[(&str, &str)] = &[
    ("Android/all.zip", "projects of Android's source code, which no image has as packages"),
    ("osv/Android/all.zip", "projects of Android's source code, which no image has as packages"),
    ("Linux/all.zip", "the kernel, which an image does not run"),
    ("osv/Linux/all.zip", "the kernel, which an image does not run"),
    ("OSS-Fuzz/all.zip", "projects under test, by commits"),
    ("osv/OSS-Fuzz/all.zip", "projects under test, by commits"),
];

/// OSV's names of the registries, with the segments that judge their packages.
const REGISTRIES: &[(&str, &str, Ecosystem, Scheme)] = &[
    // R packages for biology are installed like all others of R.
    ("Bioconductor", "cran", Ecosystem::Cran, Scheme::Cran),
    ("Bitnami", "bitnami", Ecosystem::Bitnami, Scheme::Bitnami),
    ("ConanCenter", "conan", Ecosystem::Conan, Scheme::Conan),
    ("CRAN", "cran", Ecosystem::Cran, Scheme::Cran),
    ("crates.io", "crates.io", Ecosystem::Cargo, Scheme::Semver),
    ("GitHub Actions", "github-actions", Ecosystem::Github, Scheme::Semver),
    ("Go", "go", Ecosystem::Golang, Scheme::Go),
    ("Hackage", "hackage", Ecosystem::Hackage, Scheme::Hackage),
    ("Hex", "hex", Ecosystem::Hex, Scheme::Hex),
    ("Julia", "julia", Ecosystem::Julia, Scheme::Julia),
    ("Maven", "maven", Ecosystem::Maven, Scheme::Maven),
    ("npm", "npm", Ecosystem::Npm, Scheme::Semver),
    ("NuGet", "nuget", Ecosystem::Nuget, Scheme::Nuget),
    ("opam", "opam", Ecosystem::Opam, Scheme::Opam),
    ("Packagist", "packagist", Ecosystem::Composer, Scheme::Composer),
    ("Pub", "pub", Ecosystem::Pub, Scheme::Pub),
    ("PyPI", "pypi", Ecosystem::Pypi, Scheme::Pep440),
    ("RubyGems", "rubygems", Ecosystem::Gem, Scheme::Gem),
    ("SwiftURL", "swift", Ecosystem::Swift, Scheme::Swift),
    ("VSCode", "vscode", Ecosystem::Vscode, Scheme::Semver),
];

/// What to read of an archive: the registries OSV names so.
pub(super) fn registries(names: &[&str]) -> Vec<Target> {
    let wanted = REGISTRIES.iter().filter(|(osv, ..)| names.contains(osv));
    wanted
        .map(|(osv, segment, ecosystem, scheme)| Target {
            osv,
            segment: Segment {
                name: (*segment).to_owned(),
                scheme: *scheme,
                ecosystem: *ecosystem,
            },
            name: same_name,
        })
        .collect()
}

/// The feed of one registry: OSV's name of it, the license of its records and, where it is not
/// about that registry alone, what parses it and what is left out.
macro_rules! export {
    ($id:literal, $name:literal, $license:literal) => {
        export!($id, $name, $license, |file, gather| archive(file, gather, &registries(&[$name])))
    };
    ($id:literal, $name:literal, $license:literal, $parse:expr) => {
        export!($id, $name, $license, $parse, &[])
    };
    ($id:literal, $name:literal, $license:literal, $parse:expr, $left_out:expr) => {
        Feed {
            id: $id,
            title: concat!("OSV, ", $name),
            url: concat!("https://osv-vulnerabilities.storage.googleapis.com/", $name, "/all.zip"),
            license: $license,
            redistributable: true,
            unit: "records",
            paths: &[
                concat!("osv/", $name, "/all.zip"),
                concat!("osv-samples/", $name, "/all.zip"),
                concat!("osv-vulnerabilities.storage.googleapis.com/", $name, "/all.zip"),
                concat!($name, "/all.zip"),
            ],
            left_out: $left_out,
            gaps: &[("osv-samples/*/*", SAMPLES)],
            parse: $parse,
        }
    };
}

pub(super) static BIOCONDUCTOR: Feed = export!("osv-bioconductor", "Bioconductor", "CC-BY-4.0");
pub(super) static BITNAMI: Feed = export!("osv-bitnami", "Bitnami", "Apache-2.0");
pub(super) static CONAN: Feed = export!("osv-conan", "ConanCenter", "CC-BY-4.0");
pub(super) static CRAN: Feed = export!("osv-cran", "CRAN", "Apache-2.0");
pub(super) static CRATES_IO: Feed = export!("osv-crates", "crates.io", "CC0-1.0");
/// Drupal's own database: Packagist's packages that come from another repository.
pub(super) static DRUPAL: Feed = export!("osv-drupal", "Drupal", "CC-BY-4.0", drupal);
/// The Haskell compiler, which is also in Hackage's export.
pub(super) static GHC: Feed = export!("osv-ghc", "GHC", "CC0-1.0", haskell);
pub(super) static GITHUB_ACTIONS: Feed =
    export!("osv-github-actions", "GitHub Actions", "CC-BY-4.0");
pub(super) static GO: Feed = export!("osv-go", "Go", "CC-BY-4.0");
pub(super) static HACKAGE: Feed = export!("osv-hackage", "Hackage", "CC0-1.0", haskell);
pub(super) static HEX: Feed = export!("osv-hex", "Hex", "CC-BY-4.0");
pub(super) static JULIA: Feed = export!("osv-julia", "Julia", "CC-BY-4.0");
pub(super) static KUBERNETES: Feed =
    export!("osv-kubernetes", "Kubernetes", "Apache-2.0", kubernetes::export);
pub(super) static MAVEN: Feed = export!("osv-maven", "Maven", "CC-BY-4.0");
pub(super) static NPM: Feed = export!("osv-npm", "npm", "CC-BY-4.0");
pub(super) static NUGET: Feed = export!("osv-nuget", "NuGet", "CC-BY-4.0");
pub(super) static OPAM: Feed = export!("osv-opam", "opam", "CC0-1.0");
pub(super) static PACKAGIST: Feed = export!("osv-packagist", "Packagist", "CC-BY-4.0");
/// Python itself. Its records name commits and no package, so none of them decides anything; they
/// are counted for whoever wonders.
pub(super) static PSF: Feed =
    export!("osv-psf", "PSF", "CC-BY-4.0", |file, gather| archive(file, gather, &[]), NO_PACKAGES);
pub(super) static PUB: Feed = export!("osv-pub", "Pub", "CC-BY-4.0");
pub(super) static PYPI: Feed = export!("osv-pypi", "PyPI", "CC-BY-4.0", pypi);
pub(super) static RUBYGEMS: Feed = export!("osv-rubygems", "RubyGems", "CC-BY-4.0");
pub(super) static SWIFT: Feed = export!("osv-swift", "SwiftURL", "CC-BY-4.0");
pub(super) static VSCODE: Feed = export!("osv-vscode", "VSCode", "Apache-2.0");

fn pypi(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    archive(file, gather, &registries(&["PyPI"]))?;
    // OSV's own export joins both databases; the packaging authority's has its records only.
    if !gather.has_id("GHSA-") {
        gather.notice(ONE_OF_TWO);
    }
    Ok(())
}

fn drupal(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    archive(file, gather, &registries(&["Packagist"]))?;
    gather.notice(ONLY_DRUPAL);
    Ok(())
}

fn haskell(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let mut targets = registries(&["Hackage"]);
    targets.push(Target { osv: "GHC", segment: program::segment(), name: same_name });
    archive(file, gather, &targets)?;
    program::say_which(gather);
    Ok(())
}
