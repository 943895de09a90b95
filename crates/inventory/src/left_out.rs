//! The formats that other scanners read and this crate does not, each with the reason.

/// A format that is not read, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// For people: what the format is.
    pub title: &'static str,
    /// Examples of its files; none where it is no file that is not read, but a way of reading it.
    pub files: &'static [&'static str],
    /// Why it is not read, and what serves instead.
    pub reason: &'static str,
}

/// Every format that is left out, sorted by title.
pub static LEFT_OUT: &[LeftOut] = &[
    LeftOut {
        title: "C and C++ sources told by their digests or commits",
        files: &["src/third_party/zlib/inflate.c", "src/.gitmodules"],
        reason: "only a server knows them, and the inventory asks none; the headers of the libraries \
            that are copied most say their versions (`cpp/headers`)",
    },
    LeftOut {
        title: "Compose files, manifests of Kubernetes, stores of containerd and Podman",
        files: &[
            "srv/docker-compose.yml",
            "srv/deployment.yaml",
            "var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db",
        ],
        reason: "they name other images, each of which is a target of its own",
    },
    LeftOut {
        title: "Configuration of NetScaler",
        files: &["nsconfig/ns.conf"],
        reason: "an appliance, which is not in images",
    },
    LeftOut {
        title: "Disk images inside of images",
        files: &["srv/machine.qcow2", "srv/machine.vmdk", "srv/machine.ova"],
        reason: "nothing in them runs in the container; mounted, each is a target of its own",
    },
    LeftOut {
        title: "Java archives told by their digests",
        files: &[],
        reason: "it takes Maven Central, or a database of hundreds of megabytes, for archives that \
            say nothing of themselves; `java/archive` tells the common ones by their classes",
    },
    LeftOut {
        title: "Keys, certificates and algorithms as components",
        files: &["etc/ssl/certs/ca-certificates.crt", "etc/ssl/private/server.key"],
        reason: "they have no version that an advisory could name",
    },
    LeftOut {
        title: "Lists of what can be installed",
        files: &["var/lib/dpkg/available", "var/lib/apt/lists/deb.debian.org_Packages"],
        reason: "what can be installed is not in the image",
    },
    LeftOut {
        title: "Lock files of Bun before 1.2",
        files: &["app/bun.lockb"],
        reason: "a memory image of the program without a specification; `npm/package-json` has what \
            is installed, and Bun writes `bun.lock` now",
    },
    LeftOut {
        title: "macOS: applications, MacPorts",
        files: &[
            "Applications/Example.app/Contents/Info.plist",
            "opt/local/var/macports/registry/registry.db",
        ],
        reason: "no image has macOS below it",
    },
    LeftOut {
        title: "PHP's own extensions",
        files: &["usr/local/lib/php/extensions/no-debug-non-zts-20230831/intl.so"],
        reason: "those of PHP have the version of PHP (`binary/program`), and those of PECL are in \
            its registry (`php/pear`)",
    },
    LeftOut {
        title: "Programs told by a transparency log",
        files: &[],
        reason: "it asks a server about every program of the image",
    },
    LeftOut {
        title: "Project files of Bundler, Cargo, CocoaPods, Dart, Julia and Swift",
        files: &[
            "app/Cargo.toml",
            "app/Podfile",
            "app/pubspec.yaml",
            "app/Project.toml",
            "app/Gemfile",
            "app/Package.swift",
        ],
        reason: "they say which versions would do, and their lock files which was taken",
    },
    LeftOut {
        title: "Red Hat's content manifests and Dockerfiles",
        files: &[
            "root/buildinfo/content_manifests/ubi9-container-9.4-1.json",
            "root/buildinfo/Dockerfile-ubi9-9.4-1",
            "usr/share/buildinfo/content-sets.json",
        ],
        reason: "they name repositories, not packages; the release in a package's version tells \
            which channel it is of ([Red Hat](feeds/redhat.md))",
    },
    LeftOut {
        title: "Spack",
        files: &["opt/spack/linux-debian12-zen3/gcc-12.2.0/zlib-1.3/.spack/spec.json"],
        reason: "no advisory names its packages; the programs and libraries it builds are told by \
            what they say themselves (`binary/program`, `binary/library`)",
    },
    LeftOut {
        title: "Vault, the Beats and Elastic Agent by their bytes",
        files: &[],
        reason: "their version is nowhere in one piece; their modules and Go itself are listed \
            (`go/binary`)",
    },
    LeftOut {
        title: "Windows: registry, Chocolatey, winget, programs",
        files: &[
            "Files/Windows/System32/config/SOFTWARE",
            "Files/ProgramData/chocolatey/lib/git/git.nuspec",
        ],
        reason: "the base layers of Windows images are not distributed by registries, so that such \
            an image is refused; .NET assemblies are read (`dotnet/assembly`)",
    },
];
