//! Flags of `lazaret upload`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum UploadCommand {
    /// Imports a report into DefectDojo, and closes what is gone
    Defectdojo(Box<DefectdojoArgs>),
    /// Sends a report to GitHub code scanning or to its dependency graph
    Github(Box<GithubArgs>),
    /// Stores a report in GitLab's package registry
    Gitlab(Box<GitlabArgs>),
    /// Sends an SBOM to Dependency-Track
    DependencyTrack(Box<DependencyTrackArgs>),
    /// Attaches a report to an image in Harbor, or in any registry
    Harbor(Box<HarborArgs>),
    /// Stores a report in a bucket of S3, or of anything that speaks its protocol
    S3(Box<S3Args>),
    /// Sends a report to any address
    Http(Box<HttpArgs>),
    /// Everything else: typing errors
    #[command(external_subcommand)]
    Other(Vec<String>),
}

/// How a service is reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// Prints what would be sent, and sends nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How often a request is repeated when the network or the server fails, or asks for patience
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) retries: u32,
    /// How long to wait for an answer, such as 90s or 10m
    #[arg(long, value_name = "TIME", default_value = "10m")]
    pub(crate) timeout: String,
    /// Certificate authority to trust besides the system's (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) cacert: Vec<PathBuf>,
    /// Accepts any certificate, and sends tokens without TLS
    #[arg(long)]
    pub(crate) insecure: bool,
    #[command(flatten)]
    pub(crate) refused: RefusedArgs,
}

/// Flags other tools take secrets by. They are known, so that using one says where secrets belong.
#[derive(Debug, Default, Args)]
pub(crate) struct RefusedArgs {
    #[arg(long = "token", id = "refused-token", hide = true, value_name = "SECRET")]
    pub(crate) token: Option<String>,
    #[arg(long = "api-key", id = "refused-api-key", hide = true, value_name = "SECRET")]
    pub(crate) api_key: Option<String>,
    #[arg(long = "password", id = "refused-password", hide = true, value_name = "SECRET")]
    pub(crate) password: Option<String>,
    #[arg(long = "secret-access-key", id = "refused-secret-access-key", hide = true)]
    pub(crate) secret_access_key: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The token is read from DEFECTDOJO_TOKEN.

Examples:
  lazaret upload defectdojo --url https://dojo.example.org --product-type-name Web \\
    --product-name Shop report.json
  lazaret upload defectdojo --test-id 42 report.json
  lazaret upload defectdojo --scan-type 'Trivy Scan' --product-name Shop report.json")]
pub(crate) struct DefectdojoArgs {
    /// A report: ours, or one DefectDojo has a parser for; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Address of DefectDojo [default: DEFECTDOJO_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Makes a new test instead of bringing the last one up to date
    #[arg(long)]
    pub(crate) import: bool,
    /// DefectDojo's name of the format [default: by the report; Generic Findings Import for ours,
    /// which is also written as Trivy Scan, SARIF, CycloneDX Scan or GitLab Container Scan]
    #[arg(long, value_name = "NAME")]
    pub(crate) scan_type: Option<String>,

    /// Type of the product, made when it is not there
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    pub(crate) product_type_name: Option<String>,
    /// Product (asset), made when it is not there [default: the image without its tag]
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    pub(crate) product_name: Option<String>,
    /// Engagement, made when it is not there [default: Lazaret]
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    pub(crate) engagement_name: Option<String>,
    /// Engagement by its number, instead of names
    #[arg(long, value_name = "ID", help_heading = "Where")]
    pub(crate) engagement_id: Option<u64>,
    /// Last day of an engagement that is made, as YYYY-MM-DD
    #[arg(long, value_name = "DATE", help_heading = "Where")]
    pub(crate) engagement_end_date: Option<String>,
    /// Where the sources are, for an engagement that is made
    #[arg(long, value_name = "URL", help_heading = "Where")]
    pub(crate) source_code_management_uri: Option<String>,
    /// Test that is brought up to date: one for each image [default: the image without its tag]
    #[arg(long, value_name = "TEXT", help_heading = "Where")]
    pub(crate) test_title: Option<String>,
    /// Test by its number, instead of names
    #[arg(long, value_name = "ID", help_heading = "Where")]
    pub(crate) test_id: Option<u64>,
    /// Makes no product, engagement or test that is not there
    #[arg(long, help_heading = "Where")]
    pub(crate) no_create: bool,
    /// Environment the image runs in
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    pub(crate) environment: Option<String>,
    /// Who leads the test, by number
    #[arg(long, value_name = "ID", help_heading = "Where")]
    pub(crate) lead: Option<u64>,
    /// Configuration of an API scan, by number
    #[arg(long, value_name = "ID", help_heading = "Where")]
    pub(crate) api_scan_configuration: Option<u64>,

    /// Whether findings that are gone are closed [default: true]
    #[arg(long, value_name = "BOOL", help_heading = "Findings")]
    pub(crate) close_old_findings: Option<bool>,
    /// Closes those of the whole product that are gone; for --import only
    #[arg(long, help_heading = "Findings", requires = "import")]
    pub(crate) close_old_findings_product_scope: bool,
    /// Leaves findings closed that were closed in DefectDojo
    #[arg(long, help_heading = "Findings", conflicts_with = "import")]
    pub(crate) do_not_reactivate: bool,
    /// Least severity that is imported: Info, Low, Medium, High or Critical
    #[arg(long, value_name = "SEVERITY", help_heading = "Findings")]
    pub(crate) minimum_severity: Option<String>,
    /// Makes all findings active, or none [default: those that count]
    #[arg(long, value_name = "BOOL", help_heading = "Findings")]
    pub(crate) active: Option<bool>,
    /// Makes all findings verified, or none
    #[arg(long, value_name = "BOOL", help_heading = "Findings")]
    pub(crate) verified: Option<bool>,
    /// Looks for duplicates in the engagement only
    #[arg(long, help_heading = "Findings")]
    pub(crate) deduplication_on_engagement: bool,
    /// When duplicates are looked for, such as async or sync
    #[arg(long, value_name = "MODE", help_heading = "Findings")]
    pub(crate) deduplication_execution_mode: Option<String>,
    /// Groups findings: by component_name, component_name+component_version, file_path,
    /// finding_title or vulnerability_ids
    #[arg(long, value_name = "FIELD", help_heading = "Findings")]
    pub(crate) group_by: Option<String>,
    /// Whether a single finding is a group [default: true]
    #[arg(long, value_name = "BOOL", help_heading = "Findings")]
    pub(crate) create_finding_groups_for_all_findings: Option<bool>,
    /// Endpoint the findings are about, by number
    #[arg(long, value_name = "ID", help_heading = "Findings")]
    pub(crate) endpoint_to_add: Option<u64>,
    /// Opens tickets in Jira
    #[arg(long, help_heading = "Findings")]
    pub(crate) push_to_jira: bool,

    /// Day of the scan, as YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", help_heading = "Scan")]
    pub(crate) scan_date: Option<String>,
    /// Version that was scanned [default: the tag of the image]
    #[arg(long, value_name = "TEXT", help_heading = "Scan")]
    pub(crate) app_version: Option<String>,
    /// Build that was scanned
    #[arg(long, value_name = "TEXT", help_heading = "Scan")]
    pub(crate) build_id: Option<String>,
    /// Commit that was scanned
    #[arg(long, value_name = "SHA", help_heading = "Scan")]
    pub(crate) commit_hash: Option<String>,
    /// Branch or tag that was scanned
    #[arg(long, value_name = "NAME", help_heading = "Scan")]
    pub(crate) branch_tag: Option<String>,
    /// Part of the product; duplicates and what is gone are looked for in it alone
    #[arg(long, value_name = "NAME", help_heading = "Scan")]
    pub(crate) service: Option<String>,
    /// Tags of the test
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Scan")]
    pub(crate) tags: Vec<String>,
    /// Gives the findings these tags too
    #[arg(long, help_heading = "Scan")]
    pub(crate) apply_tags_to_findings: bool,
    /// Gives the endpoints these tags too
    #[arg(long, help_heading = "Scan")]
    pub(crate) apply_tags_to_endpoints: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The token is read from GITHUB_TOKEN, or from GH_TOKEN. In a workflow, what else is needed is in the
environment.

Examples:
  lazaret upload github report.json
  lazaret upload github --to dependency-graph report.json
  lazaret upload github --repository octo/shop --ref refs/heads/main --sha 4b6472… scan.sarif")]
pub(crate) struct GithubArgs {
    /// A report: ours, a SARIF log or a dependency snapshot; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Where to: code-scanning, dependency-graph or both [default: by the report; code-scanning for
    /// ours]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) to: Vec<String>,
    /// Repository, as OWNER/NAME [default: GITHUB_REPOSITORY]
    #[arg(long, value_name = "NAME")]
    pub(crate) repository: Option<String>,
    /// Commit the report is about [default: GITHUB_SHA]
    #[arg(long, value_name = "SHA")]
    pub(crate) sha: Option<String>,
    /// Branch, tag or pull request, as refs/… [default: GITHUB_REF]
    #[arg(long, value_name = "REF")]
    pub(crate) r#ref: Option<String>,
    /// Address of the API [default: GITHUB_API_URL, else that of github.com]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// How long to wait until GitHub has read a SARIF log; 0 does not wait
    #[arg(long, value_name = "TIME", default_value = "2m")]
    pub(crate) wait: String,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The token is read from GITLAB_TOKEN (personal, project or group access token), GITLAB_DEPLOY_TOKEN or,
in a job, CI_JOB_TOKEN.

GitLab takes security reports and SBOMs for its own pages from a job's artifacts only
(artifacts:reports:container_scanning, artifacts:reports:cyclonedx). What is uploaded here is stored,
and not shown there.

Examples:
  lazaret upload gitlab report.json
  lazaret upload gitlab --project group/shop --package reports --package-version 1.4 report.json")]
pub(crate) struct GitlabArgs {
    /// The report; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Address of GitLab [default: CI_SERVER_URL, else that of gitlab.com]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Project, by number or as GROUP/NAME [default: CI_PROJECT_ID]
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
    /// Package the report goes to
    #[arg(long, value_name = "NAME", default_value = "lazaret-reports")]
    pub(crate) package: String,
    /// Version of the package [default: CI_COMMIT_SHA, else the digest of the image]
    #[arg(long, value_name = "VERSION")]
    pub(crate) package_version: Option<String>,
    /// Name of the file [default: by the format]
    #[arg(long, value_name = "NAME")]
    pub(crate) file_name: Option<String>,
    /// Writes a report of ours in another format, such as gitlab, sarif or cyclonedx
    #[arg(short, long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// Hides the package in GitLab's list of packages
    #[arg(long)]
    pub(crate) hidden: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The API key is read from DEPENDENCY_TRACK_API_KEY; it needs the permission BOM_UPLOAD, and
PROJECT_CREATION_UPLOAD to make projects.

Examples:
  lazaret upload dependency-track --url https://track.example.org report.json
  lazaret upload dependency-track --project-name shop --project-version 1.4 bom.json")]
pub(crate) struct DependencyTrackArgs {
    /// A report of ours or a CycloneDX document; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Address of Dependency-Track's API server [default: DEPENDENCY_TRACK_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Project by its UUID, instead of name and version
    #[arg(long, value_name = "UUID", conflicts_with_all = ["project_name", "project_version"])]
    pub(crate) project: Option<String>,
    /// Project, made when it is not there [default: the image without its tag]
    #[arg(long, value_name = "NAME")]
    pub(crate) project_name: Option<String>,
    /// Version of the project [default: the tag of the image, else its digest]
    #[arg(long, value_name = "VERSION")]
    pub(crate) project_version: Option<String>,
    /// Makes no project that is not there
    #[arg(long)]
    pub(crate) no_create: bool,
    /// Parent of a project that is made, by its UUID
    #[arg(long, value_name = "UUID", conflicts_with_all = ["parent_name", "parent_version"])]
    pub(crate) parent: Option<String>,
    /// Parent of a project that is made, by its name
    #[arg(long, value_name = "NAME")]
    pub(crate) parent_name: Option<String>,
    /// Version of the parent
    #[arg(long, value_name = "VERSION", requires = "parent_name")]
    pub(crate) parent_version: Option<String>,
    /// Tags of the project
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) tags: Vec<String>,
    /// Makes this the latest version of the project
    #[arg(long)]
    pub(crate) latest: bool,
    /// How long to wait until the SBOM has been read; 0 does not wait
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub(crate) wait: String,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The name and password of a user or robot are read from HARBOR_USERNAME and HARBOR_PASSWORD, else from
where docker login keeps them.

Harbor shows the findings of its own scanners only, and takes none from outside. A report is attached
to the image as an accessory, where people and tools find it by the image's digest.

Examples:
  lazaret upload harbor report.json
  lazaret upload harbor --image harbor.example.org/team/app:1.4 --format cyclonedx report.json")]
pub(crate) struct HarborArgs {
    /// The report; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// The image it is about [default: the image of the report, by its digest]
    #[arg(long, value_name = "REF")]
    pub(crate) image: Option<String>,
    /// Writes a report of ours in another format, such as sarif or cyclonedx
    #[arg(short, long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// What the report is, as a media type [default: by the format]
    #[arg(long, value_name = "TYPE")]
    pub(crate) artifact_type: Option<String>,
    /// Annotation of the artifact; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) annotation: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Keys are read from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.

Examples:
  lazaret upload s3 s3://reports/shop/1.4.json report.json
  lazaret upload s3 --endpoint https://minio.example.org --path-style s3://reports/shop/ report.json")]
pub(crate) struct S3Args {
    /// Where to, as s3://BUCKET/KEY; a key that ends with / is a folder for the file
    #[arg(value_name = "S3-URL")]
    pub(crate) target: String,
    /// The report; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// Region of the bucket [default: AWS_REGION, AWS_DEFAULT_REGION, else us-east-1]
    #[arg(long, value_name = "NAME")]
    pub(crate) region: Option<String>,
    /// Address of the service [default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else that of AWS]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Puts the bucket into the path instead of the host's name
    #[arg(long)]
    pub(crate) path_style: bool,
    /// Writes a report of ours in another format, such as sarif or cyclonedx
    #[arg(short, long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// What the report is, as a media type [default: by the format]
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Storage class, such as STANDARD_IA
    #[arg(long, value_name = "CLASS")]
    pub(crate) storage_class: Option<String>,
    /// Encryption by the server: AES256 or aws:kms
    #[arg(long, value_name = "NAME")]
    pub(crate) sse: Option<String>,
    /// Key for aws:kms
    #[arg(long, value_name = "KEY", requires = "sse")]
    pub(crate) sse_kms_key_id: Option<String>,
    /// Metadata of the object; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) metadata: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A bearer token is read from LAZARET_UPLOAD_TOKEN; a name and password from LAZARET_UPLOAD_USERNAME and
LAZARET_UPLOAD_PASSWORD. --header-env names a variable for any other header.

Examples:
  lazaret upload http https://reports.example.org/shop report.json
  lazaret upload http --method PUT --header-env X-Api-Key=REPORTS_KEY https://… report.json
  lazaret upload http --file-field file --field project=shop https://… report.json")]
pub(crate) struct HttpArgs {
    /// The address
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// The report; - is standard input
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// The method
    #[arg(long, value_name = "METHOD", default_value = "POST")]
    pub(crate) method: String,
    /// A header anyone may see, as NAME=VALUE; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) header: Vec<String>,
    /// A header whose value is in a variable of the environment; may be repeated
    #[arg(long, value_name = "NAME=VARIABLE")]
    pub(crate) header_env: Vec<String>,
    /// Writes a report of ours in another format, such as sarif or cyclonedx
    #[arg(short, long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// What the report is, as a media type [default: by the format]
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Sends a form, with the report as the file of this field
    #[arg(long, value_name = "NAME")]
    pub(crate) file_field: Option<String>,
    /// A further field of the form; may be repeated
    #[arg(long, value_name = "NAME=VALUE", requires = "file_field")]
    pub(crate) field: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
