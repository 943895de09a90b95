//! From flags, environment and file to what they mean. The only place that reads the environment.
//!
//! Flags beat the environment, the environment beats the file. A key of the file is a flag's long
//! name; `registry.mirrors` maps a registry to its mirrors.

use crate::args::{Cli, DbCommand, LaterArgs, RegistryArgs, ScanArgs};
use crate::fail::{CommandError, Kind, Result};
use crate::output::{Output, outputs};
use crate::policy_files;
use crate::scanners::Scanners;
use crate::skip_patterns::SkipPatterns;
use crate::vex::{self, Sources};
use crate::vex_repository::Freshness;
use clap::builder::BoolishValueParser;
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use lazaret_advisory::MatchOptions;
use lazaret_advisory::enrich::severity_source;
use lazaret_core::advisory::Status;
use lazaret_core::limits::Limits;
use lazaret_core::severity::Severity;
use lazaret_image::{Credentials, PlatformChoice, Redacted, RegistryOptions};
use lazaret_policy::{FailOn, Policy};
use lazaret_report::{GithubOptions, view};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use time::format_description::well_known::Rfc3339;

/// The name of the configuration file that is used when it is there.
const DEFAULT_FILE: &str = "lazaret.yaml";

/// Reads an environment variable. Every other part of the program is told what it needs to know.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The command line with the environment and the file filled in, and where each value came from.
pub(crate) struct Parsed {
    pub(crate) cli: Cli,
    pub(crate) origins: Vec<String>,
}

/// Parses the command line. `Err` of clap covers `--help`, which is no failure.
pub(crate) fn parse(arguments: &[OsString]) -> std::result::Result<Result<Parsed>, clap::Error> {
    let file = match load_file(arguments) {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    let mut command = Cli::command();
    let mut used = BTreeSet::new();
    command = with_defaults(command, &file.values, &mut used);
    for name in file.values.keys() {
        if !used.contains(name) {
            let error = anyhow::anyhow!("{} has the unknown key `{name}`", file.name);
            let hint = "keys are the long names of flags, without the dashes in front";
            return Ok(Err(CommandError::new(Kind::Config, error).hint(hint)));
        }
    }
    let matches = command.try_get_matches_from(arguments)?;
    let mut origins = Vec::new();
    describe_origins(&matches, &file, &mut origins);
    let mut cli = Cli::from_arg_matches(&matches)?;
    add_mirrors(&mut cli, &file);
    Ok(Ok(Parsed { cli, origins }))
}

/// What a configuration file says, by flag name.
#[derive(Default)]
struct File {
    name: String,
    values: BTreeMap<String, Vec<String>>,
    mirrors: BTreeMap<String, Vec<String>>,
}

/// Finds `--config` before everything else is parsed, since it changes what the rest means.
fn load_file(arguments: &[OsString]) -> Result<File> {
    let mut named: Option<PathBuf> = None;
    let mut iterator = arguments.iter().skip(1);
    while let Some(argument) = iterator.next() {
        match argument.to_str() {
            Some("--") => break,
            Some("--config") => named = iterator.next().map(PathBuf::from),
            Some(text) => {
                if let Some(path) = text.strip_prefix("--config=") {
                    named = Some(PathBuf::from(path));
                }
            }
            None => {}
        }
    }
    let named = named.or_else(|| environment("LAZARET_CONFIG").map(PathBuf::from));
    let asked = named.is_some();
    let path = named.unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !asked => {
            return Ok(File::default());
        }
        Err(error) => {
            let error =
                anyhow::Error::new(error).context(format!("failed to read {}", path.display()));
            return Err(CommandError::new(Kind::Config, error));
        }
    };
    parse_file(&path, &text)
}

fn parse_file(path: &Path, text: &str) -> Result<File> {
    let name = path.display().to_string();
    let wrong = |error: anyhow::Error| {
        CommandError::new(
            Kind::Config,
            error.context(format!("{name} is not a configuration file")),
        )
    };
    let value: Option<BTreeMap<String, serde_json::Value>> =
        serde_saphyr::from_str(text).map_err(|error| wrong(anyhow::anyhow!("{error}")))?;
    let mut file = File { name: name.clone(), ..File::default() };
    for (key, value) in value.unwrap_or_default() {
        if key == "registry" {
            file.mirrors = mirrors_of(&value).ok_or_else(|| {
                wrong(anyhow::anyhow!(
                    "`registry` takes `mirrors`: a map from a registry to a list of mirrors"
                ))
            })?;
            continue;
        }
        let values = texts_of(&value).ok_or_else(|| {
            wrong(anyhow::anyhow!(
                "`{key}` takes a text, a number, true or false, or a list of texts"
            ))
        })?;
        file.values.insert(key, values);
    }
    Ok(file)
}

fn texts_of(value: &serde_json::Value) -> Option<Vec<String>> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    match value {
        serde_json::Value::Array(items) => items.iter().map(text).collect(),
        other => text(other).map(|text| vec![text]),
    }
}

fn mirrors_of(value: &serde_json::Value) -> Option<BTreeMap<String, Vec<String>>> {
    let object = value.as_object()?;
    if object.keys().any(|key| key != "mirrors") {
        return None;
    }
    let mirrors = object.get("mirrors")?.as_object()?;
    mirrors.iter().map(|(host, list)| Some((host.clone(), texts_of(list)?))).collect()
}

/// Gives every flag its environment variable, and the file's value as its default.
fn with_defaults(
    command: Command,
    values: &BTreeMap<String, Vec<String>>,
    used: &mut BTreeSet<String>,
) -> Command {
    let command = command.mut_args(|argument| {
        let Some(long) = argument.get_long().map(str::to_owned) else { return argument };
        // What is refused on the command line is not taken from elsewhere either.
        let is_refused = argument.get_id().as_str().starts_with("refused-");
        if matches!(long.as_str(), "help" | "version") || is_refused {
            return argument;
        }
        let variable = format!("LAZARET_{}", long.to_ascii_uppercase().replace('-', "_"));
        let mut argument = argument;
        // A pipeline that has no value for a variable often sets it to nothing.
        if environment(&variable).is_none_or(|value| !value.is_empty()) {
            argument = argument.env(variable).hide_env(true);
        }
        let is_switch = matches!(argument.get_action(), ArgAction::SetTrue);
        if is_switch {
            // `1` and `yes` are as good as `true`.
            argument = argument.value_parser(BoolishValueParser::new());
        }
        if let Some(values) = values.get(&long).filter(|_| long != "config") {
            used.insert(long);
            argument = argument.default_values(values.clone());
            if !is_switch {
                argument = argument.hide_default_value(true);
            }
        }
        argument
    });
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |subcommand| with_defaults(subcommand, values, used))
    })
}

/// Lines for `-d`: which setting came from where. Values of secret flags are not said.
fn describe_origins(matches: &ArgMatches, file: &File, lines: &mut Vec<String>) {
    // Groups of flags have names of types, in capitals.
    let is_flag = |id: &str| id.starts_with(|c: char| c.is_lowercase());
    for id in matches.ids().filter(|id| is_flag(id.as_str())) {
        let Ok(Some(raw)) = matches.try_get_raw(id.as_str()) else { continue };
        let name = id.as_str().replace('_', "-");
        let origin = match matches.value_source(id.as_str()) {
            Some(ValueSource::CommandLine) => "flag".to_owned(),
            Some(ValueSource::EnvVariable) => "environment".to_owned(),
            Some(ValueSource::DefaultValue) if file.values.contains_key(&name) => file.name.clone(),
            _ => continue,
        };
        let secret =
            matches!(name.as_str(), "password" | "registry-token") || name.starts_with("refused-");
        let value = if secret {
            "…".to_owned()
        } else {
            raw.map(|v| v.to_string_lossy()).collect::<Vec<_>>().join(",")
        };
        let line = format!("{name} = {value} (from {origin})");
        // A flag of every command is known at both levels.
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if let Some((_, inner)) = matches.subcommand() {
        describe_origins(inner, file, lines);
    }
}

fn add_mirrors(cli: &mut Cli, file: &File) {
    let registry = match &mut cli.command {
        crate::args::Command::Image(image) => &mut image.registry,
        crate::args::Command::Db(DbCommand::Pull(pull)) => &mut pull.registry,
        crate::args::Command::Db(DbCommand::Update(update)) => &mut update.registry,
        _ => return,
    };
    for (host, mirrors) in &file.mirrors {
        let pairs = mirrors.iter().map(|mirror| format!("{host}={mirror}"));
        registry.registry_mirror.extend(pairs);
    }
}

/// What a scan is asked for, checked.
pub(crate) struct ScanSettings {
    pub(crate) scanners: Scanners,
    pub(crate) severities: BTreeSet<Severity>,
    pub(crate) policy: Policy,
    /// Where VEX documents are from that are not in the policy yet.
    pub(crate) vex: Sources,
    /// Whether nothing may be fetched but the image.
    pub(crate) is_offline: bool,
    pub(crate) exit_code: Option<u8>,
    pub(crate) exit_on_eol: Option<u8>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) list_all_packages: bool,
    pub(crate) dependency_tree: bool,
    pub(crate) layer_summary: bool,
    pub(crate) show_suppressed: bool,
    pub(crate) db: Option<PathBuf>,
    /// The time to ask the database about, in seconds since 1970 (UTC).
    pub(crate) db_at: Option<i64>,
    pub(crate) matching: MatchOptions,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) limits: Limits,
    pub(crate) parallel: NonZeroUsize,
    pub(crate) timeout: Option<Duration>,
    pub(crate) os_packages: bool,
    pub(crate) library_packages: bool,
    pub(crate) all_layers: bool,
    /// Whether bills of materials beside the image are read as well.
    pub(crate) attached_sboms: bool,
    /// What is not looked into.
    pub(crate) skip: SkipPatterns,
    /// Images that the scanned ones may be built on.
    pub(crate) base_images: Vec<String>,
}

/// Parses a list of severities; an empty list means all.
pub(crate) fn severities(words: &[String]) -> Result<BTreeSet<Severity>> {
    if words.is_empty() {
        return Ok(Severity::ALL.into_iter().collect());
    }
    words.iter().map(|word| word.parse().map_err(CommandError::usage)).collect()
}

impl ScanSettings {
    pub(crate) fn new(args: &ScanArgs) -> Result<Self> {
        refuse_later(&args.later)?;
        let scanners = Scanners::new(args)?;
        let shown = severities(&args.severity)?;
        let fail_on = args
            .fail_on
            .iter()
            .map(|word| word.parse::<FailOn>().map_err(CommandError::usage))
            .collect::<Result<Vec<FailOn>>>()?;
        let db_at = args.db_at.as_deref().map(|at| moment(at, Day::Ends)).transpose()?;
        let vex_cache = cache_folder(args.cache_dir.as_deref());
        let freshness = if args.offline || args.skip_vex_repo_update {
            Freshness::AsIs
        } else {
            Freshness::Daily
        };
        let vex = vex::read(&args.vex, vex_cache.as_deref(), freshness)?;
        let policy = Policy {
            fail_on,
            ignore_unfixed: args.ignore_unfixed,
            ignore_statuses: statuses(&args.ignore_status)?,
            fail_on_shown: args.exit_code.filter(|code| *code != 0).map(|_| shown.clone()),
            file: args.policy.as_deref().map(policy_files::policy).transpose()?,
            ignore_files: policy_files::ignore_files(&args.ignorefile)?,
            ignore_policy: args
                .ignore_policy
                .as_deref()
                .map(policy_files::ignore_policy)
                .transpose()?,
            view: Some(view::own),
            vex: Arc::clone(&vex.statements),
            baseline: args.baseline.as_deref().map(policy_files::baseline).transpose()?,
            // An answer of another time is judged by the rules as they were that day.
            today: db_at.map_or_else(policy_files::today, lazaret_policy::Day::at),
            fails_closed: false,
        };
        let outputs = outputs(
            args.format.as_deref(),
            args.output.as_deref(),
            args.template.as_deref(),
            &args.report,
        )?;
        let (os_packages, library_packages) = package_types(&args.pkg_types)?;
        let mut limits = Limits::default();
        if let Some(memory) = &args.memory {
            limits.memory_bytes = size(memory)?;
            limits.file_bytes_max = limits.file_bytes_max.min(limits.memory_bytes / 2);
        }
        let available = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let parallel = match args.parallel {
            None => available,
            Some(n) => NonZeroUsize::new(n)
                .ok_or_else(|| CommandError::usage("--parallel takes a number from 1 on"))?,
        };
        Ok(Self {
            scanners,
            severities: shown,
            policy,
            vex,
            is_offline: args.offline,
            exit_code: args.exit_code,
            exit_on_eol: args.exit_on_eol.filter(|code| *code != 0),
            outputs,
            list_all_packages: args.list_all_pkgs,
            dependency_tree: args.dependency_tree,
            layer_summary: args.layer_summary,
            show_suppressed: args.show_suppressed,
            db: args.db.clone(),
            db_at,
            matching: MatchOptions {
                severity_sources: severity_sources(&args.vuln_severity_source)?,
                kernel_headers: args.match_kernel_headers || args.no_noise_filter,
                noise: args.no_noise_filter,
                comprehensive: comprehensive(args.detection_priority.as_deref())?,
            },
            cache: if args.no_cache { None } else { cache_folder(args.cache_dir.as_deref()) },
            limits,
            parallel,
            timeout: args.timeout.as_deref().map(duration).transpose()?,
            os_packages,
            library_packages,
            all_layers: all_layers(args.scope.as_deref())?,
            skip: SkipPatterns::new(args)?,
            attached_sboms: false,
            base_images: args.base_image.clone(),
        })
    }

    /// Refuses rules for configuration files where none are looked at.
    pub(crate) fn refuse_file_rules(&self) -> Result<()> {
        if self.scanners.checks.custom.is_none() {
            return Ok(());
        }
        let message = "--config-check: such rules are about the files of a folder";
        Err(CommandError::usage(message).hint("lazaret config PATH, or lazaret fs DIR"))
    }

    /// Refuses a catalog of controls where there is nothing to hold against it.
    pub(crate) fn refuse_compliance(&self, why: &str) -> Result<()> {
        match &self.scanners.checks.compliance {
            None => Ok(()),
            Some(_) => Err(CommandError::usage(format!("--compliance: {why}"))),
        }
    }
}

fn all_layers(word: Option<&str>) -> Result<bool> {
    match word {
        None | Some("squashed") => Ok(false),
        Some("all-layers") => Ok(true),
        Some(other) => {
            let message = format!("`{other}` is no scope: expected squashed or all-layers");
            Err(CommandError::usage(message))
        }
    }
}

fn package_types(words: &[String]) -> Result<(bool, bool)> {
    if words.is_empty() {
        return Ok((true, true));
    }
    let mut types = (false, false);
    for word in words {
        match word.as_str() {
            "os" => types.0 = true,
            "library" => types.1 = true,
            other => {
                let message = format!("`{other}` is no kind of package: expected os or library");
                return Err(CommandError::usage(message));
            }
        }
    }
    Ok(types)
}

fn statuses(words: &[String]) -> Result<BTreeSet<Status>> {
    let parse = |word: &String| {
        Status::ALL.into_iter().find(|status| status.name() == word).ok_or_else(|| {
            let names = Status::ALL.map(Status::name).join(", ");
            CommandError::usage(format!("`{word}` is not a status: expected one of {names}"))
        })
    };
    words.iter().map(parse).collect()
}

fn severity_sources(words: &[String]) -> Result<Vec<String>> {
    let parse = |word: &String| severity_source(word).map(str::to_owned);
    words.iter().map(|word| parse(word).map_err(CommandError::usage)).collect()
}

/// Where cached facts are: as asked, else in the user's cache folder, else nowhere.
pub(crate) fn cache_folder(asked: Option<&Path>) -> Option<PathBuf> {
    if let Some(folder) = asked {
        return Some(folder.to_owned());
    }
    let base = environment("XDG_CACHE_HOME")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| environment("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(base.join("lazaret"))
}

/// Parses a platform; absent means this machine's.
pub(crate) fn platform(word: Option<&str>) -> Result<PlatformChoice> {
    match word {
        None => Ok(PlatformChoice::Host),
        Some("all") => Ok(PlatformChoice::All),
        Some(word) => word.parse().map(PlatformChoice::One).map_err(CommandError::usage),
    }
}

/// How registries are reached.
pub(crate) fn registry(args: &RegistryArgs) -> Result<RegistryOptions> {
    let mut options = RegistryOptions {
        credential_files: lazaret_image::credential_files(environment),
        insecure_skip_verify: args.insecure,
        ca_certificates: args.cacert.clone(),
        registry_token: args.registry_token.as_deref().map(Redacted::new),
        ..RegistryOptions::default()
    };
    if args.username.is_none() && (args.password.is_some() || args.password_stdin) {
        return Err(CommandError::usage("a password needs --username, or LAZARET_USERNAME"));
    }
    if let Some(username) = &args.username {
        let password = if args.password_stdin {
            password_from_stdin()?
        } else {
            args.password.clone().ok_or_else(|| {
                CommandError::usage(
                    "--username needs --password, LAZARET_PASSWORD or --password-stdin",
                )
            })?
        };
        let password = Redacted::new(password);
        options.credentials.push(Credentials { username: username.clone(), password });
    }
    for pair in &args.registry_mirror {
        let (host, mirror) = pair.split_once('=').ok_or_else(|| {
            CommandError::usage(format!("--registry-mirror takes HOST=MIRROR, not `{pair}`"))
        })?;
        options.mirrors.entry(host.to_owned()).or_default().push(mirror.to_owned());
    }
    Ok(options)
}

fn password_from_stdin() -> Result<String> {
    let mut password = String::new();
    // No password is longer; a file given by mistake is not read to its end.
    std::io::stdin().take(64 << 10).read_to_string(&mut password).map_err(|error| {
        let error =
            anyhow::Error::new(error).context("failed to read the password from standard input");
        CommandError::new(Kind::Input, error)
    })?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}

/// What a workflow of GitHub says of itself
/// (<https://docs.github.com/actions/reference/variables-reference>).
pub(crate) fn github() -> GithubOptions {
    let text = |name| {
        let value = environment(name).and_then(|value| value.into_string().ok());
        value.unwrap_or_default()
    };
    let (workflow, job) = (text("GITHUB_WORKFLOW"), text("GITHUB_JOB"));
    let (server, run) = (text("GITHUB_SERVER_URL"), text("GITHUB_RUN_ID"));
    let repository = text("GITHUB_REPOSITORY");
    let all = [&server, &repository, &run].into_iter().all(|word| !word.is_empty());
    GithubOptions {
        sha: text("GITHUB_SHA"),
        git_ref: text("GITHUB_REF"),
        correlator: if job.is_empty() { String::new() } else { format!("{workflow}_{job}") },
        job_url: if all {
            format!("{server}/{repository}/actions/runs/{run}")
        } else {
            String::new()
        },
        job_id: run,
    }
}

/// Parses a size: bytes, or a number with K, M or G (powers of 1,024).
pub(crate) fn size(text: &str) -> Result<u64> {
    let wrong = || {
        CommandError::usage(format!(
            "`{text}` is not a size: expected a number with K, M or G, at least 16M"
        ))
    };
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches("IB").trim_end_matches('B');
    let (digits, shift) = match digits.chars().last() {
        Some('K') => (&digits[..digits.len() - 1], 10),
        Some('M') => (&digits[..digits.len() - 1], 20),
        Some('G') => (&digits[..digits.len() - 1], 30),
        _ => (digits, 0),
    };
    let number: u64 = digits.trim().parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
    // Below this not even one decompression window fits.
    if bytes < 16 << 20 { Err(wrong()) } else { Ok(bytes) }
}

/// Parses a time: seconds, or parts such as `1h30m`, `5m0s`, `90s`, `500ms`.
pub(crate) fn duration(text: &str) -> Result<Duration> {
    let wrong = || {
        CommandError::usage(format!("`{text}` is not a time: expected one such as 90s, 5m or 1h"))
    };
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let part = match &rest[..unit] {
            "ms" => Some(Duration::from_millis(number)),
            "" | "s" => Some(Duration::from_secs(number)),
            "m" => number.checked_mul(60).map(Duration::from_secs),
            "h" => number.checked_mul(3_600).map(Duration::from_secs),
            _ => None,
        };
        total = part.and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = &rest[unit..];
    }
    Ok(total)
}

/// How packages are judged, by Trivy's words for it.
fn comprehensive(priority: Option<&str>) -> Result<bool> {
    match priority {
        None | Some("precise") => Ok(false),
        Some("comprehensive") => Ok(true),
        Some(other) => {
            let message = format!("`{other}` is no priority: expected precise or comprehensive");
            Err(CommandError::usage(message))
        }
    }
}

/// What a day without a time of day means.
#[derive(Clone, Copy)]
pub(crate) enum Day {
    /// Its first second.
    Begins,
    /// Its last second.
    Ends,
}

/// Parses a moment, RFC 3339 or a day (UTC), as seconds since 1970.
pub(crate) fn moment(text: &str, day: Day) -> Result<i64> {
    let time = match day {
        Day::Begins => "00:00:00Z",
        Day::Ends => "23:59:59Z",
    };
    let whole = if text.len() == 10 { format!("{text}T{time}") } else { text.to_owned() };
    let moment = time::OffsetDateTime::parse(&whole, &Rfc3339).map_err(|_| {
        let what = "expected one such as 2024-03-01 or 2024-03-01T12:00:00Z";
        CommandError::usage(format!("`{text}` is not a date: {what}"))
    })?;
    Ok(moment.unix_timestamp())
}

/// The failure of a capability that is planned but not there.
pub(crate) fn not_yet(what: &str) -> CommandError {
    CommandError::new(Kind::Usage, anyhow::anyhow!("{what} is not available yet"))
}

fn refuse_later(later: &LaterArgs) -> Result<()> {
    let used = [("--image-src", later.image_src.as_deref().is_some_and(|list| list != "remote"))];
    match used.iter().find(|(_, used)| *used) {
        Some((flag, _)) => Err(not_yet(flag)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_as_people_write_them() {
        for (text, bytes) in
            [("16M", 16 << 20), ("1g", 1 << 30), ("256MiB", 256 << 20), ("33554432", 32 << 20)]
        {
            assert_eq!(size(text).unwrap(), bytes, "{text}");
        }
        for text in ["", "M", "1T", "-1", "1K", "99999999999G"] {
            assert!(size(text).is_err(), "{text}");
        }
        for (text, ms) in
            [("90s", 90_000), ("5m0s", 300_000), ("1h30m", 5_400_000), ("250ms", 250), ("7", 7_000)]
        {
            assert_eq!(duration(text).unwrap().as_millis(), ms, "{text}");
        }
        for text in ["", "m", "5x", "99999999999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_its_first_or_its_last_second() {
        // Expected numbers by `date -u -d … +%s`.
        for (text, begins, ends) in [
            ("2024-03-01", 1_709_251_200, 1_709_337_599),
            ("2024-03-01T12:00:00Z", 1_709_294_400, 1_709_294_400),
            ("2024-03-01T12:00:00+02:00", 1_709_287_200, 1_709_287_200),
        ] {
            assert_eq!(moment(text, Day::Begins).unwrap(), begins, "{text}");
            assert_eq!(moment(text, Day::Ends).unwrap(), ends, "{text}");
        }
        for text in ["", "yesterday", "2024-13-01", "2024-3-1", "1709251200"] {
            assert!(moment(text, Day::Begins).is_err(), "{text}");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
