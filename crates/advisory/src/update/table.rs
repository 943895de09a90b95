//! How each upstream is laid out, where its address alone does not tell.

use super::source::{Layout, Repositories};

/// One source.
pub(super) struct Row {
    /// The feed's id.
    pub(super) feed: &'static str,
    /// Its own name, where the feed has several sources.
    pub(super) name: &'static str,
    /// The address of the folder, with `/` at its end.
    pub(super) base: &'static str,
    /// The folder in a mirror, where it is not host and path of the address.
    pub(super) folder: Option<&'static str>,
    pub(super) layout: Layout,
    pub(super) extra: bool,
}

const fn row(feed: &'static str, base: &'static str, layout: Layout) -> Row {
    Row { feed, name: "", base, folder: None, layout, extra: false }
}

/// Files of a repository on GitHub as one archive. The address names a branch, the mirror the
/// repository.
const fn archive(
    feed: &'static str,
    base: &'static str,
    folder: &'static str,
    files: &'static [(&'static str, &'static str, &'static str)],
) -> Row {
    Row { folder: Some(folder), ..row(feed, base, Layout::Files(files)) }
}

/// What is on the way of Red Hat's documents, and of SUSE's.
const fn directory(folder: &'static str, archive: &'static str) -> Layout {
    Layout::Directory { folder, latest: None, archive }
}

const REDHAT: Layout =
    Layout::Directory { folder: "", latest: Some("archive_latest.txt"), archive: "" };

/// Sources by the id of their feed. Ids of feeds that this program does not have are passed over.
pub(super) static ROWS: &[Row] = &[
    row(
        "alpine-secdb",
        "https://secdb.alpinelinux.org/",
        Layout::Branches {
            files: &["main.json", "community.json"],
            segment: "alpine-",
            series: "v3.",
            // The first branch that is published as JSON.
            first: 10,
            others: &["edge"],
        },
    ),
    row(
        "amazon-updateinfo",
        "https://cdn.amazonlinux.com/",
        Layout::Repositories(Repositories::Listed(&[
            ("2/core/latest/x86_64/mirror.list", "amazon-2"),
            ("al2023/core/mirrors/latest/x86_64/mirror.list", "amazon-2023"),
            ("al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list", "amazon-2023"),
        ])),
    ),
    row(
        "azurelinux-oval",
        "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/",
        Layout::Files(&[
            ("azurelinux-3.0-oval.xml", "azurelinux-3.0-oval.xml", "azurelinux-3.0"),
            ("cbl-mariner-1.0-oval.xml", "cbl-mariner-1.0-oval.xml", "mariner-1.0"),
            ("cbl-mariner-2.0-oval.xml", "cbl-mariner-2.0-oval.xml", "mariner-2.0"),
        ]),
    ),
    archive(
        "debian-list",
        "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/",
        "debian-tracker/",
        &[("data/DSA/list", "data/DSA/list", ""), ("data/DLA/list", "data/DLA/list", "")],
    ),
    row(
        "fedora-updateinfo",
        "https://dl.fedoraproject.org/pub/fedora/linux/updates/",
        Layout::Repositories(Repositories::At(&[
            ("41/Everything/x86_64", "fedora-41"),
            ("42/Everything/x86_64", "fedora-42"),
            ("43/Everything/x86_64", "fedora-43"),
            ("44/Everything/x86_64", "fedora-44"),
            ("45/Everything/x86_64", "fedora-45"),
        ])),
    ),
    archive(
        "friendsofphp",
        "https://codeload.github.com/FriendsOfPHP/security-advisories/zip/",
        "FriendsOfPHP/",
        &[("master", "security-advisories-master.zip", "")],
    ),
    // OSV's ecosystems have all of its reviewed advisories.
    Row {
        extra: true,
        ..archive(
            "github",
            "https://codeload.github.com/github/advisory-database/tar.gz/refs/heads/",
            "github/",
            &[("main", "advisory-database-main.tar.gz", "")],
        )
    },
    archive(
        "kubernetes",
        "https://codeload.github.com/aquasecurity/vuln-list-k8s/tar.gz/refs/heads/",
        "k8s/",
        &[("main", "vuln-list-k8s-main.tar.gz", "")],
    ),
    archive(
        "nodejs",
        "https://codeload.github.com/nodejs/security-wg/tar.gz/refs/heads/",
        "nodejs/",
        &[("main", "security-wg-main.tar.gz", "")],
    ),
    row(
        "nvd",
        "https://nvd.nist.gov/feeds/json/cve/2.0/",
        Layout::Years { before: "nvdcve-2.0-", after: ".json.gz", first: 2002, last: 2025 },
    ),
    // Its records name commits only, and so decide nothing.
    Row {
        extra: true,
        ..row("osv-psf", "https://osv-vulnerabilities.storage.googleapis.com/PSF/", Layout::Export)
    },
    row("osv-suse", "https://osv-vulnerabilities.storage.googleapis.com/SUSE/", Layout::Export),
    Row {
        name: "osv-opensuse",
        ..row(
            "osv-suse",
            "https://osv-vulnerabilities.storage.googleapis.com/openSUSE/",
            Layout::Export,
        )
    },
    row(
        "photon-cve",
        "https://packages.broadcom.com/photon/photon_cve_metadata/",
        Layout::Releases {
            list: "photon_versions.json",
            before: "cve_data_photon",
            after: ".json",
            segment: "photon-",
        },
    ),
    archive(
        "project-kb",
        "https://codeload.github.com/SAP/project-kb/tar.gz/refs/heads/",
        "SAP/",
        &[("vulnerability-data", "project-kb-vulnerability-data.tar.gz", "")],
    ),
    // The documents by vulnerability say all that those by advisory do, and more.
    Row {
        extra: true,
        ..row(
            "redhat-advisories",
            "https://security.access.redhat.com/data/csaf/v2/advisories/",
            REDHAT,
        )
    },
    row("redhat-vex", "https://security.access.redhat.com/data/csaf/v2/vex/", REDHAT),
    archive(
        "retirejs",
        "https://raw.githubusercontent.com/RetireJS/retire.js/master/repository/",
        "retire.js/repository/",
        &[
            ("jsrepository-v5.json", "jsrepository-v5.json", ""),
            ("npmrepository.json", "npmrepository.json", ""),
        ],
    ),
    row(
        "rocky-updateinfo",
        "https://download.rockylinux.org/pub/rocky/",
        Layout::Repositories(Repositories::At(&[
            ("8/BaseOS/x86_64/os", "rocky-8"),
            ("8/AppStream/x86_64/os", "rocky-8"),
            ("8/PowerTools/x86_64/os", "rocky-8"),
            ("8/extras/x86_64/os", "rocky-8"),
            ("9/BaseOS/x86_64/os", "rocky-9"),
            ("9/AppStream/x86_64/os", "rocky-9"),
            ("9/CRB/x86_64/os", "rocky-9"),
            ("9/extras/x86_64/os", "rocky-9"),
            ("10/BaseOS/x86_64/os", "rocky-10"),
            ("10/AppStream/x86_64/os", "rocky-10"),
            ("10/CRB/x86_64/os", "rocky-10"),
            ("10/extras/x86_64/os", "rocky-10"),
        ])),
    ),
    archive(
        "rubysec",
        "https://codeload.github.com/rubysec/ruby-advisory-db/tar.gz/refs/heads/",
        "rubygems/",
        &[("master", "ruby-advisory-db-master.tar.gz", "")],
    ),
    Row {
        extra: true,
        ..row(
            "suse-csaf",
            "https://ftp.suse.com/pub/projects/security/",
            directory("csaf/", "csaf.tar.bz2"),
        )
    },
    row(
        "suse-vex",
        "https://ftp.suse.com/pub/projects/security/",
        directory("csaf-vex/", "csaf-vex.tar.bz2"),
    ),
];

/// The segments that each feed fills.
pub(super) static SEGMENTS: &[(&str, &[&str])] = &[
    ("alpine-secdb", &["alpine-*"]),
    ("amazon-updateinfo", &["amazon-*"]),
    ("arch-tracker", &["arch"]),
    ("azurelinux-oval", &["azurelinux-*", "mariner-*"]),
    ("bottlerocket-updateinfo", &["bottlerocket*"]),
    ("chainguard-secdb", &["chainguard"]),
    ("debian-list", &["debian-*"]),
    ("debian-tracker", &["debian-*"]),
    ("echo", &["echo"]),
    ("fedora-updateinfo", &["fedora-*"]),
    ("friendsofphp", &["packagist"]),
    (
        "github",
        &[
            "npm",
            "pypi",
            "maven",
            "nuget",
            "packagist",
            "rubygems",
            "go",
            "crates.io",
            "pub",
            "hex",
            "swift",
            "github-actions",
        ],
    ),
    ("jenkins", &["maven"]),
    ("kubernetes", &["programs", "go"]),
    ("minimos-secdb", &["minimos"]),
    ("nodejs", &["npm", "programs"]),
    ("oracle-oval", &["oracle-*"]),
    ("osv-almalinux", &["almalinux-*"]),
    ("osv-alpine", &["alpine-*"]),
    ("osv-azurelinux", &["azurelinux-*", "mariner-*"]),
    ("osv-bioconductor", &["cran"]),
    ("osv-bitnami", &["bitnami"]),
    ("osv-chainguard", &["chainguard", "wolfi"]),
    ("osv-conan", &["conan"]),
    ("osv-cran", &["cran"]),
    ("osv-crates", &["crates.io"]),
    ("osv-debian", &["debian-*"]),
    ("osv-drupal", &["packagist"]),
    ("osv-echo", &["echo"]),
    ("osv-ghc", &["hackage", "programs"]),
    ("osv-github-actions", &["github-actions"]),
    ("osv-go", &["go"]),
    ("osv-hackage", &["hackage", "programs"]),
    ("osv-hex", &["hex"]),
    ("osv-julia", &["julia"]),
    ("osv-kubernetes", &["programs", "go"]),
    ("osv-mageia", &["mageia-*"]),
    ("osv-maven", &["maven"]),
    ("osv-minimos", &["minimos"]),
    ("osv-npm", &["npm"]),
    ("osv-nuget", &["nuget"]),
    ("osv-opam", &["opam"]),
    ("osv-openeuler", &["openeuler-*"]),
    ("osv-packagist", &["packagist"]),
    ("osv-psf", &["programs"]),
    ("osv-pub", &["pub"]),
    ("osv-pypi", &["pypi"]),
    ("osv-rocky", &["rocky-*"]),
    ("osv-rubygems", &["rubygems"]),
    ("osv-suse", &["sles*", "opensuse-*", "sl-micro*", "sle-micro*"]),
    ("osv-swift", &["swift"]),
    ("osv-ubuntu", &["ubuntu-*"]),
    ("osv-vscode", &["vscode"]),
    ("osv-wolfi", &["wolfi"]),
    ("photon-cve", &["photon-*"]),
    ("project-kb", &["maven"]),
    ("redhat-advisories", &["rhel-*"]),
    ("redhat-vex", &["rhel-*"]),
    ("retirejs", &["npm"]),
    ("rocky-updateinfo", &["rocky-*"]),
    ("rubysec", &["rubygems", "programs"]),
    ("secureos-secdb", &["secureos"]),
    ("suse-csaf", &["sles*", "opensuse-*", "sl-micro*", "sle-micro*"]),
    ("suse-vex", &["sles*", "opensuse-*", "sl-micro*", "sle-micro*"]),
    ("ubuntu-vex", &["ubuntu-*"]),
    ("wolfi-secdb", &["wolfi"]),
];
