//! Flags as typed: the shape of the command line, and nothing of what it means.

mod upload;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use std::path::PathBuf;

pub(crate) use upload::*;

/// May this image pass? Finds vulnerable packages in container images and gates on them.
#[derive(Debug, Parser)]
#[command(name = "lazaret", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  lazaret image alpine:3.20                    an image in a registry
  lazaret image --input image.tar              a saved image, or an OCI layout
  lazaret rootfs /                             the running machine
  lazaret sbom app.cdx.json                    a bill of materials
  lazaret gate alpine:3.20                     a gate for a pipeline

Exit codes: 0 nothing to object to, 1 the gate says fail, 2 the job could not be done.
Every flag is also an environment variable LAZARET_… and a key of lazaret.yaml.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Configuration file [default: lazaret.yaml, if it is there]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global")]
    pub(crate) config: Option<PathBuf>,
    /// Says where each setting came from and what each stage does
    #[arg(short, long, global = true, help_heading = "Global")]
    pub(crate) debug: bool,
    /// Says nothing but the report
    #[arg(short, long, global = true, help_heading = "Global")]
    pub(crate) quiet: bool,
    /// Shows no progress bars
    #[arg(long, global = true, help_heading = "Global")]
    pub(crate) no_progress: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scans a container image
    #[command(visible_alias = "i")]
    Image(Box<ImageArgs>),
    /// Scans a root file system, unpacked or running
    Rootfs(Box<RootfsArgs>),
    /// Scans a source tree: lock files, secrets, configuration
    #[command(visible_alias = "filesystem")]
    Fs(Box<FsArgs>),
    /// Looks for misconfiguration in Dockerfiles, manifests of Kubernetes, Compose files, Terraform
    Config(Box<ConfigArgs>),
    /// Scans a bill of materials: CycloneDX, SPDX, Syft's JSON, or an attestation of one
    Sbom(Box<SbomArgs>),
    /// Judges an image or a report, and fails closed: may it pass?
    Gate(Box<ImageArgs>),
    /// Writes a saved JSON report in another format
    Convert(ConvertArgs),
    /// Says what is new, fixed and unchanged between two reports or images, and why
    Diff(Box<DiffArgs>),
    /// Checks and explains policies, and accepts findings
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Fetches and lists VEX repositories
    #[command(subcommand)]
    Vex(VexCommand),
    /// Says why an image has a finding, or why it has not
    Explain(Box<ExplainArgs>),
    /// Builds, moves and examines advisory databases
    #[command(subcommand)]
    Db(DbCommand),
    /// Sends a saved report to where people look for it
    #[command(subcommand)]
    Upload(UploadCommand),
    /// Removes cached layer facts
    Clean(CleanArgs),
    /// Prints the version of the program and of its advisory database
    Version(VersionArgs),
    /// Prints what a shell needs to complete commands and flags
    Completion(CompletionArgs),
    /// Writes the manual pages
    Man(ManArgs),
    /// Everything else: commands of later versions, and typing errors
    #[command(external_subcommand)]
    Other(Vec<String>),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret image alpine:3.20
  lazaret image --input image.tar --format json --output report.json
  lazaret image oci:layout:1.0 --platform all
  lazaret image --insecure localhost:5000/team/app@sha256:…")]
pub(crate) struct ImageArgs {
    /// The image: a registry reference, or registry:REF, oci:DIR, oci-archive:FILE,
    /// docker-archive:FILE, each with :tag or @digest behind it if it holds several
    #[arg(value_name = "REF", conflicts_with = "input")]
    pub(crate) reference: Option<String>,
    /// Image file or folder; the format is recognized from the content (OCI layout, OCI tar,
    /// docker save; tars may be gzip or zstd)
    #[arg(long, value_name = "PATH")]
    pub(crate) input: Option<PathBuf>,
    /// Platform as os/arch[/variant], or all [default: this machine's]
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    /// Where bills of materials of the image are looked for beside it: oci, what its registry has
    /// attached. They are joined with what is in the image; signatures are not checked
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) sbom_sources: Vec<String>,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret fs .
  lazaret fs . --scanners vuln,secret,misconfig,license --fail-on high")]
pub(crate) struct FsArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret config .
  lazaret config Dockerfile --fail-on high
  lazaret config deploy/ --format sarif --output config.sarif")]
pub(crate) struct ConfigArgs {
    /// A file, or a folder whose files are looked at
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RootfsArgs {
    /// The folder; / is the running machine
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret image --format cyclonedx --output app.cdx.json registry.example/app:1.4
  lazaret sbom app.cdx.json
  lazaret sbom --fail-on high app.spdx.json")]
pub(crate) struct SbomArgs {
    /// The bill of materials; the format is recognized from the content, and - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct RegistryArgs {
    /// User name for the registry
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Password for the registry; LAZARET_PASSWORD keeps it out of the process list
    #[arg(long, value_name = "PASSWORD")]
    pub(crate) password: Option<String>,
    /// Reads the password from standard input, whatever else gives one
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Bearer token for the registry
    #[arg(long, value_name = "TOKEN")]
    pub(crate) registry_token: Option<String>,
    /// Accepts any certificate, and HTTP where there is no HTTPS
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Certificate authority to trust besides the system's (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) cacert: Vec<PathBuf>,
    /// Mirror asked before a registry, as HOST=MIRROR; may be repeated
    #[arg(long, value_name = "HOST=MIRROR")]
    pub(crate) registry_mirror: Vec<String>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Scan")]
pub(crate) struct ScanArgs {
    /// What to look for, of vuln, secret, misconfig, license [default: vuln,secret]
    #[arg(long, value_name = "LIST", value_delimiter = ',', alias = "security-checks")]
    pub(crate) scanners: Vec<String>,
    /// Kinds of packages to match [default: os,library]
    #[arg(long, value_name = "LIST", value_delimiter = ',', alias = "vuln-type")]
    pub(crate) pkg_types: Vec<String>,
    /// What counts as part of the image: squashed, what a container would see, or all-layers, also
    /// what a later layer removed [default: squashed]
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
    /// Sources whose severity counts, the first that has one: auto, nvd, ghsa, redhat, debian and
    /// so on [default: auto]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) vuln_severity_source: Vec<String>,
    /// Folders that are not looked into, as patterns of whole paths such as usr/share or
    /// **/testdata; may be repeated
    #[arg(long, value_name = "LIST")]
    pub(crate) skip_dirs: Vec<String>,
    /// Files that are not looked into, as patterns of whole paths such as **/*.jar; may be repeated
    #[arg(long, value_name = "LIST")]
    pub(crate) skip_files: Vec<String>,
    /// Severities to show, of UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL [default: all]
    #[arg(short, long, value_name = "LIST", value_delimiter = ',', help_heading = "Report")]
    pub(crate) severity: Vec<String>,
    /// Fails with exit code 1 on findings of a severity or worse or of known exploited
    /// vulnerabilities (kev), and with 2 on a scan that is incomplete: high,kev,incomplete
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Gate")]
    pub(crate) fail_on: Vec<String>,
    /// Exit code when any finding of the shown severities remains
    #[arg(long, value_name = "N", help_heading = "Gate")]
    pub(crate) exit_code: Option<u8>,
    /// Exit code when the operating system is no longer supported
    #[arg(long, value_name = "N", help_heading = "Gate")]
    pub(crate) exit_on_eol: Option<u8>,
    /// Suppresses findings without a known fix
    #[arg(long, help_heading = "Gate")]
    pub(crate) ignore_unfixed: bool,
    /// Suppresses findings of these statuses, such as will_not_fix
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Gate")]
    pub(crate) ignore_status: Vec<String>,
    /// File of what does not count, of any of the tools whose files are read; may be repeated
    /// [default: those in the working folder]
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    pub(crate) ignorefile: Vec<PathBuf>,
    /// File in Rego that says which findings do not count, as Trivy's is written
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    pub(crate) ignore_policy: Option<PathBuf>,
    /// VEX document, folder of a VEX repository, repo for those in the cache folder, oci for what
    /// the registry has beside the image, or sbom-ref for what a scanned CycloneDX document refers
    /// to; may be repeated
    #[arg(long, value_name = "FILE|DIR|repo|oci", help_heading = "Gate")]
    pub(crate) vex: Vec<String>,
    /// Reads VEX repositories as they are, and fetches nothing
    #[arg(long, help_heading = "Gate")]
    pub(crate) skip_vex_repo_update: bool,
    /// Policy file, or one of default, strict, cis, pci, trivy
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    pub(crate) policy: Option<String>,
    /// Earlier report: what it has does not count
    #[arg(long, value_name = "REPORT", help_heading = "Gate")]
    pub(crate) baseline: Option<PathBuf>,
    /// Format: table, json, trivy-json, sarif, cyclonedx, cyclonedx-xml, cyclonedx-1.7,
    /// cyclonedx-xml-1.7, spdx-json, spdx, spdx-3, syft-json, junit, markdown, gitlab,
    /// gitlab-codequality, gitlab-dependency-scanning, gitlab-secret-detection, openvex, asff,
    /// cosign-vuln, defectdojo, github, html, template [default: table]
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Option<String>,
    /// Template for the format `template`: a file, with @ in front as Trivy has it or without, or
    /// the text itself. Go's templates as Trivy reads them, or minijinja (.j2, or {% in the text)
    #[arg(long, value_name = "FILE|TEXT", help_heading = "Report")]
    pub(crate) template: Option<String>,
    /// Writes the report to a file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
    /// Writes a further report, as FORMAT=FILE; may be repeated. For `gate` also a saved report to
    /// judge instead of an image: ours, or JSON of Trivy, Grype, OSV-Scanner, CycloneDX or SARIF
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Report")]
    pub(crate) report: Vec<String>,
    /// Lists every package in the table, findings or not
    #[arg(long, help_heading = "Report")]
    pub(crate) list_all_pkgs: bool,
    /// Sums up in the table what each layer brought
    #[arg(long, help_heading = "Report")]
    pub(crate) layer_summary: bool,
    /// Shows in the table what needs each affected package, and what needs that
    #[arg(long, help_heading = "Report")]
    pub(crate) dependency_tree: bool,
    /// Shows suppressed findings in the table
    #[arg(long, help_heading = "Report")]
    pub(crate) show_suppressed: bool,
    /// Image that this one may be built on: as for REF, a file or folder, or a saved report of it;
    /// may be repeated. Says which layers are its, so that findings are told apart
    #[arg(long, value_name = "REF|PATH")]
    pub(crate) base_image: Vec<String>,
    /// Advisory database, a folder made by `lazaret db build` [default: the snapshot in the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) db: Option<PathBuf>,
    /// Asks the database as it was at a time, such as 2024-03-01 or 2024-03-01T12:00:00Z
    #[arg(long, value_name = "DATE")]
    pub(crate) db_at: Option<String>,
    /// How packages the distribution owns are judged: precise, by the distribution alone, or
    /// comprehensive, by their registry as well [default: precise]
    #[arg(long, value_name = "WORD")]
    pub(crate) detection_priority: Option<String>,
    /// Counts findings of the kernel about its headers, sources and documentation
    #[arg(long)]
    pub(crate) match_kernel_headers: bool,
    /// Counts what is suppressed as noise as well: kernel headers, tests, documentation, and Go code
    /// that is not in the program
    #[arg(long)]
    pub(crate) no_noise_filter: bool,
    /// Uses no network but the image's own registry
    #[arg(long)]
    pub(crate) offline: bool,
    /// Folder for cached layer facts [default: lazaret in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Neither reads nor writes the cache
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Memory for file contents and decompression, such as 256M or 1G [default: 256M]
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<String>,
    /// Layers read at once [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub(crate) parallel: Option<usize>,
    /// Gives up after this time, such as 90s, 5m or 1h [default: none]
    #[arg(long, value_name = "TIME")]
    pub(crate) timeout: Option<String>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
    #[command(flatten)]
    pub(crate) later: LaterArgs,
}

/// How secrets, configuration and licenses are judged.
#[derive(Debug, Default, Args)]
pub(crate) struct CheckArgs {
    /// Rules for secrets: TOML as Gitleaks has it, or YAML as Trivy has it [default:
    /// trivy-secret.yaml in the working folder, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_config: Option<PathBuf>,
    /// Rules of your own for `fs` and `config`: files in Rego, or folders of them, as Trivy has them;
    /// may be repeated
    #[arg(long, value_name = "DIR|FILE", alias = "config-policy")]
    pub(crate) config_check: Vec<PathBuf>,
    /// Says of each control of a catalog whether it is met: docker-cis, pss-baseline, pss-restricted,
    /// nsa, or a file in Trivy's form
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) compliance: Option<String>,
    /// Looks for license texts in files too
    #[arg(long)]
    pub(crate) license_full: bool,
    /// Puts licenses into a class, of forbidden, restricted, reciprocal, notice, permissive,
    /// unencumbered, unknown, in place of those it has; may be repeated
    #[arg(long, value_name = "CLASS=LIST")]
    pub(crate) license_class: Vec<String>,
}

/// Flags of later versions. They are known, so that using one says so instead of doing nothing.
#[derive(Debug, Default, Args)]
pub(crate) struct LaterArgs {
    #[arg(long, hide = true)]
    pub(crate) image_src: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// A report written with --format json; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Format: table, json, trivy-json, sarif, cyclonedx, cyclonedx-xml, cyclonedx-1.7,
    /// cyclonedx-xml-1.7, spdx-json, spdx, spdx-3, syft-json, junit, markdown, gitlab,
    /// gitlab-codequality, gitlab-dependency-scanning, gitlab-secret-detection, openvex, asff,
    /// cosign-vuln, defectdojo, github, html, template [default: table]
    #[arg(short, long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// Template for the format `template`: a file, with @ in front or without, or the text itself
    #[arg(long, value_name = "FILE|TEXT")]
    pub(crate) template: Option<String>,
    /// Writes to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Severities to show, of UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL [default: all]
    #[arg(short, long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) severity: Vec<String>,
    /// Lists every package in the table, findings or not
    #[arg(long)]
    pub(crate) list_all_pkgs: bool,
    /// Sums up in the table what each layer brought
    #[arg(long)]
    pub(crate) layer_summary: bool,
    /// Shows in the table what needs each affected package, and what needs that
    #[arg(long)]
    pub(crate) dependency_tree: bool,
    /// Shows suppressed findings in the table
    #[arg(long)]
    pub(crate) show_suppressed: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret explain report.json CVE-2024-5535
  lazaret explain image.tar CVE-2024-5535 --package openssl
  lazaret explain debian:12 CVE-2024-5535 --db db")]
pub(crate) struct ExplainArgs {
    /// A report written with --format json, an image file or folder, a root file system, or an
    /// image in a registry
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,
    /// The id or an alias of the vulnerability
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Only this package, by its own name or its source package's
    #[arg(long, value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// Format: table or json
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
    /// Platform as os/arch[/variant] [default: this machine's]
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    /// Advisory database, a folder made by `lazaret db build` [default: the snapshot in the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) db: Option<PathBuf>,
    /// Asks the database as it was at a time, such as 2024-03-01 or 2024-03-01T12:00:00Z
    #[arg(long, value_name = "DATE")]
    pub(crate) db_at: Option<String>,
    /// How packages the distribution owns are judged: precise or comprehensive [default: precise]
    #[arg(long, value_name = "WORD")]
    pub(crate) detection_priority: Option<String>,
    /// Counts findings of the kernel about its headers, sources and documentation
    #[arg(long)]
    pub(crate) match_kernel_headers: bool,
    /// Counts what is suppressed as noise as well: kernel headers, tests, documentation, and Go code
    /// that is not in the program
    #[arg(long)]
    pub(crate) no_noise_filter: bool,
    /// VEX document, folder of a VEX repository, repo, or oci; may be repeated. Says which
    /// statements apply, and which do not and why
    #[arg(long, value_name = "FILE|DIR|repo|oci")]
    pub(crate) vex: Vec<String>,
    /// Folder for cached layer facts [default: lazaret in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Neither reads nor writes the cache
    #[arg(long)]
    pub(crate) no_cache: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret diff old.json new.json
  lazaret diff old.json registry.example.org/team/app:2.0 --exit-code 1")]
pub(crate) struct DiffArgs {
    /// The earlier report, or an image as for `lazaret explain`
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The later report or image
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    /// Format: table, json or markdown
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
    /// Severities to compare, of UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL [default: all]
    #[arg(short, long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) severity: Vec<String>,
    /// Exit code when anything is new
    #[arg(long, value_name = "N")]
    pub(crate) exit_code: Option<u8>,
    /// Platform as os/arch[/variant] [default: this machine's]
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    /// Advisory database for images [default: the snapshot in the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) db: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Reads a policy file and everything it extends, and says what is wrong
    Check(PolicyCheckArgs),
    /// Says in words what a policy does and, given a report, why each rule came to what it did
    Explain(PolicyExplainArgs),
    /// Writes an entry to .lazaretignore.yaml: a finding that is known and accepted
    Accept(PolicyAcceptArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum VexCommand {
    /// Names, lists and fetches VEX repositories
    #[command(subcommand)]
    Repo(VexRepoCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum VexRepoCommand {
    /// Writes a list with the public repository, to be changed
    Init(VexRepoArgs),
    /// Lists the repositories of the list
    List(VexRepoArgs),
    /// Fetches what changed of every repository, or of those that are named
    Download(VexDownloadArgs),
}

#[derive(Debug, Args)]
pub(crate) struct VexRepoArgs {
    /// Folder for caches, with VEX repositories [default: lazaret in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VexDownloadArgs {
    /// Names of repositories
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Folder for caches, with VEX repositories [default: lazaret in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCheckArgs {
    /// The policy file
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyExplainArgs {
    /// The policy file, or one of default, strict, cis, pci, trivy
    #[arg(value_name = "FILE", default_value = "default")]
    pub(crate) file: String,
    /// A report to judge: ours, or JSON of Trivy, Grype, OSV-Scanner, CycloneDX or SARIF
    #[arg(long, value_name = "REPORT")]
    pub(crate) report: Vec<String>,
    /// File of what does not count; may be repeated [default: those in the working folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) ignorefile: Vec<PathBuf>,
    /// VEX document, folder of a VEX repository, or repo; may be repeated
    #[arg(long, value_name = "FILE|DIR|repo")]
    pub(crate) vex: Vec<String>,
    /// Folder for caches, with VEX repositories [default: lazaret in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret policy accept CVE-2024-5535 --reason 'NPN is off' --until 2027-01-31 --owner web@example.org")]
pub(crate) struct PolicyAcceptArgs {
    /// The id of the finding
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The last day it is accepted, such as 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// Only in this package, by name or package url
    #[arg(long, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// The file to write to
    #[arg(long, value_name = "FILE", default_value = ".lazaretignore.yaml")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Builds a database from a folder of advisory feeds
    Build(DbBuildArgs),
    /// Says what a database holds and how old it is
    Status(DbStatusArgs),
    /// Checks every file of a database against its manifest
    Verify(DbVerifyArgs),
    /// Compares two versions and prints <, = or >
    Compare(DbCompareArgs),
    /// Writes a database to one file, to be carried where no network is
    Export(DbExportArgs),
    /// Reads a database from one file, also one of Trivy or Grype
    Import(Box<DbImportArgs>),
    /// Brings a database up to the one in a registry
    Pull(Box<DbPullArgs>),
    /// Writes a database to a registry
    Push(Box<DbPushArgs>),
    /// Says which records came, went and changed between two databases
    Diff(DbDiffArgs),
    /// Forgets what a database said before a time
    Prune(DbPruneArgs),
    /// Looks up records by id, alias, package or package url
    Search(DbSearchArgs),
    /// Fetches what changed of the feeds and brings the database up to date
    Update(Box<DbUpdateArgs>),
    /// Everything else: commands of later versions, and typing errors
    #[command(external_subcommand)]
    Other(Vec<String>),
}

#[derive(Debug, Args)]
pub(crate) struct DbBuildArgs {
    /// Folder of feeds, in the layout their publishers use
    #[arg(long, value_name = "DIR")]
    pub(crate) feeds: PathBuf,
    /// Folder for the database; one that is there is replaced when the new one is complete
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Database that says when records were first seen [default: the one being replaced]
    #[arg(long, value_name = "DIR")]
    pub(crate) previous: Option<PathBuf>,
    /// The time the database stands for, such as 2024-03-01 or 2024-03-01T12:00:00Z [default:
    /// SOURCE_DATE_EPOCH, else the newest date of any record]
    #[arg(long, value_name = "DATE")]
    pub(crate) at: Option<String>,
    /// Takes only feeds whose license allows passing their facts on
    #[arg(long)]
    pub(crate) redistributable: bool,
    /// Feeds or segments that may have lost half of their records, or have ten times as many;
    /// otherwise the segment of the database that is there stays
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) accept_shrunk: Vec<String>,
    /// Names every record that was refused
    #[arg(long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DbStatusArgs {
    /// The database [default: the snapshot in the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) db: Option<PathBuf>,
    /// Format: table or json
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
}

#[derive(Debug, Args)]
pub(crate) struct DbVerifyArgs {
    /// The database [default: the snapshot in the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) db: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DbCompareArgs {
    /// Order: apk, deb, pep440 or semver
    #[arg(long, value_name = "SCHEME")]
    pub(crate) scheme: String,
    /// Compares one `A B` pair a line from standard input
    #[arg(long, conflicts_with_all = ["a", "b"])]
    pub(crate) stdin: bool,
    /// First version
    #[arg(required_unless_present = "stdin", requires = "b")]
    pub(crate) a: Option<String>,
    /// Second version
    pub(crate) b: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DbExportArgs {
    /// The file: an OCI layout in a tar archive, which other OCI tools copy as well
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The database
    #[arg(long, value_name = "DIR")]
    pub(crate) db: PathBuf,
    /// Signs the database with a private key (PEM, Ed25519 or ECDSA P-256)
    #[arg(long, value_name = "FILE")]
    pub(crate) sign_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret db import database.tar --db db
  lazaret db import --verify-key db.pub database.tar --db db
  lazaret db import ~/.cache/trivy/db/trivy.db --db db
  lazaret db import registry.example.org/mirror/trivy-db:2 --db db
  lazaret db import ~/.cache/grype/db/6/vulnerability.db --db db")]
pub(crate) struct DbImportArgs {
    /// The database, recognized by its content: a file of `lazaret db export`, or an OCI layout with
    /// the same; Trivy's `trivy.db` or Grype's `vulnerability.db`, an archive with one of them, or an
    /// artifact with one by its registry reference
    #[arg(value_name = "FILE|REF")]
    pub(crate) source: String,
    /// Folder for the database; one that is there answers until the new one is complete
    #[arg(long, value_name = "DIR")]
    pub(crate) db: PathBuf,
    /// Takes only a database that is signed with the private half of this public key (PEM); may be
    /// repeated, and then any of them will do
    #[arg(long, value_name = "FILE")]
    pub(crate) verify_key: Vec<PathBuf>,
    /// Says of another scanner's database what was left out, and why
    #[arg(long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret db pull registry.example.org/security/db:latest --db db
  lazaret db pull --verify-key db.pub registry.example.org/security/db:latest --db db")]
pub(crate) struct DbPullArgs {
    /// The database: a registry reference with a tag or a digest
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// Folder for the database; one that is there answers until the new one is complete, and only
    /// segments that differ are downloaded
    #[arg(long, value_name = "DIR")]
    pub(crate) db: PathBuf,
    /// Takes only a database that is signed with the private half of this public key (PEM); may be
    /// repeated, and then any of them will do
    #[arg(long, value_name = "FILE")]
    pub(crate) verify_key: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret db push registry.example.org/security/db:latest --db db
  lazaret db push --sign-key db.key registry.example.org/security/db:latest --db db")]
pub(crate) struct DbPushArgs {
    /// Where to: a registry reference with a tag
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// The database; only segments that the repository does not have are uploaded
    #[arg(long, value_name = "DIR")]
    pub(crate) db: PathBuf,
    /// Signs the database with a private key (PEM, Ed25519 or ECDSA P-256)
    #[arg(long, value_name = "FILE")]
    pub(crate) sign_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    /// Folder for cached layer facts [default: lazaret in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VersionArgs {
    /// Format: table or json
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret completion bash > ~/.local/share/bash-completion/completions/lazaret
  lazaret completion fish > ~/.config/fish/completions/lazaret.fish")]
pub(crate) struct CompletionArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder for a page of every command [default: prints the page of the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DbDiffArgs {
    /// The earlier database
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The later database
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// Format: table or json
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
}

#[derive(Debug, Args)]
pub(crate) struct DbPruneArgs {
    /// The database
    #[arg(long, value_name = "DIR")]
    pub(crate) db: PathBuf,
    /// The first time that can still be asked about, such as 2024-03-01
    #[arg(long, value_name = "DATE")]
    pub(crate) before: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret db search CVE-2021-44228
  lazaret db search --package openssl --segment debian-12
  lazaret db search pkg:npm/lodash@4.17.20")]
pub(crate) struct DbSearchArgs {
    /// An id or alias such as CVE-2021-44228, or a package url such as pkg:npm/lodash@4.17.20
    #[arg(value_name = "ID", required_unless_present = "package", conflicts_with = "package")]
    pub(crate) query: Option<String>,
    /// Package name, as its source files it
    #[arg(long, value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// Only this segment, such as debian-12
    #[arg(long, value_name = "SEGMENT")]
    pub(crate) segment: Option<String>,
    /// The database [default: the snapshot in the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) db: Option<PathBuf>,
    /// Format: table or json
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lazaret db update --db db                        every source
  lazaret db update --db db alpine-3.20 osv-npm    segments and feeds
  lazaret db update --db db --for report.json      what an image needs
  lazaret db update --db db --mirror https://mirror.example.org/feeds
  lazaret db update --db db --source-url osv-npm=https://mirror.example.org/osv/npm")]
pub(crate) struct DbUpdateArgs {
    /// Feeds, or segments such as debian-12 [default: every feed that can be fetched]
    #[arg(value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
    /// The same as a list
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// What this needs: an image, a root file system, or a report written with --format json; may
    /// be repeated
    #[arg(long = "for", value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// Folder for the database; one that is there answers until the new one is complete
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    pub(crate) db: Option<PathBuf>,
    /// Folder that keeps what was fetched, in the layout of a mirror [default: feeds in the
    /// database's folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) feeds: Option<PathBuf>,
    /// Mirror of all sources in that layout, asked before the sources; may be repeated
    #[arg(long, value_name = "URL")]
    pub(crate) mirror: Vec<String>,
    /// Asks mirrors and addresses given for a source only, never the sources themselves
    #[arg(long)]
    pub(crate) mirror_only: bool,
    /// Address that stands in for that of a source, as SOURCE=URL; may be repeated, and then each
    /// is asked in turn
    #[arg(long, value_name = "SOURCE=URL")]
    pub(crate) source_url: Vec<String>,
    /// Feeds or segments that may have lost half of their records, or be ten times as large;
    /// otherwise what is there stays
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) accept_shrunk: Vec<String>,
    /// The time the database stands for, such as 2024-03-01 or 2024-03-01T12:00:00Z [default:
    /// SOURCE_DATE_EPOCH, else the newest date of any record]
    #[arg(long, value_name = "DATE")]
    pub(crate) at: Option<String>,
    /// How often a request is repeated when the network or the server fails
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) retries: u32,
    /// Prints the sources and where they are, and fetches nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// Names every record that was refused
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Platform of the image, as os/arch[/variant] [default: this machine's]
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    /// Folder for cached layer facts [default: lazaret in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Neither reads nor writes the cache
    #[arg(long)]
    pub(crate) no_cache: bool,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}
