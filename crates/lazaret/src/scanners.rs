//! What a scan looks for: `--scanners` and the flags that belong to one of them.

use crate::args::{CheckArgs, ScanArgs};
use crate::fail::{CommandError, Kind, Result};
use lazaret_check::compliance::{self, Spec};
use lazaret_check::dockerfile;
use lazaret_check::license::{Class, Classes};
use lazaret_check::rego::RegoRules;
use lazaret_check::secret::SecretConfig;
use lazaret_scan::{Checks, SecretRules};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where Trivy looks for rules for secrets when it is not told of any.
const SECRET_CONFIG_DEFAULT: &str = "trivy-secret.yaml";

/// Where Hadolint looks for its settings.
const HADOLINT_SETTINGS: [&str; 2] = [".hadolint.yaml", ".hadolint.yml"];

/// What is looked for.
pub(crate) struct Scanners {
    /// Whether vulnerabilities are.
    pub(crate) vulnerabilities: bool,
    /// What else is.
    pub(crate) checks: Checks,
}

impl Scanners {
    /// Reads the flags. Without any it is vulnerabilities and secrets, as everywhere in this field,
    /// or what the catalog of controls asks for.
    pub(crate) fn new(args: &ScanArgs) -> Result<Self> {
        let spec = args.check.compliance.as_deref().map(specification).transpose()?;
        let default = default_words(spec.as_ref());
        let words = if args.scanners.is_empty() { &default[..] } else { &args.scanners };
        let mut scanners = Self { vulnerabilities: false, checks: Checks::default() };
        for word in words {
            match word.as_str() {
                "vuln" => scanners.vulnerabilities = true,
                "secret" => scanners.checks.secrets = Some(secret_rules(&args.check)?),
                "misconfig" | "config" => scanners.checks.misconfiguration = true,
                "license" => {
                    scanners.checks.licenses = Some(classes(&args.check)?);
                    scanners.checks.license_files = args.check.license_full;
                }
                "none" if words.len() == 1 => {}
                other => {
                    let what = "expected vuln, secret, misconfig or license";
                    return Err(CommandError::usage(format!("`{other}` is not a scanner: {what}")));
                }
            }
        }
        scanners.checks.compliance = spec.map(Arc::new);
        scanners.checks.custom = custom_rules(&args.check.config_check)?;
        Ok(scanners)
    }
}

/// What is looked for where nobody says.
fn default_words(spec: Option<&Spec>) -> Vec<String> {
    let asks = |start: &str| {
        let checks = |spec: &Spec| {
            let mut checks = spec.controls.iter().flat_map(|control| &control.checks);
            checks.any(|check| check.to_ascii_uppercase().starts_with(start))
        };
        spec.is_none_or(checks)
    };
    let words =
        [("vuln", asks("VULN-")), ("secret", asks("SECRET-")), ("misconfig", spec.is_some())];
    words.into_iter().filter(|(_, is_asked)| *is_asked).map(|(word, _)| word.to_owned()).collect()
}

/// A catalog of controls: one of those in the program, or a file, which may have an `@` before it.
fn specification(word: &str) -> Result<Spec> {
    let file = word.strip_prefix('@');
    let path = Path::new(file.unwrap_or(word));
    if file.is_none()
        && !path.is_file()
        && let Some(found) = compliance::built_in(word)
    {
        return found.map_err(|error| CommandError::new(Kind::Internal, error));
    }
    if file.is_none() && !path.exists() {
        let names: Vec<&str> = compliance::names().collect();
        let message =
            format!("`{word}` is no catalog of controls: expected {} or a file", names.join(", "));
        return Err(CommandError::usage(message));
    }
    let text = text_of(path)?;
    compliance::read(&text).map_err(|error| {
        let context = format!("{} holds no catalog of controls", path.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    })
}

/// Rules in Rego: the files named, and those in the folders named.
fn custom_rules(named: &[PathBuf]) -> Result<Option<Arc<RegoRules>>> {
    if named.is_empty() {
        return Ok(None);
    }
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            collect_rules(path, 0, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    let mut texts = Vec::new();
    for file in &files {
        texts.push((file.display().to_string(), text_of(file)?));
    }
    let views: Vec<(&str, &str)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let rules = RegoRules::load(&views).map_err(|error| CommandError::new(Kind::Config, error))?;
    if rules.rules().is_empty() {
        let named: Vec<String> = named.iter().map(|path| path.display().to_string()).collect();
        let message = format!("--config-check: no rule is in {}", named.join(", "));
        return Err(CommandError::new(Kind::Config, anyhow::anyhow!(message)));
    }
    Ok(Some(Arc::new(rules)))
}

/// How deep folders of rules are looked into; the largest sets have five levels.
const RULE_FOLDERS_MAX: usize = 32;

/// Files of rules that are read.
const RULE_FILES_MAX: usize = 5_000;

fn collect_rules(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let wrong = |error: std::io::Error| {
        let context = format!("failed to read {}", folder.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        paths.push(entry.map_err(wrong)?.path());
    }
    paths.sort();
    for path in paths {
        // A link to a folder above would never end.
        if path.is_dir() && !path.is_symlink() && depth < RULE_FOLDERS_MAX {
            collect_rules(&path, depth.saturating_add(1), files)?;
        } else if path.extension().is_some_and(|ending| ending == "rego") && path.is_file() {
            if files.len() >= RULE_FILES_MAX {
                let message = format!("--config-check: more than {RULE_FILES_MAX} files of rules");
                return Err(CommandError::new(Kind::Config, anyhow::anyhow!(message)));
            }
            files.push(path);
        }
    }
    Ok(())
}

/// The largest file of rules or settings that is read; real ones have a few kilobytes.
const TEXT_BYTES_MAX: u64 = 16 << 20;

fn text_of(path: &Path) -> Result<String> {
    let read = || -> std::io::Result<String> {
        let mut text = String::new();
        let mut file = std::fs::File::open(path)?.take(TEXT_BYTES_MAX);
        file.read_to_string(&mut text)?;
        Ok(text)
    };
    read().map_err(|error| {
        let context = format!("failed to read {}", path.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    })
}

/// What Hadolint's settings in the working folder ask of Dockerfiles.
pub(crate) fn dockerfile_settings() -> Result<dockerfile::Settings> {
    let found = HADOLINT_SETTINGS.into_iter().map(Path::new).find(|path| path.is_file());
    let Some(path) = found else { return Ok(dockerfile::Settings::default()) };
    dockerfile::Settings::from_hadolint(&text_of(path)?).map_err(|error| {
        let context = format!("{} cannot be used", path.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    })
}

fn secret_rules(args: &CheckArgs) -> Result<SecretRules> {
    let default = Path::new(SECRET_CONFIG_DEFAULT);
    let path = match &args.secret_config {
        Some(path) => path.as_path(),
        None if default.is_file() => default,
        None => return Ok(SecretRules::BuiltIn),
    };
    let wrong = |error: anyhow::Error| {
        let context = format!("{} holds no rules for secrets", path.display());
        CommandError::new(Kind::Config, error.context(context))
    };
    let bytes = std::fs::read(path).map_err(|error| {
        let context = format!("failed to read {}", path.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let config = SecretConfig::parse(&name, &bytes).map_err(|error| wrong(error.into()))?;
    let scanner = config.into_scanner().map_err(|error| wrong(error.into()))?;
    Ok(SecretRules::Custom(Arc::new(scanner)))
}

fn classes(args: &CheckArgs) -> Result<Classes> {
    let mut classes = Classes::default();
    for pair in &args.license_class {
        let parts = pair
            .split_once('=')
            .and_then(|(class, names)| class.parse::<Class>().ok().map(|class| (class, names)));
        let Some((class, names)) = parts else {
            let message = format!(
                "--license-class takes CLASS=LICENSE,LICENSE with one of {}, not `{pair}`",
                Class::ALL.map(Class::name).join(", ")
            );
            return Err(CommandError::usage(message));
        };
        classes.set(class, names.split(',').filter(|name| !name.trim().is_empty()));
    }
    Ok(classes)
}
