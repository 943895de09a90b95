//! A folder with what the pages speak of, and servers for the names they use.

use super::page::root;
use crate::foreign;
use crate::support::{example, lazaret, ran, report};
use crate::update::{ALPINE, Export, NPM, secdb};
use lazaret_testkit::parse_recipe;
use lazaret_testkit::registry::{Registry, Setup};
use lazaret_testkit::web::Web;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Registries that the pages name. Each is the one on this machine.
const REGISTRIES: [&str; 7] = [
    "127.0.0.1:5000",
    "registry.example.org:5000",
    "registry.example.org",
    "registry.example.com",
    "mirror.example.org",
    "mirror.internal",
    "ghcr.io",
];

/// Images that the pages name, as the registry has them. `hub` mirrors Docker Hub.
const IMAGES: [&str; 11] = [
    "app:1.0",
    "ferry:1.4",
    "golden/python:3.11",
    "hub/library/alpine:3.20",
    "hub/library/app:1",
    "hub/library/app:1.0",
    "hub/library/app:1.4",
    "hub/library/debian:12",
    "owner/app:1.0",
    "shop/web:1.3",
    "shop/web:1.4",
];

/// Words that stand for something on the reader's machine, and what stands for it here.
const WORDS: [(&str, &str); 3] = [
    // A test does not read the whole machine.
    ("lazaret rootfs /", "lazaret rootfs machine"),
    ("lazaret explain /", "lazaret explain machine"),
    // What is left out of a digest.
    ("@sha256:…", "@$DIGEST"),
];

/// Other programs that commands on the pages begin with. What they do is not ours to test, and they do
/// nothing here: what they would write is there already.
const OTHERS: [&str; 15] = [
    "aws",
    "buildah",
    "cargo",
    "cosign",
    "docker",
    "docker-registry",
    "grype",
    "kubectl",
    "mdbook",
    "mmdebstrap",
    "npm",
    "skopeo",
    "snyk",
    "syft",
    "trivy",
];

const DSA: &str = "\
[04 Sep 2024] DSA-5764-1 openssl - security update
\t{CVE-2024-6119}
\t[bookworm] - openssl 3.0.14-1~deb12u2
";

const RECORD: &str = r#"{"schema_version": "1.6.0", "id": "GHSA-29mw-wpgm-hmr9",
"aliases": ["CVE-2020-28500"], "modified": "2024-03-01T00:00:00Z", "published": "2022-01-06T00:00:00Z",
"affected": [{"package": {"ecosystem": "npm", "name": "lodash"},
"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.21"}]}]}]}"#;

const OPENVEX: &str = r#"{"@context": "https://openvex.dev/ns/v0.2.0",
"@id": "https://example.org/1", "author": "a", "timestamp": "2024-01-01T00:00:00Z", "version": 1,
"statements": [{"vulnerability": {"name": "CVE-2024-37890"}, "status": "not_affected",
"justification": "component_not_present", "products": [{"@id": "pkg:npm/ws"}]}]}"#;

/// Files the pages name, each with something that is one of its kind.
const FILES: [(&str, &str); 14] = [
    ("Dockerfile", "FROM debian:12\nUSER web\n"),
    ("feeds/data/DSA/list", DSA),
    ("feeds/osv/npm/GHSA-29mw-wpgm-hmr9.json", RECORD),
    ("trivy-secret.yaml", "rules:\n  - {id: acme, severity: HIGH, regex: 'acme_[0-9a-z]{32}'}\n"),
    (".gitleaks.toml", "[[rules]]\nid = \"acme\"\nregex = '''acme_[0-9a-z]{32}'''\n"),
    ("web.openvex.json", OPENVEX),
    ("vexhub/index.json", r#"{"packages": [{"id": "pkg:npm/ws", "location": "ws/vex.json"}]}"#),
    ("vexhub/ws/vex.json", OPENVEX),
    ("report.tpl", "{{ range . }}{{ .Target }}\n{{ end }}"),
    ("own.j2", "{% for finding in findings %}{{ finding.id }}\n{% endfor %}"),
    ("ignore.rego", "package trivy\ndefault ignore = false\n"),
    ("checks/none.rego", "package user.none\n"),
    ("trivyignore", "CVE-2024-37890 exp:2999-01-01\n"),
    ("bookworm/etc/os-release", "ID=debian\nVERSION_ID=12\n"),
];

/// The folder, and what answers for the names on the pages.
pub(super) struct Place {
    folder: TempDir,
    registry: Option<Registry>,
    web: Web,
    digest: String,
}

impl Place {
    /// With everything the pages name.
    pub(super) fn new() -> Self {
        let place = Self { registry: Registry::start(Setup::default()), ..Self::bare() };
        place.fill();
        place.serve_feeds();
        place.push()
    }

    /// With the program, and nothing else.
    pub(super) fn bare() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            registry: None,
            web: Web::start(),
            digest: String::new(),
        };
        place.make_programs();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path("work").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn fill(&self) {
        for (name, text) in FILES {
            self.write(name, text);
        }
        let image = fs::read(example()).unwrap();
        for name in ["app.tar", "examples/ferry.tar", "ferry.tar", "image.tar", "web.tar"] {
            self.write(name, &image);
        }
        for name in ["lazaret-policy.yaml", "organization.yaml"] {
            self.write(name, fs::read(root().join("examples/policies").join(name)).unwrap());
        }
        let (status, release) = ("var/lib/dpkg/status", "etc/os-release");
        self.write(&format!("machine/{release}"), "ID=debian\nVERSION_ID=12\n");
        self.write(
            &format!("machine/{status}"),
            "Package: libssl3\nSource: openssl\nStatus: install ok installed\nArchitecture: amd64\n\
             Version: 3.0.11-1~deb12u2\n\n",
        );
        self.write("home/.cache/trivy/db/trivy.db", foreign::TRIVY);
        self.write("vulnerability-db_v6.tar.zst", foreign::grype_archive());
        let run = |arguments: &[&str]| {
            let mut command = lazaret();
            command.env("AWS_ACCOUNT_ID", "123456789012").env("AWS_REGION", "eu-central-1");
            let ran = ran(command.current_dir(self.path("work")).args(arguments));
            assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        };
        for out in ["db", "old", "new"] {
            run(&["db", "build", "--feeds", "feeds", "--out", out]);
        }
        fs::create_dir(self.path("work/golden")).unwrap();
        let formats = [
            ("json", "report.json"),
            ("json", "baseline.json"),
            ("json", "golden/python.json"),
            ("json", "golden/node.json"),
            ("json", "node.json"),
            ("sarif", "report.sarif"),
            ("asff", "findings.json"),
            ("cyclonedx", "bom.cdx.json"),
            ("spdx-json", "bom.spdx.json"),
            ("syft-json", "syft.json"),
            ("trivy-json", "trivy.json"),
        ];
        for (format, output) in formats {
            run(&["image", "--input", "ferry.tar", "--format", format, "--output", output]);
        }
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn make_programs(&self) {
        let real = env!("CARGO_BIN_EXE_lazaret");
        for other in OTHERS {
            self.program(&format!("bin/{other}"), "exit 0");
        }
        symlink(real, self.path("bin/lazaret")).unwrap();
        fs::create_dir_all(self.path("work/target/release")).unwrap();
        symlink(real, self.path("work/target/release/lazaret")).unwrap();
        // Flags before `--help` are read; nothing else is done.
        self.program("parse/lazaret", &format!("exec '{real}' \"$@\" --help >/dev/null"));
    }

    /// The feeds that an update fetches.
    fn serve_feeds(&self) {
        let page = r#"<html><body><a href="v3.20/">v3.20/</a></body></html>"#;
        self.web.put(&format!("feeds/{ALPINE}/"), page);
        self.web.put(&format!("feeds/{ALPINE}/v3.20/main.json"), secdb("v3.20", 5));
        Export::of(10).serve(&self.web, &format!("feeds/{NPM}"));
    }

    fn push(mut self) -> Self {
        let Some(registry) = &self.registry else { return self };
        let layout = self.path("layout");
        let recipe = fs::read_to_string(example().with_extension("recipe")).unwrap();
        parse_recipe(&recipe).unwrap().write_layout(&layout).unwrap();
        for image in IMAGES {
            registry.push(&layout, None, image, &[]);
        }
        let mirrored = foreign::trivy_layout();
        registry.push(&mirrored.path().join("trivy"), None, "mirror/trivy-db:2", &[]);
        report(&layout)["image"]["digest"].as_str().unwrap().clone_into(&mut self.digest);
        self
    }

    /// A copy of the folder, for one page.
    pub(super) fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        let mut command = Command::new("cp");
        let done = command.arg("-a").arg(self.path("work/.")).arg(copy.path()).status().unwrap();
        assert!(done.success());
        copy
    }

    /// Whether a command asks a registry, and none could be started.
    pub(super) fn lacks_registry(&self, command: &str) -> bool {
        let is_asked = REGISTRIES.iter().any(|registry| command.contains(registry))
            || IMAGES.iter().any(|name| command.contains(name.trim_start_matches("hub/library/")))
            || command.contains("$IMAGE");
        self.registry.is_none() && is_asked
    }

    /// The command with addresses of this machine.
    pub(super) fn localize(&self, command: &str) -> String {
        let mut command = format!("{command}\n");
        for (word, here) in WORDS {
            for end in [' ', '\n'] {
                command = command.replace(&format!("{word}{end}"), &format!("{here}{end}"));
            }
        }
        command = command.replace("https://mirror.example.org/", &self.web.url("/"));
        if let Some(registry) = &self.registry {
            for name in REGISTRIES {
                command = command.replace(name, &registry.address);
            }
        }
        command
    }

    /// A shell in a folder, with the programs and settings that the pages take for granted.
    pub(super) fn shell(&self, folder: &Path, parse_only: bool, script: &str) -> Command {
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", script]).current_dir(folder).env_clear();
        let programs = self.path("bin").display().to_string();
        let mut path = format!("{programs}:/usr/bin:/bin");
        if parse_only {
            path = format!("{}:{path}", self.path("parse").display());
        }
        shell.env("PATH", path).env("HOME", folder.join("home")).env("DIGEST", &self.digest);
        shell.env("LAZARET_CACHE_DIR", folder.join("cache"));
        shell.env("LAZARET_MIRROR", self.web.url("feeds"));
        let host = self.registry.as_ref().map_or("registry.example.org", |it| &it.address);
        shell.env("IMAGE", format!("{host}/shop/web:1.4"));
        shell.env("LAZARET_REGISTRY_MIRROR", format!("docker.io={host}/hub"));
        for (name, value) in [
            ("LAZARET_INSECURE", "true"),
            ("LAZARET_PLATFORM", "linux/amd64"),
            ("LAZARET_MIRROR_ONLY", "true"),
            ("LAZARET_RETRIES", "0"),
            ("LAZARET_ONLY", "alpine-secdb,osv-npm"),
            // Uploads say what they would send.
            ("LAZARET_DRY_RUN", "true"),
            ("DEFECTDOJO_TOKEN", "token"),
            ("DEPENDENCY_TRACK_API_KEY", "key"),
            ("HARBOR_USERNAME", "ann"),
            ("HARBOR_PASSWORD", "password"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "key"),
            ("AWS_ACCOUNT_ID", "123456789012"),
            ("AWS_REGION", "eu-central-1"),
            ("ARTIFACTORY_KEY", "key"),
            ("REGISTRY_PASSWORD", "password"),
        ] {
            shell.env(name, value);
        }
        shell
    }
}
